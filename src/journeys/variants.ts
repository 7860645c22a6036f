import type { PathTable } from "./paths.ts";

/** Different paths, each with how many paths are the same. */
export interface Variants {
  /** Position of each step in the states, variant after variant. */
  readonly codes: Uint32Array;
  /** Where each variant begins, then the number of steps. */
  readonly starts: Uint32Array;
  /** How many paths each variant is. */
  readonly weights: Uint32Array;
}

/**
 * Puts equal paths together, in the order in which each comes first. What is then counted per variant is counted once for
 * all customers who did the same.
 *
 * @param paths - any paths.
 * @returns at most as many variants as paths. Cost: one lookup per step; memory is linear in the steps.
 */
export function variantsOf({ states, codes, starts }: PathTable): Variants {
  const width = states.length;
  // A tree of beginnings: the node after a step is found by the node before it and the state.
  const nodes = new Map<number, number>();
  const variantAt = new Int32Array(codes.length + 1).fill(-1);
  const copied = new Uint32Array(codes.length);
  const firsts = new Uint32Array(starts.length);
  const weights = new Uint32Array(starts.length - 1);
  let found = 0;
  for (let path = 0; path + 1 < starts.length; path++) {
    let node = 0;
    for (let at = starts[path]; at < starts[path + 1]; at++) {
      const key = node * width + codes[at];
      let next = nodes.get(key);
      if (next === undefined) nodes.set(key, (next = nodes.size + 1));
      node = next;
    }
    if (variantAt[node] < 0) {
      variantAt[node] = found;
      copied.set(codes.subarray(starts[path], starts[path + 1]), firsts[found]);
      firsts[found + 1] = firsts[found] + starts[path + 1] - starts[path];
      found++;
    }
    weights[variantAt[node]]++;
  }
  return {
    codes: copied.subarray(0, firsts[found]),
    starts: firsts.subarray(0, found + 1),
    weights: weights.subarray(0, found),
  };
}

/** Compares two sequences of states step by step; a beginning comes before what goes on. */
export function compareSteps(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
