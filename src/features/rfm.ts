import { describeValue, refuse } from "../core/errors.ts";
import { instant, type OptionTable, readOptions, text, textOrTexts } from "../core/options.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { daysBefore, optionalTimeZone } from "./elapsed-days.ts";

/** Options of {@link deriveRfm}. */
export interface DeriveRfmOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Names of the events that are purchases; refunds may be among them, with negative values. */
  readonly purchase: string | readonly string[];
  /**
   * Name of a column of `log.extra` with the order id, text or numbers: purchases of one customer with the same id are lines of one
   * order, one without an id is an order of its own. Without this option every purchase event is an order.
   */
  readonly order?: string | undefined;
  /** IANA time zone for calendar days; without it days are elapsed 24 hours, with their fraction. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link deriveRfm}. */
export const deriveRfmOptions: OptionTable<DeriveRfmOptions, "order" | "timeZone"> = {
  asOf: instant(),
  purchase: textOrTexts(),
  order: text({ optional: true }),
  timeZone: optionalTimeZone,
};

/**
 * Tells of each buyer how recently, how often and for how much they bought: the three numbers of RFM analysis.
 *
 * A customer without a purchase up to `asOf` is not in the table. Revenue is the sum of the values of all purchases, with
 * refunds subtracted; a purchase without a value is an order that adds 0. `daysSinceLastPurchase` is 2.5 two and a half
 * days after the last purchase; with `timeZone` it is the number of midnights in between, as tools that work on dates
 * count. It is not the "recency" of lifetime-value models, which runs from the first purchase to the last.
 *
 * @param log - events; only purchases at or before `asOf` are read.
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
  const { asOf, purchase, order, timeZone } = readOptions(caller, deriveRfmOptions, options);
  checkLog(caller, log);
  const orders = order === undefined ? undefined : codesColumn(caller, log, "options.order", order);
  const daysSince = daysBefore(asOf, timeZone);
  const isPurchase = typeMask(log, purchase);
  const countOrder = orderCounter(orders);
  const { starts } = log.byCustomer;
  const ids: string[] = [];
  const values = new Float64Array((starts.length - 1) * 3);
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    let last = NaN;
    let orderCount = 0;
    // Neumaier's sum: revenue does not depend on the order of equal times, nor drift over thousands of lines.
    let sum = 0;
    let correction = 0;
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      if (isPurchase[log.type.codes[row]] === 0) continue;
      last = log.time[row];
      orderCount += countOrder(row, customer);
      const value = log.value[row];
      if (Number.isNaN(value)) continue;
      const next = sum + value;
      if (!Number.isFinite(next)) refuseValue(caller, row, value);
      correction += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    if (Number.isNaN(last)) continue;
    const cell = ids.push(log.customer.names[customer]) * 3 - 3;
    values[cell] = daysSince(last);
    values[cell + 1] = orderCount;
    values[cell + 2] = sum + correction;
  }
  return {
    ids,
    names: ["daysSinceLastPurchase", "orderCount", "revenue"],
    values: values.slice(0, ids.length * 3),
    units: { daysSinceLastPurchase: "day" },
  };
}

/** Says 1 for a row that opens an order of its customer, 0 for a further line of one. */
function orderCounter(orders: Codes | undefined): (row: number, customer: number) => number {
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

function refuseValue(caller: string, row: number, value: number): never {
  if (Number.isFinite(value)) refuse(caller, "too-large", "log.value", "sums below 1.8e308", "an overflow");
  refuse(caller, "invalid-value", `log.value[${row}]`, "finite or missing", describeValue(value));
}
