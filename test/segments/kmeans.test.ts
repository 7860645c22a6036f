import { assignKMeans, fitKMeans, type FitKMeansOptions, measureAdjustedRand } from "clientele/segments";
import { type FeatureTable, fromMatrix, groupSizes, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitKMeansOptions } from "../../src/segments/kmeans.ts";
import { labelLaws } from "../laws/label-laws.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { mlKMeans } from "../oracles/ml-kmeans.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import golden from "../oracles/kmeans.golden.json" with { type: "json" };

const seeds = [1, 2, 3, 7, 42, 1234, -5, 4294967295];

/** Small whole numbers: ties, duplicates and rows exactly between two centroids are common. */
const gridTables: fc.Arbitrary<FeatureTable> = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 3 })), { minLength: 6, maxLength: 30 })
  .map((rows) => fromMatrix(rows));

const realTables: fc.Arbitrary<FeatureTable> = fc
  .array(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: 6,
    maxLength: 40,
  })
  .map((rows) => fromMatrix(rows));

describe("fitKMeans", () => {
  it("describes two plain groups by their means, the larger first", () => {
    // By hand: {1, 2, 3} has mean 2 and squares 2, {8, 9} has mean 8.5 and squares 0.5.
    const model = fitKMeans(fromMatrix([[9], [1], [2], [8], [3]], { names: ["orders"] }), { k: 2 });
    expect(model).toEqual({
      kind: "k-means",
      version: 1,
      features: ["orders"],
      notes: [],
      centroids: [[2], [8.5]],
      sizes: [3, 2],
      withinSquares: 2.5,
      iterations: model.iterations,
      converged: true,
    });
  });

  it("numbers groups of equal size by the first coordinate, then by the next", () => {
    const table = fromMatrix([[5, 9], [5, 9], [5, 1], [5, 1], [0, 4], [0, 4]]); // prettier-ignore
    for (const seed of seeds) {
      expect(fitKMeans(table, { k: 3, seed }).centroids).toEqual([
        [0, 4],
        [5, 1],
        [5, 9],
      ]);
    }
  });

  it("gives one cluster the mean, and as many clusters as rows the rows themselves", () => {
    const table = fromMatrix([[1, 10], [3, 20], [5, 90]]); // prettier-ignore
    expect(fitKMeans(table, { k: 1 })).toMatchObject({ centroids: [[3, 40]], sizes: [3], withinSquares: 3808 });
    expect(fitKMeans(table, { k: 3 })).toMatchObject({
      centroids: [
        [1, 10],
        [3, 20],
        [5, 90],
      ],
      sizes: [1, 1, 1],
      withinSquares: 0,
    });
    expect(fitKMeans(fromMatrix([[7]]), { k: 1 })).toMatchObject({
      centroids: [[7]],
      withinSquares: 0,
      converged: true,
    });
  });

  it("notes fewer distinct points than k; surplus centroids repeat others and have no members", () => {
    const table = fromMatrix([[1], [1], [1], [4], [4]]);
    for (const options of [{ k: 4 }, { k: 4, initial: [[1], [1], [4], [9]] }] satisfies FitKMeansOptions[]) {
      const model = fitKMeans(table, options);
      expect(model.sizes).toEqual([3, 2, 0, 0]);
      expect(model.centroids.slice(0, 2)).toEqual([[1], [4]]);
      for (const [x] of model.centroids) expect([1, 4]).toContain(x);
      expect(model.withinSquares).toBe(0);
      expect(model.notes.map((note) => note.code)).toEqual(["fewer-distinct-points"]);
      expect(model.notes[0].message).toContain("2 distinct rows");
      expect([...assignKMeans(model, table)]).toEqual([0, 0, 0, 1, 1]);
    }
  });

  it("copes with rows that are all the same, also far from zero", () => {
    for (const x of [0, -3, 1.7e12 + 0.1]) {
      const model = fitKMeans(fromMatrix([[x, 5], [x, 5], [x, 5]]), { k: 2 }); // prettier-ignore
      expect(model.sizes).toEqual([3, 0]);
      expectClose(model.centroids.flat(), [x, 5, x, 5], { relative: 1e-15, because: "rounding of a mean" });
      expect(model.converged).toBe(true);
    }
  });

  it("says that it did not converge when it was stopped", () => {
    const table = fromMatrix(golden.data.overlapping);
    const initial = golden.data.overlapping.slice(0, 4);
    expect(fitKMeans(table, { k: 4, initial, maxIterations: 1, tolerance: 0 })).toMatchObject({
      iterations: 1,
      converged: false,
    });
    expect(fitKMeans(table, { k: 4, initial, tolerance: 0 }).converged).toBe(true);
  });

  it("moves no centroid for a customer of weight 0, and counts the customer all the same", () => {
    const table = fromMatrix([[0], [2], [10], [12], [500]]);
    const model = fitKMeans(table, { k: 2, weights: [1, 3, 1, 1, 0] });
    expect(model.centroids).toEqual([[11], [1.5]]);
    expect(model.sizes).toEqual([3, 2]);
    expect(model.weights).toEqual([2, 4]);
    // 1·1.5² + 3·0.5² + 1 + 1
    expect(model.withinSquares).toBe(5);
    expect([...assignKMeans(model, table)]).toEqual([1, 1, 0, 0, 0]);
  });

  it("treats weight 1 as no weight, and a weight of 3 as three customers", () => {
    fc.assert(
      fc.property(gridTables, (table) => {
        const ones = fitKMeans(table, { k: 2, weights: table.ids.map(() => 1) });
        expect({ ...ones, weights: undefined }).toEqual({ ...fitKMeans(table, { k: 2 }), weights: undefined });
        const times = table.ids.map((_, row) => 1 + (row % 3));
        const rows = table.ids.map((_, row) => [...table.values.subarray(2 * row, 2 * row + 2)]);
        const repeated = rows.flatMap((row, i) => Array.from({ length: times[i] }, () => row));
        // Equal only at the optimum, which both reach on data this small with this many starts.
        const weighted = fitKMeans(table, { k: 2, weights: times, restarts: 30 });
        const counted = fitKMeans(fromMatrix(repeated), { k: 2, restarts: 30 });
        expectClose(weighted.withinSquares, counted.withinSquares, {
          relative: 1e-3,
          absolute: 1e-9,
          because: "the stop rule leaves a ten-thousandth of the variance",
        });
      }),
      { numRuns: 60 },
    );
  });

  it("starts from given centroids when there are some, once and without a seed", () => {
    const table = fromMatrix([[0], [1], [2], [9], [10], [11]]);
    // From 0, 1 and 2 Lloyd's iterations end in {0}, {1, 2}, {9, 10, 11}: a local optimum that restarts would leave.
    const initial = [[0], [1.5], [10]];
    for (const seed of seeds) {
      const model = fitKMeans(table, { k: 3, seed, initial });
      expect(model.centroids).toEqual([[10], [1.5], [0]]);
      expect(model.withinSquares).toBe(2.5);
    }
    expect(initial).toEqual([[0], [1.5], [10]]);
  });

  it("keeps the best start whole: squares, sizes and centroids belong to each other", () => {
    fc.assert(
      fc.property(realTables, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1000 }), (table, k, seed) => {
        const model = fitKMeans(table, { k, seed });
        const labels = assignKMeans(model, table);
        const counted = groupSizes(labels);
        expect(model.sizes.map((size, c) => size - (counted[c] ?? 0))).toEqual(model.sizes.map(() => 0));
        let squares = 0;
        labels.forEach((label, row) => {
          const to = (centroid: readonly number[]): number =>
            centroid.reduce((sum, x, j) => sum + (table.values[3 * row + j] - x) ** 2, 0);
          const distances = model.centroids.map(to);
          expect(distances.indexOf(Math.min(...distances))).toBe(label);
          squares += distances[label];
        });
        expectClose(model.withinSquares, squares, {
          relative: 1e-12,
          absolute: 1e-12,
          because: "another order of sums",
        });
      }),
      { numRuns: 80 },
    );
  });

  it("gives the same bits for the same customers in another order, and for other seeds the same optimum", () => {
    fc.assert(
      fc.property(realTables, fc.integer(), (table, salt) => {
        const model = fitKMeans(table, { k: 3 });
        expect(fitKMeans(reordered(table, shuffled(table.ids.length, salt)), { k: 3 })).toEqual(model);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["scattered", (x: number) => x],
    ["in piles of equal rows", (x: number) => Math.round(2 * x)],
  ])("gives the same bits in any order for a table too large to be sorted: rows %s", (_, cell) => {
    const values = cloud(70_000, 3, { groups: 5, seed: 3 }).map(cell);
    const table = fromMatrix(values, { columns: 3 });
    const other = reordered(table, shuffled(70_000, 9));
    const options = { k: 4, restarts: 2, maxIterations: 12 };
    const model = fitKMeans(table, options);
    expect(fitKMeans(other, options)).toEqual(model);
    expect([...groupSizes(assignKMeans(model, table))]).toEqual(model.sizes);
  });

  it("gives the same bits in any order from given centroids, and with weights", () => {
    fc.assert(
      fc.property(fc.oneof(gridTables, realTables), fc.integer(), (table, salt) => {
        const order = shuffled(table.ids.length, salt);
        const initial = [0, 1, 2].map((c) => table.names.map((__, j) => (c - 1) * 100 ** j));
        const weights = table.ids.map((__, row) => 0.1 * (1 + (row % 4)));
        const model = fitKMeans(table, { k: 3, initial, weights });
        const moved = fitKMeans(reordered(table, order), { k: 3, initial, weights: order.map((row) => weights[row]) });
        // Weights of clusters are plain sums.
        expect({ ...moved, weights: [] }).toEqual({ ...model, weights: [] });
      }),
      { numRuns: 60 },
    );
  });

  it("draws the starts of a large table from all of its groups, also small ones", () => {
    // 100,000 customers, of which 60 and 40 lie far away, in two places.
    const values = cloud(100_000, 2, { groups: 1, seed: 8 });
    for (let row = 0; row < 100; row++) values[2 * (row * 997)] += row < 60 ? 1000 : -1000;
    const { sizes } = fitKMeans(fromMatrix(values, { columns: 2 }), { k: 3, restarts: 2 });
    expect(sizes).toEqual([99_900, 60, 40]);
  });

  it("does not lose digits of times in epoch milliseconds", () => {
    const hours = [0, 1, 2, 50, 51, 52, 53];
    const model = fitKMeans(fromMatrix(hours.map((hour) => [1.7e12 + hour * 3_600_000])), { k: 2 });
    expect(model.centroids).toEqual([[1.7e12 + 51.5 * 3_600_000], [1.7e12 + 3_600_000]]);
    expect(model.withinSquares).toBe(7 * 3_600_000 ** 2);
  });

  it("handles huge and tiny numbers, and refuses those whose squares overflow", () => {
    const huge = fitKMeans(fromMatrix([[1e140], [1.1e140], [-1e140]]), { k: 2 });
    expect(huge.sizes).toEqual([2, 1]);
    expect(Number.isFinite(huge.withinSquares)).toBe(true);
    expect(fitKMeans(fromMatrix([[1e-140], [1.1e-140], [9e-140]]), { k: 2 }).sizes).toEqual([2, 1]);
    expectRefusal(() => fitKMeans(fromMatrix([[0, 1], [0, -1e146]]), { k: 1 }), "invalid-value", "table.values[1, 1]"); // prettier-ignore
  });

  it("refuses too few rows, no rows and no features", () => {
    expectRefusal(() => fitKMeans(fromMatrix([[1], [2]]), { k: 3 }), "too-few-rows", "table");
    expectRefusal(() => fitKMeans(fromMatrix([], { names: ["a"] }), { k: 1 }), "too-few-rows", "table");
    expectRefusal(() => fitKMeans(fromMatrix([[], []]), { k: 1 }), "shape-mismatch", "table.names");
  });

  it("refuses weights and starts that do not fit the table", () => {
    const table = fromMatrix([[1, 1], [2, 2], [3, 3]]); // prettier-ignore
    const weigh = (weights: number[]) => () => fitKMeans(table, { k: 2, weights });
    expectRefusal(weigh([1, 1]), "shape-mismatch", "options.weights");
    expectRefusal(weigh([1, -1, 1]), "invalid-value", "options.weights[1]");
    expectRefusal(weigh([1, 1, NaN]), "invalid-value", "options.weights[2]");
    expectRefusal(weigh([Infinity, 1, 1]), "invalid-value", "options.weights[0]");
    expectRefusal(weigh([1e308, 1e308, 1]), "invalid-value", "options.weights");
    expectRefusal(weigh([0, 0, 0]), "degenerate-data", "options.weights");
    const start = (initial: number[][]) => () => fitKMeans(table, { k: 2, initial });
    expectRefusal(start([[1, 1]]), "shape-mismatch", "options.initial");
    expectRefusal(start([[1, 1], [2]]), "shape-mismatch", "options.initial[1]"); // prettier-ignore
    expectRefusal(start([[1, 1], [2, NaN]]), "invalid-value", "options.initial[1][1]"); // prettier-ignore
    expectRefusal(start([[1, 1], [2, 1e200]]), "invalid-value", "options.initial[1][1]"); // prettier-ignore
    expectRefusal(() => fitKMeans(table, { k: 2, weights: "heavy" as never }), "invalid-option", "options.weights");
    expectRefusal(() => fitKMeans(table, undefined as never), "invalid-option", "options.k");
  });
});

describe("fitKMeans, clause by clause", () => {
  /** The least squares of all ways to put the rows into at most k groups, by trying every one. */
  function leastSquares(rows: readonly (readonly number[])[], k: number): number {
    let least = Infinity;
    for (let code = 0; code < k ** rows.length; code++) {
      let total = 0;
      for (let c = 0; c < k; c++) {
        const members = rows.filter((_, i) => Math.floor(code / k ** i) % k === c);
        for (const j of rows[0].keys()) {
          const mean = members.reduce((sum, row) => sum + row[j], 0) / members.length;
          total += members.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0);
        }
      }
      least = Math.min(least, total);
    }
    return least;
  }

  it("finds the global optimum of small tables with the default restarts: all groupings tried", () => {
    const tables = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 3,
      maxLength: 7,
    });
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 3 }), fc.integer({ min: 0, max: 99 }), (rows, k, seed) => {
        const model = fitKMeans(fromMatrix(rows), { k, seed });
        const because = "sums in another order";
        expectClose(model.withinSquares, leastSquares(rows, k), { relative: 1e-12, absolute: 1e-9, because });
      }),
      // The same tables in every run: ten restarts miss the best of a table now and then, about once in thousands.
      { numRuns: 100, seed: 7 },
    );
  });

  it("finds the groups of hand-made sets with any seed: rings of points, unequal sizes, a chain", () => {
    const cross = [[0, 1], [0, -1], [1, 0], [-1, 0]]; // prettier-ignore
    const at = (x: number, y: number): number[][] => cross.map(([dx, dy]) => [x + dx, y + dy]);
    // Nine crosses on a lattice, ten apart: each has squares 4.
    const lattice = [0, 10, 20].flatMap((x) => [0, 10, 20].flatMap((y) => at(x, y)));
    // Thirty on each side of a unit, a quarter of squares each, and five equal ones in each of three places far away.
    const unequal = [...Array.from({ length: 60 }, (_, i) => [i % 2, 0]), ...[50, 80, 110].flatMap((x) => Array.from({ length: 5 }, () => [x, 7]))]; // prettier-ignore
    // 0, 1, …, 11: best cut into four runs of three, squares 2 each.
    const chain = Array.from({ length: 12 }, (_, i) => [i, 0]);
    for (const seed of seeds) {
      expect(fitKMeans(fromMatrix(lattice), { k: 9, seed })).toMatchObject({ withinSquares: 36 });
      expect(fitKMeans(fromMatrix(unequal), { k: 4, seed })).toMatchObject({ withinSquares: 15, sizes: [60, 5, 5, 5] });
      expect(fitKMeans(fromMatrix(chain), { k: 4, seed })).toMatchObject({ withinSquares: 8, sizes: [3, 3, 3, 3] });
    }
  });

  it("never raises the squares from one iteration to the next, also with weights, and labels by what it returns", () => {
    const table = fromMatrix(cloud(3000, 4, { groups: 9, spread: 2 }), { columns: 4 });
    const initial = Array.from({ length: 9 }, (_, c) => [...table.values.subarray(4 * c, 4 * c + 4)]);
    for (const weights of [undefined, table.ids.map((_, row) => row % 5)]) {
      let before = Infinity;
      for (let maxIterations = 1; maxIterations <= 30; maxIterations++) {
        const model = fitKMeans(table, { k: 9, initial, weights, maxIterations, tolerance: 0 });
        expect(model.withinSquares).toBeLessThanOrEqual(before * (1 + 1e-14));
        before = model.withinSquares;
        const labels = assignKMeans(model, table);
        expect([...groupSizes(labels)]).toEqual(model.sizes);
        const squares = labels.reduce(
          (sum, label, row) =>
            sum +
            (weights?.[row] ?? 1) *
              model.centroids[label].reduce((part, x, j) => part + (table.values[4 * row + j] - x) ** 2, 0),
          0,
        );
        expectClose(model.withinSquares, squares, { relative: 1e-12, because: "sums in another order" });
      }
    }
  });

  it("moves a given centroid that no customer is near to the customer farthest from all others", () => {
    const table = fromMatrix([[0], [1], [2], [10], [11], [50]]);
    expect(fitKMeans(table, { k: 3, initial: [[1], [9], [1e6]] })).toMatchObject({
      centroids: [[1], [10.5], [50]],
      sizes: [3, 2, 1],
      withinSquares: 2.5,
      notes: [],
    });
  });
});

