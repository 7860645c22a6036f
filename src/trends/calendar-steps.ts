import { hourMs } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import { calendarOf, type DatePeriod, firstDayOfPeriod, type LocalCalendar, periodOfDay } from "../tables/calendar.ts";
import type { EventLog } from "../tables/event-log.ts";
import type { Period } from "../tables/series.ts";

/** The calendar steps of a span of time, numbered from 0. */
export interface Steps {
  /** Begin of the first step: epoch milliseconds. */
  readonly start: number;
  /** One byte per step: 0 = the zone skipped that date, so nothing can have happened. */
  readonly exists: Uint8Array;
  /** The step of an instant, −1 outside the span. */
  stepOf(time: number): number;
}

/** Which steps: all from the first instant to before the last. */
export interface Span {
  readonly period: Period;
  readonly timeZone: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const mostSteps = 4_000_000;

/**
 * Cuts a span of time into calendar steps.
 *
 * @param caller - the public function, for messages.
 * @param log - where the span begins and ends unless that is given: with its first and last event.
 */
export function stepsOf(caller: string, log: EventLog, { period, timeZone, from, to }: Span): Steps {
  const [begin, end] = spanOf(caller, log, from, to);
  const calendar = calendarOf(timeZone);
  if (!(begin < end)) return { start: begin, exists: new Uint8Array(0), stepOf: () => -1 };
  const { numberOf, startOf } = period === "hour" ? hoursOf(calendar, begin) : periodsOf(calendar, period);
  let first = numberOf(begin);
  // Local dates run backward where clocks are set back over midnight: an instant can have an earlier date than one before.
  let last = Math.max(first, numberOf(lastBefore(end)));
  if (period !== "hour" && timeZone !== "UTC") {
    for (let row = 0; row < log.length; row++) {
      const time = log.time[row];
      if (time < begin || time >= end) continue;
      const number = numberOf(time);
      if (number < first) first = number;
      if (number > last) last = number;
    }
  }
  const length = last - first + 1;
  if (length > mostSteps) {
    refuse(
      caller,
      "too-large",
      "options.period",
      `at most ${mostSteps} periods between first and last`,
      String(length),
    );
  }
  const exists = new Uint8Array(length).fill(1);
  // Only single dates have ever been skipped.
  if (period === "day") {
    let start = startOf(first);
    for (let i = 0; i < length; i++) {
      const next = startOf(first + i + 1);
      if (next <= start) exists[i] = 0;
      start = next;
    }
  }
  return {
    start: startOf(first),
    exists,
    stepOf: (time) => (time < begin || time >= end ? -1 : Math.min(Math.max(numberOf(time) - first, 0), length - 1)),
  };
}

function spanOf(caller: string, log: EventLog, from: number | undefined, to: number | undefined): [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (let row = 0; row < log.length; row++) {
    const time = log.time[row];
    if (time < first) first = time;
    if (time > last) last = time;
  }
  if (from !== undefined && to !== undefined && !(from < to)) {
    refuse(caller, "invalid-option", "options.to", "after options.from", "a time that is not");
  }
  if (log.length === 0 && (from === undefined || to === undefined)) return [from ?? to ?? 0, from ?? to ?? 0];
  // The last event itself counts.
  return [from ?? first, to ?? nextAfter(last)];
}

/** A time just after another; microseconds are fractions, so a step far below them. */
function nextAfter(time: number): number {
  return time + Math.max(2 ** -12, Math.abs(time) * 2 ** -52);
}

function lastBefore(time: number): number {
  return time - Math.max(2 ** -12, Math.abs(time) * 2 ** -52);
}

interface Numbering {
  numberOf(time: number): number;
  startOf(number: number): number;
}

function periodsOf(calendar: LocalCalendar, period: DatePeriod): Numbering {
  return {
    numberOf: (time) => periodOfDay(period, calendar.dayOf(time)),
    startOf: (number) => calendar.startOfDay(firstDayOfPeriod(period, number)),
  };
}

/** Hours of 60 minutes from the full local hour around the begin; offsets that differ by half hours do not stretch one. */
function hoursOf(calendar: LocalCalendar, begin: number): Numbering {
  const start = calendar.startOfHour(begin);
  return {
    numberOf: (time) => Math.floor((time - start) / hourMs),
    startOf: (number) => start + number * hourMs,
  };
}
