import type { Accumulator } from "../core/accumulate.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { custom, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp, log } from "./elementary.ts";
import { rankOf } from "./quantile.ts";

/** Options of {@link quantileSketch}. */
export interface QuantileSketchOptions {
  /** Shares in [0, 1] to read quantiles at, in any order; default 0.05, 0.25, 0.5, 0.75 and 0.95. */
  readonly shares?: readonly number[] | undefined;
  /** How far a quantile may be from the exact one, as a share of it: 0.0001 to 0.5; default 0.01. */
  readonly relativeAccuracy?: number | undefined;
  /**
   * Most bins for the values above 0, and for those below; default 4096, enough for a factor of 10³⁵ between the largest
   * value and the smallest at an accuracy of 1 %. Beyond it the values nearest 0 share a bin.
   */
  readonly maxBins?: number | undefined;
}

/** Option table of {@link quantileSketch}. */
export const quantileSketchOptions: OptionTable<QuantileSketchOptions> = {
  shares: custom(
    "a non-empty list of shares in [0, 1]",
    isShares,
    [[], [2], [-0.1], [NaN], ["1"], "a", 0.5, null, {}],
    {
      default: [0.05, 0.25, 0.5, 0.75, 0.95],
    },
  ),
  relativeAccuracy: real({ min: 0.0001, max: 0.5, default: 0.01 }),
  maxBins: integer({ min: 16, max: 1_000_000, default: 4096 }),
};

function isShares(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((share) => Number.isFinite(share) && (share as number) >= 0 && (share as number) <= 1);
}

/** Values of one sign, counted by magnitude: bin `lowest + i` holds `counts[i]` of them. */
export interface SketchBins {
  /** Number of the first bin in `counts`. */
  lowest: number;
  /** Values per bin. */
  counts: number[];
  /** How many values of the first bin are nearer to 0 than it reaches. */
  collapsed: number;
}

/** State of {@link quantileSketch}: what any number of inputs leaves behind. */
export interface QuantileSketchState {
  /** Accuracy that the bins were made for; states of different accuracies do not merge. */
  relativeAccuracy: number;
  /** Most bins per sign. */
  maxBins: number;
  /** Number of inputs. */
  count: number;
  /** Inputs that are 0, or too near to 0 to be told from it. */
  zeros: number;
  /** The least input; null of none. */
  min: number | null;
  /** The greatest input; null of none. */
  max: number | null;
  /** Inputs above 0. */
  positive: SketchBins;
  /** Inputs below 0, by their size. */
  negative: SketchBins;
}

/** Result of {@link quantileSketch}. */
export interface QuantileSketch {
  /** Number of inputs. */
  readonly count: number;
  /** The least input, exact; null of none. */
  readonly min: number | null;
  /** The greatest input, exact; null of none. */
  readonly max: number | null;
  /** One quantile per share; null of no input. */
  readonly quantiles: readonly (number | null)[];
  /** Inputs whose quantiles may be farther off than the accuracy, for want of bins: those nearest 0. */
  readonly collapsed: number;
}

/** Below this size doubles lose digits, so that no relative accuracy could be kept. */
const smallest = 2 ** -1022;

/**
 * Quantiles of any number of values in one pass and a few kilobytes, mergeable, each within a stated share of the exact one.
 *
 * Values are counted in bins whose bounds grow by the factor (1 + accuracy) / (1 − accuracy). The quantile at share p is the
 * value at position ⌊p · (n − 1)⌋ from below, without interpolation; the estimate is off by at most `relativeAccuracy` of it
 * (and rounding), for negative values too. The ends are exact. Merging adds counts, so the result does not depend on how
 * the inputs were split or ordered. Sizes below 2.2e-308 count as 0.
 *
 * @param options - see {@link QuantileSketchOptions}.
 * @returns an accumulator of finite numbers; `add` and `merge` refuse a state of another accuracy or number of bins.
 * @throws {ClienteleError} `invalid-value` for an input that is not finite; `incompatible-model` for a state that does not fit.
 * @example
 * const spend = quantileSketch({ shares: [0.5, 1] });
 * run(spend, Array.from({ length: 999 }, (_, i) => i + 1)).quantiles; // [497.8, 999]
 * @see Masson, Rim & Lee (2019), "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees".
 * Cost: one logarithm an input; state and merge are bounded by `maxBins`.
 */
