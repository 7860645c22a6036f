import type { Happening, Desk } from "./trigger-desk.ts";
import type { Slot } from "./trigger-memory.ts";
import type { ReadRule } from "./trigger-rules.ts";

/**
 * Counts an event, and tells whether it is the n-th.
 *
 * Within a time, the events that were counted are used up then. Within a session, there is one n-th event.
 */
export function countedUp(desk: Desk, rule: ReadRule, key: string | null, { time, field }: Happening): boolean {
  const count = rule.count;
  if (count === null) return true;
  const { atLeast, within, session, distinct } = count;
  const cell = distinct === null ? undefined : field(distinct);
  if (distinct !== null && cell === undefined) return false;
  const slot = desk.edit(rule, key);
  if (session !== null) {
    const start = desk.profile().sessions.find(([pause]) => pause === session)?.[1] ?? time;
    // What comes later than the session's begin allows belongs to a session that is gone.
    if (time < start) return false;
    if (slot.since !== start) {
      slot.since = start;
      slot.times = [];
      slot.values = [];
    }
    if (slot.times.length >= atLeast) return false;
  }
  const counted = slot.times as readonly number[];
  if (distinct === null && (counted.length === 0 || time >= counted[counted.length - 1])) {
    const reached = takeLatest(slot, counted, time, count, desk.surroundings.lateness);
    desk.setTimer(rule, key, slot);
    return reached;
  }
  const value = String(cell);
  const known = distinct === null ? -1 : slot.values.indexOf(value);
  // Within a time, a value counts as of when it was last seen.
  let times = counted;
  let values: readonly string[] = slot.values;
  if (known >= 0) {
    if (session !== null || times[known] >= time) return false;
    times = times.toSpliced(known, 1);
    values = values.toSpliced(known, 1);
  }
  let place = times.length;
  while (place > 0 && times[place - 1] > time) place--;
  times = times.toSpliced(place, 0, time);
  if (distinct !== null) values = values.toSpliced(place, 0, value);
  const oldest = times[times.length - 1] - within - desk.surroundings.lateness;
  const stale = session === null ? times.findIndex((at) => at >= oldest) : 0;
  const first = session === null ? firstOfWindow(times, place, atLeast, within) : times.length - atLeast;
  const isReached = first >= 0;
  const kept = session === null && isReached ? first + atLeast : stale;
  slot.times = times.slice(kept);
  slot.values = values.slice(kept);
  desk.setTimer(rule, key, slot);
  return isReached;
}

/** Counts an event that comes after all others. */
function takeLatest(
  slot: Slot,
  counted: readonly number[],
  time: number,
  { atLeast, within, session }: NonNullable<ReadRule["count"]>,
  lateness: number,
): boolean {
  const first = counted.length + 1 - atLeast;
  const isReached = first === 0 && session !== null ? true : first >= 0 && time - (counted[first] ?? time) <= within;
  if (session === null && isReached) {
    slot.times = [];
    return true;
  }
  let stale = 0;
  while (session === null && stale < counted.length && counted[stale] < time - within - lateness) stale++;
  slot.times = [...(stale === 0 ? counted : counted.slice(stale)), time];
  return isReached;
}

/** The first of n times in a row that include a certain one and lie close enough together; −1 = there are none. */
function firstOfWindow(times: readonly number[], place: number, atLeast: number, within: number): number {
  for (let first = Math.max(0, place - atLeast + 1); first <= place; first++) {
    const last = first + atLeast - 1;
    if (last < times.length && times[last] - times[first] <= within) return first;
  }
  return -1;
}

/** Takes an event as a step of a sequence, and tells whether it is the last. */
export function steppedUp(
  desk: Desk,
  rule: ReadRule,
  key: string | null,
  { time }: Happening,
  isStep: (step: number) => boolean,
): boolean {
  const slot = desk.edit(rule, key);
  const last = rule.steps.length - 1;
  let isComplete = false;
  // From the last to the first: an event is one step of the sequence, not two.
  for (let step = last; step >= 0 && !isComplete; step--) {
    if (!isStep(step)) continue;
    const before = step === 0 ? time : (slot.times[step - 1] ?? null);
    if (before === null || before > time || time - before > rule.within[step]) continue;
    if (step === last) isComplete = true;
    else slot.times = Array.from({ length: last }, (_, i) => (i === step ? latest(slot.times[i], time) : (slot.times[i] ?? null))); // prettier-ignore
  }
  if (isComplete) slot.times = [];
  desk.setTimer(rule, key, slot);
  return isComplete;
}

function latest(a: number | null | undefined, b: number): number {
  return a === null || a === undefined ? b : Math.max(a, b);
}

/** Forgets the counted events and steps up to a cancelling event. */
export function restartCounts(slot: Slot, rule: ReadRule, time: number): void {
  if (rule.reorder !== null || slot.times.length === 0) return;
  if (rule.count === null) {
    slot.times = slot.times.map((step) => (step === null || step > time ? step : null));
    return;
  }
  const gone = (slot.times as readonly number[]).findIndex((counted) => counted > time);
  slot.times = gone < 0 ? [] : slot.times.slice(gone);
  slot.values = gone < 0 ? [] : slot.values.slice(gone);
}

/** How long a rule waits after an event; takes the event into the customer's rhythm. */
export function delayOf(slot: Slot, rule: ReadRule, key: string | null, time: number): number {
  const { reorder } = rule;
  if (reorder !== null) {
    const gap = slot.since === null ? 0 : time - slot.since;
    if (gap > reorder.longest) slot.times = [];
    else if (gap > 0) slot.times = [...slot.times, gap].slice(-reorder.most);
    if (slot.since === null || gap > 0) slot.since = time;
    if (slot.times.length >= reorder.fewest) return middleOf(slot.times as readonly number[]) * reorder.factor;
  }
  return (key === null ? undefined : rule.delays?.get(key)) ?? rule.after;
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
