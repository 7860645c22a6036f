import { describeValue, refuse } from "../core/errors.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { isReader, type Reader, readerOf } from "../tables/reader.ts";
import { assemble, extraField, extraSpec, fixedFields, type ReadEventsOptions, readEventsOptions } from "./assemble.ts";
import { type Intake, noFaults, refuseFor, type RejectionCode } from "./intake.ts";

/** How {@link readEvents} reads rows: for each field the name of a property, or a function of the row. */
export interface EventReaders<Row = never> {
  /** Who: a string, a finite number or a bigint; `""`, `null` and `undefined` are missing. */
  readonly customer: Reader<Row>;
  /** What: a string (also `""`), a finite number or a bigint. A constant is read by a function: `() => "purchase"`. */
  readonly type: Reader<Row>;
  /** When: a number or bigint in `timeUnit`, a `Date`, or an RFC 3339 string with offset. */
  readonly time: Reader<Row>;
  /** Worth: a finite number or a bigint; `null`, `undefined`, NaN and `""` are none. */
  readonly value?: Reader<Row> | undefined;
  /** A running number that orders events of one customer at one time; kept as the extra column `sequence`. */
  readonly sequence?: Reader<Row> | undefined;
  /** The event's own id: orders what is equal even then; kept as the extra column `id`. */
  readonly id?: Reader<Row> | undefined;
  /** Further columns by name: text, or numbers where all present cells are numbers. */
  readonly extra?: Readonly<Record<string, Reader<Row>>> | undefined;
}

const reader = (optional: boolean) =>
  custom<Reader>("a property name or a function", isReader, [1, null, {}], { optional });

const readersTable: OptionTable<EventReaders, "value" | "sequence" | "id" | "extra"> = {
  customer: reader(false),
  type: reader(false),
  time: reader(false),
  value: reader(true),
  sequence: reader(true),
  id: reader(true),
  extra: extraSpec<Readonly<Record<string, Reader>>>("a record of property names or functions", isReader),
};

/**
 * Reads raw events from rows of any shape into a log, strictly: what cannot be used is refused and accounted for, row by
 * row; nothing is guessed, and nothing vanishes. The way in for exports, CSV rows and database results.
 *
 * Times must say which instant they mean: epoch numbers, `Date`s, or RFC 3339 strings with `Z` or an offset. A string
 * without one is refused as `time-without-offset`; add what you know: `(row) => row.time + "Z"`.
 *
 * Rows are sorted by customer (ids in code-unit order), then time, then `sequence`, then `id`, then arrival; so two
 * orders of arrival give the same log when times differ, or when a `sequence` or `id` tells equal times apart.
 *
 * @param rows - any iterable of objects, read once; it is not changed.
 * @param columns - what to read, see {@link EventReaders}.
 * @param options - the unit of numeric times.
 * @returns the log, and a report in which `accepted` and all of `rejectedCount` add up to `read`. A row that is no object
 * is refused as `not-an-object`, a row whose reader throws as `reader-failed`.
 * @throws {ClienteleError} `shape-mismatch` when `rows` cannot be iterated; `invalid-option` and `unknown-option` for
 * `columns` and `options`; `too-large` above 67 million rows: read more by columns. Never because of what a row holds.
 * @example
 * const rows = [
 *   { user: "ann", event: "view", at: "2024-03-01T10:00:00Z" },
 *   { user: "ann", event: "purchase", at: 1709287500000, amount: 20 },
 *   { user: "", event: "view", at: "2024-02-30T10:00:00Z" },
 * ];
 * const { log, report } = readEvents(rows, { customer: "user", type: "event", time: "at", value: "amount" });
 * log.value; // Float64Array [NaN, 20]
 * report.rejected; // [{ row: 2, code: "missing-customer", path: "rows[2].customer" }]
 * @see RFC 3339. Cost: one pass over the rows, a hash lookup per customer, type and text cell, and a sort per customer.
 */
export function readEvents<Row>(rows: Iterable<Row>, columns: EventReaders<Row>, options?: ReadEventsOptions): Intake {
  const caller = "readEvents";
  const readers = readOptions(caller, readersTable, columns as EventReaders, "columns");
  const { timeUnit } = readOptions(caller, readEventsOptions, options);
  if (typeof rows === "string" || typeof (rows as Partial<Iterable<Row>> | null)?.[Symbol.iterator] !== "function") {
    refuse(caller, "shape-mismatch", "rows", "an iterator of objects", describeValue(rows));
  }
  const extra = Object.entries(readers.extra ?? {});
  const given = fixedFields.filter((field) => readers[field] !== undefined);
  const fields = [...given, ...extra.map(([name]) => extraField(name))];
  const functions = [
    ...given.map((field) => readers[field] as Reader<Row>),
    ...extra.map(([, read]) => read as Reader<Row>),
  ];
  const { cells, refused } = transpose(rows, functions.map(readerOf));
  const faults = noFaults(cells[0].length, ["row", ...fields]);
  for (const { row, field, code } of refused) refuseFor(faults, field < 0 ? "row" : fields[field])(row, code);
  const cellsOf = (field: string): unknown[] | undefined => cells[fields.indexOf(field)];
  return assemble(
    {
      customer: cells[0],
      type: cells[1],
      time: cells[2],
      value: cellsOf("value"),
      sequence: cellsOf("sequence"),
      id: cellsOf("id"),
      extra: extra.map(([name], e) => [name, cells[given.length + e]]),
    },
    faults,
    timeUnit,
    (row, field) => (field === "row" ? `rows[${row}]` : `rows[${row}].${field}`),
  );
}

/** A row that was refused before its cells were looked at; field −1 = the row itself. */
interface EarlyRefusal {
  readonly row: number;
  readonly field: number;
  readonly code: RejectionCode;
}

/** Engines hold about twice as many references in one array. */
const mostRows: number = 2 ** 26;

/** V8 turns arrays that are born longer than this into hash tables. */
const mostReserved: number = 2 ** 24;

/** Turns rows into columns of cells as they come. */
function transpose<Row>(
  rows: Iterable<Row>,
  readers: readonly ((row: Row) => unknown)[],
): { cells: unknown[][]; refused: EarlyRefusal[] } {
  const tooMany = (): never => refuse("readEvents", "too-large", "rows", `at most ${mostRows} rows`, "more");
  // A list without elements can claim any length, so the length is looked at before room is made for it.
  const expected = Array.isArray(rows) ? rows.length : 0;
  if (expected > mostRows) tooMany();
  const cells = readers.map((): unknown[] => new Array<unknown>(Math.min(expected, mostReserved)));
  const refused: EarlyRefusal[] = [];
  let count = 0;
  for (const row of rows) {
    if (count >= mostRows) tooMany();
    let field = 0;
    if (row === null || typeof row !== "object") {
      refused.push({ row: count, field: -1, code: "not-an-object" });
    } else {
      try {
        for (; field < readers.length; field++) cells[field][count] = readers[field](row);
      } catch {
        refused.push({ row: count, field, code: "reader-failed" });
      }
    }
    for (; field < readers.length; field++) cells[field][count] = undefined;
    count++;
  }
  return { cells, refused };
}
