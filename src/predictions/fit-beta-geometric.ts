import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { readOptions } from "../core/options.ts";
import { exp, log } from "../numeric/elementary.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import {
  type BetaGeometricModel,
  type CovariateCoefficients,
  covariateNames,
  type FitBgNbdOptions,
  fitBgNbdOptions,
  parameterNames,
} from "./beta-geometric-options.ts";
import { type Occasions, profileLogLikelihood } from "./beta-geometric.ts";
import { type Profile, profileOf } from "./history-profile.ts";
import {
  type Evaluation,
  fullCovariance,
  functionsFrom,
  type LikelihoodMaximum,
  maximizeLikelihood,
} from "./maximize-likelihood.ts";
import { historyFeatures, type PurchaseRows, readPurchaseRows } from "./purchase-rows.ts";

/** From so many distinct histories on, starts are tried on a part of them. */
const manyRows = 600;
const sketchShare = 1 / 20;
const fewestSketchRows = 300;

/** Said of every model of purchases that saw nobody come back. */
export const noRepeats: Note = {
  code: "no-repeat-purchases",
  message: "Nobody has bought twice: the expected number of purchases goes to 0, whatever the parameters are.",
};

/** What the likelihood is made of. */
interface Problem {
  readonly rows: PurchaseRows;
  readonly occasions: Occasions;
  readonly l2: number;
  /** Mean age: times are divided by it. */
  readonly unit: number;
  /** Means and standard deviations of the covariates, of which the rows hold the raw values. */
  readonly center: readonly number[];
  readonly scale: readonly number[];
  /** What each coordinate of the search acts on. */
  readonly coordinates: readonly Coordinate[];
}

/** The logarithm of a parameter, or a coefficient: α · exp(−γ z), a · exp(γ z), b · exp(γ z). */
interface Coordinate {
  /** 0 to 3: r, α, a, b. */
  readonly parameter: number;
  readonly sign: 1 | -1;
  /** Position of the covariate of which it is the coefficient. */
  readonly column?: number;
}

/**
 * Fits BG/NBD or MBG/NBD: all but the kind of a model.
 *
 * @param caller - the public function, for messages.
 * @param table - what the user passed.
 * @param options - what the user passed.
 * @param occasions - which purchases are occasions to leave.
 */
export function fitBetaGeometric(
  caller: string,
  table: FeatureTable,
  options: FitBgNbdOptions | undefined,
  occasions: Occasions,
): Omit<BetaGeometricModel, "kind"> {
  const { l2, covariates, start } = readOptions(caller, fitBgNbdOptions, options);
  const extra = covariateNames(caller, covariates);
  const rows = readPurchaseRows(caller, table, extra);
  if (rows.customers === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const unit = weightedMean(rows.weight, rows.age);
  if (unit === 0) refuse(caller, "degenerate-data", "table", "a customer with an age above 0", "none");
  const purchase = [...(covariates?.purchase ?? [])];
  const dropout = [...(covariates?.dropout ?? [])];
  const problem: Problem = {
    ...{ rows, occasions, l2, unit },
    ...scalesOf(caller, table, rows, extra),
    coordinates: [
      ...parameterNames.map((_, parameter) => ({ parameter, sign: 1 }) as const),
      ...purchase.map((name) => ({ parameter: 1, sign: -1, column: extra.indexOf(name) }) as const),
      ...dropout.map((name) => ({ parameter: 2, sign: 1, column: extra.indexOf(name) }) as const),
      ...dropout.map((name) => ({ parameter: 3, sign: 1, column: extra.indexOf(name) }) as const),
    ],
  };
  const starts = start === undefined ? startsFor(rows) : [[start.r, start.alpha / unit, start.a, start.b]];
  const coefficients = new Array<number>(purchase.length + 2 * dropout.length).fill(0);
  const stride = Math.ceil(rows.length / Math.max(fewestSketchRows, rows.length * sketchShare));
  const part = start === undefined && rows.length > manyRows ? functionsOf(problem, stride) : undefined;
  const found = maximizeLikelihood(caller, {
    ...functionsOf(problem, 1),
    ...{ sketch: part?.objective, sketchHessian: part?.hessian },
    starts: starts.map((values) => [...values.map((value) => log(value)), ...coefficients]),
    names: [...parameterNames, ...purchase, ...dropout, ...dropout],
    customers: rows.customers,
  });
  return {
    ...modelOf(problem, found, purchase.length, dropout.length),
    features: [...historyFeatures, ...extra],
    covariates: { purchase, dropout },
  };
}

/** Σ weight · value. */
export function weightedSum(weight: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weight.length; i++) sum += weight[i] * values[i];
  return sum;
}

