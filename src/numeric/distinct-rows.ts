import { rowOrder } from "./row-order.ts";

/** The distinct rows of a block of numbers, in order of their first column, then the second and so on. */
export interface DistinctRows {
  /** Of each distinct row, the number of one row that is equal to it. */
  readonly rows: Uint32Array;
  /** How many rows are equal to it. */
  readonly weight: Float64Array;
  /** For each row the position of its distinct row. */
  readonly of: Uint32Array;
}

/**
 * Finds equal rows, so that what depends on a row alone is computed once. Sums over the result do not depend on the order
 * in which the rows came.
 *
 * @param values - row-major, finite; 0 and −0 differ.
 * @param rows - number of rows.
 * @param columns - number of columns.
 * @returns see {@link DistinctRows}. Cost: one sort.
 */
export function distinctRows(values: Float64Array, rows: number, columns: number): DistinctRows {
  const of = new Uint32Array(rows);
  const first = new Uint32Array(rows);
  const weight = new Float64Array(rows);
  let count = 0;
  for (const row of rowOrder(values, rows, columns)) {
    if (count === 0 || differ(values, columns, first[count - 1], row)) first[count++] = row;
    weight[count - 1]++;
    of[row] = count - 1;
  }
  return { rows: first.slice(0, count), weight: weight.slice(0, count), of };
}

function differ(values: Float64Array, columns: number, a: number, b: number): boolean {
  for (let j = 0; j < columns; j++) if (values[a * columns + j] !== values[b * columns + j]) return true;
  return false;
}
