import fc from "fast-check";
import { mergeAll, run } from "clientele/core";
import { covariance, covarianceOf, covarianceState } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import { rowsOfMatrix } from "../support/rows.ts";

/** The textbook's two passes with compensated sums: means first, then products of deviations. */
function twoPass(values: Float64Array, columns: number): number[][] {
  const rows = values.length / columns;
  const sum = (of: (row: number) => number): number => {
    let total = 0;
    let rest = 0;
    for (let row = 0; row < rows; row++) {
      const x = of(row);
      const next = total + x;
      rest += Math.abs(total) >= Math.abs(x) ? total - next + x : x - next + total;
      total = next;
    }
    return total + rest;
  };
  const at = (row: number, j: number): number => values[row * columns + j];
  const first = Array.from({ length: columns }, (_, j) => at(0, j));
  const mean = first.map((origin, j) => sum((row) => at(row, j) - origin) / rows);
  return first.map((oi, i) =>
    first.map((oj, j) => sum((row) => (at(row, i) - oi - mean[i]) * (at(row, j) - oj - mean[j])) / (rows - 1)),
  );
}

/** Each cell within `digits` of the scale of its pair of features. */
function expectNear(
  actual: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  share: number,
): void {
  expected.forEach((row, i) => {
    row.forEach((value, j) => {
      const room = share * Math.sqrt(expected[i][i] * expected[j][j]);
      expect(Math.abs(actual[i][j] - value), `cell ${i}, ${j}`).toBeLessThanOrEqual(room);
    });
  });
}

describe("covarianceOf", () => {
  it("gives what the accumulator gives", () => {
    // By hand, as in covariance.test.ts: products of deviations sum to 10, −27 and 74; a constant varies with nothing.
    const values = Float64Array.of(1, 10, 5, 2, 8, 5, 4, 3, 5, 5, -1, 5);
    const result = covarianceOf(values, 3);
    expect(result.n).toBe(4);
    expect(result.mean).toEqual([3, 5, 5]);
    expect(result.sampleCovariance).toEqual([
      [10 / 3, -9, 0],
      [-9, 74 / 3, 0],
      [0, 0, 0],
    ]);
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 70])("keeps 12 digits of two passes for %i columns", (columns) => {
    const rows = columns > 20 ? 1500 : 6001;
    const values = cloud(rows, columns, { seed: columns });
    expectNear(covarianceOf(values, columns).sampleCovariance ?? [], twoPass(values, columns), 1e-12);
  });

  it("keeps them far from 0, where the squares of the numbers have no correct digit of the variance", () => {
    const values = cloud(20_000, 3, { offset: 1e9 });
    expectNear(covarianceOf(values, 3).sampleCovariance ?? [], twoPass(values, 3), 1e-12);
  });

  it("keeps them when rows rise, fall, jump, or begin with an outlier", () => {
    const rows = 50_000;
    const shapes: ((row: number) => number)[] = [
      (row) => row,
      (row) => -(row ** 2),
      (row) => (row < rows / 2 ? 0 : 1e8) + (row % 7),
      (row) => (row === 0 ? 1e10 : row % 11),
      (row) => (row === rows - 1 ? -1e12 : row % 5),
    ];
    const values = Float64Array.from({ length: rows * 5 }, (_, cell) => shapes[cell % 5](Math.floor(cell / 5)));
    expectNear(covarianceOf(values, 5).sampleCovariance ?? [], twoPass(values, 5), 1e-12);
  });

  it("gives a constant feature a variance of exactly 0 and its value as mean, over many blocks", () => {
    const values = Float64Array.from({ length: 30_000 * 3 }, (_, cell) => (cell % 3 === 1 ? 0.1 : Math.sqrt(cell)));
    const { mean, sampleCovariance } = covarianceOf(values, 3);
    expect(mean[1]).toBe(0.1);
    expect(sampleCovariance?.[1]).toEqual([0, 0, 0]);
  });

  it("says null for what no row or one row cannot tell", () => {
    expect(covarianceOf(new Float64Array(0), 2)).toEqual(run(covariance, []));
    expect(covarianceOf(Float64Array.of(7, 8), 2)).toEqual(run(covariance, [[7, 8]]));
  });

  it("refuses cells that are not finite with their place, lengths that do not fit and overflow", () => {
    const values = cloud(9000, 4);
    for (const bad of [NaN, Infinity, -Infinity]) {
      expectRefusal(() => covarianceOf(values.with(4 * 8765 + 2, bad), 4), "invalid-value", "values[8765, 2]");
      expectRefusal(() => covarianceOf(values.with(0, bad), 4), "invalid-value", "values[0, 0]");
    }
    expectRefusal(() => covarianceOf(values, 7), "shape-mismatch", "values");
    expectRefusal(() => covarianceOf([1, 2] as unknown as Float64Array, 1), "shape-mismatch", "values");
    for (const columns of [0, -1, 1.5, NaN, "2" as unknown as number]) {
      expectRefusal(() => covarianceOf(values, columns), "invalid-value", "columns");
    }
    expectRefusal(() => covarianceOf(Float64Array.of(1e200, -1e200), 1), "too-large", "values");
    expectRefusal(() => covarianceOf(new Float64Array(20_000), 20_000), "too-large", "columns");
  });
});

describe("covarianceState", () => {
  it("merges with others and with rows that were added one by one, in any split", () => {
    const values = cloud(3000, 4, { seed: 9 });
    const whole = covarianceOf(values, 4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 4 }), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), 3000];
        const parts = bounds.slice(1).map((end, i) => values.subarray(4 * bounds[i], 4 * end));
        const states = parts.map((part, i) =>
          i % 2 === 0 ? covarianceState(part, 4) : rowsOfMatrix(part, 4).reduce(covariance.add, covariance.init()),
        );
        const merged = covariance.finish(mergeAll(covariance, states.map((state) => structuredClone(state)))); // prettier-ignore
        expect(merged.n).toBe(3000);
        expectNear(merged.sampleCovariance ?? [], whole.sampleCovariance ?? [], 1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it("is plain JSON", () => {
    const state = covarianceState(Float64Array.of(-0, 2, -0, 4), 2);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expectClose(state.products, [0, 0, 0, 2], { because: "small integers" });
  });
});
