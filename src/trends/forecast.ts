import { describeValue, refuse } from "../core/errors.ts";
import { checkModel } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, type OptionTable, readOptions } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { type Expectation, forecastArima } from "./arima-forecast.ts";
import { type ArimaModel, arimaShape } from "./arima-model.ts";

/** A model of this room that says what comes next. */
export type ForecastModel = ArimaModel;

/** Options of {@link forecast}. */
export interface ForecastOptions {
  /** How many steps ahead, at least 1. */
  readonly steps: number;
  /** Levels of the intervals in percent, each above 0 and below 100; default `[80, 95]`. */
  readonly levels?: readonly number[] | undefined;
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
export const levelsOption = custom<readonly number[]>(
  "a list of different levels in percent, between 0 and 100",
  isLevels,
  [[], [0], [100], [80, 80], ["80"], [NaN], 80, "80", null, {}],
  { default: [80, 95] },
);

/** Option table of {@link forecast}. */
export const forecastOptions: OptionTable<ForecastOptions> = {
  steps: integer({ min: 1, max: 100_000 }),
  levels: levelsOption,
};

/**
 * Says what comes next, and how sure that is, from any model of a series.
 *
 * The intervals are those of the model: they hold if it does, and leave out that its coefficients are estimates.
 *
 * @param model - of {@link fitArima}.
 * @param options - see {@link ForecastOptions}.
 * @returns what is expected per step, with an interval per level. The notes of the model come along.
 * @throws {ClienteleError} `incompatible-model` for what is no such model; `invalid-option`.
 * @example
 * const model = fitArima([112, 118, 132, 129, 121, 135, 148, 148, 136, 119], { order: [0, 1, 0] });
 * const next = forecast(model, { steps: 3, levels: [90] });
 * next.mean; // Float64Array [119, 119, 119]
 * next.lower[90]; // Float64Array [100.8, 93.2, 87.5]
 * @see Hyndman & Athanasopoulos (2021), "Forecasting: principles and practice", chapter 9. Cost O(steps) times the states.
 */
export function forecast(model: ForecastModel, options: ForecastOptions): ForecastReport {
  const caller = "forecast";
  const { steps, levels } = readOptions(caller, forecastOptions, options);
  const { mean, standardErrors } = expectationOf(caller, model, steps);
  const lower: Record<number, Float64Array> = {};
  const upper: Record<number, Float64Array> = {};
  for (const level of levels) {
    const z = normal.upperQuantile((1 - level / 100) / 2);
    lower[level] = mean.map((value, h) => value - z * standardErrors[h]);
    upper[level] = mean.map((value, h) => value + z * standardErrors[h]);
  }
  return { method: model.kind, mean, standardErrors, lower, upper, notes: model.notes.map((note) => ({ ...note })) };
}

function expectationOf(caller: string, model: ForecastModel, steps: number): Expectation {
  const given: unknown = model;
  const kind = (given as Partial<ForecastModel> | null | undefined)?.kind;
  switch (kind) {
    case "arima":
      checkModel(caller, model, { kind: "arima", version: 1, shape: arimaShape });
      return forecastArima(model, steps);
    default:
      return refuse(caller, "incompatible-model", "model", "a model of a series", describeValue(given));
  }
}
