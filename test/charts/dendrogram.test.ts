import { type Chart, chartDendrogram } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { fitHierarchical, type HierarchicalModel } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { cloud } from "../support/clouds.ts";
import { svgTexts } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const small = fitHierarchical(fromMatrix([[0], [1], [5], [7], [30]]), { linkage: "single" });
const large = fitHierarchical(fromMatrix(cloud(600, 3), { columns: 3 }));

const textsOf = (chart: Chart): string[] => svgTexts(renderSvg(chart));

interface Layer {
  readonly data: { readonly values: readonly Readonly<Record<string, unknown>>[] };
  readonly mark: Readonly<Record<string, unknown>>;
}
const layersOf = (chart: Chart): readonly Layer[] => chart["layer"] as unknown as readonly Layer[];

const tableOf = (chart: Chart): unknown[][] =>
  (chart["usermeta"] as unknown as { table: { rows: unknown[][] } }).table.rows;

describe("chartDendrogram", () => {
  it("draws a line per part and a bar per merge, at its height", () => {
    const lines = layersOf(chartDendrogram(small))[0].data.values;
    expect(lines).toHaveLength(3 * 4);
    const bars = lines.filter(({ x, x2 }) => x === x2).map(({ x, y, y2 }) => [x, y, y2]);
    expect(bars).toEqual([
      [1, 0.5, 1.5],
      [2, 2.5, 3.5],
      [4, 1, 3],
      [23, 2, 4.5],
    ]);
  });

  it("names every customer of a small tree, by row or by id", () => {
    expect(textsOf(chartDendrogram(small))).toEqual(expect.arrayContaining(["row 0", "row 1", "row 2", "row 3", "row 4"])); // prettier-ignore
    const ids = ["ann", "bob", "</text><script>", "constructor", "gus"];
    expect(textsOf(chartDendrogram(small, { ids }))).toEqual(expect.arrayContaining(ids));
    expect(headOf(chartDendrogram(small))).toBe("Tree of customers Single linkage; all 5 customers");
  });

  it("draws the last merges of a large tree, and says how many customers each branch stands for", () => {
    const chart = chartDendrogram(large);
    expect(headOf(chart)).toBe("Tree of customers Ward linkage; the last 23 of 599 merges");
    const counts = textsOf(chart).flatMap((text) => /^(\d+) customers$/.exec(text)?.[1] ?? []);
    const lone = textsOf(chart).filter((text) => text.startsWith("row ")).length;
    expect(counts.length + lone).toBe(24);
    expect(counts.reduce((sum, count) => sum + Number(count), lone)).toBe(600);
    expect(JSON.stringify(chart).length).toBeLessThan(20_000);
    expect(tableOf(chart)).toHaveLength(23);
    expect(tableOf(chart)[0]).toEqual([2, ...large.merges[598].slice(2, 3), expect.any(Number), expect.any(Number)]);
  });

  it("colors the segments of a cut, names them, and marks the cut between the merges that are kept and undone", () => {
    const chart = chartDendrogram(small, { k: 3, names: ["Low", "Middle", "High"], colors: ["red", "navy"] });
    expect(textsOf(chart)).toEqual(expect.arrayContaining(["Low", "Middle", "High"]));
    // Merges at 1, 2, 4 and 23: three groups between 2 and 4.
    const cut = layersOf(chart).find(({ mark }) => mark["strokeDash"] !== undefined);
    expect(cut?.data.values).toEqual([{ x: 3 }]);
    const svg = renderSvg(chart);
    expect(svg).toContain("#ff0000");
    expect(svg).toContain("#000080");
    expect(chart["description"]).toContain("cut into 3 segments of 2, 2 and 1.");
  });

  it("marks no cut where no height gives so many groups", () => {
    const tied = fitHierarchical(fromMatrix([[0], [1], [2], [3]]), { linkage: "single" });
    const chart = chartDendrogram(tied, { k: 3 });
    expect(layersOf(chart).filter(({ mark }) => mark["strokeDash"] !== undefined)).toEqual([]);
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("draws as many branches as there are segments at least", () => {
    const chart = chartDendrogram(large, { leaves: 2, k: 9 });
    expect(textsOf(chart)).toEqual(expect.arrayContaining(["Segment 1", "Segment 9"]));
    expect(tableOf(chart)).toHaveLength(8);
  });

  it("draws two customers, equal customers and heights from tiny to huge", () => {
    for (const scale of [0, 1e-140, 1, 1e9, 1e140]) {
      for (const rows of [
        [[0], [1]],
        [[0], [1], [1], [3]],
      ]) {
        const model = fitHierarchical(fromMatrix(rows.map(([x]) => [scale * x])));
        for (const options of [{}, { k: 2 }]) {
          const chart = chartDendrogram(model, options);
          expect(compiled(chart).warnings).toEqual([]);
          expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
        }
      }
    }
  });

  it("says that one customer makes no tree", () => {
    expect(textsOf(chartDendrogram(fitHierarchical(fromMatrix([[3]]))))).toContain("One customer makes no tree.");
  });

  it("takes a chain as long as the table is", () => {
    const chain = fitHierarchical(fromMatrix(Array.from({ length: 3000 }, (_, i) => [i * i])), { linkage: "single" });
    expect(tableOf(chartDendrogram(chain, { k: 4 }))).toHaveLength(23);
  });

  it("takes a model after a round trip through JSON", () => {
    expect(chartDendrogram(JSON.parse(JSON.stringify(large)) as HierarchicalModel)).toEqual(chartDendrogram(large));
  });

  it("refuses what is not an intact tree, and options that do not fit it", () => {
    expectRefusal(() => chartDendrogram(null as never), "incompatible-model");
    expectRefusal(() => chartDendrogram({ ...small, merges: [] }), "incompatible-model");
    expectRefusal(() => chartDendrogram({ ...small, linkage: "median" as never }), "incompatible-model");
    expectRefusal(() => chartDendrogram(small, { k: 6 }), "invalid-option", "options.k");
    expectRefusal(() => chartDendrogram(small, { leaves: 61 }), "invalid-option", "options.leaves");
    expectRefusal(() => chartDendrogram(small, { names: ["a"] }), "shape-mismatch", "options.names");
    expectRefusal(() => chartDendrogram(small, { k: 2, names: ["a"] }), "shape-mismatch", "options.names");
    expectRefusal(() => chartDendrogram(small, { ids: ["a"] }), "shape-mismatch", "options.ids");
  });
});
