import { testSampleRatio } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const codesOf = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);

describe("testSampleRatio", () => {
  it("finds the mismatch of the textbook: 821,588 customers against 815,482", () => {
    // Kohavi, Tang & Xu (2020), chapter 3: p = 1.8e-6. By hand: χ² = (a − b)² / (a + b).
    const report = testSampleRatio({ control: 821588, treatment: 815482 });
    expectClose(report.statistic, 6106 ** 2 / 1637070, { relative: 1e-12, because: "rounding" });
    expectClose(report.pValue!, 1.8e-6, { absolute: 0.05e-6, because: "digits printed" });
    expect([report.degreesOfFreedom, report.mismatch, report.notes]).toEqual([1, true, []]);
    expect(report.arms[0]).toEqual({ arm: "control", count: 821588, expected: 818535 });
  });

  it("takes the planned shares, of any sum, and counts degrees of freedom by arms that have weight", () => {
    // By hand: expected 600 and 300; χ² = 400/600 + 400/300 = 2.
    const report = testSampleRatio([620, 280, 0], { weights: [2, 1, 0] });
    expectClose(report.statistic, 2, { relative: 1e-12, because: "rounding" });
    expectClose(report.pValue!, 0.15729920705028513, { relative: 1e-12, because: "χ² of 1 degree of freedom, scipy" });
    expect([report.degreesOfFreedom, report.mismatch, report.notes]).toEqual([1, false, []]);
    expect(testSampleRatio({ b: 280, a: 620 }, { weights: { a: 200, b: 100 } }).statistic).toBeCloseTo(2, 12);
  });

  it("alarms below .001 by default, and at another level on request", () => {
    const counts = [5150, 4850];
    expect(testSampleRatio(counts)).toMatchObject({ mismatch: false, alpha: 0.001 });
    expect(testSampleRatio(counts, { alpha: 0.01 }).mismatch).toBe(true);
  });

  it("takes customers in an arm without weight for a mismatch of its own", () => {
    const report = testSampleRatio({ a: 500, b: 500, old: 1 }, { weights: { a: 1, b: 1, old: 0 } });
    expect([report.pValue, report.mismatch, codesOf(report)]).toEqual([1, true, ["customers-without-weight"]]);
    expect(report.arms[2]).toEqual({ arm: "old", count: 1, expected: 0 });
  });

  it("says when there is nothing to test", () => {
    const none = testSampleRatio([0, 0]);
    expect([none.pValue, none.statistic, none.mismatch, codesOf(none)]).toEqual([null, 0, false, ["no-customers"]]);
    expect(codesOf(testSampleRatio([7]))).toEqual(["one-arm"]);
    expect(codesOf(testSampleRatio([4, 4]))).toEqual(["few-customers"]);
    expect(testSampleRatio([4e15, 4e15 + 2]).pValue).toBeGreaterThan(0.9);
    expect(testSampleRatio([1e9, 0]).pValue).toBe(0);
  });

  it("refuses what is no count", () => {
    for (const bad of [-1, 1.5, NaN, "3", null]) {
      expectRefusal(() => testSampleRatio([1, bad as number]), "invalid-value", "counts[1]");
      expectRefusal(() => testSampleRatio({ a: 1, b: bad as number }), "invalid-value", "counts.b");
    }
    expectRefusal(() => testSampleRatio([]), "too-few-rows", "counts");
    expectRefusal(() => testSampleRatio(3 as never), "invalid-value", "counts");
    expectRefusal(() => testSampleRatio([1, 2], { weights: [1, 2, 3] }), "invalid-option", "options.weights");
  });
});
