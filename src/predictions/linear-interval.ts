import { refuse } from "../core/errors.ts";
import { checkModel, isFiniteMatrix, isFiniteVector } from "../core/model.ts";
import { oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { studentT } from "../numeric/distributions.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkLinear, type LinearModel, quadraticForm } from "./linear-model.ts";
import { predictLinear } from "./linear.ts";

/** Options of {@link predictLinearInterval}. */
export interface PredictLinearIntervalOptions {
  /** How often an interval made like this holds what it is about. Default 0.95. */
  readonly level?: number | undefined;
  /**
   * What the interval is about: one new `"outcome"` (of weight 1, normally distributed), the default; or the `"mean"` of all
   * customers with these features.
   */
  readonly about?: "outcome" | "mean" | undefined;
}

/** Option table of {@link predictLinearInterval}. */
export const predictLinearIntervalOptions: OptionTable<PredictLinearIntervalOptions> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
  about: oneOf(["outcome", "mean"], { default: "outcome" }),
};

/**
 * Expects the outcome of customers with an interval around it.
 *
 * @param model - of {@link fitLinear}, with degrees of freedom left.
 * @param table - the model's features, in its order; finite.
 * @param options - see {@link PredictLinearIntervalOptions}.
 * @returns the features `expected`, `lower`, `upper`, one row per customer.
 * @throws {ClienteleError} as {@link predictLinear}; `too-few-rows` when the model was fitted on as many rows as coefficients.
 * Cost: n·d².
 * @example
 * const cars = fromMatrix([[4], [7], [8], [9], [10]], { names: ["speed"] });
 * const model = fitLinear(cars, [2, 4, 16, 10, 18]);
 * predictLinearInterval(model, fromMatrix([[8]], { names: ["speed"] })).values; // Float64Array [11.019, -4.937, 26.975]
 */
export function predictLinearInterval(
  model: LinearModel,
  table: FeatureTable,
  options?: PredictLinearIntervalOptions,
): FeatureTable {
  const caller = "predictLinearInterval";
  const { level, about } = readOptions(caller, predictLinearIntervalOptions, options);
  checkLinear(caller, model, table);
  const deviations = checkCoordinates(caller, model);
  const expected = predictLinear(model, table);
  const factor = studentT(model.degreesOfFreedom).upperQuantile((1 - level) / 2);
  const own = about === "outcome" ? deviations.variance : 0;
  const values = new Float64Array(3 * expected.length);
  const width = table.names.length;
  expected.forEach((center, i) => {
    const z = coordinatesOf(model, table.values.subarray(i * width, (i + 1) * width));
    const variance = own + Math.max(0, quadraticForm(deviations.spread, z.length, z));
    const half = factor * Math.sqrt(variance);
    values.set([center, center - half, center + half], 3 * i);
  });
  return { ids: [...table.ids], names: ["expected", "lower", "upper"], values };
}

/** Makes sure that a model can tell how sure it is; returns its covariance in coordinates, flat, and its variance. */
export function checkCoordinates(
  caller: string,
  model: LinearModel,
): { readonly spread: Float64Array; readonly variance: number } {
  const { features, totalWeight, sigma, coordinateCovariance } = model;
  if (sigma === null || coordinateCovariance === null) {
    refuse(caller, "too-few-rows", "model", "more rows than coefficients behind it", "as many");
  }
  checkModel(caller, model, {
    kind: "linear",
    version: 1,
    shape: {
      sigma: Number.isFinite,
      degreesOfFreedom: (value) => Number.isFinite(value) && (value as number) > 0,
      means: (value) => isFiniteVector(value, features.length),
      totalWeight: (value) => Number.isFinite(value) && (value as number) >= 0,
      root: (value) => isFiniteMatrix(value, features.length, features.length),
      coordinateCovariance: (value) => {
        const width = features.length + (totalWeight > 0 ? 1 : 0);
        return isFiniteMatrix(value, width, width);
      },
    },
  });
  return { spread: Float64Array.from(coordinateCovariance.flat()), variance: sigma * sigma };
}

/** A row in the model's uncorrelated coordinates, the level first when there is an intercept. */
export function coordinatesOf({ means, root, totalWeight }: LinearModel, row: ArrayLike<number>): Float64Array {
  const lead = totalWeight > 0 ? 1 : 0;
  const z = new Float64Array(lead + means.length);
  if (lead === 1) z[0] = 1 / Math.sqrt(totalWeight);
  means.forEach((mean, j) => {
    const deviation = row[j] - mean;
    for (let k = j; k < means.length; k++) z[lead + k] += root[j][k] * deviation;
  });
  return z;
}
