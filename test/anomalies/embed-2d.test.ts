import { embed2d, type UmapConstructor } from "clientele/anomalies";
import { fitPca, transformPca } from "clientele/features";
import { column, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import { UMAP } from "../oracles/umap-js.ts";

describe("embed2d by pca", () => {
  it.each([false, true])("gives the first two components of fitPca, with scale = %s", (scale) => {
    const table = fromMatrix(cloud(300, 5, { groups: 3 }), { columns: 5 });
    const plane = embed2d(table, { method: "pca", scale });
    expect(plane.names).toEqual(["x", "y"]);
    expect(plane.ids).toEqual(table.ids);
    // fitPca is held to scikit-learn by its own oracle.
    const scores = transformPca(fitPca(table, { components: 2, scale }), table);
    expectClose(plane.values, scores.values, { absolute: 1e-11, because: "rounding" });
  });

  it("agrees with scikit-learn", () => {
    // PCA(2).fit_transform of these rows, signs so that the largest loading is positive.
    const rows = [[1, 2, 0], [3, 1, 1], [4, 5, 2], [8, 6, 9], [2, 9, 4]]; // prettier-ignore
    const expected = [-4.84393608, -0.08107599, -3.66089357, -2.17925829, -0.50009576, 0.34918422, 7.01289543, -2.390664, 1.99202999, 4.30181406]; // prettier-ignore
    expectClose(embed2d(fromMatrix(rows), { method: "pca" }).values, expected, { absolute: 1e-7, because: "digits" });
  });

  it("puts equal customers and a single one at 0, and one feature on a line", () => {
    expect([...embed2d(fromMatrix([[3, 4]]), { method: "pca" }).values]).toEqual([0, 0]);
    expect([...embed2d(fromMatrix([[3, 4], [3, 4], [3, 4]]), { method: "pca", scale: true }).values]).toEqual([0, 0, 0, 0, 0, 0]); // prettier-ignore
    expect([...embed2d(fromMatrix([[1], [3]]), { method: "pca" }).values]).toEqual([-1, 0, 1, 0]);
    expect([...embed2d(fromMatrix([], { names: ["a", "b"] }), { method: "pca" }).values]).toEqual([]);
    const twice = embed2d(fromMatrix([[1, 2], [2, 4], [7, 14]]), { method: "pca" }); // prettier-ignore
    expect([...column(twice, "y")]).toEqual([0, 0, 0]);
  });

  it("does not depend on the order of the rows", () => {
    const table = fromMatrix(cloud(200, 4), { columns: 4 });
    const order = shuffled(200, 3);
    const plane = embed2d(table, { method: "pca" });
    expect(embed2d(reordered(table, order), { method: "pca" })).toEqual(reordered(plane, order));
  });

  it("refuses missing cells, numbers whose squares overflow and tables without a feature", () => {
    expectRefusal(() => embed2d(fromMatrix([[1], [NaN]]), { method: "pca" }), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => embed2d(fromMatrix([[1e200], [-1e200]]), { method: "pca" }), "too-large", "table.values");
    expectRefusal(
      () => embed2d({ ids: [], names: [], values: new Float64Array() }, { method: "pca" }),
      "shape-mismatch",
    );
  });
});

describe("embed2d by umap-js", () => {
  const values = cloud(90, 3, { groups: 3, seed: 4 });
  const table = fromMatrix(values, { columns: 3 });
  const options = { method: "umap", umap: UMAP, seed: 5 } as const;

  it("gives the same picture for the same seed, another for another, in any order of the rows", () => {
    const plane = embed2d(table, options);
    expect(plane.names).toEqual(["x", "y"]);
    expect(embed2d(table, options)).toEqual(plane);
    expect(embed2d(table, { ...options, seed: 6 }).values).not.toEqual(plane.values);
    const order = shuffled(90, 8);
    expect(embed2d(reordered(table, order), options)).toEqual(reordered(plane, order));
  });

  it("keeps neighbors together: groups that are far apart stay groups", () => {
    const far = fromMatrix(Array.from({ length: 60 }, (_, i) => [(i % 2) * 50 + (i % 7) / 7, (i % 5) / 5]));
    const plane = embed2d(far, { ...options, neighbors: 8 });
    const nearest = far.ids.map((_, i) => {
      let best = -1;
      for (let j = 0; j < 60; j++) if (j !== i && (best < 0 || gap(plane.values, i, j) < gap(plane.values, i, best))) best = j; // prettier-ignore
      return best % 2 === i % 2;
    });
    expect(nearest.filter(Boolean).length).toBeGreaterThan(56);
  });

  it("does not care for units when told to scale", () => {
    const stretched = fromMatrix(values.map((x, cell) => (cell % 3 === 1 ? 1024 * x : x)), { columns: 3 }); // prettier-ignore
    expect(embed2d(stretched, { ...options, scale: true })).toEqual(embed2d(table, { ...options, scale: true }));
  });

  it("places few and equal rows", () => {
    for (const rows of [fromMatrix([[1], [2], [3], [9]]), fromMatrix(Array.from({ length: 20 }, () => [1, 2]))]) {
      expect(embed2d(rows, options).values.every(Number.isFinite)).toBe(true);
    }
  });

  it("needs the class, and refuses too few and too many rows, and an embedder that returns no numbers", () => {
    expectRefusal(() => embed2d(table, { method: "umap" }), "invalid-option", "options.umap");
    expectRefusal(() => embed2d(fromMatrix([[1], [2], [3]]), options), "too-few-rows", "table");
    const many = fromMatrix(new Float64Array(5001), { columns: 1 });
    expectRefusal(() => embed2d(many, options), "too-large", "table");
    const broken: UmapConstructor = class {
      readonly fit = (rows: number[][]): number[][] => rows.map(() => [NaN]);
    };
    expectRefusal(() => embed2d(table, { ...options, umap: broken }), "degenerate-data", "table");
  });
});

function gap(values: Float64Array, i: number, j: number): number {
  const [dx, dy] = [values[2 * i] - values[2 * j], values[2 * i + 1] - values[2 * j + 1]];
  return dx * dx + dy * dy;
}
