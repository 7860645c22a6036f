import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
    expect(distinctRows(new Float64Array(0), 0, 3)).toEqual(none);
  });
});
