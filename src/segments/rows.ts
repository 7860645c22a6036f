import { refuse } from "../core/errors.ts";
import { compareRows, rowOrder } from "../numeric/row-order.ts";
import { rowsAtPlaces } from "../numeric/row-places.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** Rows of numbers, with what they weigh. */
export interface Rows {
  /** Row-major, rows × columns. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float64Array | undefined;
  /** Rows that stand for all where something is chosen by trial; all, if absent, and they then are in row order. */
  readonly sample?: SampledRows;
}

/** Copies of some rows of a table, in an order that depends on their content only. */
export interface SampledRows extends Rows {
  /** The row of the table that each is a copy of. */
  readonly from: Uint32Array;
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

// Sorting copies of a million rows costs more than fitting them; so many of them choose a start as well as all.
const mostSampled = 2 ** 15;
/** With fewer rows of a sample per cluster, it says more of its own accidents than of the table. */
const sampledPerCluster = 64;

/**
 * Rows on which starts do not depend on the order of the customers: sorted copies of a small table's, and of a large table
 * the rows as they are with a sample, evenly spaced in that order. Tables with weights, and those that are to be cut into more
 * than 512 clusters, are sorted whole.
 *
 * @param clusters - most clusters that will be looked for.
 */
export function inRowOrderOrSampled(data: Rows, clusters: number): Rows {
  const isSmall = data.rows <= 2 * mostSampled || clusters * sampledPerCluster > mostSampled;
  if (isSmall || data.weights !== undefined) return inRowOrder(data);
  const places = new Uint32Array(mostSampled);
  for (let i = 0; i < mostSampled; i++) places[i] = Math.floor(((i + 0.5) * data.rows) / mostSampled);
  const from = rowsAtPlaces(data.values, data.rows, data.columns, places);
  return { ...data, sample: { ...takeRows(data, from), from } };
}

/**
 * Counts distinct rows of positive weight.
 *
 * @param data - rows in the order of {@link inRowOrder}.
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

/** Whether rows as {@link inRowOrderOrSampled} returns them have so many distinct ones: at least `enough`, or their number. */
export function countDistinctUpTo(data: Rows, enough: number): number {
  if (data.sample === undefined) return countDistinct(data);
  const count = countDistinct(data.sample);
  return count >= enough ? count : countDistinct(inRowOrder(data));
}
