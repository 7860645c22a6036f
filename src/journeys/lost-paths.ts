import type { Attempts } from "./funnel-attempts.ts";
import type { FunnelPlan } from "./funnel-plan.ts";
import type { PathTable } from "./paths.ts";

/** Pieces of paths as columns of positions; empty where `end` is not above `from`. */
export interface Stretches {
  readonly from: Uint32Array;
  readonly end: Uint32Array;
}

/** What those who went on and those who were lost did after the same place. */
export interface Gap {
  /** Name of the point that both had reached; null = the start of the path. */
  readonly after: string | null;
  /** Name of the point that only some reached; null = the goal. */
  readonly before: string | null;
  /** What the lost did until they left. */
  readonly lost: Stretches;
  /** What the others did until they went on. */
  readonly advanced: Stretches;
}

/** Where paths get lost. */
export interface LostPaths {
  /** What the points are called. */
  readonly names: readonly string[];
  /** Paths that reached each point. */
  readonly reached: Float64Array;
  /** Of these: those who got no further, but still may. */
  readonly pending: Float64Array;
  /** The point at which each lost path was lost. */
  readonly point: Int32Array;
  /** From where each lost path is watched: position of the entry. */
  readonly entry: Uint32Array;
  /** Position at which it reached its point. */
  readonly at: Uint32Array;
  /** Position of its last step. */
  readonly last: Uint32Array;
  /** From entry to conversion of each path that converted, that step included. */
  readonly converted: Stretches;
  /** What lies between points. */
  readonly gaps: readonly Gap[];
}

/** Collects stretches one by one. */
class StretchList {
  private readonly from: number[] = [];
  private readonly end: number[] = [];

  add(from: number, end: number): void {
    this.from.push(from);
    this.end.push(end);
  }

  columns(): Stretches {
    return { from: Uint32Array.from(this.from), end: Uint32Array.from(this.end) };
  }
}

/** Where attempts at a funnel get lost: at the last step that they reached, unless they are still in time. */
export function lostAtSteps(plan: FunnelPlan, attempts: Attempts): LostPaths {
  const { reach, starts, at, isOpen, entry } = attempts;
  const steps = plan.names.length;
  const reached = new Float64Array(steps);
  const pending = new Float64Array(steps);
  const converted = new StretchList();
  const lost = Array.from({ length: steps - 1 }, () => new StretchList());
  const advanced = Array.from({ length: steps - 1 }, () => new StretchList());
  const ends: Ends = { point: [], entry: [], at: [], last: [] };
  for (let i = 0; i < attempts.length; i++) {
    const first = starts[i];
    const far = reach[i];
    for (let step = 0; step < far; step++) reached[step]++;
    for (let step = 0; step + 1 < far; step++) advanced[step].add(at[first + step] + 1, at[first + step + 1]);
    const place = at[first + far - 1];
    if (far === steps) {
      converted.add(entry[i], place + 1);
    } else if (isOpen[i] === 1) {
      pending[far - 1]++;
    } else {
      const end = endOfWindow(attempts, plan.windowMs, i, place);
      lost[far - 1].add(place + 1, end);
      note(ends, far - 1, entry[i], place, end - 1);
    }
  }
  const gaps = lost.map((list, step): Gap => ({
    after: plan.names[step],
    before: plan.names[step + 1],
    lost: list.columns(),
    advanced: advanced[step].columns(),
  }));
  return { ...columnsOf(ends), names: plan.names, reached, pending, converted: converted.columns(), gaps };
}

/** Where an attempt ends: with its path, or with its window. */
function endOfWindow({ time, ends, path, entry }: Attempts, windowMs: number, attempt: number, place: number): number {
  const end = ends[path[attempt]];
  if (windowMs === Infinity) return end;
  let next = place + 1;
  while (next < end && time[next] - time[entry[attempt]] <= windowMs) next++;
  return next;
}

/**
 * Where paths that do not come to a goal get lost: at the state in which they end.
 *
 * @param paths - the paths.
 * @param isGoal - one byte per state.
 * @param ends - where each path ends.
 */
export function lostBeforeGoal(paths: PathTable, isGoal: Uint8Array, ends: Uint32Array): LostPaths {
  const { states, codes } = paths;
  const reached = new Float64Array(states.length);
  const firstAt = new Uint32Array(states.length);
  const seenIn = new Int32Array(states.length).fill(-1);
  const converted = new StretchList();
  const [lost, advanced] = [new StretchList(), new StretchList()];
  const lostEnds: Ends = { point: [], entry: [], at: [], last: [] };
  for (let path = 0; path < ends.length; path++) {
    const [from, end] = [paths.starts[path], ends[path]];
    let pos = from;
    for (; pos < end && isGoal[codes[pos]] === 0; pos++) {
      const state = codes[pos];
      if (seenIn[state] === path) continue;
      seenIn[state] = path;
      firstAt[state] = pos;
      reached[state]++;
    }
    if (pos < end) {
      converted.add(from, pos + 1);
      advanced.add(from, pos);
    } else if (end > from) {
      const state = codes[end - 1];
      note(lostEnds, state, from, firstAt[state], end - 1);
      lost.add(from, end);
    }
  }
  const pending = new Float64Array(states.length);
  const gaps = [{ after: null, before: null, lost: lost.columns(), advanced: advanced.columns() }];
  return { ...columnsOf(lostEnds), names: states, reached, pending, converted: converted.columns(), gaps };
}

interface Ends {
  readonly point: number[];
  readonly entry: number[];
  readonly at: number[];
  readonly last: number[];
}

function note(ends: Ends, point: number, entry: number, at: number, last: number): void {
  ends.point.push(point);
  ends.entry.push(entry);
  ends.at.push(at);
  ends.last.push(last);
}

function columnsOf({ point, entry, at, last }: Ends): Pick<LostPaths, keyof Ends> {
  return {
    point: Int32Array.from(point),
    entry: Uint32Array.from(entry),
    at: Uint32Array.from(at),
    last: Uint32Array.from(last),
  };
}
