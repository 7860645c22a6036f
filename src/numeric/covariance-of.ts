import { describeValue, refuse } from "../core/errors.ts";
import { covariance, type Covariance, type CovarianceState } from "./covariance.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { addressableBytes, arenaBytes, type Arena, borrowKernels } from "./kernels/runtime.ts";
import { productLengths } from "./row-products.ts";

/**
 * Means and covariances of a block of numbers, many times faster than {@link covariance} row by row.
 *
 * The rows go through in one pass: blocks are centered near their own mean and merged, so values far from 0 and rows in
 * rising order keep their digits. The same bits come out with and without WebAssembly.
 *
 * @param values - row-major, n rows × `columns`, finite.
 * @param columns - number of features, at least 1.
 * @returns the same as {@link covariance} of the rows, but for rounding.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite; `shape-mismatch` for a length that
 * `columns` does not divide; `too-large` when products overflow, or beyond 16,000 columns. Cost: d² / 2 multiplications a
 * row.
 * @example
 * covarianceOf(Float64Array.of(1, 2, 3, 6), 2).sampleCovariance; // [[2, 4], [4, 8]]
 * @see Chan, Golub & LeVeque (1979), "Updating formulae and a pairwise algorithm".
 */
export function covarianceOf(values: Float64Array, columns: number): Covariance {
  return covariance.finish(covarianceStateOf("covarianceOf", values, columns));
}

/**
 * The state behind {@link covarianceOf}: for workers that each hold a part of the rows and send what can be merged.
 *
 * @param values - row-major, n rows × `columns`, finite.
 * @param columns - number of features, at least 1.
 * @returns a state of {@link covariance}, to be merged with others and finished.
 * @throws {ClienteleError} as {@link covarianceOf}.
 * @example
 * const parts = [Float64Array.of(1, 2), Float64Array.of(3, 6)].map((rows) => covarianceState(rows, 2));
 * covariance.finish(mergeAll(covariance, parts)).covariance; // [[1, 2], [2, 4]]
 */
export function covarianceState(values: Float64Array, columns: number): CovarianceState {
  return covarianceStateOf("covarianceState", values, columns);
}

/**
 * {@link covarianceState} for other public functions.
 *
 * @param caller - the public function, for messages.
 * @param values - row-major, finite.
 * @param columns - number of features.
 * @param path - how to call the values in a message: cells are `path[row, column]`.
 * @returns a state of {@link covariance}.
 */
export function covarianceStateOf(
  caller: string,
  values: Float64Array,
  columns: number,
  path = "values",
): CovarianceState {
  if (!(values instanceof Float64Array)) {
    refuse(caller, "shape-mismatch", path, "a Float64Array of numbers", describeValue(values));
  }
  if (!Number.isSafeInteger(columns) || columns < 1) {
    refuse(caller, "invalid-value", "columns", "an integer of at least 1", describeValue(columns));
  }
  if (values.length % columns !== 0) {
    refuse(caller, "shape-mismatch", path, `a multiple of ${columns} numbers`, String(values.length));
  }
  const rows = values.length / columns;
  if (rows === 0) return covariance.init();
  const lengths = productLengths(columns);
  const bytes = Object.values(lengths).reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  if (bytes >= addressableBytes) refuse(caller, "too-large", "columns", "at most 16000 columns", String(columns));
  return borrowKernels(bytes, (kernels, arena) => {
    const pass = openPass(values, columns, kernels, arena);
    const step = lengths.block / columns;
    for (let row = 0; row < rows; row += step) {
      const end = Math.min(rows, row + step);
      if (!addBlock(pass, row, end)) refuseBlock(caller, path, pass, row, end);
    }
    return stateOf(pass);
  });
}

/** What one pass keeps. Means are kept as distances from `origin`, so that those of values around 1e9 keep their digits. */
interface Pass {
  readonly values: Float64Array;
  readonly columns: number;
  readonly kernels: Kernels;
  readonly block: Float64Array;
  readonly center: Float64Array;
  readonly panel: Float64Array;
  readonly sums: Float64Array;
  readonly products: Float64Array;
  readonly origin: Float64Array;
  /** Rows so far, their mean less the origin, and their products of deviations (upper triangle). */
  n: number;
  readonly mean: Float64Array;
  readonly total: Float64Array;
}

