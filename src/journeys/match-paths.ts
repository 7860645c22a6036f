import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, text } from "../core/options.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type PatternToken, readPattern } from "./path-pattern.ts";
import { endState, type PathOptions, pathOptions, pathsOf, type PathTable, startState } from "./paths.ts";

/** Options of {@link matchPaths}. */
export interface MatchPathsOptions extends PathOptions {
  /** What to look for, such as `cart->[^help]*->paid`; see {@link matchPaths}. */
  readonly pattern: string;
}

/** Option table of {@link matchPaths}. */
export const matchPathsOptions: OptionTable<MatchPathsOptions, "per" | "states"> = { ...pathOptions, pattern: text() };

/** Which paths match a pattern. */
export interface PathMatches {
  /** Number of paths that match. */
  readonly count: number;
  /** `count` of all paths, 0 … 1; null without any. */
  readonly share: number | null;
  /** Number of paths. */
  readonly paths: number;
  /** One entry per group of `per`, by default per customer of the log: 1 = its path matches, 0 = it does not, or has no step. */
  readonly matched: Uint8Array;
  /** Time of the event with which the first complete match begins, in epoch milliseconds; NaN = none. Aligned with `matched`. */
  readonly firstStart: Float64Array;
  /** Time of the event with which a match is complete for the first time, in epoch milliseconds; NaN = none. */
  readonly firstEnd: Float64Array;
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but no step; they are no paths. */
  readonly emptied: number;
  /** `unknown-event`: a name that no path has; `loose-run`: a run at an open end of the pattern, which restricts nothing. */
  readonly notes: readonly Note[];
}

/**
 * Finds the paths that go a certain way: bought without help, left right after an error, came back to the cart.
 *
 * A pattern is a sequence of tokens between arrows, found anywhere in a path:
 *
 * - `cart` one event of that name; `"a -> b"` a name with special characters, quoted as by `JSON.stringify`;
 * - `.` any event; `[cart|wish]` any of these; `[^cart|wish]` any but these;
 * - with `*` a run of such events, also an empty one: `.*`, `[^help]*`, `[cart|wish]*`;
 * - `^` before the first token, or `(start)`: where a path begins; `$` after the last, or `(end)`: where it ends.
 *
 * `a->b` says that b is the very next step, `a->.*->b` that it comes later. A `.` or `[^a]` takes an event, never the start or the
 * end. The tokens are those of retentioneering's path patterns; nothing is a regular expression of characters.
 *
 * @param log - the events, sorted as always; steps of equal time keep the order of the log.
 * @param options - the pattern, and what a path is.
 * @returns who matches, how many, and when first. Cost: linear in the rows for any pattern, as all ways to match are followed
 * at once: at most rows × tokens.
 * @throws {ClienteleError} `invalid-option` for a pattern that cannot be read, with the position; `too-large` above 1,000 tokens;
 * what the other functions of paths refuse.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "cart", at: 0 },
 *     { who: "ann", what: "help", at: 1 },
 *     { who: "ann", what: "paid", at: 2 },
 *     { who: "bob", what: "cart", at: 0 },
 *     { who: "bob", what: "paid", at: 5 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * matchPaths(log, { pattern: "cart->.*->paid" }).count; // 2
 * const { matched, firstEnd } = matchPaths(log, { pattern: "cart->[^help]*->paid" });
 * matched; // Uint8Array [0, 1]
 * firstEnd; // Float64Array [NaN, 5]
 */
export function matchPaths(log: EventLog, options: MatchPathsOptions): PathMatches {
  const caller = "matchPaths";
  const { pattern, ...rest } = readOptions(caller, matchPathsOptions, options);
  const written = readPattern(caller, "options.pattern", pattern);
  const paths = pathsOf(caller, log, rest);
  const groups = (rest.per ?? log.byCustomer).starts.length - 1;
  const matched = new Uint8Array(groups);
  const firstStart = new Float64Array(groups).fill(NaN);
  const firstEnd = new Float64Array(groups).fill(NaN);
  const machine = machineOf(paths.states, withoutOpenRuns(written));
  let count = 0;
  for (let path = 0; path < paths.groups.length; path++) {
    const [from, to] = [paths.starts[path], paths.starts[path + 1]];
    const end = firstMatch(machine, paths, from, to);
    if (end < from) continue;
    count++;
    const group = paths.groups[path];
    matched[group] = 1;
    firstStart[group] = log.time[paths.rows[machine.start]];
    firstEnd[group] = log.time[paths.rows[end]];
  }
  const share = paths.groups.length === 0 ? null : count / paths.groups.length;
  const { ignored, emptied } = paths;
  const notes = notesOf(paths, written);
  return { count, share, paths: paths.groups.length, matched, firstStart, firstEnd, ignored, emptied, notes };
}

/** Without runs of anything at an open end, which take nothing from a match but would stretch it. */
function withoutOpenRuns(tokens: readonly PatternToken[]): readonly PatternToken[] {
  const isOpen = ({ names, isRun }: PatternToken): boolean => names === null && isRun;
  let [from, to] = [0, tokens.length];
  while (from < to && isOpen(tokens[from])) from++;
  while (from < to && isOpen(tokens[to - 1])) to--;
  return tokens.slice(from, to);
}

