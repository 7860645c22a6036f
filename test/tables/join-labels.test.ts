import { joinLabels, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyName } from "../support/arbitraries.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("joinLabels", () => {
  it("brings groupings onto the same rows, with -1 where a customer is not in one", () => {
    const joined = joinLabels([
      { ids: ["a", "b"], labels: labelsOf([5, -1]) },
      { ids: ["c", "a"], labels: labelsOf([0, 1]) },
    ]);
    expect(joined).toEqual({ ids: ["a", "b", "c"], labels: [labelsOf([5, -1, -1]), labelsOf([1, -1, 0])] });
  });

  it("finds every customer by its id, whatever the id is", () => {
    const grouping = fc
      .uniqueArray(anyName, { maxLength: 8 })
      .chain((ids) => fc.tuple(fc.constant(ids), fc.array(fc.nat(9), { minLength: ids.length, maxLength: ids.length })))
      .map(([ids, labels]) => ({ ids, labels: labelsOf(labels) }));
    fc.assert(
      fc.property(fc.array(grouping, { maxLength: 4 }), (groupings) => {
        const { ids, labels } = joinLabels(groupings);
        expect(new Set(ids).size).toBe(ids.length);
        groupings.forEach((one, g) => {
          ids.forEach((id, row) => {
            const at = one.ids.indexOf(id);
            expect(labels[g][row]).toBe(at < 0 ? -1 : one.labels[at]);
          });
        });
        expect(new Set(ids)).toEqual(new Set(groupings.flatMap((one) => one.ids)));
      }),
    );
  });

  it("joins nothing to nothing", () => {
    expect(joinLabels([])).toEqual({ ids: [], labels: [] });
    expect(joinLabels([{ ids: [], labels: labelsOf([]) }])).toEqual({ ids: [], labels: [labelsOf([])] });
  });

  it("refuses labels that do not fit their ids, and ids that repeat", () => {
    expectRefusal(() => joinLabels(null as never), "shape-mismatch", "groupings");
    expectRefusal(() => joinLabels([null as never]), "shape-mismatch", "groupings[0].ids");
    expectRefusal(() => joinLabels([{ ids: ["a"], labels: labelsOf([]) }]), "shape-mismatch", "groupings[0].labels");
    expectRefusal(() => joinLabels([{ ids: ["a"], labels: Int32Array.of(-2) }]), "invalid-value", "groupings[0].labels[0]"); // prettier-ignore
    expectRefusal(() => joinLabels([{ ids: ["a", "a"], labels: labelsOf([0, 0]) }]), "invalid-value", "groupings[0].ids[1]"); // prettier-ignore
  });
});
