import { chooseK, fitKMeans, measureStability } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { crowd } from "../support/crowds.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

describe("measureStability", () => {
  it("finds planted groups again in every resample", () => {
    const report = measureStability(crowd("blobs", 200, 2, 1), { k: 4 });
    expect(report).toMatchObject({ replicates: 50, measured: 200, notes: [] });
    for (const jaccard of report.perCluster) expect(jaccard).toBeGreaterThan(0.95);
    expect(report.recovered).toEqual([1, 1, 1, 1]);
    expect(report.dissolved).toEqual([0, 0, 0, 0]);
    expect(report.adjustedRand).toBeGreaterThan(0.95);
    expect(report.value).toBeCloseTo(report.perCluster.reduce((sum, x) => sum + x, 0) / 4, 12);
  });

  it("does not find slices of one crowd again, and names them", () => {
    const report = measureStability(crowd("gaussian", 150, 2, 1), { k: 6 });
    expect(report.value).toBeLessThan(0.75);
    expect(report.adjustedRand).toBeLessThan(0.75);
    expect(report.perCluster.some((jaccard) => jaccard < 0.6)).toBe(true);
    expect(report.notes.map(({ code }) => code)).toEqual(["unstable-groups"]);
  });

  it("counts the groups as fitKMeans does", () => {
    const table = crowd("gaussian", 90, 3, 2);
    expect(measureStability(table, { k: 3, replicates: 2 }).sizes).toEqual(fitKMeans(table, { k: 3 }).sizes);
  });

  it("is sure of one group but for who was drawn: everybody of the resample is in it", () => {
    const report = measureStability(crowd("uniform", 30, 2, 1), { k: 1, replicates: 5 });
    expect(report).toMatchObject({ value: 1, perCluster: [1], recovered: [1], adjustedRand: 1 });
  });

  it("counts a group of one customer as lost whenever the customer is not drawn: (1 − 1/n)ⁿ of the time", () => {
    const far = fromMatrix([...Array.from({ length: 40 }, (_, i) => [i % 2]), [1000]]);
    const report = measureStability(far, { k: 2, replicates: 400 });
    // Without the customer, 0 and 1 are parted: the large group keeps half. 400 draws of 0.36: standard error 0.024.
    expect(report.dissolved[1]).toBeGreaterThan(0.28);
    expect(report.dissolved[1]).toBeLessThan(0.45);
    expect(report.perCluster[1]).toBeCloseTo(1 - report.dissolved[1], 12);
  });

  it("gives the same for the same customers in another order, and another seed nearly the same", () => {
    const table = crowd("gaussian", 120, 2, 4);
    const report = measureStability(table, { k: 3, replicates: 10 });
    expect(measureStability(reordered(table, shuffled(120, 9)), { k: 3, replicates: 10 })).toEqual(report);
    const many = crowd("gaussian", 66_000, 2, 4);
    const options = { k: 3, replicates: 2, restarts: 2 };
    expect(measureStability(reordered(many, shuffled(66_000, 9)), options)).toEqual(measureStability(many, options));
    const other = measureStability(table, { k: 3, replicates: 10, seed: 1 });
    expect(other).not.toEqual(report);
    expect(Math.abs(other.value - report.value)).toBeLessThan(0.2);
  });

  it("resamples 5,000 of many customers, of every group", () => {
    const report = measureStability(crowd("blobs", 8000, 2, 1), { k: 4, replicates: 3, restarts: 2 });
    expect(report).toMatchObject({ recovered: [1, 1, 1, 1] });
    // Shares are rounded group by group.
    expect(Math.abs(report.measured - 5000)).toBeLessThanOrEqual(2);
    expect(report.sizes.reduce((sum, size) => sum + size, 0)).toBe(8000);
  });

  it("copes with as many groups as customers, and with duplicates", () => {
    const all = measureStability(fromMatrix([[0], [5], [9]]), { k: 3, replicates: 4 });
    expect(all.perCluster).toEqual([1, 1, 1]);
    const pairs = measureStability(fromMatrix([[0], [0], [0], [9], [9], [9]]), { k: 2, replicates: 20 });
    expect(pairs.value).toBeGreaterThan(0.8);
    expect(JSON.parse(JSON.stringify(pairs))).toEqual(pairs);
  });

  it("refuses what it cannot resample", () => {
    expectRefusal(() => measureStability(fromMatrix([[1], [2]]), { k: 3 }), "too-few-rows", "table");
    expectRefusal(() => measureStability(fromMatrix([[1], [1]]), { k: 2 }), "degenerate-data", "table");
    expectRefusal(
      () => measureStability(fromMatrix([[1], [Number.NaN]]), { k: 1 }),
      "invalid-value",
      "table.values[1, 0]",
    );
  });
});

describe("stability in chooseK", () => {
  it("is in the curve when asked for, and warns of groups that do not come back", () => {
    const table = crowd("blobs", 160, 2, 3);
    const report = chooseK(table, { to: 6, replicates: 10 });
    const at = (k: number): number => report.curve.find((point) => point.k === k)!.stability!;
    expect(report).toMatchObject({ k: 4, notes: [] });
    expect(at(4)).toBeGreaterThan(0.95);
    expect(at(6)).toBeLessThan(at(4));
    for (const { stability, leastStability } of report.curve) expect(leastStability!).toBeLessThanOrEqual(stability!);
    expect(chooseK(table, { to: 3 }).curve[0]).not.toHaveProperty("stability");
    const forced = chooseK(table, { from: 7, to: 7, replicates: 10 });
    expect(forced.notes.map(({ code }) => code)).toContain("unstable-groups");
    const [one] = chooseK(table, { from: 1, to: 2, replicates: 2, by: "gap" }).curve;
    expect(one).toMatchObject({ stability: null, leastStability: null });
  });
});

describeWithData("measureStability on real data", ["faithful", "iris", "mall_customers"], () => {
  const pick = (name: string, columns: readonly string[]): ReturnType<typeof fromMatrix> =>
    fromMatrix(readDataRows(`${name}/${name}.csv`).map((row) => columns.map((column) => Number(row[column]))));

  it("is sure of the two eruptions of Old Faithful and the five groups of the mall, not of four kinds of iris", () => {
    const faithful = measureStability(pick("faithful", ["eruptions", "waiting"]), { k: 2 });
    expect(Math.min(...faithful.perCluster)).toBeGreaterThan(0.9);
    const mall = measureStability(pick("mall_customers", ["Annual Income (k$)", "Spending Score (1-100)"]), { k: 5 });
    expect(Math.min(...mall.perCluster)).toBeGreaterThan(0.75);
    const iris = pick("iris", ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]);
    expect(measureStability(iris, { k: 2 }).value).toBeGreaterThan(0.9);
    expect(measureStability(iris, { k: 5 }).value).toBeLessThan(measureStability(iris, { k: 3 }).value);
  });
});
