import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions, type ReadOptions } from "../core/options.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { type ClassifierReport, evaluateClassifier } from "./evaluate-classifier.ts";
import { fewestRows, fewestToCalibrate, learn, probabilitiesOf, wantedStages } from "./fit-propensity.ts";
import {
  type LearnPropensityOptions,
  learnPropensityOptions,
  type PropensityOutcomes,
  type PropensityTarget,
} from "./propensity-options.ts";
import { matchRows, type PropensityRows } from "./propensity-rows.ts";
import { horizonNotes, splitAt } from "./propensity-split.ts";

/** Options of {@link measurePropensity}: what is foreseen, and how models are made, as for {@link fitChurnModel}. */
export interface MeasurePropensityOptions extends LearnPropensityOptions {
  /** What is foreseen: which of the four functions fits the models. */
  readonly target: PropensityTarget;
}

/** Option table of {@link measurePropensity}. */
export const measurePropensityOptions: OptionTable<MeasurePropensityOptions, "lifecycle" | "stages"> = {
  ...learnPropensityOptions,
  target: oneOf(["conversion", "churn", "reactivation", "assistance"]),
};

/** How good a model of what was known at one cutoff was there. Figures as in {@link ClassifierReport}. */
export interface PropensityFold {
  /** The cutoff whose rows judge. */
  readonly cutoff: number;
  /** Rows of earlier cutoffs learned from. */
  readonly learned: number;
  /** Rows that judge, of other customers. */
  readonly heldOut: number;
  /** Those whose outcome came. */
  readonly positives: number;
  /** Area under the ROC curve; null where all outcomes are alike. */
  readonly auc: number | null;
  /** Average precision; null where all outcomes are alike. */
  readonly averagePrecision: number | null;
  /** Mean squared distance of probability and outcome. */
  readonly brier: number;
  /** Mean of −log of the probability of what came. */
  readonly logLoss: number;
  /** Share of the Brier score of the held-out rows' own base rate that the model saves; null where that is 0. */
  readonly skill: number | null;
}

/** Why no model was judged at a cutoff. */
export type SkippedFold = "no-ended-horizon" | "too-few-rows" | "one-outcome" | "nobody-held-out";

/** A figure over the folds that have it. */
export interface FigureOverTime {
  /** Mean. */
  readonly mean: number;
  /** Lowest. */
  readonly lowest: number;
  /** Highest. */
  readonly highest: number;
}

