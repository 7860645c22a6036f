// The state of the service: all that commands have led to, and nothing that cannot be made again from them.
import { type TriggerState } from "clientele/actions";
import type { ClosedSession, SessionState } from "clientele/events";
import type { CustomerViewState } from "clientele/features";
import { emptyOutbox, type Outbox } from "./outbox.ts";
import { noRecent, type Recent } from "./recent.ts";
import type { Settings } from "./settings.ts";

/** What is known of one customer. */
export interface Customer {
  /** The session that may go on. */
  session: SessionState;
  /** The last session that ended. */
  closed: ClosedSession | null;
  /** The sums behind the customer's view; changed in place. */
  view: CustomerViewState;
}

/** The state of the service. Commands change it in place, one after the other. */
export interface State {
  /** Number of the last command. */
  seq: number;
  /** The latest instant of any event or tick; `null` before the first. */
  clock: number | null;
  settings: Settings;
  /** In the order in which they first came. */
  readonly customers: Map<string, Customer>;
  /** All that waits to be sent; `null` before the first event. */
  triggers: TriggerState | null;
  /** Ids of events that came. */
  readonly seen: Recent;
  readonly outbox: Outbox;
}

/** The state before the first command. */
export function newState(settings: Settings): State {
  return {
    seq: 0,
    clock: null,
    settings,
    customers: new Map(),
    triggers: null,
    seen: noRecent(),
    outbox: emptyOutbox(),
  };
}
