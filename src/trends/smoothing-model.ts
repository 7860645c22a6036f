import { isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";
import type { SmoothingForm } from "./smoothing-recursion.ts";

/** Level, trend and season of a series: learned by {@link fitExponentialSmoothing}. */
export interface SmoothingModel extends ModelHeader {
  /** What this is. */
  readonly kind: "exponential-smoothing";
  /** Version of the layout. */
  readonly version: 1;
  /** Whether there is a trend, and whether it fades. */
  readonly trend: SmoothingForm["trend"];
  /** Whether a season is added or a factor. */
  readonly seasonal: SmoothingForm["seasonal"];
  /** Steps in a season; null without one. */
  readonly period: number | null;
  /** Whether errors grow with the level. */
  readonly error: SmoothingForm["error"];
  /** How the components were started. */
  readonly start: "heuristic" | "estimated";
  /** Weight of the last value in the level. */
  readonly alpha: number;
  /** Weight of the last change of the level in the slope; null without a trend. */
  readonly beta: number | null;
  /** Weight of the last value in its part of the season; null without one. */
  readonly gamma: number | null;
  /** What a step leaves of the slope; null unless it is damped. */
  readonly phi: number | null;
  /** The level at the end. */
  readonly level: number;
  /** The slope at the end; null without a trend. */
  readonly slope: number | null;
  /** The season at the end, the next step first; empty without one. */
  readonly season: readonly number[];
  /** Sum of squared one-step errors. */
  readonly sse: number;
  /** Variance of the errors, of the relative ones where `error` is multiplicative; per value beyond what was found from them. */
  readonly sigma2: number;
  /** How many values were forecast and seen. */
  readonly observations: number;
  /** Logarithm of the likelihood; null unless the start was estimated. */
  readonly logLikelihood: number | null;
  /** Akaike's criterion; the variance counts as a parameter. */
  readonly aic: number | null;
  /** The same, corrected for short series; null also where there are too few values for it. */
  readonly aicc: number | null;
  /** How many were missing between the first value and the end. */
  readonly gaps: number;
  /** Iterations of the search. */
  readonly iterations: number;
  /** Whether the search found a bottom. */
  readonly converged: boolean;
}

const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isShare = (value: unknown): boolean => isNumber(value) && (value as number) >= 0 && (value as number) <= 1;
const isPeriod = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 2 && (value as number) <= 1000;

/** Checks of the fields that a forecast reads. */
export const smoothingShape: ModelShape<SmoothingModel> = {
  trend: (value) => value === "none" || value === "additive" || value === "damped",
  seasonal: (value) => value === "none" || value === "additive" || value === "multiplicative",
  error: (value) => value === "additive" || value === "multiplicative",
  period: (value, { seasonal }) => (seasonal === "none" ? value === null : isPeriod(value)),
  alpha: isShare,
  beta: (value, { trend }) => (trend === "none" ? value === null : isShare(value)),
  gamma: (value, { seasonal }) => (seasonal === "none" ? value === null : isShare(value)),
  phi: (value, { trend }) => (trend === "damped" ? isShare(value) : value === null),
  level: isNumber,
  slope: (value, { trend }) => (trend === "none" ? value === null : isNumber(value)),
  season: (value, { period }) => isFiniteVector(value, period ?? 0),
  sigma2: (value) => isNumber(value) && (value as number) >= 0,
};
