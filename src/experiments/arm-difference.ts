import type { Note } from "../core/note.ts";
import type { TestReport } from "../core/test-report.ts";
import { studentT } from "../numeric/distributions.ts";
import { newcombeInterval } from "../numeric/intervals.ts";
import { testTwoByTwo } from "../numeric/two-by-two.ts";
import type { UpliftOutcomeKind } from "./arms.ts";
import type { MeanStats } from "./stats.ts";

/** A difference of two arms, treatment minus control, with what pooling several of them needs. */
export interface ArmDifference {
  readonly report: TestReport;
  /** Variance of the difference, above 0 also where a rate is 0 or 1; 0 where no outcome varies. */
  readonly variance: number;
}

/**
 * The difference of the means of two arms with its uncertainty: Newcombe's interval and the pooled test of rates (Fisher's exact
 * test where an expected count is below 10), Welch's interval and test of amounts.
 *
 * @param control - n of at least 1; of amounts 2.
 * @param treated - the same.
 * @returns the difference; without any variation of the amounts, its `pValue` is null, with a note `no-variance`.
 */
export function armDifference(
  control: MeanStats,
  treated: MeanStats,
  kind: UpliftOutcomeKind,
  alpha: number,
): ArmDifference {
  return kind === "binary" ? ofRates(control, treated, alpha) : ofMeans(control, treated, alpha);
}

function ofRates(control: MeanStats, treated: MeanStats, alpha: number): ArmDifference {
  const [first, second] = [control, treated].map(({ n, mean }) => ({ n, successes: Math.round(n * mean) }));
  const spread = ({ n, mean }: MeanStats): number => (mean * (1 - mean)) / n;
  // A rate of 0 or 1 would seem to be known without error: half a success more and less for the weights only.
  const careful = (arm: MeanStats): number => {
    const rate = (arm.n * arm.mean + 0.5) / (arm.n + 1);
    return spread(arm) > 0 ? spread(arm) : (rate * (1 - rate)) / arm.n;
  };
  const test = testTwoByTwo({
    ...{ a: second.successes, b: second.n - second.successes },
    ...{ c: first.successes, d: first.n - first.successes },
  });
  const notes: Note[] = [];
  if (test === null) {
    notes.push({ code: "no-variance", message: "All outcomes of both arms are the same: there is nothing to test." });
  }
  const method = test?.isExact === true ? "Newcombe interval, Fisher's exact test" : "Newcombe interval, pooled test";
  const report: TestReport = {
    estimate: treated.mean - control.mean + 0,
    standardError: Math.sqrt(spread(control) + spread(treated)),
    interval: rateInterval(control, treated, alpha),
    pValue: test === null ? null : test.pValue,
    method,
    notes,
  };
  return { report, variance: careful(control) + careful(treated) };
}

function ofMeans(control: MeanStats, treated: MeanStats, alpha: number): ArmDifference {
  const [v1, v2] = [control, treated].map(({ n, m2 }) => m2 / (n - 1) / n);
  const variance = v1 + v2;
  const estimate = treated.mean - control.mean + 0;
  const method = "Welch's t";
  if (!(variance > 0)) {
    const message = "The outcomes of each arm do not vary: how sure the difference is cannot be told.";
    const notes = [{ code: "no-variance", message }];
    return { report: { estimate, standardError: 0, interval: [estimate, estimate], pValue: null, method, notes }, variance: 0 }; // prettier-ignore
  }
  // Shares before squares: the squares of tiny variances would vanish.
  const [s1, s2] = [v1 / variance, v2 / variance];
  const degreesOfFreedom = 1 / ((s1 * s1) / (control.n - 1) + (s2 * s2) / (treated.n - 1));
  const standardError = Math.sqrt(variance);
  const t = studentT(degreesOfFreedom);
  const reach = t.upperQuantile(alpha / 2) * standardError;
  const pValue = Math.min(1, 2 * t.sf(Math.abs(estimate) / standardError));
  const interval = [estimate - reach, estimate + reach] as const;
  return { report: { estimate, standardError, interval, pValue, method, notes: [] }, variance };
}

/** Newcombe's interval of a difference of rates; shares of customers count as they are. */
function rateInterval(control: MeanStats, treated: MeanStats, alpha: number): readonly [number, number] {
  const [first, second] = [control, treated].map(({ n, mean }) => ({ n, successes: n * mean }));
  return newcombeInterval(first, second, alpha);
}

/** A difference without a test. */
export interface PlainDifference {
  readonly estimate: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
}

/**
 * The difference of two arms that may hold shares of customers, where a group ends within a tie.
 *
 * @returns null where it cannot be told: nobody in an arm, or fewer than two customers' amounts.
 */
export function plainDifference(
  control: MeanStats,
  treated: MeanStats,
  kind: UpliftOutcomeKind,
  alpha: number,
): PlainDifference | null {
  const fewest = Math.min(control.n, treated.n);
  if (!(fewest > 0) || (kind === "continuous" && fewest < 2)) return null;
  if (kind === "continuous") {
    const { estimate, standardError, interval } = ofMeans(control, treated, alpha).report;
    return { estimate, standardError, interval };
  }
  const variance = [control, treated].reduce((sum, { n, mean }) => sum + (mean * (1 - mean)) / n, 0);
  return {
    estimate: treated.mean - control.mean + 0,
    standardError: Math.sqrt(Math.max(0, variance)),
    interval: rateInterval(control, treated, alpha),
  };
}
