import type { Accumulator } from "../core/accumulate.ts";
import { describeValue, refuse } from "../core/errors.ts";

/** State of {@link covariance}: what any number of rows leaves behind. */
export interface CovarianceState {
  /** Number of rows. */
  n: number;
  /** Mean of each feature; empty before the first row. */
  mean: number[];
  /** Sums of products of deviations, d × d row-major; only the lower triangle and the diagonal are kept up. */
  products: number[];
}

/** Result of {@link covariance}; matrices are lists of rows. */
export interface Covariance {
  /** Number of rows. */
  readonly n: number;
  /** Mean of each feature; empty without rows. */
  readonly mean: readonly number[];
  /** Population covariance, divisor n; null without rows. */
  readonly covariance: readonly (readonly number[])[] | null;
  /** Unbiased estimate, divisor n - 1; null of fewer than 2 rows. */
  readonly sampleCovariance: readonly (readonly number[])[] | null;
}

/**
 * Means and covariances of features in one pass over the rows; merges like {@link moments}.
 *
 * The first row sets the number of features.
 *
 * @throws {ClienteleError} `shape-mismatch` for a row of another length; `invalid-value` for a cell that is not finite;
 * `too-large` when products overflow.
 * @example
 * const { mean, covariance: spread } = run(covariance, [[1, 2], [3, 6]]);
 * mean; // [2, 4]
 * spread; // [[1, 2], [2, 4]]
 * @see Chan, Golub & LeVeque (1979), "Updating formulae and a pairwise algorithm". Cost: d² / 2 multiplications a row.
 */
export const covariance: Accumulator<ArrayLike<number>, CovarianceState, Covariance> = {
  init: () => ({ n: 0, mean: [], products: [] }),
  add(state, row) {
    if (state.n === 0) {
      checkFinite(row);
      return { n: 1, mean: Array.from(row), products: new Array<number>(row.length * row.length).fill(0) };
    }
    const d = state.mean.length;
    if (row.length !== d) refuseWidth(d, row.length);
    // A row is refused before it has changed anything.
    checkFinite(row);
    const n = state.n + 1;
    const deltas = new Float64Array(d);
    for (let i = 0; i < d; i++) deltas[i] = row[i] - state.mean[i];
    addOuter(state.products, deltas, state.n / n);
    for (let i = 0; i < d; i++) state.mean[i] += deltas[i] / n;
    state.n = n;
    return state;
  },
  merge(a, b) {
    if (a.n === 0 || b.n === 0) return copyOf(a.n === 0 ? b : a);
    if (a.mean.length !== b.mean.length) refuseWidth(a.mean.length, b.mean.length);
    const n = a.n + b.n;
    const deltas = Float64Array.from(b.mean, (mean, i) => mean - a.mean[i]);
    const products = a.products.map((product, cell) => product + b.products[cell]);
    addOuter(products, deltas, (a.n / n) * b.n);
    return { n, mean: a.mean.map((mean, i) => mean + deltas[i] * (b.n / n)), products };
  },
  finish({ n, mean, products }) {
    return {
      n,
      mean: [...mean],
      covariance: n > 0 ? symmetric(products, mean.length, n) : null,
      sampleCovariance: n > 1 ? symmetric(products, mean.length, n - 1) : null,
    };
  },
};

function addOuter(products: number[], deltas: Float64Array, weight: number): void {
  const d = deltas.length;
  for (let i = 0; i < d; i++) {
    const scaled = deltas[i] * weight;
    // An overflow anywhere shows on the diagonal first: |ab| is at most the larger of a² and b².
    if (!(products[i * d + i] + scaled * deltas[i] < Infinity)) {
      refuse("covariance", "too-large", "input", "deviations whose squares stay below 1.8e308", "an overflow");
    }
    for (let j = 0; j <= i; j++) products[i * d + j] += scaled * deltas[j];
  }
}

function symmetric(products: readonly number[], d: number, divisor: number): number[][] {
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (__, j) => products[Math.max(i, j) * d + Math.min(i, j)] / divisor),
  );
}

function copyOf({ n, mean, products }: CovarianceState): CovarianceState {
  return { n, mean: [...mean], products: [...products] };
}

function checkFinite(row: ArrayLike<number>): void {
  for (let i = 0; i < row.length; i++) {
    if (!Number.isFinite(row[i])) refuse("covariance", "invalid-value", `input[${i}]`, "finite", describeValue(row[i]));
  }
}

function refuseWidth(expected: number, received: number): never {
  refuse("covariance", "shape-mismatch", "input", `${expected} features`, String(received));
}
