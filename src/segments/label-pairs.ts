import { refuse } from "../core/errors.ts";
import { log } from "../numeric/elementary.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import { checkLabels, type Labels } from "../tables/labels.ts";

/** How often each group of one grouping meets each group of another: the cells of their contingency table that are not 0. */
export interface LabelPairs {
  /** Customers. */
  readonly rows: number;
  /** Customers of each group of the first grouping; place 0 is −1, place g + 1 is group g. */
  readonly inA: Float64Array;
  /** The same of the second. */
  readonly inB: Float64Array;
  /** Customers by cell: place in `inA` × (rows + 1) + place in `inB`. */
  readonly cells: ReadonlyMap<number, number>;
}

/** Checks two groupings of the same customers and counts their pairs of labels; −1 is a group like any other. */
export function countPairs(caller: string, a: Labels, b: Labels): LabelPairs {
  checkLabels(caller, "a", a, a?.length ?? 0);
  checkLabels(caller, "b", b, a.length);
  const rows = a.length;
  if (rows === 0) refuse(caller, "too-few-rows", "a", "at least 1 label", "0");
  // Labels are at least −1 and below `rows`: each cell of the contingency table has a number of its own.
  const cells = new Map<number, number>();
  const inA = new Float64Array(rows + 1);
  const inB = new Float64Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    const [i, j] = [a[row] + 1, b[row] + 1];
    inA[i]++;
    inB[j]++;
    const cell = i * (rows + 1) + j;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return { rows, inA, inB, cells };
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
    const sizeA = inA[Math.floor(cell / (rows + 1))];
    const sizeB = inB[cell % (rows + 1)];
    // In this order the terms of two equal groupings are those of their entropy, to the bit.
    addCompensated(sum, (count / rows) * log((rows / sizeA) * (count / sizeB)));
  }
  return Math.max(0, sum.sum + sum.correction);
}
