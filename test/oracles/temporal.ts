import { Temporal } from "temporal-polyfill";

// The TC39 reference semantics of calendars and time zones, by the polyfill: expected values for src/tables/calendar.ts.
// It reads the same zone rules as the code under test (those of the runtime), and does other arithmetic with them.

const epochDay = Temporal.PlainDate.from("1970-01-01");

function zonedOf(timeZone: string, time: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(time)).toZonedDateTimeISO(timeZone);
}

/**
 * The local date of an instant.
 *
 * @param timeZone - IANA name.
 * @param time - epoch milliseconds.
 * @returns days since 1970-01-01.
 */
export function temporalDayOf(timeZone: string, time: number): number {
  return zonedOf(timeZone, time).toPlainDate().since(epochDay, { largestUnit: "day" }).days;
}

/**
 * The calendar periods around a date, as Temporal counts them.
 *
 * @param day - days since 1970-01-01.
 * @returns the year; the month, 1 … 12; the day of the week, 1 = Monday; the first dates of its week and month and of the
 * month after, in days since 1970-01-01.
 */
export function temporalDateOf(day: number): {
  year: number;
  month: number;
  dayOfWeek: number;
  monday: number;
  firstOfMonth: number;
  firstOfNextMonth: number;
} {
  const date = epochDay.add({ days: day });
  const first = date.with({ day: 1 });
  const dayOf = (other: Temporal.PlainDate): number => other.since(epochDay, { largestUnit: "day" }).days;
  return {
    year: date.year,
    month: date.month,
    dayOfWeek: date.dayOfWeek,
    monday: dayOf(date.subtract({ days: date.dayOfWeek - 1 })),
    firstOfMonth: dayOf(first),
    firstOfNextMonth: dayOf(first.add({ months: 1 })),
  };
}

/**
 * The hour on the local clock at an instant.
 *
 * @param timeZone - IANA name.
 * @param time - epoch milliseconds.
 * @returns 0 … 23.
 */
export function temporalHourOf(timeZone: string, time: number): number {
  return zonedOf(timeZone, time).hour;
}

/**
 * The first instant of a local date.
 *
 * @param timeZone - IANA name.
 * @param day - days since 1970-01-01.
 * @returns epoch milliseconds.
 */
export function temporalStartOfDay(timeZone: string, day: number): number {
  return epochDay.add({ days: day }).toZonedDateTime(timeZone).epochMilliseconds;
}

/**
 * The first instant of the local clock hour around an instant.
 *
 * @param timeZone - IANA name.
 * @param time - epoch milliseconds.
 * @returns epoch milliseconds.
 */
export function temporalStartOfHour(timeZone: string, time: number): number {
  return zonedOf(timeZone, time).round({ smallestUnit: "hour", roundingMode: "floor" }).epochMilliseconds;
}

/**
 * The instant at which a local clock first shows a date and time.
 *
 * @param timeZone - IANA name.
 * @param local - a date and time without offset: `2018-11-04T01:00`.
 * @returns epoch milliseconds.
 */
export function instantOf(timeZone: string, local: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
}

/**
 * The changes of a zone's offset from UTC.
 *
 * @param timeZone - IANA name.
 * @param from - epoch milliseconds.
 * @param to - epoch milliseconds.
 * @returns the instants in between at which a new offset begins.
 */
export function temporalChanges(timeZone: string, from: number, to: number): number[] {
  const changes: number[] = [];
  let next = zonedOf(timeZone, from).getTimeZoneTransition("next");
  while (next !== null && next.epochMilliseconds < to) {
    changes.push(next.epochMilliseconds);
    next = next.getTimeZoneTransition("next");
  }
  return changes;
}
