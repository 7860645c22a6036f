import type { Merges } from "./neighbor-chain.ts";
import { unionFind } from "./union-find.ts";

/** A merge: two clusters (rows are 0 … n − 1, the union of merge i is n + i), the lower first; height; rows of the union. */
export type Merge = readonly [a: number, b: number, height: number, size: number];

/**
 * Numbers merges in the order of their heights, equal heights in the order given: the linkage matrix of SciPy.
 *
 * @param rows - how many rows there are.
 * @param merges - rows − 1 pairs of rows, each standing for the cluster it is in by then.
 * @returns one entry per merge, heights ascending. Cost O(n log n).
 */
export function mergeTree(rows: number, { from, into, heights }: Merges): Merge[] {
  const order = Array.from(heights.keys()).sort((a, b) => heights[a] - heights[b] || a - b);
  const groups = unionFind(rows);
  const clusterOf = Int32Array.from({ length: rows }, (_, row) => row);
  const sizes = new Int32Array(2 * rows).fill(1);
  return order.map((merge, i) => {
    const a = clusterOf[groups.find(from[merge])];
    const b = clusterOf[groups.find(into[merge])];
    groups.union(from[merge], into[merge]);
    clusterOf[groups.find(from[merge])] = rows + i;
    const size = sizes[a] + sizes[b];
    sizes[rows + i] = size;
    return [Math.min(a, b), Math.max(a, b), heights[merge], size] as const;
  });
}

/**
 * Rows from left to right below a dendrogram: every cluster is a run of neighbors, its first part left of its second.
 *
 * @param merges - a tree of {@link mergeTree}; may be cut off: then its clusters stand beside one another.
 * @returns row per place, and between each place and the next the height at which the two are joined.
 */
export function leafOrder(rows: number, merges: readonly Merge[]): { order: Int32Array; gaps: Float64Array } {
  // Every cluster is a list of rows from its first to its last; a merge appends one list to another.
  const next = new Int32Array(rows).fill(-1);
  const first = Int32Array.from({ length: rows + merges.length }, (_, cluster) => cluster);
  const last = Int32Array.from(first);
  const gapAfter = new Float64Array(rows).fill(Infinity);
  merges.forEach(([a, b, height], i) => {
    next[last[a]] = first[b];
    gapAfter[last[a]] = height;
    first[rows + i] = first[a];
    last[rows + i] = last[b];
  });
  const followers = new Uint8Array(rows);
  for (const row of next) if (row >= 0) followers[row] = 1;
  const order = new Int32Array(rows);
  const gaps = new Float64Array(rows);
  let place = 0;
  for (let start = 0; start < rows; start++) {
    if (followers[start] === 1) continue;
    for (let row = start; row >= 0; row = next[row], place++) {
      order[place] = row;
      gaps[place] = gapAfter[row];
    }
  }
  return { order, gaps };
}

/**
 * Tells whether something read from JSON is a whole tree over so many rows, with heights that do not fall.
 *
 * @param value - perhaps a list of merges.
 */
export function isMergeTree(value: unknown, rows: number): value is readonly Merge[] {
  if (!Array.isArray(value) || value.length !== rows - 1) return false;
  const used = new Uint8Array(2 * rows);
  const sizes = new Float64Array(2 * rows).fill(1, 0, rows);
  let last = 0;
  return value.every((merge: unknown, i) => {
    if (!Array.isArray(merge) || merge.length !== 4 || !merge.every(Number.isFinite)) return false;
    const [a, b, height, size] = merge as [number, number, number, number];
    const joinsTwo = Number.isInteger(a) && Number.isInteger(b) && 0 <= a && a < b && b < rows + i;
    if (!joinsTwo || used[a] !== 0 || used[b] !== 0 || size !== sizes[a] + sizes[b] || height < last) return false;
    used[a] = 1;
    used[b] = 1;
    sizes[rows + i] = size;
    last = height;
    return true;
  });
}
