import { type LeveledColumn, levelsOf, SeenNumbers } from "./levels.ts";

/** The distinct rows of a block of numbers, in order of their first column, then the second and so on. */
export interface DistinctRows {
  /** Of each distinct row, the number of the first row that is equal to it. */
  readonly rows: Uint32Array;
  /** How many rows are equal to it. */
  readonly weight: Float64Array;
  /** For each row the position of its distinct row. */
  readonly of: Uint32Array;
  /** The columns of the distinct rows, by the numbers that repeat in them. */
  readonly columns: readonly LeveledColumn[];
}

/** Integers up to here are exact. */
const largestPacked = 2 ** 53;

/**
 * Finds equal rows, so that what depends on a row alone is computed once. Sums over the result do not depend on the order
 * in which the rows came.
 *
 * @param values - row-major, finite; 0 and −0 are one.
 * @param rows - number of rows, below 2²⁶.
 * @param columns - number of columns.
 * @param compared - the columns that count, the first in the order of rows first; default all.
 * @returns see {@link DistinctRows}. Cost: a look into a hash table per row and column, and a sort by counting of what is distinct.
 */
export function distinctRows(
  values: Float64Array,
  rows: number,
  columns: number,
  compared: readonly number[] = Array.from({ length: columns }, (_, column) => column),
): DistinctRows {
  const leveled = compared.map((column) => levelsOf(values, rows, columns, column));
  // A row in one number: its places in the columns are the digits.
  const packed = new Float64Array(rows);
  let size = 1;
  for (const { levels, at } of leveled) {
    if (size * levels.length > largestPacked) {
      const soFar = levelsOf(packed, rows, 1, 0);
      packed.set(soFar.at);
      size = soFar.levels.length;
    }
    for (let row = 0; row < rows; row++) packed[row] = packed[row] * levels.length + at[row];
    size *= levels.length;
  }
  const seen = new SeenNumbers();
  const of = new Uint32Array(rows);
  const first = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const before = seen.count;
    of[row] = seen.placeOf(packed[row]);
    if (seen.count > before) first[before] = row;
  }
  const order = orderBy(leveled, first.slice(0, seen.count));
  const rank = new Uint32Array(rows);
  for (let i = 0; i < order.length; i++) rank[of[order[i]]] = i;
  const weight = new Float64Array(order.length);
  for (let row = 0; row < rows; row++) {
    of[row] = rank[of[row]];
    weight[of[row]]++;
  }
  return { rows: order, weight, of, columns: leveled.map(({ levels, at }) => ({ levels, at: pick(at, order) })) };
}

/** Sorts different rows by counting, from the last column to the first: ties keep the order of the columns after. */
function orderBy(columns: readonly LeveledColumn[], rows: Uint32Array): Uint32Array {
  let from = rows;
  for (const { levels, at } of columns.toReversed()) {
    const place = new Uint32Array(levels.length + 1);
    for (let i = 0; i < from.length; i++) place[at[from[i]] + 1]++;
    for (let level = 1; level < levels.length; level++) place[level] += place[level - 1];
    const to = new Uint32Array(from.length);
    for (let i = 0; i < from.length; i++) to[place[at[from[i]]]++] = from[i];
    from = to;
  }
  return from;
}

function pick(column: Uint32Array, rows: Uint32Array): Uint32Array {
  const picked = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]];
  return picked;
}
