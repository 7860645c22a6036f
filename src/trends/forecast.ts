import { describeValue, refuse } from "../core/errors.ts";
import { checkModel } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import {
  custom,
  integer,
  type OptionSpec,
  type OptionTable,
  readOptions,
  seed as seedOption,
} from "../core/options.ts";
import { forecastArima } from "./arima-forecast.ts";
import { type ArimaModel, arimaShape } from "./arima-model.ts";
import { type Bands, normalBands } from "./bands.ts";
import { conformalBands, type ConformalErrors, isConformalErrors } from "./conformal.ts";
import { type CrostonModel, crostonShape, forecastCroston } from "./croston.ts";
import { forecastSeasonalNaive, type SeasonalNaiveModel, seasonalNaiveShape } from "./seasonal-naive.ts";
import { forecastSmoothing } from "./smoothing-forecast.ts";
import { type SmoothingModel, smoothingShape } from "./smoothing-model.ts";
import { forecastTheta, type ThetaModel, thetaShape } from "./theta.ts";

/** A model of this room that says what comes next. */
export type ForecastModel = ArimaModel | SmoothingModel | ThetaModel | CrostonModel | SeasonalNaiveModel;

/** Options of {@link forecast}. */
export interface ForecastOptions {
  /** How many steps ahead, at least 1. */
  readonly steps: number;
  /** Levels of the intervals in percent, each above 0 and below 100; default `[80, 95]`. */
  readonly levels?: readonly number[] | undefined;
  /**
   * What {@link backtestForecast} found for the same method: then the intervals are made of its past errors and need no distribution, but reach
   * no further than its horizon.
   */
  readonly conformal?: ConformalErrors | undefined;
  /** For models whose intervals are simulated (smoothing with factors); default 42. */
  readonly seed?: number | undefined;
}

/** What comes next: step h is at `[h - 1]`. */
export interface ForecastReport {
  /** Kind of the model. */
  readonly method: ForecastModel["kind"];
  /** What is expected. */
  readonly mean: Float64Array;
  /** Standard errors of the values to come; those of the estimates are not in them. */
  readonly standardErrors: Float64Array;
  /** Lower ends of the intervals, by level in percent. */
  readonly lower: Readonly<Record<number, Float64Array>>;
  /** Upper ends of the intervals, by level in percent. */
  readonly upper: Readonly<Record<number, Float64Array>>;
  /** What to know before believing it. */
  readonly notes: readonly Note[];
}

const isLevels = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 20 &&
  new Set(value).size === value.length &&
  value.every((level) => Number.isFinite(level) && (level as number) > 0 && (level as number) < 100);

/** The row of an option table for levels of intervals. */
export const levelsOption: OptionSpec<readonly number[]> = custom<readonly number[]>(
  "a list of different levels in percent, between 0 and 100",
  isLevels,
  [[], [0], [100], [80, 80], ["80"], [NaN], 80, "80", null, {}],
  { default: [80, 95] },
);

/** Option table of {@link forecast}. */
export const forecastOptions: OptionTable<ForecastOptions, "conformal"> = {
  steps: integer({ min: 1, max: 100_000 }),
  levels: levelsOption,
  conformal: custom<ConformalErrors>("a report of backtestForecast", isConformalErrors, [null, 1, "a", {}, []], {
    optional: true,
  }),
  seed: seedOption(),
};

/**
 * Says what comes next, and how sure that is, from any model of a series.
 *
 * The intervals are those of the model: they hold if it does, and leave out that its coefficients are estimates.
 *
 * @param model - of {@link fitArima}, {@link chooseArima}, {@link fitExponentialSmoothing}, {@link fitTheta}, {@link fitCroston} or
 * {@link fitSeasonalNaive}.
 * @param options - see {@link ForecastOptions}.
 * @returns what is expected per step, with an interval per level. The notes of the model come along; `few-errors` where a backtest has too
 * few errors for a level.
 * @throws {ClienteleError} `incompatible-model` for what is no such model; `invalid-option`, also for a backtest of another method or of a
 * shorter horizon.
 * @example
 * const model = fitArima([112, 118, 132, 129, 121, 135, 148, 148, 136, 119], { order: [0, 1, 0] });
 * const next = forecast(model, { steps: 3, levels: [90] });
 * next.mean; // Float64Array [119, 119, 119]
 * next.lower[90]; // Float64Array [100.8, 93.2, 87.5]
 * @see Hyndman & Athanasopoulos (2021), "Forecasting: principles and practice", chapter 9. Cost O(steps) times the states.
 */
export function forecast(model: ForecastModel, options: ForecastOptions): ForecastReport {
  const caller = "forecast";
  const { steps, levels, seed, conformal } = readOptions(caller, forecastOptions, options);
  const own = bandsOf(caller, model, steps, levels, seed);
  const calibrated =
    conformal === undefined ? { bands: own, notes: [] } : conformalBands(caller, own, conformal, model.kind, levels);
  const { mean, standardErrors, lower, upper } = calibrated.bands;
  const byLevel = (ends: readonly Float64Array[]): Record<number, Float64Array> =>
    Object.fromEntries(levels.map((level, l) => [level, ends[l]]));
  const notes = [...model.notes.map((note) => ({ ...note })), ...calibrated.notes];
  return { method: model.kind, mean, standardErrors, lower: byLevel(lower), upper: byLevel(upper), notes };
}

/** What a model of any kind says, by the position of each level. */
export function bandsOf(
  caller: string,
  model: ForecastModel,
  steps: number,
  levels: readonly number[],
  seed: number,
): Bands {
  const given: unknown = model;
  const kind = (given as Partial<ForecastModel> | null | undefined)?.kind;
  switch (kind) {
    case "arima": {
      const checked = model as ArimaModel;
      checkModel(caller, checked, { kind, version: 1, shape: arimaShape });
      const { mean, standardErrors } = forecastArima(checked, steps);
      return normalBands(mean, standardErrors, levels);
    }
    case "exponential-smoothing": {
      const checked = model as SmoothingModel;
      checkModel(caller, checked, { kind, version: 1, shape: smoothingShape });
      return forecastSmoothing(checked, steps, levels, seed);
    }
    case "theta": {
      const checked = model as ThetaModel;
      checkModel(caller, checked, { kind, version: 1, shape: thetaShape });
      return forecastTheta(checked, steps, levels);
    }
    case "croston": {
      const checked = model as CrostonModel;
      checkModel(caller, checked, { kind, version: 1, shape: crostonShape });
      return forecastCroston(checked, steps, levels);
    }
    case "seasonal-naive": {
      const checked = model as SeasonalNaiveModel;
      checkModel(caller, checked, { kind, version: 1, shape: seasonalNaiveShape });
      return forecastSeasonalNaive(checked, steps, levels);
    }
    default:
      return refuse(caller, "incompatible-model", "model", "a model of a series", describeValue(given));
  }
}
