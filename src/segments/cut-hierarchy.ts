import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import type { Labels } from "../tables/labels.ts";
import { checkHierarchy, type HierarchicalModel } from "./hierarchical-model.ts";

/** Options of {@link cutHierarchy}; exactly one is given. */
export interface CutHierarchyOptions {
  /** Number of groups, at most the number of customers. */
  readonly k?: number | undefined;
  /** Groups are what was joined at this height or below. */
  readonly height?: number | undefined;
}

/** Option table of {@link cutHierarchy}. */
export const cutHierarchyOptions: OptionTable<CutHierarchyOptions, "k" | "height"> = {
  k: integer({ min: 1, optional: true }),
  height: real({ min: 0, optional: true }),
};

/**
 * Cuts a tree of groups into segments: into a number of them, or at a height.
 *
 * @param model - fitted by {@link fitHierarchical}.
 * @param options - `k` or `height`. With `k` the last k − 1 merges are undone, so there are exactly k groups, also where
 * merges of equal height leave no height that gives k.
 * @returns one label per row of the table the tree was fitted on, in its order; 0 is the largest group, of equally large
 * ones the one whose mean has the lower first coordinate.
 * @throws {ClienteleError} `invalid-option` unless exactly one of both is given, or for k above the number of customers;
 * `incompatible-model` when the model is not an intact tree.
 * @example
 * const model = fitHierarchical(fromMatrix([[0], [1], [5], [7], [30]]), { linkage: "single" });
 * cutHierarchy(model, { k: 3 }); // Int32Array [0, 0, 1, 1, 2]
 * cutHierarchy(model, { height: 4 }); // Int32Array [0, 0, 0, 0, 1]
 * @see Everitt et al. (2011), "Cluster Analysis", section 4.2. Cost O(n).
 */
export function cutHierarchy(model: HierarchicalModel, options: CutHierarchyOptions): Labels {
  const caller = "cutHierarchy";
  const { k, height } = readOptions(caller, cutHierarchyOptions, options);
  checkHierarchy(caller, model);
  const { rows, merges, ranks } = model;
  if ((k === undefined) === (height === undefined)) {
    refuse(caller, "invalid-option", "options", "either k or height", k === undefined ? "neither" : "both");
  }
  if (k !== undefined && k > rows) {
    refuse(caller, "invalid-option", "options.k", `an integer in [1, ${rows}], the number of customers`, String(k));
  }
  const kept = k === undefined ? merges.findLastIndex((merge) => merge[2] <= (height ?? 0)) + 1 : rows - k;
  const clusterOf = topClusters(rows, merges.slice(0, kept));
  const sizeOf = (cluster: number): number => (cluster < rows ? 1 : merges[cluster - rows][3]);
  const groups = [...new Set(clusterOf)].sort((a, b) => sizeOf(b) - sizeOf(a) || ranks[a] - ranks[b]);
  const labelOf = new Int32Array(rows + kept);
  groups.forEach((cluster, label) => (labelOf[cluster] = label));
  return clusterOf.map((cluster) => labelOf[cluster]);
}

/** The last cluster each row is in. */
function topClusters(rows: number, merges: HierarchicalModel["merges"]): Int32Array {
  const top = Int32Array.from({ length: rows + merges.length }, (_, cluster) => cluster);
  for (let i = merges.length - 1; i >= 0; i--) {
    const [a, b] = merges[i];
    top[a] = top[rows + i];
    top[b] = top[rows + i];
  }
  return top.slice(0, rows);
}
