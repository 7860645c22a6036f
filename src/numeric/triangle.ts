import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";

/** Rows, an outcome and weights that are to be decomposed. */
export interface Design {
  /** Row-major, n × columns. */
  readonly values: Float64Array;
  /** Number of columns. */
  readonly columns: number;
  /** n values. */
  readonly target: ArrayLike<number>;
  /** n weights of at least 0; all 1 when absent. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Whether a column of ones stands before the others. */
  readonly intercept: boolean;
}

/**
 * The triangle R of a QR decomposition of (ones, columns, target), the columns and the target being moved by `center` and then
 * multiplied by `scale`, both exactly as given.
 */
export interface Triangle {
  /** Number of columns of R: ones, if any, then the design's columns, then the target. */
  readonly width: number;
  /** width × width, row-major, zeros below the diagonal. */
  readonly cells: Float64Array;
  /** What was subtracted: of each column, then of the target; zeros without an intercept. */
  readonly center: Float64Array;
  /** Powers of 2, so that squares of cells neither over- nor underflow. */
  readonly scale: Float64Array;
}

/** Cells of a block: small enough to stay in the second-level cache between the copy and the kernel. */
const blockCells = 16384;
const panelRows = 128;
/** Rows from which center and scale are taken; what they leave is exact arithmetic or rounding like that of any other row. */
const firstRows = 4096;

/**
 * Decomposes any number of rows by Householder's reflections, a panel of rows at a time, in the memory of one panel. Products of
 * columns (the normal equations, which square the condition) are never formed. The same bits come out with and without
 * WebAssembly.
 *
 * @param design - checked shapes; cells are looked at here.
 * @returns the triangle, or null when a cell is not finite, or so much larger than those before that its square overflows. Cost:
 * 2·n·columns².
 * @see Golub & Van Loan (2013), "Matrix Computations", 5.2.2; Demmel and others (2012), "Communication-optimal parallel and
 * sequential QR", for panels below a triangle.
 */
export function triangleOf(design: Design): Triangle | null {
  const { values, columns, target, weights, intercept } = design;
  const rows = target.length;
  const lead = intercept ? 1 : 0;
  const width = lead + columns + 1;
  const padded = (width + 1) & ~1;
  const block = panelRows * Math.max(1, Math.floor(blockCells / (columns * panelRows)));
  const { center, scale } = frameOf(design);
  const lengths = [block * columns, block, block, columns + 1, columns + 1, padded * panelRows, padded * padded];
  const bytes = lengths.reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  return borrowKernels(bytes, (kernels, arena) => {
    const [cells, outcome, roots, centers, scales, panel, triangle] = lengths.map((length) => arena.f64(length));
    centers.set(center);
    scales.set(scale);
    roots.fill(1);
    for (let from = 0; from < rows; from += block) {
      const to = Math.min(rows, from + block);
      cells.set(values.subarray(from * columns, to * columns));
      if (target instanceof Float64Array) outcome.set(target.subarray(from, to));
      else for (let row = from; row < to; row++) outcome[row - from] = target[row];
      if (weights !== undefined) for (let row = from; row < to; row++) roots[row - from] = Math.sqrt(weights[row]);
      kernels.foldTriangle(
        cells.byteOffset,
        to - from,
        columns,
        outcome.byteOffset,
        roots.byteOffset,
        lead,
        centers.byteOffset,
        scales.byteOffset,
        panel.byteOffset,
        triangle.byteOffset,
      );
    }
    const compact = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) compact[i * width + j] = triangle[i * padded + j];
    }
    return compact.every(Number.isFinite) ? { width, cells: compact, center, scale } : null;
  });
}

/** A center near the mean and a power of 2 near the size of what is left, of each column and of the target. */
function frameOf({ values, columns, target, intercept }: Design): Pick<Triangle, "center" | "scale"> {
  const rows = Math.min(target.length, firstRows);
  const center = new Float64Array(columns + 1);
  const scale = new Float64Array(columns + 1);
  for (let j = 0; j <= columns; j++) {
    const at = (row: number): number => (j === columns ? target[row] : values[row * columns + j]);
    if (intercept && rows > 0) {
      // From the first row, so that a column that is the same everywhere has deviations of exactly 0.
      const origin = at(0);
      let shift = 0;
      for (let row = 0; row < rows; row++) shift += (at(row) - origin) / rows;
      center[j] = Number.isFinite(origin + shift) ? origin + shift : 0;
    }
    let size = 0;
    for (let row = 0; row < rows; row++) size = Math.max(size, Math.abs(at(row) - center[j]));
    scale[j] = inverseSize(size);
  }
  return { center, scale };
}

/** The power of 2 that brings a size to between 1/2 and 1; 1 for sizes that need none. */
function inverseSize(size: number): number {
  let factor = 1;
  if (!(size > 0 && size < Infinity)) return factor;
  while (size * factor >= 2 ** 64) factor /= 2 ** 64;
  while (size * factor < 2 ** -64 && factor < 2 ** 960) factor *= 2 ** 64;
  return factor;
}
