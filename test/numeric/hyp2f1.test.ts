import { describe, expect, it } from "vitest";
import { logBetaMean } from "../../src/numeric/beta-mean.ts";
import { logHyp2f1 } from "../../src/numeric/hyp2f1.ts";
import golden from "../oracles/hyp2f1.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

describe("logHyp2f1", () => {
  it("is what mpmath computes, over the region of the purchase models and beyond 1e308", () => {
    expect(golden.rows.length).toBeGreaterThan(250);
    for (const [a, b, c, z, expected] of golden.rows) {
      const found = logHyp2f1(a, b, c, z);
      const tolerance = 1e-13 * Math.max(1, Math.abs(expected));
      expect(Math.abs(found - expected), `2F1(${a}, ${b}; ${c}; ${z})`).toBeLessThan(tolerance);
    }
  });

  it("is symmetric in its first two parameters", () => {
    for (const [a, b, c, z] of golden.rows) expect(logHyp2f1(a, b, c, z)).toBe(logHyp2f1(b, a, c, z));
  });

  it("has the closed forms of the books", () => {
    // DLMF 15.4.1 and 15.4.6: 2F1(1, 1; 2; z) = −log(1 − z) / z; 2F1(a, b; b; z) = (1 − z)^−a; 15.4.20 at 1.
    for (const z of [-1e6, -3, -0.5, 1e-9, 0.25, 0.9, 1 - 1e-9]) {
      expectClose(logHyp2f1(1, 1, 2, z), Math.log(-Math.log1p(-z) / z), { absolute: 1e-13, because: "summation" });
    }
    for (const z of [0.1, 0.5, 0.99]) {
      expectClose(logHyp2f1(2.5, 4, 4, z), -2.5 * Math.log1p(-z), { absolute: 1e-12, because: "4,000 terms" });
    }
    expect(logHyp2f1(3, 4, 5, 0)).toBe(0);
    // Γ(4) Γ(1) / (Γ(3) Γ(2)) = 3.
    expectClose(logHyp2f1(1, 2, 4, 1), Math.log(3), { absolute: 1e-14, because: "four log-gammas" });
    expect(logHyp2f1(1, 2, 3, 1)).toBe(Infinity);
  });

  it("is NaN outside its domain, not a wrong number", () => {
    for (const [a, b, c, z] of [
      [0, 1, 1, 0.5],
      [1, -1, 1, 0.5],
      [1, 1, 0, 0.5],
      [1, 1, 1, 1.5],
      [2, 2, 1, -1],
      [NaN, 1, 1, 0.5],
      [1, 1, 1, NaN],
    ]) {
      expect(logHyp2f1(a, b, c, z)).toBe(NaN);
    }
  });
});

describe("logBetaMean", () => {
  const steady = { slopeAtZero: 0, slopeAtOne: 0 };

  it("is 0 for the constant 1, from exponents of 1e-6 to 1e8", () => {
    for (const a of [1e-6, 0.01, 0.5, 1, 30, 1e4, 1e8]) {
      for (const b of [1e-6, 0.01, 0.5, 1, 30, 1e4, 1e8]) {
        const mean = logBetaMean(a, b, { ...steady, log: () => 0 });
        expectClose(mean, 0, { absolute: 4e-16 * (a + b) + 2e-13, because: "a and b times log p / q" });
      }
    }
  });

  it("gives the moments of the beta distribution", () => {
    for (const [a, b] of [[0.79, 2.43], [0.01, 5], [100, 3000]]) {
      const first = logBetaMean(a, b, { log: (p) => Math.log(p), slopeAtZero: 1, slopeAtOne: 1 });
      expectClose(first, Math.log(a / (a + b)), { absolute: 1e-12, because: "a and b times log p / q" });
    } // prettier-ignore
  });
});
