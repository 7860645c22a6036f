import { quantileOfSorted } from "../numeric/quantile.ts";
import type { ScoreRuns } from "./score-runs.ts";

/** How probabilities are put into bins: equally wide ones, or ones with equally many customers. */
export type Binning = "width" | "quantile";

/** Sums over the customers of one bin. */
export interface BinSums {
  readonly n: number;
  readonly positives: number;
  /** Sum of the probabilities. */
  readonly expected: number;
  /** Lowest and highest probability that occurs. */
  readonly low: number;
  readonly high: number;
}

/**
 * The inner limits of bins, ascending; a probability at a limit belongs to the bin below it.
 *
 * @param runs - whose quantiles are meant, with `"quantile"`: type 7, as NumPy's percentiles, of customers whatever their weight.
 */
export function binLimits(runs: ScoreRuns, bins: number, binning: Binning): number[] {
  const inner = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins);
  if (binning === "width") return inner;
  const sorted = sortedScores(runs);
  return inner.map((share) => quantileOfSorted(sorted, share));
}

/** The score of each customer, ascending. */
function sortedScores({ n, scores, hits, misses, weighted }: ScoreRuns): Float64Array {
  if (weighted !== undefined) return Float64Array.from(weighted.cells, (cell) => scores[cell >>> 1]).reverse();
  const sorted = new Float64Array(n);
  let place = n;
  scores.forEach((score, run) => {
    const size = hits[run] + misses[run];
    sorted.fill(score, place - size, place);
    place -= size;
  });
  return sorted;
}

/** Sums per bin, from low to high; bins without customers are left out. */
export function binnedSums(runs: ScoreRuns, limits: readonly number[]): BinSums[] {
  const sums: BinSums[] = [];
  let bin = 0;
  let run = runs.scores.length - 1;
  while (run >= 0) {
    while (bin < limits.length && runs.scores[run] > limits[bin]) bin++;
    const low = runs.scores[run];
    let [n, positives, expected, high] = [0, 0, 0, low];
    for (; run >= 0 && !(bin < limits.length && runs.scores[run] > limits[bin]); run--) {
      const size = runs.hits[run] + runs.misses[run];
      n += size;
      positives += runs.hits[run];
      expected += size * runs.scores[run];
      high = runs.scores[run];
    }
    if (n > 0) sums.push({ n, positives, expected, low, high });
  }
  return sums;
}

/** The expected calibration error: how far mean probability and rate lie apart, over the bins, weighted by customers. */
export function calibrationErrorOf(sums: readonly BinSums[]): number {
  let [apart, n] = [0, 0];
  for (const bin of sums) {
    apart += Math.abs(bin.expected - bin.positives);
    n += bin.n;
  }
  return apart / n;
}
