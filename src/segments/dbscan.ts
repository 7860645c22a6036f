import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { densityGroups, fitsDensityGroups } from "../numeric/density-groups.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import type { Labels } from "../tables/labels.ts";
import { canonicalLabels } from "./canonical-labels.ts";
import { checkDistances, rowsOf } from "./rows.ts";

/** Options of {@link labelDbscan}. */
export interface LabelDbscanOptions {
  /** Two customers are neighbors at a distance of at most this, in the units of the table. */
  readonly epsilon: number;
  /** Neighbors that make a customer a core point, the customer included; default 5. */
  readonly minPoints?: number | undefined;
}

/** Groups of any shape, and who is in none. Result of {@link labelDbscan}. */
export interface DbscanLabels {
  /** Cluster per row, the largest 0; −1 = noise: unlike anybody in number, worth a look as an anomaly. */
  readonly labels: Labels;
  /** 1 for a customer with enough neighbors, 0 for one on the border of a cluster or in none. */
  readonly core: Uint8Array;
  /** Number of clusters. */
  readonly clusters: number;
  /** Rows in no cluster. */
  readonly noise: number;
}

/** Option table of {@link labelDbscan}. */
export const labelDbscanOptions: OptionTable<LabelDbscanOptions> = {
  epsilon: real({ min: 1e-145 }),
  minPoints: integer({ min: 1, default: 5 }),
};

/**
 * Finds groups as crowded regions of any shape and number, and sets apart who is in none: no k to choose, and no
 * customer is forced into a segment.
 *
 * A customer with at least `minPoints` neighbors within `epsilon` is a core point; core points within `epsilon` of each
 * other are one cluster. A customer who is none, but has one within `epsilon`, is a border point of the cluster of the
 * nearest core point, of equally near ones the one with the smallest coordinates. The rest is noise. So the labels do
 * not depend on the order of the rows. Scale the features first; {@link measureKDistance} suggests an `epsilon`.
 *
 * @param table - n customers × d finite features.
 * @param options - see {@link LabelDbscanOptions}.
 * @returns labels numbered by size (ties by the first coordinate in which the means differ), and the core points.
 * Distances are computed in double precision and compared with `≤`: a point exactly `epsilon` away is a neighbor.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite; `shape-mismatch` without a feature;
 * `too-large` beyond about 170 million cells.
 * @example
 * const table = fromMatrix([[1], [1.5], [2], [8], [8.5], [9], [5]]);
 * const { labels, clusters, noise } = labelDbscan(table, { epsilon: 0.5, minPoints: 2 });
 * labels; // Int32Array [0, 0, 0, 1, 1, 1, -1]
 * clusters; // 2
 * noise; // 1
 * @see Ester, Kriegel, Sander & Xu (1996), "A density-based algorithm for discovering clusters"; for the border, Schubert
 * et al. (2017), "DBSCAN revisited, revisited". Cost about linear up to three features (a grid) and n·log n above (a k-d
 * tree, whose use fades beyond ten or so); memory linear, also where everybody is a neighbor of everybody.
 */
export function labelDbscan(table: FeatureTable, options: LabelDbscanOptions): DbscanLabels {
  const caller = "labelDbscan";
  const { epsilon, minPoints } = readOptions(caller, labelDbscanOptions, options);
  checkDistances(caller, table);
  const data = rowsOf(table);
  if (!fitsDensityGroups(data.rows, data.columns)) {
    const expected = "at most about 170 million cells: their search must fit in 4 GiB";
    refuse(caller, "too-large", "table", expected, String(data.rows * data.columns));
  }
  const { groups, core } = densityGroups(data.values, data.rows, data.columns, epsilon, minPoints);
  const labels = canonicalLabels(data, groups);
  let clusters = 0;
  let noise = 0;
  for (const label of labels) {
    if (label < 0) noise++;
    else if (label >= clusters) clusters = label + 1;
  }
  return { labels, core, clusters, noise };
}
