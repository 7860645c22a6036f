import { meanStatsOf, testBayesian, testMeans, testProportions, testSequential } from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const printed = { absolute: 5e-6, because: "growthbook's tests round to five decimals" };
const rates = { control: { n: 3000, successes: 1396 }, treatment: { n: 3461, successes: 2422 } };

describe("testSequential", () => {
  it("gives growthbook's figures", () => {
    const { estimate, interval, pValue } = testSequential(rates, { relative: true, tuning: 5000 });
    expectClose(estimate ?? NaN, 0.50386, printed);
    expectClose(interval ?? [], [0.40098, 0.60675], printed);
    expect(pValue).toBeLessThan(1e-20);
  });

  it("is wider than the ordinary interval, always, and its p-value larger", () => {
    const arm = fc.record({
      n: fc.integer({ min: 2, max: 20_000 }),
      share: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(arm, arm, fc.boolean(), fc.constantFrom(0.01, 0.05, 0.2), (a, b, relative, alpha) => {
        const of = ({ n, share }: { n: number; share: number }) => ({ n, successes: Math.round(share * n) });
        const data = { control: of(a), treatment: of(b) };
        const plain = testProportions(data, { relative, alpha });
        const always = testSequential(data, { relative, alpha });
        expect(always.estimate).toBe(plain.estimate);
        if (always.interval === null || plain.interval === null) return;
        expect(always.interval[0]).toBeLessThanOrEqual(plain.interval[0] + 1e-12);
        expect(always.interval[1]).toBeGreaterThanOrEqual(plain.interval[1] - 1e-12);
      }),
    );
  });

  it("has a p-value below alpha where zero is outside the sequence, for means", () => {
    const stats = (n: number, mean: number) => meanStatsOf({ n, sum: n * mean, sumSquares: n * (mean * mean + 9) });
    for (const difference of [0, 0.1, 0.3, 0.5, 1]) {
      const data = { control: stats(2000, 5), treatment: stats(2000, 5 + difference) };
      const { interval, pValue } = testSequential(data);
      expect((pValue ?? 1) < 0.05).toBe(interval !== null && interval[0] > 0);
    }
  });

  it("says what cannot be told", () => {
    const none = testSequential({ control: { n: 0, successes: 0 }, treatment: { n: 10, successes: 3 } });
    expect([none.estimate, none.interval, none.pValue]).toEqual([null, null, null]);
    expect(none.notes.length).toBeGreaterThan(0);
    const same = testSequential({ control: { n: 10, successes: 0 }, treatment: { n: 10, successes: 0 } });
    expect([same.estimate, same.interval, same.pValue]).toEqual([0, null, null]);
    expectRefusal(() => testSequential(rates, { tuning: 0 }), "invalid-option", "options.tuning");
  });
});

describe("testBayesian", () => {
  const close = { control: { n: 100, successes: 49 }, treatment: { n: 100, successes: 51 } };

  it("gives growthbook's figures", () => {
    const report = testBayesian(close);
    expectClose(report.estimate ?? NaN, 0.04082, printed);
    expectClose(report.standardDeviation ?? NaN, 0.14725, printed);
    expectClose(report.chanceToWin ?? NaN, 0.60918, printed);
    expectClose(report.interval ?? [], [-0.24779, 0.32943], printed);
    // growthbook prints the risks to four digits.
    expectClose([report.risk?.control ?? NaN, report.risk?.treatment ?? NaN], [0.0814, 0.0406], {
      absolute: 6e-5,
      because: "four digits",
    });
  });

  it("turns around with its arms, and a strong prior wins", () => {
    const one = testBayesian(close, { relative: false });
    const other = testBayesian({ control: close.treatment, treatment: close.control }, { relative: false });
    expectClose((one.chanceToWin ?? NaN) + (other.chanceToWin ?? NaN), 1, { absolute: 1e-12, because: "complement" });
    expectClose(one.risk?.control ?? NaN, other.risk?.treatment ?? NaN, { relative: 1e-12, because: "symmetry" });
    // The difference of both risks is the expected difference.
    expectClose((one.risk?.control ?? NaN) - (one.risk?.treatment ?? NaN), one.estimate ?? NaN, { absolute: 1e-12, because: "E max(0, d) − E max(0, −d) = E d" }); // prettier-ignore
    const sure = testBayesian(close, { prior: { mean: -0.1, standardDeviation: 1e-6 } });
    expectClose(sure.estimate ?? NaN, -0.1, { absolute: 1e-9, because: "the prior is sure" });
    const open = testBayesian(close, { prior: { mean: 0, standardDeviation: 1e9 } });
    expectClose(open.estimate ?? NaN, testBayesian(close).estimate ?? NaN, {
      relative: 1e-12,
      because: "the prior is open",
    });
  });

  it("weighs prior and data by their precision", () => {
    // Data 0.02 ± 0.0706966, prior 0.01 ± 0.03: by hand.
    const { estimate, standardDeviation } = testBayesian(close, { relative: false, prior: { mean: 0.01, standardDeviation: 0.03 } }); // prettier-ignore
    const error = testMeansError();
    const weight = 1 / error ** 2 / (1 / error ** 2 + 1 / 0.03 ** 2);
    expectClose(estimate ?? NaN, weight * 0.02 + (1 - weight) * 0.01, { relative: 1e-12, because: "the same sum" });
    expectClose(standardDeviation ?? NaN, 1 / Math.sqrt(1 / error ** 2 + 1 / 0.03 ** 2), { relative: 1e-12, because: "the same sum" }); // prettier-ignore
  });

  /** √(p₁q₁/n₁ + p₂q₂/n₂). */
  function testMeansError(): number {
    return Math.sqrt((0.49 * 0.51) / 100 + (0.51 * 0.49) / 100);
  }

  it("says what cannot be told, and reads amounts too", () => {
    const none = testBayesian({ control: { n: 5, successes: 0 }, treatment: { n: 5, successes: 1 } });
    expect([none.chanceToWin, none.risk]).toEqual([null, null]);
    expect(none.notes.length).toBeGreaterThan(0);
    const stats = (mean: number) => meanStatsOf({ n: 1000, sum: 1000 * mean, sumSquares: 1000 * (mean * mean + 25) });
    const amounts = testBayesian({ control: stats(10), treatment: stats(11) }, { relative: false });
    expect(amounts.chanceToWin).toBeGreaterThan(0.99);
    expectClose(amounts.standardDeviation ?? NaN, testMeans({ control: stats(10), treatment: stats(11) }).standardError ?? NaN, { relative: 1e-12, because: "one error" }); // prettier-ignore
    expectRefusal(() => testBayesian(close, { prior: { mean: 0, standardDeviation: 0 } }), "invalid-option", "options.prior"); // prettier-ignore
  });
});
