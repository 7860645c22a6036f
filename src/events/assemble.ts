import { put } from "../core/dictionary.ts";
import type { Note } from "../core/note.ts";
import { custom, oneOf, type OptionTable } from "../core/options.ts";
import { gather } from "../numeric/move-rows.ts";
import { byAppearance, type Codes, missingCode, sortNames } from "../tables/codes.ts";
import { type EventLog, type ExtraColumn, type LogColumns, sortedLog } from "../tables/event-log.ts";
import { breakTies } from "../tables/ties.ts";
import type { Utf8Names } from "../tables/utf8.ts";
import {
  type Cells,
  encodeExtra,
  encodeNames,
  encodeNumbers,
  type GivenCodes,
  type NameRules,
  takeNames,
  takeNumbers,
  takeText,
} from "./cells.ts";
import { type Faults, type Intake, type Refuse, refuseFor, type RejectionCode, settle } from "./intake.ts";
import { encodeTimes, takeTimes, type Times } from "./times.ts";
import type { TimeUnit } from "./timestamp.ts";

/** Options of {@link readEvents} and {@link readEventColumns}. */
export interface ReadEventsOptions {
  /** The unit of times that are numbers or bigints, counted from 1970; default `"ms"`. */
  readonly timeUnit?: TimeUnit | undefined;
}

/** Option table of {@link readEvents} and {@link readEventColumns}. */
export const readEventsOptions: OptionTable<ReadEventsOptions> = {
  timeUnit: oneOf(["s", "ms", "us", "ns"], { default: "ms" }),
};

/** A column of names as it comes: cells of any kind, the caller's dictionary, or UTF-8 that was encoded on the way in. */
export type RawNames = Cells | GivenCodes | Utf8Names;

/** Columns as they come, of equal length. */
export interface RawColumns {
  readonly customer: RawNames;
  readonly type: RawNames;
  readonly time: Cells;
  readonly value: Cells | undefined;
  readonly sequence: Cells | undefined;
  readonly id: RawNames | undefined;
  readonly extra: readonly (readonly [name: string, column: RawNames])[];
}

/** The fields of a row in the order in which its cells are looked at; further columns follow. */
export const fixedFields = ["customer", "type", "time", "value", "sequence", "id"] as const;

/** What a field of a further column is called in paths. */
export function extraField(name: string): string {
  return `extra.${name}`;
}

/** An `OptionSpec` of further columns: a plain record, with no name that a row of `toEvents` uses for something else. */
export function extraSpec<T>(expected: string, accepts: (value: unknown) => boolean): ReturnType<typeof custom<T>> {
  const taken = new Set<string>(fixedFields);
  const isExtra = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, column]) => !taken.has(name) && accepts(column));
  return custom(
    `${expected}, none of them called ${fixedFields.join(", ")}`,
    isExtra,
    [null, 1, "a", ["a"], { a: 1 }, { time: "time" }],
    {
      optional: true,
    },
  );
}

const customerRules: NameRules = { missing: "missing-customer", invalid: "invalid-customer", emptyIsMissing: true };
const typeRules: NameRules = { missing: "missing-type", invalid: "invalid-type", emptyIsMissing: false };
const idRules: NameRules = { invalid: "invalid-id", emptyIsMissing: true };
const extraRules: NameRules = { invalid: "invalid-extra", emptyIsMissing: false };

/**
 * Encodes columns, leaves refused rows out, sorts the rest into a log and accounts for every row.
 *
 * @param raw - columns of equal length.
 * @param faults - faults that are known before any cell is read.
 * @param unit - the unit of numeric times.
 * @param pathOf - the path of a row's cell in the report.
 * @returns the log, which shares nothing with the columns, and the report.
 */
export function assemble(
  raw: RawColumns,
  faults: Faults,
  unit: TimeUnit,
  pathOf: (row: number, field: string) => string,
): Intake {
  const refusal = (field: string): Refuse => refuseFor(faults, field);
  const customer = namesColumn(raw.customer, customerRules, refusal("customer"));
  const type = namesColumn(raw.type, typeRules, refusal("type"));
  const times = timeColumn(raw.time, unit, refusal("time"));
  const value = raw.value && numbersColumn(raw.value, "invalid-value", refusal("value"));
  const extra = Object.create(null) as Record<string, ExtraColumn>;
  if (raw.sequence !== undefined) {
    put(extra, "sequence", numbersColumn(raw.sequence, "invalid-sequence", refusal("sequence")));
  }
  if (raw.id !== undefined) put(extra, "id", namesColumn(raw.id, idRules, refusal("id")));
  for (const [name, column] of raw.extra) {
    put(extra, name, extraColumn(column, faults.marks, refusal(extraField(name))));
  }
  const { kept, report } = settle(faults, pathOf);
  const columns = keep({ customer, type, time: times.time, value, extra }, kept);
  const log = tidyLog(raw, columns, kept !== undefined);
  return { log, report: { ...report, notes: [...times.notes, ...emptinessOf(raw, log, report.read)] } };
}

