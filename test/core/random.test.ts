import { randomOf } from "clientele/core";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const take = (count: number, seed: number, ...path: number[]): number[] => {
  const random = randomOf(seed, ...path);
  return Array.from({ length: count }, () => random.next());
};

describe("randomOf", () => {
  it("gives the same stream for the same seed and path", () => {
    expect(take(100, 7, 3, 1)).toEqual(take(100, 7, 3, 1));
  });

  it("never changes its streams: a model fitted with a seed today is fitted again next year", () => {
    // Recorded from version 0.1.0. A change here is a breaking change of every seeded result.
    expect(take(3, 42)).toEqual([0.4238666589596397, 0.8836445181745567, 0.801856087997415]);
    expect(take(2, 42, 0, 5)).toEqual([0.963912752259514, 0.3890189739783926]);
  });

  it("refuses a seed or a path that is not an integer", () => {
    for (const bad of [NaN, 1.5, Infinity, "7"]) {
      expectRefusal(() => randomOf(bad as number), "invalid-value", "seed");
      expectRefusal(() => randomOf(1, 0, bad as number), "invalid-value", "path[1]");
    }
  });

  it("gives each path a stream of its own", () => {
    const firsts = new Set<number>();
    for (let i = 0; i < 100; i++) for (let j = 0; j < 100; j++) firsts.add(take(1, 1, i, j)[0]);
    expect(firsts.size).toBe(10_000);
    expect(take(5, 1)).not.toEqual(take(5, 1, 0));
    expect(take(5, 1, 0)).not.toEqual(take(5, 0, 1));
  });

  it("is uniform across substreams as well as within one", () => {
    // χ² over 100 equal cells, 99 degrees of freedom: 148.2 is the 99.9 % point (R: qchisq(.999, 99)).
    const chiSquare = (draws: number[]): number => {
      const counts = new Array<number>(100).fill(0);
      for (const draw of draws) counts[Math.floor(draw * 100)]++;
      const expected = draws.length / 100;
      return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    };
    expect(chiSquare(take(100_000, 5))).toBeLessThan(148.2);
    expect(chiSquare(Array.from({ length: 100_000 }, (_, i) => take(1, 5, i)[0]))).toBeLessThan(148.2);
  });

  it("draws neighboring substreams that are uncorrelated", () => {
    const a = take(20_000, 9, 0);
    const b = take(20_000, 9, 1);
    const covariance = a.reduce((sum, x, i) => sum + (x - 0.5) * (b[i] - 0.5), 0) / a.length;
    // The standard error of a covariance of independent uniforms is (1/12)/√n = 0.00059.
    expect(Math.abs(covariance)).toBeLessThan(4 * 0.00059);
  });

  it("draws integers below the bound, each about equally often", () => {
    const random = randomOf(3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[random.integer(3)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(30_000 * (2 / 9)));
  });
});
