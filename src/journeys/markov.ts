import { refuse } from "../core/errors.ts";
import type { ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real, texts } from "../core/options.ts";
import { log as ln } from "../numeric/elementary.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type CountTables, countTables, fitsSquare, refuseManyStates, totalsOf } from "./count-tables.ts";
import { eachPair } from "../numeric/pair-counts.ts";
import { contextsOf } from "./markov-contexts.ts";
import { endState, type PathOptions, pathOptions, pathsOf, type PathTable, startState } from "./paths.ts";

/** Options of {@link fitMarkov}. */
export interface FitMarkovOptions extends PathOptions {
  /** How many states back the next one depends on; default 1. */
  readonly order?: number | undefined;
  /** Added to the count of every step that is possible, so that none has probability 0; default 0: shares as counted. */
  readonly smoothing?: number | undefined;
  /** States in which a path ends, such as a purchase: what comes after the first of them is left out. */
  readonly terminal?: readonly string[] | undefined;
}

/** Option table of {@link fitMarkov}. */
export const fitMarkovOptions: OptionTable<FitMarkovOptions, "per" | "states" | "terminal"> = {
  ...pathOptions,
  order: integer({ min: 1, max: 5, default: 1 }),
  smoothing: real({ min: 0, max: 1e6, default: 0 }),
  terminal: texts({ optional: true }),
};

/** What comes next, given the last states. */
export interface MarkovModel extends ModelHeader, CountTables {
  /** Always `"markov"`. */
  readonly kind: "markov";
  /** Version of the layout. */
  readonly version: 1;
  /** How many states back the next one depends on. */
  readonly order: number;
  /** `"(start)"`, the states, `"(end)"`. */
  readonly states: readonly string[];
  /**
   * What each row of `counts` comes after, and `from` of `edges`, as positions in `states`, the latest last. Order 1: every state once, in order.
   * Above: the contexts that occur; the first steps of a path have shorter ones, which begin with the start.
   */
  readonly contexts: readonly (readonly number[])[];
  /** How often each context is left. */
  readonly totals: readonly number[];
  /**
   * States that a path does not go on from, as it must: the terminal ones, which lead to the end for sure, and the end. A state that was
   * never left because it never occurred is `unseen`, and its row of zeros says that nothing is known.
   */
  readonly absorbing: readonly string[];
  /** States that were listed and never occur: nothing is known of what follows them. */
  readonly unseen: readonly string[];
  /** States in which a path ends. */
  readonly terminal: readonly string[];
  /** What was added to each count. */
  readonly smoothing: number;
  /** Number of paths. */
  readonly paths: number;
  /** Logarithm of the probability of all paths under `probabilities`. */
  readonly logLikelihood: number;
  /** Free probabilities: for each context that occurs, one less than what can follow it. */
  readonly parameters: number;
  /** Akaike's criterion, 2·parameters − 2·logLikelihood; smaller is better. */
  readonly aic: number;
  /** Schwarz's criterion, ln(transitions)·parameters − 2·logLikelihood; smaller is better. */
  readonly bic: number;
}

/**
 * Learns where customers go next: a Markov chain over the events of a log, with `"(start)"` and `"(end)"` as states of their own,
 * so that entering and leaving have probabilities too.
 *
 * @param log - the events.
 * @param options - what a path is, which events are states, how far back the next state depends, smoothing, terminal states.
 * @returns a plain model for {@link measureAbsorption} and {@link measureStationary}.
 * @throws {ClienteleError} as {@link countTransitions}; `invalid-option` for a terminal state that is none of the states; `too-large`
 * for more than a million contexts, or for smoothing where the probabilities are too many to be written out. Cost: linear in the
 * rows, and contexts × states numbers up to four million; above there are no squares, see `edges`.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "view", 1), at("ann", "view", 2), at("ann", "buy", 3), at("bob", "view", 4)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * const model = fitMarkov(log);
 * model.states; // ["(start)", "buy", "view", "(end)"]
 * model.probabilities[2]; // [0, 0.333, 0.333, 0.333]
 * @see Anderson & Goodman (1957), "Statistical inference about Markov chains".
 */
export function fitMarkov(log: EventLog, options?: FitMarkovOptions): MarkovModel {
  const caller = "fitMarkov";
  const read = readOptions(caller, fitMarkovOptions, options);
  const paths = pathsOf(caller, log, read);
  refuseManyStates(caller, paths.states.length);
  const terminal = positionsOf(caller, "options.terminal", paths.states, read.terminal ?? []);
  return modelOf(terminal.length > 0 ? cutBehind(paths, terminal) : paths, terminal, read);
}

