import type { Note } from "../core/note.ts";
import { areaBetween } from "../numeric/two-samples.ts";
import { readSamples, spreadOf } from "./samples.ts";
import type { SeriesInput } from "./series-input.ts";

/** Result of {@link measureWasserstein}. */
export interface WassersteinReport {
  /** How far the values would have to move on average, in their unit. */
  readonly value: number;
  /** The same in standard deviations of the reference; null where the reference does not vary. */
  readonly normalized: number | null;
  /** What to know before the figure is used. */
  readonly notes: readonly Note[];
}

/**
 * Measures how far two samples are apart in the unit of the values: by how much baskets, waits or ages have moved on average.
 *
 * @param reference - numbers; NaN is left out and counted.
 * @param current - numbers, alike.
 * @returns the distance, also in standard deviations of the reference: 0.1 is what many call a drift. Samples of n and m values of one
 * normal distribution are about 1.2·√(1/n + 1/m) of them apart by chance, which is more than 0.1 below 300 each.
 * @throws {ClienteleError} `too-few-rows` for an empty sample; `invalid-value`; `too-large`. Cost: two sorts.
 * @example
 * measureWasserstein([1, 2, 3, 4], [2, 3, 4, 5]).value; // 1
 * @see Vallender (1974): the area between the distribution functions.
 */
export function measureWasserstein(reference: SeriesInput, current: SeriesInput): WassersteinReport {
  const { a, b, notes } = readSamples("measureWasserstein", ["reference", "current"], reference, current);
  const value = areaBetween(a, b);
  const spread = spreadOf(a);
  const constant = {
    code: "constant-reference",
    message: "The reference does not vary: there is no unit to normalize by.",
  };
  return { value, normalized: spread > 0 ? value / spread : null, notes: spread > 0 ? notes : [...notes, constant] };
}
