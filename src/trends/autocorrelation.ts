import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { log } from "../numeric/elementary.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Options of {@link measureAutocorrelation}. */
export interface AutocorrelationOptions {
  /** Up to which lag; default 10 · log₁₀ n, as R, and less than n. */
  readonly lags?: number | undefined;
  /** Coefficients of a fitted model whose residuals these are: they are taken off the degrees of freedom. Default 0. */
  readonly fitted?: number | undefined;
}

/** Option table of {@link measureAutocorrelation}. */
export const autocorrelationOptions: OptionTable<AutocorrelationOptions, "lags"> = {
  lags: integer({ min: 1, max: 10_000, optional: true }),
  fitted: integer({ min: 0, max: 1000, default: 0 }),
};

/** Result of {@link measureAutocorrelation}. */
export interface AutocorrelationReport {
  /** Correlation of the series with itself so many steps before, from lag 0, which is 1. */
  readonly autocorrelation: Float64Array;
  /** The same, from lag 1, without what shorter lags explain. */
  readonly partial: Float64Array;
  /** Beyond ± this a correlation is more than chance in a series of chance, at 95 %. */
  readonly bound: number;
  /** Ljung and Box's test of all lags together; its p-value is null where no degree of freedom is left. */
  readonly ljungBox: {
    /** Ljung and Box's Q. */
    readonly statistic: number;
    /** Lags less fitted parameters. */
    readonly degreesOfFreedom: number;
    /** Small = the series is not noise; null without degrees of freedom. */
    readonly pValue: number | null;
  };
  /** Soft problems: `constant` (all correlations are given as 0). */
  readonly notes: readonly Note[];
}

/**
 * Tells how a series goes together with its own past: whether there is a rhythm, and whether the residuals of a model still hold something.
 *
 * @param series - a series or a list of numbers without gaps, at least two.
 * @param options - see {@link AutocorrelationOptions}.
 * @returns autocorrelations with divisor n, partial ones by Durbin and Levinson, and Ljung and Box's test.
 * @throws {ClienteleError} `too-few-rows` below two steps; `invalid-value` at the first gap; `invalid-option` for lags that are not below
 * the number of steps. Cost: steps × lags.
 * @example
 * const { autocorrelation } = measureAutocorrelation(Array.from({ length: 70 }, (_, day) => day % 7), { lags: 7 });
 * autocorrelation[7]; // 0.9
 * @see Box & Jenkins (1970), chapters 2 and 6; Ljung & Box (1978). The values are those of R's `acf`, `pacf` and `Box.test`.
 */
export function measureAutocorrelation(series: SeriesInput, options?: AutocorrelationOptions): AutocorrelationReport {
  const caller = "measureAutocorrelation";
  const read = readOptions(caller, autocorrelationOptions, options);
  const values = readSeries(caller, series);
  const n = values.length;
  if (n < 2) refuse(caller, "too-few-rows", "series", "at least 2 steps", String(n));
  const gap = values.findIndex(Number.isNaN);
  if (gap >= 0) refuse(caller, "invalid-value", `series[${gap}]`, "a number", "NaN");
  const lags = read.lags ?? Math.min(n - 1, Math.max(1, Math.floor((10 * log(n)) / log(10))));
  if (lags >= n) refuse(caller, "invalid-option", "options.lags", `below ${n}, the number of steps`, String(lags));
  // Divided by the largest size, squares neither overflow nor vanish; correlations do not change.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const mean = values.reduce((sum, value) => sum + value / largest / n, 0);
  const rest = values.map((value) => value / largest - mean);
  const covariance = Float64Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += rest[t] * rest[t - lag];
    return sum / n;
  });
  const isConstant = !(covariance[0] > 1e-28);
  const autocorrelation = covariance.map((value, lag) => (lag === 0 ? 1 : isConstant ? 0 : value / covariance[0]));
  let statistic = 0;
  for (let lag = 1; lag <= lags; lag++) statistic += (autocorrelation[lag] * autocorrelation[lag]) / (n - lag);
  statistic *= n * (n + 2);
  const degreesOfFreedom = Math.max(0, lags - read.fitted);
  const pValue = degreesOfFreedom === 0 ? null : chiSquare(degreesOfFreedom).sf(statistic);
  const message = "The series does not vary: its correlations are given as 0.";
  return {
    autocorrelation,
    partial: isConstant ? new Float64Array(lags) : partialOf(autocorrelation),
    bound: 1.959963984540054 / Math.sqrt(n),
    ljungBox: { statistic, degreesOfFreedom, pValue },
    notes: isConstant ? [{ code: "constant", message }] : [],
  };
}

/** Durbin and Levinson's recursion: the last coefficient of the autoregression of each order. */
function partialOf(correlation: Float64Array): Float64Array {
  const lags = correlation.length - 1;
  const partial = new Float64Array(lags);
  let weights: number[] = [];
  for (let order = 1; order <= lags; order++) {
    let [above, below] = [correlation[order], 1];
    weights.forEach((weight, k) => {
      above -= weight * correlation[order - 1 - k];
      below -= weight * correlation[k + 1];
    });
    const last = below > 0 ? above / below : 0;
    partial[order - 1] = last;
    weights = [...weights.map((weight, k) => weight - last * weights[weights.length - 1 - k]), last];
  }
  return partial;
}
