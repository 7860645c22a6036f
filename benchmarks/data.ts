import { randomOf } from "clientele/core";
import { sampleNormal } from "./samplers.ts";

/** Columns of a synthetic event stream, in shuffled order. */
export interface EventColumns {
  readonly customer: Uint32Array;
  readonly names: readonly string[];
  readonly time: Float64Array;
  readonly type: Uint32Array;
  readonly value: Float64Array;
}

export const eventTypes: readonly string[] = [
  "home",
  "search",
  "category",
  "product",
  "cart",
  "checkout",
  "payment",
  "purchase",
];

/** Customers in 12 segments of unequal size, correlated within, odd columns skewed, every column standardized. */
export function customerMatrix(rows: number, columns: number): Float64Array {
  const random = randomOf(1000 + columns);
  const normal = (): number => sampleNormal(random);
  const segments = Array.from({ length: 12 }, (_, s) => ({
    weight: 1 / (s + 1.5),
    center: Array.from({ length: columns }, () => 1.6 * normal()),
    spread: Array.from({ length: columns }, (_i, i) =>
      Array.from({ length: i + 1 }, (_j, j) => (i === j ? 0.5 + 0.6 * random.next() : 0.25 * normal())),
    ),
  }));
  const total = segments.reduce((sum, { weight }) => sum + weight, 0);
  const values = new Float64Array(rows * columns);
  const noise = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    let ticket = random.next() * total;
    let s = 0;
    while (s < 11 && ticket > segments[s].weight) ticket -= segments[s++].weight;
    const { center, spread } = segments[s];
    for (let j = 0; j < columns; j++) noise[j] = normal();
    for (let j = 0; j < columns; j++) {
      let cell = center[j];
      for (let q = 0; q <= j; q++) cell += spread[j][q] * noise[q];
      values[i * columns + j] = j % 2 === 1 ? Math.exp(0.45 * cell) : cell;
    }
  }
  standardize(values, rows, columns);
  return values;
}

function standardize(values: Float64Array, rows: number, columns: number): void {
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += values[i * columns + j] / rows;
    let variance = 0;
    for (let i = 0; i < rows; i++) variance += (values[i * columns + j] - mean) ** 2 / rows;
    const scale = Math.sqrt(variance);
    for (let i = 0; i < rows; i++) values[i * columns + j] = (values[i * columns + j] - mean) / scale;
  }
}

/** Distinct rows drawn by squared distance (k-means++ on the first 20,000): one start shared by every peer. */
export function startCenters(values: Float64Array, columns: number, k: number): number[][] {
  const random = randomOf(7 + k);
  const rows = Math.min(values.length / columns, 20_000);
  const nearest = new Float64Array(rows).fill(Infinity);
  const centers: number[][] = [];
  let pick = random.integer(rows);
  while (centers.length < k) {
    const center = [...values.subarray(pick * columns, (pick + 1) * columns)];
    centers.push(center);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      let square = 0;
      for (let j = 0; j < columns; j++) square += (values[i * columns + j] - center[j]) ** 2;
      nearest[i] = Math.min(nearest[i], square);
      total += nearest[i];
    }
    let ticket = random.next() * total;
    pick = 0;
    while (pick < rows - 1 && (ticket -= nearest[pick]) > 0) pick++;
  }
  return centers;
}

/** Bursts of 1 to about 20 events per visit over 90 days, a few heavy customers, shuffled rows. */
export function eventColumns(rows: number, customers: number): EventColumns {
  const random = randomOf(55);
  const customer = new Uint32Array(rows);
  const time = new Float64Array(rows);
  const type = new Uint32Array(rows);
  const value = new Float64Array(rows);
  const start = Date.UTC(2025, 0, 1);
  for (let row = 0; row < rows;) {
    const who = Math.floor(customers * random.next() ** 2);
    let now = start + random.integer(90 * 86_400_000);
    let page = 0;
    for (let left = 1 + Math.floor(-6 * Math.log(1 - random.next())); left > 0 && row < rows; left--, row++) {
      customer[row] = who;
      time[row] = now;
      type[row] = page;
      value[row] = page === 7 ? Math.round(100 * Math.exp(3 + sampleNormal(random))) / 100 : NaN;
      now += Math.floor(-180_000 * Math.log(1 - random.next())) + 1000;
      const step = random.next();
      page = step < 0.4 ? page : step < 0.85 ? Math.min(7, page + 1) : random.integer(8);
    }
  }
  for (let row = rows - 1; row > 0; row--) {
    const other = random.integer(row + 1);
    for (const column of [customer, time, type, value]) [column[row], column[other]] = [column[other], column[row]];
  }
  const names = Array.from({ length: customers }, (_, c) => `cust_${(Math.imul(c, -1640531535) >>> 0).toString(16).padStart(8, "0")}`); // prettier-ignore
  return { customer, names, time, type, value };
}

interface EncodedColumns {
  readonly customer: { readonly codes: Uint32Array; readonly names: readonly string[] };
  readonly type: { readonly codes: Uint32Array; readonly names: readonly string[] };
  readonly time: Float64Array;
}

/** The columns that `readEventColumns` takes, all but the values. */
export function encodedColumns({ customer, names, type, time }: EventColumns): EncodedColumns {
  return { customer: { codes: customer, names }, type: { codes: type, names: eventTypes }, time };
}
