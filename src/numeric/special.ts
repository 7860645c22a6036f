import { log, log1p } from "./elementary.ts";

// Functions of positive numbers. Below 10 a recurrence leads to Stirling's series or to a Taylor series about the zeros
// of the function; made by test/oracles/special-coefficients.py.

const halfLogTwoPi = 0.9189385332046728;

/** Bₖ / (2k (2k − 1)): the asymptotic series of log Γ. */
const stirlingSeries: readonly number[] = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953, 0.0008417508417508417,
  -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242, 0.17964437236883057,
];

/** Bₖ / 2k: the asymptotic series of ψ. */
const digammaSeries: readonly number[] = [
  0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667, 0.007575757575757576,
  -0.021092796092796094, 0.08333333333333333, -0.4432598039215686, 3.0539543302701198,
];

/** Bₖ: the asymptotic series of ψ′. */
const trigammaSeries: readonly number[] = [
  0.16666666666666666, -0.03333333333333333, 0.023809523809523808, -0.03333333333333333, 0.07575757575757576,
  -0.2531135531135531, 1.1666666666666667, -7.092156862745098, 54.971177944862156,
];

/** log Γ(2 + z) / z: 1 − γ, then (−1)ᵏ (ζ(k) − 1) / k. */
const logGammaNear2: readonly number[] = [
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6, -2.039215753801366e-6,
  9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8,
  -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
];

/** The positive zero of ψ, in two doubles, and its Taylor series there. */
const digammaRoot = 1.4616321449683622;
const digammaRootRest = 9.549995429965697e-17;
const digammaNearRoot: readonly number[] = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237,
  -0.07219956125645471, 0.04880428816414311, -0.03316112647484736, 0.022597648232218104, -0.01542476590494896,
  0.010538791616612175, -0.007204534386356869, 0.004926781395729853, -0.003369801655439328, 0.002305126326734928,
  -0.0015769367714301972, 0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
  0.00023635601564027053, -0.00016170622091974803, 0.0001106337276874741, -7.569179582195066e-5, 5.178575795222081e-5,
];

/** Horner's scheme; coefficients from the constant on. */
export function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) value = value * x + coefficients[k];
  return value;
}

/** log Γ(x), x > 0; keeps its relative accuracy at the zeros 1 and 2. */
export function logGamma(x: number): number {
  if (!(x >= 0)) return NaN;
  if (x >= 10) return x === Infinity ? x : (x - 0.5) * (log(x) - 1) + (halfLogTwoPi - 0.5 + stirlingError(x));
  if (x < 0.5) return logGammaAbout2(x) - log1p(x) - log(x);
  if (x < 1.5) return logGammaAbout2(x - 1) - log1p(x - 1);
  let factor = 1;
  let reduced = x;
  while (reduced > 2.5) factor *= --reduced;
  return log(factor) + logGammaAbout2(reduced - 2);
}

/** log Γ(1 + x), x ≥ 0, with its relative accuracy at 0. */
export function logGamma1p(x: number): number {
  return x < 0.5 ? logGammaAbout2(x) - log1p(x) : logGamma(1 + x);
}

/** log Γ(2 + z), |z| ≤ 1/2. */
function logGammaAbout2(z: number): number {
  return z * polynomial(logGammaNear2, z);
}

/**
 * What Stirling's formula lacks: log Γ(x) − ((x − 1/2) log x − x + log √2π), x > 0.
 *
 * Densities built from it and {@link deviance} never subtract large numbers.
 * @see Loader (2000), "Fast and accurate computation of binomial probabilities".
 */
export function stirlingError(x: number): number {
  if (x < 1) return logGamma1p(x) - (x + 0.5) * log(x) + x - halfLogTwoPi;
  let error = 0;
  let shifted = x;
  for (; shifted < 10; shifted++) error += (shifted + 0.5) * log1p(1 / shifted) - 1;
  return error + polynomial(stirlingSeries, 1 / (shifted * shifted)) / shifted;
}

/**
 * r − 1 − log(r) ≥ 0: the unit deviance of a ratio to its expectation.
 *
 * @param ratio - r > 0.
 * @param excess - r − 1, computed by the caller without the rounding of r.
 */
export function deviance(ratio: number, excess: number): number {
  if (!(excess > -0.5 && excess < 1)) return excess - log(ratio);
  // log r = 2 artanh(v); its first term is subtracted exactly, u − 2v = u·v, so that nothing cancels near 1.
  const v = excess / (2 + excess);
  const square = v * v;
  let power = 2 * square;
  let sum = 0;
  for (let k = 3; power > k * 1e-18 * Math.abs(excess) && k < 60; k += 2) {
    sum += power / k;
    power *= square;
  }
  return v * (excess - sum);
}

/** ψ(x) = d log Γ(x) / dx, x > 0; keeps its relative accuracy at the zero 1.4616…. */
export function digamma(x: number): number {
  if (!(x >= 0)) return NaN;
  const fromRoot = x - digammaRoot - digammaRootRest;
  if (Math.abs(fromRoot) < 0.3) return fromRoot * polynomial(digammaNearRoot, fromRoot);
  let sum = 0;
  let shifted = x;
  for (; shifted < 10; shifted++) sum += 1 / shifted;
  const square = 1 / (shifted * shifted);
  return log(shifted) - 0.5 / shifted - square * polynomial(digammaSeries, square) - sum;
}

/** ψ′(x), x > 0: the variance of the logarithm of a gamma variate. */
export function trigamma(x: number): number {
  if (!(x >= 0)) return NaN;
  let sum = 0;
  let shifted = x;
  for (; shifted < 10; shifted++) sum += 1 / (shifted * shifted);
  const square = 1 / (shifted * shifted);
  return sum + (1 + 0.5 / shifted + square * polynomial(trigammaSeries, square)) / shifted;
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), without the cancellation when one of them is large. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const ratio = small / large;
  const rest = stirlingError(large) - stirlingError(small + large);
  // (large + small − 1/2) log(1 + small / large) is the shrinking of Γ(large) / Γ(large + small) below large^−small.
  if (small < 10) return logGamma(small) - small * (log(large) - 1) + rest - (large + small - 0.5) * log1p(ratio);
  const logShare = log(ratio) - log1p(ratio);
  return (
    (small - 0.5) * logShare - 0.5 * log(large) - large * log1p(ratio) + halfLogTwoPi + stirlingError(small) + rest
  );
}

/** ψ(x + step) − ψ(x) for positive x and step ≥ 0, without the cancellation when x is large. */
export function digammaRise(x: number, step: number): number {
  if (x < 10) return step === 0 ? 0 : digamma(x + step) - digamma(x);
  const end = x + step;
  const [square, endSquare] = [1 / (x * x), 1 / (end * end)];
  const rest = square * polynomial(digammaSeries, square) - endSquare * polynomial(digammaSeries, endSquare);
  return log1p(step / x) + (0.5 * step) / x / end + rest;
}

/** log Γ(x + step) − log Γ(x) for positive x and step ≥ 0, without the cancellation when x is large. */
export function logGammaRise(x: number, step: number): number {
  return step === 0 ? 0 : logGamma(step) - logBeta(x, step);
}
