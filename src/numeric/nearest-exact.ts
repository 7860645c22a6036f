import type { CenterSums } from "./center-sums.ts";
import type { NearestCenter, Ties } from "./nearest.ts";
import type { PointSet } from "./point-set.ts";

/**
 * The definition that every faster way must reproduce: the center of least Σⱼ (xⱼ − cⱼ)², added in the order of j in
 * double precision; equal sums go to the lower index.
 */
export function nearestCenter(
  values: Float64Array,
  row: number,
  columns: number,
  centers: Float64Array,
  clusters: number,
  ties: Ties,
): number {
  const from = row * columns;
  let best = Infinity;
  let label = 0;
  let tied = false;
  for (let c = 0, i = 0; c < clusters; c++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, i++) {
      const difference = values[from + j] - centers[i];
      sum += difference * difference;
    }
    if (sum < best) {
      best = sum;
      label = c;
      tied = false;
    } else if (sum === best) {
      tied = true;
    }
  }
  if (tied) ties.count++;
  return label;
}

/** Assigns every row by {@link nearestCenter}: always right, for data that single precision cannot tell apart. */
export function exactNearest(set: PointSet, clusters: number): NearestCenter {
  const labels = new Int32Array(set.rows);
  const moved = new Int32Array(2 * set.rows);
  const ties: Ties = { count: 0 };
  let first = true;
  return {
    labels,
    ties,
    assign(centers: Float64Array, sums: CenterSums | undefined): number {
      ties.count = 0;
      const changed = relabelExactly(set, centers, clusters, labels, moved, ties);
      if (!first) {
        sums?.move(moved, changed, labels);
        return changed;
      }
      first = false;
      sums?.reset(labels);
      return set.rows;
    },
  };
}

/** Relabels all rows, lists (row, old label) of those that changed in `moved`, and returns how many they are. */
export function relabelExactly(
  { values, rows, columns }: PointSet,
  centers: Float64Array,
  clusters: number,
  labels: Int32Array,
  moved: Int32Array,
  ties: Ties,
): number {
  let changed = 0;
  for (let row = 0; row < rows; row++) {
    const label = nearestCenter(values, row, columns, centers, clusters, ties);
    if (label === labels[row]) continue;
    moved[2 * changed] = row;
    moved[2 * changed + 1] = labels[row];
    labels[row] = label;
    changed++;
  }
  return changed;
}
