import { type ArmaState, stationaryCovariance } from "./arma-state.ts";
import { log } from "./elementary.ts";

/** An integrated ARMA process: yₜ = wₜ + Σ δₖ·yₜ₋ₖ with w an ARMA process. */
export interface IntegratedState {
  readonly arma: ArmaState;
  /** δ₁, δ₂, … of `integrationWeights`; empty for a stationary process. */
  readonly weights: Float64Array;
}

/** What a pass over a series with gaps learns, for unit innovations. */
export interface FilterResult {
  /** How many values entered the likelihood: those seen, without those that only fix the level. */
  readonly count: number;
  /** Sum of squared one-step errors, each over its variance; of the series less `slope` times the regressor. */
  readonly squares: number;
  /** Sum of the logarithms of the variances. */
  readonly logVariances: number;
  /** The factor of the regressor that makes `squares` least; 0 without one. */
  readonly slope: number;
  /** 1 over the variance of that factor. */
  readonly slopePrecision: number;
  /** What is expected of the states one step after the end: those of w, then the last values, newest first; without the regressor's part. */
  readonly level: Float64Array;
  /** Their covariances, row-major. */
  readonly covariance: Float64Array;
}

/** What is missing at the start has this variance, in those of the innovations; a later value that is so unsure only fixes it. */
const unknown = 1e6;
const stillUnknown = 1e4;
/** A change of the covariances below this is rounding. */
const settled = 1e-11;

/**
 * The Kalman filter of an integrated ARMA process: gaps are stepped over.
 *
 * @param values - NaN = gap; near 0 where the process is integrated, for a value missing at its start is taken as unknown about 0.
 * @param process - see {@link IntegratedState}.
 * @param regressor - a series of the same length whose factor is estimated along, by generalized least squares.
 * @returns see {@link FilterResult}. Cost: (r + δ's)² per step, until the covariances settle.
 * @see Gardner, Harvey & Phillips (1980), algorithm AS 154; where values are missing at the start, the unknown ones are as in R's `arima`.
 */
export function filterArima(values: Float64Array, process: IntegratedState, regressor?: Float64Array): FilterResult {
  const { arma, weights } = process;
  const r = arma.column.length;
  const size = r + weights.length;
  let covariance = new Float64Array(size * size);
  const start = stationaryCovariance(arma);
  for (let i = 0; i < r; i++) for (let j = 0; j < r; j++) covariance[i * size + j] = start[i * r + j];
  let spare = new Float64Array(size * size);
  const half = new Float64Array(size * size);
  const lags = Array.from(weights.keys()).filter((k) => weights[k] !== 0);
  const gain = new Float64Array(size);
  let level = new Float64Array(size);
  let other = new Float64Array(size);
  let spareLevel = new Float64Array(size);
  // The values that differencing costs are taken as they are; only where one is missing its level is unknown.
  const first = Math.min(weights.length, values.length);
  for (let k = 0; k < first; k++) {
    const value = values[first - 1 - k];
    const place = r + k;
    if (Number.isNaN(value)) covariance[place * size + place] = unknown;
    else level[place] = value;
    if (regressor !== undefined) other[place] = regressor[first - 1 - k];
  }
  const totals = { count: 0, squares: 0, logVariances: 0, cross: 0, slopePrecision: 0 };
  let variance = 1;
  let quiet = false;
  for (let t = first; t < values.length; t++) {
    const seen = !Number.isNaN(values[t]);
    if (seen && !quiet) {
      for (let i = 0; i < size; i++) {
        let sum = covariance[i * size];
        for (const k of lags) sum += weights[k] * covariance[i * size + r + k];
        gain[i] = sum;
      }
      variance = gain[0];
      for (const k of lags) variance += weights[k] * gain[r + k];
    }
    if (seen) {
      const error = values[t] - predicted(level, weights, lags, r);
      const one = regressor === undefined ? 0 : regressor[t] - predicted(other, weights, lags, r);
      if (variance < stillUnknown) {
        totals.count++;
        totals.squares += (error * error) / variance;
        totals.logVariances += log(variance);
        totals.cross += (error * one) / variance;
        totals.slopePrecision += (one * one) / variance;
      }
      for (let i = 0; i < size; i++) level[i] += (gain[i] * error) / variance;
      if (regressor !== undefined) for (let i = 0; i < size; i++) other[i] += (gain[i] * one) / variance;
    }
    advance(level, spareLevel, arma, weights, lags);
    [level, spareLevel] = [spareLevel, level];
    if (regressor !== undefined) {
      advance(other, spareLevel, arma, weights, lags);
      [other, spareLevel] = [spareLevel, other];
    }
    if (seen && quiet) continue;
    if (seen) lessGain(covariance, gain, variance);
    propagate(covariance, half, spare, arma, weights, lags);
    quiet = seen && variance < stillUnknown && farthest(covariance, spare) < settled;
    [covariance, spare] = [spare, covariance];
  }
  const { slopePrecision } = totals;
  const slope = slopePrecision > 0 ? totals.cross / slopePrecision : 0;
  for (let i = 0; i < size; i++) level[i] -= slope * other[i];
  const squares = Math.max(0, totals.squares - slope * totals.cross);
  const { count, logVariances } = totals;
  return { count, squares, logVariances, slope, slopePrecision, level, covariance };
}

