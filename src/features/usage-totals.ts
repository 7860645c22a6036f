import type { Accumulator } from "../core/accumulate.ts";
import { entriesOf, lookUp, put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { instant, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { type CountedEvent, textAt } from "./counted-event.ts";
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
import { daysBefore, optionalTimeZone } from "./elapsed-days.ts";
import {
  checkSize,
  type FeatureOptions,
  type FeaturePlan,
  featureSpecs,
  planFeatures,
  usageColumns,
  usageNames,
  usageUnits,
} from "./feature-plan.ts";

/** Options of {@link usageTotals}. */
export interface UsageTotalsOptions extends FeatureOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; a later event is refused, for it belongs to a later run. */
  readonly asOf: number;
  /** Counts look at this many local dates up to that of `asOf`, in `timeZone` or else UTC; at all when absent. */
  readonly windowDays?: number | undefined;
  /** IANA time zone for calendar days; without it days since are elapsed 24 hours and active days are dates in UTC. */
  readonly timeZone?: string | undefined;
  /** How many dates to keep, counted back from the newest of a customer and name; all when absent. At least `windowDays`. */
  readonly keepDays?: number | undefined;
}

/** Option table of {@link usageTotals}. */
export const usageTotalsOptions: OptionTable<UsageTotalsOptions, Exclude<keyof UsageTotalsOptions, "asOf">> = {
  ...featureSpecs,
  asOf: instant(),
  windowDays: real({ above: 0, optional: true }),
  timeZone: optionalTimeZone,
  keepDays: integer({ min: 1, optional: true }),
};

/** State of {@link usageTotals}: plain JSON. It holds every name that occurred, so features may be chosen anew later. */
export interface UsageState extends DayTotalsHeader {
  /** What this is. */
  readonly kind: "usage-totals";
  /** Version of the layout. */
  readonly version: 1;
  /** The column that names are read from; null = the event type. */
  readonly featureColumn: string | null;
  /** Events by date, per customer and name; a customer whose events have no name has none. */
  readonly customers: Record<string, Record<string, DayTotals>>;
}

/**
 * The sums behind {@link deriveUsage}, to go on with tomorrow: yesterday's state plus today's events is the table of today.
 *
 * Events may come in any order and in any split. The state keeps events per customer, name and local date, so it can be
 * finished at any later `asOf`, with any window and any features; with `keepDays` it forgets dates that no window asks for.
 *
 * @param options - see {@link UsageTotalsOptions}. Take the same `featureColumn`, `timeZone` and `keepDays` for all runs.
 * @returns an accumulator of events; its result is the table of `deriveUsage` with the same options, to the bit, with
 * customers in code-unit order as `readEvents` orders them.
 * @throws {ClienteleError} as {@link activityTotals} and {@link deriveUsage}.
 * @example
 * const usage = usageTotals({ features: ["search", "share"], asOf: 86_400_000 });
 * const table = run(usage, [
 *   { customer: "ann", type: "search", time: 0 },
 *   { customer: "bob", type: "view", time: 5 },
 * ]);
 * column(table, "breadth"); // Float64Array [1, 0]
 * @see deriveUsage. Cost: O(1) an event that comes in order of time, O(dates) a late one.
 */
export function usageTotals(options: UsageTotalsOptions): Accumulator<CountedEvent, UsageState, FeatureTable> {
  const caller = "usageTotals";
  const read = readOptions(caller, usageTotalsOptions, options);
  const { asOf, timeZone, windowDays, keepDays, featureColumn } = read;
  checkKept(caller, windowDays, keepDays);
  const planFor = planFeatures(caller, read);
  const calendar = calendarOf(timeZone ?? "UTC");
  const kept = keepDays ?? Infinity;
  const init = (): UsageState => ({
    kind: "usage-totals",
    version: 1,
    timeZone: timeZone ?? "UTC",
    keepDays: keepDays ?? null,
    featureColumn: featureColumn ?? null,
    customers: {},
  });
  const header = init();
  const check = (state: UsageState): void => {
    checkState(caller, state, header);
    if (state.featureColumn === header.featureColumn) return;
    refuse(caller, "incompatible-model", "state", "a state with the accumulator's featureColumn", "another one");
  };
  return {
    init,
    add(state, event) {
      check(state);
      checkPastEvent(caller, event, asOf);
      let names = lookUp(state.customers, event.customer);
      if (names === undefined) put(state.customers, event.customer, (names = {}));
      const name = featureColumn === undefined ? event.type : textAt(caller, event, featureColumn);
      if (name === undefined) return state;
      let totals = lookUp(names, name);
      if (totals === undefined) put(names, name, (totals = noDays()));
      addTime(totals, event.time, calendar.dayOf(event.time), kept);
      return state;
    },
    merge(a, b) {
      check(a);
      check(b);
      const joinDays = (x: DayTotals, y: DayTotals): DayTotals => mergeDays(x, y, kept);
      const joinNames = (x: Record<string, DayTotals>, y: Record<string, DayTotals>): Record<string, DayTotals> =>
        mergeEntries(x, y, joinDays, noDays);
      return { ...a, customers: mergeEntries(a.customers, b.customers, joinNames, () => ({})) };
    },
    finish(state) {
      check(state);
      const customers = entriesInOrder(state.customers);
      const plan = planFor(namesOf(customers));
      checkSize(caller, customers.length, plan);
      const names = usageColumns(plan);
      const values = new Float64Array(customers.length * names.length);
      const daysSince = daysBefore(asOf, timeZone);
      const from = firstDateOf(calendar.dayOf(asOf), windowDays ?? Infinity);
      customers.forEach(([, totals], row) => {
        for (const [, days] of entriesOf(totals)) checkPast(caller, days, asOf);
        const counted = values.subarray(row * names.length, (row + 1) * names.length);
        const { first, last } = countUses(totals, plan, from, counted);
        counted[3] = daysSince(first);
        counted[4] = daysSince(last);
      });
      return { ids: customers.map(([id]) => id), names, values, units: { ...usageUnits } };
    },
  };
}

function* namesOf(customers: readonly (readonly [string, object])[]): Generator<string> {
  for (const [, names] of customers) yield* Object.keys(names);
}

/** Counts what one customer used from a date on, into the customer's row; first and last use look at all dates. */
function countUses(
  totals: Readonly<Record<string, DayTotals>>,
  plan: FeaturePlan,
  from: number,
  row: Float64Array,
): { readonly first: number; readonly last: number } {
  let [first, last] = [NaN, NaN];
  const dates = new Set<number>();
  for (const [name, days] of entriesOf(totals)) {
    const features = plan.ofValue.get(name);
    if (features === undefined) continue;
    const [earliest, latest] = [days.first ?? NaN, days.last ?? NaN];
    if (!(earliest >= first)) first = earliest;
    if (!(latest <= last)) last = latest;
    const counted = countSince(days, from);
    for (let i = days.days.length - counted.days; i < days.days.length; i++) dates.add(days.days[i]);
    row[1] += counted.events;
    for (const feature of features) row[usageNames.length + feature] += counted.events;
  }
  for (let feature = 0; feature < plan.names.length; feature++) if (row[usageNames.length + feature] > 0) row[0]++;
  row[2] = dates.size;
  return { first, last };
}
