import { log, log1p } from "./elementary.ts";
import { logBetaMean } from "./beta-mean.ts";
import { logGamma } from "./special.ts";

/** Where the series would need more terms than this, the integral is quicker. */
const manyTerms = 1000;
const large = 2 ** 400;
const logLarge = 277.2588722239781;

/**
 * log ₂F₁(a, b; c; z), Gauss's hypergeometric function of positive parameters, where it is positive: as a logarithm, for
 * with the histories of frequent buyers the function itself exceeds 1e308.
 *
 * The series for moderate z; Euler's integral near 1, where the series has no end (needs c > a or c > b; otherwise cost
 * grows as 1 / (1 − z)); Pfaff's transformation below 0. At 1 Gauss's sum.
 *
 * @param a - positive.
 * @param b - positive.
 * @param c - positive.
 * @param z - at most 1; below 0 only with c > a or c > b.
 * @returns absolute error about 1e-13 (relative error of the function), 1e-16 times the size of the result at most beside
 * it; ∞ where the function is infinite, NaN outside what is said above.
 * @see NIST Digital Library of Mathematical Functions, 15.2.1, 15.4.20, 15.6.1, 15.8.1.
 */
export function logHyp2f1(a: number, b: number, c: number, z: number): number {
  if (!(a > 0 && b > 0 && c > 0 && z <= 1)) return NaN;
  if (z === 0) return 0;
  // The function is symmetric in a and b: b becomes the smaller one, which lies below c if one does.
  if (a < b) [a, b] = [b, a];
  if (z < 0) {
    if (b >= c) return NaN;
    // z / (z − 1) near 1 has lost the digits that the integral needs: it takes z as it is.
    const mapped = z / (z - 1);
    if (seriesTerms(a, c - b, c, mapped) > manyTerms) return eulerIntegral(a, b, c, z);
    return logSeries(a, c - b, c, mapped) - a * log1p(-z);
  }
  if (z === 1) {
    const excess = c - a - b;
    return excess > 0 ? logGamma(c) + logGamma(excess) - logGamma(c - a) - logGamma(c - b) : Infinity;
  }
  return b < c && seriesTerms(a, b, c, z) > manyTerms ? eulerIntegral(a, b, c, z) : logSeries(a, b, c, z);
}

/** About how many terms of the series matter: up to its largest and as far behind it as they fall by 1e-17. */
function seriesTerms(a: number, b: number, c: number, z: number): number {
  // Term k + 1 equals term k where (a + k)(b + k) z = (c + k)(1 + k).
  const half = ((a + b) * z - c - 1) / 2;
  const rest = a * b * z - c;
  const root = half * half + (1 - z) * rest;
  const peak = root > 0 ? Math.max(0, (half + Math.sqrt(root)) / (1 - z)) : 0;
  return peak + 12 * Math.sqrt(peak / (1 - z)) + 40 / (1 - z);
}

/** Positive terms only, so nothing cancels. */
function logSeries(a: number, b: number, c: number, z: number): number {
  let sum = 1;
  let term = 1;
  let scale = 0;
  for (let k = 0; ; k++) {
    const ratio = ((a + k) / (c + k)) * ((b + k) / (1 + k)) * z;
    term *= ratio;
    sum += term;
    if (sum > large) {
      sum /= large;
      term /= large;
      scale += logLarge;
    }
    // Ratios tend to z from one side only: from here on none is above the larger of the two.
    const last = Math.max(ratio, z);
    if (last < 1 && term < 1e-17 * (1 - last) * sum) return log(sum) + scale;
  }
}

/** The mean of (1 − z p)^−a when p has the beta distribution of b and c − b. */
function eulerIntegral(a: number, b: number, c: number, z: number): number {
  const rest = 1 - z;
  const steep = Math.abs(z) * a;
  return logBetaMean(b, c - b, {
    // 1 − z p = q + p (1 − z), both positive.
    log: (p, q) => -a * (z > 0 ? log(q + p * rest) : log1p(-z * p)),
    slopeAtZero: steep,
    slopeAtOne: z > 0 ? steep / rest : steep,
    bend: a,
  });
}
