import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { flag, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { copheneticCorrelation } from "../numeric/cophenetic.ts";
import { fitsMatrix, matrixMerges } from "../numeric/distance-matrix.ts";
import { type Merge, mergeTree } from "../numeric/merge-tree.ts";
import type { Merges } from "../numeric/neighbor-chain.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { singleMerges } from "../numeric/spanning-tree.ts";
import { wardMerges } from "../numeric/ward-clusters.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { HierarchicalModel, Linkage } from "./hierarchical-model.ts";
import { checkDistances, type Rows, rowsOf, takeRows } from "./rows.ts";

/** Options of {@link fitHierarchical}. */
export interface FitHierarchicalOptions {
  /**
   * Distance of two groups; default `"ward"`, the loss of closeness to the means (compact groups of similar size). Others: the
   * largest (`"complete"`), mean (`"average"`) or smallest (`"single"`, chains) distance of their members.
   */
  readonly linkage?: Linkage | undefined;
  /**
   * Who is joined first among equally near ones: `"row-order"` (default) decides by the position in the table exactly as SciPy
   * does; `"content"` by the customers' values, so that the tree does not depend on the order of the rows.
   */
  readonly ties?: "row-order" | "content" | undefined;
  /** Whether to compute the cophenetic correlation; default: up to 4,000 rows. Costs every pair's distance once more. */
  readonly cophenetic?: boolean | undefined;
  /**
   * Most rows; default 50,000 for Ward and single linkage, 20,000 for complete and average, whose memory is 4·n² bytes (1.6 GB).
   * Time is quadratic throughout.
   */
  readonly maxRows?: number | undefined;
}

/** Option table of {@link fitHierarchical}. */
export const fitHierarchicalOptions: OptionTable<FitHierarchicalOptions, "cophenetic" | "maxRows"> = {
  linkage: oneOf(["ward", "complete", "average", "single"], { default: "ward" }),
  ties: oneOf(["row-order", "content"], { default: "row-order" }),
  cophenetic: flag({ optional: true }),
  maxRows: integer({ min: 1, max: 1_000_000, optional: true }),
};

const usualRows: Readonly<Record<Linkage, number>> = {
  ward: 50_000,
  single: 50_000,
  complete: 20_000,
  average: 20_000,
};
const copheneticRows = 4000;
/**
 * Small tables get Ward's distances from a matrix, by SciPy's formula and with its roundings: on data that were measured
 * coarsely many merges tie but for rounding, and what decides them is the formula (ADR 0098).
 */
const smallRows = 2000;

/**
 * Joins customers to ever larger groups, the closest first, and keeps the whole tree: for segments at every level of detail
 * without choosing their number in advance.
 *
 * Ward's height is √(2ab / (a + b)) · distance of the means for groups of a and b customers, as in SciPy and R's `ward.D2`.
 * Scale the features first: distances mix their units. Where several pairs are equally near, the tree depends on who is
 * joined first; see {@link FitHierarchicalOptions.ties}.
 *
 * @param table - n ≥ 1 customers × d finite features.
 * @param options - see {@link FitHierarchicalOptions}.
 * @returns the tree, to be cut by {@link cutHierarchy} and drawn by `chartDendrogram`.
 * @throws {ClienteleError} `too-large` beyond `maxRows`, before anything is allocated; `too-few-rows` without rows;
 * `invalid-value` at the first cell that is not finite (or beyond ±1e145).
 * @example
 * const table = fromMatrix([[0], [1], [5], [7]]);
 * const { merges, cophenetic } = fitHierarchical(table, { linkage: "average" });
 * merges; // [[0, 1, 1, 2], [2, 3, 2, 2], [4, 5, 5.5, 4]]
 * cophenetic; // 0.9020
 * @see Ward (1963); Müllner (2011), "Modern hierarchical, agglomerative clustering algorithms"; Murtagh & Legendre (2014).
 * Cost O(n²·d) time. Memory O(n·d) for Ward and single, 4·n² bytes for complete and average.
 */
export function fitHierarchical(table: FeatureTable, options?: FitHierarchicalOptions): HierarchicalModel {
  const caller = "fitHierarchical";
  const { linkage, ties, cophenetic, maxRows } = readOptions(caller, fitHierarchicalOptions, options);
  checkTable(caller, table);
  const rows = table.ids.length;
  checkSize(caller, table, linkage, maxRows ?? usualRows[linkage]);
  checkDistances(caller, table);
  if (rows === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const order = ties === "content" ? rowOrder(table.values, rows, table.names.length) : undefined;
  const data = order === undefined ? rowsOf(table) : takeRows(rowsOf(table), order);
  const merges = mergeTree(rows, renamed(mergesOf(data, linkage), order));
  const given = rowsOf(table);
  const wanted = cophenetic ?? rows <= copheneticRows;
  return {
    kind: "hierarchical",
    version: 1,
    features: [...table.names],
    notes: wanted ? [] : [skippedNote(rows, cophenetic)],
    linkage,
    rows,
    merges,
    ranks: ranksOf(given, merges),
    cophenetic: wanted ? copheneticCorrelation(given.values, rows, given.columns, merges) : null,
  };
}

function checkSize(caller: string, { ids, names }: FeatureTable, linkage: Linkage, most: number): void {
  if (ids.length > most) {
    refuse(caller, "too-large", "table", `at most ${most} rows (options.maxRows)`, String(ids.length));
  }
  const matrix = linkage === "complete" || linkage === "average";
  if (matrix && !fitsMatrix(ids.length, names.length)) {
    const expected = `fewer rows for "${linkage}" linkage: their distances must fit in 4 GiB`;
    refuse(caller, "too-large", "table", expected, String(ids.length));
  }
}

function mergesOf({ values, rows, columns }: Rows, linkage: Linkage): Merges {
  if (linkage === "single") return singleMerges(values, rows, columns);
  if (linkage === "ward" && rows > smallRows) return wardMerges(values, rows, columns);
  return matrixMerges(values, rows, columns, linkage);
}

/** Merges of sorted rows as merges of the rows given. */
function renamed({ from, into, heights }: Merges, order: Uint32Array | undefined): Merges {
  if (order === undefined) return { from, into, heights };
  return { from: from.map((row) => order[row]), into: into.map((row) => order[row]), heights };
}

function skippedNote(rows: number, asked: boolean | undefined): Note {
  const why =
    asked === false ? "options.cophenetic is false" : `${rows} rows are more than ${copheneticRows}; ask for it`;
  return { code: "cophenetic-skipped", message: `The cophenetic correlation was not computed: ${why}.` };
}

/** Place of each cluster's mean when all are sorted by their coordinates. */
function ranksOf({ values, rows, columns }: Rows, merges: readonly Merge[]): number[] {
  const clusters = rows + merges.length;
  const means = new Float64Array(clusters * columns);
  means.set(values.subarray(0, rows * columns));
  merges.forEach(([a, b, , size], i) => {
    const shareOfA = (a < rows ? 1 : merges[a - rows][3]) / size;
    const shareOfB = (b < rows ? 1 : merges[b - rows][3]) / size;
    for (let j = 0, x = a * columns, y = b * columns, z = (rows + i) * columns; j < columns; j++) {
      means[z++] = shareOfA * means[x++] + shareOfB * means[y++];
    }
  });
  const ranks = new Array<number>(clusters);
  rowOrder(means, clusters, columns).forEach((cluster, rank) => (ranks[cluster] = rank));
  return ranks;
}
