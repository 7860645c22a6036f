import { readFileSync } from "node:fs";
import { mergeAll } from "clientele/core";
import { fitPca, fitPcaFromCovariance, fitPcaFromCovarianceOptions, fitPcaOptions } from "../../src/features/pca.ts";
import { fitZScore, type PcaModel, transformPca, transformScale } from "clientele/features";
import { covariance, covarianceState } from "clientele/numeric";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import { mlPca } from "../oracles/ml-pca.ts";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, rowsOfMatrix, shuffled } from "../support/rows.ts";

interface Fitted {
  readonly loadings: readonly (readonly number[])[];
  readonly explainedVariance: readonly number[];
  readonly explainedRatio: readonly number[];
  readonly scores: readonly (readonly number[])[];
}

// Made by test/oracles/pca.py with scikit-learn 1.2.1, which takes singular values of the data.
const golden = JSON.parse(readFileSync(new URL("../oracles/pca.golden.json", import.meta.url), "utf8")) as {
  readonly tall: { readonly rows: number[][]; readonly raw: Fitted; readonly scaled: Fitted };
  readonly wide: { readonly rows: number[][]; readonly raw: Fitted };
};

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 15 }))
  .map((rows) => fromMatrix(rows));

for (const scale of [false, true]) {
  modelLaws(`fitPca with scale: ${scale} and transformPca`, {
    fit: (table: FeatureTable, options: object) => fitPca(table, options),
    apply: transformPca,
    options: { scale },
    optionNames: Object.keys(fitPcaOptions),
    tables,
    fields: ["center", "scale", "loadings"],
    missing: "refused",
    empty: "refused",
  });
}

const codes = ({ notes }: PcaModel): string[] => notes.map(({ code }) => code);

function expectFitted(table: FeatureTable, model: PcaModel, wanted: Fitted, components: number): void {
  const because = "eigenvalues of a covariance against singular values of the data";
  const size = wanted.explainedVariance[0];
  expectClose(model.explainedVariance, wanted.explainedVariance.slice(0, components), {
    absolute: 1e-12 * size,
    because,
  });
  expectClose(model.explainedRatio, wanted.explainedRatio.slice(0, components), { absolute: 1e-12, because });
  model.loadings.forEach((loadings, c) => {
    // A component's direction is as uncertain as rounding beside the gap to its neighbors.
    const gap = Math.min(
      ...wanted.explainedVariance.flatMap((x, i) => (i === c ? [] : [Math.abs(x - wanted.explainedVariance[c])])),
    );
    expectClose(loadings, wanted.loadings[c], { absolute: (1e-13 * size) / gap + 1e-12, because });
  });
  const width = components;
  const scores = rowsOfMatrix(transformPca(model, table).values, width);
  const room = 1e-9 * Math.sqrt(size);
  scores.forEach((row, i) => expectClose(row, wanted.scores[i].slice(0, width), { absolute: room, because }));
}

