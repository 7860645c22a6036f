import { chartSilhouette, type SilhouetteValues } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { measureSilhouette } from "clientele/segments";
import { describe, expect, it } from "vitest";
import { headOf, shopLabels, shopTable } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

interface Spec {
  readonly layer: readonly { readonly data: { readonly values: readonly { band: number; x: number; y: number }[] } }[];
  readonly usermeta: { readonly table: { readonly rows: readonly (readonly (string | number | null)[])[] } };
}

const specOf = (report: SilhouetteValues): Spec => chartSilhouette(report) as unknown as Spec;

/** A report with given silhouettes per group. */
function reportOf(groups: readonly (readonly number[])[]): SilhouetteValues {
  const mean = (list: readonly number[]): number =>
    list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
  return {
    mean: mean(groups.flat()),
    perCluster: groups.map(mean),
    sizes: groups.map((list) => list.length),
    values: Float64Array.from(groups.flat()),
    labels: Int32Array.from(groups.flatMap((list, g) => list.map(() => g))),
  };
}

describe("chartSilhouette", () => {
  it("outlines each group from its best to its worst customer", () => {
    const { layer, usermeta } = specOf(
      reportOf([
        [0.3, 0.1, 0.8],
        [0.5, -0.2],
      ]),
    );
    const edges = layer[0].data.values;
    expect(edges.filter(({ band }) => band === 0).map(({ x }) => x)).toEqual([0.8, 0.3, 0.1]);
    expect(edges.filter(({ band }) => band === 1).map(({ x }) => x)).toEqual([0.5, -0.2]);
    const heights = edges.map(({ y }) => y);
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    // Medians 0.3 and (0.5 − 0.2) / 2; one of two customers is nearer to another segment.
    expect(usermeta.table.rows).toEqual([
      ["Segment 1", 3, 0.4, 0.3, 0],
      ["Segment 2", 2, 0.15, 0.15, 50],
    ]);
  });

  it("stays small however many customers there are", () => {
    let state = 1;
    const values = Array.from({ length: 200_000 }, () => (state = (state * 48271) % 2147483647) / 2147483647);
    const chart = chartSilhouette(reportOf([values.slice(0, 150_000), values.slice(150_000)]));
    expect(JSON.stringify(chart).length).toBeLessThan(12_000);
    const sorted = Float64Array.from(values.slice(0, 150_000)).sort();
    const xs = (chart as unknown as Spec).layer[0].data.values.filter(({ band }) => band === 0).map(({ x }) => x);
    expect(xs[0]).toBeCloseTo(sorted[149_999], 4); // rounded to 4 digits
    expect(xs[xs.length - 1]).toBeCloseTo(sorted[0], 4);
  });

  it("draws the 40 largest of many groups and keeps all in the table", () => {
    const groups = Array.from({ length: 90 }, (_, g) => Array.from({ length: 2 + (g % 7) }, () => 0.5));
    const chart = chartSilhouette(reportOf(groups));
    const bands = new Set((chart as unknown as Spec).layer[0].data.values.map(({ band }) => band));
    expect(bands.size).toBe(40);
    expect((chart as unknown as Spec).usermeta.table.rows).toHaveLength(90);
    expect(headOf(chart)).toContain("the 40 largest of 90 segments");
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("leaves out rows that were not measured and groups without members", () => {
    const report = {
      mean: 0.5,
      perCluster: [0.5, 0, 0.5],
      sizes: [2, 0, 3],
      values: Float64Array.of(0.5, NaN, 0.5, NaN, NaN),
      labels: Int32Array.of(0, 0, 2, 2, 2),
    };
    expect(specOf(report).usermeta.table.rows).toEqual([
      ["Segment 1", 2, 0.5, 0.5, 0],
      ["Segment 3", 3, 0.5, 0.5, 0],
    ]);
    const unlabelled = { ...report, labels: Int32Array.of(0, -1, 2, -1, -1) };
    expect(specOf(unlabelled).usermeta.table.rows).toHaveLength(2);
  });

  it("says that there is nothing when nothing was measured", () => {
    const svg = renderSvg(chartSilhouette(reportOf([])));
    expect(svg).toContain("No customer was measured.");
  });

  it("draws one customer, equal values, and groups that fit badly throughout", () => {
    for (const groups of [
      [[0]],
      [
        [1, 1],
        [1, 1],
      ],
      [[-1, -0.5], [-0.9]],
    ]) {
      const svg = renderSvg(chartSilhouette(reportOf(groups)));
      expect(svg).not.toMatch(/NaN|Infinity/);
      const filled = xmlElements(svg).filter(
        ({ name, attributes }) => name === "path" && /^#/.test(attributes["fill"] ?? ""),
      );
      expect(filled).toHaveLength(groups.length);
    }
  });

  it("takes names of the groups, whatever they are", () => {
    const groups = hostileNames.map(() => [0.4, 0.2]);
    const chart = chartSilhouette(reportOf(groups), { names: hostileNames });
    expect(compiled(chart).warnings).toEqual([]);
    const bold = xmlElements(renderSvg(chart)).filter(({ attributes }) => attributes["font-weight"] === "bold");
    expect(bold.filter(({ text }) => text.includes("__proto__"))).toHaveLength(1);
    expectRefusal(() => chartSilhouette(reportOf(groups), { names: ["one"] }), "shape-mismatch", "options.names");
  });

  it("takes the report of measureSilhouette without touching it", () => {
    const report = measureSilhouette(shopTable, shopLabels);
    const before = structuredClone(report);
    chartSilhouette(report);
    expect(report).toEqual(before);
  });

  it("refuses what is not such a report", () => {
    const whole = reportOf([[0.5, 0.2], [0.1]]);
    expectRefusal(() => chartSilhouette(undefined as never), "shape-mismatch", "report");
    expectRefusal(() => chartSilhouette({ ...whole, sizes: [1] }), "shape-mismatch", "report.sizes");
    expectRefusal(() => chartSilhouette({ ...whole, values: [1] as never }), "shape-mismatch", "report.values");
    expectRefusal(() => chartSilhouette({ ...whole, labels: Int32Array.of(0) }), "shape-mismatch", "report.labels");
    expectRefusal(() => chartSilhouette({ ...whole, mean: NaN }), "invalid-value", "report.mean");
    expectRefusal(() => chartSilhouette({ ...whole, perCluster: [0, 2] }), "invalid-value", "report.perCluster[1]");
    const labels = Int32Array.of(0, 5, 1);
    expectRefusal(() => chartSilhouette({ ...whole, labels }), "invalid-value", "report.labels[1]");
    const values = Float64Array.of(0, 0, 1.5);
    expectRefusal(() => chartSilhouette({ ...whole, values }), "invalid-value", "report.values[2]");
  });
});
