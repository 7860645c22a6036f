import { isRecord } from "../core/dictionary.ts";
import { lastInstant } from "../core/durations.ts";
import { ClienteleError, describeCell, describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { readOptions } from "../core/options.ts";
import { consentLedger, type ConsentRecord } from "../tables/consent.ts";
import { cellOf } from "./conditions.ts";
import { newOutbox, receive } from "./trigger-core.ts";
import type { Action, Cancellation, Outbox, Suppression } from "./trigger-desk.ts";
import {
  calendarIn,
  type RuleBook,
  ruleBook,
  surroundingsOf,
  type TriggerContext,
  triggerContextOptions,
} from "./trigger-plan.ts";
import type { TriggerRule } from "./trigger-rule.ts";
import { emptyTriggerState, liveDesk, type LiveDesk, type TriggerState } from "./trigger-state.ts";

/** An event of a stream, as triggers read it. */
export interface TriggerEvent {
  /** Id of the customer. */
  readonly customer: string;
  /** Type of the event. */
  readonly type: string;
  /** Epoch milliseconds, UTC. */
  readonly time: number;
  /**
   * Further fields, for conditions and for the `by` of rules: `value`, a cart, an item, a price. `segment` and `timeZone` are
   * remembered for rules that ask for them.
   */
  readonly [field: string]: unknown;
}

/** News about a customer that are no event; `null` takes back what was known. */
export interface CustomerUpdate {
  /** Id of the customer. */
  readonly customer: string;
  /** The segment that the customer is in now. */
  readonly segment?: string | null | undefined;
  /** The customer's IANA time zone. */
  readonly timeZone?: string | null | undefined;
  /** All consents of the customer, of any purpose: they take the place of those in the options. */
  readonly consents?: readonly ConsentRecord[] | null | undefined;
}

/** The clock of a stream without an event. */
export interface TriggerTick {
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a step leads to. */
export interface TriggerStep {
  /** The state after the step; the state before it is unchanged. */
  readonly state: TriggerState;
  /** The messages to send, in the order of time. */
  readonly actions: readonly Action[];
  /** Messages that were due and are not to be sent, with the reason. */
  readonly suppressed: readonly Suppression[];
  /** Waits that the event ended. */
  readonly cancelled: readonly Cancellation[];
  /** Messages that were sent, and would not have been had the event come in time. */
  readonly lateCancellations: readonly Action[];
  /** `missing-key`: the event is for rules that go by a column which it does not have. */
  readonly notes: readonly Note[];
}

/**
 * Decides, event by event, which messages are to go out now: abandoned carts, session offers, welcomes, win-backs.
 *
 * A rule waits for `afterMinutes` after its `on` event; its message is due when the clock reaches `on.time + afterMinutes`,
 * and any event or tick moves the clock. An `unless` event with `on.time ≤ time < deadline` cancels it, also when it arrives
 * late; while quiet hours hold a message back, its deadline is the end of them. Everything else (segment, consent, cooldown,
 * cap, hold-out) is judged at the instant the message goes out. All durations are elapsed time, also over clock changes; only
 * quiet hours are local.
 *
 * Send a tick `{ now }` as often as messages should go out; a message's `time` does not depend on it. Deliver with the
 * idempotency key: a step that is repeated gives the same keys. `replayTriggers` gives for a whole log what these steps give.
 *
 * An event that is older than the clock is late. It cancels what waits, and is reported in `lateCancellations` when the
 * message is out; what it makes due in the past goes out at the clock. An `on` event that is not after the last one that
 * led to a message changes nothing, so events may be delivered twice (except counted ones: see `count.distinct`).
 *
 * @param rules - see {@link TriggerRule}; plain JSON. They may change between steps: what waits keeps its deadline, and what
 * belongs to a name that is gone is dropped.
 * @param state - the state of the step before; `undefined` at first.
 * @param event - the next event, a tick, or news about a customer.
 * @param options - see {@link TriggerContext}. Pass the same in every step.
 * @returns the new state, and what is to be sent, was suppressed and was cancelled.
 * @throws {ClienteleError} `invalid-option` and `unknown-option` with the path of what is wrong with a rule; `invalid-value` for
 * an event without customer, type or time; `incompatible-model` for a state that is none.
 * @example
 * const rules = [{ name: "cart", on: "cart", unless: "buy", afterMinutes: 60 }];
 * const first = stepTriggers(rules, undefined, { customer: "ann", type: "cart", time: 0 });
 * const { actions } = stepTriggers(rules, first.state, { now: 3_600_000 });
 * actions; // [{ rule: "cart", customer: "ann", time: 3600000, since: 0, … }]
 * const bought = stepTriggers(rules, first.state, { customer: "ann", type: "buy", time: 60_000 });
 * stepTriggers(rules, bought.state, { now: 3_600_000 }).actions; // []
 * @see replayTriggers. ADR 0180. Cost per event: the rules that its type concerns, and the logarithm of what waits.
 */
export function stepTriggers(
  rules: readonly TriggerRule[],
  state: TriggerState | undefined,
  event: TriggerEvent | TriggerTick | CustomerUpdate,
  options?: TriggerContext,
): TriggerStep {
  const book = ruleBook(caller, rules);
  const surroundings = surroundingsOf(caller, readOptions(caller, triggerContextOptions, options));
  checkState(caller, state, "state");
  if (!isRecord(event)) refuse(caller, "invalid-value", "event", "an event, an update or a tick", describeValue(event));
  const given: Readonly<Record<string, unknown>> = event;
  try {
    const outbox = newOutbox();
    const desk = liveDesk(caller, book, surroundings, state ?? emptyTriggerState(), outbox);
    if (given["customer"] === undefined) desk.advance(instantOf(given, "now"));
    else if (given["type"] === undefined && given["time"] === undefined) update(desk, given);
    else happen(desk, given);
    const { actions, suppressed, cancelled, lateCancellations } = outbox;
    return { state: desk.close(), actions, suppressed, cancelled, lateCancellations, notes: notesOf(book, outbox) };
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    // What else can fail is reading a state that was damaged on its way through a file.
    return refuse(caller, "incompatible-model", "state", "intact", "another shape");
  }
}

const caller = "stepTriggers";

/** Refuses what is no state; its inside is looked at when it is used. */
export function checkState(by: string, state: TriggerState | undefined, path: string): void {
  if (state === undefined) return;
  const isState = isRecord(state) && state.kind === "trigger-state" && (state.version as number) === 1;
  const isWhole = isState && isRecord(state.customers) && isRecord(state.timers);
  if (isWhole && (state.now === null || Number.isFinite(state.now))) return;
  refuse(by, "incompatible-model", path, "a state of stepTriggers", describeValue(state));
}

function happen(desk: LiveDesk, event: Readonly<Record<string, unknown>>): void {
  const customer = customerOf(event);
  const type = event["type"];
  if (typeof type !== "string") return refuse(caller, "invalid-value", "event.type", "a string", describeCell(type));
  const time = instantOf(event, "time");
  if (desk.book.usesZones) checkZone(event["timeZone"]);
  desk.advance(time);
  desk.open(customer);
  receive(desk, { type, time, field: (name) => (Object.hasOwn(event, name) ? cellOf(event[name]) : undefined) });
}

function update(desk: LiveDesk, news: Readonly<Record<string, unknown>>): void {
  desk.open(customerOf(news));
  for (const key of Object.keys(news)) {
    if (key === "customer" || key === "segment" || key === "timeZone" || key === "consents") continue;
    refuse(caller, "invalid-value", "event", "an event with type and time, or news with segment, timeZone or consents", "another shape"); // prettier-ignore
  }
  const { segment, timeZone, consents } = news as Partial<CustomerUpdate>;
  if (segment !== undefined) {
    if (segment !== null && typeof segment !== "string") refuse(caller, "invalid-value", "event.segment", "a string or null", describeCell(segment)); // prettier-ignore
    desk.editProfile().segment = segment;
  }
  if (timeZone !== undefined) {
    checkZone(timeZone);
    desk.editProfile().timeZone = timeZone;
  }
  if (consents !== undefined) desk.editProfile().consents = consents === null ? null : ownConsents(desk, consents);
}

/** Checks a customer's consents, and keeps of them what decides. */
function ownConsents({ customer }: LiveDesk, given: unknown): ConsentRecord[] {
  const path = "event.consents";
  if (!Array.isArray(given)) refuse(caller, "invalid-value", path, "a list of consent records", describeValue(given));
  const consents = given as readonly ConsentRecord[];
  // Reading them for any purpose checks them all.
  consentLedger(caller, consents, "", path);
  const other = consents.findIndex((record) => record.customer !== customer);
  if (other >= 0) refuse(caller, "invalid-value", `${path}[${other}].customer`, "the customer of the update", "another customer"); // prettier-ignore
  return consents.map(({ purpose, granted, withdrawn }) => {
    return { customer, purpose, granted, withdrawn: withdrawn ?? null };
  });
}

function customerOf({ customer }: Readonly<Record<string, unknown>>): string {
  if (typeof customer === "string" && customer !== "") return customer;
  return refuse(caller, "invalid-value", "event.customer", "a non-empty string", describeCell(customer));
}

function instantOf(event: Readonly<Record<string, unknown>>, key: "time" | "now"): number {
  const time = event[key];
  if (typeof time === "number" && Math.abs(time) <= lastInstant) return time + 0;
  return refuse(caller, "invalid-value", `event.${key}`, "epoch milliseconds", describeCell(time));
}

function checkZone(zone: unknown): void {
  if (zone === undefined || zone === null || (typeof zone === "string" && calendarIn(zone) !== undefined)) return;
  refuse(caller, "invalid-value", "event.timeZone", "an IANA time zone or absent", describeCell(zone));
}

function notesOf({ rules }: RuleBook, { unkeyed }: Outbox): Note[] {
  const notes: Note[] = [];
  if (unkeyed.length === 0) return notes;
  for (const { index, name, by } of rules) {
    if (!unkeyed.includes(index)) continue;
    notes.push({ code: "missing-key", message: `The event starts rule "${name}", which goes by "${by ?? ""}", but has none.` }); // prettier-ignore
  }
  return notes;
}
