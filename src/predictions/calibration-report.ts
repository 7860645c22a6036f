import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { log } from "../numeric/elementary.ts";
import { wilsonInterval } from "../numeric/intervals.ts";
import { informationOf, likeliestLine, probabilityOf } from "../numeric/logistic-line.ts";
import { binLimits, binnedSums, type Binning, calibrationErrorOf } from "./calibration-bins.ts";
import { logOdds } from "./classifier-figures.ts";
import { readOutcome, readProbability, type ScoreRuns, scoreRunsOf, singleClassNotes } from "./score-runs.ts";

/** Options of {@link measureCalibration}. */
export interface MeasureCalibrationOptions {
  /** Most bins; those without customers are left out. Default 10. */
  readonly bins?: number | undefined;
  /** Whether bins are equally wide or hold equally many customers, which tells more where the outcome is rare. Default `"width"`. */
  readonly binning?: Binning | undefined;
  /** 1 − level of the intervals. Default 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link measureCalibration}. */
export const measureCalibrationOptions: OptionTable<MeasureCalibrationOptions> = {
  bins: integer({ min: 1, max: 1000, default: 10 }),
  binning: oneOf(["width", "quantile"], { default: "width" }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** Customers with probabilities near to each other, and how often the outcome came. */
export interface CalibrationBin {
  /** Customers. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** Mean of their probabilities. */
  readonly meanProbability: number;
  /** `positives / n`: equal to the mean probability where that is true. */
  readonly rate: number;
  /** Wilson's interval of the rate. */
  readonly interval: readonly [number, number];
  /** Lowest probability that occurs. */
  readonly lowest: number;
  /** Highest probability that occurs. */
  readonly highest: number;
}

/** A coefficient with its interval. */
export interface CalibrationCoefficient {
  /** The estimate. */
  readonly value: number;
  /** Its interval, by the normal approximation. */
  readonly interval: readonly [number, number];
}

/** Result of {@link measureCalibration}. */
export interface CalibrationReport {
  /** Customers. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** `positives / n`. */
  readonly baseRate: number;
  /** Mean of all probabilities: equal to the base rate where they are true on the whole. */
  readonly meanProbability: number;
  /** From low to high probabilities. */
  readonly bins: readonly CalibrationBin[];
  /** Mean distance of mean probability and rate over the bins, weighted by customers. */
  readonly calibrationError: number;
  /** The largest of these distances. */
  readonly maximumError: number;
  /**
   * Slope of the true log odds over the predicted ones: 1 = true, below 1 = the probabilities are too extreme, above 1 too
   * cautious. Null where it does not exist: a single class, a single probability, classes that are told apart without error.
   */
  readonly slope: CalibrationCoefficient | null;
  /** Intercept of the same line; 0 = true. */
  readonly intercept: CalibrationCoefficient | null;
  /** What all log odds together are too low by (calibration in the large): 0 = true. Null for a single class. */
  readonly inTheLarge: CalibrationCoefficient | null;
  /** Spiegelhalter's test of whether the probabilities are true; null where all are 0, 0.5 or 1. */
  readonly test: {
    /** Standard normal if they are. */
    readonly statistic: number;
    /** The chance of a statistic at least as far from 0 if they are. */
    readonly pValue: number;
  } | null;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Tells whether probabilities mean what they say: whether of those with 0.3 three in ten did it.
 *
 * Read the bins first. The slope tells what is wrong: below 1 the model is too sure of itself, as after fitting too many
 * features; `inTheLarge` above 0 says that it expects too few. {@link fitCalibration} mends both.
 *
 * A bin's upper limit belongs to it, and the bins of `"quantile"` have NumPy's percentiles as limits, as in scikit-learn's
 * `calibration_curve`. Log odds of 0 and 1 are those of 2⁻⁵² and 1 − 2⁻⁵².
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; one per customer.
 * @param probability - what was predicted, in [0, 1].
 * @param options - see {@link MeasureCalibrationOptions}.
 * @returns the curve, the calibration error, and the line of the log odds.
 * @throws {ClienteleError} as {@link evaluateClassifier}. Cost: one sort and a few passes.
 * @example
 * const { bins, calibrationError } = measureCalibration([0, 0, 0, 1, 0, 1, 1, 1], [0.2, 0.2, 0.2, 0.2, 0.9, 0.9, 0.9, 0.9], { bins: 2 });
 * bins.map(({ meanProbability, rate }) => [meanProbability, rate]); // [[0.2, 0.25], [0.9, 0.75]]
 * calibrationError; // 0.1
 * @see Cox (1958), "Two further applications of a model for binary regression", for slope and intercept; Spiegelhalter (1986),
 * "Probabilistic prediction in patient management", for the test; Van Calster et al. (2016) for the hierarchy of calibration.
 */
export function measureCalibration(
  outcome: ArrayLike<number>,
  probability: ArrayLike<number>,
  options?: MeasureCalibrationOptions,
): CalibrationReport {
  const caller = "measureCalibration";
  const { bins: most, binning, alpha } = readOptions(caller, measureCalibrationOptions, options);
  const outcomes = readOutcome(caller, outcome);
  const runs = scoreRunsOf({ outcome: outcomes, probability: readProbability(caller, probability, outcomes.length) });
  const sums = binnedSums(runs, binLimits(runs, most, binning));
  const bins = sums.map(({ n, positives, expected, low, high }): CalibrationBin => ({
    n,
    positives,
    meanProbability: expected / n,
    rate: positives / n,
    interval: wilsonInterval({ successes: positives, n }, alpha),
    lowest: low,
    highest: high,
  }));
  const { n, positives } = runs;
  const line = lineOf(runs, alpha);
  return {
    n,
    positives,
    baseRate: positives / n,
    meanProbability: sums.reduce((sum, { expected }) => sum + expected, 0) / n,
    bins,
    calibrationError: calibrationErrorOf(sums),
    maximumError: bins.reduce(
      (worst, { meanProbability, rate }) => Math.max(worst, Math.abs(meanProbability - rate)),
      0,
    ),
    slope: line?.slope ?? null,
    intercept: line?.intercept ?? null,
    inTheLarge: inTheLargeOf(runs, alpha),
    test: spiegelhalterOf(runs),
    notes: notesOf(runs, line !== null),
  };
}

function coefficientOf(value: number, error: number, alpha: number): CalibrationCoefficient {
  const reach = error * normal.upperQuantile(alpha / 2);
  return { value, interval: [value - reach, value + reach] };
}

/** Whether the line exists: the classes overlap, that is, neither lies beyond the other, at most touching it. */
function classesOverlap({ n, positives, hits, misses }: ScoreRuns): boolean {
  if (positives === 0 || positives === n) return false;
  const isSome = (count: number): boolean => count > 0;
  const [firstHit, lastHit] = [hits.findIndex(isSome), hits.findLastIndex(isSome)];
  const [firstMiss, lastMiss] = [misses.findIndex(isSome), misses.findLastIndex(isSome)];
  return firstMiss < lastHit && firstHit < lastMiss;
}

function lineOf(
  runs: ScoreRuns,
  alpha: number,
): { readonly slope: CalibrationCoefficient; readonly intercept: CalibrationCoefficient } | null {
  if (!classesOverlap(runs)) return null;
  const { n, positives, hits, misses } = runs;
  const values = runs.scores.map(logOdds);
  const counts = hits.map((count, run) => count + misses[run]);
  const { intercept, slope, converged } = likeliestLine(
    { values, counts, targets: hits },
    log(positives / (n - positives)),
  );
  if (!converged) return null;
  const { h00, h01, h11 } = informationOf({ values, counts }, intercept, slope);
  const determinant = h00 * h11 - h01 * h01;
  return {
    slope: coefficientOf(slope, Math.sqrt(h00 / determinant), alpha),
    intercept: coefficientOf(intercept, Math.sqrt(h11 / determinant), alpha),
  };
}

/** Log odds beyond these are as certain as a double can be, whatever is added to them. */
const farOut = 80;

/** The intercept that is most likely when the slope is 1: the root of a falling function, by Newton within a bracket. */
function inTheLargeOf({ n, positives, scores, hits, misses }: ScoreRuns, alpha: number): CalibrationCoefficient | null {
  if (positives === 0 || positives === n) return null;
  const values = scores.map(logOdds);
  let [low, high, shift] = [-farOut, farOut, 0];
  let information = 0;
  for (let iteration = 0; iteration < 200; iteration++) {
    let rest = positives;
    information = 0;
    for (let run = 0; run < values.length; run++) {
      const p = probabilityOf(values[run] + shift);
      const size = hits[run] + misses[run];
      rest -= size * p;
      information += size * p * (1 - p);
    }
    if (rest > 0) low = shift;
    else high = shift;
    const step = shift + rest / information;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - shift) <= 1e-13 * (1 + Math.abs(shift))) break;
    shift = next;
  }
  return coefficientOf(shift, 1 / Math.sqrt(information), alpha);
}

function spiegelhalterOf({ scores, hits, misses }: ScoreRuns): CalibrationReport["test"] {
  let [sum, variance] = [0, 0];
  for (let run = 0; run < scores.length; run++) {
    const p = scores[run];
    const pull = 1 - 2 * p;
    const size = hits[run] + misses[run];
    sum += (hits[run] - size * p) * pull;
    variance += size * pull * pull * p * (1 - p);
  }
  if (variance === 0) return null;
  const statistic = sum / Math.sqrt(variance);
  return { statistic, pValue: Math.min(1, 2 * normal.sf(Math.abs(statistic))) };
}

function notesOf(runs: ScoreRuns, hasLine: boolean): Note[] {
  const notes = singleClassNotes(runs, "there is no line of log odds.");
  if (hasLine || notes.length > 0) return notes;
  const message = "One class lies beyond the other, or all probabilities are equal: there is no line of log odds.";
  return [{ code: "no-line", message }];
}
