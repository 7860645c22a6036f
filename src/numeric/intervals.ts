import { normal } from "./distributions.ts";

/** The ends of an interval, lower first. */
export type Interval = readonly [number, number];

/** Successes among trials; `successes` in [0, n] and n above 0. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/**
 * Wilson's score interval of a proportion: sound for small counts and near 0 and 1, where p ± 2 standard errors is not.
 *
 * @param alpha - 1 − level: 0.05 for 95 %.
 * @returns an interval within [0, 1] that holds the proportion.
 * @see Wilson (1927), "Probable inference, the law of succession, and statistical inference".
 */
export function wilsonInterval({ successes, n }: Proportion, alpha = 0.05): Interval {
  const z = normal.upperQuantile(alpha / 2);
  const failures = n - successes;
  const spread = z * Math.sqrt(z * z + (4 * successes * failures) / n);
  // The quotient form of the lower root: the textbook's difference cancels near 0.
  const lowerEnd = (count: number): number => ((2 * count) / n) * (count / (2 * count + z * z + spread));
  return [lowerEnd(successes), 1 - lowerEnd(failures)];
}

/**
 * Newcombe's interval of the difference of two independent proportions, second minus first, from their Wilson intervals.
 *
 * @param alpha - 1 − level: 0.05 for 95 %.
 * @returns an interval within [−1, 1] that holds the difference of the proportions.
 * @see Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10.
 */
export function newcombeInterval(first: Proportion, second: Proportion, alpha = 0.05): Interval {
  const [p1, p2] = [first.successes / first.n, second.successes / second.n];
  const [low1, high1] = wilsonInterval(first, alpha);
  const [low2, high2] = wilsonInterval(second, alpha);
  const length = (a: number, b: number): number => Math.sqrt(a * a + b * b);
  return [p2 - p1 - length(p2 - low2, high1 - p1), p2 - p1 + length(high2 - p2, p1 - low1)];
}