describe("fitPca", () => {
  it("finds the line on which points lie, with the divisor n − 1", () => {
    // By hand: (2, 1), (4, 2), (6, 3) have variances 4 and 1, so 5 along (2, 1)/√5 and nothing across.
    const table = fromMatrix([[2, 1], [4, 2], [6, 3]], { names: ["visits", "orders"] }); // prettier-ignore
    const model = fitPca(table);
    const because = "a few roundings";
    expectClose(model.explainedVariance, [5, 0], { absolute: 1e-15, because });
    expectClose(model.explainedRatio, [1, 0], { absolute: 1e-15, because });
    expectClose(model.loadings[0], [2 / Math.sqrt(5), 1 / Math.sqrt(5)], { relative: 1e-15, because });
    expect(model).toMatchObject({ kind: "pca", version: 1, features: ["visits", "orders"], center: [4, 2], notes: [] });
    expect(transformPca(model, table).names).toEqual(["component1", "component2"]);
  });

  it("is scikit-learn's on raw numbers of very different units, far from 0", () => {
    const table = fromMatrix(golden.tall.rows);
    expectFitted(table, fitPca(table), golden.tall.raw, 6);
  });

  it("is scikit-learn's of features divided by their sample standard deviation", () => {
    const table = fromMatrix(golden.tall.rows);
    expectFitted(table, fitPca(table, { scale: true }), golden.tall.scaled, 6);
  });

  it("gives n − 1 components with more features than customers, and says so", () => {
    const table = fromMatrix(golden.wide.rows);
    const model = fitPca(table);
    expectFitted(table, model, golden.wide.raw, 4);
    expect(codes(model)).toContain("few-customers");
    expectClose(model.explainedRatio.reduce((a, b) => a + b, 0), 1, { absolute: 1e-14, because: "rounding" }); // prettier-ignore
  });

  it("is ml-pca's on clouds", () => {
    const values = cloud(400, 5, { seed: 3 });
    const oracle = mlPca(rowsOfMatrix(values, 5));
    const model = fitPca(fromMatrix(values, { columns: 5 }));
    const because = "no shared step";
    expectClose(model.explainedVariance, oracle.eigenvalues, { relative: 1e-11, because });
    expectClose(model.loadings.flat(), oracle.loadings.flat(), { absolute: 1e-11, because });
  });

  it("has uncorrelated scores whose variances are the explained ones, and rebuilds the data", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const model = fitPca(table);
        const scores = transformPca(model, table);
        const width = model.loadings.length;
        const { sampleCovariance } = covariance.finish(covarianceState(scores.values, width));
        const size = model.explainedVariance[0];
        sampleCovariance?.forEach((row, i) => {
          const wanted = row.map((_, j) => (i === j ? model.explainedVariance[i] : 0));
          expectClose(row, wanted, { absolute: 1e-12 * size + 1e-20, because: "rounding at the size of the largest" });
        });
        rowsOfMatrix(scores.values, width).forEach((row, i) => {
          const rebuilt = table.names.map(
            (_, j) => model.center[j] + row.reduce((sum, score, c) => sum + score * model.loadings[c][j], 0),
          );
          const cells = table.values.subarray(i * table.names.length, (i + 1) * table.names.length);
          expectClose(rebuilt, cells, { absolute: 1e-7, because: "components at the level of rounding are left out" });
        });
      }),
    );
  });

  it("keeps the components asked for, with shares of the variance of all", () => {
    const table = fromMatrix(golden.tall.rows);
    const [all, two] = [fitPca(table, { scale: true }), fitPca(table, { scale: true, components: 2 })];
    expect(two.loadings).toEqual(all.loadings.slice(0, 2));
    expect(two.explainedRatio).toEqual(all.explainedRatio.slice(0, 2));
    expectRefusal(() => fitPca(table, { components: 7 }), "invalid-option", "options.components");
    expectRefusal(() => fitPca(fromMatrix([[1, 2], [3, 5]]), { components: 2 }), "invalid-option"); // prettier-ignore
  });

  it("makes the largest loading of every component positive, the first of two that are equal", () => {
    for (let salt = 0; salt < 12; salt++) {
      const rows = shuffled(40, salt).map((i) => [i + (i % 7), 80 - i * 1.3 + (i % 5), (i * 17) % 23]);
      const model = fitPca(fromMatrix(rows), { scale: true });
      for (const loadings of model.loadings) {
        expect(loadings.reduce((lead, x) => (Math.abs(x) > Math.abs(lead) ? x : lead), 0)).toBeGreaterThan(0);
      }
      // Two standardized features have loadings ±√½ in both components: rounding must not choose the sign.
      const pair = fitPca(fromMatrix(rows.map(([a, b]) => [a, b])), { scale: true });
      expectClose(pair.loadings.flat(), [1, -1, 1, 1].map((sign) => sign * Math.SQRT1_2), { relative: 1e-14, because: "√½" }); // prettier-ignore
      expect(pair.loadings.flat().filter((x) => x < 0)).toHaveLength(1);
    }
  });

  it("does not depend on the order of rows, and follows the order of features", () => {
    const table = fromMatrix(golden.tall.rows);
    const model = fitPca(table, { scale: true });
    const because = "sums in another order";
    const moved = fitPca(reordered(table, shuffled(60, 4)), { scale: true });
    expectClose(moved.loadings.flat(), model.loadings.flat(), { absolute: 1e-9, because });
    const mirrored = fitPca(fromMatrix(golden.tall.rows.map((row) => [...row].reverse())), { scale: true });
    expectClose(mirrored.loadings.map((row) => [...row].reverse()).flat(), model.loadings.flat(), { absolute: 1e-9, because }); // prettier-ignore
  });

  it("with scale is the same in euros and in cents, without it is not", () => {
    const euros = golden.tall.rows;
    const cents = euros.map(([first, ...rest]) => [100 * first, ...rest]);
    const because = "100 is no power of 2";
    const ratios = (rows: number[][], scale: boolean): readonly number[] => fitPca(fromMatrix(rows), { scale }).explainedRatio; // prettier-ignore
    expectClose(ratios(cents, true), ratios(euros, true), { absolute: 1e-13, because });
    const small = euros.map(([a, , c]) => [a, c]);
    expect(ratios(small.map(([a, c]) => [a, 100 * c]), false)[0]).not.toBeCloseTo(ratios(small, false)[0], 3); // prettier-ignore
  });

  it("gives a constant feature loading 0 and keeps its scale 1", () => {
    const rows = Array.from({ length: 30 }, (_, i) => [i, 0.1, (i * i) % 7]);
    for (const scale of [false, true]) {
      const model = fitPca(fromMatrix(rows, { names: ["a", "same", "b"] }), { scale });
      expect(model.loadings.slice(0, 2).map((loadings) => loadings[1])).toEqual([0, 0]);
      expect([model.scale[1], model.center[1], model.explainedVariance[2]]).toEqual([1, 0.1, 0]);
      expect(model.notes).toEqual([
        { code: "constant-feature", message: "same is the same for all customers and has no part in any component." },
      ]);
    }
  });

  it("finds no variance where there is none: shares of 0 instead of NaN", () => {
    const model = fitPca(fromMatrix([[3, 4], [3, 4], [3, 4]])); // prettier-ignore
    expect(model.explainedVariance).toEqual([0, 0]);
    expect(model.explainedRatio).toEqual([0, 0]);
    expect(codes(model)).toEqual(["constant-feature", "constant-feature"]);
  });

  it("says when the first component explains less than 40 %", () => {
    // Eight corners of a cube: three equal components.
    const corners = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]);
    const model = fitPca(fromMatrix(corners));
    expectClose(model.explainedRatio, [1 / 3, 1 / 3, 1 / 3], { relative: 1e-14, because: "rounding" });
    expect(model.notes).toEqual([
      {
        code: "first-component-weak",
        message: "The first component explains 33.3 % of the variance: alone it says little.",
      },
    ]);
    expect(codes(fitPca(fromMatrix(corners.map(([a, b]) => [a, b]))))).toEqual([]);
  });

  it("takes huge and tiny units, and refuses squares that overflow", () => {
    for (const unit of [1e-120, 1e120]) {
      const rows = golden.wide.rows.map((row) => row.slice(0, 3).map((x) => x * unit));
      const model = fitPca(fromMatrix(rows));
      const plain = fitPca(fromMatrix(golden.wide.rows.map((row) => row.slice(0, 3))));
      expectClose(model.explainedRatio, plain.explainedRatio, { absolute: 1e-13, because: "rounding" });
      expectClose(model.loadings.flat(), plain.loadings.flat(), { absolute: 1e-12, because: "rounding" });
    }
    expectRefusal(() => fitPca(fromMatrix([[1e200], [-1e200]])), "too-large");
  });

  it("takes deviations whose squares vanish", () => {
    const model = fitPca(fromMatrix([[0, -1, 0], [-1.5e-323, 0, 0]]), { scale: true }); // prettier-ignore
    expect(model.loadings).toEqual([[0, 1, 0]]);
  });

  it("refuses one customer, no feature and a missing cell with its place", () => {
    expectRefusal(() => fitPca(fromMatrix([[1, 2]])), "too-few-rows", "table");
    expectRefusal(() => fitPca({ ids: ["a", "b"], names: [], values: new Float64Array(0) }), "shape-mismatch", "table.names"); // prettier-ignore
    expectRefusal(() => fitPca(fromMatrix([[1, 2], [3, NaN]])), "invalid-value", "table.values[1, 1]"); // prettier-ignore
  });

  it("refuses to place a customer so far out that the score is no number", () => {
    const model = fitPca(fromMatrix([[1e-5, 1], [2e-5, 2]]), { scale: true }); // prettier-ignore
    expectRefusal(() => transformPca(model, fromMatrix([[1, 1e308], [1e308, 1]])), "invalid-value", "table.values[1, *]"); // prettier-ignore
  });
});

