import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, text } from "../core/options.ts";
import type { EventLog } from "../tables/event-log.ts";
import { endState, type PathOptions, pathOptions, pathsOf, type PathTable, startState } from "./paths.ts";

/** Name of the row that rare states share. */
export const otherState = "(other)";

/** Options of {@link measureStepMatrix}. */
export interface MeasureStepMatrixOptions extends PathOptions {
  /** Number of columns from the first step on; with `centeredOn`, of columns to either side of it. */
  readonly steps: number;
  /** How many states keep a row of their own: the most frequent of these columns; the others share `"(other)"`. Default: all. */
  readonly top?: number | undefined;
  /** Puts the first occurrence of this event into column 0 of every path; paths without it are left out and counted. */
  readonly centeredOn?: string | undefined;
  /** Event for which the overall conversion is told. */
  readonly goal?: string | undefined;
}

/** Option table of {@link measureStepMatrix}. */
export const measureStepMatrixOptions: OptionTable<
  MeasureStepMatrixOptions,
  "per" | "states" | "top" | "centeredOn" | "goal"
> = {
  ...pathOptions,
  steps: integer({ min: 1, max: 1000 }),
  top: integer({ min: 1, optional: true }),
  centeredOn: text({ optional: true }),
  goal: text({ optional: true }),
};

/** Paths that go from one state to another between two neighboring columns. */
export interface StepFlow {
  /** The column that they leave; they reach the next one. */
  readonly step: number;
  /** The state there. */
  readonly from: string;
  /** The state in the next column. */
  readonly to: string;
  /** Number of paths. */
  readonly count: number;
}

/** Overall conversion of the paths of a step matrix. */
export interface StepGoal {
  /** The event that counts as reached. */
  readonly event: string;
  /** Paths that have it at any step, also after the last column; with `centeredOn` not before column 0. */
  readonly paths: number;
  /** `paths` of all paths of the matrix, 0 … 1; null without any. */
  readonly conversion: number | null;
}

/** Where the paths are at each step. */
export interface StepMatrix {
  /** Number of each column: 1, 2, …; with `centeredOn` from negative to positive, 0 being the event. */
  readonly steps: readonly number[];
  /**
   * Name of each row: `"(start)"` for paths that have not begun (only with `centeredOn`), the states, `"(other)"` (only if
   * states were put together), `"(end)"` for paths that are over.
   */
  readonly states: readonly string[];
  /** `counts[row][column]`: paths in that state at that step. Every column adds up to `paths`. */
  readonly counts: readonly (readonly number[])[];
  /** `counts` as shares of `paths`; 0 without any path. */
  readonly shares: readonly (readonly number[])[];
  /** `ends[row][column]`: paths whose last step this is. */
  readonly ends: readonly (readonly number[])[];
  /** What flows between neighboring columns, by column, then by rows; paths that end are in `ends`. */
  readonly flows: readonly StepFlow[];
  /** Number of paths in the matrix. */
  readonly paths: number;
  /** The event in column 0; null = column 1 is the first step. */
  readonly centeredOn: string | null;
  /** Paths left out because they lack the event of `centeredOn`. */
  readonly uncentered: number;
  /** Overall conversion, when a goal was given. */
  readonly goal: StepGoal | null;
  /** How many states share `"(other)"`. */
  readonly others: number;
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but no step; they are no paths. */
  readonly emptied: number;
}

const mostCells = 10_000_000;

/**
 * Counts in which state the paths are at their first, second, third … step, and how they flow from column to column: what
 * customers do after they arrive, or before and after an event that matters. No path is sampled or cut off silently: one that is
 * over stays in `"(end)"`, so every column adds up to the number of paths.
 *
 * @param log - the events, sorted as always; steps of equal time keep the order of the log.
 * @param options - `steps` is required; an event type called `(start)` or `(end)` is refused, with `top` also `(other)`: these are
 * rows of the matrix.
 * @returns counts and shares, one row per state and one column per step, with the flows that `sankeyOf` draws. Rows keep the
 * order of `options.states`, or code-unit order. The events of `centeredOn` and `goal` always keep a row.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log or a partition that is not one of it; `invalid-option` for an event
 * that `states` does not list; `invalid-value` for an event with a reserved name; `too-large` above 10,000,000 cells.
 * Cost: linear in the rows and in paths × columns.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "cart", at: 1 },
 *     { who: "bob", what: "home", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * const matrix = measureStepMatrix(log, { steps: 2 });
 * matrix.states; // ["cart", "home", "(end)"]
 * matrix.counts; // [[0, 1], [2, 0], [0, 1]]
 * matrix.flows; // [{ step: 1, from: "home", to: "cart", count: 1 }]
 */
