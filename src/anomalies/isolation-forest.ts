import { refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { pow } from "../numeric/elementary.ts";
import {
  growTree,
  heightLimit,
  type IsolationTree,
  leafMark,
  meanPathLengths,
  visitTree,
} from "../numeric/isolation-trees.ts";
import { sumPathLengths } from "../numeric/path-lengths.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** Options of {@link fitIsolationForest}. */
export interface FitIsolationForestOptions {
  /** Number of trees; default 100. More trees make scores steadier, the error falls with their square root. */
  readonly trees?: number | undefined;
  /**
   * Customers that each tree is grown from, drawn without replacement; default 256, or all when there are fewer. A small
   * sample is the point of the method: in a large one anomalies hide each other.
   */
  readonly sampleSize?: number | undefined;
  /** Seed of the samples and cuts; default 42. */
  readonly seed?: number | undefined;
}

/** Most customers behind one tree. */
const mostPerTree = 65_536;

/** Option table of {@link fitIsolationForest}. */
export const fitIsolationForestOptions: OptionTable<FitIsolationForestOptions> = {
  trees: integer({ min: 1, max: 10_000, default: 100 }),
  sampleSize: integer({ min: 2, max: mostPerTree, default: 256 }),
  seed: seed(),
};

/**
 * Trees of random cuts that were grown until customers were alone. Learned by {@link fitIsolationForest}.
 *
 * A tree is three flat lists in preorder (a node, then all that is below its threshold, then the rest).
 */
export interface IsolationForestModel extends ModelHeader {
  /** Always `"isolation-forest"`. */
  readonly kind: "isolation-forest";
  /** Version of the layout. */
  readonly version: 1;
  /** Number of trees. */
  readonly trees: number;
  /** Customers behind each tree: the option, or all when there were fewer. */
  readonly sampleSize: number;
  /** Per tree and node the position of the feature that is compared; −1 = a leaf. */
  readonly splits: readonly (readonly number[])[];
  /** Per tree and inner node: customers with a smaller value go first. */
  readonly thresholds: readonly (readonly number[])[];
  /** Per tree and leaf how many customers of the sample ended there. */
  readonly leafSizes: readonly (readonly number[])[];
}

/** Most customers in all samples together: a larger forest would not fit into a JSON document. */
const mostSampled = 10_000_000;

/**
 * Learns which customers are odd: those whom a few random cuts separate from all others. For fraud, mistakes in the data
 * and customers worth a look, without a single labeled case.
 *
 * Each tree cuts a small sample at random: a feature in which customers differ, then a threshold between its least and
 * greatest value, until a customer is alone or the tree is ⌈log₂ sampleSize⌉ deep. Units do not matter: the features need
 * no scaling, only the order and spacing within a feature count. Each tree has a random stream of its own, and samples are
 * drawn from sorted rows, so the same customers in another order give the same model.
 *
 * @param table - n customers × d finite features, n ≥ 1.
 * @param options - see {@link FitIsolationForestOptions}.
 * @returns a model for {@link scoreIsolationForest} and {@link explainAnomaly}; the note `constant-table` says that all
 * customers are equal, `few-customers` that there are too few for what is odd to stand out.
 * @throws {ClienteleError} `too-few-rows` without rows; `invalid-value` at the first missing or infinite cell (see
 * `fitImputer`); `too-large` beyond 10 million sampled customers. Cost: one sort of the rows, then trees · sampleSize ·
 * log₂ sampleSize.
 * @example
 * const table = fromMatrix([[1, 9], [2, 8], [2, 9], [1, 8], [2, 9], [40, 1]]);
 * const model = fitIsolationForest(table, { seed: 7 });
 * model.sampleSize; // 6
 * const scores = scoreIsolationForest(model, table);
 * scores.indexOf(Math.max(...scores)); // 5
 * @see Liu, Ting & Zhou (2008), "Isolation forest", algorithms 1 to 3. Cuts fall only on features that differ within the
 * node, as in scikit-learn.
 */
export function fitIsolationForest(table: FeatureTable, options?: FitIsolationForestOptions): IsolationForestModel {
  const caller = "fitIsolationForest";
  const read = readOptions(caller, fitIsolationForestOptions, options);
  checkRows(caller, table);
  const { ids, names, values } = table;
  const rows = ids.length;
  const columns = names.length;
  if (rows === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const sampleSize = Math.min(read.sampleSize, rows);
  if (sampleSize * read.trees > mostSampled) {
    const product = String(sampleSize * read.trees);
    refuse(caller, "too-large", "options", `trees × sampleSize of at most ${mostSampled}`, product);
  }
  const order = rowOrder(values, rows, columns);
  const sample = new Float64Array(sampleSize * columns);
  const trees = Array.from({ length: read.trees }, (_, tree) => {
    const random = randomOf(read.seed, tree);
    drawRows(table, order, sample, sampleSize, (bound) => random.integer(bound));
    return growTree(sample, sampleSize, columns, random);
  });
  return {
    kind: "isolation-forest",
    version: 1,
    features: [...names],
    notes: notesOf(table, rows),
    trees: trees.length,
    sampleSize,
    splits: trees.map((tree) => tree.splits),
    thresholds: trees.map((tree) => tree.thresholds),
    leafSizes: trees.map((tree) => tree.leafSizes),
  };
}

/** Refuses a table with a missing or infinite cell, or without a feature. */
export function checkRows(caller: string, table: FeatureTable): void {
  checkTable(caller, table);
  checkFinite(caller, table);
  if (table.names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
}

/** Copies distinct rows, drawn with equal chances; leaves `order` as it was. */
function drawRows(
  { names, values }: FeatureTable,
  order: Uint32Array,
  sample: Float64Array,
  size: number,
  below: (bound: number) => number,
): void {
  const columns = names.length;
  const swaps = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const other = i + below(order.length - i);
    const row = order[other];
    order[other] = order[i];
    order[i] = row;
    swaps[i] = other;
    for (let j = 0, from = row * columns, to = i * columns; j < columns; j++) sample[to + j] = values[from + j];
  }
  // Undone, so that a tree depends on its own stream alone.
  for (let i = size - 1; i >= 0; i--) {
    const row = order[i];
    order[i] = order[swaps[i]];
    order[swaps[i]] = row;
  }
}

/** Fewer than this and every customer is isolated soon. */
const fewRows = 16;

function notesOf({ names, values }: FeatureTable, rows: number): Note[] {
  const columns = names.length;
  if (values.every((value, cell) => value === values[cell % columns])) {
    const message = `All ${rows} customers are equal: none is odd, and every score of theirs is 0.5.`;
    return [{ code: "constant-table", message }];
  }
  if (rows >= fewRows) return [];
  const message = `${rows} customers are too few to tell odd ones from ordinary ones with confidence.`;
  return [{ code: "few-customers", message }];
}

/**
 * Scores how odd each customer is, also customers the model has not seen.
 *
 * 2^(−E[h] / c(ψ)), where E[h] is the mean length of the customer's paths and c(ψ) that of a random search tree of the
 * sample's size ψ: near 1 for a customer whom one cut isolates, 0.5 for an ordinary one of a crowd without structure, lower
 * in the middle of a dense crowd. A leaf of m customers counts as c(m) further cuts. Customers that are all equal have 0.5
 * each. One customer alone says nothing about others: a model of one row gives every row 0.5.
 *
 * The score is that of the paper: higher = odder, the negative of scikit-learn's `score_samples`. A row's score depends on the
 * model and the row alone, not on the batch or its order. Cuts are compared with `<`, so equal values always stay together.
 *
 * @param model - of {@link fitIsolationForest}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @returns one score in (0, 1] per row, for {@link labelAnomalies}.
 * @throws {ClienteleError} `incompatible-model` when the model is not an intact isolation forest of these features;
 * `invalid-value` at the first missing or infinite cell. Cost: trees × ⌈log₂ ψ⌉ comparisons a row.
 * @example
 * const model = fitIsolationForest(fromMatrix([[5], [5], [5]]));
 * scoreIsolationForest(model, fromMatrix([[5], [5]])); // Float64Array [0.5, 0.5]
 * @see Liu, Ting & Zhou (2008), equations 1 and 2, with the exact harmonic numbers in c (scikit-learn approximates them).
 */
export function scoreIsolationForest(model: IsolationForestModel, table: FeatureTable): Float64Array {
  const caller = "scoreIsolationForest";
  checkTable(caller, table);
  const trees = treesOf(caller, model, table);
  checkRows(caller, table);
  const scores = sumPathLengths(trees, model.sampleSize, table.values, table.ids.length, table.names.length);
  // Added up as the paths are: customers who are all equal then have 0.5 to the last bit, not above it.
  const perTree = meanPathLengths(model.sampleSize)[model.sampleSize];
  let usual = 0;
  for (let tree = 0; tree < model.trees; tree++) usual += perTree;
  // c(1) is 0: a tree of one row knows no paths to compare with.
  for (let row = 0; row < scores.length; row++) scores[row] = usual === 0 ? 0.5 : pow(2, -scores[row] / usual);
  return scores;
}

/**
 * The trees of a model, perhaps read from a file.
 *
 * @param caller - the public function.
 * @param model - what the user passed.
 * @param table - whose features it must have been fitted on.
 */
export function treesOf(caller: string, model: IsolationForestModel, table: FeatureTable): IsolationTree[] {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
  const isPerTree = (value: unknown, { trees }: IsolationForestModel, accepts: (x: number) => boolean): boolean =>
    Array.isArray(value) &&
    value.length === trees &&
    value.every((list) => isFiniteVector(list) && list.every(accepts));
  checkModel(caller, model, {
    kind: "isolation-forest",
    version: 1,
    shape: {
      trees: isCount,
      sampleSize: (value) => isCount(value) && (value as number) <= mostPerTree,
      splits: (value, whole) =>
        isPerTree(value, whole, (x) => Number.isInteger(x) && x >= leafMark && x < whole.features.length),
      thresholds: (value, whole) => isPerTree(value, whole, () => true),
      leafSizes: (value, whole) => isPerTree(value, whole, isCount) && areWhole(whole),
    },
    features: table.names,
  });
  return listsOf(model);
}

function listsOf({ splits, thresholds, leafSizes }: IsolationForestModel): IsolationTree[] {
  return splits.map((nodes, tree) => ({ splits: nodes, thresholds: thresholds[tree], leafSizes: leafSizes[tree] }));
}

/** Whether the lists make trees of the right height whose leaves hold the sample. */
function areWhole(model: IsolationForestModel): boolean {
  const height = heightLimit(model.sampleSize);
  return listsOf(model).every((tree) => {
    let held = 0;
    const visitor = {
      inner: () => undefined,
      leaf: (_node: number, _depth: number, size: number) => void (held += size),
    };
    return visitTree(tree, height, visitor) && held === model.sampleSize;
  });
}
