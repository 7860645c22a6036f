import type { FeatureTable } from "../tables/feature-table.ts";
import type { Labels } from "../tables/labels.ts";
import { checkGroups, type GroupSpread, spreadOf } from "./group-spread.ts";

/** How much of the variance lies between groups rather than within. Result of {@link measureCalinskiHarabasz}. */
export interface CalinskiHarabaszReport {
  /** Variance between groups over variance within, as in an F test; larger is better. Null when no customer differs from the own group. */
  readonly value: number | null;
  /** Sum over customers of the squared distance from the mean of their group to that of all, in squared units of the table. */
  readonly betweenSquares: number;
  /** Sum over customers of the squared distance to the mean of their group, in squared units of the table. */
  readonly withinSquares: number;
  /** Customers per group number. */
  readonly sizes: readonly number[];
}

/**
 * Measures how much more groups differ from each other than their members do: the variance ratio.
 *
 * k-means maximizes it for a given k, so compare it between numbers of groups, or between groupings, never across tables.
 *
 * @param table - n customers × d finite features, scaled as for the grouping.
 * @param labels - group per row; rows labeled −1 are left out, they count for nobody.
 * @returns the report; `value` is (between / (groups − 1)) / (within / (customers − groups)).
 * @throws {ClienteleError} `degenerate-data` when fewer than two groups have members or no group has two;
 * `shape-mismatch` when labels do not fit the rows; `invalid-value` at the first cell that is not finite.
 * @example
 * const { value, betweenSquares, withinSquares } = measureCalinskiHarabasz(
 *   fromMatrix([[0], [2], [10], [12]]),
 *   labelsOf([0, 0, 1, 1]),
 * );
 * betweenSquares; // 100
 * withinSquares; // 4
 * value; // 50
 * @see Caliński & Harabasz (1974), "A dendrite method for cluster analysis". Cost O(n·d).
 */
export function measureCalinskiHarabasz(table: FeatureTable, labels: Labels): CalinskiHarabaszReport {
  const { rows, sizes } = checkGroups("measureCalinskiHarabasz", table, labels);
  const spread = spreadOf(rows, labels, sizes);
  const { between, within } = squaresOf(spread);
  return {
    value: calinskiHarabaszOf(spread),
    betweenSquares: between * spread.unit * spread.unit,
    withinSquares: within * spread.unit * spread.unit,
    sizes: Array.from(sizes),
  };
}

/** The index of at least two groups and more customers than groups; null when no customer differs from the own group. */
function calinskiHarabaszOf(spread: GroupSpread): number | null {
  const { between, within } = squaresOf(spread);
  const members = spread.sizes.reduce((sum, size) => sum + size, 0);
  const ratio = (between / (spread.groups.length - 1)) * ((members - spread.groups.length) / within);
  return Number.isFinite(ratio) ? ratio : null;
}

function squaresOf({ sizes, means, squares }: GroupSpread): { between: number; within: number } {
  const columns = means.length / sizes.length;
  const members = sizes.reduce((sum, size) => sum + size, 0);
  let between = 0;
  for (let j = 0; j < columns; j++) {
    const mean = sizes.reduce((sum, size, group) => sum + size * means[group * columns + j], 0) / members;
    sizes.forEach((size, group) => {
      const deviation = means[group * columns + j] - mean;
      between += size * deviation * deviation;
    });
  }
  return { between, within: squares.reduce((sum, square) => sum + square, 0) };
}
