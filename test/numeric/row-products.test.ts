import { describe, expect, it } from "vitest";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { withRowProducts } from "../../src/numeric/row-products.ts";

/** Σ sign · row · rowᵀ over rows that are small integers, so that sums are exact in any order. */
function productsOf(rows: readonly (readonly number[])[], sign: 1 | -1): number[] {
  const columns = rows[0].length;
  return withRowProducts(columns, (products) => {
    const total = new Float64Array(columns * columns);
    let filled = 0;
    for (const row of rows) {
      products.block.set(row, filled * columns);
      if (++filled < products.blockRows) continue;
      products.add(filled);
      filled = 0;
    }
    products.add(filled);
    products.addTo(total, sign);
    // What was taken in does not count twice.
    products.addTo(total, sign);
    return [...total];
  });
}

describe("withRowProducts", () => {
  it("adds up the products of rows, over as many blocks as they fill", () => {
    expect(productsOf([[1, 2], [3, 4], [5, 6]], 1)).toEqual([35, 0, 44, 56]); // prettier-ignore
    expect(productsOf([[1, 2]], -1)).toEqual([-1, 0, -2, -4]);
    const many = Array.from({ length: 70_001 }, (_, i) => [i % 3, 1]);
    expect(productsOf(many, 1)).toEqual([23_334 + 4 * 23_333, 0, 23_334 + 2 * 23_333, 70_001]);
  });

  it("gives the same without WebAssembly", () => {
    const rows = Array.from({ length: 300 }, (_, i) => [Math.sqrt(i), 1 / (i + 1), i % 7, -i, 0.1 * i]);
    const fast = productsOf(rows, 1);
    forceTwin(true);
    expect(productsOf(rows, 1)).toEqual(fast);
    forceTwin(false);
  });
});
