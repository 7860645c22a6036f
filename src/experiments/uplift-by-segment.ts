import type { Note } from "../core/note.ts";
import { custom, isTextList, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import type { TestReport } from "../core/test-report.ts";
import { adjusted, type Adjustment } from "../numeric/adjust.ts";
import { testContingency } from "../numeric/contingency.ts";
import { type Heterogeneity, poolEffects, type Shrunken } from "../numeric/pool-effects.ts";
import { checkLabels, type Labels, noGroup } from "../tables/labels.ts";
import { armDifference } from "./arm-difference.ts";
import {
  type Arms,
  type OutcomeNumbers,
  outcomeKindOption,
  outcomeOption,
  type UpliftOutcomeKind,
  readArms,
  sumsByCell,
  treatmentOption,
} from "./arms.ts";
import type { MeanStats } from "./stats.ts";

/** Options of {@link measureUpliftBySegment}. */
export interface MeasureUpliftBySegmentOptions {
  /** Per customer 0 = control, 1 = treatment, 2, 3, … = other treatments; each is held against the control. */
  readonly treatment: Uint8Array;
  /** Per customer what came: 0 or 1, or an amount. Whoever did nothing has 0, not a gap. */
  readonly outcome: OutcomeNumbers;
  /** Names of the segments 0, 1, …; their numbers when absent. */
  readonly names?: readonly string[] | undefined;
  /** 1 − level of the intervals; default 0.05. */
  readonly alpha?: number | undefined;
  /**
   * How p-values are adjusted for the number of segments (and treatments): `"bh"` holds the share of false findings among the
   * findings (default), `"holm"` and `"bonferroni"` the chance of any.
   */
  readonly adjust?: Adjustment | undefined;
  /** What the outcome is; default `"auto"`: binary where all outcomes are 0 or 1. */
  readonly outcomeKind?: UpliftOutcomeKind | "auto" | undefined;
}

/** Customers of one arm and what came of them. */
export interface ArmOutcome {
  /** Customers of the arm. */
  readonly n: number;
  /** Mean outcome; of a binary one the rate. 0 without customers. */
  readonly mean: number;
}

/** Effect of one treatment, treatment minus control. */
export interface UpliftEffect extends TestReport {
  /** Which treatment: 1, 2, …. */
  readonly treatment: number;
  /** Outcomes without the treatment. */
  readonly control: ArmOutcome;
  /** Outcomes with it. */
  readonly treated: ArmOutcome;
}

/** Effect of one treatment on one segment. */
export interface SegmentUplift extends UpliftEffect {
  /** Number of the segment. */
  readonly segment: number;
  /** Its name. */
  readonly name: string;
  /** The p-value, adjusted for the number of segments and treatments; null where there is none. */
  readonly adjustedPValue: number | null;
  /**
   * The effect to plan with: moved towards the mean of the segments by what is noise in it. The best of many segments looks better
   * than it is. Null where the outcomes do not vary.
   */
  readonly shrunken: Shrunken | null;
}

/** A segment in which a treatment cannot be compared. */
export interface UntestedSegment {
  /** Number of the segment. */
  readonly segment: number;
  /** Its name. */
  readonly name: string;
  /** Which treatment: 1, 2, …. */
  readonly treatment: number;
  /** `"empty-arm"`: nobody in one of the arms; `"single-customer"`: amounts of one customer have no spread. */
  readonly code: "empty-arm" | "single-customer";
  /** Outcomes without the treatment. */
  readonly control: ArmOutcome;
  /** Outcomes with it. */
  readonly treated: ArmOutcome;
}

/** What one treatment does to all, and whether it does the same to all segments. */
export interface TreatmentUplift {
  /** Which treatment: 1, 2, …. */
  readonly treatment: number;
  /** The effect on all customers, those without a segment among them; null where it cannot be told. */
  readonly total: UpliftEffect | null;
  /** Whether the effects of the segments differ by more than chance. */
  readonly heterogeneity: Heterogeneity;
}

/** For whom a treatment works. Result of {@link measureUpliftBySegment}. */
export interface UpliftReport extends TreatmentUplift {
  /** What the outcome is. */
  readonly outcomeKind: UpliftOutcomeKind;
  /** One entry per segment and treatment that can be compared, by segment, then treatment. */
  readonly segments: readonly SegmentUplift[];
  /** The others: nobody is lost. */
  readonly untested: readonly UntestedSegment[];
  /** One entry per treatment. `total` and `heterogeneity` beside it are those of the first. */
  readonly treatments: readonly TreatmentUplift[];
  /** Customers. */
  readonly n: number;
  /** Customers without a segment: they count in the totals only. */
  readonly ungrouped: number;
  /** One minus the level of the intervals. */
  readonly alpha: number;
  /** How p-values are adjusted. */
  readonly adjust: Adjustment;
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureUpliftBySegment}. */
export const measureUpliftBySegmentOptions: OptionTable<MeasureUpliftBySegmentOptions, "names"> = {
  treatment: treatmentOption(),
  outcome: outcomeOption(),
  names: custom("a list of names, one per segment", isTextList, [null, "a", [1], 1], { optional: true }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  adjust: oneOf(["bh", "holm", "bonferroni"], { default: "bh" }),
  outcomeKind: outcomeKindOption(),
};

/** Below this p-value the share of treated customers differs too much from segment to segment. */
const uneven = 0.001;
/** With fewer customers in an arm, variances are guesses, and with them the test of heterogeneity. */
const fewCustomers = 10;

/**
 * Measures what a campaign did in each segment of an experiment, and whether it did the same in all: CTR, conversion, revenue.
 *
 * First look at `heterogeneity`: where it finds nothing, the segments differ by chance, and the total is the best guess for each.
 * Where it does, plan with `shrunken` rather than with the raw effects: the segment that looks best was also lucky. Segments must be
 * made of what was known before the treatment.
 *
 * @param labels - the segment of each customer, −1 = none.
 * @param options - see {@link MeasureUpliftBySegmentOptions}.
 * @returns effects with intervals, plain and adjusted p-values, sizes and rates; Cochran's Q with I² and τ². Notes: `empty-arm` and
 * `single-customer` count what cannot be compared, `ungrouped` customers without a segment, `uneven-assignment` says that segments
 * were treated with different shares (then `heterogeneity.meanEffect` is the fair total), `small-segments` that a test stands on few.
 * @throws {ClienteleError} `shape-mismatch`; `invalid-value` at the first bad label or outcome; `degenerate-data` without customers in
 * the control or in any treatment. Cost: two passes over the customers.
 * @example
 * const labels = labelsOf([0, 0, 0, 0, 1, 1, 1, 1]);
 * const treatment = Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1);
 * const report = measureUpliftBySegment(labels, { treatment, outcome: [1, 2, 5, 6, 1, 3, 2, 3] });
 * report.segments.map(({ estimate }) => estimate); // [4, 0.5]
 * report.total?.estimate; // 2.25
 * @see Newcombe (1998); Welch (1947); Cochran (1954); DerSimonian & Laird (1986); Benjamini & Hochberg (1995).
 */
export function measureUpliftBySegment(labels: Labels, options: MeasureUpliftBySegmentOptions): UpliftReport {
  const caller = "measureUpliftBySegment";
  const read = readOptions(caller, measureUpliftBySegmentOptions, options);
  const { alpha, adjust, names = [] } = read;
  const rows = read.treatment.length;
  checkLabels(caller, "labels", labels, rows, names.length);
  const arms = readArms(caller, "options.", read, rows);
  const count = Math.max(names.length, highestOf(labels) + 1);
  const width = arms.sizes.length;
  // One cell per segment and arm.
  const cell = Int32Array.from(labels, (label, row) => (label === noGroup ? -1 : label * width + arms.treatment[row]));
  const cells = sumsByCell(arms.outcome, cell, count * width);
  const all = sumsByCell(arms.outcome, Int32Array.from(arms.treatment), width);
  const untested: UntestedSegment[] = [];
  const compared: Compared[] = [];
  for (let segment = 0; segment < count; segment++) {
    const name = names[segment] ?? String(segment);
    const control = cells[segment * width];
    for (const treatment of arms.treatments) {
      const treated = cells[segment * width + treatment];
      const code = untestedCode(control, treated, arms.kind);
      const effect = { treatment, control: outcomeOf(control), treated: outcomeOf(treated) };
      if (code !== null) untested.push({ segment, name, code, ...effect });
      else compared.push({ segment, name, ...effect, ...armDifference(control, treated, arms.kind, alpha) });
    }
  }
  const adjustedPValues = adjusted(
    compared.map(({ report }) => report.pValue),
    adjust,
  );
  const shrunken = new Map<Compared, Shrunken>();
  const treatments = arms.treatments.map((treatment): TreatmentUplift => {
    const varying = compared.filter((one) => one.treatment === treatment && one.variance > 0);
    const effects = varying.map(({ report, variance }) => ({ estimate: report.estimate, variance }));
    const pooled = poolEffects(effects, alpha);
    varying.forEach((one, i) => shrunken.set(one, pooled.shrunken[i]));
    return { treatment, total: totalOf(all, treatment, arms, alpha), heterogeneity: pooled.heterogeneity };
  });
  const ungrouped = labels.reduce((sum, label) => sum + (label === noGroup ? 1 : 0), 0);
  return {
    ...treatments[0],
    outcomeKind: arms.kind,
    segments: compared.map((one, i) => {
      const { report, variance: _variance, ...effect } = one;
      return { ...effect, ...report, adjustedPValue: adjustedPValues[i], shrunken: shrunken.get(one) ?? null };
    }),
    untested,
    treatments,
    n: rows,
    ungrouped,
    alpha,
    adjust,
    notes: notesOf({ cells, width, untested, compared, ungrouped }),
  };
}

interface Compared extends Pick<SegmentUplift, "segment" | "name" | "treatment" | "control" | "treated"> {
  readonly report: TestReport;
  readonly variance: number;
}

function highestOf(labels: Labels): number {
  let highest: number = noGroup;
  for (const label of labels) if (label > highest) highest = label;
  return highest;
}

function outcomeOf({ n, mean }: MeanStats): ArmOutcome {
  return { n, mean };
}

function untestedCode(control: MeanStats, treated: MeanStats, kind: UpliftOutcomeKind): UntestedSegment["code"] | null {
  const fewest = Math.min(control.n, treated.n);
  if (fewest === 0) return "empty-arm";
  return kind === "continuous" && fewest === 1 ? "single-customer" : null;
}

function totalOf(all: readonly MeanStats[], treatment: number, { kind }: Arms, alpha: number): UpliftEffect | null {
  const [control, treated] = [all[0], all[treatment]];
  if (untestedCode(control, treated, kind) !== null) return null;
  const { report } = armDifference(control, treated, kind, alpha);
  return { treatment, control: outcomeOf(control), treated: outcomeOf(treated), ...report };
}

function notesOf(found: {
  readonly cells: readonly MeanStats[];
  readonly width: number;
  readonly untested: readonly UntestedSegment[];
  readonly compared: readonly Compared[];
  readonly ungrouped: number;
}): Note[] {
  const { cells, width, untested, compared, ungrouped } = found;
  const notes: Note[] = [];
  const empty = untested.filter(({ code }) => code === "empty-arm").length;
  if (empty > 0) {
    notes.push({ code: "empty-arm", message: `${empty} comparisons have nobody in one of the arms: they are listed in untested.` }); // prettier-ignore
  }
  if (untested.length > empty) {
    const message = `${untested.length - empty} comparisons have a single customer in one of the arms: they are listed in untested.`;
    notes.push({ code: "single-customer", message });
  }
  if (ungrouped > 0) {
    notes.push({ code: "ungrouped", message: `${ungrouped} customers are in no segment: they count in the totals only.` }); // prettier-ignore
  }
  const counts = Array.from({ length: cells.length / width }, (_, segment) =>
    cells.slice(segment * width, (segment + 1) * width).map(({ n }) => n),
  );
  const shares = testContingency(counts, 0.05);
  if (shares !== null && shares.pValue < uneven) {
    const message =
      "The arms are not mixed alike in all segments: the total compares other customers in one arm than in the other. " +
      "Read heterogeneity.meanEffect, and find out how customers were assigned.";
    notes.push({ code: "uneven-assignment", message });
  }
  const small = compared.filter(({ control, treated }) => Math.min(control.n, treated.n) < fewCustomers).length;
  if (small > 0) {
    const message = `${small} comparisons have fewer than ${fewCustomers} customers in an arm: take the test of heterogeneity with care.`;
    notes.push({ code: "small-segments", message });
  }
  return notes;
}
