import { describeValue, refuse } from "../core/errors.ts";
import { isFiniteMatrix, isFiniteVector } from "../core/model.ts";
import { isTextList } from "../core/options.ts";

/** What `stepKMeans` remembers: plain JSON, of a size that does not grow with the stream. */
export interface KMeansState {
  /** What this is a state of. */
  readonly kind: "k-means-stream";
  /** Version of the layout. */
  readonly version: 1;
  /** Names of the features, in order. */
  readonly features: readonly string[];
  /** Number of clusters. */
  readonly k: number;
  /** Seed of the first fit. */
  readonly seed: number;
  /** Rows that wait for the first fit, which empties the list; they are as personal as the customers' rows. */
  readonly waiting: readonly (readonly number[])[];
  /** One running mean per cluster; none before the first fit. */
  readonly centroids: readonly (readonly number[])[];
  /** Rows per cluster. */
  readonly sizes: readonly number[];
  /** What these rows count by now: less than `sizes` where rows are forgotten. */
  readonly weights: readonly number[];
  /** Per cluster the squared distances of these rows from their mean, weighted and summed. */
  readonly squares: readonly number[];
  /** Batches since the first fit, which is the first of them. */
  readonly batches: number;
  /** Squared shifts of all centroids in the last batch, summed. */
  readonly shift: number;
}

/** A state before its first row. */
export function emptyState({ features, k, seed }: Pick<KMeansState, "features" | "k" | "seed">): KMeansState {
  const lists = { waiting: [], centroids: [], sizes: [], weights: [], squares: [] };
  return { kind: "k-means-stream", version: 1, features: [...features], k, seed, ...lists, batches: 0, shift: 0 };
}

/** Makes sure that a state, perhaps read from a file, is one of these clusters and features. */
export function checkState(caller: string, state: KMeansState, k?: number, names?: readonly string[]): void {
  const fail = (path: string, expected: string, received: unknown): never =>
    refuse(caller, "incompatible-model", path, expected, describeValue(received));
  if (state === null || typeof state !== "object") fail("state", "a state of stepKMeans", state);
  if (state.kind !== "k-means-stream") fail("state.kind", '"k-means-stream"', state.kind);
  if (state.version !== 1) fail("state.version", "1", state.version);
  if (!isTextList(state.features) || state.features.length === 0)
    fail("state.features", "a list of features", state.features);
  if (!Number.isInteger(state.seed)) fail("state.seed", "an integer", state.seed);
  if (!Number.isInteger(state.k) || state.k < 1) fail("state.k", "a number of clusters", state.k);
  const { features } = state;
  if (!isFiniteMatrix(state.waiting, features.length)) fail("state.waiting", "intact", state.waiting);
  const clusters = Array.isArray(state.centroids) && state.centroids.length === 0 ? 0 : state.k;
  if (!isFiniteMatrix(state.centroids, features.length, clusters)) fail("state.centroids", "intact", state.centroids);
  for (const field of ["sizes", "weights", "squares"] as const) {
    const list: unknown = state[field];
    if (!isFiniteVector(list, clusters) || list.some((x) => x < 0)) fail(`state.${field}`, "intact", list);
  }
  for (const field of ["batches", "shift"] as const) {
    if (!isFiniteVector([state[field]], 1) || state[field] < 0) fail(`state.${field}`, "intact", state[field]);
  }
  if (k !== undefined && state.k !== k) fail("state.k", `options.k (${k})`, state.k);
  if (names === undefined) return;
  if (features.length !== names.length) {
    fail("table.names", `as many features as the state (${features.length})`, names);
  }
  const differing = features.findIndex((name, j) => name !== names[j]);
  if (differing >= 0)
    refuse(caller, "incompatible-model", `table.names[${differing}]`, "the state's feature", "another name");
}
