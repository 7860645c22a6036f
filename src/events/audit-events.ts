import { isRecord } from "../core/dictionary.ts";
import { dayMs, minuteMs } from "../core/durations.ts";
import { isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, integer, type OptionTable, readOptions, real, text, timeZone } from "../core/options.ts";
import type { Codes } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";
import { columnsOf, countTypes, oddCells, summarizeColumn, type ValueRange } from "./audit-columns.ts";
import { orphanIds, placeholderIds, repeatedEvents } from "./audit-ids.ts";
import {
  type AuditCheck,
  type AuditColumn,
  type AuditFinding,
  type AuditReport,
  type AuditTotals,
  findingOf,
  inOrder,
  rowsWhere,
} from "./audit-report.ts";
import { emptyDays, impossibleTimes, skewedClocks } from "./audit-times.ts";
import { busiestWindows, humanEventsPerMinute } from "./event-rate.ts";
import { nearNames } from "./near-names.ts";
import type { SourceDescriptor } from "./source-descriptor.ts";

/** Where ids of a log come from: a list of everybody or everything there is. A descriptor may be a part of it; it is not read. */
export interface AuditSource extends Partial<Omit<SourceDescriptor, "name">> {
  /** What the source is called. */
  readonly name: string;
  /** The column whose ids it knows: `"customer"`, the default, or a column of `log.extra`. */
  readonly column?: string | undefined;
  /** Every id: a list, or a dictionary column such as the `customer` of another log. Without it the source is not asked. */
  readonly ids?: readonly string[] | Codes | undefined;
}

/** Options of {@link auditEvents}. */
export interface AuditEventsOptions {
  /** The instant when the log was taken, epoch milliseconds, UTC: no event can be later. */
  readonly asOf: number;
  /** The first instant that an event can have; default ten years (3653 days) before `asOf`. */
  readonly earliest?: number | undefined;
  /** Who knows which ids; ids of a column that no source of it knows are orphans. */
  readonly sources?: readonly AuditSource[] | undefined;
  /** The column of `log.extra` with the time of receipt in epoch milliseconds, to find clocks that are wrong. */
  readonly receivedTime?: string | undefined;
  /** The longest difference between the time of an event and its receipt that is no skew, in minutes; default 5. */
  readonly maxSkewMinutes?: number | undefined;
  /** More events of a customer than this in any 60 seconds are a bot's; default 30. */
  readonly maxEventsPerMinute?: number | undefined;
  /** The column of `log.extra` with the id of the event; default `"id"` where there is one, as `readEvents` makes it. */
  readonly id?: string | undefined;
  /** The values that are right, by column: `"value"` or a column of numbers in `log.extra`. */
  readonly ranges?: Readonly<Record<string, ValueRange>> | undefined;
  /** IANA time zone of the calendar days; default `"UTC"`. */
  readonly timeZone?: string | undefined;
  /** How many row positions a finding shows, 0 to 1000; default 10. */
  readonly examples?: number | undefined;
}

/** Option table of {@link auditEvents}. */
export const auditEventsOptions: OptionTable<
  AuditEventsOptions,
  "earliest" | "sources" | "receivedTime" | "id" | "ranges"
> = {
  asOf: instant(),
  earliest: instant({ optional: true }),
  sources: custom("a list of sources { name, column, ids }", areSources, [1, {}, [{}], [{ name: "a", ids: 1 }]], {
    optional: true,
  }),
  receivedTime: text({ optional: true }),
  maxSkewMinutes: real({ min: 0, default: 5 }),
  maxEventsPerMinute: integer({ min: 1, default: humanEventsPerMinute }),
  id: text({ optional: true }),
  ranges: custom("ranges { min, max } by column", areRanges, [1, [], { value: 1 }, { value: { min: 2, max: 1 } }], {
    optional: true,
  }),
  timeZone: timeZone(),
  examples: integer({ min: 0, max: 1000, default: 10 }),
};

function areSources(value: unknown): boolean {
  return Array.isArray(value) && value.every(isSource);
}

function isSource(value: unknown): boolean {
  if (!isRecord(value) || typeof value["name"] !== "string") return false;
  const { column, ids } = value;
  if (column !== undefined && typeof column !== "string") return false;
  const names = isRecord(ids) ? ids["names"] : ids;
  return names === undefined ? ids === undefined : isList(names) && Array.from(names).every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function areRanges(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isRange);
}

