import { run } from "clientele/core";
import { covariance } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../../src/numeric/linalg.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { mlPca, rawMlPca } from "./ml-pca.ts";

describe("ml-pca, the oracle of principal components,", () => {
  // Points near the line y = -x/2: the first component is (2, -1)/√5.
  const rows = [-3, -1, 0, 1, 3].map((t, i) => [2 * t + (i % 2) / 10, -t + (i % 2) / 5]);

  it("returns components as columns with arbitrary signs, which the oracle turns and fixes", () => {
    const raw = rawMlPca(rows).getEigenvectors().to2DArray();
    const { loadings } = mlPca(rows);
    loadings.forEach((component, c) => {
      const column = raw.map((row) => row[c]);
      expectClose(component.map(Math.abs), column.map(Math.abs), { because: "only signs may differ" });
      expect(component.reduce((lead, x) => (Math.abs(x) > Math.abs(lead) ? x : lead), 0)).toBeGreaterThan(0);
    });
    // The quirk itself: the order of the rows mirrors the second component.
    expect(raw[1][1]).toBeLessThan(0);
    expect(
      rawMlPca([...rows].reverse())
        .getEigenvectors()
        .get(1, 1),
    ).toBeGreaterThan(0);
    expectClose(mlPca([...rows].reverse()).loadings.flat(), loadings.flat(), { absolute: 1e-14, because: "rounding" });
  });

  it("turns scores with the signs of the loadings", () => {
    const { loadings, scores } = mlPca(rows);
    const mean = [0, 1].map((j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
    rows.forEach((row, i) => {
      const projected = loadings.map((component) => component.reduce((sum, x, j) => sum + x * (row[j] - mean[j]), 0));
      expectClose(scores[i], projected, { absolute: 1e-13, because: "a projection in another order of additions" });
    });
  });

  it("cannot scale a constant column", () => {
    expect(() => rawMlPca([[1, 5], [2, 5], [4, 5]], { scale: true })).toThrow(RangeError); // prettier-ignore
  });
});

describeWithData("the eigenvalues of our covariance", ["iris/iris.csv"], () => {
  it("are ml-pca's on iris, and so are the components", () => {
    const rows = readDataRows("iris/iris.csv").map((row) =>
      ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"].map((name) => Number(row[name])),
    );
    const oracle = mlPca(rows);
    const ours = symmetricEigen("test", run(covariance, rows).sampleCovariance!);
    expect(rows.length).toBe(150);
    const because = "eigenvalues against squared singular values: no shared step";
    expectClose(ours.values, oracle.eigenvalues, { relative: 1e-12, because });
    expectClose(ours.vectors.flat(), oracle.loadings.flat(), { absolute: 1e-12, because });
    // R 4.2: prcomp(iris[, 1:4])$sdev^2.
    expectClose(ours.values, [4.2282417, 0.2426707, 0.0782095, 0.0238351], { absolute: 5e-8, because: "7 decimals" });
  });
});
