import { type Codes, missingCode } from "../tables/codes.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type AuditFinding, findingOf, rowsWhere } from "./audit-report.ts";

const [once, repeatsEvent, repeatsContent] = [0, 1, 2];

/**
 * Finds events that are in a log twice.
 *
 * @param log - a checked log.
 * @param idColumn - the column of event ids; `undefined` when there is none.
 * @param id - what it holds.
 * @param limit - how many positions to remember.
 * @returns duplicates, conflicts of ids, and events that differ in nothing but the id. The first row of each kind is no
 * finding, the others are. Cost: one pass, and a sort of the rows of each customer and time.
 */
export function repeatedEvents(
  log: EventLog,
  idColumn: string | undefined,
  id: Codes | undefined,
  limit: number,
): AuditFinding[] {
  const compare = contentOrder(log, idColumn);
  const marks = new Uint8Array(log.length);
  const conflicts = new Uint8Array(log.length);
  if (id !== undefined) {
    const firstRow = new Uint32Array(id.names.length).fill(missingCode);
    for (let row = 0; row < log.length; row++) {
      const code = id.codes[row];
      if (isMissing(id, code)) continue;
      const first = firstRow[code];
      if (first === missingCode) {
        firstRow[code] = row;
        continue;
      }
      marks[row] = repeatsEvent;
      const same = log.customer.codes[row] === log.customer.codes[first] && log.time[row] === log.time[first];
      if (!same || compare(row, first) !== 0) conflicts[row] = 1;
    }
  }
  markContent(log, compare, (row) => {
    if (marks[row] !== once) return;
    marks[row] = id === undefined || isMissing(id, id.codes[row]) ? repeatsEvent : repeatsContent;
  });
  const rows = (has: (row: number) => boolean): ReturnType<typeof rowsWhere> => rowsWhere(log.length, limit, has);
  return [
    ...findingOf(
      "duplicate",
      rows((row) => marks[row] === repeatsEvent),
      log.length,
    ),
    ...findingOf(
      "id-conflict",
      rows((row) => conflicts[row] === 1),
      log.length,
    ),
    ...findingOf(
      "repeated-content",
      rows((row) => marks[row] === repeatsContent),
      log.length,
    ),
  ];
}

/** Whether a cell of a dictionary column holds nothing: a missing code, or an empty text. */
export function isMissing({ names }: Codes, code: number): boolean {
  return code >= names.length || names[code] === "";
}

/** Calls back for every row that equals an earlier one of the same customer and time. */
function markContent(log: EventLog, compare: (a: number, b: number) => number, mark: (row: number) => void): void {
  const { time, customer, length } = log;
  let tie = 0;
  while (tie < length) {
    let end = tie + 1;
    while (end < length && time[end] === time[tie] && customer.codes[end] === customer.codes[tie]) end++;
    if (end - tie > 1) {
      const order = Uint32Array.from({ length: end - tie }, (_, i) => tie + i);
      order.sort((a, b) => compare(a, b) || a - b);
      for (let i = 1; i < order.length; i++) if (compare(order[i - 1], order[i]) === 0) mark(order[i]);
    }
    tie = end;
  }
}

/**
 * An order of rows of one customer and time in which rows are equal when all other columns are, but for the id and the
 * running number, which belong to the delivery and not to what happened.
 */
function contentOrder(log: EventLog, idColumn: string | undefined): (a: number, b: number) => number {
  const others = Object.entries(log.extra).filter(([name]) => name !== idColumn && name !== "sequence");
  const columns: ArrayLike<number>[] = [log.type.codes, log.value];
  for (const [, column] of others) columns.push(column instanceof Float64Array ? column : column.codes);
  return (a, b) => {
    for (const cells of columns) {
      const [x, y] = [cells[a], cells[b]];
      if (x === y || (x !== x && y !== y)) continue;
      return x < y || y !== y ? -1 : 1; // NaN = none comes last
    }
    return 0;
  };
}

/**
 * Finds ids that no source knows.
 *
 * @param log - a checked log.
 * @param column - what to call the column.
 * @param ids - the ids of the rows; missing ones are not looked at.
 * @param known - every id that there is.
 * @param limit - how many positions to remember.
 */
export function orphanIds(
  log: EventLog,
  column: string,
  ids: Codes,
  known: ReadonlySet<string>,
  limit: number,
): AuditFinding[] {
  return idsWhere(log, "orphan-id", column, ids, (name) => name !== "" && !known.has(name), limit);
}

/** Ids that stand for nobody: what programs write where an id should be. Compared without case and outer blanks. */
const placeholders: ReadonlySet<string> = new Set([
  "",
  "-",
  "-1",
  "0",
  "(none)",
  "(not set)",
  "00000000-0000-0000-0000-000000000000",
  "[object object]",
  "anonymous",
  "guest",
  "n/a",
  "na",
  "nan",
  "nil",
  "none",
  "null",
  "undefined",
  "unknown",
]);

/** Finds customers whose id stands for nobody: whatever is learned about them is about strangers. */
export function placeholderIds(log: EventLog, limit: number): AuditFinding[] {
  const isPlaceholder = (name: string): boolean => placeholders.has(name.trim().toLowerCase());
  return idsWhere(log, "placeholder-id", "customer", log.customer, isPlaceholder, limit);
}

/** The rows whose name in a column has a property; each name is asked once. */
function idsWhere(
  log: EventLog,
  check: "orphan-id" | "placeholder-id",
  column: string,
  { codes, names }: Codes,
  has: (name: string) => boolean,
  limit: number,
): AuditFinding[] {
  const found = Uint8Array.from(names, (name) => (has(name) ? 1 : 0));
  const seen = new Set<number>();
  const rows = rowsWhere(log.length, limit, (row) => {
    if (!(found[codes[row]] === 1)) return false;
    seen.add(codes[row]);
    return true;
  });
  return findingOf(check, rows, log.length, { column, ids: seen.size });
}
