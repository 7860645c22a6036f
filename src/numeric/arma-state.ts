import { armaAutocovariances, innovationWeights } from "./arma-moments.ts";

/**
 * An ARMA process in state space, as in Harvey's book: the first of r = max(p, q + 1) states is w itself, the i-th is what
 * is known now about w in i − 1 steps, and a step shifts the states by one and adds φᵢ·w and θᵢ₋₁·ε.
 */
export interface ArmaState {
  /** φ₁ … φᵣ, padded with zeros. */
  readonly ar: Float64Array;
  /** 1, θ₁ … θᵣ₋₁, padded with zeros: how an innovation enters each state. */
  readonly impact: Float64Array;
  /** Lags of the autoregression. */
  readonly p: number;
  /** Covariances of the states with the first one, for unit innovations, before anything is seen. */
  readonly column: Float64Array;
}

/**
 * Sets up the states of an ARMA process.
 *
 * @param ar - φ₁, φ₂, …
 * @param ma - θ₁, θ₂, …
 * @returns null when the autoregression is not stationary.
 * @see Harvey (1989), "Forecasting, Structural Time Series Models and the Kalman Filter", section 3.3; Gardner, Harvey &
 * Phillips (1980), algorithm AS 154, whose initial covariances these are.
 */
export function armaStateOf(ar: ArrayLike<number>, ma: ArrayLike<number>): ArmaState | null {
  const size = Math.max(ar.length, ma.length + 1);
  const covariances = armaAutocovariances(ar, ma, size + 1);
  if (covariances === null || !(covariances[0] > 0 && covariances[0] < 1e300)) return null;
  const weights = innovationWeights(ar, ma, size);
  const phi = new Float64Array(size);
  phi.set(ar);
  const impact = new Float64Array(size);
  impact[0] = 1;
  impact.set(ma, 1);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    if (phi[j] !== 0) for (let i = 0; i <= j; i++) column[i] += phi[j] * covariances[j + 1 - i];
    if (impact[j] !== 0) for (let i = 0; i <= j; i++) column[i] += impact[j] * weights[j - i];
  }
  return { ar: phi, impact, p: ar.length, column };
}

/**
 * All covariances of the states before anything is seen: the solution of P = T·P·Tᵀ + R·Rᵀ, from its first column.
 *
 * @returns r × r, row-major.
 */
export function stationaryCovariance({ ar, impact, column }: ArmaState): Float64Array {
  const size = column.length;
  const result = new Float64Array(size * size);
  const next = (i: number): number => (i + 1 < size ? column[i + 1] : 0);
  for (let i = size - 1; i >= 0; i--) {
    for (let j = size - 1; j >= i; j--) {
      const shifted = j + 1 < size ? result[(i + 1) * size + j + 1] : 0;
      const own = ar[i] * ar[j] * column[0] + ar[i] * next(j) + ar[j] * next(i) + impact[i] * impact[j];
      result[i * size + j] = result[j * size + i] = own + shifted;
    }
  }
  return result;
}
