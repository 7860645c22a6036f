import { cutHierarchy, fitHierarchical, type HierarchicalModel } from "clientele/segments";
import { fromMatrix, groupSizes } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { cloud } from "../support/clouds.ts";
import { expectRefusal } from "../support/refusal.ts";

const line = fitHierarchical(fromMatrix([[0], [1], [5], [7], [30]]), { linkage: "single" });

describe("cutHierarchy", () => {
  it("undoes the last merges for a number of groups", () => {
    expect([...cutHierarchy(line, { k: 1 })]).toEqual([0, 0, 0, 0, 0]);
    expect([...cutHierarchy(line, { k: 2 })]).toEqual([0, 0, 0, 0, 1]);
    expect([...cutHierarchy(line, { k: 3 })]).toEqual([0, 0, 1, 1, 2]);
    expect([...cutHierarchy(line, { k: 5 })]).toEqual([0, 1, 2, 3, 4]);
  });

  it("keeps what was joined at a height or below", () => {
    // Merges at 1, 2, 4 and 23.
    expect([...cutHierarchy(line, { height: 0 })]).toEqual([0, 1, 2, 3, 4]);
    expect([...cutHierarchy(line, { height: 1.99 })]).toEqual([0, 0, 1, 2, 3]);
    expect([...cutHierarchy(line, { height: 2 })]).toEqual([0, 0, 1, 1, 2]);
    expect([...cutHierarchy(line, { height: 1e9 })]).toEqual([0, 0, 0, 0, 0]);
  });

  it("gives every k, also where merges tie and no height does", () => {
    const model = fitHierarchical(fromMatrix([[0], [1], [2], [3], [4]]), { linkage: "single" });
    for (let k = 1; k <= 5; k++) expect(groupSizes(cutHierarchy(model, { k }))).toHaveLength(k);
  });

  it("numbers groups by size, equal ones by the first coordinate of their mean", () => {
    const model = fitHierarchical(fromMatrix([[9, 0], [9, 1], [3, 9], [3, 8], [20, 0], [20, 1], [20, 2], [-5, 0]])); // prettier-ignore
    expect([...cutHierarchy(model, { k: 4 })]).toEqual([2, 2, 1, 1, 0, 0, 0, 3]);
  });

  it("nests: each group of k + 1 lies in one of k", () => {
    const model = fitHierarchical(fromMatrix(cloud(200, 3), { columns: 3 }));
    for (let k = 1; k < 30; k++) {
      const [wide, fine] = [cutHierarchy(model, { k }), cutHierarchy(model, { k: k + 1 })];
      expect(new Set(Array.from(fine, (group, row) => `${group} in ${wide[row]}`)).size).toBe(k + 1);
    }
  });

  it("takes one customer", () => {
    const one = fitHierarchical(fromMatrix([[4]]));
    expect([...cutHierarchy(one, { k: 1 })]).toEqual([0]);
    expect([...cutHierarchy(one, { height: 0 })]).toEqual([0]);
  });

  it("wants exactly one way to cut, and no more groups than customers", () => {
    expectRefusal(() => cutHierarchy(line, {}), "invalid-option", "options");
    expectRefusal(() => cutHierarchy(line, { k: 2, height: 2 }), "invalid-option", "options");
    expectRefusal(() => cutHierarchy(line, undefined as never), "invalid-option", "options");
    expectRefusal(() => cutHierarchy(line, { k: 6 }), "invalid-option", "options.k");
  });

  it("refuses what is not an intact tree", () => {
    const { merges, ranks } = line;
    const damaged: Partial<Record<keyof HierarchicalModel, unknown>>[] = [
      { kind: "k-means" },
      { version: 2 },
      { features: undefined },
      { rows: 4 },
      { rows: 0 },
      { rows: "5" },
      { merges: null },
      { merges: merges.slice(1) },
      { merges: merges.toReversed() },
      { merges: merges.map(([a, b, height, size]) => [b, a, height, size]) },
      { merges: merges.map(([a, b, height]) => [a, b, height]) },
      { merges: merges.map(([a, b, , size]) => [a, b, NaN, size]) },
      { merges: merges.map(([a, b, height]) => [a, b, height, 2]) },
      { merges: merges.map(([, , height, size]) => [0, 1, height, size]) },
      { merges: merges.map(([a, b, height, size]) => [a - 1, b, height, size]) },
      { merges: merges.map(([a, b, height, size]) => [a, b + 9, height, size]) },
      { ranks: ranks.slice(1) },
      { ranks: ranks.map(() => 0) },
      { ranks: ranks.map((rank) => rank + 0.5) },
      { ranks: "0" },
    ];
    for (const damage of damaged) {
      const model = { ...line, ...damage } as HierarchicalModel;
      expectRefusal(() => cutHierarchy(model, { k: 2 }), "incompatible-model");
    }
    for (const thing of [null, undefined, {}, [], "model"]) {
      expectRefusal(() => cutHierarchy(thing as never, { k: 2 }), "incompatible-model");
    }
  });
});
