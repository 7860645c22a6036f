import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concentrationOf } from "../../src/numeric/concentration.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const of = (...amounts: number[]): ReturnType<typeof concentrationOf> =>
  concentrationOf("test", "amounts", Float64Array.from(amounts).sort());

describe("concentrationOf", () => {
  it("measures 1, 2, 3, 4 as by hand: a Gini coefficient of a quarter, and the Lorenz curve through their sums", () => {
    // Σ (2i − n − 1) xᵢ = −3 − 2 + 3 + 12 = 10, over n Σ xᵢ = 40.
    const { gini, lorenz } = of(4, 2, 1, 3);
    expect(gini).toBe(0.25);
    expect(lorenz.map(({ share }) => share)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expectClose(lorenz.map(({ held }) => held), [0, 0.1, 0.3, 0.6, 1], { absolute: 1e-15, because: "shares of the greatest" }); // prettier-ignore
  });

  it("is 0 among equals and (n − 1) / n where one has all", () => {
    expect(of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1).gini).toBe(0);
    expect(of(0, 0, 0, 8).gini).toBe(0.75);
    expect(of(5)).toEqual({ gini: 0, lorenz: [{ share: 0, held: 0 }, { share: 1, held: 1 }] }); // prettier-ignore
  });

  it("has no number for nothing: nobody, or nothing to share", () => {
    expect(of()).toEqual({ gini: null, lorenz: [] });
    expect(of(0, 0)).toEqual({ gini: null, lorenz: [] });
  });

  it("is half the mean distance of two holders over the mean, and its curve never rises above equality", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 250 }), (amounts) => {
        const total = amounts.reduce((sum, x) => sum + x, 0);
        const { gini, lorenz } = of(...amounts);
        if (total === 0) return;
        let distances = 0;
        for (const a of amounts) for (const b of amounts) distances += Math.abs(a - b);
        expectClose(gini!, distances / (2 * amounts.length * total), {
          absolute: 1e-12,
          because: "sums of rounded shares",
        });
        expect(lorenz).toHaveLength(Math.min(amounts.length, 100) + 1);
        for (const { share, held } of lorenz) expect(held).toBeLessThanOrEqual(share + 1e-12);
      }),
      { numRuns: 100 },
    );
  });

  it("takes amounts near the largest double, and refuses those that do not add up", () => {
    expect(of(1e308, 1e307).gini).toBeCloseTo(of(10, 1).gini!, 12);
    expectRefusal(() => of(1.7e308, 1.7e308), "too-large", "amounts");
  });
});
