// The only importer of ml-matrix. It is never handed a number that is not finite: its symmetric eigenvalue iteration
// does not end on NaN, and its LU and QR report exact zeros only, so near singularity is judged here.
import { CholeskyDecomposition, EigenvalueDecomposition, LuDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import { describeValue, refuse } from "../core/errors.ts";

/** A matrix as a list of rows. */
export type Rows = readonly ArrayLike<number>[];

/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** In descending order. */
  readonly values: readonly number[];
  /** `vectors[i]` belongs to `values[i]`: unit length, its component of largest size is positive. */
  readonly vectors: readonly (readonly number[])[];
}

/** A pivot below this share of its column's length is rounding error: the column is a combination of earlier ones. */
const negligible = 1e-12;
/** Two components of an eigenvector whose sizes differ by less than this share are equal but for rounding. */
const tied = 1e-13;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, such as a covariance.
 *
 * @param caller - the public function, for messages.
 * @param matrix - d × d, symmetric.
 * @returns see {@link SymmetricEigen}. Cost: about 10·d³.
 * @throws {ClienteleError} `invalid-value` for a cell that is not finite or breaks the symmetry; `shape-mismatch`.
 */
export function symmetricEigen(caller: string, matrix: Rows): SymmetricEigen {
  const checked = squareMatrix(caller, matrix);
  checkSymmetric(caller, matrix);
  const largest = matrix.reduce((size, row) => Math.max(size, largestOf(row)), 0);
  // The iteration multiplies three cells, which over- or underflows far from 1; a power of 2 costs no digits.
  const unit = safeUnit(largest);
  const scaled = withoutTraces(checked.div(unit), largest / unit);
  const decomposition = new EigenvalueDecomposition(scaled, { assumeSymmetric: true });
  const values = decomposition.realEigenvalues.map((value) => value * unit);
  const columns = decomposition.eigenvectorMatrix;
  const order = values.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  return {
    values: order.map((i) => values[i]),
    vectors: order.map((i) => withPositiveLead(columns.getColumn(i))),
  };
}

/**
 * An eigenvector's sign is arbitrary; without a rule a rerun could mirror a component. Components that are as large as the
 * largest but for rounding (two standardized features have ±√½ always) get its size: then the first of them leads,
 * whatever the rounding was.
 */
function withPositiveLead(vector: number[]): number[] {
  const largest = largestOf(vector);
  const lead = vector.findIndex((x) => Math.abs(x) >= largest * (1 - tied));
  const sign = vector[lead] < 0 ? -1 : 1;
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  return vector.map((x) => (Math.abs(x) >= largest * (1 - tied) ? Math.sign(x) * largest : x) * sign + 0);
}

/** Cells beside the diagonal that are nothing beside the largest become 0: the iteration divides by them. */
function withoutTraces(matrix: Matrix, largest: number): Matrix {
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) {
      if (i !== j && Math.abs(matrix.get(i, j)) < largest * 2 ** -200) matrix.set(i, j, 0);
    }
  }
  return matrix;
}

/** The power of 2 by which a matrix must be divided so that products of three cells are numbers; mostly 1. */
function safeUnit(size: number): number {
  let unit = 1;
  while (size / unit > 2 ** 340) unit *= 2;
  while (size > 0 && size / unit < 2 ** -300) unit /= 2;
  return unit;
}

/**
 * Solves `matrix · x = right` for one or several right sides.
 *
 * @param caller - the public function, for messages.
 * @param matrix - n × n.
 * @param right - n rows, one column per right side.
 * @returns x, in the shape of `right`.
 * @throws {ClienteleError} `degenerate-data` when the matrix is singular to working precision; `invalid-value`;
 * `shape-mismatch`.
 */
export function solve(caller: string, matrix: Rows, right: Rows): number[][] {
  const checked = squareMatrix(caller, matrix);
  const sides = finiteMatrix(caller, "right", right);
  if (sides.rows !== checked.rows) {
    refuse(caller, "shape-mismatch", "right", `${checked.rows} rows`, String(sides.rows));
  }
  // Rows, then columns, scaled to size 1, so that one bound on the pivots serves every unit.
  const rowSizes = matrix.map(sizeOf);
  checked.divColumnVector(rowSizes);
  sides.divColumnVector(rowSizes);
  const columnSizes = checked.transpose().to2DArray().map(sizeOf);
  const lu = new LuDecomposition(checked.divRowVector(columnSizes));
  if (lu.upperTriangularMatrix.diagonal().some((pivot) => Math.abs(pivot) <= checked.rows * Number.EPSILON)) {
    refuse(caller, "degenerate-data", "matrix", "linearly independent rows", "a singular matrix");
  }
  return lu.solve(sides).divColumnVector(columnSizes).to2DArray();
}

