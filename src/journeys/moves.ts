import type { PathTable } from "./paths.ts";

/** All steps of all paths, those from the start and to the end included, path after path: one more than a path has steps. */
export interface Moves {
  /** The run, or the state, that is left: 0 = the start. */
  readonly from: Uint32Array;
  /** The state that follows: 1 … for the states, then the end. */
  readonly to: Uint32Array;
}

/**
 * Lists the steps of paths.
 *
 * @param paths - the paths; the move behind step s of path p is at s + p + 1.
 * @param runAt - the run that each step ends, see `runsOf`; default: its state, 1 … .
 * @returns where each move comes from and goes to. Cost: one pass over the steps.
 */
export function movesOf({ states, codes, starts }: PathTable, runAt?: Uint32Array): Moves {
  const paths = starts.length - 1;
  const from = new Uint32Array(codes.length + paths);
  const to = new Uint32Array(codes.length + paths);
  const [runs, shift] = runAt === undefined ? [codes, 1] : [runAt, 0];
  for (let path = 0; path < paths; path++) {
    const end = starts[path + 1];
    let run = 0;
    for (let step = starts[path]; step < end; step++) {
      from[step + path] = run;
      to[step + path] = codes[step] + 1;
      run = runs[step] + shift;
    }
    from[end + path] = run;
    to[end + path] = states.length + 1;
  }
  return { from, to };
}
