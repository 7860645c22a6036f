import { isRecord } from "../core/dictionary.ts";
import { lastInstant } from "../core/durations.ts";
import { ClienteleError, describeCell, describeValue, refuse } from "../core/errors.ts";
import { emptyMap, mapEntries, mapGet, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import { stringOrder } from "../numeric/string-order.ts";
import { behaviorHolds, type BehaviorLeaf, type BehaviorSegmentRule, readBehaviorRules } from "./behavior-rules.ts";
import type { BehaviorLabels } from "./label-behavior.ts";
import { applyRules, type RuleSet } from "./rule-tree.ts";

/** An event of a stream, as behavioral rules read it; other properties are ignored. */
export interface BehaviorEvent {
  /** Id of the customer. */
  readonly customer: string;
  /** Type of the event. */
  readonly type: string;
  /** Epoch milliseconds, UTC. */
  readonly time: number;
}

/**
 * What a stream of behavioral rules remembers: for each customer and condition the few latest times that decide. Plain
 * JSON; a new state shares most of its parts with the one before, so keep it as it is and change nothing in it.
 */
export interface BehaviorRuleState {
  /** What this is a state of. */
  readonly kind: "behavior-rules";
  /** Version of the layout. */
  readonly version: 1;
  /** The latest instant of any event or tick; null before the first. */
  readonly now: number | null;
  /** The conditions that the times belong to. */
  readonly conditions: string;
  /** The times by customer, in a layout of its own. */
  readonly customers: object;
}

/** A customer who is in another segment than before the step. */
export interface BehaviorChange {
  /** Id of the customer. */
  readonly customer: string;
  /** Null for none. */
  readonly from: string | null;
  /** Null for none. */
  readonly to: string | null;
}

/** What a step leads to. */
export interface BehaviorStep {
  /** The state after the step; the state before it is unchanged. */
  readonly state: BehaviorRuleState;
  /**
   * Who changed segments: after an event its customer, if so; after a tick every customer whose time ran out or came, in
   * code-unit order of their ids.
   */
  readonly changes: readonly BehaviorChange[];
}

interface Memory {
  /** The segment that was last reported; −1 = none. */
  readonly label: number;
  /** One list per condition. */
  readonly times: readonly (readonly number[])[];
}

/**
 * Evaluates the rules of {@link labelByBehavior} as events happen, and reports who enters or leaves a segment.
 *
 * An event moves the clock forward and re-evaluates its own customer. Conditions also change by time alone ("has not bought
 * for 30 days"): send a tick `{ now }` as often as you want to know of it. Events may come late and in any order; the clock
 * never goes back. At any time {@link labelBehaviorState} gives for all customers what `labelByBehavior` gives for the same
 * events at the state's `now`.
 *
 * @param rules - see `labelByBehavior`; pass the same in every step.
 * @param state - the state of the step before; `undefined` at first.
 * @param event - the next event, or a tick with epoch milliseconds.
 * @returns the new state, and who changed segments.
 * @throws {ClienteleError} `invalid-option` and `unknown-option` for wrong rules; `invalid-value` for an event without
 * customer, type or time; `incompatible-model` for a state that is none or was made with other conditions.
 * @example
 * const rules = [{ name: "keen", when: { did: "view", atLeast: 2, withinDays: 7 } }];
 * const one = stepBehaviorRules(rules, undefined, { customer: "ann", type: "view", time: 0 });
 * const two = stepBehaviorRules(rules, one.state, { customer: "ann", type: "view", time: 1000 });
 * two.changes; // [{ customer: "ann", from: null, to: "keen" }]
 * stepBehaviorRules(rules, two.state, { now: 8 * 86_400_000 }).changes; // [{ customer: "ann", from: "keen", to: null }]
 * @see labelByBehavior. Cost per event: the size of the rules; per tick: customers × rules.
 */
export function stepBehaviorRules(
  rules: readonly BehaviorSegmentRule[],
  state: BehaviorRuleState | undefined,
  event: BehaviorEvent | { readonly now: number },
): BehaviorStep {
  const caller = "stepBehaviorRules";
  const read = readBehaviorRules(caller, rules, "rules");
  const conditions = conditionsOf(read);
  const customers = customersOf(caller, state, conditions);
  if (!isRecord(event)) refuse(caller, "invalid-value", "event", "an event or a tick", describeValue(event));
  const happening: Partial<BehaviorEvent & { readonly now: number }> = event;
  const isTick = happening.now !== undefined && happening.customer === undefined;
  const time: unknown = isTick ? happening.now : happening.time;
  if (typeof time !== "number" || !(Math.abs(time) <= lastInstant)) {
    refuse(caller, "invalid-value", isTick ? "event.now" : "event.time", "epoch milliseconds", describeCell(time));
  }
  const now = Math.max(state?.now ?? -Infinity, time);
  const stateOf = (map: PersistentMap<Memory>): BehaviorRuleState => {
    return { kind: "behavior-rules", version: 1, now, conditions, customers: map };
  };
  return guarded(caller, () => {
    if (isTick) return tick(read, customers, now, stateOf);
    const { customer, type } = happening as BehaviorEvent;
    for (const [key, value] of [
      ["customer", customer],
      ["type", type],
    ] as const) {
      // prettier-ignore
      if (typeof value === "string" && value !== "") continue;
      refuse(caller, "invalid-value", `event.${key}`, "a non-empty string", describeCell(value));
    }
    const before = mapGet(customers, customer) ?? { label: -1, times: read.leaves.map(() => []) };
    const times = before.times.map((list, i) => (read.leaves[i].types.includes(type) ? withTime(list, time, read.leaves[i].needed) : list)); // prettier-ignore
    const label = labelOf(read, times, now);
    const changes = before.label === label ? [] : [changeOf(read, customer, before.label, label)];
    return { state: stateOf(mapSet(customers, customer, { label, times })), changes };
  });
}

/**
 * Reads the segments of all customers from the state of {@link stepBehaviorRules}, as of its clock.
 *
 * @param rules - the rules of the steps.
 * @param state - the state of the last step; `undefined` before the first.
 * @returns what {@link labelByBehavior} gives for all events so far at `asOf = state.now`, customers in code-unit order of
 * their ids, which is the order of a log too.
 * @throws {ClienteleError} as {@link stepBehaviorRules}. Cost: customers × rules.
 * @example
 * const rules = [{ name: "buyer", when: { did: "buy" } }];
 * const { state } = stepBehaviorRules(rules, undefined, { customer: "ann", type: "buy", time: 0 });
 * labelBehaviorState(rules, state).labels; // Int32Array [0]
 */
export function labelBehaviorState(
  rules: readonly BehaviorSegmentRule[],
  state: BehaviorRuleState | undefined,
): BehaviorLabels {
  const caller = "labelBehaviorState";
  const read = readBehaviorRules(caller, rules, "rules");
  const customers = customersOf(caller, state, conditionsOf(read));
  return guarded(caller, () => {
    const entries = sortedEntries(customers);
    const now = state?.now ?? 0;
    const numbered = { ...read, leaves: read.leaves.map((_, leaf) => leaf) };
    const labeled = applyRules(numbered, entries.length, (leaf, row) =>
      behaviorHolds(read.leaves[leaf], entries[row][1].times[leaf], now),
    );
    return { ids: entries.map(([id]) => id), ...labeled };
  });
}

function tick(
  read: RuleSet<BehaviorLeaf>,
  customers: PersistentMap<Memory>,
  now: number,
  stateOf: (map: PersistentMap<Memory>) => BehaviorRuleState,
): BehaviorStep {
  const changes: BehaviorChange[] = [];
  let after = customers;
  for (const [customer, { label: before, times }] of sortedEntries(customers)) {
    const label = labelOf(read, times, now);
    if (label === before) continue;
    changes.push(changeOf(read, customer, before, label));
    after = mapSet(after, customer, { label, times });
  }
  return { state: stateOf(after), changes };
}

function labelOf(
  { holds, leaves, labelOf: label }: RuleSet<BehaviorLeaf>,
  times: Memory["times"],
  now: number,
): number {
  const first = holds.findIndex((rule) => rule((leaf) => behaviorHolds(leaves[leaf], times[leaf], now)));
  return first < 0 ? -1 : label[first];
}

function changeOf({ names }: RuleSet<BehaviorLeaf>, customer: string, from: number, to: number): BehaviorChange {
  return { customer, from: from < 0 ? null : names[from], to: to < 0 ? null : names[to] };
}

/** The latest `needed` times with another one among them. */
function withTime(times: readonly number[], time: number, needed: number): readonly number[] {
  const at = times.findLastIndex((earlier) => earlier <= time) + 1;
  return needed === 0 ? [] : times.toSpliced(at, 0, time).slice(-needed);
}

function sortedEntries(customers: PersistentMap<Memory>): (readonly [string, Memory])[] {
  const entries = [...mapEntries(customers)];
  return Array.from(stringOrder(entries.map(([id]) => id)), (place) => entries[place]);
}

/** What the kept times depend on, and the names that the kept labels number. */
function conditionsOf({ leaves, names }: RuleSet<BehaviorLeaf>): string {
  return JSON.stringify([names, leaves.map(({ types, needed }) => [types, needed])]);
}

function customersOf(caller: string, state: BehaviorRuleState | undefined, conditions: string): PersistentMap<Memory> {
  if (state === undefined) return emptyMap<Memory>();
  if (!isRecord(state) || state.kind !== "behavior-rules" || (state.version as number) !== 1) {
    refuse(caller, "incompatible-model", "state", "a state of stepBehaviorRules", describeValue(state));
  }
  if (state.conditions !== conditions) {
    refuse(caller, "incompatible-model", "state.conditions", "those of the rules", "others");
  }
  if (!isRecord(state.customers)) refuse(caller, "incompatible-model", "state.customers", "intact", "another shape");
  return state.customers as object as PersistentMap<Memory>;
}

/** What else can fail is reading a state that was damaged on its way through a file. */
function guarded<T>(caller: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    return refuse(caller, "incompatible-model", "state.customers", "intact", "another shape");
  }
}
