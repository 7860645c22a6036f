import { run } from "clientele/core";
import {
  adjustPValues,
  type MeanStats,
  meanStats,
  meanStatsOf,
  type RatioStats,
  ratioStats,
  testMeans,
  testProportions,
  testRatio,
} from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/experiments.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const rounding = { relative: 1e-10, because: "rounding of sums" };
const printed = { absolute: 0.6e-5, because: "5 digits printed" };
const codesOf = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const meansOf = (values: readonly number[]): MeanStats => run(meanStats(), values);
const ratioOf = ([y, x]: readonly (readonly number[])[]): RatioStats =>
  run(ratioStats(), y.map((numerator, i) => ({ numerator, denominator: x[i] }))); // prettier-ignore

// growthbook's own tests (gbstats, MIT).
const growthbook = {
  means: {
    control: meanStatsOf({ n: 3407, sum: 1396.87, sumSquares: 52377.9767 }),
    treatment: meanStatsOf({ n: 3461, sum: 2422.7, sumSquares: 134698.29 }),
  },
  rates: { control: { n: 28, successes: 14 }, treatment: { n: 30, successes: 16 } },
};

describe("testMeans", () => {
  it("gives Welch's test as scipy does, absolute and relative", () => {
    const { control, treatment, relative, ...wanted } = golden.welch;
    const arms = { control: meansOf(control), treatment: meansOf(treatment) };
    const report = testMeans(arms);
    const keys = ["estimate", "standardError", "statistic", "degreesOfFreedom", "pValue"] as const;
    expectClose(keys.map((key) => report[key]!), keys.map((key) => wanted[key]), rounding); // prettier-ignore
    expectClose(report.interval!, wanted.interval, rounding);
    expect([report.method, report.notes, report.kind]).toEqual(["Welch's t", [], "mean"]);
    const share = testMeans(arms, { relative: true });
    expectClose([share.estimate!, share.standardError!, share.pValue!], [relative.estimate, relative.standardError, relative.pValue], rounding); // prettier-ignore
    expectClose(share.interval!, relative.interval, rounding);
    const fieller = testMeans(arms, { relative: true, relativeInterval: "fieller" });
    expectClose(fieller.interval!, relative.fieller, { relative: 1e-9, because: "roots found numerically" });
    expect(fieller.method).toContain("Fieller");
  });

  it("gives R's figures for Student's sleep data", () => {
    // R: t.test(extra ~ group, sleep): t = -1.8608, df = 17.776, p-value = 0.07939.
    const report = testMeans({
      control: meansOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]),
      treatment: meansOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
    });
    expectClose([report.statistic!, report.degreesOfFreedom!, report.pValue!], [1.86081, 17.7765, 0.079394], { absolute: 5e-5, because: "digits printed" }); // prettier-ignore
  });

  it("gives growthbook's relative difference", () => {
    const report = testMeans(growthbook.means, { relative: true });
    expectClose([report.estimate!, report.standardError!, report.pValue!], [0.70732, 0.37879, 0.06191], printed);
    expectClose(report.interval!, [-0.03526, 1.44989], printed);
  });

  it("does not depend on which arm is called control, but for the sign, nor on the unit", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 20 }),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 20 }),
        (a, b) => {
          const one = testMeans({ control: meansOf(a), treatment: meansOf(b) });
          const other = testMeans({ control: meansOf(b.map((x) => 8 * x)), treatment: meansOf(a.map((x) => 8 * x)) });
          const near = { relative: 1e-9, absolute: 1e-9, because: "rounding" };
          expectClose(other.estimate!, -8 * one.estimate!, near);
          expect(other.pValue === null).toBe(one.pValue === null);
          if (one.pValue === null) return;
          expectClose([other.pValue!, other.standardError!], [one.pValue, 8 * one.standardError!], near);
          expectClose(other.interval!, [-8 * one.interval![1], -8 * one.interval![0]], { ...near, absolute: 1e-7 });
          // The interval and the p-value say the same.
          if (Math.abs(one.pValue - 0.05) > 1e-6) expect(one.pValue < 0.05).toBe(one.interval![0] > 0 || one.interval![1] < 0); // prettier-ignore
        },
      ),
    ));

  it("says what cannot be told instead of NaN", () => {
    const some = meansOf([1, 2, 3]);
    const nobody = testMeans({ control: some, treatment: meansOf([]) });
    expect([nobody.estimate, nobody.interval, nobody.pValue, codesOf(nobody)]).toEqual([
      null,
      null,
      null,
      ["empty-arm"],
    ]);
    const one = testMeans({ control: some, treatment: meansOf([5]) });
    expect([one.estimate, one.standardError, one.pValue, codesOf(one)]).toEqual([3, null, null, ["single-customer"]]);
    const flat = testMeans({ control: meansOf([1, 1]), treatment: meansOf([2, 2, 2]) });
    expect([flat.estimate, flat.interval, flat.pValue, codesOf(flat)]).toEqual([1, null, null, ["no-variance"]]);
    const zero = testMeans({ control: meansOf([-1, 1]), treatment: some }, { relative: true });
    expect([zero.estimate, zero.pValue, codesOf(zero)]).toEqual([null, null, ["zero-control"]]);
    const tiny = testMeans({ control: meansOf([5e-324, 5e-324]), treatment: some }, { relative: true });
    expect([tiny.estimate, codesOf(tiny)]).toEqual([null, ["zero-control"]]);
    // One arm of zeros is no trouble: the other one varies.
    const half = testMeans({ control: meansOf([0, 0, 0]), treatment: some });
    expectClose(half.pValue!, 0.0741799, { relative: 1e-5, because: "scipy: ttest_1samp([1, 2, 3], 0)" });
    expect(half.degreesOfFreedom).toBe(2);
  });

  it("warns where the control is near 0, and Fieller says when the interval has no ends", () => {
    const arms = { control: meansOf([-1, 2, -2, 3]), treatment: meansOf([5, 6, 7, 8]) };
    expect(codesOf(testMeans(arms, { relative: true }))).toEqual(["control-near-zero"]);
    const fieller = testMeans(arms, { relative: true, relativeInterval: "fieller" });
    expect([fieller.interval, codesOf(fieller)]).toEqual([null, ["control-near-zero", "unbounded-interval"]]);
  });

  it("calls a rise a rise below 0 as well", () => {
    const arms = { control: meansOf([-11, -9, -10]), treatment: meansOf([-6, -4, -5]) };
    for (const relativeInterval of ["delta", "fieller"] as const) {
      const { estimate, interval } = testMeans(arms, { relative: true, relativeInterval });
      expect(estimate).toBe(0.5);
      expect(interval![0]).toBeGreaterThan(0);
      expect(interval![1]).toBeGreaterThan(interval![0]);
    }
  });

  it("holds at sizes near the ends of the doubles", () => {
    for (const unit of [1e-150, 1e150]) {
      const report = testMeans({ control: meansOf([1, 2, 4].map((x) => x * unit)), treatment: meansOf([5, 6, 9].map((x) => x * unit)) }); // prettier-ignore
      expectClose(report.pValue!, testMeans({ control: meansOf([1, 2, 4]), treatment: meansOf([5, 6, 9]) }).pValue!, rounding); // prettier-ignore
    }
  });

  it("refuses what no sums can be", () => {
    const fine = meansOf([1, 2]);
    expectRefusal(
      () => testMeans({ control: { ...fine, m2: -1 }, treatment: fine }),
      "invalid-value",
      "data.control.m2",
    );
    expectRefusal(
      () => testMeans({ control: fine, treatment: { ...fine, mean: NaN } }),
      "invalid-value",
      "data.treatment.mean",
    );
    expectRefusal(() => testMeans({ control: fine } as never), "invalid-value", "data.treatment");
    expectRefusal(() => testMeans(null as never), "invalid-value", "data");
  });
});

