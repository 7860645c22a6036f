import type { ScoreRuns } from "./score-runs.ts";

/** Who is predicted rightly and wrongly at one threshold. Shares of nothing are null. */
export interface Confusion {
  /** Customers with at least this probability are predicted to have the outcome. */
  readonly threshold: number;
  /** Predicted, and the outcome came. */
  readonly truePositives: number;
  /** Predicted, but the outcome did not come. */
  readonly falsePositives: number;
  /** Not predicted, but the outcome came. */
  readonly falseNegatives: number;
  /** Not predicted, and the outcome did not come. */
  readonly trueNegatives: number;
  /** Share of all customers who are predicted rightly. */
  readonly accuracy: number;
  /** Share of the predicted for whom the outcome came. */
  readonly precision: number | null;
  /** Share of the customers with the outcome who were predicted. */
  readonly recall: number | null;
  /** Share of the customers without the outcome who were not predicted. */
  readonly specificity: number | null;
  /** Harmonic mean of precision and recall. */
  readonly f1: number | null;
}

/** Counts who is predicted rightly when everybody with at least a threshold is predicted. */
export function confusionOf(runs: ScoreRuns, threshold: number): Confusion {
  let [hits, misses] = [0, 0];
  for (let run = 0; run < runs.scores.length && runs.scores[run] >= threshold; run++) {
    hits += runs.hits[run];
    misses += runs.misses[run];
  }
  const counts = {
    truePositives: hits,
    falsePositives: misses,
    falseNegatives: Math.max(0, runs.positives - hits),
    trueNegatives: Math.max(0, runs.negatives - misses),
  };
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    threshold,
    ...counts,
    accuracy: (counts.truePositives + counts.trueNegatives) / runs.n,
    precision: share(hits, hits + misses),
    recall: share(hits, runs.positives),
    specificity: share(counts.trueNegatives, runs.negatives),
    f1: share(2 * hits, hits + misses + runs.positives),
  };
}
