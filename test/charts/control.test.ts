import { chartControl } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { controlChart } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const orders = [52, 47, 53, 49, 50, 51, 48, 50, 71, 49, 30];
const report = controlChart(orders, { kind: "individuals", baseline: { from: 0, to: 8 } });

describe("chartControl", () => {
  it("draws points, center, both limits and a diamond per signal", () => {
    const chart = chartControl(report);
    expect(compiled(chart).warnings).toEqual([]);
    const elements = xmlElements(renderSvg(chart));
    expect(elements.filter(({ attributes }) => attributes["stroke-dasharray"] === "6,4")).toHaveLength(2);
    const { data } = chart as unknown as { data: { values: { rules: string | null; upper: number }[] } };
    expect(data.values.filter(({ rules }) => rules !== null)).toHaveLength(2);
    expect(chart["description"]).toBe("Control chart of single values: 2 of 11 points are signals: point 9 (limits), point 11 (limits)."); // prettier-ignore
    const { table } = chart["usermeta"] as { readonly table: { readonly rows: unknown[][] } };
    expect(table.rows.map(([point, value, , , rules]) => [point, value, rules])).toEqual([[9, 71, "limits"], [11, 30, "limits"]]); // prettier-ignore
  });

  it("draws steps where limits differ, sums around 0, and breaks at gaps", () => {
    const shares = chartControl(controlChart([20, NaN, 40], { kind: "p", sizes: [100, 50, 80] }));
    const { data } = shares as unknown as { data: { values: { value: number | null; upper: number | null }[] } };
    expect(data.values.map(({ value }) => value)).toEqual([0.2, null, 0.5]);
    expect(data.values[0].upper).not.toBe(data.values[2].upper);
    const sums = chartControl(controlChart(orders, { kind: "cusum", baseline: { center: 50, sigma: 2 } }));
    expect(JSON.stringify(sums)).toContain('"middle":0');
    for (const chart of [shares, sums]) expect(renderSvg(chart)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("stays small, and says which points are left out", () => {
    const many = Array.from({ length: 50_000 }, (_, i) => (i % 50 === 0 ? 9 : (i * 7) % 5));
    const chart = chartControl(controlChart(many, { kind: "individuals", baseline: { center: 2, sigma: 2 } }));
    expect(JSON.stringify(chart).length).toBeLessThan(500_000);
    expect(headOf(chart)).toContain("the last 2,000 of 50,000 points");
    expect(chart["description"]).toContain("and 997 more");
  });

  it("draws nothing of nothing, and one point", () => {
    const none = chartControl(controlChart([NaN], { kind: "individuals", baseline: { center: 0, sigma: 1 } }));
    expect(none["description"]).toContain("There are no points.");
    const one = chartControl(controlChart([1], { kind: "ewma", baseline: { center: 0, sigma: 0 } }));
    expect(renderSvg(one)).not.toMatch(/NaN|Infinity/);
  });

  it("takes the report after a trip through JSON, and refuses what is none", () => {
    expect(chartControl(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartControl(report));
    expectRefusal(() => chartControl(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartControl({ ...report, kind: "constructor" as never }), "shape-mismatch", "report");
    expectRefusal(() => chartControl({ ...report, upper: [1] }), "shape-mismatch", "report.upper");
    expectRefusal(() => chartControl({ ...report, center: NaN }), "invalid-value", "report.center");
    expectRefusal(() => chartControl({ ...report, statistic: [NaN] }), "invalid-value", "report.statistic[0]");
    expectRefusal(() => chartControl({ ...report, signals: [{ ...report.signals[0], index: 99 }] }), "invalid-value", "report.signals[0]"); // prettier-ignore
  });
});
