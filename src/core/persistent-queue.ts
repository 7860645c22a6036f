/**
 * Timers as plain JSON that is never changed: adding one, or taking the earliest out, returns a new queue that shares
 * nearly all of its parts with the old one.
 *
 * A log-structured heap: a short list takes what is added; when it is full it becomes a sorted run, and runs of the same
 * size are merged. A taken timer is only skipped, so nothing large is copied. Timers of one instant come in any order.
 */
export interface PersistentQueue<T> {
  /** What was added last, in the order of time. */
  readonly fresh: readonly Timed<T>[];
  /** Sorted runs, from long to short. */
  readonly runs: readonly Run<T>[];
}

/** Something that is to happen at a time. */
export type Timed<T> = readonly [time: number, item: T];

/** Timers in the order of time, of which the first ones may be gone. */
export interface Run<T> {
  /** How many are gone. */
  readonly from: number;
  readonly items: readonly Timed<T>[];
}

const mostFresh = 32;

/** The queue without timers. */
export function emptyQueue<T>(): PersistentQueue<T> {
  return { fresh: [], runs: [] };
}

/** A queue of many timers. */
export function queueOf<T>(timers: readonly Timed<T>[]): PersistentQueue<T> {
  if (timers.length === 0) return emptyQueue();
  return { fresh: [], runs: [{ from: 0, items: timers.toSorted((a, b) => a[0] - b[0]) }] };
}

/** All timers, in no special order. */
export function queueEntries<T>({ fresh, runs }: PersistentQueue<T>): Timed<T>[] {
  return [...runs.flatMap(({ from, items }) => items.slice(from)), ...fresh];
}

/** The queue with one more timer. Cost: the logarithm of its length, on average. */
export function queueAdd<T>(queue: PersistentQueue<T>, time: number, item: T): PersistentQueue<T> {
  const { fresh, runs } = queue;
  let place = fresh.length;
  while (place > 0 && fresh[place - 1][0] > time) place--;
  const added = fresh.toSpliced(place, 0, [time, item]);
  if (added.length < mostFresh) return { fresh: added, runs };
  let run: Run<T> = { from: 0, items: added };
  const kept = runs.slice();
  // As long as the last run is no longer than twice the new one: a timer is merged a logarithmic number of times.
  for (let last = kept.at(-1); last !== undefined && left(last) <= 2 * left(run); last = kept.at(-1)) {
    kept.pop();
    run = merged(last, run);
  }
  kept.push(run);
  return { fresh: [], runs: kept };
}

/** When the earliest timer is due; `Infinity` without one. */
export function queueNext<T>({ fresh, runs }: PersistentQueue<T>): number {
  let time = fresh.length > 0 ? fresh[0][0] : Infinity;
  for (const { from, items } of runs) time = Math.min(time, items[from][0]);
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
    let from = run.from;
    while (from < run.items.length && run.items[from][0] === time) taken.push(run.items[from++][1]);
    if (from === run.from) runs.push(run);
    else if (from < run.items.length) runs.push(trimmed(from, run.items));
  }
  let gone = 0;
  while (gone < queue.fresh.length && queue.fresh[gone][0] === time) taken.push(queue.fresh[gone++][1]);
  return { taken, rest: { fresh: queue.fresh.slice(gone), runs } };
}

function left<T>({ from, items }: Run<T>): number {
  return items.length - from;
}

/** A run that drops what is gone once that is most of it, so that a queue is at most twice as large as need be. */
function trimmed<T>(from: number, items: readonly Timed<T>[]): Run<T> {
  return 2 * from > items.length ? { from: 0, items: items.slice(from) } : { from, items };
}

function merged<T>(a: Run<T>, b: Run<T>): Run<T> {
  const items: Timed<T>[] = [];
  let i = a.from;
  let j = b.from;
  while (i < a.items.length && j < b.items.length) {
    items.push(b.items[j][0] < a.items[i][0] ? b.items[j++] : a.items[i++]);
  }
  while (i < a.items.length) items.push(a.items[i++]);
  while (j < b.items.length) items.push(b.items[j++]);
  return { from: 0, items };
}
