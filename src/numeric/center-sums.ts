import type { PointSet } from "./points.ts";

/** Running sums of the members of k clusters, exact enough that a center is its members' true mean. */
export interface CenterSums {
  /** Positive-weight rows per cluster. */
  readonly members: Int32Array;
  /** Forgets everything and sums all rows under `labels`; −1 belongs nowhere. */
  reset(labels: Int32Array): void;
  /** Moves one row between clusters; −1 belongs nowhere. */
  move(row: number, from: number, to: number): void;
  /** Writes the mean of every non-empty cluster into `centers`; an empty cluster's center is left as it is. */
  means(centers: Float64Array): void;
  /** The mean of `cluster` without the member `row`, written into `centers`. */
  meanWithout(cluster: number, row: number, centers: Float64Array): void;
}

/**
 * Opens the sums for `clusters` groups of the points of `set`.
 *
 * The sums are taken over `x − origin`, so that data far from zero (epoch times, say) lose no digits, and carry Neumaier's
 * compensation: moving a row in and out a million times leaves an error of about one rounding of the sum, not a million.
 */
export function centerSums(set: PointSet, clusters: number): CenterSums {
  const { values, rows, columns, weights, origin } = set;
  const high = new Float64Array(clusters * columns);
  const low = new Float64Array(clusters * columns);
  const weightHigh = new Float64Array(clusters);
  const weightLow = new Float64Array(clusters);
  const members = new Int32Array(clusters);
  // Plain sums over at most this many rows, then one compensated addition: the error stays below rowsPerBlock · 2⁻⁵³.
  const rowsPerBlock = Math.max(512, 4 * clusters);
  const block = new Float64Array(clusters * columns);
  const blockWeight = new Float64Array(clusters);

  function add(row: number, cluster: number, sign: number): void {
    const weight = weights === undefined ? sign : sign * weights[row];
    if (weight === 0) return;
    members[cluster] += sign;
    addCompensated(weightHigh, weightLow, cluster, weight);
    const from = row * columns;
    const to = cluster * columns;
    for (let j = 0; j < columns; j++) {
      addCompensated(high, low, to + j, weight * (values[from + j] - origin[j]));
    }
  }

  function sumBlock(labels: Int32Array, start: number, end: number): void {
    block.fill(0);
    blockWeight.fill(0);
    for (let row = start; row < end; row++) {
      const cluster = labels[row];
      const weight = weights === undefined ? 1 : weights[row];
      if (cluster < 0 || weight === 0) continue;
      members[cluster]++;
      blockWeight[cluster] += weight;
      const from = row * columns;
      const to = cluster * columns;
      if (weights === undefined) for (let j = 0; j < columns; j++) block[to + j] += values[from + j] - origin[j];
      else for (let j = 0; j < columns; j++) block[to + j] += weight * (values[from + j] - origin[j]);
    }
    for (let i = 0; i < block.length; i++) addCompensated(high, low, i, block[i]);
    for (let c = 0; c < clusters; c++) addCompensated(weightHigh, weightLow, c, blockWeight[c]);
  }

  return {
    members,
    reset(labels): void {
      for (const sums of [high, low, weightHigh, weightLow]) sums.fill(0);
      members.fill(0);
      for (let start = 0; start < rows; start += rowsPerBlock) {
        sumBlock(labels, start, Math.min(rows, start + rowsPerBlock));
      }
    },
    move(row, from, to): void {
      if (from >= 0) add(row, from, -1);
      if (to >= 0) add(row, to, 1);
    },
    means(centers): void {
      for (let c = 0; c < clusters; c++) {
        if (members[c] === 0) continue;
        const weight = weightHigh[c] + weightLow[c];
        for (let i = c * columns, j = 0; j < columns; i++, j++) centers[i] = origin[j] + (high[i] + low[i]) / weight;
      }
    },
    meanWithout(cluster, row, centers): void {
      const removed = weights === undefined ? 1 : weights[row];
      const weight = weightHigh[cluster] - removed + weightLow[cluster];
      for (let i = cluster * columns, j = 0; j < columns; i++, j++) {
        const x = removed * (values[row * columns + j] - origin[j]);
        centers[i] = origin[j] + (high[i] - x + low[i]) / weight;
      }
    },
  };
}

/** Neumaier (1974): the rounding error of each addition is kept in `low`. */
function addCompensated(high: Float64Array, low: Float64Array, i: number, x: number): void {
  const before = high[i];
  const after = before + x;
  low[i] += Math.abs(before) >= Math.abs(x) ? before - after + x : x - after + before;
  high[i] = after;
}
