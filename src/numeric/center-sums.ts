import { addRest, addTerm, clearSums, type ExactSums, exactSums, sumOf } from "./exact-sums.ts";
import type { PointSet } from "./point-set.ts";

/** Running sums of the members of k clusters: exact, so that a center is its members' true mean. */
export interface CenterSums {
  /** Positive-weight rows per cluster. */
  readonly members: Int32Array;
  /** Forgets everything and sums all rows under `labels`. */
  reset(labels: Int32Array): void;
  /** Moves rows: `moved` holds `count` pairs (row, cluster it leaves); `labels` has the clusters they enter. */
  move(moved: Int32Array, count: number, labels: Int32Array): void;
  /** Writes the mean of every non-empty cluster into `centers`; an empty cluster's center is left as it is. */
  means(centers: Float64Array): void;
  /** The mean of `cluster` without the member `row`, written into `centers`. */
  meanWithout(cluster: number, row: number, centers: Float64Array): void;
}

/**
 * Opens the sums for `clusters` groups of the points of `set`.
 *
 * The sums are taken over `x − origin`, so that data far from zero (epoch times, say) lose no digits, and they are exact:
 * means depend neither on the order of the rows nor on which rows went in and out.
 */
export function centerSums(set: PointSet, clusters: number): CenterSums {
  const { rows, columns, weights, origin, reach, values } = set;
  const members = new Int32Array(clusters);
  const heaviest = weights === undefined ? 1 : weights.reduce((most, weight) => Math.max(most, weight), 0);
  // With weights one more column sums them.
  const width = weights === undefined ? columns : columns + 1;
  const bounds = Float64Array.from({ length: width }, (_, j) => (j < columns ? reach[j] * heaviest : heaviest));
  const sums = exactSums(clusters * width, bounds, rows);
  // Blocks: engines compile a function that is called often once, a long loop in every call.
  const block = 512;

  return {
    members,
    reset(labels): void {
      members.fill(0);
      clearSums(sums);
      for (let start = 0; start < rows; start += block) {
        addRows(set, sums, members, labels, start, Math.min(rows, start + block));
      }
    },
    move(moved, count, labels): void {
      for (let start = 0; start < count; start += block) {
        moveRows(set, sums, members, moved, start, Math.min(count, start + block), labels);
      }
    },
    means(centers): void {
      for (let c = 0; c < clusters; c++) {
        if (members[c] === 0) continue;
        const weight = weights === undefined ? members[c] : sumOf(sums, c * width + columns);
        for (let j = 0; j < columns; j++) centers[c * columns + j] = origin[j] + sumOf(sums, c * width + j) / weight;
      }
    },
    meanWithout(cluster, row, centers): void {
      const removed = weights === undefined ? 1 : weights[row];
      const weight = weights === undefined ? members[cluster] - 1 : sumOf(sums, cluster * width + columns) - removed;
      for (let j = 0; j < columns; j++) {
        const cell = cluster * width + j;
        const x = removed * (values[row * columns + j] - origin[j]);
        addTerm(sums, cell, j, -x);
        centers[cluster * columns + j] = origin[j] + sumOf(sums, cell) / weight;
        addTerm(sums, cell, j, x);
      }
    },
  };
}

function addRows(
  set: PointSet,
  sums: ExactSums,
  members: Int32Array,
  labels: Int32Array,
  start: number,
  end: number,
): void {
  const { values, columns, weights, origin } = set;
  const { high, low, highSplits, lowSplits, columns: width } = sums;
  for (let row = start, i = start * columns; row < end; row++) {
    const cluster = labels[row];
    const weight = weights === undefined ? 1 : weights[row];
    if (weight !== 0) members[cluster]++;
    if (weights !== undefined) addTerm(sums, cluster * width + columns, columns, weight);
    for (let j = 0, to = cluster * width; j < columns; j++, to++, i++) {
      const x = weights === undefined ? values[i] - origin[j] : weight * (values[i] - origin[j]);
      const highSplit = highSplits[j];
      const lowSplit = lowSplits[j];
      const first = x + highSplit - highSplit;
      const left = x - first;
      const second = left + lowSplit - lowSplit;
      high[to] += first;
      low[to] += second;
      if (left !== second) addRest(sums, to, j, left - second);
    }
  }
}

function moveRows(
  set: PointSet,
  sums: ExactSums,
  members: Int32Array,
  moved: Int32Array,
  start: number,
  end: number,
  labels: Int32Array,
): void {
  const { values, columns, weights, origin } = set;
  const width = sums.columns;
  for (let i = start; i < end; i++) {
    const row = moved[2 * i];
    const from = moved[2 * i + 1];
    const to = labels[row];
    const weight = weights === undefined ? 1 : weights[row];
    if (weight !== 0) {
      members[from]--;
      members[to]++;
    }
    if (weights !== undefined) {
      addTerm(sums, from * width + columns, columns, -weight);
      addTerm(sums, to * width + columns, columns, weight);
    }
    for (let j = 0; j < columns; j++) {
      const x = weight * (values[row * columns + j] - origin[j]);
      addTerm(sums, from * width + j, j, -x);
      addTerm(sums, to * width + j, j, x);
    }
  }
}
