// What can happen to the service. Each command is one line of the journal, so that the journal alone makes the state again.
import type { Settings } from "./settings.ts";

/** An event after the checks at the door: times are epoch milliseconds, further fields are texts, numbers or booleans. */
export interface ServiceEvent {
  /** The event's own id, by which a second delivery is known. */
  readonly id: string;
  readonly customer: string;
  readonly type: string;
  readonly time: number;
  readonly value?: number | undefined;
  readonly [field: string]: string | number | boolean | undefined;
}

/** Something that changes the state. */
export type Command =
  | { readonly kind: "configure"; readonly settings: Settings }
  | { readonly kind: "events"; readonly events: readonly ServiceEvent[] }
  | { readonly kind: "tick"; readonly now: number }
  | { readonly kind: "acknowledge"; readonly through: number };

/** An event that the library refused although the door let it pass, such as one that makes a sum overflow. */
export interface RefusedEvent {
  /** Position in the request. */
  readonly index: number;
  readonly code: string;
  readonly path: string;
}

/** What a command led to; the answer to its request. */
export interface Reply {
  /** The line of the journal. */
  readonly seq: number;
  /** Events that are in the state now. */
  readonly accepted: number;
  /** Events whose id was known: they change nothing. */
  readonly duplicates: number;
  readonly refused: readonly RefusedEvent[];
  /** Messages that went into the outbox, or that left it. */
  readonly messages: number;
}
