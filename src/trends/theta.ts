import { refuse } from "../core/errors.ts";
import { isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { expm1, log1p } from "../numeric/elementary.ts";
import { type Bands, normalBands } from "./bands.ts";
import { gappedSeries } from "./gaps.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { fitWithStart } from "./smoothing-search.ts";
import { centeredMeans, seasonalFigure } from "./smoothing-start.ts";

/** Options of {@link fitTheta}. */
export interface FitThetaOptions {
  /** Steps in a season; default 1: none. */
  readonly period?: number | undefined;
  /**
   * Whether a season is taken out first: `"auto"` (the default) where the autocorrelation at one season is significant at 10 %, as a factor
   * where all values are above 0, else added.
   */
  readonly seasonal?: "auto" | "none" | "additive" | "multiplicative" | undefined;
}

/** Smoothing with a drift: learned by {@link fitTheta}. */
export interface ThetaModel extends ModelHeader {
  /** What this is. */
  readonly kind: "theta";
  /** Version of the layout. */
  readonly version: 1;
  /** Whether a season was taken out, and how. */
  readonly seasonal: "none" | "additive" | "multiplicative";
  /** The season, the next step first; empty without one. */
  readonly season: readonly number[];
  /** Weight of the last value in the level. */
  readonly alpha: number;
  /** The level at the end. */
  readonly level: number;
  /** What a step adds: half the slope of the line through the series. */
  readonly drift: number;
  /** What the drift adds to the first step already: (1 − (1 − α)ⁿ) / α steps. */
  readonly lead: number;
  /** Variance of the errors of the smoothing, per value beyond level and weight. */
  readonly sigma2: number;
  /** How many values were seen. */
  readonly observations: number;
  /** How many were missing between the first value and the end. */
  readonly gaps: number;
}

/** Option table of {@link fitTheta}. */
export const fitThetaOptions: OptionTable<FitThetaOptions> = {
  period: integer({ min: 1, max: 1000, default: 1 }),
  seasonal: oneOf(["auto", "none", "additive", "multiplicative"], { default: "auto" }),
};

/**
 * Learns a level and half the trend of a series: plain, hard to beat over many series, and never far off.
 *
 * The standard theta method: exponential smoothing with a drift of half the slope of the line through the series, of the series without its
 * season.
 *
 * @param series - one number per step; NaN = gap.
 * @param options - see {@link FitThetaOptions}.
 * @returns level, drift and season at the end, from which {@link forecast} goes on. Notes: `no-variation`, `gaps`, `few-values`.
 * @throws {ClienteleError} `too-few-rows` without any value, or with a season asked for and less than two seasons of values;
 * `degenerate-data` for a season as a factor where values are not above 0; `invalid-value`; `shape-mismatch`.
 * @example
 * const orders = [30, 21, 29, 38, 34, 25, 32, 42, 37, 28, 36, 46, 41, 31, 40, 50];
 * const model = fitTheta(orders, { period: 4 });
 * model.season; // [1.05, 0.77, 0.96, 1.22]
 * forecast(model, { steps: 4 }).mean; // Float64Array [43.8, 32.3, 40.8, 52.3]
 * @see Assimakopoulos & Nikolopoulos (2000), "The theta model"; Hyndman & Billah (2003), "Unmasking the theta method". Cost: a few
 * hundred passes over the series.
 */
export function fitTheta(series: SeriesInput, options?: FitThetaOptions): ThetaModel {
  const caller = "fitTheta";
  const { period, seasonal } = readOptions(caller, fitThetaOptions, options);
  return thetaOf(caller, readSeries(caller, series), period, seasonal);
}

/** Fits a model whose options have been read. */
function thetaOf(
  caller: string,
  series: Float64Array,
  period: number,
  asked: NonNullable<FitThetaOptions["seasonal"]>,
): ThetaModel {
  const { values, gaps, bridged } = gappedSeries(series);
  const count = values.length;
  const needed = (asked === "additive" || asked === "multiplicative") && period > 1 ? 2 * period : 1;
  if (count < needed) refuse(caller, "too-few-rows", "series", `at least ${needed} values`, String(count));
  const isPositive = bridged.every((value) => value > 0);
  if (asked === "multiplicative" && !isPositive) {
    refuse(caller, "degenerate-data", "series", "values above 0 for a season that is a factor", "others");
  }
  const seasonal = seasonOf(asked, bridged, period, isPositive);
  const figure = seasonal === "none" ? new Float64Array(0) : figureOf(bridged, period, seasonal);
  const without = (list: Float64Array): Float64Array =>
    seasonal === "none"
      ? list
      : list.map((value, t) => (seasonal === "additive" ? value - figure[t % period] : value / figure[t % period]));
  const [plain, lines] = [without(values), without(bridged)];
  const base = lines[0];
  const form = { trend: "none", seasonal: "none", period: 1, error: "additive" } as const;
  const free = { alpha: undefined, beta: undefined, gamma: undefined, phi: undefined };
  const moved = (list: Float64Array): Float64Array => list.map((value) => value - base);
  const { pass, weights } = fitWithStart(moved(plain), moved(lines), form, free);
  const alpha = Math.max(weights.alpha, 1e-10);
  const seen = pass.count;
  const largest = lines.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isFlat = pass.squares / seen <= 4 * (Number.EPSILON * largest) ** 2;
  const notes: Note[] = [];
  if (isFlat)
    notes.push({ code: "no-variation", message: "The series does not vary about its level: intervals have no width." });
  if (gaps > 0) notes.push({ code: "gaps", message: `${gaps} values are missing; they were stepped over.` });
  if (seen <= 2) notes.push({ code: "few-values", message: "There are hardly any values: the forecast says little." });
  return {
    kind: "theta",
    version: 1,
    features: [],
    seasonal,
    season: Array.from(figure, (_, i) => figure[(count + i) % period] + 0),
    alpha,
    level: pass.state.level + base + 0,
    drift: slopeOf(moved(lines)) / 2 + 0,
    lead: -expm1(count * log1p(-Math.min(alpha, 1 - 1e-16))) / alpha,
    sigma2: isFlat ? 0 : pass.squares / Math.max(1, seen - 2),
    observations: seen,
    gaps,
    notes,
  };
}

const tenPercent = 1.6448536269514722;

function seasonOf(
  asked: NonNullable<FitThetaOptions["seasonal"]>,
  values: Float64Array,
  period: number,
  isPositive: boolean,
): ThetaModel["seasonal"] {
  if (period === 1) return "none";
  if (asked !== "auto") return asked;
  if (values.length <= 2 * period || !hasSeason(values, period)) return "none";
  return isPositive ? "multiplicative" : "additive";
}

/** Whether the autocorrelation at one season is significant at 10 %, allowing for those before it (Bartlett). */
function hasSeason(values: Float64Array, period: number): boolean {
  const n = values.length;
  let mean = 0;
  for (let t = 0; t < n; t++) mean += (values[t] - mean) / (t + 1);
  const covarianceAt = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (values[t] - mean) * (values[t - lag] - mean);
    return sum;
  };
  const variance = covarianceAt(0);
  if (!(variance > 0)) return false;
  let others = 0;
  for (let lag = 1; lag < period; lag++) others += (covarianceAt(lag) / variance) ** 2;
  return Math.abs(covarianceAt(period) / variance) > tenPercent * Math.sqrt((1 + 2 * others) / n);
}

