import fc from "fast-check";
import { run } from "clientele/core";
import { covariance, moments } from "clientele/numeric";
import type { Covariance } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectRefusal } from "../support/refusal.ts";

const rowsOf = [
  [1, 10, 5],
  [2, 8, 5],
  [4, 3, 5],
  [5, -1, 5],
];

describe("covariance", () => {
  it("gives means and both covariances", () => {
    // By hand: deviations (-2, -1, 1, 2) and (5, 3, -2, -6): products sum to 10, -27 and 74; a constant varies with nothing.
    const result = run(covariance, rowsOf);
    expect(result.n).toBe(4);
    expect(result.mean).toEqual([3, 5, 5]);
    expect(result.covariance).toEqual([
      [10 / 4, -27 / 4, 0],
      [-27 / 4, 74 / 4, 0],
      [0, 0, 0],
    ]);
    expect(result.sampleCovariance![0]).toEqual([10 / 3, -9, 0]);
  });

  it("has the variances of each feature on its diagonal", () => {
    const result = run(covariance, rowsOf);
    [0, 1, 2].forEach((j) => {
      const alone = run(moments, rowsOf.map((row) => row[j])); // prettier-ignore
      expect(result.covariance![j][j]).toBeCloseTo(alone.variance!, 14);
    });
  });

  it("does not lose the spread of features far from 0", () => {
    const far = rowsOf.map((row) => row.map((x) => x + 1e9));
    expect(run(covariance, far).covariance![0][1]).toBeCloseTo(-27 / 4, 6);
  });

  it("takes typed rows and is symmetric to the bit", () => {
    const rows = Array.from({ length: 50 }, (_, i) => Float64Array.of(Math.sqrt(i), i % 7, 1 / (i + 1)));
    const { sampleCovariance: matrix } = run(covariance, rows);
    for (const i of [0, 1, 2]) for (const j of [0, 1, 2]) expect(matrix![i][j]).toBe(matrix![j][i]);
  });

  it("says null for what no row or one row cannot tell", () => {
    expect(run(covariance, [])).toEqual({ n: 0, mean: [], covariance: null, sampleCovariance: null });
    expect(run(covariance, [[7, 8]])).toEqual({
      n: 1,
      mean: [7, 8],
      covariance: [
        [0, 0],
        [0, 0],
      ],
      sampleCovariance: null,
    });
  });

  it("refuses rows of another length, cells that are not finite and overflow", () => {
    const state = covariance.add(covariance.init(), [1, 2]);
    const kept = structuredClone(state);
    expectRefusal(() => covariance.add(state, [1]), "shape-mismatch", "input");
    expectRefusal(() => covariance.add(state, [1, NaN]), "invalid-value", "input[1]");
    expectRefusal(() => covariance.add(covariance.init(), [Infinity]), "invalid-value", "input[0]");
    expectRefusal(() => covariance.merge(state, covariance.add(covariance.init(), [1])), "shape-mismatch");
    expect(state).toEqual(kept);
    expectRefusal(() => covariance.add(state, [1e200, 1]), "too-large");
  });
});

function equal(a: Covariance, b: Covariance, inputs: readonly (readonly number[])[]): boolean {
  const size = inputs.flat().reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  const flat = (matrix: Covariance["covariance"]): readonly number[] => (matrix ?? []).flat();
  const near = (p: readonly number[], q: readonly number[], scale: number): boolean =>
    p.length === q.length && p.every((x, i) => Math.abs(x - q[i]) <= 1e-12 * scale);
  return (
    a.n === b.n &&
    near(a.mean, b.mean, size) &&
    near(flat(a.covariance), flat(b.covariance), size * size) &&
    near(flat(a.sampleCovariance), flat(b.sampleCovariance), size * size)
  );
}

accumulatorLaws("covariance", {
  accumulator: covariance,
  arbitraryInput: fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -2, max: 2 })), {
    minLength: 3,
    maxLength: 3,
  }),
  equal,
});
