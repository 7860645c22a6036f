import { refuse } from "../core/errors.ts";
import { custom, oneOf, type OptionTable, type ReadOptions, texts } from "../core/options.ts";
import { block, gather } from "../numeric/move-rows.ts";
import { stringOrder } from "../numeric/string-order.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { checkFiner, checkPartition, type Partition } from "../tables/partition.ts";

/** Name of the state in which every path begins. */
export const startState = "(start)";
/** Name of the state in which every path ends. */
export const endState = "(end)";

/** Options of every function that reads paths off a log. */
export interface PathOptions {
  /** What a path is: sessions of `sessionize`, days, …; default: all events of a customer. */
  readonly per?: Partition | undefined;
  /** Event types that are steps, in the order of the result; others are left out and counted. Default: all, by name. */
  readonly states?: readonly string[] | undefined;
  /** Whether a step repeated at once is a step of its own (`"keep"`, the default) or part of the first (`"collapse"`). */
  readonly selfLoops?: "keep" | "collapse" | undefined;
}

/** Option table of {@link PathOptions}. */
export const pathOptions: OptionTable<PathOptions, "per" | "states"> = {
  per: custom("a partition of the log's rows", isPartition, [null, 1, [], {}, { starts: [0, 1] }], { optional: true }),
  states: texts({ optional: true }),
  selfLoops: oneOf(["keep", "collapse"], { default: "keep" }),
};

function isPartition(value: unknown): boolean {
  return typeof value === "object" && (value as Partition | null)?.starts instanceof Uint32Array;
}

/**
 * What every path of a log did, in order. All numbers of this room are read off such a table, so that they agree: one rule
 * says what a step is, one says what a path is, and steps of equal time keep the order of the log.
 */
export interface PathTable {
  /** Names of the steps, in code-unit order or in that of `options.states`. */
  readonly states: readonly string[];
  /** Position in `states` of each step, path after path. */
  readonly codes: Uint32Array;
  /** Row of the log of each step. */
  readonly rows: Uint32Array;
  /** Where each path begins, then the number of steps; no path is empty. */
  readonly starts: Uint32Array;
  /** Group of the partition that each path is. */
  readonly groups: Uint32Array;
  /** Rows whose type is no step. */
  readonly ignored: number;
  /** Groups with rows, but without a step. */
  readonly emptied: number;
}

/**
 * Reads the paths off a log.
 *
 * @param caller - the public function.
 * @param log - any log; checked here.
 * @param options - read options of {@link pathOptions}.
 * @returns one path per group that has a step. Cost: two passes over the rows.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log, or a partition that is not one of its customers' rows;
 * `invalid-option` when a state is listed twice; `invalid-value` when an event type is called as the start or the end.
 */
export function pathsOf(
  caller: string,
  log: EventLog,
  { per, states, selfLoops }: ReadOptions<PathOptions, "per" | "states">,
): PathTable {
  checkLog(caller, log);
  if (per !== undefined) {
    checkPartition(caller, "options.per", per, log.length);
    checkFiner(caller, "options.per", per, log.byCustomer);
  }
  const { names, stateOf } = statesOf(caller, log, states);
  const { starts: groupStarts } = per ?? log.byCustomer;
  const isEveryRow = states === undefined && selfLoops === "keep";
  const { codes, rows, ends, ignored } = isEveryRow
    ? everyRow(log, stateOf, groupStarts)
    : wantedRows(log, stateOf, groupStarts, selfLoops === "keep");
  const starts = new Uint32Array(groupStarts.length);
  const groups = new Uint32Array(ends.length);
  let paths = 0;
  for (let group = 0; group < ends.length; group += block) {
    paths = takeGroups(starts, groups, paths, ends, group, Math.min(ends.length, group + block));
  }
  let filled = 0;
  for (let group = 0; group < ends.length; group += block) {
    filled += filledGroups(groupStarts, group, Math.min(ends.length, group + block));
  }
  return { states: names, codes, rows, starts: starts.subarray(0, paths + 1), groups: groups.subarray(0, paths), ignored, emptied: filled - paths }; // prettier-ignore
}

/** How many of some groups have rows. */
function filledGroups(groupStarts: Uint32Array, from: number, to: number): number {
  let filled = 0;
  for (let group = from; group < to; group++) if (groupStarts[group + 1] > groupStarts[group]) filled++;
  return filled;
}

/** Makes a path of each of some groups that has a step; returns how many paths there are now. */
function takeGroups(
  starts: Uint32Array,
  groups: Uint32Array,
  before: number,
  ends: Uint32Array,
  from: number,
  to: number,
): number {
  let paths = before;
  for (let group = from; group < to; group++) {
    if (ends[group] === starts[paths]) continue;
    groups[paths] = group;
    starts[++paths] = ends[group];
  }
  return paths;
}

