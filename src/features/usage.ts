import { instant, type OptionTable, readOptions, real } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import { missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { firstDateOf } from "./day-totals.ts";
import { dateCounter, daysBefore, optionalTimeZone } from "./elapsed-days.ts";
import {
  checkSize,
  type FeatureOptions,
  featureSpecs,
  planFeatures,
  usageColumns,
  usageNames,
  usageUnits,
} from "./feature-plan.ts";

/** Options of {@link deriveUsage}. */
export interface DeriveUsageOptions extends FeatureOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count. The log's last event when absent. */
  readonly asOf?: number | undefined;
  /** Counts look at this many local dates up to that of `asOf`, in `timeZone` or else UTC; at all when absent. */
  readonly windowDays?: number | undefined;
  /** IANA time zone for calendar days; without it days since are elapsed 24 hours and active days are dates in UTC. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link deriveUsage}. */
export const deriveUsageOptions: OptionTable<DeriveUsageOptions, keyof DeriveUsageOptions> = {
  ...featureSpecs,
  asOf: instant({ optional: true }),
  windowDays: real({ above: 0, optional: true }),
  timeZone: optionalTimeZone,
};

/**
 * Tells of each customer how broadly, how deeply and how often they use a product's features.
 *
 * - `breadth`: how many of the features they used; `depth`: events of any feature; `activeDays`: dates with such an event.
 *   With `windowDays: 28` the active days are the L28 (or "L-ness") of product analytics, 0 to 28.
 * - `daysSinceFirstUse`, `daysSinceLastUse`: whatever the window; missing (NaN) for a customer who never used a feature.
 * - `${feature}Events`: events per feature. A name may be a use of several features; `depth` counts its event once.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link DeriveUsageOptions}.
 * @returns one row per customer with any event up to `asOf`, in the order of the log: who used nothing is in the table.
 * @throws {ClienteleError} `invalid-option` without `features` and `featureColumn`, or for an unknown column; `too-large`
 * when a column has so many values that a table of them cannot be held. Cost: two passes over the events.
 * @example
 * const { log } = readEventColumns({ customer: ["a", "a", "a"], type: ["search", "search", "buy"], time: [0, 1, 2] });
 * toRows(selectFeatures(deriveUsage(log, { features: ["search", "share"] }), ["breadth", "depth", "searchEvents"]));
 * // [{ id: "a", breadth: 1, depth: 2, searchEvents: 2 }]
 */
export function deriveUsage(log: EventLog, options: DeriveUsageOptions): FeatureTable {
  const caller = "deriveUsage";
  const read = readOptions(caller, deriveUsageOptions, options);
  checkLog(caller, log);
  const planFor = planFeatures(caller, read);
  const { featureColumn, windowDays = Infinity } = read;
  const asOf = read.asOf ?? lastTime(log);
  const used =
    featureColumn === undefined ? log.type : codesColumn(caller, log, "options.featureColumn", featureColumn);
  const past = new Uint8Array(used.names.length);
  for (let row = 0; row < log.length; row++) {
    if (used.codes[row] !== missingCode && log.time[row] <= asOf) past[used.codes[row]] = 1;
  }
  const plan = planFor(used.names.filter((_, code) => past[code] === 1));
  const { starts } = log.byCustomer;
  checkSize(caller, starts.length - 1, plan);
  const featuresOf = used.names.map((name) => plan.ofValue.get(name));
  const calendar = calendarOf(read.timeZone ?? "UTC");
  const dates = dateCounter();
  const daysSince = daysBefore(asOf, read.timeZone);
  const windowFrom = firstDateOf(calendar.dayOf(asOf), windowDays);
  const names = usageColumns(plan);
  const width = names.length;
  const values = new Float64Array((starts.length - 1) * width);
  const ids: string[] = [];
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const start = starts[customer];
    if (start === starts[customer + 1] || log.time[start] > asOf) continue;
    const cell = ids.length * width;
    ids.push(log.customer.names[customer]);
    let [first, last, activeDays, breadth, depth] = [NaN, NaN, 0, 0, 0];
    dates.clear();
    for (let row = start; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      const features = featuresOf[used.codes[row]];
      if (features === undefined) continue;
      const time = log.time[row];
      if (Number.isNaN(first)) first = time;
      last = time;
      const day = calendar.dayOf(time);
      if (day < windowFrom) continue;
      if (dates.isNew(day)) activeDays++;
      depth++;
      for (const feature of features) if (values[cell + usageNames.length + feature]++ === 0) breadth++;
    }
    values.set([breadth, depth, activeDays, daysSince(first), daysSince(last)], cell);
  }
  return { ids, names, values: values.slice(0, ids.length * width), units: { ...usageUnits } };
}

/** The time of the last event of any customer; 1970 for a log without events, in which nobody asks. */
function lastTime({ time, byCustomer: { starts } }: EventLog): number {
  let last = -Infinity;
  for (let customer = 1; customer < starts.length; customer++) {
    if (starts[customer] > starts[customer - 1]) last = Math.max(last, time[starts[customer] - 1]);
  }
  return last === -Infinity ? 0 : last;
}
