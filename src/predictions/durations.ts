import { dayMs } from "../core/durations.ts";
import { instant, type OptionTable, readOptions, textOrTexts } from "../core/options.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";

/** Options of {@link deriveDurations}. */
export interface DeriveDurationsOptions {
  /** Up to when the log is complete, in epoch milliseconds, UTC; later events are not read. */
  readonly asOf: number;
  /** Event type, or types, whose first occurrence starts a customer's clock: a first purchase, the start of a contract. */
  readonly start: string | readonly string[];
  /** Event type, or types, whose first later occurrence stops it: a cancellation, or the next purchase. */
  readonly end: string | readonly string[];
}

/** Option table of {@link deriveDurations}. */
export const deriveDurationsOptions: OptionTable<DeriveDurationsOptions> = {
  asOf: instant(),
  start: textOrTexts(),
  end: textOrTexts(),
};

/**
 * Derives how long it took each customer from one event to another, or how long it has been when the other has not come yet:
 * time to churn, time to the second order.
 *
 * The clock starts at a customer's first `start` and stops at the first `end` after that instant. What happens at the
 * same instant belongs to the start: lines of one order share it. Who has no `end` up to `asOf` is censored then.
 *
 * @param log - the events.
 * @param options - see {@link DeriveDurationsOptions}.
 * @returns a row per customer with a start up to `asOf`, in the order of the log: `durationDays` of 24 hours, and `ended`, 1
 * where the end came and 0 where it had not by `asOf`.
 * @throws {ClienteleError} `shape-mismatch` for what is no log; `invalid-option`. Cost: a pass over the events.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob", "cy"], type: ["buy", "buy", "buy", "visit"], time: [0, 9.5 * day, 3 * day, 4 * day],
 * });
 * const table = deriveDurations(log, { asOf: 30 * day, start: "buy", end: "buy" });
 * table.ids; // ["ann", "bob"]
 * table.values; // Float64Array [9.5, 1, 27, 0]
 * fitKaplanMeier(column(table, "durationDays"), column(table, "ended")).survival; // [0.5]
 */
export function deriveDurations(log: EventLog, options: DeriveDurationsOptions): FeatureTable {
  const caller = "deriveDurations";
  const { asOf, start, end } = readOptions(caller, deriveDurationsOptions, options);
  checkLog(caller, log);
  const starts = typeMask(log, start);
  const ends = typeMask(log, end);
  const { time, type, customer, byCustomer } = log;
  const ids: string[] = [];
  const values: number[] = [];
  for (let group = 0; group + 1 < byCustomer.starts.length; group++) {
    const last = byCustomer.starts[group + 1];
    let row = byCustomer.starts[group];
    while (row < last && time[row] <= asOf && starts[type.codes[row]] === 0) row++;
    if (row === last || time[row] > asOf) continue;
    const from = time[row];
    while (row < last && time[row] <= asOf && (time[row] === from || ends[type.codes[row]] === 0)) row++;
    const hasEnded = row < last && time[row] <= asOf;
    ids.push(customer.names[group]);
    values.push(((hasEnded ? time[row] : asOf) - from) / dayMs, hasEnded ? 1 : 0);
  }
  return {
    ids,
    names: ["durationDays", "ended"],
    values: Float64Array.from(values),
    units: { durationDays: "day" },
  };
}
