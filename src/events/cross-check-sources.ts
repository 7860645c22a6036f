import { ClienteleError, describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real, text, textOrTexts } from "../core/options.ts";
import { missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";

/** Options of {@link crossCheckSources}. */
export interface CrossCheckSourcesOptions {
  /** The column of `log.extra` with the order id, in both logs, text or numbers: the number 1001 is the text `"1001"`. */
  readonly by: string;
  /** The largest difference of amounts that is none, in the currency of the logs; default 0. */
  readonly tolerance?: number | undefined;
  /** Names of the events that are orders, in either log; default: all events. */
  readonly purchase?: string | readonly string[] | undefined;
}

/** Option table of {@link crossCheckSources}. */
export const crossCheckSourcesOptions: OptionTable<CrossCheckSourcesOptions, "purchase"> = {
  by: text(),
  tolerance: real({ min: 0, default: 0 }),
  purchase: textOrTexts({ optional: true }),
};

/** An order that both logs have, with different amounts. */
export interface DifferingOrder {
  /** Its first row in a. */
  readonly rowA: number;
  /** Its first row in b. */
  readonly rowB: number;
  /** The sum of its lines in a; null = no line has a value. */
  readonly amountA: number | null;
  /** The sum of its lines in b; null = no line has a value. */
  readonly amountB: number | null;
  /** `amountA - amountB`; null where one of them is. */
  readonly difference: number | null;
}

/** What one log brings to a cross-check; `lines`, `rowsWithoutId` and `otherRows` add up to its rows. */
export interface CrossCheckSide {
  /** Distinct order ids. */
  readonly orders: number;
  /** Rows that belong to an order. */
  readonly lines: number;
  /** Rows that should, but have no id. */
  readonly rowsWithoutId: number;
  /** Rows of other event types. */
  readonly otherRows: number;
  /** Orders whose lines belong to several customers. */
  readonly ordersOfSeveralCustomers: number;
  /** Sum of the values of all lines. */
  readonly amount: number;
}

/** How two logs of the same orders agree: `matched`, `onlyInA`, `onlyInB` and the length of `differing` add up to all orders. */
export interface CrossCheckReport {
  /** Orders in both logs with the same amount, within the tolerance. */
  readonly matched: number;
  /** Orders that b lacks. */
  readonly onlyInA: number;
  /** Orders that a lacks. */
  readonly onlyInB: number;
  /** Orders in both logs with different amounts, all of them, in the order of a. */
  readonly differing: readonly DifferingOrder[];
  /** `matched` as a share of all distinct orders; null without any. */
  readonly rate: number | null;
  /** The first row of each order that b lacks. */
  readonly rowsOnlyInA: readonly number[];
  /** The first row of each order that a lacks. */
  readonly rowsOnlyInB: readonly number[];
  /** Orders in both logs whose first rows have different customers. */
  readonly otherCustomer: number;
  /** What a brings. */
  readonly a: CrossCheckSide;
  /** What b brings. */
  readonly b: CrossCheckSide;
  /** What a careful reader should know. */
  readonly notes: readonly Note[];
}

const caller = "crossCheckSources";

/**
 * Compares the orders of two logs, such as those that the web shop tracked with those that were billed.
 *
 * Rows with the same id are lines of one order, and their values are summed; a row without an id (missing or an empty text)
 * is counted and left out. Amounts match when they differ by at most the tolerance. Cents are no doubles, so the
 * comparison allows for what rounding can add: a difference of exactly the tolerance matches, at the cost of at most
 * 10⁻¹⁵ of the sums of the sizes of the lines. An order without any value matches only one without any.
 *
 * @param a - a log with the column `by`.
 * @param b - another one, in the same currency.
 * @param options - see {@link CrossCheckSourcesOptions}.
 * @returns counts, the rate, and row positions; the ids themselves stay in the logs.
 * @throws {ClienteleError} `invalid-option` when a log lacks the column; `invalid-value` for an infinite value; `too-large`
 * when amounts overflow. Cost: a pass over each log, and a hash lookup per order.
 * @example
 * const web = readEvents(
 *   [{ who: "ann", at: 1, paid: 20, order: "o1" }, { who: "bob", at: 2, paid: 9.99, order: "o2" }, { who: "cy", at: 3, paid: 5, order: "o3" }],
 *   { customer: "who", type: () => "purchase", time: "at", value: "paid", extra: { order: "order" } },
 * ).log;
 * const billing = readEvents(
 *   [{ who: "ann", at: 1, paid: 12, order: "o1" }, { who: "ann", at: 1, paid: 8, order: "o1" }, { who: "bob", at: 2, paid: 10.99, order: "o2" }],
 *   { customer: "who", type: () => "invoice", time: "at", value: "paid", extra: { order: "order" } },
 * ).log;
 * crossCheckSources(web, billing, { by: "order", tolerance: 0.5 });
 * // { matched: 1, onlyInA: 1, onlyInB: 0, differing: [{ rowA: 1, rowB: 2, amountA: 9.99, amountB: 10.99, … }], rate: 0.333, … }
 */
export function crossCheckSources(a: EventLog, b: EventLog, options: CrossCheckSourcesOptions): CrossCheckReport {
  const { by, tolerance, purchase } = readOptions(caller, crossCheckSourcesOptions, options);
  checkSide("a", a);
  checkSide("b", b);
  const [left, right] = [ordersOf("a", a, by, purchase), ordersOf("b", b, by, purchase)];
  const codeInB = new Map<string, number>();
  for (const code of right.codes) codeInB.set(right.names[code], code);

  const rowsOnlyInA: number[] = [];
  const differing: DifferingOrder[] = [];
  let matched = 0;
  let otherCustomer = 0;
  for (const code of left.codes) {
    const other = codeInB.get(left.names[code]);
    const rowA = left.firstRow[code];
    if (other === undefined) {
      rowsOnlyInA.push(rowA);
      continue;
    }
    codeInB.delete(left.names[code]);
    const rowB = right.firstRow[other];
    if (a.customer.names[a.customer.codes[rowA]] !== b.customer.names[b.customer.codes[rowB]]) otherCustomer++;
    const [amountA, amountB] = [amountOf(left, code), amountOf(right, other)];
    const slack = tolerance + rounding * (left.size[code] + right.size[other] + tolerance);
    const difference = amountA === null || amountB === null ? null : amountA - amountB;
    if (difference === null ? amountA === amountB : Math.abs(difference) <= slack) matched++;
    else differing.push({ rowA, rowB, amountA, amountB, difference });
  }
  const rowsOnlyInB = Array.from(codeInB.values(), (code) => right.firstRow[code]).sort((x, y) => x - y);
  const orders = left.codes.length + rowsOnlyInB.length;
  return {
    matched,
    onlyInA: rowsOnlyInA.length,
    onlyInB: rowsOnlyInB.length,
    differing,
    rate: orders === 0 ? null : matched / orders,
    rowsOnlyInA,
    rowsOnlyInB,
    otherCustomer,
    a: left.side,
    b: right.side,
    notes: [
      ...notesOf("a", left.side),
      ...notesOf("b", right.side),
      ...spanNotes("a", a.time, rowsOnlyInA, "b", b.time, right),
      ...spanNotes("b", b.time, rowsOnlyInB, "a", a.time, left),
    ],
  };
}

/** Four units in the last place of the sizes that were added: twice what rounding of lines and of their sum can come to. */
const rounding = 4 * Number.EPSILON;

/** The orders of one log, by the code of their id. */
interface Orders {
  readonly names: readonly string[];
  /** The codes of ids that occur, in the order of their first rows. */
  readonly codes: readonly number[];
  readonly firstRow: Uint32Array;
  /** Sum of the lines' values. */
  readonly sum: Float64Array;
  /** Sum of the sizes of the lines' values. */
  readonly size: Float64Array;
  /** How many lines have a value. */
  readonly valued: Uint32Array;
  readonly side: CrossCheckSide;
}

/** A damaged log is refused under the name of its argument. */
function checkSide(side: "a" | "b", log: EventLog): void {
  try {
    checkLog(caller, log);
  } catch (error) {
    if (!(error instanceof ClienteleError)) throw error;
    refuse(caller, error.code, error.path.replace(/^log/, side), error.expected, error.received);
  }
}

function ordersOf(
  side: "a" | "b",
  log: EventLog,
  by: string,
  purchase: string | readonly string[] | undefined,
): Orders {
  const ids = codesColumn(caller, log, "options.by", by);
  const counts = purchase === undefined ? undefined : typeMask(log, purchase);
  const size = new Float64Array(ids.names.length);
  const sum = new Float64Array(size.length);
  const correction = new Float64Array(size.length);
  const valued = new Uint32Array(size.length);
  const firstRow = new Uint32Array(size.length).fill(missingCode);
  const shared = new Uint8Array(size.length);
  const codes: number[] = [];
  let [lines, rowsWithoutId, otherRows] = [0, 0, 0];
  for (let row = 0; row < log.length; row++) {
    const code = ids.codes[row];
    if (counts !== undefined && counts[log.type.codes[row]] === 0) otherRows++;
    else if (code === missingCode || ids.names[code] === "") rowsWithoutId++;
    else {
      lines++;
      if (firstRow[code] === missingCode) {
        firstRow[code] = row;
        codes.push(code);
      }
      if (log.customer.codes[firstRow[code]] !== log.customer.codes[row]) shared[code] = 1;
      const value = log.value[row];
      if (Number.isNaN(value)) continue;
      const next = sum[code] + value;
      if (!Number.isFinite(next)) refuseValue(side, row, value);
      // Neumaier's sum: the amount of an order does not depend on the order of its lines.
      correction[code] += Math.abs(sum[code]) >= Math.abs(value) ? sum[code] - next + value : value - next + sum[code];
      sum[code] = next;
      size[code] += Math.abs(value);
      valued[code]++;
    }
  }
  let amount = 0;
  for (const code of codes) amount += sum[code] += correction[code];
  if (!Number.isFinite(amount)) refuse(caller, "too-large", `${side}.value`, "sums below 1.8e308", "an overflow");
  const ordersOfSeveralCustomers = shared.reduce((count, mark) => count + mark, 0);
  const account = { orders: codes.length, lines, rowsWithoutId, otherRows, ordersOfSeveralCustomers, amount };
  return { names: ids.names, codes, firstRow, sum, size, valued, side: account };
}

function refuseValue(side: string, row: number, value: number): never {
  if (Number.isFinite(value)) refuse(caller, "too-large", `${side}.value`, "sums below 1.8e308", "an overflow");
  refuse(caller, "invalid-value", `${side}.value[${row}]`, "finite or missing", describeValue(value));
}

function amountOf({ sum, valued }: Orders, code: number): number | null {
  return valued[code] === 0 ? null : sum[code];
}

function notesOf(side: string, { orders, rowsWithoutId, ordersOfSeveralCustomers }: CrossCheckSide): Note[] {
  const notes: Note[] = [];
  if (orders === 0) notes.push({ code: "no-orders", message: `Log ${side} has no order with an id.` });
  if (rowsWithoutId > 0) {
    notes.push({
      code: "rows-without-id",
      message: `${rowsWithoutId} rows of log ${side} have no id and are left out.`,
    });
  }
  if (ordersOfSeveralCustomers > 0) {
    const message = `${ordersOfSeveralCustomers} orders of log ${side} have lines of several customers: their ids may not be unique.`;
    notes.push({ code: "orders-of-several-customers", message });
  }
  return notes;
}

/** Orders that the other log cannot have, because it begins later or ends earlier. */
function spanNotes(
  side: string,
  time: Float64Array,
  rows: readonly number[],
  otherSide: string,
  otherTime: Float64Array,
  { codes, firstRow }: Orders,
): Note[] {
  let [first, last] = [Infinity, -Infinity];
  for (const code of codes) {
    first = Math.min(first, otherTime[firstRow[code]]);
    last = Math.max(last, otherTime[firstRow[code]]);
  }
  const outside = rows.filter((row) => time[row] < first || time[row] > last).length;
  if (outside === 0 || codes.length === 0) return [];
  const message = `${outside} of the ${rows.length} orders that only log ${side} has lie before the first or after the last order of log ${otherSide}.`;
  return [{ code: "outside-span", message }];
}
