import { describe, expect, it } from "vitest";
import { randomOf } from "clientele/core";
import { densityClustering, rawDensityClustering } from "./density-clustering.ts";
import { unionFind } from "../../src/numeric/union-find.ts";

/** DBSCAN from its definition: core points joined by reach, border points to the first cluster that reaches them. */
function byDefinition(points: readonly (readonly number[])[], epsilon: number, minPoints: number): Int32Array {
  const near = (i: number, j: number): boolean =>
    Math.sqrt(points[i].reduce((sum, x, d) => sum + (x - points[j][d]) * (x - points[j][d]), 0)) <= epsilon;
  const ids = points.map((_, i) => i);
  const core = ids.map((i) => ids.filter((j) => near(i, j)).length >= minPoints);
  const groups = unionFind(points.length);
  for (const i of ids) for (const j of ids) if (core[i] && core[j] && near(i, j)) groups.union(i, j);
  const roots = [...new Set(ids.filter((i) => core[i]).map((i) => groups.find(i)))];
  return Int32Array.from(ids, (i) => {
    if (core[i]) return roots.indexOf(groups.find(i));
    const reached = ids.filter((j) => core[j] && near(i, j)).map((j) => roots.indexOf(groups.find(j)));
    return reached.length === 0 ? -1 : Math.min(...reached);
  });
}

describe("density-clustering, the oracle of DBSCAN,", () => {
  // 0 is a border point: visited first, with one neighbor too few to be a core point itself.
  const border = [[0], [1], [1.5], [2], [9]];

  it("lists a border point that was visited first as noise and in a cluster; the oracle believes the cluster", () => {
    const { clusters, noise } = rawDensityClustering(border, 1.25, 3);
    expect(clusters.map((members) => [...members].sort())).toEqual([[0, 1, 2, 3]]);
    expect(noise).toEqual([0, 4]);
    expect([...densityClustering(border, 1.25, 3)]).toEqual([0, 0, 0, 0, -1]);
  });

  it("has open neighborhoods, which the oracle closes", () => {
    const line = [[0], [1], [2]];
    expect(rawDensityClustering(line, 1, 2).clusters).toEqual([]);
    expect([...densityClustering(line, 1, 2)]).toEqual([0, 0, 0]);
  });

  it("takes a radius of 0 for 1, which the oracle refuses", () => {
    expect(rawDensityClustering([[0], [0.5], [0.9]], 0, 2).clusters).toHaveLength(1);
    expect(() => densityClustering([[0]], 0, 2)).toThrow("epsilon > 0");
    expect(() => densityClustering([[0]], 1, 0)).toThrow("minPoints");
  });

  it("agrees with the definition on random points once it is healed", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = randomOf(seed);
      // A grid of halves: many distances equal epsilon exactly.
      const points = Array.from({ length: 80 }, () => [random.integer(24) / 2, random.integer(24) / 2]);
      expect(densityClustering(points, 1, 4)).toEqual(byDefinition(points, 1, 4));
    }
  });
});