/** The classical seasonal figure over the whole series; 0 is no factor. */
function figureOf(values: Float64Array, period: number, seasonal: "additive" | "multiplicative"): Float64Array {
  return seasonalFigure(values, centeredMeans(values, period), period >> 1, { period, seasonal });
}

function slopeOf(values: Float64Array): number {
  const middle = (values.length - 1) / 2;
  let [cross, spread] = [0, 0];
  values.forEach((value, t) => {
    cross += (t - middle) * value;
    spread += (t - middle) * (t - middle);
  });
  return spread > 0 ? cross / spread : 0;
}

/** Checks of the fields that a forecast reads. */
export const thetaShape: ModelShape<ThetaModel> = {
  seasonal: (value) => value === "none" || value === "additive" || value === "multiplicative",
  season: (value, { seasonal }) => isFiniteVector(value) && (seasonal === "none") === (value.length === 0),
  alpha: (value) => Number.isFinite(value) && (value as number) > 0 && (value as number) <= 1,
  level: (value) => Number.isFinite(value),
  drift: (value) => Number.isFinite(value),
  lead: (value) => Number.isFinite(value),
  sigma2: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/** The level and the drift run on; the season is put back. */
export function forecastTheta(model: ThetaModel, steps: number, levels: readonly number[]): Bands {
  const { seasonal, season, alpha, level, drift, lead, sigma2 } = model;
  const mean = new Float64Array(steps);
  const errors = new Float64Array(steps);
  for (let h = 0; h < steps; h++) {
    const plain = level + drift * (h + lead);
    const error = Math.sqrt(sigma2 * (1 + h * alpha * alpha));
    const part = seasonal === "none" ? 0 : season[h % season.length];
    mean[h] = seasonal === "multiplicative" ? plain * part : plain + part;
    errors[h] = seasonal === "multiplicative" ? error * Math.abs(part) : error;
  }
  return normalBands(mean, errors, levels);
}
