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
import { inFiringOrder, ring } from "./trigger-core.ts";
import type { Desk, Outbox, Timer } from "./trigger-desk.ts";
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

const nobody: Readonly<Profile> = Object.freeze(newProfile());

/** Opens a state to work on. The state itself is not changed. */
export function liveDesk(
  caller: string,
  book: RuleBook,
  surroundings: Surroundings,
  state: TriggerState,
  outbox: Outbox,
): LiveDesk {
  return new Live(caller, book, surroundings, state, outbox);
}

/** A class, because a step is so short that making a dozen closures takes a good part of it. */
class Live implements LiveDesk {
  customer = "";
  clock: number;
  readonly ready: Timer[] = [];
  private customers: PersistentMap<Memory>;
  private timers: PersistentQueue<TimerItem>;
  private memory: Memory | undefined = undefined;
  private present: Readonly<Profile> = nobody;
  private isProfileEdited = false;
  /** Slots that this step has copied to change them. */
  private readonly edited = new Map<string, Slot>();

  constructor(
    readonly caller: string,
    readonly book: RuleBook,
    readonly surroundings: Surroundings,
    state: TriggerState,
    readonly outbox: Outbox,
  ) {
    this.customers = state.customers as PersistentMap<Memory>;
    this.timers = state.timers as PersistentQueue<TimerItem>;
    this.clock = state.now ?? -Infinity;
  }

  profile(): Readonly<Profile> {
    return this.present;
  }

  editProfile(): Profile {
    if (!this.isProfileEdited) this.present = { ...this.present };
    this.isProfileEdited = true;
    return this.present;
  }

  find(rule: ReadRule, key: string | null): Readonly<Slot> | undefined {
    return this.look(slotId(this.book.prefixes[rule.index], key));
  }

  edit(rule: ReadRule, key: string | null): Slot {
    return this.copyOf(slotId(this.book.prefixes[rule.index], key));
  }

  keysOf(rule: ReadRule): (string | null)[] {
    const ids = new Set(this.edited.keys());
    if (this.memory !== undefined) for (const [id] of mapEntries(this.memory.slots)) ids.add(id);
    return [...ids].flatMap((id) => {
      const slot = parseSlotId(id);
      return slot?.rule === rule.name ? [slot.key] : [];
    });
  }

  setTimer(rule: ReadRule, key: string | null, slot: Slot): void {
    const at = slot.anchor !== null ? slot.due : this.matters(slot, rule) + 1;
    // What is due is fired after the event, and what matters no more is dropped when the memory is put away.
    if (at <= this.clock || at === Infinity || (slot.wake !== null && slot.wake <= at)) return;
    slot.wake = at;
    this.timers = queueAdd(this.timers, at, [this.customer, slotId(this.book.prefixes[rule.index], key)]);
  }

  open(customer: string): void {
    if (customer === this.customer && (this.memory !== undefined || this.edited.size > 0)) return;
    this.putAway();
    this.customer = customer;
    this.memory = mapGet(this.customers, customer);
    this.present = this.memory?.profile ?? nobody;
  }

  advance(to: number): void {
    for (let next = queueNext(this.timers); next <= to; next = queueNext(this.timers)) {
      const { taken, rest } = queueTake(this.timers);
      this.timers = rest;
      this.clock = Math.max(this.clock, next);
      this.wake(next, taken);
    }
    this.clock = Math.max(this.clock, to);
  }

  close(): TriggerState {
    this.putAway();
    const { clock, customers, timers } = this;
    return { kind: "trigger-state", version: 1, now: clock === -Infinity ? null : clock, customers, timers };
  }

  private look(id: string): Readonly<Slot> | undefined {
    return this.edited.get(id) ?? (this.memory === undefined ? undefined : mapGet(this.memory.slots, id));
  }

  private copyOf(id: string): Slot {
    let slot = this.edited.get(id);
    if (slot === undefined) {
      const kept = this.memory === undefined ? undefined : mapGet(this.memory.slots, id);
      slot = kept === undefined ? newSlot() : { ...kept };
      this.edited.set(id, slot);
    }
    return slot;
  }

  private matters(slot: Slot, rule: ReadRule): number {
    return slotMatters(slot, rule, this.surroundings.lateness, this.present.last);
  }

  private putAway(): void {
    if (this.edited.size === 0 && !this.isProfileEdited) return;
    let slots = this.memory?.slots ?? emptyMap<Slot>();
    for (const [id, slot] of this.edited) {
      const rule = this.book.byName.get(parseSlotId(id)?.rule ?? "");
      const isKept = rule !== undefined && (slot.anchor !== null || this.matters(slot, rule) >= this.clock);
      slots = isKept ? mapSet(slots, id, slot) : mapDelete(slots, id);
    }
    this.edited.clear();
    if (this.isProfileEdited) this.present = this.keptProfile(this.present);
    this.isProfileEdited = false;
    const profile = this.present === nobody ? null : this.present;
    const isEmpty = profile === null && mapSize(slots) === 0;
    if (!isEmpty) this.customers = mapSet(this.customers, this.customer, { profile, slots });
    else if (this.memory !== undefined) this.customers = mapDelete(this.customers, this.customer);
  }

  /** The profile with a timer for its end; nobody's when it has ended. */
  private keptProfile(profile: Readonly<Profile>): Readonly<Profile> {
    const until = profileMatters(profile, this.book, this.surroundings);
    if (until < this.clock) return nobody;
    if (until === Infinity || (profile.wake !== null && profile.wake <= until + 1)) return profile;
    this.timers = queueAdd(this.timers, until + 1, [this.customer, null]);
    return { ...profile, wake: until + 1 };
  }

  /** Looks after the timers of one instant, customer by customer. */
  private wake(time: number, items: readonly TimerItem[]): void {
    const sorted = items.length === 1 ? items : items.toSorted(byCustomer);
    for (let i = 0; i < sorted.length;) {
      const [customer] = sorted[i];
      this.open(customer);
      const due: Timer[] = [];
      for (; i < sorted.length && sorted[i][0] === customer; i++) {
        const id = sorted[i][1];
        if (id !== null) this.wakeSlot(time, id, due);
        else if (this.present.wake === time) this.editProfile().wake = null;
      }
      for (const { rule, key } of due.length > 1 ? due.sort(inFiringOrder) : due) ring(this, rule, key);
    }
  }

  private wakeSlot(time: number, id: string, due: Timer[]): void {
    // A timer that was set before an earlier one is over.
    if (this.look(id)?.wake !== time) return;
    const slot = this.copyOf(id);
    slot.wake = null;
    const named = parseSlotId(id);
    const rule = this.book.byName.get(named?.rule ?? "");
    if (rule === undefined || named === undefined) return;
    if (slot.anchor !== null && slot.due <= this.clock) due.push({ rule, key: named.key });
    else this.setTimer(rule, named.key, slot);
  }
}

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
