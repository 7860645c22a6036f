import { refuse } from "../core/errors.ts";
import { integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { checkPeriods } from "./stl.ts";

/** Options of {@link decomposeClassical}. */
export interface ClassicalOptions {
  /** Points per season. */
  readonly period: number;
  /** Whether the season adds to the trend (default) or multiplies it. */
  readonly type?: "additive" | "multiplicative" | undefined;
}

/** Option table of {@link decomposeClassical}. */
export const classicalOptions: OptionTable<ClassicalOptions> = {
  period: integer({ min: 2 }),
  type: oneOf(["additive", "multiplicative"], { default: "additive" }),
};

/** Result of {@link decomposeClassical}. */
export interface ClassicalReport {
  /** Centered moving average over a season; NaN for half a season at both ends. */
  readonly trend: Float64Array;
  /** What comes back every period, alike in all of them. */
  readonly seasonal: Float64Array;
  /** What is left; NaN where there is no trend. */
  readonly remainder: Float64Array;
  /** The season, one number per place in it, from the first point of the series on: they add up to 0, or average to 1. */
  readonly figure: readonly number[];
  /** Points per season. */
  readonly period: number;
  /** How the parts go together. */
  readonly type: "additive" | "multiplicative";
}

/**
 * Takes a series apart by moving averages: the classical way, to compare with older reports. `decomposeStl` knows seasons that change, odd
 * days and both ends.
 *
 * @param series - a series or a list of numbers without gaps, at least two periods.
 * @param options - see {@link ClassicalOptions}.
 * @returns trend, season and remainder.
 * @throws {ClienteleError} `too-few-rows` below two periods; `invalid-value` at the first gap, or, where the season multiplies, at the first
 * number that is not above 0; `invalid-option`. Cost: one pass.
 * @example
 * const sales = Array.from({ length: 8 }, (_, quarter) => 10 + [0, 2, 4, -6][quarter % 4]);
 * decomposeClassical(sales, { period: 4 }).figure; // [0, 2, 4, -6]
 * @see Kendall & Stuart (1983), "The Advanced Theory of Statistics", volume 3; R's `decompose`.
 */
export function decomposeClassical(series: SeriesInput, options: ClassicalOptions): ClassicalReport {
  const caller = "decomposeClassical";
  const { period, type } = readOptions(caller, classicalOptions, options);
  const values = readSeries(caller, series);
  const isProduct = type === "multiplicative";
  const wrong = values.findIndex((value) => Number.isNaN(value) || (isProduct && !(value > 0)));
  if (wrong >= 0) {
    refuse(caller, "invalid-value", `series[${wrong}]`, isProduct ? "a number above 0" : "a number", "another value");
  }
  checkPeriods(caller, values, period);
  const n = values.length;
  const trend = new Float64Array(n).fill(NaN);
  const half = Math.floor(period / 2);
  for (let t = half; t + half < n; t++) {
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += (period % 2 === 0 && Math.abs(k) === half ? 0.5 : 1) * values[t + k];
    trend[t] = sum / period;
  }
  const without = values.map((value, t) => (isProduct ? value / trend[t] : value - trend[t]));
  const means = Array.from({ length: period }, (_, place) => {
    let [sum, count] = [0, 0];
    for (let t = place; t < n; t += period) {
      if (Number.isNaN(without[t])) continue;
      sum += without[t];
      count++;
    }
    return sum / count;
  });
  const middle = means.reduce((sum, mean) => sum + mean, 0) / period;
  const figure = means.map((mean) => (isProduct ? mean / middle : mean - middle));
  const seasonal = Float64Array.from(values, (_, t) => figure[t % period]);
  const remainder = without.map((value, t) => (isProduct ? value / seasonal[t] : value - seasonal[t]));
  return { trend, seasonal, remainder, figure, period, type };
}
