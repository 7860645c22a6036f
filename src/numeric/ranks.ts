import { rowOrder } from "./row-order.ts";

/** Ranks of values, and how many share them. */
export interface Ranks {
  /** Rank of each value from 1; equal values share the mean of their places. */
  readonly ranks: Float64Array;
  /** Number of distinct values. */
  readonly distinct: number;
}

/**
 * Ranks numbers from low to high; ties get the mean of the places they take.
 *
 * @param values - finite numbers.
 * @returns ranks in the order of `values`. Cost: one sort.
 */
export function midranks(values: Float64Array): Ranks {
  const count = values.length;
  const order = rowOrder(values, count, 1);
  const ranks = new Float64Array(count);
  let distinct = 0;
  for (let from = 0, to = 0; from < count; from = to) {
    const value = values[order[from]];
    while (to < count && values[order[to]] === value) to++;
    // The mean of the places of the first and the last of a run of equal values.
    const rank = (from + 1 + to) / 2;
    for (let place = from; place < to; place++) ranks[order[place]] = rank;
    distinct++;
  }
  return { ranks, distinct };
}
