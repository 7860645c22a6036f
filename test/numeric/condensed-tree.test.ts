import { describe, expect, it } from "vitest";
import { condensedTree } from "../../src/numeric/condensed-tree.ts";
import type { SpanningTree } from "../../src/numeric/reach-tree.ts";

const edges = (list: readonly (readonly [number, number, number])[]): SpanningTree => ({
  from: Uint32Array.from(list, ([from]) => from),
  to: Uint32Array.from(list, ([, to]) => to),
  weights: Float64Array.from(list, ([, , weight]) => weight),
});

describe("condensedTree", () => {
  it("keeps the splits into large parts and lets the rest leave", () => {
    // 0-1-2 at distance 1/4, 3-4-5 at 1/2, 6 comes at 1, both groups meet at 2.
    const tree = edges([[0, 1, 0.25], [1, 2, 0.25], [3, 4, 0.5], [4, 5, 0.5], [5, 6, 1], [2, 3, 2]]); // prettier-ignore
    const { parents, stabilities, ends, clusters, densities } = condensedTree(tree, 7, 3);
    expect([...parents]).toEqual([-1, 0, 0]);
    const first = clusters[0];
    const second = clusters[3];
    expect([...clusters]).toEqual([first, first, first, second, second, second, second]);
    expect([...densities]).toEqual([4, 4, 4, 2, 2, 2, 1]);
    // Everybody from 0 to 1/2; three rows from 1/2 to 4; four rows from 1/2 to 1 and three on to 2.
    expect([stabilities[0], stabilities[first], stabilities[second]]).toEqual([7 / 2, 10.5, 3 * 1.5 + 0.5]);
    expect([ends[0], ends[first], ends[second]]).toEqual([0.5, 4, 2]);
  });

  it("undoes merges at the same distance together, whatever edges connect the parts", () => {
    const groups = [[0, 1, 1], [2, 3, 1], [4, 5, 1]] as const; // prettier-ignore
    const chain = condensedTree(edges([...groups, [1, 2, 4], [3, 4, 4]]), 6, 2);
    const star = condensedTree(edges([[4, 1, 4], ...groups, [4, 2, 4]]), 6, 2);
    for (const { parents, stabilities, densities } of [chain, star]) {
      expect([...parents]).toEqual([-1, 0, 0, 0]);
      expect([...stabilities.slice(1)]).toEqual([1.5, 1.5, 1.5]);
      expect([...densities]).toEqual([1, 1, 1, 1, 1, 1]);
    }
    // Three pairs that are too small are no cluster, in whatever order they are undone.
    expect([...condensedTree(edges([...groups, [1, 2, 4], [3, 4, 4]]), 6, 3).densities]).toEqual(
      Array<number>(6).fill(1 / 4),
    );
  });

  it("takes equal rows as infinitely dense", () => {
    const { stabilities, densities } = condensedTree(edges([[0, 1, 0], [1, 2, 0]]), 3, 2); // prettier-ignore
    expect([...stabilities]).toEqual([Infinity]);
    expect([...densities]).toEqual([Infinity, Infinity, Infinity]);
  });
});
