import { log } from "../numeric/elementary.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import type { Labels } from "../tables/labels.ts";
import { countPairs, entropyOf, mutualInformationOf } from "./label-pairs.ts";

/** How much two groupings tell about each other. Result of {@link measureAdjustedMutualInformation}. */
export interface AdjustedMutualInformationReport {
  /** 1 = the same groups whatever their numbers; 0 = what chance gives; can be negative. */
  readonly value: number;
  /** The same without the correction for chance, from 0 to 1; equal to the V-measure. */
  readonly normalized: number;
  /** Mutual information, in nats. */
  readonly mutualInformation: number;
  /** Mutual information that groups of these sizes have by chance, in nats. */
  readonly expected: number;
}

/**
 * Compares two groupings of the same customers by what one tells about the other, corrected for chance.
 *
 * Beside the adjusted Rand index, which large groups decide, it gives small groups a say. Like it, it compares groupings of
 * different numbers of groups fairly.
 *
 * @param a - one label per customer; −1 counts as a group like any other.
 * @param b - labels of the same customers in the same order.
 * @returns (MI − expected MI) / (mean of both entropies − expected MI). Two groupings that are both one single group, or both
 * all singletons, are the same: 1.
 * @throws {ClienteleError} `shape-mismatch` when lengths differ; `too-few-rows` without rows; `invalid-value` for a label
 * below −1.
 * @example
 * measureAdjustedMutualInformation(labelsOf([0, 0, 1, 1]), labelsOf([1, 1, 0, 0])).value; // 1
 * const { value, normalized } = measureAdjustedMutualInformation(labelsOf([0, 0, 1, 1, 2, 2]), labelsOf([0, 0, 1, 2, 2, 2]));
 * normalized; // 0.7397
 * value; // 0.5024
 * @see Vinh, Epps & Bailey (2010), "Information theoretic measures for clusterings comparison", equation 24a. Cost O(n) and,
 * for each pair of different group sizes, the width of a hypergeometric distribution.
 */
export function measureAdjustedMutualInformation(a: Labels, b: Labels): AdjustedMutualInformationReport {
  const pairs = countPairs("measureAdjustedMutualInformation", a, b);
  const { rows, inA, inB } = pairs;
  const mutualInformation = mutualInformationOf(pairs);
  const mean = (entropyOf(inA, rows) + entropyOf(inB, rows)) / 2;
  const [countsA, countsB] = [countSizes(inA), countSizes(inB)];
  if (areAlike(countsA, countsB, 1) || areAlike(countsA, countsB, rows)) {
    return { value: 1, normalized: 1, mutualInformation, expected: mutualInformation };
  }
  const expected = expectedInformation(countsA, countsB, rows);
  return {
    value: Math.min(1, (mutualInformation - expected) / (mean - expected)),
    normalized: Math.min(1, mutualInformation / mean),
    mutualInformation,
    expected,
  };
}

/** How many groups have each size. */
function countSizes(sizes: Float64Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) if (size > 0) counts.set(size, (counts.get(size) ?? 0) + 1);
  return new Map([...counts].sort(([x], [y]) => x - y));
}

/** Whether both groupings have groups of one size only: all singletons, or one group of all. */
function areAlike(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>, size: number): boolean {
  return a.size === 1 && b.size === 1 && a.has(size) && b.has(size);
}

/** The mean of the mutual information over all groupings with these sizes. */
function expectedInformation(
  countsA: ReadonlyMap<number, number>,
  countsB: ReadonlyMap<number, number>,
  rows: number,
): number {
  const sum: SumState = { sum: 0, correction: 0 };
  for (const [sizeA, groupsA] of countsA) {
    for (const [sizeB, groupsB] of countsB) {
      addCompensated(sum, groupsA * groupsB * expectedTerm(sizeA, sizeB, rows));
    }
  }
  return Math.max(0, sum.sum + sum.correction);
}

/** Below this share of the largest one, probabilities no longer change the sum: they fall faster than geometrically. */
const negligible = 1e-20;

/**
 * The mean of one cell's share of the mutual information, when `sizeA` and `sizeB` of the rows are drawn independently.
 *
 * The cell is hypergeometric. Its probabilities follow from each other by ratios, from the mode in both directions, and
 * divided by their sum they need no factorial.
 */
function expectedTerm(sizeA: number, sizeB: number, rows: number): number {
  const least = Math.max(0, sizeA + sizeB - rows);
  const most = Math.min(sizeA, sizeB);
  const mode = Math.max(least, Math.min(most, Math.floor(((sizeA + 1) * (sizeB + 1)) / (rows + 2))));
  const upward = (x: number): number => ((sizeA - x) * (sizeB - x)) / ((x + 1) * (rows - sizeA - sizeB + x + 1));
  const term = (x: number): number => (x === 0 ? 0 : (x / rows) * log((rows / sizeA) * (x / sizeB)));
  let total = 1;
  let sum = term(mode);
  for (let x = mode, weight = 1; x < most && weight > negligible; x++) {
    weight *= upward(x);
    total += weight;
    sum += weight * term(x + 1);
  }
  for (let x = mode, weight = 1; x > least && weight > negligible; x--) {
    weight /= upward(x - 1);
    total += weight;
    sum += weight * term(x - 1);
  }
  return sum / total;
}