/** The paths up to the first of some states. */
export function cutBehind(paths: PathTable, ends: readonly number[]): PathTable {
  const isEnd = new Uint8Array(paths.states.length);
  for (const state of ends) isEnd[state] = 1;
  const codes = new Uint32Array(paths.codes.length);
  const rows = new Uint32Array(paths.codes.length);
  const starts = new Uint32Array(paths.starts.length);
  let steps = 0;
  for (let path = 0; path + 1 < paths.starts.length; path++) {
    for (let step = paths.starts[path]; step < paths.starts[path + 1]; step++) {
      codes[steps] = paths.codes[step];
      rows[steps++] = paths.rows[step];
      if (isEnd[paths.codes[step]] === 1) break;
    }
    starts[path + 1] = steps;
  }
  return { ...paths, codes: codes.subarray(0, steps), rows: rows.subarray(0, steps), starts };
}

function modelOf(
  paths: PathTable,
  terminal: readonly number[],
  { order, smoothing }: { readonly order: number; readonly smoothing: number },
): MarkovModel {
  const { contexts, pairs } = contextsOf(paths, order);
  const states = [startState, ...paths.states, endState];
  const totals = totalsOf(pairs);
  const last = states.length - 1;
  const isTerminal = new Set([...terminal.map((state) => state + 1), last]);
  const latest = contexts.map((context) => context[context.length - 1]);
  const counted = countTables(pairs, totals, states.length);
  if (smoothing > 0 && !fitsSquare(contexts.length, states.length)) {
    refuse("fitMarkov", "too-large", "options.smoothing", "0 where contexts times states exceed four million", String(smoothing)); // prettier-ignore
  }
  const probabilities = counted.probabilities.map((row, context) =>
    smoothing === 0 || isTerminal.has(latest[context])
      ? row
      : smoothedShares(counted.counts[context], totals[context], smoothing, latest[context] === 0),
  );
  let logLikelihood = 0;
  eachPair(pairs, (row, column, count) => {
    logLikelihood += count * ln(probabilities.length > 0 ? probabilities[row][column] : count / totals[row]);
  });
  const parameters = latest.reduce((sum, state, row) => {
    if (totals[row] === 0 || isTerminal.has(state)) return sum;
    return sum + paths.states.length - (state === 0 ? 1 : 0);
  }, 0);
  const transitions = totals.reduce((sum, total) => sum + total, 0);
  const isSeen = new Uint8Array(paths.states.length);
  for (let step = 0; step < paths.codes.length; step++) isSeen[paths.codes[step]] = 1;
  const unseen = paths.states.filter((_, state) => isSeen[state] === 0);
  return {
    kind: "markov",
    version: 1,
    features: [],
    notes: notesOf(unseen.length, paths.groups.length),
    order,
    states,
    contexts,
    ...counted,
    probabilities,
    totals,
    absorbing: states.filter((_, state) => isTerminal.has(state)),
    unseen,
    terminal: terminal.map((state) => paths.states[state]),
    smoothing,
    paths: paths.groups.length,
    logLikelihood,
    parameters,
    aic: 2 * parameters - 2 * logLikelihood,
    bic: (transitions === 0 ? 0 : ln(transitions) * parameters) - 2 * logLikelihood,
  };
}

/** Shares with something added to everything that can follow: every state, and the end unless nothing happened yet. */
function smoothedShares(row: readonly number[], total: number, smoothing: number, isStart: boolean): number[] {
  const [first, beyond] = [1, isStart ? row.length - 1 : row.length];
  const sum = total + smoothing * (beyond - first);
  return row.map((count, state) => (state < first || state >= beyond ? 0 : (count + smoothing) / sum));
}

function notesOf(unseen: number, paths: number): Note[] {
  const notes: Note[] = [];
  if (paths === 0) notes.push({ code: "no-paths", message: "The log has no path: every probability is 0." });
  if (unseen > 0) {
    const message = `${unseen} of the listed states never occur: what follows them is not known.`;
    notes.push({ code: "unseen-states", message });
  }
  return notes;
}

/** Positions of named states in a list of them; refuses a name that is not there. */
export function positionsOf(
  caller: string,
  path: string,
  states: readonly string[],
  wanted: readonly string[],
): number[] {
  return wanted.map((name, i) => {
    const position = states.indexOf(name);
    if (position < 0) refuse(caller, "invalid-option", `${path}[${i}]`, "one of the states", "another name");
    return position;
  });
}
