import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, flag, type OptionTable, type ReadOptions, readOptions } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { partialAutocorrelations } from "../numeric/lag-polynomial.ts";
import type { Minimum } from "../numeric/minimize.ts";
import { errorsOf } from "./arima-errors.ts";
import type { ArimaModel, ArimaSeason } from "./arima-model.ts";
import { originOf } from "./arima-origin.ts";
import {
  type ArimaCoefficients,
  type ArimaEvaluation,
  type ArimaOrders,
  type ArimaProblem,
  arimaProblem,
  coefficientsAt,
  evaluateArima,
  usableValues,
  widthOf,
} from "./arima-problem.ts";
import { searchArima } from "./arima-search.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Options of {@link fitArima}. */
export interface FitArimaOptions {
  /** p, d, q: how many past values count, how often the series is differenced, how many past errors count. */
  readonly order: readonly [number, number, number];
  /** The same for whole seasons: `{ order: [P, D, Q], period }`. Default: no seasonal part. */
  readonly seasonal?: ArimaSeason | undefined;
  /** Whether the series has a mean; where it is differenced it has none. Default: true without differencing, as in R. */
  readonly mean?: boolean | undefined;
  /** Whether a series that is differenced once rises by a constant per step. Default false. */
  readonly drift?: boolean | undefined;
}

/** Beyond this many states a fit would take minutes. */
const mostStates = 3000;

function isOrder(value: unknown, most: readonly [number, number, number]): boolean {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((part, i) => Number.isSafeInteger(part) && (part as number) >= 0 && (part as number) <= most[i])
  );
}

function isSeason(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { order, period, ...rest } = value as Partial<ArimaSeason>;
  const isPeriod = Number.isSafeInteger(period) && (period ?? 0) >= 2 && (period ?? 0) <= 1000;
  return isOrder(order, [5, 2, 5]) && isPeriod && Object.keys(rest).length === 0;
}

/** Option table of {@link fitArima}. */
export const fitArimaOptions: OptionTable<FitArimaOptions, "seasonal" | "mean" | "drift"> = {
  order: custom("[p, d, q], whole numbers up to [20, 3, 20]", (value) => isOrder(value, [20, 3, 20]), [
    [1, 0],
    [1, 0, -1],
    [0, 4, 0],
    [21, 0, 0],
    [1.5, 0, 0],
    "1,0,0",
    null,
    1,
    {},
  ]),
  seasonal: custom("{ order: [P, D, Q] up to [5, 2, 5], period: 2 … 1000 }", isSeason, [
    { order: [1, 0, 0] },
    { order: [1, 0, 0], period: 1 },
    { order: [1, 3, 0], period: 4 },
    { order: [1, 0, 0], period: 4, extra: 1 },
    [1, 0, 0],
    null,
    12,
  ], { optional: true }), // prettier-ignore
  mean: flag({ optional: true }),
  drift: flag({ optional: true }),
};

/**
 * Learns how a series goes on from its past, for whoever must say what comes next and how sure that is: sales per day,
 * visits per week.
 *
 * A seasonal ARIMA model by exact maximum likelihood. The autoregression is kept stationary and the moving average invertible.
 * Gaps are stepped over, not filled; a likelihood of differenced values needs no guess of what was before them.
 *
 * @param series - one number per step; NaN = gap.
 * @param options - see {@link FitArimaOptions}.
 * @returns coefficients with R's signs, standard errors, likelihood and criteria; the model keeps the end of the series, from
 * which {@link forecast} goes on. Notes: `no-variation`, `not-converged`, `unit-root`, `no-standard-errors`, `gaps`, `few-values`.
 * @throws {ClienteleError} `too-few-rows` when fewer values are left than there are coefficients; `invalid-option` for a mean of a
 * differenced series or a drift of one that is not differenced once; `too-large` beyond 3000 states; `invalid-value`; `shape-mismatch`.
 * @example
 * const sales = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135];
 * const model = fitArima(sales, { order: [1, 0, 0] });
 * model.ar; // [0.6]
 * model.mean; // 126.7
 * forecast(model, { steps: 2 }).mean; // Float64Array [131.6, 129.6]
 * @see Box & Jenkins (1976); Gardner, Harvey & Phillips (1980), algorithm AS 154; Mélard (1984), algorithm AS 197. Cost: a few hundred
 * passes over the series, each O(n·(p + q + seasons)); with gaps O(n·states²).
 */
export function fitArima(series: SeriesInput, options: FitArimaOptions): ArimaModel {
  const caller = "fitArima";
  const orders = ordersOf(caller, readOptions(caller, fitArimaOptions, options));
  return arimaModelOf(caller, readSeries(caller, series), orders);
}

function ordersOf(caller: string, read: ReadOptions<FitArimaOptions, "seasonal" | "mean" | "drift">): ArimaOrders {
  const [p, d, q] = read.order;
  const [seasonalP, seasonalD, seasonalQ] = read.seasonal?.order ?? [0, 0, 0];
  const differences = d + seasonalD;
  if (read.mean === true && differences > 0) {
    refuse(caller, "invalid-option", "options.mean", "false where the series is differenced", "true");
  }
  if (read.drift === true && differences !== 1) {
    refuse(caller, "invalid-option", "options.drift", "false unless the series is differenced once", "true");
  }
  const constant = differences === 0 ? (read.mean ?? true) : (read.drift ?? false);
  return { p, d, q, seasonalP, seasonalD, seasonalQ, period: read.seasonal?.period ?? 1, constant };
}