/** Σ weight · value / Σ weight. */
export function weightedMean(weight: Float64Array, values: Float64Array): number {
  let customers = 0;
  for (let i = 0; i < weight.length; i++) customers += weight[i];
  return weightedSum(weight, values) / customers;
}

/** Mean and standard deviation of each covariate; a constant one says what α, a and b say already. */
function scalesOf(
  caller: string,
  table: FeatureTable,
  { covariates, width, weight }: PurchaseRows,
  names: readonly string[],
): { center: number[]; scale: number[] } {
  const center: number[] = [];
  const scale: number[] = [];
  names.forEach((name, j) => {
    const column = Float64Array.from(weight, (_, i) => covariates[i * width + j]);
    center.push(weightedMean(weight, column));
    scale.push(
      Math.sqrt(
        weightedMean(
          weight,
          column.map((value) => (value - center[j]) * (value - center[j])),
        ),
      ),
    );
    if (!(scale[j] > 0 && scale[j] < Infinity)) {
      const path = `table.names[${table.names.indexOf(name)}]`;
      refuse(caller, "degenerate-data", path, "values that differ by finite amounts", describeValue(scale[j]));
    }
  });
  return { center, scale };
}

/** Few and frequent leavers, those who leave at once or never, steady and fickle buyers; the mean rate is that of the data. */
function startsFor({ weight, frequency }: PurchaseRows): number[][] {
  const rate = Math.max(0.01, weightedMean(weight, frequency));
  const shapes = [[0.25, 0.8, 2.5], [1, 0.3, 3], [4, 2, 6], [0.1, 0.5, 1], [5, 1.5, 0.2], [5, 0.02, 0.05]]; // prettier-ignore
  return shapes.map(([r, a, b]) => [r, r / rate, a, b]);
}

/** Histories with the same covariates, and what a step of each coordinate changes in the logarithm of its parameter. */
interface Group {
  readonly profile: Profile;
  readonly factors: readonly number[];
}

/** The penalized mean log-likelihood of every so many-th history, negative, and its second derivatives. */
function functionsOf(problem: Problem, stride: number): ReturnType<typeof functionsFrom> {
  const { occasions, l2, coordinates } = problem;
  const groups = groupsOf(problem, stride);
  const customers = groups.reduce((sum, { profile }) => sum + profile.customers, 0);
  const evaluate = (point: Float64Array): Evaluation => {
    let value = 0;
    const gradient = new Float64Array(point.length);
    const hessian = Array.from(point, () => new Array<number>(point.length).fill(0));
    for (const { profile, factors } of groups) {
      const logs = [0, 0, 0, 0];
      coordinates.forEach(({ parameter }, i) => (logs[parameter] += factors[i] * point[i]));
      const [r, alpha, a, b] = logs.map((x) => exp(x));
      const own = profileLogLikelihood(profile, { r, alpha, a, b }, occasions);
      value -= own.value;
      for (let i = 0; i < point.length; i++) {
        const { parameter } = coordinates[i];
        gradient[i] -= factors[i] * own.slopes[parameter];
        for (let j = 0; j < point.length; j++) {
          hessian[i][j] -= factors[i] * factors[j] * own.curvature[parameter][coordinates[j].parameter];
        }
      }
    }
    for (let k = 0; k < point.length; k++) {
      const size = k < 4 ? exp(point[k]) : point[k];
      value += (l2 / 2) * size * size;
      gradient[k] += l2 * size * (k < 4 ? size : 1);
      hessian[k][k] += l2 * (k < 4 ? 2 * size * size : 1);
    }
    return {
      value: value / customers,
      gradient: gradient.map((slope) => slope / customers),
      hessian: hessian.map((row) => row.map((cell) => cell / customers)),
    };
  };
  return functionsFrom(evaluate);
}

