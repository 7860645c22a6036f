import { arenaBytes, addressableBytes, borrowKernels } from "./kernels/runtime.ts";
import { type Assignment, measure, runLloyd, type LloydOptions, type LloydRun } from "./lloyd.ts";
import type { NearestCenter } from "./nearest.ts";
import { exactWorkBytes, openExactWork, type ExactWork } from "./exact-work.ts";
import { exactNearest } from "./nearest-exact.ts";
import { filteredNearest } from "./nearest-filtered.ts";
import { measureSample, openPacked, packedBytes, type PackedPoints } from "./packed-points.ts";
import type { PointSet } from "./point-set.ts";
import { exactSeedDistances, packedSeedDistances, seedPlusPlus } from "./plus-plus.ts";

export type { Assignment, LloydOptions, LloydRun } from "./lloyd.ts";

/** Points made ready once, on which any number of fits can run. */
export interface Points {
  /**
   * Chooses k starting centers by greedy k-means++: each next center is the best of 2 + ⌊ln k⌋ candidates drawn with
   * probability proportional to the squared distance from the centers so far.
   *
   * Every center is a copy of some row. When fewer distinct rows than k exist, the surplus centers repeat rows.
   *
   * @param clusters - k ≥ 1.
   * @param random - numbers in [0, 1).
   * @returns k × columns, row-major.
   * @see Arthur & Vassilvitskii (2007), k-means++. Cost O(n·k·d·ln k).
   */
  plusPlus(clusters: number, random: () => number): Float64Array;
  /**
   * Runs Lloyd's iterations from `initial` centers.
   *
   * @param initial - k × columns, row-major; not changed.
   * @see {@link LloydRun} for what is guaranteed. Cost O(n·k·d) per iteration at most; bounds skip most of it.
   */
  lloyd(initial: Float64Array, options: LloydOptions): LloydRun;
  /**
   * Labels every row with the nearest of given centers, without moving them.
   *
   * @param centers - k × columns, row-major; not changed.
   * @returns what {@link LloydRun} guarantees of its labels, sizes and squares. Cost O(n·k·d).
   */
  measure(centers: Float64Array): Assignment;
}

/** Rows that stand for all others in the choice of an origin and a scale; results do not depend on the order of all rows then. */
export interface StandIns {
  /** Row-major, rows × columns, in an order that depends on their content only. */
  readonly values: Float64Array;
  readonly rows: number;
}

/** Centers that the prepared memory has room for; a fit with more prepares its own. */
const usualClusters = 256;

/**
 * Prepares n points for k-means once and hands them to `use`; what was prepared is released when `use` returns.
 *
 * Beside the caller's rows it holds them once in single precision and 8 bytes per row (12 with weights).
 *
 * @param values - row-major rows × columns, finite and trusted; read, never changed, and must not change during `use`.
 * @param weights - one finite weight ≥ 0 per row, at least one positive; `undefined` weighs every row 1.
 * @param use - synchronous; must not keep the points.
 * @param standIns - rows to choose an origin and a scale from; all rows, in their order, when absent.
 * @returns whatever `use` returns.
 */
export function withPoints<R>(
  values: Float64Array,
  rows: number,
  columns: number,
  weights: Float64Array | undefined,
  use: (points: Points) => R,
  standIns: StandIns = { values, rows },
): R {
  const { origin, scale } = measureSample(standIns.values, standIns.rows, columns);
  const set: PointSet = { values, rows, columns, weights, origin, reach: new Float64Array(columns) };
  if (scale === 0) return use(exactPoints(set));
  return withPacked(set, scale, usualClusters, (packed) =>
    use(packed === undefined ? exactPoints(set) : packedPoints(packed)),
  );
}

function withPacked<R>(
  set: PointSet,
  scale: number,
  clusters: number,
  use: (packed: PackedPoints | undefined) => R,
): R {
  const bytes = packedBytes(set, clusters);
  if (bytes > addressableBytes - arenaBytes(1024, 8)) return use(undefined);
  return borrowKernels(bytes, (kernels, arena) => use(openPacked(set, scale, clusters, kernels, arena)));
}

function packedPoints(packed: PackedPoints): Points {
  const { set, scale } = packed;
  function withNearest<R>(centers: Float64Array, use: (work: ExactWork, nearest: NearestCenter) => R): R {
    const clusters = centers.length / set.columns;
    const open = (roomy: PackedPoints | undefined): R =>
      roomy === undefined ? withExactNearest(set, centers, use) : use(roomy.work, filteredNearest(roomy, clusters));
    return clusters <= packed.clusters ? open(packed) : withPacked(set, scale, clusters, open);
  }
  return {
    plusPlus: (clusters, random) => seedPlusPlus(set, packedSeedDistances(packed), clusters, random),
    lloyd: (initial, options) => withNearest(initial, (work, nearest) => runLloyd(work, nearest, initial, options)),
    measure: (centers) => withNearest(centers, (work, nearest) => measure(work, nearest, centers)),
  };
}

/** For data that single precision cannot tell apart, and for what does not fit in 32-bit addresses. */
function exactPoints(set: PointSet): Points {
  measureReach(set);
  return {
    plusPlus: (clusters, random) => seedPlusPlus(set, exactSeedDistances(set), clusters, random),
    lloyd: (initial, options) =>
      withExactNearest(set, initial, (work, nearest) => runLloyd(work, nearest, initial, options)),
    measure: (centers) => withExactNearest(set, centers, (work, nearest) => measure(work, nearest, centers)),
  };
}

function withExactNearest<R>(
  set: PointSet,
  centers: Float64Array,
  use: (work: ExactWork, nearest: NearestCenter) => R,
): R {
  const clusters = centers.length / set.columns;
  return borrowKernels(exactWorkBytes(set, clusters), (kernels, arena) =>
    use(openExactWork(set, clusters, kernels, arena), exactNearest(set, clusters)),
  );
}

function measureReach({ values, rows, columns, origin, reach }: PointSet): void {
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, i++) reach[j] = Math.max(reach[j], Math.abs(values[i] - origin[j]));
  }
}