describe("fitKMeans against scikit-learn, from the same start", () => {
  const data: Readonly<Record<string, number[][]>> = golden.data;

  it.each(golden.fits.map((fit, i) => [i, fit.data, fit.start.length, fit] as const))(
    "fit %i on %s, k = %i: same iterations, squares, centroids and labels",
    (_, name, k, fit) => {
      const table = fromMatrix(data[name]);
      const weights = fit.weights ?? undefined;
      const { tolerance, maxIterations, start } = fit;
      const model = fitKMeans(table, { k, initial: start, tolerance, maxIterations, weights });
      const because = "sums in another order; scikit-learn subtracts the mean first";
      expect(model.iterations).toBe(fit.iterations);
      expectClose(model.withinSquares, fit.withinSquares, { relative: 1e-10, because });
      const labels = assignKMeans(model, table);
      expect(measureAdjustedRand(labels, labelsOf(fit.labels)).value).toBe(1);
      labels.forEach((label, row) => {
        expectClose(model.centroids[label], fit.centroids[fit.labels[row]], {
          relative: 1e-10,
          absolute: 1e-10,
          because,
        });
      });
    },
  );
});

describe("fitKMeans against ml-kmeans, from the same start", () => {
  it.each([
    [60, 2, 3],
    [300, 4, 5],
    [1000, 8, 8],
  ])("gives the same labels and squares: %i × %i, k = %i", (rows, columns, k) => {
    const values = cloud(rows, columns, { groups: k, seed: rows });
    const table = fromMatrix(values, { columns });
    const data = Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns)));
    const initial = data.slice(0, k);
    const model = fitKMeans(table, { k, initial, tolerance: 0, maxIterations: 1000 });
    const theirs = mlKMeans(data, initial);
    expectClose(model.withinSquares, theirs.withinSquares, { relative: 1e-12, because: "sums in another order" });
    expect(measureAdjustedRand(assignKMeans(model, table), labelsOf(theirs.labels)).value).toBe(1);
  });
});

