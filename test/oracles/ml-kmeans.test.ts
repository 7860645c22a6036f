import { describe, expect, it } from "vitest";
import { cloud } from "../support/clouds.ts";
import { mlKMeans, rawMlKMeans } from "./ml-kmeans.ts";

function rowsOf(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) => [
    ...values.subarray(columns * i, columns * (i + 1)),
  ]);
}

const rows = rowsOf(cloud(3000, 4, { groups: 6, spread: 2 }), 4);

function nearest(row: number[], centers: number[][]): number {
  const squares = centers.map((center) => center.reduce((sum, c, j) => sum + (row[j] - c) ** 2, 0));
  return squares.indexOf(Math.min(...squares));
}

describe("ml-kmeans, as installed", () => {
  it("stopped early, returns labels that belong to the centroids before the last update", () => {
    const raw = rawMlKMeans(rows, rows.slice(0, 6), { tolerance: 1e-6, maxIterations: 3 });
    const stale = rows.filter((row, i) => nearest(row, raw.centroids) !== raw.clusters[i]);
    expect(raw.converged).toBe(false);
    expect(stale.length).toBeGreaterThan(0);
  });

  it("leaves an empty cluster at its old centroid", () => {
    const raw = rawMlKMeans(rows, [...rows.slice(0, 2), [1e6, 1e6, 1e6, 1e6]], { tolerance: 1e-6, maxIterations: 10 });
    expect(raw.centroids[2]).toEqual([1e6, 1e6, 1e6, 1e6]);
    expect(raw.clusters).not.toContain(2);
  });

  it("refuses more clusters than rows", () => {
    expect(() => rawMlKMeans(rows.slice(0, 2), rows.slice(0, 3), { tolerance: 0, maxIterations: 5 })).toThrow();
  });

  it("does not change the rows it is given", () => {
    const before = structuredClone(rows);
    rawMlKMeans(rows, rows.slice(0, 3), { tolerance: 0, maxIterations: 5 });
    expect(rows).toEqual(before);
  });
});

describe("the healed oracle", () => {
  it("labels every row by the nearest returned center and sums the squares", () => {
    const result = mlKMeans(rows, rows.slice(0, 6));
    expect(result.labels).toEqual(rows.map((row) => nearest(row, result.centroids)));
    expect(mlKMeans([[0], [2], [10]], [[0], [10]])).toMatchObject({
      labels: [0, 0, 1],
      centroids: [[1], [10]],
      withinSquares: 2,
    });
  });
});
