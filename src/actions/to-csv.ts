import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";

/** A cell of a table for a spreadsheet: nothing (`null`, `undefined` and NaN) is an empty cell. */
export type CsvCell = string | number | bigint | boolean | null | undefined;

/** A row by column names, or as a list of cells. */
export type CsvRow = Readonly<Record<string, CsvCell>> | readonly CsvCell[];

/**
 * Writes rows as CSV that opens in any spreadsheet and runs nothing there: what a customer typed as a name stays a name.
 *
 * A text that a spreadsheet would read as a formula, since it begins with `=`, `+`, `-`, `@`, a tab, a line break or a
 * full-width ＝, ＋, －, ＠, gets a leading apostrophe; so do names of columns. Numbers stay as they are, also negative ones.
 *
 * @param rows - all objects, whose keys become the header in the order in which they first appear; or all lists of one
 * length, which are written as they are: give the header as the first.
 * @returns text after RFC 4180: commas, quotes doubled, every line ended by CRLF; empty for no rows or no columns.
 * @throws {ClienteleError} `shape-mismatch` for objects among lists or lists of different lengths; `invalid-value` at a row
 * that is neither, or a cell that is no text, number, true or false. Cost O(characters).
 * @example
 * toCsv([{ id: "ann", segment: "=1+1", balance: -5 }]); // "id,segment,balance\r\nann,'=1+1,-5\r\n"
 * toCsv([["id", "note"], ["ben", 'said "hi"']]); // 'id,note\r\nben,"said ""hi"""\r\n'
 * @see RFC 4180; OWASP, "CSV Injection".
 */
export function toCsv(rows: readonly CsvRow[]): string {
  const caller = "toCsv";
  if (!Array.isArray(rows)) refuse(caller, "shape-mismatch", "rows", "a list of rows", describeValue(rows));
  if (rows.length === 0) return "";
  return Array.isArray(rows[0]) ? listsToCsv(caller, rows) : recordsToCsv(caller, rows);
}

function listsToCsv(caller: string, rows: readonly CsvRow[]): string {
  const width = (rows[0] as readonly CsvCell[]).length;
  let text = "";
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (!Array.isArray(row) || row.length !== width) {
      refuse(caller, "shape-mismatch", `rows[${r}]`, `a list of ${width} cells, as the first row`, describeValue(row));
    }
    text += lineOf(row.map((cell: CsvCell, c) => textOf(caller, cell, r, c)));
  }
  return text;
}

function recordsToCsv(caller: string, rows: readonly CsvRow[]): string {
  const places = new Map<string, number>();
  rows.forEach((row, r) => {
    if (Array.isArray(row)) refuse(caller, "shape-mismatch", `rows[${r}]`, "an object, as the first row", "a list");
    if (!isRecord(row))
      refuse(caller, "invalid-value", `rows[${r}]`, "an object or a list of cells", describeCell(row));
    for (const key of Object.keys(row)) if (!places.has(key)) places.set(key, places.size);
  });
  const names = [...places.keys()];
  let text = lineOf(names.map(quoted));
  rows.forEach((row, r) => {
    const cells = row as Readonly<Record<string, CsvCell>>;
    // A column that this row has not got may be a name that every object inherits.
    text += lineOf(names.map((key, c) => (Object.hasOwn(cells, key) ? textOf(caller, cells[key], r, c) : "")));
  });
  return text;
}

/** One line; one that would be blank has its one empty cell in quotes, since readers skip blank lines. */
function lineOf(cells: readonly string[]): string {
  if (cells.length === 0) return "";
  return `${cells.join(",") || '""'}\r\n`;
}

function textOf(caller: string, cell: CsvCell, row: number, column: number): string {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return "";
  if (typeof cell === "string") return quoted(cell);
  if (typeof cell === "number" || typeof cell === "bigint" || typeof cell === "boolean") return String(cell);
  return refuse(caller, "invalid-value", `rows[${row}][${column}]`, "a text, a number, true, false or nothing", describeCell(cell)); // prettier-ignore
}

function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
