import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRows } from "../../src/numeric/row-order.ts";
import { distinctRows } from "../../src/numeric/distinct-rows.ts";

describe("distinctRows", () => {
  it("counts equal rows, sorts the distinct ones, and sends every row to its own", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 2 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(values, (drawn) => {
        const cells = Float64Array.from(drawn.flat(), (x) => x + 0);
        const { rows, weight, of } = distinctRows(cells, drawn.length, 2);
        const textOf = (row: number): string => cells.subarray(2 * row, 2 * row + 2).join();
        expect(new Set(Array.from(rows, textOf)).size).toBe(rows.length);
        expect(weight.reduce((sum, count) => sum + count, 0)).toBe(drawn.length);
        of.forEach((group, row) => expect(textOf(rows[group])).toBe(textOf(row)));
        for (let i = 1; i < rows.length; i++) {
          const [a, b] = [rows[i - 1], rows[i]];
          const first = cells[2 * a] - cells[2 * b];
          expect(first < 0 || (first === 0 && cells[2 * a + 1] < cells[2 * b + 1])).toBe(true);
        }
      }),
    );
  });

  it("knows no row of nothing", () => {
    const none = { rows: new Uint32Array(0), weight: new Float64Array(0), of: new Uint32Array(0) };
    expect(distinctRows(new Float64Array(0), 0, 3)).toMatchObject(none);
  });

  it("gives the columns of the distinct rows by the numbers that repeat", () => {
    const { rows, columns } = distinctRows(Float64Array.of(7, 9, 1, 5, 8, 1, 7, 9, 1, 5, -0, 1, 5, 0, 1), 5, 3, [0, 1]);
    expect(Array.from(rows)).toEqual([3, 1, 0]);
    expect(columns.map(({ levels, at }) => Array.from(at, (level) => levels[level]))).toEqual([
      [5, 5, 7],
      [0, 8, 9],
    ]);
  });

  it("tells rows apart whose places do not fit into one number", () => {
    const [rows, width] = [3000, 6];
    const cells = Float64Array.from({ length: rows * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      // 1,500 numbers in each column: 1,500⁶ combinations. The second half repeats the first in all columns.
      return ((row % (rows / 2)) * (2 * column + 7)) % 1501;
    });
    const { weight, rows: distinct } = distinctRows(cells, rows, width);
    expect(distinct.length).toBe(rows / 2);
    expect(new Set(weight)).toEqual(new Set([2]));
    for (let i = 1; i < distinct.length; i++) {
      expect(compareRows(cells, width, distinct[i - 1], distinct[i])).toBeLessThan(0);
    }
  });
});
