import { refuse } from "../core/errors.ts";
import { countPairs, type PairCounts } from "../numeric/pair-counts.ts";
import { movesOf } from "./moves.ts";
import type { PathTable } from "./paths.ts";
import { runsOf } from "./runs.ts";

/** What came before, and how often each state followed it. */
export interface MarkovContexts {
  /** The states before, the latest last: 0 = the start, 1 … the states, then the end. */
  readonly contexts: readonly (readonly number[])[];
  /** Per context, how often each state followed. */
  readonly pairs: PairCounts;
}

/** More contexts than these are refused: a model holds a list for each. */
const mostContexts = 1_000_000;

/**
 * Counts what follows each run of `order` states, and of fewer at the beginning of a path.
 *
 * @param paths - the paths.
 * @param order - number of states that a context has at most.
 * @returns order 1: all states as contexts, in order; above: the contexts that occur, in order of their states.
 * @throws {ClienteleError} `too-large` above a million contexts. Cost: a few passes over the steps.
 */
export function contextsOf(paths: PathTable, order: number): MarkovContexts {
  const width = paths.states.length + 2;
  if (order === 1) {
    const { from, to } = movesOf(paths);
    const contexts = Array.from({ length: width }, (_, state) => [state]);
    return { contexts, pairs: countPairs(from, to, width, width) };
  }
  const { runs, runAt } = runsOf(paths, order, paths.states.length);
  if (runs.length > mostContexts) {
    const expected = `a smaller order or fewer states: there may be ${mostContexts} contexts`;
    refuse("fitMarkov", "too-large", "options.order", expected, String(runs.length));
  }
  const contexts = runs.map((run) => [...(run.length < order ? [0] : []), ...run.map((state) => state + 1)]);
  const sorted = Array.from(contexts.keys()).sort((a, b) => compareLists(contexts[a], contexts[b]));
  // Without a path not even the start occurs.
  if (paths.groups.length === 0) sorted.pop();
  const rowOf = new Uint32Array(runs.length);
  sorted.forEach((run, row) => (rowOf[run] = row));
  const { from, to } = movesOf(paths, runAt);
  for (let move = 0; move < from.length; move++) from[move] = rowOf[from[move]];
  return { contexts: sorted.map((run) => contexts[run]), pairs: countPairs(from, to, sorted.length, width) };
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
