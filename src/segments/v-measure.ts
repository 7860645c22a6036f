import { type OptionTable, readOptions, real } from "../core/options.ts";
import type { Labels } from "../tables/labels.ts";
import { countPairs, entropyOf, mutualInformationOf } from "./label-pairs.ts";

/** How well groups reproduce known classes. Result of {@link measureVMeasure}. */
export interface VMeasureReport {
  /** Harmonic mean of homogeneity and completeness, from 0 to 1. */
  readonly value: number;
  /** 1 = every group of `b` holds customers of one class of `a` only. */
  readonly homogeneity: number;
  /** 1 = every class of `a` lies in one group of `b`. */
  readonly completeness: number;
}

/** Options of {@link measureVMeasure}. */
export interface MeasureVMeasureOptions {
  /** Weight of completeness against homogeneity, above 0; default 1, both alike. */
  readonly beta?: number | undefined;
}

/** Option table of {@link measureVMeasure}. */
export const measureVMeasureOptions: OptionTable<MeasureVMeasureOptions> = {
  beta: real({ above: 0, max: 1e6, default: 1 }),
};

/**
 * Compares groups with known classes and tells the two ways of being wrong apart: groups that mix classes, and classes
 * that are torn apart.
 *
 * It is not corrected for chance: many small groups score well by luck. To compare groupings of different numbers of groups
 * take {@link measureAdjustedRand} or {@link measureAdjustedMutualInformation}.
 *
 * @param a - the known class of each customer; −1 counts as a class like any other.
 * @param b - the group of each customer, in the same order; −1 counts as a group like any other.
 * @param options - see {@link MeasureVMeasureOptions}.
 * @returns the measure and its two parts. A single class is homogeneous, a single group complete, in any company: 1.
 * @throws {ClienteleError} `shape-mismatch` when lengths differ; `too-few-rows` without rows; `invalid-value` for a label
 * below −1.
 * @example
 * const { value, homogeneity, completeness } = measureVMeasure(labelsOf([0, 0, 1, 1]), labelsOf([0, 0, 1, 2]));
 * homogeneity; // 1
 * completeness; // 0.6667
 * value; // 0.8
 * @see Rosenberg & Hirschberg (2007), "V-measure: a conditional entropy-based external cluster evaluation measure". Cost O(n).
 */
export function measureVMeasure(a: Labels, b: Labels, options?: MeasureVMeasureOptions): VMeasureReport {
  const caller = "measureVMeasure";
  const { beta } = readOptions(caller, measureVMeasureOptions, options);
  const pairs = countPairs(caller, a, b);
  const shared = mutualInformationOf(pairs);
  const homogeneity = shareOf(shared, entropyOf(pairs.inA, pairs.rows));
  const completeness = shareOf(shared, entropyOf(pairs.inB, pairs.rows));
  const both = homogeneity + completeness;
  const value = both === 0 ? 0 : ((1 + beta) * homogeneity * completeness) / (beta * homogeneity + completeness);
  return { value, homogeneity, completeness };
}

/** The share of what there is to know that is known; 1 when there is nothing to know. */
function shareOf(shared: number, entropy: number): number {
  return entropy === 0 ? 1 : Math.min(1, shared / entropy);
}
