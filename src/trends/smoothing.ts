import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, type ReadOptions, readOptions, real } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { gappedSeries } from "./gaps.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import type { SmoothingModel } from "./smoothing-model.ts";
import type { SmoothingForm } from "./smoothing-recursion.ts";
import { fitFromHeuristics, fitWithStart, type SmoothingFit } from "./smoothing-search.ts";

/** Options of {@link fitExponentialSmoothing}. */
export interface FitExponentialSmoothingOptions {
  /** Whether there is a trend, and whether it fades; default `"additive"`. */
  readonly trend?: SmoothingForm["trend"] | undefined;
  /** Whether a season is added or a factor; default `"additive"` with a period, else `"none"`. */
  readonly seasonal?: SmoothingForm["seasonal"] | undefined;
  /** Steps in a season, 2 … 1000; needed with a season. */
  readonly period?: number | undefined;
  /**
   * Whether errors grow with the level, for intervals and the likelihood; default `"multiplicative"` where the season is, else `"additive"`.
   */
  readonly error?: SmoothingForm["error"] | undefined;
  /**
   * Where the components start: `"heuristic"` (the default) as R's HoltWinters, with weights of least squares; `"estimated"` together with the
   * weights by maximum likelihood, as in R's ets, which gives AIC and AICc.
   */
  readonly start?: "heuristic" | "estimated" | undefined;
  /** Weight of the last value in the level, 0 … 1; default: found. */
  readonly alpha?: number | undefined;
  /** Weight of the last change in the slope, 0 … 1; default: found. */
  readonly beta?: number | undefined;
  /** Weight of the last value in its part of the season, 0 … 1; default: found. */
  readonly gamma?: number | undefined;
  /** What a step leaves of a damped slope, 0.8 … 0.98; default: found. */
  readonly phi?: number | undefined;
}

type Optional = "period" | "seasonal" | "error" | "alpha" | "beta" | "gamma" | "phi";
type Read = ReadOptions<FitExponentialSmoothingOptions, Optional>;

/** Option table of {@link fitExponentialSmoothing}. */
export const fitExponentialSmoothingOptions: OptionTable<FitExponentialSmoothingOptions, Optional> = {
  trend: oneOf(["none", "additive", "damped"], { default: "additive" }),
  seasonal: oneOf(["none", "additive", "multiplicative"], { optional: true }),
  period: integer({ min: 2, max: 1000, optional: true }),
  error: oneOf(["additive", "multiplicative"], { optional: true }),
  start: oneOf(["heuristic", "estimated"], { default: "heuristic" }),
  alpha: real({ min: 0, max: 1, optional: true }),
  beta: real({ min: 0, max: 1, optional: true }),
  gamma: real({ min: 0, max: 1, optional: true }),
  phi: real({ min: 0.8, max: 0.98, optional: true }),
};

/**
 * Learns level, trend and season of a series by following it, the last values counting most: the plain forecast that others must beat.
 *
 * Holt and Winters' exponential smoothing. By default start and weights are those of R's HoltWinters; with `start: "estimated"` it is an
 * innovations state space model (ETS) fitted by maximum likelihood, whose `aicc` can be compared.
 *
 * @param series - one number per step; NaN = gap.
 * @param options - see {@link FitExponentialSmoothingOptions}.
 * @returns weights, and where level, slope and season stand at the end, from which {@link forecast} goes on. Notes: `no-variation`,
 * `not-converged`, `gaps`, `few-values`.
 * @throws {ClienteleError} `too-few-rows` for less than two seasons, or less than two values with a trend, or none; `invalid-option` for a
 * season without a period; `degenerate-data` for a season that is a factor, or for errors that grow with the level, where values are not above 0.
 * @example
 * const orders = [30, 21, 29, 38, 34, 25, 32, 42, 37, 28, 36, 46, 41, 31, 40, 50];
 * const model = fitExponentialSmoothing(orders, { seasonal: "multiplicative", period: 4 });
 * model.season; // [1.067, 0.77, 0.967, 1.214]
 * forecast(model, { steps: 4 }).mean; // Float64Array [45.4, 33.5, 42.9, 54.9]
 * @see Holt (1957); Winters (1960); Hyndman, Koehler, Ord & Snyder (2008), "Forecasting with exponential smoothing". Cost: a few hundred
 * passes over the series; with an estimated start each costs as much as there are parts of the season.
 */
export function fitExponentialSmoothing(series: SeriesInput, options?: FitExponentialSmoothingOptions): SmoothingModel {
  const caller = "fitExponentialSmoothing";
  return smoothingModelOf(
    caller,
    readSeries(caller, series),
    readOptions(caller, fitExponentialSmoothingOptions, options),
  );
}

