import {
  emptyMap,
  mapDelete,
  mapEntries,
  mapGet,
  mapSet,
  mapSize,
  type PersistentMap,
} from "../core/persistent-map.ts";
import { emptyQueue, type PersistentQueue, queueAdd, queueNext, queueTake } from "../core/persistent-queue.ts";
import { compareNames } from "../tables/ties.ts";
import { type Desk, inFiringOrder, type Outbox, ring } from "./trigger-core.ts";
import { newProfile, newSlot, parseSlotId, type Profile, type Slot, slotId, slotMatters } from "./trigger-memory.ts";
import type { RuleBook, Surroundings } from "./trigger-plan.ts";
import type { ReadRule } from "./trigger-rules.ts";

/**
 * What a stream of triggers remembers: the messages that wait, and of each customer the little that a rule still needs.
 * Plain JSON; a new state shares most of its parts with the one before, so keep it as it is and change nothing in it.
 */
export interface TriggerState {
  /** What this is. */
  readonly kind: "trigger-state";
  /** Version of the layout. */
  readonly version: 1;
  /** The latest instant of any event or tick; `null` before the first. */
  readonly now: number | null;
  /** What is remembered by customer, in a layout of its own. */
  readonly customers: object;
  /** When to look at what, in a layout of its own. */
  readonly timers: object;
}

/** What is remembered of a customer. */
export interface Memory {
  readonly profile: Profile | null;
  /** By the name of the slot. */
  readonly slots: PersistentMap<Slot>;
}

/** What a timer is set for: a customer's slot; `null` = the profile. */
export type TimerItem = readonly [customer: string, slot: string | null];

/** A desk that keeps its memory in a state. */
export interface LiveDesk extends Desk {
  /** Opens a customer's memory; the one that was open is put away. */
  open(customer: string): void;
  /** Fires all that is due up to a time, and brings the clock there. */
  advance(to: number): void;
  /** Puts the open memory away, and hands out the state. */
  close(): TriggerState;
}

/** A state with nothing in it. */
export function emptyTriggerState(): TriggerState {
  return { kind: "trigger-state", version: 1, now: null, customers: emptyMap(), timers: emptyQueue() };
}

