import { wilsonInterval } from "../numeric/intervals.ts";
import { quantilesInPlace } from "../numeric/select.ts";
import type { Attempts } from "./funnel-attempts.ts";
import type { FunnelPlan } from "./funnel-plan.ts";

/** One step of a funnel. Shares are from 0 to 1, and null where there is nothing to take a share of. */
export interface FunnelStep {
  /** The event type, or the name given. */
  readonly name: string;
  /** Paths (or entries) that reached it. */
  readonly count: number;
  /** `count` of those who reached the first step. */
  readonly conversionOverall: number | null;
  /** `count` of those who reached the step before; 1 at the first. */
  readonly conversionFromPrevious: number | null;
  /** Reached this step but not the next, the pending among them; 0 at the last. */
  readonly dropped: number;
  /** Of `dropped`: those whose window is still open, so that they may yet come. 0 without a window. */
  readonly pending: number;
  /** 95 % Wilson interval of `conversionOverall`. */
  readonly interval: readonly [number, number] | null;
  /** 95 % Wilson interval of `conversionFromPrevious`. */
  readonly intervalFromPrevious: readonly [number, number] | null;
  /** Median time from the step before, in milliseconds; null at the first. */
  readonly medianMs: number | null;
  /** Lower and upper quartile of that time (type 7). */
  readonly quartilesMs: readonly [number, number] | null;
  /** Median time from the first step, in milliseconds; null at the first. */
  readonly medianFromStartMs: number | null;
  /** Lower and upper quartile of that time. */
  readonly quartilesFromStartMs: readonly [number, number] | null;
  /** The same counts among those alone whose window is over: recent entries, still on their way, cannot lower these. */
  readonly closed: {
    /** Those of them who reached the step. */
    readonly count: number;
    /** Of those of them who reached the first step. */
    readonly conversionOverall: number | null;
    /** Of those of them who reached the step before. */
    readonly conversionFromPrevious: number | null;
  };
}

/**
 * Counts the steps of some attempts.
 *
 * @param plan - the funnel.
 * @param attempts - all attempts.
 * @param members - which of them.
 * @returns one entry per step. Cost: two passes over those who reached it for each step.
 */
export function stepsOf(plan: FunnelPlan, attempts: Attempts, members: Uint32Array): FunnelStep[] {
  const { reach, starts, at, time, isOpen } = attempts;
  const steps = plan.names.length;
  const horizonMs = horizonOf(plan);
  // How many got exactly so far, then how many at least so far.
  const [count, closed, open] = [0, 0, 0].map(() => new Float64Array(steps + 2));
  for (let m = 0; m < members.length; m++) {
    const i = members[m];
    count[reach[i]]++;
    if (isOpen[i] === 1) open[reach[i]]++;
    else if (horizonMs === Infinity || attempts.asOf - time[attempts.entry[i]] > horizonMs) closed[reach[i]]++;
  }
  for (const counts of [count, closed]) for (let step = steps - 1; step > 0; step--) counts[step] += counts[step + 1];
  const waits = new Float64Array(count[2] ?? 0);
  // Fewer with every step: those who are left of the members.
  const left = members.slice();
  let size = left.length;
  const goOn = (step: number): void => {
    let kept = 0;
    for (let m = 0; m < size; m++) if (reach[left[m]] > step) left[kept++] = left[m];
    size = kept;
  };
  const spreadSince = (step: number, earlier: number): Spread => {
    for (let m = 0; m < size; m++) {
      const first = starts[left[m]];
      waits[m] = time[at[first + step]] - time[at[first + earlier]];
    }
    return spreadOf(waits, size);
  };
  return plan.names.map((name, step) => {
    const n = count[step + 1];
    const previous = step === 0 ? n : count[step];
    const previousClosed = closed[Math.max(step, 1)];
    goOn(step);
    const [quartiles, median] = step === 0 ? [null, null] : spreadSince(step, step - 1);
    const [quartilesFromStart, medianFromStart] = step < 2 ? [copyOf(quartiles), median] : spreadSince(step, 0);
    return {
      name,
      count: n,
      conversionOverall: shareOf(n, count[1]),
      conversionFromPrevious: shareOf(n, previous),
      dropped: step + 1 < steps ? n - count[step + 2] : 0,
      pending: open[step + 1],
      interval: intervalOf(n, count[1]),
      intervalFromPrevious: intervalOf(n, previous),
      medianMs: median,
      quartilesMs: quartiles,
      medianFromStartMs: medianFromStart,
      quartilesFromStartMs: quartilesFromStart,
      closed: {
        count: closed[step + 1],
        conversionOverall: shareOf(closed[step + 1], closed[1]),
        conversionFromPrevious: shareOf(closed[step + 1], previousClosed),
      },
    };
  });
}

/** How long an entry can take; infinite without a limit, and where there is nothing to wait for. */
function horizonOf({ names, windowMs, stepWindowsMs }: FunnelPlan): number {
  if (names.length === 1) return Infinity;
  return Math.min(
    windowMs,
    stepWindowsMs.subarray(1).reduce((sum, window) => sum + window, 0),
  );
}

/** Quartiles and median; null of nothing. */
export type Spread = readonly [quartiles: readonly [number, number] | null, median: number | null];

/**
 * Quartiles and median of the first values of a buffer, which are moved.
 *
 * @param values - the buffer.
 * @param n - how many values it has.
 */
export function spreadOf(values: Float64Array, n: number): Spread {
  if (n === 0) return [null, null];
  const [low, median, high] = quantilesInPlace(values, 0, n, [0.25, 0.5, 0.75]);
  return [[low, high], median];
}

function copyOf(pair: readonly [number, number] | null): readonly [number, number] | null {
  return pair === null ? null : [pair[0], pair[1]];
}

/** A share, or null where there is nothing to take a share of. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The Wilson interval of a share, or null. */
export function intervalOf(successes: number, n: number): readonly [number, number] | null {
  return n === 0 ? null : wilsonInterval({ successes, n });
}
