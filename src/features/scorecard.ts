import type { ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real, seed as seedOption } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { log } from "../numeric/elementary.ts";
import { logisticLine, probabilityOf } from "../numeric/logistic-line.ts";
import { gather } from "../numeric/move-rows.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { shuffle } from "../numeric/shuffle.ts";
import { finiteColumn } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkOutcome } from "../tables/outcome.ts";
import { binOf, weigh } from "./evidence.ts";

/** Options of {@link fitScorecard}. */
export interface FitScorecardOptions {
  /** Most bins per feature, beside that of the missing; default 5. */
  readonly bins?: number | undefined;
  /** Added to both counts of a bin in which nobody, or everybody, had the outcome; default 0.5. */
  readonly smoothing?: number | undefined;
  /** Points of a customer for whom the outcome is as likely as not; default 500. */
  readonly basePoints?: number | undefined;
  /** Points that double the odds; default 20. */
  readonly pointsToDouble?: number | undefined;
  /** Parts of the customers that are predicted from the others, to calibrate by; default 5. */
  readonly folds?: number | undefined;
  /** Which customers are in which part, whatever the order of the rows; default 42. */
  readonly seed?: number | undefined;
}

/** One band of predictions beside what came. */
export interface CalibrationBand {
  /** Customers in the band. */
  readonly customers: number;
  /** Their mean predicted probability, learned from other customers. */
  readonly predicted: number;
  /** The share of them for whom the outcome came. */
  readonly observed: number;
}

/** A scorecard: points per feature and bin. Lists are by feature, then bin; the last bin holds the missing. */
export interface ScorecardModel extends ModelHeader {
  /** What this is. */
  readonly kind: "scorecard";
  /** Version of the layout. */
  readonly version: 1;
  /** Inner boundaries of each feature's bins, ascending; a value equal to one is in the lower bin. */
  readonly cuts: readonly (readonly number[])[];
  /** Customers it was learned from. */
  readonly customers: readonly (readonly number[])[];
  /** Those for whom the outcome came. */
  readonly positives: readonly (readonly number[])[];
  /** ln of the bin's share of the positives over its share of the negatives: above 0 speaks for the outcome. */
  readonly weightsOfEvidence: readonly (readonly number[])[];
  /** How much each feature tells: below 0.02 nothing, above 0.3 much, above 0.5 suspiciously much. */
  readonly informationValues: readonly number[];
  /** Points that each bin brings. */
  readonly points: readonly (readonly number[])[];
  /** Points before any feature is looked at. */
  readonly startPoints: number;
  /** Points at which the outcome is as likely as not. */
  readonly basePoints: number;
  /** Points that double the odds. */
  readonly pointsToDouble: number;
  /** What the sum of the weights is multiplied by: below 1 where features say the same thing twice. */
  readonly shrinkage: number;
  /** The share of all customers for whom the outcome came. */
  readonly baseRate: number;
  /** Ten bands of equally many customers, by probabilities predicted from other customers, low to high. */
  readonly calibration: readonly CalibrationBand[];
}

/** Option table of {@link fitScorecard}. */
export const fitScorecardOptions: OptionTable<FitScorecardOptions> = {
  bins: integer({ min: 2, max: 100, default: 5 }),
  smoothing: real({ above: 0, max: 1000, default: 0.5 }),
  basePoints: real({ min: -1e6, max: 1e6, default: 500 }),
  pointsToDouble: real({ above: 0, max: 1e6, default: 20 }),
  folds: integer({ min: 2, max: 100, default: 5 }),
  seed: seedOption(),
};

/**
 * Learns from outcomes how many points each trait of a customer is worth: a scorecard, as credit scoring draws it up.
 *
 * Every feature is cut into bins at quantiles, the missing in a bin of their own. A bin's weight of evidence is how much
 * more often it is met among customers with the outcome than among those without. Points add up the weights as if features
 * were independent, shrunk by one factor that is fitted to predictions of customers from other customers: features that
 * repeat each other then do not count twice in the probabilities. `calibration` shows these predictions beside what came.
 *
 * @param table - features known before the outcome, one row per customer; NaN = missing.
 * @param outcome - 1 where the outcome came, 0 where it did not; one per row.
 * @param options - see {@link FitScorecardOptions}.
 * @returns the scorecard, for {@link scoreScorecard}, {@link predictScorecard} and {@link explainScorecard}.
 * @throws {ClienteleError} `too-few-rows` without customers; `shape-mismatch` and `invalid-value` for an outcome that is not one
 * 0 or 1 per row, or an infinite cell; `degenerate-data` when all have the same outcome. Cost: one sort per feature and fold.
 * @example
 * const table = fromMatrix([[0], [0], [0], [0], [1], [1], [1], [1]], { names: ["visits"] });
 * const model = fitScorecard(table, Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0));
 * model.weightsOfEvidence; // [[-1.0986, 1.0986, 0]]
 * model.informationValues; // [1.0986]
 * @see Siddiqi (2006), "Credit Risk Scorecards", chapter 6; Platt (1999) for the shrinkage.
 */
