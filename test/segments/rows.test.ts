import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { countDistinct, inRowOrder, type Rows, rowsOf, takeRows } from "../../src/segments/rows.ts";

const weighted = (rows: number[][], weights: number[]): Rows => ({
  ...rowsOf(fromMatrix(rows)),
  weights: Float64Array.from(weights),
});

describe("rows of a table", () => {
  it("are put in an order that only their content decides, and their weights with them", () => {
    const sorted = inRowOrder(weighted([[2, 1], [1, 9], [1, 3]], [10, 20, 30])); // prettier-ignore
    expect([...sorted.values]).toEqual([1, 3, 1, 9, 2, 1]);
    expect([...sorted.weights!]).toEqual([30, 20, 10]);
  });

  it("can be taken in part, and twice", () => {
    const taken = takeRows(rowsOf(fromMatrix([[1], [2], [3]])), Uint32Array.of(2, 0, 2));
    expect(taken).toEqual({ values: Float64Array.of(3, 1, 3), rows: 3, columns: 1, weights: undefined });
  });

  it("are counted once each, those of weight 0 not at all", () => {
    expect(countDistinct(inRowOrder(rowsOf(fromMatrix([[1], [2], [1], [-0], [0]]))))).toBe(3);
    expect(countDistinct(inRowOrder(weighted([[1], [2], [1], [2]], [1, 0, 1, 0])))).toBe(1);
    expect(countDistinct(rowsOf(fromMatrix([])))).toBe(0);
  });
});
