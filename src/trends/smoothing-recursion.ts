import { log } from "../numeric/elementary.ts";

/** Which components a smoothing model has. */
export interface SmoothingForm {
  readonly trend: "none" | "additive" | "damped";
  readonly seasonal: "none" | "additive" | "multiplicative";
  /** Steps in a season; 1 without one. */
  readonly period: number;
  /** Whether errors grow with the level: "multiplicative". */
  readonly error: "additive" | "multiplicative";
}

/** How fast the components follow the series; those that a form lacks are 0, φ is 1 unless the trend is damped. */
export interface SmoothingWeights {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

/** Where the components stand. */
export interface SmoothingState {
  level: number;
  slope: number;
  /** One entry per step of the season, the next step first; empty without a season. */
  season: Float64Array;
}

/** What a pass learned. */
export interface SmoothingPass {
  /** Values that were forecast and seen. */
  readonly count: number;
  /** Sum of squared one-step errors. */
  readonly squares: number;
  /** Sum of squared relative errors; infinite where a forecast was not above 0. */
  readonly relativeSquares: number;
  /** Sum of the logarithms of the forecasts; infinite where one was not above 0. */
  readonly logForecasts: number;
  /** Where the components stand after the last value. */
  readonly state: SmoothingState;
}

/**
 * Lets the components follow a series, as Holt and Winters wrote it.
 *
 * A gap moves the components on without teaching them anything.
 *
 * @param values - NaN = gap.
 * @param from - the first value that is forecast.
 * @param errors - when given, takes the error of each value, NaN at gaps and before `from`.
 */
export function smooth(
  values: Float64Array,
  from: number,
  form: SmoothingForm,
  weights: SmoothingWeights,
  start: SmoothingState,
  errors?: Float64Array,
): SmoothingPass {
  const { alpha, beta, gamma, phi } = weights;
  const { period, seasonal } = form;
  const isSeasonal = seasonal !== "none";
  const isProduct = seasonal === "multiplicative";
  const isRelative = form.error === "multiplicative";
  const season = start.season.slice();
  let { level, slope } = start;
  let place = 0;
  let count = 0;
  let squares = 0;
  let relativeSquares = 0;
  let logForecasts = 0;
  for (let t = from; t < values.length; t++) {
    const carried = level + phi * slope;
    const part = isSeasonal ? season[place] : isProduct ? 1 : 0;
    const expected = isProduct ? carried * part : carried + part;
    const value = values[t];
    if (value === value) {
      const error = value - expected;
      squares += error * error;
      if (isRelative) {
        const relative = error / expected;
        relativeSquares += expected > 0 ? relative * relative : Infinity;
        logForecasts += expected > 0 ? log(expected) : Infinity;
      }
      count++;
      if (errors !== undefined) errors[t] = error;
      const before = level;
      const deseasonalized = isProduct ? value / part : value - part;
      level = alpha * deseasonalized + (1 - alpha) * carried;
      slope = beta * (level - before) + (1 - beta) * phi * slope;
      if (isSeasonal) season[place] = gamma * (isProduct ? value / level : value - level) + (1 - gamma) * part;
    } else {
      level = carried;
      slope = phi * slope;
      if (errors !== undefined) errors[t] = NaN;
    }
    if (++place === period) place = 0;
  }
  const turned = isSeasonal ? Float64Array.from(season, (_, i) => season[(place + i) % period]) : season;
  return { count, squares, relativeSquares, logForecasts, state: { level, slope, season: turned } };
}
