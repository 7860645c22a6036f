// Polynomials in the lag operator B. An autoregression is 1 − φ₁B − φ₂B² − …, a moving average is 1 + θ₁B + θ₂B² + …, as
// in R; both are held as the list of their coefficients without the leading 1.
import { expm1, log1p } from "./elementary.ts";

/**
 * Multiplies an ordinary lag polynomial by one in steps of a season.
 *
 * @param plain - coefficients at lags 1, 2, …
 * @param seasonal - coefficients at lags `period`, 2·`period`, …
 * @param period - lags in a season.
 * @param sign - −1 for autoregressions (1 − φB)(1 − ΦBˢ), 1 for moving averages.
 * @returns coefficients of the product at lags 1, 2, …
 */
export function seasonalProduct(
  plain: ArrayLike<number>,
  seasonal: ArrayLike<number>,
  period: number,
  sign: 1 | -1,
): Float64Array {
  const product = new Float64Array(plain.length + period * seasonal.length);
  for (let i = 0; i < plain.length; i++) product[i] += plain[i];
  for (let j = 0; j < seasonal.length; j++) {
    const lag = period * (j + 1) - 1;
    product[lag] += seasonal[j];
    for (let i = 0; i < plain.length; i++) product[lag + i + 1] += sign * plain[i] * seasonal[j];
  }
  return product;
}

/**
 * The weights δ with which past values are added to a differenced series to get the series back:
 * yₜ = wₜ + δ₁·yₜ₋₁ + δ₂·yₜ₋₂ + …, where w = (1 − B)ᵈ(1 − Bˢ)ᴰ y.
 *
 * @returns d + D·period weights, all whole numbers.
 */
export function integrationWeights(differences: number, seasonalDifferences: number, period: number): Float64Array {
  let weights: Float64Array = new Float64Array(0);
  for (let i = 0; i < differences; i++) weights = seasonalProduct(weights, [1], 1, -1);
  for (let i = 0; i < seasonalDifferences; i++) weights = seasonalProduct(weights, [1], period, -1);
  return weights;
}

/**
 * Applies the differences whose weights are given.
 *
 * @param values - the series.
 * @param weights - of {@link integrationWeights}.
 * @returns a series shorter by the number of weights; empty when there are not more values than weights.
 */
export function difference(values: Float64Array, weights: Float64Array): Float64Array {
  const lost = weights.length;
  const result = values.slice(Math.min(lost, values.length));
  for (let j = 0; j < lost; j++) {
    const weight = weights[j];
    if (weight === 0) continue;
    for (let t = 0; t < result.length; t++) result[t] -= weight * values[t + lost - 1 - j];
  }
  return result;
}

/**
 * Turns any real numbers into the coefficients of a stationary autoregression: their hyperbolic tangents are its partial
 * autocorrelations. With the sign of every coefficient turned it is an invertible moving average.
 *
 * @param free - one number per lag.
 * @returns φ₁, φ₂, …
 * @see Barndorff-Nielsen & Schou (1973); Monahan (1984), "A note on enforcing stationarity in ARMA models".
 */
export function stationaryCoefficients(free: ArrayLike<number>): Float64Array {
  const order = free.length;
  const result = new Float64Array(order);
  const before = new Float64Array(order);
  for (let k = 0; k < order; k++) {
    const partial = tanh(free[k]);
    before.set(result);
    for (let j = 0; j < k; j++) result[j] -= partial * before[k - 1 - j];
    result[k] = partial;
  }
  return result;
}

/**
 * The partial autocorrelations of an autoregression.
 *
 * @param coefficients - φ₁, φ₂, …
 * @returns one number in (−1, 1) per lag; null when the autoregression is not stationary.
 */
export function partialAutocorrelations(coefficients: ArrayLike<number>): Float64Array | null {
  const partials = Float64Array.from(coefficients);
  const before = new Float64Array(partials.length);
  for (let k = partials.length - 1; k >= 0; k--) {
    const partial = partials[k];
    if (!(Math.abs(partial) < 1)) return null;
    before.set(partials);
    const left = (1 - partial) * (1 + partial);
    for (let j = 0; j < k; j++) partials[j] = (before[j] + partial * before[k - 1 - j]) / left;
  }
  return partials;
}

/** The inverse of the hyperbolic tangent, for |x| < 1. */
export function atanh(x: number): number {
  return 0.5 * Math.sign(x) * log1p((2 * Math.abs(x)) / (1 - Math.abs(x)));
}

function tanh(x: number): number {
  const grown = expm1(2 * Math.min(Math.abs(x), 20));
  return (Math.sign(x) * grown) / (grown + 2);
}
