import { log } from "../numeric/elementary.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { sortedPresent } from "../tables/columns.ts";

/** How one feature speaks for an outcome, bin by bin; the last bin holds the missing. */
export interface Evidence {
  /** Inner boundaries of the bins, ascending; a value equal to one is in the lower bin. */
  readonly cuts: readonly number[];
  /** Customers per bin. */
  readonly customers: number[];
  /** Customers per bin for whom the outcome came. */
  readonly positives: number[];
  /** ln((positives in the bin / all positives) / (negatives in the bin / all negatives)); 0 of an empty bin. */
  readonly weights: number[];
  /** Σ (share of positives − share of negatives) · weight. */
  readonly informationValue: number;
}

/** The bin of a value: how many boundaries lie below it; the last one where it is missing. */
export function binOf(cuts: readonly number[], value: number): number {
  if (Number.isNaN(value)) return cuts.length + 1;
  let bin = 0;
  while (bin < cuts.length && value > cuts[bin]) bin++;
  return bin;
}

/**
 * Weighs the evidence of one feature.
 *
 * @param column - one value per row; NaN = missing.
 * @param outcome - 1 = it came.
 * @param bins - most bins beside that of the missing.
 * @param smoothing - added to both counts of a bin in which one of them is 0.
 */
export function weigh(column: Float64Array, outcome: Uint8Array, bins: number, smoothing: number): Evidence {
  const cuts = cutsOf(sortedPresent(column), bins);
  const customers = new Array<number>(cuts.length + 2).fill(0);
  const positives = new Array<number>(cuts.length + 2).fill(0);
  const all = column.length;
  let allPositives = 0;
  for (let row = 0; row < all; row++) {
    const bin = binOf(cuts, column[row]);
    customers[bin]++;
    positives[bin] += outcome[row];
    allPositives += outcome[row];
  }
  let informationValue = 0;
  const weights = customers.map((count, bin) => {
    if (count === 0 || allPositives === 0 || allPositives === all) return 0;
    const isPure = positives[bin] === 0 || positives[bin] === count;
    const extra = isPure ? smoothing : 0;
    const share = (positives[bin] + extra) / allPositives;
    const otherShare = (count - positives[bin] + extra) / (all - allPositives);
    // Adding 0 turns −0, which JSON cannot carry, into 0.
    const weight = log(share / otherShare) + 0;
    informationValue += (share - otherShare) * weight;
    return weight;
  });
  return { cuts, customers, positives, weights, informationValue };
}

/** Type-7 quantiles as boundaries, each once and none at the greatest value; one bin per value where there are few. */
function cutsOf(sorted: Float64Array, bins: number): number[] {
  const distinct = new Set<number>();
  for (let i = 0; i < sorted.length && distinct.size <= bins; i++) distinct.add(sorted[i] + 0);
  const candidates =
    distinct.size <= bins
      ? [...distinct]
      : Array.from({ length: bins - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / bins) + 0);
  const most = sorted.length === 0 ? NaN : sorted[sorted.length - 1];
  return candidates.filter((cut, i) => cut < most && (i === 0 || cut > candidates[i - 1]));
}
