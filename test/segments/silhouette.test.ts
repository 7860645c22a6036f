import { assignKMeans, fitKMeans, measureSilhouette } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexLaws } from "../laws/index-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import golden from "../oracles/kmeans.golden.json" with { type: "json" };

/** The definition of Rousseeuw (1987), written out. */
function byDefinition(table: FeatureTable, labels: Int32Array): number[] {
  const width = table.names.length;
  const row = (i: number): Float64Array => table.values.subarray(i * width, (i + 1) * width);
  const meanTo = (i: number, group: number): number => {
    const others = [...labels.keys()].filter((k) => labels[k] === group && k !== i);
    const distances = others.map((k) => Math.sqrt(row(i).reduce((sum, x, j) => sum + (x - row(k)[j]) ** 2, 0)));
    return distances.reduce((sum, x) => sum + x, 0) / others.length;
  };
  return [...labels].map((own, i) => {
    if (own < 0) return NaN;
    if (labels.filter((label) => label === own).length === 1) return 0;
    const a = meanTo(i, own);
    const others = [...new Set(labels)].filter((group) => group >= 0 && group !== own);
    const b = Math.min(...others.map((group) => meanTo(i, group)));
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
}

describe("measureSilhouette", () => {
  it("agrees with a derivation by hand", () => {
    // 0 and 1 against 10: a = 1, b = 10 → 0.9; a = 1, b = 9 → 8/9; the only member has 0.
    const report = measureSilhouette(fromMatrix([[0], [1], [10]]), labelsOf([0, 0, 1]));
    expectClose([...report.values], [0.9, 8 / 9, 0], { absolute: 1e-9, because: "single-precision distances" });
    expectClose(report.perCluster, [(0.9 + 8 / 9) / 2, 0], { absolute: 1e-9, because: "as above" });
    expectClose(report.mean, (0.9 + 8 / 9) / 3, { absolute: 1e-9, because: "as above" });
    expect(report).toMatchObject({ sizes: [2, 1], measured: 3 });
  });

  it.each(golden.silhouettes.map((silhouette, i) => [i, silhouette] as const))(
    "agrees with scikit-learn: %i",
    (_, s) => {
      const data: Readonly<Record<string, number[][]>> = golden.data;
      const report = measureSilhouette(fromMatrix(data[s.data]), labelsOf(s.labels));
      expectClose([...report.values], s.values, { absolute: 1e-9, because: "distances in another precision" });
      expectClose(report.mean, s.mean, { absolute: 1e-9, because: "distances in another precision" });
    },
  );

  it("agrees with the definition for any labels, duplicates, gaps in the numbers and rows in no group", () => {
    const cases = fc
      .array(
        fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -1, max: 3 })),
        {
          minLength: 4,
          maxLength: 25,
        },
      )
      .filter((rows) => new Set(rows.map((row) => row[2]).filter((label) => label >= 0)).size >= 2)
      .filter((rows) => new Set(rows.map((row) => row[2])).size < rows.length)
      .filter((rows) => {
        const labels = rows.map((row) => row[2]).filter((label) => label >= 0);
        return new Set(labels).size < labels.length;
      });
    fc.assert(
      fc.property(cases, (rows) => {
        const table = fromMatrix(rows.map(([x, y]) => [x, y]));
        const labels = labelsOf(rows.map((row) => row[2]));
        const { values, mean, perCluster, sizes } = measureSilhouette(table, labels);
        const expected = byDefinition(table, labels);
        expect([...values].map(Number.isNaN)).toEqual(expected.map(Number.isNaN));
        const known = expected.filter((x) => !Number.isNaN(x));
        expectClose(
          [...values].filter((x) => !Number.isNaN(x)),
          known,
          { absolute: 1e-9, because: "other precision" },
        );
        expectClose(mean, known.reduce((sum, x) => sum + x, 0) / known.length, { absolute: 1e-9, because: "as above" });
        perCluster.forEach((value, group) => {
          const own = expected.filter((_, i) => labels[i] === group);
          expect(own).toHaveLength(sizes[group]);
          const average = own.length === 0 ? 0 : own.reduce((sum, x) => sum + x, 0) / own.length;
          expectClose(value, average, { absolute: 1e-9, because: "as above" });
        });
      }),
      { numRuns: 200 },
    );
  });

  it("gives 1 to a group of equal rows that lies apart, and 0 where everything is equal", () => {
    const apart = measureSilhouette(fromMatrix([[3], [3], [3], [8], [9]]), labelsOf([0, 0, 0, 1, 1]));
    expect([...apart.values.subarray(0, 3)]).toEqual([1, 1, 1]);
    const same = measureSilhouette(fromMatrix([[3], [3], [3], [3]]), labelsOf([0, 0, 1, 1]));
    expect([...same.values]).toEqual([0, 0, 0, 0]);
  });

  it("gives rows in no group no value, and does not measure them", () => {
    const table = fromMatrix([[0], [1], [10], [11], [1e6]]);
    const { values, measured } = measureSilhouette(table, labelsOf([0, 0, 1, 1, -1]));
    expect(values[4]).toBeNaN();
    expect(measured).toBe(4);
  });

  it("gives each row the same value in any order, and draws the same customers", () => {
    const table = fromMatrix(golden.data.apart);
    const labels = labelsOf(golden.silhouettes[1].labels);
    const order = shuffled(table.ids.length, 5);
    const shuffledLabels = labelsOf(order.map((row) => labels[row]));
    const whole = measureSilhouette(table, labels);
    const other = measureSilhouette(reordered(table, order), shuffledLabels);
    expectClose(
      [...other.values],
      order.map((row) => whole.values[row]),
      { absolute: 1e-9, because: "other sums" },
    );
    // The same customers are drawn.
    const sampled = measureSilhouette(table, labels, { sample: 12 });
    const otherSample = measureSilhouette(reordered(table, order), shuffledLabels, { sample: 12 });
    expect(order.filter((row) => !Number.isNaN(sampled.values[row]))).toEqual(
      order.filter((_, place) => !Number.isNaN(otherSample.values[place])),
    );
  });

  it("estimates from a sample in which the smallest group is represented", () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [(i * 7919) % 1000, i < 2990 ? 0 : 5000]);
    const labels = labelsOf(rows.map(([x, y]) => (y > 0 ? 2 : x < 500 ? 0 : 1)));
    const table = fromMatrix(rows);
    const exact = measureSilhouette(table, labels);
    const sampled = measureSilhouette(table, labels, { sample: 400, seed: 3 });
    expect(sampled.measured).toBeLessThanOrEqual(402);
    expect(sampled.values.filter((value, row) => labels[row] === 2 && !Number.isNaN(value))).toHaveLength(2);
    expect(sampled.sizes).toEqual(exact.sizes);
    // Standard error: a spread of 0.15 over 400 rows.
    expectClose(sampled.mean, exact.mean, { absolute: 0.025, because: "three standard errors" });
    expect(measureSilhouette(table, labels, { sample: 400, seed: 3 })).toEqual(sampled);
    const whole = measureSilhouette(table, labels, { sample: 3000 });
    expectClose([...whole.values], [...exact.values], { absolute: 1e-9, because: "rows in another order" });
  });

  it("copes with huge numbers and with times", () => {
    const huge = measureSilhouette(fromMatrix([[1e140], [1.1e140], [-1e140], [-1.1e140]]), labelsOf([0, 0, 1, 1]));
    // a = 0.1; b = 2.05 for the inner rows and 2.15 for the outer ones, in units of 1e140.
    const expected = [1 - 0.1 / 2.05, 1 - 0.1 / 2.15, 1 - 0.1 / 2.05, 1 - 0.1 / 2.15];
    expectClose([...huge.values], expected, { absolute: 1e-9, because: "other precision" });
    const times = measureSilhouette(fromMatrix([[1.7e12], [1.7e12 + 1], [1.7e12 + 10]]), labelsOf([0, 0, 1]));
    expectClose([...times.values], [0.9, 8 / 9, 0], { absolute: 1e-9, because: "as in the example by hand" });
  });

  it("refuses sizes beyond its limits", () => {
    const table = fromMatrix([[1], [2], [3]]);
    expectRefusal(() => measureSilhouette(table, labelsOf([0, 0, 1]), { maxRows: 2 }), "too-large", "table");
    const many = fromMatrix(new Float64Array(20_000), { columns: 1 });
    const pairs = labelsOf(many.ids.map((_, row) => row >> 1));
    expectRefusal(() => measureSilhouette(many, pairs), "too-large", "labels");
    const large = fromMatrix(new Float64Array(50_001), { columns: 1 });
    expectRefusal(() => measureSilhouette(large, labelsOf(large.ids.map((_, row) => row % 2))), "too-large", "table");
  });
});

