import type { Note } from "../core/note.ts";
import { flag, oneOf, type OptionTable, real } from "../core/options.ts";
import type { TestReport } from "../core/test-report.ts";
import { studentT } from "../numeric/distributions.ts";
import type { Arm, MetricKind, TwoArms } from "./arm-stats.ts";

/** Options of {@link testMeans}, {@link testProportions} and {@link testRatio}. */
export interface DifferenceOptions {
  /** 1 − level of the interval. Default 0.05. */
  readonly alpha?: number | undefined;
  /**
   * Whether the difference is given as a share of the control's value: 0.1 = 10 % more. Default false: in the metric's own unit.
   */
  readonly relative?: boolean | undefined;
  /**
   * How the interval of a relative difference is made: `"delta"` (default), or `"fieller"`, which stays right where the control's
   * value is not many standard errors from 0, and says when there is no interval.
   */
  readonly relativeInterval?: "delta" | "fieller" | undefined;
}

/** Option table of {@link DifferenceOptions}. */
export const differenceOptions: OptionTable<DifferenceOptions> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  relative: flag({ default: false }),
  relativeInterval: oneOf(["delta", "fieller"], { default: "delta" }),
};

/** One arm in a report. */
export interface ArmFigures {
  /** Customers. */
  readonly n: number;
  /** Rate, mean or ratio; null where there is none. */
  readonly value: number | null;
  /** Standard error of `value`; null where it cannot be told. */
  readonly standardError: number | null;
  /** Interval of `value`: Wilson's for a proportion, Student's for others; null where it cannot be told. */
  readonly interval: readonly [number, number] | null;
}

/** A difference of two arms, treatment minus control. What cannot be told is null, and a note says why. */
export interface DifferenceReport extends TestReport<null> {
  /** What was compared. */
  readonly kind: MetricKind;
  /** Whether the difference is a share of the control's value. */
  readonly relative: boolean;
  /** The statistic that the p-value is the tail of: t, or z; null for exact tests. */
  readonly statistic: number | null;
  /** Welch's degrees of freedom; null where the statistic has none. */
  readonly degreesOfFreedom: number | null;
  /** What was seen in the control. */
  readonly control: ArmFigures;
  /** What was seen in the treatment. */
  readonly treatment: ArmFigures;
}

/** A difference before it is judged. */
export interface Difference {
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly degreesOfFreedom: number | null;
  readonly notes: readonly Note[];
}

/**
 * The difference of two arms, and its standard error by the delta method.
 *
 * @param arms - of one kind.
 * @param relative - as a share of the control's value.
 */
export function differenceOf({ control, treatment }: TwoArms<Arm>, relative: boolean): Difference {
  const [a, b] = [control.value, treatment.value];
  if (a === null || b === null) return unknown(null, missingNote(control, treatment));
  if (relative && a === 0) {
    return unknown(null, {
      code: "zero-control",
      message: "The control's value is 0: there is no relative difference.",
    });
  }
  // Below 0 a rise is still a rise.
  const size = relative ? Math.abs(a) : 1;
  const estimate = (b - a) / size + 0;
  if (!Number.isFinite(estimate)) {
    return unknown(null, {
      code: "zero-control",
      message: "The control's value is next to 0: the relative difference overflows.",
    });
  }
  if (control.variance === null || treatment.variance === null) {
    return unknown(estimate, {
      code: "single-customer",
      message: "One amount has no spread: an arm needs at least 2 customers.",
    });
  }
  // (b / a − 1) moves with a as −b / a².
  const slope = relative ? b / a : 1;
  const [v1, v2] = [control.variance * slope * slope, treatment.variance];
  const variance = v1 + v2;
  if (!(variance > 0)) {
    const message = "The values of each arm do not vary: how sure the difference is cannot be told.";
    return { estimate, standardError: 0, degreesOfFreedom: null, notes: [{ code: "no-variance", message }] };
  }
  const notes: Note[] = [];
  if (relative && a * a < 9 * control.variance) {
    const message = "The control's value is less than 3 standard errors from 0: use relativeInterval \"fieller\", or the difference itself."; // prettier-ignore
    notes.push({ code: "control-near-zero", message });
  }
  // Welch's degrees of freedom are those of the difference itself, as in growthbook: the slope says nothing about spread.
  const degreesOfFreedom = welch(control, treatment);
  return { estimate, standardError: Math.sqrt(variance) / size, degreesOfFreedom, notes };
}

