import { refuse } from "../core/errors.ts";
import { flag, instant, type OptionTable, readOptions, timeZone } from "../core/options.ts";
import { emptyMap, mapChange, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import { queueOf, type Timed } from "../core/persistent-queue.ts";
import { checkCodes } from "../tables/codes.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { type Cell, cellOf } from "./conditions.ts";
import { replayDesk, type ReplayDesk } from "./replay-desk.ts";
import { newOutbox } from "./trigger-core.ts";
import { type Slot, slotMatters } from "./trigger-memory.ts";
import {
  calendarIn,
  type RuleBook,
  ruleBook,
  surroundingsOf,
  type TriggerContext,
  triggerContextOptions,
} from "./trigger-plan.ts";
import { notesOf, reportOf, type TriggerReport } from "./trigger-report.ts";
import type { TriggerRule } from "./trigger-rule.ts";
import { type Memory, profileMatters, type TimerItem, type TriggerState } from "./trigger-state.ts";

/** Options of {@link replayTriggers}. */
export interface ReplayTriggersOptions extends TriggerContext {
  /** The end of the replay, epoch milliseconds: messages due at this instant still go out, later events are not read. */
  readonly until: number;
  /** Where the days of the report begin; default `"UTC"`. */
  readonly timeZone?: string | undefined;
  /** Whether the state at `until` is handed out, for live steps to go on from; default false. */
  readonly keepState?: boolean | undefined;
}

/** Option table of {@link replayTriggers}. */
export const replayTriggersOptions: OptionTable<
  ReplayTriggersOptions,
  "consents" | "segments" | "timeZones" | "frequencyCap"
> = {
  ...triggerContextOptions,
  until: instant(),
  timeZone: timeZone(),
  keepState: flag({ default: false }),
};

/**
 * Tells who would have got which message when, had the rules been in force: to try rules on history before they go live.
 *
 * It runs the code of {@link stepTriggers}: its messages are those that live steps over the same events give, whatever ticks
 * come between, up to a tick at `until`. Columns of the log are the fields of the events; `segment` and `timeZone` are
 * remembered per customer. With `keepState`, live steps can go on where history ends, so that nobody is welcomed twice.
 *
 * What customers did after a message that they did not really get is not known: messages that follow others (after a cooldown,
 * under a cap) are what the rules would have sent to customers who behave as they did without.
 *
 * @param rules - see {@link TriggerRule}.
 * @param log - any log.
 * @param options - see {@link ReplayTriggersOptions}.
 * @returns the messages, those that were suppressed and why, the waits that were cancelled, and counts per rule and day.
 * @throws {ClienteleError} as {@link stepTriggers}; `shape-mismatch` or `invalid-value` when `log` is not a log.
 * @example
 * const { log } = readEvents(
 *   [
 *     { customer: "ann", type: "cart", time: 0 },
 *     { customer: "bo", type: "cart", time: 0 },
 *     { customer: "bo", type: "buy", time: 60_000 },
 *   ],
 *   { customer: "customer", type: "type", time: "time" },
 * );
 * const rules = [{ name: "cart", on: "cart", unless: "buy", afterMinutes: 60 }];
 * const { actions, rules: counts } = replayTriggers(rules, log, { until: 86_400_000 });
 * actions.map(({ customer, time }) => [customer, time]); // [["ann", 3600000]]
 * counts; // [{ rule: "cart", armed: 2, sent: 1, cancelled: 1, pending: 0, held: 0, suppressed: {}, … }]
 * @see stepTriggers. Cost: one pass over the events, a heap of what waits per customer, and a sort of the messages.
 */
export function replayTriggers(
  rules: readonly TriggerRule[],
  log: EventLog,
  options: ReplayTriggersOptions,
): TriggerReport {
  const caller = "replayTriggers";
  const book = ruleBook(caller, rules);
  const read = readOptions(caller, replayTriggersOptions, options);
  checkLog(caller, log);
  const fieldOf = fieldReader(caller, book, log);
  const outbox = newOutbox(book.rules.length);
  const desk = replayDesk(caller, book, surroundingsOf(caller, read), outbox);
  const pending = new Float64Array(book.rules.length);
  const keeper = read.keepState ? stateKeeper(desk) : undefined;
  const { time, type, customer, byCustomer } = log;
  const typeNames = type.names;
  let count = 0;
  // One event object serves all rows: nothing of it is kept.
  let row = 0;
  const event = { type: "", time: 0, field: (name: string) => fieldOf(name, row) };
  customer.names.forEach((name, group) => {
    desk.open(name);
    const end = byCustomer.starts[group + 1];
    for (row = byCustomer.starts[group]; row < end && time[row] <= read.until; row++, count++) {
      event.type = typeNames[type.codes[row]];
      event.time = time[row];
      desk.pass(event);
    }
    desk.advance(read.until);
    desk.addPending(pending);
    keeper?.keep();
  });
  const state = keeper?.state(read.until);
  return {
    ...reportOf(book, outbox, pending, read.timeZone),
    read: count,
    ignored: log.length - count,
    ...(state === undefined ? {} : { state }),
    notes: notesOf(book, outbox, log.length - count),
  };
}

/** Reads the cells of a log as fields of events. */
function fieldReader(caller: string, book: RuleBook, log: EventLog): (name: string, row: number) => Cell | undefined {
  const readers = new Map<string, (row: number) => Cell | undefined>();
  for (const [name, column] of Object.entries(log.extra)) {
    if (column instanceof Float64Array) {
      readers.set(name, (row) => cellOf(column[row]));
      continue;
    }
    checkCodes(caller, `log.extra.${name}`, column, log.length);
    const cells = column.names.map(cellOf);
    const { codes } = column;
    readers.set(name, (row) => cells[codes[row]]);
    if (name !== "timeZone" || !book.usesZones) continue;
    const unknown = cells.findIndex((zone) => zone !== undefined && calendarIn(String(zone)) === undefined);
    if (unknown >= 0) refuse(caller, "invalid-value", `log.extra.timeZone.names[${unknown}]`, "an IANA time zone", "another text"); // prettier-ignore
  }
  readers.set("customer", (row) => log.customer.names[log.customer.codes[row]]);
  readers.set("type", (row) => log.type.names[log.type.codes[row]]);
  readers.set("time", (row) => log.time[row]);
  readers.set("value", (row) => cellOf(log.value[row]));
  return (name, row) => readers.get(name)?.(row);
}

interface StateKeeper {
  /** Takes in what is remembered of the customer. */
  keep(): void;
  state(now: number): TriggerState;
}

/** Builds the state of live steps from what a replay remembers. */
function stateKeeper(desk: ReplayDesk): StateKeeper {
  const { book, surroundings } = desk;
  let customers: PersistentMap<Memory> = emptyMap();
  const timers: Timed<TimerItem>[] = [];
  return {
    keep() {
      const { customer, clock } = desk;
      const profile = desk.profile();
      const kept: [string, Slot][] = [];
      let latest = -Infinity;
      for (const [id, rule, slot] of desk.slots()) {
        const isWaiting = slot.anchor !== null;
        const matters = slotMatters(slot, rule, surroundings.lateness, profile.last);
        if (!isWaiting && matters < clock) continue;
        if (isWaiting) timers.push([slot.due, [customer, id]]);
        else if (matters < Infinity) latest = Math.max(latest, matters);
        kept.push([id, { ...slot, wake: isWaiting ? slot.due : null }]);
      }
      const until = profileMatters(profile, book, surroundings);
      if (until < Infinity) latest = Math.max(latest, until);
      const wake = latest < clock ? null : latest + 1;
      if (wake !== null) timers.push([wake, [customer, null]]);
      if (kept.length === 0 && until < clock) return;
      const slots = mapChange(emptyMap<Slot>(), kept);
      customers = mapSet(customers, customer, {
        profile: until < clock ? null : { ...profile },
        slots,
        wake,
        kept: kept.length,
      });
    },
    state: (now) => ({ kind: "trigger-state", version: 1, now, customers, timers: queueOf(timers) }),
  };
}
