import { exp, log } from "../numeric/elementary.ts";
import type { Objective } from "../numeric/minimize.ts";
import { type LikelihoodReport, maximizeLikelihood } from "./maximize-likelihood.ts";
import type { Note } from "../core/note.ts";

/** From so many rows on, starts are tried on a part of them. */
const manyRows = 600;
const sketchRows = 300;

/** The log-likelihood of one row; writes its derivatives over the logarithms of the parameters into `slopes`. */
export type RowLikelihood = (row: number, slopes: Float64Array) => number;

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
  const found = maximizeLikelihood(caller, {
    objective: objectiveOf(problem, 1),
    sketch:
      starts.length > 1 && weight.length > manyRows
        ? objectiveOf(problem, Math.ceil(weight.length / sketchRows))
        : undefined,
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
    errors: parameters.map((size, i) => {
      const variance = covariance[i][i];
      return variance === null ? null : size * Math.sqrt(variance);
    }),
    logLikelihood,
    aic: 2 * parameters.length - 2 * logLikelihood,
  };
}

/** The penalized mean log-likelihood of every so many-th row, negative. */
function objectiveOf({ l2, weight, at }: ShapeProblem, stride: number): Objective {
  let customers = 0;
  for (let row = 0; row < weight.length; row += stride) customers += weight[row];
  return (point, gradient) => {
    const parameters = Array.from(point, (x) => exp(x));
    const rowLikelihood = at(parameters);
    const slopes = new Float64Array(point.length);
    let value = penaltyOf(parameters, l2);
    for (let k = 0; k < point.length; k++) gradient[k] = l2 * parameters[k] * parameters[k];
    for (let row = 0; row < weight.length; row += stride) {
      value -= weight[row] * rowLikelihood(row, slopes);
      for (let k = 0; k < slopes.length; k++) gradient[k] -= weight[row] * slopes[k];
    }
    for (let k = 0; k < point.length; k++) gradient[k] /= customers;
    return value / customers;
  };
}

function penaltyOf(parameters: readonly number[], l2: number): number {
  return parameters.reduce((sum, parameter) => sum + (l2 / 2) * parameter * parameter, 0);
}
