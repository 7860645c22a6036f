import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cheapestPairs } from "../../src/numeric/assignment.ts";

interface Golden {
  readonly cases: readonly { readonly rows: number; readonly columns: number; readonly total: number }[];
}
const golden = JSON.parse(
  readFileSync(new URL("../oracles/assignment.golden.json", import.meta.url), "utf8"),
) as Golden;

/** The costs of test/oracles/assignment.py. */
function costsOf(rows: number, columns: number): Float64Array {
  let state = 1 + rows * 1000 + columns;
  return Float64Array.from({ length: rows * columns }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 101) - 50;
  });
}

function totalOf(costs: Float64Array, columns: number, pairs: Int32Array): number {
  return pairs.reduce((sum, column, row) => (column < 0 ? sum : sum + costs[row * columns + column]), 0);
}

/** The least total of all ways to pair, by trying each. */
function leastOf(costs: Float64Array, rows: number, columns: number, row = 0, taken = 0): number {
  if (row === rows) return 0;
  let least = Infinity;
  for (let column = 0; column < columns; column++) {
    if ((taken & (1 << column)) !== 0) continue;
    least = Math.min(
      least,
      costs[row * columns + column] + leastOf(costs, rows, columns, row + 1, taken | (1 << column)),
    );
  }
  return least;
}

describe("cheapestPairs", () => {
  it("finds the pairs of a small table by hand", () => {
    // 1 + 2 + 2 on the other diagonal beats the greedy 0 + 5 + 9.
    expect(cheapestPairs(Float64Array.of(4, 1, 3, 2, 0, 5, 3, 2, 2), 3, 3)).toEqual(Int32Array.of(1, 0, 2));
  });

  it("reaches the totals of scipy, square and not", () => {
    for (const { rows, columns, total } of golden.cases) {
      const costs = costsOf(rows, columns);
      expect(totalOf(costs, columns, cheapestPairs(costs, rows, columns))).toBe(total);
    }
  });

  it("is as cheap as the best of all ways, pairs one to one, and leaves over only what the shorter side must", () => {
    const tables = fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.integer({ min: -4, max: 4 }), { minLength: rows * columns, maxLength: rows * columns })
          .map((costs) => ({ rows, columns, costs: Float64Array.from(costs) })),
      );
    fc.assert(
      fc.property(tables, ({ rows, columns, costs }) => {
        const before = costs.slice();
        const pairs = cheapestPairs(costs, rows, columns);
        expect(costs).toEqual(before);
        expect(pairs).toHaveLength(rows);
        const used = [...pairs].filter((column) => column >= 0);
        expect(used).toHaveLength(Math.min(rows, columns));
        expect(new Set(used).size).toBe(used.length);
        const turned = Float64Array.from(costs, (_, i) => costs[(i % rows) * columns + Math.floor(i / rows)]);
        const least = rows <= columns ? leastOf(costs, rows, columns) : leastOf(turned, columns, rows);
        expect(totalOf(costs, columns, pairs)).toBe(least);
      }),
    );
  });

  it("keeps numbers where everything ties", () => {
    expect(cheapestPairs(new Float64Array(9), 3, 3)).toEqual(Int32Array.of(0, 1, 2));
    expect(cheapestPairs(new Float64Array(6), 2, 3)).toEqual(Int32Array.of(0, 1));
    expect(cheapestPairs(new Float64Array(6), 3, 2)).toEqual(Int32Array.of(0, 1, -1));
  });

  it("pairs nothing where a side is empty", () => {
    expect(cheapestPairs(new Float64Array(0), 0, 3)).toEqual(new Int32Array(0));
    expect(cheapestPairs(new Float64Array(0), 2, 0)).toEqual(Int32Array.of(-1, -1));
  });
});
