import { quantileOfSorted } from "../numeric/quantile.ts";
import type { Codes } from "../tables/codes.ts";
import type { EventLog } from "../tables/event-log.ts";
import { isMissing } from "./audit-ids.ts";
import { type AuditColumn, type AuditFinding, findingOf, rowsWhere } from "./audit-report.ts";

/** The values that a column may have, both ends included; an absent end is open. */
export interface ValueRange {
  /** The least value. */
  readonly min?: number | undefined;
  /** The greatest value. */
  readonly max?: number | undefined;
}

/** A column of a log under its name. */
export type NamedColumn = readonly [name: string, cells: Codes | Float64Array];

/** The columns of a log: the four that each has, then the others. */
export function columnsOf(log: EventLog): NamedColumn[] {
  const { customer, type, time, value, extra } = log;
  return [["customer", customer], ["type", type], ["time", time], ["value", value], ...Object.entries(extra)];
}

/** Sums up what one column holds. Cost: a pass; of numbers also a sort. */
export function summarizeColumn([column, cells]: NamedColumn): AuditColumn {
  return cells instanceof Float64Array ? summarizeNumbers(column, cells) : summarizeTexts(column, cells);
}

const noNumbers = { min: null, max: null, quartiles: null, negative: 0, zero: 0, infinite: 0 } as const;

function summarizeTexts(column: string, cells: Codes): AuditColumn {
  const used = new Uint8Array(cells.names.length);
  let missing = 0;
  let distinct = 0;
  for (const code of cells.codes) {
    if (isMissing(cells, code)) missing++;
    else if (used[code] === 0) {
      used[code] = 1;
      distinct++;
    }
  }
  return { column, kind: "text", missing, distinct, ...noNumbers };
}

function summarizeNumbers(column: string, cells: Float64Array): AuditColumn {
  const sorted = cells.slice().sort(); // NaN comes last
  let [negative, zero, infinite, missing, distinct] = [0, 0, 0, 0, 0];
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i];
    if (Number.isNaN(value)) missing++;
    else if (i === 0 || value !== sorted[i - 1]) distinct++;
    if (value === Infinity || value === -Infinity) infinite++;
    else if (value < 0) negative++;
    else if (value === 0) zero++;
  }
  const finite = finiteOf(sorted);
  if (finite.length === 0) return { column, kind: "number", missing, distinct, ...noNumbers, infinite };
  // Adding 0 makes a 0 of -0, which JSON cannot tell from it.
  const quartiles = [0.25, 0.5, 0.75].map((p) => quantileOfSorted(finite, p) + 0) as [number, number, number];
  const [min, max] = [finite[0] + 0, finite[finite.length - 1] + 0];
  return { column, kind: "number", missing, distinct, min, max, quartiles, negative, zero, infinite };
}

/** The finite part of sorted numbers. */
function finiteOf(sorted: Float64Array): Float64Array {
  let from = 0;
  let to = sorted.length;
  while (from < to && sorted[from] === -Infinity) from++;
  while (to > from && !(sorted[to - 1] < Infinity)) to--;
  return sorted.subarray(from, to);
}

/** How far beyond the quartiles a number is far out, in interquartile ranges: Tukey's outer fences. */
const farOut = 3;

/**
 * Finds what is odd about the cells of one column.
 *
 * @param log - a checked log.
 * @param named - one of its columns.
 * @param summary - what {@link summarizeColumn} says of it.
 * @param range - the values that are right, when somebody said so.
 * @param limit - how many positions to remember.
 */
export function oddCells(
  log: EventLog,
  [column, cells]: NamedColumn,
  summary: AuditColumn,
  range: ValueRange | undefined,
  limit: number,
): AuditFinding[] {
  const rows = (has: (row: number) => boolean): ReturnType<typeof rowsWhere> => rowsWhere(log.length, limit, has);
  const find = (check: AuditFinding["check"], has: (row: number) => boolean, details = {}): AuditFinding[] =>
    findingOf(check, rows(has), log.length, { column, ...details });
  if (!(cells instanceof Float64Array)) {
    const severity = summary.missing === log.length ? { severity: "warning" } : {};
    return summary.missing === 0 ? [] : find("missing-value", (row) => isMissing(cells, cells.codes[row]), severity);
  }
  if (column === "time") return [];
  const low = range?.min ?? -Infinity;
  const high = range?.max ?? Infinity;
  const [lowFence, highFence] = fencesOf(summary);
  const missing = column === "value" ? valueSeverity(log) : summary.missing === log.length ? "warning" : "info";
  return [
    ...(summary.missing === 0 ? [] : find("missing-value", (row) => Number.isNaN(cells[row]), { severity: missing })),
    ...(summary.infinite === 0 ? [] : find("infinite-value", (row) => Math.abs(cells[row]) === Infinity)),
    ...(range === undefined ? [] : find("out-of-range", (row) => cells[row] < low || cells[row] > high)),
    ...(column !== "value" || summary.negative === 0
      ? []
      : find("negative-value", (row) => cells[row] < 0 && cells[row] > -Infinity)),
    ...find("outlier", (row) => isFinite(cells[row]) && (cells[row] < lowFence || cells[row] > highFence)),
  ];
}

/** The fences beyond which numbers are far out; none where half of all numbers are the same. */
function fencesOf({ quartiles }: AuditColumn): [low: number, high: number] {
  if (quartiles === null) return [-Infinity, Infinity];
  const reach = farOut * (quartiles[2] - quartiles[0]);
  return reach > 0 ? [quartiles[0] - reach, quartiles[2] + reach] : [-Infinity, Infinity];
}

/** Events that never carry a value miss none; it is odd where most events of a type have one and some do not. */
function valueSeverity(log: EventLog): "warning" | "info" {
  const { counts, withValue } = countTypes(log);
  return counts.some((count, code) => withValue[code] < count && withValue[code] * 2 >= count) ? "warning" : "info";
}

/** How many events there are of each type code, and how many of them have a value. */
export function countTypes({ type, value, length }: EventLog): { counts: Float64Array; withValue: Float64Array } {
  const counts = new Float64Array(type.names.length);
  const withValue = new Float64Array(type.names.length);
  for (let row = 0; row < length; row++) {
    counts[type.codes[row]]++;
    if (!Number.isNaN(value[row])) withValue[type.codes[row]]++;
  }
  return { counts, withValue };
}
