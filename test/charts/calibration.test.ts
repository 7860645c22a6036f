import { chartCalibration } from "clientele/charts";
import { measureCalibration } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const outcome = [0, 0, 0, 1, 0, 1, 1, 1, 0, 1];
const probability = [0.05, 0.12, 0.2, 0.25, 0.4, 0.45, 0.7, 0.75, 0.8, 0.95];
const report = measureCalibration(outcome, probability, { bins: 5 });

describe("chartCalibration", () => {
  it("draws a point and an interval per bin, and the diagonal", () => {
    const chart = chartCalibration(report);
    const elements = xmlElements(renderSvg(chart));
    // A round point is a path with an arc.
    const points = elements.filter(({ name, attributes }) => name === "path" && attributes["d"]?.includes("A"));
    expect(points).toHaveLength(report.bins.length);
    const rules = elements.filter(({ name, attributes }) => name === "line" && attributes["stroke-width"] === "2");
    expect(rules).toHaveLength(report.bins.length);
    expect(elements.filter(({ attributes }) => attributes["stroke-dasharray"] === "5,4")).toHaveLength(1);
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("Dashed line");
  });

  it("says in words and in its table what it shows", () => {
    // By hand: |0.37 − 0| + |0.65 − 1| + |0.45 − 1| + |2.25 − 2| + |0.95 − 1| = 1.57 of 10.
    const chart = chartCalibration(report, { title: "Churn" });
    expect(chart["description"]).toBe(
      "Churn: 10 customers in 5 bins; predictions and rates lie 15.7 % apart on average, the most where 45.0 % were predicted and 100.0 % came.",
    );
    const { table } = chart["usermeta"] as { readonly table: { readonly rows: unknown[][] } };
    expect(table.rows).toHaveLength(report.bins.length);
    expect(table.rows[0].slice(0, 3)).toEqual([3, 12.33, 0]);
  });

  it("looks closely where outcomes are rare: the axes end at the next tenth", () => {
    const rare = measureCalibration(
      Array.from({ length: 4000 }, (_, i) => (i % 50 === 0 ? 1 : 0)),
      Array.from({ length: 4000 }, (_, i) => 0.01 + (i % 3) / 100),
      { binning: "quantile", bins: 3 },
    );
    const svg = renderSvg(chartCalibration(rare));
    expect(svg).toContain(">10%<");
    expect(svg).not.toContain(">20%<");
  });

  it("draws a single bin and none, and takes the report after a trip through JSON", () => {
    expect(renderSvg(chartCalibration(measureCalibration([1, 0], [0, 0])))).not.toMatch(/NaN|Infinity/);
    expect(renderSvg(chartCalibration({ bins: [], calibrationError: 0 }))).toContain("There are no customers");
    expect(chartCalibration(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartCalibration(report));
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartCalibration(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartCalibration({} as never), "shape-mismatch", "report");
    const broken = (part: object): never => ({ ...report, bins: [{ ...report.bins[0], ...part }] }) as never;
    expectRefusal(() => chartCalibration(broken({ n: 0 })), "invalid-value", "report.bins[0].n");
    expectRefusal(() => chartCalibration(broken({ rate: 1.5 })), "invalid-value", "report.bins[0].rate");
    expectRefusal(
      () => chartCalibration(broken({ interval: [NaN, 1] })),
      "invalid-value",
      "report.bins[0].interval[0]",
    );
    expectRefusal(
      () => chartCalibration({ ...report, calibrationError: NaN }),
      "invalid-value",
      "report.calibrationError",
    );
  });
});
