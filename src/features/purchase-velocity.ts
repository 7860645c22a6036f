import { dayMs } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { instant, type OptionTable, readOptions, textOrTexts } from "../core/options.ts";
import { log as naturalLog } from "../numeric/elementary.ts";
import { median } from "../numeric/quantile.ts";
import { sumOf } from "../numeric/sums.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { type Order, orderReader, type PurchaseOptions, purchaseOptions, purchasesOf, role } from "./purchases.ts";

/** Options of {@link derivePurchaseVelocity}. */
export interface DerivePurchaseVelocityOptions extends PurchaseOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Names of the events that begin a search for something to buy, such as views of products. */
  readonly browse: string | readonly string[];
}

/** Option table of {@link derivePurchaseVelocity}. */
export const derivePurchaseVelocityOptions: OptionTable<DerivePurchaseVelocityOptions, "order" | "refund"> = {
  ...purchaseOptions,
  asOf: instant(),
  browse: textOrTexts(),
};

const features = [
  "orderCount",
  "browsedOrderCount",
  "browseToPurchaseDaysMean",
  "browseToPurchaseDaysMedian",
  "daysSinceOpenBrowse",
  "purchaseIntervalCount",
  "purchaseIntervalDaysMean",
  "purchaseIntervalDaysMedian",
  "purchaseIntervalDaysLast",
  "purchaseIntervalLogSum",
  "averageOrderValue",
  "orderValueTrend",
] as const;

/**
 * Tells how fast each customer comes from looking to buying, how long they wait between purchases, and whether their
 * orders grow.
 *
 * - `orderCount`; `browsedOrderCount`: orders, and those among them with a browse between the order before and them.
 * - `browseToPurchaseDaysMean`, `…Median`: days from the *first* browse since the order before to the order.
 * - `daysSinceOpenBrowse`: days from the first browse that no order has followed yet. Such a wait has not ended, so it is
 *   in no mean: report it apart, or give both to a survival curve.
 * - `purchaseIntervalCount`, `purchaseIntervalDaysMean`, `…Median`, `…Last`: days between one purchase and the next;
 *   orders of the same instant are one purchase.
 * - `purchaseIntervalLogSum`: the sum of the logarithms of those days, the sufficient statistic of regularity (`litt` of
 *   the R package BTYDplus): at equal means, regular buyers have the larger one.
 * - `averageOrderValue`: mean worth of an order, in the currency of the log; `orderValueTrend`: how much more each order
 *   is worth than the one before, by least squares. Orders without a value are left out of both.
 *
 * What a customer's events do not tell is NaN: intervals with fewer than two purchases, a trend with fewer than two
 * values. Days are elapsed days of 24 hours with their fraction. An order has the time of its first line.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link DerivePurchaseVelocityOptions}; an event that is a browse and a purchase is a purchase.
 * @returns one row per customer with a browse or an order up to `asOf`, in the order of the log.
 * @throws {ClienteleError} `invalid-option` for an unknown order column; `invalid-value` for an infinite value;
 * `too-large` when a customer's values overflow. Cost: three passes over the events, one sort per customer.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["a", "a", "a", "a", "a"], type: ["view", "view", "buy", "buy", "view"],
 *   time: [0, day, 2 * day, 9 * day, 10 * day], value: [NaN, NaN, 20, 26, NaN],
 * });
 * const velocity = derivePurchaseVelocity(log, { asOf: 12 * day, browse: "view", purchase: "buy" });
 * column(velocity, "browseToPurchaseDaysMean"); // Float64Array [2]
 * column(velocity, "daysSinceOpenBrowse"); // Float64Array [2]
 * column(velocity, "purchaseIntervalDaysLast"); // Float64Array [7]
 * column(velocity, "orderValueTrend"); // Float64Array [6]
 * @see Platzer & Reutterer (2016), "Ticking Away the Moments", for the sum of logarithms.
 */
export function derivePurchaseVelocity(log: EventLog, options: DerivePurchaseVelocityOptions): FeatureTable {
  const caller = "derivePurchaseVelocity";
  const { asOf, browse, ...rules } = readOptions(caller, derivePurchaseVelocityOptions, options);
  checkLog(caller, log);
  const purchases = purchasesOf(caller, log, rules);
  const readOrders = orderReader(caller, purchases);
  const isBrowse = typeMask(log, browse).map((is, code) => (purchases.roles[code] === role.other ? is : 0));
  const { starts } = log.byCustomer;
  const ids: string[] = [];
  const values: number[] = [];
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const orders = readOrders(customer, asOf);
    const waits: number[] = [];
    let opened = NaN;
    let next = 0;
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      if (isBrowse[log.type.codes[row]] === 1 && Number.isNaN(opened)) opened = log.time[row];
      if (next === orders.length || orders[next].row !== row) continue;
      if (!Number.isNaN(opened)) waits.push((log.time[row] - opened) / dayMs);
      opened = NaN;
      next++;
    }
    if (orders.length === 0 && Number.isNaN(opened)) continue;
    ids.push(log.customer.names[customer]);
    values.push(orders.length, waits.length, meanOf(waits), medianOf(waits), (asOf - opened) / dayMs);
    pushIntervals(values, orders.map(({ row }) => log.time[row])); // prettier-ignore
    pushOrderValues(caller, values, orders);
  }
  const units: Record<string, string> = {};
  for (const name of features) {
    if (/Days(Mean|Median|Last)$|^daysSince/.test(name)) units[name] = "day";
  }
  return { ids, names: [...features], values: new Float64Array(values), units };
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? NaN : sumOf(numbers) / numbers.length;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? NaN : median(numbers);
}

function pushIntervals(values: number[], times: readonly number[]): void {
  const days: number[] = [];
  for (let i = 1; i < times.length; i++) {
    if (times[i] > times[i - 1]) days.push((times[i] - times[i - 1]) / dayMs);
  }
  const logSum = days.length === 0 ? NaN : sumOf(days.map(naturalLog));
  values.push(days.length, meanOf(days), medianOf(days), days[days.length - 1] ?? NaN, logSum);
}

/** Mean and least-squares slope of the orders' worth over their numbers 1, 2, 3 … */
function pushOrderValues(caller: string, values: number[], orders: readonly Order[]): void {
  const numbers: number[] = [];
  const amounts: number[] = [];
  orders.forEach(({ amount }, i) => {
    if (Number.isNaN(amount)) return;
    numbers.push(i + 1);
    amounts.push(amount);
  });
  const total = amounts.reduce((sum, amount) => sum + Math.abs(amount), 0);
  // The products below are at most the number of orders times the sum of amounts.
  if (!Number.isFinite(total * (orders.length + 1))) {
    refuse(caller, "too-large", "log.value", "sums below 1.8e308", describeValue(Infinity));
  }
  const mean = meanOf(amounts);
  const center = meanOf(numbers);
  const products = numbers.map((number, i) => (number - center) * (amounts[i] - mean));
  const squares = numbers.map((number) => (number - center) * (number - center));
  values.push(mean, numbers.length < 2 ? NaN : sumOf(products) / sumOf(squares));
}
