import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { type BinsOption, binsOption, countBins, cutsOf } from "./bins.ts";
import { readSamples } from "./samples.ts";
import type { SeriesInput } from "./series-input.ts";

/** Options of {@link measureJensenShannon}. */
export interface MeasureJensenShannonOptions {
  /** How many bins share the reference out evenly, or the inner cut points, rising; default 10. */
  readonly bins?: BinsOption | undefined;
}

/** Result of {@link measureJensenShannon}. */
export interface JensenShannonReport {
  /** The distance, from 0 (alike) to 1 (no bin in common): the square root of the divergence. */
  readonly value: number;
  /** The divergence in bits. */
  readonly divergence: number;
  /** The inner cut points, to use again. */
  readonly cuts: readonly number[];
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureJensenShannon}. */
export const measureJensenShannonOptions: OptionTable<MeasureJensenShannonOptions> = { bins: binsOption() };

/**
 * Measures how unlike two samples are, from 0 to 1; empty bins need no rule.
 *
 * @param reference - numbers; the bins come from here. NaN is left out and counted.
 * @param current - numbers, alike.
 * @param options - see {@link MeasureJensenShannonOptions}.
 * @returns the distance to base 2; SciPy's to base e is 0.8326 times that.
 * @throws {ClienteleError} `too-few-rows` for an empty sample; `invalid-value`; `too-large`; `invalid-option`. Cost: two sorts.
 * @example
 * measureJensenShannon([1, 1, 2, 2], [3, 3], { bins: [1.5, 2.5] }).value; // 1
 * @see Lin (1991), "Divergence measures based on the Shannon entropy"; Endres & Schindelin (2003) on the square root.
 */
export function measureJensenShannon(
  reference: SeriesInput,
  current: SeriesInput,
  options?: MeasureJensenShannonOptions,
): JensenShannonReport {
  const caller = "measureJensenShannon";
  const { bins } = readOptions(caller, measureJensenShannonOptions, options);
  const { a, b, notes } = readSamples(caller, ["reference", "current"], reference, current);
  const cuts = cutsOf(a, bins);
  const before = countBins(a, cuts).map((count) => count / a.length);
  const now = countBins(b, cuts).map((count) => count / b.length);
  const term = (share: number, mean: number): number => (share === 0 ? 0 : share * log(share / mean));
  const nats = before.reduce((sum, share, bin) => {
    const mean = (share + now[bin]) / 2;
    return sum + (term(share, mean) + term(now[bin], mean)) / 2;
  }, 0);
  const divergence = Math.min(1, Math.max(0, nats / 0.6931471805599453));
  return { value: Math.sqrt(divergence), divergence, cuts, notes };
}
