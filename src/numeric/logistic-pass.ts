import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";

/** Rows with an outcome each. */
export interface OutcomeRows {
  /** Row-major, rows × columns. */
  readonly values: Float64Array;
  readonly rows: number;
  /** At least 1. */
  readonly columns: number;
  /** 1 where the outcome came, 0 elsewhere. */
  readonly outcome: Uint8Array;
  /** At least 0; all 1 if absent. */
  readonly weights: Float64Array | undefined;
}

/** The log likelihood at some coefficients and its derivatives; the intercept comes first. */
export interface LogisticSums {
  /** −log likelihood. */
  readonly loss: number;
  /** The least that the log odds of a row speak for what came: above 0 where every row is told rightly. */
  readonly least: number;
  /** The most. */
  readonly greatest: number;
  /** Derivatives of the log likelihood. */
  readonly gradient: Float64Array;
  /** Second derivatives of −log likelihood, (columns + 1)², row-major. */
  readonly hessian: Float64Array | undefined;
}

/** Goes over rows. */
export interface LogisticPass {
  /** Σ weight · (1, value − center) over all rows; zeros before they have been gone over. */
  readonly sums: Float64Array;
  /**
   * @param coefficients - the intercept, then one per column, of value − center.
   * @param withHessian - whether to add up second derivatives, which takes about as long as the rest.
   * @param every - 1 for all rows; k for one in k, in runs of 8 from all over the table.
   */
  at(coefficients: Float64Array, withHessian: boolean, every?: number): LogisticSums;
}

/** Rows that a sample takes together: copying runs is faster, and runs from all over the table see all parts of it. */
const runRows = 8;
/** Rows that the kernel transposes at a time. */
const panelRows = 128;
/** Cells of a block: small enough to stay in the second-level cache between the copy and the kernel. */
const blockCells = 32_768;
/** Columns whose products the kernels' memory has room for. */
export const mostLogisticColumns = 10_000;

/**
 * Lends a pass over rows to `use`. The rows are copied block by block in every pass, so that the memory needed does not
 * grow with them.
 *
 * @param data - finite values; at most {@link mostLogisticColumns} columns.
 * @param center - what is taken off each column, so that values far from 0 keep their digits.
 */
export function withLogisticPass<R>(data: OutcomeRows, center: Float64Array, use: (pass: LogisticPass) => R): R {
  const { values, rows, columns, outcome, weights } = data;
  const stride = (columns + 3) & ~3;
  const size = columns + 1;
  const blockRows = panelRows * Math.max(1, Math.floor(blockCells / (columns * panelRows)));
  const doubles = {
    block: blockRows * columns,
    weights: weights === undefined ? 1 : blockRows,
    center: columns,
    coefficients: size,
    panel: (stride + 8) * panelRows,
    totals: 6,
    gradient: 2 * (stride + 4),
    sums: 2 * (stride + 4),
    spreads: 2 * (stride + 4),
    products: 2 * stride * stride,
  };
  const bytes = Object.values(doubles).reduce((sum, length) => sum + arenaBytes(length, 8), arenaBytes(blockRows, 1));
  return borrowKernels(bytes, (kernels, arena) => {
    const block = arena.f64(doubles.block);
    const blockWeights = arena.f64(doubles.weights);
    const centers = arena.f64(columns);
    const slopes = arena.f64(doubles.coefficients);
    const panel = arena.f64(doubles.panel);
    const totals = arena.f64(doubles.totals);
    const gradient = arena.f64(doubles.gradient);
    const sums = arena.f64(doubles.sums);
    const spreads = arena.f64(doubles.spreads);
    const products = arena.f64(doubles.products);
    const rowSums = new Float64Array(size);
    const outcomes = arena.u8(blockRows);
    centers.set(center);

    /** Copies rows to the end of the block. */
    function take(filled: number, from: number, to: number): void {
      block.set(values.subarray(from * columns, to * columns), filled * columns);
      outcomes.set(outcome.subarray(from, to), filled);
      if (weights !== undefined) blockWeights.set(weights.subarray(from, to), filled);
    }

    /** Fills the block with rows from `from` on, and tells how many it took and where to go on. */
    function fill(from: number, every: number): { readonly count: number; readonly next: number } {
      if (every === 1) {
        const next = Math.min(rows, from + blockRows);
        take(0, from, next);
        return { count: next - from, next };
      }
      let count = 0;
      let next = from;
      for (; next < rows && count + runRows <= blockRows; next += every * runRows) {
        const to = Math.min(rows, next + runRows);
        take(count, next, to);
        count += to - next;
      }
      return { count, next };
    }

    return use({
      sums: rowSums,
      at(coefficients, withHessian, every = 1) {
        slopes.set(coefficients);
        totals.set([0, 0, Infinity, Infinity, -Infinity, -Infinity]);
        for (const sum of [gradient, sums, spreads, products]) sum.fill(0);
        // They do not depend on the coefficients: once is enough.
        const withSums = every === 1 && rowSums[0] === 0;
        for (let from = 0; from < rows;) {
          const { count, next } = fill(from, every);
          kernels.addLogistic(
            block.byteOffset,
            count,
            columns,
            centers.byteOffset,
            outcomes.byteOffset,
            weights === undefined ? 0 : blockWeights.byteOffset,
            slopes.byteOffset,
            panel.byteOffset,
            totals.byteOffset,
            gradient.byteOffset,
            withSums ? sums.byteOffset : 0,
            spreads.byteOffset,
            withHessian ? products.byteOffset : 0,
          );
          from = next;
        }
        if (withSums) rowSums.set(pairsOf(sums, size));
        return {
          loss: totals[0] + totals[1],
          least: Math.min(totals[2], totals[3]),
          greatest: Math.max(totals[4], totals[5]),
          gradient: pairsOf(gradient, size),
          hessian: withHessian ? symmetric(pairsOf(spreads, size), products, stride) : undefined,
        };
      },
    });
  });
}

function pairsOf(pairs: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, j) => pairs[2 * j] + pairs[2 * j + 1]);
}

/** The matrix whose first row is given, and whose other rows are the products. */
function symmetric(first: Float64Array, pairs: Float64Array, stride: number): Float64Array {
  const size = first.length;
  const matrix = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      const at = 2 * ((a - 1) * stride + b - 1);
      matrix[a * size + b] = a === 0 ? first[b] : pairs[at] + pairs[at + 1];
      matrix[b * size + a] = matrix[a * size + b];
    }
  }
  return matrix;
}
