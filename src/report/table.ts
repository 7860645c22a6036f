import { type Chart, type ChartTable } from "../charts/chart.ts";
import { formatColumn } from "../core/numbers.ts";
import { escapeText } from "./escape.ts";

/** One cell of a report table; null, NaN = missing. */
export type Cell = string | number | null;

/** A table of a report. */
export interface ReportTable {
  /** Column titles, with units. */
  readonly columns: readonly string[];
  /** One list of cells per row, as long as `columns`; null and NaN are shown as "–". */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * Writes a table that scrolls by itself when the page is narrow, and can be reached by keyboard.
 *
 * @param table - columns and rows.
 * @param labelledBy - the id of the heading that names it.
 * @returns HTML.
 */
export function tableHtml({ columns, rows }: ReportTable, labelledBy: string): string {
  const isNumber = columns.map((_, c) => rows.every((row) => typeof row[c] !== "string") && rows.length > 0);
  const texts = columns.map((_, c) => formatColumn(rows.map((row) => numberOf(row[c]))));
  const head = columns.map((name, c) => `<th scope="col"${classOf(name, isNumber[c])}>${escapeText(name)}</th>`);
  const body = rows.map((row, r) => {
    const cells = row.map((cell, c) => cellHtml(cell, texts[c][r], isNumber[c], c === 0));
    return `<tr>${cells.join("")}</tr>`;
  });
  const none = `<tr><td class="none" colspan="${Math.max(1, columns.length)}">No rows</td></tr>`;
  return (
    `<div class="table" role="region" aria-labelledby="${labelledBy}" tabindex="0"><table>` +
    `<thead><tr>${head.join("")}</tr></thead>\n<tbody>${rows.length === 0 ? none : body.join("\n")}</tbody></table></div>`
  );
}

/** Words are broken only where one of them is longer than a column should be wide; sentences get a column to be read in. */
function classOf(text: string, isNumber: boolean): string {
  const names = [
    ...(isNumber ? ["number"] : []),
    ...(/\S{25}/.test(text) ? ["long"] : []),
    ...(!isNumber && text.length > sentence ? ["prose"] : []),
  ];
  return names.length === 0 ? "" : ` class="${names.join(" ")}"`;
}

function numberOf(cell: Cell): number | null {
  return typeof cell === "number" ? cell : null;
}

/** Texts longer than this are read as sentences. */
const sentence = 32;

/** The first column names the row when it holds text. */
function cellHtml(cell: Cell, number: string, isNumber: boolean, isFirst: boolean): string {
  if (typeof cell !== "string") return `<td${classOf("", isNumber)}>${number}</td>`;
  const long = classOf(cell, false);
  return isFirst ? `<th scope="row"${long}>${escapeText(cell)}</th>` : `<td${long}>${escapeText(cell)}</td>`;
}

/**
 * The table behind a chart: the one that the chart brings along, or else its inline data as they are.
 *
 * @param chart - any chart.
 * @returns a table, or undefined for a spec whose data this cannot read.
 */
export function tableOfChart(chart: Chart): ReportTable | undefined {
  const { usermeta } = chart as { readonly usermeta?: { readonly table?: ChartTable } };
  if (isTable(usermeta?.table)) return usermeta.table;
  const { data } = chart as { readonly data?: { readonly values?: unknown } };
  const values: unknown = data?.values;
  if (!Array.isArray(values)) return undefined;
  const columns = new Set<string>();
  for (const row of values as unknown[]) for (const key of Object.keys(Object(row) as object)) columns.add(key);
  const names = [...columns];
  const rows = (values as unknown[]).map((row) => names.map((name) => plainCell(row, name)));
  return { columns: names, rows };
}

function plainCell(row: unknown, name: string): Cell {
  const cell: unknown = Object.hasOwn(Object(row) as object, name) ? (row as Record<string, unknown>)[name] : null;
  if (typeof cell === "string" || typeof cell === "number") return cell;
  return cell === null || cell === undefined ? null : JSON.stringify(cell);
}

/** True for columns and rows that fit together. */
function isTable(table: unknown): table is ReportTable {
  return tableProblem(table) === undefined;
}

/**
 * What is wrong with something that should be a table.
 *
 * @param table - anything.
 * @returns where and what, or undefined when nothing is.
 */
export function tableProblem(table: unknown): { path: string; expected: string; received: unknown } | undefined {
  if (table === null || typeof table !== "object") return { path: "", expected: "columns and rows", received: table };
  const { columns, rows } = table as { readonly columns?: unknown; readonly rows?: unknown };
  if (!Array.isArray(columns)) return { path: ".columns", expected: "a list of strings", received: columns };
  const name = columns.findIndex((value) => typeof value !== "string");
  if (name >= 0) return { path: `.columns[${name}]`, expected: "a string", received: columns[name] as unknown };
  if (!Array.isArray(rows)) return { path: ".rows", expected: "a list of rows", received: rows };
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as unknown;
    const expected = `a list of ${columns.length} cells`;
    if (!Array.isArray(row) || row.length !== columns.length) return { path: `.rows[${r}]`, expected, received: row };
    for (let c = 0; c < row.length; c++) {
      const cell = row[c] as unknown;
      if (cell === null || typeof cell === "string" || typeof cell === "number") continue;
      return { path: `.rows[${r}][${c}]`, expected: "a string, a number or null", received: cell };
    }
  }
  return undefined;
}
