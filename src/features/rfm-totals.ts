import type { Accumulator } from "../core/accumulate.ts";
import { entriesOf, isRecord, lookUp, put } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { instant, type OptionTable, readOptions } from "../core/options.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkEvent, type CountedEvent, textAt } from "./counted-event.ts";
import { daysBefore, optionalTimeZone } from "./elapsed-days.ts";
import { checkCancel, isWhollyRefunded, type PurchaseOptions, purchaseOptions } from "./purchases.ts";
import { rfmTable } from "./rfm.ts";

const caller = "rfmTotals";

/** Option table of {@link rfmTotals}. */
export const rfmTotalsOptions: OptionTable<PurchaseOptions, "order" | "refund"> = purchaseOptions;

/** One event as {@link rfmTotals} takes it: what `toEvents` gives, with the order id as a further property. */
export interface PurchaseEvent extends CountedEvent {
  /** Worth; absent, null or NaN = none. */
  readonly value?: number | null | undefined;
}

/** What is kept of an order where refunds can cancel it; the sum is what its lines are worth. */
export interface OrderState extends SumState {
  /** Time of its last line; null while only refunds are known. */
  last: number | null;
  /** Whether a line has a value. */
  hasValue: boolean;
  /** What refunds take back; null without refunds. */
  refunded: number | null;
  /** Whether a refund without a value takes it back as a whole. */
  wholly: boolean;
}

/** What is kept of a customer; the sum is the worth of everything that is not kept by order. */
export interface BuyerState extends SumState {
  /** Time of the last purchase without an order that can be canceled; null before the first. */
  last: number | null;
  /** Number of purchases that are orders of their own. */
  single: number;
  /** Orders by id; null where it is enough to know that there is one. */
  orders: Record<string, OrderState | null>;
}

/** State of {@link rfmTotals}: by customer, plain JSON. */
export type RfmTotalsState = Record<string, BuyerState>;

/** What a buyer has bought so far. */
export interface BuyerTotals {
  /** Who. */
  readonly customer: string;
  /** Time of the last purchase: epoch milliseconds, UTC. */
  readonly lastPurchase: number;
  /** Number of orders. */
  readonly orderCount: number;
  /** Sum of the values, refunds subtracted. */
  readonly revenue: number;
}

/**
 * Recency, frequency and revenue per customer as a sum that can be computed anywhere: on a stream, in eight workers, or
 * day by day from yesterday's state and today's events.
 *
 * Events may come in any order. The state tells nothing about single purchases, so give it the events up to the day in
 * question, and read it at any later instant with {@link rfmOf}: that is the table of {@link deriveRfm}.
 *
 * @param options - what counts as a purchase, as for {@link deriveRfm}; see {@link PurchaseOptions}.
 * @returns an accumulator of events; its result lists the buyers by customer id, in code-unit order. Its state holds one
 * entry per customer with a purchase or refund and, with `order`, one per order id: without the ids nobody could tell a
 * further line of an order from a new one.
 * @throws {ClienteleError} when adding: `invalid-value` for an event without customer, type or time, or with an infinite
 * value; `too-large` when a customer's values overflow.
 * @example
 * const buyers = rfmTotals({ purchase: "buy" });
 * const monday = [{ customer: "a", type: "buy", time: 0, value: 20 }].reduce(buyers.add, buyers.init());
 * const tuesday = [{ customer: "a", type: "buy", time: 86_400_000, value: 5 }].reduce(buyers.add, buyers.init());
 * buyers.finish(buyers.merge(monday, tuesday));
 * // [{ customer: "a", lastPurchase: 86400000, orderCount: 2, revenue: 25 }]
 */
export function rfmTotals(options: PurchaseOptions): Accumulator<PurchaseEvent, RfmTotalsState, BuyerTotals[]> {
  const { purchase, order, refund, refunds } = readOptions(caller, rfmTotalsOptions, options);
  checkCancel(caller, refunds, order);
  const purchaseNames = namesOf(purchase);
  const refundNames = refund === undefined ? new Set<string>() : namesOf(refund);
  const cancels = refunds === "cancel";
  return {
    init: () => ({}),
    add(states, event) {
      const value = valueOf(event);
      const { customer, type, time } = event;
      const isNamedRefund = refundNames.has(type);
      if (!isNamedRefund && !purchaseNames.has(type)) return states;
      const isRefund = isNamedRefund || (value < 0 && refunds !== "subtract");
      if (isRefund && refunds === "ignore") return states;
      const state = ownOf(states, customer, newBuyer);
      const id = order === undefined ? undefined : textAt(caller, event, order);
      if (cancels && id !== undefined) {
        addToOrder(ownOf(state.orders as Record<string, OrderState>, id, newOrder), time, value, isRefund);
        return states;
      }
      if (!isRefund) {
        state.last = state.last === null ? time : Math.max(state.last, time);
        if (id === undefined) state.single++;
        else put(state.orders, id, null);
      }
      addValue(state, isRefund ? -Math.abs(value) : value);
      return states;
    },
    merge(a, b) {
      const merged: RfmTotalsState = {};
      for (const part of [a, b]) {
        for (const [customer, state] of entriesOf(part)) joinBuyer(ownOf(merged, customer, newBuyer), state);
      }
      return merged;
    },
    finish: (states) =>
      entriesOf(states)
        .flatMap(([customer, state]) => totalsOf(customer, state))
        .sort((a, b) => (a.customer < b.customer ? -1 : 1)),
  };
}

function namesOf(types: string | readonly string[]): Set<string> {
  return new Set(typeof types === "string" ? [types] : types);
}

const newBuyer = (): BuyerState => ({ last: null, single: 0, sum: 0, correction: 0, orders: {} });