describe("fitPcaFromCovariance", () => {
  it("gives from merged parts what fitPca gives from the whole", () => {
    const values = cloud(5000, 4, { seed: 8, offset: 1e5 });
    const table = fromMatrix(values, { columns: 4, names: ["a", "b", "c", "d"] });
    const parts = [values.subarray(0, 4 * 1234), values.subarray(4 * 1234, 4 * 1300), values.subarray(4 * 1300)];
    const merged = covariance.finish(mergeAll(covariance, parts.map((part) => covarianceState(part, 4)))); // prettier-ignore
    for (const scale of [false, true]) {
      const [whole, joined] = [
        fitPca(table, { scale }),
        fitPcaFromCovariance(merged, { features: table.names, scale }),
      ];
      const because = "blocks merged in another order";
      expectClose(joined.explainedVariance, whole.explainedVariance, { relative: 1e-12, because });
      expectClose(joined.loadings.flat(), whole.loadings.flat(), { absolute: 1e-11, because });
      expect(joined.features).toEqual(whole.features);
    }
  });

  it("refuses covariances that do not fit the features, of too few rows, or with repeated names", () => {
    const result = covariance.finish(covarianceState(Float64Array.of(1, 2, 3, 5), 2));
    const features = ["a", "b"];
    expect(Object.keys(fitPcaFromCovarianceOptions)).toContain("features");
    expectRefusal(() => fitPcaFromCovariance(result, { features: ["a"] }), "shape-mismatch", "covariance");
    expectRefusal(
      () => fitPcaFromCovariance(result, { features: ["a", "a"] }),
      "invalid-option",
      "options.features[1]",
    );
    expectRefusal(() => fitPcaFromCovariance({ ...result, n: 1.5 }, { features }), "invalid-value", "covariance.n");
    expectRefusal(() => fitPcaFromCovariance(covariance.finish(covariance.init()), { features }), "too-few-rows");
    for (const wrong of [null, [], {}, { n: 3 }, { ...result, mean: [1, NaN] }]) {
      expectRefusal(() => fitPcaFromCovariance(wrong as never, { features }), "shape-mismatch", "covariance");
    }
  });
});

