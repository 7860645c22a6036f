import { describeValue, refuse } from "../core/errors.ts";
import { instant, oneOf, type OptionTable, readOptions, textOrTexts, timeZone } from "../core/options.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import type { Period, Series } from "../tables/series.ts";
import { type Steps, stepsOf } from "./calendar-steps.ts";

/** Options of {@link seriesOf}. */
export interface SeriesOfOptions {
  /** The calendar step; weeks begin on Monday, quarters in January, April, July and October. */
  readonly period: Period;
  /** Names of the events that are measured; all when absent. */
  readonly event?: string | readonly string[] | undefined;
  /**
   * What is measured. `"count"` (default): events. `"customers"`: distinct customers with such an event. `"sum"`, `"mean"`: of the
   * events' values; an event without a value is in neither.
   */
  readonly value?: "count" | "customers" | "sum" | "mean" | undefined;
  /** The first instant that counts, epoch milliseconds; default: the first event of the log, measured or not. */
  readonly from?: number | undefined;
  /** The first instant that no longer counts; default: after the last event of the log, measured or not. */
  readonly to?: number | undefined;
  /** IANA time zone of the calendar; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link seriesOf}. */
export const seriesOfOptions: OptionTable<SeriesOfOptions, "event" | "from" | "to"> = {
  period: oneOf(["hour", "day", "week", "month", "quarter", "year"]),
  event: textOrTexts({ optional: true }),
  value: oneOf(["count", "customers", "sum", "mean"], { default: "count" }),
  from: instant({ optional: true }),
  to: instant({ optional: true }),
  timeZone: timeZone(),
};

/**
 * Counts a log's events by the calendar, so that days, weeks or months can be compared, taken apart and forecast: orders per day,
 * revenue per month, active customers per week.
 *
 * The series runs from the period of `from` to that of the last instant before `to`, without a hole: a period without an
 * event is 0, or NaN for a mean, which nothing has. A local date that the zone skipped is NaN too. A period that `from` or `to` cuts
 * holds what lies within, so cut at the begin of a period, or leave out the last, when it is not over yet.
 *
 * @param log - events, as `readEvents` returns them.
 * @param options - see {@link SeriesOfOptions}.
 * @returns one number per period, from early to late; none for a log without events when `from` or `to` is not given. Hours follow each
 * other every 60 minutes, also where clocks change.
 * @throws {ClienteleError} `invalid-option` when `from` is not before `to`; `invalid-value` for an infinite value that is
 * summed; `too-large` beyond 4 million periods, or when a sum overflows. Cost: one pass over the events.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "b", "a"], type: ["buy", "buy", "look"], value: [20, 5, NaN],
 *   time: [Date.UTC(2024, 0, 1, 9), Date.UTC(2024, 0, 3, 8), Date.UTC(2024, 0, 4, 8)],
 * });
 * seriesOf(log, { event: "buy", period: "day" }).values; // Float64Array [1, 0, 1, 0]
 * seriesOf(log, { event: "buy", value: "sum", period: "month" }).values; // Float64Array [25]
 */
export function seriesOf(log: EventLog, options: SeriesOfOptions): Series {
  const caller = "seriesOf";
  const { event, value, ...span } = readOptions(caller, seriesOfOptions, options);
  checkLog(caller, log);
  const steps = stepsOf(caller, log, span);
  const oneSegment = new Int32Array(log.byCustomer.starts.length - 1);
  const [values] = measured(caller, log, steps, { event, value, segments: oneSegment, count: 1 });
  return { start: steps.start, period: span.period, timeZone: span.timeZone, values };
}

/** What is measured, and in which of how many segments each of the log's customers is. */
interface Measure {
  readonly event: string | readonly string[] | undefined;
  readonly value: "count" | "customers" | "sum" | "mean";
  readonly segments: Int32Array;
  readonly count: number;
}

/**
 * Measures the events of each segment by calendar step.
 *
 * @returns one list of numbers per segment; every measured event within the steps is in exactly one.
 */
export function measured(caller: string, log: EventLog, steps: Steps, measure: Measure): Float64Array[] {
  const { segments, count, value, event } = measure;
  const { length } = steps.exists;
  const { codes, names } = log.type;
  const isMeasured = event === undefined ? new Uint8Array(names.length).fill(1) : typeMask(log, event);
  const sums = new Float64Array(count * length);
  const needsValues = value === "sum" || value === "mean";
  // A sum of millions of orders keeps its pennies: what rounding took is held beside it (Neumaier).
  const corrections = new Float64Array(needsValues ? sums.length : 0);
  const terms = new Float64Array(value === "mean" ? sums.length : 0);
  const countedFor = new Int32Array(value === "customers" ? sums.length : 0).fill(-1);
  for (let customer = 0; customer < segments.length; customer++) {
    const first = segments[customer] * length;
    for (let row = log.byCustomer.starts[customer]; row < log.byCustomer.starts[customer + 1]; row++) {
      if (isMeasured[codes[row]] === 0) continue;
      const step = steps.stepOf(log.time[row]);
      if (step < 0) continue;
      const cell = first + step;
      if (value === "count") sums[cell]++;
      else if (value === "customers") {
        if (countedFor[cell] !== customer) sums[cell]++;
        countedFor[cell] = customer;
      } else {
        const x = log.value[row];
        if (Number.isNaN(x)) continue;
        if (!Number.isFinite(x))
          refuse(caller, "invalid-value", `log.value[${row}]`, "finite or NaN", describeValue(x));
        const sum = sums[cell];
        const next = sum + x;
        corrections[cell] += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
        sums[cell] = next;
        if (value === "mean") terms[cell]++;
      }
    }
  }
  for (let cell = 0; cell < corrections.length; cell++) {
    const sum = sums[cell] + corrections[cell];
    if (!Number.isFinite(sum)) refuse(caller, "too-large", "log.value", "sums below 1.8e308", "an overflow");
    // 0 / 0 is NaN: the mean of nothing.
    sums[cell] = value === "mean" ? sum / terms[cell] : sum;
  }
  return Array.from({ length: count }, (_, s) => {
    const values = sums.slice(s * length, (s + 1) * length);
    for (let i = 0; i < length; i++) if (steps.exists[i] === 0) values[i] = NaN;
    return values;
  });
}
