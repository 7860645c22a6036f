import { custom, instant, type OptionTable, readOptions } from "../core/options.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import { missingCode } from "../tables/codes.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { daysBefore, optionalTimeZone } from "./elapsed-days.ts";
import {
  type Order,
  orderReader,
  type PurchaseOptions,
  purchaseOptions,
  type Purchases,
  purchasesOf,
  refuseValue,
  role,
} from "./purchases.ts";

/** Options of {@link deriveRfm}. */
export interface DeriveRfmOptions extends PurchaseOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** IANA time zone for calendar days; without it days are elapsed 24 hours, with their fraction. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link deriveRfm}. */
export const deriveRfmOptions: OptionTable<DeriveRfmOptions, "order" | "refund" | "timeZone"> = {
  ...purchaseOptions,
  asOf: instant(),
  timeZone: optionalTimeZone,
};

/** Options of {@link deriveRfmHistory}. */
export interface DeriveRfmHistoryOptions extends PurchaseOptions {
  /** The instants of the analyses in epoch milliseconds, UTC, from early to late. */
  readonly asOf: readonly number[];
  /** IANA time zone for calendar days; without it days are elapsed 24 hours, with their fraction. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link deriveRfmHistory}. */
export const deriveRfmHistoryOptions: OptionTable<DeriveRfmHistoryOptions, "order" | "refund" | "timeZone"> = {
  ...purchaseOptions,
  asOf: custom("a list of times in epoch milliseconds, from early to late", isAscending, [
    [],
    null,
    0,
    [NaN],
    ["2024-01-01"],
    [2, 1],
    [9e15],
  ]),
  timeZone: optionalTimeZone,
};

function isAscending(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const times = value as unknown[];
  const { accepts } = deriveRfmOptions.asOf;
  return times.every((time, i) => accepts(time) && (i === 0 || (times[i - 1] as number) <= (time as number)));
}

/**
 * Tells of each buyer how recently, how often and for how much they bought: the three numbers of RFM analysis.
 *
 * A customer without a purchase up to `asOf` is not in the table. Revenue is the sum of the values of all purchases, with
 * refunds subtracted; a purchase without a value is an order that adds 0. `refunds` names what else refunds do.
 * `daysSinceLastPurchase` is 2.5 two and a half days after the last purchase; with `timeZone` it is the number of
 * midnights in between, as tools that work on dates count. It is not the "recency" of lifetime-value models, which runs
 * from the first purchase to the last: see {@link derivePurchaseSummary}.
 *
 * @param log - events; only purchases and refunds at or before `asOf` are read.
 * @param options - see {@link DeriveRfmOptions}.
 * @returns one row per buyer, in the order of the log: `daysSinceLastPurchase`, `orderCount`, `revenue`.
 * @throws {ClienteleError} `invalid-option` for an unknown order column; `invalid-value` for an infinite value;
 * `too-large` when a customer's values overflow. Cost: two passes over the events.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "a", "b"], type: ["buy", "buy", "visit"],
 *   time: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 9), Date.UTC(2024, 0, 9)], value: [20, 5, NaN],
 * });
 * toRows(deriveRfm(log, { asOf: Date.UTC(2024, 0, 10), purchase: "buy" }));
 * // [{ id: "a", daysSinceLastPurchase: 1, orderCount: 2, revenue: 25 }]
 * @see Hughes (1994), "Strategic Database Marketing".
 */
export function deriveRfm(log: EventLog, options: DeriveRfmOptions): FeatureTable {
  const caller = "deriveRfm";
  const { asOf, timeZone, ...rules } = readOptions(caller, deriveRfmOptions, options);
  checkLog(caller, log);
  return rfmTables(caller, purchasesOf(caller, log, rules), [asOf], timeZone)[0];
}

/**
 * Makes the RFM table of many days at once, to follow how customers move: each table is that of {@link deriveRfm} at its
 * instant, to the bit.
 *
 * @param log - events; only purchases and refunds at or before the last instant are read.
 * @param options - see {@link DeriveRfmHistoryOptions}.
 * @returns one table per instant, in their order; a customer appears with the first purchase.
 * @throws {ClienteleError} as {@link deriveRfm}. Cost: two passes over the events whatever the number of instants, and the
 * tables; where `refunds` is `"cancel"`, a customer's rows are read again for each instant that has new ones.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "b", "a"], type: ["buy", "buy", "buy"],
 *   time: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 20), Date.UTC(2024, 1, 5)], value: [20, 5, 10],
 * });
 * const history = deriveRfmHistory(log, { asOf: [Date.UTC(2024, 0, 15), Date.UTC(2024, 1, 15)], purchase: "buy" });
 * history.map(({ ids }) => ids.length); // [1, 2]
 * column(history[1], "revenue"); // Float64Array [30, 5]
 */
export function deriveRfmHistory(log: EventLog, options: DeriveRfmHistoryOptions): FeatureTable[] {
  const caller = "deriveRfmHistory";
  const { asOf, timeZone, ...rules } = readOptions(caller, deriveRfmHistoryOptions, options);
  checkLog(caller, log);
  return rfmTables(caller, purchasesOf(caller, log, rules), asOf, timeZone);
}

/** The names of the features, in their order. */
const rfmFeatures = ["daysSinceLastPurchase", "orderCount", "revenue"] as const;

/** A table of three features per id, in the unit that {@link deriveRfm} has. */
export function rfmTable(ids: string[], values: Float64Array): FeatureTable {
  return { ids, names: [...rfmFeatures], values, units: { daysSinceLastPurchase: "day" } };
}

function rfmTables(
  caller: string,
  purchases: Purchases,
  asOf: readonly number[],
  timeZone: string | undefined,
): FeatureTable[] {
  const { names } = purchases.log.customer;
  const parts = asOf.map((now) => ({
    now,
    daysSince: daysBefore(now, timeZone),
    ids: [] as string[],
    // Room for every customer, which costs nothing before it is written to.
    values: new Float64Array(names.length * rfmFeatures.length),
  }));
  const readUpTo = totalsReader(caller, purchases);
  for (let customer = 0; customer < names.length; customer++) {
    for (const { now, daysSince, ids, values } of parts) {
      const { last, orderCount, sum, correction } = readUpTo(customer, now);
      if (Number.isNaN(last)) continue;
      const cell = ids.length * rfmFeatures.length;
      values[cell] = daysSince(last);
      values[cell + 1] = orderCount;
      values[cell + 2] = sum + correction;
      ids.push(names[customer]);
    }
  }
  return parts.map(({ ids, values }) => rfmTable(ids, values.slice(0, ids.length * rfmFeatures.length)));
}

/** What a customer has bought up to an instant; the sum is the revenue. */
interface Totals extends SumState {
  /** Time of the last purchase; NaN before the first. */
  last: number;
  orderCount: number;
}

/** Opens a reader of totals, to be asked with customers in order, and for one customer with instants in order. */
function totalsReader(caller: string, purchases: Purchases): (customer: number, asOf: number) => Totals {
  const { log, roles, orders, refunds } = purchases;
  const { time, value: values } = log;
  const types = log.type.codes;
  const { starts } = log.byCustomer;
  const totals: Totals = { last: NaN, orderCount: 0, sum: 0, correction: 0 };
  const clear = (): void => {
    totals.last = NaN;
    totals.orderCount = totals.sum = totals.correction = 0;
  };
  const readOrders = refunds === "cancel" ? orderReader(caller, purchases) : undefined;
  const opensOrder = orderCounter(orders);
  let current = -1;
  let row = 0;
  return (customer, asOf) => {
    if (customer !== current) {
      current = customer;
      row = starts[customer];
      clear();
    }
    const end = starts[customer + 1];
    if (readOrders !== undefined) {
      const from = row;
      while (row < end && time[row] <= asOf) row++;
      if (row === from) return totals;
      clear();
      for (const order of readOrders(customer, asOf)) addOrder(caller, totals, order);
      return totals;
    }
    for (; row < end; row++) {
      const kind = roles[types[row]];
      if (kind === role.other) continue;
      // Looked at last: few rows are purchases, and the others need not be read.
      if (time[row] > asOf) break;
      let value = values[row];
      if (kind === role.refund || (value < 0 && refunds === "ignore")) {
        if (refunds === "ignore") continue;
        value = -Math.abs(value);
      } else {
        totals.last = time[row];
        totals.orderCount += opensOrder(row, customer);
      }
      if (Number.isNaN(value)) continue;
      // Compensated: revenue does not depend on the order of equal times, nor drift over thousands of lines.
      addCompensated(totals, value);
      if (!Number.isFinite(totals.sum)) refuseValue(caller, row, value);
    }
    return totals;
  };
}

function addOrder(caller: string, totals: Totals, { row, last, amount }: Order): void {
  totals.last = totals.orderCount === 0 ? last : Math.max(totals.last, last);
  totals.orderCount++;
  if (Number.isNaN(amount)) return;
  addCompensated(totals, amount);
  if (!Number.isFinite(totals.sum)) refuseValue(caller, row, amount);
}

/** Says 1 for a row that opens an order of its customer, 0 for a further line of one. */
function orderCounter(orders: Purchases["orders"]): (row: number, customer: number) => number {
  if (orders === undefined) return () => 1;
  const { codes, names } = orders;
  // Which customer an order id was last seen with: one pass, because a customer's rows are consecutive.
  const seenWith = new Uint32Array(names.length);
  return (row, customer) => {
    const code = codes[row];
    if (code === missingCode) return 1;
    if (seenWith[code] === customer + 1) return 0;
    seenWith[code] = customer + 1;
    return 1;
  };
}
