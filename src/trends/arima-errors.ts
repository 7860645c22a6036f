import { inverseOfHessian } from "../numeric/curvature.ts";
import { jacobianOf, secondDerivatives } from "../numeric/differences.ts";
import { type ArimaEvaluation, type ArimaProblem, coefficientsAt, evaluateArima, widthOf } from "./arima-problem.ts";
import { freeBound } from "./arima-search.ts";

/**
 * Covariances of the estimates: the inverse of the second derivatives of the negative log-likelihood.
 *
 * The constant has been taken out of the likelihood as its best value m(θ); its part of the inverse is put back by its slopes:
 * Var m = 1/precision + m′·Cov·m′ᵀ, which is the inverse of the full matrix, block by block.
 *
 * @returns null where the likelihood is flat or greatest at an edge.
 */
export function errorsOf(problem: ArimaProblem, free: Float64Array, evaluation: ArimaEvaluation): number[][] | null {
  const { orders } = problem;
  const { count, sigma2, constantPrecision } = evaluation;
  const width = widthOf(orders);
  // Differences of likelihoods must stay inside.
  if (free.some((x) => Math.abs(x) > freeBound - 0.1)) return null;
  const ownVariance = constantPrecision > 0 ? sigma2 / constantPrecision : 0;
  if (width === 0) return orders.constant ? (ownVariance > 0 ? [[ownVariance]] : null) : [];
  const hessian = secondDerivatives((x) => count * (evaluateArima(problem, x)?.objective ?? NaN), free);
  const inverse = inverseOfHessian("fitArima", hessian);
  if (inverse === null) return null;
  const slopes = jacobianOf((x) => {
    const { ar, ma, seasonalAr, seasonalMa } = coefficientsAt(orders, x);
    const constant = orders.constant ? [evaluateArima(problem, x)?.constant ?? NaN] : [];
    return [...ar, ...ma, ...seasonalAr, ...seasonalMa, ...constant];
  }, free);
  const covariance = slopes.map((left) =>
    slopes.map((right) => left.reduce((sum, a, i) => sum + a * right.reduce((s, b, j) => s + inverse[i][j] * b, 0), 0)),
  );
  if (orders.constant) covariance[width][width] += ownVariance;
  return covariance.every((row, i) => row[i] > 0 && row.every(Number.isFinite)) ? covariance : null;
}
