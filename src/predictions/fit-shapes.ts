import type { Note } from "../core/note.ts";
import { exp, log } from "../numeric/elementary.ts";
import {
  type Evaluation,
  fullCovariance,
  functionsFrom,
  type LikelihoodProblem,
  type LikelihoodReport,
  maximizeLikelihood,
} from "./maximize-likelihood.ts";

/** From so many rows on, starts are tried on a part of them. */
const manyRows = 600;
const sketchRows = 300;

/**
 * The log-likelihood of one row; writes its derivatives over the logarithms of the parameters into `slopes`, and, where it knows them,
 * the second ones into the upper triangle of `curves`.
 */
export type RowLikelihood = (row: number, slopes: Float64Array, curves: Float64Array) => number;

/** A likelihood of rows with weights in a few positive parameters. */
export interface ShapeProblem {
  /** Names of the parameters, for notes. */
  readonly names: readonly string[];
  /** Parameters to start from. */
  readonly starts: readonly (readonly number[])[];
  /** `l2` / 2 · Σ parameter² is taken from the log-likelihood. */
  readonly l2: number;
  /** How many customers are like each row. */
  readonly weight: Float64Array;
  /** Whether the rows' likelihood knows its second derivatives: then the search takes Newton's steps. */
  readonly hasCurves?: boolean;
  /** Prepares the rows' likelihood for a point. */
  readonly at: (parameters: readonly number[]) => RowLikelihood;
}

/** What {@link fitShapes} finds. */
export interface FittedShapes extends LikelihoodReport {
  readonly parameters: readonly number[];
  /** Standard errors; null where a parameter ran off or the maximum is flat. */
  readonly errors: readonly (number | null)[];
  readonly notes: readonly Note[];
}

/**
 * Finds the positive parameters under which rows are likeliest, with standard errors.
 *
 * @param caller - the public function, for messages.
 * @param problem - see {@link ShapeProblem}.
 * @returns see {@link FittedShapes}. Cost: some 40 passes over the rows.
 */
export function fitShapes(caller: string, problem: ShapeProblem): FittedShapes {
  const { names, starts, l2, weight } = problem;
  const customers = weight.reduce((sum, count) => sum + count, 0);
  const isSketched = starts.length > 1 && weight.length > manyRows;
  const part = isSketched ? functionsOf(problem, Math.ceil(weight.length / sketchRows)) : undefined;
  const found = maximizeLikelihood(caller, {
    ...functionsOf(problem, 1),
    ...{ sketch: part?.objective, sketchHessian: part?.hessian },
    starts: starts.map((start) => start.map((parameter) => log(parameter))),
    names,
    customers,
  });
  const { point, value, covariance, ...report } = found;
  const parameters = Array.from(point, (x) => exp(x));
  const logLikelihood = penaltyOf(parameters, l2) - value * customers;
  return {
    ...report,
    parameters,
    covariance: fullCovariance(covariance),
    errors: parameters.map((size, i) => {
      const variance = covariance[i][i];
      return variance === null ? null : size * Math.sqrt(variance);
    }),
    logLikelihood,
    aic: 2 * parameters.length - 2 * logLikelihood,
  };
}

/** The penalized mean log-likelihood of every so many-th row, negative, and its second derivatives where they are known. */
function functionsOf(
  { l2, weight, at, hasCurves = false }: ShapeProblem,
  stride: number,
): Pick<LikelihoodProblem, "objective" | "hessian"> {
  let customers = 0;
  for (let row = 0; row < weight.length; row += stride) customers += weight[row];
  const evaluate = (point: Float64Array): Evaluation => {
    const width = point.length;
    const parameters = Array.from(point, (x) => exp(x));
    const rowLikelihood = at(parameters);
    const slopes = new Float64Array(width);
    const curves = new Float64Array(width * width);
    let value = penaltyOf(parameters, l2);
    const gradient = Float64Array.from(parameters, (size) => l2 * size * size);
    const bends = new Float64Array(width * width);
    for (let row = 0; row < weight.length; row += stride) {
      value -= weight[row] * rowLikelihood(row, slopes, curves);
      for (let k = 0; k < width; k++) gradient[k] -= weight[row] * slopes[k];
      if (hasCurves) for (let k = 0; k < bends.length; k++) bends[k] -= weight[row] * curves[k];
    }
    const hessian = parameters.map((size, i) =>
      parameters.map((_, j) => {
        const bend = bends[width * Math.min(i, j) + Math.max(i, j)];
        return (bend + (i === j ? 2 * l2 * size * size : 0)) / customers;
      }),
    );
    return { value: value / customers, gradient: gradient.map((x) => x / customers), hessian };
  };
  const { objective, hessian } = functionsFrom(evaluate);
  return { objective, hessian: hasCurves ? hessian : undefined };
}

function penaltyOf(parameters: readonly number[], l2: number): number {
  return parameters.reduce((sum, parameter) => sum + (l2 / 2) * parameter * parameter, 0);
}
