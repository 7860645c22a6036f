import { chartDrift, chartStl, chartUplift } from "clientele/charts";
import { measureQini, measureUpliftBySegment } from "clientele/experiments";
import { renderSvg } from "clientele/report";
import { fromMatrix, labelsOf } from "clientele/tables";
import { decomposeStl, measureDrift } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { headOf, ordinaryCharts } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const rowsOf = (chart: Readonly<Record<string, unknown>>): readonly (readonly unknown[])[] =>
  (chart["usermeta"] as { readonly table: { readonly rows: readonly (readonly unknown[])[] } }).table.rows;

describe.each(["chartStl", "chartDrift", "chartUplift of a score", "chartUplift of segments"])("%s", (name) => {
  it("compiles without a warning and draws finite numbers", () => {
    const chart = ordinaryCharts[name]();
    expect(compiled(chart).warnings).toEqual([]);
    expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
  });
});

describe("chartStl", () => {
  const weeks = Array.from({ length: 84 }, (_, day) => 200 + day / 2 + (day % 7 === 5 ? 40 : 0));
  const report = decomposeStl(weeks, { period: 7 });

  it("draws four panels whose bars are the same amount", () => {
    const chart = chartStl(report);
    const panels = chart["vconcat"] as readonly { readonly layer: readonly { readonly data: { readonly values: readonly { value: number; top?: number }[] } }[] }[]; // prettier-ignore
    expect(panels).toHaveLength(4);
    const bars = panels.map(({ layer }) => (layer[1].data.values[0].top ?? NaN) - layer[1].data.values[0].value);
    for (const bar of bars) expect(bar).toBeCloseTo(bars[0], 9);
    panels.forEach(({ layer }) => expect(layer[0].data.values).toHaveLength(84));
    expect(rowsOf(chart).map(([part]) => part)).toEqual(["observed", "trend", "seasonal", "remainder"]);
    const elements = xmlElements(renderSvg(chart));
    expect(elements.filter(({ attributes }) => attributes["stroke-width"] === "7")).toHaveLength(4);
  });

  it("draws the last steps of a long series, and takes JSON lists", () => {
    const long = decomposeStl(Array.from({ length: 4000 }, (_, i) => i % 7), { period: 7 }); // prettier-ignore
    expect(headOf(chartStl(long))).toContain("the last 1,500 of 4,000 steps");
    const saved = { ...report, observed: Array.from(report.observed), trend: Array.from(report.trend) };
    expect(chartStl(saved as never)["description"]).toBe(chartStl(report)["description"]);
  });

  it("refuses what is no decomposition", () => {
    expectRefusal(() => chartStl(null as never), "shape-mismatch", "report.observed");
    expectRefusal(() => chartStl({ ...report, trend: new Float64Array(3) }), "shape-mismatch", "report.trend");
    expectRefusal(() => chartStl({ ...report, seasonal: report.seasonal.map(() => NaN) }), "invalid-value", "report.seasonal[0]"); // prettier-ignore
    expectRefusal(() => chartStl({ ...report, strength: { trend: 2, seasonal: 0 } }), "invalid-value", "report.strength.trend"); // prettier-ignore
  });
});

describe("chartDrift", () => {
  const table = (shift: number) => fromMatrix(Array.from({ length: 300 }, (_, i) => [((i * 7) % 100) + shift, (i * 13) % 50]), { names: ["basket", "age"] }); // prettier-ignore
  const report = measureDrift(table(0), table(40));

  it("draws a bar per feature, the largest first, and says which have drifted", () => {
    const chart = chartDrift(report);
    expect(chart["description"]).toBe("Are customers still the same?: 1 of 2 features has drifted, basket the most; the table as a whole has."); // prettier-ignore
    expect(rowsOf(chart).map(([feature, , , , , drifted]) => [feature, drifted])).toEqual([["basket", "yes"], ["age", "no"]]); // prettier-ignore
    expect(chartDrift(measureDrift(table(0), table(0)))["description"]).toContain("0 of 2 features have drifted; the table as a whole has not"); // prettier-ignore
  });

  it("draws the largest of many features, and refuses what is no report", () => {
    const features = Array.from({ length: 60 }, (_, f) => ({ ...report.features[0], feature: `f${f}`, effectSize: f / 10 })); // prettier-ignore
    expect(headOf(chartDrift({ ...report, features }))).toContain("the 30 largest of 60 features");
    expectRefusal(() => chartDrift({} as never), "shape-mismatch", "report");
    expectRefusal(() => chartDrift({ ...report, features: [{ ...report.features[0], effectSize: NaN }] }), "invalid-value", "report.features[0].effectSize"); // prettier-ignore
    expect(renderSvg(chartDrift({ ...report, features: [] }))).toContain("There are no features.");
  });
});

describe("chartUplift", () => {
  const treatment = Uint8Array.from({ length: 400 }, (_, i) => i % 2);
  const outcome = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 101 < (i % 4 === 1 ? 70 : 30) ? 1 : 0));

  it("draws the curve of a score from nobody to everybody beside the straight line", () => {
    const report = measureQini(outcome.map((_, i) => i % 4), { treatment, outcome, replicates: 50 }); // prettier-ignore
    const chart = chartUplift(report);
    const rows = rowsOf(chart);
    expect([rows[0], rows[10]]).toEqual([[0, 0], [100, report.end.qini]]); // prettier-ignore
    expect(headOf(chart)).toContain("Band");
    expect(headOf(chartUplift({ ...report, band: null }))).not.toContain("Band");
    const fine = measureQini(outcome.map((_, i) => i), { treatment, outcome, replicates: 0 }); // prettier-ignore
    expect(JSON.stringify(chartUplift(fine)).length).toBeLessThan(40_000);
  });

  it("draws segments within their intervals below the effect on all", () => {
    const report = measureUpliftBySegment(labelsOf(outcome.map((_, i) => i % 2)), { treatment: treatment.map((_, i) => (i >> 1) & 1), outcome, names: ["New", "<b>"] }); // prettier-ignore
    const chart = chartUplift(report);
    expect(rowsOf(chart).map(([segment]) => segment)).toEqual(["All", "New", "<b>"]);
    expect(renderSvg(chart)).not.toContain("<b>");
    expect(renderSvg(chartUplift({ ...report, segments: [] }))).toContain("There are no segments to compare.");
  });

  it("refuses what is neither", () => {
    const report = measureQini([2, 1, 2, 1], {
      treatment: Uint8Array.of(1, 0, 0, 1),
      outcome: [1, 0, 0, 1],
      replicates: 0,
    });
    expectRefusal(() => chartUplift(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartUplift({} as never), "shape-mismatch", "report");
    expectRefusal(() => chartUplift({ ...report, end: { qini: NaN, uplift: 0 } }), "invalid-value", "report.end.qini");
    expectRefusal(() => chartUplift({ segments: [{} as never], total: null }), "invalid-value", "report.segments[0]");
  });
});
