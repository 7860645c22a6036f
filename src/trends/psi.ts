import type { Note } from "../core/note.ts";
import { formatNumber } from "../core/numbers.ts";
import { type OptionTable, readOptions } from "../core/options.ts";
import { chiSquare } from "../numeric/distributions.ts";
import {
  type BinsOption,
  binsOption,
  countBins,
  cutsOf,
  type EmptyBins,
  emptyOption,
  sharesOf,
  stabilityTerms,
} from "./bins.ts";
import { readSamples } from "./samples.ts";
import type { SeriesInput } from "./series-input.ts";

/** Options of {@link measurePsi}. */
export interface MeasurePsiOptions {
  /** How many bins share the reference out evenly, or the inner cut points, rising; default 10. */
  readonly bins?: BinsOption | undefined;
  /**
   * What is done about empty bins, whose logarithm would be infinite. `"half"`, the default, adds half a customer to every bin: a bin that
   * happens to be empty weighs less the fewer customers there are. `"clip"` raises shares below 0.0001 to that, as many tools do.
   */
  readonly empty?: EmptyBins | undefined;
}

/** One bin. */
export interface PsiBin {
  /** Values above this; null = no bound. */
  readonly from: number | null;
  /** Values up to this; null = no bound. */
  readonly to: number | null;
  /** How many of each sample, and their shares after the rule for empty bins. */
  readonly referenceCount: number;
  /** Values of it now. */
  readonly currentCount: number;
  /** Share of the reference in it. */
  readonly referenceShare: number;
  /** Share of it now. */
  readonly currentShare: number;
  /** What the bin adds to the index. */
  readonly contribution: number;
}

/** Result of {@link measurePsi}. */
export interface PsiReport {
  /** The index: Σ (current − reference)·log(current / reference). */
  readonly psi: number;
  /** What it is on average where nothing changed: (bins − 1)·(1/n + 1/m). */
  readonly expected: number;
  /** The chance of an index at least as large where nothing changed (χ² with bins − 1 degrees of freedom). */
  readonly pValue: number;
  /** By convention: `"none"` below 0.1, `"moderate"` below 0.25, else `"large"`. */
  readonly level: "none" | "moderate" | "large";
  /** The inner cut points, to use again. */
  readonly cuts: readonly number[];
  /** One entry per bin of the reference. */
  readonly bins: readonly PsiBin[];
  /** What to know before the figure is used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measurePsi}. */
export const measurePsiOptions: OptionTable<MeasurePsiOptions> = { bins: binsOption(), empty: emptyOption() };

/**
 * Measures how far the distribution of a figure has moved since a model was fitted: the population stability index of scores or features.
 *
 * Bins come from the reference alone and are open at both ends, so that no value falls out.
 *
 * @param reference - numbers, such as the scores at the time of the fit; NaN is left out and counted.
 * @param current - numbers, alike.
 * @param options - see {@link MeasurePsiOptions}.
 * @returns the index with what it is by chance, and every bin. A note `small-samples` says that chance alone explains half of the lowest
 * threshold, `constant-reference` that the reference has one value.
 * @throws {ClienteleError} `too-few-rows` for an empty sample; `invalid-value`; `too-large`; `invalid-option`. Cost: two sorts.
 * @example
 * const scores = Array.from({ length: 1000 }, (_, i) => i / 1000);
 * measurePsi(scores, scores).psi; // 0
 * measurePsi(scores, scores.map((s) => s * 0.8)).level; // "large"
 * @see Siddiqi (2006), "Credit risk scorecards"; Yurdakul & Naranjo (2020), "Statistical properties of the population stability index".
 */
export function measurePsi(reference: SeriesInput, current: SeriesInput, options?: MeasurePsiOptions): PsiReport {
  const caller = "measurePsi";
  const { bins, empty } = readOptions(caller, measurePsiOptions, options);
  const { a, b, notes } = readSamples(caller, ["reference", "current"], reference, current);
  const cuts = cutsOf(a, bins);
  const counts = [countBins(a, cuts), countBins(b, cuts)];
  const [before, now] = counts.map((part) => sharesOf(part, empty));
  const terms = stabilityTerms(before, now);
  const psi = terms.reduce((sum, term) => sum + term, 0);
  const scale = 1 / a.length + 1 / b.length;
  const expected = cuts.length * scale;
  if (a[0] === a[a.length - 1]) {
    notes.push({
      code: "constant-reference",
      message: "The reference has one value: the bins are below, at and above it.",
    });
  }
  if (expected > 0.05) {
    notes.push({ code: "small-samples", message: `Samples this small have an index of ${formatNumber(expected)} where nothing changed: take fewer bins.` }); // prettier-ignore
  }
  return {
    psi,
    expected,
    pValue: chiSquare(cuts.length).sf(psi / scale),
    level: psi < 0.1 ? "none" : psi < 0.25 ? "moderate" : "large",
    cuts,
    bins: terms.map((contribution, bin) => ({
      from: bin === 0 ? null : cuts[bin - 1],
      to: bin === cuts.length ? null : cuts[bin],
      referenceCount: counts[0][bin],
      currentCount: counts[1][bin],
      referenceShare: before[bin],
      currentShare: now[bin],
      contribution,
    })),
    notes,
  };
}
