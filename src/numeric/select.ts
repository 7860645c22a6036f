import { betweenNeighbors, rankOf } from "./quantile.ts";

/**
 * Puts the k-th smallest of a range of numbers in its place, smaller ones before it and larger ones behind it: what a sort
 * would do for that one place, in linear time on average. Trusts its arguments.
 *
 * @param values - finite numbers; moved within the range.
 * @param from - first place of the range.
 * @param to - end of the range.
 * @param k - the place to fill, in [from, to).
 * @see Hoare (1961), "Algorithm 65: find". The pivot is the median of three; a range that resists is sorted, so the cost never
 * exceeds O(n log n).
 */
export function selectInPlace(values: Float64Array, from: number, to: number, k: number): void {
  let low = from;
  let high = to - 1;
  for (let budget = 2 * (to - from) + 32; high - low > 16;) {
    budget -= (high - low) >> 1;
    if (budget < 0) break;
    const pivot = middleOfThree(values[low], values[(low + high) >>> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const moved = values[i];
      values[i++] = values[j];
      values[j--] = moved;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
  if (k >= low && k <= high) values.subarray(low, high + 1).sort();
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Type-7 quantiles of a range of numbers without sorting it: what a report of many groups needs.
 *
 * @param values - finite numbers; moved within the range.
 * @param from - first place of the range.
 * @param to - end of the range, above `from`.
 * @param shares - shares in [0, 1], from small to large.
 * @returns one quantile per share. Cost: linear on average.
 */
export function quantilesInPlace(values: Float64Array, from: number, to: number, shares: readonly number[]): number[] {
  const n = to - from;
  let low = from;
  return shares.map((p) => {
    const at = from + rankOf(n, p);
    // What lies below an earlier place is smaller already.
    selectInPlace(values, low, to, at);
    low = at;
    let above = Infinity;
    for (let i = at + 1; i < to; i++) if (values[i] < above) above = values[i];
    return betweenNeighbors(values[at], above, n, p);
  });
}
