import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { exactGapChance, largestGap, limitGapChance } from "../numeric/two-samples.ts";
import { readSamples } from "./samples.ts";
import type { SeriesInput } from "./series-input.ts";

/** Options of {@link testKs}. */
export interface TestKsOptions {
  /** How the p-value is found. Default `"auto"`: exact where the product of both sizes is at most a million. */
  readonly method?: "auto" | "exact" | "asymptotic" | undefined;
  /**
   * What the exact p-value does about equal values. `"cautious"`, the default, counts as if nothing were tied, as SciPy: too large rather than
   * too small. `"exact"` counts the orders that the ties allow, as R from 4.3 on.
   */
  readonly ties?: "cautious" | "exact" | undefined;
}

/** Result of {@link testKs}. */
export interface KsReport {
  /** The largest distance of the two empirical distributions, from 0 to 1: by as many more percent one sample is below some value. */
  readonly statistic: number;
  /** The chance of a distance at least as large if both samples come from one distribution. */
  readonly pValue: number;
  /** The value at which the distance is largest. */
  readonly at: number;
  /** Which sample lies lower there; null where they do not differ. */
  readonly lower: "a" | "b" | null;
  /** Values of each sample. */
  readonly n: number;
  /** Values of the second sample. */
  readonly m: number;
  /** How the p-value was computed. */
  readonly method: "exact" | "asymptotic";
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link testKs}. */
export const testKsOptions: OptionTable<TestKsOptions> = {
  method: oneOf(["auto", "exact", "asymptotic"], { default: "auto" }),
  ties: oneOf(["cautious", "exact"], { default: "cautious" }),
};

/** Up to so many cells the exact count takes milliseconds; up to the second, about a second. */
const [quickCells, mostCells] = [1e6, 1e8];

/**
 * Tests whether two samples can come from one distribution: are this month's basket values like last month's? Any difference counts, of
 * level, spread or shape.
 *
 * @param a - numbers; NaN is left out and counted.
 * @param b - numbers, alike.
 * @param options - see {@link TestKsOptions}.
 * @returns the largest distance and its p-value; a note `ties` where equal values make the p-value cautious.
 * @throws {ClienteleError} `too-few-rows` for an empty sample; `too-large` for `"exact"` beyond 10⁸ pairs; `invalid-value`. Cost: two sorts,
 * and n · m if exact.
 * @example
 * const { statistic, pValue } = testKs([1, 2, 3, 4, 5], [4, 5.5, 6, 7, 8]);
 * statistic; // 0.8
 * pValue; // 0.0794
 * @see Smirnov (1939); Hodges (1958) for the exact distribution; Vrbik (2018) for the corrected limit.
 */
export function testKs(a: SeriesInput, b: SeriesInput, options?: TestKsOptions): KsReport {
  const caller = "testKs";
  const { method, ties } = readOptions(caller, testKsOptions, options);
  const pair = readSamples(caller, ["a", "b"], a, b);
  const [n, m] = [pair.a.length, pair.b.length];
  const gap = largestGap(pair.a, pair.b);
  if (method === "exact" && n * m > mostCells) {
    refuse(caller, "too-large", "options.method", `"asymptotic" where n · m is above ${mostCells}`, "exact");
  }
  const isExact = method === "exact" || (method === "auto" && n * m <= quickCells);
  const notes = [...pair.notes];
  if (gap.tied && !(isExact && ties === "exact")) {
    notes.push({
      code: "ties",
      message: "Some values are equal: the p-value is cautious, too large rather than too small.",
    });
  }
  return {
    statistic: gap.statistic,
    pValue: isExact ? exactGapChance(n, m, gap.scaled, ties === "exact" ? gap.ends : undefined) : limitGapChance(n, m, gap.statistic), // prettier-ignore
    at: gap.at + 0,
    lower: gap.sign === 0 ? null : gap.sign > 0 ? "a" : "b",
    n,
    m,
    method: isExact ? "exact" : "asymptotic",
    notes,
  };
}
