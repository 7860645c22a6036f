import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAnyWithin } from "../../src/numeric/near-pair.ts";
import { largestSquare, squareBetween } from "../../src/numeric/point-cells.ts";
import { cloud } from "../support/clouds.ts";

const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);

describe("isAnyWithin", () => {
  it("agrees with the least distance of all pairs, to the last bit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(1e6),
        (columns, shift, seed) => {
          const points = cloud(200, columns, { seed });
          for (let i = 100 * columns; i < points.length; i++) points[i] += shift * 3;
          let least = Infinity;
          for (let a = 0; a < 100; a++) {
            for (let b = 100; b < 200; b++) {
              least = Math.min(least, squareBetween(points, a * columns, b * columns, columns));
            }
          }
          const [near, far] = [range(0, 100), range(100, 200)];
          expect(isAnyWithin(points, columns, near, far, least)).toBe(true);
          expect(isAnyWithin(points, columns, far, near, least * (1 - 2 ** -52))).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not compare all pairs of many equal points a little too far apart", () => {
    const points = new Float64Array(400_000).fill(1, 0, 200_000).fill(2, 200_000);
    const sets = [range(0, 200_000), range(200_000, 400_000)] as const;
    expect(isAnyWithin(points, 1, sets[0], sets[1], largestSquare(1 - 2 ** -52))).toBe(false);
    expect(isAnyWithin(points, 1, sets[0], sets[1], largestSquare(1))).toBe(true);
  });

  it("finds nothing where there is nothing", () => {
    expect(isAnyWithin(new Float64Array(2), 1, range(0, 0), range(0, 2), 1)).toBe(false);
  });
});