export function quantileSketch(
  options?: QuantileSketchOptions,
): Accumulator<number, QuantileSketchState, QuantileSketch> {
  const read = readOptions("quantileSketch", quantileSketchOptions, options);
  const shares = [...read.shares];
  const { relativeAccuracy, maxBins } = read;
  const step = log((1 + relativeAccuracy) / (1 - relativeAccuracy));
  // The point of a bin that is as far, relatively, from its upper bound as from its lower one.
  const inside = log(1 - relativeAccuracy);
  const check = (state: QuantileSketchState): void => {
    if (state?.relativeAccuracy === relativeAccuracy && state.maxBins === maxBins) return;
    const expected = "one of the accumulator's accuracy and number of bins";
    refuse("quantileSketch", "incompatible-model", "state", expected, describeValue(state));
  };
  return {
    init: () => ({
      relativeAccuracy,
      maxBins,
      count: 0,
      zeros: 0,
      min: null,
      max: null,
      positive: { lowest: 0, counts: [], collapsed: 0 },
      negative: { lowest: 0, counts: [], collapsed: 0 },
    }),
    add(state, x) {
      if (typeof x !== "number" || !Number.isFinite(x)) {
        refuse("quantileSketch", "invalid-value", "input", "a finite number", describeCell(x));
      }
      check(state);
      const size = Math.abs(x);
      if (size < smallest) state.zeros++;
      else count(x > 0 ? state.positive : state.negative, Math.ceil(log(size) / step), 1, maxBins);
      state.count++;
      // Adding 0 turns −0, which JSON cannot carry, into 0.
      state.min = least(state.min, x + 0);
      state.max = greatest(state.max, x + 0);
      return state;
    },
    merge(a, b) {
      check(a);
      check(b);
      return {
        relativeAccuracy,
        maxBins,
        count: a.count + b.count,
        zeros: a.zeros + b.zeros,
        min: b.min === null ? a.min : least(a.min, b.min),
        max: b.max === null ? a.max : greatest(a.max, b.max),
        positive: mergeBins(a.positive, b.positive, maxBins),
        negative: mergeBins(a.negative, b.negative, maxBins),
      };
    },
    finish(state) {
      check(state);
      return {
        count: state.count,
        min: state.min,
        max: state.max,
        quantiles: shares.map((share) => quantileAt(state, share, (bin) => exp(bin * step + inside))),
        collapsed: state.positive.collapsed + state.negative.collapsed,
      };
    },
  };
}

function least(a: number | null, b: number): number {
  return a === null || b < a ? b : a;
}

function greatest(a: number | null, b: number): number {
  return a === null || b > a ? b : a;
}

/** Counts values of one bin; makes room for it, and gives up the bins nearest 0 where there would be too many. */
function count(bins: SketchBins, bin: number, values: number, maxBins: number): void {
  const { counts } = bins;
  if (counts.length === 0) bins.lowest = bin;
  const highest = Math.max(bins.lowest + counts.length - 1, bin);
  // The first bin depends on the greatest value alone, so any order of the inputs collapses the same ones.
  const floor = highest - maxBins + 1;
  if (bins.lowest < floor) collapse(bins, floor);
  if (bin < floor) bins.collapsed += values;
  const target = Math.max(bin, floor);
  if (target < bins.lowest) {
    bins.counts = [...new Array<number>(bins.lowest - target).fill(0), ...counts];
    bins.lowest = target;
  }
  while (bins.counts.length <= target - bins.lowest) bins.counts.push(0);
  bins.counts[target - bins.lowest] += values;
}

/** Moves all values below a bin into it; they are then the collapsed ones. */
function collapse(bins: SketchBins, floor: number): void {
  const below = bins.counts.splice(0, floor - bins.lowest);
  bins.collapsed = below.reduce((sum, values) => sum + values, 0);
  if (bins.counts.length === 0) bins.counts.push(0);
  bins.counts[0] += bins.collapsed;
  bins.lowest = floor;
}

function mergeBins(a: SketchBins, b: SketchBins, maxBins: number): SketchBins {
  const merged: SketchBins = { ...a, counts: [...a.counts] };
  // From the top down, so that the first bin is final at once.
  for (let i = b.counts.length - 1; i >= 0; i--) {
    if (b.counts[i] > 0) count(merged, b.lowest + i, b.counts[i], maxBins);
  }
  // What b had collapsed stays so where its first bin is the merged one's too; below that, all of it was counted above.
  if (b.collapsed > 0 && b.lowest === merged.lowest) merged.collapsed += b.collapsed;
  return merged;
}

/** The value of the bin that holds the wanted position; negative bins first, from the greatest size down. */
function quantileAt(state: QuantileSketchState, share: number, sizeOf: (bin: number) => number): number | null {
  const { min, max, positive, negative } = state;
  if (min === null || max === null) return null;
  const position = rankOf(state.count, share);
  if (position === 0) return min;
  if (position === state.count - 1) return max;
  const within = (value: number): number => Math.min(Math.max(value, min), max);
  let before = 0;
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    before += negative.counts[i];
    if (before > position) return within(-sizeOf(negative.lowest + i));
  }
  before += state.zeros;
  if (before > position) return 0;
  for (let i = 0; i < positive.counts.length; i++) {
    before += positive.counts[i];
    if (before > position) return within(sizeOf(positive.lowest + i));
  }
  return max;
}
