import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeValue, isList, refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { donorsOf, nearestMeans } from "../numeric/nearest-donors.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { sumOf } from "../numeric/sums.ts";
import { checkSpread, finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";

/** How a missing cell is filled. */
export type ImputeStrategy = "mean" | "median" | "mode" | "constant" | "knn";

/** Options of {@link fitImputer}. */
export interface FitImputerOptions {
  /**
   * What a missing cell becomes: the feature's `"mean"`, `"median"` or most frequent value (`"mode"`, the least of equally
   * frequent ones), a `"constant"`, or with `"knn"` the mean of the feature over the most similar customers that have it.
   */
  readonly strategy: ImputeStrategy;
  /**
   * Which features get a column `${feature}Missing` (1 = was missing): those with missing cells in this table (true, the
   * default), `"all"`, or none (false). That a cell is missing often says more than any guess at its value.
   */
  readonly indicators?: boolean | "all" | undefined;
  /** With `"knn"`: how many customers a cell is averaged over; 5. */
  readonly neighbors?: number | undefined;
  /** With `"constant"`: one number for all features, or one for each by name; 0. */
  readonly value?: number | Readonly<Record<string, number>> | undefined;
}

/** What missing cells become, as learned from one table. */
export interface ImputerModel extends ModelHeader {
  /** Always `"imputer"`. */
  readonly kind: "imputer";
  /** Version of the layout. */
  readonly version: 1;
  /** How a missing cell is filled. */
  readonly strategy: ImputeStrategy;
  /** By feature what a missing cell becomes; with `"knn"` the mean, for rows that share no feature with any other. */
  readonly fill: readonly number[];
  /** By feature whether a column `${feature}Missing` is appended. */
  readonly indicators: readonly boolean[];
  /** With `"knn"` how many customers a cell is averaged over; null otherwise. */
  readonly neighbors: number | null;
  /**
   * With `"knn"` the numbers that are averaged over, one list per feature, null = missing; null otherwise. They are the
   * rows of the fitted table without ids, sorted by content: personal data as long as the numbers are.
   */
  readonly donors: readonly (readonly (number | null)[])[] | null;
}

const strategies = ["mean", "median", "mode", "constant", "knn"] as const;

/** Option table of {@link fitImputer}. */
export const fitImputerOptions: OptionTable<FitImputerOptions, "neighbors" | "value"> = {
  strategy: oneOf(strategies),
  indicators: custom(
    `true, false or "all"`,
    (value) => typeof value === "boolean" || value === "all",
    [0, null, "none"],
    {
      default: true,
    },
  ),
  neighbors: integer({ min: 1, optional: true }),
  value: custom("a number or a record of numbers by feature", isFill, [null, NaN, Infinity, "0", [], { a: NaN }], {
    optional: true,
  }),
};

function isFill(value: unknown): boolean {
  return Number.isFinite(value) || (isRecord(value) && Object.values(value).every(Number.isFinite));
}

/** Comparisons of cells that one call may make: about two minutes. */
const mostComparisons = 1e11;

/**
 * Learns what missing cells become, so that algorithms that need a number everywhere can run, and new customers are filled
 * from what these customers are like.
 *
 * With `"knn"` the distance of two customers is taken over the features that both have, d / (shared features) · Σ (x − y)²
 * under a root. Distances mix units: scale first, and invert afterwards. Where several customers are equally far, the
 * first in order of their numbers count, so the order of the rows does not matter. A model of this strategy is its data: it
 * holds the table's numbers, without ids. Do not impute what did not happen: no purchase is 0 orders, not a missing one.
 *
 * @param table - n customers × d features; NaN = missing.
 * @param options - see {@link FitImputerOptions}.
 * @returns a model for {@link transformImpute}; `notes` say per feature how many cells were missing.
 * @throws {ClienteleError} `too-few-rows` without customers; `degenerate-data` with the feature in the path when it has no
 * value to learn from; `invalid-value` at the first infinite cell, or when a feature has the name of an indicator;
 * `invalid-option` for a `value` without a feature, a feature without one, or an option of another strategy; with `"knn"`
 * `too-large` when squares overflow. Cost: one sort per feature.
 * @example
 * const model = fitImputer(fromMatrix([[1], [NaN], [3]], { names: ["age"] }), { strategy: "mean" });
 * model.fill; // [2]
 * toRows(transformImpute(model, fromMatrix([[NaN]], { names: ["age"] }))); // [{ id: "0", age: 2, ageMissing: 1 }]
 * @see Troyanskaya et al. (2001), "Missing value estimation methods for DNA microarrays", for nearest neighbors.
 */
export function fitImputer(table: FeatureTable, options: FitImputerOptions): ImputerModel {
  const caller = "fitImputer";
  const { strategy, indicators, neighbors, value } = readOptions(caller, fitImputerOptions, options);
  checkTable(caller, table);
  const { ids, names } = table;
  if (ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  if (neighbors !== undefined && strategy !== "knn") refuseForeign(caller, "neighbors", "knn");
  if (value !== undefined && strategy !== "constant") refuseForeign(caller, "value", "constant");
  if (isRecord(value))
    for (const name of Object.keys(value)) featureIndex(caller, table, `options.value.${name}`, name);
  const notes: Note[] = [];
  const fill: number[] = [];
  const flags: boolean[] = [];
  names.forEach((name, j) => {
    const sorted = sortedPresent(finiteColumn(caller, "table", table, j));
    const missing = ids.length - sorted.length;
    if (missing > 0) {
      notes.push({ code: "missing-cells", message: `${name} is missing for ${missing} of ${ids.length} customers.` });
    }
    flags.push(indicators === "all" || (indicators && missing > 0));
    if (strategy === "knn") checkSpread(caller, j, sorted);
    fill.push(strategy === "constant" ? constantOf(caller, value ?? 0, name) : statistic(caller, strategy, sorted, j));
  });
  checkNames(caller, names, flags);
  return {
    ...{ kind: "imputer", version: 1, features: [...names], notes, strategy, fill, indicators: flags },
    neighbors: strategy === "knn" ? (neighbors ?? 5) : null,
    donors: strategy === "knn" ? donorsOf(table.values, ids.length, names.length) : null,
  };
}

/**
 * Fills the missing cells of a table as a model has learned.
 *
 * @param model - of {@link fitImputer}.
 * @param table - the model's features, in its order; NaN = missing.
 * @returns the features without missing cells, then the indicators that the model asks for: the same columns for every
 * table. A missing cell of a feature that had none when the model was fitted is filled too, and flagged only with
 * `indicators: "all"`.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first
 * infinite cell; with `"knn"` `too-large` when rows with gaps × rows of
 * the model × features exceed 10¹¹. Cost: one pass; with `"knn"` that product.
 * @example
 * const table = fromMatrix([[1, 1], [1.2, 3], [9, 50], [1.1, NaN]]);
 * const model = fitImputer(table, { strategy: "knn", neighbors: 2, indicators: false });
 * column(transformImpute(model, table), "x1"); // Float64Array [1, 3, 50, 2]
 */
export function transformImpute(model: ImputerModel, table: FeatureTable): FeatureTable {
  const caller = "transformImpute";
  checkTable(caller, table);
  checkModel(caller, model, {
    kind: "imputer",
    version: 1,
    shape: {
      strategy: (value) => (strategies as readonly unknown[]).includes(value),
      fill: (value, { features }) => isFiniteVector(value, features.length),
      indicators: (value, { features }) =>
        Array.isArray(value) && value.length === features.length && value.every((flag) => typeof flag === "boolean"),
      neighbors: (value, { strategy }) =>
        strategy === "knn" ? Number.isSafeInteger(value) && (value as number) > 0 : value === null,
      donors: (value, { strategy, features }) =>
        strategy === "knn" ? areDonors(value, features.length) : value === null,
    },
    features: table.names,
  });
  const { ids, names, values, units } = table;
  const flagged = names.flatMap((_, j) => (model.indicators[j] ? [j] : []));
  checkNames(caller, names, model.indicators);
  const width = names.length + flagged.length;
  const filled = new Float64Array(ids.length * width);
  const gaps: number[] = [];
  for (let row = 0; row < ids.length; row++) {
    let missing = false;
    for (let j = 0; j < names.length; j++) {
      const value = values[row * names.length + j];
      if (Math.abs(value) === Infinity) {
        refuse(caller, "invalid-value", `table.values[${row}, ${j}]`, "finite or missing", describeValue(value));
      }
      if (Number.isNaN(value)) missing = true;
      filled[row * width + j] = Number.isNaN(value) ? model.fill[j] : value;
    }
    flagged.forEach((j, f) => {
      filled[row * width + names.length + f] = Number.isNaN(values[row * names.length + j]) ? 1 : 0;
    });
    if (missing) gaps.push(row);
  }
  if (model.donors !== null && model.neighbors !== null) {
    checkCost(caller, gaps.length, (model.donors[0]?.length ?? 0) * names.length);
    fillFromNeighbors(nearestMeans(model.donors, model.neighbors), table, gaps, filled, width);
  }
  return {
    ids: [...ids],
    names: [...names, ...flagged.map((j) => indicatorOf(names[j]))],
    values: filled,
    ...(units === undefined ? {} : { units: { ...units } }),
  };
}

function checkCost(caller: string, gaps: number, comparisonsEach: number): void {
  const most = Math.floor(mostComparisons / comparisonsEach);
  if (!(gaps > most)) return;
  refuse(caller, "too-large", "table", `at most ${most} rows with missing cells for this model`, String(gaps));
}

function fillFromNeighbors(
  meansOf: (row: Float64Array) => Float64Array,
  { names, values }: FeatureTable,
  gaps: readonly number[],
  filled: Float64Array,
  width: number,
): void {
  for (const row of gaps) {
    const means = meansOf(values.subarray(row * names.length, (row + 1) * names.length));
    for (let j = 0; j < names.length; j++) if (!Number.isNaN(means[j])) filled[row * width + j] = means[j];
  }
}

const indicatorOf = (name: string): string => `${name}Missing`;

function constantOf(caller: string, value: number | Readonly<Record<string, number>>, name: string): number {
  const own = typeof value === "number" ? value : lookUp(value, name);
  if (own === undefined) refuse(caller, "invalid-option", `options.value.${name}`, "a number", "undefined");
  return own + 0;
}

function statistic(caller: string, strategy: ImputeStrategy, sorted: Float64Array, j: number): number {
  if (sorted.length === 0) {
    refuse(caller, "degenerate-data", `table.names[${j}]`, "at least 1 value to learn from", "none");
  }
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  if (strategy === "median") return quantileOfSorted(sorted, 0.5) + 0;
  return (strategy === "mode" ? modeOf(sorted) : meanOf(sorted)) + 0;
}

/** The mean by a compensated sum in rising order; huge values are summed in a unit in which the sum is a number. */
function meanOf(sorted: Float64Array): number {
  // Dividing a rounded sum would move even a constant by its last bit.
  if (sorted[0] === sorted[sorted.length - 1]) return sorted[0];
  const huge = Math.max(-sorted[0], sorted[sorted.length - 1]) > 2 ** 960;
  if (!huge) return sumOf(sorted) / sorted.length;
  return (sumOf(sorted.map((value) => value / 2 ** 60)) / sorted.length) * 2 ** 60;
}

/** The value of the longest run; the first, which is the least, of equally long ones. */
function modeOf(sorted: Float64Array): number {
  let mode = sorted[0];
  let longest = 0;
  for (let start = 0, i = 0; i < sorted.length; i++) {
    if (sorted[i] !== sorted[start]) start = i;
    if (i - start + 1 > longest) {
      longest = i - start + 1;
      mode = sorted[i];
    }
  }
  return mode;
}

/** Refuses a feature with the name that an indicator will have. */
function checkNames(caller: string, names: readonly string[], flags: readonly boolean[]): void {
  const known = new Set(names);
  names.forEach((name, j) => {
    if (!flags[j] || !known.has(indicatorOf(name))) return;
    const path = `table.names[${names.indexOf(indicatorOf(name))}]`;
    refuse(caller, "invalid-value", path, "another name than that of an indicator", "the same");
  });
}

function refuseForeign(caller: string, option: string, strategy: ImputeStrategy): never {
  refuse(caller, "invalid-option", `options.${option}`, `absent unless the strategy is "${strategy}"`, "given");
}

function isNumbersOrNull(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((x) => x === null || Number.isFinite(x));
}

function areDonors(value: unknown, features: number): boolean {
  if (!Array.isArray(value) || value.length !== features) return false;
  const lists = value as readonly unknown[];
  const rows = isList(lists[0]) ? lists[0].length : 0;
  return lists.every((list) => isNumbersOrNull(list, rows)) && (rows > 0 || features === 0);
}
