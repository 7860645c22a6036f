import { describeValue, isList, refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader } from "../core/model.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { Robust } from "./linear-covariance.ts";

/** An outcome as an intercept plus a sum of coefficients times features. What cannot be known is null. */
export interface LinearModel extends ModelHeader {
  /** Always `"linear"`. */
  readonly kind: "linear";
  /** Version of the layout. */
  readonly version: 1;
  /** Rows of weight above 0. */
  readonly rows: number;
  /** What is expected where every feature is 0; 0 without an intercept. */
  readonly intercept: number;
  /** By how much the outcome rises with one unit of each feature, the others being equal. */
  readonly coefficients: readonly number[];
  /** Standard error of the intercept; null without one. */
  readonly interceptStandardError: number | null;
  /** Standard error of each coefficient; null without degrees of freedom. */
  readonly standardErrors: readonly (number | null)[];
  /** Intercept by its standard error. */
  readonly interceptTValue: number | null;
  /** Coefficient by its standard error; null where that is 0. */
  readonly tValues: readonly (number | null)[];
  /** Two-sided p-value of the intercept by Student's t. */
  readonly interceptPValue: number | null;
  /** Two-sided p-values by Student's t. */
  readonly pValues: readonly (number | null)[];
  /** Share of the variance that is explained: around the mean or, without an intercept, around 0. */
  readonly rSquared: number | null;
  /** The same, less what that many features explain by chance. */
  readonly adjustedRSquared: number | null;
  /** Test of all coefficients at once; of Wald with robust standard errors; null with a penalty. */
  readonly fStatistic: number | null;
  /** Its p-value. */
  readonly fPValue: number | null;
  /** Standard deviation of an observation of weight 1 around its expectation. */
  readonly sigma: number | null;
  /** Rows less coefficients; with a penalty less the effective number of them, not a whole one. */
  readonly degreesOfFreedom: number;
  /** Σ weight · residual². */
  readonly residualSquares: number;
  /** Logarithm of the normal likelihood. */
  readonly logLikelihood: number | null;
  /** Akaike's criterion: 2 · coefficients − 2 · logLikelihood, as in statsmodels; R counts `sigma` too and is 2 larger. */
  readonly aic: number | null;
  /** Bayesian criterion with log(rows) in place of 2. */
  readonly bic: number | null;
  /** By how much the other features inflate the variance of each coefficient: 1 = not at all, above 10 hard to tell apart. */
  readonly varianceInflation: readonly number[];
  /** Covariance of the coefficients, d × d. */
  readonly covariance: readonly (readonly number[])[] | null;
  /** Weighted mean of each feature; 0 without an intercept. */
  readonly means: readonly number[];
  /** Σ of the weights; 0 without an intercept. */
  readonly totalWeight: number;
  /** Upper triangle, d × d: rootᵀ · (row − means) is the row in uncorrelated coordinates, for intervals that keep their digits. */
  readonly root: readonly (readonly number[])[];
  /** Covariance of the coefficients (the level at the means first) in those coordinates. */
  readonly coordinateCovariance: readonly (readonly number[])[] | null;
  /** The penalty. */
  readonly l2: number;
  /** Which standard errors these are. */
  readonly robust: Robust | "classical";
  /** Lags of Newey and West; null for others. */
  readonly lags: number | null;
}

/** Refuses a damaged model, or a table that it does not fit. */
export function checkLinear(caller: string, model: LinearModel, table: FeatureTable): void {
  checkTable(caller, table);
  checkModel(caller, model, {
    kind: "linear",
    version: 1,
    shape: {
      intercept: Number.isFinite,
      coefficients: (value, { features }) => isFiniteVector(value, features.length),
    },
    features: table.names,
  });
  checkFinite(caller, table);
}

/** Refuses what is no list of as many numbers as there are rows. */
export function checkLength(caller: string, path: string, list: ArrayLike<number>, rows: number): void {
  if (!isList(list) || list.length !== rows) {
    refuse(caller, "shape-mismatch", path, `${rows} numbers, one per row`, describeValue(list));
  }
}

/** Refuses the first value that is not a finite number. */
export function checkTarget(caller: string, path: string, target: ArrayLike<number>): void {
  for (let i = 0; i < target.length; i++) {
    if (!Number.isFinite(target[i]))
      refuse(caller, "invalid-value", `${path}[${i}]`, "finite", describeValue(target[i]));
  }
}

/** zᵀ · matrix · z. */
export function quadraticForm(matrix: ArrayLike<number>, width: number, z: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    let row = 0;
    for (let k = 0; k < width; k++) row += matrix[i * width + k] * z[k];
    sum += z[i] * row;
  }
  return sum;
}
