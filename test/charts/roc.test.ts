import { chartRoc } from "clientele/charts";
import { evaluateClassifier } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const report = evaluateClassifier([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.3, 0.1]);

describe("chartRoc", () => {
  it("draws the curve from corner to corner through every threshold, and the diagonal", () => {
    const chart = chartRoc(report, { width: 300, height: 300 });
    const paths = xmlElements(renderSvg(chart)).filter(({ attributes }) => attributes["stroke-width"] === "2.5");
    expect(paths).toHaveLength(1);
    // Thresholds .9 .8 (two found), .6 (one taken), .4 (the third found), .3 .1 (the others taken).
    expect(paths[0].attributes["d"]).toBe("M0,300L0,200L0,100L100,100L100,0L200,0L300,0");
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("The area under the ROC curve is 0.889");
  });

  it("says that there is nothing to tell apart when only one class occurs", () => {
    expect(renderSvg(chartRoc(evaluateClassifier([1, 1], [0.2, 0.4])))).toContain("Only one class occurs");
  });

  it("takes the report after a trip through JSON, and stays small", () => {
    expect(chartRoc(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartRoc(report));
    const probability = Array.from({ length: 5000 }, (_, i) => i / 5000);
    const large = chartRoc(evaluateClassifier(probability.map((p, i) => (p * ((i * 7) % 11) > 3 ? 1 : 0)), probability)); // prettier-ignore
    expect(JSON.stringify(large).length).toBeLessThan(50_000);
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartRoc(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartRoc({ auc: 0.5 } as never), "shape-mismatch", "report");
    expectRefusal(() => chartRoc({ ...report, auc: 2 }), "invalid-value", "report.auc");
    const curve = [{ ...report.curve[1], recall: null }];
    expectRefusal(() => chartRoc({ ...report, curve }), "invalid-value", "report.curve[0].recall");
  });
});
