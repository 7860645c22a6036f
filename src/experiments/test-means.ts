import { readOptions } from "../core/options.ts";
import { readTwoArms, type TwoArms } from "./arm-stats.ts";
import {
  type DifferenceOptions,
  differenceOptions,
  type DifferenceReport,
  figuresOf,
  welchReport,
} from "./difference.ts";
import type { MeanStats, RatioStats } from "./stats.ts";

/**
 * Tests whether customers of two arms spend, order or do different amounts, on average.
 *
 * Welch's test: the arms may spread differently and need not be of one size. Amounts come as sums, made by {@link meanStats} in one
 * pass or by {@link meanStatsOf} from a warehouse's; one number per customer, also of those who bought nothing.
 *
 * @param data - {@link MeanStats} of both arms.
 * @param options - see {@link DifferenceOptions}.
 * @returns treatment minus control with its interval. Nobody in an arm (`empty-arm`), one amount (`single-customer`), amounts that do not
 * vary (`no-variance`) and a relative difference from 0 (`zero-control`) are notes, and what cannot be told is null.
 * @throws {ClienteleError} `invalid-value` for sums that no amounts can have; `invalid-option`.
 * @example
 * const control = run(meanStats(), [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]);
 * const treatment = run(meanStats(), [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
 * const { estimate, pValue } = testMeans({ control, treatment });
 * estimate; // 1.58
 * pValue; // 0.0794
 * @see Welch (1947), "The generalization of Student's problem when several different population variances are involved".
 */
export function testMeans(data: TwoArms<MeanStats>, options?: DifferenceOptions): DifferenceReport {
  return compare("testMeans", data, options, "mean");
}

/**
 * Tests whether a ratio of two sums differs: clicks per view, spend per order, where customers were assigned, not views or orders.
 *
 * Views of one customer are not independent; counting them as if they were finds differences that are not there. The delta method
 * takes the customer as the unit.
 *
 * @param data - {@link RatioStats} of both arms, made by {@link ratioStats}.
 * @param options - see {@link DifferenceOptions}.
 * @returns treatment minus control with its interval; notes as in {@link testMeans}, and `no-denominator`.
 * @throws {ClienteleError} `invalid-value` for sums that no amounts can have; `invalid-option`.
 * @example
 * const seen = (clicks: number[]) => run(ratioStats(), clicks.map((numerator, i) => ({ numerator, denominator: 3 + (i % 2) })));
 * const { estimate, interval } = testRatio({ control: seen([0, 1, 0, 1, 1, 0]), treatment: seen([1, 2, 1, 1, 2, 3]) });
 * estimate; // 0.33
 * interval; // [0.1, 0.6]
 * @see Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics".
 */
export function testRatio(data: TwoArms<RatioStats>, options?: DifferenceOptions): DifferenceReport {
  return compare("testRatio", data, options, "ratio");
}

function compare(
  caller: string,
  data: unknown,
  options: DifferenceOptions | undefined,
  kind: "mean" | "ratio",
): DifferenceReport {
  const read = readOptions(caller, differenceOptions, options);
  const arms = readTwoArms(caller, data, kind);
  const control = figuresOf(arms.control, read.alpha);
  const treatment = figuresOf(arms.treatment, read.alpha);
  return welchReport(arms, read, { control, treatment });
}
