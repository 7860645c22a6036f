import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { readOptions } from "../core/options.ts";
import { exp, log } from "../numeric/elementary.ts";
import type { Objective } from "../numeric/minimize.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import {
  type BetaGeometricModel,
  type CovariateCoefficients,
  covariateNames,
  type FitBgNbdOptions,
  fitBgNbdOptions,
  parameterNames,
} from "./beta-geometric-options.ts";
import { type Occasions, type Profile, profileLogLikelihood, profileOf } from "./beta-geometric.ts";
import { type LikelihoodMaximum, maximizeLikelihood } from "./maximize-likelihood.ts";
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
  /** Positions of the covariates that act on purchases and on drop-out. */
  readonly purchase: readonly number[];
  readonly dropout: readonly number[];
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
    purchase: purchase.map((name) => extra.indexOf(name)),
    dropout: dropout.map((name) => extra.indexOf(name)),
  };
  const starts = start === undefined ? startsFor(rows) : [[start.r, start.alpha / unit, start.a, start.b]];
  const coefficients = new Array<number>(purchase.length + 2 * dropout.length).fill(0);
  const found = maximizeLikelihood(caller, {
    objective: objectiveOf(problem, 1),
    sketch:
      start === undefined && rows.length > manyRows
        ? objectiveOf(problem, Math.ceil(rows.length / Math.max(fewestSketchRows, rows.length * sketchShare)))
        : undefined,
    starts: starts.map((values) => [...values.map((value) => log(value)), ...coefficients]),
    names: [...parameterNames, ...purchase, ...dropout, ...dropout],
    customers: rows.customers,
  });
  return { ...modelOf(problem, found), features: [...historyFeatures, ...extra], covariates: { purchase, dropout } };
}

/** Σ weight · value. */
export function weightedSum(weight: Float64Array, values: Float64Array): number {
  return values.reduce((sum, value, i) => sum + weight[i] * value, 0);
}

