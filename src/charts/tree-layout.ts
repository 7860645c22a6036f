import type { HierarchicalModel } from "../segments/hierarchical-model.ts";

/** A cluster in the picture. */
export interface Node {
  /** Place among the branches, the first at 0.5. */
  readonly y: number;
  /** Where it was joined; 0 for one customer. */
  readonly height: number;
  /** The group all its customers are in; null where there are several, or no groups. */
  readonly group: number | null;
}

/** Where the picture of a tree ends: a customer, or several who are drawn as one. */
export interface Branch extends Node {
  /** Number of customers. */
  readonly size: number;
  /** One of its customers, by row. */
  readonly row: number;
}

/** Two clusters that are joined. */
export interface Joint extends Node {
  /** The upper and the lower one. */
  readonly parts: readonly [Node, Node];
}

/** The upper part of a tree, laid out. */
export interface TreeLayout {
  /** From top to bottom. */
  readonly branches: readonly Branch[];
  /** From the lowest merge to the last. */
  readonly joints: readonly Joint[];
}

/**
 * Lays out the last merges of a tree: of two parts the one with the lower mean comes first, joints in the middle of theirs.
 *
 * @param model - an intact tree of at least two customers.
 * @param leaves - how many branches are kept, in [2, rows].
 * @param labels - the group of each row, from a cut of the same tree into at most `leaves` groups.
 */
export function treeLayout(
  { rows, merges, ranks }: HierarchicalModel,
  leaves: number,
  labels: Int32Array | undefined,
): TreeLayout {
  const first = rows - leaves;
  const nodes = new Array<Node>(2 * rows - 1);
  const branches = endsOf(rows, merges, first, ranks).map((cluster, place) => {
    const row = anyRow(rows, merges, cluster);
    const [height, size] = cluster < rows ? [0, 1] : merges[cluster - rows].slice(2);
    const branch = { y: place + 0.5, height, size, row, group: labels === undefined ? null : labels[row] };
    nodes[cluster] = branch;
    return branch;
  });
  const joints = merges.slice(first).map(([a, b, height], i) => {
    const parts = nodes[a].y < nodes[b].y ? ([nodes[a], nodes[b]] as const) : ([nodes[b], nodes[a]] as const);
    const group = parts[0].group === parts[1].group ? parts[0].group : null;
    const joint = { y: (parts[0].y + parts[1].y) / 2, height, group, parts };
    nodes[rows + first + i] = joint;
    return joint;
  });
  return { branches, joints };
}

/** The clusters that the merges from `first` on join, from top to bottom. */
function endsOf(rows: number, merges: HierarchicalModel["merges"], first: number, ranks: readonly number[]): number[] {
  const ends: number[] = [];
  const waiting = [2 * rows - 2];
  for (let cluster = waiting.pop(); cluster !== undefined; cluster = waiting.pop()) {
    if (cluster < rows + first) {
      ends.push(cluster);
      continue;
    }
    const [a, b] = merges[cluster - rows];
    const [upper, lower] = ranks[a] < ranks[b] ? [a, b] : [b, a];
    waiting.push(lower, upper);
  }
  return ends;
}

function anyRow(rows: number, merges: HierarchicalModel["merges"], cluster: number): number {
  let row = cluster;
  while (row >= rows) row = merges[row - rows][0];
  return row;
}
