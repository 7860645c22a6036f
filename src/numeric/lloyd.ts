import { centerSums, type CenterSums } from "./center-sums.ts";
import { addBeyond, type ExactSums, exactSums, sumOf, writeSplits } from "./exact-sums.ts";
import type { ExactWork } from "./exact-work.ts";
import type { NearestCenter } from "./nearest.ts";
import type { PointSet } from "./point-set.ts";
import { forEachBlock } from "./row-blocks.ts";
import { compareRows } from "./row-order.ts";

/** How {@link runLloyd} stops. */
export interface LloydOptions {
  /** Updates of the centers at most; ≥ 1. */
  readonly maxIterations: number;
  /** Stop once the squared shifts of all centers sum to this or less, in squared units of the data; ≥ 0. */
  readonly tolerance: number;
}

/** Rows under given centers. */
export interface Assignment {
  /** k × columns, row-major. */
  readonly centers: Float64Array;
  /** Per row the nearest of `centers`, by Σ(x−c)² in double precision; ties go to the lower index. */
  readonly labels: Int32Array;
  /** Rows per cluster, whatever their weight. A surplus cluster (k above the number of distinct rows) has 0. */
  readonly sizes: Int32Array;
  /** Σ weight · (x − c)² over `labels`, in squared units of the data. */
  readonly withinSquares: number;
  /** Rows that two centers are equally near to, so that the numbering of the centers decides their labels. */
  readonly ties: number;
}

/** One finished run of Lloyd's iterations. */
export interface LloydRun extends Assignment {
  readonly iterations: number;
  /** False when `maxIterations` ended the run. */
  readonly converged: boolean;
}

/**
 * Lloyd's iterations from given centers until no label changes or the centers hardly move.
 *
 * The returned labels always belong to the returned centers. When the run ended because no label changed, every center
 * is the weighted mean of its members. A cluster that lost its last member is moved to the row farthest from its center.
 *
 * @see Lloyd (1982); the stop rule and the relocation follow scikit-learn's KMeans.
 */
export function runLloyd(
  work: ExactWork,
  nearest: NearestCenter,
  initial: Float64Array,
  { maxIterations, tolerance }: LloydOptions,
): LloydRun {
  const { set } = work;
  const sums = centerSums(work, initial.length / set.columns);
  let centers = Float64Array.from(initial);
  let next = new Float64Array(centers.length);
  let iterations = 0;
  let converged = false;
  let labelsCurrent = false;
  while (!converged && iterations < maxIterations) {
    iterations++;
    const changed = nearest.assign(centers, sums);
    if (changed === 0) {
      // The sums did not change either, so `centers` already are the means of these labels.
      labelsCurrent = true;
      converged = true;
      break;
    }
    next.set(centers);
    sums.means(next);
    relocateEmpty(set, sums, nearest.labels, centers, next);
    converged = squaredShift(centers, next) <= tolerance;
    [centers, next] = [next, centers];
  }
  if (!labelsCurrent) nearest.assign(centers, undefined);
  return { ...assignmentOf(work, nearest, centers), iterations, converged };
}

/** Labels every row with the nearest of `centers`. */
export function measure(work: ExactWork, nearest: NearestCenter, centers: Float64Array): Assignment {
  nearest.assign(centers, undefined);
  return assignmentOf(work, nearest, Float64Array.from(centers));
}

function assignmentOf(work: ExactWork, nearest: NearestCenter, centers: Float64Array): Assignment {
  const labels = nearest.labels.slice();
  return {
    centers,
    labels,
    sizes: countLabels(labels, centers.length / work.set.columns),
    withinSquares: withinSquares(work, labels, centers),
    ties: nearest.ties.count,
  };
}

function squaredShift(from: Float64Array, to: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) sum += (to[i] - from[i]) ** 2;
  return sum;
}

function countLabels(labels: Int32Array, clusters: number): Int32Array {
  const sizes = new Int32Array(clusters);
  for (let row = 0; row < labels.length; row++) sizes[labels[row]]++;
  return sizes;
}