/** What the states say about the next value. */
function predicted(level: Float64Array, weights: Float64Array, lags: readonly number[], r: number): number {
  let sum = level[0];
  for (const k of lags) sum += weights[k] * level[r + k];
  return sum;
}

/** One step of the states without an innovation: to = T·from. */
function advance(
  from: Float64Array,
  to: Float64Array,
  { ar, p, column }: ArmaState,
  weights: Float64Array,
  lags: readonly number[],
): void {
  const r = column.length;
  for (let i = 0; i < r; i++) to[i] = (i < p ? ar[i] * from[0] : 0) + (i + 1 < r ? from[i + 1] : 0);
  if (weights.length === 0) return;
  for (let i = r + 1; i < from.length; i++) to[i] = from[i - 1];
  to[r] = predicted(from, weights, lags, r);
}

/** Takes off what a value has taught. */
function lessGain(covariance: Float64Array, gain: Float64Array, variance: number): void {
  const size = gain.length;
  for (let i = 0; i < size; i++) {
    const share = gain[i] / variance;
    if (share === 0) continue;
    const row = i * size;
    for (let j = 0; j < size; j++) covariance[row + j] -= share * gain[j];
  }
}

/** One step of the covariances: to = T·from·Tᵀ + R·Rᵀ. `from` is symmetric, and rows of it are what the columns of T take. */
function propagate(
  from: Float64Array,
  half: Float64Array,
  to: Float64Array,
  { ar, impact, p, column }: ArmaState,
  weights: Float64Array,
  lags: readonly number[],
): void {
  const r = column.length;
  const size = r + weights.length;
  // half = T·from: each of its rows is a combination of rows of `from`.
  for (let i = 0; i < r; i++) {
    const row = i * size;
    const factor = i < p ? ar[i] : 0;
    const hasNext = i + 1 < r;
    for (let j = 0; j < size; j++) half[row + j] = factor * from[j] + (hasNext ? from[row + size + j] : 0);
  }
  for (let i = r; i < size; i++) {
    const row = i * size;
    if (i > r) for (let j = 0; j < size; j++) half[row + j] = from[row - size + j];
    else for (let j = 0; j < size; j++) half[row + j] = from[j];
  }
  if (weights.length > 0) {
    const row = r * size;
    for (const k of lags) {
      const other = (r + k) * size;
      for (let j = 0; j < size; j++) half[row + j] += weights[k] * from[other + j];
    }
  }
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const first = half[row];
    for (let j = 0; j < r; j++) to[row + j] = (j < p ? ar[j] * first : 0) + (j + 1 < r ? half[row + j + 1] : 0);
    if (i < r) for (let j = 0; j < r; j++) to[row + j] += impact[i] * impact[j];
    if (weights.length === 0) continue;
    for (let j = r + 1; j < size; j++) to[row + j] = half[row + j - 1];
    let sum = first;
    for (const k of lags) sum += weights[k] * half[row + r + k];
    to[row + r] = sum;
  }
}

function farthest(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i] - b[i]);
    if (distance > most) most = distance;
  }
  return most;
}