describe("assignKMeans", () => {
  it("gives a row between two centroids to the lower number", () => {
    const model = fitKMeans(fromMatrix([[0], [0], [4]]), { k: 2 });
    expect(model.centroids).toEqual([[0], [4]]);
    expect([...assignKMeans(model, fromMatrix([[2], [2.0000001], [-9], [100]]))]).toEqual([0, 1, 0, 1]);
  });

  it("labels no rows with no labels", () => {
    const model = fitKMeans(fromMatrix([[0], [4]]), { k: 2 });
    expect([...assignKMeans(model, fromMatrix([], { names: ["x0"] }))]).toEqual([]);
  });
});

for (const [name, tables] of [
  ["k-means on whole numbers", gridTables],
  ["k-means on real numbers", realTables],
] as const) {
  // Fewer distinct rows than k leave numbers without members, which assign never gives.
  labelLaws(name, { label: (table) => assignKMeans(fitKMeans(table, { k: 3 }), table), tables, noise: "never" });
  modelLaws(name, {
    fit: fitKMeans,
    apply: assignKMeans,
    options: { k: 3, seed: 3 },
    optionNames: Object.keys(fitKMeansOptions),
    tables,
    fields: ["centroids", "sizes"],
    missing: "refused",
    empty: "refused",
  });
}

