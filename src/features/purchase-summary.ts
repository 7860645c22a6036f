import { describeValue, refuse } from "../core/errors.ts";
import { instant, integer, oneOf, type OptionTable, readOptions, timeZone } from "../core/options.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import { calendarOf } from "../tables/calendar.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { orderReader, type PurchaseOptions, purchaseOptions, purchasesOf } from "./purchases.ts";

/** Options of {@link derivePurchaseSummary}. */
export interface DerivePurchaseSummaryOptions extends PurchaseOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /**
   * How many calendar days make a period; purchases of one period are one occasion to buy. Default 1. A customer's
   * periods are counted from the day of the first purchase.
   */
  readonly periodDays?: number | undefined;
  /**
   * What `recency` and `age` are counted in. Absent: in periods, so in days by default and in weeks for `periodDays: 7`.
   * `"week"` with periods of a day gives days / 7, as the R package BTYD has them; a month is 365.25 / 12 days.
   */
  readonly unit?: "day" | "week" | "month" | undefined;
  /** IANA time zone of the calendar days; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link derivePurchaseSummary}. */
export const derivePurchaseSummaryOptions: OptionTable<DerivePurchaseSummaryOptions, "order" | "refund" | "unit"> = {
  ...purchaseOptions,
  asOf: instant(),
  periodDays: integer({ min: 1, max: 36_525, default: 1 }),
  unit: oneOf(["day", "week", "month"], { optional: true }),
  timeZone: timeZone(),
};

const daysOf = { day: 1, week: 7, month: 365.25 / 12 } as const;

/**
 * Condenses each buyer's history into the four numbers from which models of lifetime value learn.
 *
 * - `frequency`: repeat purchases, the number of periods with a purchase but for the first;
 * - `recency`: from the first purchase to the last, 0 for a customer who bought in one period only;
 * - `age`: from the first purchase to `asOf`;
 * - `monetary`: the mean worth of a repeat period; 0 without one. Refunds lower the period of their order.
 *
 * `recency` is not the days since the last purchase of {@link deriveRfm}: that would be age − recency. Both are
 * differences of local dates in whole periods, as Python's lifetimes has them, and `units` says in which unit, so that a
 * model of weeks refuses a table in days. An order belongs to the period of its first line. Purchases of a holdout are the
 * difference of two summaries: the later `frequency` less the earlier.
 *
 * @param log - events; only purchases and refunds at or before `asOf` are read.
 * @param options - see {@link DerivePurchaseSummaryOptions}.
 * @returns one row per buyer, in the order of the log: `frequency`, `recency`, `age`, `monetary`.
 * @throws {ClienteleError} `invalid-option` for an unknown order column; `invalid-value` for an infinite value;
 * `too-large` when a customer's values overflow. Cost: two passes over the events.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "a", "a", "b"], type: ["buy", "buy", "buy", "buy"], value: [20, 10, 14, 9],
 *   time: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 8), Date.UTC(2024, 0, 22), Date.UTC(2024, 0, 15)],
 * });
 * const summary = derivePurchaseSummary(log, { asOf: Date.UTC(2024, 0, 29), purchase: "buy", unit: "week" });
 * toRows(summary)[0]; // { id: "a", frequency: 2, recency: 3, age: 4, monetary: 12 }
 * summary.units; // { recency: "week", age: "week" }
 * @see Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", section 3; lifetimes 0.11,
 * `summary_data_from_transaction_data`.
 */
export function derivePurchaseSummary(log: EventLog, options: DerivePurchaseSummaryOptions): FeatureTable {
  const caller = "derivePurchaseSummary";
  const read = readOptions(caller, derivePurchaseSummaryOptions, options);
  const { asOf, periodDays, unit, timeZone: zone, ...rules } = read;
  checkLog(caller, log);
  const readOrders = orderReader(caller, purchasesOf(caller, log, rules));
  const calendar = calendarOf(zone);
  const today = calendar.dayOf(asOf);
  // One multiplication of a whole number of days, then one division: days / 7 to the last bit.
  const inUnit = (periods: number): number => (unit === undefined ? periods : (periods * periodDays) / daysOf[unit]);
  const { names } = log.customer;
  const ids: string[] = [];
  const values: number[] = [];
  for (let customer = 0; customer < names.length; customer++) {
    const orders = readOrders(customer, asOf);
    if (orders.length === 0) continue;
    const firstDay = calendar.dayOf(log.time[orders[0].row]);
    const periodOf = (day: number): number => Math.floor((day - firstDay) / periodDays);
    let frequency = 0;
    let last = 0;
    const repeats: SumState = { sum: 0, correction: 0 };
    for (const { row, amount } of orders) {
      // A clock set back over midnight can date a later order earlier: it belongs to the period that is open.
      const period = Math.max(periodOf(calendar.dayOf(log.time[row])), last);
      if (period > last) frequency++;
      last = period;
      if (period > 0 && !Number.isNaN(amount)) addCompensated(repeats, amount);
    }
    if (!Number.isFinite(repeats.sum)) {
      refuse(caller, "too-large", "log.value", "sums below 1.8e308", describeValue(repeats.sum));
    }
    const monetary = frequency > 0 ? (repeats.sum + repeats.correction) / frequency : 0;
    ids.push(names[customer]);
    values.push(frequency, inUnit(last), inUnit(Math.max(periodOf(today), last)), monetary);
  }
  const name = unit ?? periodName(periodDays);
  return {
    ids,
    names: ["frequency", "recency", "age", "monetary"],
    values: new Float64Array(values),
    units: { recency: name, age: name },
  };
}

/** A period of days or weeks is called so; others by their length, so that two of different length are never mixed. */
function periodName(periodDays: number): string {
  if (periodDays === 1) return "day";
  return periodDays === 7 ? "week" : `${periodDays} days`;
}
