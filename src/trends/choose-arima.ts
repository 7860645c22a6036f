import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { partialAutocorrelations } from "../numeric/lag-polynomial.ts";
import { arimaModelOf } from "./arima.ts";
import type { ArimaModel } from "./arima-model.ts";
import type { ArimaOrders } from "./arima-problem.ts";
import { chooseDifferences, type Differencing } from "./choose-differences.ts";
import { gappedSeries } from "./gaps.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Options of {@link chooseArima}. */
export interface ChooseArimaOptions {
  /** Steps in a season; default 1: none. */
  readonly period?: number | undefined;
  /** Most past values and past errors that count; default 5. */
  readonly mostOrder?: number | undefined;
  /** The same in seasons; default 2. */
  readonly mostSeasonalOrder?: number | undefined;
  /** Most models that are tried, the five starts among them; default 94, as R. */
  readonly mostModels?: number | undefined;
}

/** One model that was tried. */
export interface ArimaCandidate {
  /** p, d, q. */
  readonly order: readonly [number, number, number];
  /** P, D, Q; zeros without a season. */
  readonly seasonalOrder: readonly [number, number, number];
  /** Whether it has a mean or a drift. */
  readonly constant: boolean;
  /** Its criterion; null where it cannot be told or the model was not taken. */
  readonly aicc: number | null;
  /** Why it was not taken into account: nothing, too few values, or a root within 1 % of the unit circle. */
  readonly rejected: "no" | "too-few-values" | "unit-root";
}

/** The best of the models that were tried, and what else was. */
export interface ChosenArimaModel extends ArimaModel {
  /** Every model that was tried, in order. */
  readonly candidates: readonly ArimaCandidate[];
  /** Why the series was differenced as often as it was. */
  readonly differencing: Differencing;
}

/** Option table of {@link chooseArima}. */
export const chooseArimaOptions: OptionTable<ChooseArimaOptions> = {
  period: integer({ min: 1, max: 1000, default: 1 }),
  mostOrder: integer({ min: 0, max: 10, default: 5 }),
  mostSeasonalOrder: integer({ min: 0, max: 5, default: 2 }),
  mostModels: integer({ min: 5, max: 1000, default: 94 }),
};

/**
 * Chooses an ARIMA model for a series that nobody has looked at yet: how often to difference it, how many past values and errors count.
 *
 * As R's auto.arima: seasonal differences by the strength of the season (above 0.64), plain ones by KPSS tests at 5 %, then steps from
 * four starts to whatever neighbor has the lowest AICc. Every model is fitted by exact maximum likelihood. Any series with a value gets a model.
 *
 * @param series - one number per step; NaN = gap.
 * @param options - see {@link ChooseArimaOptions}.
 * @returns the model, for {@link forecast}, with every candidate and its AICc. Notes of the fit, and `no-season` when the series is shorter
 * than two seasons and its period was left aside, `simplest` when there are too few values to compare models.
 * @throws {ClienteleError} `too-few-rows` without any value; `invalid-value`; `shape-mismatch`.
 * @example
 * const visits = Array.from({ length: 48 }, (_, t) => 100 + t + 20 * (t % 4) + ((7 * t) % 5));
 * const model = chooseArima(visits, { period: 4 });
 * model.seasonal?.order[1]; // 1
 * model.candidates.length > 5; // true
 * forecast(model, { steps: 4 }).mean; // Float64Array [149.0, 172.0, 192.6, 213.0]
 * @see Hyndman & Khandakar (2008), "Automatic time series forecasting: the forecast package for R". Cost: some 20 fits.
 */
export function chooseArima(series: SeriesInput, options?: ChooseArimaOptions): ChosenArimaModel {
  const caller = "chooseArima";
  const { period, mostOrder, mostSeasonalOrder, mostModels } = readOptions(caller, chooseArimaOptions, options);
  const { values, gaps, bridged } = gappedSeries(readSeries(caller, series));
  const seen = values.length - gaps;
  if (seen === 0) refuse(caller, "too-few-rows", "series", "at least 1 value", "0");
  const usable = period > 1 && values.length > 2 * period ? period : 1;
  const notes: Note[] = [];
  if (usable < period) {
    notes.push({ code: "no-season", message: "The series is not longer than two seasons: the season was left aside." });
  }
  const differencing = chooseDifferences(bridged, usable);
  const search = new Search(caller, values, usable, differencing, {
    mostOrder: Math.min(mostOrder, Math.floor(seen / 3)),
    mostSeasonalOrder: usable > 1 ? Math.min(mostSeasonalOrder, Math.floor(seen / 3 / usable)) : 0,
    mostModels,
  });
  const best = search.run() ?? simplest(caller, values, differencing, notes);
  return { ...best, notes: [...best.notes, ...notes], candidates: search.candidates, differencing };
}

interface Limits {
  readonly mostOrder: number;
  readonly mostSeasonalOrder: number;
  readonly mostModels: number;
}

type Point = readonly [p: number, q: number, seasonalP: number, seasonalQ: number, constant: number];

/** The starts: a rich model, none, a short memory of values, a short memory of errors. */
const starts: readonly (readonly [number, number, number, number])[] = [
  [2, 2, 1, 1],
  [0, 0, 0, 0],
  [1, 0, 1, 0],
  [0, 1, 0, 1],
];

/** Where a step may go: one order up or down, two together, or the constant in or out. */
const moves: readonly Point[] = [
  [0, 0, -1, 0, 0],
  [0, 0, 0, -1, 0],
  [0, 0, 1, 0, 0],
  [0, 0, 0, 1, 0],
  [0, 0, -1, -1, 0],
  [0, 0, -1, 1, 0],
  [0, 0, 1, -1, 0],
  [0, 0, 1, 1, 0],
  [-1, 0, 0, 0, 0],
  [0, -1, 0, 0, 0],
  [1, 0, 0, 0, 0],
  [0, 1, 0, 0, 0],
  [-1, -1, 0, 0, 0],
  [-1, 1, 0, 0, 0],
  [1, -1, 0, 0, 0],
  [1, 1, 0, 0, 0],
  [0, 0, 0, 0, 1],
];

