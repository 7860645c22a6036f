import { describe, expect, it } from "vitest";
import { purchasesUntilDropout } from "../../src/predictions/dropout-purchases.ts";
import golden from "../oracles/dropout-purchases.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

describe("purchasesUntilDropout", () => {
  it("is what mpmath computes, also where the published formula is 0 / 0, negative or lost to rounding", () => {
    expect(golden.rows.length).toBeGreaterThan(400);
    for (const [shape, span, a, b, expected] of golden.rows) {
      const because = `summation, at ${shape}, ${span}, ${a}, ${b}`;
      expectClose(purchasesUntilDropout(shape, span, a, b), expected, { relative: 1e-12, because });
    }
  });

  it("has its limits: nothing in no time, the rate in a short one, all purchases of customers who never leave", () => {
    expect(purchasesUntilDropout(2, 0, 1, 1)).toBe(0);
    expectClose(purchasesUntilDropout(2, 1e-12, 1, 1), 2e-12, { relative: 1e-11, because: "second order" });
    expectClose(purchasesUntilDropout(2, 30, 1e-9, 1e3), 60, { relative: 1e-8, because: "p is about 1e-12" });
    expectClose(purchasesUntilDropout(2, 1e9, 1e9, 1e-3), 1, { relative: 1e-6, because: "p is about 1" });
  });

  it("goes over from the sum to the integral without a step", () => {
    // 3,000 terms: shape 1, span 39.6.
    const around = [39, 50, 60, 62, 64, 70].map((span) => purchasesUntilDropout(1, span, 0.8, 2.4));
    const slopes = around.slice(1).map((value, i) => (value - around[i]) / ([39, 50, 60, 62, 64, 70][i + 1] - [39, 50, 60, 62, 64, 70][i])); // prettier-ignore
    for (let i = 1; i < slopes.length; i++) expect(slopes[i]).toBeLessThan(slopes[i - 1]);
  });
});
