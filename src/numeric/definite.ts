/** A symmetric positive definite matrix, ready to solve with. */
export interface DefiniteFactor {
  readonly size: number;
  /** L of L · Lᵀ = the matrix scaled to a diagonal of 1: row-major, its upper triangle is not used. */
  readonly lower: Float64Array;
  /** 1 / √ of the matrix's diagonal. */
  readonly scale: Float64Array;
}

/**
 * Factors a symmetric matrix of second derivatives or products. It is scaled to a diagonal of 1 first, so that units of
 * the variables cost no digits.
 *
 * @param matrix - size × size, row-major; the lower triangle is read.
 * @param negligible - a pivot at or below this, a share of the variable's own size, means that the variable is a linear
 * combination of those before it.
 * @returns the factor, or the number of the first such variable.
 * @see Golub & Van Loan, "Matrix Computations", algorithm 4.2.1. Cost: size³ / 3 multiplications.
 */
export function factorDefinite(
  matrix: Float64Array,
  size: number,
  negligible: number,
): DefiniteFactor | { readonly dependent: number } {
  const scale = Float64Array.from({ length: size }, (_, j) => 1 / Math.sqrt(matrix[j * size + j]));
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j] * scale[i] * scale[j];
      for (let k = 0; k < j; k++) rest -= lower[i * size + k] * lower[j * size + k];
      if (i > j) lower[i * size + j] = rest / lower[j * size + j];
      else if (rest > negligible) lower[i * size + i] = Math.sqrt(rest);
      else return { dependent: i };
    }
  }
  return { size, lower, scale };
}

/** Solves matrix · x = right. */
export function solveDefinite({ size, lower, scale }: DefiniteFactor, right: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(scale, (factor, i) => factor * right[i]);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i * size + k] * x[k];
    x[i] /= lower[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= lower[k * size + i] * x[k];
    x[i] /= lower[i * size + i];
  }
  return x.map((value, i) => value * scale[i]);
}

/** The inverse: symmetric to the bit, as rows. */
export function invertDefinite(factor: DefiniteFactor): Float64Array[] {
  const { size } = factor;
  const rows = Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return solveDefinite(factor, unit);
  });
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) rows[i][j] = rows[j][i];
  return rows;
}
