import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { pow } from "../numeric/elementary.ts";
import { addTerm, exactSums, sumOf } from "../numeric/exact-sums.ts";
import { withPoints } from "../numeric/points.ts";
import { compareRows } from "../numeric/row-order.ts";
import { type FeatureTable, fromMatrix } from "../tables/feature-table.ts";
import { fitKMeans, type KMeansModel } from "./kmeans.ts";
import { checkState, emptyState, type KMeansState } from "./kmeans-state.ts";
import { checkDistances } from "./rows.ts";

/** Options of {@link stepKMeans}. */
export interface StepKMeansOptions {
  /** Number of clusters. */
  readonly k: number;
  /** Rows to wait for before the first fit, at least k; default 100 · k. */
  readonly startRows?: number | undefined;
  /** After so many further rows a row counts half, so that segments follow their customers; default: all count alike. */
  readonly halfLifeRows?: number | undefined;
  /** Seed of the first fit; default 42. */
  readonly seed?: number | undefined;
}

/** What a step of {@link stepKMeans} leads to. */
export interface KMeansStep {
  /** The state after the step; the one before is unchanged. */
  readonly state: KMeansState;
}

/** Option table of {@link stepKMeans}. */
export const stepKMeansOptions: OptionTable<StepKMeansOptions, "startRows" | "halfLifeRows"> = {
  k: integer({ min: 1 }),
  startRows: integer({ min: 1, optional: true }),
  halfLifeRows: real({ above: 0, optional: true }),
  seed: seed(),
};

/** A cluster whose rows count less than this has been forgotten, or never had any. */
const leastWeight = 0.5;
/** As in {@link fitKMeans}: centroids that move less, in units of the mean variance, have settled. */
const settledShift = 1e-4;

/**
 * Takes a batch of customers into k-means clusters that are learned from a stream, for data that never are in one place.
 *
 * The first rows wait in the state until there are `startRows`; {@link fitKMeans} makes clusters of them. From then on every
 * row is counted to its nearest centroid, which moves to the mean of all its rows: a batch costs one pass, and nothing of it
 * is kept. Let the first rows be a mixture, not the customers of one day or shop: later ones move centroids, but rarely
 * bring new groups. Scale all batches alike: keep one scaler.
 *
 * @param state - the state of the step before; `undefined` at first.
 * @param table - the batch: any number of customers × d finite features, the same in every step.
 * @param options - see {@link StepKMeansOptions}; `k` is required. Pass the same in every step.
 * @returns the new state; that before it is unchanged. It depends on which rows a batch has, not on their order.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite (or beyond ±1e145); `invalid-option` when
 * `startRows` < `k`; `incompatible-model` for a state that is none, or has another k or other features.
 * @example
 * const options = { k: 2, startRows: 4 };
 * const one = stepKMeans(undefined, fromMatrix([[1], [2], [9]]), options);
 * one.state.waiting.length; // 3
 * const two = stepKMeans(one.state, fromMatrix([[3]]), options);
 * const three = stepKMeans(two.state, fromMatrix([[10], [11]]), options);
 * kMeansOf(three.state).centroids; // [[2], [10]]
 * @see Sculley (2010), "Web-scale k-means clustering", with the learning rate of each centroid one over its count. Cost
 * O(rows · k · d).
 */
export function stepKMeans(
  state: KMeansState | undefined,
  table: FeatureTable,
  options: StepKMeansOptions,
): KMeansStep {
  const caller = "stepKMeans";
  const read = readOptions(caller, stepKMeansOptions, options);
  const startRows = read.startRows ?? 100 * read.k;
  if (startRows < read.k) {
    refuse(caller, "invalid-option", "options.startRows", `at least options.k (${read.k})`, String(startRows));
  }
  checkDistances(caller, table);
  if (state !== undefined) checkState(caller, state, read.k, table.names);
  const before = state ?? emptyState({ features: table.names, k: read.k, seed: read.seed });
  if (before.centroids.length > 0) return { state: learn(before, table, read.halfLifeRows) };
  const gathered = gather(before, table);
  return { state: gathered.ids.length < startRows ? waitingWith(before, gathered) : startedFrom(before, gathered) };
}

