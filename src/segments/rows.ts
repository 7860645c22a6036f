import { refuse } from "../core/errors.ts";
import { compareRows, rowOrder } from "../numeric/row-order.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** Rows of numbers, with what they weigh. */
export interface Rows {
  /** Row-major, rows × columns. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float64Array | undefined;
}

/** A difference of two numbers of this size can be squared and summed over 10¹⁶ cells without overflow. */
export const largestCell = 1e145;

// Passes over all cells run in blocks: engines compile a function that is called often once, a long loop in every call.
const block = 4096;

/** Refuses a table whose cells cannot be squared and summed: missing, infinite or beyond 1e145, or no column at all. */
export function checkDistances(caller: string, table: FeatureTable): void {
  checkTable(caller, table);
  const { names, values } = table;
  for (let from = 0; from < values.length; from += block) {
    if (areSquarable(values, from, Math.min(values.length, from + block))) continue;
    checkFinite(caller, table);
    const cell = values.findIndex((value) => Math.abs(value) > largestCell);
    const at = `table.values[${Math.floor(cell / names.length)}, ${cell % names.length}]`;
    refuse(caller, "invalid-value", at, "within ±1e145, so that it can be squared", "a larger number");
  }
  if (names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
}

function areSquarable(values: Float64Array, from: number, to: number): boolean {
  for (let cell = from; cell < to; cell++) if (!(Math.abs(values[cell]) <= largestCell)) return false;
  return true;
}

/** The rows of a table, all of weight 1. */
export function rowsOf({ ids, names, values }: FeatureTable): Rows {
  return { values, rows: ids.length, columns: names.length, weights: undefined };
}

/** Copies some rows, in the order given. */
export function takeRows({ values, columns, weights }: Rows, order: Uint32Array): Rows {
  const taken = new Float64Array(order.length * columns);
  for (let i = 0; i < order.length; i++) {
    for (let j = 0, from = order[i] * columns, to = i * columns; j < columns; j++) taken[to + j] = values[from + j];
  }
  const rows = order.length;
  return { values: taken, rows, columns, weights: weights && Float64Array.from(order, (row) => weights[row]) };
}

/**
 * A copy of the rows in an order that depends only on their content, so that random draws, and with them the segments,
 * do not change when the same customers arrive in another order.
 */
export function inRowOrder(data: Rows): Rows {
  return takeRows(data, rowOrder(data.values, data.rows, data.columns));
}

/**
 * Counts distinct rows of positive weight.
 *
 * @param sorted - rows in the order of {@link inRowOrder}.
 */
export function countDistinct({ values, rows, columns, weights }: Rows): number {
  let count = 0;
  let last = -1;
  for (let row = 0; row < rows; row++) {
    if (weights !== undefined && weights[row] === 0) continue;
    if (last < 0 || compareRows(values, columns, last, row) !== 0) count++;
    last = row;
  }
  return count;
}

/** The mean of the columns' variances (divisor n; weighted, if weights are given). */
export function meanVariance(data: Rows): number {
  const { rows, columns, weights } = data;
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const rowsInCache = 256;
  for (let from = 0; from < rows; from += rowsInCache) {
    addDeviations(data, from, Math.min(rows, from + rowsInCache), sums, squares);
  }
  const total = weights === undefined ? rows : weights.reduce((sum, weight) => sum + weight, 0);
  const variances = squares.map((square, j) => Math.max(0, square - (sums[j] * sums[j]) / total) / total);
  return variances.reduce((sum, variance) => sum + variance, 0) / columns;
}

/** Adds some rows to the sums of each column. Column by column: running sums stay in registers, the rows in the cache. */
function addDeviations(
  { values, columns, weights }: Rows,
  from: number,
  to: number,
  sums: Float64Array,
  squares: Float64Array,
): void {
  const end = to * columns;
  for (let j = 0; j < columns; j++) {
    // Deviations from one of the values avoid the loss of digits far from zero.
    const origin = values[j];
    let sum = sums[j];
    let square = squares[j];
    for (let cell = from * columns + j, row = from; cell < end; cell += columns, row++) {
      const deviation = values[cell] - origin;
      const weighted = weights === undefined ? deviation : weights[row] * deviation;
      sum += weighted;
      square += weighted * deviation;
    }
    sums[j] = sum;
    squares[j] = square;
  }
}
