import { checkModel, type ModelHeader } from "../core/model.ts";
import { isMergeTree } from "../numeric/merge-tree.ts";

/** How the distance of two groups of customers is measured. */
export type Linkage = "ward" | "complete" | "average" | "single";

/** A tree of groups: which were joined, in which order and how far apart. Learned by `fitHierarchical`. */
export interface HierarchicalModel extends ModelHeader {
  readonly kind: "hierarchical";
  readonly version: 1;
  /** How distances of groups were measured. */
  readonly linkage: Linkage;
  /** Number of customers, n. */
  readonly rows: number;
  /**
   * n − 1 merges `[a, b, height, size]`, heights ascending: rows are clusters 0 … n − 1 and merge i makes cluster n + i; a < b.
   * The layout of SciPy's linkage matrix.
   */
  readonly merges: readonly (readonly [a: number, b: number, height: number, size: number])[];
  /**
   * For each of the 2n − 1 clusters the place of its mean among all means, the lowest first coordinate first: by it
   * `cutHierarchy` numbers groups of equal size without knowing any coordinate.
   */
  readonly ranks: readonly number[];
  /**
   * Correlation of the customers' distances with the heights that join them, at best 1: how far the tree is true to the
   * distances. Null where it was not computed (see the notes) or does not exist because all distances are equal.
   */
  readonly cophenetic: number | null;
}

/** Refuses what is not an intact tree of groups. */
export function checkHierarchy(caller: string, model: HierarchicalModel): void {
  checkModel(caller, model, {
    kind: "hierarchical",
    version: 1,
    shape: {
      linkage: (value) => ["ward", "complete", "average", "single"].includes(value as string),
      rows: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
      merges: (value, { rows }) => isMergeTree(value, rows),
      ranks: (value, { rows }) => isPermutation(value, 2 * rows - 1),
    },
  });
}

function isPermutation(value: unknown, length: number): boolean {
  if (!Array.isArray(value) || value.length !== length) return false;
  const seen = new Uint8Array(length);
  for (const rank of value as unknown[]) {
    if (!Number.isSafeInteger(rank) || seen[rank as number] !== 0) return false;
    seen[rank as number] = 1;
  }
  return true;
}
