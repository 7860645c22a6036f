import { isFiniteMatrix, isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";

/** A seasonal part: orders (P, D, Q) and how many steps make a season. */
export interface ArimaSeason {
  /** P, D, Q. */
  readonly order: readonly [number, number, number];
  /** Steps in a season. */
  readonly period: number;
}

/** What a forecast starts from: the only trace of the series in a model. */
export interface ArimaOrigin {
  /**
   * What is expected of the states one step after the end: of the differenced series (less its mean), then the last
   * d + D·period values, newest first.
   */
  readonly state: readonly number[];
  /** Positions of the states that are not sure; empty for a long series without gaps at its end. */
  readonly uncertain: readonly number[];
  /** Their covariances, in variances of the innovations, beyond what the next innovation adds. */
  readonly covariance: readonly (readonly number[])[];
}

/** How a series goes on from its past: learned by {@link fitArima}. */
export interface ArimaModel extends ModelHeader {
  /** What this is. */
  readonly kind: "arima";
  /** Version of the layout. */
  readonly version: 1;
  /** p, d, q. */
  readonly order: readonly [number, number, number];
  /** The seasonal part; null without one. */
  readonly seasonal: ArimaSeason | null;
  /** φ₁ … φ_p: weights of the last values. */
  readonly ar: readonly number[];
  /** θ₁ … θ_q: weights of the last errors, added (R's sign). */
  readonly ma: readonly number[];
  /** Φ₁ … Φ_P. */
  readonly seasonalAr: readonly number[];
  /** Θ₁ … Θ_Q. */
  readonly seasonalMa: readonly number[];
  /** The mean of the series (R calls it "intercept"); null where there is none. */
  readonly mean: number | null;
  /** What is added per step; null where there is none. */
  readonly drift: number | null;
  /** Variance of the errors: their mean square, as in R. */
  readonly sigma2: number;
  /** Logarithm of the exact likelihood (of the differenced series). */
  readonly logLikelihood: number;
  /** Akaike's criterion; the variance counts as a parameter. */
  readonly aic: number;
  /** The same, corrected for short series; null where there are too few values for it. */
  readonly aicc: number | null;
  /** Schwarz's criterion. */
  readonly bic: number;
  /** Names of the estimates in the order of `standardErrors`: ar1 …, ma1 …, sar1 …, sma1 …, mean or drift. */
  readonly parameters: readonly string[];
  /** Standard errors of the estimates; null where the likelihood is flat or its top lies at the edge. */
  readonly standardErrors: readonly number[] | null;
  /** Covariances of the estimates; null like the standard errors. */
  readonly covariance: readonly (readonly number[])[] | null;
  /** How many values entered the likelihood: all seen, less those that differencing costs. */
  readonly observations: number;
  /** How many were missing between the first value and the end. */
  readonly gaps: number;
  /** Iterations of the search. */
  readonly iterations: number;
  /** Norm of the gradient of the log-likelihood per value, where the search ended. */
  readonly gradientNorm: number;
  /** Whether the search found a top. */
  readonly converged: boolean;
  /** Where a forecast starts. */
  readonly origin: ArimaOrigin;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isOrder = (value: unknown): value is readonly [number, number, number] =>
  Array.isArray(value) && value.length === 3 && value.every(isCount);

function isSeason(value: unknown): value is ArimaSeason | null {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { order, period } = value as Partial<ArimaSeason>;
  return isOrder(order) && isCount(period) && period >= 2 && period <= 1e5;
}

/** Number of states: those of the differenced series, then the values that differencing costs. */
export function stateCounts({ order: [p, d, q], seasonal }: Pick<ArimaModel, "order" | "seasonal">): [number, number] {
  const [seasonalP, seasonalD, seasonalQ] = seasonal?.order ?? [0, 0, 0];
  const period = seasonal?.period ?? 1;
  return [Math.max(p + period * seasonalP, q + period * seasonalQ + 1), d + period * seasonalD];
}

function isOrigin(value: unknown, model: ArimaModel): boolean {
  if (value === null || typeof value !== "object" || !isOrder(model.order) || !isSeason(model.seasonal)) return false;
  const { state, uncertain, covariance } = value as Partial<ArimaOrigin>;
  const [own, past] = stateCounts(model);
  if (!isFiniteVector(state, own + past) || !isFiniteVector(uncertain)) return false;
  const known = uncertain.every((position) => isCount(position) && position < own + past);
  return known && isFiniteMatrix(covariance, uncertain.length, uncertain.length);
}

const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);

/** Checks of the fields that a forecast reads. */
export const arimaShape: ModelShape<ArimaModel> = {
  order: isOrder,
  seasonal: isSeason,
  ar: (value, { order }) => isOrder(order) && isFiniteVector(value, order[0]),
  ma: (value, { order }) => isOrder(order) && isFiniteVector(value, order[2]),
  seasonalAr: (value, { seasonal }) => isSeason(seasonal) && isFiniteVector(value, seasonal?.order[0] ?? 0),
  seasonalMa: (value, { seasonal }) => isSeason(seasonal) && isFiniteVector(value, seasonal?.order[2] ?? 0),
  mean: isNumberOrNull,
  drift: isNumberOrNull,
  sigma2: (value) => Number.isFinite(value) && (value as number) >= 0,
  origin: isOrigin,
};
