import { put } from "../core/dictionary.ts";
import type { Note } from "../core/note.ts";
import { type EventLog, keepRows, withoutUnusedNames } from "../tables/event-log.ts";

/** What became of every row of a log: `kept` and all of `dropped` add up to `read`. */
export interface LogReport {
  /** Rows of the log that came in. */
  readonly read: number;
  /** Rows of the log that goes out. */
  readonly kept: number;
  /** How many rows were dropped for each reason; reasons that did not occur are absent. */
  readonly dropped: Readonly<Record<string, number>>;
  /** What a careful reader should know. */
  readonly notes: readonly Note[];
}

/** A log after one step of cleaning, and the account of the step. */
export interface CleanedLog {
  /** The rows that were kept, in their order; names that no kept row uses are gone. */
  readonly log: EventLog;
  /** Every row of the input, kept or dropped. */
  readonly report: LogReport;
}

/**
 * Drops rows of a log, each for one reason, and accounts for all of them.
 *
 * @param log - a checked log.
 * @param marks - one byte per row: 0 = keep, r = drop for `reasons[r - 1]`.
 * @param reasons - what the reasons are called.
 * @param notes - what else there is to say.
 * @returns a log that shares nothing with the input. Cost: a few passes over the rows.
 */
export function dropRows(
  log: EventLog,
  marks: Uint8Array,
  reasons: readonly string[],
  notes: readonly Note[] = [],
): CleanedLog {
  const counts = new Float64Array(reasons.length + 1);
  for (const mark of marks) counts[mark]++;
  const dropped: Record<string, number> = {};
  reasons.forEach((reason, r) => {
    if (counts[r + 1] > 0) put(dropped, reason, counts[r + 1]);
  });
  const keep = marks.map((mark) => (mark === 0 ? 1 : 0));
  const kept = withoutUnusedNames(keepRows(log, keep));
  return { log: kept, report: { read: log.length, kept: kept.length, dropped, notes: [...notes] } };
}
