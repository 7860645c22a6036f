import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, flag, integer, oneOf, type OptionSpec, type OptionTable, readOptions } from "../core/options.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { stlOf, type StlSettings } from "./stl-steps.ts";

/** Options of {@link decomposeStl}. Windows are odd numbers of points, as Cleveland has them. */
export interface StlOptions {
  /** Points per season: 7 for days with a weekly rhythm, 12 for months. */
  readonly period: number;
  /**
   * Window over which the season may change, in seasons; default 7. `"periodic"`: it does not change, so every season is alike
   * (local constants over a window of 10 n + 1, then the mean of each place in the season, as R has it).
   */
  readonly seasonal?: number | "periodic" | undefined;
  /** Window of the trend; default: the smallest odd number ≥ 1.5 period / (1 − 1.5 / seasonal). */
  readonly trend?: number | undefined;
  /** Window that keeps the trend out of the season; default: the smallest odd number above the period (R: not below). */
  readonly lowPass?: number | undefined;
  /** Local constants (0) or lines (1) for the season; default 1, of `"periodic"` 0. */
  readonly seasonalDegree?: 0 | 1 | undefined;
  /** The same for the trend; default 1. */
  readonly trendDegree?: 0 | 1 | undefined;
  /** The same for the low-pass filter; default 1. */
  readonly lowPassDegree?: 0 | 1 | undefined;
  /** Fit every so many points and draw lines between; default 1, of `"periodic"` a tenth of the window (R: of every window). */
  readonly seasonalJump?: number | undefined;
  /** The same for the trend; default 1. */
  readonly trendJump?: number | undefined;
  /** The same for the low-pass filter; default 1. */
  readonly lowPassJump?: number | undefined;
  /** Passes between season and trend; default 5, robust 2 (R: 2 and 1). */
  readonly innerIterations?: number | undefined;
  /** Passes that weigh down odd points; default 0, robust 15. */
  readonly outerIterations?: number | undefined;
  /** Whether single odd days shall leave season and trend alone: sets the defaults of the passes. Default false. */
  readonly robust?: boolean | undefined;
  /** `"refuse"` (default): a gap (NaN) is an error. `"interpolate"`: it lies on the line between its neighbors; a note counts them. */
  readonly gaps?: "refuse" | "interpolate" | undefined;
}

/** Result of {@link decomposeStl}: observed = trend + seasonal + remainder, at every step. */
export interface StlReport {
  /** The series, gaps filled. */
  readonly observed: Float64Array;
  /** What goes up and down slowly. */
  readonly trend: Float64Array;
  /** What comes back every period. */
  readonly seasonal: Float64Array;
  /** What is left. */
  readonly remainder: Float64Array;
  /** How much each point counted in the last pass, from 0 = not to 1; all 1 unless robust. */
  readonly weights: Float64Array;
  /** From 0 = none to 1: how much of what varies beside the remainder is trend, and is season. */
  readonly strength: {
    /** Of the trend, from 0 to 1. */
    readonly trend: number;
    /** Of the season, from 0 to 1. */
    readonly seasonal: number;
  };
  /** Points per season. */
  readonly period: number;
  /** The settings that were used, for another program or a report. */
  readonly settings: StlSettings;
  /** Soft problems: `gaps-filled`. */
  readonly notes: readonly Note[];
}

const isWindow = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 3 && Number(value) % 2 === 1;

const window = (): OptionSpec<number> =>
  custom("an odd integer from 3 on", isWindow, [1, 2, 4, 3.5, -3, NaN, "7", null, {}], { optional: true });

const degree = (): OptionSpec<0 | 1> =>
  custom("0 or 1", (value) => value === 0 || value === 1, [2, -1, 0.5, "1", true, null], { optional: true });

/** Options that have a default that depends on others. */
type Dependent =
  | ("seasonal" | "trend" | "lowPass" | "seasonalDegree" | "trendDegree" | "lowPassDegree")
  | ("seasonalJump" | "trendJump" | "lowPassJump" | "innerIterations" | "outerIterations");

