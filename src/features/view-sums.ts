// What the incremental view keeps of one customer beside the totals by date: visits, points and the rows that orders are
// read from. Each can be added to in any order of time, and merged.

/** Visits of one customer: no two of them less than the timeout apart. */
export interface VisitSpans {
  /** Times of the first events, from early to late. */
  starts: number[];
  /** Times of the last events. */
  ends: number[];
}

/** The visits of no event. */
export function noVisits(): VisitSpans {
  return { starts: [], ends: [] };
}

/** How visits are cut and forgotten. */
export interface VisitRules {
  /** The longest pause inside a visit. */
  readonly timeoutMs: number;
  /** Number of the local date of an instant. */
  readonly dayOf: (time: number) => number;
  /** Visits that ended this many dates or more before the newest one are given up; `Infinity` keeps all. */
  readonly keepDays: number;
}

/**
 * Adds a span of events, joining visits that it leaves no pause between.
 *
 * @param visits - written into.
 * @param start - its first event.
 * @param end - its last event; the same for a single event.
 * @param rules - the timeout, the dates.
 */
export function addVisit({ starts, ends }: VisitSpans, start: number, end: number, rules: VisitRules): void {
  const { timeoutMs, dayOf, keepDays } = rules;
  let from = firstWhere(ends.length, (i) => start - ends[i] <= timeoutMs);
  let to = from;
  let [first, last] = [start, end];
  for (; to < starts.length && starts[to] - last <= timeoutMs; to++) {
    first = Math.min(first, starts[to]);
    last = Math.max(last, ends[to]);
  }
  starts.splice(from, to - from, first);
  ends.splice(from, to - from, last);
  if (keepDays === Infinity) return;
  // What is given up depends on the newest date alone, so it is the same in any order of events and merges.
  const oldest = dayOf(ends[ends.length - 1]) - keepDays;
  for (from = 0; dayOf(ends[from]) <= oldest;) from++;
  starts.splice(0, from);
  ends.splice(0, from);
}

/** The visits of both; the arguments stay as they are. */
export function mergeVisits(a: VisitSpans, b: VisitSpans, rules: VisitRules): VisitSpans {
  const merged = { starts: [...a.starts], ends: [...a.ends] };
  for (let i = 0; i < b.starts.length; i++) addVisit(merged, b.starts[i], b.ends[i], rules);
  return merged;
}

/** Worth of one customer's events by one rule, as of the latest of them. */
export interface FadingSum {
  /** The instant of the sum, or with calendar days its date; null of no event. */
  at: number | null;
  /** Σ 2^(−age / half-life) over the events, the age as of `at`. */
  sum: number;
}

/**
 * Adds to a sum that fades. Where a term lies does not matter: what is older fades to the later of the two.
 *
 * @param into - written into.
 * @param at - the instant of the term.
 * @param term - a sum as of then; 1 for a single event.
 * @param fade - by how much a distance on the same scale fades, from 0 to 1.
 */
export function addFading(into: FadingSum, at: number, term: number, fade: (distance: number) => number): void {
  if (into.at === null || at > into.at) {
    into.sum = (into.at === null ? 0 : into.sum * fade(at - into.at)) + term;
    into.at = at;
  } else {
    into.sum += term * fade(into.at - at);
  }
}

/** What a kept row is; the position of its name in the log that is made of the rows. */
export const kind = { purchase: 0, refund: 1, browse: 2 } as const;

/** Names of the kinds, by number. */
export const kindNames: readonly string[] = ["purchase", "refund", "browse"];

/** The purchases, refunds and browses of one customer, from early to late; of equal times, in the order of arrival. */
export interface KeptRows {
  /** Epoch milliseconds, UTC. */
  times: number[];
  /** Purchase, refund or browse, by number. */
  kinds: number[];
  /** null = none. */
  values: (number | null)[];
  /** Order ids; null = none. */
  orders: (string | null)[];
}

/** The rows of no event. */
export function noRows(): KeptRows {
  return { times: [], kinds: [], values: [], orders: [] };
}

/** Adds a row behind all that are not later. */
export function addRow(rows: KeptRows, time: number, of: number, value: number | null, order: string | null): void {
  const { times, kinds, values, orders } = rows;
  const at = firstWhere(times.length, (i) => times[i] > time);
  times.splice(at, 0, time);
  kinds.splice(at, 0, of);
  values.splice(at, 0, value);
  orders.splice(at, 0, order);
}

/** The rows of both, of equal times those of the first before those of the second; the arguments stay as they are. */
export function mergeRows(a: KeptRows, b: KeptRows): KeptRows {
  const merged = noRows();
  let i = 0;
  let j = 0;
  while (i < a.times.length || j < b.times.length) {
    const isFirst = j === b.times.length || a.times[i] <= b.times[j];
    const [from, row] = isFirst ? [a, i++] : [b, j++];
    merged.times.push(from.times[row]);
    merged.kinds.push(from.kinds[row]);
    merged.values.push(from.values[row]);
    merged.orders.push(from.orders[row]);
  }
  return merged;
}

/** The first position from which on a condition holds; most events come last, so the end is looked at first. */
function firstWhere(length: number, holds: (i: number) => boolean): number {
  if (length === 0 || !holds(length - 1)) return length;
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
