import type { CenterSums } from "./center-sums.ts";
import type { NearestCenter } from "./lloyd.ts";
import type { PointSet } from "./points.ts";

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
): number {
  const from = row * columns;
  let best = Infinity;
  let label = 0;
  for (let c = 0, i = 0; c < clusters; c++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, i++) {
      const difference = values[from + j] - centers[i];
      sum += difference * difference;
    }
    if (sum < best) {
      best = sum;
      label = c;
    }
  }
  return label;
}

/** Assigns every row by {@link nearestCenter}: always right, for data that single precision cannot tell apart. */
export function exactNearest(set: PointSet, clusters: number): NearestCenter {
  const { values, rows, columns } = set;
  const labels = new Int32Array(rows).fill(-1);
  let first = true;
  return {
    labels,
    assign(centers: Float64Array, sums: CenterSums): number {
      let moved = 0;
      for (let row = 0; row < rows; row++) {
        const label = nearestCenter(values, row, columns, centers, clusters);
        if (label === labels[row]) continue;
        if (!first) sums.move(row, labels[row], label);
        labels[row] = label;
        moved++;
      }
      if (first) sums.reset(labels);
      first = false;
      return moved;
    },
  };
}
