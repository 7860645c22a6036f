import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countPairs, listsOf, numberPairs } from "../../src/numeric/pair-counts.ts";

const tables = fc.record({
  pairs: fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 4 }), fc.integer({ min: 1, max: 9 })), { maxLength: 60 }),
  // A small table is numbered in a table of its own, a large one row by row.
  columns: fc.constantFrom(5, 20_000),
});

describe("numberPairs and countPairs", () => {
  it("keep the cells that occur, row after row, columns ascending, with their counts or weights", () => {
    fc.assert(
      fc.property(tables, fc.boolean(), ({ pairs, columns }, weighted) => {
        const from = (): Uint32Array => Uint32Array.from(pairs, ([row]) => row);
        const to = Uint32Array.from(pairs, ([, column]) => column);
        const weights = weighted ? Float64Array.from(pairs, ([, , weight]) => weight) : undefined;
        const { to: rows, weight } = listsOf(countPairs(from(), to, 7, columns, weights));
        expect(rows).toHaveLength(7);
        rows.forEach((row, r) => {
          const own = pairs.filter(([at]) => at === r);
          expect(row).toEqual([...new Set(own.map(([, column]) => column))].sort((a, b) => a - b));
          const sums = row.map((column) => own.filter(([, at]) => at === column).reduce((sum, [, , w]) => sum + (weighted ? w : 1), 0)); // prettier-ignore
          expect(weight[r]).toEqual(sums);
        });
        const { starts, columns: cells, cellAt } = numberPairs(from(), to, 7, columns);
        pairs.forEach(([row, column], pair) => {
          expect(cells[cellAt[pair]]).toBe(column);
          expect(cellAt[pair]).toBeGreaterThanOrEqual(starts[row]);
          expect(cellAt[pair]).toBeLessThan(starts[row + 1]);
        });
      }),
    );
  });
});
