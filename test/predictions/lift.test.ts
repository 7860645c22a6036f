import { measureLift } from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifierCases } from "../support/classifier-cases.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const rounding = { relative: 1e-12, because: "sums in another order" };

describe("measureLift", () => {
  it.each(Object.entries(classifierCases))("has the table of the %s case, ties shared out evenly", (_, golden) => {
    const { outcome, probability, lift } = golden;
    const { groups } = measureLift(outcome, probability);
    expect(groups.map(({ customers }) => customers)).toEqual(lift.map(({ customers }) => customers));
    expectClose(groups.map(({ positives }) => positives), lift.map(({ positives }) => positives), { absolute: 1e-12, because: "sums in another order" }); // prettier-ignore
    expectClose(groups.map(({ gain }) => gain!), lift.map(({ gain }) => gain), rounding); // prettier-ignore
    const baseRate = outcome.reduce((a, b) => a + b) / outcome.length;
    for (const group of groups) {
      expectClose(group.lift!, group.positives / group.customers / baseRate, rounding);
      expectClose(group.cumulativeLift!, group.gain! / group.cumulativeShare, rounding);
    }
  });

  it("finds all in the first groups where probabilities are perfect, and a lift of 1 where they are equal", () => {
    const perfect = measureLift([0, 1, 0, 0, 1, 0, 0, 0, 0, 0], [0.1, 0.9, 0.1, 0.2, 0.8, 0.3, 0.3, 0.2, 0.1, 0], {
      groups: 5,
    });
    expect(perfect.groups.map(({ lift }) => lift)).toEqual([5, 0, 0, 0, 0]);
    expect(perfect.groups[0]).toMatchObject({
      group: 1,
      customers: 2,
      positives: 2,
      rate: 1,
      gain: 1,
      lowest: 0.8,
      highest: 0.9,
    });
    const equal = measureLift([0, 1, 0, 1, 0, 1], new Float64Array(6).fill(0.4), { groups: 4 });
    expectClose(equal.groups.map(({ lift }) => lift!), [1, 1, 1, 1], rounding); // prettier-ignore
    expect(equal.groups.map(({ customers }) => customers)).toEqual([2, 1, 2, 1]);
  });

  it("accounts for every customer and outcome, in whatever order the rows come", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        (rows, groups, salt) => {
          const [outcome, probability] = [rows.map(([one]) => one), rows.map(([, fifths]) => fifths / 5)];
          const report = measureLift(outcome, probability, { groups });
          expect(report.groups).toHaveLength(Math.min(groups, rows.length));
          expect(report.groups.reduce((sum, { customers }) => sum + customers, 0)).toBe(rows.length);
          expectClose(report.groups.reduce((sum, { positives }) => sum + positives, 0), report.positives, { absolute: 1e-12, because: "shares" }); // prettier-ignore
          expect(report.groups.at(-1)!.cumulativeShare).toBe(1);
          if (report.positives > 0) expect(report.groups.at(-1)!.gain).toBe(1);
          const order = shuffled(rows.length, salt);
          const again = measureLift(order.map((i) => outcome[i]), order.map((i) => probability[i]), { groups }); // prettier-ignore
          expect(bitsOf(again)).toBe(bitsOf(report));
        },
      ),
    );
  });

  it("makes a group of each customer where there are fewer, and says so", () => {
    const { groups, notes } = measureLift([1, 0], [0.3, 0.6]);
    expect(groups.map(({ lift }) => lift)).toEqual([0, 2]);
    expect(notes.map(({ code }) => code)).toEqual(["fewer-groups"]);
  });

  it("has no lift without an outcome, and says so", () => {
    const { groups, notes } = measureLift([0, 0], [0.3, 0.6], { groups: 2 });
    expect(groups.map(({ lift, gain, cumulativeLift }) => [lift, gain, cumulativeLift])).toEqual([[null, null, null], [null, null, null]]); // prettier-ignore
    expect(notes.map(({ code }) => code)).toEqual(["single-class"]);
    expectRefusal(() => measureLift([], []), "too-few-rows", "outcome");
  });
});
