import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantileOfSorted } from "../../src/numeric/quantile.ts";
import { quantilesInPlace, selectInPlace } from "../../src/numeric/select.ts";

const numbers = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    minLength: 1,
    maxLength: 200,
  },
);

describe("selectInPlace", () => {
  it("puts at every place what a sort would put there, with smaller numbers before and larger ones behind", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (list, at) => {
        const k = at % list.length;
        const values = Float64Array.from(list);
        const sorted = Float64Array.from(list).sort();
        selectInPlace(values, 0, values.length, k);
        expect(values[k] === sorted[k]).toBe(true);
        expect(values.subarray(0, k).every((value) => value <= values[k])).toBe(true);
        expect(values.subarray(k).every((value) => value >= values[k])).toBe(true);
        expect(values.slice().sort()).toEqual(sorted);
      }),
    );
  });

  it("leaves what lies outside the range alone", () => {
    const values = Float64Array.of(9, 3, 2, 1, 0);
    selectInPlace(values, 1, 4, 1);
    expect([...values]).toEqual([9, 1, 2, 3, 0]);
  });

  it("is not slowed down by sorted, reversed, equal and organ-pipe numbers", () => {
    const n = 200_000;
    const shapes = [
      (i: number) => i,
      (i: number) => n - i,
      () => 7,
      (i: number) => Math.min(i, n - i),
      (i: number) => i % 2,
    ];
    for (const shape of shapes) {
      const values = Float64Array.from({ length: n }, (_, i) => shape(i));
      const sorted = values.slice().sort();
      for (const k of [0, n >> 1, n - 1]) {
        selectInPlace(values, 0, n, k);
        expect(values[k]).toBe(sorted[k]);
      }
    }
  });
});

describe("quantilesInPlace", () => {
  it("gives the quantiles of the sorted range, to the bit", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(numbers, share, share, (list, p, q) => {
        const padded = Float64Array.from([NaN, ...list, NaN]);
        const shares = [Math.min(p, q), Math.max(p, q)];
        const sorted = Float64Array.from(list).sort();
        expect(quantilesInPlace(padded, 1, list.length + 1, shares)).toEqual(
          shares.map((each) => quantileOfSorted(sorted, each)),
        );
      }),
    );
  });

  it("finds them by a sample where there are many: in any shape, with ties, and where the sample misleads", () => {
    const n = 20_000;
    const shapes = [
      (i: number) => (Math.imul(i, 0x9e3779b1) >>> 0) / 7,
      (i: number) => i,
      (i: number) => n - i,
      () => 7,
      (i: number) => i % 3,
      (i: number) => Math.floor(i / 4000),
      // Every 70th and some more are large, which is where the sample looks.
      (i: number) => (i % 70 < 2 ? 1e9 + i : i),
    ];
    const shares = [0, 0.001, 0.25, 0.5, 0.95, 0.9999, 1];
    for (const shape of shapes) {
      const values = Float64Array.from({ length: n + 2 }, (_, i) => shape(i));
      const sorted = values.slice(1, n + 1).sort();
      expect(quantilesInPlace(values, 1, n + 1, shares)).toEqual(
        shares.map((share) => quantileOfSorted(sorted, share)),
      );
    }
  });
});
