import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellGrid } from "../../src/numeric/cell-grid.ts";
import { cellsWithin } from "../../src/numeric/cells.ts";
import { largestSquare, type PointCells, squareOfGap, squareOfSpan } from "../../src/numeric/point-cells.ts";
import { cloud } from "../support/clouds.ts";

const cases = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    points: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 60,
    }),
    radius: fc.constantFrom(0.5, 1, 2, 3.5, 40),
  }),
);

/** All pairs that a sweep shows, as `low-high`, each as often as it is shown. */
function pairsOf(cells: PointCells, range: "all" | "later"): string[] {
  const pairs: string[] = [];
  let last = -1;
  cells.sweep(
    () => true,
    range,
    (cell, nearby, count) => {
      expect(cell).toBe(last + 1);
      last = cell;
      for (let i = 0; i < count; i++) pairs.push(`${Math.min(cell, nearby[i])}-${Math.max(cell, nearby[i])}`);
    },
  );
  expect(last).toBe(cells.starts.length - 2);
  return pairs.sort();
}

describe("cellsWithin", () => {
  it("puts every row into one cell whose box holds it", () =>
    fc.assert(
      fc.property(cases, ({ columns, points, radius }) => {
        const values = Float64Array.from(points.flat());
        const cells = cellsWithin(values, points.length, columns, radius);
        expect([...cells.order].sort((a, b) => a - b)).toEqual(points.map((_, row) => row));
        for (let cell = 0; cell + 1 < cells.starts.length; cell++) {
          expect(cells.starts[cell + 1]).toBeGreaterThan(cells.starts[cell]);
          for (let j = 0; j < columns; j++) {
            const members = points.map((_, i) => i).slice(cells.starts[cell], cells.starts[cell + 1]);
            const column = members.map((place) => points[cells.order[place]][j]);
            const box = 2 * columns * cell + j;
            expect(cells.boxes[box]).toBe(Math.min(...column));
            expect(cells.boxes[box + columns]).toBe(Math.max(...column));
          }
        }
      }),
    ));

  it("shows every pair of cells within the radius: twice among all, once among the later", () =>
    fc.assert(
      fc.property(cases, ({ columns, points, radius }) => {
        const cells = cellsWithin(Float64Array.from(points.flat()), points.length, columns, radius);
        const wanted: string[] = [];
        for (let a = 0; a + 1 < cells.starts.length; a++) {
          for (let b = a + 1; b + 1 < cells.starts.length; b++) {
            const square = squareOfGap(cells.boxes, 2 * columns * a, 2 * columns * b, columns);
            if (square <= largestSquare(radius)) wanted.push(`${a}-${b}`);
          }
        }
        expect(pairsOf(cells, "later")).toEqual(wanted.sort());
        expect(pairsOf(cells, "all")).toEqual(wanted.flatMap((pair) => [pair, pair]).sort());
      }),
    ));

  it("makes cells of neighbors only in a grid, and of neighbors or few points in a tree", () => {
    for (const columns of [1, 2, 3, 4, 7]) {
      const values = cloud(5000, columns, { seed: 12 });
      const { starts, boxes } = cellsWithin(values, 5000, columns, 0.4);
      for (let cell = 0; cell + 1 < starts.length; cell++) {
        const box = 2 * columns * cell;
        const isTight = squareOfSpan(boxes, box, box, columns) <= largestSquare(0.4);
        expect(isTight || (columns > 3 && starts[cell + 1] - starts[cell] <= 32)).toBe(true);
      }
    }
  });

  it("leaves a grid that would have too many cells to a tree", () => {
    const values = Float64Array.of(0, 0, 1e9, 1e9, 1, 0);
    expect(cellGrid(values, 3, 2, 1, largestSquare(1))).toBeUndefined();
    expect(cellGrid(values, 3, 2, 1e6, largestSquare(1e6))?.starts.length).toBe(3);
    expect(pairsOf(cellsWithin(values, 3, 2, 1), "later")).toEqual([]);
  });
});

describe("largestSquare", () => {
  it("is the largest double whose root is at most the radius", () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-145, max: 1e150, noNaN: true }), (radius) => {
        const square = largestSquare(radius);
        expect(Math.sqrt(square)).toBeLessThanOrEqual(radius);
        expect(Math.sqrt(square * (1 + 2 ** -52))).toBeGreaterThan(radius);
      }),
    ));

  it("is the largest double of all for a radius whose square overflows", () => {
    expect(largestSquare(1e200)).toBe(Number.MAX_VALUE);
  });
});