const newOrder = (): OrderState => ({
  last: null,
  sum: 0,
  correction: 0,
  hasValue: false,
  refunded: null,
  wholly: false,
});

/** The entry of a dictionary, made when it is not there. */
function ownOf<T>(dictionary: Record<string, T>, key: string, make: () => T): T {
  let entry = lookUp(dictionary, key);
  if (entry === undefined) put(dictionary, key, (entry = make()));
  return entry;
}

/** The worth of an event, NaN = none; refuses what is not an event. */
function valueOf(event: PurchaseEvent): number {
  checkEvent(caller, event);
  const value: unknown = event.value ?? NaN;
  if (typeof value !== "number" || Math.abs(value) === Infinity) {
    refuse(caller, "invalid-value", "event.value", "finite or missing", describeCell(value));
  }
  return value;
}

function addValue(state: SumState, value: number): void {
  if (Number.isNaN(value)) return;
  addCompensated(state, value);
  if (!Number.isFinite(state.sum)) refuse(caller, "too-large", "event.value", "sums below 1.8e308", "an overflow");
}

function addToOrder(state: OrderState, time: number, value: number, isRefund: boolean): void {
  if (isRefund) {
    state.refunded = (state.refunded ?? 0) + (Number.isNaN(value) ? 0 : Math.abs(value));
    state.wholly ||= Number.isNaN(value);
    return;
  }
  state.last = state.last === null ? time : Math.max(state.last, time);
  state.hasValue ||= !Number.isNaN(value);
  addValue(state, value);
}

/** Adds a sum with its correction to another. */
function addSum(state: SumState, { sum, correction }: SumState): void {
  addValue(state, sum);
  state.correction += correction;
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function joinBuyer(into: BuyerState, from: BuyerState): void {
  into.last = latest(into.last, from.last);
  into.single += from.single;
  addSum(into, from);
  for (const [id, order] of entriesOf(from.orders)) {
    if (order === null) put(into.orders, id, null);
    else joinOrder(ownOf(into.orders as Record<string, OrderState>, id, newOrder), order);
  }
}

function joinOrder(into: OrderState, from: OrderState): void {
  into.last = latest(into.last, from.last);
  into.hasValue ||= from.hasValue;
  if (from.refunded !== null) into.refunded = (into.refunded ?? 0) + from.refunded;
  into.wholly ||= from.wholly;
  addSum(into, from);
}

/** The totals of a customer in a list; an empty one for a customer without a purchase. */
function totalsOf(customer: string, state: BuyerState): BuyerTotals[] {
  const revenue: SumState = { sum: state.sum, correction: state.correction };
  let { last } = state;
  let orderCount = state.single;
  for (const [, order] of entriesOf(state.orders)) {
    if (order === null) orderCount++;
    else if (order.last === null) addValue(revenue, -(order.refunded ?? 0));
    else if (!isWhollyRefunded(order, order.wholly ? Infinity : (order.refunded ?? undefined))) {
      orderCount++;
      last = latest(last, order.last);
      addSum(revenue, order);
      addValue(revenue, -(order.refunded ?? 0));
    }
  }
  return last === null ? [] : [{ customer, lastPurchase: last, orderCount, revenue: revenue.sum + revenue.correction }];
}

/** Options of {@link rfmOf}. */
export interface RfmOfOptions {
  /** The instant of the analysis in epoch milliseconds, UTC: at or after every event that the totals hold. */
  readonly asOf: number;
  /** IANA time zone for calendar days; without it days are elapsed 24 hours, with their fraction. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link rfmOf}. */
export const rfmOfOptions: OptionTable<RfmOfOptions, "timeZone"> = { asOf: instant(), timeZone: optionalTimeZone };

/**
 * Reads the RFM table of an instant off totals.
 *
 * @param totals - the result of {@link rfmTotals}.
 * @param options - see {@link RfmOfOptions}.
 * @returns the table that {@link deriveRfm} makes of the same events, in the order of the totals.
 * @throws {ClienteleError} `invalid-option` when `asOf` lies before a last purchase; `shape-mismatch` for another shape.
 * Cost: one pass over the customers.
 * @example
 * const totals = run(rfmTotals({ purchase: "buy" }), [{ customer: "a", type: "buy", time: 0, value: 20 }]);
 * toRows(rfmOf(totals, { asOf: 2 * 86_400_000 }));
 * // [{ id: "a", daysSinceLastPurchase: 2, orderCount: 1, revenue: 20 }]
 */
export function rfmOf(totals: readonly BuyerTotals[], options: RfmOfOptions): FeatureTable {
  const { asOf, timeZone } = readOptions("rfmOf", rfmOfOptions, options);
  if (!Array.isArray(totals)) refuse("rfmOf", "shape-mismatch", "totals", "a list of totals", describeValue(totals));
  const daysSince = daysBefore(asOf, timeZone);
  const ids: string[] = [];
  const values: number[] = [];
  (totals as readonly BuyerTotals[]).forEach((entry, i) => {
    if (!isBuyer(entry)) {
      const expected = "a customer with finite lastPurchase, orderCount and revenue";
      refuse("rfmOf", "shape-mismatch", `totals[${i}]`, expected, describeValue(entry));
    }
    const { customer, lastPurchase, orderCount, revenue } = entry;
    if (lastPurchase > asOf) {
      refuse("rfmOf", "invalid-option", "options.asOf", `at or after the purchases of totals[${i}]`, "an earlier time");
    }
    ids.push(customer);
    values.push(daysSince(lastPurchase), orderCount, revenue);
  });
  return rfmTable(ids, Float64Array.from(values));
}

function isBuyer(entry: BuyerTotals): boolean {
  if (!isRecord(entry) || typeof entry.customer !== "string") return false;
  return [entry.lastPurchase, entry.orderCount, entry.revenue].every(Number.isFinite);
}