/** Tells whether the caller made the dictionary of a column: then its names keep their order. */
function isCodes(column: RawNames): column is GivenCodes {
  return "codes" in column;
}

function namesColumn(column: RawNames, rules: NameRules, refuse: Refuse): Codes {
  if (isCodes(column)) return takeNames(column, rules, refuse);
  return "rowCodes" in column ? takeText(column, rules, refuse) : encodeNames(column, rules, refuse);
}

function numbersColumn(column: Cells, invalid: RejectionCode, refuse: Refuse): Float64Array {
  return column instanceof Float64Array ? takeNumbers(column, invalid, refuse) : encodeNumbers(column, invalid, refuse);
}

function timeColumn(column: Cells, unit: TimeUnit, refuse: Refuse): Times {
  return column instanceof Float64Array ? takeTimes(column, unit, refuse) : encodeTimes(column, unit, refuse);
}

function extraColumn(column: RawNames, marks: Uint32Array, refuse: Refuse): ExtraColumn {
  if (!("length" in column)) return namesColumn(column, extraRules, refuse);
  return column instanceof Float64Array
    ? takeNumbers(column, "invalid-extra", refuse)
    : encodeExtra(column, marks, refuse);
}

/** The columns without the refused rows; `undefined` keeps all. */
function keep(columns: LogColumns, kept: Uint32Array | undefined): LogColumns {
  if (kept === undefined) return columns;
  const codes = (column: Codes): Codes => ({ codes: gather(column.codes, kept), names: column.names });
  const { customer, type, time, value, extra } = columns;
  return {
    customer: codes(customer),
    type: codes(type),
    time: gather(time, kept),
    value: value && gather(value, kept),
    extra: mapExtra(extra, (column) => (column instanceof Float64Array ? gather(column, kept) : codes(column))),
  };
}

/**
 * Sorts, and puts the dictionaries that were made here into an order that does not depend on the order of arrival:
 * customers and event types by their names, further columns by first appearance in the sorted log, which stays linear
 * for a million order ids. Dictionaries that came with the columns stay as they are.
 */
function tidyLog(raw: RawColumns, columns: LogColumns, someRefused: boolean): EventLog {
  const byName = (given: RawNames, column: Codes): Codes =>
    // Only a refused row can leave a name without a row.
    isCodes(given) ? column : sortNames(someRefused ? byAppearance(column) : column);
  const given = new Set(raw.extra.filter(([, column]) => isCodes(column)).map(([name]) => name));
  if (raw.id !== undefined && isCodes(raw.id)) given.add("id");
  const sorted = sortedLog({
    ...columns,
    customer: byName(raw.customer, columns.customer),
    type: byName(raw.type, columns.type),
  });
  const sequence = raw.sequence === undefined ? undefined : (sorted.extra["sequence"] as Float64Array);
  const id = raw.id === undefined ? undefined : (sorted.extra["id"] as Codes);
  const log = breakTies(sorted, sequence, id);
  const extra = mapExtra(log.extra, (column, name) =>
    column instanceof Float64Array || given.has(name) ? column : byAppearance(column),
  );
  return { ...log, extra };
}

/** Says which columns hold nothing at all: most often a misspelt property name. */
function emptinessOf(raw: RawColumns, log: EventLog, read: number): Note[] {
  if (log.length === 0) {
    return read === 0
      ? []
      : [
          {
            code: "no-row-accepted",
            message: `All ${read} rows were refused; see rejectedCount and the column names.`,
          },
        ];
  }
  const columns = [...Object.entries(log.extra), ...(raw.value === undefined ? [] : [["value", log.value] as const])];
  const empty = columns.filter(([, column]) =>
    column instanceof Float64Array
      ? column.every((number) => Number.isNaN(number))
      : column.codes.every((code) => code === missingCode),
  );
  return empty.map(([name]) => ({ code: "empty-column", message: `The column ${name} holds nothing in any row.` }));
}

function mapExtra(
  extra: EventLog["extra"],
  change: (column: ExtraColumn, name: string) => ExtraColumn,
): Record<string, ExtraColumn> {
  return Object.fromEntries(Object.entries(extra).map(([name, column]) => [name, change(column, name)]));
}
