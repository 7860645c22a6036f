import { describeValue, refuse } from "../core/errors.ts";
import { checkModel } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { checkSpread, finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { type BinsOption, binsOption, type EmptyBins, emptyOption, sharesOf, stabilityTerms } from "./bins.ts";
import {
  checkColumns,
  columnOf,
  driftBins,
  type DriftColumn,
  type DriftReference,
  referenceOf,
} from "./drift-reference.ts";

/** Options of {@link measureDrift}. */
export interface MeasureDriftOptions {
  /** How many bins share each feature of the reference out evenly; default 5. Not for a stored reference, which has its bins. */
  readonly bins?: BinsOption | undefined;
  /** What is done about empty bins, as in `measurePsi`; default `"half"`. */
  readonly empty?: EmptyBins | undefined;
  /**
   * What decides. `"effect"`, the default: how far a feature has moved, the same for 200 customers and 200,000. `"p-value"`: whether it
   * has moved at all, which among enough customers it always has. `"both"`: far enough, and not by chance.
   */
  readonly rule?: "effect" | "p-value" | "both" | undefined;
  /** The effect size from which on a feature has drifted; default 0.1. */
  readonly threshold?: number | undefined;
  /** The change of the share of missing values that is a drift; default 0.05. */
  readonly missingThreshold?: number | undefined;
  /** The level for adjusted p-values; default 0.05. */
  readonly alpha?: number | undefined;
  /** The share of drifted features from which on the table has drifted; default 0.5. */
  readonly share?: number | undefined;
}

/** How far one feature has moved. */
export interface FeatureDrift {
  /** Its name. */
  readonly feature: string;
  /** The population stability index less what it is by chance, (bins − 1)·(1/n + 1/m), and at least 0: the same for few and many customers. */
  readonly effectSize: number;
  /** The index itself. */
  readonly psi: number;
  /** χ² of the bins and of missing values. */
  readonly pValue: number;
  /** Adjusted for the number of features (Benjamini–Hochberg). */
  readonly adjustedPValue: number;
  /** How far the mean has moved, in standard deviations of the reference; null where the reference does not vary. */
  readonly meanShift: number | null;
  /** How far values have moved on average, in standard deviations of the reference, from percentiles; null alike. */
  readonly wasserstein: number | null;
  /** Shares of missing values. */
  readonly missing: {
    /** In the reference. */
    readonly reference: number;
    /** Now. */
    readonly current: number;
  };
  /** Whether the effect reaches its threshold. */
  readonly drifted: boolean;
  /** What has drifted: the values, the share of missing ones, both or neither. */
  readonly reasons: readonly ("values" | "missing")[];
}

/** Result of {@link measureDrift}. */
export interface DriftReport {
  /** Whether the table as a whole has drifted: the share of drifted features reaches `options.share`. */
  readonly drifted: boolean;
  /** The share of features that have. */
  readonly share: number;
  /** In the order of the table. */
  readonly features: readonly FeatureDrift[];
  /** Rows of both tables. */
  readonly rows: {
    /** In the reference. */
    readonly reference: number;
    /** Now. */
    readonly current: number;
  };
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureDrift}. */
export const measureDriftOptions: OptionTable<MeasureDriftOptions, "bins"> = {
  bins: { ...binsOption(), fallback: undefined },
  empty: emptyOption(),
  rule: oneOf(["effect", "p-value", "both"], { default: "effect" }),
  threshold: real({ above: 0, max: 100, default: 0.1 }),
  missingThreshold: real({ above: 0, max: 1, default: 0.05 }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  share: real({ above: 0, max: 1, default: 0.5 }),
};

/**
 * Tells whether customers are still like those a model or a segmentation was made for: feature by feature, and as a whole.
 *
 * @param reference - the customers then: a table, or what `fitDriftReference` remembered of it.
 * @param current - the customers now: the same features in the same order; NaN is counted as missing.
 * @param options - see {@link MeasureDriftOptions}.
 * @returns effect size, adjusted p-value and decision per feature; `drifted` and `share` can go to `planReclustering`. A note `small-samples`
 * says that chance alone moves features by as much as the threshold, `no-values` that a feature has no value on one side.
 * @throws {ClienteleError} `too-few-rows` without rows; `shape-mismatch` or `incompatible-model` for other features; `invalid-value` for an
 * infinite cell; `too-large`; `invalid-option`. Cost: a sort per feature.
 * @example
 * const table = (shift: number) => fromMatrix(
 *   Array.from({ length: 300 }, (_, i) => [(i * 7) % 100 + shift, (i * 13) % 50]), { names: ["basket", "age"] });
 * const drift = measureDrift(table(0), table(40));
 * drift.features.map(({ feature, drifted }) => [feature, drifted]); // [["basket", true], ["age", false]]
 * drift.share; // 0.5
 * @see Yurdakul & Naranjo (2020), "Statistical properties of the population stability index", on its mean by chance.
 */
export function measureDrift(
  reference: FeatureTable | DriftReference,
  current: FeatureTable,
  options?: MeasureDriftOptions,
): DriftReport {
  const caller = "measureDrift";
  const read = readOptions(caller, measureDriftOptions, options);
  checkTable(caller, current, "current");
  const before = readReference(caller, reference, read.bins);
  const rows = current.ids.length;
  if (rows === 0) refuse(caller, "too-few-rows", "current", "at least 1 row", "0");
  checkNames(caller, before.features, current.names);
  const measured = before.columns.map((column, j) => {
    const sorted = sortedPresent(finiteColumn(caller, "current", current, j));
    checkSpread(caller, j, sorted, "current");
    return compare(column, columnOf(sorted, column.cuts, rows), { reference: before.rows, current: rows }, read.empty);
  });
  const adjustedValues = adjusted(measured.map(({ pValue }) => pValue), "bh"); // prettier-ignore
  const features = measured.map(({ expected: _, ...figures }, j): FeatureDrift => {
    const adjustedPValue = adjustedValues[j] as number;
    const isSure = adjustedPValue < read.alpha;
    const { missing } = figures;
    const far = {
      values: figures.effectSize >= read.threshold,
      missing: Math.abs(missing.current - missing.reference) >= read.missingThreshold,
    };
    const any = { values: figures.effectSize > 0, missing: missing.current !== missing.reference };
    const moved = read.rule === "p-value" ? any : far;
    const isCounted = read.rule === "effect" || isSure;
    const reasons = (["values", "missing"] as const).filter((reason) => isCounted && moved[reason]);
    return { feature: before.features[j], ...figures, adjustedPValue, drifted: reasons.length > 0, reasons };
  });
  const share = features.length === 0 ? 0 : features.filter(({ drifted }) => drifted).length / features.length;
  const notes = notesOf(before, measured, read.threshold);
  return { drifted: share >= read.share, share, features, rows: { reference: before.rows, current: rows }, notes };
}

function readReference(
  caller: string,
  reference: FeatureTable | DriftReference,
  bins: BinsOption | undefined,
): DriftReference {
  if (reference === null || typeof reference !== "object" || !("kind" in reference)) {
    checkTable(caller, reference, "reference");
    return referenceOf(caller, "reference", reference, bins ?? driftBins);
  }
  checkModel(caller, reference, { kind: "drift-reference", version: 1, shape: {} });
  checkColumns(caller, reference);
  if (bins !== undefined) {
    refuse(caller, "invalid-option", "options.bins", "absent: a stored reference has its bins", describeValue(bins));
  }
  return reference;
}

function checkNames(caller: string, wanted: readonly string[], given: readonly string[]): void {
  if (wanted.length !== given.length) {
    refuse(caller, "shape-mismatch", "current.names", `the ${wanted.length} features of the reference`, String(given.length)); // prettier-ignore
  }
  const differing = wanted.findIndex((name, j) => name !== given[j]);
  if (differing >= 0) {
    refuse(caller, "shape-mismatch", `current.names[${differing}]`, "the reference's feature", "another name");
  }
}

type Measured = Omit<FeatureDrift, "feature" | "adjustedPValue" | "drifted" | "reasons"> & {
  readonly expected: number;
};

function compare(
  before: DriftColumn,
  now: DriftColumn,
  rows: { readonly reference: number; readonly current: number },
  empty: EmptyBins,
): Measured {
  const [n, m] = [rows.reference - before.missing, rows.current - now.missing];
  const isComparable = n > 0 && m > 0;
  const terms = isComparable ? stabilityTerms(sharesOf(before.counts, empty), sharesOf(now.counts, empty)) : [];
  const psi = terms.reduce((sum, term) => sum + term, 0);
  const expected = isComparable ? before.cuts.length * (1 / n + 1 / m) : 0;
  const spread = before.standardDeviation;
  const isScaled = isComparable && spread > 0;
  return {
    effectSize: Math.max(0, psi - expected),
    psi,
    expected,
    pValue: homogeneity([...before.counts, before.missing], [...now.counts, now.missing]),
    meanShift: isScaled ? ((now.mean as number) - (before.mean as number)) / spread : null,
    wasserstein: isScaled ? quantileDistance(before.quantiles, now.quantiles) / spread : null,
    missing: { reference: before.missing / rows.reference, current: now.missing / rows.current },
  };
}

/** Pearson's test of two rows of counts; 1 where all are in one cell. */
function homogeneity(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first, second].map((row) => row.reduce((sum, count) => sum + count, 0));
  const [up, down] = [Math.sqrt(m / n), Math.sqrt(n / m)];
  let [statistic, cells] = [0, 0];
  first.forEach((count, cell) => {
    const total = count + second[cell];
    if (total === 0) return;
    const difference = count * up - second[cell] * down;
    statistic += (difference * difference) / total;
    cells++;
  });
  return cells < 2 ? 1 : chiSquare(cells - 1).sf(statistic);
}

/** The mean distance of percentiles, by the trapezoidal rule: the distance of Wasserstein for what they describe. */
function quantileDistance(first: readonly number[], second: readonly number[]): number {
  const last = first.length - 1;
  let sum = 0;
  for (let p = 0; p <= last; p++) sum += (p === 0 || p === last ? 0.5 : 1) * Math.abs(first[p] - second[p]);
  return sum / last;
}

function notesOf(before: DriftReference, measured: readonly Measured[], threshold: number): Note[] {
  const notes: Note[] = [];
  const empty = before.features.filter(
    (_, j) => measured[j].missing.reference === 1 || measured[j].missing.current === 1,
  );
  if (empty.length > 0) {
    notes.push({ code: "no-values", message: `Without any value on one side: ${empty.join(", ")}; only missing values are compared.` }); // prettier-ignore
  }
  // The index by chance is χ² with `cuts` degrees of freedom: its standard deviation is √(2/df) of its mean.
  const unsure = measured.filter(({ expected }, j) => expected * Math.sqrt(2 / Math.max(1, before.columns[j].cuts.length)) > threshold / 2); // prettier-ignore
  if (unsure.length > 0) {
    notes.push({ code: "small-samples", message: `${unsure.length} features have so few customers that chance may move them beyond the threshold: see their p-values, or take fewer bins.` }); // prettier-ignore
  }
  return notes;
}
