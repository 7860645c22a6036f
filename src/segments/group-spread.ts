import { refuse } from "../core/errors.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkLabels, groupSizes, type Labels } from "../tables/labels.ts";
import { checkDistances, type Rows, rowsOf } from "./rows.ts";

/** Where groups lie and how far they spread, in a unit of length that neither overflows nor underflows. */
export interface GroupSpread {
  /** Numbers of the groups that have members, ascending; what follows has one place for each of them. */
  readonly groups: readonly number[];
  /** Members. */
  readonly sizes: readonly number[];
  /** Means, row-major: groups × columns, as deviations from a common origin. */
  readonly means: Float64Array;
  /** Sum over the members of their distance to the mean. */
  readonly distances: Float64Array;
  /** Sum over the members of their squared distance to the mean. */
  readonly squares: Float64Array;
  /** The unit: how many units of the table a length of 1 is, a power of two; 0 when all rows are equal. */
  readonly unit: number;
}

/** Checks a table and its labels for an index that needs at least two groups, and one of them with two members. */
export function checkGroups(
  caller: string,
  table: FeatureTable,
  labels: Labels,
  path = "labels",
): { rows: Rows; sizes: Int32Array } {
  checkDistances(caller, table);
  checkLabels(caller, path, labels, table.ids.length);
  const sizes = groupSizes(labels);
  const groups = sizes.filter((size) => size > 0).length;
  if (groups < 2) refuse(caller, "degenerate-data", path, "at least 2 groups with members", String(groups));
  if (!sizes.some((size) => size > 1)) refuse(caller, "degenerate-data", path, "a group of 2 or more", "none");
  return { rows: rowsOf(table), sizes };
}

/**
 * Measures groups against their means, in two passes: means first, deviations from them second.
 *
 * Every group is measured from its own first member, so that groups of equal rows have no spread at all, wherever they lie.
 *
 * @param data - finite rows; their weights do not count.
 * @param labels - group per row; rows labeled −1 are left out. At least one row is in a group.
 * @param sizes - members per group number.
 */
export function spreadOf({ values, columns }: Rows, labels: Labels, sizes: ArrayLike<number>): GroupSpread {
  const groups = Array.from(sizes, (_, group) => group).filter((group) => sizes[group] > 0);
  const placeOf = new Int32Array(sizes.length);
  groups.forEach((group, place) => (placeOf[group] = place));
  const first = new Int32Array(groups.length).fill(-1);
  labels.forEach((label, row) => {
    if (label >= 0 && first[placeOf[label]] < 0) first[placeOf[label]] = row * columns;
  });
  const unit = powerOfTwoNear(largestDeviation(values, columns, labels, first[0]));
  const means = new Float64Array(groups.length * columns);
  const distances = new Float64Array(groups.length);
  const squares = new Float64Array(groups.length);
  const spread = { groups, sizes: groups.map((group) => sizes[group]), means, distances, squares, unit };
  if (unit === 0) return spread;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] < 0) continue;
    const place = placeOf[labels[row]];
    for (let j = 0, at = row * columns, origin = first[place], mean = place * columns; j < columns; j++) {
      means[mean++] += (values[at++] - values[origin++]) / unit;
    }
  }
  for (let i = 0; i < means.length; i++) means[i] /= spread.sizes[Math.floor(i / columns)];
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] < 0) continue;
    const place = placeOf[labels[row]];
    let square = 0;
    for (let j = 0, at = row * columns, origin = first[place], mean = place * columns; j < columns; j++) {
      const deviation = (values[at++] - values[origin++]) / unit - means[mean++];
      square += deviation * deviation;
    }
    squares[place] += square;
    distances[place] += Math.sqrt(square);
  }
  for (let i = 0; i < means.length; i++) {
    const j = i % columns;
    means[i] += (values[first[Math.floor(i / columns)] + j] - values[first[0] + j]) / unit;
  }
  return spread;
}

function largestDeviation(values: Float64Array, columns: number, labels: Labels, origin: number): number {
  let largest = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] < 0) continue;
    for (let j = 0, at = row * columns; j < columns; j++) {
      largest = Math.max(largest, Math.abs(values[at + j] - values[origin + j]));
    }
  }
  return largest;
}

/** The largest power of two that is not above x, so that dividing by it loses no digit; 0 for 0. */
function powerOfTwoNear(x: number): number {
  if (x === 0) return 0;
  let power = 1;
  while (power > x) power /= 2;
  while (power <= x / 2) power *= 2;
  return power;
}
