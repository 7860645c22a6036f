import { asCalledBy, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, oneOf, type OptionTable, type ReadOptions, readOptions } from "../core/options.ts";
import { type FitArimaOptions, fitArima } from "./arima.ts";
import { chooseArima } from "./choose-arima.ts";
import { type FitCrostonOptions, fitCroston } from "./croston.ts";
import { bandsOf, type ForecastModel, levelsOption } from "./forecast.ts";
import { type ForecastFigures, forecastFigures, type ForecastGrid, seasonalChange } from "./forecast-figures.ts";
import { gappedSeries } from "./gaps.ts";
import { seasonalNaiveOf } from "./seasonal-naive.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { type FitExponentialSmoothingOptions, fitExponentialSmoothing } from "./smoothing.ts";
import { fitTheta } from "./theta.ts";

/** Options of {@link backtestForecast}. */
export interface BacktestForecastOptions {
  /** Which method is put to the test. */
  readonly method: "seasonal-naive" | "arima" | "smoothing" | "theta" | "croston";
  /** Steps in a season, for the method, the baseline and the scale of MASE; default 1. */
  readonly period?: number | undefined;
  /** How many steps ahead are judged. */
  readonly horizon: number;
  /** From how many points in time is forecast; default 10, fewer where the series is short. */
  readonly origins?: number | undefined;
  /** Steps between origins; default 1. */
  readonly step?: number | undefined;
  /** Levels of the intervals in percent; default `[80, 95]`. */
  readonly levels?: readonly number[] | undefined;
  /** For `"arima"`: the model. Default: chosen by {@link chooseArima} from what was before the first origin, then only fitted again. */
  readonly arima?: FitArimaOptions | undefined;
  /** For `"smoothing"`: the form. Default: a trend, and with a period a season that is added. */
  readonly smoothing?: FitExponentialSmoothingOptions | undefined;
  /** For `"croston"`: the variant. */
  readonly croston?: FitCrostonOptions | undefined;
}

/** How good a method has been, always beside the season before. */
export interface BacktestForecastReport extends ForecastFigures {
  /** The method. */
  readonly method: BacktestForecastOptions["method"];
  /** Kind of its models: {@link forecast} takes this report for the intervals of such a model. */
  readonly kind: ForecastModel["kind"];
  /** Steps in a season. */
  readonly period: number;
  /** Steps ahead. */
  readonly horizon: number;
  /** Positions of the first value of each forecast in the series: the method saw what was before. */
  readonly origins: readonly number[];
  /** How many forecasts were judged. */
  readonly forecasts: number;
  /** How many had no actual value to be held against. */
  readonly skipped: number;
  /** The figures of each step ahead; null where no actual value was seen. */
  readonly byStep: readonly (ForecastFigures | null)[];
  /** The same of the seasonal naive forecast from the same origins. */
  readonly baseline: ForecastFigures;
  /** 1 − MAE / MAE of the baseline: above 0 the method is better. Null where the baseline was never off. */
  readonly skill: number | null;
  /** Actual − forecast, an entry per origin and step ahead, row by row; NaN where the actual value is missing. */
  readonly errors: Float64Array;
  /** What to know before believing it. */
  readonly notes: readonly Note[];
}

type Optional = "arima" | "smoothing" | "croston";
type Read = ReadOptions<BacktestForecastOptions, Optional>;

const isObject = (value: unknown): boolean => value !== null && typeof value === "object" && !Array.isArray(value);
const nested = <T>(of: string): ReturnType<typeof custom<T>> =>
  custom<T>(`options of ${of}`, isObject, [null, 1, "a", []], { optional: true });

/** Option table of {@link backtestForecast}. */
export const backtestForecastOptions: OptionTable<BacktestForecastOptions, Optional> = {
  method: oneOf(["seasonal-naive", "arima", "smoothing", "theta", "croston"]),
  period: integer({ min: 1, max: 1000, default: 1 }),
  horizon: integer({ min: 1, max: 10_000 }),
  origins: integer({ min: 1, max: 10_000, default: 10 }),
  step: integer({ min: 1, max: 10_000, default: 1 }),
  levels: levelsOption,
  arima: nested("fitArima"),
  smoothing: nested("fitExponentialSmoothing"),
  croston: nested("fitCroston"),
};

/**
 * Tells how good a forecast would have been: stands at one past point in time after another, forecasts from what was known there, and
 * compares with what came. Whoever plans by a forecast should see this first.
 *
 * @param series - one number per step; NaN = gap.
 * @param options - see {@link BacktestForecastOptions}.
 * @returns errors and coverage, over all and per step ahead, with the seasonal naive forecast beside. Notes: `fewer-origins` when the series
 * allows less than asked, `overlap` when forecasts from neighboring origins share values and are no independent evidence, `skipped`.
 * @throws {ClienteleError} `too-few-rows` when not even one origin has enough before it and a value after it; `invalid-option` for a bad
 * nested option; whatever the method refuses.
 * @example
 * const visits = Array.from({ length: 60 }, (_, t) => 100 + t + 20 * (t % 4) + ((7 * t) % 5));
 * const report = backtestForecast(visits, { method: "smoothing", period: 4, horizon: 4 });
 * report.mae; // 1.44
 * report.baseline.mae; // 4
 * report.coverage[80]; // 1
 * @see Tashman (2000), "Out-of-sample tests of forecasting accuracy"; Hyndman & Koehler (2006), "Another look at measures of forecast
 * accuracy", on MASE. Cost: `origins` fits.
 */