describe("testProportions", () => {
  it("gives R's p-value and intervals for 15 and 25 of 50", () => {
    // R: prop.test(c(15, 25), c(50, 50), correct = FALSE): X-squared = 4.1667, p = 0.04123; Wilson's interval of 15/50.
    const report = testProportions({ control: { n: 50, successes: 15 }, treatment: { n: 50, successes: 25 } });
    expectClose([report.statistic! ** 2, report.pValue!], [4.16667, 0.041227], { relative: 5e-6, because: "digits printed" }); // prettier-ignore
    expectClose(report.control.interval!, [0.19104, 0.4375], { absolute: 5e-6, because: "digits printed" });
    expect(report.method).toBe("Newcombe interval, pooled z test");
  });

  it("gives growthbook's relative difference", () => {
    const report = testProportions(growthbook.rates, { relative: true });
    expectClose([report.estimate!, report.pValue!], [0.06667, 0.80707], printed);
    expectClose(report.interval!, [-0.47767, 0.61101], printed);
  });

  it("gives Newcombe's own example, method 10", () => {
    // Newcombe (1998), table II: 56/70 − 48/80: 0.2, interval 0.0524 to 0.3339.
    const report = testProportions({ control: { n: 80, successes: 48 }, treatment: { n: 70, successes: 56 } });
    expectClose(report.interval!, [0.0524, 0.3339], { absolute: 5e-5, because: "digits printed" });
  });

  it("makes Fisher's exact test of small counts", () => {
    for (const [x1, n1, x2, n2, p] of golden.fisher) {
      const report = testProportions({ control: { n: n1, successes: x1 }, treatment: { n: n2, successes: x2 } });
      expectClose(report.pValue!, p, rounding);
      expect([report.method, report.statistic]).toEqual(["Newcombe interval, Fisher's exact test", null]);
      expect(report.interval![0] <= report.estimate! && report.interval![1] >= report.estimate!).toBe(true);
    }
  });

  it("gives p-values as small as they are, never 0 by cancellation", () => {
    // z = 10 by construction: rates 1/2 ± 5 / √(2n) pooled 1/2.
    const n = 20_000;
    const report = testProportions({
      control: { n, successes: n / 2 - 500 },
      treatment: { n, successes: n / 2 + 500 },
    });
    expectClose(report.statistic!, 10, rounding);
    expectClose(report.pValue!, 1.523970604832105e-23, { relative: 1e-11, because: "scipy: 2 * norm.sf(10)" });
    const more = testProportions({ control: { n, successes: 9000 }, treatment: { n, successes: 12000 } });
    expect(more.pValue).toBeGreaterThan(0);
    expect(more.pValue).toBeLessThan(1e-190);
  });

  it("says what cannot be told", () => {
    const at = (n1: number, x1: number, n2: number, x2: number, relative = false) => testProportions({ control: { n: n1, successes: x1 }, treatment: { n: n2, successes: x2 } }, { relative }); // prettier-ignore
    for (const [n1, n2] of [
      [0, 5],
      [5, 0],
      [0, 0],
    ]) {
      // prettier-ignore
      const report = at(n1, 0, n2, 0);
      expect([report.estimate, report.interval, report.pValue, codesOf(report)]).toEqual([
        null,
        null,
        null,
        ["empty-arm"],
      ]);
    }
    const nobody = at(100, 0, 100, 0);
    expect([nobody.estimate, nobody.pValue, codesOf(nobody)]).toEqual([0, 1, ["no-variance"]]);
    expect(nobody.interval![0]).toBeLessThan(0);
    const everybody = at(100, 100, 100, 100);
    expect([everybody.estimate, everybody.pValue, codesOf(everybody)]).toEqual([0, 1, ["no-variance"]]);
    expect(codesOf(at(100, 0, 100, 5, true))).toEqual(["zero-control"]);
    expect(codesOf(at(100, 5, 100, 9, true))).toEqual(["control-near-zero", "small-counts"]);
    expect(at(1, 0, 1, 1).pValue).toBe(1);
    expect(at(1, 1, 1, 1, true).pValue).toBe(null);
  });

  it("is finite for all counts, and its interval holds the estimate", () =>
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30), fc.boolean(), (n1, n2, x1, x2, relative) => {
        const arms = {
          control: { n: n1, successes: Math.min(n1, x1) },
          treatment: { n: n2, successes: Math.min(n2, x2) },
        };
        const { estimate, interval, pValue, standardError } = testProportions(arms, { relative });
        for (const figure of [estimate, pValue, standardError, ...(interval ?? [])]) expect(figure === null || Number.isFinite(figure)).toBe(true); // prettier-ignore
        if (interval !== null) expect(interval[0] <= estimate! && estimate! <= interval[1]).toBe(true);
        if (pValue !== null) expect(pValue >= 0 && pValue <= 1).toBe(true);
      }),
    ));

  it("refuses what is no count", () => {
    const fine = { n: 3, successes: 1 };
    for (const bad of [
      { n: 3, successes: 4 },
      { n: 3, successes: -1 },
      { n: 3, successes: 1.5 },
    ]) {
      expectRefusal(
        () => testProportions({ control: fine, treatment: bad }),
        "invalid-value",
        "data.treatment.successes",
      );
    }
    expectRefusal(() => testProportions({ control: { n: -1, successes: 0 }, treatment: fine }), "invalid-value", "data.control.n"); // prettier-ignore
  });
});

