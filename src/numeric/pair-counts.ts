/** A table of which the cells are kept that occur, row after row; of a small table all of them. */
export interface PairCells {
  /** Where each row begins, then the number of cells. */
  readonly starts: Uint32Array;
  /** The column of each cell, ascending within a row. */
  readonly columns: Uint32Array;
}

/** Cells, and which of them each pair falls in. */
export interface NumberedPairs extends PairCells {
  /** Position in `columns` of the cell of each pair; the array that was `from`. */
  readonly cellAt: Uint32Array;
}

/** Cells with how often pairs fell in each, or with the sum of their weights. */
export interface PairCounts extends PairCells {
  /** One per cell. */
  readonly counts: Float64Array;
}

/** A table of at most so many cells is kept whole: it fits in the nearest cache. */
const fewCells = 65_536;

/**
 * Numbers the cells that pairs fall in, row after row.
 *
 * @param from - the row of each pair; overwritten, for another array of this size would cost more than filling it.
 * @param to - its column.
 * @param rows - number of rows.
 * @param columns - number of columns.
 * @returns the cells that occur, in a small table all, and that of each pair. Cost: one pass over the pairs for a small table, else a
 * few; memory is linear in them however many cells there could be.
 */
export function numberPairs(from: Uint32Array, to: Uint32Array, rows: number, columns: number): NumberedPairs {
  const table = wholeTable(rows, columns);
  if (table === undefined) return numberByRow(from, to, rows, columns);
  for (let pair = 0; pair < from.length; pair++) from[pair] = from[pair] * columns + to[pair];
  return { ...table, cellAt: from };
}

/**
 * All cells of a small table: that of row r and column c is at r · columns + c, so that pairs need not be listed first.
 *
 * @returns `undefined` for a larger table, of which only the cells are kept that occur.
 */
export function wholeTable(rows: number, columns: number): PairCells | undefined {
  if (rows * columns > fewCells) return undefined;
  return {
    starts: Uint32Array.from({ length: rows + 1 }, (_, row) => row * columns),
    columns: Uint32Array.from({ length: rows * columns }, (_, cell) => cell % columns),
  };
}

/** Deals the pairs to their rows, then looks at the columns that a row has. */
function numberByRow(from: Uint32Array, to: Uint32Array, rows: number, columns: number): NumberedPairs {
  const begins = new Uint32Array(rows + 1);
  for (let pair = 0; pair < from.length; pair++) begins[from[pair] + 1]++;
  for (let row = 0; row < rows; row++) begins[row + 1] += begins[row];
  const next = begins.slice();
  const dealt = new Uint32Array(from.length);
  for (let pair = 0; pair < from.length; pair++) dealt[next[from[pair]]++] = pair;
  const cells = new Uint32Array(from.length);
  const starts = new Uint32Array(rows + 1);
  const seenIn = new Uint32Array(columns);
  const numberOf = new Uint32Array(columns);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    for (let place = begins[row]; place < begins[row + 1]; place++) {
      const column = to[dealt[place]];
      if (seenIn[column] === row + 1) continue;
      seenIn[column] = row + 1;
      cells[count++] = column;
    }
    const own = cells.subarray(starts[row], count).sort();
    for (let i = 0; i < own.length; i++) numberOf[own[i]] = starts[row] + i;
    for (let place = begins[row]; place < begins[row + 1]; place++) from[dealt[place]] = numberOf[to[dealt[place]]];
    starts[row + 1] = count;
  }
  return { starts, columns: cells.slice(0, count), cellAt: from };
}

/**
 * Counts pairs by {@link numberPairs}.
 *
 * @param from - the row of each pair; overwritten.
 * @param weights - what each pair counts for; default 1.
 */
export function countPairs(
  from: Uint32Array,
  to: Uint32Array,
  rows: number,
  columns: number,
  weights?: Float64Array,
): PairCounts {
  const { cellAt, ...cells } = numberPairs(from, to, rows, columns);
  const counts = new Float64Array(cells.columns.length);
  for (let pair = 0; pair < cellAt.length; pair++) counts[cellAt[pair]] += weights === undefined ? 1 : weights[pair];
  return { ...cells, counts };
}

/** Visits all cells that pairs fell in, row after row. */
export function eachPair(
  { starts, columns, counts }: PairCounts,
  visit: (row: number, column: number, count: number, cell: number) => void,
): void {
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let cell = starts[row]; cell < starts[row + 1]; cell++) {
      if (counts[cell] > 0) visit(row, columns[cell], counts[cell], cell);
    }
  }
}

/** The same as lists of rows: the form in which chains are solved. */
export function listsOf(table: PairCounts): { to: number[][]; weight: number[][] } {
  const rows = table.starts.length - 1;
  const to = Array.from({ length: rows }, (): number[] => []);
  const weight = Array.from({ length: rows }, (): number[] => []);
  eachPair(table, (row, column, count) => {
    to[row].push(column);
    weight[row].push(count);
  });
  return { to, weight };
}
