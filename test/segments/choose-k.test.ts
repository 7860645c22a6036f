import { assignKMeans, chooseK, type ChooseKOptions, fitKMeans, measureSilhouette } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { crowd, type Shape } from "../support/crowds.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

const ways = ["silhouette", "elbow", "gap"] as const;
const codes = (report: { notes: readonly { code: string }[] }): string[] => report.notes.map((note) => note.code);

describe("chooseK", () => {
  it.each(ways)("finds four planted groups, without a note: by %s, any seed", (by) => {
    for (const seed of [1, 2, 42]) {
      for (const [rows, columns] of [
        [80, 2],
        [400, 2],
        [400, 5],
      ] as const) {
        const report = chooseK(crowd("blobs", rows, columns, seed), { by, seed, to: 8 });
        expect({ k: report.k, codes: codes(report) }).toEqual({ k: 4, codes: [] });
      }
    }
  });

  it("shows the curve it chose from: exact figures of the fits", () => {
    const table = crowd("blobs", 120, 2, 5);
    const { curve, k, rule } = chooseK(table, { to: 6 });
    expect(curve.map((point) => point.k)).toEqual([2, 3, 4, 5, 6]);
    for (const point of curve) {
      const model = fitKMeans(table, { k: point.k });
      const because = "the curve's own start can end in the same place with other roundings";
      expectClose(point.withinSquares, model.withinSquares, { relative: 1e-9, because });
      const { mean } = measureSilhouette(table, assignKMeans(model, table));
      expectClose(point.silhouette!, mean, { absolute: 1e-9, because });
    }
    const best = curve.reduce((a, b) => (b.silhouette! > a.silhouette! ? b : a));
    expect(k).toBe(best.k);
    expect(rule).toBe(`k = 4 has the largest mean silhouette (${best.silhouette!.toFixed(3)}) of k = 2 to 6.`);
  });

  it("names the rule that chose", () => {
    const table = crowd("blobs", 120, 2, 5);
    expect(chooseK(table, { by: "elbow" }).rule).toBe(
      "k = 4 is the knee of the within-cluster squares of k = 1 to 10.",
    );
    const gap = chooseK(table, { by: "gap", to: 6 });
    expect(gap.rule).toBe(
      "k = 4 is the smallest k whose gap statistic is clearly above that of one group and within one standard error of the next.",
    );
    for (const { gap: value, gapError } of gap.curve) {
      expect(Number.isFinite(value)).toBe(true);
      expect(gapError).toBeGreaterThan(0);
    }
  });

  const crowds: readonly (readonly [Shape, number, number, number])[] = [
    ["uniform", 60, 2, 10],
    ["uniform", 300, 1, 10],
    ["uniform", 300, 5, 10],
    ["uniform", 1200, 2, 3],
    ["gaussian", 60, 2, 10],
    ["gaussian", 300, 1, 10],
    ["gaussian", 300, 3, 10],
    ["correlated", 300, 2, 10],
    ["exponential", 300, 1, 10],
  ];

  it.each(crowds)("does not pass one crowd off as segments: %s, %i × %i, %i seeds", (shape, rows, columns, seeds) => {
    for (let seed = 0; seed < seeds; seed++) {
      const report = chooseK(crowd(shape, rows, columns, seed), { seed, restarts: 1, to: 5 });
      expect(codes(report), `seed ${seed}`).toContain("no-structure");
      expect(report.k).toBeGreaterThanOrEqual(2);
    }
  });

  it.each(ways)("notes the one crowd whatever chooses: by %s", (by) => {
    for (const shape of ["uniform", "gaussian"] as const) {
      expect(codes(chooseK(crowd(shape, 300, 3, 8), { by, to: 6 }))).toContain("no-structure");
    }
  });

  it("lets the gap statistic say that there is one group, where 1 may be chosen", () => {
    for (let seed = 0; seed < 5; seed++) {
      expect(chooseK(crowd("gaussian", 300, 2, seed), { by: "gap", from: 1, to: 5, seed })).toMatchObject({
        k: 1,
        notes: [],
      });
    }
  });

  it("lets the silhouette choose when the curve has no knee in range, and says so", () => {
    const table = crowd("blobs", 120, 2, 5);
    const report = chooseK(table, { by: "elbow", from: 5, to: 8 });
    expect(codes(report)).toContain("no-knee");
    expect(report.curve.map((point) => point.k)).toEqual([5, 6, 7, 8]);
    const best = report.curve.reduce((a, b) => (b.silhouette! > a.silhouette! ? b : a));
    expect(report.k).toBe(best.k);
  });

  it("gives the same for the same customers in another order, also from samples", () => {
    for (const rows of [150, 4500, 66_000]) {
      const table = crowd("blobs", rows, 2, 1);
      const other = reordered(table, shuffled(rows, 11));
      const options = { to: 5, restarts: 2 };
      expect(chooseK(other, options)).toEqual(chooseK(table, options));
      if (rows === 150)
        expect(chooseK(other, { ...options, by: "gap" })).toEqual(chooseK(table, { ...options, by: "gap" }));
    }
  });

  it("estimates silhouettes of large tables from a sample, near the exact ones", () => {
    const table = crowd("blobs", 6000, 3, 2);
    const { curve, k } = chooseK(table, { from: 3, to: 5, restarts: 3 });
    expect(k).toBe(4);
    const model = fitKMeans(table, { k: 4, restarts: 3 });
    const { mean } = measureSilhouette(table, assignKMeans(model, table));
    // A spread of 0.2 over 4,000 rows has a standard error of 0.003.
    expectClose(curve[1].silhouette!, mean, { absolute: 0.01, because: "three standard errors" });
  });

  it("copes with a handful of rows, duplicates, and perfect groups", () => {
    const pairs = chooseK(fromMatrix([[0], [0], [5], [5], [9], [9]]));
    expect(pairs).toMatchObject({ k: 3 });
    expect(pairs.curve.map((point) => point.k)).toEqual([2, 3]);
    expect(pairs.curve[1]).toMatchObject({ withinSquares: 0, silhouette: 1 });
    expect(codes(pairs)).toContain("k-shortened");
    for (const by of ways) {
      for (const table of [fromMatrix([[0], [1], [9]]), fromMatrix([[0], [0], [5], [5], [9], [9]])]) {
        const report = chooseK(table, { by });
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }
    }
  });

  it("has no silhouette for k = 1, and chooses it when nothing else is tried", () => {
    const report = chooseK(fromMatrix([[0], [1], [9]]), { from: 1, to: 1 });
    expect(report).toMatchObject({ k: 1, rule: "k = 1 is all that was tried.", notes: [] });
    expect(chooseK(fromMatrix([[0], [0], [9]]), { from: 2 }).rule).toBe(
      "k = 2 is all that was tried; its mean silhouette is 0.667.",
    );
    expect(report.curve).toEqual([{ k: 1, withinSquares: expect.closeTo(146 / 3, 9) as number, silhouette: null }]);
    expect(chooseK(fromMatrix([[0], [1], [9], [10]]), { from: 1, to: 3 }).k).toBe(2);
  });

  it("has no gap, and no error of it that is not a number, where squares are too small for numbers", () => {
    const tiny = fromMatrix(Array.from({ length: 30 }, (_, i) => [(i % 3) * 1e-200]));
    for (const { gap, gapError } of chooseK(tiny, { by: "gap" }).curve) expect([gap, gapError]).toEqual([null, 0]);
  });

  it("has words for every figure, also where distances are too small for numbers and a group stays empty", () => {
    const least = fromMatrix(Array.from({ length: 30 }, (_, i) => [(i % 9) * 1e-308, 0]));
    const { rule, notes } = chooseK(least, { to: 4 });
    expect([rule, ...notes.map(({ message }) => message)].join(" ")).not.toMatch(/NaN|Infinity/);
  });

  it("refuses what it cannot choose from", () => {
    const tooFew = (rows: number[][], options?: ChooseKOptions) => () =>
      chooseK(fromMatrix(rows, { columns: 1 }), options);
    expectRefusal(tooFew([]), "too-few-rows", "table");
    expectRefusal(tooFew([[1], [2]]), "too-few-rows", "table");
    expectRefusal(tooFew([[1], [1], [1]]), "degenerate-data", "table");
    expectRefusal(tooFew([[1], [2], [3]], { from: 3, to: 2 }), "invalid-option", "options.from");
    expectRefusal(tooFew([[1], [2], [Number.NaN]]), "invalid-value", "table.values[2, 0]");
  });
});

