import { log } from "./elementary.ts";
import type { ArmaState } from "./arma-state.ts";

/** What the exact likelihood of a series without gaps is made of, for unit innovations. */
export interface InnovationSums {
  /** How many values. */
  readonly count: number;
  /** Sum of squared one-step errors, each over its variance; of the series less `mean`. */
  readonly squares: number;
  /** Sum of the logarithms of the variances. */
  readonly logVariances: number;
  /** The mean that makes `squares` least; 0 unless it was asked for. */
  readonly mean: number;
  /** 1 over the variance of that mean. */
  readonly meanPrecision: number;
}

/** A change of the variance of the next error below this is left out, and all that follow. */
const settled = 1e-13;

/**
 * One-step errors of a stationary ARMA process and their variances, from which its exact likelihood follows.
 *
 * The covariance of the states changes by a matrix of rank one per step (Chandrasekhar's recursions), so a step costs a few
 * passes over r states instead of r²; once it no longer changes, a step costs one product per coefficient that is not 0.
 *
 * @param values - without gaps.
 * @param state - of {@link armaStateOf}.
 * @param withMean - whether a constant mean is estimated along, by generalized least squares.
 * @param errors - when given, takes the error of each step (with a mean of 0) over the root of its variance.
 * @returns see {@link InnovationSums}.
 * @see Morf, Sidhu & Kailath (1974), "Some new algorithms for recursive estimation in constant, linear, discrete-time
 * systems"; Mélard (1984), algorithm AS 197.
 */
export function innovationSums(
  values: Float64Array,
  state: ArmaState,
  withMean: boolean,
  errors?: Float64Array,
): InnovationSums {
  const { ar, p, column } = state;
  const size = column.length;
  const count = values.length;
  const gain = new Float64Array(size);
  for (let i = 0; i < size; i++) gain[i] = ar[i] * column[0] + (i + 1 < size ? column[i + 1] : 0);
  const change = gain.slice();
  const level = new Float64Array(size);
  const ones = new Float64Array(size);
  let variance = column[0];
  let rate = -1 / variance;
  let moving = true;
  let squares = 0;
  let logVariances = 0;
  let cross = 0;
  let meanPrecision = 0;
  const last = size - 1;
  for (let t = 0; t < count; t++) {
    const error = values[t] - level[0];
    const scaled = error / variance;
    squares += error * scaled;
    if (errors !== undefined) errors[t] = error / Math.sqrt(variance);
    if (moving) logVariances += log(variance);
    let scaledOne = 0;
    if (withMean) {
      const one = 1 - ones[0];
      scaledOne = one / variance;
      cross += scaledOne * error;
      meanPrecision += scaledOne * one;
    }
    step(level, ar, p, gain, scaled, last);
    if (withMean) step(ones, ar, p, gain, scaledOne, last);
    if (!moving) continue;
    const first = change[0];
    const push = rate * first;
    const next = variance + first * push;
    const pull = first / variance;
    let largest = 0;
    for (let i = 0; i <= last; i++) {
      const moved = (i < p ? ar[i] * first : 0) + (i < last ? change[i + 1] : 0);
      change[i] = moved - gain[i] * pull;
      gain[i] += moved * push;
      const size2 = change[i] * change[i];
      if (size2 > largest) largest = size2;
    }
    rate -= (push * push) / next;
    variance = next;
    moving = largest * -rate > settled * variance;
  }
  const mean = withMean && meanPrecision > 0 ? cross / meanPrecision : 0;
  return { count, squares: Math.max(0, squares - mean * cross), logVariances, mean, meanPrecision };
}

/** Shifts the states by one step, adds what the autoregression carries over and what the error taught. */
function step(
  level: Float64Array,
  ar: Float64Array,
  p: number,
  gain: Float64Array,
  scaled: number,
  last: number,
): void {
  const first = level[0];
  for (let i = 0; i < last; i++) level[i] = level[i + 1] + gain[i] * scaled;
  level[last] = gain[last] * scaled;
  for (let i = 0; i < p; i++) level[i] += ar[i] * first;
}
