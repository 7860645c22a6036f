import type { PathTable } from "./paths.ts";

/** The latest steps at each point of each path: what a chain of higher order has for states. */
export interface Runs {
  /** The steps of each run, the latest last; the first run, of no step, is what a path begins with. */
  readonly runs: readonly (readonly number[])[];
  /** The run that each step ends. */
  readonly runAt: Uint32Array;
}

/**
 * Numbers the runs of at most `order` steps that occur in paths. Near the beginning of a path a run is as long as the path so far.
 *
 * @param paths - the paths.
 * @param order - the most steps of a run.
 * @param states - number of different steps.
 * @param isLeftOut - paths whose runs are not wanted; theirs are 0 in `runAt`.
 * @returns order 1: every step is a run, also one that never occurs; above: those that occur. Cost: one lookup per step.
 */
export function runsOf(
  { codes, starts }: Pick<PathTable, "codes" | "starts">,
  order: number,
  states: number,
  isLeftOut: (path: number) => boolean = () => false,
): Runs {
  const runAt = new Uint32Array(codes.length);
  if (order === 1) {
    for (let step = 0; step < codes.length; step++) runAt[step] = codes[step] + 1;
    return { runs: [[], ...Array.from({ length: states }, (_, state) => [state])], runAt };
  }
  const runs: (readonly number[])[] = [[]];
  const known = new Map<string, number>();
  const follows = new Map<number, number>();
  for (let path = 0; path + 1 < starts.length; path++) {
    if (isLeftOut(path)) continue;
    let run = 0;
    for (let step = starts[path]; step < starts[path + 1]; step++) {
      const edge = run * states + codes[step];
      let next = follows.get(edge);
      if (next === undefined) {
        const longer = [...runs[run], codes[step]].slice(-order);
        const key = longer.join();
        next = known.get(key) ?? runs.push(longer) - 1;
        known.set(key, next);
        follows.set(edge, next);
      }
      runAt[step] = run = next;
    }
  }
  return { runs, runAt };
}
