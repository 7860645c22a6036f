import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newcombeInterval, wilsonInterval } from "../../src/numeric/intervals.ts";
import { expectClose } from "../support/close-to.ts";

describe("wilsonInterval", () => {
  it("gives R's interval", () => {
    // R: prop.test(15, 50, correct = FALSE)$conf.int
    expectClose(wilsonInterval({ successes: 15, n: 50 }), [0.19104, 0.4375], {
      absolute: 5e-6,
      because: "printed digits",
    });
  });

  it("reaches 0 and 1 only at the ends, and keeps its digits there", () => {
    // At 0 of n the upper end is z² / (n + z²), by hand.
    const z = 1.959963984540054 ** 2;
    const [low, high] = wilsonInterval({ successes: 0, n: 10 });
    expect(low).toBe(0);
    expectClose(high, z / (10 + z), { relative: 1e-14, because: "rounding" });
    expect(wilsonInterval({ successes: 10, n: 10 })[1]).toBe(1);
    // 1 of 1e12: the lower end is (2 + z² − z√(z² + 4 − 4e-12)) / (2 (1e12 + z²)) ≈ 1.7653e-13.
    expectClose(wilsonInterval({ successes: 1, n: 1e12 })[0], 1.7652e-13, {
      relative: 2e-4,
      because: "printed digits",
    });
  });

  it("holds the proportion and lies within [0, 1]", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        (s, rest, alpha) => {
          const n = s + rest;
          const [low, high] = wilsonInterval({ successes: s, n }, alpha);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(s / n);
          expect(high).toBeGreaterThanOrEqual(s / n);
        },
      ),
    );
  });
});

describe("newcombeInterval", () => {
  it("gives the paper's interval", () => {
    // Newcombe (1998), table II (a): 56/70 − 48/80, method 10: 0.0524 to 0.3339.
    const interval = newcombeInterval({ successes: 48, n: 80 }, { successes: 56, n: 70 });
    expectClose(interval, [0.0524, 0.3339], { absolute: 5e-5, because: "printed digits" });
    // (d): 9/10 − 3/10: 0.1705 to 0.8090.
    const small = newcombeInterval({ successes: 3, n: 10 }, { successes: 9, n: 10 });
    expectClose(small, [0.1705, 0.809], { absolute: 5e-5, because: "printed digits" });
  });

  it("turns its sign with the order, and stays within [-1, 1]", () => {
    const share = fc
      .tuple(fc.nat(50), fc.integer({ min: 1, max: 50 }))
      .map(([s, rest]) => ({ successes: s, n: s + rest }));
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = newcombeInterval(a, b);
        const [mirroredLow, mirroredHigh] = newcombeInterval(b, a);
        expectClose([low, high], [-mirroredHigh, -mirroredLow], { absolute: 1e-14, because: "rounding" });
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-15);
        expect(high).toBeLessThanOrEqual(1 + 1e-15);
      }),
    );
  });
});
