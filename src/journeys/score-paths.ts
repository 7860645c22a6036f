import { type OptionTable, readOptions } from "../core/options.ts";
import { log as ln } from "../numeric/elementary.ts";
import type { EventLog } from "../tables/event-log.ts";
import { eachEdge } from "./count-tables.ts";
import { checkMarkov } from "./markov-chain.ts";
import { cutBehind, type MarkovModel } from "./markov.ts";
import { movesOf } from "./moves.ts";
import { type PathOptions, pathOptions, pathsOf } from "./paths.ts";
import { runsOf } from "./runs.ts";

/** Options of {@link scorePaths}. */
export type ScorePathsOptions = Pick<PathOptions, "per" | "selfLoops">;

/** Option table of {@link scorePaths}. */
export const scorePathsOptions: OptionTable<ScorePathsOptions, "per"> = {
  per: pathOptions.per,
  selfLoops: pathOptions.selfLoops,
};

/**
 * How likely each path is under a Markov chain: the lowest scores are the oddest journeys, and of two chains the one with the higher
 * score is the one that a path rather belongs to.
 *
 * @param model - made by {@link fitMarkov}, of any order. With `smoothing` no step that can be taken is impossible.
 * @param log - any log; events of types that the model does not have are left out, and what comes after a terminal state as well.
 * @param options - what a path is; repeated steps should be treated as they were when the model was learned.
 * @returns one natural logarithm of a probability per group of `per`, by default per customer of the log: 0 for a group without a step,
 * `-Infinity` where a step is impossible. Longer paths have lower scores. Cost: linear in the rows and the model.
 * @throws {ClienteleError} `incompatible-model`; `shape-mismatch` for a damaged log or a partition that is not one of it.
 * @example
 * const rows = ["a", "b", "a", "c"].map((what, time) => ({ who: "ann", what, time }));
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * const model = fitMarkov(log);
 * scorePaths(model, log)[0] - model.logLikelihood; // 0.0
 */
export function scorePaths(model: MarkovModel, log: EventLog, options?: ScorePathsOptions): Float64Array {
  const caller = "scorePaths";
  checkMarkov(caller, model);
  const read = readOptions(caller, scorePathsOptions, options);
  const inner = model.states.slice(1, -1);
  const all = pathsOf(caller, log, { ...read, states: inner });
  const terminal = new Set(model.terminal);
  const paths = cutBehind(
    all,
    inner.flatMap((name, state) => (terminal.has(name) ? [state] : [])),
  );
  const { runs, runAt } = runsOf(paths, model.order, inner.length);
  const { from, to } = movesOf(paths, runAt);
  const rowOf = rowsOf(model, runs);
  const logarithms = model.contexts.map(() => new Map<number, number>());
  eachEdge(model, (row, state, probability) => logarithms[row].set(state, ln(probability)));
  const scores = new Float64Array((read.per ?? log.byCustomer).starts.length - 1);
  for (let path = 0; path < paths.groups.length; path++) {
    let sum = 0;
    for (let move = paths.starts[path] + path; move <= paths.starts[path + 1] + path; move++) {
      sum += logarithms[rowOf[from[move]]]?.get(to[move]) ?? -Infinity;
    }
    scores[paths.groups[path]] = sum;
  }
  return scores;
}

/** The context of the model that each run is; −1 = none. */
function rowsOf({ contexts, order }: MarkovModel, runs: readonly (readonly number[])[]): number[] {
  const rows = new Map(contexts.map((context, row) => [context.join(), row]));
  return runs.map(
    (run) => rows.get([...(run.length < order ? [0] : []), ...run.map((state) => state + 1)].join()) ?? -1,
  );
}