/** Fits a model whose orders have been checked; for the functions of this room that choose them. */
export function arimaModelOf(caller: string, values: Float64Array, orders: ArimaOrders): ArimaModel {
  const { p, q, seasonalP, seasonalQ, period } = orders;
  const problem = arimaProblem(values, orders);
  const states = Math.max(p + period * seasonalP, q + period * seasonalQ + 1) + problem.weights.length;
  if (states > mostStates) refuse(caller, "too-large", "options", `at most ${mostStates} states`, String(states));
  const width = widthOf(orders) + (orders.constant ? 1 : 0);
  const needed = problem.weights.length + Math.max(1, width);
  if (usableValues(problem) < Math.max(1, width)) {
    refuse(
      caller,
      "too-few-rows",
      "series",
      `at least ${needed} values for this model`,
      `${values.length - countGaps(values)}`,
    );
  }
  const found = searchArima(problem);
  const evaluation = evaluateArima(problem, found.point);
  if (evaluation === null) return refuse(caller, "degenerate-data", "series", "a likelihood", "none");
  return assembled(problem, found, evaluation);
}

function assembled(problem: ArimaProblem, found: Minimum, evaluation: ArimaEvaluation): ArimaModel {
  const { orders, gaps } = problem;
  const { p, d, q, seasonalP, seasonalD, seasonalQ, period, constant } = orders;
  const coefficients = coefficientsAt(orders, found.point);
  const { count, sigma2, objective } = evaluation;
  const isFlat = sigma2 <= problem.leastVariance;
  const errors = isFlat ? null : errorsOf(problem, found.point, evaluation);
  const differences = d + seasonalD;
  const logLikelihood = -count * (objective + 0.5 * (1 + logTwoPi));
  const parameters = widthOf(orders) + (constant ? 1 : 0) + 1;
  const freedom = count - parameters - 1;
  const aic = 2 * parameters - 2 * logLikelihood;
  const positive = (list: Float64Array): number[] => Array.from(list, (x) => x + 0);
  return {
    kind: "arima",
    version: 1,
    features: [],
    order: [p, d, q],
    seasonal: period > 1 ? { order: [seasonalP, seasonalD, seasonalQ], period } : null,
    ar: positive(coefficients.ar),
    ma: positive(coefficients.ma),
    seasonalAr: positive(coefficients.seasonalAr),
    seasonalMa: positive(coefficients.seasonalMa),
    mean: constant && differences === 0 ? evaluation.constant : null,
    drift: constant && differences > 0 ? evaluation.constant : null,
    sigma2: isFlat ? 0 : sigma2,
    logLikelihood,
    aic,
    aicc: freedom > 0 ? aic + (2 * parameters * (parameters + 1)) / freedom : null,
    bic: parameters * log(count) - 2 * logLikelihood,
    parameters: parameterNames(orders),
    standardErrors: errors === null ? null : errors.map((row, i) => Math.sqrt(row[i])),
    covariance: errors,
    observations: count,
    gaps,
    iterations: found.iterations,
    gradientNorm: found.gradientNorm,
    converged: found.converged,
    origin: originOf(problem, coefficients, evaluation),
    notes: notesOf(orders, coefficients, { isFlat, gaps, converged: found.converged, errors, freedom }),
  };
}

const logTwoPi = 1.8378770664093453;

function parameterNames({ p, q, seasonalP, seasonalQ, d, seasonalD, constant }: ArimaOrders): string[] {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${name}${i + 1}`);
  const last = constant ? [d + seasonalD > 0 ? "drift" : "mean"] : [];
  return [
    ...numbered("ar", p),
    ...numbered("ma", q),
    ...numbered("sar", seasonalP),
    ...numbered("sma", seasonalQ),
    ...last,
  ];
}

/** A partial autocorrelation this near to ±1 is a unit root for any series. */
const nearUnit = 0.9999;

function notesOf(
  { d, seasonalD }: ArimaOrders,
  { ar, ma, seasonalAr, seasonalMa }: ArimaCoefficients,
  fit: { isFlat: boolean; gaps: number; converged: boolean; errors: unknown; freedom: number },
): Note[] {
  const notes: Note[] = [];
  const atEdge = (part: Float64Array): boolean =>
    (partialAutocorrelations(part) ?? [1]).some((partial) => Math.abs(partial) > nearUnit);
  if (fit.isFlat) {
    const message = "The model explains every value exactly: the variance is 0, intervals have no width, and the likelihood is that of the rounding of the values."; // prettier-ignore
    notes.push({ code: "no-variation", message });
  }
  if (!fit.converged) notes.push({ code: "not-converged", message: "The search for the greatest likelihood stopped before the top." }); // prettier-ignore
  if (!fit.isFlat && (atEdge(ma.map((x) => -x)) || atEdge(seasonalMa.map((x) => -x)))) {
    const cause = d + seasonalD > 0 ? ": the series may be differenced once too often" : "";
    notes.push({ code: "unit-root", message: `The moving average is at the edge of what can be inverted${cause}.` });
  }
  if (!fit.isFlat && (atEdge(ar) || atEdge(seasonalAr))) {
    notes.push({ code: "unit-root", message: "The autoregression is at the edge of stationarity: the series may need another difference." }); // prettier-ignore
  }
  if (!fit.isFlat && fit.errors === null) {
    notes.push({ code: "no-standard-errors", message: "The likelihood is flat in some direction or greatest at an edge: the estimates have no standard errors." }); // prettier-ignore
  }
  if (fit.gaps > 0) notes.push({ code: "gaps", message: `${fit.gaps} values are missing; they were stepped over.` });
  if (fit.freedom <= 0) {
    notes.push({ code: "few-values", message: "There are hardly more values than parameters: the estimates say little, and AICc cannot be told." }); // prettier-ignore
  }
  return notes;
}

function countGaps(values: Float64Array): number {
  return values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
}
