import { refuse } from "../core/errors.ts";
import { type OptionTable, readOptions } from "../core/options.ts";
import { quantilesInPlace } from "../numeric/select.ts";
import type { EventLog } from "../tables/event-log.ts";
import { endState, type PathOptions, pathOptions, pathsOf, type PathTable, startState, timesOf } from "./paths.ts";

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
export interface TransitionCounts {
  /** `"(start)"`, the steps, `"(end)"`. */
  readonly states: readonly string[];
  /** `counts[i][j]`: how often state j follows state i. Every path adds one to the row of the start. */
  readonly counts: readonly (readonly number[])[];
  /** Each row of `counts` as shares of its sum; a row of zeros for a state that is never left, see `totals`. */
  readonly probabilities: readonly (readonly number[])[];
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

/** More states than these are refused: two tables of numbers for each pair of states are made. */
const mostStates = 10_000;

/**
 * Counts which step follows which: where customers go from each page, and how long they take. Every path starts in
 * `"(start)"` and ends in `"(end)"`, so what comes into a state also leaves it.
 *
 * @param log - the events, sorted as always; steps of equal time keep the order of the log.
 * @param options - what a path is, which events are steps, and whether repeated steps count.
 * @returns counts, shares, and for each pair its paths and times.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log or a partition that is not one of it; `too-large` above 10,000
 * states; `invalid-option` for a state that is listed twice; `invalid-value` for an event called `(start)` or `(end)`. Cost:
 * linear in the rows, and states² numbers.
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
  const { states } = paths;
  refuseManyStates(caller, states.length);
  const counts = squareOf(states.length + 2);
  const groups = groupedMoves(paths, timesOf(log, paths));
  for (const { from, to, count } of groups) counts[from][to] = count;
  const tables = tablesOf(states, counts);
  const transitions = groups.map(({ from, to, count, paths: times, medianMs, p95Ms }): Transition => {
    const probability = tables.probabilities[from][to];
    return { from: tables.states[from], to: tables.states[to], count, paths: times, probability, medianMs, p95Ms };
  });
  return {
    ...tables,
    paths: paths.groups.length,
    steps: paths.codes.length,
    ignored: paths.ignored,
    emptied: paths.emptied,
    transitions: transitions.sort((a, b) => b.count - a.count),
  };
}

/** Refuses more states than a square table is made for. */
export function refuseManyStates(caller: string, states: number): void {
  if (states <= mostStates) return;
  refuse(caller, "too-large", "options.states", `at most ${mostStates} states: list those that matter`, String(states));
}

/** A square of zeros. */
export function squareOf(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}

/** Names the states of a square of counts, and makes shares of it. */
export function tablesOf(
  states: readonly string[],
  counts: number[][],
): Pick<TransitionTable, "states" | "counts" | "probabilities" | "totals"> {
  const totals = counts.map(totalOf);
  const probabilities = counts.map((row, from) => sharesOf(row, totals[from]));
  return { states: [startState, ...states, endState], counts, probabilities, totals };
}

/** The sum of a row of counts. Squares of many states are read cell by cell, in plain loops. */
export function totalOf(row: readonly number[]): number {
  let total = 0;
  for (let state = 0; state < row.length; state++) total += row[state];
  return total;
}

/** A row of counts as shares of their sum; zeros where there is none. */
export function sharesOf(row: readonly number[], total: number): number[] {
  const shares = new Array<number>(row.length).fill(0);
  for (let state = 0; state < row.length; state++) if (row[state] > 0) shares[state] = row[state] / total;
  return shares;
}

/** A pair of states by position, the start being 0. */
interface Move {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly paths: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/**
 * Every pair that occurs, ordered by `from`, then `to`. The moves are dealt to the states that they leave, then those of a
 * state to the states that they reach, so memory is linear in the steps however many pairs there could be.
 */
function groupedMoves(paths: PathTable, time: Float64Array): Move[] {
  const width = paths.states.length + 2;
  const { starts, to, path, waited } = movesByFrom(paths, time);
  const groups: Move[] = [];
  const counts = new Uint32Array(width);
  const inPaths = new Uint32Array(width);
  const lastPath = new Int32Array(width);
  const times = new Float64Array(waited.length);
  for (let from = 0; from + 1 < width; from++) {
    counts.fill(0);
    inPaths.fill(0);
    lastPath.fill(-1);
    for (let at = starts[from]; at < starts[from + 1]; at++) {
      const target = to[at];
      counts[target]++;
      if (lastPath[target] !== path[at]) inPaths[target]++;
      lastPath[target] = path[at];
    }
    const next = startsOf(counts, starts[from]);
    for (let at = starts[from]; at < starts[from + 1]; at++) times[next[to[at]]++] = waited[at];
    for (let target = 1; target < width; target++) {
      const count = counts[target];
      if (count === 0) continue;
      const timed = from !== 0 && target !== width - 1;
      const [medianMs, p95Ms] = timed
        ? quantilesInPlace(times, next[target] - count, next[target], [0.5, 0.95])
        : [null, null];
      groups.push({ from, to: target, count, paths: inPaths[target], medianMs, p95Ms });
    }
  }
  return groups;
}

/** The moves dealt to the states that they leave, in the order of the paths. */
interface DealtMoves {
  /** Where the moves of each state begin. */
  readonly starts: Uint32Array;
  /** The state that each reaches. */
  readonly to: Uint32Array;
  /** The path that each is in. */
  readonly path: Uint32Array;
  /** Milliseconds between the two steps; 0 where there is one step only. */
  readonly waited: Float64Array;
}

function movesByFrom({ states, codes, starts }: PathTable, time: Float64Array): DealtMoves {
  const end = states.length + 1;
  const paths = starts.length - 1;
  const left = new Uint32Array(end + 1);
  // Every step is left once, and the start once by every path.
  left[0] = paths;
  for (const code of codes) left[code + 1]++;
  const firsts = startsOf(left, 0);
  const next = firsts.slice();
  const moves = codes.length + paths;
  const to = new Uint32Array(moves);
  const path = new Uint32Array(moves);
  const waited = new Float64Array(moves);
  for (let p = 0; p < paths; p++) {
    let at = next[0]++;
    let before = 0;
    for (let step = starts[p]; step < starts[p + 1]; step++) {
      const state = codes[step] + 1;
      to[at] = state;
      path[at] = p;
      waited[at] = step === starts[p] ? 0 : time[step] - before;
      before = time[step];
      at = next[state]++;
    }
    to[at] = end;
    path[at] = p;
  }
  return { starts: firsts, to, path, waited };
}

/** Where each group begins when they lie one after another from `first`, then the end of the last. */
function startsOf(sizes: Uint32Array, first: number): Uint32Array {
  const starts = new Uint32Array(sizes.length + 1);
  starts[0] = first;
  for (let group = 0; group < sizes.length; group++) starts[group + 1] = starts[group] + sizes[group];
  return starts;
}
