import { describeValue, refuse } from "../core/errors.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { checkCodes, checkDistinct, type Codes } from "../tables/codes.ts";
import { encodeUtf8, isUtf8, type Utf8Column } from "../tables/utf8.ts";
import {
  assemble,
  extraField,
  extraSpec,
  fixedFields,
  type RawNames,
  type ReadEventsOptions,
  readEventsOptions,
} from "./assemble.ts";
import { type Intake, noFaults } from "./intake.ts";

/** Names by row: a list of cells, a dictionary that is encoded already, or UTF-8 text as Arrow has it. */
export type NameCells = ArrayLike<unknown> | Codes | Utf8Column;

/** Numbers by row: a typed array, or a list of cells. */
export type NumberCells = Float64Array | ArrayLike<unknown>;

/** Columns of events, of equal length. Each cell means what it means in {@link readEvents}. */
export interface EventColumns {
  /** Who; a missing code is a missing customer. Codes keep the order of their names. */
  readonly customer: NameCells;
  /** What. */
  readonly type: NameCells;
  /** When: numbers or bigints in `timeUnit`, or a list of `Date`s and RFC 3339 strings. */
  readonly time: NumberCells | BigInt64Array;
  /** Worth; NaN = none. */
  readonly value?: NumberCells | undefined;
  /** Running numbers that order events of one customer at one time; kept as the extra column `sequence`. */
  readonly sequence?: NumberCells | undefined;
  /** The events' own ids; kept as the extra column `id`. */
  readonly id?: NameCells | undefined;
  /** Further columns by name. */
  readonly extra?: Readonly<Record<string, NameCells | Float64Array>> | undefined;
}

/** A log of more rows does not fit the memory that an engine gives to typed arrays. */
const mostRows: number = 2 ** 28;

function isCells(value: unknown): boolean {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isNames(value: unknown): boolean {
  return (
    isCells(value) ||
    isUtf8(value) ||
    (typeof value === "object" && value !== null && "codes" in value && "names" in value)
  );
}

const nameCells = (optional: boolean) =>
  custom<NameCells>("an array of names, codes with names, or bytes with offsets", isNames, ["a", 1, null, {}], {
    optional,
  });
const numberCells = (optional: boolean) =>
  custom<NumberCells>("an array of numbers", isCells, ["a", 1, null, {}], { optional });

const columnsTable: OptionTable<EventColumns, "value" | "sequence" | "id" | "extra"> = {
  customer: nameCells(false),
  type: nameCells(false),
  time: numberCells(false),
  value: numberCells(true),
  sequence: numberCells(true),
  id: nameCells(true),
  extra: extraSpec<Readonly<Record<string, NameCells>>>(
    "a record of arrays, of codes with names, or of bytes with offsets",
    isNames,
  ),
};

/**
 * Reads raw events from columns into a log: {@link readEvents} for data that is columns already, such as Arrow tables,
 * Parquet files or database results. Dictionary codes and typed arrays are taken without looking at strings, which makes
 * a million events a matter of some ten milliseconds; text in UTF-8 is encoded without making a string of every cell.
 *
 * @param columns - see {@link EventColumns}; they are not changed, and the log shares nothing with them.
 * @param options - the unit of numeric times: Arrow has all four.
 * @returns the log, and a report in which `accepted` and all of `rejectedCount` add up to `read`.
 * @throws {ClienteleError} `invalid-option` and `unknown-option` for a column that is no column; `shape-mismatch` when
 * lengths differ; `invalid-value` for codes without a name, names that repeat or offsets that decrease; `too-large` above
 * 268 million rows. Never because of what a cell holds: bytes that are no UTF-8 refuse their row.
 * @example
 * const { log } = readEventColumns({
 *   customer: codesOf(["bo", "ann", "bo"]),
 *   type: ["view", "view", "purchase"],
 *   time: Float64Array.of(1709287200, 1709287260, 1709287100),
 * }, { timeUnit: "s" });
 * toEvents(log)[0]; // { customer: "bo", type: "purchase", time: 1709287100000 }
 * @see readEvents. Cost: one pass per column, a hash lookup per string, and a sort per customer.
 */
export function readEventColumns(columns: EventColumns, options?: ReadEventsOptions): Intake {
  const read = readOptions(caller, columnsTable, columns, "columns");
  const { timeUnit } = readOptions(caller, readEventsOptions, options);
  const { time, value, sequence } = read;
  const extra = Object.entries(read.extra ?? {});
  const rows = time.length;
  if (rows > mostRows) refuse(caller, "too-large", "columns.time", `at most ${mostRows} rows`, String(rows));
  const names = (field: string, column: NameCells): RawNames => readNames(`columns.${field}`, column, rows);
  if (value !== undefined) checkLength("columns.value", value.length, rows);
  if (sequence !== undefined) checkLength("columns.sequence", sequence.length, rows);
  const raw = {
    customer: names("customer", read.customer),
    type: names("type", read.type),
    time,
    value,
    sequence,
    id: read.id && names("id", read.id),
    extra: extra.map(([name, column]) => [name, names(extraField(name), column)] as const),
  };
  const fields = [...fixedFields, ...extra.map(([name]) => extraField(name))];
  return assemble(raw, noFaults(rows, fields), timeUnit, (row, field) => `columns.${field}[${row}]`);
}

const caller = "readEventColumns";

function readNames(path: string, column: NameCells, rows: number): RawNames {
  if (isUtf8(column)) {
    const encoded = encodeUtf8(caller, path, column);
    checkLength(path, encoded.rowCodes.length, rows);
    return encoded;
  }
  if ("length" in column) {
    checkLength(path, column.length, rows);
    return column;
  }
  const isFull = checkCodes(caller, path, column, rows);
  const names: readonly unknown[] = column.names;
  for (let code = 0; code < names.length; code++) {
    if (typeof names[code] === "string") continue;
    refuse(caller, "invalid-value", `${path}.names[${code}]`, "a string", describeValue(names[code]));
  }
  checkDistinct(caller, path, column);
  return { codes: column.codes, names: column.names, isFull };
}

function checkLength(path: string, length: number, rows: number): void {
  if (length !== rows) refuse(caller, "shape-mismatch", path, `${rows} rows`, String(length));
}
