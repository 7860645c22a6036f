import { exp } from "./elementary.ts";
import { logBetaTerm, logIncompleteBeta, shareOfOdds } from "./incomplete-beta.ts";
import { logGammaTerm, logIncompleteGamma } from "./incomplete-gamma.ts";
import type { Interval } from "./intervals.ts";

// What remains of the Poisson weights beyond this share of the largest cannot be seen in the 11th decimal.
const negligible = 1e-15;

/** Lower tails of a family of distributions over the count j, and by how much they fall from j to j + 1. */
interface Family {
  readonly tail: (j: number) => number;
  readonly fall: (j: number) => number;
  /** fall(j + 1) / fall(j). */
  readonly fallRatio: (j: number) => number;
}

/** Σ Poisson(j; mean) · tail(j), from the likeliest count outwards, so that a mean of millions costs its root. */
function poissonMixture(mean: number, { tail, fall, fallRatio }: Family): number {
  const mode = Math.floor(mean);
  const weight = mean === 0 ? 1 : exp(logGammaTerm(mode, mean));
  const [middle, drop] = [tail(mode), fall(mode)];
  let sum = weight * middle;
  for (let j = mode, w = weight, value = middle, next = drop; w > negligible * weight;) {
    value -= next;
    next *= fallRatio(j);
    w *= mean / ++j;
    sum += w * Math.max(0, value);
  }
  for (let j = mode, w = weight, value = middle, next = drop; j > 0 && w > negligible * weight;) {
    w *= j / mean;
    next /= fallRatio(--j);
    value += next;
    sum += w * Math.min(1, value);
  }
  return Math.min(1, sum);
}

/**
 * P(X ≤ x) of the noncentral χ² distribution; absolute error below 1e-11.
 *
 * @param noncentrality - λ ≥ 0: how far the truth is from the hypothesis, in units of sampling noise.
 * @see Benton & Krishnamoorthy (2003), "Computing discrete mixtures of continuous distributions". Cost O(√λ).
 */
export function noncentralChiSquareCdf(x: number, df: number, noncentrality: number): number {
  if (x <= 0) return 0;
  const [a, half] = [df / 2, x / 2];
  return poissonMixture(noncentrality / 2, {
    tail: (j) => exp(logIncompleteGamma(a + j, half, false)),
    fall: (j) => exp(logGammaTerm(a + j, half)),
    fallRatio: (j) => half / (a + j + 1),
  });
}

/** P(X ≤ x) of the noncentral F distribution; absolute error below 1e-11. See {@link noncentralChiSquareCdf}. */
export function noncentralFCdf(x: number, df1: number, df2: number, noncentrality: number): number {
  if (x <= 0) return 0;
  const [a, b] = [df1 / 2, df2 / 2];
  const at = (j: number): ReturnType<typeof shareOfOdds> => shareOfOdds(a + j, b, df1 * x, df2);
  const share = at(0).x;
  return poissonMixture(noncentrality / 2, {
    tail: (j) => exp(logIncompleteBeta(a + j, b, at(j), false)),
    fall: (j) => exp(logBetaTerm(a + j, b, at(j))) / (a + j),
    fallRatio: (j) => (share * (a + b + j)) / (a + j + 1),
  });
}

/**
 * The noncentralities that a statistic does not contradict: where its lower tail is 1 − α/2, and where it is α/2.
 *
 * @param cdf - probability of a statistic up to the observed one, by noncentrality; falling.
 * @param start - a guess of the size of the upper end, above 0.
 * @returns an interval; an end is 0 when even λ = 0 makes the observed statistic that small.
 * @see Steiger (2004), "Beyond the F test", on confidence intervals by inversion.
 */
export function noncentralityInterval(cdf: (noncentrality: number) => number, alpha: number, start: number): Interval {
  const atZero = cdf(0);
  const rootOf = (goal: number): number => {
    if (atZero <= goal) return 0;
    let [low, high] = [0, start];
    while (cdf(high) > goal) [low, high] = [high, 2 * high];
    // Bisection: the tail is flat far out, and 40 halvings are 12 digits.
    while (high - low > 1e-10 * high && high > 1e-12) {
      const middle = (low + high) / 2;
      if (cdf(middle) > goal) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [rootOf(1 - alpha / 2), rootOf(alpha / 2)];
}
