import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjusted } from "../../src/numeric/adjust.ts";
import { expectClose } from "../support/close-to.ts";

const rounding = { relative: 1e-14, because: "one product" };
const methods = ["bh", "holm", "bonferroni"] as const;

describe("adjusted", () => {
  it("gives R's values", () => {
    // R: p.adjust(c(.01, .02, .03, .04, .05), method)
    const even = [0.01, 0.02, 0.03, 0.04, 0.05];
    expectClose(adjusted(even, "holm") as number[], [0.05, 0.08, 0.09, 0.09, 0.09], rounding);
    expectClose(adjusted(even, "bh") as number[], [0.05, 0.05, 0.05, 0.05, 0.05], rounding);
    expectClose(adjusted(even, "bonferroni") as number[], [0.05, 0.1, 0.15, 0.2, 0.25], rounding);
    // statsmodels 0.13 multipletests of (.3, .001, .02, .9, .02, .0004)
    const mixed = [0.3, 0.001, 0.02, 0.9, 0.02, 0.0004];
    expectClose(adjusted(mixed, "bh") as number[], [0.36, 0.003, 0.03, 0.9, 0.03, 0.0024], rounding);
    expectClose(adjusted(mixed, "holm") as number[], [0.6, 0.005, 0.08, 0.9, 0.08, 0.0024], rounding);
    expectClose(adjusted(mixed, "bonferroni") as number[], [1, 0.006, 0.12, 1, 0.12, 0.0024], rounding);
  });

  it("leaves questions without an answer out of the count", () => {
    for (const method of methods) {
      expect(adjusted([null, 0.02, NaN], method)).toEqual([null, 0.02, null]);
      expect(adjusted([], method)).toEqual([]);
      expect(adjusted([null], method)).toEqual([null]);
      expect(adjusted([0, 1], method)).toEqual([0, 1]);
    }
  });

  it("keeps the order, never lowers a p-value, and Holm lies between Benjamini–Hochberg and Bonferroni", () => {
    const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(pValues, (all) => {
        const [bh, holm, bonferroni] = methods.map((method) => adjusted(all, method) as number[]);
        all.forEach((p, i) => {
          expect(bh[i]).toBeGreaterThanOrEqual(p * (1 - 1e-15));
          expect(holm[i]).toBeGreaterThanOrEqual(bh[i] * (1 - 1e-15));
          expect(bonferroni[i]).toBeGreaterThanOrEqual(holm[i] * (1 - 1e-15));
          all.forEach((q, j) => {
            if (p < q) expect([bh[i] <= bh[j], holm[i] <= holm[j]]).toEqual([true, true]);
            if (p === q) expect([bh[i], holm[i]]).toEqual([bh[j], holm[j]]);
          });
        });
      }),
    );
  });
});
