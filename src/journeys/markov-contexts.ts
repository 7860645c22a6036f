import { refuse } from "../core/errors.ts";
import type { PathTable } from "./paths.ts";
import { squareOf } from "./transitions.ts";

/** What came before, and how often each state followed it. */
export interface MarkovContexts {
  /** The states before, the latest last: 0 = the start, 1 … the states, then the end. */
  readonly contexts: readonly (readonly number[])[];
  /** Per context, how often each state followed. */
  readonly counts: number[][];
}

/** More cells than these are refused: contexts times states. */
const mostCells = 1e8;

/**
 * Counts what follows each run of `order` states, and of fewer at the beginning of a path.
 *
 * @param paths - the paths.
 * @param order - number of states that a context has at most.
 * @returns order 1: all states as contexts, in order; above: the contexts that occur, in order of their states.
 * @throws {ClienteleError} `too-large` when contexts times states exceed 10⁸. Cost: one lookup per step and order.
 */
export function contextsOf(paths: PathTable, order: number): MarkovContexts {
  const width = paths.states.length + 2;
  const contexts = order === 1 ? Array.from({ length: width }, (_, state) => [state]) : undefined;
  const moves = movesOf(paths);
  if (contexts !== undefined) {
    const counts = squareOf(width);
    for (let move = 0; move < moves.to.length; move++) counts[moves.from[move]][moves.to[move]]++;
    return { contexts, counts };
  }
  return countLong(moves, order, width);
}

/** All steps of all paths, those from the start and to the end included. */
interface Moves {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** How many states of the path lie before each move, the start being one. */
  readonly depth: Uint32Array;
}

function movesOf({ states, codes, starts }: PathTable): Moves {
  const paths = starts.length - 1;
  const moves = codes.length + paths;
  const from = new Uint32Array(moves);
  const to = new Uint32Array(moves);
  const depth = new Uint32Array(moves);
  let at = 0;
  for (let path = 0; path < paths; path++) {
    let state = 0;
    for (let step = starts[path]; step <= starts[path + 1]; step++) {
      from[at] = state;
      depth[at] = step - starts[path] + 1;
      state = step === starts[path + 1] ? states.length + 1 : codes[step] + 1;
      to[at++] = state;
    }
  }
  return { from, to, depth };
}

/** Numbers the contexts by making them one state longer at a time. */
function countLong({ from, to, depth }: Moves, order: number, width: number): MarkovContexts {
  const ids = Uint32Array.from(from);
  for (let back = 1; back < order; back++) {
    const numbers = new Map<number, number>();
    for (let move = 0; move < ids.length; move++) {
      // The end is no state before another, so it can stand for "nothing this far back".
      const before = depth[move] > back ? from[move - back] : width - 1;
      const key = ids[move] * width + before;
      let id = numbers.get(key);
      if (id === undefined) numbers.set(key, (id = numbers.size));
      ids[move] = id;
    }
  }
  const examples: number[] = [];
  ids.forEach((id, move) => (examples[id] ??= move));
  const contexts = examples.map((move) => {
    const length = Math.min(order, depth[move]);
    return Array.from(from.subarray(move - length + 1, move + 1));
  });
  if (contexts.length * width > mostCells) {
    const expected = `a smaller order or fewer states: contexts times states may be ${mostCells} at most`;
    refuse("fitMarkov", "too-large", "options.order", expected, String(contexts.length * width));
  }
  const sorted = contexts.map((_, id) => id).sort((a, b) => compareLists(contexts[a], contexts[b]));
  const rowOf = new Uint32Array(contexts.length);
  sorted.forEach((id, row) => (rowOf[id] = row));
  const counts = contexts.map(() => new Array<number>(width).fill(0));
  for (let move = 0; move < to.length; move++) counts[rowOf[ids[move]]][to[move]]++;
  return { contexts: sorted.map((id) => contexts[id]), counts };
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
