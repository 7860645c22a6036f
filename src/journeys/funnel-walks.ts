import type { FunnelPlan } from "./funnel-plan.ts";

/** What a walk is made on: the steps of all paths, as codes with their times. */
export interface Walked {
  readonly plan: FunnelPlan;
  readonly codes: Uint32Array;
  readonly time: Float64Array;
  /** When one looks. */
  readonly asOf: number;
}

/** One attempt at a funnel; a walk fills it, and the caller reads it before the next walk. */
export interface Attempt {
  /** Steps reached; 0 = there was no entry. */
  reach: number;
  /** Where the clock began. */
  entry: number;
  /** Where each step was reached, up to `reach`; in any order where the first steps were all there. */
  readonly at: Uint32Array;
  /** Whether an excluded event ended it. */
  interrupted: boolean;
  /** Whether it, or another one of the path, may still lead further after `asOf`. */
  open: boolean;
  /** From where a next attempt may begin. */
  next: number;
}

/** An attempt at `steps` steps, not yet made. */
export function emptyAttempt(steps: number): Attempt {
  return { reach: 0, entry: 0, at: new Uint32Array(steps), interrupted: false, open: false, next: 0 };
}

/** Fills an attempt with the first one that begins in a range of a path. */
export type Walk = (attempt: Attempt, from: number, to: number) => void;

/** The first attempt of a path by the order of a plan: the clock runs from the first entry. */
export function firstWalk(walked: Walked): Walk {
  const { order } = walked.plan;
  return order === "sequential" ? sequentialWalk(walked) : order === "strict" ? strictWalk(walked) : anyWalk(walked);
}

/**
 * Whether an attempt is still in time at `asOf`. Without a limit there is nothing to wait for: such an attempt is not open.
 *
 * @param walked - the paths, and when one looks.
 * @param began - time of its entry.
 * @param last - time of its last step.
 * @param step - the step it waits for.
 */
export function isOpen(walked: Walked, began: number, last: number, step: number): boolean {
  const { plan, asOf } = walked;
  const { windowMs } = plan;
  // Strict attempts are renewed within the window, whatever the time since the last step.
  const stepWindowMs = plan.order === "strict" ? Infinity : plan.stepWindowsMs[step];
  return (windowMs < Infinity || stepWindowMs < Infinity) && asOf - began <= windowMs && asOf - last <= stepWindowMs;
}

function sequentialWalk(walked: Walked): Walk {
  const { plan, codes, time } = walked;
  const { takes, ends, windowMs, stepWindowsMs } = plan;
  const steps = takes.length;
  return (attempt, from, to) => {
    const { at } = attempt;
    begin(attempt, takes[0], codes, from, to);
    if (attempt.entry === to) return;
    const began = time[attempt.entry];
    let last = began;
    let reach = 1;
    let pos = attempt.entry + 1;
    at[0] = attempt.entry;
    for (; reach < steps && pos < to; pos++) {
      const now = time[pos];
      if (now - began > windowMs || now - last > stepWindowsMs[reach]) break;
      const code = codes[pos];
      if (takes[reach][code] === 1) {
        at[reach++] = pos;
        last = now;
      } else if (ends[code] === 1) {
        attempt.interrupted = true;
        pos++;
        break;
      }
    }
    attempt.reach = reach;
    attempt.next = pos;
    attempt.open = reach < steps && !attempt.interrupted && isOpen(walked, began, last, reach);
  };
}

function strictWalk(walked: Walked): Walk {
  const { plan, codes, time } = walked;
  const { takes, ends, windowMs, stepWindowsMs } = plan;
  const steps = takes.length;
  return (attempt, from, to) => {
    begin(attempt, takes[0], codes, from, to);
    if (attempt.entry === to) return;
    const began = time[attempt.entry];
    let pos = attempt.entry;
    for (; pos < to && time[pos] - began <= windowMs; pos++) {
      if (ends[codes[pos]] === 1) {
        attempt.interrupted = true;
        pos++;
        break;
      }
      const reach = runFrom(pos, to, began);
      keepRun(attempt, pos, reach);
      if (reach === steps) {
        pos += steps;
        break;
      }
    }
    attempt.next = pos;
    attempt.open = attempt.reach < steps && !attempt.interrupted && isOpen(walked, began, began, attempt.reach);
  };

  /** Steps taken by the events from a place on, each the next of the one before. */
  function runFrom(pos: number, to: number, began: number): number {
    if (takes[0][codes[pos]] === 0) return 0;
    let reach = 1;
    for (let next = pos + 1; reach < steps && next < to; next++) {
      const late = time[next] - began > windowMs || time[next] - time[next - 1] > stepWindowsMs[reach];
      if (late || takes[reach][codes[next]] === 0) break;
      reach++;
    }
    return reach;
  }
}

/** Keeps a run of neighbors if it leads further than what is known. */
function keepRun(attempt: Attempt, pos: number, reach: number): void {
  if (reach <= attempt.reach) return;
  attempt.reach = reach;
  for (let step = 0; step < reach; step++) attempt.at[step] = pos + step;
}

function anyWalk(walked: Walked): Walk {
  const { plan, codes, time } = walked;
  const { takes, isStep, ends, windowMs } = plan;
  const steps = takes.length;
  const isThere = new Uint8Array(steps);
  return (attempt, from, to) => {
    const { at } = attempt;
    let start = from;
    // An attempt in whose window the first step never comes is no entry.
    do {
      begin(attempt, isStep, codes, start, to);
      if (attempt.entry === to) return;
      isThere.fill(0);
      const began = time[attempt.entry];
      let reach = 0;
      let pos = attempt.entry;
      for (; reach < steps && pos < to && time[pos] - began <= windowMs; pos++) {
        const code = codes[pos];
        if (ends[code] === 1) {
          attempt.interrupted = true;
          pos++;
          break;
        }
        if (isStep[code] === 0) continue;
        for (let step = reach; step < steps; step++) isThere[step] |= takes[step][code];
        while (reach < steps && isThere[reach] === 1) at[reach++] = pos;
      }
      attempt.reach = reach;
      attempt.next = start = pos;
      attempt.open = reach < steps && !attempt.interrupted && isOpen(walked, began, began, reach);
    } while (attempt.reach === 0);
  };
}

/** Finds the entry; it is at `to` where there is none. */
function begin(attempt: Attempt, mask: Uint8Array, codes: Uint32Array, from: number, to: number): void {
  attempt.reach = 0;
  attempt.interrupted = false;
  attempt.open = false;
  let entry = from;
  while (entry < to && mask[codes[entry]] === 0) entry++;
  attempt.entry = attempt.next = entry;
}
