import { measureAdjustedRand } from "clientele/segments";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelPair } from "../support/arbitraries.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import golden from "../oracles/kmeans.golden.json" with { type: "json" };

const rand = (a: readonly number[], b: readonly number[]): number =>
  measureAdjustedRand(labelsOf(a), labelsOf(b)).value;

describe("measureAdjustedRand", () => {
  it("is 1 for the same groups under other numbers", () => {
    expect(rand([0, 0, 1, 2, 2], [2, 2, 0, 1, 1])).toBe(1);
  });

  it("gives the published example of Hubert and Arabie's index by hand", () => {
    // Contingency table [[1, 1, 0], [1, 2, 1], [0, 0, 4]] of Yeung & Ruzzo (2001), supplement: 0.31257344300822566.
    expectClose(rand([0, 0, 1, 1, 1, 1, 2, 2, 2, 2], [0, 1, 0, 1, 1, 2, 2, 2, 2, 2]), 0.31257344300822566, {
      relative: 1e-14,
      because: "three divisions",
    });
  });

  it.each(golden.adjustedRand.map((pair, i) => [i, pair] as const))("agrees with scikit-learn: pair %i", (_, pair) => {
    expectClose(rand(pair.a, pair.b), pair.value, { absolute: 1e-14, because: "another order of divisions" });
  });

  it("is 1 when both are one group or both all singletons, 0 when one is one group and the other singletons", () => {
    expect(rand([0, 0, 0], [2, 2, 2])).toBe(1);
    expect(rand([0, 1, 2], [2, 0, 1])).toBe(1);
    expect(rand([0, 0, 0], [0, 1, 2])).toBe(0);
    expect(rand([0], [0])).toBe(1);
  });

  it("takes any numbers, also far beyond the rows: a few customers of a large base keep those of their groups", () => {
    expect(rand([70, 70, 9, 9], [0, 0, 2 ** 31 - 1, 2 ** 31 - 1])).toBe(1);
    expect(rand([70, 70, 9, 9], [5, 6, 5, 6])).toBe(rand([1, 1, 0, 0], [0, 1, 0, 1]));
  });

  it("counts the rows without a group as a group of their own", () => {
    expect(rand([-1, -1, 0, 0], [1, 1, 0, 0])).toBe(1);
    expect(rand([-1, 0], [-1, 0])).toBe(1);
  });

  it("is symmetric, at most 1, blind to numbering, and 1 with itself", () => {
    fc.assert(
      fc.property(labelPair, ([a, b]) => {
        const value = rand(a, b);
        expectClose(rand(b, a), value, { absolute: 1e-12, because: "another order of multiplications" });
        expect(value).toBeLessThanOrEqual(1);
        expect(rand(a, a)).toBe(1);
        const renumbered = a.map((label) => (label < 0 ? label : Math.max(...a) - label));
        expect(rand(renumbered, b)).toBe(value);
      }),
    );
  });

  it("does not overflow for a million rows", () => {
    const a = new Int32Array(1_000_000).map((_, row) => row % 3);
    const b = a.map((group) => (group + 1) % 3);
    expect(measureAdjustedRand(a, b).value).toBe(1);
  });

  it("refuses labels of different length, none at all, and things that are no labels", () => {
    expectRefusal(() => rand([0, 1], [0]), "shape-mismatch", "b");
    expectRefusal(() => rand([], []), "too-few-rows", "a");
    expectRefusal(() => measureAdjustedRand([0, 1] as never, labelsOf([0, 1])), "shape-mismatch", "a");
    expectRefusal(() => measureAdjustedRand(undefined as never, labelsOf([0])), "shape-mismatch", "a");
    expectRefusal(() => measureAdjustedRand(Int32Array.of(0, -2), labelsOf([0, 1])), "invalid-value", "a[1]");
  });
});
