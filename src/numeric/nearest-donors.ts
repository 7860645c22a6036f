import { rowOrder } from "./row-order.ts";

/** Donors whose distances are built up at a time: their sums stay in the first-level cache. */
const blockRows = 1024;

/**
 * Rows as one list per column, null = missing, sorted by content: nothing tells in which order they were given.
 *
 * @param values - row-major rows × columns; NaN = missing, otherwise finite.
 * @param rows - number of rows.
 * @param columns - number of columns.
 * @returns one list of `rows` entries per column.
 */
export function donorsOf(values: Float64Array, rows: number, columns: number): (number | null)[][] {
  // The order wants numbers that compare: a missing cell goes behind all others.
  const order = rowOrder(values.map((value) => (Number.isNaN(value) ? Infinity : value)), rows, columns); // prettier-ignore
  const cell = (row: number, j: number): number | null => {
    const value = values[row * columns + j];
    return Number.isNaN(value) ? null : value + 0;
  };
  return Array.from({ length: columns }, (_, j) => Array.from(order, (row) => cell(row, j)));
}

/**
 * Prepares to average, for rows with gaps, over the donors nearest to them.
 *
 * The squared distance is taken over the columns that both have and divided by their number; a donor that shares none is
 * no neighbor. Of equally near donors the earlier one is.
 *
 * @param donors - of {@link donorsOf}.
 * @param neighbors - how many donors to average over; fewer where fewer have the column.
 * @returns for a row (NaN = missing) one number per column: the mean over the nearest donors that have it where it is
 * missing; NaN where it is there or no donor can be found. The array is used again by the next call. Cost: donors ×
 * columns a row.
 */
export function nearestMeans(
  donors: readonly (readonly (number | null)[])[],
  neighbors: number,
): (row: Float64Array) => Float64Array {
  const rows = donors[0]?.length ?? 0;
  // NaN for missing: one array per column, read from front to back.
  const columns = donors.map((list) => Float64Array.from(list, (value) => value ?? NaN));
  const isComplete = donors.map((list) => !list.includes(null));
  const distances = new Float64Array(blockRows);
  const shared = new Float64Array(blockRows);
  const nearest = columns.map(() => openNearest(Math.min(neighbors, rows)));
  const means = new Float64Array(columns.length);

  function measureBlock(row: Float64Array, start: number, size: number): void {
    distances.fill(0);
    shared.fill(0);
    for (let j = 0; j < columns.length; j++) {
      if (Number.isNaN(row[j])) continue;
      if (isComplete[j]) addComplete(columns[j], row[j], start, size, distances, shared);
      else addPresent(columns[j], row[j], start, size, distances, shared);
    }
    for (let i = 0; i < size; i++) distances[i] /= shared[i]; // 0 / 0 = NaN: nothing in common
  }

  return (row) => {
    for (const list of nearest) list.size = 0;
    for (let start = 0; start < rows; start += blockRows) {
      const size = Math.min(blockRows, rows - start);
      measureBlock(row, start, size);
      for (let j = 0; j < columns.length; j++) {
        if (Number.isNaN(row[j])) collect(nearest[j], columns[j], distances, start, size);
      }
    }
    for (let j = 0; j < columns.length; j++) means[j] = Number.isNaN(row[j]) ? meanOf(nearest[j]) : NaN;
    return means;
  };
}

function addComplete(
  column: Float64Array,
  value: number,
  start: number,
  size: number,
  distances: Float64Array,
  shared: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    const difference = column[start + i] - value;
    distances[i] += difference * difference;
    shared[i]++;
  }
}

function addPresent(
  column: Float64Array,
  value: number,
  start: number,
  size: number,
  distances: Float64Array,
  shared: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    const difference = column[start + i] - value;
    if (difference !== difference) continue; // NaN: the donor has no value
    distances[i] += difference * difference;
    shared[i]++;
  }
}

/** The nearest donors so far of one column, from near to far. */
interface Nearest {
  size: number;
  readonly distances: Float64Array;
  readonly values: Float64Array;
}

function openNearest(capacity: number): Nearest {
  return { size: 0, distances: new Float64Array(capacity), values: new Float64Array(capacity) };
}

function collect(list: Nearest, column: Float64Array, distances: Float64Array, start: number, size: number): void {
  const capacity = list.distances.length;
  let worst = list.size < capacity ? Infinity : list.distances[capacity - 1];
  let isOpen = list.size < capacity;
  for (let i = 0; i < size; i++) {
    // NaN compares false: donors without anything in common stay out. At equal distance the earlier donor stays.
    if (!(distances[i] < worst || (isOpen && distances[i] <= worst))) continue;
    const value = column[start + i];
    if (value !== value) continue;
    insert(list, distances[i], value);
    isOpen = list.size < capacity;
    worst = isOpen ? Infinity : list.distances[capacity - 1];
  }
}

function insert(list: Nearest, distance: number, value: number): void {
  const { distances, values } = list;
  let place = list.size < distances.length ? list.size++ : distances.length - 1;
  for (; place > 0 && distances[place - 1] > distance; place--) {
    distances[place] = distances[place - 1];
    values[place] = values[place - 1];
  }
  distances[place] = distance;
  values[place] = value;
}

function meanOf({ size, values }: Nearest): number {
  let sum = 0;
  let huge = 0;
  for (let i = 0; i < size; i++) {
    sum += values[i];
    huge += values[i] / size;
  }
  return Number.isFinite(sum) ? sum / size : huge;
}
