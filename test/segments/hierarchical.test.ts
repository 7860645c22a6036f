import { cutHierarchy, fitHierarchical, type HierarchicalModel, measureAdjustedRand } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { fitHierarchicalOptions } from "../../src/segments/hierarchical.ts";
import { labelLaws } from "../laws/label-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import golden from "../oracles/hierarchical.golden.json" with { type: "json" };

const linkages = ["ward", "complete", "average", "single"] as const;
type Linkage = (typeof linkages)[number];

afterEach(() => forceTwin(false));

const heightsOf = ({ merges }: HierarchicalModel): number[] => merges.map((merge) => merge[2]);
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);
const tableOf = (rows: number, columns: number, options?: Parameters<typeof cloud>[2]): FeatureTable =>
  fromMatrix(cloud(rows, columns, options), { columns });

/** Always the closest pair, distances of groups by their definition, ties by the lowest numbers: O(n³), for small tables. */
function heightsByDefinition(table: FeatureTable, linkage: Linkage): number[] {
  const width = table.names.length;
  const row = (i: number): number[] => [...table.values.subarray(i * width, (i + 1) * width)];
  const apart = (x: number[], y: number[]): number => Math.sqrt(sumOf(x.map((cell, j) => (cell - y[j]) ** 2)));
  const mean = (group: number[]): number[] => row(0).map((_, j) => sumOf(group.map((i) => row(i)[j])) / group.length);
  const distance = (a: number[], b: number[]): number => {
    if (linkage === "ward") {
      return Math.sqrt((2 * a.length * b.length) / (a.length + b.length)) * apart(mean(a), mean(b));
    }
    const all = a.flatMap((i) => b.map((k) => apart(row(i), row(k))));
    if (linkage === "average") return sumOf(all) / all.length;
    return linkage === "complete" ? Math.max(...all) : Math.min(...all);
  };
  let groups = table.ids.map((_, i) => [i]);
  const heights: number[] = [];
  while (groups.length > 1) {
    const pairs = groups.flatMap((a, i) => groups.slice(i + 1).map((b) => ({ a, b, height: distance(a, b) })));
    const { a, b, height } = pairs.reduce((best, pair) => (pair.height < best.height ? pair : best));
    heights.push(height);
    groups = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]];
  }
  return heights;
}

