import { describeValue, refuse } from "../core/errors.ts";
import { isFiniteVector, type ModelHeader } from "../core/model.ts";
import { type OptionTable, readOptions } from "../core/options.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { sumOf } from "../numeric/sums.ts";
import { checkSpread, finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { type BinsOption, binsOption, countBins, cutsOf } from "./bins.ts";
import { spreadOf } from "./samples.ts";

/** Options of {@link fitDriftReference}. */
export interface FitDriftReferenceOptions {
  /** How many bins share each feature out evenly; default 5. Cut points, if given, are those of every feature. */
  readonly bins?: BinsOption | undefined;
}

/** What a feature looked like. */
export interface DriftColumn {
  /** Inner cut points of the bins. */
  readonly cuts: readonly number[];
  /** Customers per bin. */
  readonly counts: readonly number[];
  /** Customers without a value. */
  readonly missing: number;
  /** null of a feature without values. */
  readonly mean: number | null;
  /** 0 of fewer than two different values. */
  readonly standardDeviation: number;
  /** From the lowest to the highest value, percent by percent; empty of a feature without values. */
  readonly quantiles: readonly number[];
}

/** What a table looked like: learned by {@link fitDriftReference}. It holds counts and quantiles, no customer. */
export interface DriftReference extends ModelHeader {
  readonly kind: "drift-reference";
  readonly version: 1;
  /** Rows of the table. */
  readonly rows: number;
  /** One entry per feature. */
  readonly columns: readonly DriftColumn[];
}

/**
 * Fewer bins than those of the index of scores: by chance alone 200 customers move a feature beyond the usual threshold in 1 % of cases with
 * five bins, in 2.5 % with ten.
 */
export const driftBins = 5;

/** Option table of {@link fitDriftReference}. */
export const fitDriftReferenceOptions: OptionTable<FitDriftReferenceOptions> = { bins: binsOption(driftBins) };

/**
 * Remembers what a table of customers looks like, to be held against later ones when the rows are gone.
 *
 * @param table - the customers that a model or a segmentation was fitted on; NaN is counted as missing.
 * @param options - see {@link FitDriftReferenceOptions}.
 * @returns per feature bins, missing values, mean, spread and 101 quantiles, for `measureDrift`. Lowest and highest value are among them:
 * round them before you share the model, where they would tell on somebody.
 * @throws {ClienteleError} `too-few-rows` without rows; `invalid-value` for an infinite cell; `too-large`. Cost: a sort per feature.
 * @example
 * const table = fromMatrix([[1, 20], [2, 30], [3, 20], [4, 50]], { names: ["orders", "age"] });
 * fitDriftReference(table, { bins: 2 }).columns[0].cuts; // [2.5]
 */
export function fitDriftReference(table: FeatureTable, options?: FitDriftReferenceOptions): DriftReference {
  const caller = "fitDriftReference";
  const { bins } = readOptions(caller, fitDriftReferenceOptions, options);
  checkTable(caller, table);
  return referenceOf(caller, "table", table, bins);
}

/** The same for a function that has read its options. */
export function referenceOf(caller: string, path: string, table: FeatureTable, bins: BinsOption): DriftReference {
  if (table.ids.length === 0) refuse(caller, "too-few-rows", path, "at least 1 row", "0");
  return {
    kind: "drift-reference",
    version: 1,
    features: [...table.names],
    notes: [],
    rows: table.ids.length,
    columns: table.names.map((_, j) => {
      const sorted = sortedPresent(finiteColumn(caller, path, table, j));
      checkSpread(caller, j, sorted, path);
      const cuts = sorted.length === 0 ? [] : cutsOf(sorted, bins);
      return columnOf(sorted, cuts, table.ids.length);
    }),
  };
}

/** What some sorted values look like in given bins. */
export function columnOf(sorted: Float64Array, cuts: readonly number[], rows: number): DriftColumn {
  const quantiles =
    sorted.length === 0 ? [] : Array.from({ length: 101 }, (_, p) => quantileOfSorted(sorted, p / 100) + 0);
  return {
    cuts,
    counts: countBins(sorted, cuts),
    missing: rows - sorted.length,
    mean: sorted.length === 0 ? null : sumOf(sorted) / sorted.length + 0,
    standardDeviation: spreadOf(sorted),
    quantiles,
  };
}

/** Makes sure that what was read from a file is such a model. */
export function checkColumns(caller: string, reference: DriftReference): void {
  const { columns, features, rows } = reference;
  if (!Array.isArray(columns) || columns.length !== features.length || !Number.isSafeInteger(rows)) {
    refuse(caller, "incompatible-model", "reference.columns", "one per feature", describeValue(columns));
  }
  columns.forEach((column: Partial<DriftColumn> | null, j) => {
    const cuts = column?.cuts;
    const isIntact =
      isFiniteVector(cuts) &&
      isFiniteVector(column?.counts, cuts.length + 1) &&
      isFiniteVector(column?.quantiles) &&
      (column.quantiles.length === 101 || column.quantiles.length === 0) &&
      Number.isSafeInteger(column.missing) &&
      Number.isFinite(column.standardDeviation) &&
      (column.mean === null || Number.isFinite(column.mean));
    if (!isIntact) refuse(caller, "incompatible-model", `reference.columns[${j}]`, "intact", describeValue(column));
  });
}
