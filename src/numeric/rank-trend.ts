import { selectInPlace } from "./select.ts";

/** What the signs of all pairs say about a trend. */
export interface SignTrend {
  /** Pairs that rise less pairs that fall: Mann and Kendall's S. */
  readonly s: number;
  /** Its variance without a trend, ties allowed for. */
  readonly variance: number;
  /** Kendall's τ-b: S over the pairs, ties left out. */
  readonly tau: number;
}

/**
 * Counts rising and falling pairs of a sequence. Cost O(n log n).
 *
 * @param values - finite numbers in the order of time.
 */
export function signTrend(values: Float64Array): SignTrend {
  const n = values.length;
  const sorted = values.slice().sort();
  const distinct: number[] = [];
  let tiedPairs = 0;
  let tiedVariance = 0;
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && sorted[to] === sorted[from]) to++;
    const size = to - from;
    tiedPairs += (size * (size - 1)) / 2;
    tiedVariance += size * (size - 1) * (2 * size + 5);
    distinct.push(sorted[from]);
  }
  // A Fenwick tree over the ranks: how many earlier values lie up to a rank.
  const tree = new Int32Array(distinct.length + 1);
  const upTo = (rank: number): number => {
    let sum = 0;
    for (let k = rank; k > 0; k -= k & -k) sum += tree[k];
    return sum;
  };
  let s = 0;
  for (let i = 0; i < n; i++) {
    const rank = rankIn(distinct, values[i]);
    s += upTo(rank - 1) - (i - upTo(rank));
    for (let k = rank; k < tree.length; k += k & -k) tree[k]++;
  }
  const pairs = (n * (n - 1)) / 2;
  const variance = Math.max(0, (n * (n - 1) * (2 * n + 5) - tiedVariance) / 18);
  const tau = pairs > tiedPairs ? s / Math.sqrt(pairs * (pairs - tiedPairs)) : 0;
  return { s, variance, tau };
}

/** The place of a number among distinct sorted ones, from 1. */
function rankIn(distinct: readonly number[], value: number): number {
  let [low, high] = [0, distinct.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (distinct[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** A slope that no third of the values can move. */
export interface MedianSlope {
  readonly slope: number;
  readonly interval: readonly [number, number];
}

/**
 * The median of the slopes between all pairs of points (Theil and Sen), with Sen's interval from the variance of S.
 *
 * @param times - distinct times, ascending.
 * @param values - finite numbers, as many.
 * @param variance - of S.
 * @param z - the normal quantile of the interval's confidence.
 * @see Sen (1968), "Estimates of the Regression Coefficient Based on Kendall's Tau". O(n²) in time and room.
 */
export function medianSlope(times: ArrayLike<number>, values: Float64Array, variance: number, z: number): MedianSlope {
  const n = values.length;
  const count = (n * (n - 1)) / 2;
  const slopes = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[at++] = (values[j] - values[i]) / (times[j] - times[i]);
  }
  const place = (k: number): number => {
    selectInPlace(slopes, 0, count, k);
    return slopes[k];
  };
  const half = Math.floor(count / 2);
  const slope = count % 2 === 1 ? place(half) : (place(half - 1) + place(half)) / 2;
  const room = z * Math.sqrt(variance);
  const high = Math.min(roundHalfEven((count + room) / 2), count - 1);
  const low = Math.max(roundHalfEven((count - room) / 2) - 1, 0);
  return { slope, interval: [place(low), place(high)] };
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
