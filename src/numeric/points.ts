import { exactNearest } from "./nearest-exact.ts";
import { runLloyd, type LloydOptions, type LloydRun } from "./lloyd.ts";
import { exactSeedDistances, seedPlusPlus } from "./plus-plus.ts";

export type { LloydOptions, LloydRun } from "./lloyd.ts";

/** What every algorithm on n points in d dimensions reads: the caller's rows and the point to measure from. */
export interface PointSet {
  /** Row-major, rows × columns, finite. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** One weight ≥ 0 per row; absent means 1 everywhere. A row of weight 0 is labelled but pulls no center. */
  readonly weights: Float64Array | undefined;
  /** Unweighted column means: the origin for everything that would lose digits far from zero. */
  readonly mean: Float64Array;
}

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
}

/**
 * Prepares n points for k-means once and hands them to `use`; what was prepared is released when `use` returns.
 *
 * @param values - row-major rows × columns, finite and trusted; read, never changed, and must not change during `use`.
 * @param weights - one finite weight ≥ 0 per row, at least one positive; `undefined` weighs every row 1.
 * @returns whatever `use` returns.
 */
export function withPoints<R>(
  values: Float64Array,
  rows: number,
  columns: number,
  weights: Float64Array | undefined,
  use: (points: Points) => R,
): R {
  const set: PointSet = { values, rows, columns, weights, mean: columnMeans(values, rows, columns) };
  return use({
    plusPlus: (clusters, random) => seedPlusPlus(set, exactSeedDistances(set), clusters, random),
    lloyd: (initial, options) => runLloyd(set, exactNearest(set, initial.length / columns), initial, options),
  });
}

function columnMeans(values: Float64Array, rows: number, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i += columns) {
    for (let j = 0; j < columns; j++) mean[j] += values[i + j];
  }
  for (let j = 0; j < columns; j++) mean[j] /= rows;
  return mean;
}
