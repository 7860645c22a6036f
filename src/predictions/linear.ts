import { describeValue, isList, refuse } from "../core/errors.ts";
import {
  custom,
  flag,
  integer,
  oneOf,
  type OptionTable,
  readOptions,
  type ReadOptions,
  real,
} from "../core/options.ts";
import { solveLeastSquares } from "../numeric/least-squares.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { type Robust, usualLags } from "./linear-covariance.ts";
import { checkLength, checkLinear, checkTarget, type LinearModel } from "./linear-model.ts";
import { linearModelOf } from "./linear-statistics.ts";

/** Options of {@link fitLinear}. */
export interface FitLinearOptions {
  /** Penalty λ: Σ weight · residual² + λ · Σ coefficient² is least, in the units of the features, the intercept free. Default 0. */
  readonly l2?: number | undefined;
  /**
   * One weight of at least 0 per row: the inverse of its variance, up to a factor, as in R's `lm`. A row of weight 0 is as good as
   * absent. Default: all 1.
   */
  readonly weights?: ArrayLike<number> | undefined;
  /** Whether there is a constant. Default true; without it R² compares with 0 instead of the mean. */
  readonly intercept?: boolean | undefined;
  /**
   * Standard errors that hold where the variance changes from row to row (`"hc3"`), and where neighboring rows, being consecutive
   * periods, also depend on one another (`"newey-west"`). The coefficients stay the same.
   */
  readonly robust?: Robust | undefined;
  /** With `"newey-west"`: over how many periods residuals depend on one another; ⌊4 · (n / 100)^(2/9)⌋ when absent. */
  readonly lags?: number | undefined;
}

/** Option table of {@link fitLinear}. */
export const fitLinearOptions: OptionTable<FitLinearOptions, "weights" | "robust" | "lags"> = {
  l2: real({ min: 0, default: 0 }),
  weights: custom("a list of numbers, one per row", isList, [null, 1, "weights", {}], { optional: true }),
  intercept: flag({ default: true }),
  robust: oneOf(["hc3", "newey-west"], { optional: true }),
  lags: integer({ min: 0, optional: true }),
};

/** More columns would need gigabytes for the d × d rest. */
const mostFeatures = 2000;

/**
 * Finds how an amount depends on features: revenue on visits and plan, sales on spend, any outcome on what customers did.
 *
 * Least squares by Householder's QR, never by products of columns: powers of one number or timestamps keep their digits. Where
 * columns nearly repeat one another the decomposition is done again in twice the precision, if the data are few. A coefficient is an
 * association with the outcome, the other features being equal; whether the feature causes it is another question.
 *
 * @param table - n customers (or periods) × d finite features; n of at least d, plus 1 for the intercept.
 * @param target - the outcome, n finite numbers.
 * @param options - see {@link FitLinearOptions}.
 * @returns a model for {@link predictLinear}, {@link predictLinearInterval}, {@link measureCoefficients}; `notes` say
 * `variance-inflation`, `ill-conditioned`, `perfect-fit`, `no-degrees-of-freedom`, `penalized`, `full-leverage`.
 * @throws {ClienteleError} `degenerate-data` with the feature in the path when it is a combination of those before it (or constant
 * beside an intercept): it is never dropped silently; `too-few-rows`; `invalid-value` at the first cell that is missing or
 * infinite; `shape-mismatch`; `too-large` when squares overflow or beyond 2000 features. Cost: 2·n·d²; `robust` adds n·d² for
 * each lag.
 * @example
 * const model = fitLinear(fromMatrix([[4], [7], [8], [9], [10]], { names: ["speed"] }), [2, 4, 16, 10, 18]);
 * model.coefficients[0]; // 2.547
 * model.standardErrors[0]; // 0.991
 * @see Golub & Van Loan (2013), "Matrix Computations", 5.2; Long & Ervin (2000), "Using heteroscedasticity consistent standard
 * errors"; Newey & West (1987), "A simple, positive semi-definite … covariance matrix".
 */
export function fitLinear(table: FeatureTable, target: ArrayLike<number>, options?: FitLinearOptions): LinearModel {
  const caller = "fitLinear";
  const read = readOptions(caller, fitLinearOptions, options);
  const rows = checkInput(caller, table, target, read);
  const design = { ...table, columns: table.names.length, target, weights: read.weights, intercept: read.intercept };
  const solution = solveLeastSquares(design, read.l2);
  if ("reason" in solution)
    return refuseSolution(caller, table, target, solution.reason === "dependent" ? solution.column : -1);
  const lags = read.robust === "newey-west" ? (read.lags ?? usualLags(rows)) : null;
  if (lags !== null && lags >= rows)
    refuse(caller, "invalid-option", "options.lags", `below ${rows} rows`, String(lags));
  return linearModelOf(design, solution, { ...read, rows, lags });
}

/**
 * Expects the outcome of customers.
 *
 * @param model - of {@link fitLinear}.
 * @param table - the model's features, in its order; finite.
 * @returns one number per row: intercept + Σ coefficient · feature.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first cell that is
 * missing or infinite. Cost: n·d.
 * @example
 * const table = fromMatrix([[1], [2], [3]]);
 * predictLinear(fitLinear(table, [3, 5, 7]), fromMatrix([[10]])); // Float64Array [21.0]
 */
export function predictLinear(model: LinearModel, table: FeatureTable): Float64Array {
  checkLinear("predictLinear", model, table);
  const width = table.names.length;
  const expected = new Float64Array(table.ids.length).fill(model.intercept);
  for (let i = 0; i < expected.length; i++) {
    for (let j = 0; j < width; j++) expected[i] += model.coefficients[j] * table.values[i * width + j];
  }
  return expected;
}

function checkInput(
  caller: string,
  table: FeatureTable,
  target: ArrayLike<number>,
  { weights, intercept, l2, robust, lags }: ReadOptions<FitLinearOptions, "weights" | "robust" | "lags">,
): number {
  checkTable(caller, table);
  const features = table.names.length;
  if (features === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  if (features > mostFeatures)
    refuse(caller, "too-large", "table.names", `at most ${mostFeatures} features`, String(features));
  checkLength(caller, "target", target, table.ids.length);
  if (lags !== undefined && robust !== "newey-west") {
    refuse(caller, "invalid-option", "options.lags", 'absent unless robust is "newey-west"', String(lags));
  }
  let rows = table.ids.length;
  if (weights !== undefined) {
    checkLength(caller, "options.weights", weights, rows);
    rows = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight: unknown = weights[i];
      if (!(typeof weight === "number" && weight >= 0 && weight < Infinity)) {
        refuse(caller, "invalid-value", `options.weights[${i}]`, "at least 0 and finite", describeValue(weight));
      }
      if (weight > 0) rows++;
    }
  }
  const least = l2 > 0 ? 2 : features + (intercept ? 1 : 0);
  if (rows < least) refuse(caller, "too-few-rows", "table", `at least ${least} rows`, String(rows));
  return rows;
}

function refuseSolution(caller: string, table: FeatureTable, target: ArrayLike<number>, dependent: number): never {
  checkFinite(caller, table);
  checkTarget(caller, "target", target);
  if (dependent < 0) refuse(caller, "too-large", "table", "deviations whose squares stay below 1.8e308", "an overflow");
  const path = `table.names[${dependent}] (${table.names[dependent]})`;
  refuse(caller, "degenerate-data", path, "values that the features before it do not give", "a combination of them");
}