function openPass(values: Float64Array, columns: number, kernels: Kernels, arena: Arena): Pass {
  const lengths = productLengths(columns);
  const rows = Math.min(values.length, lengths.block) / columns;
  // A column that is the same everywhere in the first block has this value exactly as its mean, and no deviation at all.
  const origin = values.slice(0, columns);
  const shift = new Float64Array(columns);
  for (let cell = 0, row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, cell++) shift[j] += (values[cell] - origin[j]) / rows;
  }
  for (let j = 0; j < columns; j++) if (Number.isFinite(shift[j])) origin[j] += shift[j];
  return {
    ...{ values, columns, kernels, origin, n: 0 },
    block: arena.f64(lengths.block),
    center: arena.f64(lengths.center),
    panel: arena.f64(lengths.panel),
    sums: arena.f64(lengths.sums),
    products: arena.f64(lengths.products),
    mean: new Float64Array(columns),
    total: new Float64Array(columns * columns),
  };
}

/**
 * Takes in the rows [from, to): sums around the mean so far, turned into sums around their own mean, merged.
 *
 * What the turn cancels is small beside what the merge then adds for the distance between both means.
 *
 * @returns false when a cell is not finite or a square overflows.
 */
function addBlock(pass: Pass, from: number, to: number): boolean {
  const { values, columns, kernels, block, center, panel, sums, products, origin, mean, total } = pass;
  for (let j = 0; j < columns; j++) center[j] = origin[j] + mean[j];
  block.set(values.subarray(from * columns, to * columns));
  sums.fill(0);
  products.fill(0);
  kernels.addProducts(
    block.byteOffset,
    to - from,
    columns,
    center.byteOffset,
    panel.byteOffset,
    sums.byteOffset,
    products.byteOffset,
  );
  const stride = (columns + 3) & ~3;
  const added = to - from;
  const n = pass.n + added;
  const shift = new Float64Array(columns);
  const delta = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    shift[j] = (sums[2 * j] + sums[2 * j + 1]) / added;
    // The center is rounded: what it differs from the mean so far belongs to the distance of both means.
    delta[j] = center[j] - origin[j] - mean[j] + shift[j];
  }
  const weight = (pass.n / n) * added;
  for (let a = 0; a < columns; a++) {
    const scaledShift = added * shift[a];
    const scaledDelta = weight * delta[a];
    for (let b = a; b < columns; b++) {
      const at = 2 * (a * stride + b);
      const around = products[at] + products[at + 1] - scaledShift * shift[b];
      // Rounding may leave a hair below zero where a column of this block is constant.
      total[a * columns + b] += (a === b ? Math.max(0, around) : around) + scaledDelta * delta[b];
    }
    // Math.max keeps NaN. An overflow anywhere shows on the diagonal: |ab| is at most the larger of a² and b².
    if (!(total[a * columns + a] < Infinity)) return false;
  }
  for (let j = 0; j < columns; j++) mean[j] += delta[j] * (added / n);
  pass.n = n;
  return true;
}

function refuseBlock(caller: string, path: string, { values, columns }: Pass, from: number, to: number): never {
  for (let cell = from * columns; cell < to * columns; cell++) {
    if (Number.isFinite(values[cell])) continue;
    const place = `${path}[${Math.floor(cell / columns)}, ${cell % columns}]`;
    refuse(caller, "invalid-value", place, "finite", describeValue(values[cell]));
  }
  refuse(caller, "too-large", path, "deviations whose squares stay below 1.8e308", "an overflow");
}

function stateOf({ n, columns, origin, mean, total }: Pass): CovarianceState {
  const products = new Array<number>(columns * columns).fill(0);
  for (let a = 0; a < columns; a++) {
    for (let b = a; b < columns; b++) products[b * columns + a] = total[a * columns + b];
  }
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  return { n, mean: Array.from(origin, (value, j) => value + mean[j] + 0), products };
}