describe("testRatio", () => {
  const { control, treatment, relative, ...wanted } = golden.ratio;
  const arms = { control: ratioOf(control), treatment: ratioOf(treatment) };

  it("gives the delta method written out in numpy", () => {
    const report = testRatio(arms);
    expectClose([report.estimate!, report.standardError!, report.pValue!], [wanted.estimate, wanted.standardError, wanted.pValue], rounding); // prettier-ignore
    const share = testRatio(arms, { relative: true });
    expectClose([share.estimate!, share.standardError!], relative, rounding);
    expect(report.method).toBe("Welch's t, delta method");
  });

  it("is the test of means where every denominator is 1", () => {
    const ones = (values: readonly number[]): RatioStats => ratioOf([values, values.map(() => 1)]);
    const [a, b] = [golden.welch.control, golden.welch.treatment];
    const byRatio = testRatio({ control: ones(a), treatment: ones(b) });
    const byMeans = testMeans({ control: meansOf(a), treatment: meansOf(b) });
    expectClose([byRatio.estimate!, byRatio.standardError!, byRatio.pValue!], [byMeans.estimate!, byMeans.standardError!, byMeans.pValue!], rounding); // prettier-ignore
  });

  it("says what cannot be told", () => {
    const none = testRatio({ control: arms.control, treatment: ratioOf([[0, 0], [0, 0]]) }); // prettier-ignore
    expect([none.estimate, none.pValue, codesOf(none)]).toEqual([null, null, ["no-denominator"]]);
    const constant = ratioOf([[0.1, 0.2, 0.3], [1, 2, 3]]); // prettier-ignore
    expect(codesOf(testRatio({ control: constant, treatment: constant }))).toEqual(["no-variance"]);
    expect(codesOf(testRatio({ control: arms.control, treatment: run(ratioStats(), []) }))).toEqual(["empty-arm"]);
    expectRefusal(() => testRatio({ control: { ...arms.control, sumProducts: 1e9 }, treatment: arms.treatment }), "invalid-value", "data.control.sumProducts"); // prettier-ignore
  });
});

describe("adjustPValues", () => {
  it("gives the values of R's p.adjust", () => {
    const p = [0.01, 0.02, 0.03, 0.04, 0.05];
    expectClose(adjustPValues(p, { method: "holm" }) as number[], [0.05, 0.08, 0.09, 0.09, 0.09], rounding);
    expectClose(adjustPValues(p) as number[], [0.05, 0.05, 0.05, 0.05, 0.05], rounding);
    expectClose(adjustPValues(p, { method: "bonferroni" }) as number[], [0.05, 0.1, 0.15, 0.2, 0.25], rounding);
    expect(adjustPValues([])).toEqual([]);
    expect(adjustPValues([null, 0.5])).toEqual([null, 0.5]);
  });

  it("refuses what is no p-value", () => {
    for (const bad of [-0.1, 1.1, NaN, "0.1", undefined]) {
      expectRefusal(() => adjustPValues([0.5, bad as number]), "invalid-value", "pValues[1]");
    }
    expectRefusal(() => adjustPValues(3 as never), "invalid-value", "pValues");
  });
});
