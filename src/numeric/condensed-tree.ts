import type { SpanningTree } from "./reach-tree.ts";
import { rowOrder } from "./row-order.ts";
import { unionFind } from "./union-find.ts";

/**
 * Clusters within clusters: what is left of the hierarchy of connected parts when parts of few rows do not count.
 *
 * Density is 1 / distance. A cluster is born where a larger one splits, loses rows as the density rises, and ends where it
 * splits itself or has lost too many. Cluster 0 is everybody; parents come before their children.
 */
export interface CondensedTree {
  /** Parent of each cluster; −1 for the first. */
  readonly parents: Int32Array;
  /** Σ over the rows of a cluster of (density at which the row leaves − density at birth). Infinite with a pile of equal rows. */
  readonly stabilities: Float64Array;
  /** Density at the end of each cluster. */
  readonly ends: Float64Array;
  /** By row the smallest cluster it was in. */
  readonly clusters: Int32Array;
  /** By row the density at which it left it. */
  readonly densities: Float64Array;
}

/** The binary tree of merges: leaves are rows, `rows + i` is the i-th merge in ascending order of weight. */
interface Merges {
  readonly rows: number;
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly weights: Float64Array;
  readonly sizes: Uint32Array;
}

/**
 * Condenses the hierarchy of a spanning tree. Merges at the same distance count as one, so the result does not depend on
 * which of several least trees was found.
 *
 * @param tree - of at least 2 rows.
 * @param rows - its rows.
 * @param minClusterSize - at least 2: smaller parts are rows that leave.
 * @returns clusters and how each row left them. Cost O(n log n).
 * @see Campello, Moulavi & Sander (2013), "Density-based clustering based on hierarchical density estimates", section 4.
 */
export function condensedTree(tree: SpanningTree, rows: number, minClusterSize: number): CondensedTree {
  const merges = mergesOf(tree, rows);
  const clusters = new Int32Array(rows);
  const densities = new Float64Array(rows);
  const parents = [-1];
  const births = [0];
  const stabilities = [0];
  const ends = [0];
  const waiting: number[] = [];

  /** Marks the rows of a part as gone. */
  function leave(part: number, cluster: number, density: number): void {
    waiting.push(part);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node < rows) {
        clusters[node] = cluster;
        densities[node] = density;
      } else waiting.push(merges.left[node - rows], merges.right[node - rows]);
    }
  }

  const pending = [{ node: 2 * rows - 2, cluster: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { cluster } = next;
    for (let node = next.node; ;) {
      const density = 1 / merges.weights[node - rows];
      const { large, small } = partsOf(merges, node, minClusterSize);
      const size = merges.sizes[node - rows];
      const gone = large.length === 1 ? size - merges.sizes[large[0] - rows] : size;
      ends[cluster] = density;
      stabilities[cluster] += gone * (density - births[cluster]);
      for (const part of small) leave(part, cluster, density);
      if (large.length === 1) {
        node = large[0];
        continue;
      }
      for (const part of large) {
        pending.push({ node: part, cluster: parents.length });
        parents.push(cluster);
        births.push(density);
        stabilities.push(0);
        ends.push(density);
      }
      break;
    }
  }
  return {
    parents: Int32Array.from(parents),
    stabilities: Float64Array.from(stabilities),
    ends: Float64Array.from(ends),
    clusters,
    densities,
  };
}

function mergesOf({ from, to, weights }: SpanningTree, rows: number): Merges {
  const [left, right] = [new Uint32Array(rows - 1), new Uint32Array(rows - 1)];
  const sizes = new Uint32Array(rows - 1);
  const sorted = new Float64Array(rows - 1);
  const union = unionFind(rows);
  /** By the row that stands for a part: its node. */
  const nodeOf = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) nodeOf[row] = row;
  const sizeOf = (node: number): number => (node < rows ? 1 : sizes[node - rows]);
  rowOrder(weights, rows - 1, 1).forEach((edge, merge) => {
    const [a, b] = [nodeOf[union.find(from[edge])], nodeOf[union.find(to[edge])]];
    left[merge] = a;
    right[merge] = b;
    sizes[merge] = sizeOf(a) + sizeOf(b);
    sorted[merge] = weights[edge];
    union.union(from[edge], to[edge]);
    nodeOf[union.find(from[edge])] = rows + merge;
  });
  return { rows, left, right, weights: sorted, sizes };
}

/** What a node falls into below its distance: merges at the same distance are undone together. */
function partsOf(
  { rows, left, right, weights, sizes }: Merges,
  node: number,
  minClusterSize: number,
): { large: number[]; small: number[] } {
  const large: number[] = [];
  const small: number[] = [];
  const weight = weights[node - rows];
  const waiting = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at >= rows && weights[at - rows] === weight) waiting.push(left[at - rows], right[at - rows]);
    else if (at >= rows && sizes[at - rows] >= minClusterSize) large.push(at);
    else small.push(at);
  }
  return { large, small };
}
