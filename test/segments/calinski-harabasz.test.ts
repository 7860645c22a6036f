import { fitKMeans, assignKMeans, measureCalinskiHarabasz } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { indexLaws } from "../laws/index-laws.ts";
import golden from "../oracles/cluster-indices.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

const of = (rows: number[][], labels: number[]): ReturnType<typeof measureCalinskiHarabasz> =>
  measureCalinskiHarabasz(fromMatrix(rows), labelsOf(labels));

describe("measureCalinskiHarabasz", () => {
  it("agrees with a derivation by hand", () => {
    // Means 1 and 11 around 6: between 4 · 25 = 100, within 4 · 1 = 4; (100 / 1) / (4 / 2) = 50.
    const report = of([[0], [2], [10], [12]], [0, 0, 1, 1]);
    expect(report.sizes).toEqual([2, 2]);
    const figures = [report.value!, report.betweenSquares, report.withinSquares];
    expectClose(figures, [50, 100, 4], { relative: 1e-14, because: "a few roundings" });
  });

  it.each(golden.tables.map((table, i) => [i, table] as const))("agrees with scikit-learn: %i", (_, table) => {
    const because = "sums in another order";
    expectClose(of(table.rows, table.labels).value!, table.calinskiHarabasz, { relative: 1e-11, because });
  });

  it("has the squares of the k-means that made the groups", () => {
    const table = fromMatrix(golden.tables[4].rows);
    const model = fitKMeans(table, { k: 4 });
    const { withinSquares } = measureCalinskiHarabasz(table, assignKMeans(model, table));
    expectClose(withinSquares, model.withinSquares, { relative: 1e-12, because: "sums in another order" });
  });

  it("leaves rows in no group out, and closes gaps in the numbers", () => {
    const report = of([[0], [99], [2], [10], [12]], [0, -1, 0, 3, 3]);
    expectClose(report.value!, 50, { relative: 1e-14, because: "a few roundings" });
    expect(report.sizes).toEqual([2, 0, 0, 2]);
  });

  it("is null where no customer differs from the own group: the ratio has no limit", () => {
    const because = "a few roundings";
    const perfect = of([[1], [1], [5], [5]], [0, 0, 1, 1]);
    expect(perfect).toMatchObject({ value: null, withinSquares: 0 });
    expectClose(perfect.betweenSquares, 16, { relative: 1e-14, because });
    expect(of([[7], [7], [7]], [0, 0, 1])).toMatchObject({ value: null, betweenSquares: 0, withinSquares: 0 });
  });

  it("is 0 where all groups have the same mean", () => {
    expect(of([[0], [2], [1], [1]], [0, 0, 1, 1]).value).toBe(0);
  });
});

indexLaws("measureCalinskiHarabasz", {
  measure: (table, labels) => measureCalinskiHarabasz(table, labels).value,
  units: [1e-200, 1e140],
});
