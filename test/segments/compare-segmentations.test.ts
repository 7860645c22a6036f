import { assignKMeans, compareSegmentations, fitKMeans, measureSilhouette } from "clientele/segments";
import { fromMatrix, joinFeatures, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { crowd } from "../support/crowds.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const table = crowd("blobs", 120, 2, 1);
const good = assignKMeans(fitKMeans(table, { k: 4 }), table);
const shuffledGroups = labelsOf(Array.from({ length: 120 }, (_, row) => (row * 7) % 5));
const spend = fromMatrix(
  Array.from(good, (group, row) => [10 * group + (row % 3)]),
  { names: ["spend"] },
);

describe("compareSegmentations", () => {
  it("replaces arbitrary groups by clear ones, with the figures that say so", () => {
    const report = compareSegmentations({ labels: shuffledGroups, name: "old" }, good, table, spend);
    expect(report).toMatchObject({
      decision: "replace",
      a: { name: "old", groups: 5 },
      b: { name: "candidate", groups: 4 },
    });
    expect(report.criteria.map(({ criterion, verdict }) => [criterion, verdict])).toEqual([
      ["silhouette", "better"],
      ["stability", "better"],
      ["separation", "better"],
    ]);
    expect(report.b.silhouette).toBe(measureSilhouette(table, good).mean);
    expect(report.b.separation[0]).toBeGreaterThan(0.9);
    expect(report.movedShare).toBeGreaterThan(0.5);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("keeps clear groups against arbitrary ones", () => {
    expect(compareSegmentations(good, shuffledGroups, table, spend).decision).toBe("keep");
  });

  it("keeps what is the same under other numbers: nobody would move", () => {
    const report = compareSegmentations(good, good.map((label) => 3 - label), table); // prettier-ignore
    expect(report).toMatchObject({
      decision: "keep",
      movedShare: 0,
      adjustedRand: 1,
      b: { correctedSeparation: null },
    });
    expect(report.criteria.map(({ verdict }) => verdict)).toEqual(["alike", "alike"]);
  });

  it("asks for more than one reason when many would move", () => {
    // Equal features: silhouette and stability tell nothing apart; only the outcome speaks.
    const rows = fromMatrix(Array.from({ length: 40 }, (_, row) => [row < 20 ? 0 : 100]));
    const halves = labelsOf(Array.from({ length: 40 }, (_, row) => (row < 20 ? 0 : 1)));
    const alternating = labelsOf(Array.from({ length: 40 }, (_, row) => row % 2));
    const other = labelsOf(Array.from({ length: 40 }, (_, row) => (row >> 1) % 2));
    const paid = fromMatrix(Array.from({ length: 40 }, (_, row) => [((row >> 1) % 2) * 10 + (row % 5)]));
    const choose = (maxMovedShare: number): string =>
      compareSegmentations(alternating, other, rows, paid, { maxMovedShare }).decision;
    expect(compareSegmentations(alternating, other, rows, paid).criteria.at(-1)?.verdict).toBe("better");
    expect([choose(1), choose(0.1)]).toEqual(["replace", "keep"]);
    expect(compareSegmentations(halves, alternating, rows).decision).toBe("keep");
  });

  it("counts customers in no group, who move when they get one", () => {
    const some = good.map((label, row) => (row < 12 ? -1 : label));
    const report = compareSegmentations(some, good, table);
    expect(report).toMatchObject({ movedShare: 0.1, a: { unassigned: 12 }, b: { unassigned: 0 } });
  });

  it("does not compare outcomes in which nobody differs, and does not let them water down the others", () => {
    const same = fromMatrix(
      Array.from(good, () => [7]),
      { names: ["plan"] },
    );
    const report = compareSegmentations(good, good, table, same);
    expect(report.criteria.map(({ criterion }) => criterion)).toEqual(["silhouette", "stability"]);
    expect(report.a).toMatchObject({ separation: [null], correctedSeparation: null });
    const both = joinFeatures([same, spend]);
    const alone = compareSegmentations(good, good, table, spend).a.correctedSeparation;
    expect(compareSegmentations(good, good, table, both).a.correctedSeparation).toBe(alone);
  });

  it("refuses what it cannot compare, and says which", () => {
    expectRefusal(() => compareSegmentations(good, good, table, fromMatrix([[1]])), "shape-mismatch", "outcomes");
    const infinite = { ...spend, values: spend.values.map(() => Infinity) };
    const { path, message } = refusalOf(() => compareSegmentations(good, good, table, infinite));
    expect(path).toBe("outcomes.values[0, 0]");
    expect(message).toMatch(/^compareSegmentations: /);
    expectRefusal(() => compareSegmentations(labelsOf([0]), good, table), "shape-mismatch", "a");
    expectRefusal(() => compareSegmentations(good, good.map(() => 0), table), "degenerate-data", "b"); // prettier-ignore
    expectRefusal(() => compareSegmentations(good, null as never, table), "shape-mismatch", "b");
  });
});