/**
 * Reads the clusters from a state of {@link stepKMeans}, as a model for {@link assignKMeans}, profiles and charts.
 *
 * @param state - any state; one whose rows still wait must have at least k of them, and is fitted as it is.
 * @returns a model as of {@link fitKMeans}, numbered by size; numbers can change from state to state, and
 * {@link alignLabels} keeps names. `withinSquares` has every row at the cluster it was counted to, `iterations` is the
 * number of batches, `weights` what is left of the rows after forgetting, and `converged` says that the last batch hardly
 * moved the centroids.
 * @throws {ClienteleError} `incompatible-model` for what is no such state; `too-few-rows` when fewer than k rows came.
 * @example
 * const { state } = stepKMeans(undefined, fromMatrix([[1], [2], [10]]), { k: 2 });
 * assignKMeans(kMeansOf(state), fromMatrix([[0], [12]])); // Int32Array [0, 1]
 */
export function kMeansOf(state: KMeansState): KMeansModel {
  const caller = "kMeansOf";
  checkState(caller, state);
  if (state.centroids.length === 0) {
    const { k, waiting } = state;
    if (waiting.length < k) {
      refuse(caller, "too-few-rows", "state.waiting", `at least ${k} rows (state.k)`, String(waiting.length));
    }
    return fitKMeans(fromMatrix(waiting, { names: state.features }), { k, seed: state.seed });
  }
  const { features, centroids, sizes, weights, squares, batches, shift } = state;
  const flat = Float64Array.from(centroids.flat());
  const order = sizes
    .map((_, c) => c)
    .sort((a, b) => sizes[b] - sizes[a] || compareRows(flat, features.length, a, b) || a - b);
  const forgets = weights.some((weight, c) => weight !== sizes[c]);
  return {
    kind: "k-means",
    version: 1,
    features: [...features],
    notes: emptyNotes(sizes),
    centroids: order.map((c) => [...centroids[c]]),
    sizes: order.map((c) => sizes[c]),
    ...(forgets && { weights: order.map((c) => weights[c]) }),
    withinSquares: squares.reduce((sum, part) => sum + part, 0),
    iterations: batches,
    converged: shift <= settledShift * meanVarianceOf(state),
  };
}

function emptyNotes(sizes: readonly number[]): Note[] {
  const empty = sizes.filter((size) => size === 0).length;
  if (empty === 0) return [];
  return [{ code: "empty-clusters", message: `${empty} of ${sizes.length} clusters have no members.` }];
}

/** The rows that wait and those of the batch, as one table. */
function gather({ features, waiting }: KMeansState, { values }: FeatureTable): FeatureTable {
  const columns = features.length;
  const all = new Float64Array(waiting.length * columns + values.length);
  waiting.forEach((row, i) => all.set(row, i * columns));
  all.set(values, waiting.length * columns);
  return fromMatrix(all, { names: features, columns });
}

function waitingWith(before: KMeansState, { ids, names, values }: FeatureTable): KMeansState {
  const rowAt = (row: number): Float64Array => values.subarray(row * names.length, (row + 1) * names.length);
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  return { ...emptyState(before), waiting: ids.map((_, row) => Array.from(rowAt(row), (x) => x + 0)) };
}

function startedFrom(before: KMeansState, gathered: FeatureTable): KMeansState {
  const { k, seed: chosen } = before;
  const { centroids } = fitKMeans(gathered, { k, seed: chosen });
  const still = { ...emptyState(before), centroids, sizes: zeros(k), weights: zeros(k), squares: zeros(k) };
  // One batch more from these centroids: each then is the mean of the rows nearest to it.
  return { ...learn(still, gathered, undefined), shift: 0 };
}

