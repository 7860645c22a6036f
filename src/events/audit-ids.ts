import { type Codes, missingCode } from "../tables/codes.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type AuditFinding, findingOf, rowsWhere } from "./audit-report.ts";
import { payloadOf, repeatsOf } from "./payload.ts";

const [repeatsEvent, repeatsContent] = [1, 2];

/**
 * Finds events that are in a log twice.
 *
 * @param log - a checked log.
 * @param idColumn - the column of event ids; `undefined` when there is none.
 * @param id - what it holds.
 * @param limit - how many positions to remember.
 * @returns duplicates, conflicts of ids, and events that differ in nothing but the id. The first row of each kind is no
 * finding, the others are. Cost: a few passes.
 */
export function repeatedEvents(
  log: EventLog,
  idColumn: string | undefined,
  id: Codes | undefined,
  limit: number,
): AuditFinding[] {
  const payload = payloadOf("auditEvents", log, false, idColumn);
  const marks = repeatsOf(log, payload, 0);
  const conflicts = new Uint8Array(log.length);
  if (id !== undefined) {
    const firstRow = new Uint32Array(id.names.length).fill(missingCode);
    for (let row = 0; row < log.length; row++) {
      const code = id.codes[row];
      if (isMissing(id, code)) continue;
      const first = firstRow[code];
      if (first === missingCode) {
        firstRow[code] = row;
        if (marks[row] === repeatsEvent) marks[row] = repeatsContent;
        continue;
      }
      marks[row] = repeatsEvent;
      if (log.time[row] !== log.time[first] || !payload.equal(row, first)) conflicts[row] = 1;
    }
  }
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