interface KMeansExpected {
  readonly kmeans: { k: number; best_inertia_of_runs: number; sizes_sorted: number[]; centers_sorted: number[][] };
}

/** Tables of the real data sets: what expected.json has figures for, and the same with columns of deviation 1. */
const realData: readonly (readonly [string, readonly string[]])[] = [
  ["iris", ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]],
  ["faithful", ["eruptions", "waiting"]],
  ["mall_customers", ["Annual Income (k$)", "Spending Score (1-100)"]],
];

for (const [name, columns] of realData) {
  describeWithData(`fitKMeans on ${name}`, [name], () => {
    const rows = readDataRows(`${name}/${name}.csv`).map((row) => columns.map((column) => Number(row[column])));
    const expected = readDataJson<Record<string, Partial<KMeansExpected>>>(`${name}/expected.json`);
    const cases = Object.entries(expected).flatMap(([key, value]) =>
      value.kmeans === undefined ? [] : [[key, value.kmeans] as const],
    );

    it.each(cases)("reaches the best solution of scikit-learn's 50 runs with any seed: %s", (key, kmeans) => {
      const table = fromMatrix(key.startsWith("standardised") ? standardized(rows) : rows);
      for (const seed of seeds) {
        const model = fitKMeans(table, { k: kmeans.k, seed });
        // mall_customers has a better solution for k = 7 than 50 runs of scikit-learn found.
        expect(model.withinSquares).toBeLessThan(kmeans.best_inertia_of_runs * (1 + 1e-9));
        if (model.withinSquares < kmeans.best_inertia_of_runs * (1 - 1e-9)) continue;
        expect(model.sizes).toEqual(kmeans.sizes_sorted.toReversed());
        const sorted = model.centroids.toSorted(byCoordinates);
        const because = "sums in another order";
        expectClose(sorted.flat(), kmeans.centers_sorted.flat(), { relative: 1e-9, absolute: 1e-9, because });
      }
    });
  });
}

