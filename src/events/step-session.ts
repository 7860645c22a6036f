import { ClienteleError, describeCell, describeValue, refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, timeZone } from "../core/options.ts";
import { emptyMap, mapDelete, mapEntries, mapGet, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import { calendarOf } from "../tables/calendar.ts";
import { nameOf, numberOf } from "./cells.ts";
import { type SessionizeOptions, sessionizeOptions } from "./sessionize.ts";
import { inRange, readTime } from "./timestamp.ts";

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
  /** The property that `options.campaign` names. */
  readonly [column: string]: unknown;
}

/** The clock of a stream without an event. */
export interface SessionTick {
  /** Epoch milliseconds up to which every event has come; `Infinity` when the stream has ended. */
  readonly now: number;
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

/** A session that may go on. */
interface OpenSession {
  readonly start: number;
  readonly end: number;
  readonly events: number;
  readonly value: number;
  /** The first campaign it had; `null` = none so far. */
  readonly campaign: string | null;
}

/**
 * What a stream of sessions remembers: one open session per customer, and nothing of those that ended. Plain JSON; a new
 * state shares most of its parts with the one before, so keep it as it is and change nothing in it.
 */
export interface SessionState {
  /** What this is. */
  readonly kind: "session-state";
  /** Version of the layout. */
  readonly version: 1;
  /** The open sessions by customer, in a layout of their own. */
  readonly open: object;
}

/** What a step leads to. */
export interface SessionStep {
  /** The state after the step; the state before it is unchanged. */
  readonly state: SessionState;
  /** The session that the event ended or that it is (when it came too late for the open one); absent = none. */
  readonly closed?: ClosedSession;
  /** Sessions that a tick ended, by start, then customer; empty after an event. */
  readonly expired: readonly ClosedSession[];
}

// A time zone is checked by opening it, which takes longer than the rest of a step: the last good one is remembered.
const zoneSpec = timeZone();
let lastCalendar = { timeZone: "UTC", calendar: calendarOf("UTC") };

/** Option table of {@link stepSession}: the options of {@link sessionize}. */
export const stepSessionOptions: OptionTable<SessionizeOptions, "startOn" | "campaign"> = {
  ...sessionizeOptions,
  timeZone: { ...zoneSpec, accepts: (value) => value === lastCalendar.timeZone || zoneSpec.accepts(value) },
};

const minuteMs = 60_000;

/**
 * Cuts a stream of events into sessions as they happen: {@link sessionize} for triggers and live views. One state serves
 * all customers, interleaved as they come; it holds open sessions only.
 *
 * The cuts are those of `sessionize` with the same options, whenever each customer's events come in the order of time. An
 * event that comes late never cuts: it is counted in the customer's open session when it lies in it or at most the timeout
 * before its start (on the same local date with `splitAtMidnight`); otherwise it is handed back at once as a closed session
 * of one event. So every event is in exactly one session.
 *
 * A customer's session ends with the customer's next event, or with a tick `{ now }`, which ends all sessions that an
 * event at `now` could not belong to any more. Send a tick now and then, lest customers who never return are remembered
 * forever, and `{ now: Infinity }` at the end.
 *
 * @param state - the state of the step before; `undefined` at first.
 * @param event - the next event, or a tick.
 * @param options - see {@link SessionizeOptions}; `campaign` names a property of the event. Pass the same in every step.
 * @returns the new state, and the sessions that ended.
 * @throws {ClienteleError} `invalid-value` for an event that `readEvents` would refuse; `incompatible-model` for a state
 * that is none; `invalid-option` and `unknown-option`.
 * @example
 * const first = stepSession(undefined, { customer: "ann", type: "view", time: 0 });
 * const next = stepSession(first.state, { customer: "ann", type: "buy", time: 60_000, value: 20 });
 * const end = stepSession(next.state, { now: Infinity });
 * end.expired; // [{ customer: "ann", start: 0, end: 60000, events: 2, value: 20 }]
 * @see sessionize. Cost per event: O(log open sessions); per tick: O(open sessions).
 */
export function stepSession(
  state: SessionState | undefined,
  event: SessionEvent | SessionTick,
  options?: SessionizeOptions,
): SessionStep {
  const rules = rulesOf(options);
  if (event === null || typeof event !== "object") {
    refuse(caller, "invalid-value", "event", "an event or a tick", describeValue(event));
  }
  if (state !== undefined && (state?.kind !== "session-state" || state.version !== 1)) {
    refuse(caller, "incompatible-model", "state", "a session state", describeValue(state));
  }
  const open = state === undefined ? emptyMap<OpenSession>() : (state.open as PersistentMap<OpenSession>);
  const read = "now" in event && !("customer" in event) ? nowOf(event) : eventOf(event, rules);
  try {
    return typeof read === "number" ? tick(open, read, rules) : step(open, read, rules);
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    // What else can fail is reading a state that was damaged on its way through a file.
    return refuse(caller, "incompatible-model", "state.open", "intact", "another shape");
  }
}

const caller = "stepSession";

/** The options of a step, ready to compare with. */
interface Rules {
  readonly timeout: number;
  readonly startOn: readonly string[];
  /** The local date, or the same number for all times when midnight does not matter. */
  readonly dayOf: (time: number) => number;
  readonly campaign: string | undefined;
}

function rulesOf(options: SessionizeOptions | undefined): Rules {
  const read = readOptions(caller, stepSessionOptions, options);
  if (read.timeZone !== lastCalendar.timeZone) {
    lastCalendar = { timeZone: read.timeZone, calendar: calendarOf(read.timeZone) };
  }
  return {
    timeout: read.timeoutMinutes * minuteMs,
    startOn: read.startOn ?? [],
    dayOf: read.splitAtMidnight ? lastCalendar.calendar.dayOf : () => 0,
    campaign: read.campaign,
  };
}

/** An event after reading. */
interface ReadEvent {
  readonly customer: string;
  readonly time: number;
  readonly value: number;
  readonly starts: boolean;
  readonly campaign: string | null;
}

function eventOf(event: SessionEvent, rules: Rules): ReadEvent {
  const customer = nameOf(event.customer);
  if (typeof customer !== "string" || customer === "") refuseCell("customer", "a customer", event.customer);
  const type = nameOf(event.type);
  if (typeof type !== "string") refuseCell("type", "an event name", event.type);
  const time = readTime(event.time, "ms");
  if (Number.isNaN(time)) refuseCell("time", "a point in time", event.time);
  const value = numberOf(event.value);
  if (value === undefined) refuseCell("value", "finite or missing", event.value);
  return {
    customer,
    time,
    value: Number.isNaN(value) ? 0 : value,
    starts: rules.startOn.includes(type),
    campaign: rules.campaign === undefined ? null : campaignOf(event, rules.campaign),
  };
}

function campaignOf(event: SessionEvent, column: string): string | null {
  const cell: unknown = Object.hasOwn(event, column) ? event[column] : undefined;
  const name = typeof cell === "boolean" ? String(cell) : Number.isNaN(cell) ? null : nameOf(cell);
  if (name === undefined) refuseCell("campaign", "a text or missing", cell);
  return name === "" ? null : name;
}

function nowOf({ now }: SessionTick): number {
  const isClock = now === Infinity || (typeof now === "number" && inRange(now));
  return isClock ? now : refuseCell("now", "epoch milliseconds, or Infinity at the end", now);
}

function refuseCell(cell: string, expected: string, received: unknown): never {
  return refuse(caller, "invalid-value", `event.${cell}`, expected, describeCell(received));
}

function step(open: PersistentMap<OpenSession>, event: ReadEvent, rules: Rules): SessionStep {
  const { customer, time, campaign } = event;
  const session = mapGet(open, customer);
  const alone: OpenSession = { start: time, end: time, events: 1, value: event.value, campaign };
  if (session === undefined) return { state: stateOf(mapSet(open, customer, alone)), expired: [] };
  const late = time < session.end;
  if (late && !reaches(time, session, rules)) {
    return { state: stateOf(open), closed: closedOf(customer, alone), expired: [] };
  }
  if (!late && cuts(event, session, rules)) {
    return { state: stateOf(mapSet(open, customer, alone)), closed: closedOf(customer, session), expired: [] };
  }
  const value = session.value + event.value;
  if (!Number.isFinite(value)) refuseCell("value", "small enough to add up", event.value);
  const longer: OpenSession = {
    start: Math.min(session.start, time),
    end: Math.max(session.end, time),
    events: session.events + 1,
    value,
    campaign: session.campaign ?? campaign,
  };
  return { state: stateOf(mapSet(open, customer, longer)), expired: [] };
}

/** Whether an event begins a session, though the customer has one open: the rules of `sessionize`. */
function cuts({ time, starts, campaign }: ReadEvent, session: OpenSession, rules: Rules): boolean {
  if (starts || isOver(session, time, rules)) return true;
  return campaign !== null && session.campaign !== null && campaign !== session.campaign;
}

function isOver({ end }: OpenSession, now: number, { timeout, dayOf }: Rules): boolean {
  return now - end > timeout || dayOf(now) !== dayOf(end);
}

/** Whether an open session reaches back to an event that came late. */
function reaches(time: number, { start }: OpenSession, { timeout, dayOf }: Rules): boolean {
  return start - time <= timeout && dayOf(time) === dayOf(start);
}

function tick(open: PersistentMap<OpenSession>, now: number, rules: Rules): SessionStep {
  const expired: ClosedSession[] = [];
  let rest = open;
  for (const [customer, session] of mapEntries(open)) {
    if (!isOver(session, now, rules)) continue;
    expired.push(closedOf(customer, session));
    rest = mapDelete(rest, customer);
  }
  expired.sort((a, b) => a.start - b.start || (a.customer < b.customer ? -1 : 1));
  return { state: stateOf(rest), expired };
}

function closedOf(customer: string, { start, end, events, value }: OpenSession): ClosedSession {
  return { customer, start, end, events, value };
}

function stateOf(open: PersistentMap<OpenSession>): SessionState {
  return { kind: "session-state", version: 1, open };
}
