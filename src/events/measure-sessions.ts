import { describeValue, refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, texts, timeZone } from "../core/options.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { sumOf } from "../numeric/sums.ts";
import { calendarOf, weekdayOfDay } from "../tables/calendar.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import { checkFiner, checkPartition, type Partition } from "../tables/partition.ts";

/** Options of {@link measureSessions}. */
export interface MeasureSessionsOptions {
  /** Event types that a session is hoped to reach, such as `["purchase"]`; absent = none. */
  readonly goals?: readonly string[] | undefined;
  /** IANA time zone of hours and weekdays; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link measureSessions}. */
export const measureSessionsOptions: OptionTable<MeasureSessionsOptions, "goals"> = {
  goals: texts({ optional: true }),
  timeZone: timeZone(),
};

/** Where the values of a group lie. */
export interface SessionSpread {
  /** Arithmetic mean. */
  readonly mean: number;
  /** The value in the middle (type-7 quantile). */
  readonly median: number;
  /** The value that 95 % of them do not exceed (type-7 quantile). */
  readonly p95: number;
  /** The largest value. */
  readonly max: number;
}

/** How many sessions have something, and the share of all sessions. */
export interface SessionShare {
  /** Number of sessions that have it. */
  readonly sessions: number;
  /** `sessions` of all sessions, 0 … 1; `null` without sessions. */
  readonly share: number | null;
}

/** The sessions that have something to do with an event type. */
export interface SessionTypeShare extends SessionShare {
  /** Event type. */
  readonly type: string;
}

/** What {@link measureSessions} finds. */
export interface SessionsReport {
  /** Number of sessions with events. */
  readonly sessions: number;
  /** Number of customers with a session. */
  readonly customers: number;
  /** Number of events in them. */
  readonly events: number;
  /** Sessions per customer; this and the next two are `null` without sessions. */
  readonly sessionsPerCustomer: SessionSpread | null;
  /** From the first event of a session to the last, in milliseconds; 0 for a session of one event. */
  readonly durationMs: SessionSpread | null;
  /** Depth: the events of a session. */
  readonly eventsPerSession: SessionSpread | null;
  /** Sessions of a single event. Their share is the bounce rate. */
  readonly bounces: SessionShare;
  /** Sessions that reach any of the goals; `null` when no goals are given. Their share is the conversion rate. */
  readonly conversions: SessionShare | null;
  /** Sessions that reach each goal, in the order of `options.goals`. */
  readonly goals: readonly SessionTypeShare[];
  /** Sum of all values. */
  readonly value: number;
  /** `value` over all sessions, those without a value included; `null` without sessions. */
  readonly valuePerSession: number | null;
  /** Types of first events, the most frequent first, then by name. */
  readonly entries: readonly SessionTypeShare[];
  /** Types of last events, alike. */
  readonly exits: readonly SessionTypeShare[];
  /** Sessions by the local hour in which they begin, 0 … 23. */
  readonly byHour: readonly number[];
  /** Sessions by the local day of the week on which they begin, Monday first. */
  readonly byWeekday: readonly number[];
}

const caller = "measureSessions";

/**
 * Measures visits: how many, how long, how deep, how many bounce, how many reach a goal, where they begin and end, and when.
 * For dashboards of an app or a shop, and to see what another timeout would change.
 *
 * @param log - any log.
 * @param sessions - a partition of the log in which each group lies inside one customer, as `sessionize` makes it; groups
 * without a row are no sessions.
 * @param options - see {@link MeasureSessionsOptions}.
 * @returns counts, with shares of all sessions; see {@link SessionsReport}. A goal that never occurs has 0 sessions.
 * @throws {ClienteleError} `invalid-option`, `unknown-option`; `shape-mismatch` or `invalid-value` when `log` is not a log,
 * `sessions` does not cut it, or the values add up to more than a number can hold.
 * @example
 * const columns = { customer: ["ann", "ann", "bo"], type: ["view", "buy", "view"], time: [0, 60_000, 0], value: [null, 20, null] };
 * const { log } = readEventColumns(columns);
 * const report = measureSessions(log, sessionize(log), { goals: ["buy"] });
 * report.bounces; // { sessions: 1, share: 0.5 }
 * report.conversions; // { sessions: 1, share: 0.5 }
 * report.valuePerSession; // 10
 * report.durationMs; // { mean: 30000, median: 30000, p95: 57000, max: 60000 }
 * @see sessionize, deriveSessions. Cost: one pass over the rows and three sorts of one number per session.
 */
export function measureSessions(log: EventLog, sessions: Partition, options?: MeasureSessionsOptions): SessionsReport {
  const { goals, timeZone: zone } = readOptions(caller, measureSessionsOptions, options);
  checkLog(caller, log);
  checkPartition(caller, "sessions", sessions, log.length);
  checkFiner(caller, "sessions", sessions, log.byCustomer);
  const starts = withoutEmpty(sessions.starts);
  const count = starts.length - 1;
  const share = (some: number): SessionShare => ({ sessions: some, share: count === 0 ? null : some / count });
  const { time, type, value, customer } = log;

  const depth = new Float64Array(count);
  const duration = new Float64Array(count);
  const perCustomer = new Float64Array(customer.names.length);
  const [entries, exits] = [new Float64Array(type.names.length), new Float64Array(type.names.length)];
  const [byHour, byWeekday] = [new Array<number>(24).fill(0), new Array<number>(7).fill(0)];
  const calendar = calendarOf(zone);
  for (let session = 0; session < count; session++) {
    const [first, last] = [starts[session], starts[session + 1] - 1];
    depth[session] = last - first + 1;
    duration[session] = time[last] - time[first];
    perCustomer[customer.codes[first]]++;
    entries[type.codes[first]]++;
    exits[type.codes[last]]++;
    byHour[calendar.hourOf(time[first])]++;
    byWeekday[weekdayOfDay(calendar.dayOf(time[first]))]++;
  }
  const active = perCustomer.filter((number) => number > 0);
  const total = totalOf(value);
  const shares = (counts: Float64Array): SessionTypeShare[] =>
    Array.from(counts, (some, code) => ({ type: type.names[code], ...share(some) }))
      .filter((one) => one.sessions > 0)
      .sort((a, b) => b.sessions - a.sessions || (a.type < b.type ? -1 : 1));
  return {
    sessions: count,
    customers: active.length,
    events: log.length,
    sessionsPerCustomer: spreadOf(active),
    durationMs: spreadOf(duration),
    eventsPerSession: spreadOf(depth),
    bounces: share(depth.reduce((sum, events) => sum + (events === 1 ? 1 : 0), 0)),
    conversions: goals === undefined ? null : share(countReaching(log, starts, goals)),
    goals: (goals ?? []).map((goal) => ({ type: goal, ...share(countReaching(log, starts, [goal])) })),
    value: total,
    valuePerSession: count === 0 ? null : total / count,
    entries: shares(entries),
    exits: shares(exits),
    byHour,
    byWeekday,
  };
}

/** The boundaries of the groups that have rows. */
function withoutEmpty(starts: Uint32Array): Uint32Array {
  return starts.filter((start, group) => group === 0 || start > starts[group - 1]);
}

/** How many sessions have an event of one of the types. */
function countReaching(log: EventLog, starts: Uint32Array, types: readonly string[]): number {
  const wanted = typeMask(log, types);
  const { codes } = log.type;
  let reaching = 0;
  for (let session = 0; session + 1 < starts.length; session++) {
    const end = starts[session + 1];
    let row = starts[session];
    while (row < end && wanted[codes[row]] === 0) row++;
    if (row < end) reaching++;
  }
  return reaching;
}

function totalOf(value: Float64Array): number {
  const present = value.filter((amount) => !Number.isNaN(amount));
  const sum = present.reduce((a, b) => a + b, 0);
  if (!Number.isFinite(sum)) refuse(caller, "invalid-value", "log.value", "small enough to add up", describeValue(sum));
  return sumOf(present);
}

function spreadOf(values: Float64Array): SessionSpread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted();
  return {
    mean: sumOf(values) / values.length,
    median: quantileOfSorted(sorted, 0.5),
    p95: quantileOfSorted(sorted, 0.95),
    max: sorted[sorted.length - 1],
  };
}
