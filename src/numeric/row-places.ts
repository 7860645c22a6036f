import { rowOrder } from "./row-order.ts";

// Passes over all rows run in blocks: engines compile a function that is called often once, a long loop in every call.
const block = 8192;
const mostBuckets = 2 ** 20;

/**
 * The rows that {@link rowOrder} has at some places, without sorting the others: where the first column tells most rows apart,
 * only those are sorted that fall into the same narrow range of it as a row that is asked for.
 *
 * @param values - row-major rows × columns, finite.
 * @param rows - number of rows, below 2³².
 * @param columns - number of columns, at least 1.
 * @param places - ascending, below `rows`.
 * @returns row numbers, one per place. Cost O(n) and that of sorting those rows; at worst that of sorting all.
 */
export function rowsAtPlaces(values: Float64Array, rows: number, columns: number, places: Uint32Array): Uint32Array {
  const buckets = bucketsOf(values, rows, columns);
  const near = buckets && rowsNear(buckets, places);
  if (near === undefined) {
    const order = rowOrder(values, rows, columns);
    return places.map((place) => order[place]);
  }
  const copies = new Float64Array(near.rows.length * columns);
  for (let from = 0; from < near.rows.length; from += block) {
    copy(values, columns, near.rows, from, Math.min(near.rows.length, from + block), copies);
  }
  const order = rowOrder(copies, near.rows.length, columns);
  return near.places.map((place) => near.rows[order[place]]);
}

function copy(
  values: Float64Array,
  columns: number,
  rows: Uint32Array,
  from: number,
  to: number,
  copies: Float64Array,
): void {
  for (let i = from, out = from * columns; i < to; i++) {
    for (let cell = rows[i] * columns, end = cell + columns; cell < end; cell++, out++) copies[out] = values[cell];
  }
}

/** Rows by narrow ranges of their first column, of which the order is that of the numbers. */
interface Buckets {
  /** Per row the number of its bucket. */
  readonly of: Uint32Array;
  readonly sizes: Uint32Array;
}

function bucketsOf(values: Float64Array, rows: number, columns: number): Buckets | undefined {
  const extent = [Infinity, -Infinity];
  const all = rows * columns;
  const step = block * columns;
  for (let from = 0; from < all; from += step) widen(values, columns, from, Math.min(all, from + step), extent);
  const [least, most] = extent;
  const count = Math.min(mostBuckets, rows);
  const scale = (count - 1) / (most - least);
  if (!(scale > 0 && scale < Infinity)) return undefined;
  const of = new Uint32Array(rows);
  const sizes = new Uint32Array(count);
  for (let from = 0; from < rows; from += block) {
    fill(values, columns, from, Math.min(rows, from + block), least, scale, of, sizes);
  }
  return { of, sizes };
}

function widen(values: Float64Array, columns: number, from: number, to: number, extent: number[]): void {
  let [least, most] = extent;
  for (let cell = from; cell < to; cell += columns) {
    if (values[cell] < least) least = values[cell];
    if (values[cell] > most) most = values[cell];
  }
  extent[0] = least;
  extent[1] = most;
}

/** Rounding never swaps two cells: each step is monotone. */
function fill(
  values: Float64Array,
  columns: number,
  from: number,
  to: number,
  least: number,
  scale: number,
  of: Uint32Array,
  sizes: Uint32Array,
): void {
  for (let row = from, cell = from * columns; row < to; row++, cell += columns) {
    const bucket = ((values[cell] - least) * scale) >>> 0;
    of[row] = bucket;
    sizes[bucket]++;
  }
}

/**
 * All rows of the buckets that the places fall into, by number, and where in their order the places are; undefined when they are
 * more than half of all.
 */
function rowsNear({ of, sizes }: Buckets, places: Uint32Array): { rows: Uint32Array; places: Uint32Array } | undefined {
  const isNear = new Uint8Array(sizes.length);
  const moved = new Uint32Array(places.length);
  let before = 0; // Rows in the buckets before this one.
  let taken = 0; // Those of them that are near.
  for (let bucket = 0, i = 0; bucket < sizes.length && i < places.length; bucket++) {
    const end = before + sizes[bucket];
    if (places[i] < end) {
      isNear[bucket] = 1;
      for (; i < places.length && places[i] < end; i++) moved[i] = taken + places[i] - before;
      taken += sizes[bucket];
    }
    before = end;
  }
  if (taken > of.length / 2) return undefined;
  const rows = new Uint32Array(taken + 1); // One more is written to.
  let count = 0;
  for (let from = 0; from < of.length; from += block) {
    count = list(of, isNear, from, Math.min(of.length, from + block), rows, count);
  }
  return { rows: rows.subarray(0, taken), places: moved };
}

function list(of: Uint32Array, isNear: Uint8Array, from: number, to: number, rows: Uint32Array, start: number): number {
  let count = start;
  for (let row = from; row < to; row++) {
    rows[count] = row;
    count += isNear[of[row]];
  }
  return count;
}
