import { measureVMeasure } from "clientele/segments";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/cluster-indices.golden.json" with { type: "json" };
import { labelPair } from "../support/arbitraries.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const of = (a: readonly number[], b: readonly number[], beta?: number): ReturnType<typeof measureVMeasure> =>
  measureVMeasure(labelsOf(a), labelsOf(b), { beta });

describe("measureVMeasure", () => {
  it("agrees with a derivation by hand", () => {
    // Classes: entropy log 2. Groups: log 4 of 2 halves and 2 quarters / …: H = 1.5 log 2. MI = log 2. Completeness 2 / 3.
    const report = of([0, 0, 1, 1], [0, 0, 1, 2]);
    expect(report.homogeneity).toBe(1);
    expectClose([report.completeness, report.value], [2 / 3, 0.8], { relative: 1e-14, because: "a few roundings" });
  });

  it.each(golden.pairs.map((pair, i) => [i, pair] as const))("agrees with scikit-learn: pair %i", (_, pair) => {
    const { value, homogeneity, completeness } = of(pair.a, pair.b, pair.beta);
    const expected = [pair.vMeasure, pair.homogeneity, pair.completeness];
    expectClose([value, homogeneity, completeness], expected, { absolute: 1e-12, because: "sums of logarithms" });
  });

  it("has nothing to find in one class, and nothing to tear apart in one group", () => {
    expect(of([0, 0, 0], [0, 1, 2])).toEqual({ value: 0, homogeneity: 1, completeness: 0 });
    expect(of([0, 1, 2], [0, 0, 0])).toEqual({ value: 0, homogeneity: 0, completeness: 1 });
    expect(of([0, 0], [1, 1])).toEqual({ value: 1, homogeneity: 1, completeness: 1 });
    expect(of([0], [0])).toEqual({ value: 1, homogeneity: 1, completeness: 1 });
  });

  it("counts the rows without a group as a group of their own", () => {
    expect(of([-1, -1, 0, 0], [1, 1, 0, 0]).value).toBe(1);
  });

  it("exchanges homogeneity and completeness with the groupings, stays in [0, 1], and is 1 under other numbers", () => {
    fc.assert(
      fc.property(labelPair, ([a, b]) => {
        const report = of(a, b);
        const because = "a few roundings";
        expectClose([report.homogeneity, report.completeness], [of(b, a).completeness, of(b, a).homogeneity], { absolute: 1e-12, because }); // prettier-ignore
        for (const figure of Object.values(report) as number[]) {
          expect(figure).toBeGreaterThanOrEqual(0);
          expect(figure).toBeLessThanOrEqual(1);
        }
        const renumbered = a.map((label) => (label < 0 ? label : Math.max(...a) - label));
        expectClose(of(a, renumbered).value, 1, { absolute: 1e-12, because });
      }),
    );
  });

  it("lets beta weigh completeness", () => {
    const [a, b] = [[0, 0, 1, 1], [0, 0, 1, 2]]; // prettier-ignore
    expectClose(of(a, b, 1e6).value, 2 / 3, { absolute: 1e-6, because: "almost completeness alone" });
    expectClose(of(a, b, 1e-6).value, 1, { absolute: 1e-5, because: "almost homogeneity alone" });
  });

  it("refuses labels of different length, and none at all", () => {
    expectRefusal(() => of([0, 1], [0]), "shape-mismatch", "b");
    expectRefusal(() => of([], []), "too-few-rows", "a");
    expectRefusal(() => measureVMeasure(Int32Array.of(0, -2), labelsOf([0, 1])), "invalid-value", "a[1]");
    expectRefusal(() => measureVMeasure(undefined as never, labelsOf([0])), "shape-mismatch", "a");
  });
});
