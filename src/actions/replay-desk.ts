import { inFiringOrder, receive, ring } from "./trigger-core.ts";
import type { Desk, Happening, Outbox } from "./trigger-desk.ts";
import { newProfile, newSlot, type Profile, type Slot, slotId } from "./trigger-memory.ts";
import type { RuleBook, Surroundings } from "./trigger-plan.ts";
import type { ReadRule } from "./trigger-rules.ts";

/** A desk for one customer after another, whose memory lives as long as the customer's events pass by. */
export interface ReplayDesk extends Desk {
  /** Begins with a customer; all that was remembered is gone. */
  open(customer: string): void;
  /** Takes in an event, after firing what was due before it. */
  pass(event: Happening): void;
  /** Fires what is due up to a time. */
  advance(to: number): void;
  /** Counts the waits that are open, by the rule's index. */
  addPending(counts: Float64Array): void;
  /** What is remembered now, by the name of the slot. */
  slots(): [id: string, rule: ReadRule, slot: Slot][];
}

interface Alarm {
  readonly time: number;
  readonly rule: ReadRule;
  readonly key: string | null;
  readonly slot: Slot;
}

/** Opens a desk that forgets nothing: what live steps forget is what no later event asks for. */
export function replayDesk(caller: string, book: RuleBook, surroundings: Surroundings, outbox: Outbox): ReplayDesk {
  let profile: Profile = newProfile();
  let isProfileUsed = false;
  const own: (Slot | undefined)[] = new Array<undefined>(book.rules.length).fill(undefined);
  const keyed = book.rules.map(() => new Map<string, Slot>());
  const alarms: Alarm[] = [];

  const find = ({ index }: ReadRule, key: string | null): Slot | undefined =>
    key === null ? own[index] : keyed[index].get(key);

  const desk: ReplayDesk = {
    caller,
    book,
    surroundings,
    outbox,
    customer: "",
    clock: -Infinity,
    ready: [],
    profile: () => profile,
    editProfile() {
      isProfileUsed = true;
      return profile;
    },
    find,
    edit(rule, key) {
      let slot = find(rule, key);
      if (slot !== undefined) return slot;
      slot = newSlot();
      if (key === null) own[rule.index] = slot;
      else keyed[rule.index].set(key, slot);
      return slot;
    },
    keysOf({ index, by }) {
      if (by === null) return own[index] === undefined ? [] : [null];
      return [...keyed[index].keys()];
    },
    setTimer(rule, key, slot) {
      if (slot.anchor === null || slot.due <= desk.clock || (slot.wake !== null && slot.wake <= slot.due)) return;
      slot.wake = slot.due;
      push(alarms, { time: slot.due, rule, key, slot });
    },
    open(customer) {
      desk.customer = customer;
      desk.clock = -Infinity;
      own.fill(undefined);
      for (const slots of keyed) if (slots.size > 0) slots.clear();
      alarms.length = 0;
      if (isProfileUsed) profile = newProfile();
      isProfileUsed = false;
    },
    pass(event) {
      desk.advance(event.time);
      receive(desk, event);
    },
    advance(to) {
      while (alarms.length > 0 && alarms[0].time <= to) {
        const { time, rule, key, slot } = pop(alarms);
        // An alarm that was set before an earlier one is over.
        if (slot.wake !== time) continue;
        slot.wake = null;
        desk.clock = time;
        if (slot.anchor !== null && slot.due > time) desk.setTimer(rule, key, slot);
        else ring(desk, rule, key);
      }
      desk.clock = to;
    },
    addPending(counts) {
      for (let index = 0; index < own.length; index++) {
        const single = own[index];
        if (single !== undefined && single.anchor !== null) counts[index]++;
        if (keyed[index].size > 0) for (const slot of keyed[index].values()) if (slot.anchor !== null) counts[index]++;
      }
    },
    slots() {
      const { prefixes, rules } = book;
      return rules.flatMap((rule) => {
        const entries: [string | null, Slot][] = [...keyed[rule.index]];
        const single = own[rule.index];
        if (single !== undefined) entries.push([null, single]);
        return entries.map(([key, slot]): [string, ReadRule, Slot] => [slotId(prefixes[rule.index], key), rule, slot]);
      });
    },
  };
  return desk;
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.time < b.time || (a.time === b.time && inFiringOrder(a, b) < 0);
}

/** Puts an alarm into a binary heap. */
function push(heap: Alarm[], alarm: Alarm): void {
  let place = heap.push(alarm) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isBefore(alarm, heap[parent])) break;
    heap[place] = heap[parent];
    place = parent;
  }
  heap[place] = alarm;
}

/** Takes the first alarm out of a binary heap that is not empty. */
function pop(heap: Alarm[]): Alarm {
  const first = heap[0];
  const alarm = heap.pop() as Alarm;
  if (heap.length === 0) return first;
  let place = 0;
  for (let child = 1; child < heap.length; child = 2 * place + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
    if (!isBefore(heap[child], alarm)) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = alarm;
  return first;
}