function unknown(estimate: number | null, note: Note): Difference {
  return { estimate, standardError: null, degreesOfFreedom: null, notes: [note] };
}

function missingNote(control: Arm, treatment: Arm): Note {
  const names = [control, treatment].flatMap(({ n }, i) => (n === 0 ? [["control", "treatment"][i]] : []));
  if (names.length > 0) return { code: "empty-arm", message: `There is nobody in the ${names.join(" and the ")}.` };
  return { code: "no-denominator", message: "The denominators of an arm add up to 0: there is no ratio." };
}

/** Welch and Satterthwaite's degrees of freedom; shares before squares, as squares of tiny variances would vanish. */
function welch(control: Arm, treatment: Arm): number {
  const [v1, v2] = [control.variance as number, treatment.variance as number];
  const largest = Math.max(v1, v2);
  const [s1, s2] = [v1 / largest, v2 / largest];
  const part = (share: number, n: number): number => (share === 0 ? 0 : (share * share) / (n - 1));
  return ((s1 + s2) * (s1 + s2)) / (part(s1, control.n) + part(s2, treatment.n));
}

/** What a t test adds to a difference. */
export interface Judgement {
  readonly interval: readonly [number, number] | null;
  readonly pValue: number | null;
  readonly statistic: number | null;
}

/** Student's interval and p-value of a difference; nulls where it has no standard error. */
export function judgeByT({ estimate, standardError, degreesOfFreedom }: Difference, alpha: number): Judgement {
  if (estimate === null || standardError === null || degreesOfFreedom === null) {
    return { interval: null, pValue: null, statistic: null };
  }
  const t = studentT(degreesOfFreedom);
  const statistic = estimate / standardError;
  const reach = t.upperQuantile(alpha / 2) * standardError;
  return {
    interval: [estimate - reach, estimate + reach],
    pValue: Math.min(1, 2 * t.sf(Math.abs(statistic))),
    statistic,
  };
}

/**
 * Fieller's interval of a relative difference: the differences d for which b − (1 + d) · a is not surely other than 0.
 *
 * @returns null when the control's value may be 0: then the interval has no ends.
 */
function fiellerInterval({ control, treatment }: TwoArms<Arm>, alpha: number): readonly [number, number] | null {
  const [a, b] = [control.value as number, treatment.value as number];
  const [v1, v2] = [control.variance as number, treatment.variance as number];
  const q = studentT(welch(control, treatment)).upperQuantile(alpha / 2);
  const square = a * a - q * q * v1;
  if (!(square > 0)) return null;
  const reach = q * Math.sqrt(Math.max(0, a * a * v2 + b * b * v1 - q * q * v1 * v2));
  const ends = [(a * b - reach) / square - 1, (a * b + reach) / square - 1] as const;
  return a > 0 ? ends : [-ends[1], -ends[0]];
}

/** The test of a difference by Student's t, with Welch's degrees of freedom. */
export function welchReport(
  arms: TwoArms<Arm>,
  {
    alpha,
    relative,
    relativeInterval,
  }: Required<DifferenceOptions> & { readonly alpha: number; readonly relative: boolean },
  figures: TwoArms<ArmFigures>,
): DifferenceReport {
  const difference = differenceOf(arms, relative);
  const judged = judgeByT(difference, alpha);
  const { estimate, standardError, degreesOfFreedom } = difference;
  const notes = [...difference.notes];
  let { interval } = judged;
  const isFieller = relative && relativeInterval === "fieller";
  if (isFieller && interval !== null) {
    interval = fiellerInterval(arms, alpha);
    if (interval === null) {
      notes.push({ code: "unbounded-interval", message: "The control's value may be 0: the interval has no ends." });
    }
  }
  const { kind } = arms.control;
  const byDelta = relative || kind === "ratio";
  const method = `Welch's t${byDelta ? ", delta method" : ""}${isFieller ? ", Fieller interval" : ""}`;
  return {
    kind,
    relative,
    estimate,
    standardError,
    interval,
    pValue: judged.pValue,
    statistic: judged.statistic,
    degreesOfFreedom,
    method,
    ...figures,
    notes,
  };
}

/** Figures of an arm that is judged by Student's t. */
export function figuresOf({ n, value, variance }: Arm, alpha: number): ArmFigures {
  if (value === null || variance === null) return { n, value, standardError: null, interval: null };
  const standardError = Math.sqrt(variance);
  const reach = studentT(n - 1).upperQuantile(alpha / 2) * standardError;
  return { n, value, standardError, interval: [value - reach, value + reach] };
}