class Search {
  readonly candidates: ArimaCandidate[] = [];
  private readonly tried = new Set<string>();
  private best: ArimaModel | undefined;
  private place: Point = [0, 0, 0, 0, 0];

  constructor(
    private readonly caller: string,
    private readonly values: Float64Array,
    private readonly period: number,
    private readonly differencing: Differencing,
    private readonly limits: Limits,
  ) {}

  run(): ArimaModel | undefined {
    const { differences, seasonalDifferences, isFlat } = this.differencing;
    const mayHaveConstant = differences + seasonalDifferences <= 1;
    const first = mayHaveConstant ? 1 : 0;
    if (isFlat) {
      this.consider([0, 0, 0, 0, first]);
      return this.best;
    }
    const { mostOrder, mostSeasonalOrder, mostModels } = this.limits;
    for (const [p, q, seasonalP, seasonalQ] of starts) {
      const cut = (order: number): number => Math.min(order, mostOrder);
      const cutSeason = (order: number): number => Math.min(order, mostSeasonalOrder);
      this.consider([cut(p), cut(q), cutSeason(seasonalP), cutSeason(seasonalQ), first]);
    }
    // Without the constant even the last few values could be compared, but 0 is no guess.
    if (this.best === undefined) return undefined;
    if (mayHaveConstant) this.consider([0, 0, 0, 0, 0]);
    let moved = true;
    while (moved && this.candidates.length < mostModels) {
      moved = false;
      for (const move of moves) {
        if (this.candidates.length >= mostModels) break;
        const [p, q, seasonalP, seasonalQ] = [0, 1, 2, 3].map((i) => this.place[i] + move[i]);
        const constant = move[4] === 1 ? 1 - this.place[4] : this.place[4];
        const isInside = Math.min(p, q, seasonalP, seasonalQ) >= 0 && Math.max(p, q) <= mostOrder;
        if (!isInside || Math.max(seasonalP, seasonalQ) > mostSeasonalOrder || (constant === 1 && !mayHaveConstant))
          continue;
        if (this.consider([p, q, seasonalP, seasonalQ, constant])) {
          moved = true;
          break;
        }
      }
    }
    return this.best;
  }

  /** Fits a model and keeps it when it is better than the best so far. */
  private consider(point: Point): boolean {
    const name = point.join();
    if (this.tried.has(name)) return false;
    this.tried.add(name);
    const [p, q, seasonalP, seasonalQ, constant] = point;
    const { differences: d, seasonalDifferences: seasonalD } = this.differencing;
    const orders: ArimaOrders = {
      p,
      d,
      q,
      seasonalP,
      seasonalD,
      seasonalQ,
      period: this.period,
      constant: constant === 1,
    };
    const model = fitIfPossible(this.caller, this.values, orders);
    const rejected =
      model === undefined || model.aicc === null ? "too-few-values" : isNearUnit(model) ? "unit-root" : "no";
    this.candidates.push({
      order: [p, d, q],
      seasonalOrder: [seasonalP, seasonalD, seasonalQ],
      constant: constant === 1,
      aicc: rejected === "no" ? (model?.aicc ?? null) : null,
      rejected,
    });
    if (rejected !== "no" || model === undefined) return false;
    if (this.best !== undefined && !((model.aicc ?? Infinity) < (this.best.aicc ?? Infinity))) return false;
    this.best = model;
    this.place = point;
    return true;
  }
}

/** A model needs more values than coefficients, and the simplest criterion two more than that. */
function fitIfPossible(caller: string, values: Float64Array, orders: ArimaOrders): ArimaModel | undefined {
  const { p, d, q, seasonalP, seasonalD, seasonalQ, period, constant } = orders;
  const seen = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  const width = p + q + seasonalP + seasonalQ + (constant ? 1 : 0);
  if (seen - d - seasonalD * period < width + 3) return undefined;
  return arimaModelOf(caller, values, orders);
}

/** Whether a root of one of the polynomials lies within 1 % of the unit circle: stretched by so much it is no longer stationary. */
function isNearUnit({ ar, ma, seasonalAr, seasonalMa, seasonal }: ArimaModel): boolean {
  const season = seasonal?.period ?? 1;
  const stretched = (part: readonly number[], sign: number, lag: number): Float64Array => {
    let factor = 1;
    return Float64Array.from(part, (x) => {
      for (let i = 0; i < lag; i++) factor *= 1.01;
      return sign * x * factor;
    });
  };
  return (
    [stretched(ar, 1, 1), stretched(ma, -1, 1)].some((part) => partialAutocorrelations(part) === null) ||
    (season > 1 &&
      [stretched(seasonalAr, 1, season), stretched(seasonalMa, -1, season)].some(
        (part) => partialAutocorrelations(part) === null,
      ))
  );
}

/** Where no criterion can be told: the mean, or the last value where the series wanders. */
function simplest(caller: string, values: Float64Array, { differences }: Differencing, notes: Note[]): ArimaModel {
  notes.push({ code: "simplest", message: "There are too few values to compare models: this is the simplest one." });
  const seen = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  const d = differences > 0 && seen > 2 ? 1 : 0;
  const none = { p: 0, q: 0, seasonalP: 0, seasonalD: 0, seasonalQ: 0, period: 1 };
  return arimaModelOf(caller, values, { ...none, d, constant: d === 0 });
}