function copyOf(state: KMeansState): KMeansState {
  const { centroids, sizes, weights, squares, batches, shift } = state;
  const lists = { centroids: centroids.map((centroid) => [...centroid]), sizes: [...sizes], weights: [...weights] };
  return { ...emptyState(state), ...lists, squares: [...squares], batches, shift };
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/** Counts every row to its nearest centroid and moves the centroids to the means of all that was counted to them. */
function learn(state: KMeansState, table: FeatureTable, halfLifeRows: number | undefined): KMeansState {
  const { k, features } = state;
  const columns = features.length;
  const rows = table.ids.length;
  if (rows === 0) return copyOf(state);
  const kept = halfLifeRows === undefined ? 1 : pow(0.5, rows / halfLifeRows);
  const weights = state.weights.map((weight) => weight * kept);
  const squares = state.squares.map((square) => square * kept);
  const sizes = [...state.sizes];
  const centers = Float64Array.from(state.centroids.flat());
  const before = centers.slice();
  const lost = weights.flatMap((weight, c) => (weight < leastWeight ? [c] : []));
  const labels = withPoints(table.values, rows, columns, undefined, (points) => {
    // A first batch counts to empty clusters as they are; a later one moves them.
    const movable = state.batches === 0 ? [] : lost;
    let found = points.measure(centers).labels;
    for (const c of movable) {
      const row = farthestRow(table, found, centers);
      if (row === undefined) break;
      centers.set(table.values.subarray(row * columns, (row + 1) * columns), c * columns);
      [sizes[c], weights[c], squares[c]] = [0, 0, 0];
      found = points.measure(centers).labels;
    }
    return found;
  });
  const sums = deviationSums(table, labels, centers, k);
  for (const label of labels) {
    sizes[label]++;
    weights[label]++;
  }
  for (let c = 0; c < k; c++) {
    if (weights[c] === 0) continue;
    let moved = 0;
    for (let j = 0; j < columns; j++) {
      const sum = sumOf(sums, c * (columns + 1) + j);
      centers[c * columns + j] += sum / weights[c];
      moved += (sum * sum) / weights[c];
    }
    squares[c] = Math.max(0, squares[c] + sumOf(sums, c * (columns + 1) + columns) - moved);
  }
  let shift = 0;
  for (let i = 0; i < centers.length; i++) shift += (centers[i] - before[i]) * (centers[i] - before[i]);
  const centroids = sizes.map((_, c) => Array.from(centers.subarray(c * columns, (c + 1) * columns), (x) => x + 0));
  return { ...emptyState(state), centroids, sizes, weights, squares, batches: state.batches + 1, shift };
}

/** Per cluster the sums of its rows' deviations from its centroid, and of their squares; the same in any order. */
function deviationSums(
  { names, values }: FeatureTable,
  labels: Int32Array,
  centers: Float64Array,
  k: number,
): ReturnType<typeof exactSums> {
  const columns = names.length;
  const bounds = new Float64Array(columns + 1);
  for (let row = 0; row < labels.length; row++) {
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(values[row * columns + j] - centers[labels[row] * columns + j]);
      if (size > bounds[j]) bounds[j] = size;
    }
  }
  for (let j = 0; j < columns; j++) bounds[columns] += bounds[j] * bounds[j];
  const sums = exactSums(k * (columns + 1), bounds, labels.length);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    let square = 0;
    for (let j = 0; j < columns; j++) {
      const deviation = values[row * columns + j] - centers[label * columns + j];
      addTerm(sums, label * (columns + 1) + j, j, deviation);
      square += deviation * deviation;
    }
    addTerm(sums, label * (columns + 1) + columns, columns, square);
  }
  return sums;
}

/** The row farthest from its centroid, of equals the first by content; none when no row is away from its centroid. */
function farthestRow({ names, values }: FeatureTable, labels: Int32Array, centers: Float64Array): number | undefined {
  const columns = names.length;
  let farthest: number | undefined;
  let most = 0;
  for (let row = 0; row < labels.length; row++) {
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const deviation = values[row * columns + j] - centers[labels[row] * columns + j];
      squares += deviation * deviation;
    }
    if (squares < most || squares === 0) continue;
    if (squares === most && farthest !== undefined && compareRows(values, columns, farthest, row) <= 0) continue;
    most = squares;
    farthest = row;
  }
  return farthest;
}

/** The mean variance of the features, from the spread within clusters and that of their centroids. */
function meanVarianceOf({ features, centroids, weights, squares }: KMeansState): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = squares.reduce((all, square) => all + square, 0);
  for (let j = 0; j < features.length; j++) {
    const mean = centroids.reduce((part, centroid, c) => part + (weights[c] / total) * centroid[j], 0);
    sum += centroids.reduce((part, centroid, c) => part + weights[c] * (centroid[j] - mean) * (centroid[j] - mean), 0);
  }
  return sum / total / features.length;
}
