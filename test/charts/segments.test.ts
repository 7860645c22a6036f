import { chartSegments } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { profileSegments, type ProfileReport } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

type Row = readonly (string | number | null)[];

const tableOf = (report: ProfileReport): { columns: string[]; rows: Row[] } =>
  (chartSegments(report) as unknown as { usermeta: { table: { columns: string[]; rows: Row[] } } }).usermeta.table;

/** Columns × segments of made-up customers, two per segment. */
function profileOf(features: readonly string[], names: readonly string[]): ProfileReport {
  const rows = Array.from({ length: 2 * names.length }, (_, i) => features.map((__, f) => ((i * 7 + f * 3) % 11) + i));
  return profileSegments(fromMatrix(rows, { names: features }), labelsOf(rows.map((__, i) => i >> 1)), { names });
}

describe("chartSegments", () => {
  const table = fromMatrix([[10, 1], [20, 1], [90, 7]], { names: ["spend", "orders"] }); // prettier-ignore
  const report = profileSegments(table, labelsOf([0, 0, 1]), { names: ["Regular", "Big"] });

  it("has one cell per segment and feature, with its difference as text", () => {
    const texts = xmlElements(renderSvg(chartSegments(report)))
      .filter(({ name }) => name === "text")
      .map(({ text }) => text);
    // Mean 40 and standard deviation 43.589 of all: (15 − 40) / 43.589 = −0.57 and (90 − 40) / 43.589 = 1.15; the same
    // for orders, 3 and 3.464.
    expect(texts.filter((text) => text === "-0.6")).toHaveLength(2);
    expect(texts.filter((text) => text === "+1.1" || text === "+1.2")).toHaveLength(2);
    for (const label of ["Regular", "Big", "spend", "orders", "66.7 % · 2", "33.3 % · 1"])
      expect(texts).toContain(label);
  });

  it("has a table with the longer list down the page", () => {
    expect(tableOf(report)).toEqual({
      columns: [
        "Segment",
        "Customers",
        "Share of customers (%)",
        "spend (standard deviations from all customers)",
        "orders (standard deviations from all customers)",
      ],
      rows: [
        ["Regular", 2, 66.67, -0.57, -0.58],
        ["Big", 1, 33.33, 1.15, 1.15],
      ],
    });
    const wide = tableOf(profileOf(["a", "b", "c"], ["One", "Two"]));
    expect(wide.columns).toEqual([
      "Feature, in standard deviations from all customers",
      "One (2 customers, 50.0 %)",
      "Two (2 customers, 50.0 %)",
    ]);
    expect(wide.rows.map(([feature]) => feature)).toEqual(["a", "b", "c"]);
  });

  it("draws at most 60 segments and 30 features, and says what it left out", () => {
    const features = Array.from({ length: 45 }, (_, f) => `feature ${f}`);
    const names = Array.from({ length: 80 }, (_, s) => `segment ${s}`);
    const chart = chartSegments(profileOf(features, names));
    expect(headOf(chart)).toMatch(/the 60 largest of 80 segments; the 30 of 45 features that differ most/);
    const cells = (chart as unknown as { hconcat: { data: { values: unknown[] } }[] }).hconcat[0].data.values;
    expect(cells).toHaveLength(60 * 30);
    expect(tableOf(profileOf(features, names)).rows).toHaveLength(80);
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("keeps names that mean something to Vega, JavaScript or markup as names", () => {
    const chart = chartSegments(profileOf(hostileNames, hostileNames));
    expect(compiled(chart).warnings).toEqual([]);
    const elements = xmlElements(renderSvg(chart));
    expect(dangers(elements)).toEqual([]);
    const texts = elements.filter(({ name }) => name === "text").map(({ text }) => text);
    for (const name of ["__proto__", "constructor", "2024-01-01", "1e3", "true", "null", "datum.x", "a.b[0]'\"\\"]) {
      expect(texts.filter((text) => text === name)).toHaveLength(2); // once as a segment, once as a feature
    }
    const bars = elements.filter(({ name, attributes }) => name === "path" && attributes["fill"] === "#56b4e9");
    expect(bars).toHaveLength(hostileNames.length);
  });

  it("shows an unknown difference as a dash without a color, and one of zero as 0", () => {
    const withGap = profileSegments(fromMatrix([[NaN, 5], [NaN, 5], [3, 5]], { names: ["a", "b"] }), labelsOf([0, 0, 1])); // prettier-ignore
    const elements = xmlElements(renderSvg(chartSegments(withGap)));
    const texts = elements.filter(({ name }) => name === "text").map(({ text }) => text);
    expect(texts).toContain("–");
    expect(texts.filter((text) => text === "0").length).toBeGreaterThanOrEqual(3);
    expect(tableOf(withGap).rows[0]).toEqual(["Segment 1", 2, 66.67, null, 0]);
  });

  it("draws one segment, no segment, no feature, customers in no segment, and features that are all alike", () => {
    const one = profileSegments(fromMatrix([[1], [2]], { names: ["a"] }), labelsOf([0, 0]));
    const none = profileSegments(fromMatrix([[1], [2]], { names: ["a"] }), labelsOf([-1, -1]));
    const some = profileSegments(fromMatrix([[1], [2], [9]], { names: ["a"] }), labelsOf([0, 1, -1]));
    expect(renderSvg(chartSegments(one))).not.toMatch(/NaN/);
    expect(renderSvg(chartSegments(none))).toContain("There is nothing to compare.");
    expect(renderSvg(chartSegments({ ...one, features: [] }))).toContain("There is nothing to compare.");
    expect(renderSvg(chartSegments(some))).toContain("customers in no segment: 1");
  });

  it("takes a report that went through JSON", () => {
    expect(chartSegments(JSON.parse(JSON.stringify(report)) as ProfileReport)).toEqual(chartSegments(report));
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartSegments(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartSegments({ features: ["a"] } as never), "shape-mismatch", "report");
    const segments = [{ ...report.segments[0], standardizedDifference: { spend: Infinity, orders: 0 } }];
    const path = "report.segments[0].standardizedDifference[0]";
    expectRefusal(() => chartSegments({ ...report, segments }), "invalid-value", path);
  });
});
