import { formatNumber } from "../core/numbers.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { log, log1p } from "../numeric/elementary.ts";
import type { Interval } from "../numeric/intervals.ts";
import { probabilityOf } from "../numeric/logistic-line.ts";
import { binLimits, type Binning } from "./calibration-bins.ts";
import {
  aucStandardError,
  type ClassifierFigures,
  figuresOf,
  logLossOf,
  lossSpreads,
  percentileInterval,
  resampledFigures,
  type RunLosses,
  runLosses,
} from "./classifier-figures.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { type Confusion, confusionOf } from "./confusion.ts";
import { readOutcome, readProbability, type ScoreRuns, scoreRunsOf, singleClassNotes } from "./score-runs.ts";

/** Options of {@link evaluateClassifier}. */
export interface EvaluateClassifierOptions {
  /** Customers with at least this probability count as predicted, in `confusion`. Default 0.5. */
  readonly threshold?: number | undefined;
  /**
   * How often each customer counts, ≥ 0: a weight of 2 is the customer twice, also in the intervals; scikit-learn's `sample_weight`.
   * Default: all once.
   */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /** Bins of the calibration error. Default 10. */
  readonly bins?: number | undefined;
  /** Whether these bins are equally wide or hold equally many customers. Default `"width"`. */
  readonly binning?: Binning | undefined;
  /**
   * How intervals are made: `"analytic"`, by DeLong for the AUC, on the logit for the average precision and from the spread of
   * the losses for their means; or `"bootstrap"`, from customers drawn anew, which also gives the calibration error's.
   * Default `"analytic"`.
   */
  readonly interval?: "analytic" | "bootstrap" | undefined;
  /** 1 − level of the intervals. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Resamples of the bootstrap. Default 1000. */
  readonly replicates?: number | undefined;
  /** Seed of the bootstrap. Default 42. */
  readonly seed?: number | undefined;
  /** Most points of the curve; where there are more thresholds, these are spread evenly along it. Default 200. */
  readonly curvePoints?: number | undefined;
}