/**
 * The coefficients with the least sum of squared residuals, by Householder's QR: the conditioning is not squared.
 *
 * @param caller - the public function, for messages.
 * @param design - n × d, n ≥ d; a column of ones makes an intercept.
 * @param target - n values.
 * @returns d coefficients. Cost: 2·n·d².
 * @throws {ClienteleError} `degenerate-data` with the column in the path when it is a linear combination of the columns
 * before it; `too-few-rows` if n < d; `invalid-value`; `shape-mismatch`.
 */
export function leastSquares(caller: string, design: Rows, target: ArrayLike<number>): number[] {
  const matrix = finiteMatrix(caller, "design", design);
  checkFinite(caller, "target", target);
  if (target.length !== matrix.rows) {
    refuse(caller, "shape-mismatch", "target", `${matrix.rows} values`, String(target.length));
  }
  if (matrix.rows < matrix.columns) {
    refuse(caller, "too-few-rows", "design", `at least ${matrix.columns} rows`, String(matrix.rows));
  }
  // Columns scaled to length 1: a bound on the pivots then does not depend on units.
  const lengths = Array.from({ length: matrix.columns }, (_, j) => matrix.getColumnVector(j).norm() || 1);
  matrix.divRowVector(lengths);
  const qr = new QrDecomposition(matrix);
  const dependent = qr.upperTriangularMatrix.diagonal().findIndex((pivot) => Math.abs(pivot) <= negligible);
  if (dependent >= 0) {
    const path = `design[*][${dependent}]`;
    refuse(
      caller,
      "degenerate-data",
      path,
      "values that no combination of the columns before it gives",
      "a combination",
    );
  }
  const solution = qr.solve(Matrix.columnVector(Array.from(target))).to1DArray();
  return solution.map((coefficient, j) => coefficient / lengths[j]);
}

/**
 * The lower triangle L with `L · Lᵀ = matrix`, of a covariance or a Hessian.
 *
 * @param caller - the public function, for messages.
 * @param matrix - d × d, symmetric and positive definite.
 * @returns L as rows, zeros above the diagonal.
 * @throws {ClienteleError} `degenerate-data` when the matrix is not positive definite to working precision;
 * `invalid-value`; `shape-mismatch`.
 */
export function cholesky(caller: string, matrix: Rows): number[][] {
  const checked = squareMatrix(caller, matrix);
  checkSymmetric(caller, matrix);
  const decomposition = new CholeskyDecomposition(symmetrized(checked));
  const lower = decomposition.lowerTriangularMatrix;
  const definite = lower
    .diagonal()
    .every((pivot, i) => pivot * pivot > checked.rows * Number.EPSILON * checked.get(i, i));
  if (!decomposition.isPositiveDefinite() || !definite) {
    refuse(caller, "degenerate-data", "matrix", "positive eigenvalues only", "another matrix");
  }
  return lower.to2DArray();
}

/** ml-matrix refuses a Cholesky decomposition of a matrix whose mirror cells differ in the last bit. */
function symmetrized(matrix: Matrix): Matrix {
  for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < i; j++) matrix.set(j, i, matrix.get(i, j));
  return matrix;
}

function squareMatrix(caller: string, matrix: Rows): Matrix {
  const checked = finiteMatrix(caller, "matrix", matrix);
  if (checked.rows !== checked.columns) {
    refuse(caller, "shape-mismatch", "matrix", "as many rows as columns", `${checked.rows} × ${checked.columns}`);
  }
  return checked;
}

function checkSymmetric(caller: string, matrix: Rows): void {
  const tolerance = 1e-10 * matrix.reduce((largest, row) => Math.max(largest, sizeOf(row)), 0);
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(matrix[i][j] - matrix[j][i]) > tolerance) {
        refuse(caller, "invalid-value", `matrix[${i}][${j}]`, "equal to its mirror cell", "another value");
      }
    }
  }
}

function finiteMatrix(caller: string, path: string, matrix: Rows): Matrix {
  if (matrix.length === 0 || matrix[0].length === 0) {
    refuse(caller, "too-few-rows", path, "at least 1 row and 1 column", "none");
  }
  matrix.forEach((row, i) => {
    if (row.length !== matrix[0].length) {
      refuse(caller, "shape-mismatch", `${path}[${i}]`, `${matrix[0].length} columns`, String(row.length));
    }
    checkFinite(caller, `${path}[${i}]`, row);
  });
  return new Matrix(matrix.map((row) => Array.from(row)));
}

function checkFinite(caller: string, path: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      refuse(caller, "invalid-value", `${path}[${i}]`, "finite", describeValue(values[i]));
  }
}

/** The largest absolute value of a row; 1 for a row of zeros, so that it can divide. */
function sizeOf(row: ArrayLike<number>): number {
  return largestOf(row) || 1;
}

function largestOf(row: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < row.length; i++) size = Math.max(size, Math.abs(row[i]));
  return size;
}
