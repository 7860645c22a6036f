import { isRecord } from "../core/dictionary.ts";
import type { Note } from "../core/note.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, flag, type OptionTable, readOptions, real } from "../core/options.ts";
import { betaDifference, betaDifferenceQuantile } from "../numeric/beta-difference.ts";
import { normal } from "../numeric/distributions.ts";
import { exp } from "../numeric/elementary.ts";
import { type Arm, type ArmStats, readTwoArms, type TwoArms } from "./arm-stats.ts";
import { type ArmFigures, differenceOf } from "./difference.ts";
import { armFigures } from "./test-proportions.ts";

/** What was believed about the difference before the experiment. */
export interface NormalPrior {
  /** The difference that was expected, in the unit of the estimate. */
  readonly mean: number;
  /** How sure that was. */
  readonly standardDeviation: number;
}

/** What was believed about the rate of either arm before: as if so many customers had been seen. Both above 0; 1 and 1 = any rate alike. */
export interface BetaPrior {
  /** Customers who did it. */
  readonly successes: number;
  /** Customers who did not. */
  readonly failures: number;
}

/** Options of {@link testBayesian}. */
export interface TestBayesianOptions {
  /** 1 − level of the interval. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Whether the difference is a share of the control's value. Default true, as people speak of chances to win. */
  readonly relative?: boolean | undefined;
  /**
   * What was believed before; default nothing (a flat prior). Experience with earlier experiments guards against the winner's curse. A
   * {@link BetaPrior}, for proportions only, makes the answer exact for few customers too: no normal approximation is in it.
   */
  readonly prior?: NormalPrior | BetaPrior | undefined;
}

/** Option table of {@link testBayesian}. */
export const testBayesianOptions: OptionTable<TestBayesianOptions, "prior"> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  relative: flag({ default: true }),
  prior: custom("a finite mean and a standardDeviation above 0, or successes and failures above 0", (value) => isNormal(value) || isBeta(value), [null, 1, {}, { mean: 0, standardDeviation: 0 }, { mean: NaN, standardDeviation: 1 }, { successes: 0, failures: 1 }, { successes: 1 }], { optional: true }), // prettier-ignore
};

/** Result of {@link testBayesian}; what cannot be told is null, and a note says why. */
export interface BayesianReport {
  /** Mean of what is believed about the difference, treatment minus control. */
  readonly estimate: number | null;
  /** Its standard deviation. */
  readonly standardDeviation: number | null;
  /** Where the difference is with probability 1 − alpha. */
  readonly interval: readonly [number, number] | null;
  /** Probability that the treatment's value is the larger one. */
  readonly chanceToWin: number | null;
  /** What is lost on average by a wrong choice, in the unit of the estimate: by staying with the control, by choosing the treatment. */
  readonly risk: {
    /** Of keeping the control. */
    readonly control: number;
    /** Of taking the treatment. */
    readonly treatment: number;
  } | null;
  /** Whether the difference is a share of the control's value. */
  readonly relative: boolean;
  /** How it was made. */
  readonly method: string;
  /** What was seen in the control. */
  readonly control: ArmFigures;
  /** What was seen in the treatment. */
  readonly treatment: ArmFigures;
  /** As in {@link testMeans}. */
  readonly notes: readonly Note[];
}

/**
 * Tells how probable it is that the treatment is better, and what a wrong choice would cost.
 *
 * @param data - both arms, as {@link testProportions}, {@link testMeans} or {@link testRatio} take them.
 * @param options - see {@link TestBayesianOptions}.
 * @returns what is to be believed about the difference. The likelihood is normal, so that an arm should have dozens of customers, and
 * dozens of successes; rates of fewer have a {@link BetaPrior}. Looking often and stopping when the chance is high still makes mistakes more frequent.
 * @throws {ClienteleError} `invalid-value` for sums that no customers can have; `invalid-option`.
 * @example
 * const report = testBayesian({ control: { n: 100, successes: 49 }, treatment: { n: 100, successes: 51 } });
 * report.estimate!; // 0.04082
 * report.chanceToWin!; // 0.60918
 * report.risk!; // { control: 0.0814, treatment: 0.0406 }
 * const exact = testBayesian({ control: { n: 10, successes: 2 }, treatment: { n: 12, successes: 5 } }, { prior: { successes: 1, failures: 1 } });
 * exact.chanceToWin!; // 0.84426
 * @see growthbook's statistics engine, whose figures these are; for beta priors, Miller (2015), "Formulas for Bayesian A/B testing".
 */
