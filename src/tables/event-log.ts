import { describeValue, refuse } from "../core/errors.ts";
import { gather, sortEvents } from "../numeric/sort-events.ts";
import { checkCodes, type Codes } from "./codes.ts";
import { checkPartition, type Partition } from "./partition.ts";

/** A column of a log beside the four that every log has: strings as a dictionary, or numbers with NaN = none. */
export type ExtraColumn = Codes | Float64Array;

/**
 * Events as equal-length columns, sorted by customer, then time, then arrival. Sorted once at the door, trusted
 * afterwards: sessions are a finer {@link Partition}, a path is a slice, recency is a customer's last cell.
 */
export interface EventLog {
  /** Number of events. */
  readonly length: number;
  /** Who did it; never missing, and the codes never decrease from row to row. */
  readonly customer: Codes;
  /** What was done; never missing. */
  readonly type: Codes;
  /** When: epoch milliseconds, UTC; a fraction holds microseconds. */
  readonly time: Float64Array;
  /** What it was worth, in the caller's currency; NaN = none. */
  readonly value: Float64Array;
  /** Further columns by name. */
  readonly extra: Readonly<Record<string, ExtraColumn>>;
  /** The rows of each customer; a customer of the dictionary may have none. */
  readonly byCustomer: Partition;
}

/** Columns of a log in any row order. */
export type LogColumns = Omit<EventLog, "length" | "byCustomer">;

/**
 * Sorts columns into a log. The columns are checked already; equal times keep their order of arrival.
 *
 * @param columns - equal-length columns without missing customers and types, with finite times.
 * @returns a log that shares no row data with the columns. Cost: a counting sort by customer, a small sort by time.
 */
export function sortedLog(columns: LogColumns): EventLog {
  const { customer, time } = columns;
  const { order, starts, time: sortedTime } = sortEvents(customer.codes, customer.names.length, time);
  return logInOrder(columns, order, sortedTime, { starts });
}

/**
 * Keeps some rows of a log, in their order.
 *
 * @param log - any log.
 * @param keep - one byte per row; rows with 0 go.
 * @returns a new log over the same dictionaries; customers that lose all rows stay in the dictionary.
 */
export function keepRows(log: EventLog, keep: Uint8Array): EventLog {
  const order = new Uint32Array(log.length);
  const starts = new Uint32Array(log.byCustomer.starts.length);
  let rows = 0;
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    for (let row = log.byCustomer.starts[customer]; row < log.byCustomer.starts[customer + 1]; row++) {
      if (keep[row] !== 0) order[rows++] = row;
    }
    starts[customer + 1] = rows;
  }
  const kept = order.subarray(0, rows);
  return logInOrder(log, kept, gather(log.time, kept), { starts });
}

function logInOrder(columns: LogColumns, order: Uint32Array, time: Float64Array, byCustomer: Partition): EventLog {
  const codes = (column: Codes): Codes => ({ codes: gather(column.codes, order), names: column.names.slice() });
  const extra = Object.entries(columns.extra).map(([name, column]): [string, ExtraColumn] => [
    name,
    column instanceof Float64Array ? gather(column, order) : codes(column),
  ]);
  return {
    length: order.length,
    customer: { codes: groupNumbers(byCustomer.starts), names: columns.customer.names.slice() },
    type: codes(columns.type),
    time,
    value: gather(columns.value, order),
    // fromEntries defines own properties, so a column called __proto__ survives.
    extra: Object.fromEntries(extra),
    byCustomer,
  };
}

/** The group number of each row: sorted rows need no gather to know their customer. */
function groupNumbers(starts: Uint32Array): Uint32Array {
  const numbers = new Uint32Array(starts[starts.length - 1]);
  for (let group = 0; group + 1 < starts.length; group++) numbers.fill(group, starts[group], starts[group + 1]);
  return numbers;
}

/**
 * Refuses a log that was not made by this library or was damaged since: lengths, dictionaries, order of rows.
 *
 * @param caller - the public function.
 * @param log - what the user passed.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the path of the damage. Cost: one pass over the rows.
 */
export function checkLog(caller: string, log: EventLog): void {
  if (log === null || typeof log !== "object" || !(log.time instanceof Float64Array)) {
    refuse(caller, "shape-mismatch", "log", "the columns of an event log", describeValue(log));
  }
  const { length, customer, type, time, value, byCustomer } = log;
  for (const [name, column] of [
    ["customer", customer],
    ["type", type],
  ] as const) {
    if (!(column?.codes instanceof Uint32Array) || !Array.isArray(column.names)) {
      refuse(caller, "shape-mismatch", `log.${name}`, "codes in a Uint32Array and a list of names", "another shape");
    }
    if (column.codes.length !== length) {
      refuse(caller, "shape-mismatch", `log.${name}.codes`, `${length} rows`, String(column.codes.length));
    }
  }
  if (time.length !== length) refuse(caller, "shape-mismatch", "log.time", `${length} rows`, String(time.length));
  if (value?.length !== length) refuse(caller, "shape-mismatch", "log.value", `${length} rows`, describeValue(value));
  checkPartition(caller, "log.byCustomer", byCustomer, length);
  if (byCustomer.starts.length !== customer.names.length + 1) {
    refuse(
      caller,
      "shape-mismatch",
      "log.byCustomer.starts",
      "one group per customer name",
      "another number of groups",
    );
  }
  checkRows(caller, log);
}

function checkRows(caller: string, { customer, type, time, byCustomer }: EventLog): void {
  const types = type.names.length;
  for (let group = 0; group + 1 < byCustomer.starts.length; group++) {
    let previous = -Infinity;
    for (let row = byCustomer.starts[group]; row < byCustomer.starts[group + 1]; row++) {
      const now = time[row];
      if (now >= previous && now < Infinity && customer.codes[row] === group && type.codes[row] < types) {
        previous = now;
        continue;
      }
      if (!Number.isFinite(now)) refuse(caller, "invalid-value", `log.time[${row}]`, "finite", describeValue(now));
      if (now < previous)
        refuse(caller, "invalid-value", `log.time[${row}]`, "not before the row above", "an earlier time");
      const column = customer.codes[row] === group ? "type" : "customer";
      refuse(caller, "invalid-value", `log.${column}.codes[${row}]`, "the code of a name, in order", "another code");
    }
  }
}

/**
 * Looks up a column of strings beside the fixed ones, or refuses with the names there are to choose from.
 *
 * @param caller - the public function.
 * @param log - any log.
 * @param path - the option that named the column.
 * @param name - the column.
 * @returns the dictionary column.
 */
export function codesColumn(caller: string, log: EventLog, path: string, name: string): Codes {
  const column = Object.hasOwn(log.extra, name) ? log.extra[name] : undefined;
  if (column === undefined || column instanceof Float64Array) {
    const known = Object.keys(log.extra).filter((key) => !(log.extra[key] instanceof Float64Array));
    refuse(
      caller,
      "invalid-option",
      path,
      `a text column of log.extra (${known.join(", ") || "none"})`,
      "another name",
    );
  }
  checkCodes(caller, `log.extra.${name}`, column, log.length);
  return column;
}

/**
 * Marks the events whose type is one of the named ones.
 *
 * @param log - any log.
 * @param types - event names; a name that never occurs marks nothing.
 * @returns one byte per *type code*: 1 for the named types.
 */
export function typeMask(log: EventLog, types: string | readonly string[]): Uint8Array {
  const wanted = new Set(typeof types === "string" ? [types] : types);
  return Uint8Array.from(log.type.names, (name) => (wanted.has(name) ? 1 : 0));
}
