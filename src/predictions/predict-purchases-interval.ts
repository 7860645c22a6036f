import { refuse } from "../core/errors.ts";
import { isFiniteMatrix } from "../core/model.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { exp, log } from "../numeric/elementary.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import {
  checkHorizon,
  perHistory,
  predictPurchasesOptions,
  type PredictPurchasesOptions,
  processFor,
  type PurchaseModel,
} from "./predict-purchases.ts";
import type { History } from "./purchase-process.ts";

/** Options of {@link predictPurchasesInterval}. */
export interface PredictPurchasesIntervalOptions extends PredictPurchasesOptions {
  /** How often intervals made like this hold the expectation. Default 0.95. */
  readonly level?: number | undefined;
}

/** Option table of {@link predictPurchasesInterval}. */
export const predictPurchasesIntervalOptions: OptionTable<PredictPurchasesIntervalOptions> = {
  ...predictPurchasesOptions,
  level: real({ above: 0, below: 1, default: 0.95 }),
};

/** Steps of the differences, in standard errors of what is moved: the expectation is known to 13 digits. */
const step = 1e-2;

/**
 * Expects how many purchases each customer will make, and tells how far that depends on chance in the data that the model was fitted on.
 *
 * The interval is about the expectation of customers with such a history: with more customers to learn from it shrinks. It says nothing
 * about the luck of one customer, whose number of purchases scatters around the expectation however well that is known. It is made by
 * the delta method on the logarithm: expectations stay above 0.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}, with a `covariance`.
 * @param summary - histories up to now, by name.
 * @param options - see {@link PredictPurchasesIntervalOptions}.
 * @returns the features `expected` (as {@link predictPurchases}), `lower` and `upper`, one row per customer.
 * @throws {ClienteleError} `degenerate-data` for a model without a covariance, of which a parameter ran off; otherwise as
 * {@link predictPurchases}. Cost: that of nine calls of it, four more for each coefficient of a covariate.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * const [expected, lower, upper] = predictPurchasesInterval(model, summary, { horizon: 13, level: 0.8 }).values;
 * lower < expected && expected < upper; // true
 * @see Efron & Hastie (2016), "Computer Age Statistical Inference", section 2.1, for the delta method.
 */
export function predictPurchasesInterval(
  model: PurchaseModel,
  summary: FeatureTable,
  options: PredictPurchasesIntervalOptions,
): FeatureTable {
  const caller = "predictPurchasesInterval";
  const { horizon, level } = readOptions(caller, predictPurchasesIntervalOptions, options);
  const process = processFor(caller, model);
  checkHorizon(caller, process, horizon, "options.horizon");
  const covariance = checkCovariance(caller, model, process.parameters.length);
  const errors = covariance.map((row, i) => Math.sqrt(row[i]));
  const moved = errors.map((error, i) =>
    [1, -1].map((side) => modelAt(model, process.parameters, i, side * step * error)),
  );
  // Slopes in units of each error, and the correlations: numbers of size 1.
  const spreadOf = (history: History): number => {
    const slopes = moved.map(([above, below]) => {
      const rise = log(process.expected(above, history, horizon)) - log(process.expected(below, history, horizon));
      // So near 0 that one side underflows.
      return Number.isFinite(rise) ? rise / (2 * step) : 0;
    });
    let variance = 0;
    covariance.forEach((row, i) => {
      row.forEach((cell, j) => (variance += slopes[i] * slopes[j] * (cell / (errors[i] * errors[j]))));
    });
    return Math.sqrt(Math.max(0, variance));
  };
  const expected = perHistory(caller, model, summary, (history) => process.expected(model, history, horizon));
  const spread = perHistory(caller, model, summary, (history) =>
    process.expected(model, history, horizon) > 0 ? spreadOf(history) : 0,
  );
  const z = normal.upperQuantile((1 - level) / 2);
  const values = new Float64Array(3 * expected.length);
  expected.forEach((center, i) => {
    const factor = exp(z * spread[i]);
    values.set([center, center / factor, Math.min(Number.MAX_VALUE, center * factor)], 3 * i);
  });
  return { ids: [...summary.ids], names: ["expected", "lower", "upper"], values };
}

function checkCovariance(caller: string, model: PurchaseModel, parameters: number): readonly (readonly number[])[] {
  const { covariance } = model;
  if (covariance === null) {
    const expected = "known: a model of which no parameter ran off";
    refuse(caller, "degenerate-data", "model.covariance", expected, "null");
  }
  const width = parameters + coefficientsOf(model).length;
  const isSound = isFiniteMatrix(covariance, width, width) && covariance.every((row, i) => row[i] > 0);
  if (!isSound) refuse(caller, "incompatible-model", "model.covariance", "intact", "another value");
  return covariance;
}

/** Where a model holds its coefficients, in the order of its covariance. */
function coefficientsOf(model: PurchaseModel): { readonly key: "purchase" | "a" | "b"; readonly place: number }[] {
  if (!("coefficients" in model)) return [];
  const keys = ["purchase", "a", "b"] as const;
  return keys.flatMap((key) => model.coefficients[key].map((_, place) => ({ key, place })));
}

/** The model with one parameter's logarithm, or one coefficient, moved. */
function modelAt(model: PurchaseModel, names: readonly string[], i: number, shift: number): PurchaseModel {
  if (i < names.length) {
    const size = (model as unknown as Readonly<Record<string, number>>)[names[i]];
    return { ...model, [names[i]]: size * exp(shift) };
  }
  const { key, place } = coefficientsOf(model)[i - names.length];
  if (!("coefficients" in model)) return model;
  const list = model.coefficients[key].map((value, k) => (k === place ? value + shift : value));
  return { ...model, coefficients: { ...model.coefficients, [key]: list } };
}
