import { type OptionTable, readOptions, text, textOrTexts } from "../core/options.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";

/** Options of {@link basketsOf}. */
export interface BasketsOfOptions {
  /** Name of the column of `log.extra` with the item. */
  readonly item: string;
  /** Events that put an item into a basket, such as `"purchase"`; default all. */
  readonly event?: string | readonly string[] | undefined;
  /** Name of the column of `log.extra` with the order id; a basket is then an order, without it all that a customer ever took. */
  readonly order?: string | undefined;
}

/** Option table of {@link basketsOf}. */
export const basketsOfOptions: OptionTable<BasketsOfOptions, "event" | "order"> = {
  item: text(),
  event: textOrTexts({ optional: true }),
  order: text({ optional: true }),
};

/**
 * Collects the items of each order, or of each customer, from a log: what cross-selling learns from.
 *
 * @param log - any log with a column of items.
 * @param options - see {@link BasketsOfOptions}.
 * @returns one list of distinct items per order, in order of customer and first event; events without an item, or without an
 * order id where `order` is given, are in none.
 * @throws {ClienteleError} `invalid-option` for an unknown column; `shape-mismatch` for what is no log. Cost: one pass.
 * @example
 * const rows = [
 *   { who: "ann", what: "purchase", at: 1, order: "o1", item: "bread" },
 *   { who: "ann", what: "purchase", at: 1, order: "o1", item: "butter" },
 *   { who: "ann", what: "purchase", at: 9, order: "o2", item: "bread" },
 * ];
 * const columns = { customer: "who", type: "what", time: "at", extra: { order: "order", item: "item" } };
 * const { log } = readEvents(rows, columns);
 * basketsOf(log, { item: "item", order: "order" }); // [["bread", "butter"], ["bread"]]
 */
export function basketsOf(log: EventLog, options: BasketsOfOptions): string[][] {
  const caller = "basketsOf";
  checkLog(caller, log);
  const { item, event, order } = readOptions(caller, basketsOfOptions, options);
  const items = codesColumn(caller, log, "options.item", item);
  const orders = order === undefined ? undefined : codesColumn(caller, log, "options.order", order);
  const counts = countedTypes(log.type, event);
  const baskets: string[][] = [];
  const open = new Map<number, Set<number>>();
  let customer = -1;
  const close = (): void => {
    for (const basket of open.values()) baskets.push(Array.from(basket, (code) => items.names[code]));
    open.clear();
  };
  for (let row = 0; row < log.length; row++) {
    // Customers stand together in a log, and an order belongs to one of them.
    if (log.customer.codes[row] !== customer) close();
    customer = log.customer.codes[row];
    const code = items.codes[row];
    const key = orders === undefined ? 0 : orders.codes[row];
    if (counts[log.type.codes[row]] === 0 || code === missingCode || key === missingCode) continue;
    const basket = open.get(key);
    if (basket === undefined) open.set(key, new Set([code]));
    else basket.add(code);
  }
  close();
  return baskets;
}

function countedTypes(type: Codes, event: string | readonly string[] | undefined): Uint8Array {
  const wanted = event === undefined ? undefined : new Set(typeof event === "string" ? [event] : event);
  return Uint8Array.from(type.names, (name) => (wanted === undefined || wanted.has(name) ? 1 : 0));
}
