import { flag, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp, log } from "../numeric/elementary.ts";
import { newcombeInterval } from "../numeric/intervals.ts";
import { type Arm, type ArmStats, readTwoArms, type TwoArms } from "./arm-stats.ts";
import { differenceOf, type DifferenceReport, judgeByT } from "./difference.ts";
import { armFigures } from "./test-proportions.ts";

/** Options of {@link testSequential}. */
export interface TestSequentialOptions {
  /** 1 − level: the chance that the true difference ever leaves the interval. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Whether the difference is given as a share of the control's value. Default false. */
  readonly relative?: boolean | undefined;
  /** Customers of both arms at which the interval is tightest for its level. Default 5000. Choose it before the start. */
  readonly tuning?: number | undefined;
}

/** Option table of {@link testSequential}. */
export const testSequentialOptions: OptionTable<TestSequentialOptions> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  relative: flag({ default: false }),
  tuning: integer({ min: 1, max: 1e12, default: 5000 }),
};

/**
 * Tests a difference that is looked at again and again: valid at every look, so that an experiment may be stopped as soon as it is
 * clear, or go on as long as one likes.
 *
 * An ordinary test that is looked at after every customer "finds" a difference between equal arms in every second experiment. The price
 * of looking is an interval about 1.5 times as long.
 *
 * @param data - both arms, as {@link testProportions}, {@link testMeans} or {@link testRatio} take them; all customers so far.
 * @param options - see {@link TestSequentialOptions}.
 * @returns treatment minus control; `interval` covers the true difference at all times together, and never is shorter than that of
 * the ordinary test. Notes as in {@link testMeans}.
 * @throws {ClienteleError} `invalid-value` for sums that no customers can have; `invalid-option`.
 * @example
 * const data = { control: { n: 3000, successes: 1396 }, treatment: { n: 3461, successes: 2422 } };
 * const { estimate, interval } = testSequential(data, { relative: true });
 * estimate; // 0.50386
 * interval; // [0.40098, 0.60675]
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), "Time-uniform central limit theory and asymptotic confidence sequences",
 * equations 9, 155 and 161; as in growthbook.
 */
export function testSequential(data: TwoArms<ArmStats>, options?: TestSequentialOptions): DifferenceReport {
  const caller = "testSequential";
  const read = readOptions(caller, testSequentialOptions, options);
  return compareSequentially(readTwoArms(caller, data), read);
}

/** The test of {@link testSequential} on arms that were read. */
export function compareSequentially(
  arms: TwoArms<Arm>,
  { alpha, relative, tuning }: { readonly alpha: number; readonly relative: boolean; readonly tuning: number },
): DifferenceReport {
  const { control, treatment } = arms;
  const difference = differenceOf(arms, relative);
  const { estimate, standardError, notes } = difference;
  const shared = {
    kind: control.kind,
    relative,
    estimate,
    standardError,
    degreesOfFreedom: null,
    method: "asymptotic confidence sequence",
    control: armFigures(control, alpha),
    treatment: armFigures(treatment, alpha),
    notes,
  };
  if (estimate === null || standardError === null || !(standardError > 0)) {
    return { ...shared, interval: null, pValue: null, statistic: null };
  }
  const fixed = judgeByT(difference, alpha);
  const isRate = control.kind === "proportion" && !relative;
  const [low, high] = (isRate ? newcombeInterval(control, treatment, alpha) : fixed.interval) ?? [estimate, estimate];
  const reach = standardError * multiplierOf(control.n + treatment.n, alpha, tuning);
  const statistic = estimate / standardError;
  return {
    ...shared,
    interval: [Math.min(low, estimate - reach), Math.max(high, estimate + reach)],
    pValue: Math.max(fixed.pValue ?? 0, anytimePValue(statistic, control.n + treatment.n, alpha, tuning)),
    statistic,
  };
}

/** n · ρ²: how far the experiment has come, in units of the planned size; equation 161. */
function progressOf(n: number, alpha: number, tuning: number): number {
  const bits = -2 * log(alpha);
  return (n / tuning) * (bits + log(bits + 1));
}

/** Half the interval in standard errors; equation 9. */
function multiplierOf(n: number, alpha: number, tuning: number): number {
  const progress = progressOf(n, alpha, tuning);
  return Math.sqrt(2 * (1 + 1 / progress) * (0.5 * log(progress + 1) - log(alpha)));
}

/** 1 / the e-value of a normal mixture; equation 155. */
function anytimePValue(z: number, n: number, alpha: number, tuning: number): number {
  const progress = progressOf(n, alpha, tuning);
  return Math.min(1, Math.sqrt(progress + 1) * exp((-z * z) / (2 * (1 + 1 / progress))));
}