describeWithData("chooseK on real data", ["iris", "faithful", "mall_customers"], () => {
  const pick = (name: string, columns: readonly string[]): number[][] =>
    readDataRows(`${name}/${name}.csv`).map((line) => columns.map((column) => Number(line[column])));

  it("finds the two eruptions of Old Faithful whatever chooses", () => {
    const table = fromMatrix(pick("faithful", ["eruptions", "waiting"]));
    for (const by of ways) expect(chooseK(table, { by })).toMatchObject({ k: 2, notes: [] });
  });

  it("finds the five groups of the mall's customers by silhouette and elbow", () => {
    const table = fromMatrix(pick("mall_customers", ["Annual Income (k$)", "Spending Score (1-100)"]));
    for (const by of ["silhouette", "elbow"] as const)
      expect(chooseK(table, { by })).toMatchObject({ k: 5, notes: [] });
  });

  it("finds the five groups of the mall's customers also by the gap, which dips at two", () => {
    const table = fromMatrix(pick("mall_customers", ["Annual Income (k$)", "Spending Score (1-100)"]));
    for (const from of [1, 2]) expect(chooseK(table, { by: "gap", from })).toMatchObject({ k: 5, notes: [] });
  });

  it("finds two groups in iris by silhouette and three by elbow", () => {
    const table = fromMatrix(pick("iris", ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]));
    expect(chooseK(table)).toMatchObject({ k: 2, notes: [] });
    expect(chooseK(table, { by: "elbow" })).toMatchObject({ k: 3, notes: [] });
  });
});
