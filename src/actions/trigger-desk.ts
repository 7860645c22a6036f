import type { Cell } from "./conditions.ts";
import type { Profile, Slot } from "./trigger-memory.ts";
import type { RuleBook, Surroundings } from "./trigger-plan.ts";
import type { ReadRule } from "./trigger-rules.ts";

/** A message that goes out. */
export interface Action {
  /** Name of the rule. */
  readonly rule: string;
  /** Who gets it. */
  readonly customer: string;
  /** The cart, order or item, where the rule goes by one; otherwise `null`. */
  readonly key: string | null;
  /** Time of the event that the wait counted from, epoch milliseconds. */
  readonly since: number;
  /** When it goes out: the deadline, the end of quiet hours, or when a late event made it known. Epoch milliseconds. */
  readonly time: number;
  /** Whether quiet hours put it off. */
  readonly held: boolean;
  /** The same however often the same message is made, of rule, customer, key and `since`; tells nothing of them. */
  readonly idempotencyKey: string;
}

/** Why a message that was due does not go out; the first of these that holds, in this order. */
export type SuppressionReason =
  "segment" | "no-consent" | "before-consent" | "withdrawn" | "cooldown" | "cap" | "holdout";

/** A message that was due and does not go out. */
export interface Suppression extends Action {
  /** Why. */
  readonly reason: SuppressionReason;
}

/** A wait that a cancelling event ended. */
export interface Cancellation {
  /** Name of the rule. */
  readonly rule: string;
  /** Whose wait. */
  readonly customer: string;
  /** The cart, order or item, where the rule goes by one; otherwise `null`. */
  readonly key: string | null;
  /** Time of the event that the wait counted from. */
  readonly since: number;
  /** Time of the event that ended it. */
  readonly time: number;
}

/** Where what happens is put down. */
export interface Outbox {
  readonly actions: Action[];
  readonly suppressed: Suppression[];
  /** Waits that a cancelling event ended. */
  readonly cancelled: Cancellation[];
  /** Messages that are out, and whose cancelling event came late. */
  readonly lateCancellations: Action[];
  /** The rules, by index, for which an event came without their key. */
  readonly unkeyed: number[];
  /** By the rule's index, where it is counted: waits that began, and messages that were put off. */
  readonly tally: { readonly armed: Float64Array; readonly held: Float64Array } | null;
}

/** An event as rules see it. */
export interface Happening {
  readonly type: string;
  readonly time: number;
  readonly field: (field: string) => Cell | undefined;
}

/** One customer's memory at work, live or in a replay. */
export interface Desk {
  readonly caller: string;
  readonly book: RuleBook;
  readonly surroundings: Surroundings;
  readonly outbox: Outbox;
  /** Whose memory is open. */
  customer: string;
  /** The latest instant of any event or tick; messages do not go out before it. */
  clock: number;
  /** Slots whose message is due already, to be fired after the event. */
  readonly ready: Timer[];
  profile(): Readonly<Profile>;
  editProfile(): Profile;
  find(rule: ReadRule, key: string | null): Readonly<Slot> | undefined;
  edit(rule: ReadRule, key: string | null): Slot;
  /** The keys of a rule's slots. */
  keysOf(rule: ReadRule): (string | null)[];
  /** Sees to it that {@link ring} is called at the slot's deadline, or once there is nothing to remember. */
  setTimer(rule: ReadRule, key: string | null, slot: Slot): void;
}

/** A slot by rule and key. */
export interface Timer {
  readonly rule: ReadRule;
  readonly key: string | null;
}
