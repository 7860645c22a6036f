import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reachTree } from "../../src/numeric/reach-tree.ts";
import { unionFind } from "../../src/numeric/union-find.ts";
import { cloud } from "../support/clouds.ts";
import { distanceOf } from "../support/density.ts";
import { rowsOfMatrix } from "../support/rows.ts";

/** Mutual reachability as it is defined: all pairs. */
function reachability(points: readonly (readonly number[])[], minPoints: number): number[][] {
  const distances = points.map((a) => points.map((b) => distanceOf(a, b)));
  const core = distances.map((row) => row.toSorted((a, b) => a - b)[minPoints - 1]);
  return distances.map((row, i) => row.map((distance, k) => Math.max(distance, core[i], core[k])));
}

/** The weights of any least spanning tree, ascending, by the algorithm of Prim. */
function leastWeights(reach: readonly (readonly number[])[]): number[] {
  const nearest = [...reach[0]];
  const inside = new Set([0]);
  const weights: number[] = [];
  while (inside.size < reach.length) {
    let next = -1;
    for (let i = 0; i < reach.length; i++) {
      if (!inside.has(i) && (next < 0 || nearest[i] < nearest[next])) next = i;
    }
    inside.add(next);
    weights.push(nearest[next]);
    reach[next].forEach((distance, i) => (nearest[i] = Math.min(nearest[i], distance)));
  }
  return weights.sort((a, b) => a - b);
}

function expectLeast(points: readonly number[][], minPoints: number): void {
  const reach = reachability(points, minPoints);
  const tree = reachTree(Float64Array.from(points.flat()), points.length, points[0].length, minPoints);
  expect([...tree.weights].sort((a, b) => a - b)).toEqual(leastWeights(reach));
  const union = unionFind(points.length);
  tree.weights.forEach((weight, edge) => {
    expect(weight).toBe(reach[tree.from[edge]][tree.to[edge]]);
    expect(union.union(tree.from[edge], tree.to[edge])).toBe(true);
  });
}

describe("reachTree", () => {
  it("connects by the largest of the distance and the distances to the neighbors", () => {
    // 0, 1, 3, 7 with their second point at 1, 1, 2 and 4.
    const { weights } = reachTree(Float64Array.of(0, 1, 3, 7), 4, 1, 2);
    expect([...weights].sort()).toEqual([1, 2, 4]);
    // The third point is at 3, 2, 3 and 6.
    expect([...reachTree(Float64Array.of(0, 1, 3, 7), 4, 1, 3).weights].sort()).toEqual([3, 3, 6]);
    expect(reachTree(Float64Array.of(5), 1, 1, 1).weights).toHaveLength(0);
  });

  it.each([1, 2, 3, 5])("is a least tree on lattices full of ties and equal rows, d = %i", (columns) => {
    const coordinate = fc.integer({ min: -2, max: 2 });
    const cases = fc
      .array(fc.array(coordinate, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 60 })
      .chain((points) => fc.tuple(fc.constant(points), fc.integer({ min: 1, max: points.length })));
    fc.assert(
      fc.property(cases, ([points, minPoints]) => expectLeast(points, minPoints)),
      { numRuns: 100 },
    );
  });

  it("is a least tree of clouds", () => {
    for (const columns of [2, 4, 9]) {
      const points = rowsOfMatrix(cloud(400, columns, { groups: 4, seed: columns, spread: 0.4 }), columns);
      for (const minPoints of [1, 2, 8, 400]) expectLeast(points, minPoints);
    }
  });

  it("stays near linear with a hundred thousand equal rows", () => {
    const values = new Float64Array(200_000).fill(3);
    values[0] = 4;
    const { weights } = reachTree(values, 100_000, 2, 4);
    expect(weights.filter((weight) => weight === 0)).toHaveLength(99_998);
    expect(Math.max(...weights.filter((weight) => weight > 0))).toBe(1);
  });
});
