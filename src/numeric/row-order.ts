import { type Run, sortPackedRun } from "./packed-runs.ts";

const shortRun = 24;

/**
 * Order of rows by their first column, ties by the second and so on; equal rows keep their order.
 *
 * What is drawn or summed in this order depends on what the rows are, not on how they happened to be stored. The order
 * does not change when a column is shifted or multiplied by a positive number.
 *
 * @param values - row-major rows × columns, finite.
 * @param rows - number of rows, below 2³².
 * @param columns - number of columns.
 * @returns row numbers in order. Cost O(n log n) for each column in which rows tie.
 */
export function rowOrder(values: Float64Array, rows: number, columns: number): Uint32Array {
  const order = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  // Engines sort 64-bit integers without a comparator natively: a 32-bit key above, the row number below.
  const packed = new BigUint64Array(rows);
  const words = new Uint32Array(packed.buffer);
  // Runs of rows that tie so far. Each level compares one half of one column: a double has two 32-bit keys.
  const runs: Run[] = [{ start: 0, end: rows, level: 0 }];
  for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
    const { start, end, level } = run;
    if (end - start < 2 || level === 2 * columns) continue;
    if (end - start <= shortRun) {
      insertionSort(values, columns, order, start, end);
      continue;
    }
    if (!packKeys(values, columns, order, words, run)) {
      runs.push({ start, end, level: level + 1 });
      continue;
    }
    sortPackedRun(packed, order, run, runs, run.level + 1);
  }
  return order;
}

/** Writes the keys of one run at its level; false when they are all equal. */
function packKeys(
  values: Float64Array,
  columns: number,
  order: Uint32Array,
  words: Uint32Array,
  { start, end, level }: Run,
): boolean {
  const cell = new Float64Array(1);
  const halves = new Uint32Array(cell.buffer);
  const column = level >> 1;
  const half = level % 2 === 0 ? 1 : 0;
  let differ = false;
  for (let i = start; i < end; i++) {
    cell[0] = values[order[i] * columns + column] + 0; // −0 + 0 = 0
    const negative = halves[1] >>> 31 === 1;
    const key = negative ? ~halves[half] : half === 1 ? halves[1] ^ 0x80000000 : halves[0];
    words[2 * i] = order[i];
    words[2 * i + 1] = key;
    if (words[2 * i + 1] !== words[2 * start + 1]) differ = true;
  }
  return differ;
}

function insertionSort(values: Float64Array, columns: number, order: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const row = order[i];
    let place = i;
    while (place > start && compareRows(values, columns, order[place - 1], row) > 0) {
      order[place] = order[place - 1];
      place--;
    }
    order[place] = row;
  }
}

/** Lexicographic comparison of two rows; 0 when all cells are equal. */
export function compareRows(values: Float64Array, columns: number, a: number, b: number): number {
  for (let j = 0, i = a * columns, k = b * columns; j < columns; j++, i++, k++) {
    if (values[i] !== values[k]) return values[i] < values[k] ? -1 : 1;
  }
  return 0;
}
