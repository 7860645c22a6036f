import { filterArima } from "../numeric/arima-filter.ts";
import { innovationSums } from "../numeric/arma-innovations.ts";
import { type ArmaState, armaStateOf } from "../numeric/arma-state.ts";
import { log } from "../numeric/elementary.ts";
import { difference, integrationWeights, seasonalProduct, stationaryCoefficients } from "../numeric/lag-polynomial.ts";
import { bridged } from "./gaps.ts";

/** Which ARIMA model: its orders and whether it has a constant. */
export interface ArimaOrders {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly seasonalP: number;
  readonly seasonalD: number;
  readonly seasonalQ: number;
  readonly period: number;
  /** A mean where nothing is differenced, else a drift. */
  readonly constant: boolean;
}

/** The coefficients of the four polynomials. */
export interface ArimaCoefficients {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly seasonalAr: Float64Array;
  readonly seasonalMa: Float64Array;
}

/** What a set of coefficients says about the series. */
export interface ArimaEvaluation {
  /** Values that enter the likelihood. */
  readonly count: number;
  /** Variance of the innovations. */
  readonly sigma2: number;
  /** Half of −2·log-likelihood per value, less constants: what is made least. */
  readonly objective: number;
  /** The mean, or the drift per step; 0 without a constant. */
  readonly constant: number;
  /** 1 over the variance of the constant, for unit innovations. */
  readonly constantPrecision: number;
}

/** A series and a model for it, made ready for many evaluations. */
export interface ArimaProblem {
  readonly orders: ArimaOrders;
  /** The series from its first value on. */
  readonly values: Float64Array;
  /** Weights of past values in the next one, from differencing. */
  readonly weights: Float64Array;
  /** How many are missing after the first value. */
  readonly gaps: number;
  /** The differenced series less a first guess of its mean; gaps are bridged by lines, for starts only. */
  readonly differenced: Float64Array;
  /** That guess. */
  readonly center: number;
  /** No variance is taken for less than this: the square of the rounding of the values. */
  readonly leastVariance: number;
}

/** Number of coefficients, without the constant and the variance. */
export function widthOf({ p, q, seasonalP, seasonalQ }: ArimaOrders): number {
  return p + q + seasonalP + seasonalQ;
}

/** By how much a step of the drift raises the differenced series. */
export function driftFactor({ seasonalD, period }: ArimaOrders): number {
  return seasonalD > 0 ? period : 1;
}

/** Makes a series ready. */
export function arimaProblem(series: Float64Array, orders: ArimaOrders): ArimaProblem {
  const first = series.findIndex((value) => !Number.isNaN(value));
  const values = first < 0 ? series.slice(0, 0) : series.slice(first);
  const weights = integrationWeights(orders.d, orders.seasonalD, orders.period);
  let gaps = 0;
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) gaps++;
    else largest = Math.max(largest, Math.abs(value));
  }
  const rounding = Number.EPSILON * largest;
  const differenced = difference(gaps > 0 ? bridged(values) : values, weights);
  const center = orders.constant ? meanOf(differenced) : 0;
  for (let t = 0; t < differenced.length; t++) differenced[t] -= center;
  const leastVariance = Math.max(rounding * rounding, 1e-290);
  return { orders, values, weights, gaps, differenced, center, leastVariance };
}

/** How many values enter the likelihood at most. */
export function usableValues({ values, weights, gaps }: ArimaProblem): number {
  return Math.max(0, values.length - gaps - weights.length);
}

/** Turns free numbers into coefficients of a stationary and invertible model. */
export function coefficientsAt(orders: ArimaOrders, free: Float64Array): ArimaCoefficients {
  const { p, q, seasonalP, seasonalQ } = orders;
  const negated = (part: Float64Array): Float64Array => part.map((x) => 0 - x);
  return {
    ar: stationaryCoefficients(free.subarray(0, p)),
    ma: negated(stationaryCoefficients(free.subarray(p, p + q))),
    seasonalAr: stationaryCoefficients(free.subarray(p + q, p + q + seasonalP)),
    seasonalMa: negated(stationaryCoefficients(free.subarray(p + q + seasonalP, p + q + seasonalP + seasonalQ))),
  };
}

/** Multiplies the seasonal polynomials out. */
export function expanded(
  { period }: ArimaOrders,
  { ar, ma, seasonalAr, seasonalMa }: ArimaCoefficients,
): { readonly ar: Float64Array; readonly ma: Float64Array } {
  return { ar: seasonalProduct(ar, seasonalAr, period, -1), ma: seasonalProduct(ma, seasonalMa, period, 1) };
}

/** The states of the differenced process; null where rounding has made it not stationary. */
export function stateAt(orders: ArimaOrders, coefficients: ArimaCoefficients): ArmaState | null {
  const { ar, ma } = expanded(orders, coefficients);
  return armaStateOf(ar, ma);
}

/** The exact likelihood at some coefficients, with the best constant and variance. */
export function evaluateArima(problem: ArimaProblem, free: Float64Array): ArimaEvaluation | null {
  const { orders, center } = problem;
  const state = stateAt(orders, coefficientsAt(orders, free));
  if (state === null) return null;
  if (problem.gaps > 0) {
    const { count, squares, logVariances, slope, slopePrecision } = filterGaps(problem, state);
    return judged(problem, count, squares, logVariances, slope, slopePrecision);
  }
  const sums = innovationSums(problem.differenced, state, orders.constant);
  const factor = orders.d + orders.seasonalD > 0 ? driftFactor(orders) : 1;
  const constant = orders.constant ? (center + sums.mean) / factor : 0;
  return judged(problem, sums.count, sums.squares, sums.logVariances, constant, sums.meanPrecision * factor * factor);
}

function judged(
  problem: ArimaProblem,
  count: number,
  squares: number,
  logVariances: number,
  constant: number,
  constantPrecision: number,
): ArimaEvaluation {
  const sigma2 = Math.max(squares / count, problem.leastVariance);
  const isFlat = sigma2 <= problem.leastVariance;
  const objective = 0.5 * (log(sigma2) + (isFlat ? 0 : logVariances / count));
  return { count, sigma2, objective, constant, constantPrecision };
}

/** The filter over a series with gaps; `slope` is the constant of the model in the units of the series. */
export function filterGaps(problem: ArimaProblem, state: ArmaState): ReturnType<typeof filterArima> & { base: number } {
  const { orders, values, weights } = problem;
  const base = weights.length > 0 ? values[0] : orders.constant ? problem.center : 0;
  const moved = values.map((value) => value - base);
  const regressor = orders.constant ? values.map((_, t) => (weights.length > 0 ? t : 1)) : undefined;
  const result = filterArima(moved, { arma: state, weights }, regressor);
  const slope = orders.constant ? result.slope + (weights.length > 0 ? 0 : base) : 0;
  return { ...result, slope, base };
}

function meanOf(values: Float64Array): number {
  let mean = 0;
  values.forEach((value, t) => (mean += (value - mean) / (t + 1)));
  return mean;
}
