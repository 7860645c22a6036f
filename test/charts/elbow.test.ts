import { chartElbow } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { measureElbow } from "clientele/segments";
import { describe, expect, it } from "vitest";
import { svgTexts, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";
import { shopTable } from "../support/charts.ts";

describe("chartElbow", () => {
  it("draws one point per k and marks the knee", () => {
    const svg = renderSvg(chartElbow({ k: [2, 3, 4, 5, 6], withinSquares: [90, 40, 12, 11, 10], knee: 4 }));
    const texts = svgTexts(svg);
    for (const label of ["2", "3", "4", "5", "6", "Knee: k = 4", "The knee is at k = 4"])
      expect(texts).toContain(label);
    expect(texts).toContain("Within-cluster sum of squares");
    expect(texts).toContain("Number of clusters (k)");
    // A round point is a path with an arc: five of the curve, one larger at the knee.
    const points = xmlElements(svg).filter(({ name, attributes }) => name === "path" && attributes["d"]?.includes("A"));
    expect(points).toHaveLength(6);
  });

  it("says that there is no knee, and draws no mark for it", () => {
    const chart = chartElbow({ k: [1, 2, 3], withinSquares: [9, 6, 3], knee: null });
    expect(chart["description"]).toBe("Choosing the number of clusters: k = 1 to 3 were tried; no knee stands out.");
    const texts = svgTexts(renderSvg(chart));
    expect(texts.filter((text) => text.startsWith("Knee"))).toEqual([]);
    expect(texts).toContain("No knee stands out");
  });

  it("draws a single k, equal sums, sums of zero and sums in the millions", () => {
    for (const withinSquares of [[5], [0], [3e9]]) {
      const chart = chartElbow({ k: [1], withinSquares, knee: null });
      expect(compiled(chart).warnings).toEqual([]);
      expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    }
    expect(svgTexts(renderSvg(chartElbow({ k: [1, 2], withinSquares: [3e9, 1e9], knee: null })))).toContain("3G");
    expect(renderSvg(chartElbow({ k: [1, 2, 3], withinSquares: [4, 4, 4], knee: null }))).not.toMatch(/NaN/);
  });

  it("says that there is nothing when nothing was tried", () => {
    const texts = svgTexts(renderSvg(chartElbow({ k: [], withinSquares: [], knee: null })));
    expect(texts).toContain("No number of clusters was tried.");
  });

  it("takes the report of measureElbow, also after a round trip through JSON", () => {
    const report = measureElbow(shopTable, { to: 4 });
    expect(chartElbow(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartElbow(report));
  });

  it("labels the axis sparsely for a hundred k, and draws all of them", () => {
    const k = Array.from({ length: 100 }, (_, i) => i + 1);
    const svg = renderSvg(chartElbow({ k, withinSquares: k.map((one) => 1000 / one), knee: 10 }));
    expect(svgTexts(svg).length).toBeLessThan(40);
    expect(svg.match(/A/g)?.length).toBeGreaterThan(100);
  });

  it("refuses what is not such a report", () => {
    const whole = { k: [1, 2], withinSquares: [2, 1], knee: null };
    expectRefusal(() => chartElbow(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartElbow({} as never), "shape-mismatch", "report");
    expectRefusal(() => chartElbow({ ...whole, withinSquares: [1] }), "shape-mismatch", "report.withinSquares");
    expectRefusal(() => chartElbow({ ...whole, withinSquares: [1, NaN] }), "invalid-value", "report.withinSquares[1]");
    expectRefusal(() => chartElbow({ ...whole, k: [1, "2" as never] }), "invalid-value", "report.k[1]");
    expectRefusal(() => chartElbow({ ...whole, knee: 7 }), "invalid-value", "report.knee");
  });
});
