import { refuse } from "../core/errors.ts";
import type { ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { invertDefinite } from "../numeric/definite.ts";
import { normal } from "../numeric/distributions.ts";
import { log } from "../numeric/elementary.ts";
import { logisticOptimum, type LogisticOptimum } from "../numeric/logistic-newton.ts";
import { mostLogisticColumns, type OutcomeRows } from "../numeric/logistic-pass.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkOutcome } from "../tables/outcome.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { separationNote } from "./separation.ts";

/** Options of {@link fitLogistic}. */
export interface FitLogisticOptions {
  /**
   * Ridge: λ of the penalty λ/2 · Σ coefficient², which keeps coefficients small; the intercept is free. Default 0, no
   * penalty. It is scikit-learn's 1/C; scale the features first, because the penalty sees their units.
   */
  readonly l2?: number | undefined;
  /** How often each customer counts, ≥ 0: a weight of 2 is the customer twice. Default: 1 for all. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /** Most Newton steps; default 50. */
  readonly maxIterations?: number | undefined;
  /**
   * The fit ends when a step moves no coefficient by more than this, in log odds per usual deviation of its feature;
   * default 1e-9. That step is still taken, so that the error left is about its square.
   */
  readonly tolerance?: number | undefined;
}

/**
 * What moves the odds of an outcome: log odds = intercept + Σ coefficient · value. Lists are by feature. Learned by
 * {@link fitLogistic}.
 */
export interface LogisticModel extends ModelHeader {
  /** What this is. */
  readonly kind: "logistic";
  /** Version of the layout. */
  readonly version: 1;
  /** Log odds where all features are 0. */
  readonly intercept: number;
  /** What one unit more of a feature adds to the log odds, the others being equal. */
  readonly coefficients: readonly number[];
  /** Standard error of the intercept. */
  readonly interceptStandardError: number;
  /** Standard errors of the coefficients, from the second derivatives (with a penalty: of the penalized likelihood). */
  readonly standardErrors: readonly number[];
  /** Intercept / standard error. */
  readonly interceptZValue: number;
  /** Coefficient / standard error. */
  readonly zValues: readonly number[];
  /** Two-sided p-value of the intercept being 0. */
  readonly interceptPValue: number;
  /** Two-sided p-values of each coefficient being 0, by Wald's test. */
  readonly pValues: readonly number[];
  /** Covariance of the estimates, the intercept first, then the features. */
  readonly covariance: readonly (readonly number[])[];
  /** Weighted mean of each feature. */
  readonly means: readonly number[];
  /** Log odds of a customer with these means; predictions start here, so that values far from 0 keep their digits. */
  readonly baseLogOdds: number;
  /** Log likelihood of the outcomes, without the penalty. */
  readonly logLikelihood: number;
  /** Log likelihood if everyone had the base rate. */
  readonly nullLogLikelihood: number;
  /** −2 · logLikelihood. */
  readonly deviance: number;
  /** Deviance + 2 · number of coefficients, the intercept among them. */
  readonly aic: number;
  /** Deviance + ln(total weight) · number of coefficients. */
  readonly bic: number;
  /** Rows of the table. */
  readonly customers: number;
  /** Sum of the weights; the customers where there are none. */
  readonly totalWeight: number;
  /** Weighted share of customers for whom the outcome came. */
  readonly baseRate: number;
  /** λ of the penalty. */
  readonly l2: number;
  /** Newton steps on all customers. */
  readonly iterations: number;
  /** False when coefficients are not the best: see `notes`. */
  readonly converged: boolean;
  /**
   * Largest derivative of the penalized log likelihood before the last step, per unit of weight and usual deviation of the
   * feature: 0 at the optimum.
   */
  readonly gradientNorm: number;
}

/** Option table of {@link fitLogistic}. */
export const fitLogisticOptions: OptionTable<FitLogisticOptions, "weights"> = {
  l2: real({ min: 0, max: 1e15, default: 0 }),
  weights: weightsOption(),
  maxIterations: integer({ min: 1, max: 10_000, default: 50 }),
  tolerance: real({ min: 0, max: 1, default: 1e-9 }),
};

/**
 * Learns how features move the odds of an outcome: conversion, churn, reactivation, a call for help.
 *
 * Coefficients are those that make the outcomes most likely, without a penalty unless `l2` is given. Features may have any
 * units and lie far from 0. Where features tell the outcomes apart without error, there are no such coefficients: they
 * would grow forever. The fit then stops, says `converged: false` and names the features in a note `separation`; its numbers
 * are finite, and mean nothing but that. A penalty or fewer features help.
 *
 * @param table - features known before the outcome, one row per customer, all finite.
 * @param outcome - 1 where the outcome came, 0 where it did not; one per row.
 * @param options - see {@link FitLogisticOptions}.
 * @returns the model, for {@link predictLogistic}, {@link explainLogistic} and {@link measureOddsRatios}. A note
 * `not-converged` says that `maxIterations` were not enough.
 * @throws {ClienteleError} `degenerate-data` when all have the same outcome, or, without a penalty, with the feature in the
 * path that is constant or a linear combination of those before it; `too-few-rows` without customers, or without a penalty
 * for fewer customers than coefficients; `invalid-value` at the first cell that is missing or infinite; `shape-mismatch`;
 * `too-large` when squares overflow. Cost: n·d² / 2 multiplications a step, about four steps on all of many customers.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [5], [6]], { names: ["visits"] });
 * const model = fitLogistic(table, Uint8Array.of(0, 0, 1, 0, 1, 1));
 * model.coefficients; // [1.214]
 * predictLogistic(model, table)[5]; // 0.954
 * @see Hosmer, Lemeshow & Sturdivant (2013), "Applied Logistic Regression"; Albert & Anderson (1984) on separation.
 */
export function fitLogistic(table: FeatureTable, outcome: Uint8Array, options?: FitLogisticOptions): LogisticModel {
  const caller = "fitLogistic";
  const search = readOptions(caller, fitLogisticOptions, options);
  checkTable(caller, table);
  const { ids, names, values } = table;
  if (names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  if (names.length > mostLogisticColumns) {
    refuse(caller, "too-large", "table.names", `at most ${mostLogisticColumns} features`, String(names.length));
  }
  if (ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const weights = readWeights(caller, search.weights, ids.length);
  const positives = checkOutcome(caller, outcome, ids.length, weights);
  const data = { values, rows: ids.length, columns: names.length, outcome, weights };
  const optimum = logisticOptimum(data, search);
  if ("obstacle" in optimum) return refuseObstacle(caller, table, optimum.obstacle, optimum.column, search.l2);
  return modelOf(table, data, positives, optimum, search.l2);
}

function refuseObstacle(
  caller: string,
  table: FeatureTable,
  obstacle: "dependent" | "overflow",
  column: number,
  l2: number,
): never {
  checkFinite(caller, table);
  if (obstacle === "overflow") {
    refuse(caller, "too-large", "table", "deviations whose squares stay below 1.8e308", "an overflow");
  }
  const { ids, names } = table;
  if (l2 === 0 && ids.length <= names.length) {
    refuse(
      caller,
      "too-few-rows",
      "table",
      `at least ${names.length + 1} rows, one per coefficient`,
      String(ids.length),
    );
  }
  const wanted = "values that are not constant and no combination of the features before it";
  refuse(caller, "degenerate-data", `table.${names[Math.max(0, column - 1)]}`, wanted, "such values");
}

function modelOf(
  table: FeatureTable,
  data: OutcomeRows,
  positives: number,
  optimum: LogisticOptimum,
  l2: number,
): LogisticModel {
  const { coefficients, center, scale, sums, end } = optimum;
  const count = coefficients.length;
  const [middle, ...slopes] = coefficients;
  const [totalWeight, ...deviations] = optimum.rowSums;
  const means = deviations.map((sum, j) => center[j] + sum / totalWeight + 0);
  // From the means as they are rounded: beside 1e9 that is a ten-millionth, which then cancels in predictions.
  const base = middle + slopes.reduce((sum, slope, j) => sum + slope * (means[j] - center[j]), 0);
  const estimates = [middle - slopes.reduce((sum, slope, j) => sum + slope * center[j], 0), ...slopes];
  const covariance = uncentered(invertDefinite(optimum.factor), center);
  const errors = covariance.map((row, j) => Math.sqrt(row[j]));
  const zValues = estimates.map((estimate, j) => estimate / errors[j]);
  const pValues = zValues.map((z) => 2 * normal.sf(Math.abs(z)));
  const baseRate = positives / totalWeight;
  const deviance = 2 * sums.loss;
  const gradient = sums.gradient.map((value, j) => (j === 0 ? value : (value - l2 * slopes[j - 1]) / scale[j - 1]));
  return {
    kind: "logistic",
    version: 1,
    features: [...table.names],
    notes: notesOf(table, data, optimum),
    intercept: estimates[0] + 0,
    coefficients: slopes.map((slope) => slope + 0),
    interceptStandardError: errors[0],
    standardErrors: errors.slice(1),
    interceptZValue: zValues[0] + 0,
    zValues: zValues.slice(1).map((z) => z + 0),
    interceptPValue: pValues[0],
    pValues: pValues.slice(1),
    covariance,
    means,
    baseLogOdds: base + 0,
    logLikelihood: 0 - sums.loss,
    nullLogLikelihood: positives * log(baseRate) + (totalWeight - positives) * log(1 - baseRate),
    deviance,
    aic: deviance + 2 * count,
    bic: deviance + count * log(totalWeight),
    customers: data.rows,
    totalWeight,
    baseRate,
    l2,
    iterations: optimum.iterations,
    converged: end === "converged",
    gradientNorm: gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / totalWeight,
  };
}

/** The covariance for values as they are, from that for value − center: only what concerns the intercept differs. */
function uncentered(centered: readonly Float64Array[], center: Float64Array): number[][] {
  const rows = centered.map((row) => Array.from(row, (value) => value + 0));
  const size = rows.length;
  for (let j = 1; j < size; j++) {
    let sum = rows[0][j];
    for (let k = 1; k < size; k++) sum -= center[k - 1] * centered[k][j];
    rows[0][j] = rows[j][0] = sum + 0;
  }
  let corner = centered[0][0];
  for (let j = 1; j < size; j++) corner -= center[j - 1] * (centered[0][j] + rows[0][j]);
  // Rounding may leave a hair below what the centered intercept alone has.
  rows[0][0] = Math.max(corner, 0);
  return rows;
}

function notesOf(table: FeatureTable, data: OutcomeRows, { end, direction, scale }: LogisticOptimum): Note[] {
  if (direction !== undefined) return [separationNote(table.names, data, direction.subarray(1), scale)];
  if (end === "converged") return [];
  const message = "The steps did not settle: the coefficients are those of the last one. Allow more iterations.";
  return [{ code: "not-converged", message }];
}
