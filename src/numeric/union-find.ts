/** Disjoint groups of the integers 0 … size - 1 that only ever grow together: accounts of one person, rows of one order. */
export interface UnionFind {
  /** One member that stands for the group of `member`. */
  find(member: number): number;
  /** Joins the groups of two members; false when they were one already. */
  union(a: number, b: number): boolean;
  /** The group of every member, numbered by first appearance from 0. */
  labels(): Int32Array;
}

/**
 * Starts with every integer in a group of its own.
 *
 * @param size - how many members there are.
 * @returns groups to be joined. Cost: a join is constant time in practice, `labels` one pass.
 * @see Tarjan & van Leeuwen (1984), "Worst-case analysis of set union algorithms": union by size, path halving.
 */
export function unionFind(size: number): UnionFind {
  return unionFindIn(new Int32Array(size).fill(-1));
}

/**
 * The same over a memory that others read too.
 *
 * @param parent - per member: a root holds minus the size of its group, every other member one that stands nearer to the
 * root. Filled with −1 every integer is in a group of its own.
 */
export function unionFindIn(parent: Int32Array): UnionFind {
  const size = parent.length;
  const find = (member: number): number => {
    let at = member;
    while (parent[at] >= 0) {
      if (parent[parent[at]] >= 0) parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const union = (a: number, b: number): boolean => {
    let [large, small] = [find(a), find(b)];
    if (large === small) return false;
    if (parent[small] < parent[large]) [large, small] = [small, large];
    parent[large] += parent[small];
    parent[small] = large;
    return true;
  };
  const labels = (): Int32Array => {
    const labelOfRoot = new Int32Array(size).fill(-1);
    let groups = 0;
    const labelOf = new Int32Array(size);
    for (let member = 0; member < size; member++) {
      const root = find(member);
      if (labelOfRoot[root] < 0) labelOfRoot[root] = groups++;
      labelOf[member] = labelOfRoot[root];
    }
    return labelOf;
  };
  return { find, union, labels };
}
