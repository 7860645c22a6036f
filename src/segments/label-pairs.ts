import { describeValue, refuse } from "../core/errors.ts";
import { log } from "../numeric/elementary.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import { checkGroupNumbers, type Labels } from "../tables/labels.ts";

/** How often each group of one grouping meets each group of another: the cells of their contingency table that are not 0. */
export interface LabelPairs {
  /** Customers. */
  readonly rows: number;
  /** Customers of each group of the first grouping that occurs, −1 among them, in the order of their numbers. */
  readonly inA: Float64Array;
  /** The same of the second. */
  readonly inB: Float64Array;
  /** Customers by cell: place in `inA` × groups in `inB` + place in `inB`. */
  readonly cells: ReadonlyMap<number, number>;
}

/** Checks two groupings of the same customers and counts their pairs of labels; −1 is a group like any other. */
export function countPairs(caller: string, a: Labels, b: Labels): LabelPairs {
  checkNumbered(caller, "a", a, a?.length ?? 0);
  checkNumbered(caller, "b", b, a.length);
  const rows = a.length;
  if (rows === 0) refuse(caller, "too-few-rows", "a", "at least 1 label", "0");
  const [placeInA, placeInB] = [placesOf(a), placesOf(b)];
  const cells = new Map<number, number>();
  const inA = new Float64Array(placeInA.size);
  const inB = new Float64Array(placeInB.size);
  for (let row = 0; row < rows; row++) {
    const i = placeInA.get(a[row]) as number;
    const j = placeInB.get(b[row]) as number;
    inA[i]++;
    inB[j]++;
    const cell = i * inB.length + j;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return { rows, inA, inB, cells };
}

/** Only equal or different matters here, so any number will do, also one far beyond the rows. */
function checkNumbered(caller: string, path: string, labels: Labels, rows: number): void {
  if (!(labels instanceof Int32Array) || labels.length !== rows) {
    refuse(caller, "shape-mismatch", path, `${rows} labels in an Int32Array`, describeValue(labels));
  }
  checkGroupNumbers(caller, path, labels, 0x7fffffff);
}

/** The place of each number that occurs, when they are sorted. */
function placesOf(labels: Labels): ReadonlyMap<number, number> {
  const numbers = Int32Array.from(new Set(labels)).sort();
  const places = new Map<number, number>();
  for (let place = 0; place < numbers.length; place++) places.set(numbers[place], place);
  return places;
}

/** What a grouping tells about a customer, −Σ p log p, in nats. */
export function entropyOf(sizes: Float64Array, rows: number): number {
  const sum: SumState = { sum: 0, correction: 0 };
  for (const size of sizes) if (size > 0) addCompensated(sum, (size / rows) * log(rows / size));
  return sum.sum + sum.correction;
}

/** What one grouping tells about the other, in nats; never below 0. */
export function mutualInformationOf({ rows, inA, inB, cells }: LabelPairs): number {
  const sum: SumState = { sum: 0, correction: 0 };
  for (const [cell, count] of cells) {
    const sizeA = inA[Math.floor(cell / inB.length)];
    const sizeB = inB[cell % inB.length];
    // In this order the terms of two equal groupings are those of their entropy, to the bit.
    addCompensated(sum, (count / rows) * log((rows / sizeA) * (count / sizeB)));
  }
  return Math.max(0, sum.sum + sum.correction);
}
