import type { ModelHeader } from "../core/model.ts";
import type { Ties } from "./cox-rows.ts";

/** A χ² test with its p-value. */
export interface ChiSquareTest {
  /** The statistic. */
  readonly statistic: number;
  /** Its degrees of freedom. */
  readonly degreesOfFreedom: number;
  /** How often chance alone gives at least as much. */
  readonly pValue: number;
}

/** Three tests of whether any feature matters; they agree for many customers. Null with a penalty. */
export interface CoxTests {
  /** By the likelihood with and without the features: the one to prefer. */
  readonly likelihoodRatio: ChiSquareTest | null;
  /** By the coefficients and their covariance. */
  readonly wald: ChiSquareTest | null;
  /** By the slope where all coefficients are 0; for one feature of two groups about the log-rank test. */
  readonly score: ChiSquareTest | null;
}

/** The hazard that an average customer has gone through. */
export interface BaselineHazard {
  /** Distinct times of events, from early to late. */
  readonly times: readonly number[];
  /** Cumulative hazard up to and including each, for a customer with the model's `means`. */
  readonly cumulativeHazard: readonly number[];
}

/**
 * What makes an event come sooner: hazard = baseline · e^Σ coefficient · (value − mean). Lists are by feature. Learned by
 * `fitCox`.
 */
export interface CoxModel extends ModelHeader {
  /** What this is. */
  readonly kind: "cox";
  /** Version of the layout. */
  readonly version: 1;
  /** How events at the same time were treated. */
  readonly ties: Ties;
  /** What one unit more of a feature adds to the log hazard, the others being equal. */
  readonly coefficients: readonly number[];
  /** Standard errors, from the second derivatives (with a penalty: of the penalized likelihood). */
  readonly standardErrors: readonly number[];
  /** Coefficient / standard error. */
  readonly zValues: readonly number[];
  /** Two-sided p-values of each coefficient being 0, by Wald's test. */
  readonly pValues: readonly number[];
  /** Factor of the hazard for one unit more: above 1 the event comes sooner. */
  readonly hazardRatios: readonly number[];
  /** Confidence interval of each factor, by Wald's method; its ends are capped at 1.8e308. */
  readonly hazardRatioIntervals: readonly (readonly [number, number])[];
  /** Confidence of the intervals. */
  readonly level: number;
  /** Covariance of the coefficients. */
  readonly covariance: readonly (readonly number[])[];
  /** Weighted mean of each feature: the customer that the baseline is about. */
  readonly means: readonly number[];
  /** The hazard over time. */
  readonly baseline: BaselineHazard;
  /** Longest duration that was watched: up to here predictions are known. */
  readonly longest: number;
  /** Log partial likelihood, without the penalty. */
  readonly logLikelihood: number;
  /** Log partial likelihood if no feature mattered. */
  readonly nullLogLikelihood: number;
  /** −2 · logLikelihood + 2 · number of coefficients. */
  readonly aic: number;
  /** Whether any feature matters. */
  readonly tests: CoxTests;
  /** Harrell's C of the rows it was fitted on: how often who has the higher hazard has the event first; null without pairs. */
  readonly concordance: number | null;
  /** Rows of the table. */
  readonly customers: number;
  /** Rows whose event came, of those with a weight above 0. */
  readonly totalEvents: number;
  /** λ of the penalty. */
  readonly l2: number;
  /** Newton steps. */
  readonly iterations: number;
  /** False when coefficients are not the best: see `notes`. */
  readonly converged: boolean;
  /** Largest derivative of the penalized log likelihood per row and usual deviation of the feature: 0 at the optimum. */
  readonly gradientNorm: number;
}