indexLaws("measureSilhouette", {
  measure: (table, labels) => measureSilhouette(table, labels).mean,
  units: [1e-140, 1e140],
});

describeWithData("measureSilhouette on real data", ["iris", "faithful", "mall_customers"], () => {
  const columns = {
    iris: ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"],
    faithful: ["eruptions", "waiting"],
    mall_customers: ["Annual Income (k$)", "Spending Score (1-100)"],
  };
  const tableOf = (name: keyof typeof columns): FeatureTable =>
    fromMatrix(readDataRows(`${name}/${name}.csv`).map((row) => columns[name].map((column) => Number(row[column]))));
  const because = "scikit-learn sums in another order";

  it.each(["iris", "faithful", "mall_customers"] as const)("agrees with scikit-learn on %s", (name) => {
    const table = tableOf(name);
    type Expected = Record<string, { kmeans?: { k: number; silhouette: number; best_inertia_of_runs: number } }>;
    let compared = 0;
    for (const [key, { kmeans }] of Object.entries(readDataJson<Expected>(`${name}/expected.json`))) {
      if (kmeans === undefined || key.startsWith("standardised")) continue;
      const model = fitKMeans(table, { k: kmeans.k });
      // mall_customers, k = 7: scikit-learn's 50 runs ended in a worse solution, which has another silhouette.
      if (model.withinSquares < kmeans.best_inertia_of_runs * (1 - 1e-9)) continue;
      expectClose(measureSilhouette(table, assignKMeans(model, table)).mean, kmeans.silhouette, {
        absolute: 1e-9,
        because,
      });
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(2);
  });

  it("agrees with R on iris for k = 2 to 6", () => {
    const table = tableOf("iris");
    // R 4.2.2: mean(cluster::silhouette(kmeans(iris[, 1:4], k, nstart = 200)$cluster, dist(iris[, 1:4]))[, 3])
    [0.68105, 0.55282, 0.49805, 0.48875, 0.36483].forEach((expected, i) => {
      const labels = assignKMeans(fitKMeans(table, { k: i + 2 }), table);
      expectClose(measureSilhouette(table, labels).mean, expected, { absolute: 6e-6, because: "five printed digits" });
    });
  });
});