function isRange(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { min = -Infinity, max = Infinity } = value;
  return typeof min === "number" && typeof max === "number" && min <= max;
}

const caller = "auditEvents";

const defaultAgeDays = 3653;

const mostNames = 100;

/**
 * Tells in one call what there is in a log and what is odd about it, before anything is learned from it.
 *
 * Nothing is changed and nothing dropped: each finding has a severity, a count, a share and the positions of some rows, and
 * what to do is decided by whoever knows the business. Dirty rows never make it throw. What is looked for:
 *
 * - times: `future-time`, `far-past-time`, `clock-skew` (with `receivedTime`), `gap` (calendar days without an event);
 * - repetition: `duplicate` (the same id; without an id, the same customer, type, time, value and
 *   further columns but `sequence`),
 *   `id-conflict` (the same id, something else beside it), `repeated-content` (all the same but the id);
 * - ids: `orphan-id` (with `sources`), `placeholder-id` (`null`, `undefined`, `unknown`, … as a customer);
 * - names: `near-name` (`purchse` beside many a `purchase`, `Add to cart` beside `add_to_cart`);
 * - behavior: `bot` (more events in 60 seconds than people do);
 * - cells, by column: `missing-value`, `infinite-value`, `out-of-range` (with `ranges`), `negative-value`, `outlier`.
 *
 * A day is a gap between the first and the last event of possible time; a weekday on which nothing ever happens is told
 * apart as closed. Event types are named in the report's data, for they are the vocabulary of the business; customers, ids
 * and other texts never are, and messages and notes quote nothing at all.
 *
 * @param log - any log.
 * @param options - see {@link AuditEventsOptions}.
 * @returns totals by column and the findings, the worst first.
 * @throws {ClienteleError} `invalid-option`, also for a column that the log does not have; `unknown-option`;
 * `shape-mismatch` or `invalid-value` when `log` is not a log. Cost: O(n log n), a few seconds for a million events.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bo", "bo"], type: ["purchase", "purchase", "purchase", "purchse"],
 *   time: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), Date.UTC(2042, 0, 1)], value: [5, 5, 7, 9],
 * });
 * const { findings } = auditEvents(log, { asOf: Date.UTC(2024, 0, 3) });
 * findings.map(({ check, count, examples }) => [check, count, examples]);
 * // [["future-time", 1, [3]], ["duplicate", 1, [1]], ["near-name", 1, [3]]]
 * @see Tukey (1977), "Exploratory Data Analysis", for the fences of outliers.
 */
export function auditEvents(log: EventLog, options: AuditEventsOptions): AuditReport {
  const read = readOptions(caller, auditEventsOptions, options);
  checkLog(caller, log);
  const { asOf, examples: limit, maxSkewMinutes, maxEventsPerMinute } = read;
  const bounds = { earliest: read.earliest ?? asOf - defaultAgeDays * dayMs, asOf };
  if (bounds.earliest > asOf) refuse(caller, "invalid-option", "options.earliest", "not after asOf", "a later time");
  const idColumn = read.id ?? (Object.hasOwn(log.extra, "id") ? "id" : undefined);
  const id = idColumn === undefined ? undefined : codesColumn(caller, log, "options.id", idColumn);
  const received = read.receivedTime === undefined ? undefined : numbersColumn(log, read.receivedTime);
  const known = knownIds(log, read.sources ?? []);
  const columns = columnsOf(log);
  columns.forEach(([name, cells]) => checkLength(log, name, cells));
  checkRanges(log, read.ranges ?? {});

  const notes: Note[] = [];
  const skipped: AuditCheck[] = [];
  if (received === undefined) skipped.push("clock-skew");
  if (known.length === 0) skipped.push("orphan-id");
  const summaries = columns.map(summarizeColumn);
  const findings = [
    ...impossibleTimes(log, bounds, limit),
    ...(received === undefined ? [] : skewedClocks(log, received, maxSkewMinutes * minuteMs, limit, notes)),
    ...emptyDays(log, bounds, read.timeZone, limit),
    ...repeatedEvents(log, idColumn, id, limit),
    ...known.flatMap(({ column, ids, names }) => orphanIds(log, column, ids, names, limit)),
    ...placeholderIds(log, limit),
    ...similarTypes(log, limit, notes),
    ...botEvents(log, maxEventsPerMinute, limit),
    ...columns.flatMap((column, i) => {
      const range =
        read.ranges !== undefined && Object.hasOwn(read.ranges, column[0]) ? read.ranges[column[0]] : undefined;
      return oddCells(log, column, summaries[i], range, limit);
    }),
  ];
  if (log.length === 0)
    notes.push({ code: "no-events", message: "The log has no events, so there is nothing to audit." });
  const ordered = inOrder(findings);
  return {
    asOf,
    worst: ordered[0]?.severity ?? "none",
    totals: totalsOf(log, summaries),
    findings: ordered,
    skipped,
    notes,
  };
}

