import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { type Confusion, confusionOf } from "./confusion.ts";
import { readOutcome, readProbability, type ScoreRuns, scoreRunsOf, singleClassNotes } from "./score-runs.ts";

/** What wrong decisions cost, per customer. */
export interface DecisionCosts {
  /** To act on somebody for whom the outcome does not come. */
  readonly falsePositive: number;
  /** Not to act on somebody for whom it does. */
  readonly falseNegative: number;
}

/** What each case of a decision brings, per customer; costs are negative. What is absent brings 0. */
export interface DecisionGains {
  /** To act, and the outcome comes. */
  readonly truePositive?: number | undefined;
  /** To act, and it does not come. */
  readonly falsePositive?: number | undefined;
  /** Not to act, and it comes. */
  readonly falseNegative?: number | undefined;
  /** Not to act, and it does not come. */
  readonly trueNegative?: number | undefined;
}

/** Options of {@link chooseThreshold}: exactly one of the two. */
export interface ChooseThresholdOptions {
  /** What wrong decisions cost, at least 0 and not both 0. */
  readonly costs?: DecisionCosts | undefined;
  /** What each case brings. To act must be worth more on somebody with the outcome than on somebody without. */
  readonly gains?: DecisionGains | undefined;
}

const isAmount = (value: unknown): boolean => Number.isFinite(value);
const cases: readonly string[] = ["truePositive", "falsePositive", "falseNegative", "trueNegative"];

/** Option table of {@link chooseThreshold}. */
export const chooseThresholdOptions: OptionTable<ChooseThresholdOptions, "costs" | "gains"> = {
  costs: custom(
    "{ falsePositive, falseNegative }, numbers of at least 0, not both 0",
    isCosts,
    [
      null,
      1,
      [],
      {},
      { falsePositive: 1 },
      { falsePositive: -1, falseNegative: 1 },
      { falsePositive: 0, falseNegative: 0 },
    ],
    { optional: true },
  ),
  gains: custom(
    "{ truePositive?, falsePositive?, falseNegative?, trueNegative? }, numbers with which to act is worth more on a positive",
    isGains,
    [null, 1, [], {}, { truePositive: NaN }, { truePositive: 1, other: 2 }, { truePositive: 1, falsePositive: 2 }],
    { optional: true },
  ),
};

function isCosts(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const { falsePositive, falseNegative } = value as Partial<DecisionCosts>;
  if (!isAmount(falsePositive) || !isAmount(falseNegative)) return false;
  return (falsePositive ?? -1) >= 0 && (falseNegative ?? -1) >= 0 && falsePositive !== -(falseNegative ?? 0);
}

function isGains(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const isFine = Object.entries(value).every(
    ([key, gain]) => cases.includes(key) && (gain === undefined || isAmount(gain)),
  );
  if (!isFine) return false;
  const { onHit, onMiss } = worthOf(value);
  return onHit > onMiss;
}

/** What acting brings more than not acting: on somebody with the outcome, and on somebody without. */
function worthOf(gains: DecisionGains): { readonly onHit: number; readonly onMiss: number } {
  const { truePositive = 0, falsePositive = 0, falseNegative = 0, trueNegative = 0 } = gains;
  return { onHit: truePositive - falseNegative, onMiss: falsePositive - trueNegative };
}

/** What one threshold would have brought. */
export interface ThresholdPoint {
  /** To act on everybody with at least this probability; a number above 1 = on nobody. */
  readonly threshold: number;
  /** Customers acted on. */
  readonly selected: number;
  /** Sum of the gains of all customers. */
  readonly gain: number;
}

