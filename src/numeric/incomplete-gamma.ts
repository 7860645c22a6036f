import { exp, expm1, log, log1p } from "./elementary.ts";
import { erfcx } from "./error-function.ts";
import { deviance, logGamma1p, polynomial, stirlingError } from "./special.ts";

const twoPi = 6.283185307179586;
const halfLogTwoPi = 0.9189385332046728;

/** From this shape on the uniform expansion replaces series whose length grows with the root of the shape. */
const largeShape = 1e4;

// Cₖ(η) of Temme's expansion as Taylor series; the radius of convergence is 3.5, here |η| < 0.4.
const temmeSeries: readonly (readonly number[])[] = [
  [
    -0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073, 0.0003527336860670194,
    -0.0001787551440329218, 3.919263178522438e-5, -2.185448510679992e-6, -1.85406221071516e-6, 8.296711340953087e-7,
    -1.7665952736826078e-7, 6.707853543401498e-9, 1.0261809784240309e-8, -4.382036018453353e-9, 9.14769958223679e-10,
  ],
  [
    -0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596, 0.00020576131687242798,
    -4.018775720164609e-7, -1.8098550334489977e-5, 7.64916091608111e-6, -1.6120900894563446e-6, 4.647127802807434e-9,
  ],
  [0.004133597883597883, -0.0026813271604938273, 0.0007716049382716049, 2.0093878600823047e-6, -0.0001073665322636516],
  [0.0006494341563786008, 0.00022947209362139917, -0.0004691894943952557],
];

/** log(1 − eᵛ) for v ≤ 0: the complement of a probability whose logarithm is known. */
export function logComplement(v: number): number {
  return v > -0.6931471805599453 ? log(-expm1(v)) : log1p(-exp(v));
}

/**
 * log of xᵃ e⁻ˣ / Γ(a + 1): the Poisson probability of a at mean x, and the steepness of the gamma tails.
 */
export function logGammaTerm(a: number, x: number): number {
  if (a < 1) return a * log(x) - x - logGamma1p(a);
  return -a * deviance(x / a, (x - a) / a) - stirlingError(a) - 0.5 * log(a) - halfLogTwoPi;
}

/**
 * The logarithm of a regularized incomplete gamma function: of P(a, x), or of Q(a, x) = 1 − P for the upper tail.
 *
 * The smaller tail is computed itself, so it keeps its digits, also below the smallest double.
 *
 * @param a - shape, above 0.
 * @param x - at least 0; ∞ is allowed.
 * @param upper - true for Q.
 * @returns at most 0. Relative error of the tail below 1e-12 down to 1e-300 (1e-10 for a > 10⁴).
 * @see Temme (1979), "The asymptotic expansion of the incomplete gamma functions", for a > 10⁴; Gautschi (1979) for small
 * shapes; Legendre's continued fraction. Cost O(√a) near x = a, at most a few microseconds.
 */
export function logIncompleteGamma(a: number, x: number, upper: boolean): number {
  if (!(a > 0) || !(x >= 0)) return NaN;
  if (x === 0 || x === Infinity) return (x === 0) === upper ? 0 : -Infinity;
  if (a > largeShape && Math.abs(x - a) < 0.4 * a) return logUniform(a, x, upper);
  if (a < 1 && x < 1.5) return upper ? logUpperOfSmall(a, x) : logLowerSeries(a, x);
  const isUpper = a < 1 || x > a + 1;
  const tail = isUpper ? logUpperFraction(a, x) : logLowerSeries(a, x);
  return isUpper === upper ? tail : logComplement(tail);
}

/** P as the first Poisson term times 1 + x/(a+1) + x²/((a+1)(a+2)) + …; all terms are positive. */
function logLowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(0, logGammaTerm(a, x) + log(sum));
}

/** Q by Legendre's continued fraction, evaluated by Lentz's method; for x above a. */
function logUpperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1, factor = 0; Math.abs(factor - 1) > 3e-16; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    factor = c * d;
    value *= factor;
  }
  return logGammaTerm(a, x) + log(a) + log(value);
}

/** Q for a < 1 and small x, where 1 − P would lose the digits: 1 − xᵃ/Γ(a+1) exactly, plus what the series takes off. */
function logUpperOfSmall(a: number, x: number): number {
  const exponent = a * log(x) - logGamma1p(a);
  let power = 1;
  let sum = 0;
  for (let n = 1; Math.abs(power) > 1e-18; n++) {
    power *= -x / n;
    sum -= power / (a + n);
  }
  return log(-expm1(exponent) + exp(exponent) * a * sum);
}

/** Both tails near x = a for a large shape: a normal tail times a correction in powers of 1/a. */
function logUniform(a: number, x: number, upper: boolean): number {
  const halfSquare = deviance(x / a, (x - a) / a);
  const eta = Math.sqrt(2 * halfSquare) * (x < a ? -1 : 1);
  let correction = 0;
  for (let k = temmeSeries.length - 1; k >= 0; k--) correction = correction / a + polynomial(temmeSeries[k], eta);
  const isUpper = eta >= 0;
  const signed = isUpper ? correction : -correction;
  const factor = 0.5 * erfcx(Math.sqrt(a * halfSquare)) + signed / Math.sqrt(twoPi * a);
  const tail = log(factor) - a * halfSquare;
  return isUpper === upper ? tail : logComplement(tail);
}
