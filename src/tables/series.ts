import { describeValue, isList, refuse } from "../core/errors.ts";
import { instant, oneOf, type OptionTable, readOptions, timeZone } from "../core/options.ts";

/** The calendar step of a series. Days and longer follow the series' time zone. */
export type Period = "hour" | "day" | "week" | "month" | "quarter" | "year";

/** Evenly spaced measurements: `values[i]` belongs to the period that begins `i` calendar steps after `start`. */
export interface Series {
  /** Begin of the first period: epoch milliseconds, UTC. */
  readonly start: number;
  /** Calendar step. */
  readonly period: Period;
  /** IANA time zone of the calendar. */
  readonly timeZone: string;
  /** One number per period; NaN = gap. */
  readonly values: Float64Array;
}

/** Options of {@link seriesFrom}. */
export interface SeriesFromOptions {
  /** Begin of the first period: epoch milliseconds, UTC. */
  readonly start: number;
  /** Calendar step. */
  readonly period: Period;
  /** IANA time zone of the calendar; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link seriesFrom}. */
export const seriesFromOptions: OptionTable<SeriesFromOptions> = {
  start: instant(),
  period: oneOf(["hour", "day", "week", "month", "quarter", "year"]),
  timeZone: timeZone(),
};

/**
 * Builds a series from numbers that are already one per period.
 *
 * @param values - one number per period; NaN = gap.
 * @param options - where the series begins and how it steps.
 * @returns a series with its own copy of the numbers.
 * @throws {ClienteleError} `invalid-value` at the first value that is infinite or not a number; `shape-mismatch` when
 * `values` is no list.
 * @example
 * seriesFrom([3, 5], { start: Date.UTC(2024, 0, 1), period: "day" }).values; // Float64Array [3, 5]
 */
export function seriesFrom(values: ArrayLike<number>, options: SeriesFromOptions): Series {
  const read = readOptions("seriesFrom", seriesFromOptions, options);
  if (!isList(values)) refuse("seriesFrom", "shape-mismatch", "values", "a list of numbers", describeValue(values));
  const copy = new Float64Array(values.length);
  for (let i = 0; i < copy.length; i++) {
    const value: unknown = values[i];
    if (typeof value !== "number" || value === Infinity || value === -Infinity) {
      refuse("seriesFrom", "invalid-value", `values[${i}]`, "a finite number or NaN", describeValue(value));
    }
    copy[i] = value;
  }
  return { ...read, values: copy };
}
