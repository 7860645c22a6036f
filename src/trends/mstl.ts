import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, flag, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { checkPeriods, readComplete, settingsOf, takeApart } from "./stl.ts";

/** Options of {@link decomposeMstl}. */
export interface MstlOptions {
  /** Points per season, one per season: 24 and 168 for hours with a daily and a weekly rhythm. */
  readonly periods: readonly number[];
  /** Window over which each season may change, odd, from the shortest season on; default 11, 15, 19, …. */
  readonly seasonal?: readonly number[] | undefined;
  /** How often all seasons are gone over; default 2. */
  readonly iterations?: number | undefined;
  /** Whether single odd points shall leave seasons and trend alone. Default false. */
  readonly robust?: boolean | undefined;
  /** `"refuse"` (default): a gap (NaN) is an error. `"interpolate"`: it lies on the line between its neighbors. */
  readonly gaps?: "refuse" | "interpolate" | undefined;
}

/** One of several seasons. */
export interface MstlSeason {
  /** Points per season. */
  readonly period: number;
  /** What comes back every period. */
  readonly seasonal: Float64Array;
  /** From 0 = none to 1: how much of what varies beside the remainder it is. */
  readonly strength: number;
}

/** Result of {@link decomposeMstl}: observed = trend + all seasons + remainder, at every step. */
export interface MstlReport {
  /** The series, gaps filled. */
  readonly observed: Float64Array;
  /** What goes up and down slowly. */
  readonly trend: Float64Array;
  /** The seasons, from the shortest to the longest. */
  readonly seasons: readonly MstlSeason[];
  /** What is left. */
  readonly remainder: Float64Array;
  /** How much each point counted in the last pass; all 1 unless robust. */
  readonly weights: Float64Array;
  /** Soft problems: `gaps-filled`. */
  readonly notes: readonly Note[];
}

const arePeriods = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 10 &&
  value.every((period) => Number.isSafeInteger(period) && period >= 2) &&
  new Set(value).size === value.length;

const areWindows = (value: unknown): boolean =>
  Array.isArray(value) && value.every((window) => Number.isSafeInteger(window) && window >= 3 && window % 2 === 1);

/** Option table of {@link decomposeMstl}. */
export const mstlOptions: OptionTable<MstlOptions, "seasonal"> = {
  periods: custom("1 to 10 different integers from 2 on", arePeriods, [[], [1], [7, 7], [2.5], 7, null, "7"]),
  seasonal: custom("odd integers from 3 on, one per season", areWindows, [[4], [1], 7, "7", null], { optional: true }),
  iterations: integer({ min: 1, max: 100, default: 2 }),
  robust: flag({ default: false }),
  gaps: oneOf(["refuse", "interpolate"], { default: "refuse" }),
};

/**
 * Takes a series with several seasons apart (MSTL): hours with days and weeks, days with weeks and years.
 *
 * One season after the other, from the shortest on, is learned by STL from what the others leave, and all of them again.
 *
 * @param series - a series or a list of numbers; at least two of the longest periods.
 * @param options - see {@link MstlOptions}.
 * @returns the parts, which add up, and Hyndman's strength of each season.
 * @throws {ClienteleError} `too-few-rows` below two periods; `invalid-value` at the first gap, unless `gaps` says otherwise;
 * `invalid-option`; `too-large` beyond 1e300. Cost: that of STL, per season and iteration.
 * @example
 * const calls = Array.from({ length: 336 }, (_, hour) => 50 + 10 * Math.sin((2 * Math.PI * hour) / 24) + (hour % 168 < 120 ? 5 : 0));
 * const { seasons, trend } = decomposeMstl(calls, { periods: [24, 168] });
 * seasons.map(({ period }) => period); // [24, 168]
 * trend.length; // 336
 * @see Bandara, Hyndman & Bergmeir (2021), "MSTL: a seasonal-trend decomposition algorithm for time series with multiple seasonal patterns".
 */
export function decomposeMstl(series: SeriesInput, options: MstlOptions): MstlReport {
  const caller = "decomposeMstl";
  const read = readOptions(caller, mstlOptions, options);
  const periods = [...read.periods].sort((a, b) => a - b);
  const windows = read.seasonal ?? periods.map((_, i) => 11 + 4 * i);
  if (windows.length !== periods.length) {
    refuse(caller, "invalid-option", "options.seasonal", `${periods.length} windows, one per season`, describeValue(windows)); // prettier-ignore
  }
  const notes: Note[] = [];
  const observed = readComplete(caller, readSeries(caller, series), read.gaps, notes);
  checkPeriods(caller, observed, periods[periods.length - 1]);
  const n = observed.length;
  const rest = observed.slice();
  const seasons: Float64Array[] = periods.map(() => new Float64Array(n));
  let last: Pick<MstlReport, "trend" | "weights"> = {
    trend: new Float64Array(n),
    weights: new Float64Array(n).fill(1),
  };
  const rounds = periods.length === 1 ? 1 : read.iterations;
  for (let round = 0; round < rounds; round++) {
    for (let s = 0; s < periods.length; s++) {
      for (let i = 0; i < n; i++) rest[i] += seasons[s][i];
      const settings = settingsOf({ period: periods[s], seasonal: windows[s], robust: read.robust }, n);
      const parts = takeApart(rest, settings, false);
      seasons[s] = parts.seasonal;
      for (let i = 0; i < n; i++) rest[i] -= seasons[s][i];
      last = parts;
    }
  }
  const { trend } = last;
  const remainder = rest.map((value, i) => value - trend[i]);
  // What rounding leaves of a series that does not vary.
  const largest = observed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const noise = n * (1e-12 * largest) * (1e-12 * largest);
  return {
    observed,
    trend,
    seasons: periods.map((period, s) => ({
      period,
      seasonal: seasons[s],
      strength: strengthOf(seasons[s], remainder, noise),
    })),
    remainder,
    weights: last.weights,
    notes,
  };
}

/** 1 less the share of the variance of season and remainder that is the remainder's, at least 0. */
function strengthOf(seasonal: Float64Array, remainder: Float64Array, noise: number): number {
  const both = varianceOf(seasonal.map((value, i) => value + remainder[i]));
  return both > noise ? Math.max(0, 1 - varianceOf(remainder) / both) : 0;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
}
