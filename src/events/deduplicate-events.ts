import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog, namesByAppearance } from "../tables/event-log.ts";
import { dropRows, type LogReport } from "./log-report.ts";
import { type Payload, payloadOf, repeatsOf } from "./payload.ts";

/** Options of {@link deduplicateEvents}. */
export interface DeduplicateEventsOptions {
  /**
   * What makes two rows the same event: `"id"`, the extra column `id`, or `"content"`, everything but `id` and
   * `sequence`, close in time. Default: `"id"` where the log has ids and `withinMs` is not given, else `"content"`.
   */
  readonly by?: "id" | "content" | undefined;
  /** By content: how far after a kept row an equal one is its duplicate, in milliseconds; default 0, the same instant. */
  readonly withinMs?: number | undefined;
}

/** Option table of {@link deduplicateEvents}. */
export const deduplicateEventsOptions: OptionTable<DeduplicateEventsOptions, "by" | "withinMs"> = {
  by: oneOf(["id", "content"], { optional: true }),
  withinMs: real({ min: 0, optional: true }),
};

/** Two rows with one id that say different things, by their positions in the log that came in. */
export interface IdConflict {
  /** The row that was kept. */
  readonly kept: number;
  /** A row that was dropped. */
  readonly dropped: number;
}

/** What {@link deduplicateEvents} did: `kept`, `duplicates` and `conflicts` add up to `read`. */
export interface DeduplicationReport extends LogReport {
  /** What made two rows the same event. */
  readonly by: "id" | "content";
  /** Rows dropped because another row says the same; `dropped.duplicate`. */
  readonly duplicates: number;
  /** Rows dropped because they contradict a row with the same id; `dropped.conflict`. */
  readonly conflicts: number;
  /** The first 100 conflicts, in the order of the log. */
  readonly conflictExamples: readonly IdConflict[];
  /** By id: rows without one, which are all kept. */
  readonly missingIds: number;
}

/** A log without duplicates, and the account of what was dropped. */
export interface DeduplicatedLog {
  /** The rows that were kept, in their order. */
  readonly log: EventLog;
  /** Every row of the input, kept or dropped. */
  readonly report: DeduplicationReport;
}

const reasons = ["duplicate", "conflict"] as const;
const [duplicate, conflict] = [1, 2];
const shownConflicts = 100;

/**
 * Drops events that were delivered more than once, so that retries of a tracker count neither as visits nor as sales.
 *
 * **By id**, rows with one id are one event wherever they stand. Copies that say the same are duplicates. Copies that
 * differ in customer, type, time, value or a further column are a conflict: the earliest is kept, at one time the first
 * in the order of value, further numbers, then names, so the survivor does not depend on the order of arrival; the others are
 * counted and shown. A row without an id equals no other.
 *
 * **By content**, a row is a duplicate when it equals a kept row of the same customer in everything but time, `id` and
 * `sequence`, and happened at most `withinMs` after it. Time is measured from the kept row, not from the last copy, so a
 * heartbeat every second is thinned out and not swallowed whole.
 *
 * @param log - any log; `readEvents` keeps an event's id as the extra column `id`.
 * @param options - see {@link DeduplicateEventsOptions}.
 * @returns the log without the dropped rows, and a report of all rows.
 * @throws {ClienteleError} `shape-mismatch` when `by` is `"id"` and the log has no column `id`; `invalid-option` when
 * `withinMs` is given by id, where it would have no effect.
 * @example
 * const rows = [
 *   { id: "e1", user: "ann", event: "buy", at: 0, paid: 20 },
 *   { id: "e1", user: "ann", event: "buy", at: 0, paid: 20 },
 *   { id: "e1", user: "ann", event: "buy", at: 9000, paid: 25 },
 *   { user: "ann", event: "view", at: 9000 },
 * ];
 * const { log } = readEvents(rows, { id: "id", customer: "user", type: "event", time: "at", value: "paid" });
 * const { report } = deduplicateEvents(log, { by: "id" });
 * report; // { read: 4, kept: 2, duplicates: 1, conflicts: 1, … }
 * deduplicateEvents(log, { by: "content", withinMs: 1000 }).report.duplicates; // 1
 * @see Cost: a few passes over the rows, and a comparison per copy; rows that hash alike are compared in full.
 */
