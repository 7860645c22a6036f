import { fromMatrix, labelsOf } from "clientele/tables";
import { measureSegmentDrift } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const at = (rows: readonly (readonly [string, number, number])[]) => ({
  table: fromMatrix(rows.map(([, value]) => [value]), { ids: rows.map(([id]) => id), names: ["visits"] }),
  labels: labelsOf(rows.map(([, , label]) => label)),
}); // prettier-ignore
const many = (size: number, share: number, shift: number) =>
  at(Array.from({ length: size }, (_, i) => [`c${i}`, (i % 10) + (i < share * size ? shift : 0), i < share * size ? 0 : 1] as const)); // prettier-ignore

describe("measureSegmentDrift", () => {
  it("says who stayed, moved, came and went, and every customer is accounted for", () => {
    const before = at([["a", 1, 0], ["b", 2, 0], ["c", 3, 0], ["d", 4, 0], ["e", 9, 1], ["f", 9, -1]]); // prettier-ignore
    const after = at([["a", 1, 0], ["b", 2, 1], ["c", 3, -1], ["e", 9, 1], ["f", 9, 1], ["g", 9, 1]]); // prettier-ignore
    const { segments, migration } = measureSegmentDrift(before, after, { names: ["few", "many"] });
    expect(segments[0]).toMatchObject({ name: "few", before: 4, after: 1, stayed: 1, movedOut: 1, unassigned: 1, gone: 1, movedIn: 0, arrived: 0 }); // prettier-ignore
    expect(segments[1]).toMatchObject({ before: 1, after: 4, stayed: 1, movedOut: 0, movedIn: 2, arrived: 1 });
    for (const one of segments) {
      expect(one.stayed + one.movedOut + one.unassigned + one.gone).toBe(one.before);
      expect(one.stayed + one.movedIn + one.arrived).toBe(one.after);
    }
    expect(migration).toBeCloseTo(1 / 3, 12);
  });

  it("measures shifts in standard deviations of all customers before", () => {
    const { segments } = measureSegmentDrift(many(1000, 0.5, 0), many(1000, 0.5, 3));
    // The digits 0 to 9 have the variance 8.25.
    expect(segments[0].largestShift).toBeCloseTo(3 / Math.sqrt(8.25), 10);
    expect(segments[0]).toMatchObject({ drifted: true, reasons: ["shift"] });
    expect(segments[1]).toMatchObject({ drifted: false, largestShift: 0 });
  });

  it("decides alike for few and for many customers, and its p-value does not", () => {
    const [few, lots] = [200, 20_000].map(
      (size) => measureSegmentDrift(many(size, 0.2, 0), many(size, 0.3, 0)).segments[0],
    );
    expect([few.drifted, lots.drifted]).toEqual([true, true]);
    expect([few.reasons, lots.reasons]).toEqual([["size"], ["size"]]);
    expect(few.shareChange).toBeCloseTo(0.1, 12);
    expect(lots.adjustedPValue).toBeLessThan(few.adjustedPValue ?? 0);
    expect(few.interval?.[0]).toBeLessThan(0.1);
    const little = measureSegmentDrift(many(20_000, 0.2, 0), many(20_000, 0.22, 0));
    expect([little.drifted, little.share]).toEqual([false, 0]);
    expect(little.segments[0].adjustedPValue).toBeLessThan(0.001);
  });

  it("names segments that appeared and vanished", () => {
    const report = measureSegmentDrift(at([["a", 1, 0], ["b", 2, 1]]), at([["a", 1, 0], ["b", 2, 2]])); // prettier-ignore
    expect(report.segments.map(({ reasons }) => reasons)).toEqual([[], ["vanished"], ["appeared"]]);
    expect(report.segments[2].shifts).toEqual([{ feature: "visits", shift: null }]);
  });

  it("answers for empty tables, constant features, missing cells and strangers", () => {
    const empty = measureSegmentDrift(at([]), at([]));
    expect([empty.segments, empty.drifted, empty.notes.map(({ code }) => code)]).toEqual([[], false, ["no-customers"]]);
    const strangers = measureSegmentDrift(at([["a", 1, 0]]), at([["b", 1, 0]]));
    expect(strangers.notes.map(({ code }) => code)).toEqual(["no-common-customers"]);
    expect(strangers.segments[0].largestShift).toBeNull();
    const gaps = measureSegmentDrift(at([["a", NaN, 0], ["b", 2, 0], ["c", 4, 0]]), at([["a", 3, 0], ["b", NaN, 0]])); // prettier-ignore
    expect(gaps.segments[0].largestShift).toBe(0);
  });

  it("refuses what does not fit", () => {
    const good = at([["a", 1, 0], ["b", 2, 1]]); // prettier-ignore
    expectRefusal(() => measureSegmentDrift(good, null as never), "shape-mismatch", "after");
    expectRefusal(
      () => measureSegmentDrift(good, { ...good, labels: labelsOf([0]) }),
      "shape-mismatch",
      "after.labels",
    );
    expectRefusal(() => measureSegmentDrift(good, { ...good, table: fromMatrix([[1], [2]], { names: ["age"] }) }), "shape-mismatch", "after.table.names"); // prettier-ignore
    expectRefusal(() => measureSegmentDrift(good, good, { names: ["one"] }), "invalid-option", "options.names");
  });
});
