import type { Note } from "../core/note.ts";
import type { EventLog } from "../tables/event-log.ts";

/** Why a row is not in the log; the list is closed. */
export type RejectionCode =
  | "not-an-object"
  | "reader-failed"
  | "missing-customer"
  | "invalid-customer"
  | "missing-type"
  | "invalid-type"
  | "missing-time"
  | "invalid-time"
  | "time-without-offset"
  | "time-out-of-range"
  | "invalid-value"
  | "invalid-sequence"
  | "invalid-id"
  | "invalid-extra";

/** Every code, in the order in which a row's cells are looked at. */
const rejectionCodes: readonly RejectionCode[] = [
  "not-an-object",
  "reader-failed",
  "missing-customer",
  "invalid-customer",
  "missing-type",
  "invalid-type",
  "missing-time",
  "invalid-time",
  "time-without-offset",
  "time-out-of-range",
  "invalid-value",
  "invalid-sequence",
  "invalid-id",
  "invalid-extra",
];

/** A row that is not in the log. */
export interface RejectedRow {
  /** Position in the input, from 0. */
  readonly row: number;
  /** The first thing that is wrong with the row. */
  readonly code: RejectionCode;
  /** The cell that is wrong: `rows[3].time`. */
  readonly path: string;
}

/** What became of every row of the input: `accepted` and all of `rejectedCount` add up to `read`. */
export interface IntakeReport {
  /** Rows of the input. */
  readonly read: number;
  /** Rows in the log. */
  readonly accepted: number;
  /** The first 100 refused rows, in the order of the input. */
  readonly rejected: readonly RejectedRow[];
  /** How many rows were refused for each reason; reasons that did not occur are absent. */
  readonly rejectedCount: Readonly<Partial<Record<RejectionCode, number>>>;
  /** What a careful reader should know: `no-row-accepted`, `empty-column`, `time-looks-like-seconds`, … */
  readonly notes: readonly Note[];
}

/** A log and the account of how it came about. */
export interface Intake {
  /** The accepted rows, sorted. */
  readonly log: EventLog;
  /** Every row of the input, accepted or refused. */
  readonly report: IntakeReport;
}

const shownRejections = 100;

/**
 * The faults of rows, found column by column: one number per row, 0 = none. A row keeps the first fault it gets, and
 * columns are read in a fixed order, so the fault of a row does not depend on the other rows.
 */
export interface Faults {
  /** Per row: 0, or the fault's field and code. */
  readonly marks: Uint32Array;
  /** What the fields are called in paths. */
  readonly fields: readonly string[];
  /** How many rows have a fault so far. */
  count: number;
}

/** Refuses a row for what one field holds. */
export type Refuse = (row: number, code: RejectionCode) => void;

/** Opens an account of rows without a fault. */
export function noFaults(rows: number, fields: readonly string[]): Faults {
  return { marks: new Uint32Array(rows), fields, count: 0 };
}

/** The means to refuse rows for one field. */
export function refuseFor(faults: Faults, field: string): Refuse {
  const { marks, fields } = faults;
  const base = fields.indexOf(field) * rejectionCodes.length + 1;
  return (row, code) => {
    if (marks[row] !== 0) return;
    marks[row] = base + rejectionCodes.indexOf(code);
    faults.count++;
  };
}

/**
 * Closes the account.
 *
 * @param faults - the faults of all rows.
 * @param pathOf - the path of a row's cell.
 * @returns the positions of the accepted rows, or `undefined` when that is all of them, and the report without notes.
 */
export function settle(
  faults: Faults,
  pathOf: (row: number, field: string) => string,
): { kept: Uint32Array | undefined; report: Omit<IntakeReport, "notes"> } {
  const { marks, fields } = faults;
  const rejected: RejectedRow[] = [];
  const counts = new Float64Array(rejectionCodes.length);
  const accepted = marks.length - faults.count;
  // Untouched input is the common case, and needs no list of positions.
  const kept = accepted === marks.length ? undefined : new Uint32Array(accepted);
  let next = 0;
  for (let row = 0; kept !== undefined && row < marks.length; row++) {
    if (marks[row] === 0) {
      kept[next++] = row;
      continue;
    }
    const code = (marks[row] - 1) % rejectionCodes.length;
    counts[code]++;
    if (rejected.length < shownRejections) {
      const field = fields[Math.floor((marks[row] - 1) / rejectionCodes.length)];
      rejected.push({ row, code: rejectionCodes[code], path: pathOf(row, field) });
    }
  }
  const rejectedCount: Partial<Record<RejectionCode, number>> = {};
  rejectionCodes.forEach((code, c) => {
    if (counts[c] > 0) rejectedCount[code] = counts[c];
  });
  return { kept, report: { read: marks.length, accepted, rejected, rejectedCount } };
}
