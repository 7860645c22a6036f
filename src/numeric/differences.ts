import type { Objective } from "./minimize.ts";

/** A smooth function of a few variables. */
export type Scalar = (point: Float64Array) => number;

/** The cube root of the rounding unit, for first derivatives; the fourth root and a bit, for second ones. */
const firstStep = 6e-6;
const secondStep = 5e-4;

/**
 * Lets a function without a gradient be minimized: the gradient by central differences, right to about ten digits.
 *
 * @param value - smooth where it is finite.
 * @returns an objective; 2·d + 1 calls of `value` each.
 */
export function withDifferences(value: Scalar): Objective {
  return (point, gradient) => {
    const here = value(point);
    const moved = point.slice();
    for (let i = 0; i < point.length; i++) {
      const step = firstStep * Math.max(1, Math.abs(point[i]));
      moved[i] = point[i] + step;
      const above = value(moved);
      moved[i] = point[i] - step;
      const below = value(moved);
      moved[i] = point[i];
      gradient[i] = (above - below) / (2 * step);
    }
    return here;
  };
}

/**
 * The matrix of second derivatives by differences of values, right to about six digits.
 *
 * @returns d rows, symmetric. Cost: 2·d² + 1 calls of `value`.
 */
export function secondDerivatives(value: Scalar, point: Float64Array): number[][] {
  const steps = point.map((x) => secondStep * Math.max(1, Math.abs(x)));
  const at = (i: number, a: number, j: number, b: number): number => {
    const moved = point.slice();
    moved[i] += a * steps[i];
    moved[j] += b * steps[j];
    return value(moved);
  };
  const here = value(point);
  const rows = Array.from(point, () => new Array<number>(point.length).fill(0));
  for (let i = 0; i < point.length; i++) {
    rows[i][i] = (at(i, 1, i, 0) - 2 * here + at(i, -1, i, 0)) / (steps[i] * steps[i]);
    for (let j = 0; j < i; j++) {
      const both = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1);
      rows[i][j] = rows[j][i] = both / (4 * steps[i] * steps[j]);
    }
  }
  return rows;
}

/**
 * The derivatives of a list of numbers.
 *
 * @returns a row per number, a column per variable.
 */
export function jacobianOf(values: (point: Float64Array) => ArrayLike<number>, point: Float64Array): number[][] {
  const rows = Array.from(values(point), () => new Array<number>(point.length).fill(0));
  for (let i = 0; i < point.length; i++) {
    const step = firstStep * Math.max(1, Math.abs(point[i]));
    const above = values(point.with(i, point[i] + step));
    const below = values(point.with(i, point[i] - step));
    rows.forEach((row, k) => (row[i] = (above[k] - below[k]) / (2 * step)));
  }
  return rows;
}
