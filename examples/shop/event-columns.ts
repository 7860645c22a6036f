// A person's own file as the columns of an event log, with every row that is left out counted by its reason.
import type { FileOptions } from "./arguments.ts";
import { UserError } from "./user-error.ts";
import type { EventColumns, EventRow } from "./growing-columns.ts";
import { growingColumns } from "./growing-columns.ts";
import type { TimeReader } from "./times.ts";
import { timeReader } from "./times.ts";

/** What a file holds; `readEventColumns` makes a log of the columns. */
export interface FileEvents {
  readonly columns: EventColumns;
  /** Rows below the header: those in the columns and those left out. */
  readonly read: number;
  /** Rows left out, by reason. */
  readonly rejected: ReadonlyMap<string, number>;
  /** What a careful person should know about the reading. */
  readonly notes: readonly string[];
}

/** Where in a record the cells of interest are. */
interface Places {
  readonly width: number;
  readonly customer: number;
  readonly time: number;
  readonly type: number | undefined;
  readonly order: number | undefined;
  readonly id: number | undefined;
  readonly variant: number | undefined;
  /** The value is the product of these cells and this number; no cells = no value. */
  readonly factors: readonly number[];
  readonly constant: number;
}

/** One event, or the reason why a record is none. */
type Outcome = EventRow | string;

/** The reason for which a row with a known event id is left out. */
export const repeatsAnId = "repeats an event id";

/** Takes records one by one; the first one is the header. */
export interface EventCollector {
  take(cells: readonly string[]): void;
  finish(): FileEvents;
}

/**
 * Opens an account of a file's rows. Memory grows with the columns, not with the file.
 *
 * @param file - path, columns and formats.
 * @returns what takes the records and, at the end, gives the columns and the account of every row.
 * @throws {UserError} from `take` when a column is missing, from `finish` when there are no rows.
 */
export function eventCollector(file: FileOptions): EventCollector {
  const times = timeReader(file.timeFormat, file.timeZone);
  const asOf = file.asOf === undefined ? Infinity : asOfTime(file.asOf, file);
  const columns = growingColumns();
  const rejected = new Map<string, number>();
  const ids = new Set<string>();
  let header: readonly string[] | undefined;
  let places: Places | undefined;
  let read = 0;
  return {
    take(cells) {
      if (places === undefined) {
        header = cells.map((cell) => cell.trim());
        places = placesOf(file, header);
        return;
      }
      read++;
      const outcome = understand(cells, places, file, times, asOf, ids);
      if (typeof outcome === "string") rejected.set(outcome, (rejected.get(outcome) ?? 0) + 1);
      else columns.add(outcome);
    },
    finish() {
      if (read === 0) throw new UserError(`${file.path} has a header but no rows.`);
      return {
        columns: columns.finish({ order: file.order !== undefined, variant: file.variant !== undefined }),
        read,
        rejected,
        notes: [...repeatedNames(header!), ...zoneNote(times, file.timeZone)],
      };
    },
  };
}

/**
 * The moment given with `--as-of`.
 *
 * @param text - a time like 2011-12-10, or one in the format of the time column.
 * @param file - format and zone.
 * @returns epoch milliseconds, UTC.
 */
export function asOfTime(text: string, file: Pick<FileOptions, "timeFormat" | "timeZone">): number {
  for (const format of ["auto", file.timeFormat]) {
    const time = timeReader(format, file.timeZone).read(text);
    if (!Number.isNaN(time)) return time;
  }
  throw new UserError(`--as-of ${text} is not a time; one is written 2011-12-10 or 2011-12-10T18:00:00Z.`);
}

function placesOf(file: FileOptions, header: readonly string[]): Places {
  if (header.length === 1) {
    throw new UserError(`${file.path} has only one column, so it is not a CSV file of events (see --delimiter).`);
  }
  const place = (flag: string, name: string): number => {
    const index = header.indexOf(name.trim());
    if (index < 0)
      throw new UserError(`${file.path} has no column "${name}" (${flag}); its columns are ${listOf(header)}.`);
    return index;
  };
  const optional = (flag: string, name: string | undefined): number | undefined =>
    name === undefined ? undefined : place(flag, name);
  const parts = file.value === undefined ? [] : header.includes(file.value) ? [file.value] : file.value.split("*");
  const constants = parts.map((part) => part.trim()).filter((part) => !header.includes(part) && isNumber(part));
  return {
    width: header.length,
    customer: place("--customer", file.customer),
    time: place("--time", file.time),
    type: "column" in file.type ? place("--type", file.type.column) : undefined,
    order: optional("--order", file.order),
    id: optional("--id", file.id),
    variant: optional("--variant", file.variant),
    factors: parts.filter((part) => !constants.includes(part.trim())).map((part) => place("--value", part.trim())),
    constant: constants.reduce((product, part) => product * Number(part), 1),
  };
}

function listOf(header: readonly string[]): string {
  const shown = header.slice(0, 30).map((name) => `"${name}"`);
  return shown.join(", ") + (header.length > shown.length ? ` and ${header.length - shown.length} more` : "");
}

function understand(
  cells: readonly string[],
  places: Places,
  file: FileOptions,
  times: TimeReader,
  asOf: number,
  ids: Set<string>,
): Outcome {
  if (cells.length !== places.width) return "another number of cells than the header";
  const customer = cells[places.customer];
  if (customer === "") return "no customer";
  const time = times.read(cells[places.time].trim());
  if (Number.isNaN(time)) return "time not understood";
  if (time > asOf) return "after --as-of";
  const value = valueOf(cells, places, file.decimal);
  if (value === undefined) return "value is not a number";
  const id = places.id === undefined ? "" : cells[places.id];
  if (id !== "") {
    if (ids.has(id)) return repeatsAnId;
    ids.add(id);
  }
  const type = places.type === undefined ? (file.type as { is: string }).is : cells[places.type];
  return {
    customer,
    type: kindOf(type, value, file),
    time,
    value,
    order: places.order === undefined ? "" : cells[places.order],
    variant: places.variant === undefined ? "" : cells[places.variant].trim(),
  };
}

/** The product of the value cells; NaN when one is empty, undefined when one is not a number. */
function valueOf(cells: readonly string[], { factors, constant }: Places, decimal: "." | ","): number | undefined {
  let product = factors.length === 0 ? NaN : constant;
  for (const factor of factors) {
    const cell = cells[factor].trim();
    const text = decimal === "," ? cell.replace(",", ".") : cell;
    if (text !== "" && !isNumber(text)) return undefined;
    product *= text === "" ? NaN : Number(text);
  }
  return Number.isFinite(product) || Number.isNaN(product) ? product : undefined;
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
}

/** Money that went back is no purchase, and a gift in a parcel is none: see `--free` in the help. */
function kindOf(type: string, value: number, { purchase, keepFree }: FileOptions): string {
  if (type !== purchase || value > 0 || Number.isNaN(value)) return type;
  if (value < 0) return "refund";
  return keepFree ? type : "free";
}

function repeatedNames(header: readonly string[]): string[] {
  const repeated = new Set(header.filter((name, i) => name !== "" && header.indexOf(name) < i));
  return [...repeated].map((name) => `The file has several columns called "${name}"; the first one counts.`);
}

function zoneNote({ withoutOffset }: TimeReader, timeZone: string): string[] {
  if (withoutOffset === 0) return [];
  return [`Times in the file carry no offset: they are read as ${timeZone} time (--time-zone).`];
}
