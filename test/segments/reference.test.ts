import { describe, expect, it } from "vitest";
import { compareWithUniform } from "../../src/segments/reference.ts";
import { inRowOrder, rowsOf } from "../../src/segments/rows.ts";
import { crowd } from "../support/crowds.ts";

const compare = (...cloudOf: Parameters<typeof crowd>): ReturnType<typeof compareWithUniform> =>
  compareWithUniform("test", inRowOrder(rowsOf(crowd(...cloudOf))), [1, 4], new Set([4]), 7);

describe("compareWithUniform", () => {
  it("finds that a uniform cloud is like other uniform clouds", () => {
    for (let seed = 0; seed < 5; seed++) {
      // Longer than wide: the principal axes of a square are arbitrary, and its box can be larger.
      const { values, ids } = crowd("uniform", 400, 2, seed);
      const long = values.map((x, i) => (i % 2 === 0 ? 3 * x : x));
      const data = inRowOrder({ values: long, rows: ids.length, columns: 2, weights: undefined });
      const points = compareWithUniform("test", data, [1, 4], new Set([4]), 7);
      for (const { observed, expected, deviation } of points.flatMap(({ logSquares, silhouette }) =>
        silhouette === null ? logSquares : [logSquares, silhouette],
      )) {
        expect(Math.abs(observed - expected)).toBeLessThan(5 * deviation);
      }
    }
  });

  it("finds the silhouette that a uniform square cut in four has", () => {
    const [, point] = compare("uniform", 800, 2, 1);
    // 0.41 for a square cut into quarters: mean of silhouettes over 2,000 points in a separate simulation.
    expect(point.silhouette!.expected).toBeCloseTo(0.41, 1);
  });

  it("finds that blobs are clearer and tighter than uniform clouds", () => {
    const [one, four] = compare("blobs", 400, 2, 3);
    expect(four.silhouette!.observed).toBeGreaterThan(four.silhouette!.expected + 10 * four.silhouette!.deviation);
    const gap = (point: typeof one): number => point.logSquares.expected - point.logSquares.observed;
    expect(gap(four)).toBeGreaterThan(gap(one) + 0.5);
    expect(one.silhouette).toBeNull();
  });

  it("draws from a box along the principal axes: a tilted line stays a line", () => {
    const [one, four] = compareWithUniform(
      "test",
      { values: Float64Array.from({ length: 400 }, (_, i) => (i >> 1) * (i % 2 === 0 ? 1 : 3)), rows: 200, columns: 2, weights: undefined }, // prettier-ignore
      [1, 4],
      new Set(),
      7,
    );
    // On a line four groups have a sixteenth of the squares; in a box along the features far more would be left.
    expect(one.logSquares.expected - four.logSquares.expected).toBeCloseTo(Math.log(16), 1);
  });
});