/** Rows are sorted by their covariates first: equal ones lie side by side. */
function groupsOf({ rows, unit, center, scale, coordinates }: Problem, stride: number): Group[] {
  const { width, covariates } = rows;
  const groups: Group[] = [];
  const chosen = new Uint32Array(Math.ceil(rows.length / stride));
  for (let i = 0; i < chosen.length; i++) chosen[i] = i * stride;
  const isSame = (i: number, j: number): boolean => {
    for (let k = 0; k < width; k++) if (covariates[i * width + k] !== covariates[j * width + k]) return false;
    return true;
  };
  for (let start = 0, end = 0; start < chosen.length; start = end) {
    while (end < chosen.length && isSame(chosen[start], chosen[end])) end++;
    const own = chosen.subarray(start, end);
    const standardized = (k: number): number => (covariates[own[0] * width + k] - center[k]) / scale[k];
    groups.push({
      profile: profileOf(rows, own, unit),
      factors: coordinates.map(({ sign, column }) => (column === undefined ? 1 : sign * standardized(column))),
    });
  }
  return groups;
}

/** From standardized covariates and scaled times back to the units of the table. */
function modelOf(
  { rows, unit, center, scale, coordinates, l2 }: Problem,
  { point, covariance, notes, ...search }: LikelihoodMaximum,
  purchase: number,
  dropout: number,
): Omit<BetaGeometricModel, "kind" | "features" | "covariates"> {
  // The way back is linear: row i says what a step of each coordinate changes in the i-th result.
  const back = Array.from(point, (_, i) => Array.from(point, (_cell, j): number => (i === j ? 1 : 0)));
  coordinates.forEach(({ column, parameter, sign }, k) => {
    if (column === undefined) return;
    back[parameter][k] = (-sign * center[column]) / scale[column];
    back[k][k] = 1 / scale[column];
  });
  const natural = back.map((row) => row.reduce((sum, factor, j) => sum + (factor === 0 ? 0 : factor * point[j]), 0));
  natural[1] += log(unit);
  const ownCovariance = back.map((left) => back.map((right) => between(left, covariance, right)));
  const errors = ownCovariance.map((row, i) => (row[i] === null ? null : Math.sqrt(Math.max(0, row[i]))));
  const [r, alpha, a, b] = natural.slice(0, 4).map((x) => exp(x));
  const errorOf = (size: number, error: number | null): number | null => (error === null ? null : size * error);
  const split = <Cell>(values: readonly Cell[]): CovariateCoefficients<Cell> => ({
    purchase: values.slice(4, 4 + purchase),
    a: values.slice(4 + purchase, 4 + purchase + dropout),
    b: values.slice(4 + purchase + dropout),
  });
  const purchases = weightedSum(rows.weight, rows.frequency);
  // A density of purchase times in scaled time is one in the table's unit times unit per purchase.
  const logLikelihood = penaltyOf(point, l2) - search.value * rows.customers - purchases * log(unit);
  return {
    version: 1,
    notes: purchases > 0 ? notes : [noRepeats, ...notes],
    ...{ r, alpha, a, b },
    standardErrors: {
      r: errorOf(r, errors[0]),
      alpha: errorOf(alpha, errors[1]),
      a: errorOf(a, errors[2]),
      b: errorOf(b, errors[3]),
    },
    coefficients: split(natural),
    coefficientErrors: split(errors),
    logLikelihood,
    aic: 2 * point.length - 2 * logLikelihood,
    covariance: fullCovariance(ownCovariance),
    converged: search.converged,
    gradientNorm: search.gradientNorm,
    atBoundary: search.atBoundary || purchases === 0,
    iterations: search.iterations,
    unit: rows.unit,
  };
}

/** The covariance of two sums of coordinates; null where it needs one that is not known. */
function between(
  left: readonly number[],
  covariance: LikelihoodMaximum["covariance"],
  right: readonly number[],
): number | null {
  let sum = 0;
  for (let i = 0; i < left.length; i++) {
    for (let j = 0; j < right.length; j++) {
      if (left[i] !== 0 && right[j] !== 0) sum += left[i] * right[j] * (covariance[i][j] ?? NaN);
    }
  }
  return Number.isNaN(sum) ? null : sum;
}

function penaltyOf(point: Float64Array, l2: number): number {
  return point.reduce<number>((sum, x, k) => sum + (l2 / 2) * (k < 4 ? exp(x) * exp(x) : x * x), 0);
}
