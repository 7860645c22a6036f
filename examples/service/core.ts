// The one function that decides: a state and a command in, the state after it and the answer out. It reads no clock, no file
// and no chance, so the same commands make the same state, bit by bit, live and after a crash. The state is changed in place,
// since the state before a command is never asked for again: what would need it, the snapshot, is told before each change.
import { stepTriggers, type TriggerStep } from "clientele/actions";
import { ClienteleError } from "clientele/core";
import { type ClosedSession, stepSession } from "clientele/events";
import type { Command, RefusedEvent, Reply, ServiceEvent } from "./commands.ts";
import { acknowledge, post } from "./outbox.ts";
import { isRecent, remember } from "./recent.ts";
import { lastInstant, type Settings, viewTotals, type ViewTotals } from "./settings.ts";
import type { Customer, State } from "./state.ts";

/** Called with a customer before the customer's record changes. */
export type BeforeChange = (id: string, customer: Customer) => void;

/**
 * Applies one command.
 *
 * @param state - changed in place.
 * @param command - one that passed the checks at the door. An event that the library refuses all the same changes nothing and is listed.
 * @param beforeChange - told of records that are about to change.
 * @returns the answer to the command's request.
 */
export function apply(state: State, command: Command, beforeChange?: BeforeChange): Reply {
  const seq = ++state.seq;
  switch (command.kind) {
    case "configure":
      state.settings = command.settings;
      return { ...nothing, seq };
    case "events":
      return addEvents(state, command.events, seq, beforeChange);
    case "tick": {
      const { rules, context } = state.settings;
      const step = stepTriggers(rules, state.triggers ?? undefined, { now: command.now }, context);
      return { ...nothing, seq, messages: settle(state, step, command.now) };
    }
    case "acknowledge":
      return { ...nothing, seq, messages: acknowledge(state.outbox, command.through) };
  }
}

const nothing: Reply = { seq: 0, accepted: 0, duplicates: 0, refused: [], messages: 0 };

function addEvents(state: State, events: readonly ServiceEvent[], seq: number, beforeChange?: BeforeChange): Reply {
  const totals = totalsOf(state.settings);
  const refused: RefusedEvent[] = [];
  let [duplicates, messages] = [0, 0];
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (isRecent(state.seen, event.id)) {
      duplicates++;
      continue;
    }
    try {
      messages += addEvent(state, event, totals, beforeChange);
      remember(state.seen, event.id, state.settings.rememberIds);
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
      refused.push({ index, code: error.code, path: error.path.replace(/^event\b/u, `events[${index}]`) });
    }
  }
  return { seq, accepted: events.length - duplicates - refused.length, duplicates, refused, messages };
}

/** Adds one event, wholly or, when the library refuses it, not at all; tells how many messages it led to. */
function addEvent(state: State, event: ServiceEvent, totals: ViewTotals, beforeChange?: BeforeChange): number {
  const known = state.customers.get(event.customer);
  // Steps return new states, so what is refused by a later step leaves no trace of the earlier ones. The sums are changed in
  // place, and come last: they look at all that can be refused before they change.
  const session = stepSession(known?.session, event, { timeoutMinutes: state.settings.timeoutMinutes });
  const step = stepTriggers(state.settings.rules, state.triggers ?? undefined, event, state.settings.context);
  if (known !== undefined) beforeChange?.(event.customer, known);
  const view = totals.add(known?.view ?? totals.init(), event);
  const closed = laterOf(session.closed, known?.closed);
  if (known === undefined) {
    state.customers.set(event.customer, { session: session.state, closed, view });
  } else {
    known.session = session.state;
    known.closed = closed;
    known.view = view;
  }
  return settle(state, step, event.time);
}

/** Of two sessions that ended, the one that ended later. */
function laterOf(a: ClosedSession | undefined, b: ClosedSession | null | undefined): ClosedSession | null {
  return a !== undefined && (!b || a.end >= b.end) ? a : (b ?? null);
}

/** Takes over what a step of the triggers led to. */
function settle(state: State, step: TriggerStep, time: number): number {
  state.triggers = step.state;
  if (state.clock === null || time > state.clock) state.clock = time;
  const { outbox, settings } = state;
  let posted = 0;
  for (const action of step.actions) if (post(outbox, "send", action, settings.rememberIds)) posted++;
  for (const action of step.lateCancellations) if (post(outbox, "recall", action, settings.rememberIds)) posted++;
  return posted;
}

// Making an accumulator takes longer than adding an event; settings never change in place.
const accumulators = new WeakMap<Settings, ViewTotals>();

function totalsOf(settings: Settings): ViewTotals {
  let totals = accumulators.get(settings);
  if (totals === undefined) accumulators.set(settings, (totals = viewTotals(settings, lastInstant)));
  return totals;
}
