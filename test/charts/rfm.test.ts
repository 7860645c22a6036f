import { chartRfm, type RfmGrid } from "clientele/charts";
import { scoreRfm } from "clientele/features";
import { renderSvg } from "clientele/report";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { svgTexts } from "../support/markup.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const names = ["recency", "frequency", "monetary"];
const thresholds = { recency: [10, 30], frequency: [2, 5], monetary: [50, 200] };
const gridOf = (scores: readonly (readonly number[])[]): RfmGrid => ({
  scores: fromMatrix(scores, { names }),
  thresholds,
});
const rowsOf = (grid: RfmGrid): unknown[][] =>
  (chartRfm(grid) as unknown as { usermeta: { table: { rows: unknown[][] } } }).usermeta.table.rows;
describe("chartRfm", () => {
  it("counts customers per pair of scores and averages their monetary scores", () => {
    const grid = gridOf([[3, 2, 1], [3, 2, 3], [1, 1, 1], [3, 3, 3]]); // prettier-ignore
    expect(rowsOf(grid)).toEqual([
      [3, "up to 10", 3, "from 5", 1, 25, 3],
      [3, "up to 10", 2, "2 to 5", 2, 50, 2],
      [1, "from 30", 1, "up to 2", 1, 25, 1],
    ]);
    const texts = svgTexts(renderSvg(chartRfm(grid)));
    expect(texts.filter((text) => text === "25.0 %")).toHaveLength(2);
    for (const label of [
      "50.0 %",
      "Recency score (3 = bought most recently)",
      "Frequency score (3 = bought most often)",
    ]) {
      expect(texts).toContain(label);
    }
  });

  it("accounts for every customer: those in cells and those without a score", () => {
    const chart = chartRfm(gridOf([[3, 2, 1], [NaN, 2, 3], [1, NaN, 1], [3, 3, NaN]])); // prettier-ignore
    expect(headOf(chart)).toContain("1 in all; without a score and left out: 3");
    expect(rowsOf(gridOf([[NaN, NaN, NaN]]))).toEqual([]);
    expect(renderSvg(chartRfm(gridOf([[NaN, NaN, NaN]])))).toContain("No customer has scores.");
    expect(renderSvg(chartRfm(gridOf([])))).toContain("No customer has scores.");
  });

  it("shows the scores that nobody has as empty rows and columns", () => {
    const texts = svgTexts(renderSvg(chartRfm(gridOf([[2, 2, 2]]))));
    for (const score of ["1", "2", "3"])
      expect(texts.filter((text) => text === score).length).toBeGreaterThanOrEqual(2);
  });

  it("is as small for a hundred thousand customers as for the nine pairs of scores that they have", () => {
    const grid = gridOf(
      Array.from({ length: 100_000 }, (_, i) => [1 + (i % 3), 1 + ((i >> 2) % 3), 1 + ((i >> 4) % 3)]),
    );
    expect(JSON.stringify(chartRfm(grid)).length).toBeLessThan(5000);
    expect(rowsOf(grid)).toHaveLength(9);
  });

  it("draws one bin, unequal numbers of bins, and 99 bins without text", () => {
    const one = {
      scores: fromMatrix([[1, 1, 1]], { names }),
      thresholds: { recency: [], frequency: [], monetary: [] },
    };
    expect(renderSvg(chartRfm(one))).not.toMatch(/NaN|Infinity/);
    const uneven = scoreRfm(
      fromMatrix([[1, 1, 5], [9, 4, 2], [40, 2, 8]], { names: ["daysSinceLastPurchase", "orderCount", "revenue"] }), // prettier-ignore
      { bins: 3, cuts: { recency: [10], frequency: [1, 2, 3] } },
    );
    const chart = chartRfm(uneven);
    expect(compiled(chart).warnings).toEqual([]);
    expect(svgTexts(renderSvg(chart))).toContain("Frequency score (4 = bought most often)");
    const many = Array.from({ length: 98 }, (_, i) => i);
    const fine = {
      scores: fromMatrix([[99, 1, 50]], { names }),
      thresholds: { recency: many, frequency: many, monetary: many },
    };
    expect(svgTexts(renderSvg(chartRfm(fine)))).not.toContain("100.0 %");
  });

  it("refuses what is not such a result", () => {
    expectRefusal(() => chartRfm(null as never), "shape-mismatch", "result");
    expectRefusal(() => chartRfm({ scores: fromMatrix([[1]]) } as never), "shape-mismatch", "result");
    expectRefusal(() => chartRfm({ thresholds } as never), "shape-mismatch", "result.scores");
    expectRefusal(() => chartRfm({ scores: fromMatrix([[1]]), thresholds }), "invalid-option", "result.scores.names");
    expectRefusal(() => chartRfm(gridOf([[1, 1, 1], [1, 4, 1]])), "invalid-value", "result.scores.values[1, 1]"); // prettier-ignore
    expectRefusal(() => chartRfm(gridOf([[0, 1, 1]])), "invalid-value", "result.scores.values[0, 0]");
    expectRefusal(() => chartRfm(gridOf([[1, 1, 1.5]])), "invalid-value", "result.scores.values[0, 2]");
    expect(refusalOf(() => chartRfm(gridOf([[1, 1, 8765.25]]))).message).not.toContain("8765");
  });
});
