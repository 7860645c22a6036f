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

/** Beside the largest; below it rounding decides. */
const smallestBend = 1e-9;

/**
 * What serves Newton's step for the inverse of a matrix of second derivatives: the inverse where it is positive definite; where some
 * directions bend downward or not at all, that of the matrix in which they bend upward as much: the step then leads down along them.
 *
 * @param caller - the public function, for messages.
 * @param hessian - d × d, symmetric.
 * @param held - coordinates that do not move: their rows and columns are 0.
 * @returns null where a cell is not finite, or all are 0.
 */
export function steepInverse(
  caller: string,
  hessian: readonly (readonly number[])[],
  held: readonly boolean[],
): number[][] | null {
  const free = Array.from(hessian.keys()).filter((i) => !held[i]);
  const part = free.map((i) => free.map((j) => hessian[i][j]));
  if (part.length === 0 || !part.every((row) => row.every(Number.isFinite))) return null;
  const { values, vectors } = symmetricEigen(caller, part);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return null;
  const sizes = values.map((value) => Math.max(Math.abs(value), smallestBend * largest));
  const inverse = hessian.map((row) => row.map(() => 0));
  free.forEach((i, a) => {
    free.forEach((j, b) => {
      inverse[i][j] = sizes.reduce((sum, size, k) => sum + (vectors[k][a] * vectors[k][b]) / size, 0);
    });
  });
  return inverse;
}