/** Result of {@link chooseThreshold}. */
export interface ThresholdReport extends ThresholdPoint {
  /** The gain per customer. */
  readonly gainPerCustomer: number;
  /** What it would bring to act on nobody. */
  readonly gainOfNobody: number;
  /** What it would bring to act on everybody. */
  readonly gainOfEverybody: number;
  /**
   * The threshold that is best where probabilities are true, by costs alone: with it the data are not asked a second time. A
   * large distance to `threshold` says that the probabilities should be calibrated, or that there are few customers.
   */
  readonly calibratedThreshold: number;
  /** What that threshold would have brought. */
  readonly gainAtCalibrated: number;
  /** Who is predicted rightly and wrongly at `threshold`. */
  readonly confusion: Confusion;
  /** At most 200 thresholds from nobody to everybody, the chosen one among them. */
  readonly curve: readonly ThresholdPoint[];
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/** A probability cannot be as high: a threshold that selects nobody, now or later. */
const nobody: number = 1 + Number.EPSILON;

const mostPoints = 200;

/**
 * Chooses from which probability on it pays to act, by what wrong and right decisions cost and bring.
 *
 * Every threshold is tried on the given customers, and the one with the largest gain wins; of equal ones the highest, which
 * acts on the fewest. The figures are those of the customers it was chosen on, so they flatter it a little: choose on one part of
 * the customers and judge on another.
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; one per customer.
 * @param probability - what was predicted, in [0, 1].
 * @param options - see {@link ChooseThresholdOptions}; costs are gains below 0.
 * @returns the threshold with its evidence. Act on customers whose probability is at least the threshold.
 * @throws {ClienteleError} `invalid-option` when both options or none are given; else as {@link evaluateClassifier}. Cost: one sort.
 * @example
 * // A call costs 2 and saves 10 where the customer would have left.
 * const report = chooseThreshold([1, 0, 1, 0, 0, 0], [0.8, 0.5, 0.4, 0.3, 0.2, 0.1], {
 *   gains: { truePositive: 8, falsePositive: -2 },
 * });
 * report.threshold; // 0.4
 * report.gain; // 14
 * report.calibratedThreshold; // 0.2
 * @see Elkan (2001), "The foundations of cost-sensitive learning", equation 2.
 */
export function chooseThreshold(
  outcome: ArrayLike<number>,
  probability: ArrayLike<number>,
  options: ChooseThresholdOptions,
): ThresholdReport {
  const caller = "chooseThreshold";
  const { costs, gains } = readOptions(caller, chooseThresholdOptions, options);
  const given = gains ?? (costs && { falsePositive: -costs.falsePositive, falseNegative: -costs.falseNegative });
  if (given === undefined || (costs !== undefined && gains !== undefined)) {
    refuse(caller, "invalid-option", "options", "either costs or gains", given === undefined ? "neither" : "both");
  }
  const outcomes = readOutcome(caller, outcome);
  const runs = scoreRunsOf({ outcome: outcomes, probability: readProbability(caller, probability, outcomes.length) });
  const { n, positives } = runs;
  const gainOfNobody = positives * (given.falseNegative ?? 0) + (n - positives) * (given.trueNegative ?? 0);
  const worth = worthOf(given);
  const points = pointsOf(runs, worth, gainOfNobody);
  const calibratedThreshold = breakEven(worth);
  let best = 0;
  let atCalibrated = 0;
  points.forEach(({ threshold, gain }, i) => {
    if (gain > points[best].gain) best = i;
    if (threshold >= calibratedThreshold) atCalibrated = i;
  });
  const { gain } = points[best];
  if (!Number.isFinite(gain))
    refuse(caller, "too-large", "options", "gains whose sum is below 1.8e308", describeValue(gain));
  return {
    ...points[best],
    gainPerCustomer: gain / n,
    gainOfNobody,
    gainOfEverybody: points[points.length - 1].gain,
    calibratedThreshold,
    gainAtCalibrated: points[atCalibrated].gain,
    confusion: confusionOf(runs, points[best].threshold),
    curve: thinned(points, best),
    notes: notesOf(runs, points[best]),
  };
}

/** The probability from which on acting pays. */
function breakEven({ onHit, onMiss }: ReturnType<typeof worthOf>): number {
  if (onMiss >= 0) return 0;
  return onHit <= 0 ? nobody : -onMiss / (onHit - onMiss);
}

function pointsOf(runs: ScoreRuns, worth: ReturnType<typeof worthOf>, gainOfNobody: number): ThresholdPoint[] {
  const points: ThresholdPoint[] = [{ threshold: nobody, selected: 0, gain: gainOfNobody }];
  let [hits, misses] = [0, 0];
  runs.scores.forEach((threshold, run) => {
    hits += runs.hits[run];
    misses += runs.misses[run];
    points.push({
      threshold,
      selected: hits + misses,
      gain: gainOfNobody + hits * worth.onHit + misses * worth.onMiss,
    });
  });
  return points;
}

/** Some of the points, evenly by place; the first, the last and the best stay. */
function thinned(points: readonly ThresholdPoint[], best: number): ThresholdPoint[] {
  if (points.length <= mostPoints) return points.map((point) => ({ ...point }));
  const step = (points.length - 1) / (mostPoints - 2);
  const places = new Set([best]);
  for (let i = 0; i <= mostPoints - 2; i++) places.add(Math.round(i * step));
  return [...places].sort((a, b) => a - b).map((place) => ({ ...points[place] }));
}

function notesOf(runs: ScoreRuns, best: ThresholdPoint): Note[] {
  const notes = singleClassNotes(runs, "the threshold says nothing about other customers.");
  if (best.selected === 0) {
    notes.push({
      code: "nobody",
      message: "It does not pay to act on anybody; the threshold lies above every probability.",
    });
  }
  if (best.selected === runs.n) {
    notes.push({ code: "everybody", message: "It pays to act on everybody: the probabilities decide nothing." });
  }
  return notes;
}
