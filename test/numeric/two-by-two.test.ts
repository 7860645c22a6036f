import { describe, expect, it } from "vitest";
import { testTwoByTwo } from "../../src/numeric/two-by-two.ts";
import { expectClose } from "../support/close-to.ts";

const because = "both in double precision";

describe("testTwoByTwo", () => {
  // scipy.stats.fisher_exact and chi2_contingency(correction=False) of SciPy 1.10.1; R's fisher.test gives the same digits.
  it.each([
    { counts: [3, 1, 1, 3], p: 0.4857142857142857, isExact: true }, // Fisher's tea
    { counts: [1, 9, 11, 3], p: 0.002759456185220083, isExact: true },
    { counts: [0, 10, 6, 20], p: 0.15671180495658674, isExact: true },
    { counts: [2, 998, 4, 8996], p: 0.11421576077178533, isExact: true },
    { counts: [15, 35, 25, 25], p: 0.041226833337163794, isExact: false },
    { counts: [400, 600, 300, 900], p: 5.41935795045676e-14, isExact: false },
  ])("has SciPy's p-value of $counts", ({ counts: [a, b, c, d], p, isExact }) => {
    const test = testTwoByTwo({ a, b, c, d });
    expectClose(test!.pValue, p, { relative: 1e-11, because });
    expect(test!.isExact).toBe(isExact);
    // Swapping the groups turns the ratio over and leaves the p-value.
    const swapped = testTwoByTwo({ a: c, b: d, c: a, d: b });
    expectClose(swapped!.pValue, p, { relative: 1e-11, because });
    expectClose(swapped!.oddsRatio * test!.oddsRatio, 1, { relative: 1e-14, because });
  });

  it("has the odds ratio with Woolf's interval", () => {
    // 15 · 25 / (35 · 25), and exp(ln ± 1.959964 √(1/15 + 1/35 + 1/25 + 1/25)).
    const test = testTwoByTwo({ a: 15, b: 35, c: 25, d: 25 })!;
    expectClose(test.oddsRatio, 3 / 7, { relative: 1e-15, because });
    expectClose(test.interval, [0.188668, 0.973528], { absolute: 1e-6, because: "six digits from numpy" });
  });

  it("adds half to every cell where one is empty", () => {
    expectClose(testTwoByTwo({ a: 0, b: 10, c: 6, d: 20 })!.oddsRatio, ((0.5 / 10.5) * 20.5) / 6.5, { relative: 1e-15, because }); // prettier-ignore
  });

  it("has nothing to say where a group is empty, or all or none have it", () => {
    for (const [a, b, c, d] of [
      [0, 0, 3, 4],
      [3, 4, 0, 0],
      [0, 4, 0, 3],
      [4, 0, 3, 0],
    ]) {
      expect(testTwoByTwo({ a, b, c, d })).toBeNull();
    }
  });

  it("stays a probability for millions, and for what cannot be chance", () => {
    expectClose(testTwoByTwo({ a: 5e8, b: 5e8, c: 5e8, d: 5e8 })!.pValue, 1, { absolute: 1e-12, because });
    expect(testTwoByTwo({ a: 1e6, b: 0, c: 0, d: 1e6 })!.pValue).toBeGreaterThanOrEqual(0);
    expect(testTwoByTwo({ a: 4, b: 0, c: 0, d: 1e6 })!.pValue).toBeLessThan(1e-20);
  });
});
