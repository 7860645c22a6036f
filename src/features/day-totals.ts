import { entriesOf, lookUp, put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { checkEvent, type CountedEvent } from "./counted-event.ts";

/** Events of one customer by local date: what a sum over events must keep so that any later window can be counted. */
export interface DayTotals {
  /** Time of the first event, epoch milliseconds; null of none. */
  first: number | null;
  /** Time of the last event. */
  last: number | null;
  /** Numbers of the local dates with an event, 1970-01-01 = 0, from old to new. */
  days: number[];
  /** Events on each of these dates. */
  counts: number[];
}

/** The totals of no event. */
export function noDays(): DayTotals {
  return { first: null, last: null, days: [], counts: [] };
}

/**
 * Counts one event, in any order of time.
 *
 * @param totals - written into.
 * @param time - epoch milliseconds.
 * @param day - the number of its local date.
 * @param keepDays - dates this many days or more before the newest one are given up; `Infinity` keeps all.
 */
export function addTime(totals: DayTotals, time: number, day: number, keepDays: number): void {
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  widen(totals, time + 0, time + 0);
  addCount(totals, day + 0, 1, keepDays);
}

/** The totals of the events of both; the arguments stay as they are. */
export function mergeDays(a: DayTotals, b: DayTotals, keepDays: number): DayTotals {
  const merged = { ...a, days: [...a.days], counts: [...a.counts] };
  widen(merged, b.first, b.last);
  for (let i = b.days.length - 1; i >= 0; i--) addCount(merged, b.days[i], b.counts[i], keepDays);
  return merged;
}

/** Events and dates with an event, from a date on. */
export function countSince(
  { days, counts }: DayTotals,
  from: number,
): { readonly events: number; readonly days: number } {
  let events = 0;
  let i = days.length;
  for (; i > 0 && days[i - 1] >= from; i--) events += counts[i - 1];
  return { events, days: days.length - i };
}

function widen(totals: DayTotals, first: number | null, last: number | null): void {
  if (first === null || last === null) return;
  if (totals.first === null || first < totals.first) totals.first = first;
  if (totals.last === null || last > totals.last) totals.last = last;
}

function addCount({ days, counts }: DayTotals, day: number, events: number, keepDays: number): void {
  const newest = days.length === 0 ? -Infinity : days[days.length - 1];
  // What is given up depends on the newest date alone, so it is the same in any order of events and merges.
  if (day <= newest - keepDays) return;
  const at = positionOf(days, day);
  if (days[at] === day) {
    counts[at] += events;
    return;
  }
  days.splice(at, 0, day);
  counts.splice(at, 0, events);
  if (day < newest) return;
  const old = positionOf(days, day - keepDays + 1);
  days.splice(0, old);
  counts.splice(0, old);
}

/** The first position whose date is not before a day; most events come last. */
function positionOf(days: readonly number[], day: number): number {
  let low = 0;
  let high = days.length;
  if (high === 0 || days[high - 1] < day) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (days[middle] < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Head of a state: what its dates were counted by. */
export interface DayTotalsHeader {
  /** Which accumulator it belongs to. */
  readonly kind: string;
  /** Version of the layout. */
  readonly version: number;
  /** IANA time zone of its dates. */
  readonly timeZone: string;
  /** Dates kept per customer; null = all. */
  readonly keepDays: number | null;
}

/** Refuses what is not an event, and one after `asOf`. */
export function checkPastEvent(caller: string, event: CountedEvent, asOf: number): void {
  checkEvent(caller, event);
  // It would be in a state whose next result must not know of it: the caller keeps it for a later run.
  if (event.time > asOf) refuse(caller, "invalid-value", "event.time", "at or before options.asOf", "a later time");
}

/** Refuses a state of another accumulator, or of one whose dates were counted otherwise. */
export function checkState(caller: string, state: DayTotalsHeader, wanted: DayTotalsHeader): void {
  for (const key of ["kind", "version", "timeZone", "keepDays"] as const) {
    if (state === null || typeof state !== "object" || state[key] !== wanted[key]) {
      const expected = `a state with the accumulator's ${key}`;
      refuse(caller, "incompatible-model", "state", expected, state === null ? "null" : "another one");
    }
  }
}

/** Refuses a state that knows of events after `asOf`: its counts could not be taken back. */
export function checkPast(caller: string, { last }: DayTotals, asOf: number): void {
  if (last === null || last <= asOf) return;
  refuse(caller, "invalid-value", "options.asOf", "at or after the state's last event", "an earlier time");
}

/** Refuses a window that asks for dates which the state gives up. */
export function checkKept(caller: string, windowDays: number | undefined, keepDays: number | undefined): void {
  if (keepDays === undefined || (windowDays !== undefined && windowDays <= keepDays)) return;
  refuse(caller, "invalid-option", "options.windowDays", "given with keepDays, and no longer", "a longer window");
}

/** The first date of a window that ends with today. */
export function firstDateOf(today: number, windowDays: number): number {
  return Math.floor(today - windowDays) + 1;
}

/** The entries of a record, by key in code-unit order. */
export function entriesInOrder<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return entriesOf(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Joins two records key by key; no value is shared with either. */
export function mergeEntries<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (x: T, y: T) => T,
  none: () => T,
): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const [key, value] of entriesOf(a)) put(merged, key, join(value, lookUp(b, key) ?? none()));
  for (const [key, value] of entriesOf(b)) if (!Object.hasOwn(a, key)) put(merged, key, join(none(), value));
  return merged;
}