/** Option table of {@link evaluateClassifier}. */
export const evaluateClassifierOptions: OptionTable<EvaluateClassifierOptions, "weights"> = {
  threshold: real({ default: 0.5 }),
  weights: weightsOption(),
  bins: integer({ min: 1, max: 1000, default: 10 }),
  binning: oneOf(["width", "quantile"], { default: "width" }),
  interval: oneOf(["analytic", "bootstrap"], { default: "analytic" }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  replicates: integer({ min: 1, max: 100_000, default: 1000 }),
  seed: seed(),
  curvePoints: integer({ min: 2, max: 100_000, default: 200 }),
};

/** One threshold's place on the ROC curve and on the precision–recall curve. */
export interface CurvePoint {
  /** Who has at least this probability is predicted; null = nobody is. */
  readonly threshold: number | null;
  /** Share of the customers without the outcome who are predicted; null without any. */
  readonly falsePositiveRate: number | null;
  /** Share of the customers with the outcome who are predicted: the true positive rate; null without any. */
  readonly recall: number | null;
  /** Share of the predicted for whom the outcome came; null when nobody is predicted. */
  readonly precision: number | null;
}

/** What knowing nothing but the base rate would give: the same probability for everybody. */
export interface ClassifierBaseline {
  /** The base rate as everybody's probability. */
  readonly probability: number;
  /** Its Brier score: base rate × (1 − base rate). */
  readonly brier: number;
  /** Its log-loss: the entropy of the base rate. */
  readonly logLoss: number;
  /** Area of scores that say nothing. */
  readonly auc: number;
  /** Average precision of scores that say nothing: the base rate. */
  readonly averagePrecision: number;
}

/** Result of {@link evaluateClassifier}. */
export interface ClassifierReport extends ClassifierFigures {
  /** Customers; with weights the sum of these. */
  readonly n: number;
  /** Those for whom the outcome came; with weights the sum of these. */
  readonly positives: number;
  /** `positives / n`. */
  readonly baseRate: number;
  /** An interval per figure; null where there is none to give. */
  readonly intervals: Readonly<Record<keyof ClassifierFigures, readonly [number, number] | null>>;
  /** What the base rate alone would give. */
  readonly baseline: ClassifierBaseline;
  /** Share of the baseline's loss that the classifier saves; below 0 it does harm. Null where the baseline has none. */
  readonly skill: {
    /** Of the Brier score. */
    readonly brier: number | null;
    /** Of the log-loss: McFadden's R². */
    readonly logLoss: number | null;
  };
  /** ROC and precision–recall curve, from "nobody is predicted" to "everybody is". */
  readonly curve: readonly CurvePoint[];
  /** Who is predicted rightly and wrongly at the threshold. */
  readonly confusion: Confusion;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Judges predicted probabilities by what came: how well they rank customers, how near they are to the truth, and how much better
 * than the base rate alone.
 *
 * Judge on customers (or times) that the model has not seen. The AUC and the average precision judge the order only; log-loss and
 * Brier score also whether 0.3 means three in ten, and only they can be compared with the `baseline`. Where few have the outcome,
 * look at the average precision: its baseline is the base rate, that of the AUC always a half.
 *
 * The AUC counts ties half (midranks). In the log-loss a probability is kept 2⁻⁵² away from 0 and 1, as in scikit-learn: somebody
 * who was certain and wrong costs 36, not infinity, and is counted in a note.
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; one per customer.
 * @param probability - what was predicted, in [0, 1].
 * @param options - see {@link EvaluateClassifierOptions}.
 * @returns figures with intervals. A single class is a result, not an error: AUC and average precision are null, and the note
 * `single-class` says so.
 * @throws {ClienteleError} `too-few-rows` without customers; `shape-mismatch` when the lists differ in length; `invalid-value` at the
 * first outcome that is not 0 or 1, or probability outside [0, 1]. Cost: one sort; the bootstrap n draws a resample.
 * @example
 * const report = evaluateClassifier([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.3, 0.1]);
 * report.auc; // 0.8889
 * report.brier; // 0.145
 * report.baseline.brier; // 0.25
 * report.confusion; // { truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 2, … }
 * @see DeLong, DeLong & Clarke-Pearson (1988) for the interval of the AUC; Boyd, Eng & Page (2013) for that of the average
 * precision; Brier (1950). Figures are those of scikit-learn's metrics.
 */
export function evaluateClassifier(
  outcome: ArrayLike<number>,
  probability: ArrayLike<number>,
  options?: EvaluateClassifierOptions,
): ClassifierReport {
  const caller = "evaluateClassifier";
  const read = readOptions(caller, evaluateClassifierOptions, options);
  const outcomes = readOutcome(caller, outcome);
  const scored = { outcome: outcomes, probability: readProbability(caller, probability, outcomes.length) };
  const runs = scoreRunsOf(scored, readWeights(caller, read.weights, outcomes.length));
  const losses = runLosses(runs);
  const limits = binLimits(runs, read.bins, read.binning);
  const figures = figuresOf(runs, losses, limits);
  const { n, positives } = runs;
  const baseline = baselineOf(positives / n);
  const skill = (loss: number, base: number): number | null => (base === 0 ? null : 1 - loss / base);
  return {
    n,
    positives,
    baseRate: positives / n,
    ...figures,
    intervals:
      read.interval === "analytic"
        ? analyticIntervals(runs, losses, figures, read.alpha)
        : bootstrapIntervals(runs, losses, limits, read),
    baseline,
    skill: { brier: skill(figures.brier, baseline.brier), logLoss: skill(figures.logLoss, baseline.logLoss) },
    curve: curveOf(runs, read.curvePoints),
    confusion: confusionOf(runs, read.threshold),
    notes: notesOf(runs, figures, baseline),
  };
}

function baselineOf(rate: number): ClassifierBaseline {
  const entropy = rate * logLossOf(rate, true) + (1 - rate) * logLossOf(rate, false);
  return {
    probability: rate,
    brier: rate * (1 - rate),
    logLoss: rate === 0 || rate === 1 ? 0 : entropy,
    auc: 0.5,
    averagePrecision: rate,
  };
}

/** With fewer of a class a spread cannot be told. */
const fewestForSpread = 2;

function analyticIntervals(
  runs: ScoreRuns,
  losses: RunLosses,
  figures: ClassifierFigures,
  alpha: number,
): ClassifierReport["intervals"] {
  const { n, positives, negatives } = runs;
  const { auc, averagePrecision, logLoss, brier } = figures;
  const z = normal.upperQuantile(alpha / 2);
  const around = (value: number, error: number, most: number): Interval => [
    Math.max(0, value - z * error),
    Math.min(most, value + z * error),
  ];
  const hasSpread = Math.min(positives, negatives) >= fewestForSpread;
  const spreads = n >= fewestForSpread ? lossSpreads(runs, losses, figures) : null;
  return {
    auc: auc === null || !hasSpread ? null : around(auc, aucStandardError(runs, auc), 1),
    averagePrecision: averagePrecision === null ? null : logitInterval(averagePrecision, positives, z),
    logLoss: spreads === null ? null : around(logLoss, spreads.logLoss / Math.sqrt(n), Infinity),
    brier: spreads === null ? null : around(brier, spreads.brier / Math.sqrt(n), 1),
    calibrationError: null,
  };
}

/** Boyd, Eng & Page (2013), section 3.2: normal on the logit, with the number of positives as the sample size. */
function logitInterval(value: number, positives: number, z: number): Interval | null {
  if (value >= 1) return null;
  const center = log(value) - log1p(-value);
  const reach = z / Math.sqrt(positives * value * (1 - value));
  return [probabilityOf(center - reach), probabilityOf(center + reach)];
}

function bootstrapIntervals(
  runs: ScoreRuns,
  losses: RunLosses,
  limits: readonly number[],
  read: { readonly replicates: number; readonly seed: number; readonly alpha: number },
): ClassifierReport["intervals"] {
  const drawn = resampledFigures(runs, losses, limits, read);
  const hasBoth = runs.positives > 0 && runs.negatives > 0;
  return {
    auc: hasBoth ? percentileInterval(drawn.auc, read.alpha) : null,
    averagePrecision: hasBoth ? percentileInterval(drawn.averagePrecision, read.alpha) : null,
    logLoss: percentileInterval(drawn.logLoss, read.alpha),
    brier: percentileInterval(drawn.brier, read.alpha),
    calibrationError: percentileInterval(drawn.calibrationError, read.alpha),
  };
}

/** The curve's corners, or as many of them as there is room for, spread evenly along its length. */
function curveOf({ positives, negatives, scores, hits, misses }: ScoreRuns, most: number): CurvePoint[] {
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  const points: CurvePoint[] = [
    { threshold: null, falsePositiveRate: share(0, negatives), recall: share(0, positives), precision: null },
  ];
  const spread = scores.length + 1 > most;
  let [hit, miss, step] = [0, 0, 1];
  for (let run = 0; run < scores.length; run++) {
    hit += hits[run];
    miss += misses[run];
    if (spread && run < scores.length - 1) {
      const way =
        ((share(hit, positives) ?? 0) + (share(miss, negatives) ?? 0)) / (positives > 0 && negatives > 0 ? 2 : 1);
      if (way < step / (most - 1)) continue;
      step = Math.floor(way * (most - 1)) + 1;
    }
    const [falsePositiveRate, recall] = [share(miss, negatives), share(hit, positives)];
    points.push({ threshold: scores[run], falsePositiveRate, recall, precision: hit / (hit + miss) });
  }
  return points;
}

function notesOf(runs: ScoreRuns, figures: ClassifierFigures, baseline: ClassifierBaseline): Note[] {
  const { positives, negatives, scores, hits, misses } = runs;
  const notes = singleClassNotes(runs, "AUC and average precision need both, and are null.");
  const fewer = Math.min(positives, negatives);
  if (fewer > 0 && fewer < 10) {
    const message = `Only ${formatNumber(fewer)} customers are ${positives === fewer ? "with" : "without"} the outcome: the figures are uncertain.`;
    notes.push({ code: "few-outcomes", message });
  }
  const last = scores.length - 1;
  const wrong = (scores[0] === 1 ? misses[0] : 0) + (scores[last] === 0 ? hits[last] : 0);
  if (wrong > 0) {
    const message = `${formatNumber(wrong)} customers had a probability of exactly 0 or 1 and it was wrong: each costs a log-loss of 36.`;
    notes.push({ code: "certain-and-wrong", message });
  }
  if (fewer > 0 && figures.brier > baseline.brier && figures.logLoss > baseline.logLoss) {
    const message = "By Brier score and log-loss these probabilities are worse than the base rate for everybody.";
    notes.push({ code: "worse-than-base-rate", message });
  }
  if (figures.auc === 1 || figures.auc === 0) {
    const message = "The scores tell the classes apart without error: check that no feature knows the outcome.";
    notes.push({ code: "separated", message });
  }
  return notes;
}
