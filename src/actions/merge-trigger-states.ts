import { ClienteleError, refuse } from "../core/errors.ts";
import { mapEntries, mapGet, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import { type PersistentQueue, queueEntries, queueOf, type Timed } from "../core/persistent-queue.ts";
import { checkState } from "./step-triggers.ts";
import { emptyTriggerState, type Memory, type TimerItem, type TriggerState } from "./trigger-state.ts";

/**
 * Joins the states of two streams that had different customers: shards, or a shop that was taken over.
 *
 * Live steps go on from the joined state as both would have: customers never affect each other. The clock is the later of
 * the two; what the slower stream had not come to yet goes out with the next step, at its own time.
 *
 * @param a - a state of `stepTriggers`; `undefined` = nothing happened yet.
 * @param b - another one.
 * @returns a state that shares nothing with the two.
 * @throws {ClienteleError} `invalid-value` when a customer is in both: which one is right cannot be told;
 * `incompatible-model` for what is no state.
 * @example
 * const rules = [{ name: "cart", on: "cart", afterMinutes: 60 }];
 * const east = stepTriggers(rules, undefined, { customer: "ann", type: "cart", time: 0 }).state;
 * const west = stepTriggers(rules, undefined, { customer: "bo", type: "cart", time: 0 }).state;
 * stepTriggers(rules, mergeTriggerStates(east, west), { now: 3_600_000 }).actions.length; // 2
 * mergeTriggerStates(east, east); // throws invalid-value
 * @see stepTriggers. Cost: what both remember, and a sort of their timers.
 */
export function mergeTriggerStates(a: TriggerState | undefined, b: TriggerState | undefined): TriggerState {
  const caller = "mergeTriggerStates";
  checkState(caller, a, "a");
  checkState(caller, b, "b");
  try {
    return joined(caller, copyOf(a ?? emptyTriggerState()), copyOf(b ?? emptyTriggerState()));
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    return refuse(caller, "incompatible-model", "a", "intact, like b", "another shape");
  }
}

function joined(caller: string, a: TriggerState, b: TriggerState): TriggerState {
  let customers = a.customers as PersistentMap<Memory>;
  for (const [customer, memory] of mapEntries(b.customers as PersistentMap<Memory>)) {
    if (mapGet(customers, customer) !== undefined) {
      refuse(caller, "invalid-value", "b.customers", "other customers than those of a", "a customer of both");
    }
    customers = mapSet(customers, customer, memory);
  }
  const timers: Timed<TimerItem>[] = [a, b].flatMap((state) =>
    queueEntries(state.timers as PersistentQueue<TimerItem>),
  );
  const now = a.now === null || b.now === null ? (a.now ?? b.now) : Math.max(a.now, b.now);
  return { kind: "trigger-state", version: 1, now, customers, timers: queueOf(timers) };
}

/** A state is plain JSON with finite numbers, which a copy through text keeps to the bit. */
function copyOf(state: TriggerState): TriggerState {
  return JSON.parse(JSON.stringify(state)) as TriggerState;
}
