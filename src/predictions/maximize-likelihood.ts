import type { Note } from "../core/note.ts";
import { hessianOf, inverseOfHessian, steepInverse } from "../numeric/curvature.ts";
import { isBetter, minimize, type MinimizeOptions, type Minimum, type Objective } from "../numeric/minimize.ts";

/** What every model that was fitted by maximum likelihood says about its fit. */
export interface LikelihoodReport {
  /** Logarithm of the likelihood of the data, without the penalty. */
  readonly logLikelihood: number;
  /** Akaike's criterion, 2 · parameters − 2 · log-likelihood: lower is better, between models of the same rows. */
  readonly aic: number;
  /** Whether the search ended where the gradient is zero. */
  readonly converged: boolean;
  /** Length of the gradient of the mean log-likelihood per customer, over the logarithms of the parameters. */
  readonly gradientNorm: number;
  /**
   * Covariance of the errors: of the logarithms of the parameters in the order of `standardErrors`, then of coefficients, if there are any; null
   * where a parameter ran off or the maximum is flat.
   */
  readonly covariance: readonly (readonly number[])[] | null;
  /** Whether a parameter ran off towards 0 or infinity: the data do not hold it, only predictions can be read. */
  readonly atBoundary: boolean;
  /** Steps of the search from the start that won. */
  readonly iterations: number;
}

/** The matrix of second derivatives of an objective at a point. */
export type SecondDerivatives = (point: Float64Array) => number[][];

/** An objective and its derivatives at a point. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: number[][];
}

/**
 * An objective and its second derivatives from a function that computes both: the search asks for the second where it has just asked for
 * the first.
 */
export function functionsFrom(evaluate: (point: Float64Array) => Evaluation): {
  readonly objective: Objective;
  readonly hessian: SecondDerivatives;
} {
  let last: { readonly point: Float64Array; readonly evaluation: Evaluation } | undefined;
  const at = (point: Float64Array): Evaluation => {
    if (last?.point.every((x, i) => x === point[i]) !== true)
      last = { point: point.slice(), evaluation: evaluate(point) };
    return last.evaluation;
  };
  return {
    objective: (point, gradient) => {
      const { value, gradient: slopes } = at(point);
      gradient.set(slopes);
      return value;
    },
    hessian: (point) => at(point).hessian,
  };
}

/** What {@link maximizeLikelihood} needs to know. */
export interface LikelihoodProblem {
  /** The penalized log-likelihood per customer, negative: value and gradient over the search's coordinates. */
  readonly objective: Objective;
  /** Its second derivatives, where they are known: absent = differences of gradients serve. */
  readonly hessian?: SecondDerivatives | undefined;
  /** The objective on a part of the data, to find a start on; absent = the data are few. */
  readonly sketch?: Objective | undefined;
  /** Its second derivatives, where they are known. */
  readonly sketchHessian?: SecondDerivatives | undefined;
  /** Points to start from. */
  readonly starts: readonly ArrayLike<number>[];
  /** Names of the coordinates, for notes. */
  readonly names: readonly string[];
  /** How many customers the mean is over. */
  readonly customers: number;
}

/** Where a likelihood is greatest. */
export interface LikelihoodMaximum extends Omit<LikelihoodReport, "logLikelihood" | "aic" | "covariance"> {
  /** The point, in the search's coordinates. */
  readonly point: Float64Array;
  /** The objective there. */
  readonly value: number;
  /** Covariances of its errors; null where the curvature cannot tell, and in rows of a parameter that ran off. */
  readonly covariance: readonly (readonly (number | null)[])[];
  /** `at-boundary`, `not-converged`, `no-standard-errors`. */
  readonly notes: readonly Note[];
}

/** Logarithms of parameters stay within ± this: beyond 1e8 a likelihood is flat to the last digit. */
const bound = 18.420680743952367;
/** Gradients on a part of the data need not vanish to more digits than the part can tell. */
const sketchTolerance = 1e-4;
/** Steps of a search on all data from a start that may be far off. */
const mostFromAfar = 100;
/** From 1e6 on a parameter counts as having run off, and so it does where its error is as large as that. */
const farOut = 13.815510557964274;

