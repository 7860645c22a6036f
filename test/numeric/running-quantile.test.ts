import { quantile } from "clientele/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runningQuantile } from "../../src/numeric/running-quantile.ts";

describe("runningQuantile", () => {
  it("is after every value the quantile of all values so far, to the bit", () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: -1e9, max: 1e9, noNaN: true })));
    const shares = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(values, shares, (added, p) => {
        const running = runningQuantile(p);
        expect(running.value()).toBeNaN();
        added.forEach((value, i) => {
          running.add(value);
          expect(running.size).toBe(i + 1);
          expect(running.value()).toBe(quantile(added.slice(0, i + 1), p));
        });
        running.clear();
        expect([running.size, running.value()]).toEqual([0, NaN]);
      }),
    );
  });

  it("takes a hundred thousand values in any order", () => {
    for (const value of [(i: number) => i, (i: number) => -i, (i: number) => (i * 7919) % 100_003]) {
      const running = runningQuantile(0.9);
      const added = Array.from({ length: 100_000 }, (_, i) => value(i));
      for (const one of added) running.add(one);
      expect(running.value()).toBe(quantile(added, 0.9));
    }
  });
});