/** Result of {@link measurePropensity}. */
export interface PropensityReport {
  /** What is foreseen. */
  readonly target: PropensityTarget;
  /** From early to late cutoffs. */
  readonly folds: readonly PropensityFold[];
  /** Cutoffs without a fold, the earliest among them, and why. */
  readonly skipped: readonly {
    /** The cutoff. */
    readonly cutoff: number;
    /** Why. */
    readonly reason: SkippedFold;
  }[];
  /** The area under the ROC curve over the folds; null where no fold has one. */
  readonly auc: FigureOverTime | null;
  /** The share of the Brier score saved over the folds; null where no fold has one. */
  readonly skill: FigureOverTime | null;
  /** All held-out rows together, each judged by the model of its fold. A customer may stand there once per cutoff. */
  readonly pooled: ClassifierReport;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Tells whether a model of the kind would have been good at each time in the past, not at the latest cutoff alone: cross-validation
 * in the order of time.
 *
 * At each cutoff a model is fitted from nothing (gaps, columns and scales too) on the rows of earlier cutoffs whose horizon had ended by
 * then, and judged on rows of that cutoff of customers it has not seen: {@link fitChurnModel} as of that day. Choose `l2`, features or
 * `calibration` by it, and see whether figures hold from season to season; then fit.
 *
 * @param table - a list of customer views, one per cutoff, from early to late.
 * @param outcomes - of {@link labelOutcomes} with the same cutoffs.
 * @param options - see {@link MeasurePropensityOptions}.
 * @returns figures per cutoff, over cutoffs, and of all held-out rows together.
 * @throws {ClienteleError} `too-few-rows` when no cutoff has rows to learn from and to judge on; otherwise as {@link fitChurnModel}. Cost: a
 * {@link fitChurnModel} per cutoff.
 * @example
 * const { rows } = simulateShop({ customers: 600, days: 300, seed: 7 });
 * const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
 * const cutoffs = [120, 150, 180, 210, 240].map((day) => Date.UTC(2025, 0, 1) + day * 86_400_000);
 * const population = { events: ["purchase"], withinDays: 60 };
 * const churn = labelOutcomes(log, { cutoff: cutoffs, horizonDays: 30, event: "purchase", population, positive: "no-event" });
 * const views = cutoffs.map((cutoff) => customerView(log, { asOf: cutoff - 1, purchase: "purchase" }));
 * const report = measurePropensity(views, churn, { target: "churn", holdoutShare: 0.5 });
 * report.folds.length; // 4
 * report.skipped[0].reason; // "no-ended-horizon"
 * report.auc!.mean > 0.5; // true
 * @see Bergmeir & Benítez (2012), "On the use of cross-validation for time series predictor evaluation".
 */
export function measurePropensity(
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options: MeasurePropensityOptions,
): PropensityReport {
  const caller = "measurePropensity";
  const read = readOptions(caller, measurePropensityOptions, options);
  const { target } = read;
  const rows = matchRows(caller, table, outcomes, wantedStages(caller, target, read));
  const folds: PropensityFold[] = [];
  const skipped: { cutoff: number; reason: SkippedFold }[] = [];
  const came: number[] = [];
  const predicted: number[] = [];
  rows.cutoffs.forEach(({ cutoff }, latest) => {
    const { train, test } = splitAt(rows, latest, read);
    const reason = obstacleOf(rows, train, test, read);
    if (reason !== undefined) {
      skipped.push({ cutoff, reason });
      return;
    }
    const probability = probabilitiesOf(caller, rows, learn(caller, rows, train, read), test);
    const outcome = Uint8Array.from(test, (row) => rows.outcome[row]);
    const { positives, auc, averagePrecision, brier, logLoss, skill } = evaluateClassifier(outcome, probability);
    const figures = { positives, auc, averagePrecision, brier, logLoss, skill: skill.brier };
    folds.push({ cutoff, learned: train.length, heldOut: test.length, ...figures });
    outcome.forEach((one, i) => {
      came.push(one);
      predicted.push(probability[i]);
    });
  });
  if (folds.length === 0) {
    refuse(caller, "too-few-rows", "outcomes.cutoffs", "a cutoff with rows, after the horizon of another", "none");
  }
  const pooled = evaluateClassifier(came, predicted);
  return {
    target,
    folds,
    skipped,
    auc: overTime(folds.map(({ auc }) => auc)),
    skill: overTime(folds.map(({ skill }) => skill)),
    pooled,
    notes: [...horizonNotes(rows), ...foldNotes(folds, skipped.length), ...pooled.notes],
  };
}

/** What is in the way of a model and its judgment. */
function obstacleOf(
  { outcome, at, cutoffs }: PropensityRows,
  train: Uint32Array,
  test: Uint32Array,
  { calibration }: Pick<ReadOptions<MeasurePropensityOptions, "lifecycle" | "stages">, "calibration">,
): SkippedFold | undefined {
  if (test.length === 0) return at.length === 0 || cutoffs.length === 1 ? "no-ended-horizon" : "nobody-held-out";
  if (train.length === 0) return "no-ended-horizon";
  if (train.length < fewestRows) return "too-few-rows";
  const positives = train.reduce((sum, row) => sum + outcome[row], 0);
  const fewer = Math.min(positives, train.length - positives);
  if (fewer === 0) return "one-outcome";
  return calibration !== "none" && fewer < fewestToCalibrate ? "too-few-rows" : undefined;
}

function overTime(figures: readonly (number | null)[]): FigureOverTime | null {
  const known = figures.filter((figure) => figure !== null);
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, figure) => sum + figure, 0) / known.length,
    lowest: known.reduce((least, figure) => Math.min(least, figure), Infinity),
    highest: known.reduce((most, figure) => Math.max(most, figure), -Infinity),
  };
}

function foldNotes(folds: readonly PropensityFold[], skipped: number): Note[] {
  const notes: Note[] = [];
  const useless = folds.filter(({ skill }) => skill !== null && skill <= 0).length;
  if (useless > 0) {
    const message = `At ${useless} of ${folds.length} cutoffs the model was no better than the base rate there.`;
    notes.push({ code: "no-better-than-base-rate", message });
  }
  if (skipped > 1) {
    const message = `${skipped} cutoffs could not judge a model: skipped says why.`;
    notes.push({ code: "skipped-cutoffs", message });
  }
  return notes;
}
