import { fitKMeans, measureElbow } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kneeOf } from "../../src/segments/elbow.ts";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import golden from "../oracles/kmeans.golden.json" with { type: "json" };

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("measureElbow", () => {
  it("finds the three groups of three pairs", () => {
    // By hand: each pair costs 0.5; three pairs as one group 401.5, as {one pair, two pairs} 0.5 + 101 = 101.5.
    const report = measureElbow(fromMatrix([[0], [1], [10], [11], [20], [21]]), { to: 6 });
    expect(report).toEqual({
      k: [1, 2, 3, 4, 5, 6],
      withinSquares: [401.5, 101.5, 1.5, 1, 0.5, 0],
      knee: 3,
      notes: [],
    });
  });

  it("never rises, and is never worse than a fit of its own", () => {
    const tables = fc
      .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
        minLength: 8,
        maxLength: 40,
      })
      .map((rows) => fromMatrix(rows));
    fc.assert(
      fc.property(tables, fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 3 }), (table, seed, restarts) => {
        fc.pre(new Set(Array.from(table.ids, (_, i) => table.values.slice(2 * i, 2 * i + 2).join())).size >= 6);
        const { k, withinSquares } = measureElbow(table, { to: 6, seed, restarts });
        expect(k).toEqual(range(1, 6));
        withinSquares.forEach((squares, i) => {
          if (i > 0) expect(squares).toBeLessThanOrEqual(withinSquares[i - 1]);
          const own = fitKMeans(table, { k: i + 1, seed, restarts }).withinSquares;
          expect(squares).toBeLessThanOrEqual(own * (1 + 1e-12));
        });
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same for the same customers in another order", () => {
    const table = fromMatrix(golden.data.overlapping);
    const order = shuffled(table.ids.length, 3);
    expect(measureElbow(reordered(table, order), { to: 6 })).toEqual(measureElbow(table, { to: 6 }));
    const many = fromMatrix(cloud(70_000, 2, { groups: 4, seed: 6 }), { columns: 2 });
    const options = { from: 3, to: 6, restarts: 2 };
    expect(measureElbow(reordered(many, shuffled(70_000, 8)), options)).toEqual(measureElbow(many, options));
  });

  it("stops at the number of distinct rows and says so", () => {
    const report = measureElbow(fromMatrix([[1], [1], [4], [4], [9]]));
    expect(report.k).toEqual([1, 2, 3]);
    expect(report.withinSquares[2]).toBe(0);
    expect(report.notes.map((note) => note.code)).toEqual(["k-shortened"]);
    const constant = measureElbow(fromMatrix([[5], [5]]));
    expect(constant).toMatchObject({ k: [1], withinSquares: [0], knee: null });
  });

  it("refuses a range that is upside down, too few rows, and too few distinct ones", () => {
    const table = fromMatrix([[1], [2], [2]]);
    expectRefusal(() => measureElbow(table, { from: 3, to: 2 }), "invalid-option", "options.from");
    expectRefusal(() => measureElbow(table, { from: 4 }), "too-few-rows", "table");
    expectRefusal(() => measureElbow(table, { from: 3 }), "degenerate-data", "table");
    expectRefusal(() => measureElbow(fromMatrix([], { names: ["a"] })), "too-few-rows", "table");
  });
});

describe("the knee", () => {
  it("is the point farthest below the chord, both axes scaled to [0, 1]", () => {
    // Below the chord by hand: k = 2: 1 − 1/4 − 20/100 = 0.55, k = 3: 1 − 2/4 − 10/100 = 0.4.
    expect(kneeOf([1, 2, 3, 4, 5], [101, 21, 11, 6, 1])).toBe(2);
    expect(kneeOf([1, 2, 3, 4, 5], [101, 81, 11, 6, 1])).toBe(3);
  });

  it("does not exist on a straight line, nearly straight, above the chord, on level ground, or between two points", () => {
    expect(kneeOf(range(1, 10), range(1, 10).map((k) => 100 - 10 * k))).toBeNull(); // prettier-ignore
    expect(kneeOf([1, 2, 3], [10, 4.6, 0])).toBeNull();
    expect(kneeOf([1, 2, 3], [10, 9, 0])).toBeNull();
    expect(kneeOf([1, 2, 3], [5, 5, 5])).toBeNull();
    expect(kneeOf([1, 2], [10, 1])).toBeNull();
    expect(kneeOf([1], [10])).toBeNull();
  });

  it("starts a tenth below the chord, and is the first of equals", () => {
    expect(kneeOf([1, 2, 3], [10, 3.9, 0])).toBe(2);
    expect(kneeOf([1, 2, 3, 4], [9, 4, 1, 0])).toBe(2);
  });
});

describeWithData("measureElbow on real data", ["iris", "mall_customers"], () => {
  it("gives R's curve and the knee at 3 for iris", () => {
    const rows = readDataRows("iris/iris.csv").map((line) => Object.values(line).slice(0, 4).map(Number));
    const report = measureElbow(fromMatrix(rows));
    // R 4.2.2: kmeans(iris[, 1:4], k, nstart = 200)$tot.withinss for k = 1 to 6, printed digits.
    const squares = [681.3706, 152.34795, 78.851441, 57.228473, 46.446182, 39.039987];
    expectClose(report.withinSquares.slice(0, 6), squares, { relative: 5e-8, because: "R prints eight digits" });
    expect(report.knee).toBe(3);
  });

  it("has its knee at the usual 5 for the mall's customers", () => {
    const columns = ["Annual Income (k$)", "Spending Score (1-100)"];
    const rows = readDataRows("mall_customers/mall_customers.csv").map((line) =>
      columns.map((name) => Number(line[name])),
    );
    const report = measureElbow(fromMatrix(rows), { to: 10 });
    expect(report.knee).toBe(5);
    expectClose(report.withinSquares[4], 44448.45544793369, { relative: 1e-12, because: "expected.json, other sums" });
  });
});
