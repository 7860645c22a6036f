import type { EventLog } from "../tables/event-log.ts";
import { bestWalk } from "./funnel-best-walks.ts";
import type { FunnelPlan } from "./funnel-plan.ts";
import { emptyAttempt, firstWalk } from "./funnel-walks.ts";
import { type PathTable, timesOf } from "./paths.ts";

/** All attempts at a funnel, path after path. */
export interface Attempts {
  /** Number of attempts that reached at least the first step. */
  readonly length: number;
  /** Steps that each reached. */
  readonly reach: Uint8Array;
  /** The path that each is in. */
  readonly path: Uint32Array;
  /** Position in the paths where the clock of each began. */
  readonly entry: Uint32Array;
  /** Where the positions of each begin in `at`. */
  readonly starts: Uint32Array;
  /** Position in the paths of each step reached, attempt after attempt. */
  readonly at: Uint32Array;
  /** 1 where the attempt may still lead further. */
  readonly isOpen: Uint8Array;
  /** Time of each position of the paths. */
  readonly time: Float64Array;
  /** Where each path ends for a reader at `asOf`. */
  readonly ends: Uint32Array;
  /** When one looks; −∞ for a log without events. */
  readonly asOf: number;
  /** Attempts that an excluded event removed. */
  readonly removed: number;
  /** Attempts that an excluded event ended, and that keep their steps. */
  readonly stopped: number;
  /** Steps of the paths that are later than `asOf`. */
  readonly later: number;
  /** Paths with a step up to `asOf`. */
  readonly paths: number;
}

/**
 * Makes every attempt at a funnel.
 *
 * @param log - the log of the paths.
 * @param paths - the paths.
 * @param plan - the funnel.
 * @param counting - one attempt per path, or one for every entry after the attempt before is over.
 * @param asOf - later steps are not read; default: the last event of the log.
 * @returns the attempts. Cost: one pass over the steps; two where entries are optimized and exclusions remove.
 */
export function attemptsOf(
  log: EventLog,
  paths: PathTable,
  plan: FunnelPlan,
  counting: "unique" | "total",
  asOf: number = latestOf(log),
): Attempts {
  const { codes } = paths;
  const time = timesOf(log, paths);
  const walked = { plan, codes, time, asOf };
  const steps = plan.takes.length;
  const attempt = emptyAttempt(steps);
  const walk = plan.optimized ? bestWalk(walked, emptyAttempt(steps)) : firstWalk(walked);
  const total = paths.starts.length - 1;
  const most = mostAttempts(codes, plan, counting === "unique" ? total : Infinity);
  const reach = new Uint8Array(most);
  const path = new Uint32Array(most);
  const entry = new Uint32Array(most);
  const isOpen = new Uint8Array(most);
  const starts = new Uint32Array(most + 1);
  // Events of steps in order are distinct; in any order one event may be several steps.
  const at = new Uint32Array(plan.order === "any" ? most * steps : Math.min(most * steps, codes.length));
  const ends = paths.starts.slice(1);
  let [length, filled, removed, stopped, later, inTime] = [0, 0, 0, 0, 0, 0];
  for (let p = 0; p < total; p++) {
    const from = paths.starts[p];
    let end = ends[p];
    while (end > from && time[end - 1] > asOf) end--;
    later += ends[p] - end;
    ends[p] = end;
    if (end > from) inTime++;
    for (let start = from; start < end; start = attempt.next) {
      walk(attempt, start, end);
      if (attempt.reach === 0) break;
      if (attempt.interrupted && plan.removes) {
        removed++;
      } else {
        if (attempt.interrupted) stopped++;
        reach[length] = attempt.reach;
        path[length] = p;
        entry[length] = attempt.entry;
        isOpen[length] = attempt.open ? 1 : 0;
        for (let step = 0; step < attempt.reach; step++) at[filled++] = attempt.at[step];
        starts[++length] = filled;
      }
      if (counting === "unique") break;
    }
  }
  return { length, reach, path, entry, starts, at, isOpen, time, ends, asOf, removed, stopped, later, paths: inTime };
}

/** No more attempts than events of the first step: each has one of its own. */
function mostAttempts(codes: Uint32Array, { takes }: FunnelPlan, most: number): number {
  let entries = 0;
  const first = takes[0];
  for (let pos = 0; pos < codes.length; pos++) entries += first[codes[pos]];
  return Math.min(entries, most);
}

/** The last event of each customer is the latest of theirs. */
function latestOf({ time, byCustomer: { starts } }: EventLog): number {
  let latest = -Infinity;
  for (let customer = 1; customer < starts.length; customer++) {
    const end = starts[customer];
    if (end > starts[customer - 1] && time[end - 1] > latest) latest = time[end - 1];
  }
  return latest;
}
