import { dayMs, hourMs, lastInstant } from "../core/durations.ts";
import type { Period } from "./series.ts";

/**
 * Blocks of 3.1 days: no zone has ever changed its offset and changed it back within one, so a block whose two ends
 * agree has one offset. (The shortest return in the tz database is Freetown's in 1939, after 4.0 days.)
 */
const blockMs = 2 ** 28;

const mostBlocks = 100_000;

/**
 * Calendar arithmetic in one time zone: which local day or hour an instant lies in, and when a local day or hour begins.
 *
 * Days are numbered from 1970-01-01 = 0 by local *date*, so the calendar days between two instants are
 * `dayOf(later) - dayOf(earlier)` whatever the length of the days between: 23 and 25 hours around a clock change, and a
 * date that a zone skipped still counts. Times are finite epoch milliseconds within ±8.64e15; trusted.
 */
export interface LocalCalendar {
  /** The number of the local date of an instant. */
  dayOf(time: number): number;
  /** What the local clock shows, as if it were UTC: epoch milliseconds plus the offset of the zone. */
  localOf(time: number): number;
  /** The local hour of the day of an instant, 0 … 23. */
  hourOf(time: number): number;
  /** The first instant of a local date; of a date that the zone skipped, the first instant after it. */
  startOfDay(day: number): number;
  /** The first instant of the local clock hour around an instant; no hour spans a change of the offset. */
  startOfHour(time: number): number;
}

/** A span of time [from, to) with one offset from UTC; its ends are changes of the offset or ends of a block. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/**
 * Opens the calendar of a time zone.
 *
 * The runtime's zone rules are asked at the ends of 3-day blocks that times fall into, and by bisection inside the few
 * blocks where the offset changes; every answer is kept as long as the calendar.
 *
 * @param timeZone - an IANA name that the runtime knows; checked by the caller's option table.
 * @returns a calendar; share it between calls that ask about the same times. Cost: about 2 µs per block seen, then
 * nanoseconds per question.
 */
export function calendarOf(timeZone: string): LocalCalendar {
  const stretchAt = timeZone === "UTC" ? always : stretchesOf(timeZone);
  let here: Stretch = { from: NaN, to: NaN, offset: NaN };
  const localOf = (time: number): number => {
    // Neighboring questions are about neighboring times: most are answered by the stretch of the last one.
    if (!(time >= here.from && time < here.to)) here = stretchAt(time);
    return time + here.offset;
  };
  return {
    localOf,
    dayOf(time) {
      return Math.floor(localOf(time) / dayMs);
    },
    hourOf(time) {
      const local = localOf(time);
      return Math.floor((local - Math.floor(local / dayMs) * dayMs) / hourMs);
    },
    startOfDay(day) {
      const local = day * dayMs;
      // No offset reaches a day, so the date begins in a stretch that touches this window.
      let stretch = stretchAt(local - dayMs);
      while (stretch.to <= local - stretch.offset) stretch = stretchAt(stretch.to);
      return Math.max(stretch.from, local - stretch.offset);
    },
    startOfHour(time) {
      const local = localOf(time);
      const start = time - (local - Math.floor(local / hourMs) * hourMs);
      let stretch = stretchAt(time);
      while (stretch.from > start) {
        const before = stretchAt(stretch.from - 1);
        if (before.offset !== stretch.offset) return stretch.from;
        stretch = before;
      }
      return start;
    },
  };
}

/**
 * Numbers weeks that begin on Monday, as ISO 8601 has them.
 *
 * @param day - the number of a local date, as {@link LocalCalendar.dayOf} gives it.
 * @returns the number of its week; week 0 begins on Monday 1969-12-29.
 */
export function weekOfDay(day: number): number {
  return Math.floor((day + 3) / 7);
}

/**
 * The Monday of a week.
 *
 * @param week - a number from {@link weekOfDay}.
 * @returns the number of the local date on which the week begins.
 */
export function firstDayOfWeek(week: number): number {
  return week * 7 - 3;
}

/**
 * The day of the week of a date.
 *
 * @param day - the number of a local date.
 * @returns 0 = Monday … 6 = Sunday.
 */
export function weekdayOfDay(day: number): number {
  return day - firstDayOfWeek(weekOfDay(day));
}

// The Gregorian calendar repeats every 400 years. Counted from a first of March, the leap day is the last day of a
// year, and the first of a month is a linear function of the month (Richards 2013; Hinnant, chrono-compatible dates).
const daysOf400Years = 146_097;
const dayOfMarch0000 = -719_468;
const monthOfMarch0000 = 2 - 1970 * 12;