export function backtestForecast(series: SeriesInput, options: BacktestForecastOptions): BacktestForecastReport {
  const caller = "backtestForecast";
  const read = readOptions(caller, backtestForecastOptions, options);
  const { method, period, horizon, levels } = read;
  const given = readSeries(caller, series);
  const { values } = gappedSeries(given);
  const origins = originsOf(caller, values, read);
  const fit = fitterOf(caller, read, values.slice(0, origins[0]));
  const cells = origins.length * horizon;
  const [own, base] = [emptyGrid(cells, levels.length), emptyGrid(cells, levels.length)];
  const actual = new Float64Array(cells);
  const scales = new Float64Array(origins.length);
  const kind = kinds[method];
  origins.forEach((origin, o) => {
    const known = values.slice(0, origin);
    write(own, bandsOf(caller, fit(known), horizon, levels, 42), o * horizon);
    write(base, bandsOf(caller, seasonalNaiveOf(caller, known, period), horizon, levels, 42), o * horizon);
    actual.set(values.subarray(origin, origin + horizon), o * horizon);
    scales[o] = seasonalChange(known, period);
  });
  const all = Array.from(actual.keys());
  const figuresOf = (grid: ForecastGrid, some: readonly number[]): ForecastFigures =>
    forecastFigures(actual, grid, scales, levels, some);
  const seen = (some: readonly number[]): boolean => some.some((cell) => !Number.isNaN(actual[cell]));
  if (!seen(all)) refuse(caller, "too-few-rows", "series", "an actual value after an origin", "none");
  const byStep = Array.from({ length: horizon }, (_, h) => {
    const some = origins.map((__, o) => o * horizon + h);
    return seen(some) ? figuresOf(own, some) : null;
  });
  const [figures, baseline] = [figuresOf(own, all), figuresOf(base, all)];
  const skipped = actual.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  return {
    method,
    kind,
    period,
    horizon,
    origins: origins.map((origin) => origin + given.length - values.length),
    forecasts: cells - skipped,
    skipped,
    ...figures,
    byStep,
    baseline,
    skill: baseline.mae > 0 ? 1 - figures.mae / baseline.mae : null,
    errors: actual.map((value, cell) => value - own.mean[cell]),
    notes: notesOf(read, origins.length, skipped),
  };
}

const kinds = {
  "seasonal-naive": "seasonal-naive",
  arima: "arima",
  smoothing: "exponential-smoothing",
  theta: "theta",
  croston: "croston",
} as const;

/** From where is forecast: the last origins that have the whole horizon after them and two seasons before them. */
function originsOf(caller: string, values: Float64Array, { period, horizon, origins, step }: Read): number[] {
  const least = Math.max(2 * period, 3);
  const last = values.length - horizon;
  if (last < least)
    refuse(caller, "too-few-rows", "series", `at least ${least + horizon} values`, String(values.length));
  const count = Math.min(origins, 1 + Math.floor((last - least) / step));
  return Array.from({ length: count }, (_, o) => last - (count - 1 - o) * step);
}

/** The method as a function of what is known. */
function fitterOf(caller: string, read: Read, first: Float64Array): (known: Float64Array) => ForecastModel {
  const { method, period } = read;
  const isSeasonal = period > 1;
  switch (method) {
    case "seasonal-naive":
      return (known) => seasonalNaiveOf(caller, known, period);
    case "theta":
      return (known) => asCalledBy(caller, "options", () => fitTheta(known, { period }));
    case "croston":
      return (known) => asCalledBy(caller, "options.croston", () => fitCroston(known, read.croston));
    case "smoothing": {
      const form = read.smoothing ?? (isSeasonal ? { seasonal: "additive", period } : {});
      return (known) => asCalledBy(caller, "options.smoothing", () => fitExponentialSmoothing(known, form));
    }
    case "arima": {
      const orders = read.arima ?? chosenOrders(caller, first, period);
      return (known) => asCalledBy(caller, "options.arima", () => fitArima(known, orders));
    }
  }
}

/** What looks best before the first origin: nothing later may choose. */
function chosenOrders(caller: string, first: Float64Array, period: number): FitArimaOptions {
  const { order, seasonal, mean, drift } = asCalledBy(caller, "options", () => chooseArima(first, { period }));
  return { order, seasonal: seasonal ?? undefined, mean: mean !== null, drift: drift !== null };
}

function emptyGrid(cells: number, levels: number): ForecastGrid {
  const ends = (): Float64Array[] => Array.from({ length: levels }, () => new Float64Array(cells));
  return { mean: new Float64Array(cells), lower: ends(), upper: ends() };
}

function write(grid: ForecastGrid, { mean, lower, upper }: ForecastGrid, at: number): void {
  grid.mean.set(mean, at);
  lower.forEach((ends, l) => grid.lower[l].set(ends, at));
  upper.forEach((ends, l) => grid.upper[l].set(ends, at));
}

function notesOf({ origins, step, horizon }: Read, count: number, skipped: number): Note[] {
  const notes: Note[] = [];
  if (count < origins)
    notes.push({ code: "fewer-origins", message: `The series is long enough for ${count} origins, not ${origins}.` });
  if (count > 1 && step < horizon) {
    notes.push({ code: "overlap", message: "Forecasts from neighboring origins share values: they are less evidence than their number says." }); // prettier-ignore
  }
  if (skipped > 0)
    notes.push({ code: "skipped", message: `${skipped} forecasts had no actual value to be held against.` });
  return notes;
}
