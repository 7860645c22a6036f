import { run } from "clientele/core";
import { type MeanStats, meanStats, meanStatsOf, type RatioStats, ratioStats } from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const near = (a: number, b: number, scale: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(1, scale);
const amount = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -3, max: 3 }));

accumulatorLaws<number, unknown, MeanStats>("meanStats", {
  accumulator: meanStats(),
  arbitraryInput: amount,
  equal: (a, b, inputs) => {
    const squares = inputs.reduce((sum, x) => sum + x * x, 0);
    return a.n === b.n && near(a.mean, b.mean, 1e6) && near(a.m2, b.m2, squares);
  },
});

accumulatorLaws<{ numerator: number; denominator: number }, RatioStats, RatioStats>("ratioStats", {
  accumulator: ratioStats(),
  arbitraryInput: fc.record({ numerator: amount, denominator: amount }),
  equal: (a, b) => {
    const keys = Object.keys(a) as (keyof RatioStats)[];
    const scale = Math.max(a.sumSquares, a.denominatorSumSquares, 1e6);
    return keys.length === Object.keys(b).length && keys.every((key) => near(a[key], b[key], scale));
  },
});

describe("meanStatsOf", () => {
  it("gives mean and squared deviations of what a warehouse summed up", () => {
    // By hand: 4, 6, 7, 11 have mean 7 and deviations -3, -1, 0, 4.
    expect(meanStatsOf({ n: 4, sum: 28, sumSquares: 222 })).toEqual({ n: 4, mean: 7, m2: 26 });
    expect(meanStatsOf({ n: 4, sum: 28, sumSquares: 222 })).toEqual(run(meanStats(), [4, 6, 7, 11]));
    expect(meanStatsOf({ n: 0, sum: 0, sumSquares: 0 })).toEqual(run(meanStats(), []));
    expect(meanStatsOf({ n: 1, sum: 5, sumSquares: 25 })).toEqual({ n: 1, mean: 5, m2: 0 });
  });

  it("keeps the digits that the sums still have", () => {
    // 1e6 + (1, 2, 3): exact sums, m2 = 2, which is 6e-13 of the sum of squares.
    const sums = [1, 2, 3].map((x) => 1e6 + x);
    const stats = meanStatsOf({ n: 3, sum: 3e6 + 6, sumSquares: sums.reduce((total, x) => total + x * x, 0) });
    expectClose(stats.m2, 2, { absolute: 1e-9, because: "the sums are exact; the quotient is rounded at 32 digits" });
  });

  it("takes a constant whose squares were rounded for a constant, and refuses sums that no amounts have", () => {
    const sum = 0.1 * 10;
    expect(meanStatsOf({ n: 10, sum, sumSquares: 0.1 * 0.1 * 10 * (1 - 1e-14) }).m2).toBe(0);
    expectRefusal(() => meanStatsOf({ n: 10, sum: 10, sumSquares: 9 }), "invalid-value", "sums.sumSquares");
    expectRefusal(() => meanStatsOf({ n: 0, sum: 1, sumSquares: 1 }), "invalid-value", "sums.sum");
    expectRefusal(() => meanStatsOf({ n: 1.5, sum: 1, sumSquares: 1 }), "invalid-value", "sums.n");
    expectRefusal(() => meanStatsOf({ n: -1, sum: 1, sumSquares: 1 }), "invalid-value", "sums.n");
    expectRefusal(() => meanStatsOf({ n: 2, sum: NaN, sumSquares: 1 }), "invalid-value", "sums.sum");
    expectRefusal(() => meanStatsOf(null as never), "invalid-value", "sums");
    expectRefusal(() => meanStatsOf({ n: 2, sum: 1e200, sumSquares: 1e300 }), "invalid-value", "sums.sumSquares");
  });
});

describe("ratioStats", () => {
  it("adds up both amounts, their squares and products", () => {
    const customers = [{ numerator: 1, denominator: 3 }, { numerator: 2, denominator: 5 }]; // prettier-ignore
    expect(run(ratioStats(), customers)).toEqual({
      ...{ n: 2, sum: 3, sumSquares: 5 },
      ...{ denominatorSum: 8, denominatorSumSquares: 34, sumProducts: 13 },
    });
  });

  it("refuses what is not finite, without quoting it, and sums that overflow", () => {
    expectRefusal(() => run(ratioStats(), [{ numerator: NaN, denominator: 1 }]), "invalid-value", "input.numerator");
    expectRefusal(() => run(ratioStats(), [{ numerator: 1, denominator: "2" as never }]), "invalid-value", "input.denominator"); // prettier-ignore
    expectRefusal(() => run(ratioStats(), [{ numerator: 1e200, denominator: 1 }]), "too-large");
    expectRefusal(() => run(meanStats(), [Infinity]), "invalid-value");
  });
});
