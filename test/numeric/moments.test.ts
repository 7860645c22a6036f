import fc from "fast-check";
import { mergeAll, run } from "clientele/core";
import { moments } from "clientele/numeric";
import type { Moments } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

/** Correct significant digits, NIST's LRE; 15 is as many as the certified values have. */
function digits(actual: number | null, certified: number): number {
  expect(actual).not.toBeNull();
  return Math.min(15, -Math.log10(Math.abs(actual! - certified) / Math.abs(certified)));
}

describe("moments", () => {
  it("gives number, mean, variances and deviation", () => {
    // By hand: deviations -3, -1, 0, 4 of 7; squares sum to 26.
    expect(run(moments, [4, 6, 7, 11])).toEqual({
      n: 4,
      mean: 7,
      m2: 26,
      variance: 6.5,
      sampleVariance: 26 / 3,
      standardDeviation: Math.sqrt(26 / 3),
    });
  });

  it("says null, not NaN, for what no input or one input cannot tell", () => {
    expect(run(moments, [])).toEqual({
      n: 0,
      mean: null,
      m2: 0,
      variance: null,
      sampleVariance: null,
      standardDeviation: null,
    });
    expect(run(moments, [5])).toEqual({
      n: 1,
      mean: 5,
      m2: 0,
      variance: 0,
      sampleVariance: null,
      standardDeviation: null,
    });
  });

  it("gives a constant the variance 0 exactly, also when no double is the mean of its copies", () => {
    expect(run(moments, new Array<number>(1000).fill(0.1))).toMatchObject({ mean: 0.1, variance: 0 });
  });

  it("finds the variance 30 of four numbers around 1e15", () => {
    const shifted = [4, 7, 13, 16].map((x) => 1e15 + x);
    expect(run(moments, shifted)).toMatchObject({ mean: 1e15 + 10, sampleVariance: 30 });
  });

  it("reaches NIST's digits on NumAcc3 and NumAcc4", () => {
    // NIST StRD: c + 0.2, then 500 pairs c + 0.1, c + 0.3; certified deviation 0.1, mean c + 0.2. The doubles nearest to
    // these decimals allow 9.46 and 8.25 digits of the deviation.
    for (const [c, gate] of [
      ["1000000", 9.4],
      ["10000000", 8.2],
    ] as const) {
      const values = [Number(`${c}.2`)];
      for (let i = 0; i < 500; i++) values.push(Number(`${c}.1`), Number(`${c}.3`));
      const { mean, standardDeviation } = run(moments, values);
      expect(digits(mean, Number(`${c}.2`))).toBeGreaterThan(14.9);
      expect(digits(standardDeviation, 0.1)).toBeGreaterThan(gate);
    }
  });

  it("keeps the digits of values far from 0 that rise, in one pass and merged from parts of any size", () => {
    // Multiples of 2⁻²³, so that integers give the exact variance. Welford's update alone keeps 7 digits here.
    const unit = 2 ** 23;
    const values = Array.from({ length: 10_001 }, (_, i) => 1e9 + Math.round(Math.sqrt(i) * unit) / unit);
    const integers = values.map((x) => BigInt((x - 1e9) * unit));
    const n = BigInt(values.length);
    const [sum, squares] = [integers.reduce((a, b) => a + b), integers.reduce((a, b) => a + b * b, 0n)];
    const exact = Number(n * squares - sum * sum) / Number(n * n) / unit / unit;
    const parts = [values.slice(0, 1), values.slice(1, 3), values.slice(3)];
    const states = parts.map((part) => part.reduce(moments.add, moments.init()));
    expect(digits(run(moments, values).variance, exact)).toBeGreaterThan(14);
    expect(digits(moments.finish(mergeAll(moments, states)).variance, exact)).toBeGreaterThan(14);
  });

  it("refuses what is not finite or overflows, and keeps the state as it was", () => {
    const state = moments.add(moments.init(), 3);
    for (const input of [NaN, Infinity, -Infinity, undefined as unknown as number]) {
      expectRefusal(() => moments.add(state, input), "invalid-value", "input");
    }
    expectRefusal(() => moments.add(state, 1e200), "too-large", "input");
    expectRefusal(() => moments.merge(state, moments.add(moments.init(), 1e200)), "too-large", "input");
    expect(state).toEqual({ n: 1, mean: 3, rest: 0, m2: 0 });
  });
});

describeWithData("moments on NIST's univariate sets", ["nist_dev/expected.json"], () => {
  type Set = { kind: string; n: number; y: number[]; certified: Record<string, number> };
  const sets = Object.entries(readDataJson<Record<string, Set>>("nist_dev/expected.json")).filter(
    ([, set]) => set.kind === "univariate summary",
  );

  it("are at least Lew, Lottery, NumAcc1 and NumAcc2", () => {
    expect(sets.map(([name]) => name)).toEqual(expect.arrayContaining(["Lew", "Lottery", "NumAcc1", "NumAcc2"]));
  });

  it.each(sets)("%s: at least 14 digits of mean and deviation", (_, set) => {
    const { n, mean, standardDeviation } = run(moments, set.y);
    expect(n).toBe(set.n);
    expect(digits(mean, set.certified["mean"])).toBeGreaterThanOrEqual(14);
    expect(digits(standardDeviation, set.certified["sd"])).toBeGreaterThanOrEqual(14);
  });
});

/** Equal up to rounding relative to the squares that go in; the smallest doubles are rounded by themselves, once per input. */
function equal(a: Moments, b: Moments, inputs: readonly number[]): boolean {
  const size = inputs.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  const near = (p: number | null, q: number | null, scale: number): boolean =>
    p === null || q === null ? p === q : Math.abs(p - q) <= 1e-12 * scale + inputs.length * Number.MIN_VALUE;
  return (
    a.n === b.n &&
    near(a.mean, b.mean, size) &&
    near(a.variance, b.variance, size * size) &&
    near(a.sampleVariance, b.sampleVariance, size * size)
  );
}

accumulatorLaws("moments", {
  accumulator: moments,
  arbitraryInput: fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(1e15, -1e15, 5e-324),
  ),
  equal,
});

describe("the door of moments", () => {
  it("refuses numeric strings and bigints instead of taking or choking on them", () => {
    for (const wrong of ["1", 1n, null, undefined, [1]]) {
      expectRefusal(() => run(moments, [2, wrong as never]), "invalid-value", "input");
    }
  });
});
