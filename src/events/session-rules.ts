import { isRecord } from "../core/dictionary.ts";
import { minuteMs } from "../core/durations.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { type OptionTable, type ReadOptions, timeZone } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import { compareNames, compareNumbers } from "../tables/ties.ts";
import { nameOf, numberOf } from "./cells.ts";
import { type SessionizeOptions, sessionizeOptions } from "./sessionize.ts";
import { readTime } from "./timestamp.ts";

/** One event of a stream. Each property means what the cell of the same name means in {@link readEvents}. */
export interface SessionEvent {
  /** Who. */
  readonly customer: string | number | bigint;
  /** What. */
  readonly type: string | number | bigint;
  /** When: epoch milliseconds, a `Date`, or an RFC 3339 string with offset. */
  readonly time: number | bigint | string | Date;
  /** Worth; absent = none. */
  readonly value?: number | bigint | null | undefined;
  /** Further properties: the one that `options.campaign` names; `sequence` and `id` where equal times are ordered. */
  readonly [column: string]: unknown;
}

/** A session that has ended. */
export interface ClosedSession {
  /** Whose. */
  readonly customer: string;
  /** Time of its first event, epoch milliseconds. */
  readonly start: number;
  /** Time of its last event, epoch milliseconds. */
  readonly end: number;
  /** Number of its events. */
  readonly events: number;
  /** Sum of their values; 0 without any. */
  readonly value: number;
}

/** What the rules of sessions need to know about an event. */
export interface Moment {
  /** When, epoch milliseconds. */
  readonly time: number;
  /** Worth; 0 = none. */
  readonly value: number;
  /** Whether its type always begins a session. */
  readonly starts: boolean;
  /** `null` = none, as in the next two. */
  readonly campaign: string | null;
  /** Orders equal times, before `id`. */
  readonly sequence: number | null;
  /** Orders equal times and sequences. */
  readonly id: string | null;
}

/** A session that may go on. */
export interface OpenSession {
  readonly start: number;
  readonly end: number;
  readonly events: number;
  readonly value: number;
  /** The first campaign it had; `null` = none so far. */
  readonly campaign: string | null;
}

/** The rules of sessions, ready to compare with. */
export interface SessionRules {
  /** The longest pause inside a session, in milliseconds. */
  readonly timeout: number;
  readonly startOn: readonly string[];
  /** The local date, or the same number for all times when midnight does not matter. */
  readonly dayOf: (time: number) => number;
  /** The property that holds the campaign, if it matters. */
  readonly campaign: string | undefined;
  /** Whether nothing but pauses ends a session. */
  readonly pausesOnly: boolean;
}

// A time zone is checked by opening it, which takes longer than the rest of a step: the last good one is remembered.
const zoneSpec = timeZone();
let lastCalendar = { timeZone: "UTC", calendar: calendarOf("UTC") };

/** The options of {@link sessionize} for functions that read them once per event. */
export const sessionRulesOptions: OptionTable<SessionizeOptions, "startOn" | "campaign"> = {
  ...sessionizeOptions,
  timeZone: { ...zoneSpec, accepts: (value) => value === lastCalendar.timeZone || zoneSpec.accepts(value) },
};

/** Makes rules of checked options. */
export function sessionRules(read: ReadOptions<SessionizeOptions, "startOn" | "campaign">): SessionRules {
  if (read.timeZone !== lastCalendar.timeZone) {
    lastCalendar = { timeZone: read.timeZone, calendar: calendarOf(read.timeZone) };
  }
  const startOn = read.startOn ?? [];
  return {
    timeout: read.timeoutMinutes * minuteMs,
    startOn,
    dayOf: read.splitAtMidnight ? lastCalendar.calendar.dayOf : () => 0,
    campaign: read.campaign,
    pausesOnly: startOn.length === 0 && !read.splitAtMidnight && read.campaign === undefined,
  };
}

/**
 * Reads an event as `readEvents` would.
 *
 * @param caller - the public function.
 * @param event - what the user passed.
 * @param rules - say which campaign and which types matter.
 * @param ties - whether `sequence` and `id` are read.
 * @returns whose it is and what matters about it.
 * @throws {ClienteleError} `invalid-value` with the property.
 */
