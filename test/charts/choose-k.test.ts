import { chartChooseK } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { chooseK, measureGap } from "clientele/segments";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { crowd } from "../support/crowds.ts";
import { svgTexts, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const point = (k: number, silhouette: number): { k: number; silhouette: number; withinSquares: number } => ({
  k,
  silhouette,
  withinSquares: 100 / k,
});
const report = { k: 3, curve: [point(2, 0.5), point(3, 0.8), point(4, 0.6)], rule: "k = 3 is clearest.", notes: [] };

/** Columns of the table behind the chart. */
const columnsOf = (chart: object): string[] =>
  (chart as { usermeta: { table: { columns: string[] } } }).usermeta.table.columns;

describe("chartChooseK", () => {
  it("draws one curve per measure, one point per k, and marks the choice in each", () => {
    const svg = renderSvg(chartChooseK(report));
    const texts = svgTexts(svg);
    for (const text of [
      "Silhouette",
      "Sum of squares",
      "Chosen: k = 3",
      "Number of clusters (k)",
      "k = 3 is clearest.",
    ])
      expect(texts).toContain(text);
    const points = xmlElements(svg).filter(({ name, attributes }) => name === "path" && attributes["d"]?.includes("A"));
    expect(points).toHaveLength(2 * (3 + 1));
  });

  it("draws all that chooseK measured on request, and the gap of measureGap with its errors", () => {
    const table = crowd("blobs", 80, 2, 3);
    const full = chartChooseK(chooseK(table, { by: "gap", replicates: 2, to: 5, restarts: 2 }));
    expect(
      columnsOf(full)
        .slice(1, -1)
        .map((name) => name.split(" (")[0]),
    ).toEqual(["Mean silhouette", "Gap statistic", "Mean stability", "Within-cluster sum of squares"]);
    const gap = chartChooseK(measureGap(table, { to: 5, draws: 5 }));
    expect(columnsOf(gap)).toEqual(["Clusters (k)", "Gap statistic", "Chosen"]);
    expect(svgTexts(renderSvg(gap))).toContain("Chosen: k = 4");
    for (const chart of [full, gap]) expect(compiled(chart).warnings).toEqual([]);
  });

  it("says below the title that there is no structure where the report says so", () => {
    const chart = chartChooseK(chooseK(crowd("uniform", 60, 2, 1), { to: 4 }));
    expect(headOf(chart)).toMatch(/No structure: \d groups are not clearly more than slices of one crowd/);
    expect(chart["description"]).toMatch(/No structure: /);
    expect(headOf(chartChooseK(report))).not.toMatch(/structure/);
  });

  it("draws a single k, values in the millions, a hundred k, and what was not measured not at all", () => {
    const one = { ...report, curve: [point(3, 0.8)] };
    const large = { ...report, curve: report.curve.map((at) => ({ ...at, withinSquares: at.withinSquares * 1e8 })) };
    const many = { ...report, curve: Array.from({ length: 100 }, (_, i) => point(i + 1, 0.5)) };
    const none = { ...report, curve: report.curve.map(({ k }) => ({ k, silhouette: null })) };
    for (const given of [one, large, many, none]) {
      const chart = chartChooseK(given);
      expect(compiled(chart).warnings).toEqual([]);
      expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    }
    expect(svgTexts(renderSvg(chartChooseK(none)))).toContain("Nothing was measured.");
    expect(chartChooseK(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartChooseK(report));
  });

  it("refuses what is not such a report", () => {
    for (const wrong of [null, {}, { ...report, curve: [] }, { ...report, notes: undefined }]) {
      expectRefusal(() => chartChooseK(wrong as never), "shape-mismatch", "report");
    }
    const withPoint = (at: unknown): unknown => ({ ...report, curve: [at, ...report.curve] });
    expectRefusal(() => chartChooseK(withPoint(null) as never), "shape-mismatch", "report.curve[0]");
    expectRefusal(() => chartChooseK(withPoint({ k: "2" }) as never), "invalid-value", "report.curve[0].k");
    expectRefusal(() => chartChooseK(withPoint({ k: 1, gap: NaN }) as never), "invalid-value", "report.curve[0].gap");
    expectRefusal(() => chartChooseK({ ...report, k: 7 }), "invalid-value", "report.k");
  });
});