/**
 * Numbers calendar months by local date.
 *
 * @param day - the number of a local date, as {@link LocalCalendar.dayOf} gives it.
 * @returns the number of its month; 0 = January 1970, 12 = January 1971.
 */
export function monthOfDay(day: number): number {
  const era = Math.floor((day - dayOfMarch0000) / daysOf400Years);
  const dayOfEra = day - dayOfMarch0000 - era * daysOf400Years;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / (daysOf400Years - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - daysBeforeYear(yearOfEra);
  return (era * 400 + yearOfEra) * 12 + Math.floor((5 * dayOfYear + 2) / 153) + monthOfMarch0000;
}

/**
 * The first date of a month.
 *
 * @param month - a number from {@link monthOfDay}.
 * @returns the number of the local date on which the month begins.
 */
export function firstDayOfMonth(month: number): number {
  const year = Math.floor((month - monthOfMarch0000) / 12);
  const monthOfYear = month - monthOfMarch0000 - year * 12;
  const era = Math.floor(year / 400);
  const dayOfYear = Math.floor((153 * monthOfYear + 2) / 5);
  return era * daysOf400Years + daysBeforeYear(year - era * 400) + dayOfYear + dayOfMarch0000;
}

function daysBeforeYear(yearOfEra: number): number {
  return yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
}

/** The calendar steps that are made of whole dates. */
export type DatePeriod = Exclude<Period, "hour">;

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

/**
 * Numbers the periods of a calendar by local date, so that periods between two dates are a subtraction.
 *
 * @param period - which calendar step; weeks begin on Monday, quarters in January, April, July and October.
 * @param day - the number of a local date, as {@link LocalCalendar.dayOf} gives it.
 * @returns the number of the period around the date; 0 is the one around 1970-01-01.
 */
export function periodOfDay(period: DatePeriod, day: number): number {
  if (period === "day") return day;
  return period === "week" ? weekOfDay(day) : Math.floor(monthOfDay(day) / monthsOf[period]);
}

/**
 * The first date of a period. Its first instant is {@link LocalCalendar.startOfDay} of that date.
 *
 * @param period - which calendar step.
 * @param number - a number from {@link periodOfDay} of the same step.
 * @returns the number of the local date on which the period begins.
 */
export function firstDayOfPeriod(period: DatePeriod, number: number): number {
  if (period === "day") return number;
  return period === "week" ? firstDayOfWeek(number) : firstDayOfMonth(number * monthsOf[period]);
}

const utc: Stretch = { from: -Infinity, to: Infinity, offset: 0 };

function always(): Stretch {
  return utc;
}

function stretchesOf(timeZone: string): (time: number) => Stretch {
  const offsetAt = offsetReader(timeZone);
  const blocks = new Map<number, readonly Stretch[]>();
  return (time) => {
    const block = Math.floor(time / blockMs);
    let stretches = blocks.get(block);
    if (stretches === undefined) {
      stretches = cutBlock(offsetAt, block * blockMs, (block + 1) * blockMs);
      // 850 years of blocks; a calendar that lives as long as a stream must not grow with wild times.
      if (blocks.size >= mostBlocks) blocks.clear();
      blocks.set(block, stretches);
    }
    let s = 0;
    while (time >= stretches[s].to) s++;
    return stretches[s];
  };
}

/** Cuts a block at every change of the offset. */
function cutBlock(offsetAt: (time: number) => number, start: number, end: number): Stretch[] {
  const stretches: Stretch[] = [];
  const last = offsetAt(end);
  let from = start;
  let offset = offsetAt(start);
  while (offset !== last) {
    const to = firstChange(offsetAt, offset, from, end);
    stretches.push({ from, to, offset });
    from = to;
    offset = offsetAt(to);
  }
  if (from < end) stretches.push({ from, to: end, offset });
  return stretches;
}

/** The first whole second after `from` with another offset; there is one up to `to`. */
function firstChange(offsetAt: (time: number) => number, offset: number, from: number, to: number): number {
  let same = Math.floor(from / 1000);
  let other = Math.ceil(to / 1000);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(middle * 1000) === offset) same = middle;
    else other = middle;
  }
  return Math.min(other * 1000, to);
}

/** Asks the runtime for a zone's offset from UTC in milliseconds. */
function offsetReader(timeZone: string): (time: number) => number {
  // An offset in words is exact to the second and, unlike the fields of a date, the same in every calendar.
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (time) => {
    const text = format.format(Math.min(Math.max(time, -lastInstant), lastInstant));
    const [, sign, hours, minutes, seconds] = /GMT(?:([+−-])(\d+):(\d+)(?::(\d+))?)?$/.exec(text) ?? [];
    if (sign === undefined) return 0;
    const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0);
    return (sign === "+" ? size : -size) * 1000;
  };
}
