import { describeValue, refuse } from "../core/errors.ts";
import { oneOf, type OptionTable, text, textOrTexts } from "../core/options.ts";
import { addCompensated, type SumState } from "../numeric/sums.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";

/** What counts as a purchase, an order and a refund: options of every function about purchases. */
export interface PurchaseOptions {
  /** Names of the events that are purchases; refunds may be among them, with negative values. */
  readonly purchase: string | readonly string[];
  /**
   * Name of a column of `log.extra` with the order id, text or numbers: purchases of one customer with the same id are lines of one
   * order, one without an id is an order of its own. Without this option every purchase event is an order.
   */
  readonly order?: string | undefined;
  /**
   * Names of the events that are refunds or cancellations and never purchases; the size of a value counts, whatever its
   * sign. They go before `purchase` where a name is in both.
   */
  readonly refund?: string | readonly string[] | undefined;
  /**
   * What refunds do. A refund is an event named in `refund`, or a purchase event below 0.
   * - `"subtract"` (default): they lower the amounts. A purchase event below 0 still is a purchase, as it is in tools
   *   that add up rows: it counts as an order and has a date; an event named in `refund` does not.
   * - `"ignore"`: they are not read; amounts are gross.
   * - `"cancel"`: an order whose refunds reach its amount never happened: no order, no date, no amount. Refunds belong
   *   to orders by the order id, so `order` must be given; one without a value takes back its whole order. Other refunds
   *   lower the amounts. No refund is a purchase.
   */
  readonly refunds?: "subtract" | "ignore" | "cancel" | undefined;
}

/** Option table of {@link PurchaseOptions}, part of the tables of the functions that take them. */
export const purchaseOptions: OptionTable<PurchaseOptions, "order" | "refund"> = {
  purchase: textOrTexts(),
  order: text({ optional: true }),
  refund: textOrTexts({ optional: true }),
  refunds: oneOf(["subtract", "ignore", "cancel"], { default: "subtract" }),
};

/** What an event is to the functions about purchases. */
export const role = { other: 0, purchase: 1, refund: 2 } as const;

/** The purchases of a log as the options define them. */
export interface Purchases {
  readonly log: EventLog;
  /** {@link role} by type code; a purchase below 0 is a refund as well unless `refunds` is `"subtract"`. */
  readonly roles: Uint8Array;
  /** Order ids by row, where they are known. */
  readonly orders: Codes | undefined;
  readonly refunds: "subtract" | "ignore" | "cancel";
}

/** Options after reading. */
type PurchaseRules = Omit<Purchases, "log" | "roles" | "orders"> & Omit<PurchaseOptions, "refunds">;

/**
 * Finds out which events of a log are purchases and refunds.
 *
 * @param caller - the public function.
 * @param log - a checked log.
 * @param rules - the options, read.
 * @returns roles by type, order ids by row.
 * @throws {ClienteleError} `invalid-option` for an unknown order column, or `"cancel"` without one.
 */
export function purchasesOf(caller: string, log: EventLog, rules: PurchaseRules): Purchases {
  const { purchase, order, refund, refunds } = rules;
  checkCancel(caller, refunds, order);
  const orders = order === undefined ? undefined : codesColumn(caller, log, "options.order", order);
  const roles = typeMask(log, purchase);
  if (refund !== undefined) {
    typeMask(log, refund).forEach((is, code) => {
      if (is === 1) roles[code] = role.refund;
    });
  }
  return { log, roles, orders, refunds };
}

/** Refuses to cancel orders that have no id. */
export function checkCancel(caller: string, refunds: string, order: string | undefined): void {
  if (refunds === "cancel" && order === undefined) {
    refuse(caller, "invalid-option", "options.order", 'given where options.refunds is "cancel"', "undefined");
  }
}

/** Refuses the value of a row that cannot be added. */
export function refuseValue(caller: string, row: number, value: number): never {
  if (Number.isFinite(value)) refuse(caller, "too-large", "log.value", "sums below 1.8e308", "an overflow");
  refuse(caller, "invalid-value", `log.value[${row}]`, "finite or missing", describeValue(value));
}

/** What may be left of a refunded order, as a share of its amount: cents do not add up exactly in doubles. */
const roundingShare = 1e-9;

/** An order of one customer. */
export interface Order {
  /** The row of its first line. */
  readonly row: number;
  /** The time of its last line. */
  readonly last: number;
  /** What it is worth, less its refunds; NaN when none of its lines has a value. */
  readonly amount: number;
}

