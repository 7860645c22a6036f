import { exp, expm1, log, log1p } from "./elementary.ts";
import { logBeta } from "./special.ts";

/** e⁻⁴²: what is smaller than this share of a sum does not change it. */
const negligible = 42;

/** A function of a share p, given by its logarithm. */
export interface ShareFunction {
  /** The logarithm at p = 1 − q; both are given, so that neither end loses its digits. */
  readonly log: (p: number, q: number) => number;
  /** How fast it changes near p = 0: constant where p · this is nothing. */
  readonly slopeAtZero: number;
  /** How fast it changes near p = 1: constant where q · this is nothing. */
  readonly slopeAtOne: number;
  /** The most its logarithm rises per step of log(p / q), where that is not little. Default 0. */
  readonly bend?: number;
}

/**
 * The logarithm of the mean of a positive function of a share that has a beta distribution.
 *
 * Over y = log(p / q) the integrand is analytic in a strip and dies exponentially, so that equal steps converge to all
 * digits; both tails are geometric series in the end. Positive terms only: nothing cancels, whatever a and b are.
 *
 * @param a - exponent of p, positive.
 * @param b - exponent of q = 1 − p, positive.
 * @param f - positive, with one maximum of f · density over y.
 * @returns the logarithm, so that it cannot overflow. Cost: some hundred calls of `f`, more in proportion to √min(a, b).
 * @see Trefethen & Weideman (2014), "The Exponentially Convergent Trapezoidal Rule", section 5.
 */
export function logBetaMean(a: number, b: number, f: ShareFunction): number {
  // A quarter is enough for a strip of half-width π/2; where a and b are large the integrand is a narrow peak, of curvature
  // at most this, and 0.7 of its standard deviation is enough.
  const bend = f.bend ?? 0;
  const curvature = Math.min(2 * Math.min(a, b) + bend, (a + b + bend) / 4);
  const step = Math.min(0.25, 0.7 / Math.sqrt(curvature));
  const middle = log(a) - log(b);
  const sum = { largest: -Infinity, scaled: 0 };
  const walk = (from: number, by: number): void => {
    const [exponent, slope] = by < 0 ? [a, b + f.slopeAtZero] : [b, a + f.slopeAtOne];
    let before = -Infinity;
    for (let i = from; ; i++) {
      const y = middle + by * i;
      const small = exp(-Math.abs(y));
      const large = 1 / (1 + small);
      const [p, q] = y < 0 ? [small * large, large] : [large, small * large];
      const logLarge = -log1p(small);
      const [logP, logQ] = y < 0 ? [y + logLarge, logLarge] : [logLarge, logLarge - y];
      const term = a * logP + b * logQ + f.log(p, q);
      addLog(sum, term);
      if (term < before && term < sum.largest - negligible - log1p(1 / (exponent * step))) return;
      if ((by < 0 ? p : q) * (1 + slope) < 1e-18 && y * by > 0) {
        // From here on every term is the one before times e^(−exponent · step).
        const ratio = exp(-exponent * step);
        if (ratio > 0) addLog(sum, term + log(ratio / -expm1(-exponent * step)));
        return;
      }
      before = term;
    }
  };
  walk(0, step);
  walk(1, -step);
  return sum.largest + log(sum.scaled * step) - logBeta(a, b);
}

function addLog(sum: { largest: number; scaled: number }, term: number): void {
  if (term > sum.largest) {
    sum.scaled = sum.scaled * exp(sum.largest - term) + 1;
    sum.largest = term;
  } else {
    sum.scaled += exp(term - sum.largest);
  }
}
