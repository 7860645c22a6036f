import { type ExactWork, exactWorkBytes, openExactWork } from "./exact-work.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { arenaBytes, type Arena } from "./kernels/runtime.ts";
import type { PointSet } from "./point-set.ts";
import { evenColumns, forEachBlock } from "./row-blocks.ts";

/** Rows that one kernel call handles: its lists stay in the second-level cache. */
export const blockRows = 8192;
/** k-means++ candidates that one kernel call tries; 2 + ⌊ln k⌋ ≤ 24 for every k below 2³². */
const maxTrials = 24;

/**
 * The points of a set in single precision, (x − origin) · scale, in memory that kernels can read, and the room they need.
 */
export interface PackedPoints {
  readonly set: PointSet;
  /** A power of two: scaling rounds nothing. */
  readonly scale: number;
  /** Centers there is room for. */
  readonly clusters: number;
  readonly kernels: Kernels;
  /** Floats per packed row, the next multiple of 4 from the columns. */
  readonly stride: number;
  readonly points: Float32Array;
  readonly labels: Int32Array;
  /** Kernel state per row: see nearest-filtered.ts and plus-plus.ts. */
  readonly perRow: Float32Array;
  readonly weights: Float32Array | undefined;
  readonly centers: Float32Array;
  readonly halves: Float32Array;
  readonly errors: Float32Array;
  readonly drifts: Float32Array;
  readonly scratch: Int32Array;
  readonly moved: Int32Array;
  readonly ties: Int32Array;
  readonly counts: Int32Array;
  readonly trials: Float32Array;
  readonly trialSums: Float64Array;
  readonly work: ExactWork;
}

function lengths(set: PointSet, clusters: number): Record<string, number> {
  const stride = 4 * Math.ceil(set.columns / 4);
  const padded = 16 * Math.ceil(set.rows / 16);
  const block = Math.min(blockRows, padded);
  return { stride, padded, block, centers: clusters * set.columns, scratch: 16 * stride + 48 + block + 16 };
}

/** Bytes that {@link openPacked} will ask the arena for. */
export function packedBytes(set: PointSet, clusters: number): number {
  const { stride, padded, block, centers, scratch } = lengths(set, clusters);
  const floats = [padded * stride, padded, padded, set.weights === undefined ? 0 : padded, centers];
  floats.push(clusters, clusters, clusters, scratch, 2 * block, block, 4, maxTrials * set.columns);
  const doubles = 2 * arenaBytes(evenColumns(set.columns), 8) + arenaBytes(4 * maxTrials, 8);
  return floats.reduce((sum, length) => sum + arenaBytes(length, 4), 0) + doubles + exactWorkBytes(set, clusters);
}

/** Packs the points and fills the set's `reach`; `undefined` when a coordinate is too far out for single precision at this scale. */
export function openPacked(
  set: PointSet,
  scale: number,
  clusters: number,
  kernels: Kernels,
  arena: Arena,
): PackedPoints | undefined {
  const { stride, padded, block, centers, scratch } = lengths(set, clusters);
  const points = arena.f32(padded * stride);
  const work = openExactWork(set, clusters, kernels, arena);
  if (!packRows(work, scale, stride, points, arena)) return undefined;
  return {
    ...{ set, scale, clusters, kernels, stride, points, work },
    labels: arena.i32(padded),
    perRow: arena.f32(padded),
    weights: set.weights === undefined ? undefined : packWeights(set.weights, arena.f32(padded)),
    centers: arena.f32(centers),
    halves: arena.f32(clusters),
    errors: arena.f32(clusters),
    drifts: arena.f32(clusters),
    scratch: arena.i32(scratch),
    moved: arena.i32(2 * block),
    ties: arena.i32(block),
    counts: arena.i32(4),
    trials: arena.f32(maxTrials * set.columns),
    trialSums: arena.f64(4 * maxTrials),
  };
}

/** Packs all rows and measures the set's `reach`; false when a coordinate is too far out. */
function packRows(
  { set, kernels, block }: ExactWork,
  scale: number,
  stride: number,
  points: Float32Array,
  arena: Arena,
): boolean {
  const { columns, reach } = set;
  const [origin, farthest] = [0, 1].map(() => arena.f64(evenColumns(columns)));
  origin.set(set.origin);
  forEachBlock(block, { ...set, weights: undefined }, (start, count) => {
    const to = points.byteOffset + 4 * start * stride;
    kernels.packRows(block.cells.byteOffset, count, columns, origin.byteOffset, scale, to, stride, farthest.byteOffset);
  });
  reach.set(farthest.subarray(0, columns));
  // Squares and their sums over the columns must stay far from the largest single, 3.4e38.
  return reach.every((distance) => distance * scale <= 1e15);
}

function packWeights(weights: Float64Array, packed: Float32Array): Float32Array {
  let largest = 0;
  for (let row = 0; row < weights.length; row++) if (weights[row] > largest) largest = weights[row];
  for (let row = 0; row < weights.length; row++) packed[row] = weights[row] / largest;
  return packed;
}

/**
 * Looks at up to 255 rows spread over the data and chooses an origin and a scale for single precision.
 *
 * The origin is the median, not the mean, so that one wild row cannot push the bulk away from it: single precision
 * resolves a coordinate to 2⁻²⁴ of its distance from the origin.
 *
 * @returns scale 0 when more than a tenth of the sampled pairs lie closer than 2⁻⁷ of their distance from the origin:
 * a filter in single precision would leave too much undecided.
 */
export function measureSample(
  values: Float64Array,
  rows: number,
  columns: number,
): { origin: Float64Array; scale: number } {
  const sampled = Math.min(rows, 255);
  const sample = new Float64Array(sampled * columns);
  const column = new Float64Array(sampled);
  const origin = new Float64Array(columns);
  for (let i = 0; i < sampled; i++) {
    const from = Math.floor((i * rows) / sampled) * columns;
    for (let j = 0; j < columns; j++) sample[i * columns + j] = values[from + j];
  }
  let spread = 0;
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < sampled; i++) column[i] = sample[i * columns + j];
    column.sort();
    origin[j] = column[sampled >> 1];
    spread = Math.max(spread, column[sampled - 1] - origin[j], origin[j] - column[0]);
  }
  if (spread === 0)
    for (let i = 0; i < values.length; i++) spread = Math.max(spread, Math.abs(values[i] - origin[i % columns]));
  return { origin, scale: isResolved(sample, columns, origin) ? powerOfTwoBelow(1 / spread) : 0 };
}

function isResolved(sample: Float64Array, columns: number, origin: Float64Array): boolean {
  let pairs = 0;
  let poor = 0;
  for (let i = columns; i < sample.length; i += columns) {
    let squares = 0;
    let norms = 0;
    for (let j = 0; j < columns; j++) {
      const x = sample[i + j];
      const y = sample[i + j - columns];
      squares += (x - y) ** 2;
      norms += (x - origin[j]) ** 2 + (y - origin[j]) ** 2;
    }
    if (squares === 0) continue;
    pairs++;
    if (squares < norms / 16384) poor++;
  }
  return poor * 10 <= pairs;
}

/** The power of two in (x/2, x]; 1 for an infinite x (constant data), 0 (give up) beyond what a double can scale. */
function powerOfTwoBelow(x: number): number {
  if (x === Infinity) return 1;
  if (!(x > 1e-290 && x < 1e290)) return 0;
  let power = 1;
  while (power > x) power /= 2;
  while (power * 2 <= x) power *= 2;
  return power;
}
