import { addBeyond, addTerm, clearSums, type ExactSums, exactSums, sumOf, writeSplits } from "./exact-sums.ts";
import type { ExactWork } from "./exact-work.ts";
import { evenColumns, forEachBlock } from "./row-blocks.ts";

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
 * Opens the sums for `clusters` groups of the points of a set, in its work space.
 *
 * The sums are taken over `x − origin`, so that data far from zero (epoch times, say) lose no digits, and they are exact:
 * means depend neither on the order of the rows nor on which rows went in and out.
 */
export function centerSums(work: ExactWork, clusters: number): CenterSums {
  const { set, kernels, block, from, to, rest, constants } = work;
  const { rows, columns, weights, origin, reach, values } = set;
  const width = evenColumns(columns);
  const heaviest = weights === undefined ? 1 : weights.reduce((most, weight) => Math.max(most, weight), 0);
  const bounds = new Float64Array(width);
  for (let j = 0; j < columns; j++) bounds[j] = reach[j] * heaviest;
  const slices = work.slices.subarray(0, 3 * clusters * width).fill(0);
  const sums = exactSums(clusters * width, bounds, rows, slices);
  const weightSums = exactSums(clusters, Float64Array.of(heaviest), rows);
  const members = new Int32Array(clusters);
  constants.fill(0).set(origin);
  writeSplits(sums, constants, width);

  /** Carries the rows of the block into the clusters `to`, out of the clusters `from` if `leaves`. */
  function carry(count: number, leaves: boolean): void {
    const left = kernels.moveRows(
      ...([block.cells.byteOffset, count, columns, leaves ? from.byteOffset : 0, to.byteOffset] as const),
      ...([weights === undefined ? 0 : block.weights.byteOffset, constants.byteOffset] as const),
      ...([slices.byteOffset, slices.byteLength / 3, rest.byteOffset] as const),
    );
    for (let i = 0; i < left; i++) {
      const row = rest[i];
      for (let j = 0; j < columns; j++) {
        const weight = weights === undefined ? 1 : block.weights[row];
        const term = weight * (block.cells[row * columns + j] - origin[j]);
        addBeyond(sums, to[row] * width + j, j, term);
        if (leaves) addBeyond(sums, from[row] * width + j, j, -term);
      }
    }
    tally(members, weightSums, weights === undefined ? undefined : block.weights, to, count, 1);
    if (leaves) tally(members, weightSums, weights === undefined ? undefined : block.weights, from, count, -1);
  }

  return {
    members,
    reset(labels): void {
      members.fill(0);
      clearSums(sums);
      clearSums(weightSums);
      forEachBlock(block, set, (start, count) => {
        to.set(labels.subarray(start, start + count));
        carry(count, false);
      });
    },
    move(moved, count, labels): void {
      for (let start = 0; start < count; start += block.most) {
        const end = Math.min(count, start + block.most);
        gatherMoved(work, moved, start, end, labels);
        carry(end - start, true);
      }
    },
    means(centers): void {
      for (let c = 0; c < clusters; c++) {
        if (members[c] === 0) continue;
        const weight = weights === undefined ? members[c] : sumOf(weightSums, c);
        for (let j = 0; j < columns; j++) centers[c * columns + j] = origin[j] + sumOf(sums, c * width + j) / weight;
      }
    },
    meanWithout(cluster, row, centers): void {
      const removed = weights === undefined ? 1 : weights[row];
      const weight = weights === undefined ? members[cluster] - 1 : sumOf(weightSums, cluster) - removed;
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

/** Counts the rows of a block, and what they weigh, to their clusters or away from them. */
function tally(
  members: Int32Array,
  weightSums: ExactSums,
  weights: Float64Array | undefined,
  clusters: Int32Array,
  count: number,
  sign: 1 | -1,
): void {
  for (let i = 0; i < count; i++) {
    if (weights === undefined) members[clusters[i]] += sign;
    else if (weights[i] !== 0) {
      members[clusters[i]] += sign;
      addTerm(weightSums, clusters[i], 0, sign * weights[i]);
    }
  }
}

/** Copies moved rows into the block, and the clusters they leave and enter beside them. */
function gatherMoved(
  { set, block, from, to }: ExactWork,
  moved: Int32Array,
  start: number,
  end: number,
  labels: Int32Array,
): void {
  const { values, columns, weights } = set;
  const { cells, weights: copied } = block;
  for (let i = start, place = 0, cell = 0; i < end; i++, place++) {
    const row = moved[2 * i];
    from[place] = moved[2 * i + 1];
    to[place] = labels[row];
    if (weights !== undefined) copied[place] = weights[row];
    for (let x = row * columns, last = x + columns; x < last; x++, cell++) cells[cell] = values[x];
  }
}
