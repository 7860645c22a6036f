import { randomOf } from "../core/random.ts";
import { log, log1p } from "../numeric/elementary.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { addCompensated } from "../numeric/sums.ts";
import { binnedSums, calibrationErrorOf } from "./calibration-bins.ts";
import type { ScoreRuns } from "./score-runs.ts";

/** The figures of a classifier; the first two are null where only one class occurs. */
export interface ClassifierFigures {
  /** The chance that a customer with the outcome scores higher than one without, ties half. */
  readonly auc: number | null;
  /** Mean precision at the customers with the outcome, without interpolation. */
  readonly averagePrecision: number | null;
  /** Mean of −log of the probability of what came. */
  readonly logLoss: number;
  /** Mean squared distance of probability and outcome. */
  readonly brier: number;
  /** Expected calibration error: mean distance of probability and rate over the bins, weighted by customers. */
  readonly calibrationError: number;
}

/** A probability nearer to 0 or 1 than this counts as this near in a log-loss: scikit-learn's limit for doubles. */
const nearestToCertain: number = Number.EPSILON;

/** The probability with which a log-loss is computed. */
function clipped(p: number): number {
  return Math.min(1 - nearestToCertain, Math.max(nearestToCertain, p));
}

/** The log odds of a probability, finite also for 0 and 1. */
export function logOdds(p: number): number {
  const inside = clipped(p);
  return log(inside) - log1p(-inside);
}

/** −log p of the class that came, for a probability of the outcome. */
export function logLossOf(p: number, isHit: boolean): number {
  const inside = clipped(p);
  return isHit ? -log(inside) : -log1p(-inside);
}

/** What a customer of each run adds to the log-loss: with the outcome, and without. */
export interface RunLosses {
  readonly hit: Float64Array;
  readonly miss: Float64Array;
}

/** The losses of each run, computed once for all resamples. */
export function runLosses({ scores }: ScoreRuns): RunLosses {
  return { hit: scores.map((p) => logLossOf(p, true)), miss: scores.map((p) => logLossOf(p, false)) };
}

/** Every figure in one pass over the runs. */
export function figuresOf(runs: ScoreRuns, losses: RunLosses, limits: readonly number[]): ClassifierFigures {
  const { n, positives, negatives, scores, hits, misses } = runs;
  // Pairs of a customer with and one without the outcome in which the first scores higher; ties count half.
  let [pairs, precisions, hitsAbove, above] = [0, 0, 0, 0];
  const loss = { sum: 0, correction: 0 };
  const squares = { sum: 0, correction: 0 };
  for (let run = 0; run < scores.length; run++) {
    const [h, m, p] = [hits[run], misses[run], scores[run]];
    pairs += m * (hitsAbove + h / 2);
    hitsAbove += h;
    above += h + m;
    if (h > 0) precisions += (h * hitsAbove) / above;
    addCompensated(loss, h * losses.hit[run] + m * losses.miss[run]);
    addCompensated(squares, h * (1 - p) * (1 - p) + m * p * p);
  }
  const hasBoth = positives > 0 && negatives > 0;
  return {
    auc: hasBoth ? pairs / (positives * negatives) : null,
    averagePrecision: hasBoth ? precisions / positives : null,
    logLoss: (loss.sum + loss.correction) / n,
    brier: (squares.sum + squares.correction) / n,
    calibrationError: calibrationErrorOf(binnedSums(runs, limits)),
  };
}

/** The standard deviations of one customer's log-loss and squared error. */
export function lossSpreads(
  { n, scores, hits, misses }: ScoreRuns,
  losses: RunLosses,
  means: ClassifierFigures,
): { readonly logLoss: number; readonly brier: number } {
  let [forLog, forSquare] = [0, 0];
  const square = (x: number): number => x * x;
  for (let run = 0; run < scores.length; run++) {
    const [h, m, p] = [hits[run], misses[run], scores[run]];
    forLog += h * square(losses.hit[run] - means.logLoss) + m * square(losses.miss[run] - means.logLoss);
    forSquare += h * square(square(1 - p) - means.brier) + m * square(p * p - means.brier);
  }
  return { logLoss: Math.sqrt(forLog / (n - 1)), brier: Math.sqrt(forSquare / (n - 1)) };
}

