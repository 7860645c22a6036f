import { groupSizes, labelsOf, noGroup } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { checkLabels } from "../../src/tables/labels.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

describe("labels", () => {
  it("are copied from plain numbers", () => {
    expect(labelsOf([0, 2, noGroup])).toEqual(Int32Array.of(0, 2, -1));
    for (const bad of [-2, 0.5, NaN, 2 ** 31]) expectRefusal(() => labelsOf([0, bad]), "invalid-value", "values[1]");
  });

  it("are refused from what is no list of numbers", () => {
    for (const bad of [1n, "0", null, undefined, Symbol("0")]) {
      expectRefusal(() => labelsOf([0, bad as never]), "invalid-value", "values[1]");
    }
    expectRefusal(() => labelsOf(new Array<number>(2)), "invalid-value", "values[0]");
    for (const bad of [undefined, null, 5, "00", {}]) {
      expectRefusal(() => labelsOf(bad as never), "shape-mismatch", "values");
      expectRefusal(() => groupSizes(bad as never), "shape-mismatch", "labels");
    }
  });

  it("are refused without being quoted: what should be a group may be a customer", () => {
    expect(refusalOf(() => labelsOf([0, 8765.5])).message).not.toContain("8765");
    expect(refusalOf(() => checkLabels("f", "labels", Int32Array.of(0, 8765), 2)).message).not.toContain("8765");
  });

  it("count their groups, leaving out rows in no group", () => {
    expect(groupSizes(labelsOf([0, 2, 2, -1]))).toEqual(Int32Array.of(1, 0, 2));
    expect(groupSizes(labelsOf([]))).toEqual(new Int32Array(0));
    expect(groupSizes(labelsOf([-1]))).toEqual(new Int32Array(0));
  });

  it("are refused for other rows, for arrays of another kind and for absurd group numbers", () => {
    expectRefusal(() => checkLabels("f", "labels", labelsOf([0]), 2), "shape-mismatch", "labels");
    expectRefusal(() => checkLabels("f", "labels", [0, 1] as never, 2), "shape-mismatch", "labels");
    expectRefusal(() => checkLabels("f", "labels", labelsOf([0, 1_000_000]), 2), "invalid-value", "labels[1]");
    expectRefusal(() => checkLabels("f", "labels", Int32Array.of(0, -2), 2), "invalid-value", "labels[1]");
  });
});
