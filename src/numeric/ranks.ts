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
 * @returns ranks in the order of `values`. Cost: one sort and one search a value.
 */
export function midranks(values: Float64Array): Ranks {
  const sorted = values.slice().sort();
  // Place of the first of each run of equal values, and the run's rank: the mean of its first and last place.
  const distinct: number[] = [];
  const rankOfRun: number[] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    distinct.push(sorted[from]);
    rankOfRun.push((from + 1 + to) / 2);
  }
  const runs = Float64Array.from(distinct);
  return { ranks: values.map((value) => rankOfRun[placeOf(runs, value)]), distinct: runs.length };
}

/** Place of a value among sorted distinct values that hold it. */
function placeOf(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
