import { custom, instant, type OptionTable, readOptions, real } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkFiner, checkPartition, type Partition } from "../tables/partition.ts";
import { dateCounter, daysBefore, exposureWeeksOf, optionalTimeZone } from "./elapsed-days.ts";

/** Options of {@link deriveActivity}. */
export interface DeriveActivityOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Sessions of the same log, as `sessionize` makes them; without them the features per session are left out. */
  readonly sessions?: Partition | undefined;
  /**
   * Counts and rates look at events less than this many days before `asOf`, at all events when absent: days of 24 hours,
   * or with `timeZone` calendar days, so that 28 are the 28 local dates up to that of `asOf`.
   */
  readonly windowDays?: number | undefined;
  /** IANA time zone for calendar days; without it days since are elapsed 24 hours and active days are dates in UTC. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link deriveActivity}. */
export const deriveActivityOptions: OptionTable<DeriveActivityOptions, "sessions" | "windowDays" | "timeZone"> = {
  asOf: instant(),
  sessions: custom("a partition of the log's rows", isPartition, [null, 1, [], {}, { starts: [0, 1] }], {
    optional: true,
  }),
  windowDays: real({ above: 0, optional: true }),
  timeZone: optionalTimeZone,
};

function isPartition(value: unknown): boolean {
  return typeof value === "object" && (value as Partition | null)?.starts instanceof Uint32Array;
}

/**
 * Tells of each customer how much, how regularly and how recently they are active.
 *
 * - `daysSinceLastActivity`, `tenureDays`: days since the last and since the first event, whatever the window.
 * - `activeDays`: calendar dates with an event, in `timeZone` or else UTC.
 * - `events`, `eventsPerWeek`, and with `sessions` also `sessions`, `sessionsPerWeek`, `eventsPerSession`. A session counts
 *   when it has an event in the window; `eventsPerSession` is missing (NaN) for a customer without one.
 *
 * Rates are per week of *exposure*: of the days a customer could have been active, min(tenure, window), but at least one
 * day. So somebody who came last week is not taken for inactive in the eleven weeks before.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link DeriveActivityOptions}.
 * @returns one row per customer with an event up to `asOf`, in the order of the log.
 * @throws {ClienteleError} `shape-mismatch` when `sessions` belongs to another log. Cost: three passes over the events.
 * @example
 * const hour = 3_600_000;
 * const { log } = readEventColumns({ customer: ["a", "a", "a"], type: ["view", "buy", "view"], time: [0, hour, 72 * hour] });
 * const table = deriveActivity(log, { asOf: 14 * 24 * hour, sessions: sessionize(log, { timeoutMinutes: 60 }) });
 * column(table, "sessionsPerWeek"); // Float64Array [1]
 * column(table, "activeDays"); // Float64Array [2]
 */
export function deriveActivity(log: EventLog, options: DeriveActivityOptions): FeatureTable {
  const caller = "deriveActivity";
  const { asOf, sessions, windowDays = Infinity, timeZone } = readOptions(caller, deriveActivityOptions, options);
  checkLog(caller, log);
  if (sessions !== undefined) {
    checkPartition(caller, "options.sessions", sessions, log.length);
    checkFiner(caller, "options.sessions", sessions, log.byCustomer);
  }
  const daysSince = daysBefore(asOf, timeZone);
  const calendar = calendarOf(timeZone ?? "UTC");
  const dates = dateCounter();
  const countSessions = sessionCounter(sessions);
  const ids: string[] = [];
  const values: number[] = [];
  const { starts } = log.byCustomer;
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const first = starts[customer];
    let from = first;
    let to = first;
    let activeDays = 0;
    dates.clear();
    for (; to < starts[customer + 1] && log.time[to] <= asOf; to++) {
      const time = log.time[to];
      if (daysSince(time) >= windowDays) {
        from = to + 1;
        continue;
      }
      if (dates.isNew(calendar.dayOf(time))) activeDays++;
    }
    if (to === first) continue;
    const events = to - from;
    const tenureDays = daysSince(log.time[first]);
    const exposureWeeks = exposureWeeksOf(tenureDays, windowDays);
    ids.push(log.customer.names[customer]);
    values.push(daysSince(log.time[to - 1]), tenureDays, activeDays, events, events / exposureWeeks);
    if (sessions !== undefined) {
      const visits = countSessions(from, to);
      values.push(visits, visits / exposureWeeks, visits > 0 ? events / visits : NaN);
    }
  }
  const names = sessions === undefined ? activityNames : [...activityNames, ...sessionNames];
  return { ids, names: [...names], values: Float64Array.from(values), units: { ...activityUnits } };
}

/** Features that need no sessions. */
export const activityNames: readonly string[] = [
  "daysSinceLastActivity",
  "tenureDays",
  "activeDays",
  "events",
  "eventsPerWeek",
];

/** Features that need sessions. */
export const sessionNames: readonly string[] = ["sessions", "sessionsPerWeek", "eventsPerSession"];

/** Units of the features that are counted in days. */
export const activityUnits: Readonly<Record<string, string>> = {
  daysSinceLastActivity: "day",
  tenureDays: "day",
  activeDays: "day",
};

/** Counts the sessions with a row in [from, to); asked with ranges that move forward. */
function sessionCounter(sessions: Partition | undefined): (from: number, to: number) => number {
  const starts = sessions?.starts ?? new Uint32Array(1);
  let group = 0;
  return (from, to) => {
    let count = 0;
    for (; group + 1 < starts.length && starts[group] < to; group++) {
      if (Math.min(starts[group + 1], to) > Math.max(starts[group], from)) count++;
    }
    return count;
  };
}
