import { labelDbscan, labelHdbscan, measureAdjustedRand } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelLaws } from "../laws/label-laws.ts";
import golden from "../oracles/hdbscan.golden.json" with { type: "json" };
import { cloud } from "../support/clouds.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { byAppearance } from "../support/density.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

describe("labelHdbscan", () => {
  it("finds a dense and a loose group, for which no epsilon would do, and who is in none", () => {
    const rows = [[0], [0.1], [0.2], [0.3], [0.7], [0.8], [0.9], [1], [10], [13], [16], [19], [60]];
    const { labels } = labelHdbscan(fromMatrix(rows), { minClusterSize: 4, minPoints: 2 });
    expect([...labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, -1]);
  });

  it.each(golden.flatMap(({ name, data, fits }) => fits.map((fit) => ({ name, data, ...fit }))))(
    "agrees with an independent numpy implementation: $name, $minClusterSize, $minPoints, $selection",
    ({ data, labels, probabilities, outlierScores, ...options }) => {
      const ours = labelHdbscan(fromMatrix(data), {
        minClusterSize: options.minClusterSize,
        minPoints: options.minPoints,
        selection: options.selection as "leaf",
      });
      expect(byAppearance(ours.labels)).toEqual(byAppearance(labels));
      expect(ours.clusters).toBe(new Set(labels.filter((label) => label >= 0)).size);
      expect(ours.noise).toBe(labels.filter((label) => label < 0).length);
      // The same operations on the same doubles: only the last division may round otherwise.
      data.forEach((_, row) => {
        expect(ours.probabilities[row]).toBeCloseTo(probabilities[row], 12);
        expect(ours.outlierScores[row]).toBeCloseTo(outlierScores[row], 12);
      });
    },
  );

  it("keeps the smallest clusters with selection leaf, the longest lasting ones without", () => {
    // Two pairs of near groups: the pairs last longer than their parts.
    const centers = [0, 1.5, 100, 101.5];
    const table = fromMatrix(centers.flatMap((x) => [0, 0.5, 1].map((step) => [x + step * 0.9])));
    const options = { minClusterSize: 3, minPoints: 1 };
    expect(labelHdbscan(table, options).clusters).toBe(2);
    expect(labelHdbscan(table, { ...options, selection: "leaf" }).clusters).toBe(4);
  });

  it("lets everybody be one cluster only on demand", () => {
    const table = fromMatrix(cloud(60, 2, { groups: 1, seed: 1 }), { columns: 2 });
    expect(labelHdbscan(table, { minClusterSize: 40 })).toMatchObject({ clusters: 0, noise: 60 });
    const one = labelHdbscan(table, { minClusterSize: 40, allowSingleCluster: true });
    expect(one).toMatchObject({ clusters: 1, noise: 0 });
    expect(Math.max(...one.probabilities)).toBe(1);
    expect(Math.min(...one.probabilities)).toBeGreaterThan(0);
    const leaf = { minClusterSize: 40, selection: "leaf", allowSingleCluster: true } as const;
    expect(labelHdbscan(table, leaf).clusters).toBe(1);
  });

  it("finds with one split what DBSCAN finds with an epsilon below it", () => {
    const table = fromMatrix(cloud(300, 3, { groups: 3, seed: 4, spread: 0.05 }), { columns: 3 });
    const { labels } = labelHdbscan(table, { minClusterSize: 20, minPoints: 5 });
    expect(labels).toEqual(labelDbscan(table, { epsilon: 0.3, minPoints: 5 }).labels);
  });

  it("counts noise, whose probability is 0, and scores outliers between 0 and 1", () => {
    const points = cloud(400, 2, { groups: 4, seed: 7, spread: 0.3 });
    const { labels, probabilities, outlierScores, noise } = labelHdbscan(fromMatrix(points, { columns: 2 }), {
      minClusterSize: 15,
    });
    expect(noise).toBe(labels.filter((label) => label < 0).length);
    expect(noise).toBeGreaterThan(0);
    labels.forEach((label, row) => {
      expect(probabilities[row] === 0).toBe(label < 0);
      for (const x of [probabilities[row], outlierScores[row]]) expect(x).toBeGreaterThanOrEqual(0);
      for (const x of [probabilities[row], outlierScores[row]]) expect(x).toBeLessThanOrEqual(1);
    });
  });

  it("takes no customers, one, too few, and customers who are all the same", () => {
    const none: FeatureTable = { ids: [], names: ["x"], values: new Float64Array(0) };
    const empty = new Float64Array(0);
    const nothing = { labels: new Int32Array(0), probabilities: empty, outlierScores: empty, clusters: 0, noise: 0 };
    expect(labelHdbscan(none)).toEqual(nothing);
    expect(labelHdbscan(fromMatrix([[1]]))).toMatchObject({ clusters: 0, noise: 1 });
    expect(labelHdbscan(fromMatrix([[1], [1], [2]]), { minClusterSize: 2, minPoints: 4 })).toMatchObject({ noise: 3 });
    const same = fromMatrix(Array.from({ length: 9 }, () => [2, 2]));
    expect(labelHdbscan(same)).toMatchObject({ clusters: 0, noise: 9 });
    const one = labelHdbscan(same, { allowSingleCluster: true });
    expect(one).toMatchObject({ clusters: 1, noise: 0 });
    expect([...one.probabilities, ...one.outlierScores]).toEqual([
      ...Array<number>(9).fill(1),
      ...Array<number>(9).fill(0),
    ]);
  });

  it("tells two piles of equal customers apart, and numbers them by size", () => {
    const piles = fromMatrix([...Array.from({ length: 6 }, () => [9]), ...Array.from({ length: 8 }, () => [1]), [5]]);
    const { labels, probabilities, outlierScores } = labelHdbscan(piles);
    expect([...labels]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, -1]);
    expect([...probabilities]).toEqual([...Array<number>(14).fill(1), 0]);
    expect([...outlierScores]).toEqual([...Array<number>(14).fill(0), 1]);
  });

  it("takes numbers that are huge, and tiny ones", () => {
    for (const scale of [1e145, 1e-140]) {
      const table = fromMatrix([[0], [0.01], [0.02], [1], [0.99], [0.98]].map(([x]) => [x * scale]));
      expect([...labelHdbscan(table, { minClusterSize: 3, minPoints: 2 }).labels]).toEqual([0, 0, 0, 1, 1, 1]);
    }
  });

  it("takes a chain of twenty thousand customers, whose tree is as deep as it is long", () => {
    let x = 0;
    const chain = fromMatrix(Array.from({ length: 20_000 }, (_, i) => [(x += 1 + i / 100)]));
    const { labels } = labelHdbscan(chain, { minClusterSize: 5, allowSingleCluster: true });
    expect(labels).toHaveLength(20_000);
  });

  it("refuses more rows than it is allowed, wrong options and cells", () => {
    const table = fromMatrix([[1], [2], [3]]);
    expectRefusal(() => labelHdbscan(table, { maxRows: 2 }), "too-large", "table");
    expect(labelHdbscan(table, { maxRows: 3 }).noise).toBe(3);
    const many = fromMatrix(new Float64Array(100_001), { columns: 1 });
    expectRefusal(() => labelHdbscan(many), "too-large", "table");
    for (const minClusterSize of [1, 0, 2.5, NaN]) {
      expectRefusal(() => labelHdbscan(table, { minClusterSize }), "invalid-option", "options.minClusterSize");
    }
    expectRefusal(() => labelHdbscan(table, { minPoints: 0 }), "invalid-option", "options.minPoints");
    expectRefusal(() => labelHdbscan(table, { selection: "eom" as "leaf" }), "invalid-option", "options.selection");
    expectRefusal(() => labelHdbscan(fromMatrix([[1], [NaN]])), "invalid-value", "table.values[1, 0]");
  });

  const tables = fc
    .integer({ min: 1, max: 3 })
    .chain((columns) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 40,
      }),
    )
    .map((rows) => fromMatrix(rows));
  for (const selection of ["excess-of-mass", "leaf"] as const) {
    labelLaws(`labelHdbscan with selection ${selection}`, {
      label: (table) => labelHdbscan(table, { minClusterSize: 3, minPoints: 2, selection }).labels,
      tables,
      noise: "allowed",
    });
  }

  it("gives the same scores in whatever order the customers come, with all the ties of a lattice", () => {
    const table = fromMatrix(cloud(3000, 2, { groups: 5, seed: 2, spread: 0.6 }).map((x) => Math.round(8 * x)), { columns: 2 }); // prettier-ignore
    const { labels, probabilities, outlierScores } = labelHdbscan(table, { minClusterSize: 12 });
    const order = shuffled(3000, 3);
    const again = labelHdbscan(reordered(table, order), { minClusterSize: 12 });
    expect(again.labels).toEqual(Int32Array.from(order, (row) => labels[row]));
    expect(again.probabilities).toEqual(Float64Array.from(order, (row) => probabilities[row]));
    expect(again.outlierScores).toEqual(Float64Array.from(order, (row) => outlierScores[row]));
  });
});

