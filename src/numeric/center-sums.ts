import type { PointSet } from "./point-set.ts";

/** Running sums of the members of k clusters, exact enough that a center is its members' true mean. */
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
 * The sums are taken over `x − origin`, so that data far from zero (epoch times, say) lose no digits. Rows are added up
 * plainly in short blocks, and the blocks with Neumaier's compensation: the error stays near block · 2⁻⁵³ of what was
 * moved, however often rows go in and out.
 */
export function centerSums(set: PointSet, clusters: number): CenterSums {
  const { rows, columns, weights, origin, values } = set;
  const block: Block = {
    sums: new Float64Array(clusters * columns),
    weights: new Float64Array(clusters),
    members: new Int32Array(clusters),
  };
  const high = new Float64Array(clusters * columns);
  const low = new Float64Array(clusters * columns);
  const weightHigh = new Float64Array(clusters);
  const weightLow = new Float64Array(clusters);
  const blockLength = Math.max(512, 4 * clusters);

  function closeBlock(): void {
    addCompensated(high, low, block.sums);
    addCompensated(weightHigh, weightLow, block.weights);
    block.sums.fill(0);
    block.weights.fill(0);
  }

  return {
    members: block.members,
    reset(labels): void {
      for (const sums of [high, low, weightHigh, weightLow, block.sums, block.weights, block.members]) sums.fill(0);
      for (let start = 0; start < rows; start += blockLength) {
        addRows(set, block, labels, start, Math.min(rows, start + blockLength));
        closeBlock();
      }
    },
    move(moved, count, labels): void {
      for (let start = 0; start < count; start += blockLength) {
        moveRows(set, block, moved, start, Math.min(count, start + blockLength), labels);
        closeBlock();
      }
    },
    means(centers): void {
      for (let c = 0; c < clusters; c++) {
        if (block.members[c] === 0) continue;
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

interface Block {
  readonly sums: Float64Array;
  readonly weights: Float64Array;
  readonly members: Int32Array;
}

// The loops below are functions of their arguments alone: inside the closure above V8 compiles them anew for every fit.
// Four columns at a time take two thirds of the time.

function addRows(set: PointSet, block: Block, labels: Int32Array, start: number, end: number): void {
  const { values, columns, weights, origin } = set;
  const sums = block.sums;
  for (let row = start, i = start * columns; row < end; row++) {
    const cluster = labels[row];
    const weight = weights === undefined ? 1 : weights[row];
    if (weight !== 0) block.members[cluster]++;
    block.weights[cluster] += weight;
    let to = cluster * columns;
    let j = 0;
    for (; j + 4 <= columns; j += 4, to += 4, i += 4) {
      sums[to] += weight * (values[i] - origin[j]);
      sums[to + 1] += weight * (values[i + 1] - origin[j + 1]);
      sums[to + 2] += weight * (values[i + 2] - origin[j + 2]);
      sums[to + 3] += weight * (values[i + 3] - origin[j + 3]);
    }
    for (; j < columns; j++) sums[to++] += weight * (values[i++] - origin[j]);
  }
}

function moveRows(
  set: PointSet,
  block: Block,
  moved: Int32Array,
  start: number,
  end: number,
  labels: Int32Array,
): void {
  const { values, columns, weights, origin } = set;
  const sums = block.sums;
  for (let i = start; i < end; i++) {
    const row = moved[2 * i];
    const from = moved[2 * i + 1];
    const to = labels[row];
    const weight = weights === undefined ? 1 : weights[row];
    if (weight !== 0) {
      block.members[from]--;
      block.members[to]++;
    }
    block.weights[from] -= weight;
    block.weights[to] += weight;
    let source = from * columns;
    let target = to * columns;
    for (let j = 0, at = row * columns; j < columns; j++) {
      const x = weight * (values[at++] - origin[j]);
      sums[source++] -= x;
      sums[target++] += x;
    }
  }
}

/** Neumaier (1974): the rounding error of each addition is kept in `low`. */
function addCompensated(high: Float64Array, low: Float64Array, terms: Float64Array): void {
  for (let i = 0; i < terms.length; i++) {
    const x = terms[i];
    const before = high[i];
    const after = before + x;
    low[i] += Math.abs(before) >= Math.abs(x) ? before - after + x : x - after + before;
    high[i] = after;
  }
}