/**
 * The standard error of an area under the ROC curve.
 *
 * @param auc - the area; both classes occur at least twice.
 * @see DeLong, DeLong & Clarke-Pearson (1988), equations 5 to 7, on runs of equal scores.
 */
export function aucStandardError({ positives, negatives, scores, hits, misses }: ScoreRuns, auc: number): number {
  let [ofHits, ofMisses, hitsAbove, missesAbove] = [0, 0, 0, 0];
  for (let run = 0; run < scores.length; run++) {
    const [h, m] = [hits[run], misses[run]];
    const missesBelow = (negatives - missesAbove - m / 2) / negatives - auc;
    const hitsOver = (hitsAbove + h / 2) / positives - auc;
    ofHits += h * missesBelow * missesBelow;
    ofMisses += m * hitsOver * hitsOver;
    hitsAbove += h;
    missesAbove += m;
  }
  return Math.sqrt(ofHits / (positives - 1) / positives + ofMisses / (negatives - 1) / negatives);
}

/**
 * Figures of customers drawn anew with replacement, as many as there are.
 *
 * @returns one list per figure, sorted; of the first two, only where both classes were drawn. Cost: n draws a replicate.
 */
export function resampledFigures(
  runs: ScoreRuns,
  losses: RunLosses,
  limits: readonly number[],
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): Readonly<Record<keyof ClassifierFigures, Float64Array>> {
  const { scores } = runs;
  const { cells, weights } = runs.weighted ?? { cells: cellsOf(runs), weights: undefined };
  const customers = cells.length;
  const drawn: Record<keyof ClassifierFigures, number[]> = { auc: [], averagePrecision: [], logLoss: [], brier: [], calibrationError: [] }; // prettier-ignore
  const hits = new Float64Array(scores.length);
  const misses = new Float64Array(scores.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = randomOf(seed, replicate);
    hits.fill(0);
    misses.fill(0);
    let [positives, negatives] = [0, 0];
    for (let draw = 0; draw < customers; draw++) {
      const one = random.integer(customers);
      const cell = cells[one];
      const weight = weights === undefined ? 1 : weights[one];
      if (cell % 2 === 0) {
        hits[cell >>> 1] += weight;
        positives += weight;
      } else {
        misses[cell >>> 1] += weight;
        negatives += weight;
      }
    }
    const figures = figuresOf({ n: positives + negatives, positives, negatives, scores, hits, misses }, losses, limits);
    for (const key of Object.keys(drawn) as (keyof ClassifierFigures)[]) {
      const value = figures[key];
      if (value !== null) drawn[key].push(value);
    }
  }
  const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
  return {
    auc: sorted(drawn.auc),
    averagePrecision: sorted(drawn.averagePrecision),
    logLoss: sorted(drawn.logLoss),
    brier: sorted(drawn.brier),
    calibrationError: sorted(drawn.calibrationError),
  };
}

/** Which run a customer belongs to, and whether with the outcome: 2 · run, or 2 · run + 1. */
function cellsOf({ n, scores, hits, misses }: ScoreRuns): Uint32Array {
  const cells = new Uint32Array(n);
  let place = 0;
  scores.forEach((_, run) => {
    cells.fill(2 * run, place, (place += hits[run]));
    cells.fill(2 * run + 1, place, (place += misses[run]));
  });
  return cells;
}

/** The middle part of resampled figures: their quantiles alpha / 2 and 1 − alpha / 2; null of none. */
export function percentileInterval(sorted: Float64Array, alpha: number): readonly [number, number] | null {
  if (sorted.length === 0) return null;
  return [quantileOfSorted(sorted, alpha / 2), quantileOfSorted(sorted, 1 - alpha / 2)];
}
