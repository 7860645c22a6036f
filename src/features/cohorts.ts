import { refuse } from "../core/errors.ts";
import { instant, oneOf, type OptionTable, readOptions, textOrTexts, timeZone } from "../core/options.ts";
import { calendarOf, firstDayOfPeriod, periodOfDay } from "../tables/calendar.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";

/** Options of {@link deriveCohorts}. */
export interface DeriveCohortsOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** The calendar step of cohorts and of the periods after; weeks begin on Monday. */
  readonly period: "day" | "week" | "month";
  /**
   * Whom a cell counts. `"recurring"`: customers who were active in that period. `"rolling"`: customers who were active
   * in that period or any later one, so who had not left yet.
   */
  readonly mode: "recurring" | "rolling";
  /** Names of the events that make a customer active; any when absent. */
  readonly event?: string | readonly string[] | undefined;
  /** Names of the events with which a customer begins, such as a registration; those of `event` when absent. */
  readonly entry?: string | readonly string[] | undefined;
  /**
   * What the period around `asOf`, which has not ended, shows after the first column. `"count"` (default): those who
   * came so far. `"blank"`: null, as periods to come.
   */
  readonly running?: "count" | "blank" | undefined;
  /** IANA time zone of the calendar; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Customers who began in the same period, and how many of them came back. */
export interface Cohort {
  /** Begin of the period: epoch milliseconds, UTC. */
  readonly start: number;
  /** Number of customers who began in it. */
  readonly size: number;
  /** Customers by the number of periods after the first; `retained[0]` is the size, null = not observable yet. */
  readonly retained: readonly (number | null)[];
}

/** Result of {@link deriveCohorts}. */
export interface CohortReport {
  /** The calendar step. */
  readonly period: "day" | "week" | "month";
  /** Whom the cells count. */
  readonly mode: "recurring" | "rolling";
  /** IANA time zone of the calendar. */
  readonly timeZone: string;
  /** From early to late; a period in which nobody began has no cohort. All have equally many cells. */
  readonly cohorts: readonly Cohort[];
}

/** Option table of {@link deriveCohorts}. */
export const deriveCohortsOptions: OptionTable<DeriveCohortsOptions, "event" | "entry"> = {
  asOf: instant(),
  period: oneOf(["day", "week", "month"]),
  mode: oneOf(["recurring", "rolling"]),
  event: textOrTexts({ optional: true }),
  entry: textOrTexts({ optional: true }),
  running: oneOf(["count", "blank"], { default: "count" }),
  timeZone: timeZone(),
};

const mostCells = 20_000_000;

/**
 * Groups customers by the period in which they began, and counts how many of each group came back in the periods after.
 *
 * A customer begins with the first event up to `asOf`. Periods that have not begun at `asOf` cannot be observed: their
 * cells are null, not 0. The period around `asOf` is observed in part; see `running`.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link DeriveCohortsOptions}.
 * @returns one cohort per period in which somebody began: a triangle with as many columns as the oldest cohort has periods.
 * @throws {ClienteleError} `too-large` when the table would have more than 20 million cells: choose a longer period. Cost:
 * two passes over the events, and the table.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "b", "a", "c"], type: ["buy", "buy", "buy", "buy"],
 *   time: [Date.UTC(2024, 0, 5), Date.UTC(2024, 0, 20), Date.UTC(2024, 2, 1), Date.UTC(2024, 1, 9)],
 * });
 * const { cohorts } = deriveCohorts(log, { asOf: Date.UTC(2024, 2, 31), period: "month", mode: "recurring" });
 * cohorts.map(({ size, retained }) => [size, retained]); // [[2, [2, 0, 1]], [1, [1, 0, null]]]
 * deriveCohorts(log, { asOf: Date.UTC(2024, 2, 31), period: "month", mode: "rolling" }).cohorts[0].retained; // [2, 1, 1]
 */
export function deriveCohorts(log: EventLog, options: DeriveCohortsOptions): CohortReport {
  const caller = "deriveCohorts";
  const {
    asOf,
    period,
    mode,
    event,
    entry,
    running,
    timeZone: zone,
  } = readOptions(caller, deriveCohortsOptions, options);
  checkLog(caller, log);
  const calendar = calendarOf(zone);
  const periodOf = (time: number): number => periodOfDay(period, calendar.dayOf(time));
  const isActive = event === undefined ? new Uint8Array(log.type.names.length).fill(1) : typeMask(log, event);
  const isEntry = entry === undefined ? isActive : typeMask(log, entry);
  const begun = beginnings(log, asOf, isEntry);
  const sizes = new Map<number, number>();
  for (const row of begun) {
    if (row < 0) continue;
    const begin = periodOf(log.time[row]);
    sizes.set(begin, (sizes.get(begin) ?? 0) + 1);
  }
  const begins = [...sizes.keys()].sort((a, b) => a - b);
  // Local dates run backward where clocks are set back over midnight: the last event can have a later one than asOf.
  const now = begins.reduce((latest, begin) => Math.max(latest, begin), periodOf(asOf));
  const width = begins.length === 0 ? 0 : now - begins[0] + 1;
  if (begins.length * width > mostCells) {
    refuse(caller, "too-large", "cohorts", `at most ${mostCells} cells`, `${begins.length} cohorts × ${width} periods`);
  }
  const counts = new Map(begins.map((begin) => [begin, new Float64Array(now - begin + 1)]));
  // By which customer a column was last counted; not by the one before, since dates can run backward.
  const countedFor = new Int32Array(width).fill(-1);
  begun.forEach((first, customer) => {
    if (first < 0) return;
    const begin = periodOf(log.time[first]);
    const counted = counts.get(begin) as Float64Array;
    let furthest = 0;
    for (let row = first; row < log.byCustomer.starts[customer + 1] && log.time[row] <= asOf; row++) {
      if (isActive[log.type.codes[row]] === 0) continue;
      const after = Math.min(periodOf(log.time[row]) - begin, counted.length - 1);
      furthest = Math.max(furthest, after);
      if (mode === "rolling" || after <= 0 || countedFor[after] === customer) continue;
      countedFor[after] = customer;
      counted[after]++;
    }
    if (mode === "rolling") counted[furthest]++;
  });
  const cohorts = begins.map((begin): Cohort => {
    const counted = counts.get(begin) as Float64Array;
    if (mode === "rolling") for (let k = counted.length - 2; k >= 0; k--) counted[k] += counted[k + 1];
    const size = sizes.get(begin) as number;
    const observed = counted.length - (running === "blank" && counted.length > 1 ? 1 : 0);
    const retained = Array.from({ length: width }, (_, k) => (k === 0 ? size : k < observed ? counted[k] : null));
    return { start: calendar.startOfDay(firstDayOfPeriod(period, begin)), size, retained };
  });
  return { period, mode, timeZone: zone, cohorts };
}

/** The row with which each customer begins; -1 for those who have not up to `asOf`. */
function beginnings(log: EventLog, asOf: number, isEntry: Uint8Array): Int32Array {
  const { starts } = log.byCustomer;
  const rows = new Int32Array(starts.length - 1).fill(-1);
  for (let customer = 0; customer < rows.length; customer++) {
    let row = starts[customer];
    while (row < starts[customer + 1] && log.time[row] <= asOf && isEntry[log.type.codes[row]] === 0) row++;
    if (row < starts[customer + 1] && log.time[row] <= asOf) rows[customer] = row;
  }
  return rows;
}
