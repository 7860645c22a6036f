import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, type OptionSpec, type OptionTable, readOptions, real } from "../core/options.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";

/** Numbers of customers: a feature of the table, one number per row, or one number for all. */
export type CustomerNumbers = string | number | ArrayLike<number>;

/** Options of {@link rankCustomers}. */
export interface RankCustomersOptions {
  /** The chance that acting on a customer succeeds, or that the trouble comes: in [0, 1]. */
  readonly probability: CustomerNumbers;
  /** What success is worth, or how bad the trouble is. Default 1. */
  readonly value?: CustomerNumbers | undefined;
  /** What it costs to act on a customer. Default 0. */
  readonly cost?: CustomerNumbers | undefined;
  /** How bad a case is, at least 0: multiplies the value. Default 1. */
  readonly severity?: CustomerNumbers | undefined;
  /** How long a customer has waited, at least 0, in any unit: multiplies the value. Default 1. */
  readonly wait?: CustomerNumbers | undefined;
  /** How many customers can be acted on; all when absent. */
  readonly capacity?: number | undefined;
  /** The expected value must be above this. Default 0. */
  readonly above?: number | undefined;
}

/** An option that takes {@link CustomerNumbers}; the numbers are checked by {@link numbersOf}. */
export const numbersOption = (presence: {
  readonly optional?: boolean;
  readonly default?: number;
}): OptionSpec<CustomerNumbers> =>
  custom<CustomerNumbers>(
    "a feature, a number, or one number per row",
    (value) => typeof value === "string" || Number.isFinite(value) || isList(value),
    [null, NaN, {}, true, Infinity],
    presence,
  );

/** Option table of {@link rankCustomers}. */
export const rankCustomersOptions: OptionTable<RankCustomersOptions, "capacity"> = {
  probability: numbersOption({}),
  value: numbersOption({ default: 1 }),
  cost: numbersOption({ default: 0 }),
  severity: numbersOption({ default: 1 }),
  wait: numbersOption({ default: 1 }),
  capacity: integer({ min: 0, optional: true }),
  above: real({ default: 0 }),
};

/** A customer's place in the queue. */
export interface RankedCustomer {
  /** Place, from 1 = the most worthwhile. */
  readonly rank: number;
  /** The customer. */
  readonly id: string;
  /** Row of the table. */
  readonly row: number;
  /** Probability. */
  readonly probability: number;
  /** What success is worth: value × severity × wait. */
  readonly value: number;
  /** What acting costs. */
  readonly cost: number;
  /** probability × value − cost. */
  readonly expectedValue: number;
  /** Whether to act. */
  readonly selected: boolean;
  /** Why, or why not: `"not-worth-it"` = the expected value is not above the limit. */
  readonly reason: "selected" | "not-worth-it" | "over-capacity";
}

/** Result of {@link rankCustomers}. */
export interface RankingReport {
  /** Everybody, the most worthwhile first; customers of equal expected value in the order of the table. */
  readonly customers: readonly RankedCustomer[];
  /** How many are selected. */
  readonly selected: number;
  /** How many are worth it, but beyond the capacity. */
  readonly overCapacity: number;
  /** How many are not worth it. */
  readonly notWorthIt: number;
  /** The expected value of all who are selected. */
  readonly expectedValue: number;
  /** What those selected cost. */
  readonly cost: number;
  /** The expected value of acting on everybody, for comparison. */
  readonly expectedValueOfAll: number;
  /** The smallest expected value that was selected; null when nobody is. */
  readonly cut: number | null;
  /** What to know before acting: `tie-at-cut` says that the order of rows decided. */
  readonly notes: readonly Note[];
}

/**
 * Puts customers in the order in which to act on them: by what acting is expected to bring, probability × value − cost.
 *
 * - Leads: the conversion probability, the margin of a deal, the cost of a call.
 * - Retention: the churn probability × the chance to keep, the lifetime value, the cost of the offer.
 * - Service: the probability of trouble, its `severity`, and how long the customer has been waiting: their product is the urgency.
 *
 * @param table - the customers; numbers may be its features.
 * @param options - see {@link RankCustomersOptions}.
 * @returns everybody in order, and whether to act on them. The sort is stable: equal customers stay in the order of the table.
 * @throws {ClienteleError} `invalid-option` for an unknown feature; `shape-mismatch` for a list of another length; `invalid-value` for a missing
 * number, a probability outside [0, 1], or a severity or wait below 0; `too-large` when a product overflows. Cost: one sort.
 * @example
 * const leads = fromMatrix([[0.9, 50], [0.2, 900], [0.1, 100], [0.5, 60]], { ids: ["ann", "bob", "cy", "dee"], names: ["chance", "deal"] });
 * const { customers, expectedValue } = rankCustomers(leads, { probability: "chance", value: "deal", cost: 12, capacity: 2 });
 * customers.map(({ id, reason }) => [id, reason]); // [["bob", "selected"], ["ann", "selected"], ["dee", "over-capacity"], ["cy", "not-worth-it"]]
 * expectedValue; // 201
 */
