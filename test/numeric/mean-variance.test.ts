import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { meanVariance } from "../../src/numeric/mean-variance.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { shuffled } from "../support/rows.ts";

afterEach(() => forceTwin(false));

const of = (rows: readonly (readonly number[])[], weights?: readonly number[]): number =>
  meanVariance({
    values: Float64Array.from(rows.flat()),
    rows: rows.length,
    columns: rows[0].length,
    weights: weights && Float64Array.from(weights),
  });

describe("meanVariance", () => {
  it("is the mean of the columns' variances, weighted if there are weights, exact far from zero", () => {
    // Columns 0, 1, 2 and 0, 0, 3: variances 2/3 and 2.
    expectClose(of([[0, 0], [1, 0], [2, 3]]), 4 / 3, { relative: 1e-15, because: "one rounding" }); // prettier-ignore
    expect(of([[0], [4], [99]], [3, 1, 0])).toBe(3);
    expect(of([[1.7e12], [1.7e12 + 2]])).toBe(1);
    expect(of([[7, 7, 7]])).toBe(0);
  });

  it("has the same bits for any order of the rows, of any number of columns", () => {
    for (const columns of [1, 2, 3, 8, 17]) {
      const values = cloud(2500, columns, { groups: 3, seed: columns }).map((x) => x * x * x);
      const order = shuffled(2500, 4);
      const moved = values.map((_, i) => values[order[Math.floor(i / columns)] * columns + (i % columns)]);
      const weights = Float64Array.from(order, (_, row) => 0.3 + (row % 7));
      const data = { values, rows: 2500, columns, weights: undefined };
      forceTwin(true);
      const twin = [meanVariance(data), meanVariance({ ...data, weights })];
      forceTwin(false);
      expect([meanVariance(data), meanVariance({ ...data, weights })]).toEqual(twin);
      expect(meanVariance({ ...data, values: moved })).toBe(meanVariance(data));
      expect(meanVariance({ ...data, values: moved, weights: Float64Array.from(order, (row) => weights[row]) })).toBe(
        meanVariance({ ...data, weights }),
      );
    }
  });

  it("does not change when a power of two multiplies the rows, but for its square", () => {
    const cell = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 }), (rows) => {
        const doubled = rows.map((row) => row.map((x) => 2 * x));
        expectClose(of(doubled), 4 * of(rows), {
          relative: 1e-15,
          absolute: 1e-300,
          because: "no step but the last rounds",
        });
      }),
    );
  });
});
