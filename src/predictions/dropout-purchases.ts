import { exp, expm1, log, log1p } from "../numeric/elementary.ts";
import { logBetaMean } from "../numeric/beta-mean.ts";

/** Where the sum would need more terms than this, the integral is quicker. */
const manyTerms = 3000;
const large = 2 ** 400;

/**
 * Expected purchases over a time of a customer who is there at its beginning, buys at a gamma-distributed rate and leaves
 * after each purchase with a beta-distributed probability p.
 *
 * Without leaving, the number of purchases N would be negative binomial; the j-th happens only after j − 1 stays, so the
 * expectation is Σ P(N = n) Σ_{j < n} E[(1 − p)^j]: positive terms only. It equals the published
 * (a + b − 1) / (a − 1) · (1 − (α / (α + t))^r · ₂F₁(r, b; a + b − 1; t / (α + t))), which is 0 / 0 at a = 1, has a negative
 * parameter where a + b < 1 and loses all digits for short times. For long times the same mean over p is an integral.
 *
 * @param shape - shape r of the rates, positive.
 * @param span - the time in units of the rates' scale, t / α; at least 0.
 * @param a - first parameter of p, positive.
 * @param b - second parameter of p, positive.
 * @returns finite and at least 0, relative error about 1e-13. Cost: as many steps as purchases are thinkable, at most 3,000.
 * @see Fader, Hardie & Lee (2005), equations 9 and 10; Hardie's note 27 on a = 1.
 */
export function purchasesUntilDropout(shape: number, span: number, a: number, b: number): number {
  if (span === 0) return 0;
  const weight = span / (1 + span);
  // Terms fall off behind the mean of N by e in 1 + span steps.
  const terms = shape * span + 12 * Math.sqrt(shape * span * (1 + span)) + 40 * (1 + span);
  return terms > manyTerms ? integral(shape, span, a, b) : sum(shape, weight, a, b);
}

function sum(shape: number, weight: number, a: number, b: number): number {
  const both = a + b;
  // Weights P(N = n) up to a factor, which is divided out in the end.
  let chance = 1;
  let total = 1;
  let purchases = 0;
  let expected = 0;
  let stay = 1;
  for (let n = 0; ; n++) {
    const ratio = ((shape + n) / (n + 1)) * weight;
    chance *= ratio;
    purchases += stay;
    stay *= (b + n) / (both + n);
    total += chance;
    expected += chance * purchases;
    if (total > large) {
      chance /= large;
      total /= large;
      expected /= large;
    }
    const last = Math.max(ratio, weight);
    if (last < 1 && chance * (purchases + 1 / (1 - last)) < 1e-17 * (1 - last) * expected) return expected / total;
  }
}

/** The mean over p of (1 − (1 + p · span)^−shape) / p. */
function integral(shape: number, span: number, a: number, b: number): number {
  const steep = (1 + shape) * span;
  const logMean = logBetaMean(a, b, {
    log: (p) => log(-expm1(-shape * log1p(p * span))) - log(p),
    slopeAtZero: steep,
    slopeAtOne: 1 + shape,
  });
  return exp(logMean);
}
