import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { risingMeans } from "../../src/numeric/isotonic.ts";

describe("risingMeans", () => {
  it("pools neighbors that fall, and equal ones, and names the ends of each block", () => {
    const { places, means } = risingMeans([1, 0, 0, 1, 1], [1, 1, 1, 1, 1]);
    expect([...places]).toEqual([0, 2, 3, 4]);
    expect([...means]).toEqual([1 / 3, 1 / 3, 1, 1]);
    expect([...risingMeans([0, 3], [2, 4]).means]).toEqual([0, 0.75]);
    expect([...risingMeans([], []).means]).toEqual([]);
  });

  it("is the nearest rising sequence: each block's mean lies between the largest mean before and the smallest after", () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 30 }), (all) => {
        const [sums, weights] = [all.map(([sum]) => sum), all.map(([, weight]) => weight)];
        const { places, means } = risingMeans(sums, weights);
        const at = (i: number): number => means[places.findLastIndex((one) => one <= i)];
        const mean = (from: number, to: number): number => {
          const part = (list: number[]): number => list.slice(from, to + 1).reduce((a, b) => a + b, 0);
          return part(sums) / part(weights);
        };
        // The min–max formula of isotonic regression.
        all.forEach((_, i) => {
          let most = -Infinity;
          for (let from = 0; from <= i; from++) {
            let least = Infinity;
            for (let to = i; to < all.length; to++) least = Math.min(least, mean(from, to));
            most = Math.max(most, least);
          }
          expect(at(i)).toBeCloseTo(most, 12);
        });
      }),
    );
  });
});
