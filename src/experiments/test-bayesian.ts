import { isRecord } from "../core/dictionary.ts";
import type { Note } from "../core/note.ts";
import { custom, flag, type OptionTable, readOptions, real } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { exp } from "../numeric/elementary.ts";
import { type ArmStats, readTwoArms, type TwoArms } from "./arm-stats.ts";
import { type ArmFigures, differenceOf } from "./difference.ts";
import { armFigures } from "./test-proportions.ts";

/** What was believed about the difference before the experiment. */
export interface NormalPrior {
  /** The difference that was expected, in the unit of the estimate. */
  readonly mean: number;
  /** How sure that was. */
  readonly standardDeviation: number;
}

/** Options of {@link testBayesian}. */
export interface TestBayesianOptions {
  /** 1 − level of the interval. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Whether the difference is a share of the control's value. Default true, as people speak of chances to win. */
  readonly relative?: boolean | undefined;
  /** What was believed before; default nothing (a flat prior). Experience with earlier experiments guards against the winner's curse. */
  readonly prior?: NormalPrior | undefined;
}

/** Option table of {@link testBayesian}. */
export const testBayesianOptions: OptionTable<TestBayesianOptions, "prior"> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  relative: flag({ default: true }),
  prior: custom("a finite mean and a standardDeviation above 0", isPrior, [null, 1, {}, { mean: 0, standardDeviation: 0 }, { mean: NaN, standardDeviation: 1 }], { optional: true }), // prettier-ignore
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
 * dozens of successes. Looking often and stopping when the chance is high still makes mistakes more frequent.
 * @throws {ClienteleError} `invalid-value` for sums that no customers can have; `invalid-option`.
 * @example
 * const report = testBayesian({ control: { n: 100, successes: 49 }, treatment: { n: 100, successes: 51 } });
 * report.estimate!; // 0.04082
 * report.chanceToWin!; // 0.60918
 * report.risk!; // { control: 0.0814, treatment: 0.0406 }
 * @see growthbook's statistics engine, whose figures these are.
 */
export function testBayesian(data: TwoArms<ArmStats>, options?: TestBayesianOptions): BayesianReport {
  const caller = "testBayesian";
  const { alpha, relative, prior } = readOptions(caller, testBayesianOptions, options);
  const arms = readTwoArms(caller, data);
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

/** Means weighted by precision; shares before squares, so that a nearly flat prior does not overflow. */
function posterior(seen: number, error: number, prior: NormalPrior | undefined): { mean: number; deviation: number } {
  if (prior === undefined) return { mean: seen, deviation: error };
  const ratio = error / prior.standardDeviation;
  const weight = 1 / (1 + ratio * ratio);
  return { mean: weight * seen + (1 - weight) * prior.mean, deviation: error * Math.sqrt(weight) };
}

function isPrior(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const { mean, standardDeviation } = value;
  return Number.isFinite(mean) && Number.isFinite(standardDeviation) && (standardDeviation as number) > 0;
}
