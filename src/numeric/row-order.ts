import { type Run, sortPackedRun } from "./packed-runs.ts";

const shortRun = 24;
/** From here on counting is faster than comparing. */
const longTable = 4096;

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
  forEachBlock(rows, (start, end) => number(order, start, end));
  // Runs of rows that tie so far. Each level compares one half of one column: a double has two 32-bit keys.
  const runs: Run[] = [];
  if (rows < longTable || columns === 0 || !sortByFirstColumn(values, rows, columns, order, runs)) {
    runs.push({ start: 0, end: rows, level: 0 });
  }
  if (runs.length === 0) return order;
  // Engines sort 64-bit integers without a comparator natively: a 32-bit key above, the row number below.
  const packed = new BigUint64Array(rows);
  const words = new Uint32Array(packed.buffer);
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

// Passes over all rows run in blocks: engines compile a function that is called often once, a long loop in every call.
const block = 8192;
const digitBits = 11;
const digits: number = 1 << digitBits;

/**
 * Sorts by the first column where that tells most rows apart: by counting, three times, the digits of a 32-bit number that
 * grows with the cell. Long runs of equal numbers are pushed to `runs`, short ones are sorted at once.
 *
 * @returns false, with `order` unchanged, when the column is constant or its extent is no number.
 */
function sortByFirstColumn(
  values: Float64Array,
  rows: number,
  columns: number,
  order: Uint32Array,
  runs: Run[],
): boolean {
  const extent = [Infinity, -Infinity];
  forEachBlock(rows, (start, end) => widen(values, columns, start, end, extent));
  const scale = 0xffffffff / (extent[1] - extent[0]);
  if (!(scale > 0 && scale < Infinity)) return false;
  const counts = [0, 1, 2].map(() => new Uint32Array(digits));
  let keys: Uint32Array = new Uint32Array(rows);
  let sortedKeys: Uint32Array = new Uint32Array(rows);
  let from = order;
  let to: Uint32Array = new Uint32Array(rows);
  forEachBlock(rows, (start, end) => writeKeys(values, columns, start, end, extent[0], scale, keys, counts));
  for (let digit = 0; digit < counts.length; digit++) {
    const places = startsOf(counts[digit]);
    forEachBlock(rows, (start, end) => scatter(keys, from, start, end, digit * digitBits, places, sortedKeys, to));
    [keys, sortedKeys] = [sortedKeys, keys];
    [from, to] = [to, from];
  }
  // An odd number of turns ends in the other array.
  order.set(from);
  settleTies(values, columns, keys, order, runs);
  return true;
}

function forEachBlock(rows: number, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < rows; start += block) visit(start, Math.min(rows, start + block));
}

function number(order: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) order[i] = i;
}

function widen(values: Float64Array, columns: number, start: number, end: number, extent: number[]): void {
  let [least, most] = extent;
  for (let cell = start * columns; cell < end * columns; cell += columns) {
    if (values[cell] < least) least = values[cell];
    if (values[cell] > most) most = values[cell];
  }
  extent[0] = least;
  extent[1] = most;
}

/** Rounding never swaps two cells: each step is monotone. */
function writeKeys(
  values: Float64Array,
  columns: number,
  start: number,
  end: number,
  least: number,
  scale: number,
  keys: Uint32Array,
  [low, middle, high]: readonly Uint32Array[],
): void {
  for (let row = start, cell = start * columns; row < end; row++, cell += columns) {
    keys[row] = (values[cell] - least) * scale;
    const key = keys[row];
    low[key & (digits - 1)]++;
    middle[(key >>> digitBits) & (digits - 1)]++;
    high[key >>> (2 * digitBits)]++;
  }
}

function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length);
  for (let digit = 1; digit < counts.length; digit++) starts[digit] = starts[digit - 1] + counts[digit - 1];
  return starts;
}

function scatter(
  keys: Uint32Array,
  order: Uint32Array,
  start: number,
  end: number,
  shift: number,
  places: Uint32Array,
  sortedKeys: Uint32Array,
  sortedOrder: Uint32Array,
): void {
  for (let i = start; i < end; i++) {
    const key = keys[i];
    const place = places[(key >>> shift) & (digits - 1)]++;
    sortedKeys[place] = key;
    sortedOrder[place] = order[i];
  }
}

function settleTies(values: Float64Array, columns: number, keys: Uint32Array, order: Uint32Array, runs: Run[]): void {
  const rows = order.length;
  for (let start = 0; start < rows;) {
    const end = endOfRun(keys, start);
    if (end - start > shortRun) runs.push({ start, end, level: 0 });
    else if (end - start > 1) insertionSort(values, columns, order, start, end);
    start = end;
  }
}

function endOfRun(keys: Uint32Array, start: number): number {
  let end = start + 1;
  while (end < keys.length && keys[end] === keys[start]) end++;
  return end;
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
