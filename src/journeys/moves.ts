import { type NumberedPairs, numberPairs, wholeTable } from "../numeric/pair-counts.ts";
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

/** Paths per call of a loop: a function that is called often is compiled once and for good. */
export const pathBlock = 512;

/**
 * Numbers the cells that the steps of paths fall in, in a table of the states, the start and the end.
 *
 * @param paths - the paths; the move behind step s of path p is at s + p + 1.
 * @returns as `numberPairs` of {@link movesOf}, in one pass over the steps where the table is small.
 */
export function numberMoves(paths: PathTable): NumberedPairs {
  const width = paths.states.length + 2;
  const table = wholeTable(width, width);
  if (table === undefined) {
    const { from, to } = movesOf(paths);
    return numberPairs(from, to, width, width);
  }
  const count = paths.starts.length - 1;
  const cellAt = new Uint32Array(paths.codes.length + count);
  for (let path = 0; path < count; path += pathBlock) {
    numberWithin(paths, width, cellAt, path, Math.min(count, path + pathBlock));
  }
  return { ...table, cellAt };
}

function numberWithin(
  { codes, starts }: PathTable,
  width: number,
  cellAt: Uint32Array,
  first: number,
  last: number,
): void {
  let step = starts[first];
  for (let path = first; path < last; path++) {
    const end = starts[path + 1];
    let row = 0;
    for (; step < end; step++) {
      const state = codes[step] + 1;
      cellAt[step + path] = row + state;
      row = state * width;
    }
    cellAt[end + path] = row + width - 1;
  }
}