/** The steps of all groups, one after another. */
interface Steps extends Pick<PathTable, "codes" | "rows" | "ignored"> {
  /** Number of steps up to the end of each group. */
  readonly ends: Uint32Array;
}

/** The steps where every row is one: no row has to be looked at twice. */
function everyRow({ type, length }: EventLog, stateOf: Int32Array, groupStarts: Uint32Array): Steps {
  const codes = new Uint32Array(length);
  const rows = new Uint32Array(length);
  for (let from = 0; from < length; from += block) {
    takeRows(codes, rows, type.codes, stateOf, from, Math.min(length, from + block));
  }
  return { codes, rows, ends: groupStarts.subarray(1), ignored: 0 };
}

function takeRows(
  codes: Uint32Array,
  rows: Uint32Array,
  types: Uint32Array,
  stateOf: Int32Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    codes[row] = stateOf[types[row]];
    rows[row] = row;
  }
}

function wantedRows(
  { type, length }: EventLog,
  stateOf: Int32Array,
  groupStarts: Uint32Array,
  keepsLoops: boolean,
): Steps {
  const codes = new Uint32Array(length);
  const rows = new Uint32Array(length);
  const ends = new Uint32Array(groupStarts.length - 1);
  let [steps, ignored] = [0, 0];
  for (let group = 0; group < ends.length; group++) {
    let last = -1;
    for (let row = groupStarts[group]; row < groupStarts[group + 1]; row++) {
      const state = stateOf[type.codes[row]];
      if (state < 0) {
        ignored++;
      } else if (keepsLoops || state !== last) {
        codes[steps] = state;
        rows[steps++] = row;
        last = state;
      }
    }
    ends[group] = steps;
  }
  return { codes: codes.subarray(0, steps), rows: rows.subarray(0, steps), ends, ignored };
}

/** The names of the steps, and the step that each type code is; −1 = none. */
function statesOf(
  caller: string,
  log: EventLog,
  wanted: readonly string[] | undefined,
): { names: readonly string[]; stateOf: Int32Array } {
  const names = wanted === undefined ? usedTypes(caller, log) : checkStates(caller, "options.states", wanted);
  const positions = new Map(names.map((name, state) => [name, state]));
  return { names, stateOf: Int32Array.from(log.type.names, (name) => positions.get(name) ?? -1) };
}

/** The types that rows have, in code-unit order. */
function usedTypes(caller: string, { type }: EventLog): string[] {
  const isUsed = new Uint8Array(type.names.length);
  const { codes } = type;
  for (let from = 0; from < codes.length; from += block)
    markUsed(isUsed, codes, from, Math.min(codes.length, from + block));
  const reserved = type.names.findIndex((name, code) => isUsed[code] === 1 && isReserved(name));
  if (reserved >= 0) {
    refuse(
      caller,
      "invalid-value",
      `log.type.names[${reserved}]`,
      "a name that no state of its own has",
      "a reserved name",
    );
  }
  const names = type.names.filter((_, code) => isUsed[code] === 1);
  return Array.from(stringOrder(names), (at) => names[at]);
}

function markUsed(isUsed: Uint8Array, codes: Uint32Array, from: number, to: number): void {
  for (let row = from; row < to; row++) isUsed[codes[row]] = 1;
}

/**
 * Makes sure that a list of states can be used: distinct names that are not those of the start and the end.
 *
 * @param caller - the public function.
 * @param path - where the list is.
 * @param states - the names.
 * @returns a copy of them.
 */
export function checkStates(caller: string, path: string, states: readonly string[]): string[] {
  const seen = new Set<string>();
  states.forEach((name, i) => {
    if (seen.has(name)) refuse(caller, "invalid-option", `${path}[${i}]`, "distinct names", "a repeated name");
    if (isReserved(name)) {
      refuse(caller, "invalid-option", `${path}[${i}]`, "a name that no state of its own has", "a reserved name");
    }
    seen.add(name);
  });
  return states.slice();
}

function isReserved(name: string): boolean {
  return name === startState || name === endState;
}

/**
 * The steps that are wanted, and the goals, which end paths whether they are listed or not.
 *
 * @param states - `options.states`.
 * @param goals - event types.
 * @returns `undefined` when every type is wanted.
 */
export function withGoals(
  states: readonly string[] | undefined,
  goals: readonly string[],
): readonly string[] | undefined {
  if (states === undefined) return undefined;
  const listed = new Set(states);
  return [...states, ...new Set(goals.filter((goal) => !listed.has(goal)))];
}

/** The times of the steps of a path table. */
export function timesOf(log: EventLog, paths: PathTable): Float64Array {
  return gather(log.time, paths.rows);
}
