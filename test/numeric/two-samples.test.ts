import { describe, expect, it } from "vitest";
import { areaBetween, exactGapChance, largestGap, limitGapChance } from "../../src/numeric/two-samples.ts";
import golden from "../oracles/drift.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

const rounding = { relative: 1e-12, because: "rounding" };

describe("exactGapChance", () => {
  it("counts the orders of tied values that there are", () => {
    const [a, b] = [Float64Array.of(1, 2, 2, 5), Float64Array.of(1, 2, 3, 3, 4, 5)];
    const { ends, tied } = largestGap(a, b);
    expect(tied).toBe(true);
    for (const [scaled, chance] of golden.conditional) {
      expectClose(exactGapChance(4, 6, scaled, ends), chance, rounding);
      // Without the ties' help it is never smaller.
      expect(exactGapChance(4, 6, scaled)).toBeGreaterThanOrEqual(chance - 1e-12);
    }
  });

  it("keeps its digits where it is tiny: two samples apart are one order of so many", () => {
    // 2 / (60 choose 30)
    expectClose(exactGapChance(30, 30, 900), 2 / 118264581564861424, rounding);
    expect(exactGapChance(3, 4, 0)).toBe(1);
    expect(exactGapChance(1, 1, 1)).toBe(1);
  });

  it("is what the limit comes near to", () => {
    for (const scaled of [40_000, 60_000, 80_000]) {
      const exact = exactGapChance(1000, 990, scaled);
      expectClose(limitGapChance(1000, 990, scaled / 990_000), exact, { relative: 0.05, because: "a limit" });
    }
  });
});

describe("areaBetween", () => {
  it("is a shift by its length, and symmetric", () => {
    const a = Float64Array.of(0, 1, 5, 9);
    expectClose(areaBetween(a, a.map((x) => x + 3)), 3, rounding); // prettier-ignore
    expectClose(areaBetween(Float64Array.of(2), a), 3.25, rounding);
    expectClose(areaBetween(a, Float64Array.of(2)), 3.25, rounding);
    expect(areaBetween(a, a)).toBe(0);
  });
});
