import type { Note } from "../core/note.ts";
import { flag, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { median } from "../numeric/quantile.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { readComplete, type StlOptions, settingsOf, stlOptions, takeApart } from "./stl.ts";

/** Options of {@link measureSeriesAnomalies}. */
export interface SeriesAnomaliesOptions {
  /** Points per season: 7 for days with a weekly rhythm; without it only the trend is expected. */
  readonly period?: number | undefined;
  /** From which score on a step is an anomaly; default 3.5. */
  readonly threshold?: number | undefined;
  /** Window over which the season may change, in seasons; default `"periodic"`: not at all, so that it cannot follow an anomaly. */
  readonly seasonal?: StlOptions["seasonal"];
  /** Window of the trend in points, odd; default: the smallest above three periods, or without a period a medium one. */
  readonly trend?: number | undefined;
  /** Whether anomalies are kept out of trend and season while they are looked for; default true. */
  readonly robust?: boolean | undefined;
}

/** A step at which a series was not what trend and season led to expect. */
export interface SeriesAnomaly {
  /** The step, from 0. */
  readonly index: number;
  /** How many robust standard deviations it lies off, > 0; higher = odder. */
  readonly score: number;
  /** What was there. */
  readonly value: number;
  /** What trend and season led to expect. */
  readonly expected: number;
  /** Whether it was more or less. */
  readonly direction: "high" | "low";
}

/** Result of {@link measureSeriesAnomalies}. */
export interface SeriesAnomaliesReport {
  /** The anomalies in the order of time. */
  readonly anomalies: readonly SeriesAnomaly[];
  /** How odd each step is, ≥ 0; NaN where there is a gap. */
  readonly scores: Float64Array;
  /** What trend and season lead to expect at each step. */
  readonly expected: Float64Array;
  /** Robust standard deviation of what is left: 1.4826 × the median distance from the median; 0 when nothing varies. */
  readonly scale: number;
  /** From which score on a step is an anomaly. */
  readonly threshold: number;
  /** Soft problems: `short-series`, `constant`, `mostly-constant`, `gaps-filled`, `empty`. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureSeriesAnomalies}. */
export const seriesAnomaliesOptions: OptionTable<SeriesAnomaliesOptions, "period" | "seasonal" | "trend"> = {
  period: integer({ min: 2, optional: true }),
  threshold: real({ above: 0, default: 3.5 }),
  seasonal: stlOptions.seasonal,
  trend: stlOptions.trend,
  robust: flag({ default: true }),
};

/**
 * Finds the days on which a series was not what its trend and season led to expect: a day without orders, a day with a crowd. For
 * whoever would otherwise look at every chart every morning.
 *
 * The remainder of a robust STL is held against its own spread (median and median distance). Of days of pure chance one to four
 * in 1,000 pass the default threshold. A new level is not an anomaly for long, since the trend follows it: see `measureChangePoints`.
 *
 * @param series - a series or a list of numbers; gaps are never anomalies.
 * @param options - see {@link SeriesAnomaliesOptions}.
 * @returns the anomalies with score, expected value and direction, and the score of every step. With less than two periods, or without
 * a period, the median takes the place of the season (and, below 8 steps, of the trend), which a note says.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` for what is no series; `too-large` beyond 1e300. Cost: a robust STL.
 * @example
 * const orders = Array.from({ length: 70 }, (_, day) => 40 + 5 * (day % 7) + ((day * 37) % 11) / 5);
 * orders[40] = 12;
 * const { anomalies } = measureSeriesAnomalies(orders, { period: 7 });
 * anomalies.map(({ index, direction, expected }) => [index, direction, Math.round(expected)]); // [[40, "low", 66]]
 * @see Iglewicz & Hoaglin (1993), "How to Detect and Handle Outliers", on the threshold.
 */
export function measureSeriesAnomalies(series: SeriesInput, options?: SeriesAnomaliesOptions): SeriesAnomaliesReport {
  const caller = "measureSeriesAnomalies";
  const { threshold, ...how } = readOptions(caller, seriesAnomaliesOptions, options);
  const given = readSeries(caller, series);
  const notes: Note[] = [];
  const n = given.length;
  const present = given.filter((x) => !Number.isNaN(x));
  if (present.length === 0) {
    notes.push({ code: "empty", message: "The series has no value: nothing can be odd." });
    return { anomalies: [], scores: given, expected: given.slice(), scale: 0, threshold, notes };
  }
  const values = readComplete(caller, series, "interpolate", notes);
  const expected = expectedOf(values, how, notes);
  const left = new Float64Array(present.length);
  for (let i = 0, k = 0; i < n; i++) if (!Number.isNaN(given[i])) left[k++] = given[i] - expected[i];
  const center = median(left);
  const scale = spreadOf(left, center, values, notes);
  const scores = new Float64Array(n).fill(NaN);
  const anomalies: SeriesAnomaly[] = [];
  for (let i = 0; i < n; i++) {
    expected[i] += center;
    if (Number.isNaN(given[i])) continue;
    const off = given[i] - expected[i];
    scores[i] = scale > 0 ? Math.abs(off) / scale : 0;
    if (!(scores[i] >= threshold)) continue;
    anomalies.push({ index: i, score: scores[i], value: given[i], expected: expected[i], direction: off > 0 ? "high" : "low" }); // prettier-ignore
  }
  return { anomalies, scores, expected, scale, threshold, notes };
}

/** Below so many steps a trend would follow whatever is odd. */
const fewestForTrend = 8;

/** Trend and season, or as much of them as the series can tell. */
function expectedOf(
  values: Float64Array,
  { period, ...how }: Omit<SeriesAnomaliesOptions, "threshold">,
  notes: Note[],
): Float64Array {
  const n = values.length;
  const hasSeason = period !== undefined && n >= 2 * period;
  if (period !== undefined && !hasSeason) {
    notes.push({ code: "short-series", message: `${n} steps are less than two periods of ${period}: no season is expected.` }); // prettier-ignore
  }
  if (hasSeason) {
    const { seasonal: window = "periodic", trend: reach = 2 * Math.floor((3 * period) / 2) + 1, robust } = how;
    const settings = settingsOf({ period, seasonal: window, trend: reach, robust }, n);
    const { trend, seasonal } = takeApart(values, settings, window === "periodic");
    return trend.map((x, i) => x + seasonal[i]);
  }
  if (n < fewestForTrend) {
    if (period === undefined) {
      notes.push({ code: "short-series", message: `${n} steps show no trend: the median is expected.` });
    }
    return new Float64Array(n).fill(median(values));
  }
  return movingMedian(values, how.trend ?? 2 * Math.floor(Math.min(n, 60) / 4) + 1);
}

/** Medians of the `window` values around each step, of fewer at the ends: a trend that single steps do not move. */
function movingMedian(values: Float64Array, window: number): Float64Array {
  const half = (window - 1) / 2;
  return values.map((_, i) => {
    const reach = Math.min(half, Math.max(i, 2), Math.max(values.length - 1 - i, 2));
    return median(values.subarray(Math.max(0, i - reach), Math.min(values.length, i + reach + 1)));
  });
}

/** Share of the largest value that rounding can make of nothing. */
const noise = 1e-12;

function spreadOf(left: Float64Array, center: number, values: Float64Array, notes: Note[]): number {
  const distances = left.map((x) => Math.abs(x - center));
  let size = 0;
  for (let i = 0; i < values.length; i++) size = Math.max(size, Math.abs(values[i]));
  const scale = 1.4826 * median(distances);
  if (scale > noise * size) return scale;
  let sum = 0;
  for (const distance of distances) sum += distance / distances.length;
  // The mean distance of normal numbers is √(2/π) of their standard deviation.
  const fallback = sum * Math.sqrt(Math.PI / 2);
  if (fallback > noise * size) {
    notes.push({ code: "mostly-constant", message: "More than half of the steps are as expected to the last digit: the mean distance is the scale." }); // prettier-ignore
    return fallback;
  }
  notes.push({ code: "constant", message: "Nothing is left beside trend and season: no step is odd." });
  return 0;
}
