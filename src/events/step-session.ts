import { minuteMs } from "../core/durations.ts";
import { ClienteleError, describeCell, describeValue, refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { emptyMap, mapDelete, mapEntries, mapGet, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import { emptyLateStream, type LateStep, type LateStream, stepLate, tickLate } from "./late-events.ts";
import {
  beginsAnother,
  closedOf,
  type ClosedSession,
  isOver,
  type Moment,
  type OpenSession,
  readSessionEvent,
  type SessionEvent,
  sessionOf,
  type SessionRules,
  sessionRules,
  sessionRulesOptions,
  withMoment,
} from "./session-rules.ts";
import type { SessionizeOptions } from "./sessionize.ts";
import { inRange } from "./timestamp.ts";

/** The clock of a stream without an event. */
export interface SessionTick {
  /**
   * Epoch milliseconds up to which every event has come, but for those that come late within `latenessMinutes`;
   * `Infinity` when the stream has ended.
   */
  readonly now: number;
}

/** Options of {@link stepSession}. */
export interface StepSessionOptions extends SessionizeOptions {
  /**
   * How much older than its customer's latest event, or than the last tick, an event may be and still count as in time.
   * Sessions are then exactly those of the batch, and end later by as much. Absent: nothing waits, and late events are
   * placed as well as can be.
   */
  readonly latenessMinutes?: number | undefined;
}

/**
 * What a stream of sessions remembers: the open session of each customer and, with `latenessMinutes`, the events that a late
 * one could still come before; nothing of sessions that ended. Plain JSON; a new state shares most of its parts with the
 * one before, so keep it as it is and change nothing in it.
 */
export interface SessionState {
  /** What this is. */
  readonly kind: "session-state";
  /** Version of the layout. */
  readonly version: 1;
  /** What is open by customer, in a layout of its own. */
  readonly open: object;
  /** With `latenessMinutes`: the time before which, by the last tick, no event comes any more; `null` before a tick. */
  readonly watermark?: number | null;
  /** With `latenessMinutes`: how many events came later than allowed. */
  readonly late?: number;
}

/** What a step leads to. */
export interface SessionStep {
  /** The state after the step; the state before it is unchanged. */
  readonly state: SessionState;
  /**
   * The session that the event ended, the earliest if it ended several; or, for an event that came too late, the session
   * that it is by itself. Absent = none.
   */
  readonly closed?: ClosedSession;
  /**
   * Sessions that a tick ended, by start, then customer. After an event: with `latenessMinutes`, further sessions that it
   * ended beside `closed`; otherwise none.
   */
  readonly expired: readonly ClosedSession[];
  /** Present when the event came later than `latenessMinutes` allows: it is in no session but `closed`. */
  readonly late?: true;
}

/** Option table of {@link stepSession}: the options of {@link sessionize}, and the lateness. */
export const stepSessionOptions: OptionTable<StepSessionOptions, "startOn" | "campaign" | "latenessMinutes"> = {
  ...sessionRulesOptions,
  latenessMinutes: real({ min: 0, optional: true }),
};

/**
 * Cuts a stream of events into sessions as they happen: {@link sessionize} for triggers and live views. One state serves
 * all customers, interleaved as they come; it holds open sessions only.
 *
 * Without `latenessMinutes`, the cuts are those of `sessionize` with the same options whenever each customer's events come
 * in the order of time. An event that comes late never cuts: it is counted in the customer's open session when it lies in
 * it or at most the timeout before its start (on the same local date with `splitAtMidnight`); otherwise it is handed back
 * at once as a closed session of one event. So every event is in exactly one session.
 *
 * With `latenessMinutes`, a customer's watermark is the time of the customer's latest event, or that of the last tick, less
 * the lateness. As long as no event is older than the watermark, the sessions are those of `sessionize` for the same events
 * sorted, to the last bit, in whatever order they come: an event waits until the watermark has passed it, and a session
 * ends when the watermark has passed its end by more than the timeout or an event that begins another. Equal times are
 * ordered as in `readEvents`: by the properties `sequence`, then `id`, then by arrival. An event that is older than the
 * watermark changes no other session: it is handed back as a closed session of one event, marked `late`, and counted in
 * `state.late`.
 *
 * A customer's session ends with the customer's next event, or with a tick `{ now }`, which ends all sessions that an
 * event at `now` could not belong to any more. Send a tick now and then, lest customers who never return are remembered
 * forever, and `{ now: Infinity }` at the end.
 *
 * @param state - the state of the step before; `undefined` at first.
 * @param event - the next event, or a tick.
 * @param options - see {@link StepSessionOptions}; `campaign` names a property of the event. Pass the same in every step.
 * @returns the new state, and the sessions that ended.
 * @throws {ClienteleError} `invalid-value` for an event that `readEvents` would refuse; `incompatible-model` for a state
 * that is none, or that was made without the `latenessMinutes` that is given now (or with one, if none is given);
 * `invalid-option` and `unknown-option`.
 * @example
 * const first = stepSession(undefined, { customer: "ann", type: "view", time: 0 });
 * const next = stepSession(first.state, { customer: "ann", type: "buy", time: 60_000, value: 20 });
 * const end = stepSession(next.state, { now: Infinity });
 * end.expired; // [{ customer: "ann", start: 0, end: 60000, events: 2, value: 20 }]
 * @see sessionize. Cost per event: O(log open sessions), with `latenessMinutes` plus the customer's events that wait; per
 * tick: O(open sessions).
 */
export function stepSession(
  state: SessionState | undefined,
  event: SessionEvent | SessionTick,
  options?: StepSessionOptions,
): SessionStep {
  const read = readOptions(caller, stepSessionOptions, options);
  const rules = sessionRules(read);
  if (event === null || typeof event !== "object") {
    refuse(caller, "invalid-value", "event", "an event or a tick", describeValue(event));
  }
  if (state !== undefined && (state?.kind !== "session-state" || state.version !== 1)) {
    refuse(caller, "incompatible-model", "state", "a session state", describeValue(state));
  }
  const lateness = read.latenessMinutes === undefined ? undefined : read.latenessMinutes * minuteMs;
  if (state !== undefined && (state.late === undefined) !== (lateness === undefined)) {
    const [expected, received] = lateness === undefined ? ["without", "with"] : ["with", "without"];
    refuse(caller, "incompatible-model", "state", `made ${expected} latenessMinutes`, `one made ${received} it`);
  }
  const happened =
    "now" in event && !("customer" in event)
      ? nowOf(event)
      : readSessionEvent(caller, event, rules, lateness !== undefined);
  try {
    if (lateness !== undefined) {
      const stream = state === undefined ? emptyLateStream() : streamOf(state);
      return typeof happened === "number"
        ? ticked(tickLate(caller, stream, happened, rules, lateness))
        : stepped(stepLate(caller, stream, happened, rules, lateness));
    }
    const open = state === undefined ? emptyMap<OpenSession>() : (state.open as PersistentMap<OpenSession>);
    return typeof happened === "number" ? tick(open, happened, rules) : step(open, happened, rules);
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    // What else can fail is reading a state that was damaged on its way through a file.
    return refuse(caller, "incompatible-model", "state.open", "intact", "another shape");
  }
}

const caller = "stepSession";

function nowOf({ now }: SessionTick): number {
  const isClock = now === Infinity || (typeof now === "number" && inRange(now));
  if (isClock) return now;
  return refuse(caller, "invalid-value", "event.now", "epoch milliseconds, or Infinity at the end", describeCell(now));
}

function step(
  open: PersistentMap<OpenSession>,
  { customer, moment }: { customer: string; moment: Moment },
  rules: SessionRules,
): SessionStep {
  const session = mapGet(open, customer);
  const alone = sessionOf(moment);
  if (session === undefined) return { state: stateOf(mapSet(open, customer, alone)), expired: [] };
  const late = moment.time < session.end;
  if (late && !reaches(moment.time, session, rules)) {
    return { state: stateOf(open), closed: closedOf(customer, alone), expired: [] };
  }
  if (!late && beginsAnother(moment, session, rules)) {
    return { state: stateOf(mapSet(open, customer, alone)), closed: closedOf(customer, session), expired: [] };
  }
  return { state: stateOf(mapSet(open, customer, withMoment(caller, session, moment))), expired: [] };
}

/** Whether an open session reaches back to an event that came late. */
function reaches(time: number, { start }: OpenSession, { timeout, dayOf }: SessionRules): boolean {
  return start - time <= timeout && dayOf(time) === dayOf(start);
}

function tick(open: PersistentMap<OpenSession>, now: number, rules: SessionRules): SessionStep {
  const expired: ClosedSession[] = [];
  let rest = open;
  for (const [customer, session] of mapEntries(open)) {
    if (!isOver(session, now, rules)) continue;
    expired.push(closedOf(customer, session));
    rest = mapDelete(rest, customer);
  }
  return { state: stateOf(rest), expired: expired.sort(byStart) };
}

function byStart(a: ClosedSession, b: ClosedSession): number {
  // Sessions of one customer keep their order: with equal times, one can begin when the one before it did.
  return a.start - b.start || (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : 0);
}

function stateOf(open: PersistentMap<OpenSession>): SessionState {
  return { kind: "session-state", version: 1, open };
}

function streamOf({ open, watermark, late }: SessionState): LateStream {
  return { customers: open as LateStream["customers"], watermark: watermark ?? null, late: late ?? 0 };
}

function lateStateOf({ customers, watermark, late }: LateStream): SessionState {
  return { kind: "session-state", version: 1, open: customers, watermark, late };
}

function stepped({ stream, ended, isLate }: LateStep): SessionStep {
  const state = lateStateOf(stream);
  if (isLate) return { state, closed: ended[0], expired: [], late: true };
  return ended.length === 0 ? { state, expired: [] } : { state, closed: ended[0], expired: ended.slice(1) };
}

function ticked({ stream, ended }: LateStep): SessionStep {
  return { state: lateStateOf(stream), expired: [...ended].sort(byStart) };
}
