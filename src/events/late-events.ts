import { describeCell, refuse } from "../core/errors.ts";
import { emptyMap, mapDelete, mapEntries, mapGet, mapSet, type PersistentMap } from "../core/persistent-map.ts";
import {
  beginsAnother,
  closedOf,
  type ClosedSession,
  compareMoments,
  type Moment,
  type OpenSession,
  sessionOf,
  type SessionRules,
  withMoment,
} from "./session-rules.ts";

/** A stream of sessions in which events may come late. */
export interface LateStream {
  readonly customers: PersistentMap<Backlog>;
  /** What ticks have said: no event before this time comes any more; `null` = no tick yet. */
  readonly watermark: number | null;
  /** Events so far that came later than allowed. */
  readonly late: number;
}

/** A customer of such a stream: the past, about which no late event can change anything, and what may still change. */
interface Backlog {
  /** The session of the events before the watermark. */
  readonly session: OpenSession | null;
  /** The events from the watermark on, in the order of a log. */
  readonly waiting: readonly Moment[];
  /** Time of the customer's latest event. */
  readonly latest: number;
}

/** What an event or a tick leads to. */
export interface LateStep {
  readonly stream: LateStream;
  /** The sessions that ended, one customer's in the order of time. */
  readonly ended: readonly ClosedSession[];
  /** Whether the event came later than allowed; it is then the only session of `ended`. */
  readonly isLate: boolean;
}

/** A stream before its first event. */
export function emptyLateStream(): LateStream {
  return { customers: emptyMap(), watermark: null, late: 0 };
}

/**
 * Takes one event, which may be older than others of its customer by up to the lateness.
 *
 * Events wait in the order of time until the watermark has passed them. Then nothing can come before them any more, and
 * they go through the rules of sessions one by one, as they do in the batch: so late bridges join, starters cut and first
 * campaigns count exactly as there.
 */
export function stepLate(
  caller: string,
  stream: LateStream,
  { customer, moment }: { customer: string; moment: Moment },
  rules: SessionRules,
  lateness: number,
): LateStep {
  const known = mapGet(stream.customers, customer) ?? { session: null, waiting: [], latest: -Infinity };
  if (moment.time < watermarkOf(stream, known, lateness)) {
    const alone = closedOf(customer, sessionOf(moment));
    return { stream: { ...stream, late: stream.late + 1 }, ended: [alone], isLate: true };
  }
  checkSum(caller, known, moment);
  let place = known.waiting.length;
  while (place > 0 && compareMoments(known.waiting[place - 1], moment) > 0) place--;
  const backlog = {
    session: known.session,
    waiting: known.waiting.toSpliced(place, 0, moment),
    latest: Math.max(known.latest, moment.time),
  };
  const ended: ClosedSession[] = [];
  const rest = settle(caller, customer, backlog, watermarkOf(stream, backlog, lateness), rules, ended);
  return { stream: { ...stream, customers: mapSet(stream.customers, customer, rest) }, ended, isLate: false };
}

/** Takes the time up to which the stream has come; `Infinity` ends all sessions. */
export function tickLate(
  caller: string,
  stream: LateStream,
  now: number,
  rules: SessionRules,
  lateness: number,
): LateStep {
  const ticked = { ...stream, watermark: Math.max(stream.watermark ?? -Infinity, now - lateness) };
  const ended: ClosedSession[] = [];
  let customers = stream.customers;
  let latest = stream.watermark ?? -Infinity;
  for (const [customer, backlog] of mapEntries(stream.customers)) {
    latest = Math.max(latest, backlog.latest);
    const rest = settle(caller, customer, backlog, watermarkOf(ticked, backlog, lateness), rules, ended);
    if (rest.session === null && rest.waiting.length === 0) customers = mapDelete(customers, customer);
    else if (rest !== backlog) customers = mapSet(customers, customer, rest);
  }
  // JSON has no Infinity: after the end, everything up to the last event is past.
  const watermark = now < Infinity ? ticked.watermark : latest > -Infinity ? latest : null;
  return { stream: { customers, watermark, late: stream.late }, ended, isLate: false };
}

/** The time before which no event of a customer comes any more, unless it comes later than allowed. */
function watermarkOf({ watermark }: LateStream, { latest }: Backlog, lateness: number): number {
  return Math.max(watermark ?? -Infinity, latest - lateness);
}

/** Refuses an event now whose value would make a sum overflow later, when there is nobody to tell. */
function checkSum(caller: string, { session, waiting }: Backlog, { value }: Moment): void {
  if (value === 0) return;
  const most = waiting.reduce((sum, moment) => sum + Math.abs(moment.value), Math.abs(session?.value ?? 0));
  if (Number.isFinite(most + Math.abs(value))) return;
  refuse(caller, "invalid-value", "event.value", "small enough to add up", describeCell(value));
}

/** Sends the events before the watermark through the rules; sessions that end are added to `ended`. */
function settle(
  caller: string,
  customer: string,
  backlog: Backlog,
  watermark: number,
  rules: SessionRules,
  ended: ClosedSession[],
): Backlog {
  const { waiting, latest } = backlog;
  let { session } = backlog;
  let settled = 0;
  for (; settled < waiting.length && waiting[settled].time < watermark; settled++) {
    const moment = waiting[settled];
    if (session !== null && !beginsAnother(moment, session, rules)) {
      session = withMoment(caller, session, moment);
      continue;
    }
    if (session !== null) ended.push(closedOf(customer, session));
    session = sessionOf(moment);
  }
  // By its pause alone: where clocks go back at midnight, a local date can end twice.
  if (session !== null && watermark - session.end > rules.timeout) {
    ended.push(closedOf(customer, session));
    session = null;
  }
  if (settled === 0 && session === backlog.session) return backlog;
  return { session, waiting: waiting.slice(settled), latest };
}
