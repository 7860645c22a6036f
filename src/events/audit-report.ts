import type { Note } from "../core/note.ts";

/** What an audit looks for. */
export type AuditCheck =
  | "future-time"
  | "far-past-time"
  | "clock-skew"
  | "gap"
  | "duplicate"
  | "id-conflict"
  | "repeated-content"
  | "orphan-id"
  | "placeholder-id"
  | "near-name"
  | "bot"
  | "missing-value"
  | "infinite-value"
  | "out-of-range"
  | "negative-value"
  | "outlier";

/**
 * How bad a finding is, whatever its share. `"error"`: the rows are wrong. `"warning"`: results are distorted unless the
 * rows are treated or explained. `"info"`: nothing is wrong, but whoever uses the rows should know.
 */
export type AuditSeverity = "error" | "warning" | "info";

/** Every check in the order of findings, with its usual severity and what it means. */
const checks: Readonly<Record<AuditCheck, readonly [severity: AuditSeverity, message: string]>> = {
  "future-time": ["error", "Events later than asOf: a clock runs ahead, or a unit or a time zone is wrong."],
  "far-past-time": ["error", "Events before anything is expected: a default date, or times in another unit."],
  "id-conflict": ["error", "Events that repeat the id of another event but say something else."],
  "infinite-value": ["error", "Numbers that are infinite: sums and means of them are lost."],
  "out-of-range": ["error", "Numbers outside the range that was given for the column."],
  "clock-skew": [
    "warning",
    "Times that differ from the time of receipt: a wrong clock, a time zone, or late delivery.",
  ],
  duplicate: ["warning", "Events that repeat another one: the same id, or without an id the same in every column."],
  "orphan-id": ["warning", "Ids that none of the given sources knows."],
  "placeholder-id": ["warning", "Customers whose id stands for nobody, such as a null that was made a text."],
  "near-name": ["warning", "Event types that look like a more frequent one, mistyped or spelled in another way."],
  bot: ["warning", "Events of customers who act faster than people do."],
  gap: ["warning", "Calendar days without any event between the first day and the last."],
  "missing-value": ["info", "Events without a value in the column."],
  "negative-value": ["info", "Values below zero: refunds and corrections, if that is what they are."],
  outlier: ["info", "Numbers more than three interquartile ranges below the first or above the third quartile."],
  "repeated-content": ["info", "Events that equal another one in everything but the id: a tracker may fire twice."],
};

/** One thing that is odd about a log. */
export interface AuditFinding {
  /** What was found. */
  readonly check: AuditCheck;
  /** How bad it is. */
  readonly severity: AuditSeverity;
  /** How many events; of `"gap"`, how many calendar days. */
  readonly count: number;
  /** `count` as a share of all events; of `"gap"`, of the days from the first to the last. */
  readonly share: number;
  /** Row positions in the log of the first such events, at most `options.examples`; of `"gap"`, the events after gaps. */
  readonly examples: readonly number[];
  /** What it means, in one sentence without data. */
  readonly message: string;
  /** The column, for checks that look at each: `"customer"`, `"type"`, `"value"` or the name of a further column. */
  readonly column?: string;
  /** `"bot"`: how many customers. `"orphan-id"`, `"placeholder-id"`: how many different ids. */
  readonly ids?: number;
  /** `"clock-skew"`: how many events are later than their receipt, and how many earlier. */
  readonly ahead?: number;
  /** See {@link AuditFinding.ahead}. */
  readonly behind?: number;
  /** `"near-name"`: the event types, most frequent first, at most 100. */
  readonly names?: readonly AuditNearName[];
  /** `"gap"`: runs of days without an event, in the order of time, at most 100; without days on which it is closed. */
  readonly gaps?: readonly AuditGap[];
  /** `"gap"`: weekdays without any event, though there were four or more of each: 1 = Monday … 7 = Sunday. */
  readonly closedWeekdays?: readonly number[];
}

/** An event type that looks like another one. */
export interface AuditNearName {
  /** Its name. */
  readonly type: string;
  /** Its events. */
  readonly count: number;
  /** What was probably meant. */
  readonly near: string;
  /** The events of that type. */
  readonly nearCount: number;
}

