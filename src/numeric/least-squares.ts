import { minus, over, pairAt, type PairList, pairList, plus, putPair, times } from "./double-double.ts";
import { preciseTriangle } from "./precise-triangle.ts";
import { type Design, type Triangle, triangleOf } from "./triangle.ts";

/** What {@link solveLeastSquares} finds out, in the units of the data. */
export interface LeastSquares {
  /** The constant; 0 without one. */
  readonly intercept: number;
  /** One per column. */
  readonly coefficients: Float64Array;
  /** The weighted mean of each column; zeros without an intercept. */
  readonly means: Float64Array;
  /** The weighted mean of the target; 0 without an intercept. */
  readonly targetMean: number;
  /**
   * Upper triangle T, d × d row-major: T · Tᵀ times the variance of an observation is the covariance of the coefficients (without a
   * ridge), and Tᵀ · (row − means) is the row in coordinates in which columns are orthonormal.
   */
  readonly root: Float64Array;
  /** Length of each column around its mean, the ridge included. */
  readonly lengths: Float64Array;
  /** Sum of weights. */
  readonly totalWeight: number;
  /** Σ weight · residual². */
  readonly residualSquares: number;
  /** Σ weight · deviation² of the target, from its mean or, without an intercept, from 0. */
  readonly totalSquares: number;
  /**
   * The least share of a column that the columns before it leave, against the size of what cancels: its digits are those that
   * double precision loses.
   */
  readonly leastShare: number;
}

/** Why there is no solution. */
export type NoSolution =
  | { readonly reason: "not-finite" }
  /** The column is a combination of those before it, or constant beside an intercept. */
  | { readonly reason: "dependent"; readonly column: number };

/** Below this share a column is a combination of others: what is left is rounding. Filip's tenth power leaves 3.5e-10. */
const dependentShare = 1e-12;
/** Rounding of a cell as it came in, in units of its size. */
const cellRounding = 4 * Number.EPSILON;
/** Below this share, two digits of the sixteen, the decomposition is done again in twice the precision, where that is cheap. */
const preciseShare = 0.01;
const preciseWork = 2 ** 22;

/**
 * Least squares by Householder's QR, with what statistics need of it.
 *
 * @param design - checked shapes, at least 1 column; cells are looked at here.
 * @param ridge - penalty λ of λ·Σ coefficient², 0 for none; the intercept is free.
 * @returns the solution, or why there is none. Cost: 2·n·d², then d³ / 3 in twice the precision.
 */
export function solveLeastSquares(design: Design, ridge: number): LeastSquares | NoSolution {
  const plain = triangleOf(design);
  if (plain === null) return { reason: "not-finite" };
  const ridges = ridge > 0 ? plain.scale.slice(0, -1).map((scale) => Math.sqrt(ridge) * scale) : undefined;
  const { width, center } = plain;
  const cells: PairList = { high: withRidge(plain, ridges), low: new Float64Array(width * width) };
  const first = inverseOf(design, plain, cells);
  const rows = design.target.length + (ridges?.length ?? 0);
  const isCheap = rows * width * width <= preciseWork;
  if (first.leastShare >= preciseShare || !isCheap || rows < width - 1)
    return solutionOf(design, plain, cells, first, ridge);
  const precise = preciseTriangle(design, { ...plain, center }, ridges);
  return solutionOf(design, plain, precise, inverseOf(design, plain, precise), ridge);
}

/** Rotates the rows of the ridge, one cell each, into a copy of the triangle. */
function withRidge({ width, cells }: Triangle, ridges: Float64Array | undefined): Float64Array {
  const triangle = cells.slice();
  const lead = width - 1 - (ridges?.length ?? 0);
  const row = new Float64Array(width);
  ridges?.forEach((size, j) => {
    row.fill(0);
    row[lead + j] = size;
    for (let i = lead + j; i < width; i++) {
      if (row[i] === 0) continue;
      const diagonal = triangle[i * width + i];
      const length = Math.sqrt(diagonal * diagonal + row[i] * row[i]);
      const [cosine, sine] = [diagonal / length, row[i] / length];
      for (let k = i; k < width; k++) {
        const above = triangle[i * width + k];
        triangle[i * width + k] = cosine * above + sine * row[k];
        row[k] = cosine * row[k] - sine * above;
      }
    }
  });
  return triangle;
}

/** The inverse of the columns' triangle, in scaled units. */
interface Inverse {
  /** d × d, row-major, upper. */
  readonly cells: PairList;
  readonly lengths: Float64Array;
  readonly leastShare: number;
  /** The first column that depends on those before it; −1 for none. */
  readonly dependent: number;
}

