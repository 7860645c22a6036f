import { profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

// Six customers in two groups of three. spend: means 10 and 90 of 50, deviation √(9600/5); visits: 2 and 4 of 3, √(6/5);
// balance: -1 and 1 of 0, √(6/5); constant: nothing differs.
const table = fromMatrix(
  [0, 0, 0, 1, 1, 1].map((group) => [10 + 80 * group, 2 + 2 * group, 2 * group - 1, 7]),
  { names: ["spend", "visits", "balance", "constant"] },
);
const labels = labelsOf([0, 0, 0, 1, 1, 1]);

describe("features that set a segment apart", () => {
  it("are ranked by standardized difference, up and down, with the index where a ratio makes sense", () => {
    const [low, high] = profileSegments(table, labels).segments;
    // 40/√1920 = 1/√1.2 = 0.9129: all three differ equally, so the order of the table decides.
    const size = 1 / Math.sqrt(1.2);
    expect(high.underIndexed).toEqual([]);
    expect(high.overIndexed.map(({ feature }) => feature)).toEqual(["spend", "visits", "balance"]);
    const indices = high.overIndexed.map(({ index }) => index);
    expectClose(indices.slice(0, 2) as number[], [180, 400 / 3], { relative: 1e-14, because: "one quotient" });
    expect(indices[2]).toBeNull();
    expect(low.overIndexed).toEqual([]);
    for (const { standardizedDifference } of low.underIndexed)
      expectClose(standardizedDifference, -size, { relative: 1e-14, because: "one root" });
  });

  it("begin at the threshold, which may be 0, and never include a feature that does not differ", () => {
    const grouped = labelsOf([0, 0, 0, 0, 0, 1]);
    const mild = fromMatrix([[0], [1], [2], [3], [4], [3]], { names: ["visits"] });
    // Means 2 and 3 of 13/6, sum of squares 39 - 169/6 = 65/6, deviation √(13/6): differences -0.113 and 0.566.
    const countsAt = (threshold?: number): number[][] =>
      profileSegments(mild, grouped, { threshold }).segments.map((s) => [s.overIndexed.length, s.underIndexed.length]);
    expect(countsAt()).toEqual([[0, 0], [1, 0]]); // prettier-ignore
    expect(countsAt(0)).toEqual([[0, 1], [1, 0]]); // prettier-ignore
    expect(countsAt(0.567)).toEqual([[0, 0], [0, 0]]); // prettier-ignore
    expect(profileSegments(mild, grouped).threshold).toBe(0.25);
    const everyone = profileSegments(table, labelsOf([0, 0, 0, 0, 0, 0]), { threshold: 0 }).segments[0];
    expect([everyone.overIndexed, everyone.underIndexed]).toEqual([[], []]);
    const difference = profileSegments(mild, grouped).segments[1].standardizedDifference["visits"]!;
    expect(countsAt(difference)).toEqual([[0, 0], [1, 0]]); // prettier-ignore
  });

  it("leave out what nobody in the segment has a value of, and count customers in no segment in the whole", () => {
    const sparse = fromMatrix([[1], [NaN], [5], [9]], { names: ["visits"] });
    const { segments, unassigned } = profileSegments(sparse, labelsOf([0, 1, -1, 0]), { threshold: 0 });
    expect(segments[1]).toMatchObject({ overIndexed: [], underIndexed: [] });
    expect(unassigned).toBe(1);
    expect(segments).toHaveLength(2);
    expect(segments[0].overIndexed).toEqual([]); // mean 5, as of all three whose value is known
  });

  it("are the standardized differences and nothing else", () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.nat(2)), {
      minLength: 3,
      maxLength: 20,
    });
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 2, noNaN: true }), (all, threshold) => {
        const given = fromMatrix(all.map(([a, b]) => [a, b]), { names: ["a", "b"] }); // prettier-ignore
        const report = profileSegments(given, labelsOf(all.map(([, , label]) => label)), { threshold });
        for (const { overIndexed, underIndexed, standardizedDifference, size, means } of report.segments) {
          if (size === 0) continue;
          const listed = [...overIndexed, ...underIndexed];
          const expected = ["a", "b"].filter((name) => {
            const difference = standardizedDifference[name] ?? 0;
            return difference !== 0 && Math.abs(difference) >= threshold;
          });
          expect(listed.map(({ feature }) => feature).sort()).toEqual(expected);
          for (const one of listed) expect(one.standardizedDifference).toBe(standardizedDifference[one.feature]);
          expect(overIndexed.every((one) => one.standardizedDifference > 0)).toBe(true);
          expect(underIndexed.every((one) => one.standardizedDifference < 0)).toBe(true);
          for (const { feature, index } of listed) {
            const overall = report.overall.means[feature]!;
            const column = all.map((row) => row[feature === "a" ? 0 : 1]);
            const hasRatio = overall > 0 && column.every((value) => value >= 0);
            expect(index).toBe(hasRatio ? 100 * (means[feature]! / overall) : null);
          }
        }
      }),
    );
  });

  it("take names as they are, and refuse a threshold below 0", () => {
    const hostile = fromMatrix([[1], [2]], { names: ["__proto__"] });
    const { segments } = profileSegments(hostile, labelsOf([0, 1]));
    expect(segments[1].overIndexed[0].feature).toBe("__proto__");
    expectRefusal(() => profileSegments(table, labels, { threshold: -1 }), "invalid-option", "options.threshold");
  });
});