describeWithData("labelHdbscan on shapes", ["shapes_dev"], () => {
  // Measured: 1, 0.997, 1, 0.985, 0.927, 0.950, 0.835, 0.809; aggregation has bridges between groups, which no method of
  // connected parts sees, and a hundredth is left for changes of no importance.
  it.each([
    ["fcps_hepta", 10, 0.99],
    ["fcps_lsun", 15, 0.98],
    ["graves_zigzag", 15, 0.99],
    ["sipu_spiral", 10, 0.97],
    ["sipu_jain", 10, 0.91],
    ["sipu_s1", 30, 0.94],
    ["sipu_compound", 5, 0.82],
    ["sipu_aggregation", 10, 0.8],
  ] as const)("finds the groups of %s", (name, minClusterSize, least) => {
    const rows = readDataRows(`shapes_dev/${name}.csv.gz`);
    const columns = Object.keys(rows[0]).filter((column) => column.startsWith("x"));
    const table = fromMatrix(rows.map((row) => columns.map((column) => Number(row[column]))));
    const truth = labelsOf(rows.map((row) => Number(row["labels0"])));
    const { labels } = labelHdbscan(table, { minClusterSize, minPoints: 5 });
    expect(measureAdjustedRand(labels, truth).value).toBeGreaterThan(least);
  });
});
