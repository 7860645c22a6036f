import { normal } from "./distributions.ts";
import { exp, log } from "./elementary.ts";
import type { Interval } from "./intervals.ts";

/** Something that members of two groups have or lack. */
export interface TwoByTwo {
  /** Members of the first group that have it. */
  readonly a: number;
  /** Members of the first group that lack it. */
  readonly b: number;
  /** Members of the second group that have it. */
  readonly c: number;
  /** Members of the second group that lack it. */
  readonly d: number;
}

/** How much more the first group has it. */
export interface OddsTest {
  /** (a / b) / (c / d); with half added to every cell where one of them is 0 (Haldane–Anscombe). */
  readonly oddsRatio: number;
  /** Woolf's interval of the odds ratio. */
  readonly interval: Interval;
  /** Two-sided: Fisher's exact test where an expected count is below 10, else Pearson's χ² without correction. */
  readonly pValue: number;
  /** Whether it was the exact test. */
  readonly isExact: boolean;
}

/**
 * Tests whether two groups differ in how many of them have something.
 *
 * @param counts - whole numbers.
 * @param alpha - 1 − level of the interval.
 * @returns null when a group is empty, or when all or none of the members have it.
 * @see Woolf (1955); Haldane (1956); Fisher (1935), two-sided as in R's `fisher.test`: all tables that are no likelier.
 */
export function testTwoByTwo(counts: TwoByTwo, alpha = 0.05): OddsTest | null {
  const { a, b, c, d } = counts;
  const [first, second, having, lacking] = [a + b, c + d, a + c, b + d];
  if (first === 0 || second === 0 || having === 0 || lacking === 0) return null;
  const n = first + second;
  const half = a === 0 || b === 0 || c === 0 || d === 0 ? 0.5 : 0;
  const [p, q, r, s] = [a + half, b + half, c + half, d + half];
  const oddsRatio = (p / q) * (s / r);
  const reach = normal.upperQuantile(alpha / 2) * Math.sqrt(1 / p + 1 / q + 1 / r + 1 / s);
  const isExact = (Math.min(first, second) / n) * Math.min(having, lacking) < 10;
  return {
    oddsRatio,
    interval: [exp(log(oddsRatio) - reach), exp(log(oddsRatio) + reach)],
    pValue: isExact ? fisherExact(counts) : pearson(counts),
    isExact,
  };
}

function pearson({ a, b, c, d }: TwoByTwo): number {
  const n = a + b + c + d;
  // (a d − b c) / n by way of the expected count, which does not overflow 2⁵³.
  const excess = a - ((a + b) / n) * (a + c);
  const statistic = (((excess * n) / (a + b)) * ((excess * n) / (c + d)) * n) / (a + c) / (b + d);
  // χ² with one degree of freedom is the square of a normal variate.
  return 2 * normal.sf(Math.sqrt(Math.max(0, statistic)));
}

/** Weights of the tables with the same margins follow from each other by ratios, from the likeliest in both directions. */
function fisherExact({ a, b, c, d }: TwoByTwo): number {
  const [first, having, n] = [a + b, a + c, a + b + c + d];
  const low = Math.max(0, first + having - n);
  const high = Math.min(first, having);
  const mode = Math.min(high, Math.max(low, Math.floor(((first + 1) * (having + 1)) / (n + 2))));
  const ratioAbove = (k: number): number => (((first - k) / (k + 1)) * (having - k)) / (n - first - having + k + 1);
  const weights = new Float64Array(high - low + 1);
  weights[mode - low] = 1;
  for (let k = mode; k < high; k++) weights[k + 1 - low] = weights[k - low] * ratioAbove(k);
  for (let k = mode; k > low; k--) weights[k - 1 - low] = weights[k - low] / ratioAbove(k - 1);
  // R's tolerance for tables that are as likely but for rounding.
  const most = weights[a - low] * (1 + 1e-7);
  let [total, unlikely] = [0, 0];
  for (const weight of weights) {
    total += weight;
    if (weight <= most) unlikely += weight;
  }
  return Math.min(1, unlikely / total);
}