function totalsOf(log: EventLog, columns: readonly AuditColumn[]): AuditTotals {
  const { counts, withValue } = countTypes(log);
  const { names } = log.type;
  const used = Array.from(names.keys()).filter((code) => counts[code] > 0);
  used.sort((a, b) => counts[b] - counts[a] || (names[a] < names[b] ? -1 : 1));
  const types = used
    .slice(0, mostNames)
    .map((code) => ({ type: names[code], count: counts[code], withValue: withValue[code] }));
  const time = columns[2];
  return {
    events: log.length,
    customers: log.byCustomer.starts.reduce(
      (sum, start, g, starts) => sum + (g > 0 && start > starts[g - 1] ? 1 : 0),
      0,
    ),
    eventTypes: used.length,
    types,
    first: time.min,
    last: time.max,
    columns,
  };
}

function botEvents(log: EventLog, most: number, limit: number): AuditFinding[] {
  const rates = busiestWindows(log, minuteMs);
  const rows = rowsWhere(log.length, limit, (row) => rates[log.customer.codes[row]] > most);
  return findingOf("bot", rows, log.length, { ids: rates.reduce((bots, rate) => bots + (rate > most ? 1 : 0), 0) });
}

function similarTypes(log: EventLog, limit: number, notes: Note[]): AuditFinding[] {
  const { names, codes } = log.type;
  const { counts } = countTypes(log);
  const { pairs, skipped } = nearNames(names, counts);
  if (skipped > 0) {
    const message = `${skipped} event types were not compared letter by letter: there are too many, or they are too long.`;
    notes.push({ code: "many-event-types", message });
  }
  const suspicious = new Uint8Array(names.length);
  for (const { code } of pairs) suspicious[code] = 1;
  const rows = rowsWhere(log.length, limit, (row) => suspicious[codes[row]] === 1);
  return findingOf("near-name", rows, log.length, {
    names: pairs.slice(0, mostNames).map(({ code, near }) => ({
      type: names[code],
      count: counts[code],
      near: names[near],
      nearCount: counts[near],
    })),
  });
}

/** The ids that any source of a column knows, for every column that has a source with ids. */
function knownIds(
  log: EventLog,
  sources: readonly AuditSource[],
): { column: string; ids: Codes; names: ReadonlySet<string> }[] {
  const byColumn = new Map<string, { column: string; ids: Codes; names: Set<string> }>();
  sources.forEach(({ column = "customer", ids }, s) => {
    const cells =
      column === "customer" ? log.customer : codesColumn(caller, log, `options.sources[${s}].column`, column);
    if (ids === undefined) return;
    const entry = byColumn.get(column) ?? { column, ids: cells, names: new Set() };
    for (const name of "names" in ids ? ids.names : ids) entry.names.add(name);
    byColumn.set(column, entry);
  });
  return [...byColumn.values()];
}

function numbersColumn(log: EventLog, name: string): Float64Array {
  const column = Object.hasOwn(log.extra, name) ? log.extra[name] : undefined;
  if (column instanceof Float64Array) return column;
  const known = Object.keys(log.extra).filter((other) => log.extra[other] instanceof Float64Array);
  const expected = `a column of numbers in log.extra (${known.join(", ") || "none"})`;
  return refuse(caller, "invalid-option", "options.receivedTime", expected, "another name");
}

function checkLength(log: EventLog, name: string, cells: Codes | Float64Array): void {
  const { length } = cells instanceof Float64Array ? cells : cells.codes;
  if (length !== log.length) {
    refuse(caller, "shape-mismatch", `log.extra.${name}`, `${log.length} rows`, String(length));
  }
}

function checkRanges(log: EventLog, ranges: Readonly<Record<string, ValueRange>>): void {
  for (const name of Object.keys(ranges)) {
    const isNumbers = Object.hasOwn(log.extra, name) && log.extra[name] instanceof Float64Array;
    if (name === "value" || isNumbers) continue;
    refuse(caller, "invalid-option", `options.ranges.${name}`, "a column of numbers of the log", "another name");
  }
}
