import { fitHierarchical, type Linkage } from "clientele/segments";
import { fromMatrix, type FeatureTable } from "clientele/tables";
import { mlHclustHeights } from "../test/oracles/ml-hclust.ts";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, type Racer, timed } from "./race.ts";

const columns = 8;

/** What tells that two implementations found the same tree. */
const qualityOf = (heights: readonly number[]): Quality => ({
  last: heights[heights.length - 1],
  sum: heights.reduce((sum, height) => sum + height, 0),
});

/** The tree without its cophenetic correlation, which the peers do not compute either. */
const treeOf = (table: FeatureTable, linkage: Linkage): (() => number[]) => {
  return () => fitHierarchical(table, { linkage, cophenetic: false }).merges.map((merge) => merge[2]);
};

/**
 * One tree, from rows in one array to the merges, distances included. fastcluster does Ward and single linkage from rows in
 * little memory (`linkage_vector`), complete and average through a matrix of distances; both in C++ on one thread.
 *
 * @param gate - how many times faster than fastcluster we have to be.
 */
export function treeRace(linkage: Linkage, rows: number, gate: number, python: Python): Race {
  const values = customerMatrix(rows, columns);
  const shared = { values: python.share(`T_${rows}_${columns}.f64`, values), columns, linkage };
  const lap = (library: string): Racer["lap"] => {
    return () => python.lap("tree", { ...shared, library });
  };
  const peers: Racer[] = [{ name: "fastcluster", gate, lap: lap("fastcluster") }];
  if (rows <= 10_000) peers.push({ name: "SciPy linkage", gate: null, lap: lap("scipy") });
  return {
    kernel: `tree, ${linkage}`,
    size: `${rows} × ${columns}`,
    ours: () => timed(treeOf(fromMatrix(values, { columns }), linkage), qualityOf),
    peers,
  };
}

/** The same beside ml-hclust, which builds a new matrix for each merge. */
export function smallTreeRace(): Race {
  const values = customerMatrix(500, columns);
  const lists = Array.from({ length: 500 }, (_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns)));
  return {
    kernel: "tree, ward",
    size: `500 × ${columns}`,
    ours: () => timed(treeOf(fromMatrix(values, { columns }), "ward"), qualityOf),
    peers: [{ name: "ml-hclust", gate: 10, lap: () => timed(() => mlHclustHeights(lists, "ward"), qualityOf) }],
  };
}

/** How the time of a tree grows when rows double: quadratic is 4. */
export function treeGrowth(): { kernel: string; ratio: number }[] {
  const best = (linkage: Linkage, rows: number): number => {
    const job = treeOf(fromMatrix(customerMatrix(rows, columns), { columns }), linkage);
    return Math.min(...[1, 2, 3].map(() => timed(job, () => ({})).seconds));
  };
  return (["ward", "complete", "average", "single"] as const).map((linkage) => ({
    kernel: `tree, ${linkage}, 5k → 10k`,
    ratio: best(linkage, 10_000) / best(linkage, 5000),
  }));
}
