import type { ConsentRecord } from "../tables/consent.ts";
import type { ReadRule } from "./trigger-rules.ts";

/** What is remembered of one rule for one customer, or for one of the customer's carts. Plain JSON. */
export interface Slot {
  /** Time of the event that the wait counts from; `null` = nothing is waiting. */
  anchor: number | null;
  /** When the message is due; after `to` of quiet hours was put in, that. */
  due: number;
  /** Whether quiet hours have put it off. */
  held: boolean;
  /** Times of counted events, or of the steps of a sequence so far (`null` = not taken), or gaps of a rhythm. */
  times: readonly (number | null)[];
  /** Values of counted events where only different ones count, beside `times`. */
  values: readonly string[];
  /** Begin of the session that is counted, or time of the last event of a rhythm. */
  since: number | null;
  /** Latest times of cancelling events, for `on` events that come late or at the same time. */
  unless: readonly number[];
  /** Anchor of the message that was last due. */
  firedAnchor: number | null;
  /** When it was. */
  firedAt: number;
  /** Whether it was said that its cancelling event came late. */
  reported: boolean;
  /** Time of the timer that is set; `null` = none. */
  wake: number | null;
}

/** What is remembered of a customer across rules. Plain JSON. */
export interface Profile {
  /** Time of the latest event, where rules count in sessions; `null` = none or not needed. */
  last: number | null;
  /** Begin of the present session by pause. */
  sessions: [pause: number, start: number][];
  /** Times of the latest messages that the cap counts. */
  sent: number[];
  /** Time of the latest message by rule, where rules have a cooldown. */
  cooling: [rule: string, time: number][];
  /** As the latest event that carried one said. */
  segment: string | null;
  /** As the latest event that carried one said. */
  timeZone: string | null;
  /** Consents as the latest message about them said; `null` = none came. */
  consents: ConsentRecord[] | null;
}

/** One list for all that are empty. */
const none: readonly never[] = Object.freeze([]);

/** A slot in which nothing has happened. */
export function newSlot(): Slot {
  return {
    anchor: null,
    due: 0,
    held: false,
    times: none,
    values: none,
    since: null,
    unless: none,
    firedAnchor: null,
    firedAt: 0,
    reported: false,
    wake: null,
  };
}

/** A copy of a slot to be changed. Field by field: spreading objects whose fields hold now null, now a number takes up to 10 µs. */
export function copyOfSlot(slot: Readonly<Slot>): Slot {
  const { anchor, due, held, times, values, since, unless, firedAnchor, firedAt, reported, wake } = slot;
  return { anchor, due, held, times, values, since, unless, firedAnchor, firedAt, reported, wake };
}

/** A copy of a profile to be changed. */
export function copyOfProfile(profile: Readonly<Profile>): Profile {
  const { last, sessions, sent, cooling, segment, timeZone, consents } = profile;
  return { last, sessions, sent, cooling, segment, timeZone, consents };
}

/** A customer of whom nothing is known. */
export function newProfile(): Profile {
  return {
    last: null,
    sessions: [],
    sent: [],
    cooling: [],
    segment: null,
    timeZone: null,
    consents: null,
  };
}

/**
 * The time up to which a slot matters: forgetting it later changes nothing for events that come at most `lateness` late.
 *
 * @param last - the customer's latest event, for sessions.
 */
export function slotMatters(slot: Slot, rule: ReadRule, lateness: number, last: number | null): number {
  let until = -Infinity;
  if (slot.firedAnchor !== null) until = slot.firedAt + Math.max(rule.reentry, lateness);
  if (slot.unless.length > 0) until = Math.max(until, slot.unless[slot.unless.length - 1] + lateness);
  if (rule.reorder !== null) {
    if (slot.since !== null) until = Math.max(until, slot.since + rule.reorder.longest + lateness);
  } else if (rule.count !== null && rule.count.session !== null) {
    if (slot.times.length > 0 && last !== null) until = Math.max(until, last + rule.count.session + lateness);
  } else {
    for (let i = 0; i < slot.times.length; i++) {
      const time = slot.times[i];
      const window = rule.count === null ? rule.within[i + 1] : rule.count.within;
      if (time !== null) until = Math.max(until, time + window + lateness);
    }
  }
  return until;
}

/**
 * Adds a time to cancelling times. Those that no wait of the given length could tell from their neighbors are left out:
 * a wait that contains one of them contains a neighbor too, so the list stays short however many come.
 */
export function withCancel(times: readonly number[], time: number, wait: number, oldest: number): readonly number[] {
  if (times.length === 0 && time >= oldest) return [time];
  let place = times.length;
  while (place > 0 && times[place - 1] > time) place--;
  const all = times.toSpliced(place, 0, time);
  const kept: number[] = [];
  for (let i = 0; i < all.length; i++) {
    if (all[i] < oldest) continue;
    const isBetween = kept.length > 0 && i + 1 < all.length;
    if ((isBetween && all[i + 1] - kept[kept.length - 1] <= wait) || all[i] === all[i + 1]) continue;
    kept.push(all[i]);
  }
  return kept.length > mostCancels ? kept.slice(-mostCancels) : kept;
}

const mostCancels = 100;

/** Names a slot within its customer's memory; the length tells the rule from the key. */
export function slotId(prefix: string, key: string | null): string {
  return key === null ? prefix : `${prefix}/${key}`;
}

/** The part of a slot's name that is the rule's. */
export function slotPrefix(rule: string): string {
  return `${rule.length}:${rule}`;
}

/** The rule and the key of a slot; `undefined` when it is no name of one. */
export function parseSlotId(id: string): { rule: string; key: string | null } | undefined {
  const colon = id.indexOf(":");
  const length = Number(id.slice(0, colon));
  if (colon < 1 || !Number.isSafeInteger(length) || id.length < colon + 1 + length) return undefined;
  const end = colon + 1 + length;
  return { rule: id.slice(colon + 1, end), key: id.length === end ? null : id.slice(end + 1) };
}