/** Consecutive calendar days without an event. */
export interface AuditGap {
  /** The first of them, as an ISO date of the time zone: `"2010-12-24"`. */
  readonly from: string;
  /** How many. */
  readonly days: number;
}

/** What one column holds. */
export interface AuditColumn {
  /** `"customer"`, `"type"`, `"time"`, `"value"` or the name of a further column. */
  readonly column: string;
  /** Whether it holds names or numbers. */
  readonly kind: "text" | "number";
  /** Events without a value there; an empty text is none. */
  readonly missing: number;
  /** How many different values there are. */
  readonly distinct: number;
  /** Smallest finite number; null = none. */
  readonly min: number | null;
  /** Largest finite number; null = none. */
  readonly max: number | null;
  /** First quartile, median and third quartile of the finite numbers; null = none. */
  readonly quartiles: readonly [number, number, number] | null;
  /** Events with a number below zero. */
  readonly negative: number;
  /** Events with a zero. */
  readonly zero: number;
  /** Events with an infinite number. */
  readonly infinite: number;
}

/** How often an event type occurs. */
export interface AuditType {
  /** Its name. */
  readonly type: string;
  /** Its events. */
  readonly count: number;
  /** Events of it that have a value. */
  readonly withValue: number;
}

/** How much there is. */
export interface AuditTotals {
  /** Rows of the log. */
  readonly events: number;
  /** Customers with an event. */
  readonly customers: number;
  /** Different event types. */
  readonly eventTypes: number;
  /** The 100 most frequent event types. */
  readonly types: readonly AuditType[];
  /** Time of the first event, epoch milliseconds; null without events. */
  readonly first: number | null;
  /** Time of the last event. */
  readonly last: number | null;
  /** The four columns that every log has, then the others. */
  readonly columns: readonly AuditColumn[];
}

/** What there is in a log, and what is odd about it. */
export interface AuditReport {
  /** The instant of the audit, as given. */
  readonly asOf: number;
  /** The severity of the worst finding; `"none"` = nothing found. */
  readonly worst: AuditSeverity | "none";
  /** How much there is. */
  readonly totals: AuditTotals;
  /** What was found, the worst first, then in a fixed order of checks; checks that found nothing are absent. */
  readonly findings: readonly AuditFinding[];
  /** Checks that could not be made, because what they compare with was not given or is not in the log. */
  readonly skipped: readonly AuditCheck[];
  /** What a careful reader should know. */
  readonly notes: readonly Note[];
}

/** How many rows have a property, and where the first of them are. */
export interface RowTally {
  readonly count: number;
  readonly examples: readonly number[];
}

/**
 * Counts the rows that have a property.
 *
 * @param rows - how many rows there are.
 * @param limit - how many positions to remember.
 * @param has - asked once per row, in their order.
 * @returns the count and the first positions.
 */
export function rowsWhere(rows: number, limit: number, has: (row: number) => boolean): RowTally {
  const examples: number[] = [];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (!has(row)) continue;
    count++;
    if (examples.length < limit) examples.push(row);
  }
  return { count, examples };
}

/** What a finding can say beyond its count; `severity` replaces the usual one. */
type Details = Partial<Omit<AuditFinding, "check" | "count" | "share" | "examples" | "message">>;

/**
 * A finding, or none when nothing was found.
 *
 * @param check - what was looked for.
 * @param rows - what was found.
 * @param total - of how many.
 * @param details - what else there is to say.
 * @returns a list of one finding or of none.
 */
export function findingOf(check: AuditCheck, rows: RowTally, total: number, details: Details = {}): AuditFinding[] {
  const { count, examples } = rows;
  if (count === 0) return [];
  const [severity, message] = checks[check];
  return [{ check, severity, count, share: count / total, examples, message, ...details }];
}

const severities: readonly AuditSeverity[] = ["error", "warning", "info"];

/** The worst first, then in the order of the checks; findings of one check stay in their order. */
export function inOrder(findings: readonly AuditFinding[]): AuditFinding[] {
  const order = Object.keys(checks);
  const rank = ({ check, severity }: AuditFinding): number =>
    severities.indexOf(severity) * order.length + order.indexOf(check);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}