/** Weighted Σ(x−c)², the same for any order of the rows. */
function withinSquares(work: ExactWork, labels: Int32Array, centers: Float64Array): number {
  const { set, kernels, block, to: groups, rest, terms, constants: splits } = work;
  const { rows, columns, weights } = set;
  const bound = largestSquares(set, centers);
  const slices = work.slices.subarray(0, 6).fill(0);
  // Two cells, for even and for odd rows.
  const sums = exactSums(2, Float64Array.of(bound, bound), rows, slices);
  writeSplits(sums, splits, 0);
  work.centers.set(centers);
  forEachBlock(block, set, (start, count) => {
    groups.set(labels.subarray(start, start + count));
    const left = kernels.addSquares(
      ...([block.cells.byteOffset, count, columns, groups.byteOffset, work.centers.byteOffset] as const),
      ...([weights === undefined ? 0 : block.weights.byteOffset, splits.byteOffset] as const),
      ...([slices.byteOffset, terms.byteOffset, rest.byteOffset] as const),
    );
    for (let i = 0; i < left; i++) {
      for (let lane = 0; lane < 2; lane++) addBeyond(sums, lane, lane, terms[rest[i] + lane]);
    }
  });
  return sumOfBoth(sums);
}

/** The sum of two cells: level by level nothing is rounded. */
function sumOfBoth(sums: ExactSums): number {
  for (const level of [sums.high, sums.low, ...sums.rest]) level[0] += level[1];
  return sumOf(sums, 0);
}

/** No row's weighted squared distance to any of `centers` is larger, but for rounding. */
function largestSquares({ columns, weights, origin, reach }: PointSet, centers: Float64Array): number {
  const farthest = Float64Array.from(reach);
  for (let i = 0; i < centers.length; i++) {
    const j = i % columns;
    farthest[j] = Math.max(farthest[j], reach[j] + Math.abs(centers[i] - origin[j]));
  }
  const squares = farthest.reduce((sum, distance) => sum + distance * distance, 0);
  return weights === undefined ? squares : squares * weights.reduce((most, weight) => Math.max(most, weight), 0);
}

function squaredDistance(x: Float64Array, i: number, y: Float64Array, k: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const difference = x[i + j] - y[k + j];
    sum += difference * difference;
  }
  return sum;
}

/**
 * Moves each cluster without members to one of the rows farthest from their centers, and takes that row out of the mean
 * of the cluster it leaves. Where no row is away from its center (fewer distinct rows than clusters), the surplus
 * center becomes a copy of a row and its cluster stays empty.
 */
function relocateEmpty(
  set: PointSet,
  sums: CenterSums,
  labels: Int32Array,
  centers: Float64Array,
  next: Float64Array,
): void {
  const { values, columns } = set;
  const { members } = sums;
  const empty: number[] = [];
  for (let c = 0; c < members.length; c++) if (members[c] === 0) empty.push(c);
  if (empty.length === 0) return;
  const taken = new Set<number>();
  const far = farthestRows(set, labels, centers, empty.length);
  for (let e = 0; e < empty.length; e++) {
    // More empty clusters than rows that count: repeat the first.
    const { row, squares } = far[e < far.length ? e : 0];
    next.set(values.subarray(row * columns, row * columns + columns), empty[e] * columns);
    const owner = labels[row];
    // A second row taken from the same owner leaves its mean as it is: the next iteration corrects it.
    if (squares > 0 && members[owner] > 1 && !taken.has(owner)) {
      taken.add(owner);
      sums.meanWithout(owner, row, next);
    }
  }
}

/**
 * The `count` rows of positive weight farthest from their centers, farthest first; ties by what the rows are, not by where
 * they stand: the lower first coordinate first, then the next, then the heavier row.
 */
function farthestRows(
  { values, rows, columns, weights }: PointSet,
  labels: Int32Array,
  centers: Float64Array,
  count: number,
): { row: number; squares: number }[] {
  const far: { row: number; squares: number }[] = [];
  const isBefore = (row: number, squares: number, other: { row: number; squares: number }): boolean => {
    if (squares !== other.squares) return squares > other.squares;
    const order = compareRows(values, columns, row, other.row);
    if (order !== 0 || weights === undefined) return order < 0;
    return weights[row] > weights[other.row];
  };
  for (let row = 0; row < rows; row++) {
    if (weights !== undefined && weights[row] === 0) continue;
    const squares = squaredDistance(values, row * columns, centers, labels[row] * columns, columns);
    if (far.length === count) {
      if (!isBefore(row, squares, far[count - 1])) continue;
      far.pop();
    }
    let place = far.length;
    while (place > 0 && isBefore(row, squares, far[place - 1])) place--;
    far.splice(place, 0, { row, squares });
  }
  return far;
}
