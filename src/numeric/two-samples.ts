import { kolmogorov } from "./distributions.ts";

/** The largest distance of two empirical distributions. */
export interface LargestGap {
  /** The distance times the product of both sizes: a whole number, so that equal distances are equal. */
  readonly scaled: number;
  /** The same, from 0 to 1. */
  readonly statistic: number;
  /** Where it is: the distributions are furthest apart just at this value. */
  readonly at: number;
  /** 1 where the first sample has more values up to there (it lies lower), −1 where the second has; 0 without a distance. */
  readonly sign: number;
  /** For each number of values, from the lowest, whether a value ends there: what is tied stays together. */
  readonly ends: Uint8Array;
  /** Whether any value occurs twice. */
  readonly tied: boolean;
}

/** Finds the largest gap of two sorted samples, each with at least one value. Cost: one pass. */
export function largestGap(a: Float64Array, b: Float64Array): LargestGap {
  const ends = new Uint8Array(a.length + b.length + 1);
  let [i, j, scaled, at, sign, tied] = [0, 0, 0, a[0], 0, false];
  while (i < a.length || j < b.length) {
    const value = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
    const before = i + j;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    ends[i + j] = 1;
    if (i + j > before + 1) tied = true;
    const gap = i * b.length - j * a.length;
    if (Math.abs(gap) > scaled) [scaled, at, sign] = [Math.abs(gap), value, Math.sign(gap)];
  }
  return { scaled, statistic: scaled / (a.length * b.length), at, sign, ends, tied };
}

/**
 * The chance of a gap at least as large between samples of one distribution, by counting orders of all values.
 *
 * The share of lattice paths to (i, j) that have touched the gap obeys share(i, j) = i/(i+j)·share(i−1, j) + j/(i+j)·share(i, j−1): sums of
 * positive numbers, exact in its smallest values as well.
 *
 * @param ends - where values end, to count only orders that ties allow; all when absent, as if nothing were tied.
 * @see Hodges (1958), "The significance probability of the Smirnov two-sample test"; Schröer & Trenkler (1995) on ties. Cost n · m.
 */
export function exactGapChance(n: number, m: number, scaled: number, ends?: Uint8Array): number {
  if (scaled === 0) return 1;
  const share = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const gap = i * m - j * n;
      if ((gap >= scaled || -gap >= scaled) && (ends === undefined || ends[i + j] === 1)) share[j] = 1;
      else if (i === 0) share[j] = j === 0 ? 0 : share[j - 1];
      else if (j > 0) share[j] = (i * share[j] + j * share[j - 1]) / (i + j);
    }
  }
  return Math.min(1, share[m]);
}

/**
 * The same for large samples: Kolmogorov's limit with the terms of order 1/√N and 1/N of its argument.
 *
 * @see Vrbik (2018), "Small-sample corrections to Kolmogorov–Smirnov test statistic".
 */
export function limitGapChance(n: number, m: number, statistic: number): number {
  const size = (n / (n + m)) * m;
  const root = Math.sqrt(size);
  const x = root * statistic;
  return statistic === 0 ? 1 : Math.min(1, kolmogorov.sf(x + 1 / (6 * root) + (x - 1) / (4 * size)));
}

/**
 * The area between two empirical distributions: how far values would have to move, on average, to make one sample the other.
 *
 * @param a - sorted, at least one value; so is b.
 */
export function areaBetween(a: Float64Array, b: Float64Array): number {
  let [i, j, area] = [0, 0, 0];
  let last = Math.min(a[0], b[0]);
  while (i < a.length || j < b.length) {
    const value = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
    area += Math.abs(i / a.length - j / b.length) * (value - last);
    last = value;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
  }
  return area;
}
