import { describeValue, refuse } from "../core/errors.ts";
import {
  byAppearance,
  checkCodes,
  type Codes,
  codesOfNumbers,
  dictionaryEncoder,
  missingCode,
  sortNames,
} from "./codes.ts";
import { checkLog, type EventLog, type ExtraColumn, sortedLog } from "./event-log.ts";
import { breakTies } from "./ties.ts";

/**
 * Merges logs into one, as if all their rows had been read at once: shards by customer, by time or by source, of which each
 * was read where it lay. Whatever is computed from the merged log is then what one pass would have given, sessions that were
 * cut between two shards included: `sessionize(mergeLogs([a, b]))`.
 *
 * Rows are ordered by customer, time, then `sequence` and `id` where there are such columns, then by the order of the
 * logs. Customers and event types are numbered in the order of their names, further text columns in the order in which
 * their names appear; dictionaries that are the same in all logs stay as they are.
 *
 * A further column that some logs lack is missing in their rows. One that is numbers in some logs and text in others becomes
 * text, with the numbers written out, as if it had been read at once.
 *
 * @param logs - any logs, also none and empty ones; not changed.
 * @returns one log with all rows; it shares nothing with the logs. Duplicates stay: two logs that hold the same event give it twice.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the place of the first log that is none.
 * @example
 * const morning = readEventColumns({ customer: ["ann"], type: ["view"], time: [0] }).log;
 * const noon = readEventColumns({ customer: ["al", "ann"], type: ["view", "buy"], time: [0, 60_000] }).log;
 * const log = mergeLogs([morning, noon]);
 * log.customer.names; // ["al", "ann"]
 * sessionize(log).starts; // Uint32Array [0, 1, 3]
 * @see readEvents. Cost: a few passes over all rows, and a sort where they are not in order.
 */
export function mergeLogs(logs: readonly EventLog[]): EventLog {
  const caller = "mergeLogs";
  const isArray: boolean = Array.isArray(logs);
  if (!isArray) refuse(caller, "shape-mismatch", "logs", "a list of event logs", describeValue(logs));
  logs.forEach((log: EventLog, i) => checkShard(caller, `logs[${i}]`, log));
  const names = new Set(logs.flatMap(({ extra }) => Object.keys(extra)));
  const united = Array.from(names, (name) => ({ name, ...uniteExtra(logs, name) }));
  const log = sortedLog({
    customer: uniteNames(logs.map(({ customer }) => customer)),
    type: uniteNames(logs.map(({ type }) => type)),
    time: concatenate(logs.map(({ time }) => time)),
    value: concatenate(logs.map(({ value }) => value)),
    extra: Object.fromEntries(united.map(({ name, column }) => [name, column])),
  });
  const { sequence, id } = log.extra;
  const merged = breakTies(
    log,
    sequence instanceof Float64Array ? sequence : undefined,
    id instanceof Float64Array ? undefined : id,
  );
  const unordered = new Set(united.filter(({ asGiven }) => !asGiven).map(({ name }) => name));
  const extra = Object.entries(merged.extra).map(([name, column]): [string, ExtraColumn] => [
    name,
    column instanceof Float64Array || !unordered.has(name) ? column : byAppearance(column),
  ]);
  return { ...merged, extra: Object.fromEntries(extra) };
}

function checkShard(caller: string, path: string, log: EventLog): void {
  checkLog(caller, log, path);
  if (log.extra === null || typeof log.extra !== "object") {
    refuse(caller, "shape-mismatch", `${path}.extra`, "columns by name", describeValue(log.extra));
  }
  for (const [name, column] of Object.entries(log.extra)) {
    if (!(column instanceof Float64Array)) checkCodes(caller, `${path}.extra.${name}`, column, log.length);
    else if (column.length !== log.length) {
      refuse(caller, "shape-mismatch", `${path}.extra.${name}`, `${log.length} rows`, String(column.length));
    }
  }
}

/** Customers or types under one dictionary, in the order of names unless all dictionaries are the same. */
function uniteNames(columns: readonly Codes[]): Codes {
  const { column, asGiven } = unite(columns);
  return asGiven ? column : sortNames(column);
}

/** One further column of all logs, and whether its dictionary is that of every log. */
function uniteExtra(logs: readonly EventLog[], name: string): { column: ExtraColumn; asGiven: boolean } {
  const columns = logs.map(({ extra }) => (Object.hasOwn(extra, name) ? extra[name] : undefined));
  const hasNumbers = columns.some((column) => column instanceof Float64Array);
  // A column without any cell is text to its reader, and one of empty texts would have been no obstacle to numbers.
  const isBlank = (column: ExtraColumn | undefined): boolean =>
    !(column instanceof Float64Array) && (column === undefined || column.names.every((text) => text === ""));
  if (hasNumbers && columns.every((column) => column instanceof Float64Array || isBlank(column))) {
    const numbers = columns.map((column, i) =>
      column instanceof Float64Array ? column : new Float64Array(logs[i].length).fill(NaN),
    );
    return { column: concatenate(numbers), asGiven: true };
  }
  return unite(
    columns.map((column, i) => {
      if (column === undefined) return { codes: new Uint32Array(logs[i].length).fill(missingCode), names: [] };
      return column instanceof Float64Array ? codesOfNumbers(column) : column;
    }),
  );
}

/** Columns under one dictionary, one after the other; `asGiven` when it is that of every column that has names. */
function unite(columns: readonly Codes[]): { column: Codes; asGiven: boolean } {
  const length = columns.reduce((sum, { codes }) => sum + codes.length, 0);
  const codes = new Uint32Array(length);
  const dictionaries = columns.filter(({ names }) => names.length > 0).map(({ names }) => names);
  const asGiven = dictionaries.every((names) => isSameList(names, dictionaries[0]));
  const encoder = dictionaryEncoder();
  let row = 0;
  for (const { codes: part, names } of columns) {
    if (asGiven) codes.set(part, row);
    else {
      const united = Uint32Array.from(names, (name) => encoder.codeOf(name));
      for (let i = 0; i < part.length; i++) codes[row + i] = part[i] === missingCode ? missingCode : united[part[i]];
    }
    row += part.length;
  }
  return { column: { codes, names: asGiven ? [...(dictionaries[0] ?? [])] : encoder.names }, asGiven };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let row = 0;
  for (const part of parts) {
    whole.set(part, row);
    row += part.length;
  }
  return whole;
}