describeWithData("principal components of iris", ["iris/iris.csv", "iris/expected.json"], () => {
  const names = ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"];
  const table = fromMatrix(
    readDataRows("iris/iris.csv").map((row) => names.map((name) => Number(row[name]))),
    { names },
  );

  it("are those of the reference results", () => {
    const { pca } = readDataJson<{ pca: { variances: number[]; explained: number[]; abs_loadings: number[][] } }>("iris/expected.json"); // prettier-ignore
    const model = fitPca(table);
    const because = "singular values by numpy";
    expectClose(model.explainedVariance, pca.variances, { relative: 1e-12, because });
    expectClose(model.explainedRatio, pca.explained, { relative: 1e-12, because });
    expectClose(model.loadings.flat().map(Math.abs), pca.abs_loadings.flat(), { absolute: 1e-12, because });
  });

  it("are R's when scaled, by option or beforehand", () => {
    // R 4.2: summary(prcomp(iris[, 1:4], scale. = TRUE))$importance[2, ].
    const published = [0.72962, 0.22851, 0.03669, 0.00518];
    const because = "5 decimals";
    const scaled = fitPca(table, { scale: true });
    expectClose(scaled.explainedRatio, published, { absolute: 5e-6, because });
    expectClose(fitPca(transformScale(fitZScore(table), table)).explainedRatio, scaled.explainedRatio, { absolute: 1e-14, because: "rounding" }); // prettier-ignore
    // R: prcomp(iris[, 1:4], scale. = TRUE)$rotation, with signs as here.
    expectClose(scaled.loadings[0], [0.5210659, -0.2693474, 0.5804131, 0.5648565], { absolute: 5e-8, because: "7 decimals" }); // prettier-ignore
  });
});
