import { dayMs } from "../core/durations.ts";
import { type OptionSpec, timeZone } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";

/** The option of every function that measures time since an event: absent means elapsed days, a zone calendar days. */
export const optionalTimeZone: OptionSpec<string> = timeZone({ optional: true });

/**
 * How many days an instant lies before `asOf`: elapsed days of 24 hours with their fraction, or the calendar days between
 * the two local dates where a zone is given.
 *
 * @param asOf - the later instant.
 * @param zone - an IANA time zone; elapsed days when absent.
 * @returns a function of the earlier instant; of NaN, an event that never was, it is NaN.
 */
export function daysBefore(asOf: number, zone: string | undefined): (time: number) => number {
  if (zone === undefined) return (time) => (asOf - time) / dayMs;
  const calendar = calendarOf(zone);
  const today = calendar.dayOf(asOf);
  return (time) => (Number.isNaN(time) ? NaN : today - calendar.dayOf(time));
}

/**
 * The weeks in which a customer could have been active: since the first event, but within the window, and at least a day.
 *
 * @param tenureDays - days since the first event.
 * @param windowDays - length of the window; `Infinity` = all time.
 */
export function exposureWeeksOf(tenureDays: number, windowDays: number): number {
  return Math.min(Math.max(tenureDays, 1), windowDays) / 7;
}
