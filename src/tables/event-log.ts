import { describeValue, refuse } from "../core/errors.ts";
import { gather } from "../numeric/move-rows.ts";
import { type SortedEvents, sortEvents } from "../numeric/sort-events.ts";
import { byAppearance, checkCodes, type Codes, codesOfNumbers, usedNames } from "./codes.ts";
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

/** Columns of a log in any row order; without `value` no event has one. */
export interface LogColumns extends Omit<EventLog, "length" | "byCustomer" | "value"> {
  readonly value?: Float64Array | undefined;
}

/**
 * Sorts columns into a log. The columns are checked already; equal times keep their order of arrival.
 *
 * @param columns - equal-length columns without missing customers and types, with finite times.
 * @returns a log that shares no row data with the columns. Cost: a counting sort by customer, a small sort by time.
 */
export function sortedLog(columns: LogColumns): EventLog {
  const { customer, type, time, value } = columns;
  const sorted = sortEvents(
    { customer: customer.codes, type: type.codes, time, value },
    customer.names.length,
    Object.values(columns.extra).map(cellsOf),
  );
  return logOf(columns, sorted);
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
  return logOf(log, {
    starts,
    customer: gather(log.customer.codes, kept),
    type: gather(log.type.codes, kept),
    time: gather(log.time, kept),
    value: gather(log.value, kept),
    extra: Object.values(log.extra).map((column) => gather(cellsOf(column), kept)),
  });
}

/**
 * Drops every name that no row of a log uses: of customers, of types and of further columns. What was filtered out then
 * leaves nothing behind, not even its name.
 *
 * @param log - any log.
 * @returns a log with the same rows in the same order, sharing columns that lose no name.
 */
export function withoutUnusedNames(log: EventLog): EventLog {
  const { starts } = log.byCustomer;
  const extra = Object.entries(log.extra).map(([name, column]): [string, ExtraColumn] => [
    name,
    column instanceof Float64Array ? column : usedNames(column),
  ]);
  return {
    ...log,
    customer: usedNames(log.customer),
    type: usedNames(log.type),
    extra: Object.fromEntries(extra),
    byCustomer: { starts: starts.filter((start, group) => group === 0 || start > starts[group - 1]) },
  };
}

/**
 * Numbers the names of further columns as reading does, in the order in which rows show them, so that two logs with the same
 * rows have the same bits whatever was done to them.
 *
 * @param log - any log.
 * @returns a log with the same rows in the same order.
 */
export function namesByAppearance(log: EventLog): EventLog {
  const extra = Object.entries(log.extra).map(([name, column]): [string, ExtraColumn] => [
    name,
    column instanceof Float64Array ? column : byAppearance(column),
  ]);
  return { ...log, extra: Object.fromEntries(extra) };
}

function cellsOf(column: ExtraColumn): Float64Array | Uint32Array {
  return column instanceof Float64Array ? column : column.codes;
}

/** A log of `events`, with the names of `columns`. */
function logOf(columns: LogColumns, events: SortedEvents): EventLog {
  const extra = Object.entries(columns.extra).map(([name, column], i): [string, ExtraColumn] => {
    const cells = events.extra[i];
    return [
      name,
      column instanceof Float64Array
        ? (cells as Float64Array)
        : { codes: cells as Uint32Array, names: column.names.slice() },
    ];
  });
  return {
    length: events.time.length,
    customer: { codes: events.customer, names: columns.customer.names.slice() },
    type: { codes: events.type, names: columns.type.names.slice() },
    time: events.time,
    value: events.value ?? new Float64Array(events.time.length).fill(NaN),
    // fromEntries defines own properties, so a column called __proto__ survives.
    extra: Object.fromEntries(extra),
    byCustomer: { starts: events.starts },
  };
}

/**
 * Refuses a log that was not made by this library or was damaged since: lengths, dictionaries, order of rows.
 *
 * @param caller - the public function.
 * @param log - what the user passed.
 * @param path - how to call it in the message.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the path of the damage. Cost: one pass over the rows.
 */
