import { describe, expect, it } from "vitest";
import { matrixMerges } from "../../src/numeric/distance-matrix.ts";
import { mergeTree } from "../../src/numeric/merge-tree.ts";
import { wardMerges } from "../../src/numeric/ward-clusters.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";

/** Both ways to Ward's tree; they share nothing but the chain. */
function bothTrees(values: Float64Array, rows: number, columns: number): ReturnType<typeof mergeTree>[] {
  return [
    mergeTree(rows, wardMerges(values, rows, columns)),
    mergeTree(rows, matrixMerges(values, rows, columns, "ward")),
  ];
}

describe("wardMerges", () => {
  it.each([
    ["scattered rows", {}, 1e-11],
    ["rows far from zero", { offset: 1e9 }, 1e-5],
    ["tiny numbers", { scale: 1e-140 }, 1e-11],
    ["huge numbers", { scale: 1e140 }, 1e-11],
    ["tight groups far apart", { spread: 1e-4, groups: 9 }, 1e-7],
    ["tighter groups than single precision tells apart", { spread: 1e-9, groups: 9 }, 1e-2],
  ])("gives the tree of the distance matrix: %s", (_, options, relative) => {
    for (const [rows, columns] of [
      [2, 1],
      [17, 1],
      [300, 2],
      [700, 8],
      [150, 33],
    ]) {
      // prettier-ignore
      const values = cloud(rows, columns, { seed: rows, ...options });
      const [means, matrix] = bothTrees(values, rows, columns).map((tree) => tree.map((merge) => merge[2]));
      expectClose(means, matrix, { relative, because: "the matrix's formula loses digits of near clusters" });
    }
  });

  it("joins the same pairs where nothing ties", () => {
    const [means, matrix] = bothTrees(cloud(600, 5), 600, 5);
    expect(means.map(([a, b]) => [a, b])).toEqual(matrix.map(([a, b]) => [a, b]));
  });

  it("is not led astray by one row so far away that single precision sees the others as one", () => {
    const values = cloud(400, 3);
    values.set([1e9, 1e9, 1e9], 3 * 250);
    const [means, matrix] = bothTrees(values, 400, 3);
    expect(means.map(([a, b]) => [a, b])).toEqual(matrix.map(([a, b]) => [a, b]));
  });

  it("takes rows that are all equal, and many equal rows", () => {
    expect(wardMerges(new Float64Array(200).fill(3), 100, 2).heights).toEqual(new Float64Array(99));
    const few = Float64Array.from({ length: 900 }, (_, i) => (i * 7) % 5);
    const tree = mergeTree(900, wardMerges(few, 900, 1));
    expect(tree.filter((merge) => merge[2] === 0)).toHaveLength(895);
  });
});
