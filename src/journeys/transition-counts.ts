import type { Accumulator } from "../core/accumulate.ts";
import { entriesOf, isRecord, lookUp, put } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { countPairs } from "../numeric/pair-counts.ts";
import { countTables, refuseManyStates, totalsOf } from "./count-tables.ts";
import { checkStates, endState, startState } from "./paths.ts";
import type { TransitionCounts } from "./transitions.ts";

/** An event, as {@link transitionCounts} takes it. */
export interface TransitionStep {
  /** Whose path it belongs to: a customer, a session, a device. */
  readonly customer: string;
  /** The state; an event of another type is left out and counted. */
  readonly type: string;
  /** Epoch milliseconds, UTC; when given, a path that goes back in time is refused instead of counted. */
  readonly time?: number | undefined;
}

/** What {@link transitionCounts} remembers; plain JSON. */
export interface TransitionCountsState {
  /** For each state but the end, how often each position in `states` follows it within the events seen. */
  moves: Record<string, number>[];
  /** The ends of each path so far. */
  customers: Record<string, PathEnds>;
  /** Events of other types. */
  ignored: number;
}

/** The first and the last step of a path, as positions in `states`. */
export interface PathEnds {
  /** The first step. */
  first: number;
  /** The last step. */
  last: number;
  /** Time of the first step; null = not given. */
  from: number | null;
  /** Time of the last step; null = not given. */
  to: number | null;
}

const add = "transitionCounts.add";
const merge = "transitionCounts.merge";

/**
 * {@link countTransitions} as a sum: in a loop, on a stream, in workers that have a part of the time each. A state keeps the
 * first and the last step of every path, so a path that is cut between two shards loses nothing: merged in the order of time
 * the parts give what one pass gives.
 *
 * @param states - the event types that are steps, in the order of the result.
 * @returns an accumulator of steps; the steps of a path must come in the order of time, and the order of the arguments of
 * `merge` is that of time as well. Repeated steps count, as with `selfLoops: "keep"`.
 * @throws {ClienteleError} `shape-mismatch`, `invalid-option` or `too-large` for states that cannot be used; adding refuses a
 * step without customer or type and, where times are given, a path that goes back in time (`invalid-value`). Cost: one lookup
 * per step; a state grows with the paths and the pairs that occur.
 * @example
 * const counts = transitionCounts(["home", "cart"]);
 * const monday = counts.add(counts.init(), { customer: "ann", type: "home" });
 * const tuesday = counts.add(counts.init(), { customer: "ann", type: "cart" });
 * counts.finish(counts.merge(monday, tuesday)).counts;
 * // [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
 */
export function transitionCounts(
  states: readonly string[],
): Accumulator<TransitionStep, TransitionCountsState, TransitionCounts> {
  const caller = "transitionCounts";
  if (!isTextList(states)) refuse(caller, "shape-mismatch", "states", "a list of strings", describeValue(states));
  const names = checkStates(caller, "states", states);
  refuseManyStates(caller, names.length);
  const positions = new Map(names.map((name, i) => [name, i]));
  return {
    init: () => ({ moves: names.map(() => ({})), customers: {}, ignored: 0 }),
    add(state, step) {
      const { customer, type, time } = readStep(step);
      const position = positions.get(type);
      if (position === undefined) {
        state.ignored++;
        return state;
      }
      const path = lookUp(state.customers, customer);
      if (path === undefined) {
        put(state.customers, customer, { first: position, last: position, from: time, to: time });
        return state;
      }
      if (isBefore(time, path.to))
        refuse(add, "invalid-value", "step.time", "not before the step before", "an earlier time");
      follow(state.moves, path.last, position);
      path.last = position;
      path.to = time ?? path.to;
      path.from ??= time;
      return state;
    },
    merge(a, b) {
      const merged = structuredClone(a);
      merged.ignored += b.ignored;
      b.moves.forEach((row, from) => {
        for (const [to, count] of Object.entries(row)) follow(merged.moves, from, Number(to), count);
      });
      for (const [customer, later] of entriesOf(b.customers)) {
        const path = lookUp(merged.customers, customer);
        if (path === undefined) {
          put(merged.customers, customer, { ...later });
          continue;
        }
        if (isBefore(later.from, path.to)) {
          refuse(merge, "invalid-value", "b.customers", "paths that go on where those of a end", "an earlier time");
        }
        follow(merged.moves, path.last, later.first);
        path.last = later.last;
        path.to = later.to ?? path.to;
        path.from ??= later.from;
      }
      return merged;
    },
    finish({ moves, customers, ignored }) {
      const pairs: { from: number[]; to: number[]; count: number[] } = { from: [], to: [], count: [] };
      const push = (from: number, to: number, count: number): void => {
        pairs.from.push(from);
        pairs.to.push(to);
        pairs.count.push(count);
      };
      moves.forEach((row, from) => {
        for (const [to, count] of Object.entries(row)) push(from + 1, Number(to) + 1, count);
      });
      let paths = 0;
      for (const [, { first, last }] of entriesOf(customers)) {
        push(0, first + 1, 1);
        push(last + 1, names.length + 1, 1);
        paths++;
      }
      const width = names.length + 2;
      const counted = countPairs(Uint32Array.from(pairs.from), Uint32Array.from(pairs.to), width, width, Float64Array.from(pairs.count)); // prettier-ignore
      const totals = totalsOf(counted);
      return {
        states: [startState, ...names, endState],
        ...countTables(counted, totals, width),
        totals,
        paths,
        ignored,
      };
    },
  };
}

/** Adds to how often one state follows another; the keys are positions, so no name can be taken for a property. */
function follow(moves: Record<string, number>[], from: number, to: number, count = 1): void {
  const row = moves[from];
  row[to] = (row[to] ?? 0) + count;
}

function isBefore(time: number | null, last: number | null): boolean {
  return time !== null && last !== null && time < last;
}

function readStep(step: TransitionStep): { customer: string; type: string; time: number | null } {
  if (!isRecord(step)) refuse(add, "shape-mismatch", "step", "{ customer, type }", describeValue(step));
  const { customer, type, time } = step;
  if (typeof customer !== "string" || customer === "") {
    refuse(add, "invalid-value", "step.customer", "a non-empty string", describeCell(customer));
  }
  if (typeof type !== "string") refuse(add, "invalid-value", "step.type", "a string", describeCell(type));
  if (time !== undefined && !Number.isFinite(time)) {
    refuse(add, "invalid-value", "step.time", "a finite number", describeValue(time));
  }
  return { customer, type, time: time ?? null };
}
