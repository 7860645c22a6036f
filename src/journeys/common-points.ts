import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real, textOrTexts } from "../core/options.ts";
import { dominatorsOf } from "../numeric/dominators.ts";
import { wilsonInterval } from "../numeric/intervals.ts";
import { quantilesInPlace } from "../numeric/select.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type PathOptions, pathOptions, pathsOf, type PathTable, timesOf, withGoals } from "./paths.ts";

/** Options of {@link measureCommonPoints}. */
export interface MeasureCommonPointsOptions extends PathOptions {
  /** Event type, or types, that are the goal. */
  readonly goal: string | readonly string[];
  /** Least share of the converting paths that pass a point, above 0 up to 1. Default: 1, all of them. */
  readonly share?: number | undefined;
  /** 1 − level of the intervals. Default: 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link measureCommonPoints}. */
export const measureCommonPointsOptions: OptionTable<MeasureCommonPointsOptions, "per" | "states"> = {
  ...pathOptions,
  goal: textOrTexts(),
  share: real({ above: 0, max: 1, default: 1 }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** An event that most paths to the goal pass. */
export interface CommonPoint {
  /** Event type. */
  readonly event: string;
  /** Converting paths that pass it before the goal. */
  readonly paths: number;
  /** Share of all converting paths. */
  readonly share: number;
  /** Wilson interval of this share. */
  readonly interval: readonly [number, number];
  /** Other paths that pass it before they end. */
  readonly otherPaths: number;
  /** Share of all other paths; null without any. */
  readonly otherShare: number | null;
  /** Wilson interval of that share; null alike. */
  readonly otherInterval: readonly [number, number] | null;
  /** `share / otherShare`: about 1 for what everybody passes; null when no other path passes it, or there is none. */
  readonly lift: number | null;
  /** Whether the goal cannot be reached without it along steps that were ever seen. */
  readonly dominator: boolean;
  /** Median time from the first pass to the goal, in milliseconds. */
  readonly medianMsBefore: number;
}

/** What {@link measureCommonPoints} finds. */
export interface CommonPointsReport {
  /** Paths that reach the goal. */
  readonly converting: number;
  /** Paths that do not. */
  readonly others: number;
  /** Converting paths that begin with the goal, and so pass nothing before it. */
  readonly goalFirst: number;
  /** Events that enough converting paths pass, those first that set converting paths apart the most. */
  readonly points: readonly CommonPoint[];
  /** Events that cannot be avoided, in the order in which every path passes them first. */
  readonly dominators: readonly string[];
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but no step. */
  readonly emptied: number;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

const fewPaths = 30;

/**
 * Finds the points that customers pass on the way to a goal: what all converting paths, or a share of them, have in common
 * before the goal is reached for the first time.
 *
 * What everybody passes anyway, such as a landing page, is a common point too, but tells nothing: points are ranked by their
 * lift over the paths that did not convert, of which everything up to their end counts. A dominator is more than a point of
 * all converting paths: also a walk that changes from one path to another at an event they share cannot go around it.
 *
 * @param log - the events, sorted as always.
 * @param options - the goal is required.
 * @returns points with their evidence, and the dominators.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log or a partition that is not one of it; `invalid-option` for a
 * state that is listed twice; `invalid-value` for an event called `(start)` or `(end)`. Cost: linear in the rows.
 * @example
 * const events = [["ann", "home"], ["ann", "search"], ["ann", "cart"], ["ann", "paid"], ["bob", "home"], ["bob", "cart"], ["bob", "paid"], ["cat", "home"]];
 * const { log } = readEvents(events.map(([who, what], at) => ({ who, what, at })), { customer: "who", type: "what", time: "at" });
 * const { points, dominators } = measureCommonPoints(log, { goal: "paid" });
 * points.map(({ event, lift }) => [event, lift]); // [["cart", null], ["home", 1]]
 * dominators; // ["home", "cart"]
 */
export function measureCommonPoints(log: EventLog, options: MeasureCommonPointsOptions): CommonPointsReport {
  const caller = "measureCommonPoints";
  const { goal, share, alpha, states, ...read } = readOptions(caller, measureCommonPointsOptions, options);
  const goals = typeof goal === "string" ? [goal] : goal;
  const paths = pathsOf(caller, log, { ...read, states: withGoals(states, goals) });
  const named = new Set(goals);
  const isGoal = paths.states.map((name) => named.has(name));
  const approaches = approachesOf(paths, isGoal);
  const { ends, converts } = approaches;
  const converting = converts.reduce((sum, flag) => sum + flag, 0);
  const others = converts.length - converting;
  const { passing, otherPassing } = passesOf(paths, approaches);
  const dominators = dominatorsBefore(paths, approaches) ?? [];
  const isDominator = new Set(dominators);
  const common = Array.from(passing.keys()).filter(
    (state) => passing[state] > 0 && passing[state] / converting >= share,
  );
  const medians = mediansBefore(log, paths, approaches, { common, passing });
  const points = common.map((state, i): CommonPoint => {
    const [count, otherPaths] = [passing[state], otherPassing[state]];
    return {
      event: paths.states[state],
      paths: count,
      share: count / converting,
      interval: wilsonInterval({ successes: count, n: converting }, alpha),
      otherPaths,
      otherShare: others === 0 ? null : otherPaths / others,
      otherInterval: others === 0 ? null : wilsonInterval({ successes: otherPaths, n: others }, alpha),
      lift: otherPaths === 0 ? null : count / converting / (otherPaths / others),
      dominator: isDominator.has(state),
      medianMsBefore: medians[i],
    };
  });
  const goalFirst = converts.reduce((sum, flag, p) => sum + (flag === 1 && ends[p] === paths.starts[p] ? 1 : 0), 0);
  return {
    converting,
    others,
    goalFirst,
    points: points.sort(byLift),
    dominators: dominators.map((state) => paths.states[state]),
    ignored: paths.ignored,
    emptied: paths.emptied,
    notes: notesOf({ converting, others, goalFirst, points }),
  };
}

/** The greatest lift first, no lift above all; the order of the states decides ties. */
function byLift(a: CommonPoint, b: CommonPoint): number {
  const [first, second] = [a.lift ?? Infinity, b.lift ?? Infinity];
  return first === second ? b.share - a.share : second - first;
}

/** The part of each path that counts: up to the goal, or all of it. */
interface Approaches {
  /** Step at which each path reaches the goal; where it ends if it does not. */
  readonly ends: Uint32Array;
  /** 1 for paths that reach it. */
  readonly converts: Uint8Array;
}

function approachesOf({ codes, starts }: PathTable, isGoal: readonly boolean[]): Approaches {
  const total = starts.length - 1;
  const ends = new Uint32Array(total);
  const converts = new Uint8Array(total);
  for (let path = 0; path < total; path++) {
    let step = starts[path];
    while (step < starts[path + 1] && !isGoal[codes[step]]) step++;
    ends[path] = step;
    converts[path] = step < starts[path + 1] ? 1 : 0;
  }
  return { ends, converts };
}

/** For each state, how many converting paths and how many others pass it. */
function passesOf(
  { states, codes, starts }: PathTable,
  { ends, converts }: Approaches,
): { passing: Uint32Array; otherPassing: Uint32Array } {
  const passing = new Uint32Array(states.length);
  const otherPassing = new Uint32Array(states.length);
  const lastPath = new Int32Array(states.length).fill(-1);
  for (let path = 0; path < ends.length; path++) {
    const counts = converts[path] === 1 ? passing : otherPassing;
    for (let step = starts[path]; step < ends[path]; step++) {
      if (lastPath[codes[step]] === path) continue;
      lastPath[codes[step]] = path;
      counts[codes[step]]++;
    }
  }
  return { passing, otherPassing };
}

/** States without which the goal is not reached along the steps of all paths; null when it never is. */
function dominatorsBefore({ states, codes, starts }: PathTable, { ends, converts }: Approaches): number[] | null {
  const [source, target] = [states.length, states.length + 1];
  const most = codes.length + ends.length;
  const [from, to] = [new Uint32Array(most), new Uint32Array(most)];
  let edges = 0;
  for (let path = 0; path < ends.length; path++) {
    let state = source;
    for (let step = starts[path]; step < ends[path]; step++) {
      from[edges] = state;
      to[edges++] = codes[step];
      state = codes[step];
    }
    if (converts[path] === 0) continue;
    from[edges] = state;
    to[edges++] = target;
  }
  return dominatorsOf(states.length + 2, from.subarray(0, edges), to.subarray(0, edges), source, target);
}

/** Median time from the first pass of each common state to the goal. */
function mediansBefore(
  log: EventLog,
  paths: PathTable,
  { ends, converts }: Approaches,
  { common, passing }: { common: readonly number[]; passing: Uint32Array },
): number[] {
  const { states, codes, starts } = paths;
  const time = timesOf(log, paths);
  const next = new Int32Array(states.length).fill(-1);
  let size = 0;
  for (const state of common) {
    next[state] = size;
    size += passing[state];
  }
  const gaps = new Float64Array(size);
  const lastPath = new Int32Array(states.length).fill(-1);
  for (let path = 0; path < ends.length; path++) {
    if (converts[path] === 0) continue;
    for (let step = starts[path]; step < ends[path]; step++) {
      const state = codes[step];
      if (next[state] < 0 || lastPath[state] === path) continue;
      lastPath[state] = path;
      gaps[next[state]++] = time[ends[path]] - time[step];
    }
  }
  return common.map((state) => quantilesInPlace(gaps, next[state] - passing[state], next[state], [0.5])[0]);
}

function notesOf({
  converting,
  others,
  goalFirst,
  points,
}: Pick<CommonPointsReport, "converting" | "others" | "goalFirst" | "points">): Note[] {
  const notes: Note[] = [];
  if (converting === 0) {
    notes.push({ code: "no-conversion", message: "No path reaches the goal." });
    return notes;
  }
  if (converting < fewPaths) {
    notes.push({
      code: "few-rows",
      message: `Only ${converting} paths reach the goal; what they share may be chance.`,
    });
  }
  if (others === 0) {
    notes.push({ code: "no-other-paths", message: "Every path reaches the goal; nothing says what sets them apart." });
  }
  if (goalFirst > 0) {
    notes.push({
      code: "goal-first",
      message: `${goalFirst} converting paths begin with the goal and pass nothing before.`,
    });
  }
  if (points.length === 0) {
    notes.push({ code: "nothing-common", message: "No event is passed by enough converting paths; lower the share." });
  }
  return notes;
}