export function measureStepMatrix(log: EventLog, options: MeasureStepMatrixOptions): StepMatrix {
  const caller = "measureStepMatrix";
  const { steps, top, centeredOn, goal, ...rest } = readOptions(caller, measureStepMatrixOptions, options);
  const paths = pathsOf(caller, log, rest);
  if (top !== undefined) refuseOther(caller, log, rest.states);
  const positions = new Map(paths.states.map((name, i) => [name, i]));
  const codeOf = (name: string | undefined, option: string): number => {
    const code = name === undefined ? -1 : (positions.get(name) ?? -1);
    if (name !== undefined && code < 0 && rest.states !== undefined) {
      refuse(caller, "invalid-option", `options.${option}`, "one of options.states", "another event");
    }
    return code;
  };
  const center = codeOf(centeredOn, "centeredOn");
  const target = codeOf(goal, "goal");
  const isCentered = centeredOn !== undefined;
  const anchors = isCentered ? firstsOf(paths, center) : firstSteps(paths);
  const first = isCentered ? -steps : 0;
  const columns = Array.from({ length: isCentered ? 2 * steps + 1 : steps }, (_, c) => first + c);
  const view: View = { paths, ...anchors, columns };
  const kept = top === undefined ? null : keptOf(view, top, [center, target]);
  const { states, rowOf, others } = rowsOf(paths.states, kept, isCentered);
  if (states.length * columns.length > mostCells) {
    refuse(
      caller,
      "too-large",
      "options.top",
      `at most ${mostCells} cells of states × steps`,
      `${states.length} states`,
    );
  }
  const shown = anchors.members.length;
  const { counts, ends, flows } = countCells(view, rowOf, states);
  return {
    steps: isCentered ? columns : columns.map((column) => column + 1),
    states,
    counts,
    shares: counts.map((row) => row.map((count) => (count === 0 ? 0 : count / shown))),
    ends,
    flows: isCentered ? flows : flows.map((flow) => ({ ...flow, step: flow.step + 1 })),
    paths: shown,
    centeredOn: centeredOn ?? null,
    uncentered: paths.groups.length - shown,
    goal: goal === undefined ? null : reachedOf(view, goal, target),
    others,
    ignored: paths.ignored,
    emptied: paths.emptied,
  };
}

/** Some paths, and the columns in which they are looked at. */
interface View {
  readonly paths: PathTable;
  /** The paths, by position. */
  readonly members: Uint32Array;
  /** The step of each of them that column 0 shows. */
  readonly origins: Uint32Array;
  readonly columns: readonly number[];
}

/** Makes sure that the row of the rare states has a name of its own. */
function refuseOther(caller: string, { type }: EventLog, states: readonly string[] | undefined): void {
  const at = (states ?? type.names).indexOf(otherState);
  if (at < 0) return;
  const [code, path] =
    states === undefined
      ? (["invalid-value", "log.type.names"] as const)
      : (["invalid-option", "options.states"] as const);
  refuse(caller, code, `${path}[${at}]`, "a name that no row of its own has", "a reserved name");
}

function firstSteps({ starts }: PathTable): Pick<View, "members" | "origins"> {
  const origins = starts.slice(0, -1);
  return { members: origins.map((_, path) => path), origins };
}

/** The paths that have a state, and their first step of it. */
function firstsOf({ codes, starts }: PathTable, state: number): Pick<View, "members" | "origins"> {
  const members = new Uint32Array(starts.length - 1);
  const origins = new Uint32Array(members.length);
  let found = 0;
  for (let path = 0; path < members.length; path++) {
    let at = starts[path];
    while (at < starts[path + 1] && codes[at] !== state) at++;
    if (at === starts[path + 1]) continue;
    members[found] = path;
    origins[found++] = at;
  }
  return { members: members.subarray(0, found), origins: origins.subarray(0, found) };
}

