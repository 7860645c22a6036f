import { deriveUsage, measurePowerUsers } from "clientele/features";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const usageOf = (days: readonly number[]): FeatureTable => fromMatrix(days.map((value) => [value]), { names: ["activeDays"] }); // prettier-ignore

describe("measurePowerUsers", () => {
  it("takes the top share, and returns the threshold it used", () => {
    const report = measurePowerUsers(usageOf([1, 5, 3, 20, 8, 2, 13, 4, 9, 7]), { topShare: 0.2 });
    expect(report).toMatchObject({
      by: "activeDays",
      customers: 10,
      powerUsers: 2,
      share: 0.2,
      threshold: 13,
      notes: [],
    });
    expect(Array.from(report.isPowerUser)).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 0, 0]);
    expect(report.shareOfUse).toBe(33 / 72);
    // A tenth unless another share is given, rounded up.
    expect(measurePowerUsers(usageOf([1, 5, 3])).threshold).toBe(5);
  });

  it("rounds the top share up, but not for the rounding of 100 · 0.07, which is 7.000000000000001", () => {
    const report = measurePowerUsers(usageOf(Array.from({ length: 100 }, (_, i) => i + 1)), { topShare: 0.07 });
    expect(report).toMatchObject({ powerUsers: 7, threshold: 94 });
    const more = measurePowerUsers(usageOf(Array.from({ length: 101 }, (_, i) => i + 1)), { topShare: 0.07 });
    expect(more.powerUsers).toBe(8);
  });

  it("gives all of the use to all customers, exactly", () => {
    const depths = [0.1, 0.2, 0.3, 0.7, 0.6];
    const usage = fromMatrix(depths.map((value) => [value]), { names: ["depth"] }); // prettier-ignore
    expect(measurePowerUsers(usage, { by: "depth", atLeast: 0.01 }).shareOfUse).toBe(1);
  });

  it("takes everybody who reaches a number", () => {
    const report = measurePowerUsers(usageOf([1, 10, 9.999, 28].map(Math.floor)), { atLeast: 10 });
    expect(report).toMatchObject({ powerUsers: 2, share: 0.5, threshold: 10 });
    expect(measurePowerUsers(usageOf([1, 2]), { atLeast: 10 })).toMatchObject({ powerUsers: 0, shareOfUse: 0 });
  });

  it("never splits equal customers, and says how many that makes", () => {
    const report = measurePowerUsers(usageOf([5, 5, 5, 1]), { topShare: 0.25 });
    expect(report).toMatchObject({ powerUsers: 3, threshold: 5 });
    expect(report.notes.map(({ code }) => code)).toEqual(["ties"]);
  });

  it("makes nobody a power user with a 0", () => {
    const few = measurePowerUsers(usageOf([0, 0, 0, 2]), { topShare: 0.5 });
    expect(few).toMatchObject({ powerUsers: 1, threshold: 2 });
    expect(few.notes.map(({ code }) => code)).toEqual(["fewer-users"]);
    const none = measurePowerUsers(usageOf([0, 0]));
    expect(none).toMatchObject({ powerUsers: 0, threshold: null, share: 0, shareOfUse: null, gini: null, lorenz: [] });
    expect(none.notes.map(({ code }) => code)).toEqual(["no-use"]);
  });

  it("counts how many customers were active on exactly k days, from 0 to the window", () => {
    const { activeDays } = measurePowerUsers(usageOf([0, 1, 1, 28, 3]));
    expect(activeDays).toHaveLength(29);
    expect(activeDays!.slice(0, 5)).toEqual([1, 2, 0, 1, 0]);
    expect(activeDays![28]).toBe(1);
    const longer = measurePowerUsers(usageOf([9]), { windowDays: 7 });
    expect(longer.activeDays).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(longer.notes.map(({ code }) => code)).toEqual(["longer-window"]);
  });

  it("measures inequality: 0 among equals, (n − 1) / n when one has all, a quarter for 1, 2, 3, 4", () => {
    expect(measurePowerUsers(usageOf([3, 3, 3])).gini).toBe(0);
    expect(measurePowerUsers(usageOf([0, 0, 0, 7])).gini).toBe(0.75);
    // By hand: Σ (2i − 5) i / (4 · 10) = (−3 − 2 + 3 + 12) / 40.
    const { gini, lorenz } = measurePowerUsers(usageOf([4, 2, 1, 3]));
    expect(gini).toBe(0.25);
    expectClose(lorenz.map(({ held }) => held), [0, 0.1, 0.3, 0.6, 1], { absolute: 1e-15, because: "sums of quarters" }); // prettier-ignore
    expect(lorenz.map(({ share }) => share)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it("has a Gini coefficient that is twice the area between equality and the Lorenz curve", () => {
    const value = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 100 }), (values) => {
        const { gini, lorenz } = measurePowerUsers(usageOf(values));
        if (gini === null) return;
        const area = lorenz.slice(1).reduce((sum, { share, held }, i) => sum + ((share - lorenz[i].share) * (held + lorenz[i].held)) / 2, 0); // prettier-ignore
        expectClose(gini, 1 - 2 * area, { absolute: 1e-12, because: "sums of a hundred trapezoids" });
      }),
    );
  });

  it("draws the curve of many customers in a hundred steps", () => {
    const { lorenz } = measurePowerUsers(usageOf(Array.from({ length: 1234 }, (_, i) => i)), { windowDays: 2000 });
    expect(lorenz).toHaveLength(101);
    // Half of 1234 customers: 617 · 616 / 2 of 1234 · 1233 / 2.
    expectClose(lorenz[50].held, (617 * 616) / (1234 * 1233), { relative: 1e-12, because: "sums of a thousand" });
  });

  it("does not count customers without a value", () => {
    const report = measurePowerUsers(usageOf([NaN, 4, 2]), { topShare: 0.5 });
    expect(report).toMatchObject({ customers: 2, powerUsers: 1, share: 0.5 });
    expect(Array.from(report.isPowerUser)).toEqual([0, 1, 0]);
    expect(report.notes.map(({ code }) => code)).toEqual(["missing-values"]);
    expect(measurePowerUsers(usageOf([]))).toMatchObject({ customers: 0, share: null, threshold: null, gini: null });
  });

  it("says what sets power users apart: breadth, depth and every feature", () => {
    const day = 86_400_000;
    const heavy = Array.from({ length: 20 }, (_, i) => ["ann", i % 2 === 0 ? "search" : "share", i * day] as const);
    const log = logOf([...heavy, ["bob", "search", 19 * day], ["eve", "view", 19 * day]]);
    const usage = deriveUsage(log, { features: ["search", "share"], asOf: 20 * day - 1, windowDays: 28 });
    const report = measurePowerUsers(usage, { atLeast: 10 });
    expect(report.breadth).toEqual({ mean: 1, median: 1, max: 2 });
    expect(report.depth).toEqual({ mean: 7, median: 1, max: 20 });
    expect(report.features).toEqual([
      { feature: "breadth", powerUsers: 2, others: 0.5 },
      { feature: "depth", powerUsers: 20, others: 0.5 },
      { feature: "activeDays", powerUsers: 20, others: 0.5 },
      {
        feature: "daysSinceFirstUse",
        powerUsers: expect.closeTo(20, 6) as number,
        others: expect.closeTo(1, 6) as number,
      },
      {
        feature: "daysSinceLastUse",
        powerUsers: expect.closeTo(1, 6) as number,
        others: expect.closeTo(1, 6) as number,
      },
      { feature: "searchEvents", powerUsers: 10, others: 0.5 },
      { feature: "shareEvents", powerUsers: 10, others: 0 },
    ]);
    const plain = measurePowerUsers(fromMatrix([[3], [1]], { names: ["minutes"] }), { by: "minutes" });
    expect(plain).toMatchObject({ breadth: null, depth: null, activeDays: null, powerUsers: 1 });
  });

  it("takes huge amounts, and refuses those that do not add up", () => {
    const huge = fromMatrix([[1e308], [1]], { names: ["depth"] });
    expect(measurePowerUsers(huge, { by: "depth" }).gini).toBeCloseTo(0.5, 12);
    const more = fromMatrix([[1.7e308], [1.7e308]], { names: ["depth"] });
    expectRefusal(() => measurePowerUsers(more, { by: "depth" }), "too-large");
  });

  it("refuses unknown features, two rules at once, and values that are no amount", () => {
    expectRefusal(() => measurePowerUsers(usageOf([1]), { by: "depth" }), "invalid-option", "options.by");
    expectRefusal(
      () => measurePowerUsers(usageOf([1]), { topShare: 0.1, atLeast: 3 }),
      "invalid-option",
      "options.topShare",
    );
    expectRefusal(() => measurePowerUsers(usageOf([1, -1])), "invalid-value", "usage.values[1, 0]");
    expectRefusal(() => measurePowerUsers(usageOf([1, 1.5])), "invalid-value", "usage.values[1, 0]");
    expectRefusal(() => measurePowerUsers(usageOf([1, 1e9])), "invalid-value", "usage.values[1, 0]");
    const infinite = { ...usageOf([1]), values: Float64Array.of(Infinity) };
    expectRefusal(() => measurePowerUsers(infinite), "invalid-value", "usage.values[0, 0]");
    expectRefusal(() => measurePowerUsers(null as never), "shape-mismatch", "usage");
  });
});