/** Column by column: the next column as a combination of those before tells how much of it they leave. */
function inverseOf({ columns, intercept }: Design, { width, center, scale }: Triangle, triangle: PairList): Inverse {
  const lead = intercept ? 1 : 0;
  const cells = pairList(columns * columns);
  const lengths = new Float64Array(columns);
  // Lengths from 0 rather than from the mean: the size of the numbers that came in, which is what was rounded.
  const sizes = new Float64Array(columns);
  const rowCount = triangle.high[0];
  let leastShare = 1;
  for (let k = 0; k < columns; k++) {
    let squares = 0;
    for (let i = lead; i <= lead + k; i++) squares += triangle.high[i * width + lead + k] ** 2;
    lengths[k] = Math.sqrt(squares);
    const offset = intercept ? triangle.high[lead + k] + rowCount * center[k] * scale[k] : 0;
    sizes[k] = Math.sqrt(squares + offset * offset);
    let size = lengths[k];
    let rawSize = sizes[k];
    const shares = pairList(k);
    for (let i = 0; i < k; i++) {
      let sum = pairAt(triangle, (lead + i) * width + lead + k);
      sum = times(pairAt(cells, i * columns + i), sum);
      for (let m = i + 1; m < k; m++) {
        const product = times(pairAt(cells, i * columns + m), pairAt(triangle, (lead + m) * width + lead + k));
        sum = plus(sum, product);
      }
      putPair(shares, i, sum);
      size += Math.abs(sum[0]) * lengths[i];
      rawSize += Math.abs(sum[0]) * sizes[i];
    }
    const pivot = pairAt(triangle, (lead + k) * width + lead + k);
    const left = Math.abs(pivot[0]);
    if (!(left > dependentShare * size && left > cellRounding * rawSize)) {
      return { cells, lengths, leastShare: 0, dependent: k };
    }
    leastShare = Math.min(leastShare, left / size);
    for (let i = 0; i < k; i++) putPair(cells, i * columns + k, over(pairAt(shares, i), [-pivot[0], -pivot[1]]));
    putPair(cells, k * columns + k, over([1, 0], pivot));
  }
  return { cells, lengths, leastShare, dependent: -1 };
}

function solutionOf(
  { columns, intercept }: Design,
  plain: Triangle,
  triangle: PairList,
  inverse: Inverse,
  ridge: number,
): LeastSquares | NoSolution {
  if (inverse.dependent >= 0) return { reason: "dependent", column: inverse.dependent };
  const { width, center, scale } = plain;
  const lead = intercept ? 1 : 0;
  const last = width - 1;
  const unit = scale[columns];
  const coefficients = new Float64Array(columns);
  const root = new Float64Array(columns * columns);
  // The level of the outcome where every column is at its center.
  let level = pairAt(triangle, last);
  let constant = [center[columns], 0] as readonly [number, number];
  for (let j = 0; j < columns; j++) {
    let sum = [0, 0] as readonly [number, number];
    for (let m = j; m < columns; m++) {
      sum = plus(sum, times(pairAt(inverse.cells, j * columns + m), pairAt(triangle, (lead + m) * width + last)));
      root[j * columns + m] = inverse.cells.high[j * columns + m] * scale[j];
    }
    const coefficient = times(sum, [scale[j], 0]);
    const own = over(coefficient, [unit, 0]);
    coefficients[j] = own[0];
    level = minus(level, times(sum, pairAt(triangle, lead + j)));
    constant = minus(constant, times(own, [center[j], 0]));
  }
  const rowCount = pairAt(triangle, 0);
  const intercepts = intercept ? plus(constant, over(over(level, rowCount), [unit, 0]))[0] : 0;
  let totalSquares = 0;
  for (let i = lead; i < width; i++) totalSquares += plain.cells[i * width + last] ** 2;
  const penalty = ridge === 0 ? 0 : ridge * coefficients.reduce((sum, value) => sum + value * value, 0);
  const corner = triangle.high[last * width + last] / unit;
  return {
    intercept: intercepts,
    coefficients,
    means: Float64Array.from(coefficients, (_, j) =>
      intercept ? center[j] + triangle.high[lead + j] / rowCount[0] / scale[j] : 0,
    ),
    targetMean: intercept ? center[columns] + triangle.high[last] / rowCount[0] / unit : 0,
    root,
    lengths: inverse.lengths.map((length, j) => length / scale[j]),
    totalWeight: intercept ? rowCount[0] ** 2 : 0,
    residualSquares: Math.max(0, corner * corner - penalty),
    totalSquares: totalSquares / unit / unit,
    leastShare: inverse.leastShare,
  };
}
