import { fitHierarchical } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { rowsOfMatrix } from "../support/rows.ts";
import { heightsOf, mlHclustHeights } from "./ml-hclust.ts";

describe("ml-hclust, as installed", () => {
  it("has the Ward of SciPy and R's ward.D2 under the name ward2 only", () => {
    const rows = [[0], [1], [5]];
    // √(2·2·1 / 3) · 4.5
    expectClose(heightsOf(rows, "ward2"), [1, Math.sqrt(4 / 3) * 4.5], { relative: 1e-14, because: "roundings" });
    expect(heightsOf(rows, "ward")[1]).not.toBeCloseTo(Math.sqrt(4 / 3) * 4.5, 3);
  });
});

describe("fitHierarchical beside ml-hclust", () => {
  for (const linkage of ["ward", "complete", "average", "single"] as const) {
    it.each([
      [2, 1],
      [60, 2],
      [160, 5],
    ])(`joins at the same heights with ${linkage} linkage: %i × %i`, (rows, columns) => {
      const points = rowsOfMatrix(cloud(rows, columns, { seed: rows }), columns);
      const heights = fitHierarchical(fromMatrix(points), { linkage }).merges.map((merge) => merge[2]);
      expectClose(heights, mlHclustHeights(points, linkage), { relative: 1e-11, because: "other formulas" });
    });
  }
});