export function deduplicateEvents(log: EventLog, options?: DeduplicateEventsOptions): DeduplicatedLog {
  const caller = "deduplicateEvents";
  const read = readOptions(caller, deduplicateEventsOptions, options);
  checkLog(caller, log);
  const by = read.by ?? (read.withinMs === undefined && Object.hasOwn(log.extra, "id") ? "id" : "content");
  if (by === "id" && read.withinMs !== undefined) {
    refuse(caller, "invalid-option", "options.withinMs", 'absent where by is "id"', "a number");
  }
  const marks = new Uint8Array(log.length);
  const payload = payloadOf(caller, log, by === "id");
  let missingIds = 0;
  let conflictExamples: IdConflict[] = [];
  if (by === "id") {
    const id = idColumn(caller, log);
    const copies = copiesOf(id);
    missingIds = copies.missing;
    markCopies(copies, payload, marks);
    conflictExamples = examplesOf(id, marks);
  } else {
    marks.set(repeatsOf(log, payload, read.withinMs ?? 0));
  }
  const cleaned = dropRows(log, marks, reasons, notesOf(missingIds, conflictExamples.length > 0));
  const { dropped } = cleaned.report;
  const report = {
    ...cleaned.report,
    by,
    duplicates: dropped["duplicate"] ?? 0,
    conflicts: dropped["conflict"] ?? 0,
    conflictExamples,
    missingIds,
  };
  // Rows of one id at one time stand in the order of arrival, and the names of the dropped ones left their trace in the
  // numbering of the kept ones.
  return { log: conflictExamples.length > 0 ? namesByAppearance(cleaned.log) : cleaned.log, report };
}

function idColumn(caller: string, log: EventLog): Codes {
  if (!Object.hasOwn(log.extra, "id")) {
    refuse(caller, "shape-mismatch", "log.extra.id", 'a column of event ids where by is "id"', "no such column");
  }
  return codesColumn(caller, log, "options.by", "id");
}

/** The rows of each id that occurs more than once, id by id. */
interface Copies {
  readonly rows: Uint32Array;
  /** Id i owns rows[starts[i]] … rows[starts[i + 1] − 1]. */
  readonly starts: Uint32Array;
  /** How many rows have no id. */
  readonly missing: number;
}

function copiesOf({ codes, names }: Codes): Copies {
  const counts = new Uint32Array(names.length);
  const empty = names.indexOf("");
  let missing = 0;
  for (const code of codes) {
    if (code === missingCode || code === empty) missing++;
    else counts[code]++;
  }
  const starts: number[] = [0];
  const next = new Uint32Array(names.length);
  let total = 0;
  for (let code = 0; code < counts.length; code++) {
    next[code] = total;
    if (counts[code] < 2) continue;
    total += counts[code];
    starts.push(total);
  }
  const rows = new Uint32Array(total);
  for (let row = 0; total > 0 && row < codes.length; row++) {
    const code = codes[row];
    if (code !== missingCode && counts[code] > 1) rows[next[code]++] = row;
  }
  return { rows, starts: Uint32Array.from(starts), missing };
}

/** Keeps the first row of each id in the order of payloads; of the others, the first of each payload is a conflict. */
function markCopies({ rows, starts }: Copies, payload: Payload, marks: Uint8Array): void {
  for (let group = 0; group + 1 < starts.length; group++) {
    const copies = rows.subarray(starts[group], starts[group + 1]).sort(payload.compare);
    for (let i = 1; i < copies.length; i++) {
      marks[copies[i]] = payload.equal(copies[i - 1], copies[i]) ? duplicate : conflict;
    }
  }
}

function examplesOf({ codes }: Codes, marks: Uint8Array): IdConflict[] {
  const conflicting = [...firstMarked(marks, conflict)];
  const wanted = new Set(conflicting.map((row) => codes[row]));
  const keptOf = new Map<number, number>();
  for (let row = 0; wanted.size > 0 && row < codes.length; row++) {
    if (marks[row] === 0 && wanted.has(codes[row])) keptOf.set(codes[row], row);
  }
  return conflicting.map((dropped) => ({ kept: keptOf.get(codes[dropped]) ?? dropped, dropped }));
}

function* firstMarked(marks: Uint8Array, mark: number): Generator<number> {
  let row = marks.indexOf(mark);
  for (let shown = 0; row >= 0 && shown < shownConflicts; shown++) {
    yield row;
    row = marks.indexOf(mark, row + 1);
  }
}

function notesOf(missingIds: number, conflicting: boolean): Note[] {
  const notes: Note[] = [];
  if (missingIds > 0) {
    notes.push({
      code: "missing-id",
      message: `${missingIds} events have no id and were kept without being compared; by "content" they are compared too.`,
    });
  }
  if (conflicting) {
    notes.push({
      code: "conflicting-ids",
      message: "Some ids stand for events that differ; the earliest was kept. See conflictExamples.",
    });
  }
  return notes;
}
