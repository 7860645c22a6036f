import { isRecord } from "../core/dictionary.ts";
import { isTextList } from "../core/options.ts";
import { type EventLog, typeMask } from "../tables/event-log.ts";

/** Something customers did before a cutoff: one of some events, ever or of late. */
export interface PastBehavior {
  /** Event types. */
  readonly events: readonly string[];
  /** Days of 24 hours up to the cutoff; ever when absent. */
  readonly withinDays?: number | undefined;
}

/** Something customers did of late: one of some events, within some days before a cutoff. */
export interface Behavior extends PastBehavior {
  /** Days of 24 hours up to the cutoff. */
  readonly withinDays: number;
}

/** Tells whether a value is a {@link PastBehavior} and nothing else, with `withinDays` where that is needed. */
export function isBehavior(value: unknown, needsDays: boolean): value is PastBehavior {
  if (!isRecord(value)) return false;
  const { events, withinDays, ...others } = value;
  if (!isTextList(events) || events.length === 0 || Object.keys(others).length > 0) return false;
  if (withinDays === undefined) return !needsDays;
  return typeof withinDays === "number" && withinDays > 0 && withinDays <= 36_500;
}

/** A stretch of time in the events of one customer, whose rows are [first, end). */
export interface Stretch {
  readonly first: number;
  readonly end: number;
  /** Its beginning, which is part of it. */
  readonly from: number;
  /** Its end, which is not. */
  readonly to: number;
  /** Unless this is true. */
  readonly includesEnd?: boolean;
}

/**
 * Opens a log for one question: did this customer do that, in this stretch of time?
 *
 * @param log - a checked log.
 * @param events - event types; any event when absent.
 * @returns the answer to a question. Cost: a binary search, and the events of the stretch.
 */
export function behaviorReader(log: EventLog, events?: string | readonly string[]): (stretch: Stretch) => boolean {
  const mask = events === undefined ? new Uint8Array(log.type.names.length).fill(1) : typeMask(log, events);
  const { time } = log;
  const codes = log.type.codes;
  return ({ first, end, from, to, includesEnd = false }) => {
    for (let row = firstFrom(time, first, end, from); row < end; row++) {
      if (includesEnd ? time[row] > to : time[row] >= to) return false;
      if (mask[codes[row]] === 1) return true;
    }
    return false;
  };
}

/** The first of the rows [first, end) whose time is not before an instant. */
function firstFrom(time: Float64Array, first: number, end: number, instant: number): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle] < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
