import type { Condition } from "./conditions.ts";

/** Which events: of a type, of one of several types, or by their fields too. */
export type TriggerEvents = string | readonly string[] | EventMatch;

/** Events by type and fields. */
export interface EventMatch {
  /** The type or types; absent = events of any type. */
  readonly type?: string | readonly string[] | undefined;
  /** What must hold for the event's fields: `value` and the further columns. */
  readonly where?: Condition | undefined;
}

/** Hours of the local day in which nothing goes out. */
export interface QuietHours {
  /** The local hour, 0 up to 24, from which on it is quiet; 21.5 = half past nine in the evening. */
  readonly from: number;
  /** The local hour at which messages go out again; before `from` = on the next day. */
  readonly to: number;
  /** The zone of customers whose own is not known. */
  readonly timeZone: string;
}

/** A rule for a message, as JSON: when it is due, what cancels it, and what holds it back. */
export interface TriggerRule {
  /** Names the rule; names differ. */
  readonly name: string;
  /** The events that start the wait. */
  readonly on: TriggerEvents;
  /**
   * The events that cancel it: those with `on.time ≤ time < deadline`, in whatever order they arrive. They also start counts
   * and sequences over.
   */
  readonly unless?: TriggerEvents | undefined;
  /** The wait: the message is due at `on.time` plus this. 0 = at once. */
  readonly afterMinutes: number;
  /**
   * What the rule is counted by: the customer (the default), or a further column such as the cart, the order or the item,
   * each with a wait of its own. An `on` event without it is not for this rule; an `unless` event without it is for all.
   */
  readonly by?: string | undefined;
  /** Waits by value of the `by` column, in minutes: how long each item lasts. Others wait `afterMinutes`. */
  readonly delays?: Readonly<Record<string, number>> | undefined;
  /** The wait from the customer's own rhythm: for replenishment. Until the rhythm is known, `afterMinutes` or `delays`. */
  readonly reorder?: ReorderRhythm | undefined;
  /** A message only for the n-th `on` event within a time or a session. */
  readonly count?: EventCount | undefined;
  /** Steps that must follow the `on` event, each within a time of the one before; the wait starts with the last. */
  readonly then?: readonly FollowingStep[] | undefined;
  /** Where `on` repeats during the wait: start it over with each (`"latest"`, the default), or keep the `"first"`. */
  readonly restart?: "latest" | "first" | undefined;
  /**
   * Whether a customer (or cart, …) who got the message may enter again: with `"every"` `on` event (the default), never
   * (`"once"`), or from so many minutes after it.
   */
  readonly reentry?:
    | "every"
    | "once"
    | {
        /** From the last firing to the next, at least. */
        readonly afterMinutes: number;
      }
    | undefined;
  /** The customer gets no second message of this rule, whatever its cart, for so many minutes. */
  readonly cooldownMinutes?: number | undefined;
  /** What the customer must have consented to when the message goes out. Absent = no consent is asked for. */
  readonly purpose?: string | undefined;
  /** When messages are held back until the end of the quiet hours. */
  readonly quietHours?: QuietHours | undefined;
  /** The customer must be in one of these segments when the message goes out. */
  readonly segments?: readonly string[] | undefined;
  /** The customer must be in none of these segments when the message goes out. */
  readonly exceptSegments?: readonly string[] | undefined;
  /** Who of several rules that fire at one instant goes first: the greater one; default 0. Ties: the order of the rules. */
  readonly priority?: number | undefined;
  /** Whether the frequency cap holds for this rule, and its messages count; default true. */
  readonly capped?: boolean | undefined;
  /** A share of customers that never gets the message, so that its effect can be measured. */
  readonly holdout?:
    | {
        /** Share of customers who get nothing, from 0 to 1. */
        readonly share: number;
        /** Rules of one group hold out the same customers; default: the name of the rule. */
        readonly group?: string | undefined;
      }
    | undefined;
}

/** The n-th event within a time or a session. */
export interface EventCount {
  /** n. */
  readonly atLeast: number;
  /** The n events lie at most so far apart; then counting starts over. */
  readonly withinMinutes?: number | undefined;
  /** The n events lie in one session, which a longer pause of the customer ends; once per session. */
  readonly sessionMinutes?: number | undefined;
  /** Only different values of this column count: different items, or the event's own `id` where deliveries repeat. */
  readonly distinct?: string | undefined;
}

/** A further step of a sequence. */
export interface FollowingStep {
  /** Its events. */
  readonly on: TriggerEvents;
  /** At most so long after the step before. */
  readonly withinMinutes: number;
}

/** The wait from the median of the gaps between a customer's `on` events. */
export interface ReorderRhythm {
  /** The wait is the median gap times this. */
  readonly factor: number;
  /** How many gaps make a rhythm; default 2. */
  readonly fewestGaps?: number | undefined;
  /** How many of the latest gaps count; default 9. */
  readonly mostGaps?: number | undefined;
  /** A longer gap is a new beginning: the gaps before it are forgotten; default 365 days. */
  readonly longestGapDays?: number | undefined;
}