/** An order that is still being read; its sum is what its lines are worth. */
interface OpenOrder extends SumState {
  readonly row: number;
  last: number;
  hasValue: boolean;
  /** What refunds take back under `"cancel"`; infinite for all of it, undefined without refunds. */
  refunded: number | undefined;
}

/**
 * Opens a reader of orders: the one place that knows which rows make an order and what refunds do to it.
 *
 * A refund lowers the amount of its own order where an id ties it to one, else of the order before it; one before any
 * order, of the first. A customer without orders has none to lower.
 *
 * @param caller - the public function.
 * @param purchases - of {@link purchasesOf}.
 * @returns a function of a customer and an instant: the orders up to it, in the order of their first rows. Cost: the
 * customer's rows.
 */
export function orderReader(caller: string, purchases: Purchases): (customer: number, asOf: number) => Order[] {
  const { log, roles, orders, refunds } = purchases;
  const { starts } = log.byCustomer;
  // In which reading an order id was last seen, and its order then: ids of different customers are different orders.
  const seenIn = new Float64Array(orders?.names.length ?? 0);
  const orderOf = new Array<OpenOrder>(seenIn.length);
  let reading = 0;
  const knownOrder = (row: number): OpenOrder | undefined => {
    const code = orders === undefined ? missingCode : orders.codes[row];
    return code !== missingCode && seenIn[code] === reading ? orderOf[code] : undefined;
  };
  const opened = (row: number): OpenOrder => {
    const order: OpenOrder = { row, last: NaN, sum: 0, correction: 0, hasValue: false, refunded: undefined };
    const code = orders === undefined ? missingCode : orders.codes[row];
    if (code !== missingCode) {
      seenIn[code] = reading;
      orderOf[code] = order;
    }
    return order;
  };
  const add = (order: OpenOrder, row: number, value: number): void => {
    order.hasValue = true;
    addCompensated(order, value);
    if (!Number.isFinite(order.sum)) refuseValue(caller, row, log.value[row]);
  };

  return (customer, asOf) => {
    reading++;
    let found: OpenOrder[] = [];
    const refundRows: number[] = [];
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      const kind = roles[log.type.codes[row]];
      if (kind === role.other) continue;
      const value = log.value[row];
      if (kind === role.refund || (value < 0 && refunds !== "subtract")) {
        if (refunds !== "ignore") refundRows.push(row);
        continue;
      }
      let order = knownOrder(row);
      if (order === undefined) found.push((order = opened(row)));
      order.last = log.time[row];
      if (!Number.isNaN(value)) add(order, row, value);
    }
    const untied: number[] = [];
    for (const row of refundRows) {
      const order = knownOrder(row);
      const size = Math.abs(log.value[row]);
      if (size === Infinity) refuseValue(caller, row, log.value[row]);
      if (order === undefined) untied.push(row);
      else if (refunds === "cancel") order.refunded = (order.refunded ?? 0) + (Number.isNaN(size) ? Infinity : size);
      else if (!Number.isNaN(size)) add(order, row, -size);
    }
    if (refunds === "cancel" && refundRows.length > 0) {
      found = found.filter((order) => !isWhollyRefunded(order, order.refunded));
      for (const order of found) if (order.refunded !== undefined) add(order, order.row, -order.refunded);
    }
    let before = 0;
    for (const row of untied) {
      while (before < found.length && found[before].row < row) before++;
      const size = Math.abs(log.value[row]);
      if (found.length > 0 && !Number.isNaN(size)) add(found[Math.max(before - 1, 0)], row, -size);
    }
    return found.map(({ row, last, sum, correction, hasValue }) => ({
      row,
      last,
      amount: hasValue ? sum + correction : NaN,
    }));
  };
}

/**
 * Tells whether an order counts as never made under `"cancel"`.
 *
 * @param order - what its lines are worth.
 * @param refunded - what its refunds take back; infinite for all of it, undefined without refunds.
 * @returns true when nothing is left of it but rounding.
 */
export function isWhollyRefunded(
  { sum, correction, hasValue }: SumState & { readonly hasValue: boolean },
  refunded: number | undefined,
): boolean {
  if (refunded === undefined) return false;
  const amount = sum + correction;
  return refunded === Infinity || (hasValue && amount - refunded <= roundingShare * amount);
}