/** Option table of {@link decomposeStl}. */
export const stlOptions: OptionTable<StlOptions, Dependent> = {
  period: integer({ min: 2 }),
  seasonal: custom(
    'an odd integer from 3 on or "periodic"',
    (value) => value === "periodic" || isWindow(value),
    [1, 2, 8, 7.5, NaN, "7", "per", null, {}],
    { optional: true },
  ),
  trend: window(),
  lowPass: window(),
  seasonalDegree: degree(),
  trendDegree: degree(),
  lowPassDegree: degree(),
  seasonalJump: integer({ min: 1, optional: true }),
  trendJump: integer({ min: 1, optional: true }),
  lowPassJump: integer({ min: 1, optional: true }),
  innerIterations: integer({ min: 1, max: 1000, optional: true }),
  outerIterations: integer({ min: 0, max: 1000, optional: true }),
  robust: flag({ default: false }),
  gaps: oneOf(["refuse", "interpolate"], { default: "refuse" }),
};

/**
 * Takes a series apart into trend, season and remainder (STL), so that a Saturday is compared with Saturdays and a rise is not the
 * spring: for whoever must say whether sales changed or only came round again.
 *
 * Defaults are those of statsmodels; every setting of Cleveland's program can be given, and then R's `stl` is met too.
 *
 * @param series - a series or a list of numbers; at least two periods.
 * @param options - see {@link StlOptions}.
 * @returns the parts, which add up; Hyndman's strengths of trend and season, from 0 to 1. A constant series has strengths 0.
 * @throws {ClienteleError} `too-few-rows` below two periods; `invalid-value` at the first gap, unless `gaps` says otherwise;
 * `invalid-option` for an even window; `degenerate-data` for gaps alone; `too-large` beyond 1e300. Cost: inner passes × points × windows.
 * @example
 * const week = [0, 0, 0, 0, 5, 9, -4];
 * const sales = Array.from({ length: 70 }, (_, day) => 100 + day + week[day % 7]);
 * const { trend, seasonal, strength } = decomposeStl(sales, { period: 7, seasonal: "periodic" });
 * [seasonal[5] - seasonal[6], trend[35] - trend[28]]; // [13.00, 7.00]
 * strength; // { trend: 1.000, seasonal: 1.000 }
 * @see Cleveland, Cleveland, McRae & Terpenning (1990), "STL"; Wang, Smith & Hyndman (2006) on strengths.
 */
export function decomposeStl(series: SeriesInput, options: StlOptions): StlReport {
  const caller = "decomposeStl";
  const read = readOptions(caller, stlOptions, options);
  const notes: Note[] = [];
  const observed = readComplete(caller, series, read.gaps, notes);
  checkPeriods(caller, observed, read.period);
  if (read.seasonal === "periodic" && read.seasonalDegree === 1) {
    refuse(caller, "invalid-option", "options.seasonalDegree", '0 where seasonal is "periodic"', "1");
  }
  const settings = settingsOf(read, observed.length);
  return { ...takeApart(observed, settings, read.seasonal === "periodic"), period: read.period, settings, notes };
}

/** Takes numbers without gaps apart and measures how strong the parts are. */
export function takeApart(
  observed: Float64Array,
  settings: StlSettings,
  periodic: boolean,
): Omit<StlReport, "period" | "settings" | "notes"> {
  // Squares of numbers beyond 1e150 overflow, those below 1e-150 vanish; a power of two changes no digit.
  const scale = scaleOf(observed);
  const { seasonal, trend, weights } = stlOf(scale === 1 ? observed : observed.map((x) => x * scale), settings);
  if (periodic) averageCycles(seasonal, settings.period);
  const n = observed.length;
  const remainder = new Float64Array(n);
  for (let i = 0; i < n; i++) remainder[i] = observed[i] * scale - seasonal[i] - trend[i];
  const strength = { trend: strengthOf(trend, remainder, observed, scale), seasonal: strengthOf(seasonal, remainder, observed, scale) }; // prettier-ignore
  if (scale !== 1) {
    for (const part of [seasonal, trend, remainder]) for (let i = 0; i < n; i++) part[i] /= scale;
  }
  return { observed, trend, seasonal, remainder, weights, strength };
}

