import { describeValue, isList, refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { risingMeans } from "../numeric/isotonic.ts";
import { likeliestLine, plattTargets, probabilityOf } from "../numeric/logistic-line.ts";
import { logOdds } from "./classifier-figures.ts";
import { readOutcome, readProbability, type ScoreRuns, scoreRunsOf } from "./score-runs.ts";

/** Options of {@link fitCalibration}. */
export interface FitCalibrationOptions {
  /**
   * `"platt"`: a line through the log odds, two numbers, for a few customers; `"isotonic"`: any curve that never falls, for
   * about a thousand customers and more.
   */
  readonly method: "isotonic" | "platt";
}

/** Option table of {@link fitCalibration}. */
export const fitCalibrationOptions: OptionTable<FitCalibrationOptions> = { method: oneOf(["isotonic", "platt"]) };

/** What a probability of some model means. Result of {@link fitCalibration}. */
export interface CalibrationModel extends ModelHeader {
  readonly kind: "calibration";
  readonly version: 1;
  /** How it was fitted. */
  readonly method: "isotonic" | "platt";
  /** Probabilities at which the curve bends, ascending; empty for Platt's line. */
  readonly probabilities: readonly number[];
  /** What they mean; between two of them the curve is straight, beyond the ends it is level. */
  readonly calibrated: readonly number[];
  /** Platt's line of log odds: what it adds; null for an isotonic curve. */
  readonly intercept: number | null;
  /** Platt's line of log odds: by what it multiplies the log odds of the probability; null for an isotonic curve. */
  readonly slope: number | null;
  /** Customers it was fitted on. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
}

/**
 * Learns what a model's probabilities really mean, from customers whom the model was not fitted on.
 *
 * - `"platt"`: log odds = intercept + slope × log odds of the probability, with Platt's targets, so that it is finite also for few
 *   customers. It keeps the order, so the AUC stays; a slope below 1 takes the probabilities back towards the middle.
 * - `"isotonic"`: the rising curve nearest to the outcomes, as scikit-learn's `IsotonicRegression`: linear between the ends of its
 *   steps, level beyond them. It follows any bend, and chance too where customers are few; it gives 0 and 1 at the ends.
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; both must occur.
 * @param probability - what the model predicted for the same customers, in [0, 1].
 * @param options - see {@link FitCalibrationOptions}.
 * @returns a model for {@link predictCalibrated}.
 * @throws {ClienteleError} `degenerate-data` when all outcomes are equal; else as {@link evaluateClassifier}. Cost: one sort and a few
 * passes.
 * @example
 * const outcome = [0, 0, 1, 0, 1, 0, 1, 1];
 * const said = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9];
 * const model = fitCalibration(outcome, said, { method: "isotonic" });
 * predictCalibrated(model, [0.05, 0.35, 0.65, 0.95]); // Float64Array [0, 0.5, 0.5, 1]
 * @see Platt (1999), "Probabilistic outputs for support vector machines"; Zadrozny & Elkan (2002), "Transforming classifier scores into
 * accurate multiclass probability estimates".
 */
export function fitCalibration(
  outcome: ArrayLike<number>,
  probability: ArrayLike<number>,
  options: FitCalibrationOptions,
): CalibrationModel {
  const caller = "fitCalibration";
  const { method } = readOptions(caller, fitCalibrationOptions, options);
  const outcomes = readOutcome(caller, outcome);
  const runs = scoreRunsOf({ outcome: outcomes, probability: readProbability(caller, probability, outcomes.length) });
  const { n, positives } = runs;
  if (positives === 0 || positives === n) {
    refuse(caller, "degenerate-data", "outcome", "both 0 and 1", `only ${positives === 0 ? 0 : 1}`);
  }
  const header = { kind: "calibration", version: 1, features: ["probability"] } as const;
  if (method === "isotonic") {
    const { probabilities, calibrated } = curveOf(runs);
    const notes = n < enoughForCurve ? [fewNote(n)] : [];
    return { ...header, notes, method, probabilities, calibrated, intercept: null, slope: null, n, positives };
  }
  const { intercept, slope, notes } = lineOf(runs);
  return { ...header, notes, method, probabilities: [], calibrated: [], intercept, slope, n, positives };
}

/** scikit-learn's documentation advises against an isotonic curve with far fewer. */
const enoughForCurve = 1000;

function fewNote(n: number): Note {
  const message = `An isotonic curve follows chance with ${n} customers; method: "platt" needs fewer than ${enoughForCurve}.`;
  return { code: "few-rows", message };
}

function curveOf(runs: ScoreRuns): Pick<CalibrationModel, "probabilities" | "calibrated"> {
  const scores = runs.scores.toReversed();
  const hits = runs.hits.toReversed();
  const sizes = runs.misses.toReversed().map((count, run) => count + hits[run]);
  const { places, means } = risingMeans(hits, sizes);
  return { probabilities: Array.from(places, (place) => scores[place]), calibrated: Array.from(means) };
}

function lineOf({ n, positives, scores, hits, misses }: ScoreRuns): {
  readonly intercept: number;
  readonly slope: number;
  readonly notes: Note[];
} {
  const { hit, miss } = plattTargets(positives, n - positives);
  const values = scores.map(logOdds);
  const start = log((positives + 1) / (n - positives + 1));
  if (values.length === 1) {
    const message = "All probabilities are equal: the base rate is all that can be learned.";
    // The mean of the targets, whatever the probability.
    const mean = (positives * hit + (n - positives) * miss) / n;
    return { intercept: logOdds(mean), slope: 0, notes: [{ code: "constant-probability", message }] };
  }
  const counts = hits.map((count, run) => count + misses[run]);
  const targets = hits.map((count, run) => count * hit + misses[run] * miss);
  const { intercept, slope, converged } = likeliestLine({ values, counts, targets }, start);
  const notes: Note[] = [];
  if (!converged) notes.push({ code: "not-converged", message: "The line of log odds did not settle." });
  if (slope < 0) {
    notes.push({
      code: "falling",
      message: "Higher probabilities went with fewer outcomes: the line falls, and turns the order.",
    });
  }
  return { intercept, slope, notes };
}

const isShares = (value: unknown): boolean => isFiniteVector(value) && value.every((p) => p >= 0 && p <= 1);
const isRising = (value: unknown): boolean =>
  isShares(value) && (value as readonly number[]).every((p, i, all) => i === 0 || all[i - 1] < p);

const shape: ModelShape<CalibrationModel> = {
  method: (value) => value === "isotonic" || value === "platt",
  probabilities: (value, { method }) => isRising(value) && (value as []).length > 0 === (method === "isotonic"),
  calibrated: (value, { probabilities }) => isShares(value) && (value as []).length === probabilities.length,
  intercept: (value, { method }) => (method === "platt" ? Number.isFinite(value) : value === null),
  slope: (value, { method }) => (method === "platt" ? Number.isFinite(value) : value === null),
};

/**
 * Says what probabilities mean, by a calibration that was learned from others.
 *
 * @param model - of {@link fitCalibration}.
 * @param probability - what the same model predicts for any customers, in [0, 1].
 * @returns one calibrated probability per customer.
 * @throws {ClienteleError} `incompatible-model` for another model; `shape-mismatch` and `invalid-value` for what are no probabilities.
 * Cost: a search per customer.
 * @example
 * const model = fitCalibration([0, 1, 0, 1, 1, 0], [0.01, 0.02, 0.4, 0.6, 0.98, 0.99], { method: "platt" });
 * predictCalibrated(model, [0.01, 0.5, 0.99]); // Float64Array [0.48, 0.5, 0.52]
 */
export function predictCalibrated(model: CalibrationModel, probability: ArrayLike<number>): Float64Array {
  const caller = "predictCalibrated";
  checkModel(caller, model, { kind: "calibration", version: 1, shape, features: ["probability"] });
  if (!isList(probability)) {
    refuse(caller, "shape-mismatch", "probability", "a list of numbers in [0, 1]", describeValue(probability));
  }
  const given = readProbability(caller, probability, probability.length);
  const { intercept, slope } = model;
  if (intercept !== null && slope !== null) return given.map((p) => probabilityOf(intercept + slope * logOdds(p)));
  const bends = Float64Array.from(model.probabilities);
  const means = Float64Array.from(model.calibrated);
  return given.map((p) => onCurve(bends, means, p));
}

/** The height of the curve that is straight between its bends and level beyond them. */
function onCurve(bends: Float64Array, means: Float64Array, p: number): number {
  const last = bends.length - 1;
  if (p <= bends[0]) return means[0];
  if (p >= bends[last]) return means[last];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (bends[middle] <= p) low = middle;
    else high = middle;
  }
  if (means[low] === means[high]) return means[low];
  const way = (p - bends[low]) / (bends[high] - bends[low]);
  return means[low] * (1 - way) + means[high] * way;
}