export function readSessionEvent(
  caller: string,
  event: SessionEvent,
  rules: SessionRules,
  ties: boolean,
): { customer: string; moment: Moment } {
  if (!isRecord(event)) refuse(caller, "invalid-value", "event", "an event", describeValue(event));
  const refuseCell = (cell: string, expected: string, received: unknown): never =>
    refuse(caller, "invalid-value", `event.${cell}`, expected, describeCell(received));
  const customer = nameOf(event.customer);
  if (typeof customer !== "string" || customer === "") return refuseCell("customer", "a customer", event.customer);
  const type = nameOf(event.type);
  if (typeof type !== "string") return refuseCell("type", "an event name", event.type);
  const time = readTime(event.time, "ms");
  if (Number.isNaN(time)) return refuseCell("time", "a point in time", event.time);
  const value = numberOf(event.value);
  if (value === undefined) return refuseCell("value", "finite or missing", event.value);
  const campaign = rules.campaign === undefined ? null : campaignOf(cellOf(event, rules.campaign));
  if (campaign === undefined) return refuseCell("campaign", "a text or missing", cellOf(event, rules.campaign));
  const sequence = ties ? numberOf(cellOf(event, "sequence")) : NaN;
  if (sequence === undefined) return refuseCell("sequence", "a number or missing", cellOf(event, "sequence"));
  const id = ties ? nameOf(cellOf(event, "id")) : null;
  if (id === undefined) return refuseCell("id", "a text or missing", cellOf(event, "id"));
  const moment = {
    time,
    value: Number.isNaN(value) ? 0 : value,
    starts: rules.startOn.includes(type),
    campaign,
    sequence: Number.isNaN(sequence) ? null : sequence,
    id: id === "" ? null : id,
  };
  return { customer, moment };
}

function cellOf(event: SessionEvent, column: string | undefined): unknown {
  return column !== undefined && Object.hasOwn(event, column) ? event[column] : undefined;
}

function campaignOf(cell: unknown): string | null | undefined {
  const name = typeof cell === "boolean" ? String(cell) : Number.isNaN(cell) ? null : nameOf(cell);
  return name === "" ? null : name;
}

/** The order of a customer's events in a log: time, then sequence, then id; 0 leaves the order of arrival. */
export function compareMoments(a: Moment, b: Moment): number {
  return (
    a.time - b.time ||
    compareNumbers(a.sequence ?? undefined, b.sequence ?? undefined) ||
    compareNames(a.id ?? undefined, b.id ?? undefined)
  );
}

/** Whether an event that is not earlier than a session begins another one: the rules of `sessionize`. */
export function beginsAnother({ time, starts, campaign }: Moment, session: OpenSession, rules: SessionRules): boolean {
  if (starts || isOver(session, time, rules)) return true;
  return campaign !== null && session.campaign !== null && campaign !== session.campaign;
}

/** Whether no event at `now` could belong to a session any more. */
export function isOver({ end }: OpenSession, now: number, { timeout, dayOf }: SessionRules): boolean {
  return now - end > timeout || dayOf(now) !== dayOf(end);
}

/** The session of one event. */
export function sessionOf({ time, value, campaign }: Moment): OpenSession {
  return { start: time, end: time, events: 1, value, campaign };
}

/**
 * A session with one more event.
 *
 * @throws {ClienteleError} `invalid-value` when the values add up to more than a number can hold.
 */
export function withMoment(caller: string, session: OpenSession, moment: Moment): OpenSession {
  const value = session.value + moment.value;
  if (!Number.isFinite(value)) {
    refuse(caller, "invalid-value", "event.value", "small enough to add up", describeCell(moment.value));
  }
  return {
    start: Math.min(session.start, moment.time),
    end: Math.max(session.end, moment.time),
    events: session.events + 1,
    value,
    campaign: session.campaign ?? moment.campaign,
  };
}

/** A session as it is handed to the caller. */
export function closedOf(customer: string, { start, end, events, value }: OpenSession): ClosedSession {
  return { customer, start, end, events, value };
}
