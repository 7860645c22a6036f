import { describe, expect, it } from "vitest";
import { chiSquare, fisherF, normal } from "../../src/numeric/distributions.ts";
import { noncentralChiSquareCdf, noncentralFCdf, noncentralityInterval } from "../../src/numeric/noncentral.ts";
import { expectClose } from "../support/close-to.ts";

const digits = { absolute: 1e-10, because: "the accuracy promised, and that of the reference" };

describe("noncentral distributions", () => {
  it("agree with mpmath", () => {
    // 40 digits, the Poisson mixture summed term by term.
    expectClose(noncentralChiSquareCdf(3, 2, 1.5), 0.55131414139379, digits);
    expectClose(noncentralChiSquareCdf(20, 3, 17), 0.54542672830755, digits);
    expectClose(noncentralChiSquareCdf(300, 10, 250), 0.89198327081351, digits);
    expectClose(noncentralChiSquareCdf(5, 7, 40), 5.6946194345172e-7, digits);
    expectClose(noncentralFCdf(1.5, 3, 20, 2), 0.52369352881576, digits);
    expectClose(noncentralFCdf(8, 4, 200, 30), 0.46215347417229, digits);
    expectClose(noncentralFCdf(2.5, 2, 997, 9), 0.16827301074229, digits);
    expectClose(noncentralFCdf(40, 5, 60, 180), 0.62229923439238, digits);
  });

  it("are the central ones at noncentrality 0, and fall as it grows", () => {
    expectClose(noncentralChiSquareCdf(3, 2, 0), chiSquare(2).cdf(3), digits);
    expectClose(noncentralFCdf(1.5, 3, 20, 0), fisherF(3, 20).cdf(1.5), digits);
    expect([noncentralChiSquareCdf(0, 2, 1), noncentralFCdf(-1, 2, 3, 1)]).toEqual([0, 0]);
    for (let lambda = 0, last = 1; lambda < 60; lambda += 3) {
      const next = noncentralFCdf(4, 3, 50, lambda);
      expect(next).toBeLessThan(last);
      last = next;
    }
  });

  it("know the square of a shifted normal variate", () => {
    // P(|Z + δ| ≤ √x) with λ = δ².
    for (const [x, delta] of [
      [1, 0.5],
      [9, 2],
      [400, 20],
      [1e6, 1001],
    ] as const) {
      const root = Math.sqrt(x);
      const expected = normal.cdf(root - delta) - normal.cdf(-root - delta);
      expectClose(noncentralChiSquareCdf(x, 1, delta * delta), expected, digits);
    }
  });
});

describe("noncentralityInterval", () => {
  it("ends where the tails are half of alpha", () => {
    const cdf = (lambda: number): number => noncentralChiSquareCdf(20, 3, lambda);
    const [low, high] = noncentralityInterval(cdf, 0.1, 20);
    expectClose([cdf(low), cdf(high)], [0.95, 0.05], { absolute: 1e-9, because: "bisection to 1e-10" });
    expect(low).toBeLessThan(17);
    expect(high).toBeGreaterThan(17);
  });

  it("begins at 0 for a statistic that chance explains, and is 0 for one that is too small", () => {
    expect(noncentralityInterval((lambda) => noncentralChiSquareCdf(3, 3, lambda), 0.05, 3)[0]).toBe(0);
    expect(noncentralityInterval((lambda) => noncentralChiSquareCdf(0.01, 5, lambda), 0.05, 1)).toEqual([0, 0]);
    expect(noncentralityInterval((lambda) => noncentralChiSquareCdf(0, 5, lambda), 0.05, 1)).toEqual([0, 0]);
  });
});
