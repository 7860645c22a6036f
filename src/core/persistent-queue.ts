/**
 * Timers as plain JSON that is never changed: adding one, or taking the earliest out, returns a new queue that shares
 * nearly all of its parts with the old one.
 *
 * A log-structured heap: a short list takes what is added; when it is full it becomes a sorted run, and runs of the same
 * size are merged. A taken timer is only skipped, so nothing large is copied. Timers of one instant come in any order.
 */
export interface PersistentQueue<T> {
  /** What was added last. */
  readonly fresh: Run<T>;
  /** Sorted runs, from long to short. */
  readonly runs: readonly Run<T>[];
}

/** Something that is to happen at a time. */
export type Timed<T> = readonly [time: number, item: T];

/** Timers in the order of time, of which the first ones may be gone. Times lie side by side, so that looking at many is fast. */
export interface Run<T> {
  /** How many are gone. */
  readonly from: number;
  readonly times: readonly number[];
  /** One per time. */
  readonly items: readonly T[];
}

const mostFresh = 32;

/** The queue without timers. */
export function emptyQueue<T>(): PersistentQueue<T> {
  return { fresh: { from: 0, times: [], items: [] }, runs: [] };
}

/** A queue of many timers. */
export function queueOf<T>(timers: readonly Timed<T>[]): PersistentQueue<T> {
  const queue = emptyQueue<T>();
  if (timers.length === 0) return queue;
  const sorted = timers.toSorted((a, b) => a[0] - b[0]);
  const run = { from: 0, times: sorted.map(([time]) => time), items: sorted.map(([, item]) => item) };
  return { fresh: queue.fresh, runs: [run] };
}

/** All timers, in no special order. */
export function queueEntries<T>({ fresh, runs }: PersistentQueue<T>): Timed<T>[] {
  return [...runs, fresh].flatMap(({ from, times, items }) =>
    items.slice(from).map((item, i): Timed<T> => [times[from + i], item]),
  );
}

/** The queue with one more timer. Cost: the logarithm of its length, on average. */
export function queueAdd<T>(queue: PersistentQueue<T>, time: number, item: T): PersistentQueue<T> {
  const { fresh, runs } = queue;
  let place = fresh.times.length;
  while (place > 0 && fresh.times[place - 1] > time) place--;
  const times = fresh.times.toSpliced(place, 0, time);
  const items = fresh.items.toSpliced(place, 0, item);
  let run: Run<T> = { from: 0, times, items };
  if (times.length < mostFresh) return { fresh: run, runs };
  const kept = runs.slice();
  // As long as the last run is no longer than twice the new one: a timer is merged a logarithmic number of times.
  for (let last = kept.at(-1); last !== undefined && left(last) <= 2 * left(run); last = kept.at(-1)) {
    kept.pop();
    run = merged(last, run);
  }
  kept.push(run);
  return { fresh: emptyQueue<T>().fresh, runs: kept };
}

/** When the earliest timer is due; `Infinity` without one. */
export function queueNext<T>({ fresh, runs }: PersistentQueue<T>): number {
  let time = fresh.times.length > 0 ? fresh.times[0] : Infinity;
  for (const { from, times } of runs) if (times[from] < time) time = times[from];
  return time;
}

/**
 * Takes out all timers of the earliest instant.
 *
 * @param queue - not empty.
 * @returns what was due, and the queue without it.
 */
export function queueTake<T>(queue: PersistentQueue<T>): { taken: T[]; rest: PersistentQueue<T> } {
  const time = queueNext(queue);
  const taken: T[] = [];
  const runs: Run<T>[] = [];
  for (const run of queue.runs) {
    const rest = withoutFirst(run, time, taken);
    if (rest.from < rest.times.length) runs.push(rest);
  }
  const { from, times, items } = withoutFirst(queue.fresh, time, taken);
  return { taken, rest: { fresh: { from: 0, times: times.slice(from), items: items.slice(from) }, runs } };
}

/** A run without its timers of an instant, which are put down. */
function withoutFirst<T>(run: Run<T>, time: number, taken: T[]): Run<T> {
  const { times, items } = run;
  let { from } = run;
  if (times[from] !== time) return run;
  while (from < times.length && times[from] === time) taken.push(items[from++]);
  // A run drops what is gone once that is most of it, so that a queue is at most twice as large as need be.
  return 2 * from > times.length ? { from: 0, times: times.slice(from), items: items.slice(from) } : { from, times, items }; // prettier-ignore
}

function left<T>({ from, items }: Run<T>): number {
  return items.length - from;
}

function merged<T>(a: Run<T>, b: Run<T>): Run<T> {
  const times: number[] = [];
  const items: T[] = [];
  let i = a.from;
  let j = b.from;
  while (i < a.times.length || j < b.times.length) {
    const isFirst = j >= b.times.length || (i < a.times.length && a.times[i] <= b.times[j]);
    times.push(isFirst ? a.times[i] : b.times[j]);
    items.push(isFirst ? a.items[i++] : b.items[j++]);
  }
  return { from: 0, times, items };
}