/** Fits a model whose options have been read; for the functions of this room that choose them. */
function smoothingModelOf(caller: string, series: Float64Array, read: Read): SmoothingModel {
  const form = formOf(caller, read);
  const { values, gaps, bridged } = gappedSeries(series);
  const count = values.length - gaps;
  const needed = form.seasonal !== "none" ? 2 * form.period : form.trend === "none" ? 1 : 2;
  if (values.length < needed || count < needed / 2) {
    refuse(caller, "too-few-rows", "series", `at least ${needed} values for this model`, String(count));
  }
  const needsPositive = form.seasonal === "multiplicative" || form.error === "multiplicative";
  if (needsPositive && bridged.some((value) => !(value > 0))) {
    refuse(caller, "degenerate-data", "series", "values above 0 for a season or errors that are factors", "others");
  }
  const { alpha, beta, gamma, phi } = read;
  // Sums do not mind where 0 is, but digits do.
  const base = needsPositive ? 0 : values[0];
  const moved = (list: Float64Array): Float64Array => (base === 0 ? list : list.map((value) => value - base));
  const fitter = read.start === "estimated" ? fitWithStart : fitFromHeuristics;
  const fit = fitter(moved(values), moved(bridged), form, { alpha, beta, gamma, phi });
  return assembled(form, read, fit, { gaps, base, largest: largestOf(bridged) });
}

function formOf(caller: string, { trend, period, seasonal: given, error }: Read): SmoothingForm {
  const seasonal = given ?? (period === undefined ? "none" : "additive");
  if (seasonal !== "none" && period === undefined) {
    refuse(caller, "invalid-option", "options.period", "given where there is a season", "undefined");
  }
  return {
    trend,
    seasonal,
    period: seasonal === "none" ? 1 : (period ?? 1),
    error: error ?? (seasonal === "multiplicative" ? "multiplicative" : "additive"),
  };
}

function assembled(
  form: SmoothingForm,
  { start }: Read,
  fit: SmoothingFit,
  { gaps, base, largest }: { gaps: number; base: number; largest: number },
): SmoothingModel {
  const { weights, pass, freeWeights, freeStart, iterations, converged } = fit;
  const { count, squares, state } = pass;
  const isRelative = form.error === "multiplicative" && Number.isFinite(pass.relativeSquares);
  const sum = isRelative ? pass.relativeSquares : squares;
  const rounding = Number.EPSILON * (isRelative ? 1 : largest);
  const isFlat = count === 0 || sum / count <= 4 * rounding * rounding;
  const freedom = count - freeWeights - freeStart;
  const hasTrend = form.trend !== "none";
  const isSeasonal = form.seasonal !== "none";
  return {
    kind: "exponential-smoothing",
    version: 1,
    features: [],
    trend: form.trend,
    seasonal: form.seasonal,
    period: isSeasonal ? form.period : null,
    error: isRelative ? "multiplicative" : "additive",
    start,
    alpha: weights.alpha,
    beta: hasTrend ? weights.beta : null,
    gamma: isSeasonal ? weights.gamma : null,
    phi: form.trend === "damped" ? weights.phi : null,
    level: state.level + base,
    slope: hasTrend ? state.slope + 0 : null,
    season: Array.from(state.season, (x) => x + 0),
    sse: squares,
    sigma2: isFlat ? 0 : sum / Math.max(1, freedom),
    observations: count,
    ...criteria(
      start === "estimated",
      isRelative,
      fit,
      Math.max(sum / Math.max(1, count), rounding * rounding, 1e-290),
    ),
    gaps,
    iterations,
    converged,
    notes: notesOf({ isFlat, converged, gaps, few: freedom <= 0 }),
  };
}

const logTwoPi = 1.8378770664093453;

/** The likelihood, where start and weights make it greatest; the variance counts as a parameter. */
function criteria(
  isEstimated: boolean,
  isRelative: boolean,
  { pass, freeWeights, freeStart }: SmoothingFit,
  variance: number,
): Pick<SmoothingModel, "logLikelihood" | "aic" | "aicc"> {
  if (!isEstimated) return { logLikelihood: null, aic: null, aicc: null };
  const { count, logForecasts } = pass;
  const logLikelihood = -0.5 * count * (log(variance) + 1 + logTwoPi) - (isRelative ? logForecasts : 0);
  const parameters = freeWeights + freeStart + 1;
  const aic = 2 * parameters - 2 * logLikelihood;
  const freedom = count - parameters - 1;
  return { logLikelihood, aic, aicc: freedom > 0 ? aic + (2 * parameters * (parameters + 1)) / freedom : null };
}

function notesOf(fit: { isFlat: boolean; converged: boolean; gaps: number; few: boolean }): Note[] {
  const notes: Note[] = [];
  if (fit.isFlat) notes.push({ code: "no-variation", message: "The model explains every value exactly: intervals have no width, and other weights would do as well." }); // prettier-ignore
  if (!fit.converged && !fit.isFlat) notes.push({ code: "not-converged", message: "The search for the best weights stopped before the bottom." }); // prettier-ignore
  if (fit.gaps > 0) notes.push({ code: "gaps", message: `${fit.gaps} values are missing; they were stepped over.` });
  if (fit.few) notes.push({ code: "few-values", message: "There are hardly more values than weights: they say little." }); // prettier-ignore
  return notes;
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
