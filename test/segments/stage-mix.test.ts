import { labelLifecycle, profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { readEventColumns } from "clientele/events";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const table = fromMatrix([[1], [2], [3], [4], [5], [6]], { names: ["visits"], ids: ["a", "b", "c", "d", "e", "f"] });
const labels = labelsOf([0, 0, 0, 1, 1, -1]);
const names = ["new", "active", "churned"];

describe("the typical stage of a segment", () => {
  it("is the stage of most of its customers, with its share there and among all", () => {
    const stages = { labels: labelsOf([1, 1, 0, 2, 2, 1]), names };
    const [first, second] = profileSegments(table, labels, { stages }).segments;
    expect(first.typicalStage).toEqual({ stage: 1, name: "active", size: 2, share: 2 / 3, overallShare: 1 / 2 });
    expect(first.stages.map(({ size }) => size)).toEqual([1, 2, 0]);
    expect(second.typicalStage).toMatchObject({ name: "churned", share: 1, overallShare: 1 / 3 });
  });

  it("is the earlier of two equal ones, and null where nobody has a stage or none are given", () => {
    const tied = profileSegments(table, labels, { stages: { labels: labelsOf([-1, 2, 1, -1, -1, 0]), names } });
    expect(tied.segments[0].typicalStage).toMatchObject({ name: "active", size: 1, share: 1 / 3 });
    expect(tied.segments[1].typicalStage).toBeNull();
    expect(tied.segments[1].stages.map(({ share }) => share)).toEqual([0, 0, 0]);
    const without = profileSegments(table, labels).segments[0];
    expect(without.typicalStage).toBeNull();
    expect(without.stages).toEqual([]);
  });

  it("copes with a segment that has no customers", () => {
    const { segments } = profileSegments(table, labels, { names: ["A", "B", "Nobody"], stages: { labels: labelsOf([0, 0, 0, 0, 0, 0]), names } }); // prettier-ignore
    expect(segments[2]).toMatchObject({ size: 0, typicalStage: null, overIndexed: [], underIndexed: [] });
    expect(segments[2].stages[0]).toMatchObject({ size: 0, share: 0, overallShare: 1 });
  });

  it("follows ids, whatever their order; who is not listed is in no stage", () => {
    const stages = { ids: ["f", "c", "nobody", "a"], labels: labelsOf([0, 2, 1, 2]), names };
    const [first, second] = profileSegments(table, labels, { stages }).segments;
    expect(first.typicalStage).toMatchObject({ name: "churned", size: 2, share: 2 / 3, overallShare: 1 / 3 });
    expect(second.typicalStage).toBeNull();
  });

  it("takes what labelLifecycle returned", () => {
    const day = 86_400_000;
    const { log } = readEventColumns({
      customer: ["a", "a", "b", "b", "z"],
      type: ["buy", "buy", "buy", "buy", "buy"],
      time: [0, 10, 80, 90, 5].map((on) => on * day),
    });
    const stages = labelLifecycle(log, { asOf: 95 * day, purchase: "buy" });
    const [first] = profileSegments(table, labels, { stages }).segments;
    expect(first.stages.filter(({ size }) => size > 0).map(({ name, size }) => [name, size])).toEqual([
      ["active", 1],
      ["churned", 1],
    ]);
  });

  it("refuses stages that do not fit", () => {
    const profile = (stages: object): unknown => profileSegments(table, labels, { stages: stages as never });
    expectRefusal(() => profile({ labels: labelsOf([0]), names }), "shape-mismatch", "options.stages.labels");
    expectRefusal(() => profile({ labels: labelsOf([0, 0, 3, 0, 0, 0]), names }), "invalid-value", "options.stages.labels[2]"); // prettier-ignore
    expectRefusal(() => profile({ labels: labelsOf([0, 1]), names, ids: ["a"] }), "shape-mismatch", "options.stages.labels"); // prettier-ignore
    expectRefusal(() => profile({ labels: labelsOf([0, 1]), names, ids: ["a", "a"] }), "invalid-value", "options.stages.ids[1]"); // prettier-ignore
    expectRefusal(() => profile({ labels: labelsOf([0]), names: ["x", "x"] }), "invalid-option", "options.stages");
  });
});