describe("fitHierarchical", () => {
  it("agrees with a derivation by hand", () => {
    // Rows 0, 1, 5, 7. Average: {0,1} at 1, {5,7} at 2, all at (5 + 7 + 4 + 6) / 4.
    const table = fromMatrix([[0], [1], [5], [7]]);
    const tree = (linkage: Linkage): number[] => heightsOf(fitHierarchical(table, { linkage }));
    expect(tree("average")).toEqual([1, 2, 5.5]);
    expect(tree("single")).toEqual([1, 2, 4]);
    expect(tree("complete")).toEqual([1, 2, 7]);
    // √(2·2·2 / 4) · (6 − 0.5)
    expectClose(tree("ward"), [1, 2, Math.sqrt(2) * 5.5], { relative: 1e-15, because: "two roundings" });
    expect(fitHierarchical(table)).toMatchObject({
      kind: "hierarchical",
      version: 1,
      features: ["x0"],
      linkage: "ward",
      rows: 4,
      notes: [],
      ranks: [0, 2, 4, 6, 1, 5, 3],
    });
  });

  it.each(golden.cases.map((item) => [`${item.data}, ${item.linkage}`, item] as const))(
    "gives SciPy's linkage matrix, ties decided alike, and its cophenetic correlation: %s",
    (_, { data, linkage, merges, cophenetic, height, labels }) => {
      const rows = (golden.data as Readonly<Record<string, number[][]>>)[data];
      const model = fitHierarchical(fromMatrix(rows), { linkage: linkage as Linkage });
      expect(model.merges.map(([a, b, , size]) => [a, b, size])).toEqual(merges.map(([a, b, , size]) => [a, b, size]));
      const because = "the same formulas";
      expectClose(heightsOf(model), merges.map((merge) => merge[2]), { relative: 1e-14, absolute: 1e-14, because }); // prettier-ignore
      if (cophenetic === null) expect(model.cophenetic).toBeNull();
      else expectClose(model.cophenetic!, cophenetic, { relative: 1e-12, because: "sums over all pairs" });
      const ours = cutHierarchy(model, { height });
      expect(measureAdjustedRand(ours, labelsOf(labels)).value).toBe(1);
    },
  );

  it.each(linkages)("has the heights of the definition: %s", (linkage) => {
    for (const seed of [1, 2, 3]) {
      const table = tableOf(24, 3, { seed });
      const expected = heightsByDefinition(table, linkage);
      const because = "distances of unions follow from those of their parts";
      expectClose(heightsOf(fitHierarchical(table, { linkage })), expected, { relative: 1e-12, because });
    }
  });

  it.each(linkages)("gives a whole tree whose heights never fall, for any data: %s", (linkage) => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, fc.constantFrom("row-order" as const, "content" as const), (points, ties) => {
        const model = fitHierarchical(fromMatrix(points), { linkage, ties });
        const n = points.length;
        const heights = heightsOf(model);
        expect(heights).toEqual(heights.toSorted((a, b) => a - b));
        const parts = model.merges.flatMap(([a, b]) => [a, b]).sort((a, b) => a - b);
        expect(parts).toEqual(Array.from({ length: 2 * n - 2 }, (_, i) => i));
        for (const [a, b] of model.merges) expect(a).toBeLessThan(b);
        const sizeOf = (cluster: number): number => (cluster < n ? 1 : model.merges[cluster - n][3]);
        for (const [a, b, , size] of model.merges) expect(size).toBe(sizeOf(a) + sizeOf(b));
        expect([...model.ranks].sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * n - 1 }, (_, i) => i));
      }),
    );
  });

  it.each(linkages)("gives the same tree in whatever order the rows come, where nothing ties: %s", (linkage) => {
    const table = tableOf(90, 3);
    const model = fitHierarchical(table, { linkage });
    for (const salt of [1, 2, 3]) {
      const order = shuffled(90, salt);
      const other = fitHierarchical(reordered(table, order), { linkage });
      expectClose(heightsOf(other), heightsOf(model), { relative: 1e-13, because: "sums in another order" });
      for (const k of [2, 5, 20]) {
        const labels = cutHierarchy(model, { k });
        expect([...cutHierarchy(other, { k })]).toEqual(order.map((row) => labels[row]));
      }
    }
  });

  it.each(linkages)("decides ties by the rows' content when asked: no order of rows matters then: %s", (linkage) => {
    const grid = fromMatrix(golden.data.grid);
    const options = { linkage, ties: "content" } as const;
    const model = fitHierarchical(grid, options);
    let moved = 0;
    for (const salt of [1, 2, 3, 4]) {
      const order = shuffled(grid.ids.length, salt);
      const other = fitHierarchical(reordered(grid, order), options);
      expect(heightsOf(other)).toEqual(heightsOf(model));
      // Equal rows stay together down to height 0, so the groups above are the same.
      const labels = cutHierarchy(model, { height: 1 });
      expect([...cutHierarchy(other, { height: 1 })]).toEqual(order.map((row) => labels[row]));
      const byRow = heightsOf(fitHierarchical(reordered(grid, order), { linkage }));
      if (byRow.some((height, i) => Math.abs(height - heightsOf(model)[i]) > 1e-9)) moved++;
    }
    // Single linkage has the same heights whatever is joined first.
    expect(moved > 0).toBe(linkage !== "single");
  });

  it.each(linkages)("takes one row, two rows, rows that are all equal, and a constant column: %s", (linkage) => {
    expect(fitHierarchical(fromMatrix([[3]]), { linkage })).toMatchObject({ merges: [], ranks: [0], cophenetic: null });
    expect(fitHierarchical(fromMatrix([[1], [4]]), { linkage })).toMatchObject({ merges: [[0, 1, 3, 2]] });
    const same = fitHierarchical(fromMatrix(Array.from({ length: 30 }, () => [2, 7])), { linkage });
    expect(heightsOf(same)).toEqual(Array.from({ length: 29 }, () => 0));
    expect(same.cophenetic).toBeNull();
    const table = tableOf(40, 2);
    const wider = fromMatrix(Array.from({ length: 40 }, (_, i) => [9, ...table.values.subarray(2 * i, 2 * i + 2)]));
    expect(heightsOf(fitHierarchical(wider, { linkage }))).toEqual(heightsOf(fitHierarchical(table, { linkage })));
  });

  it.each(linkages)("takes data of any size and place: %s", (linkage) => {
    const heights = heightsOf(fitHierarchical(tableOf(60, 2), { linkage }));
    for (const scale of [1e-100, 1e100, 2 ** 40]) {
      const scaled = heightsOf(fitHierarchical(tableOf(60, 2, { scale }), { linkage }));
      expectClose(scaled.map((height) => height / scale), heights, { relative: 1e-12, because: "other roundings" }); // prettier-ignore
    }
    const moved = heightsOf(fitHierarchical(tableOf(60, 2, { offset: 1e6 }), { linkage }));
    expectClose(moved, heights, { absolute: 1e-7, because: "1e6 leaves ten digits" });
  });

  it("has no cophenetic correlation where all distances are equal", () => {
    const simplex = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (__, j) => (i === j ? 0.3 : 0)));
    for (const linkage of linkages) {
      expect(fitHierarchical(fromMatrix(simplex), { linkage }).cophenetic).toBeNull();
    }
  });

  it("computes the cophenetic correlation up to 4,000 rows, above on demand, and says where it did not", () => {
    const table = tableOf(4001, 1);
    const usual = fitHierarchical(table, { linkage: "single" });
    expect(usual.cophenetic).toBeNull();
    expect(usual.notes).toEqual([expect.objectContaining({ code: "cophenetic-skipped" })]);
    const asked = fitHierarchical(table, { linkage: "single", cophenetic: true });
    expect(asked.cophenetic).toBeGreaterThan(0);
    expect(asked.notes).toEqual([]);
    const declined = fitHierarchical(tableOf(9, 1), { cophenetic: false });
    expect(declined).toMatchObject({ cophenetic: null, notes: [{ code: "cophenetic-skipped" }] });
  });

  it("refuses more rows than its limit, at once and before it takes memory", () => {
    const large = { ids: Array.from({ length: 20_001 }, String), names: ["x"], values: new Float64Array(20_001) };
    for (const linkage of ["complete", "average"] as const) {
      const error = refusalOf(() => fitHierarchical(large, { linkage }));
      expect(error).toMatchObject({ code: "too-large", path: "table", received: "20001" });
      expect(error.expected).toBe("at most 20000 rows (options.maxRows)");
    }
    const larger = {
      ids: Array.from({ length: 1_000_000 }, String),
      names: ["x"],
      values: new Float64Array(1_000_000),
    };
    for (const linkage of linkages) expectRefusal(() => fitHierarchical(larger, { linkage }), "too-large", "table");
    // A matrix of so many rows has no addresses, whatever is allowed.
    const allowed = { linkage: "average", maxRows: 1_000_000 } as const;
    expectRefusal(() => fitHierarchical(larger, allowed), "too-large", "table");
    expectRefusal(() => fitHierarchical(tableOf(9, 1), { maxRows: 8 }), "too-large", "table");
    expect(fitHierarchical(tableOf(9, 1), { maxRows: 9 }).rows).toBe(9);
  });

  it("refuses tables it cannot measure in, and says where", () => {
    expectRefusal(() => fitHierarchical(fromMatrix([], { names: ["a"] })), "too-few-rows", "table");
    expectRefusal(() => fitHierarchical(fromMatrix([[1], [NaN]])), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => fitHierarchical(fromMatrix([[1], [1e200]])), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => fitHierarchical(undefined as never), "shape-mismatch");
  });

  it("holds no id, and survives JSON", () => {
    const table = { ...tableOf(30, 2), ids: Array.from({ length: 30 }, (_, i) => `secret-${i}`) };
    const model = fitHierarchical(table);
    const text = JSON.stringify(model);
    expect(text).not.toContain("secret");
    const read = JSON.parse(text) as HierarchicalModel;
    expect(read).toEqual(model);
    expect(cutHierarchy(read, { k: 4 })).toEqual(cutHierarchy(model, { k: 4 }));
    const { ids: _, ...rest } = table;
    expect(fitHierarchical({ ...rest, ids: table.ids.toReversed() })).toEqual(model);
  });

  it("treats options that are undefined as absent", () => {
    const absent = Object.fromEntries(Object.keys(fitHierarchicalOptions).map((key) => [key, undefined]));
    expect(fitHierarchical(tableOf(20, 2), absent)).toEqual(fitHierarchical(tableOf(20, 2)));
  });
});

for (const linkage of linkages) {
  labelLaws(`fitHierarchical with ${linkage} linkage, cut in three,`, {
    label: (table) => cutHierarchy(fitHierarchical(table, { linkage }), { k: Math.min(3, table.ids.length) }),
    // Without ties: those are about the order of the rows.
    tables: fc
      .record({ rows: fc.integer({ min: 4, max: 40 }), columns: fc.integer({ min: 1, max: 3 }), seed: fc.nat(1e6) })
      .map(({ rows, columns, seed }) => tableOf(rows, columns, { seed })),
    noise: "never",
  });
}