export function checkLog(caller: string, log: EventLog, path = "log"): void {
  if (log === null || typeof log !== "object" || !(log.time instanceof Float64Array)) {
    refuse(caller, "shape-mismatch", path, "the columns of an event log", describeValue(log));
  }
  const { length, customer, type, time, value, byCustomer } = log;
  for (const [name, column] of [
    ["customer", customer],
    ["type", type],
  ] as const) {
    if (!(column?.codes instanceof Uint32Array) || !Array.isArray(column.names)) {
      refuse(
        caller,
        "shape-mismatch",
        `${path}.${name}`,
        "codes in a Uint32Array and a list of names",
        "another shape",
      );
    }
    if (column.codes.length !== length) {
      refuse(caller, "shape-mismatch", `${path}.${name}.codes`, `${length} rows`, String(column.codes.length));
    }
  }
  if (time.length !== length) refuse(caller, "shape-mismatch", `${path}.time`, `${length} rows`, String(time.length));
  if (value?.length !== length)
    refuse(caller, "shape-mismatch", `${path}.value`, `${length} rows`, describeValue(value));
  checkPartition(caller, `${path}.byCustomer`, byCustomer, length);
  if (byCustomer.starts.length !== customer.names.length + 1) {
    refuse(
      caller,
      "shape-mismatch",
      `${path}.byCustomer.starts`,
      "one group per customer name",
      "another number of groups",
    );
  }
  checkRows(caller, log, path);
}

function checkRows(caller: string, log: EventLog, path: string): void {
  const customers = log.byCustomer.starts.length - 1;
  for (let group = 0; group < customers; group += customerBlock) {
    const end = Math.min(customers, group + customerBlock);
    if (!areSound(log, group, end)) refuseRow(caller, log, path, group, end);
  }
}

/** Customers per call of a loop: a function that is called often is compiled once and for good. */
const customerBlock = 512;

/** Whether the rows of some customers are theirs, have types and are in order. */
function areSound({ customer, type, time, byCustomer }: EventLog, first: number, last: number): boolean {
  const { starts } = byCustomer;
  const { codes } = customer;
  const typeCodes = type.codes;
  const types = type.names.length;
  let row = starts[first];
  for (let group = first; group < last; group++) {
    let previous = -Infinity;
    for (const end = starts[group + 1]; row < end; row++) {
      const now = time[row];
      if (!(now >= previous && now < Infinity && codes[row] === group && typeCodes[row] < types)) return false;
      previous = now;
    }
  }
  return true;
}

/** Refuses the first row of some customers that is not. */
function refuseRow(
  caller: string,
  { customer, type, time, byCustomer }: EventLog,
  path: string,
  first: number,
  last: number,
): void {
  const types = type.names.length;
  for (let group = first; group < last; group++) {
    let previous = -Infinity;
    for (let row = byCustomer.starts[group]; row < byCustomer.starts[group + 1]; row++) {
      const now = time[row];
      if (now >= previous && now < Infinity && customer.codes[row] === group && type.codes[row] < types) {
        previous = now;
        continue;
      }
      if (!Number.isFinite(now)) refuse(caller, "invalid-value", `${path}.time[${row}]`, "finite", describeValue(now));
      if (now < previous)
        refuse(caller, "invalid-value", `${path}.time[${row}]`, "not before the row above", "an earlier time");
      const column = customer.codes[row] === group ? "type" : "customer";
      refuse(
        caller,
        "invalid-value",
        `${path}.${column}.codes[${row}]`,
        "the code of a name, in order",
        "another code",
      );
    }
  }
}

/**
 * Looks up a column of names beside the fixed ones, or refuses with the columns there are to choose from. Numbers serve as
 * names too: order ids and campaign ids often are numbers.
 *
 * @param caller - the public function.
 * @param log - any log.
 * @param path - the option that named the column.
 * @param name - the column.
 * @returns the dictionary column; a column of numbers is encoded, which costs a hash lookup per row.
 */
export function codesColumn(caller: string, log: EventLog, path: string, name: string): Codes {
  const column = Object.hasOwn(log.extra, name) ? log.extra[name] : undefined;
  if (column === undefined) {
    const known = Object.keys(log.extra).join(", ") || "none";
    refuse(caller, "invalid-option", path, `a column of log.extra (${known})`, "another name");
  }
  if (column instanceof Float64Array) {
    if (column.length === log.length) return codesOfNumbers(column);
    refuse(caller, "shape-mismatch", `log.extra.${name}`, `${log.length} rows`, String(column.length));
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