describeWithData("fitKMeans on the four columns of iris", ["iris"], () => {
  const lines = readDataRows("iris/iris.csv");
  const table = fromMatrix(lines.map((line) => realData[0][1].map((column) => Number(line[column]))));

  it("reaches R's squares for k = 1 to 6 with any seed", () => {
    // R 4.2.2: kmeans(iris[, 1:4], k, nstart = 200)$tot.withinss, printed digits.
    const squares = [681.3706, 152.34795, 78.851441, 57.228473, 46.446182, 39.039987];
    for (const seed of seeds) {
      const ours = squares.map((_, i) => fitKMeans(table, { k: i + 1, seed }).withinSquares);
      expectClose(ours, squares, { relative: 5e-8, because: "R prints eight digits" });
    }
  });

  it("agrees with the species as well as scikit-learn does", () => {
    const species = lines.map((line) => line["Species"]);
    const kinds = [...new Set(species)];
    const labels = assignKMeans(fitKMeans(table, { k: 3 }), table);
    const { value } = measureAdjustedRand(labels, labelsOf(species.map((kind) => kinds.indexOf(kind))));
    // expected.json: k3.kmeans.against_labels.species.ari
    expectClose(value, 0.7302382722834697, { relative: 1e-12, because: "one division" });
  });
});

function standardized(rows: readonly (readonly number[])[]): number[][] {
  const n = rows.length;
  const means = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / n);
  const deviations = means.map((mean, j) => Math.sqrt(rows.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / n));
  return rows.map((row) => row.map((x, j) => (x - means[j]) / deviations[j]));
}

/** By the first coordinate, then by the next; equal but for rounding counts as equal, as in expected.json. */
function byCoordinates(a: readonly number[], b: readonly number[]): number {
  const j = a.findIndex((x, i) => Math.abs(x - b[i]) > 1e-9 * Math.abs(x));
  return j < 0 ? 0 : a[j] - b[j];
}
