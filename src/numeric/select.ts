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
  if (high - low > 16) values.subarray(low, high + 1).sort();
  else insertInOrder(values, low, high);
}

/** Sorts a few numbers, for which calling a sort would cost more. */
function insertInOrder(values: Float64Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const value = values[i];
    let place = i;
    for (; place > low && values[place - 1] > value; place--) values[place] = values[place - 1];
    values[place] = value;
  }
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
 * @param shares - shares in [0, 1].
 * @returns one quantile per share. Cost: linear on average.
 */
export function quantilesInPlace(values: Float64Array, from: number, to: number, shares: readonly number[]): number[] {
  const n = to - from;
  return shares.map((p) => {
    const rank = rankOf(n, p);
    const pair = n < fewest ? undefined : pairOfSample(values, from, to, rank);
    const [below, above] = pair ?? pairInPlace(values, from, to, from + rank);
    return betweenNeighbors(below, above, n, p);
  });
}

/** The number of a rank and the next larger one. */
type Neighbors = readonly [number, number];

function pairInPlace(values: Float64Array, from: number, to: number, at: number): Neighbors {
  selectInPlace(values, from, to, at);
  let above = Infinity;
  for (let i = at + 1; i < to; i++) if (values[i] < above) above = values[i];
  return [values[at], above];
}

/** Fewer numbers than these are moved at once: a sample would not save enough. */
const fewest = 2000;

/**
 * The same for many numbers, of which only those are moved that lie between two members of a sample: one pass over the others.
 *
 * @returns `undefined` when the sample misleads, so that the rank is not between the two.
 * @see Floyd & Rivest (1975), "Expected time bounds for selection".
 */
function pairOfSample(values: Float64Array, from: number, to: number, rank: number): Neighbors | undefined {
  const n = to - from;
  const size = Math.min(8192, 5 * Math.ceil(Math.sqrt(n)));
  const sample = new Float64Array(size);
  for (let i = 0; i < size; i++) sample[i] = values[from + Math.floor((i * n) / size)];
  const p = (rank + 0.5) / n;
  // Three standard deviations of a share in the sample, and one place for rounding.
  const slack = 3 * Math.sqrt(p * (1 - p) * size) + 1;
  const [first, last] = [Math.floor(p * size - slack), Math.ceil(p * size + slack)];
  const low = first < 0 ? -Infinity : placed(sample, first);
  const high = last >= size ? Infinity : placed(sample, last);
  const between = new Float64Array(Math.ceil((2 * n * (last - first + 1)) / size));
  const { below, kept } = keepBetween(values, from, to, low, high, between);
  const at = rank - below;
  if (at < 0 || at + 1 >= kept || kept > between.length) return undefined;
  return pairInPlace(between, 0, kept, at);
}

/** The k-th smallest. */
function placed(values: Float64Array, k: number): number {
  selectInPlace(values, 0, values.length, k);
  return values[k];
}

/** Copies what lies between two bounds, and counts what lies below. A loop of its own, so that the engine compiles it alone. */
function keepBetween(
  values: Float64Array,
  from: number,
  to: number,
  low: number,
  high: number,
  between: Float64Array,
): { below: number; kept: number } {
  let below = 0;
  let kept = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    // Sums of comparisons instead of branches, which could not be foreseen; what is written too far right is ignored.
    const isLess = Number(value < low) | 0;
    between[kept] = value;
    below = (below + isLess) | 0;
    kept = (kept + (Number(value <= high) | 0) - isLess) | 0;
  }
  return { below, kept };
}
