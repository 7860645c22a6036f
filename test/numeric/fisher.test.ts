import { describe, expect, it } from "vitest";
import { fisherExact } from "../../src/numeric/fisher.ts";
import { expectClose } from "../support/close-to.ts";

describe("fisherExact", () => {
  it("gives the two-sided p-values of R's fisher.test and of scipy", () => {
    const because = "sums of another order";
    // Fisher's tea: 17/35, by hand from the 70 ways to choose; R prints 0.4857.
    expectClose(fisherExact(3, 1, 1, 3), 17 / 35, { relative: 1e-14, because });
    // scipy.stats.fisher_exact 1.10.1
    expectClose(fisherExact(1, 9, 11, 3), 0.0027594561852200836, { relative: 1e-12, because });
    expectClose(fisherExact(0, 50, 12, 988), 1, { relative: 1e-12, because });
    expectClose(fisherExact(12, 5, 29, 2), 0.08026855207410463, { relative: 1e-12, because });
    expectClose(fisherExact(4, 1000, 500, 1_000_000), 0.0017946484248113077, {
      relative: 1e-9,
      because: "scipy's logarithms of factorials",
    });
  });

  it("does not depend on which row or column comes first", () => {
    const p = fisherExact(2, 7, 8, 2);
    for (const other of [fisherExact(7, 2, 2, 8), fisherExact(8, 2, 2, 7), fisherExact(2, 8, 7, 2)]) {
      expectClose(other, p, { relative: 1e-14, because: "sums of another order" });
    }
  });

  it("is 1 when a margin is empty, and stays a number far out", () => {
    expect(fisherExact(0, 0, 5, 3)).toBe(1);
    expect(fisherExact(0, 4, 0, 3)).toBe(1);
    expect(fisherExact(0, 0, 0, 0)).toBe(1);
    const far = fisherExact(2000, 0, 0, 1_000_000);
    expect(far).toBeGreaterThanOrEqual(0);
    expect(far).toBeLessThan(1e-300);
  });
});
