import {
  emptyMap,
  mapChange,
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
import {
  copyOfProfile,
  copyOfSlot,
  newProfile,
  newSlot,
  parseSlotId,
  type Profile,
  type Slot,
  slotId,
  slotMatters,
} from "./trigger-memory.ts";
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
  /** When to look what can be forgotten; `null` = nothing in sight. */
  readonly wake: number | null;
  /** How many slots were left when it was last looked. */
  readonly kept: number;
}

/** What a timer is set for: a customer's slot; `null` = to look what can be forgotten. */
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
  /** Whether what is over is to be dropped from all of the open memory, not only from what was edited. */
  private isLookedOver = false;
  /** Slots that this step has copied to change them; the rule is undefined where its name is gone. */
  private edited: Edited[] = [];

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
    if (!this.isProfileEdited) this.present = copyOfProfile(this.present);
    this.isProfileEdited = true;
    return this.present;
  }

  find(rule: ReadRule, key: string | null): Readonly<Slot> | undefined {
    return this.look(slotId(this.book.prefixes[rule.index], key));
  }

  edit(rule: ReadRule, key: string | null): Slot {
    return this.copyOf(slotId(this.book.prefixes[rule.index], key), rule);
  }

  keysOf(rule: ReadRule): (string | null)[] {
    const ids = new Set(this.edited.map(({ id }) => id));
    if (this.memory !== undefined) for (const [id] of mapEntries(this.memory.slots)) ids.add(id);
    return [...ids].flatMap((id) => {
      const slot = parseSlotId(id);
      return slot?.rule === rule.name ? [slot.key] : [];
    });
  }

  setTimer(rule: ReadRule, key: string | null, slot: Slot): void {
    const { anchor, due, wake } = slot;
    // What is due already is fired after the event.
    if (anchor === null || due <= this.clock || (wake !== null && wake <= due)) return;
    slot.wake = due;
    this.timers = queueAdd(this.timers, due, [this.customer, slotId(this.book.prefixes[rule.index], key)]);
  }

  open(customer: string): void {
    if (customer === this.customer && (this.memory !== undefined || this.edited.length > 0)) return;
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
    for (const edited of this.edited) if (edited.id === id) return edited.slot;
    return this.memory === undefined ? undefined : mapGet(this.memory.slots, id);
  }

  private copyOf(id: string, rule: ReadRule | undefined): Slot {
    for (const edited of this.edited) if (edited.id === id) return edited.slot;
    const kept = this.memory === undefined ? undefined : mapGet(this.memory.slots, id);
    const slot = kept === undefined ? newSlot() : copyOfSlot(kept);
    this.edited.push({ id, slot, rule });
    return slot;
  }

  /** Keeps of the open memory what still matters, with a timer for when that is to be looked at. */
  private putAway(): void {
    if (this.edited.length === 0 && !this.isProfileEdited && !this.isLookedOver) return;
    const { memory, clock } = this;
    const latest = { until: -Infinity };
    let slots = memory?.slots ?? emptyMap<Slot>();
    if (this.edited.length > 0) slots = mapChange(slots, this.keptOf(latest));
    let kept = memory?.kept ?? 0;
    const hasGrown = mapSize(slots) > 2 * Math.max(kept, fewSlots);
    if (this.isLookedOver || hasGrown) {
      slots = mapChange(slots, this.overOf(slots, latest));
      kept = mapSize(slots);
    }
    const until = profileMatters(this.present, this.book, this.surroundings);
    const profile = this.present === nobody || until < clock ? null : this.present;
    if (profile !== null && until < Infinity) latest.until = Math.max(latest.until, until);
    let wake = this.isLookedOver ? null : (memory?.wake ?? null);
    if (wake === null && latest.until >= clock) {
      wake = latest.until + 1;
      this.timers = queueAdd(this.timers, wake, [this.customer, null]);
    }
    const isEmpty = profile === null && mapSize(slots) === 0;
    if (!isEmpty) this.customers = mapSet(this.customers, this.customer, { profile, slots, wake, kept });
    else if (memory !== undefined) this.customers = mapDelete(this.customers, this.customer);
    this.edited = [];
    this.isProfileEdited = false;
    this.isLookedOver = false;
  }

  /** What of the edited slots is kept. */
  private keptOf(latest: { until: number }): [string, Slot | undefined][] {
    return this.edited.map(({ id, slot, rule }) => [id, this.isKept(slot, rule, latest) ? slot : undefined]);
  }

  /** The slots that are over. */
  private overOf(slots: PersistentMap<Slot>, latest: { until: number }): [string, undefined][] {
    const changes: [string, undefined][] = [];
    for (const [id, slot] of mapEntries(slots))
      if (!this.isKept(slot, this.ruleOf(id), latest)) changes.push([id, undefined]);
    return changes;
  }

  /** Whether a slot is needed at the clock or later; what only matters up to a time counts towards the latest such time. */
  private isKept(slot: Slot, rule: ReadRule | undefined, latest: { until: number }): boolean {
    if (rule === undefined) return false;
    if (slot.anchor !== null) return true;
    const until = slotMatters(slot, rule, this.surroundings.lateness, this.present.last);
    if (until < this.clock) return false;
    if (until < Infinity) latest.until = Math.max(latest.until, until);
    return true;
  }

  private ruleOf(id: string): ReadRule | undefined {
    return this.book.byPrefix.get(id) ?? this.book.byName.get(parseSlotId(id)?.rule ?? "");
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
        else if (this.memory?.wake === time) this.isLookedOver = true;
      }
      for (const { rule, key } of due.length > 1 ? due.sort(inFiringOrder) : due) ring(this, rule, key);
    }
  }

  private wakeSlot(time: number, id: string, due: Timer[]): void {
    // A timer that was set before an earlier one is over.
    if (this.look(id)?.wake !== time) return;
    const rule = this.ruleOf(id);
    const slot = this.copyOf(id, rule);
    slot.wake = null;
    if (rule === undefined) return;
    const key = this.book.byPrefix.has(id) ? null : (parseSlotId(id)?.key ?? null);
    if (slot.anchor !== null && slot.due <= this.clock) due.push({ rule, key });
    else this.setTimer(rule, key, slot);
  }
}

/** So few slots are not worth looking over. */
const fewSlots = 16;

interface Edited {
  readonly id: string;
  readonly slot: Slot;
  readonly rule: ReadRule | undefined;
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