/**
 * The pattern as an automaton. Its state i says that the first i tokens are matched; all states that are possible are kept at
 * once, each with the earliest step at which such a match began, so a path is read once.
 */
interface Machine {
  readonly tokens: number;
  /** Whether each token is a run. */
  readonly isRun: Uint8Array;
  /** Symbol of each state of the paths: names of the pattern have one of their own, all other events share 2. */
  readonly symbolOf: Int32Array;
  readonly symbols: number;
  /** `takes[token * symbols + symbol]`. */
  readonly takes: Uint8Array;
  /** For each state of the automaton the step where it began; {@link never} = not possible. */
  readonly since: Float64Array;
  /** Where the match that was found last began. */
  start: number;
}

const never = Infinity;
const [startSymbol, endSymbol, otherSymbol] = [0, 1, 2];

function machineOf(states: readonly string[], tokens: readonly PatternToken[]): Machine {
  const symbolByName = new Map([
    [startState, startSymbol],
    [endState, endSymbol],
  ]);
  for (const { names } of tokens) {
    for (const { name } of names ?? []) if (!symbolByName.has(name)) symbolByName.set(name, symbolByName.size + 1);
  }
  const symbols = symbolByName.size + 1;
  const takes = new Uint8Array(tokens.length * symbols);
  tokens.forEach(({ names, isNegated }, token) => {
    const row = takes.subarray(token * symbols, (token + 1) * symbols);
    if (names === null || isNegated) row.fill(1, otherSymbol);
    for (const { name } of names ?? []) row[symbolByName.get(name) as number] = isNegated ? 0 : 1;
  });
  return {
    tokens: tokens.length,
    isRun: Uint8Array.from(tokens, ({ isRun }) => (isRun ? 1 : 0)),
    symbolOf: Int32Array.from(states, (name) => symbolByName.get(name) ?? otherSymbol),
    symbols,
    takes,
    since: new Float64Array(tokens.length + 1),
    start: 0,
  };
}

/** The step with which a match is first complete, or −1; `machine.start` is then where it began. */
function firstMatch(machine: Machine, { codes }: PathTable, from: number, to: number): number {
  const { tokens, symbolOf, since } = machine;
  since.fill(never);
  let high = 0;
  // One symbol before the first step, for the start, and one after the last, for the end.
  for (let at = from - 1; at <= to; at++) {
    since[0] = Math.min(since[0], Math.max(at, from));
    high = Math.max(high, skipRuns(machine, high));
    // Only an empty pattern, or one of runs, is complete before anything was read.
    if (since[tokens] < never) return found(machine, from);
    const symbol = at < from ? startSymbol : at === to ? endSymbol : symbolOf[codes[at]];
    high = advance(machine, symbol, high);
    high = skipRuns(machine, high);
    if (since[tokens] < never) return found(machine, Math.min(Math.max(at, from), to - 1));
  }
  return -1;
}

function found(machine: Machine, at: number): number {
  machine.start = Math.min(machine.since[machine.tokens], at);
  return at;
}

/** A run may be empty: who is before it is also behind it. Returns the last state that is possible. */
function skipRuns({ tokens, isRun, since }: Machine, high: number): number {
  let last = high;
  for (let token = 0; token < tokens && token <= last; token++) {
    if (isRun[token] === 0 || since[token] === never) continue;
    since[token + 1] = Math.min(since[token + 1], since[token]);
    last = Math.max(last, token + 1);
  }
  return last;
}

/** Takes one symbol in every state, from the last down, so that each still finds the one before it as it was. */
function advance({ tokens, isRun, takes, symbols, since }: Machine, symbol: number, high: number): number {
  let last = 0;
  for (let state = Math.min(high + 1, tokens); state >= 0; state--) {
    const stays = state < tokens && isRun[state] === 1 && takes[state * symbols + symbol] === 1;
    const comes = state > 0 && isRun[state - 1] === 0 && takes[(state - 1) * symbols + symbol] === 1;
    since[state] = Math.min(stays ? since[state] : never, comes ? since[state - 1] : never);
    if (since[state] < never && state > last) last = state;
  }
  return last;
}

function notesOf({ states }: PathTable, tokens: readonly PatternToken[]): Note[] {
  const known = new Set([...states, startState, endState]);
  const unknown = tokens.flatMap(({ names }) => names ?? []).filter(({ name }) => !known.has(name));
  const notes = unknown.map(({ at }): Note => ({ code: "unknown-event", message: `No path has the event that the pattern names at position ${at}.` })); // prettier-ignore
  const ends = tokens.length === 1 ? tokens : [tokens[0], tokens[tokens.length - 1]];
  for (const { names, isRun, at } of ends) {
    if (!isRun || names === null) continue;
    notes.push({ code: "loose-run", message: `The run at position ${at} is at an open end of the pattern and restricts nothing; ^ or $ would bind it.` }); // prettier-ignore
  }
  return notes;
}
