import { refuse } from "../core/errors.ts";
import { flag, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { type CondensedTree, condensedTree } from "../numeric/condensed-tree.ts";
import { reachTree } from "../numeric/reach-tree.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { groupSizes, type Labels } from "../tables/labels.ts";
import { canonicalLabels } from "./canonical-labels.ts";
import { checkDistances, rowsOf } from "./rows.ts";

/** Options of {@link labelHdbscan}. */
export interface LabelHdbscanOptions {
  /** Fewest customers that are a cluster; default 5. Fewer are noise, or rows that leave a cluster. */
  readonly minClusterSize?: number | undefined;
  /** How many make a crowd around a customer, the customer included; default `minClusterSize`. Larger: more noise. */
  readonly minPoints?: number | undefined;
  /**
   * Which of the clusters within clusters are kept: `"excess-of-mass"` (default), those that last longest, or `"leaf"`, the
   * smallest and most alike.
   */
  readonly selection?: "excess-of-mass" | "leaf" | undefined;
  /** Whether everybody may be one cluster; default false, for data in one crowd would often win over its parts. */
  readonly allowSingleCluster?: boolean | undefined;
  /** Most rows; default 100,000. */
  readonly maxRows?: number | undefined;
}

/** Groups of any shape and of different density. Result of {@link labelHdbscan}. */
export interface HdbscanLabels {
  /** Cluster per row, the largest 0; −1 = noise. */
  readonly labels: Labels;
  /** How firmly each row belongs to its cluster, 0 to 1 at its densest; 0 for noise. */
  readonly probabilities: Float64Array;
  /** How early each row leaves, compared with the densest place of its surroundings: 0 = ordinary, near 1 = an outlier. */
  readonly outlierScores: Float64Array;
  /** Number of clusters. */
  readonly clusters: number;
  /** Rows in no cluster. */
  readonly noise: number;
}

/** Option table of {@link labelHdbscan}. */
export const labelHdbscanOptions: OptionTable<LabelHdbscanOptions, "minPoints"> = {
  minClusterSize: integer({ min: 2, default: 5 }),
  minPoints: integer({ min: 1, optional: true }),
  selection: oneOf(["excess-of-mass", "leaf"], { default: "excess-of-mass" }),
  allowSingleCluster: flag({ default: false }),
  maxRows: integer({ min: 1, max: 10_000_000, default: 100_000 }),
};

/**
 * Finds groups of any shape, number and density, and who is in none: DBSCAN for every epsilon at once.
 *
 * As epsilon shrinks, groups lose customers and split; the groups that last longest are the clusters. So a dense crowd of
 * regulars and a loose one of occasional buyers are both found, where {@link labelDbscan} has one epsilon for all. Scale the
 * features first.
 *
 * @param table - n customers × d finite features.
 * @param options - see {@link LabelHdbscanOptions}.
 * @returns labels numbered by size (ties by the first coordinate in which the means differ), with membership and outlier
 * scores. The order of the rows never matters: splits at the same distance count as one. Fewer rows than `minClusterSize` or
 * `minPoints` are all noise. A crowd of `minPoints` equal rows is infinitely dense: whoever is in its cluster but not in the
 * crowd has probability 0.
 * @throws {ClienteleError} `too-large` above `maxRows`; `invalid-value` at the first cell that is not finite;
 * `shape-mismatch` without a feature.
 * @example
 * const table = fromMatrix([[1], [1.1], [1.2], [6], [7], [8], [20]]);
 * const { labels, clusters, noise } = labelHdbscan(table, { minClusterSize: 3, minPoints: 2 });
 * labels; // Int32Array [0, 0, 0, 1, 1, 1, -1]
 * clusters; // 2
 * noise; // 1
 * @see Campello, Moulavi & Sander (2013), "Density-based clustering based on hierarchical density estimates"; Campello et al.
 * (2015) for the outlier scores. Cost about O(n·log² n) in up to five or so features, towards O(n²·d) in dozens, which is why
 * there is a limit; memory linear.
 */
export function labelHdbscan(table: FeatureTable, options: LabelHdbscanOptions = {}): HdbscanLabels {
  const caller = "labelHdbscan";
  const read = readOptions(caller, labelHdbscanOptions, options);
  const { minClusterSize, minPoints = minClusterSize } = read;
  checkDistances(caller, table);
  const data = rowsOf(table);
  const { rows } = data;
  if (rows > read.maxRows) {
    refuse(caller, "too-large", "table", `at most ${read.maxRows} rows (options.maxRows)`, String(rows));
  }
  if (rows < minClusterSize || rows < minPoints) return allNoise(rows);
  const spanning = reachTree(data.values, rows, data.columns, minPoints);
  const tree = condensedTree(spanning, rows, minClusterSize);
  const selected = read.selection === "leaf" ? leaves(tree) : longestLasting(tree, read.allowSingleCluster);
  if (!read.allowSingleCluster) selected[0] = 0;
  const owners = ownersOf(tree, selected);
  const labels = canonicalLabels(
    data,
    tree.clusters.map((cluster) => owners[cluster]),
  );
  const sizes = groupSizes(labels);
  return {
    labels,
    probabilities: probabilitiesOf(tree, owners),
    outlierScores: outlierScoresOf(tree),
    clusters: sizes.length,
    noise: rows - sizes.reduce((sum, size) => sum + size, 0),
  };
}

function allNoise(rows: number): HdbscanLabels {
  return {
    labels: new Int32Array(rows).fill(-1),
    probabilities: new Float64Array(rows),
    outlierScores: new Float64Array(rows),
    clusters: 0,
    noise: rows,
  };
}

/** 1 for every cluster that does not split. */
function leaves({ parents }: CondensedTree): Uint8Array {
  const selected = new Uint8Array(parents.length).fill(1);
  for (const parent of parents) if (parent >= 0) selected[parent] = 0;
  return selected;
}

/** 1 for every cluster at least as stable as the best choice within it; those within it do not count then. */
function longestLasting({ parents, stabilities }: CondensedTree, allowSingleCluster: boolean): Uint8Array {
  const selected = new Uint8Array(parents.length);
  const within = Array.from(parents, (): number[] => []);
  for (let cluster = parents.length - 1; cluster >= 0; cluster--) {
    // In ascending order: the sum, with its roundings, depends on the clusters and not on the order they were found in.
    const best = within[cluster].sort((a, b) => a - b).reduce((sum, stability) => sum + stability, 0);
    if ((cluster > 0 || allowSingleCluster) && stabilities[cluster] >= best) selected[cluster] = 1;
    if (cluster > 0) within[parents[cluster]].push(selected[cluster] === 1 ? stabilities[cluster] : best);
  }
  return selected;
}

/** By cluster the outermost selected one it is in; −1 = none. */
function ownersOf({ parents }: CondensedTree, selected: Uint8Array): Int32Array {
  const owners = new Int32Array(parents.length);
  for (let cluster = 0; cluster < owners.length; cluster++) {
    const outer = cluster > 0 ? owners[parents[cluster]] : -1;
    owners[cluster] = outer >= 0 || selected[cluster] === 0 ? outer : cluster;
  }
  return owners;
}

/** Density at which a row leaves, relative to the density at which its cluster ends. */
function probabilitiesOf({ clusters, densities, ends }: CondensedTree, owners: Int32Array): Float64Array {
  return densities.map((density, row) => {
    const owner = owners[clusters[row]];
    return owner < 0 ? 0 : density >= ends[owner] ? 1 : density / ends[owner];
  });
}

/** How far the density at which a row leaves is below the largest one within the cluster that it leaves. */
function outlierScoresOf({ parents, clusters, densities, ends }: CondensedTree): Float64Array {
  const largest = ends.slice();
  for (let cluster = largest.length - 1; cluster > 0; cluster--) {
    largest[parents[cluster]] = Math.max(largest[parents[cluster]], largest[cluster]);
  }
  return densities.map((density, row) => {
    const most = largest[clusters[row]];
    return density >= most ? 0 : 1 - density / most;
  });
}
