import { checkModel, isFiniteVector } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { studentT } from "../numeric/distributions.ts";
import type { LinearModel } from "./linear-model.ts";

/** Options of {@link measureCoefficients}. */
export interface MeasureCoefficientsOptions {
  /** How often an interval made like this holds the coefficient. Default 0.95. */
  readonly level?: number | undefined;
}

/** One coefficient with its uncertainty; null is what the rows cannot tell. */
export interface CoefficientEstimate {
  /** Name of the feature; `(intercept)` for the constant. */
  readonly feature: string;
  /** By how much the outcome rises with one unit of the feature. */
  readonly estimate: number;
  /** Standard error of the estimate. */
  readonly standardError: number | null;
  /** Interval by Student's t. */
  readonly interval: readonly [number, number] | null;
  /** Estimate by its standard error. */
  readonly tValue: number | null;
  /** Two-sided p-value of no difference. */
  readonly pValue: number | null;
  /** The p-value, adjusted by Benjamini and Hochberg for the number of features; null for the intercept. */
  readonly adjustedPValue: number | null;
}

/** Result of {@link measureCoefficients}. */
export interface CoefficientReport {
  /** The constant; null without one. */
  readonly intercept: CoefficientEstimate | null;
  /** One per feature, in the model's order. */
  readonly coefficients: readonly CoefficientEstimate[];
  /** The level of the intervals. */
  readonly level: number;
  /** The model's own notes. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureCoefficients}. */
export const measureCoefficientsOptions: OptionTable<MeasureCoefficientsOptions> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
};

/**
 * Tells which features go with the outcome, how much and how surely: each coefficient with interval and p-value, adjusted because
 * many features are asked at once.
 *
 * @param model - of {@link fitLinear}.
 * @param options - see {@link MeasureCoefficientsOptions}.
 * @returns a report; see {@link CoefficientReport}.
 * @throws {ClienteleError} `incompatible-model` for a damaged model.
 * @example
 * const cars = fromMatrix([[4], [7], [8], [9], [10]], { names: ["speed"] });
 * measureCoefficients(fitLinear(cars, [2, 4, 16, 10, 18])).coefficients[0].interval; // [-0.606, 5.701]
 */
export function measureCoefficients(model: LinearModel, options?: MeasureCoefficientsOptions): CoefficientReport {
  const caller = "measureCoefficients";
  const { level } = readOptions(caller, measureCoefficientsOptions, options);
  const isEach = (value: unknown, { features }: LinearModel): boolean =>
    Array.isArray(value) && value.length === features.length && value.every(isFiniteOrNull);
  checkModel(caller, model, {
    kind: "linear",
    version: 1,
    shape: {
      intercept: Number.isFinite,
      interceptStandardError: isFiniteOrNull,
      interceptTValue: isFiniteOrNull,
      interceptPValue: isFiniteOrNull,
      coefficients: (value, { features }) => isFiniteVector(value, features.length),
      standardErrors: isEach,
      tValues: isEach,
      pValues: isEach,
      degreesOfFreedom: (value) => Number.isFinite(value) && (value as number) >= 0,
      totalWeight: Number.isFinite,
    },
  });
  const { features, coefficients, standardErrors, tValues, pValues, degreesOfFreedom } = model;
  const factor = degreesOfFreedom > 0 ? studentT(degreesOfFreedom).upperQuantile((1 - level) / 2) : 0;
  const intervalOf = (estimate: number, error: number | null): readonly [number, number] | null =>
    error === null ? null : [estimate - factor * error, estimate + factor * error];
  const adjustedPValues = adjusted(pValues, "bh");
  const { intercept, interceptStandardError, interceptTValue, interceptPValue } = model;
  return {
    intercept:
      model.totalWeight > 0
        ? {
            feature: "(intercept)",
            estimate: intercept,
            standardError: interceptStandardError,
            interval: intervalOf(intercept, interceptStandardError),
            tValue: interceptTValue,
            pValue: interceptPValue,
            adjustedPValue: null,
          }
        : null,
    coefficients: features.map((feature, j) => ({
      feature,
      estimate: coefficients[j],
      standardError: standardErrors[j],
      interval: intervalOf(coefficients[j], standardErrors[j]),
      tValue: tValues[j],
      pValue: pValues[j],
      adjustedPValue: adjustedPValues[j],
    })),
    level,
    notes: model.notes.map((note) => ({ ...note })),
  };
}

function isFiniteOrNull(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}
