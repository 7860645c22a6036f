import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { compareRows, rowOrder } from "../../src/numeric/row-order.ts";

/** The same without differences, which overflow. */
function comparedOrder(values: Float64Array, rows: number, columns: number): number[] {
  return Array.from({ length: rows }, (_, i) => i).sort((a, b) => compareRows(values, columns, a, b) || a - b);
}

/** The order by definition: a stable sort with a comparator. */
function slowOrder(values: Float64Array, rows: number, columns: number): number[] {
  return Array.from({ length: rows }, (_, i) => i).sort((a, b) => {
    for (let j = 0; j < columns; j++) {
      const difference = values[a * columns + j] - values[b * columns + j];
      if (difference !== 0) return difference;
    }
    return a - b;
  });
}

describe("rowOrder", () => {
  it("orders by the first column, then by the next", () => {
    expect([...rowOrder(Float64Array.of(2, 1, 1, 9, 1, 3), 3, 2)]).toEqual([2, 1, 0]);
  });

  it("keeps equal rows in their order and takes −0 for 0", () => {
    expect([...rowOrder(Float64Array.of(0, -0, 0, -1), 4, 1)]).toEqual([3, 0, 1, 2]);
  });

  it("handles no rows and no columns", () => {
    expect([...rowOrder(new Float64Array(0), 0, 3)]).toEqual([]);
    expect([...rowOrder(new Float64Array(0), 3, 0)]).toEqual([0, 1, 2]);
  });

  it("agrees with a comparator on ties, negative, tiny and huge numbers", () => {
    const cell = fc.oneof(
      fc.constantFrom(0, -0, 1, -1, 1 + 2 ** -52, 5e-324, -5e-324, 1e300, -1e300),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(cell, { maxLength: 200 }), (columns, cells) => {
        const rows = Math.floor(cells.length / columns);
        const values = Float64Array.from(cells.slice(0, rows * columns));
        // Every cell twice makes runs long enough for the native sort.
        const doubled = Float64Array.from([...values, ...values]);
        expect([...rowOrder(doubled, 2 * rows, columns)]).toEqual(slowOrder(doubled, 2 * rows, columns));
      }),
    );
  });

  it.each([
    ["spread evenly", (u: number) => u - 0.5],
    ["of which a third are equal", (u: number) => (u < 0.33 ? 0.33 : u)],
    ["that are whole numbers below ten", (u: number) => Math.floor(10 * u)],
    ["with one far away", (u: number) => (u < 1e-4 ? 1e300 : u)],
    ["that are all the same", () => 7],
    ["so far apart that their distance overflows", (u: number) => (u < 0.5 ? -1.7e308 : 1.7e308) * u],
    ["some of them infinite", (u: number) => (u < 0.1 ? Infinity : u)],
  ])("sorts twenty thousand rows of numbers %s", (_, cell) => {
    const random = randomOf(3);
    const values = Float64Array.from({ length: 40_000 }, () => cell(random.next()));
    expect([...rowOrder(values, 20_000, 2)]).toEqual(comparedOrder(values, 20_000, 2));
  });
});
