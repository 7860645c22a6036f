import { describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { normal, studentT } from "../numeric/distributions.ts";
import { median } from "../numeric/quantile.ts";
import { medianSlope, signTrend } from "../numeric/rank-trend.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { readComplete, settingsOf, takeApart } from "./stl.ts";

/** A series with a name: one of `seriesBySegment(…).segments`, or any other. */
export interface NamedSeries {
  /** Name for people. */
  readonly name: string;
  /** Numbers over time. */
  readonly series: SeriesInput;
}

/** Options of {@link measureTrends}. */
export interface TrendsOptions {
  /**
   * How the slope is found. `"theil-sen"` (default): the median slope of all pairs, which odd days do not move. `"ols"`: least
   * squares, whose interval allows for neighbors that go together (Newey and West).
   */
  readonly method?: "theil-sen" | "ols" | undefined;
  /** Points per season: the season is taken out first, where a series has two of them. */
  readonly period?: number | undefined;
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
  /** From which adjusted p-value on a trend is not believed; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Where one series goes. */
export interface SegmentTrend {
  /** Name for people. */
  readonly name: string;
  /** Number of its steps with a value. */
  readonly steps: number;
  /** Mean of its values; null without any. */
  readonly mean: number | null;
  /** Change per step; null with fewer than 3 values. */
  readonly slope: number | null;
  /** Interval of the slope. */
  readonly interval: readonly [number, number] | null;
  /** Where the line begins, at step 0. */
  readonly intercept: number | null;
  /** Slope per step as a share of the mean; null where the mean is not above 0. */
  readonly relative: number | null;
  /** Mann–Kendall's S: pairs of steps that rise less pairs that fall. */
  readonly s: number;
  /** Kendall's τ-b, from −1 = always down to 1 = always up. */
  readonly tau: number;
  /** S in standard deviations, corrected for continuity. */
  readonly z: number;
  /** Of Mann–Kendall's test, both sides; null with fewer than 3 values, 1 where all are equal. */
  readonly pValue: number | null;
  /** The same, for the number of series asked about (Benjamini–Hochberg). */
  readonly adjustedPValue: number | null;
  /** `"up"` or `"down"` where the adjusted p-value is below alpha, else `"none"`. */
  readonly direction: "up" | "down" | "none";
  /** Soft problems: `short-series`, `gaps`, `constant`, `autocorrelated`, `no-season`. */
  readonly notes: readonly Note[];
}

/** Result of {@link measureTrends}. */
export interface TrendsReport {
  /** One entry per series, in their order. */
  readonly segments: readonly SegmentTrend[];
  /** How slopes were found. */
  readonly method: "theil-sen" | "ols";
  /** Confidence of the intervals. */
  readonly level: number;
  /** From which adjusted p-value on a trend is not believed. */
  readonly alpha: number;
}

/** Option table of {@link measureTrends}. */
export const trendsOptions: OptionTable<TrendsOptions, "period"> = {
  method: oneOf(["theil-sen", "ols"], { default: "theil-sen" }),
  period: integer({ min: 2, optional: true }),
  level: real({ above: 0, below: 1, default: 0.95 }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** Slopes of all pairs of more steps take more than 64 MB. */
const mostForPairs = 4000;
const fewest = 3;

/**
 * Says which segments grow and which shrink, by how much a step, and which only seem to: of twenty segments one "falls" by chance.
 *
 * Mann–Kendall's test asks whether later values tend to be higher, of any distribution; Benjamini and Hochberg's adjustment allows for the
 * number of segments. Both take steps as independent: take the season out (`period`), use weeks rather than days, and mind the note
 * `autocorrelated`.
 *
 * @param list - series with names, for example `seriesBySegment(log, …).segments`; they may differ in length.
 * @param options - see {@link TrendsOptions}.
 * @returns slope with interval, Mann–Kendall's test, and the verdict for each.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` for what is no list of series; `too-large` beyond 4,000 steps with
 * `"theil-sen"`, or a size beyond 1e300. Cost: the square of the steps, with `"ols"` a sort.
 * @example
 * const up = Array.from({ length: 20 }, (_, week) => 50 + 2 * week + ((week * 7) % 5));
 * const level = Array.from({ length: 20 }, (_, week) => 80 + ((week * 7) % 5));
 * const { segments } = measureTrends([{ name: "New", series: up }, { name: "Loyal", series: level }]);
 * segments.map(({ name, slope, direction }) => [name, slope, direction]); // [["New", 2.0, "up"], ["Loyal", 0.0, "none"]]
 * @see Mann (1945); Kendall (1975); Sen (1968); Newey & West (1987); Benjamini & Hochberg (1995).
 */
export function measureTrends(list: readonly NamedSeries[], options?: TrendsOptions): TrendsReport {
  const caller = "measureTrends";
  const read = readOptions(caller, trendsOptions, options);
  const given: unknown = list;
  if (!isList(given)) refuse(caller, "shape-mismatch", "list", "a list of series with names", describeValue(given));
  const trends = Array.from(list, (named, k) => trendOf(caller, named, `list[${k}]`, read));
  const pValues = adjusted(trends.map(({ pValue }) => pValue), "bh"); // prettier-ignore
  const { method, level, alpha } = read;
  const segments = trends.map((trend, k): SegmentTrend => {
    const adjustedPValue = pValues[k];
    const isReal = adjustedPValue !== null && adjustedPValue < alpha;
    return { ...trend, adjustedPValue, direction: isReal ? (trend.s > 0 ? "up" : "down") : "none" };
  });
  return { segments, method, level, alpha };
}

type Unadjusted = Omit<SegmentTrend, "adjustedPValue" | "direction">;

function trendOf(
  caller: string,
  named: NamedSeries,
  path: string,
  { method, period, level }: { method: "theil-sen" | "ols"; period: number | undefined; level: number },
): Unadjusted {
  const name: unknown = (named as NamedSeries | null)?.name;
  if (typeof name !== "string") refuse(caller, "shape-mismatch", path, "a name and a series", describeValue(named));
  const series = readSeries(caller, named.series, `${path}.series`);
  const notes: Note[] = [];
  const steps = Int32Array.from(series.keys()).filter((i) => !Number.isNaN(series[i]));
  const n = steps.length;
  if (n < series.length) notes.push({ code: "gaps", message: `${series.length - n} gaps were passed over.` });
  const values = deseasoned(caller, series, steps, period, notes, `${path}.series`);
  const mean = n === 0 ? null : values.reduce((sum, x) => sum + x / n, 0);
  const empty = { name, steps: n, mean, slope: null, interval: null, intercept: null, relative: null };
  if (n < fewest) {
    notes.push({ code: "short-series", message: `${n} values show no trend.` });
    return { ...empty, s: 0, tau: 0, z: 0, pValue: null, notes };
  }
  if (method === "theil-sen" && n > mostForPairs) {
    refuse(
      caller,
      "too-large",
      `${path}.series`,
      `at most ${mostForPairs} values, or options.method be "ols"`,
      String(n),
    );
  }
  const { s, variance, tau } = signTrend(values);
  if (variance === 0) notes.push({ code: "constant", message: "All values are equal." });
  // One pair less on either side: S moves in steps of 2.
  const z = variance === 0 || s === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  const line =
    method === "ols"
      ? leastSquares(steps, values, level)
      : theilSen(steps, values, variance, normal.upperQuantile((1 - level) / 2));
  noteAutocorrelation(steps, values, line, notes);
  const relative = mean !== null && mean > 0 ? line.slope / mean : null;
  return { ...empty, ...line, relative, s, tau, z, pValue: Math.min(1, 2 * normal.sf(Math.abs(z))), notes };
}

interface Line {
  readonly slope: number;
  readonly interval: readonly [number, number];
  readonly intercept: number;
}

function theilSen(steps: Int32Array, values: Float64Array, variance: number, z: number): Line {
  const { slope, interval } = medianSlope(steps, values, variance, z);
  return { slope, interval, intercept: median(values) - slope * median(steps) };
}

/** A line by least squares; its variance sums up products of neighbors with falling weights. */
function leastSquares(steps: Int32Array, values: Float64Array, level: number): Line {
  const n = values.length;
  let [center, mean] = [0, 0];
  for (let i = 0; i < n; i++) {
    center += steps[i] / n;
    mean += values[i] / n;
  }
  let [squares, products] = [0, 0];
  for (let i = 0; i < n; i++) {
    squares += (steps[i] - center) * (steps[i] - center);
    products += (steps[i] - center) * (values[i] - mean);
  }
  const slope = products / squares;
  const scores = values.map((x, i) => (steps[i] - center) * (x - mean - slope * (steps[i] - center)));
  const lags = lagsFor(n);
  let sum = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let product = 0;
    for (let i = lag; i < n; i++) product += scores[i] * scores[i - lag];
    sum += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * product;
  }
  const error = Math.sqrt(Math.max(0, (sum * n) / (n - 2))) / squares;
  const room = error === 0 ? 0 : studentT(n - 2).upperQuantile((1 - level) / 2) * error;
  return { slope, interval: [slope - room, slope + room], intercept: mean - slope * center };
}

/** Newey and West's rule of thumb: ⌊4 (n / 100)^(2/9)⌋. */
function lagsFor(n: number): number {
  // (lag / 4)⁹ ≤ (n / 100)² without a root: whole numbers stay exact.
  const share = (n / 100) * (n / 100);
  let lags = 0;
  while (ninthPower((lags + 1) / 4) <= share) lags++;
  return Math.min(lags, n - 2);
}

function ninthPower(x: number): number {
  const cube = x * x * x;
  return cube * cube * cube;
}

/** Neighbors that go together make chance look like a trend. */
function noteAutocorrelation(steps: Int32Array, values: Float64Array, { slope, intercept }: Line, notes: Note[]): void {
  const n = values.length;
  const left = values.map((x, i) => x - intercept - slope * steps[i]);
  const mean = left.reduce((sum, x) => sum + x / n, 0);
  let [products, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    squares += (left[i] - mean) * (left[i] - mean);
    if (i > 0) products += (left[i] - mean) * (left[i - 1] - mean);
  }
  if (!(n >= 10 && products > (2 / Math.sqrt(n)) * squares)) return;
  const correlation = Math.round((100 * products) / squares) / 100;
  notes.push({ code: "autocorrelated", message: `Neighbors go together (correlation ${correlation}): the p-value is too small.` }); // prettier-ignore
}

function deseasoned(
  caller: string,
  series: Float64Array,
  steps: Int32Array,
  period: number | undefined,
  notes: Note[],
  path: string,
): Float64Array {
  const present = Float64Array.from(steps, (i) => series[i]);
  const tooLarge = present.findIndex((x) => Math.abs(x) > 1e300);
  if (tooLarge >= 0) refuse(caller, "too-large", `${path}[${steps[tooLarge]}]`, "a size up to 1e300", "more");
  if (period === undefined || steps.length === 0) return present;
  if (series.length < 2 * period) {
    notes.push({
      code: "no-season",
      message: `${series.length} steps are less than two periods: the season is left in.`,
    });
    return present;
  }
  const filled = readComplete(caller, series, "interpolate", []);
  const { seasonal } = takeApart(filled, settingsOf({ period, robust: true, seasonal: "periodic" }, filled.length), true); // prettier-ignore
  return Float64Array.from(steps, (i) => filled[i] - seasonal[i]);
}
