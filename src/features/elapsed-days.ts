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

/** Tells the dates of one customer's events apart; see {@link dateCounter}. */
export interface DateCounter {
  /** Begins anew, for the next customer. */
  readonly clear: () => void;
  /** Whether a date has not been asked for before. */
  readonly isNew: (day: number) => boolean;
}

/**
 * Opens a counter of local dates, to be asked with the events of a customer in order of time.
 *
 * Where a clock is set back over midnight, as in Newfoundland until 2011, a date comes back with the next one in between, so two
 * dates are remembered.
 */
export function dateCounter(): DateCounter {
  let last = NaN;
  let other = NaN;
  return {
    clear: () => {
      last = other = NaN;
    },
    isNew: (day) => {
      if (day === last) return false;
      const isNew = day !== other;
      other = last;
      last = day;
      return isNew;
    },
  };
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