export function fitScorecard(table: FeatureTable, outcome: Uint8Array, options?: FitScorecardOptions): ScorecardModel {
  const caller = "fitScorecard";
  const { bins, smoothing, basePoints, pointsToDouble, folds, seed } = readOptions(
    caller,
    fitScorecardOptions,
    options,
  );
  checkTable(caller, table);
  const positives = checkOutcome(caller, outcome, table.ids.length);
  const rows = rowsInOrder(caller, table, outcome);
  const evidence = rows.columns.map((column) => weigh(column, rows.outcome, bins, smoothing));
  const foldOf = foldsOf(rows.outcome, folds, seed);
  const sums = new Float64Array(outcome.length);
  for (let fold = 0; fold < folds; fold++) {
    const every = Uint32Array.from(foldOf.keys());
    const [own, others] = [every.filter((row) => foldOf[row] === fold), every.filter((row) => foldOf[row] !== fold)];
    const othersOutcome = Uint8Array.from(others, (row) => rows.outcome[row]);
    for (const column of rows.columns) {
      const { cuts, weights } = weigh(gather(column, others), othersOutcome, bins, smoothing);
      for (const row of own) sums[row] += weights[binOf(cuts, column[row])];
    }
  }
  const { intercept, slope, converged } = logisticLine(sums, rows.outcome);
  // Evidence that misleads about other customers is no evidence: it gets no points rather than points the wrong way round.
  const shrinkage = Math.max(slope, 0) + 0;
  const start = slope > 0 ? intercept : log(positives / (outcome.length - positives));
  const factor = pointsToDouble / Math.LN2;
  const predicted = sums.map((sum) => probabilityOf(start + shrinkage * sum));
  return {
    kind: "scorecard",
    version: 1,
    features: [...table.names],
    notes: notesOf(table.names, evidence, slope, converged),
    cuts: evidence.map(({ cuts }) => cuts),
    customers: evidence.map(({ customers }) => customers),
    positives: evidence.map((one) => one.positives),
    weightsOfEvidence: evidence.map(({ weights }) => weights),
    informationValues: evidence.map(({ informationValue }) => informationValue),
    points: evidence.map(({ weights }) => weights.map((weight) => factor * shrinkage * weight + 0)),
    startPoints: basePoints + factor * start,
    basePoints,
    pointsToDouble,
    shrinkage,
    baseRate: positives / outcome.length,
    calibration: bandsOf(predicted, rows.outcome),
  };
}

/** Columns and outcomes with the rows sorted by what they hold: the model does not depend on the order of customers. */
function rowsInOrder(
  caller: string,
  table: FeatureTable,
  outcome: Uint8Array,
): { readonly columns: readonly Float64Array[]; readonly outcome: Uint8Array } {
  const columns = table.names.map((_, j) => finiteColumn(caller, "table", table, j));
  const width = columns.length + 1;
  const cells = new Float64Array(outcome.length * width);
  for (let row = 0, cell = 0; row < outcome.length; row++) {
    // The order wants numbers that compare: a missing cell goes behind all others.
    for (const column of columns) cells[cell++] = Number.isNaN(column[row]) ? Infinity : column[row];
    cells[cell++] = outcome[row];
  }
  const order = rowOrder(cells, outcome.length, width);
  return {
    columns: columns.map((column) => gather(column, order)),
    outcome: Uint8Array.from(order, (row) => outcome[row]),
  };
}

/** A part for each row, at random, with as many outcomes of each kind in every part. */
function foldsOf(outcome: Uint8Array, folds: number, seed: number): Uint8Array {
  const order = Uint32Array.from(outcome, (_, row) => row);
  shuffle(order, randomOf(seed));
  const dealt = [0, 0];
  const foldOf = new Uint8Array(outcome.length);
  for (const row of order) foldOf[row] = dealt[outcome[row]]++ % folds;
  return foldOf;
}

const bandCount = 10;

function bandsOf(predicted: Float64Array, outcome: Uint8Array): CalibrationBand[] {
  const order = Uint32Array.from(predicted, (_, row) => row).sort((a, b) => predicted[a] - predicted[b] || a - b);
  const bands = Math.min(bandCount, order.length);
  return Array.from({ length: bands }, (_, band) => {
    const rows = order.subarray(
      Math.floor((band * order.length) / bands),
      Math.floor(((band + 1) * order.length) / bands),
    );
    const mean = (of: ArrayLike<number>): number => rows.reduce((sum, row) => sum + of[row], 0) / rows.length;
    return { customers: rows.length, predicted: mean(predicted), observed: mean(outcome) };
  });
}

function notesOf(
  names: readonly string[],
  evidence: readonly { readonly cuts: readonly number[]; readonly informationValue: number }[],
  slope: number,
  converged: boolean,
): Note[] {
  const notes: Note[] = [];
  evidence.forEach(({ cuts, informationValue }, j) => {
    if (informationValue > 0.5) {
      const message = `${names[j]} tells suspiciously much (${informationValue.toFixed(2)}): is it known before the outcome?`;
      notes.push({ code: "suspicious-feature", message });
    } else if (cuts.length === 0) {
      notes.push({ code: "constant-feature", message: `${names[j]} has one bin beside that of the missing.` });
    }
  });
  if (slope <= 0) {
    const message =
      "The features tell nothing about customers they were not learned from: all points are those of the base rate.";
    notes.push({ code: "no-evidence", message });
  }
  if (!converged)
    notes.push({ code: "not-converged", message: "The shrinkage did not settle; the last step is used." });
  return notes;
}
