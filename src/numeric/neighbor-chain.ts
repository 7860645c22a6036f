/** Clusters in numbered slots, as the nearest-neighbor chain sees them. */
export interface ClusterSpace {
  /**
   * The slot nearest to `slot`: `previous` if none is nearer (−1 = no such wish), else the lowest of equally near ones.
   * Its distance is in {@link distance} afterwards.
   */
  nearest(slot: number, previous: number): number;
  /** Distance found by the last call of {@link nearest}. */
  readonly distance: number;
  /** Puts the union of both clusters into slot `into`; slot `from` is empty from now on. */
  merge(from: number, into: number, sizes: Float64Array): void;
}

/** Pairs of slots in the order they were merged. A slot stands for everything that was merged into it. */
export interface Merges {
  readonly from: Int32Array;
  readonly into: Int32Array;
  readonly heights: Float64Array;
}

/** Room for the merges of `rows` clusters. */
export function emptyMerges(rows: number): Merges {
  const count = Math.max(0, rows - 1);
  return { from: new Int32Array(count), into: new Int32Array(count), heights: new Float64Array(count) };
}

/**
 * Merges clusters until one is left by following nearest neighbors until two are nearest to each other.
 *
 * Gives the same tree as always merging the closest pair, if a union is never nearer to a third cluster than the nearer of
 * its parts (Ward, complete and average linkage). Equal distances are decided as in SciPy: a new chain begins at the lowest
 * slot, prefers the way it came from, else the lowest slot; the union takes the higher slot of the two.
 *
 * @param rows - slots 0 … rows − 1, each one row.
 * @param space - where the clusters are.
 * @returns rows − 1 merges, not in the order of their heights. Cost: about 3 · rows calls of `nearest`.
 * @see Müllner (2011), "Modern hierarchical, agglomerative clustering algorithms", figure 3; SciPy's `nn_chain`.
 */
export function mergeByChain(rows: number, space: ClusterSpace): Merges {
  const merges = emptyMerges(rows);
  const sizes = new Float64Array(rows).fill(1);
  const chain = new Int32Array(rows);
  let length = 0;
  let lowest = 0;
  for (let step = 0; step < rows - 1; step++) {
    if (length === 0) {
      while (sizes[lowest] === 0) lowest++;
      chain[length++] = lowest;
    }
    for (;;) {
      const previous = length > 1 ? chain[length - 2] : -1;
      const next = space.nearest(chain[length - 1], previous);
      if (next === previous) break;
      chain[length++] = next;
    }
    const [a, b] = [chain[length - 2], chain[length - 1]];
    length -= 2;
    const [from, into] = a < b ? [a, b] : [b, a];
    merges.from[step] = from;
    merges.into[step] = into;
    merges.heights[step] = space.distance;
    space.merge(from, into, sizes);
    sizes[into] += sizes[from];
    sizes[from] = 0;
  }
  return merges;
}