/** Σ weight · value / Σ weight. */
export function weightedMean(weight: Float64Array, values: Float64Array): number {
  return weightedSum(weight, values) / weight.reduce((sum, count) => sum + count, 0);
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

/** Few and frequent leavers, steady and fickle buyers; the mean rate is that of the data. */
function startsFor({ weight, frequency }: PurchaseRows): number[][] {
  const rate = Math.max(0.01, weightedMean(weight, frequency));
  const shapes = [[0.25, 0.8, 2.5], [1, 0.3, 3], [4, 2, 6], [0.1, 0.5, 1]]; // prettier-ignore
  return shapes.map(([r, a, b]) => [r, r / rate, a, b]);
}

/** Histories with the same covariates, and these, standardized. */
interface Group {
  readonly profile: Profile;
  readonly covariates: Float64Array;
}

/** The penalized mean log-likelihood of every so many-th history, negative. */
function objectiveOf(problem: Problem, stride: number): Objective {
  const { occasions, l2, purchase, dropout } = problem;
  const groups = groupsOf(problem, stride);
  const customers = groups.reduce((sum, { profile }) => sum + profile.customers, 0);
  const firstA = 4 + purchase.length;
  const firstB = firstA + dropout.length;
  const shift = (point: Float64Array, first: number, columns: readonly number[], z: Float64Array): number =>
    columns.reduce((sum, column, k) => sum + point[first + k] * z[column], 0);
  return (point, gradient) => {
    const [r, alpha, a, b] = point.subarray(0, 4).map((x) => exp(x));
    let value = 0;
    gradient.fill(0);
    for (const { profile, covariates } of groups) {
      const slopes = new Float64Array(4);
      const own = {
        r,
        alpha: alpha * exp(-shift(point, 4, purchase, covariates)),
        a: a * exp(shift(point, firstA, dropout, covariates)),
        b: b * exp(shift(point, firstB, dropout, covariates)),
      };
      value -= profileLogLikelihood(profile, own, occasions, slopes);
      for (let k = 0; k < 4; k++) gradient[k] -= slopes[k];
      purchase.forEach((column, k) => (gradient[4 + k] += slopes[1] * covariates[column]));
      dropout.forEach((column, k) => {
        gradient[firstA + k] -= slopes[2] * covariates[column];
        gradient[firstB + k] -= slopes[3] * covariates[column];
      });
    }
    for (let k = 0; k < point.length; k++) {
      const size = k < 4 ? exp(point[k]) : point[k];
      value += (l2 / 2) * size * size;
      gradient[k] = (gradient[k] + l2 * size * (k < 4 ? size : 1)) / customers;
    }
    return value / customers;
  };
}

/** Rows are sorted by their covariates first: equal ones lie side by side. */
function groupsOf({ rows, unit, center, scale, occasions }: Problem, stride: number): Group[] {
  const { width, covariates } = rows;
  const groups: Group[] = [];
  const chosen = Uint32Array.from({ length: Math.ceil(rows.length / stride) }, (_, i) => i * stride);
  const isSame = (i: number, j: number): boolean => {
    for (let k = 0; k < width; k++) if (covariates[i * width + k] !== covariates[j * width + k]) return false;
    return true;
  };
  for (let start = 0, end = 0; start < chosen.length; start = end) {
    while (end < chosen.length && isSame(chosen[start], chosen[end])) end++;
    const own = chosen.subarray(start, end);
    const part = (column: Float64Array): Float64Array => Float64Array.from(own, (row) => column[row]);
    const histories = {
      frequency: part(rows.frequency),
      recency: part(rows.recency),
      age: part(rows.age),
      weight: part(rows.weight),
    };
    const raw = covariates.subarray(own[0] * width, (own[0] + 1) * width);
    groups.push({
      profile: profileOf(histories, unit, occasions),
      covariates: raw.map((value, k) => (value - center[k]) / scale[k]),
    });
  }
  return groups;
}

/** From standardized covariates and scaled times back to the units of the table. */
function modelOf(
  { rows, unit, center, scale, purchase, dropout, l2 }: Problem,
  { point, covariance, notes, ...search }: LikelihoodMaximum,
): Omit<BetaGeometricModel, "kind" | "features" | "covariates"> {
  // Where covariate k acts, which parameter it shifts, and in which direction: α · exp(−γ z), a · exp(γ z), b · exp(γ z).
  const acts = [
    ...purchase.map((column) => ({ column, parameter: 1, sign: 1 })),
    ...dropout.map((column) => ({ column, parameter: 2, sign: -1 })),
    ...dropout.map((column) => ({ column, parameter: 3, sign: -1 })),
  ];
  // The way back is linear: row i says what a step of each coordinate changes in the i-th result.
  const back = Array.from(point, (_, i) => Array.from(point, (_cell, j): number => (i === j ? 1 : 0)));
  acts.forEach(({ column, parameter, sign }, k) => {
    back[parameter][4 + k] = (sign * center[column]) / scale[column];
    back[4 + k][4 + k] = 1 / scale[column];
  });
  const natural = back.map((row) => row.reduce((sum, factor, j) => sum + (factor === 0 ? 0 : factor * point[j]), 0));
  natural[1] += log(unit);
  const errors = back.map((row) => {
    let variance = 0;
    row.forEach((left, i) => {
      row.forEach((right, j) => {
        if (left !== 0 && right !== 0) variance += left * right * (covariance[i][j] ?? NaN);
      });
    });
    return variance >= 0 ? Math.sqrt(variance) : null;
  });
  const [r, alpha, a, b] = natural.slice(0, 4).map((x) => exp(x));
  const errorOf = (size: number, error: number | null): number | null => (error === null ? null : size * error);
  const split = <Cell>(values: readonly Cell[]): CovariateCoefficients<Cell> => ({
    purchase: values.slice(4, 4 + purchase.length),
    a: values.slice(4 + purchase.length, 4 + purchase.length + dropout.length),
    b: values.slice(4 + purchase.length + dropout.length),
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
    converged: search.converged,
    gradientNorm: search.gradientNorm,
    atBoundary: search.atBoundary || purchases === 0,
    iterations: search.iterations,
    unit: rows.unit,
  };
}

function penaltyOf(point: Float64Array, l2: number): number {
  return point.reduce<number>((sum, x, k) => sum + (l2 / 2) * (k < 4 ? exp(x) * exp(x) : x * x), 0);
}
