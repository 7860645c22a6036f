import { describe, expect, it } from "vitest";
import { canonicalLabels } from "../../src/segments/canonical-labels.ts";
import { rowsOf } from "../../src/segments/rows.ts";
import { fromMatrix } from "../../src/tables/feature-table.ts";

const number = (points: number[][], groups: number[]): number[] => [
  ...canonicalLabels(rowsOf(fromMatrix(points, { columns: points[0]?.length ?? 1 })), Int32Array.from(groups)),
];

describe("canonicalLabels", () => {
  it("numbers groups by size and leaves rows in no group alone", () => {
    expect(number([[1], [2], [3], [4], [5]], [3, -1, 0, 0, 0])).toEqual([1, -1, 0, 0, 0]);
    expect(number([], [])).toEqual([]);
  });

  it("orders groups of one size by the first coordinate in which their means differ", () => {
    const points = [[1, 9], [1, 9], [1, 2], [1, 2], [0, 5], [0, 5]]; // prettier-ignore
    expect(number(points, [0, 0, 1, 1, 2, 2])).toEqual([2, 2, 1, 1, 0, 0]);
  });

  it("orders groups of one size and one mean by their first row", () => {
    expect(number([[1], [-1], [2], [-2]], [0, 0, 1, 1])).toEqual([1, 1, 0, 0]);
    expect(number([[2], [-2], [1], [-1]], [0, 0, 1, 1])).toEqual([0, 0, 1, 1]);
  });
});