export function testBayesian(data: TwoArms<ArmStats>, options?: TestBayesianOptions): BayesianReport {
  const caller = "testBayesian";
  const { alpha, relative, prior } = readOptions(caller, testBayesianOptions, options);
  const arms = readTwoArms(caller, data);
  if (isBeta(prior)) {
    if (arms.control.kind !== "proportion") refuse(caller, "invalid-option", "options.prior", "a normal prior, as the arms are no proportions", describeValue(prior)); // prettier-ignore
    return byBeta(arms, prior, alpha, relative);
  }
  const { estimate: seen, standardError, notes } = differenceOf(arms, relative);
  const method = prior === undefined ? "normal likelihood, flat prior" : "normal likelihood, normal prior";
  const shared = { relative, method, control: armFigures(arms.control, alpha), treatment: armFigures(arms.treatment, alpha), notes }; // prettier-ignore
  if (seen === null || standardError === null || !(standardError > 0)) {
    return { estimate: seen, standardDeviation: null, interval: null, chanceToWin: null, risk: null, ...shared };
  }
  const { mean, deviation } = posterior(seen, standardError, prior);
  const reach = normal.upperQuantile(alpha / 2) * deviation;
  const z = mean / deviation;
  const density = exp((-z * z) / 2) / 2.5066282746310002;
  return {
    estimate: mean,
    standardDeviation: deviation,
    interval: [mean - reach, mean + reach],
    chanceToWin: normal.cdf(z),
    // E max(0, difference) and E max(0, −difference).
    risk: {
      control: Math.max(0, deviation * (density + z * normal.cdf(z))),
      treatment: Math.max(0, deviation * (density - z * normal.sf(z))),
    },
    ...shared,
  };
}

/** Nothing is approximated: the belief about each rate is a beta distribution. */
function byBeta(arms: TwoArms<Arm>, prior: BetaPrior, alpha: number, relative: boolean): BayesianReport {
  const shapeOf = ({ n, successes }: Arm): { a: number; b: number } => {
    return { a: prior.successes + successes, b: prior.failures + n - successes };
  };
  const difference = betaDifference(shapeOf(arms.control), shapeOf(arms.treatment), relative);
  const { mean, standardDeviation, above, gain, loss } = difference;
  const shared = {
    chanceToWin: above,
    relative,
    method: "beta posteriors",
    control: armFigures(arms.control, alpha),
    treatment: armFigures(arms.treatment, alpha),
  };
  if (!Number.isFinite(standardDeviation)) {
    const message =
      "The control's rate may be next to 0: what the difference is as a share of it cannot be told. Ask with relative: false.";
    const notes = [{ code: "control-near-zero", message }];
    return { estimate: null, standardDeviation: null, interval: null, risk: null, ...shared, notes };
  }
  const interval = [alpha / 2, 1 - alpha / 2].map((p) => betaDifferenceQuantile(difference, p)) as [number, number];
  return {
    estimate: mean,
    standardDeviation,
    interval,
    risk: { control: gain, treatment: loss },
    ...shared,
    notes: [],
  };
}

/** Means weighted by precision; shares before squares, so that a nearly flat prior does not overflow. */
function posterior(seen: number, error: number, prior: NormalPrior | undefined): { mean: number; deviation: number } {
  if (prior === undefined) return { mean: seen, deviation: error };
  const ratio = error / prior.standardDeviation;
  const weight = 1 / (1 + ratio * ratio);
  return { mean: weight * seen + (1 - weight) * prior.mean, deviation: error * Math.sqrt(weight) };
}

function isBeta(value: unknown): value is BetaPrior {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const above = (count: unknown): boolean => Number.isFinite(count) && (count as number) > 0;
  return above(value["successes"]) && above(value["failures"]);
}

function isNormal(value: unknown): value is NormalPrior {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const { mean, standardDeviation } = value;
  return Number.isFinite(mean) && Number.isFinite(standardDeviation) && (standardDeviation as number) > 0;
}
