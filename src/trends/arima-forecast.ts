import { innovationWeights } from "../numeric/arma-moments.ts";
import { integrationWeights, seasonalProduct } from "../numeric/lag-polynomial.ts";
import { type ArimaModel, stateCounts } from "./arima-model.ts";

/** What is expected, and how sure that is. */
export interface Expectation {
  readonly mean: Float64Array;
  /** Standard errors of the values to come, without those of the estimates. */
  readonly standardErrors: Float64Array;
}

/**
 * Lets the states of a model run on without innovations.
 *
 * The variance after h steps is σ²·(Σ ψ²) for the innovations to come plus z·U·zᵀ, where U are the covariances of the states at the end
 * and z, the row that reads the value off them, is run back by h − 1 steps.
 */
export function forecastArima(model: ArimaModel, steps: number): Expectation {
  const d = model.order[1];
  const seasonalD = model.seasonal?.order[1] ?? 0;
  const period = model.seasonal?.period ?? 1;
  const ar = seasonalProduct(model.ar, model.seasonalAr, period, -1);
  const ma = seasonalProduct(model.ma, model.seasonalMa, period, 1);
  const weights = integrationWeights(d, seasonalD, period);
  const constant = model.mean ?? (model.drift ?? 0) * (seasonalD > 0 ? period : 1);
  const [own] = stateCounts(model);
  const past = Array.from(model.origin.state.slice(own));
  const level = Float64Array.from(model.origin.state.slice(0, own));
  const lags = Array.from(weights.keys()).filter((k) => weights[k] !== 0);
  const mean = new Float64Array(steps);
  for (let h = 0; h < steps; h++) {
    let value = level[0] + constant;
    for (const k of lags) value += weights[k] * (h > k ? mean[h - 1 - k] : past[k - h]);
    mean[h] = value;
    const first = level[0];
    for (let i = 0; i < own; i++) level[i] = (i < ar.length ? ar[i] * first : 0) + (i + 1 < own ? level[i + 1] : 0);
  }
  return { mean, standardErrors: errorsAhead(model, { ar, ma, weights, lags, own }, steps) };
}

interface Expanded {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly weights: Float64Array;
  readonly lags: readonly number[];
  readonly own: number;
}

function errorsAhead(
  { origin, sigma2 }: ArimaModel,
  { ar, ma, weights, lags, own }: Expanded,
  steps: number,
): Float64Array {
  const psi = innovationWeights(seasonalProduct(ar, weights, 1, -1), ma, steps);
  const { uncertain, covariance } = origin;
  const size = origin.state.length;
  let row: Float64Array = new Float64Array(size);
  row[0] = 1;
  for (const k of lags) row[own + k] = weights[k];
  const result = new Float64Array(steps);
  let innovations = 0;
  for (let h = 0; h < steps; h++) {
    innovations += psi[h] * psi[h];
    let states = 0;
    for (let a = 0; a < uncertain.length; a++) {
      const left = row[uncertain[a]];
      if (left !== 0) for (let b = 0; b < uncertain.length; b++) states += left * covariance[a][b] * row[uncertain[b]];
    }
    result[h] = Math.sqrt(sigma2 * (innovations + Math.max(0, states)));
    if (uncertain.length > 0) row = stepBack(row, ar, weights, lags, own);
  }
  return result;
}

/** The row that reads the value off the states one step earlier: row·T. */
function stepBack(
  row: Float64Array,
  ar: Float64Array,
  weights: Float64Array,
  lags: readonly number[],
  own: number,
): Float64Array {
  const result = new Float64Array(row.length);
  for (let i = 0; i < ar.length; i++) result[0] += row[i] * ar[i];
  for (let i = 0; i + 1 < own; i++) result[i + 1] += row[i];
  if (weights.length === 0) return result;
  for (let i = own; i + 1 < row.length; i++) result[i] += row[i + 1];
  result[0] += row[own];
  for (const k of lags) result[own + k] += row[own] * weights[k];
  return result;
}