/** Reads a series whose every point is there, or is put on the line between its neighbors. */
export function readComplete(
  caller: string,
  series: SeriesInput,
  gaps: "refuse" | "interpolate",
  notes: Note[],
): Float64Array {
  const values = readSeries(caller, series);
  let filled = 0;
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) > 1e300) refuse(caller, "too-large", `series[${i}]`, "a size up to 1e300", "more");
    if (Number.isNaN(values[i])) {
      if (gaps === "refuse")
        refuse(caller, "invalid-value", `series[${i}]`, "a number, or options.gaps be given", "NaN");
      filled++;
      continue;
    }
    for (let gap = last + 1; gap < i; gap++) {
      values[gap] = last < 0 ? values[i] : values[last] + ((values[i] - values[last]) * (gap - last)) / (i - last);
    }
    last = i;
  }
  if (filled > 0 && last < 0) refuse(caller, "degenerate-data", "series", "at least one number", "gaps only");
  for (let gap = last + 1; gap < values.length; gap++) values[gap] = values[last];
  if (filled > 0) notes.push({ code: "gaps-filled", message: `${filled} gaps were filled by interpolation.` });
  return values;
}

/** Refuses a series that does not hold two whole seasons. */
export function checkPeriods(caller: string, values: Float64Array, period: number): void {
  if (values.length >= 2 * period) return;
  refuse(caller, "too-few-rows", "series", `at least two periods (${2 * period} values)`, describeValue(values));
}

/** Fills in the defaults that depend on one another. */
export function settingsOf(given: Omit<StlOptions, "gaps">, n: number): StlSettings {
  const { period, robust } = given;
  const periodic = given.seasonal === "periodic";
  const seasonal = given.seasonal === "periodic" ? 10 * n + 1 : (given.seasonal ?? 7);
  return {
    period,
    seasonal,
    trend: given.trend ?? oddFrom(Math.ceil((1.5 * period) / (1 - 1.5 / seasonal))),
    lowPass: given.lowPass ?? oddFrom(period + 1),
    seasonalDegree: periodic ? 0 : (given.seasonalDegree ?? 1),
    trendDegree: given.trendDegree ?? 1,
    lowPassDegree: given.lowPassDegree ?? 1,
    seasonalJump: given.seasonalJump ?? (periodic ? Math.ceil(seasonal / 10) : 1),
    trendJump: given.trendJump ?? 1,
    lowPassJump: given.lowPassJump ?? 1,
    innerIterations: given.innerIterations ?? (robust === true ? 2 : 5),
    outerIterations: given.outerIterations ?? (robust === true ? 15 : 0),
  };
}

function oddFrom(least: number): number {
  return least % 2 === 1 ? least : least + 1;
}

/** Every place in the season takes its mean: the same season every time. */
function averageCycles(seasonal: Float64Array, period: number): void {
  for (let phase = 0; phase < period; phase++) {
    let [sum, count] = [0, 0];
    for (let i = phase; i < seasonal.length; i += period, count++) sum += seasonal[i];
    for (let i = phase; i < seasonal.length; i += period) seasonal[i] = sum / count;
  }
}

function scaleOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  if (largest === 0 || (largest < 1e100 && largest > 1e-100)) return 1;
  let scale = 1;
  while (largest * scale > 2) scale /= 2;
  while (largest * scale < 1 && scale < 2 ** 1000) scale *= 2;
  return scale;
}

/** 1 − Var(remainder) / Var(component + remainder), at least 0; 0 where nothing varies but the rounding. */
function strengthOf(part: Float64Array, remainder: Float64Array, observed: Float64Array, scale: number): number {
  const n = part.length;
  let [sum, rest, size] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    sum += part[i] + remainder[i];
    rest += remainder[i];
    size = Math.max(size, Math.abs(observed[i] * scale));
  }
  let [squares, restSquares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const both = part[i] + remainder[i] - sum / n;
    const left = remainder[i] - rest / n;
    squares += both * both;
    restSquares += left * left;
  }
  if (Math.sqrt(squares / n) <= 1e-13 * size) return 0;
  return Math.max(0, 1 - restSquares / squares);
}
