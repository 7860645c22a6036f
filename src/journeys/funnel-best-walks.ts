import type { FunnelPlan } from "./funnel-plan.ts";
import { type Attempt, firstWalk, isOpen, type Walk, type Walked } from "./funnel-walks.ts";

/**
 * Looks for the attempt that leads furthest in a stretch without excluded events; of equals, the one that got there first.
 * `endsAt` is when the stretch is cut off: where it is finite, only attempts whose window had closed by then count. Tells
 * whether an attempt is still open.
 */
type Search = (attempt: Attempt, from: number, to: number, endsAt: number) => boolean;

/**
 * The attempt of a path that leads furthest, whichever entry it begins with. Excluded events cut the path into stretches that
 * no attempt crosses; where they remove, an attempt that one of them found unfinished counts for nothing.
 */
export function bestWalk(walked: Walked, scratch: Attempt): Walk {
  const { plan, codes, time } = walked;
  const { takes, ends, removes, order } = plan;
  const steps = takes.length;
  const search = order === "sequential" ? sequentialSearch(walked) : order === "strict" ? strictSearch(walked) : anySearch(walked); // prettier-ignore
  return (attempt, from, to) => {
    attempt.reach = 0;
    attempt.interrupted = false;
    attempt.open = false;
    let cutEntries = false;
    for (let start = from; start < to && attempt.reach < steps;) {
      let end = start;
      while (end < to && ends[codes[end]] === 0) end++;
      attempt.open = search(scratch, start, end, Infinity) && end === to;
      if (removes && end < to && scratch.reach > 0 && scratch.reach < steps) {
        search(scratch, start, end, time[end]);
        if (scratch.reach === 0) cutEntries = true;
      }
      if (scratch.reach > attempt.reach) {
        attempt.reach = scratch.reach;
        attempt.entry = scratch.entry;
        attempt.at.set(scratch.at);
        attempt.interrupted = end < to && time[end] - time[scratch.entry] <= plan.windowMs;
      }
      start = end + 1;
    }
    if (attempt.reach === steps) attempt.interrupted = attempt.open = false;
    // Nothing is left of a path all of whose attempts were cut.
    if (attempt.reach === 0 && cutEntries) {
      attempt.interrupted = true;
      attempt.reach = 1;
    }
    attempt.next = to;
  };
}

/**
 * One pass. For each step the latest chain of events that reached it is enough: a later chain never began earlier, so whatever
 * an older one could still reach in time, it can.
 */
function sequentialSearch(walked: Walked): Search {
  const { plan, codes, time } = walked;
  const { takes, isStep, windowMs, stepWindowsMs } = plan;
  const steps = takes.length;
  const chains = takes.map(() => new Uint32Array(steps));
  const isThere = new Uint8Array(steps);
  return (attempt, from, to, endsAt) => {
    attempt.reach = 0;
    isThere.fill(0);
    for (let pos = from; pos < to && attempt.reach < steps; pos++) {
      const code = codes[pos];
      if (isStep[code] === 0) continue;
      const now = time[pos];
      // From the last step down, so that one event takes one step of a chain.
      for (let step = steps - 1; step > 0; step--) {
        if (isThere[step - 1] === 0 || takes[step][code] === 0) continue;
        const before = chains[step - 1];
        if (now - time[before[0]] > windowMs || now - time[before[step - 1]] > stepWindowsMs[step]) continue;
        const chain = chains[step];
        for (let i = 0; i < step; i++) chain[i] = before[i];
        chain[step] = pos;
        isThere[step] = 1;
        keepChain(attempt, chain, step + 1);
      }
      if (takes[0][code] === 1 && mayBegin(plan, now, endsAt)) {
        chains[0][0] = pos;
        isThere[0] = 1;
        keepChain(attempt, chains[0], 1);
      }
    }
    for (let step = 1; step < steps; step++) {
      const chain = chains[step - 1];
      if (isThere[step - 1] === 1 && isOpen(walked, time[chain[0]], time[chain[step - 1]], step)) return true;
    }
    return false;
  };
}

function keepChain(attempt: Attempt, chain: Uint32Array, reach: number): void {
  if (reach <= attempt.reach) return;
  attempt.reach = reach;
  attempt.entry = chain[0];
  for (let step = 0; step < reach; step++) attempt.at[step] = chain[step];
}

/** Whether an attempt that begins now has its window closed before the stretch is cut off. */
function mayBegin({ windowMs }: FunnelPlan, now: number, endsAt: number): boolean {
  return endsAt === Infinity || endsAt - now > windowMs;
}

function strictSearch(walked: Walked): Search {
  const { plan, codes, time } = walked;
  const { takes, windowMs, stepWindowsMs } = plan;
  const steps = takes.length;
  return (attempt, from, to, endsAt) => {
    attempt.reach = 0;
    let last = -1;
    for (let entry = from; entry < to && attempt.reach < steps; entry++) {
      if (takes[0][codes[entry]] === 0) continue;
      if (!mayBegin(plan, time[entry], endsAt)) break;
      last = entry;
      let reach = 1;
      for (let pos = entry + 1; reach < steps && pos < to; pos++) {
        const late = time[pos] - time[entry] > windowMs || time[pos] - time[pos - 1] > stepWindowsMs[reach];
        if (late || takes[reach][codes[pos]] === 0) break;
        reach++;
      }
      if (reach <= attempt.reach) continue;
      attempt.reach = reach;
      attempt.entry = entry;
      for (let step = 0; step < reach; step++) attempt.at[step] = entry + step;
    }
    return last >= 0 && isOpen(walked, time[last], time[last], 0);
  };
}

/** A window slides over the events; the first attempt from where it held most steps is the one. */
function anySearch(walked: Walked): Search {
  const { plan, codes, time } = walked;
  const { takes, isStep, windowMs } = plan;
  const steps = takes.length;
  const counts = new Uint32Array(steps);
  const walk = firstWalk(walked);
  return (attempt, from, to, endsAt) => {
    counts.fill(0);
    let [left, prefix, best, bestLeft, last] = [from, 0, 0, to, -1];
    for (let pos = from; pos < to && best < steps; pos++) {
      if (isStep[codes[pos]] === 0) continue;
      last = pos;
      for (let step = 0; step < steps; step++) counts[step] += takes[step][codes[pos]];
      while (time[pos] - time[left] > windowMs || isStep[codes[left]] === 0) {
        for (let step = 0; step < steps; step++) {
          counts[step] -= takes[step][codes[left]];
          if (counts[step] === 0 && step < prefix) prefix = step;
        }
        left++;
      }
      while (prefix < steps && counts[prefix] > 0) prefix++;
      if (prefix <= best) continue;
      if (!mayBegin(plan, time[left], endsAt)) break;
      best = prefix;
      bestLeft = left;
    }
    walk(attempt, bestLeft, to);
    return last >= 0 && isOpen(walked, time[last], time[last], 0);
  };
}
