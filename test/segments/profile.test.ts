import { profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const table = fromMatrix(
  [
    [10, 1],
    [20, 1],
    [90, 1],
    [40, NaN],
  ],
  { names: ["spend", "visits"] },
);

describe("profileSegments", () => {
  it("describes groups by hand-derived figures", () => {
    const report = profileSegments(table, labelsOf([0, 0, 1, -1]), { names: ["Regular", "Big"] });
    expect(report.features).toEqual(["spend", "visits"]);
    expect(report.unassigned).toBe(1);
    // All four: mean 40, squares 900 + 400 + 2500 + 0 = 3800, sd √(3800 / 3).
    const deviation = Math.sqrt(3800 / 3);
    const [regular, big] = report.segments;
    expect(regular).toMatchObject({ segment: 0, name: "Regular", size: 2, share: 0.5 });
    expect({ ...regular.means }).toEqual({ spend: 15, visits: 1 });
    expect({ ...regular.medians }).toEqual({ spend: 15, visits: 1 });
    expect(regular.standardizedDifference["visits"]).toBe(0);
    expectClose(regular.standardizedDifference["spend"]!, -25 / deviation, { relative: 1e-14, because: "one root" });
    expectClose(big.standardizedDifference["spend"]!, 50 / deviation, { relative: 1e-14, because: "one root" });
    expect({ ...report.overall.means }).toEqual({ spend: 40, visits: 1 });
    expect({ ...report.overall.medians }).toEqual({ spend: 30, visits: 1 });
    expect({ ...report.overall.missing }).toEqual({ spend: 0, visits: 1 });
    expectClose(report.overall.standardDeviations["spend"]!, deviation, { relative: 1e-14, because: "one root" });
    expect(report.overall.size).toBe(4);
  });

  it("leaves missing cells out, counts them, and has null where nothing is known", () => {
    const report = profileSegments(table, labelsOf([0, 0, 0, 1]));
    expect({ ...report.segments[1].means }).toEqual({ spend: 40, visits: null });
    expect({ ...report.segments[1].medians }).toEqual({ spend: 40, visits: null });
    expect({ ...report.segments[1].standardizedDifference }).toEqual({ spend: 0, visits: null });
    expect({ ...report.segments[1].missing }).toEqual({ spend: 0, visits: 1 });
  });

  it("keeps groups without customers and names groups that have no name", () => {
    const report = profileSegments(fromMatrix([[1], [2], [3]]), labelsOf([0, 2, 2]));
    expect(report.segments.map(({ name, size }) => [name, size])).toEqual([
      ["Segment 1", 1],
      ["Segment 2", 0],
      ["Segment 3", 2],
    ]);
    expect({ ...report.segments[1].means }).toEqual({ x0: null });
    const named = profileSegments(fromMatrix([[1], [2]]), labelsOf([0, 0]), { names: ["All", "Nobody"] });
    expect(named.segments.map(({ name, size, share }) => [name, size, share])).toEqual([
      ["All", 2, 1],
      ["Nobody", 0, 0],
    ]);
  });

  it("copes with one row, constant columns, no features and nobody in a group", () => {
    const one = profileSegments(fromMatrix([[5]]), labelsOf([0]));
    expect({ ...one.segments[0].standardizedDifference }).toEqual({ x0: 0 });
    expect({ ...one.overall.standardDeviations }).toEqual({ x0: null });
    const constant = profileSegments(fromMatrix([[0.1], [0.1], [0.1]]), labelsOf([0, 1, 1]));
    for (const { standardizedDifference } of constant.segments)
      expect({ ...standardizedDifference }).toEqual({ x0: 0 });
    expect(profileSegments(fromMatrix([[], []]), labelsOf([0, 0])).segments[0]).toMatchObject({ size: 2, share: 1 });
    expect(profileSegments(fromMatrix([[5], [6]]), labelsOf([-1, -1]))).toMatchObject({ segments: [], unassigned: 2 });
  });

  it("takes group numbers beyond the rows: a few customers of a large base keep the numbers of its groups", () => {
    expect(profileSegments(fromMatrix([[3], [9]]), labelsOf([5, 4])).segments.map(({ size }) => size)).toEqual([0, 0, 0, 0, 1, 1]); // prettier-ignore
    const names = ["prospect", "new", "active", "at risk", "churned", "reactivated"];
    const { segments } = profileSegments(fromMatrix([[3], [9]]), labelsOf([5, 4]), { names });
    expect(segments.map(({ size }) => size)).toEqual([0, 0, 0, 0, 1, 1]);
    expectRefusal(
      () => profileSegments(fromMatrix([[3], [9]]), labelsOf([5, 6]), { names }),
      "shape-mismatch",
      "options.names",
    );
  });

  it("takes features of any name as they are", () => {
    const names = ["__proto__", "constructor", "10", "2"];
    const report = profileSegments(fromMatrix([[1, 2, 3, 4]], { names }), labelsOf([0]));
    const { means } = report.segments[0];
    expect(names.map((name) => means[name])).toEqual([1, 2, 3, 4]);
    expect(means["toString"]).toBeUndefined();
    expect(report.features).toEqual(names);
    const copy = structuredClone(report);
    expect(Object.entries(copy.segments[0].means).length).toBe(4);
  });

  it("passes the units of the table on", () => {
    const units = { spend: "EUR" };
    const report = profileSegments({ ...table, units }, labelsOf([0, 0, 0, 0]));
    expect(report.units).toEqual({ spend: "EUR" });
    expect(report.units).not.toBe(units);
    expect(profileSegments(table, labelsOf([0, 0, 0, 0]))).not.toHaveProperty("units");
  });

  it("accounts for every row: sizes, shares and weighted means add up", () => {
    const rows = fc.array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -1, max: 2 })), {
      minLength: 3,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (all) => {
        const report = profileSegments(fromMatrix(all.map(([x]) => [x])), labelsOf(all.map(([, label]) => label)));
        const sizes = report.segments.reduce((sum, { size }) => sum + size, 0);
        expect(sizes + report.unassigned).toBe(all.length);
        const shares = report.segments.reduce((sum, { share }) => sum + share, report.unassigned / all.length);
        expectClose(shares, 1, { absolute: 1e-12, because: "sum of quotients" });
        for (const { segment, means, medians } of report.segments) {
          const own = all.filter(([, label]) => label === segment).map(([x]) => x);
          if (own.length === 0) continue;
          const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
          expectClose(means["x0"]!, mean, { absolute: 1e-8, because: "rounding of sums of a million" });
          const sorted = own.toSorted((a, b) => a - b);
          const [low, high] = [sorted[(own.length - 1) >> 1], sorted[own.length >> 1]];
          expectClose(medians["x0"]!, low / 2 + high / 2, {
            relative: 1e-12,
            absolute: 1e-300,
            because: "one rounding",
          });
        }
      }),
    );
  });

  it("refuses a feature whose spread is beyond all numbers, by its place", () => {
    const wide = fromMatrix([[1, 1e300], [2, -1e300]]); // prettier-ignore
    expectRefusal(() => profileSegments(wide, labelsOf([0, 1])), "too-large", "table.names[1]");
    const high = profileSegments(fromMatrix([[1.7e308], [1.7e308]]), labelsOf([0, 0]));
    expect(high.segments[0].medians["x0"]).toBe(1.7e308);
  });

  it("refuses labels and names that do not fit, no rows, and infinite cells", () => {
    expectRefusal(() => profileSegments(table, labelsOf([0, 0])), "shape-mismatch", "labels");
    expectRefusal(() => profileSegments(table, labelsOf([0, 0, 1, 1000])), "invalid-value", "labels[3]");
    expectRefusal(() => profileSegments(table, labelsOf([0, 0, 1, 2]), { names: ["a", "b"] }), "shape-mismatch", "options.names"); // prettier-ignore
    expectRefusal(() => profileSegments(fromMatrix([], { names: ["a"] }), labelsOf([])), "too-few-rows", "table");
    const infinite = { ...table, values: table.values.with(2, Infinity) };
    expectRefusal(() => profileSegments(infinite, labelsOf([0, 0, 0, 0])), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => profileSegments(null as never, labelsOf([])), "shape-mismatch", "table");
  });
});
