import { deriveActivity, scoreEngagement } from "clientele/features";
import { column, type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["sessionsPerWeek", "featuresUsed", "daysSinceLastActivity"];
const table = (rows: readonly (readonly number[])[]): FeatureTable => fromMatrix(rows, { names });
const engagementOf = (scores: FeatureTable): number[] => Array.from(column(scores, "engagement"));

describe("scoreEngagement", () => {
  it("adds up the share of other customers that one is ahead of, by weight", () => {
    const rows = table([[1, 10, 0], [2, 20, 0], [3, 20, 0], [10, 40, 0], [4, 0, 0]]); // prettier-ignore
    const { scores, weights } = scoreEngagement(rows, { weights: { sessionsPerWeek: 3, featuresUsed: 1 } });
    expect(weights).toEqual({ sessionsPerWeek: 0.75, featuresUsed: 0.25 });
    expect(scores.names).toEqual(["engagement", "sessionsPerWeekContribution", "featuresUsedContribution"]);
    // Ranks by hand: sessions 0 1 2 4 3 of 4 others; features 1 2 2 4 0, where equal customers are not ahead.
    expect(Array.from(column(scores, "sessionsPerWeekContribution"))).toEqual([0, 0.1875, 0.375, 0.75, 0.5625]);
    expect(Array.from(column(scores, "featuresUsedContribution"))).toEqual([0.0625, 0.125, 0.125, 0.25, 0]);
    expect(engagementOf(scores)).toEqual([0.0625, 0.3125, 0.5, 1, 0.5625]);
  });

  it("halves features named daysSince… every half-life, for every customer alike", () => {
    const rows = table([[0, 0, 0], [0, 0, 30], [0, 0, 60], [0, 0, 15]]); // prettier-ignore
    const { scores, notes } = scoreEngagement(rows, { weights: { daysSinceLastActivity: 1 }, halfLifeDays: 30 });
    expectClose(engagementOf(scores), [1, 0.5, 0.25, Math.SQRT1_2], {
      relative: 1e-15,
      because: "one rounding of exp",
    });
    expect(notes).toEqual([]);
    const alone = scoreEngagement(table([[0, 0, 30]]), { weights: { daysSinceLastActivity: 1 }, halfLifeDays: 30 });
    expect(engagementOf(alone.scores)[0]).toBe(engagementOf(scores)[1]);
  });

  it("ranks features named daysSince… in reverse without a half-life", () => {
    const rows = table([[0, 0, 90], [0, 0, 3], [0, 0, 3]]); // prettier-ignore
    expect(engagementOf(scoreEngagement(rows, { weights: { daysSinceLastActivity: 1 } }).scores)).toEqual([
      0, 0.5, 0.5,
    ]);
  });

  it("spans 0 to 1 between the least and the most with min-max scaling", () => {
    const rows = table([[0, 0, 5], [1, 0, 10], [4, 0, 15]]); // prettier-ignore
    const weights = { sessionsPerWeek: 1, daysSinceLastActivity: 1 };
    const { scores } = scoreEngagement(rows, { weights, scaling: "min-max" });
    expect(engagementOf(scores)).toEqual([0.5, 0.375, 0.5]);
    const huge = table([[-1.7e308, 0, 0], [1.7e308, 0, 0], [0, 0, 0]]); // prettier-ignore
    const spread = scoreEngagement(huge, { weights: { sessionsPerWeek: 1 }, scaling: "min-max" });
    expect(engagementOf(spread.scores)).toEqual([0, 1, 0.5]);
    const tiny = table([[0, 0, 0], [5e-324, 0, 0]]); // prettier-ignore
    expect(engagementOf(scoreEngagement(tiny, { weights: { sessionsPerWeek: 1 }, scaling: "min-max" }).scores)).toEqual([0, 1]); // prettier-ignore
  });

  it("counts a feature that is the same for everybody as 0, and notes it", () => {
    const rows = table([[2, 1, 0], [2, 3, 0]]); // prettier-ignore
    for (const scaling of ["percentile", "min-max"] as const) {
      const { scores, notes } = scoreEngagement(rows, { weights: { sessionsPerWeek: 1, featuresUsed: 1 }, scaling });
      expect(engagementOf(scores)).toEqual([0, 0.5]);
      expect(notes.map(({ code }) => code)).toEqual(["constant-feature"]);
    }
  });

  it("does not take a missing feature for 0: the others count more, its contribution is missing", () => {
    const rows = table([[1, 5, 0], [3, NaN, 0], [2, 1, 0], [NaN, NaN, 0]]); // prettier-ignore
    const { scores, notes } = scoreEngagement(rows, { weights: { sessionsPerWeek: 1, featuresUsed: 3 } });
    const row = rowOf(scores, "1");
    expect(row).toEqual({ engagement: 1, sessionsPerWeekContribution: 1, featuresUsedContribution: NaN });
    expect(rowOf(scores, "3")["engagement"]).toBeNaN();
    expect(notes).toEqual([
      {
        code: "missing-features",
        message: "2 customers lack a feature; their other features count more in proportion.",
      },
    ]);
  });

  it("has no engagement where only features without weight are known", () => {
    const { scores } = scoreEngagement(table([[NaN, 1, 0], [1, 2, 0], [2, 3, 0]]), { weights: { sessionsPerWeek: 1, featuresUsed: 0 } }); // prettier-ignore
    expect(engagementOf(scores)).toEqual([NaN, 0, 1]);
  });

  it("notes a feature that is missing for all", () => {
    const { notes } = scoreEngagement(table([[NaN, 1, 0], [NaN, 2, 0]]), { weights: { sessionsPerWeek: 1, featuresUsed: 1 } }); // prettier-ignore
    expect(notes.map(({ code }) => code)).toEqual(["all-missing-feature", "missing-features"]);
  });

  it("notes a half-life that nothing decays by", () => {
    const { notes } = scoreEngagement(table([[1, 1, 0], [2, 2, 0]]), { weights: { featuresUsed: 1 }, halfLifeDays: 7 }); // prettier-ignore
    expect(notes.map(({ code }) => code)).toEqual(["unused-half-life"]);
  });

  it("scores nobody in an empty table", () => {
    const { scores } = scoreEngagement(table([]), { weights: { sessionsPerWeek: 1 } });
    expect({ ids: scores.ids, size: scores.values.length }).toEqual({ ids: [], size: 0 });
  });

  it("takes hostile feature names", () => {
    const rows = fromMatrix([[1], [2]], { names: ["__proto__"] });
    const weights = JSON.parse('{"__proto__": 2}') as Record<string, number>;
    const result = scoreEngagement(rows, { weights });
    expect(result.scores.names).toEqual(["engagement", "__proto__Contribution"]);
    expect(JSON.stringify(result.weights)).toBe('{"__proto__":1}');
  });

  it("refuses unknown features, infinite cells, and days that lie ahead", () => {
    const rows = { ...table([[1, 1, -1], [2, 1, 0]]), values: Float64Array.of(1, 1, -1, Infinity, 1, 0) }; // prettier-ignore
    expectRefusal(() => scoreEngagement(rows, { weights: { visits: 1 } }), "invalid-option", "options.weights.visits");
    expectRefusal(
      () => scoreEngagement(rows, { weights: { sessionsPerWeek: 1 } }),
      "invalid-value",
      "table.values[1, 0]",
    );
    const weights = { daysSinceLastActivity: 1 };
    expectRefusal(() => scoreEngagement(rows, { weights, halfLifeDays: 7 }), "invalid-value", "table.values[0, 2]");
    const [leader, last] = engagementOf(scoreEngagement(rows, { weights }).scores);
    expect([leader <= 1, last]).toEqual([true, 0]);
    expectClose(leader, 1, { absolute: 2 ** -52, because: "six roundings" });
  });

  it("works on the table of deriveActivity", () => {
    const day = 86_400_000;
    const log = logOf([
      ["busy", "view", 0],
      ["busy", "view", 9 * day],
      ["gone", "view", 0],
    ]);
    const activity = deriveActivity(log, { asOf: 10 * day });
    const { scores } = scoreEngagement(activity, {
      weights: { events: 0.5, daysSinceLastActivity: 0.5 },
      halfLifeDays: 1,
    });
    expect(rowOf(scores, "busy")["engagement"]).toBe(0.75);
    expectClose(rowOf(scores, "gone")["engagement"], 0.5 / 1024, { relative: 1e-14, because: "exp of −10 ln 2" });
  });

  it("gives the customer who leads in everything 1, never a rounding error more", () => {
    // In doubles 4/29 + 9/29 + 2/29 + 9/29 + 4/29 + 1/29 is 1.0000000000000002.
    const weights = { a: 4, b: 9, c: 2, d: 9, e: 4, f: 1 };
    const six = Object.keys(weights);
    const rows = fromMatrix([six.map(() => 1), six.map(() => 0)], { names: six });
    expect(Object.values(weights).reduce((sum, weight) => sum + weight / 29, 0)).toBeGreaterThan(1);
    const [leader, last] = engagementOf(scoreEngagement(rows, { weights }).scores);
    expect([leader <= 1, last]).toEqual([true, 0]);
    expectClose(leader, 1, { absolute: 2 ** -52, because: "six roundings" });
  });

  const cell = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NaN), fc.double({ min: 0, max: 1e9, noNaN: true }));
  const rowsOf = fc.array(fc.tuple(cell, cell, cell), { maxLength: 15 });
  const weight = fc.oneof(fc.constantFrom(0, 0.1, 1 / 3, 0.7, 1), fc.double({ min: 0, max: 1e6, noNaN: true }));
  const settings = fc.record({
    weights: fc.tuple(weight, weight, fc.double({ min: 0.01, max: 10, noNaN: true })),
    halfLifeDays: fc.constantFrom(undefined, 0.5, 30),
    scaling: fc.constantFrom("percentile" as const, "min-max" as const),
  });

  it("lies in 0–1, and its contributions add up to it to the last bit", () => {
    fc.assert(
      fc.property(rowsOf, settings, (rows, { weights, ...rest }) => {
        const named = Object.fromEntries(weights.map((share, j) => [names[j], share]));
        const { scores } = scoreEngagement(table(rows), { weights: named, ...rest });
        for (let row = 0; row < rows.length; row++) {
          const [engagement, ...contributions] = scores.values.subarray(row * 4, row * 4 + 4);
          const known = contributions.filter((one) => !Number.isNaN(one));
          if (known.length === 0 || Number.isNaN(engagement)) {
            expect(known.every((one) => one === 0)).toBe(true);
            continue;
          }
          expect(known.reduce((a, b) => a + b, 0)).toBe(engagement);
          expect(engagement >= 0 && engagement <= 1).toBe(true);
        }
      }),
    );
  });

  it("does not depend on the order of the rows or the scale of the weights", () => {
    fc.assert(
      fc.property(rowsOf, settings, (rows, { weights, ...rest }) => {
        const named = (factor: number): Record<string, number> =>
          Object.fromEntries(weights.map((share, j) => [names[j], share * factor]));
        const { scores } = scoreEngagement(table(rows), { weights: named(1), ...rest });
        const backwards = scoreEngagement(table(rows.toReversed()), { weights: named(8), ...rest });
        expect(engagementOf(backwards.scores).reverse()).toEqual(engagementOf(scores));
      }),
    );
  });
});
