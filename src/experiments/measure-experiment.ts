import { entriesOf, isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { flag, integer, oneOf, type OptionTable, type ReadOptions, readOptions, real, text } from "../core/options.ts";
import { adjusted, type Adjustment } from "../numeric/adjust.ts";
import { type Arm, type ArmStats, kindOf, readArm } from "./arm-stats.ts";
import { type ArmWeights, weightsOption } from "./assign-variant.ts";
import { type DifferenceReport, figuresOf, welchReport } from "./difference.ts";
import { type SampleRatioReport, testSampleRatio } from "./sample-ratio.ts";
import { compareProportions } from "./test-proportions.ts";
import { compareSequentially } from "./test-sequential.ts";

/** One arm of an experiment. */
export interface ExperimentArm {
  /** Customers who were assigned to it, whatever they did. */
  readonly n: number;
  /** Statistics by metric: `{ n, successes }`, or what `meanStats` or `ratioStats` return. */
  readonly metrics: Readonly<Record<string, ArmStats>>;
}

/** Options of {@link measureExperiment}. */
export interface MeasureExperimentOptions {
  /** The arm that the others are held against; default `"control"`. */
  readonly control?: string | undefined;
  /** The shares that were planned, by arm; default alike. */
  readonly weights?: ArmWeights | undefined;
  /** Whether a mismatch of the sizes is known and explained; only then there is a verdict in spite of it. Default false. */
  readonly acknowledged?: boolean | undefined;
  /** 1 − level of intervals, and the level of verdicts. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Whether differences are shares of the control's value. Default false. */
  readonly relative?: boolean | undefined;
  /** How p-values are adjusted over all metrics and arms. Default `"holm"`. */
  readonly adjust?: Adjustment | undefined;
  /** Whether the experiment is looked at before its end: tests that are valid at every look. Default false. */
  readonly sequential?: boolean | undefined;
  /** Of sequential tests: customers of two arms at which their interval is tightest. Default 5000. */
  readonly tuning?: number | undefined;
}

/** Option table of {@link measureExperiment}. */
export const measureExperimentOptions: OptionTable<MeasureExperimentOptions, "weights"> = {
  control: text({ default: "control" }),
  weights: weightsOption(),
  acknowledged: flag({ default: false }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  relative: flag({ default: false }),
  adjust: oneOf(["bh", "holm", "bonferroni"], { default: "holm" }),
  sequential: flag({ default: false }),
  tuning: integer({ min: 1, max: 1e12, default: 5000 }),
};

/** What is to be said of one metric in one arm. */
export type ExperimentVerdict = "higher" | "lower" | "no difference found" | "cannot be told" | "blocked";

/** One metric in one arm beside the control. */
export interface ExperimentResult {
  /** The metric. */
  readonly metric: string;
  /** The arm. */
  readonly arm: string;
  /** The test of the difference. */
  readonly test: DifferenceReport;
  /** Its p-value, adjusted over all metrics and arms. */
  readonly adjustedPValue: number | null;
  /** `"blocked"` while the sizes of the arms are in doubt. */
  readonly verdict: ExperimentVerdict;
}

/** Result of {@link measureExperiment}. */
export interface ExperimentReport {
  /** Whether the arms have the sizes that were planned: read this first. */
  readonly sampleRatio: SampleRatioReport;
  /** True when the sizes are not what was planned and nobody has said why. */
  readonly blocked: boolean;
  /** By metric, then arm. */
  readonly results: readonly ExperimentResult[];
  /** `"sample-ratio-mismatch"`; `"missing-metric"`: an arm has no statistics of a metric of the control. */
  readonly notes: readonly Note[];
}

/**
 * Reads an experiment in the right order: first whether the groups are what was planned, then what differs, with p-values adjusted for all
 * questions asked at once.
 *
 * While the sizes of the arms are in doubt (p below 0.001) there is no verdict: customers were lost somewhere, and the differences may be
 * nothing but that. Find out why, and say so by `acknowledged`.
 *
 * @param arms - by name; see {@link ExperimentArm}.
 * @param options - see {@link MeasureExperimentOptions}.
 * @returns the sizes, and a test with its verdict for every metric of the control in every other arm.
 * @throws {ClienteleError} `invalid-option` for a control that is no arm; `too-few-rows` for fewer than two arms; `invalid-value` with the
 * path of statistics that no customers can have.
 * @example
 * const report = measureExperiment({
 *   control: { n: 5000, metrics: { opened: { n: 5000, successes: 540 } } },
 *   offer: { n: 5020, metrics: { opened: { n: 5020, successes: 690 } } },
 * });
 * report.results.map(({ metric, arm, verdict }) => [metric, arm, verdict]); // [["opened", "offer", "higher"]]
 * @see Kohavi, Tang & Xu (2020), "Trustworthy Online Controlled Experiments", chapters 3 and 21.
 */
export function measureExperiment(
  arms: Readonly<Record<string, ExperimentArm>>,
  options?: MeasureExperimentOptions,
): ExperimentReport {
  const caller = "measureExperiment";
  const read = readOptions(caller, measureExperimentOptions, options);
  const entries = readArms(caller, arms, read.control);
  const sampleRatio = testSampleRatio(Object.fromEntries(entries.map(([name, { n }]) => [name, n])), read.weights === undefined ? {} : { weights: read.weights }); // prettier-ignore
  const blocked = sampleRatio.mismatch && !read.acknowledged;
  const notes: Note[] = [];
  if (sampleRatio.mismatch) {
    const message = "The arms do not have the sizes that were planned: find out why before any difference is believed.";
    notes.push({ code: "sample-ratio-mismatch", message });
  }
  const control = entries.find(([name]) => name === read.control)?.[1] as ExperimentArm;
  const tests: { readonly metric: string; readonly arm: string; readonly test: DifferenceReport }[] = [];
  for (const [metric, stats] of entriesOf(control.metrics)) {
    const path = `arms.${read.control}.metrics.${metric}`;
    const kind = kindOf(caller, path, stats);
    const base = readArm(caller, path, stats, kind);
    for (const [arm, { metrics }] of entries) {
      if (arm === read.control) continue;
      if (!Object.hasOwn(metrics, metric)) {
        notes.push({ code: "missing-metric", message: "An arm has no statistics of a metric that the control has." });
        continue;
      }
      const treatment = readArm(caller, `arms.${arm}.metrics.${metric}`, metrics[metric], kind);
      tests.push({ metric, arm, test: compare(base, treatment, read) });
    }
  }
  const pValues = adjusted(tests.map(({ test }) => test.pValue), read.adjust); // prettier-ignore
  const results = tests.map((one, t): ExperimentResult => {
    const verdict = blocked ? "blocked" : verdictOf(one.test, pValues[t], read.alpha);
    return { ...one, adjustedPValue: pValues[t], verdict };
  });
  return { sampleRatio, blocked, results, notes };
}

function compare(
  control: Arm,
  treatment: Arm,
  options: ReadOptions<MeasureExperimentOptions, "weights">,
): DifferenceReport {
  const { alpha, relative, tuning } = options;
  if (options.sequential) return compareSequentially({ control, treatment }, { alpha, relative, tuning });
  const test = { alpha, relative, relativeInterval: "delta" } as const;
  if (control.kind === "proportion") return compareProportions({ control, treatment }, test);
  return welchReport({ control, treatment }, test, { control: figuresOf(control, alpha), treatment: figuresOf(treatment, alpha) }); // prettier-ignore
}

function verdictOf({ estimate }: DifferenceReport, pValue: number | null, alpha: number): ExperimentVerdict {
  if (estimate === null || pValue === null) return "cannot be told";
  if (pValue >= alpha) return "no difference found";
  return estimate > 0 ? "higher" : "lower";
}

function readArms(caller: string, arms: unknown, control: string): [string, ExperimentArm][] {
  if (!isRecord(arms)) refuse(caller, "invalid-value", "arms", "arms by name", describeValue(arms));
  const entries = entriesOf(arms);
  if (entries.length < 2) refuse(caller, "too-few-rows", "arms", "at least 2 arms", String(entries.length));
  if (!Object.hasOwn(arms, control)) {
    refuse(caller, "invalid-option", "options.control", "the name of an arm", "another name");
  }
  return entries.map(([name, arm]) => {
    const path = `arms.${name}`;
    if (!isRecord(arm) || !isRecord(arm["metrics"])) {
      refuse(caller, "invalid-value", path, "{ n, metrics }", describeValue(arm));
    }
    if (!Number.isSafeInteger(arm["n"]) || Number(arm["n"]) < 0) {
      refuse(caller, "invalid-value", `${path}.n`, "a whole number of customers", describeValue(arm["n"]));
    }
    return [name, arm as unknown as ExperimentArm];
  });
}