/** Opens a state to work on. The state itself is not changed. */
export function liveDesk(
  caller: string,
  book: RuleBook,
  surroundings: Surroundings,
  state: TriggerState,
  outbox: Outbox,
): LiveDesk {
  let customers = state.customers as PersistentMap<Memory>;
  let timers = state.timers as PersistentQueue<TimerItem>;
  let memory: Memory | undefined;
  let profile: Readonly<Profile> = nobody;
  let isProfileEdited = false;
  const edited = new Map<string, Slot>();

  const idOf = (rule: ReadRule, key: string | null): string => slotId(book.prefixes[rule.index], key);
  const look = (id: string): Readonly<Slot> | undefined =>
    edited.get(id) ?? (memory === undefined ? undefined : mapGet(memory.slots, id));
  const edit = (id: string): Slot => {
    let slot = edited.get(id);
    if (slot === undefined) {
      const kept = memory === undefined ? undefined : mapGet(memory.slots, id);
      slot = kept === undefined ? newSlot() : { ...kept };
      edited.set(id, slot);
    }
    return slot;
  };
  const setTimer = (id: string, rule: ReadRule, slot: Slot): void => {
    const at = slot.anchor !== null ? slot.due : slotMatters(slot, rule, surroundings.lateness, profile.last) + 1;
    // What is due is fired after the event, and what matters no more is dropped when the memory is put away.
    if (at <= desk.clock || at === Infinity || (slot.wake !== null && slot.wake <= at)) return;
    slot.wake = at;
    timers = queueAdd(timers, at, [desk.customer, id]);
  };

  const putAway = (): void => {
    if (edited.size === 0 && !isProfileEdited) return;
    let slots = memory?.slots ?? emptyMap<Slot>();
    for (const [id, slot] of edited) {
      const rule = book.byName.get(parseSlotId(id)?.rule ?? "");
      const matters =
        rule !== undefined &&
        (slot.anchor !== null || slotMatters(slot, rule, surroundings.lateness, profile.last) >= desk.clock);
      slots = matters ? mapSet(slots, id, slot) : mapDelete(slots, id);
    }
    edited.clear();
    if (isProfileEdited) profile = keptProfile();
    isProfileEdited = false;
    const isEmpty = profile === nobody && mapSize(slots) === 0;
    if (!isEmpty) customers = mapSet(customers, desk.customer, { profile: profile === nobody ? null : profile, slots });
    else if (memory !== undefined) customers = mapDelete(customers, desk.customer);
  };

  /** The profile with a timer for its end; nobody's when it has ended. */
  const keptProfile = (): Readonly<Profile> => {
    const until = profileMatters(profile, book, surroundings);
    if (until < desk.clock) return nobody;
    if (until === Infinity || (profile.wake !== null && profile.wake <= until + 1)) return profile;
    timers = queueAdd(timers, until + 1, [desk.customer, null]);
    return { ...profile, wake: until + 1 };
  };

  const desk: LiveDesk = {
    caller,
    book,
    surroundings,
    outbox,
    customer: "",
    clock: state.now ?? -Infinity,
    ready: [],
    profile: () => profile,
    editProfile() {
      if (!isProfileEdited) profile = { ...profile };
      isProfileEdited = true;
      return profile;
    },
    find: (rule, key) => look(idOf(rule, key)),
    edit: (rule, key) => edit(idOf(rule, key)),
    keysOf(rule) {
      const ids = new Set(edited.keys());
      if (memory !== undefined) for (const [id] of mapEntries(memory.slots)) ids.add(id);
      return [...ids].flatMap((id) => {
        const slot = parseSlotId(id);
        return slot?.rule === rule.name ? [slot.key] : [];
      });
    },
    setTimer: (rule, key, slot) => setTimer(idOf(rule, key), rule, slot),
    open(customer) {
      if (customer === desk.customer && (memory !== undefined || edited.size > 0)) return;
      putAway();
      desk.customer = customer;
      memory = mapGet(customers, customer);
      profile = memory?.profile ?? nobody;
    },
    advance(to) {
      for (let next = queueNext(timers); next <= to; next = queueNext(timers)) {
        const { taken, rest } = queueTake(timers);
        timers = rest;
        desk.clock = Math.max(desk.clock, next);
        wake(next, taken);
      }
      desk.clock = Math.max(desk.clock, to);
    },
    close() {
      putAway();
      const now = desk.clock === -Infinity ? null : desk.clock;
      return { kind: "trigger-state", version: 1, now, customers, timers };
    },
  };

  /** Looks after the timers of one instant, customer by customer. */
  const wake = (time: number, items: readonly TimerItem[]): void => {
    const sorted = items.length === 1 ? items : items.toSorted(byCustomer);
    for (let i = 0; i < sorted.length;) {
      const [customer] = sorted[i];
      desk.open(customer);
      const due = [];
      for (; i < sorted.length && sorted[i][0] === customer; i++) {
        const id = sorted[i][1];
        if (id === null) {
          if (profile.wake === time) desk.editProfile().wake = null;
          continue;
        }
        // A timer that was set before an earlier one is over.
        if (look(id)?.wake !== time) continue;
        const slot = edit(id);
        slot.wake = null;
        const named = parseSlotId(id);
        const rule = book.byName.get(named?.rule ?? "");
        if (rule === undefined || named === undefined) continue;
        if (slot.anchor !== null && slot.due <= desk.clock) due.push({ rule, key: named.key });
        else setTimer(id, rule, slot);
      }
      for (const { rule, key } of due.sort(inFiringOrder)) ring(desk, rule, key);
    }
  };
  return desk;
}

const nobody: Readonly<Profile> = Object.freeze(newProfile());

function byCustomer(a: TimerItem, b: TimerItem): number {
  return compareNames(a[0], b[0]);
}

/** The time up to which a profile matters; `Infinity` = as long as the customer is remembered. */
export function profileMatters(profile: Readonly<Profile>, book: RuleBook, { cap, lateness }: Surroundings): number {
  if (profile.segment !== null || profile.timeZone !== null || profile.consents !== null) return Infinity;
  let until = -Infinity;
  if (profile.last !== null) for (const pause of book.pauses) until = Math.max(until, profile.last + pause + lateness);
  if (profile.sent.length > 0 && cap !== null) until = profile.sent[profile.sent.length - 1] + cap.window;
  for (const [name, time] of profile.cooling) until = Math.max(until, time + (book.byName.get(name)?.cooldown ?? 0));
  return until;
}
