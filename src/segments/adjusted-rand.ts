import type { Labels } from "../tables/labels.ts";
import { countPairs } from "./label-pairs.ts";

/** How far two groupings of the same customers agree. Result of {@link measureAdjustedRand}. */
export interface AdjustedRandReport {
  /** 1 = the same groups whatever their numbers; 0 = what chance gives; can be negative. */
  readonly value: number;
}

/**
 * Compares two groupings of the same customers, for example before and after a refit, whatever the groups are called.
 *
 * @param a - one label per customer; −1 counts as a group like any other.
 * @param b - labels of the same customers in the same order.
 * @returns the share of pairs of customers on which both agree, corrected for chance. Two groupings that are both one
 * single group, or both all singletons, are the same: 1.
 * @throws {ClienteleError} `shape-mismatch` when lengths differ; `too-few-rows` without rows; `invalid-value` for a label
 * below −1.
 * @example
 * measureAdjustedRand(labelsOf([0, 0, 1, 1]), labelsOf([1, 1, 0, 0])).value; // 1
 * measureAdjustedRand(labelsOf([0, 0, 1, 1]), labelsOf([0, 1, 0, 1])).value; // -0.5
 * @see Hubert & Arabie (1985), "Comparing partitions", equation 5. Cost O(n).
 */
export function measureAdjustedRand(a: Labels, b: Labels): AdjustedRandReport {
  const { rows, inA, inB, cells } = countPairs("measureAdjustedRand", a, b);
  const together = pairs(cells.values());
  const [pairsA, pairsB, all] = [pairs(inA), pairs(inB), pairs([rows])];
  if (pairsA === pairsB && (pairsA === 0 || pairsA === all)) return { value: 1 };
  const expected = pairsA * (pairsB / all);
  return { value: (together - expected) / ((pairsA + pairsB) / 2 - expected) };
}

/** Pairs of members of the same group. */
function pairs(sizes: Iterable<number>): number {
  let total = 0;
  for (const size of sizes) total += (size * (size - 1)) / 2;
  return total;
}