export function rankCustomers(table: FeatureTable, options: RankCustomersOptions): RankingReport {
  const caller = "rankCustomers";
  const read = readOptions(caller, rankCustomersOptions, options);
  checkTable(caller, table);
  const numbers = (key: NumbersKey, min: number, max: number): Float64Array =>
    numbersOf(caller, table, key, read[key], { min, max });
  const probability = numbers("probability", 0, 1);
  const value = numbers("value", -Infinity, Infinity);
  const cost = numbers("cost", -Infinity, Infinity);
  const severity = numbers("severity", 0, Infinity);
  const wait = numbers("wait", 0, Infinity);
  const worth = value.map((one, row) => one * severity[row] * wait[row]);
  const expected = worth.map((one, row) => probability[row] * one - cost[row]);
  const overflow = expected.findIndex((one, row) => !Number.isFinite(one) || !Number.isFinite(worth[row]));
  if (overflow >= 0)
    refuse(caller, "too-large", `table row ${overflow}`, "an expected value below 1.8e308", "an overflow");
  const order = Array.from(expected.keys()).sort((a, b) => expected[b] - expected[a] || a - b);
  const capacity = read.capacity ?? Infinity;
  const customers = order.map((row, place): RankedCustomer => {
    const reason = !(expected[row] > read.above) ? "not-worth-it" : place < capacity ? "selected" : "over-capacity";
    return {
      rank: place + 1,
      id: table.ids[row],
      row,
      probability: probability[row],
      value: worth[row],
      cost: cost[row],
      expectedValue: expected[row],
      selected: reason === "selected",
      reason,
    };
  });
  return { customers, ...totalsOf(customers) };
}

type NumbersKey = "probability" | "value" | "cost" | "severity" | "wait";

/** One checked number per row. */
export function numbersOf(
  caller: string,
  table: FeatureTable,
  key: NumbersKey,
  given: CustomerNumbers,
  { min, max }: { readonly min: number; readonly max: number },
): Float64Array {
  const rows = table.ids.length;
  const path = `options.${key}`;
  const expected = min === 0 ? (max === 1 ? "a number in [0, 1]" : "a number of at least 0") : "finite";
  const check = (value: unknown, at: string): number => {
    if (typeof value === "number" && Number.isFinite(value) && value >= min && value <= max) return value;
    return refuse(caller, "invalid-value", at, expected, describeCell(value));
  };
  if (typeof given === "number") return new Float64Array(rows).fill(check(given, path));
  if (typeof given === "string") {
    const width = table.names.length;
    const j = featureIndex(caller, table, path, given);
    return Float64Array.from({ length: rows }, (_, i) =>
      check(table.values[i * width + j], `table.values[${i}, ${j}]`),
    );
  }
  if (given.length !== rows) refuse(caller, "shape-mismatch", path, `${rows} numbers`, describeValue(given));
  return Float64Array.from({ length: rows }, (_, i) => check(given[i], `${path}[${i}]`));
}

function totalsOf(customers: readonly RankedCustomer[]): Omit<RankingReport, "customers"> {
  let [selected, overCapacity, expectedValue, cost, expectedValueOfAll] = [0, 0, 0, 0, 0];
  let cut: number | null = null;
  for (const customer of customers) {
    expectedValueOfAll += customer.expectedValue;
    if (customer.reason === "over-capacity") overCapacity++;
    if (!customer.selected) continue;
    selected++;
    expectedValue += customer.expectedValue;
    cost += customer.cost;
    cut = customer.expectedValue;
  }
  const notes: Note[] = [];
  const tied = customers.filter((one) => one.reason === "over-capacity" && one.expectedValue === cut).length;
  if (tied > 0) {
    const message = `${tied} customers beyond the capacity are worth as much as the last one selected: the order of rows decided.`;
    notes.push({ code: "tie-at-cut", message });
  }
  const notWorthIt = customers.length - selected - overCapacity;
  return { selected, overCapacity, notWorthIt, expectedValue, cost, expectedValueOfAll, cut, notes };
}
