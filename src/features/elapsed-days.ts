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
 * @returns a function of the earlier instant.
 */
export function daysBefore(asOf: number, zone: string | undefined): (time: number) => number {
  if (zone === undefined) return (time) => (asOf - time) / dayMs;
  const calendar = calendarOf(zone);
  const today = calendar.dayOf(asOf);
  return (time) => today - calendar.dayOf(time);
}
