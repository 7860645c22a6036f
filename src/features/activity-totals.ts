import type { Accumulator } from "../core/accumulate.ts";
import { lookUp, put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { instant, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { activityNames, activityUnits } from "./activity.ts";
import type { CountedEvent } from "./counted-event.ts";
import {
  addTime,
  checkKept,
  checkPast,
  checkPastEvent,
  checkState,
  countSince,
  type DayTotals,
  type DayTotalsHeader,
  entriesInOrder,
  firstDateOf,
  mergeDays,
  mergeEntries,
  noDays,
} from "./day-totals.ts";
import { daysBefore, exposureWeeksOf, optionalTimeZone } from "./elapsed-days.ts";

/** Options of {@link activityTotals}. */
export interface ActivityTotalsOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; a later event is refused, for it belongs to a later run. */
  readonly asOf: number;
  /** Counts and rates look at this many local dates up to that of `asOf`; at all when absent. Needs `timeZone`. */
  readonly windowDays?: number | undefined;
  /** IANA time zone for calendar days; without it days since are elapsed 24 hours and active days are dates in UTC. */
  readonly timeZone?: string | undefined;
  /** How many dates to keep per customer, counted back from the customer's newest; all when absent. At least `windowDays`. */
  readonly keepDays?: number | undefined;
}

/** Option table of {@link activityTotals}. */
export const activityTotalsOptions: OptionTable<ActivityTotalsOptions, "windowDays" | "timeZone" | "keepDays"> = {
  asOf: instant(),
  windowDays: real({ above: 0, optional: true }),
  timeZone: optionalTimeZone,
  keepDays: integer({ min: 1, optional: true }),
};

/** State of {@link activityTotals}: plain JSON, one entry per customer. */
export interface ActivityState extends DayTotalsHeader {
  /** What this is. */
  readonly kind: "activity-totals";
  /** Version of the layout. */
  readonly version: 1;
  /** Events by date, per customer. */
  readonly customers: Record<string, DayTotals>;
}

/**
 * The sums behind {@link deriveActivity}, to go on with tomorrow: yesterday's state plus today's events is the table of today.
 *
 * Events may come in any order and in any split. The state keeps each customer's events per local date, so it can be
 * finished at any later `asOf` and with any window; with `keepDays` it forgets dates that no window will ask for. Features
 * per session are not among the sums: sessions of a stream come from `stepSession`.
 *
 * @param options - see {@link ActivityTotalsOptions}. Take the same `timeZone` and `keepDays` for all runs over one state.
 * @returns an accumulator of events; its result is the table of `deriveActivity` with the same options, to the bit, with
 * customers in code-unit order as `readEvents` orders them.
 * @throws {ClienteleError} `invalid-option` for a window without a zone or beyond `keepDays`; `invalid-value` for an event
 * after `asOf`, or when the state knows one; `incompatible-model` for a state of another zone or `keepDays`.
 * @example
 * const day = 86_400_000;
 * const monday = activityTotals({ asOf: day });
 * const state = monday.add(monday.init(), { customer: "ann", type: "view", time: day / 2 });
 * const tuesday = activityTotals({ asOf: 2 * day });
 * const table = tuesday.finish(tuesday.add(state, { customer: "ann", type: "buy", time: 2 * day }));
 * column(table, "activeDays"); // Float64Array [2]
 * @see deriveActivity. Cost: O(1) an event that comes in order of time, O(dates) a late one.
 */
export function activityTotals(options: ActivityTotalsOptions): Accumulator<CountedEvent, ActivityState, FeatureTable> {
  const caller = "activityTotals";
  const read = readOptions(caller, activityTotalsOptions, options);
  const { asOf, timeZone, windowDays, keepDays } = read;
  if (windowDays !== undefined && timeZone === undefined) {
    refuse(caller, "invalid-option", "options.timeZone", "given with windowDays: a sum counts dates", "undefined");
  }
  checkKept(caller, windowDays, keepDays);
  const calendar = calendarOf(timeZone ?? "UTC");
  const kept = keepDays ?? Infinity;
  const init = (): ActivityState => ({
    kind: "activity-totals",
    version: 1,
    timeZone: timeZone ?? "UTC",
    keepDays: keepDays ?? null,
    customers: {},
  });
  const header = init();
  return {
    init,
    add(state, event) {
      checkState(caller, state, header);
      checkPastEvent(caller, event, asOf);
      let totals = lookUp(state.customers, event.customer);
      if (totals === undefined) put(state.customers, event.customer, (totals = noDays()));
      addTime(totals, event.time, calendar.dayOf(event.time), kept);
      return state;
    },
    merge(a, b) {
      checkState(caller, a, header);
      checkState(caller, b, header);
      return { ...a, customers: mergeEntries(a.customers, b.customers, (x, y) => mergeDays(x, y, kept), noDays) };
    },
    finish(state) {
      checkState(caller, state, header);
      const daysSince = daysBefore(asOf, timeZone);
      const window = windowDays ?? Infinity;
      const from = firstDateOf(calendar.dayOf(asOf), window);
      const customers = entriesInOrder(state.customers);
      const values: number[] = [];
      for (const [, totals] of customers) {
        checkPast(caller, totals, asOf);
        const { events, days } = countSince(totals, from);
        const tenureDays = daysSince(totals.first ?? NaN);
        values.push(
          daysSince(totals.last ?? NaN),
          tenureDays,
          days,
          events,
          events / exposureWeeksOf(tenureDays, window),
        );
      }
      return {
        ids: customers.map(([id]) => id),
        names: [...activityNames],
        values: Float64Array.from(values),
        units: { ...activityUnits },
      };
    },
  };
}
