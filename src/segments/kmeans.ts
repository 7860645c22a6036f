import { describeValue, refuse } from "../core/errors.ts";
import { checkModel, isFiniteMatrix, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { type LloydRun, withPoints } from "../numeric/points.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { Labels } from "../tables/labels.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { bestRun, canonicalRun, settingsFor, withRows } from "./kmeans-runs.ts";
import {
  checkDistances,
  countDistinct,
  inRowOrder,
  inRowOrderOrSampled,
  largestCell,
  type Rows,
  rowsOf,
} from "./rows.ts";

/** Groups of customers, each described by its mean customer. Learned by {@link fitKMeans}. */
export interface KMeansModel extends ModelHeader {
  readonly kind: "k-means";
  readonly version: 1;
  /** One mean per cluster, in the units of the table; the largest cluster first. */
  readonly centroids: readonly (readonly number[])[];
  /** Customers per cluster, whatever they weigh. */
  readonly sizes: readonly number[];
  /** Total weight per cluster; only when weights were given. */
  readonly weights?: readonly number[];
  /** Squared distance of every customer to the own centroid, times the weight, summed: squared units of the table. */
  readonly withinSquares: number;
  /** Updates of the centroids in the start that won; of a large table those with all rows. */
  readonly iterations: number;
  /** False when the start that won was stopped by `maxIterations`. */
  readonly converged: boolean;
}

/** Options of {@link fitKMeans}. */
export interface FitKMeansOptions {
  /** Number of clusters; at most the number of customers. */
  readonly k: number;
  /**
   * Independent k-means++ starts, of which the best is kept; default 10. Small tables also get up to 20 attempts per
   * start to improve the best by moving one centroid elsewhere. Of more than 65,536 rows starts are run and compared on
   * 32,768 that stand for all; the best goes on with all rows.
   */
  readonly restarts?: number | undefined;
  /** Most updates of the centroids in one start, and again when the best goes on with all rows; default 300. */
  readonly maxIterations?: number | undefined;
  /** A start ends when its centroids move less: sum of squared shifts ÷ mean variance of the features; default 1e-4. */
  readonly tolerance?: number | undefined;
  /** Seed of the random starts; default 42. */
  readonly seed?: number | undefined;
  /** How much each customer counts, ≥ 0; a customer of weight 0 moves no centroid. Default: 1 for all. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /** Given starting centroids, k × features; replaces the random starts. */
  readonly initial?: readonly (readonly number[])[] | undefined;
}

/** Option table of {@link fitKMeans}. */
export const fitKMeansOptions: OptionTable<FitKMeansOptions, "weights" | "initial"> = {
  k: integer({ min: 1 }),
  restarts: integer({ min: 1, default: 10 }),
  maxIterations: integer({ min: 1, default: 300 }),
  tolerance: real({ min: 0, default: 1e-4 }),
  seed: seed(),
  weights: weightsOption(),
  initial: custom("a list of centroids", isListOfLists, [null, 1, "1", {}, [1], [null]], { optional: true }),
};

function isList(value: unknown): boolean {
  return Array.isArray(value) || value instanceof Float64Array;
}

function isListOfLists(value: unknown): boolean {
  return Array.isArray(value) && value.every(isList);
}

/**
 * Groups customers so that members of one group lie close to the group's mean, for segments that share a behavior.
 *
 * Greedy k-means++ starts, then Lloyd's iterations; the start with the least within-cluster sum of squares wins, whole.
 * Scale the features first: distances mix their units. The same customers in another order give the same model.
 *
 * @param table - n customers × d finite features; n ≥ k.
 * @param options - see {@link FitKMeansOptions}; `k` is required.
 * @returns a model with k centroids in the units of `table`, numbered by size (ties: the lower first coordinate first).
 * When `table` has fewer than k distinct rows, the surplus centroids repeat others, have size 0, and a note
 * `fewer-distinct-points` says so.
 * @throws {ClienteleError} `too-few-rows` if n < k; `invalid-value` at the first cell that is not finite (or beyond
 * ±1e145) or weight that is negative; `shape-mismatch` when weights or starts do not fit the table; `degenerate-data`
 * when all weights are 0.
 * @example
 * const table = fromMatrix([[1, 1], [1, 2], [1, 3], [8, 8], [9, 8]]);
 * const model = fitKMeans(table, { k: 2, seed: 7 });
 * model.centroids; // [[1, 2], [8.5, 8]]
 * model.sizes; // [3, 2]
 * model.withinSquares; // 2.5
 * @see Arthur & Vassilvitskii (2007), "k-means++", section 2.2; Lloyd (1982). The stop rule is that of scikit-learn.
 * Fränti (2018), "Efficiency of random swap clustering". Cost O(n·k·d) per iteration, times restarts. Beside the table it
 * holds it once in single precision and 8 bytes a row; a copy of it, sorted, when it has at most 65,536 rows, or weights, or k
 * is above 512. With starts from a sample, the variance that `tolerance` is a share of is the sample's.
 * Starts of a larger table are drawn, run and compared on 32,768 rows that stand for all, evenly spaced in sorted order.
 */
export function fitKMeans(table: FeatureTable, options: FitKMeansOptions): KMeansModel {
  const caller = "fitKMeans";
  const read = readOptions(caller, fitKMeansOptions, options);
  checkDistances(caller, table);
  const { k } = read;
  const rows = table.ids.length;
  const columns = table.names.length;
  if (rows < k) refuse(caller, "too-few-rows", "table", `at least ${k} rows (options.k)`, String(rows));
  const weights = readWeights(caller, read.weights, rows);
  const initial = readInitial(caller, read.initial, k, columns);
  const given: Rows = { ...rowsOf(table), weights };
  // Only random starts look at the order of the rows; sums are exact in any.
  const data = initial === undefined ? inRowOrderOrSampled(given, k) : given;
  const settings = settingsFor(data, read);
  return withRows(data, (ready) => {
    const best = initial === undefined ? bestRun(ready, k, settings) : ready.points.lloyd(initial, settings);
    const run = canonicalRun(ready.points, best, columns);
    return {
      kind: "k-means",
      version: 1,
      features: [...table.names],
      notes: emptyClusterNotes(data, run),
      centroids: Array.from({ length: k }, (_, c) =>
        Array.from(run.centers.subarray(c * columns, (c + 1) * columns), plainZero),
      ),
      sizes: Array.from(run.sizes),
      ...(data.weights && { weights: weightPerCluster(data.weights, run) }),
      withinSquares: run.withinSquares,
      iterations: run.iterations,
      converged: run.converged,
    };
  });
}

/** −0 would come back from JSON as 0. */
function plainZero(x: number): number {
  return x + 0;
}

function readInitial(
  caller: string,
  given: readonly (readonly number[])[] | undefined,
  k: number,
  columns: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (given.length !== k) {
    refuse(caller, "shape-mismatch", "options.initial", `${k} centroids (options.k)`, String(given.length));
  }
  const centers = new Float64Array(k * columns);
  given.forEach((centroid, c) => {
    if (centroid.length !== columns) {
      const path = `options.initial[${c}]`;
      refuse(caller, "shape-mismatch", path, `${columns} numbers, one per feature`, String(centroid.length));
    }
    for (let j = 0; j < columns; j++) {
      const x: unknown = centroid[j];
      if (typeof x !== "number" || !Number.isFinite(x) || Math.abs(x) > largestCell) {
        refuse(caller, "invalid-value", `options.initial[${c}][${j}]`, "a number within ±1e145", describeValue(x));
      }
      centers[c * columns + j] = x;
    }
  });
  return centers;
}

function weightPerCluster(weights: Float64Array, { labels, sizes }: LloydRun): number[] {
  const totals = Array.from(sizes, () => 0);
  labels.forEach((label, row) => (totals[label] += weights[row]));
  return totals;
}

function emptyClusterNotes(data: Rows, { sizes }: LloydRun): Note[] {
  const empty = sizes.filter((size) => size === 0).length;
  if (empty === 0) return [];
  const distinct = countDistinct(inRowOrder(data));
  const outcome = `${empty} of ${sizes.length} clusters have no members`;
  return distinct < sizes.length
    ? [{ code: "fewer-distinct-points", message: `${outcome}: the table has only ${distinct} distinct rows.` }]
    : [{ code: "empty-clusters", message: `${outcome}: the fit stopped before they found any.` }];
}

/**
 * Puts each customer into the cluster with the nearest centroid; also for customers the model has not seen.
 *
 * @param model - fitted by {@link fitKMeans}.
 * @param table - the same features in the same order and scale; any number of rows.
 * @returns one cluster number per row; a row equally near to two centroids gets the lower number. For the table the
 * model was fitted on these are the labels of the fit: they count to `model.sizes`.
 * @throws {ClienteleError} `incompatible-model` when the model is not an intact k-means model of these features;
 * `invalid-value` at the first cell that is not finite.
 * @example
 * const model = fitKMeans(fromMatrix([[1], [2], [10]]), { k: 2 });
 * assignKMeans(model, fromMatrix([[0], [7], [12]])); // Int32Array [0, 1, 1]
 */
export function assignKMeans(model: KMeansModel, table: FeatureTable): Labels {
  const caller = "assignKMeans";
  checkTable(caller, table);
  checkModel(caller, model, {
    kind: "k-means",
    version: 1,
    shape: {
      sizes: (value) => isFiniteVector(value) && value.length > 0,
      centroids: (value, { features, sizes }) => isFiniteMatrix(value, features.length, sizes.length),
    },
    features: table.names,
  });
  checkDistances(caller, table);
  const rows = table.ids.length;
  const columns = table.names.length;
  if (rows === 0) return new Int32Array(0);
  const centers = Float64Array.from(model.centroids.flat());
  return withPoints(table.values, rows, columns, undefined, (points) => points.measure(centers).labels);
}
