// The only importer of ml-hclust. Its heights of Ward are those of "ward2"; "ward" takes the distances as given, unsquared.
import { agnes } from "ml-hclust";

const methods = { ward: "ward2", complete: "complete", average: "average", single: "single" } as const;

/**
 * Heights of all merges, ascending. A new matrix per merge: 500 rows take half a second.
 *
 * @param rows - n × d finite numbers.
 * @param linkage - in our words.
 */
export function mlHclustHeights(rows: number[][], linkage: keyof typeof methods): number[] {
  return heightsOf(rows, methods[linkage]);
}

/** What the package gives for one of its own method names. */
export function heightsOf(rows: number[][], method: "ward" | "ward2" | "complete" | "average" | "single"): number[] {
  const heights: number[] = [];
  agnes(rows, { method }).traverse((cluster) => {
    if (!cluster.isLeaf) heights.push(cluster.height);
  });
  return heights.sort((a, b) => a - b);
}
