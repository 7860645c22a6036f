import type { Note } from "../core/note.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { calendarOf } from "../tables/calendar.ts";
import type { Action, Cancellation, Outbox, Suppression, SuppressionReason } from "./trigger-desk.ts";
import type { RuleBook } from "./trigger-plan.ts";
import type { TriggerState } from "./trigger-state.ts";

/** What became of one rule. */
export interface TriggerRuleReport {
  /** Name of the rule. */
  readonly rule: string;
  /** Waits that began; each is sent, suppressed, cancelled or pending. */
  readonly armed: number;
  /** Messages that went out. */
  readonly sent: number;
  /** Waits that a cancelling event ended. */
  readonly cancelled: number;
  /** Waits that `until` left open. */
  readonly pending: number;
  /** Messages that quiet hours put off, whatever became of them. */
  readonly held: number;
  /** Messages that did not go out, by reason. */
  readonly suppressed: Readonly<Partial<Record<SuppressionReason, number>>>;
  /** Customers who got at least one message. */
  readonly customers: number;
  /** Events that start the rule, but lack the column it goes by. */
  readonly withoutKey: number;
}

/** What one rule did on one local day. */
export interface TriggerDay {
  /** Begin of the day, epoch milliseconds. */
  readonly start: number;
  /** Name of the rule. */
  readonly rule: string;
  /** Messages that went out. */
  readonly sent: number;
  /** Messages that were due and did not go out. */
  readonly suppressed: number;
}

/** Who would have got what, and when: result of {@link replayTriggers}. */
export interface TriggerReport {
  /** The messages, by time, then customer in the order of the log, then in the order of firing. */
  readonly actions: readonly Action[];
  /** Messages that were due and did not go out, in the same order. */
  readonly suppressed: readonly Suppression[];
  /** Waits that a cancelling event ended, in the same order. */
  readonly cancelled: readonly Cancellation[];
  /** What became of each rule, in the order in which they were given. */
  readonly rules: readonly TriggerRuleReport[];
  /** Days on which a rule did something, by day, then rule. */
  readonly days: readonly TriggerDay[];
  /** Events that were read. */
  readonly read: number;
  /** Events after `until`. */
  readonly ignored: number;
  /** The state at `until`, if it was asked for. */
  readonly state?: TriggerState;
  /** `events-after-until`, `missing-key`. */
  readonly notes: readonly Note[];
}

/** A report on a rule while it is counted, with its days by number. */
interface Count {
  readonly report: { -readonly [K in keyof TriggerRuleReport]: TriggerRuleReport[K] };
  readonly reasons: Partial<Record<SuppressionReason, number>>;
  readonly days: Map<number, { sent: number; suppressed: number }>;
  /** Customers come one after another. */
  lastCustomer: string | undefined;
}

/**
 * Sums up what a replay put down.
 *
 * @param book - the rules.
 * @param outbox - what happened, customer by customer.
 * @param pending - waits that are open, by the rule's index.
 * @param zone - where days begin.
 */
export function reportOf(
  { rules }: RuleBook,
  { actions, suppressed, cancelled, unkeyed, tally }: Outbox,
  pending: Float64Array,
  zone: string,
): Pick<TriggerReport, "actions" | "suppressed" | "cancelled" | "rules" | "days"> {
  const counts = rules
    .toSorted((a, b) => a.index - b.index)
    .map(({ name, index }): Count => {
      const reasons = {};
      const armed = tally?.armed[index] ?? 0;
      const held = tally?.held[index] ?? 0;
      const none = { sent: 0, cancelled: 0, customers: 0, withoutKey: 0 };
      const report = { rule: name, armed, ...none, pending: pending[index], held, suppressed: reasons };
      return { report, reasons, days: new Map(), lastCustomer: undefined };
    });
  for (const index of unkeyed) counts[index].report.withoutKey++;
  const countOf = new Map(counts.map((count) => [count.report.rule, count]));
  const calendar = calendarOf(zone);
  const dayOf = ({ days }: Count, time: number): { sent: number; suppressed: number } => {
    const day = calendar.dayOf(time);
    let cell = days.get(day);
    if (cell === undefined) days.set(day, (cell = { sent: 0, suppressed: 0 }));
    return cell;
  };
  for (const { rule, customer, time } of actions) {
    const count = countOf.get(rule);
    if (count === undefined) continue;
    count.report.sent++;
    if (count.lastCustomer !== customer) count.report.customers++;
    count.lastCustomer = customer;
    dayOf(count, time).sent++;
  }
  for (const { rule, reason, time } of suppressed) {
    const count = countOf.get(rule);
    if (count === undefined) continue;
    count.reasons[reason] = (count.reasons[reason] ?? 0) + 1;
    dayOf(count, time).suppressed++;
  }
  for (const { rule } of cancelled) {
    const count = countOf.get(rule);
    if (count !== undefined) count.report.cancelled++;
  }
  const days = counts.flatMap((count, index) => Array.from(count.days, ([day, cell]) => ({ day, index, cell })));
  return {
    actions: byTime(actions),
    suppressed: byTime(suppressed),
    cancelled: byTime(cancelled),
    rules: counts.map(({ report }) => report),
    days: days
      .sort((a, b) => a.day - b.day || a.index - b.index)
      .map(({ day, index, cell }) => ({ start: calendar.startOfDay(day), rule: counts[index].report.rule, ...cell })),
  };
}

/** Messages by time; those of one time keep their order. */
function byTime<T extends { readonly time: number }>(messages: readonly T[]): T[] {
  // Loops: `from` with a function goes through an iterator, ten times as slow for a million messages.
  const times = new Float64Array(messages.length);
  for (let i = 0; i < times.length; i++) times[i] = messages[i].time;
  const order = rowOrder(times, times.length, 1);
  const sorted: T[] = [];
  for (let i = 0; i < order.length; i++) sorted.push(messages[order[i]]);
  return sorted;
}

/** Says which events were not read, or not for a rule. */
export function notesOf({ rules }: RuleBook, { unkeyed }: Outbox, ignored: number): Note[] {
  const notes: Note[] = [];
  if (ignored > 0) notes.push({ code: "events-after-until", message: `${ignored} events come after until and were not read.` }); // prettier-ignore
  for (const { index, name, by } of rules.toSorted((a, b) => a.index - b.index)) {
    const missing = unkeyed.reduce((sum, other) => sum + (other === index ? 1 : 0), 0);
    if (missing === 0) continue;
    notes.push({ code: "missing-key", message: `${missing} events start rule "${name}", which goes by "${by ?? ""}", but have none.` }); // prettier-ignore
  }
  return notes;
}
