import type { Accumulator } from "../core/accumulate.ts";
import { entriesOf, lookUp, put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { readOptions } from "../core/options.ts";
import { compensatedSum, type SumState } from "../numeric/sums.ts";
import {
  beginsAnother,
  closedOf,
  type ClosedSession,
  compareMoments,
  type Moment,
  type OpenSession,
  readSessionEvent,
  type SessionEvent,
  type SessionRules,
  sessionRules,
} from "./session-rules.ts";
import { type SessionizeOptions, sessionizeOptions } from "./sessionize.ts";

/** What {@link sessionTotals} remembers; plain JSON. */
export interface SessionTotalsState {
  /** Per customer, in a layout of its own. */
  customers: Record<string, SessionPieces>;
}

/** A customer's events so far: runs that nothing can cut any more, the others one by one. */
export interface SessionPieces {
  /** In the order of arrival but for runs that were joined. */
  pieces: SessionPiece[];
  /** Number of pieces after they were last joined. */
  joined: number;
}

/** An event, or a run of events of one session. */
export interface SessionPiece extends Moment {
  /** Time of the last event; `time` is that of the first. */
  end: number;
  /** Number of events. */
  events: number;
  /** What rounding lost of `value`. */
  correction: number;
}

/**
 * The sessions of all customers as a sum: in a loop, on a stream, in eight workers or on an engine, with the events in any
 * order and any split, the result is that of one pass; a session that is cut between two parts is whole again after
 * `merge`. For session lists and figures where the rows themselves need not be kept in one place.
 *
 * The result is what `sessionize` and `deriveSessions` give for the log of all events. Equal times matter only where
 * `startOn` or `campaign` cut; there they are ordered as in `readEvents`: by the properties `sequence`, then `id`, then by
 * arrival, with the events of the first state of a merge before those of the second. Values are added up with
 * compensation, so that their order matters to no more than the last bit.
 *
 * With the timeout alone the state holds one entry per session so far, as nothing can cut what two events joined. With
 * `startOn`, `campaign` or `splitAtMidnight` any event may still be cut off by another: the state then holds every event.
 *
 * @param options - see {@link SessionizeOptions}; all are supported. `campaign` names a property of the event.
 * @returns an accumulator of events, as {@link stepSession} takes them; it finishes with the sessions by customer (in the order
 * of names), then by start. Throws `invalid-value` for an event that `readEvents` would refuse, and for values of a session
 * that add up to more than a number can hold.
 * @throws {ClienteleError} `invalid-option` and `unknown-option`.
 * @example
 * const totals = sessionTotals({ timeoutMinutes: 30 });
 * const shard = (time: number) => totals.add(totals.init(), { customer: "ann", type: "view", time });
 * totals.finish(mergeAll(totals, [shard(0), shard(3_000_000), shard(1_500_000)]));
 * // [{ customer: "ann", start: 0, end: 3000000, events: 3, value: 0 }]
 * @see mergeLogs, which keeps the rows too. Cost: per event amortized O(log pieces of its customer).
 */
export function sessionTotals(
  options?: SessionizeOptions,
): Accumulator<SessionEvent, SessionTotalsState, ClosedSession[]> {
  const rules = sessionRules(readOptions(caller, sessionizeOptions, options));
  return {
    init: () => ({ customers: {} }),
    add(state, event) {
      const { customer, moment } = readSessionEvent(caller, event, rules, !rules.pausesOnly);
      const own = lookUp(state.customers, customer) ?? { pieces: [], joined: 0 };
      own.pieces.push({ ...moment, end: moment.time, events: 1, correction: 0 });
      put(state.customers, customer, joinedNowAndThen(own, rules));
      return state;
    },
    merge(a, b) {
      const customers: Record<string, SessionPieces> = {};
      for (const { customers: part } of [a, b]) {
        for (const [customer, { pieces }] of entriesOf(part)) {
          const own = lookUp(customers, customer) ?? { pieces: [], joined: 0 };
          for (const piece of pieces) own.pieces.push({ ...piece });
          put(customers, customer, joinedNowAndThen(own, rules));
        }
      }
      return { customers };
    },
    finish: ({ customers }) =>
      entriesOf(customers)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .flatMap(([customer, { pieces }]) => sessionsOf(pieces, rules).map((piece) => sessionAs(customer, piece))),
  };
}

const caller = "sessionTotals";
const fewest = 8;

/** Joins pieces where nothing but pauses cuts, each time that their number has doubled. */
function joinedNowAndThen({ pieces, joined }: SessionPieces, rules: SessionRules): SessionPieces {
  if (!rules.pausesOnly || pieces.length < Math.max(fewest, 2 * joined)) return { pieces, joined };
  const sessions = sessionsOf(pieces, rules);
  return { pieces: sessions, joined: sessions.length };
}

/** The sessions of a customer's pieces, one piece each. */
function sessionsOf(pieces: readonly SessionPiece[], rules: SessionRules): SessionPiece[] {
  const sessions: SessionPiece[] = [];
  for (const piece of pieces.toSorted(compareMoments)) {
    const session = sessions.at(-1);
    if (session === undefined || beginsAnother(piece, openOf(session), rules)) sessions.push({ ...piece });
    else extend(session, piece);
  }
  return sessions;
}

function openOf({ time, end, events, value, campaign }: SessionPiece): OpenSession {
  return { start: time, end, events, value, campaign };
}

function extend(session: SessionPiece, piece: SessionPiece): void {
  if (!Number.isFinite(session.value + piece.value)) {
    refuse(caller, "invalid-value", "event.value", "small enough to add up", "an overflow");
  }
  const { sum, correction } = compensatedSum.merge(sumStateOf(session), sumStateOf(piece));
  Object.assign(session, {
    end: Math.max(session.end, piece.end),
    events: session.events + piece.events,
    value: sum,
    correction,
    campaign: session.campaign ?? piece.campaign,
  });
}

function sumStateOf({ value, correction }: SessionPiece): SumState {
  return { sum: value, correction };
}

function sessionAs(customer: string, piece: SessionPiece): ClosedSession {
  return closedOf(customer, { ...openOf(piece), value: compensatedSum.finish(sumStateOf(piece)) });
}
