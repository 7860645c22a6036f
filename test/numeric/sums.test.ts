import fc from "fast-check";
import { mergeAll, run } from "clientele/core";
import { compensatedSum, sumOf } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectRefusal } from "../support/refusal.ts";

/** Sums rounded once: doubles as integers over a common power of two. */
function exactSum(values: readonly number[]): number {
  const unit = 2 ** 60;
  const total = values.reduce(
    (sum, x) => sum + BigInt(Math.trunc(x)) * BigInt(unit) + BigInt((x - Math.trunc(x)) * unit),
    0n,
  );
  return Number(total) / unit;
}

describe("compensatedSum", () => {
  it("keeps small numbers beside huge ones that cancel", () => {
    expect(run(compensatedSum, [1, 1e100, 1, -1e100])).toBe(2);
    expect(sumOf([1, 1e100, 1, -1e100])).toBe(2);
  });

  it("adds ten tenths to one", () => {
    expect(run(compensatedSum, new Array<number>(10).fill(0.1))).toBe(1);
  });

  it("keeps what was lost when parts are merged", () => {
    const parts = [
      [1, 1e100],
      [1, -1e100],
    ].map((part) => part.reduce(compensatedSum.add, compensatedSum.init()));
    expect(compensatedSum.finish(mergeAll(compensatedSum, parts))).toBe(2);
  });

  it("is exact to the last bit over a million amounts of cents", () => {
    const amounts = Array.from({ length: 1_000_000 }, (_, i) => (((i * 7919) % 100_003) - 50_000) / 100);
    expect(sumOf(amounts)).toBe(exactSum(amounts));
    expect(amounts.reduce((sum, x) => sum + x, 0)).not.toBe(exactSum(amounts));
  });

  it("is 0 of nothing, and the number itself of one", () => {
    expect(run(compensatedSum, [])).toBe(0);
    expect(sumOf([])).toBe(0);
    expect(sumOf([5e-324])).toBe(5e-324);
    expect(sumOf(Float64Array.of(-3.25))).toBe(-3.25);
  });

  it("refuses what is not finite, and a sum that overflows, instead of answering NaN", () => {
    expectRefusal(() => sumOf([1, NaN]), "invalid-value", "values[1]");
    expectRefusal(() => sumOf(["1"] as unknown as number[]), "invalid-value", "values[0]");
    expectRefusal(() => run(compensatedSum, [1, -Infinity]), "invalid-value", "input");
    expectRefusal(() => sumOf([1.7e308, 1.7e308]), "too-large");
    const large = compensatedSum.add(compensatedSum.init(), 1.7e308);
    expectRefusal(() => compensatedSum.merge(large, large), "too-large");
  });
});

accumulatorLaws("compensatedSum", {
  accumulator: compensatedSum,
  arbitraryInput: fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(0, -0, 0.1, 1e16, -1e16, 1e-300),
  ),
  // Rounding is relative to the sum of sizes, not to a sum that cancels.
  equal: (a, b, inputs) => Math.abs(a - b) <= 1e-28 * inputs.reduce((sum, x) => sum + Math.abs(x), 0) + 2 ** -52 * Math.abs(a), // prettier-ignore
  batch: sumOf,
});
