import type { FeatureTable } from "../tables/feature-table.ts";
import type { Labels } from "../tables/labels.ts";
import { checkGroups, type GroupSpread, spreadOf } from "./group-spread.ts";

/** How much groups overlap with the one most like them. Result of {@link measureDaviesBouldin}. */
export interface DaviesBouldinReport {
  /** Mean of `perCluster` over the groups with members: 0 is best, there is no upper limit. Null when it is infinite. */
  readonly value: number | null;
  /** Per group number its largest ratio of spreads to distance of the means; null for a number without customers, or infinite. */
  readonly perCluster: readonly (number | null)[];
  /** Per group number the group it is most like; null for a number without customers. */
  readonly nearest: readonly (number | null)[];
  /** Customers per group number. */
  readonly sizes: readonly number[];
}

/**
 * Measures how well groups keep apart: for each group the spread of it and of its most similar other group, against the
 * distance of their means.
 *
 * Unlike the silhouette it is linear in the customers. Like k-means it thinks of groups as balls: long or curved groups look
 * bad even when they are clear.
 *
 * @param table - n customers × d finite features, scaled as for the grouping.
 * @param labels - group per row; rows labeled −1 are left out, they count for nobody.
 * @returns the report; lower is better. Two groups with the same mean are infinitely alike: null.
 * @throws {ClienteleError} `degenerate-data` when fewer than two groups have members or no group has two;
 * `shape-mismatch` when labels do not fit the rows; `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [2], [10], [14], [30], [32]]);
 * const { value, perCluster, nearest } = measureDaviesBouldin(table, labelsOf([0, 0, 1, 1, 2, 2]));
 * perCluster; // [0.2727, 0.2727, 0.1579] — 0 and 1: (1 + 2) / 11
 * nearest; // [1, 0, 1]
 * value; // 0.2344
 * @see Davies & Bouldin (1979), "A cluster separation measure", with Euclidean distances and mean distances to the mean.
 * Cost O(n·d) and O(groups²·d).
 */
export function measureDaviesBouldin(table: FeatureTable, labels: Labels): DaviesBouldinReport {
  const { rows, sizes } = checkGroups("measureDaviesBouldin", table, labels);
  const spread = spreadOf(rows, labels, sizes);
  const perCluster = new Array<number | null>(sizes.length).fill(null);
  const nearest = new Array<number | null>(sizes.length).fill(null);
  mostAlike(spread).forEach(({ ratio, other }, place) => {
    perCluster[spread.groups[place]] = finiteOrNull(ratio);
    nearest[spread.groups[place]] = spread.groups[other];
  });
  return { value: daviesBouldinOf(spread), perCluster, nearest, sizes: Array.from(sizes) };
}

/** The index of at least two groups; null when two of them have the same mean. */
function daviesBouldinOf(spread: GroupSpread): number | null {
  const alike = mostAlike(spread);
  return finiteOrNull(alike.reduce((sum, { ratio }) => sum + ratio, 0) / alike.length);
}

function finiteOrNull(x: number): number | null {
  return x < Infinity ? x : null;
}

/** For each group the other one that it is most like; of equals the lowest number. */
function mostAlike({ groups, sizes, means, distances }: GroupSpread): { ratio: number; other: number }[] {
  const columns = means.length / groups.length;
  const best = groups.map(() => ({ ratio: -1, other: -1 }));
  for (let a = 0; a < groups.length; a++) {
    for (let b = a + 1; b < groups.length; b++) {
      let square = 0;
      for (let j = 0; j < columns; j++) {
        const difference = means[a * columns + j] - means[b * columns + j];
        square += difference * difference;
      }
      const ratio = square === 0 ? Infinity : (distances[a] / sizes[a] + distances[b] / sizes[b]) / Math.sqrt(square);
      if (ratio > best[a].ratio) best[a] = { ratio, other: b };
      if (ratio > best[b].ratio) best[b] = { ratio, other: a };
    }
  }
  return best;
}
