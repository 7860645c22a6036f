import { describe, expect, it } from "vitest";
import { isMergeTree, leafOrder, mergeTree } from "../../src/numeric/merge-tree.ts";

const merges = {
  from: Int32Array.of(0, 3, 1, 2),
  into: Int32Array.of(1, 4, 4, 4),
  heights: Float64Array.of(5, 1, 7, 5),
};

describe("mergeTree", () => {
  it("numbers merges by height, equal heights in the order given", () => {
    expect(mergeTree(5, merges)).toEqual([
      [3, 4, 1, 2],
      [0, 1, 5, 2],
      [2, 5, 5, 3],
      [6, 7, 7, 5],
    ]);
  });

  it("has no merges for one row", () => {
    const none = { from: new Int32Array(0), into: new Int32Array(0), heights: new Float64Array(0) };
    expect(mergeTree(1, none)).toEqual([]);
  });
});

describe("leafOrder", () => {
  it("makes every cluster a run of neighbors, and the largest gap between two places the height that joins them", () => {
    const { order, gaps } = leafOrder(5, mergeTree(5, merges));
    expect([...order]).toEqual([0, 1, 2, 3, 4]);
    expect([...gaps]).toEqual([5, 7, 5, 1, Infinity]);
  });

  it("puts the clusters of a tree that is cut off side by side", () => {
    const { order, gaps } = leafOrder(5, mergeTree(5, merges).slice(0, 1));
    expect([...order]).toEqual([0, 1, 2, 3, 4]);
    expect([...gaps]).toEqual([Infinity, Infinity, Infinity, 1, Infinity]);
  });

  it("takes a chain as deep as it is long", () => {
    const rows = 100_000;
    const chain = Array.from({ length: rows - 1 }, (_, i) => [i === 0 ? 0 : i + 1, i === 0 ? 1 : rows + i - 1, i, i + 2] as const); // prettier-ignore
    const { order } = leafOrder(rows, chain);
    expect(new Set(order).size).toBe(rows);
  });
});

describe("isMergeTree", () => {
  it("accepts what mergeTree makes and nothing that was damaged", () => {
    const tree = mergeTree(5, merges);
    expect(isMergeTree(tree, 5)).toBe(true);
    expect(isMergeTree(tree, 6)).toBe(false);
    expect(isMergeTree([], 1)).toBe(true);
    for (const wrong of [null, {}, "tree", tree.slice(1), [...tree.slice(0, 3), [6, 6, 7, 5]], tree.with(0, null!)]) {
      expect(isMergeTree(wrong, 5)).toBe(false);
    }
  });
});
