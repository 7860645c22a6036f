import { custom, oneOf, type OptionSpec } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";

/** Number of bins, or the inner cut points. */
export type BinsOption = number | readonly number[];

/** What is done about bins that one sample leaves empty. */
export type EmptyBins = "half" | "clip";

/** The option `bins`. */
export const binsOption = (fallback = 10): OptionSpec<BinsOption> =>
  custom("a number of bins in [2, 1000] or rising cut points", isBins, [1, 1001, 2.5, [], [1, 1], [2, 1], [NaN], "10", null, {}], { default: fallback }); // prettier-ignore

/** The option `empty`. */
export const emptyOption = (): OptionSpec<EmptyBins> => oneOf(["half", "clip"], { default: "half" });

function isBins(value: unknown): boolean {
  if (Number.isSafeInteger(value)) return (value as number) >= 2 && (value as number) <= 1000;
  if (!Array.isArray(value) || value.length === 0 || value.length > 999) return false;
  return value.every((cut, c) => Number.isFinite(cut) && (c === 0 || cut > value[c - 1]));
}

/**
 * Inner cut points of bins (low, high] that share the reference out evenly, as far as its ties allow: bin 0 lies up to the first cut, the
 * last one beyond the last. A reference of few values has a bin for each; one of a single value has bins below and above it as well.
 *
 * @param sorted - the reference, from low to high, at least one value.
 */
export function cutsOf(sorted: Float64Array, bins: BinsOption): number[] {
  if (typeof bins !== "number") return [...bins];
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  if (lowest === highest) return [justBelow(lowest), lowest + 0];
  const distinct = distinctUpTo(sorted, bins);
  const wanted = distinct ?? Array.from({ length: bins - 1 }, (_, k) => quantileOfSorted(sorted, (k + 1) / bins));
  const cuts: number[] = [];
  for (const cut of wanted) {
    // A cut at the highest value would leave nothing above it.
    if (cut < highest && (cuts.length === 0 || cut > cuts[cuts.length - 1])) cuts.push(cut + 0);
  }
  // More than a share of the values ties at the top: they are a bin of their own.
  if (cuts.length === 0) cuts.push(justBelow(highest));
  return cuts;
}

/** The distinct values if there are at most so many. */
function distinctUpTo(sorted: Float64Array, most: number): number[] | undefined {
  const values: number[] = [];
  for (const value of sorted) {
    if (values.length > 0 && value === values[values.length - 1]) continue;
    if (values.length === most) return undefined;
    values.push(value);
  }
  return values;
}

/** A number below x with nothing that matters in between. */
function justBelow(x: number): number {
  return x === 0 ? -1e-300 : x - Math.max(Math.abs(x) * Number.EPSILON, 1e-300);
}

/** How many of some sorted numbers lie in each bin. */
export function countBins(sorted: Float64Array, cuts: readonly number[]): number[] {
  let below = 0;
  const counts = cuts.map((cut) => {
    let [low, high] = [below, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] <= cut) low = middle + 1;
      else high = middle;
    }
    const count = low - below;
    below = low;
    return count;
  });
  return [...counts, sorted.length - below];
}

/** Shares of bins, none of them 0. */
export function sharesOf(counts: readonly number[], empty: EmptyBins): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (empty === "half") return counts.map((count) => (count + 0.5) / (total + counts.length / 2));
  return counts.map((count) => Math.max(count / total, 1e-4));
}

/** The part of each bin in the population stability index: (current − reference) · log(current / reference). */
export function stabilityTerms(reference: readonly number[], current: readonly number[]): number[] {
  return reference.map((share, bin) => (current[bin] - share) * log(current[bin] / share));
}
