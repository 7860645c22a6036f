import { dayMs, minuteMs } from "../core/durations.ts";
import type { Note } from "../core/note.ts";
import { calendarOf } from "../tables/calendar.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type AuditFinding, type AuditGap, findingOf, rowsWhere } from "./audit-report.ts";

/** The times that an event can have, both ends included. */
export interface TimeBounds {
  readonly earliest: number;
  readonly asOf: number;
}

/** Finds events that lie before or after all times that an event can have. */
export function impossibleTimes({ time, length }: EventLog, bounds: TimeBounds, limit: number): AuditFinding[] {
  return [
    ...findingOf(
      "future-time",
      rowsWhere(length, limit, (row) => time[row] > bounds.asOf),
      length,
    ),
    ...findingOf(
      "far-past-time",
      rowsWhere(length, limit, (row) => time[row] < bounds.earliest),
      length,
    ),
  ];
}

/**
 * Finds events whose own clock and the clock of their receipt disagree.
 *
 * @param log - a checked log.
 * @param received - the time of receipt in epoch milliseconds; NaN = not known.
 * @param tolerance - the longest difference that is none, in milliseconds.
 * @param limit - how many positions to remember.
 * @param notes - gets a note when the differences are whole half hours, as time zones make them.
 */
export function skewedClocks(
  { time, length }: EventLog,
  received: Float64Array,
  tolerance: number,
  limit: number,
  notes: Note[],
): AuditFinding[] {
  let ahead = 0;
  let wholeHalfHours = 0;
  const rows = rowsWhere(length, limit, (row) => {
    const skew = time[row] - received[row];
    if (!(Math.abs(skew) > tolerance)) return false;
    if (skew > 0) ahead++;
    const halfHours = skew / (30 * minuteMs);
    if (halfHours !== 0 && Math.abs(halfHours - Math.round(halfHours)) * 30 <= 1) wholeHalfHours++;
    return true;
  });
  if (wholeHalfHours > 0 && wholeHalfHours * 2 > rows.count) {
    const message = `${wholeHalfHours} of ${rows.count} skewed times are whole half hours off, to the minute: a time zone, not a clock.`;
    notes.push({ code: "skew-looks-like-time-zone", message });
  }
  return findingOf("clock-skew", rows, length, { ahead, behind: rows.count - ahead });
}

const mostGaps = 100;

/** Fewer days of one name say nothing about whether it is closed on them. */
const leastWeeks = 4;

/** With more closed weekdays than this, events are rare rather than the days closed. */
const mostClosed = 3;

/**
 * Finds the calendar days without an event between the first day and the last one of the times that an event can have.
 *
 * @param log - a checked log.
 * @param bounds - events outside are not looked at: a date of 1970 would open a gap of decades.
 * @param timeZone - whose calendar.
 * @param limit - how many positions to remember.
 */
export function emptyDays(log: EventLog, bounds: TimeBounds, timeZone: string, limit: number): AuditFinding[] {
  const firstRows = firstRowByDay(log, bounds, timeZone);
  const days = Float64Array.from(firstRows.keys()).sort();
  if (days.length < 2) return [];
  const span = days[days.length - 1] - days[0] + 1;
  const closed = closedWeekdays(days);
  const gaps: AuditGap[] = [];
  const examples: number[] = [];
  let openDays = 0;
  for (let d = 1; d < days.length; d++) {
    if (days[d] === days[d - 1] + 1) continue;
    const run = daysWithout(days[d - 1] + 1, days[d], closed);
    if (run.days === 0) continue;
    openDays += run.days;
    if (gaps.length < mostGaps) gaps.push({ from: isoDate(run.from), days: run.days });
    if (examples.length < limit) examples.push(firstRows.get(days[d]) as number);
  }
  return findingOf("gap", { count: span - days.length, examples }, span, {
    ...(openDays === 0 ? { severity: "info" } : {}),
    gaps,
    closedWeekdays: closed.map((weekday) => weekday + 1),
  });
}

/** The first row, in the order of the log, of each local day. */
function firstRowByDay({ time, length }: EventLog, bounds: TimeBounds, timeZone: string): Map<number, number> {
  const { dayOf } = calendarOf(timeZone);
  const firstRows = new Map<number, number>();
  let before = NaN;
  for (let row = 0; row < length; row++) {
    if (time[row] < bounds.earliest || time[row] > bounds.asOf) continue;
    const day = dayOf(time[row]);
    if (day !== before && !firstRows.has(day)) firstRows.set(day, row);
    before = day;
  }
  return firstRows;
}

/** Monday = 0. Day 0 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Weekdays on which nothing ever happened, though there were several. */
function closedWeekdays(days: Float64Array): number[] {
  const [first, last] = [days[0], days[days.length - 1]];
  const active = new Set<number>();
  for (const day of days) active.add(weekdayOf(day));
  const closed = [0, 1, 2, 3, 4, 5, 6].filter((weekday) => {
    const firstOfName = first + ((weekday - weekdayOf(first) + 7) % 7);
    return !active.has(weekday) && Math.floor((last - firstOfName) / 7) + 1 >= leastWeeks;
  });
  return closed.length <= mostClosed ? closed : [];
}

/** The days of a run of empty days [from, to) that are not closed anyway: how many, and the first of them. */
function daysWithout(from: number, to: number, closed: readonly number[]): { from: number; days: number } {
  let first = NaN;
  const rest = (to - from) % 7;
  let days = ((to - from - rest) / 7) * (7 - closed.length);
  for (let day = from; day < to && Number.isNaN(first); day++) if (!closed.includes(weekdayOf(day))) first = day;
  for (let day = to - rest; day < to; day++) if (!closed.includes(weekdayOf(day))) days++;
  return { from: first, days };
}

function isoDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