/** The states with a row of their own: those that must have one, then the most frequent of the columns, ties by position. */
function keptOf({ paths, members, origins, columns }: View, top: number, always: readonly number[]): Uint8Array {
  const { codes, starts, states } = paths;
  const seen = new Float64Array(states.length);
  for (let i = 0; i < members.length; i++) {
    const low = Math.max(starts[members[i]], origins[i] + columns[0]);
    const high = Math.min(starts[members[i] + 1], origins[i] + columns[columns.length - 1] + 1);
    for (let at = low; at < high; at++) seen[codes[at]]++;
  }
  for (const state of always) if (state >= 0) seen[state] = Infinity;
  // Not `a - b`: two infinities have no difference.
  const ranked = Array.from(seen.keys()).sort((a, b) => (seen[a] === seen[b] ? a - b : seen[a] < seen[b] ? 1 : -1));
  const kept = new Uint8Array(states.length);
  for (const state of ranked.slice(0, top)) kept[state] = 1;
  for (const state of always) if (state >= 0) kept[state] = 1;
  return kept;
}

/** Names of the rows, and the row of each state; the two last numbers of `rowOf` are those of the start and the end. */
function rowsOf(
  names: readonly string[],
  kept: Uint8Array | null,
  hasStart: boolean,
): { states: string[]; rowOf: Int32Array; others: number } {
  const states = hasStart ? [startState] : [];
  const rowOf = new Int32Array(names.length + 2);
  names.forEach((name, state) => {
    if (kept === null || kept[state] === 1) rowOf[state] = states.push(name) - 1;
    else rowOf[state] = -1;
  });
  const others = names.length - states.length + (hasStart ? 1 : 0);
  if (others > 0) states.push(otherState);
  for (let state = 0; state < names.length; state++) if (rowOf[state] < 0) rowOf[state] = states.length - 1;
  rowOf[names.length] = 0;
  rowOf[names.length + 1] = states.push(endState) - 1;
  return { states, rowOf, others };
}

function countCells(
  { paths, members, origins, columns }: View,
  rowOf: Int32Array,
  states: readonly string[],
): Pick<StepMatrix, "counts" | "ends" | "flows"> {
  const { codes, starts } = paths;
  const empty = (): number[][] => states.map(() => new Array<number>(columns.length).fill(0));
  const [counts, ends] = [empty(), empty()];
  const rows = states.length;
  const [start, end] = [rowOf[rowOf.length - 2], rowOf[rowOf.length - 1]];
  const flows: StepFlow[] = [];
  const before = new Int32Array(members.length);
  columns.forEach((column, c) => {
    const moves = new Map<number, number>();
    for (let i = 0; i < members.length; i++) {
      const path = members[i];
      const at = origins[i] + column;
      const isOver = at >= starts[path + 1];
      const row = isOver ? end : at < starts[path] ? start : rowOf[codes[at]];
      counts[row][c]++;
      if (at === starts[path + 1] - 1) ends[row][c]++;
      if (c > 0 && !isOver) {
        const move = before[i] * rows + row;
        moves.set(move, (moves.get(move) ?? 0) + 1);
      }
      before[i] = row;
    }
    for (const [move, count] of [...moves].sort((a, b) => a[0] - b[0])) {
      flows.push({ step: column - 1, from: states[Math.floor(move / rows)], to: states[move % rows], count });
    }
  });
  return { counts, ends, flows };
}

function reachedOf({ paths, members, origins }: View, event: string, state: number): StepGoal {
  const { codes, starts } = paths;
  let reached = 0;
  for (let i = 0; i < members.length; i++) {
    const end = starts[members[i] + 1];
    let at = origins[i];
    while (at < end && codes[at] !== state) at++;
    if (at < end) reached++;
  }
  return { event, paths: reached, conversion: members.length === 0 ? null : reached / members.length };
}
