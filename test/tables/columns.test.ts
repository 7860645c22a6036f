import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { finiteColumn, sortedPresent } from "../../src/tables/columns.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("finiteColumn", () => {
  const table = fromMatrix([[1, 5], [NaN, 6], [3, NaN]], { names: ["age", "orders"] }); // prettier-ignore

  it("copies one feature, gaps included", () => {
    const column = finiteColumn("f", "table", table, 1);
    expect(column).toEqual(Float64Array.of(5, 6, NaN));
    column[0] = 9;
    expect(table.values[1]).toBe(5);
  });

  it("is empty for a table without rows", () => {
    expect(finiteColumn("f", "table", fromMatrix([], { names: ["age"] }), 0)).toHaveLength(0);
  });

  it("refuses an infinite cell with its place, and looks at no other feature", () => {
    for (const infinity of [Infinity, -Infinity]) {
      const broken = { ...table, values: table.values.with(3, infinity) };
      expectRefusal(() => finiteColumn("f", "scores", broken, 1), "invalid-value", "scores.values[1, 1]");
      expect(finiteColumn("f", "scores", broken, 0)).toEqual(Float64Array.of(1, NaN, 3));
    }
  });
});

describe("sortedPresent", () => {
  it("sorts by size and leaves gaps out, without changing the column", () => {
    const column = Float64Array.of(10, NaN, 9, -1, NaN);
    expect(sortedPresent(column)).toEqual(Float64Array.of(-1, 9, 10));
    expect(column).toEqual(Float64Array.of(10, NaN, 9, -1, NaN));
  });

  it("is empty where nothing is present", () => {
    expect(sortedPresent(Float64Array.of(NaN, NaN))).toHaveLength(0);
    expect(sortedPresent(new Float64Array(0))).toHaveLength(0);
  });
});
