import { type OptionTable, readOptions } from "../core/options.ts";
import { eachPair, type NumberedPairs, type PairCounts } from "../numeric/pair-counts.ts";
import { quantilesInPlace } from "../numeric/select.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type CountTables, countTables, refuseManyStates, totalsOf } from "./count-tables.ts";
import { numberMoves, pathBlock } from "./moves.ts";
import { endState, type PathOptions, pathOptions, pathsOf, type PathTable, startState } from "./paths.ts";

/** Options of {@link countTransitions}. */
export type CountTransitionsOptions = PathOptions;

/** Option table of {@link countTransitions}. */
export const countTransitionsOptions: OptionTable<CountTransitionsOptions, "per" | "states"> = pathOptions;

/** One step following another. */
export interface Transition {
  /** The state that is left; `"(start)"` for the first step of a path. */
  readonly from: string;
  /** The state that follows; `"(end)"` after the last step. */
  readonly to: string;
  /** How often. */
  readonly count: number;
  /** In how many paths at least once. */
  readonly paths: number;
  /** `count` of all times that `from` was left, 0 … 1. */
  readonly probability: number;
  /** Median time between the two events, in milliseconds; `null` from the start and to the end. */
  readonly medianMs: number | null;
  /** 95th percentile of that time (type 7), in milliseconds; `null` alike. */
  readonly p95Ms: number | null;
}

/** How often which step follows which, as tables and as a list. */
export interface TransitionCounts extends CountTables {
  /** `"(start)"`, the steps, `"(end)"`: rows and columns of `counts` and `probabilities`, positions in `edges`. */
  readonly states: readonly string[];
  /** How often each state is left: the sum of its row. 0 for the end, and for a listed state that never occurs. */
  readonly totals: readonly number[];
  /** Number of paths. */
  readonly paths: number;
  /** Events whose type is no state. */
  readonly ignored: number;
}

/** What {@link countTransitions} finds. */
export interface TransitionTable extends TransitionCounts {
  /** Number of steps in all paths. */
  readonly steps: number;
  /** Groups that have events, but no step; they are no paths. */
  readonly emptied: number;
  /** Every pair that occurs, the most frequent first, then by position in `states`. */
  readonly transitions: readonly Transition[];
}

/**
 * Counts which step follows which: where customers go from each page, and how long they take. Every path starts in
 * `"(start)"` and ends in `"(end)"`, so what comes into a state also leaves it.
 *
 * @param log - the events, sorted as always; steps of equal time keep the order of the log.
 * @param options - what a path is, which events are steps, and whether repeated steps count.
 * @returns counts, shares, and for each pair its paths and times.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log or a partition that is not one of it; `too-large` above 10,000
 * states; `invalid-option` for a state that is listed twice; `invalid-value` for an event called `(start)` or `(end)`. Cost:
 * linear in the rows, and states² numbers up to 2,000 states; above there are no squares, see `edges` and `transitions`.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "cart", at: 60_000 },
 *     { who: "bob", what: "home", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * const table = countTransitions(log);
 * table.states; // ["(start)", "cart", "home", "(end)"]
 * table.counts[2]; // [0, 1, 0, 1]
 * table.transitions[1]; // { from: "cart", to: "(end)", count: 1, paths: 1, probability: 1, medianMs: null, p95Ms: null }
 */
export function countTransitions(log: EventLog, options?: CountTransitionsOptions): TransitionTable {
  const caller = "countTransitions";
  const paths = pathsOf(caller, log, readOptions(caller, countTransitionsOptions, options));
  refuseManyStates(caller, paths.states.length);
  const states = [startState, ...paths.states, endState];
  const numbered = numberMoves(paths);
  const { counts, inPaths } = tallyOf(paths, numbered);
  const pairs = { ...numbered, counts };
  const times = timesOfPairs(paths, pairs, log.time);
  const totals = totalsOf(pairs);
  const transitions: Transition[] = [];
  eachPair(pairs, (left, reached, count, cell) => {
    const end = times.ends[cell];
    const hasTime = left !== 0 && reached !== states.length - 1;
    const [medianMs, p95Ms] = hasTime ? quantilesInPlace(times.waited, end - count, end, [0.5, 0.95]) : [null, null];
    const probability = count / totals[left];
    transitions.push({ from: states[left], to: states[reached], count, paths: inPaths[cell], probability, medianMs, p95Ms }); // prettier-ignore
  });
  return {
    states,
    ...countTables(pairs, totals, states.length),
    totals,
    paths: paths.groups.length,
    steps: paths.codes.length,
    ignored: paths.ignored,
    emptied: paths.emptied,
    transitions: transitions.sort((a, b) => b.count - a.count),
  };
}

/** How often each pair occurs, and in how many paths. */
interface Tally {
  readonly counts: Float64Array;
  readonly inPaths: Uint32Array;
}

function tallyOf({ starts }: PathTable, { columns, cellAt }: NumberedPairs): Tally {
  const tally = { counts: new Uint32Array(columns.length), inPaths: new Uint32Array(columns.length) };
  const lastPath = new Uint32Array(columns.length);
  const paths = starts.length - 1;
  for (let path = 0; path < paths; path += pathBlock) {
    tallyWithin(tally, starts, cellAt, lastPath, path, Math.min(paths, path + pathBlock));
  }
  return { counts: Float64Array.from(tally.counts), inPaths: tally.inPaths };
}

/** Counts the moves of some paths; `lastPath` is the last path of each cell, from 1. */
function tallyWithin(
  { counts, inPaths }: Record<keyof Tally, Uint32Array>,
  starts: Uint32Array,
  cellAt: Uint32Array,
  lastPath: Uint32Array,
  first: number,
  last: number,
): void {
  let move = starts[first] + first;
  for (let path = first + 1; path <= last; path++) {
    for (const end = starts[path] + path; move < end; move++) {
      const cell = cellAt[move];
      counts[cell]++;
      // 1 where the two differ, without a branch, which could not be foreseen.
      const differing = lastPath[cell] ^ path;
      inPaths[cell] += (differing | -differing) >>> 31;
      lastPath[cell] = path;
    }
  }
}

/** Milliseconds between the two steps of each move, those of a pair side by side; none for the moves from the start and to the end. */
interface PairTimes {
  readonly waited: Float64Array;
  /** Where the times of each pair end. */
  readonly ends: Uint32Array;
}

function timesOfPairs(paths: PathTable, { cellAt, counts }: NumberedPairs & PairCounts, time: Float64Array): PairTimes {
  const ends = new Uint32Array(counts.length);
  let sum = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    ends[cell] = sum;
    sum += counts[cell];
  }
  const times: PairTimes = { waited: new Float64Array(sum), ends };
  const count = paths.starts.length - 1;
  for (let path = 0; path < count; path += pathBlock) {
    timeWithin(times, paths, cellAt, time, path, Math.min(count, path + pathBlock));
  }
  return times;
}

function timeWithin(
  { waited, ends }: PairTimes,
  { starts, rows }: PathTable,
  cellAt: Uint32Array,
  time: Float64Array,
  first: number,
  last: number,
): void {
  for (let path = first; path < last; path++) {
    const end = starts[path + 1];
    let before = time[rows[starts[path]]];
    for (let step = starts[path] + 1; step < end; step++) {
      const now = time[rows[step]];
      waited[ends[cellAt[step + path]]++] = now - before;
      before = now;
    }
  }
}
