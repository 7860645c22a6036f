import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { checkModel, isFiniteMatrix, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { flag, integer, type OptionTable, readOptions, texts } from "../core/options.ts";
import { covarianceStateOf } from "../numeric/covariance-of.ts";
import { type Covariance, covariance } from "../numeric/covariance.ts";
import { symmetricEigen } from "../numeric/linalg.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { project } from "./project.ts";

/** Options of {@link fitPca}. */
export interface FitPcaOptions {
  /** How many components to keep, at most min(d, n − 1), which is the default. */
  readonly components?: number | undefined;
  /**
   * Whether each feature is divided by its sample standard deviation first, so that units do not matter: components of the
   * correlations (R's `scale. = TRUE`) instead of the covariances. Default false, as in R and scikit-learn.
   */
  readonly scale?: boolean | undefined;
}

/** Options of {@link fitPcaFromCovariance}. */
export interface FitPcaFromCovarianceOptions extends FitPcaOptions {
  /** Names of the features, in the order of the covariance. */
  readonly features: readonly string[];
}

/** The directions in which customers differ most. A component's score is Σ loading · (x − center) / scale. */
export interface PcaModel extends ModelHeader {
  /** Always `"pca"`. */
  readonly kind: "pca";
  /** Version of the layout. */
  readonly version: 1;
  /** Mean of each feature. */
  readonly center: readonly number[];
  /** What each feature is divided by: 1, or with `scale` its sample standard deviation (1 where that is 0). */
  readonly scale: readonly number[];
  /** `loadings[component][feature]`, unit length; the largest in size of a component is positive, the first of equals. */
  readonly loadings: readonly (readonly number[])[];
  /** Variance of each component's scores, divisor n − 1, in descending order. */
  readonly explainedVariance: readonly number[];
  /** Each variance as a share of the variance of all features, also of components that are not kept. */
  readonly explainedRatio: readonly number[];
}

const shared: OptionTable<FitPcaOptions, "components"> = {
  components: integer({ min: 1, optional: true }),
  scale: flag({ default: false }),
};

/** Option table of {@link fitPca}. */
export const fitPcaOptions: OptionTable<FitPcaOptions, "components"> = shared;

/** Option table of {@link fitPcaFromCovariance}. */
export const fitPcaFromCovarianceOptions: OptionTable<FitPcaFromCovarianceOptions, "components"> = {
  ...shared,
  features: texts(),
};

/** Below this share the first component is a poor stand-in for all features. */
const weakShare = 0.4;

/**
 * Finds the few directions in which customers differ most: to draw many features in a plane, to take out what several
 * features say twice, or to condense them into one index with {@link scoreComposite}.
 *
 * Set `scale` when features have different units: otherwise the one with the largest numbers is the first component. A
 * constant feature has loading 0 everywhere. With more features than customers there are n − 1 components. A component
 * without variance comes from features that repeat others; components of equal variance may be turned within their plane.
 *
 * @param table - n customers × d finite features, n ≥ 2.
 * @param options - see {@link FitPcaOptions}.
 * @returns a model for {@link transformPca}; `notes` name constant features, `first-component-weak` says that the first
 * explains less than 40 %, `few-customers` that n − 1 < d.
 * @throws {ClienteleError} `too-few-rows` if n < 2; `invalid-value` at the first cell that is missing or infinite (see
 * {@link fitImputer}); `invalid-option` for more components than there are; `too-large` when squares overflow. Cost: n·d² / 2
 * in one pass, then about 10·d³.
 * @example
 * const model = fitPca(fromMatrix([[2, 1], [4, 2], [6, 3], [8, 4]]));
 * model.loadings[0]; // [0.894, 0.447]
 * model.explainedRatio[0]; // 1
 * @see Jolliffe (2002), "Principal Component Analysis", chapters 2 and 3.
 */
export function fitPca(table: FeatureTable, options?: FitPcaOptions): PcaModel {
  const caller = "fitPca";
  const { components, scale } = readOptions(caller, fitPcaOptions, options);
  checkTable(caller, table);
  const { names, values } = table;
  if (names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  const state = covarianceStateOf(caller, values, names.length, "table.values");
  return pcaOf(caller, covariance.finish(state), names, components, scale);
}

/**
 * The same from means and covariances alone: for rows that lie on many machines or do not fit into one memory.
 *
 * Run {@link covariance} or `covarianceState` where the rows are, merge the states, and fit here; the rows never meet.
 *
 * @param result - of {@link covariance}, of at least 2 rows.
 * @param options - see {@link FitPcaFromCovarianceOptions}.
 * @returns the model of {@link fitPca} on all rows, but for rounding.
 * @throws {ClienteleError} `too-few-rows` if n < 2; `shape-mismatch` when means and covariances do not fit the features;
 * otherwise as {@link fitPca}.
 * @example
 * const states = [[[2, 1], [4, 2]], [[6, 3], [8, 4]]].map((rows) => rows.reduce(covariance.add, covariance.init()));
 * const result = covariance.finish(mergeAll(covariance, states));
 * fitPcaFromCovariance(result, { features: ["visits", "orders"] }).loadings[0]; // [0.894, 0.447]
 */
export function fitPcaFromCovariance(result: Covariance, options: FitPcaFromCovarianceOptions): PcaModel {
  const caller = "fitPcaFromCovariance";
  const { features, components, scale } = readOptions(caller, fitPcaFromCovarianceOptions, options);
  if (!isRecord(result)) {
    refuse(caller, "shape-mismatch", "covariance", "n, mean and sampleCovariance", describeValue(result));
  }
  const width = features.length;
  const isKnown = result.sampleCovariance !== null;
  if (isKnown && (!isFiniteVector(result.mean, width) || !isFiniteMatrix(result.sampleCovariance, width, width))) {
    refuse(caller, "shape-mismatch", "covariance", `finite numbers for ${width} features`, "others");
  }
  if (isKnown && (!Number.isSafeInteger(result.n) || result.n < 2)) {
    refuse(caller, "invalid-value", "covariance.n", "an integer of at least 2", describeValue(result.n));
  }
  const repeated = features.findIndex((name, j) => features.indexOf(name) < j);
  if (repeated >= 0) refuse(caller, "invalid-option", `options.features[${repeated}]`, "a new name", "a repeated one");
  return pcaOf(caller, result, features, components, scale);
}

/**
 * Places customers along the components that a model has found.
 *
 * @param model - of {@link fitPca}.
 * @param table - the model's features, in its order; finite.
 * @returns one feature per component: `component1`, `component2`, …
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first cell
 * that is missing, infinite or too far from the model's center. Cost: n·d per component.
 * @example
 * const table = fromMatrix([[2, 1], [4, 2], [6, 3]]);
 * transformPca(fitPca(table, { components: 1 }), table).values; // Float64Array [-2.236, 0, 2.236]
 */
export function transformPca(model: PcaModel, table: FeatureTable): FeatureTable {
  const values = pcaScores("transformPca", model, table);
  return { ids: [...table.ids], names: model.loadings.map((_, c) => `component${c + 1}`), values };
}

/**
 * The scores of {@link transformPca} for other public functions.
 *
 * @param caller - the public function, for messages.
 * @param model - checked here.
 * @param table - checked here.
 * @param count - only the first so many components; all when absent.
 * @returns row-major, n × components.
 */
export function pcaScores(caller: string, model: PcaModel, table: FeatureTable, count?: number): Float64Array {
  checkTable(caller, table);
  const isShape = (value: unknown, { features, explainedVariance }: PcaModel): boolean =>
    Array.isArray(explainedVariance) && isFiniteMatrix(value, features.length, explainedVariance.length);
  checkModel(caller, model, {
    kind: "pca",
    version: 1,
    shape: {
      center: (value, { features }) => isFiniteVector(value, features.length),
      scale: (value, { features }) => isFiniteVector(value, features.length) && value.every((step) => step > 0),
      loadings: (value, whole) => isShape(value, whole) && (value as unknown[]).length > 0,
    },
    features: table.names,
  });
  const every = table.names.map((_, j) => j);
  return project(caller, table, every, { ...model, loadings: model.loadings.slice(0, count) });
}

function pcaOf(
  caller: string,
  { n, mean, sampleCovariance }: Covariance,
  features: readonly string[],
  components: number | undefined,
  scaled: boolean,
): PcaModel {
  if (sampleCovariance === null) refuse(caller, "too-few-rows", "table", "at least 2 rows", String(n));
  const spread = sampleCovariance;
  const most = Math.min(features.length, n - 1);
  if (components !== undefined && components > most) {
    refuse(caller, "invalid-option", "options.components", `an integer in [1, ${most}]`, String(components));
  }
  // A feature that never changes has deviations, and so a variance, of exactly 0.
  const isConstant = features.map((_, j) => !(spread[j][j] > 0));
  const scale = features.map((_, j) => (scaled && !isConstant[j] ? Math.sqrt(spread[j][j]) : 1));
  const matrix = relatedTo(spread, scale, isConstant, scaled);
  const { values, vectors } = symmetricEigen(caller, matrix);
  const kept = components ?? most;
  // Rounding leaves a hair below zero where features repeat one another.
  const explainedVariance = values.slice(0, kept).map((value) => Math.max(0, value));
  if (!Number.isFinite(explainedVariance[0])) {
    refuse(caller, "too-large", "table", "variances whose sum stays below 1.8e308", "an overflow");
  }
  const explainedRatio = sharesOf(explainedVariance, matrix);
  return {
    ...{ kind: "pca", version: 1, features: [...features] },
    notes: notesOf(features, isConstant, explainedRatio[0], n),
    center: mean.map((value) => value + 0),
    scale,
    loadings: vectors.slice(0, kept).map((vector) => [...vector]),
    explainedVariance,
    explainedRatio,
  };
}

/** The covariances, or with `scaled` the correlations; whatever concerns a constant feature is exactly 0. */
function relatedTo(
  spread: readonly (readonly number[])[],
  scale: readonly number[],
  isConstant: readonly boolean[],
  scaled: boolean,
): number[][] {
  const cell = (i: number, j: number): number => {
    if (isConstant[i] || isConstant[j]) return 0;
    if (scaled && i === j) return 1;
    // Divided one by one: the product of two tiny deviations could vanish.
    return spread[i][j] / scale[i] / scale[j];
  };
  return spread.map((row, i) => row.map((_, j) => cell(Math.max(i, j), Math.min(i, j))));
}

/** Shares of the total variance, the sum of the diagonal; 0 where there is none. */
function sharesOf(variances: readonly number[], matrix: readonly (readonly number[])[]): number[] {
  const largest = matrix.reduce((most, row, j) => Math.max(most, row[j]), 0);
  if (largest === 0) return variances.map(() => 0);
  // In units of the largest, so that a sum of huge variances is a number.
  const total = matrix.reduce((sum, row, j) => sum + row[j] / largest, 0);
  return variances.map((variance) => Math.min(1, variance / largest / total));
}

function notesOf(features: readonly string[], isConstant: readonly boolean[], first: number, n: number): Note[] {
  const notes: Note[] = [];
  features.forEach((name, j) => {
    const message = `${name} is the same for all customers and has no part in any component.`;
    if (isConstant[j]) notes.push({ code: "constant-feature", message });
  });
  if (features.length > n - 1) {
    const message = `${n} customers differ in at most ${n - 1} directions, fewer than there are features.`;
    notes.push({ code: "few-customers", message });
  }
  if (first < weakShare && isConstant.includes(false)) {
    const message = `The first component explains ${(100 * first).toFixed(1)} % of the variance: alone it says little.`;
    notes.push({ code: "first-component-weak", message });
  }
  return notes;
}
