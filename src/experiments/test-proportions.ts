import type { Note } from "../core/note.ts";
import { refuse } from "../core/errors.ts";
import { flag, type OptionTable, readOptions } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { newcombeInterval, wilsonInterval } from "../numeric/intervals.ts";
import { testTwoByTwo } from "../numeric/two-by-two.ts";
import { type Arm, readTwoArms, type TwoArms } from "./arm-stats.ts";
import {
  type ArmFigures,
  differenceOf,
  type DifferenceOptions,
  differenceOptions,
  type DifferenceReport,
  figuresOf,
  welchReport,
} from "./difference.ts";
import type { ProportionStats } from "./stats.ts";

/** Options of {@link testProportions}. */
export interface TestProportionsOptions extends DifferenceOptions {
  /**
   * Whether the pooled test is corrected for continuity, as R's `prop.test` and `chisq.test` do unless told otherwise (Yates): larger
   * p-values, below alpha less often than alpha. Not for a relative difference. Default false.
   */
  readonly continuity?: boolean | undefined;
}

/** Option table of {@link testProportions}. */
export const testProportionsOptions: OptionTable<TestProportionsOptions> = {
  ...differenceOptions,
  continuity: flag({ default: false }),
};

/**
 * Tests whether more customers of one arm than of the other did something: opened, clicked, bought, came back.
 *
 * The difference of the rates has Newcombe's interval and the pooled test; where an expected count is below 10, Fisher's exact test.
 * A relative difference is tested by the delta method.
 *
 * @param data - customers and successes of both arms.
 * @param options - see {@link TestProportionsOptions}.
 * @returns treatment minus control with its interval, and both rates with Wilson's. Nobody in an arm (`empty-arm`), nobody or everybody
 * successful (`no-variance`, p = 1) and a relative difference from 0 (`zero-control`) are notes, and what cannot be told is null.
 * @throws {ClienteleError} `invalid-value` for counts that are not whole or do not fit; `invalid-option`.
 * @example
 * const data = { control: { n: 50, successes: 15 }, treatment: { n: 50, successes: 25 } };
 * const { estimate, interval, pValue } = testProportions(data);
 * estimate; // 0.2
 * interval; // [0.008, 0.372]
 * pValue; // 0.0412
 * testProportions(data, { relative: true }).estimate; // 0.667
 * @see Newcombe (1998), method 10; Wilson (1927); Fisher (1935); Yates (1934).
 */
export function testProportions(data: TwoArms<ProportionStats>, options?: TestProportionsOptions): DifferenceReport {
  const caller = "testProportions";
  const read = readOptions(caller, testProportionsOptions, options);
  const { relative, continuity } = read;
  if (relative && continuity) refuse(caller, "invalid-option", "options.continuity", "false for a relative difference", "true"); // prettier-ignore
  return compareProportions(readTwoArms(caller, data, "proportion"), read, continuity);
}

/** The test of {@link testProportions} on arms that were read. */
export function compareProportions(
  arms: TwoArms<Arm>,
  options: Parameters<typeof welchReport>[1],
  continuity = false,
): DifferenceReport {
  const figures = {
    control: armFigures(arms.control, options.alpha),
    treatment: armFigures(arms.treatment, options.alpha),
  };
  const smallest = smallestExpected(arms);
  if (options.relative) {
    const report = welchReport(arms, options, figures);
    if (report.pValue === null || smallest >= 10) return report;
    const message = "Fewer than 10 successes or failures are expected in an arm: the difference of the rates has an exact test, the relative one has none."; // prettier-ignore
    return { ...report, notes: [...report.notes, { code: "small-counts", message }] };
  }
  const { estimate, standardError, notes } = differenceOf(arms, false);
  const { control, treatment } = arms;
  // Objects are written out, here and below: spreading them takes half of the time of a test.
  const report = (
    found: Pick<DifferenceReport, "interval" | "pValue" | "statistic" | "method" | "notes">,
  ): DifferenceReport => ({
    kind: "proportion",
    relative: false,
    degreesOfFreedom: null,
    control: figures.control,
    treatment: figures.treatment,
    estimate,
    standardError,
    interval: found.interval,
    pValue: found.pValue,
    statistic: found.statistic,
    method: found.method,
    notes: found.notes,
  });
  if (estimate === null) return report({ interval: null, pValue: null, statistic: null, method: "none", notes });
  const test = testTwoByTwo({
    a: treatment.successes,
    b: treatment.n - treatment.successes,
    c: control.successes,
    d: control.n - control.successes,
  });
  const pooled = (control.successes + treatment.successes) / (control.n + treatment.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n));
  const isExact = test === null || test.isExact;
  if (continuity && !isExact) {
    // Half a customer more or less in either arm, but not past no difference.
    const half = Math.min(Math.abs(estimate), (1 / control.n + 1 / treatment.n) / 2);
    const statistic = (estimate - Math.sign(estimate) * half) / error + 0;
    return report({
      interval: newcombeInterval(control, treatment, options.alpha),
      pValue: Math.min(1, 2 * normal.sf(Math.abs(statistic))),
      statistic,
      method: "Newcombe interval, pooled z test with Yates' correction",
      notes: notes.filter(({ code }) => code !== "no-variance"),
    });
  }
  return report({
    interval: newcombeInterval(control, treatment, options.alpha),
    // Nobody or everybody: the only table with these margins.
    pValue: test === null ? 1 : test.pValue,
    statistic: isExact ? null : estimate / error,
    method: isExact ? "Newcombe interval, Fisher's exact test" : "Newcombe interval, pooled z test",
    notes: test === null ? [nobody(control)] : notes.filter(({ code }) => code !== "no-variance"),
  });
}

function nobody({ successes }: Arm): Note {
  const who = successes === 0 ? "Nobody" : "Everybody";
  return { code: "no-variance", message: `${who} in either arm was successful: there is nothing to tell apart.` };
}

function smallestExpected({ control, treatment }: TwoArms<Arm>): number {
  const successes = control.successes + treatment.successes;
  const n = control.n + treatment.n;
  return n === 0 ? 0 : (Math.min(control.n, treatment.n) / n) * Math.min(successes, n - successes);
}

/** Figures of an arm of any kind: with Wilson's interval for a rate. */
export function armFigures(arm: Arm, alpha: number): ArmFigures {
  const { n, value, variance } = arm;
  if (arm.kind !== "proportion" || value === null || variance === null) return figuresOf(arm, alpha);
  return { n, value, standardError: Math.sqrt(variance), interval: wilsonInterval(arm, alpha) };
}
