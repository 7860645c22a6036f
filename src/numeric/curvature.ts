import { symmetricEigen } from "./linalg.ts";
import type { Objective } from "./minimize.ts";

/** The cube root of the rounding unit: central differences lose least with steps of this size. */
const differenceStep = 6.055454452393343e-6;

/**
 * The matrix of second derivatives, by central differences of the gradient; right to about ten digits.
 *
 * @param objective - value and gradient, as for {@link minimize}.
 * @param point - where.
 * @returns d rows, symmetric. Cost: 2·d calls of the objective.
 */
export function hessianOf(objective: Objective, point: Float64Array): number[][] {
  const width = point.length;
  const slopesAt = (i: number, step: number): Float64Array => {
    const gradient = new Float64Array(width);
    objective(point.with(i, point[i] + step), gradient);
    return gradient;
  };
  const rows = Array.from(point, (x, i) => {
    const step = differenceStep * Math.max(1, Math.abs(x));
    const above = slopesAt(i, step);
    const below = slopesAt(i, -step);
    return Array.from(above, (slope, j) => (slope - below[j]) / (2 * step));
  });
  return rows.map((row, i) => row.map((cell, j) => (cell + rows[j][i]) / 2));
}

/**
 * The inverse of a matrix of second derivatives at a minimum: of a negative log-likelihood, the covariance of the
 * parameters' errors.
 *
 * @param caller - the public function, for messages.
 * @param hessian - d × d, symmetric.
 * @returns null unless every direction curves upward by more than rounding.
 */
export function inverseOfHessian(caller: string, hessian: readonly (readonly number[])[]): number[][] | null {
  if (!hessian.every((row) => row.every(Number.isFinite))) return null;
  const { values, vectors } = symmetricEigen(caller, hessian);
  // Differences of gradients leave an error of about 1e-10 beside the largest curvature.
  if (!(values[values.length - 1] > 1e-9 * values[0])) return null;
  return hessian.map((row, i) =>
    row.map((_, j) => values.reduce((sum, value, k) => sum + (vectors[k][i] * vectors[k][j]) / value, 0)),
  );
}
