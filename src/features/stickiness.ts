import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { instant, type OptionTable, readOptions, textOrTexts, timeZone as zoneOption } from "../core/options.ts";
import { calendarOf, type LocalCalendar } from "../tables/calendar.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import type { Series } from "../tables/series.ts";

/** Options of {@link measureStickiness}. */
export interface MeasureStickinessOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Names of the events that make a customer active; any event when absent. */
  readonly event?: string | readonly string[] | undefined;
  /** IANA time zone of the calendar days; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Result of {@link measureStickiness}. A ratio whose denominator is 0 is null. */
export interface StickinessReport {
  /** Customers active on the local date of `asOf`, of which only the part up to `asOf` is counted. */
  readonly dau: number;
  /** Customers active in the 7 local dates that end with that of `asOf`. */
  readonly wau: number;
  /** Customers active in the 30 local dates that end with that of `asOf`. */
  readonly mau: number;
  /** Mean of the daily active customers over the same 30 dates. */
  readonly averageDau: number;
  /** `dau / mau`. */
  readonly dauToMau: number | null;
  /** `wau / mau`. */
  readonly wauToMau: number | null;
  /** `dau / wau`. */
  readonly dauToWau: number | null;
  /** `averageDau / mau`: the share of the 30 dates on which a customer of the month was active, whatever day `asOf` is. */
  readonly averageDauToMau: number | null;
  /** Active customers of every local date from that of the first event to that of `asOf`. */
  readonly daily: Series;
  /** Customers active in the 7 dates that end with each of these dates. */
  readonly weekly: Series;
  /** Customers active in the 30 dates that end with each of these dates. */
  readonly monthly: Series;
  /** A last day that is not over, a history shorter than the month. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureStickiness}. */
export const measureStickinessOptions: OptionTable<MeasureStickinessOptions, "event"> = {
  asOf: instant(),
  event: textOrTexts({ optional: true }),
  timeZone: zoneOption(),
};

const weekDays = 7;
const monthDays = 30;

/** 2,700 years; a series is as long as its dates, whatever happened on them. */
const mostDays = 1_000_000;

/**
 * Tells how often active customers come back: daily, weekly and monthly active customers, and their ratios.
 *
 * A customer counts once per date, in a window of 7 and of 30 calendar dates of `timeZone`, the date of `asOf` included.
 * `averageDauToMau` times 30 is the number of dates on which the average customer of the month was active; `dauToMau` is
 * the same for one date, which may be a Sunday. The three series say how it was on every date before.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link MeasureStickinessOptions}.
 * @returns counts, ratios and one series per window; the last value of each series is the count.
 * @throws {ClienteleError} `too-large` when the first event lies a million days before `asOf`. Cost: one pass over the events.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob"], type: ["view", "view", "view"], time: [20 * day, 27 * day, 29 * day],
 * });
 * const report = measureStickiness(log, { asOf: 29.5 * day });
 * [report.dau, report.wau, report.mau]; // [1, 2, 2]
 * report.dauToMau; // 0.5
 * report.daily.values; // Float64Array [1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
 */
export function measureStickiness(log: EventLog, options: MeasureStickinessOptions): StickinessReport {
  const caller = "measureStickiness";
  const { asOf, event, timeZone } = readOptions(caller, measureStickinessOptions, options);
  checkLog(caller, log);
  const isActive = event === undefined ? new Uint8Array(log.type.names.length).fill(1) : typeMask(log, event);
  const calendar = calendarOf(timeZone);
  const firstDay = firstDayOf(log, asOf, isActive, calendar) ?? calendar.dayOf(asOf);
  const today = Math.max(calendar.dayOf(asOf), firstDay);
  const days = today - firstDay + 1;
  if (days > mostDays) {
    refuse(caller, "too-large", "log.time", `at most ${mostDays} days up to asOf`, "an event before them");
  }
  // Changes of the number of active customers from date to date, one entry more for the date after the last.
  const windows = [1, weekDays, monthDays].map((length) => ({ length, changes: new Float64Array(days + 1) }));
  const { starts } = log.byCustomer;
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    let previous = -Infinity;
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      if (isActive[log.type.codes[row]] === 0) continue;
      const day = calendar.dayOf(log.time[row]) - firstDay;
      // A clock set back over midnight can bring back a date that is past: it is not counted a second time.
      if (day <= previous) continue;
      for (const { length, changes } of windows) {
        // In the window of a date up to length − 1 later; the dates that an earlier day reaches are counted already.
        const from = Math.max(day, previous + length);
        const to = Math.min(day + length, days);
        if (from >= to) continue;
        changes[from]++;
        changes[to]--;
      }
      previous = day;
    }
  }
  const [daily, weekly, monthly] = windows.map(({ changes }) => runningSum(changes, days));
  return {
    ...ratiosOf(daily, weekly, monthly),
    daily: { start: calendar.startOfDay(firstDay), period: "day", timeZone, values: daily },
    weekly: { start: calendar.startOfDay(firstDay), period: "day", timeZone, values: weekly },
    monthly: { start: calendar.startOfDay(firstDay), period: "day", timeZone, values: monthly },
    notes: notesOf(days, calendar.dayOf(asOf + 1) === today),
  };
}

/** The local date of the first event that counts; `undefined` when there is none. */
function firstDayOf(log: EventLog, asOf: number, isActive: Uint8Array, calendar: LocalCalendar): number | undefined {
  let first = Infinity;
  for (let row = 0; row < log.length; row++) {
    if (log.time[row] < first && isActive[log.type.codes[row]] === 1) first = log.time[row];
  }
  return first <= asOf ? calendar.dayOf(first) : undefined;
}

function runningSum(changes: Float64Array, days: number): Float64Array {
  const sums = new Float64Array(days);
  let sum = 0;
  for (let day = 0; day < days; day++) sums[day] = sum += changes[day];
  return sums;
}

type Ratios = Omit<StickinessReport, "daily" | "weekly" | "monthly" | "notes">;

function ratiosOf(daily: Float64Array, weekly: Float64Array, monthly: Float64Array): Ratios {
  const last = daily.length - 1;
  const [dau, wau, mau] = [daily[last], weekly[last], monthly[last]];
  const averageDau = daily.subarray(Math.max(0, daily.length - monthDays)).reduce((a, b) => a + b, 0) / monthDays;
  const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  return {
    dau,
    wau,
    mau,
    averageDau,
    dauToMau: ratio(dau, mau),
    wauToMau: ratio(wau, mau),
    dauToWau: ratio(dau, wau),
    averageDauToMau: ratio(averageDau, mau),
  };
}

function notesOf(days: number, unfinished: boolean): Note[] {
  const notes: Note[] = [];
  if (unfinished) {
    notes.push({
      code: "unfinished-day",
      message: "The last date is counted up to asOf only: dau is that of a part of it.",
    });
  }
  if (days < monthDays) {
    const message = `The events reach ${days} dates back; dates before them count as dates without customers.`;
    notes.push({ code: "short-history", message });
  }
  return notes;
}
