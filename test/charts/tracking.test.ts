import { chartTracking, type PurchaseTracking } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf, trackedPurchases } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const report = trackedPurchases();

describe("chartTracking", () => {
  it("draws purchases and expectation as two lines, and an upright line where the calibration ended", () => {
    const chart = chartTracking(report);
    const elements = xmlElements(renderSvg(chart));
    const lines = elements.filter(({ attributes }) => attributes["stroke-width"] === "2.5" && attributes["d"]);
    expect(lines.filter(({ attributes }) => attributes["d"].split("L").length === report.tracking.length)).toHaveLength(
      2,
    );
    expect(elements.filter(({ attributes }) => attributes["stroke-dasharray"] === "5,4")).toHaveLength(1);
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("had not seen");
  });

  it("says in words and in its table what it shows", () => {
    const tracking = [
      { time: 10, actual: 12, expected: 11.504, holdout: false },
      { time: 20, actual: 40, expected: 42, holdout: true },
    ];
    const chart = chartTracking({ customers: 50, unit: "week", calibrationEnd: 10, tracking }, { title: "Shop" });
    expect(chart["description"]).toBe(
      "Shop: up to week 20 50 customers came to 40 repeat purchases, 42 were expected (+5.0 %).",
    );
    const { table } = chart["usermeta"] as { readonly table: { readonly rows: unknown[][] } };
    expect(table.rows).toEqual([
      [10, 12, 11.5, "no"],
      [20, 40, 42, "yes"],
    ]);
  });

  it("draws a single date, none, and a shop without repeat purchases", () => {
    const empty = { ...report, tracking: [] };
    expect(renderSvg(chartTracking(empty))).toContain("There is nothing to follow.");
    expect(renderSvg(chartTracking({ ...report, tracking: report.tracking.slice(0, 1) }))).not.toMatch(/NaN|Infinity/);
    const tracking = [{ time: 0, actual: 0, expected: 0, holdout: false }];
    expect(chartTracking({ ...report, tracking })["description"]).toContain("0 were expected.");
    const copy = JSON.parse(JSON.stringify(report)) as PurchaseTracking;
    expect(chartTracking(copy)).toEqual(chartTracking(report));
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartTracking(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartTracking({ ...report, unit: 7 as never }), "shape-mismatch", "report");
    expectRefusal(() => chartTracking({ ...report, calibrationEnd: NaN }), "invalid-value", "report.calibrationEnd");
    const tracking = [{ ...report.tracking[0], expected: -1 }];
    expectRefusal(() => chartTracking({ ...report, tracking }), "invalid-value", "report.tracking[0].expected");
  });
});
