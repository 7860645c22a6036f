import { cutHierarchy, fitHierarchical } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { treeLayout } from "../../src/charts/tree-layout.ts";
import { cloud } from "../support/clouds.ts";
import { reordered, shuffled } from "../support/rows.ts";

const line = fitHierarchical(fromMatrix([[30], [7], [1], [5], [0]]), { linkage: "single" });

describe("treeLayout", () => {
  it("puts the part with the lower mean first, and each joint in the middle of its parts", () => {
    const { branches, joints } = treeLayout(line, 5, undefined);
    expect(branches.map(({ row }) => row)).toEqual([4, 2, 3, 1, 0]);
    expect(branches.map(({ y, height, size }) => [y, height, size])).toEqual([0.5, 1.5, 2.5, 3.5, 4.5].map((y) => [y, 0, 1])); // prettier-ignore
    expect(joints.map(({ y, height }) => [y, height])).toEqual([
      [1, 1],
      [3, 2],
      [2, 4],
      [3.25, 23],
    ]);
    expect(joints[3].parts).toEqual([joints[2], branches[4]]);
  });

  it("draws what lies below as branches of several customers, at their own height", () => {
    const { branches, joints } = treeLayout(line, 3, undefined);
    expect(branches.map(({ height, size }) => [height, size])).toEqual([
      [1, 2],
      [2, 2],
      [0, 1],
    ]);
    expect(joints).toHaveLength(2);
  });

  it("knows the group of whatever lies within one", () => {
    const { branches, joints } = treeLayout(line, 5, cutHierarchy(line, { k: 2 }));
    expect(branches.map(({ group }) => group)).toEqual([0, 0, 0, 0, 1]);
    expect(joints.map(({ group }) => group)).toEqual([0, 0, 0, null]);
  });

  it("does not depend on the order of the rows", () => {
    const table = fromMatrix(cloud(120, 3), { columns: 3 });
    const placesOf = (rows: typeof table): unknown =>
      treeLayout(fitHierarchical(rows), 20, undefined).branches.map(({ y, size }) => [y, size]);
    expect(placesOf(reordered(table, shuffled(120, 5)))).toEqual(placesOf(table));
  });
});