/**
 * Maximizes a likelihood over the logarithms of its parameters from several starts and says how far to trust the result.
 *
 * @param caller - the public function, for messages.
 * @param problem - see {@link LikelihoodProblem}.
 * @returns see {@link LikelihoodMaximum}. Cost: some 30 calls of the objective per start.
 */
export function maximizeLikelihood(caller: string, problem: LikelihoodProblem): LikelihoodMaximum {
  const { objective, hessian, sketch, names, customers } = problem;
  const newton = newtonOf(caller, hessian);
  const search = (): Minimum => {
    if (sketch === undefined) return minimize(objective, problem.starts, { bound, newton });
    // Starts are tried on a part of the data; the best end, and how the part bends there, are near those of all.
    const options = { bound, tolerance: sketchTolerance, newton: newtonOf(caller, problem.sketchHessian) };
    const { point: start } = minimize(sketch, problem.starts, options);
    const inverseHessian =
      newton === undefined ? (inverseOfHessian(caller, hessianOf(sketch, start)) ?? undefined) : undefined;
    const found = minimize(objective, [start], { bound, newton, inverseHessian });
    if (!found.point.some(isFar)) return found;
    // A part may run off where the whole does not: out there the likelihood is too flat to lead back.
    const other = minimize(objective, problem.starts, { bound, newton, maxIterations: mostFromAfar });
    return isBetter(other, found) ? other : found;
  };
  const { point, value, gradientNorm, iterations, converged } = search();
  const bends = hessian?.(point) ?? hessianOf(objective, point);
  const near = Array.from(point.keys()).filter((i) => !isFar(point[i]));
  const first = covarianceOf(caller, bends, near, customers);
  // On its way to a plain far out a search may end as soon as the slope is nothing: the error tells that the data hold no value.
  const isHeld = (i: number): boolean => first[i][i] !== null && Math.sqrt(first[i][i]) < farOut;
  const free = near.filter((i) => isHeld(i) || !converged);
  const covariance = free.length === near.length ? first : covarianceOf(caller, bends, free, customers);
  const notes: Note[] = [];
  const loose = names.filter((_, i) => !free.includes(i));
  if (loose.length > 0) {
    const message = `The data do not bound ${loose.join(", ")}: read the predictions, not the parameters.`;
    notes.push({ code: "at-boundary", message });
  }
  if (!converged) {
    notes.push({ code: "not-converged", message: "The search ended before the gradient was zero." });
  }
  if (free.some((i) => covariance[i][i] === null)) {
    notes.push({
      code: "no-standard-errors",
      message: "The likelihood is too flat at its maximum for standard errors.",
    });
  }
  return { point, value, gradientNorm, iterations, converged, atBoundary: loose.length > 0, covariance, notes };
}

/** A covariance that is known throughout; null where a cell is not. */
export function fullCovariance(covariance: readonly (readonly (number | null)[])[]): number[][] | null {
  const isKnown = (row: readonly (number | null)[]): row is readonly number[] => row.every((cell) => cell !== null);
  return covariance.every(isKnown) ? covariance.map((row) => row.map((cell) => cell + 0)) : null;
}

/** Whether the logarithm of a parameter says that it ran off. */
function isFar(x: number): boolean {
  return Math.abs(x) >= farOut;
}

/** The inverse of the information in the coordinates that did not run off. */
function covarianceOf(
  caller: string,
  hessian: readonly (readonly number[])[],
  free: readonly number[],
  customers: number,
): (number | null)[][] {
  const covariance = hessian.map((row) => row.map((): number | null => null));
  // Where the likelihood is flat along one coordinate, the others still have their errors.
  let kept = free;
  while (kept.length > 0) {
    const part = kept.map((i) => kept.map((j) => hessian[i][j]));
    const inverse = inverseOfHessian(caller, part);
    if (inverse !== null) {
      kept.forEach((i, k) => {
        kept.forEach((j, l) => (covariance[i][j] = inverse[k][l] / customers));
      });
      break;
    }
    const flattest = kept.reduce((least, i) => (hessian[i][i] < hessian[least][least] ? i : least));
    kept = kept.filter((i) => i !== flattest);
  }
  return covariance;
}

function newtonOf(caller: string, hessian: SecondDerivatives | undefined): MinimizeOptions["newton"] {
  return hessian && ((point, held) => steepInverse(caller, hessian(point), held));
}
