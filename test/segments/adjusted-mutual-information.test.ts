import { randomOf } from "clientele/core";
import { measureAdjustedMutualInformation, measureVMeasure } from "clientele/segments";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/cluster-indices.golden.json" with { type: "json" };
import { labelPair } from "../support/arbitraries.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const of = (a: readonly number[], b: readonly number[]): ReturnType<typeof measureAdjustedMutualInformation> =>
  measureAdjustedMutualInformation(labelsOf(a), labelsOf(b));

describe("measureAdjustedMutualInformation", () => {
  it("agrees with a derivation by hand", () => {
    // Two halves of four, crossed with two halves: no information; of the 6 ways to draw two, 2 tell all (log 2), 4 nothing.
    const report = of([0, 0, 1, 1], [0, 1, 0, 1]);
    expect(report.mutualInformation).toBe(0);
    expectClose([report.expected, report.value], [Math.log(2) / 3, -0.5], { relative: 1e-14, because: "roundings" });
  });

  it.each(golden.pairs.map((pair, i) => [i, pair] as const))("agrees with scikit-learn: pair %i", (_, pair) => {
    const { value, normalized, mutualInformation } = of(pair.a, pair.b);
    const expected = [pair.adjusted, pair.normalized, pair.mutualInformation];
    // scikit-learn's expectation goes through logarithms of factorials, which lose digits as they grow.
    expectClose([value, normalized, mutualInformation], expected, { absolute: 1e-10, because: "log-factorials there" });
  });

  it("is 1 for two trivial groupings that are the same, 0 when only one of them is trivial", () => {
    expect(of([0, 0, 0], [2, 2, 2]).value).toBe(1);
    expect(of([0, 1, 2], [2, 0, 1]).value).toBe(1);
    expect(of([0], [0]).value).toBe(1);
    expectClose(of([0, 0, 0], [0, 1, 2]).value, 0, { absolute: 1e-14, because: "a rounding" });
    expectClose(of([0, 1, 2, 3], [0, 0, 1, 1]).value, 0, { absolute: 1e-14, because: "a rounding" });
  });

  it("is symmetric, at most 1, blind to numbering, and 1 with itself; uncorrected it is the V-measure", () => {
    fc.assert(
      fc.property(labelPair, ([a, b]) => {
        const report = of(a, b);
        const because = "a few roundings";
        expectClose(of(b, a).value, report.value, { absolute: 1e-9, because });
        expect(report.value).toBeLessThanOrEqual(1);
        expectClose(of(a, a).value, 1, { absolute: 1e-9, because });
        expectClose(report.normalized, measureVMeasure(labelsOf(a), labelsOf(b)).value, { absolute: 1e-12, because });
      }),
    );
  });

  it("is near 0 for groupings that have nothing to do with each other, also of a million customers", () => {
    const random = randomOf(8);
    const draw = (groups: number): Int32Array => Int32Array.from({ length: 1_000_000 }, () => random.integer(groups));
    const [a, b] = [draw(5), draw(40)];
    // χ² of 4 · 39 degrees of freedom: information of 156 / 2 millionths, give or take 9.
    const { value, expected } = measureAdjustedMutualInformation(a, b);
    expectClose(expected, 78e-6, { relative: 0.01, because: "the expectation of χ² / 2n" });
    expectClose(value, 0, { absolute: 2e-5, because: "five standard deviations against a mean entropy of 2.6" });
    expectClose(measureAdjustedMutualInformation(a, a).value, 1, { absolute: 1e-12, because: "roundings" });
  });

  it("refuses labels of different length, and none at all", () => {
    expectRefusal(() => of([0, 1], [0]), "shape-mismatch", "b");
    expectRefusal(() => of([], []), "too-few-rows", "a");
    const wrong = Int32Array.of(0, -2);
    expectRefusal(() => measureAdjustedMutualInformation(wrong, labelsOf([0, 1])), "invalid-value", "a[1]");
  });
});
