import { type Chart, chartMigration } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { measureMigration, type MigrationReport } from "clientele/segments";
import { labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, svgTexts, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const forms = ["sankey", "matrix"] as const;

// new: 2 stay, 1 to loyal, 1 gone; loyal: 3 stay; 2 came, to new; 1 in nothing at either date.
const report = measureMigration(labelsOf([0, 0, 0, 0, 1, 1, 1, -1, -1, -1]), labelsOf([0, 0, 1, -1, 1, 1, 1, 0, 0, -1]), {
  names: ["new", "loyal"],
}); // prettier-ignore

const textsOf = (chart: Chart): string[] => svgTexts(renderSvg(chart));

const tableOf = (chart: Chart): unknown[][] =>
  (chart["usermeta"] as unknown as { table: { rows: unknown[][] } }).table.rows;

/** Every customer of segment s moves on to the next one, s + 1 of them. */
function ring(segments: number): MigrationReport {
  const from = Array.from({ length: segments }, (_, s) => new Array<number>(s + 1).fill(s)).flat();
  return measureMigration(labelsOf(from), labelsOf(from.map((s) => (s + 1) % segments)));
}

describe("chartMigration", () => {
  it("draws a ribbon per flow, from where it leaves to where it arrives, as thick as customers took it", () => {
    const layers = chartMigration(report)["layer"] as unknown as { data: { values: Record<string, number>[] } }[];
    const points = layers[0].data.values;
    const flows = [0, 1, 2, 3, 4].map((number) => points.filter(({ flow }) => flow === number));
    expect(flows.flat()).toHaveLength(points.length);
    const thickness = flows.map(([first]) => first["y2"] - first["y"]);
    // 2 new stay, 1 to loyal, 1 left, 3 loyal stay, 2 entered: in this proportion, to a tenth of a pixel.
    const unit = thickness.reduce((sum, height) => sum + height, 0) / 9;
    thickness.forEach((height, i) => expect(Math.abs(height / unit - [2, 1, 1, 3, 2][i])).toBeLessThan(0.05));
    for (const ribbon of flows) expect(ribbon.every(({ x }, i) => i === 0 || x > ribbon[i - 1]["x"])).toBe(true);
  });

  it("gives each node its name and size on both sides, entries and exits included", () => {
    const texts = textsOf(chartMigration(report));
    for (const text of ["Before", "After", "new · 4", "loyal · 3", "Entered · 2", "loyal · 4", "Left · 1", "50.0 %"])
      expect(texts).toContain(text);
  });

  it("has one cell per pair of segments in a matrix, with count and share, entries and exits apart", () => {
    const texts = textsOf(chartMigration(report, { form: "matrix" }));
    expect(texts.filter((text) => text === "2")).toHaveLength(2); // stayed new, and entered
    for (const text of ["66.7 %", "33.3 %", "25.0 %", "100.0 %", "Entered", "Left"]) expect(texts).toContain(text);
    const bare = measureMigration(labelsOf([0, 1]), labelsOf([1, 1]));
    const names = textsOf(chartMigration(bare, { form: "matrix" }));
    expect(names.includes("Entered") || names.includes("Left")).toBe(false);
  });

  it.each(forms)("has a table of every flow, a sentence, and counts who is in no segment: %s", (form) => {
    const chart = chartMigration(report, { form });
    expect(tableOf(chart)).toEqual([
      ["new", "new", 2, 66.67],
      ["new", "loyal", 1, 33.33],
      ["new", "Left", 1, null],
      ["loyal", "loyal", 3, 100],
      ["Entered", "new", 2, null],
    ]);
    expect(chart["description"]).toBe(
      "Who moved where: 1 of 6 customers who were and are still there changed segment, 2 entered, 1 left; the largest move is from new to loyal, 1 customer.",
    );
    expect(headOf(chart)).toContain("in no segment at either date: 1");
  });

  it.each(forms)("stays bounded with hundreds of segments, and loses no customer: %s", (form) => {
    const many = ring(300);
    const chart = chartMigration(many, { form });
    const most = form === "sankey" ? 12 : 30;
    expect(headOf(chart)).toContain(`the ${most} largest of 300 segments, the others as one`);
    expect(JSON.stringify({ ...chart, usermeta: null }).length).toBeLessThan(300_000);
    expect(tableOf(chart).reduce((sum, row) => sum + (row[2] as number), 0)).toBe((300 * 301) / 2);
    if (form === "sankey") {
      const nodes = textsOf(chart).flatMap((text) => / · ([\d,]+)$/.exec(text)?.[1] ?? []);
      const total = nodes.reduce((sum, count) => sum + Number(count.replaceAll(",", "")), 0);
      expect(total).toBe(2 * ((300 * 301) / 2));
    }
  });

  it("says how many of the smallest flows are not drawn", () => {
    const pairs = Array.from({ length: 12 }, (_, a) => Array.from({ length: 12 }, (__, b) => [a, b])).flat();
    const all = measureMigration(labelsOf(pairs.map(([a]) => a)), labelsOf(pairs.map(([, b]) => b)));
    expect(headOf(chartMigration(all))).toContain("the 84 smallest of 144 flows, 84 customers, are not drawn");
  });

  it.each(forms)("says so where nobody was in a segment: %s", (form) => {
    for (const labels of [labelsOf([]), labelsOf([-1, -1])])
      expect(textsOf(chartMigration(measureMigration(labels, labels), { form }))).toContain("Nobody was in a segment.");
  });

  it.each(forms)("is safe with any names and takes sizes, colors and a title: %s", (form) => {
    const names = [...new Set(hostileNames)].slice(0, 12);
    const from = labelsOf(names.map((_, s) => s));
    const named = measureMigration(from, labelsOf(names.map((_, s) => (s + 1) % names.length)), { names });
    const chart = chartMigration(named, {
      form,
      title: "</text><script>",
      width: 200,
      height: 150,
      colors: ["#000", "#fff"],
    });
    expect(dangers(xmlElements(renderSvg(chart)))).toEqual([]);
    expect(compiled(chart).warnings).toEqual([]);
    expect(chart).toMatchObject({ width: 200, height: 150 });
  });

  it("refuses what is no migration report", () => {
    for (const nothing of [null, undefined, {}, [], "moves", { names: ["a"] }])
      expectRefusal(() => chartMigration(nothing as never), "shape-mismatch", nothing !== null && typeof nothing === "object" && "names" in nothing ? "report.counts" : "report"); // prettier-ignore
    expectRefusal(() => chartMigration({ ...report, entered: [-1, 0] }), "shape-mismatch", "report.entered");
    expectRefusal(() => chartMigration({ ...report, outside: NaN }), "shape-mismatch", "report.outside");
    const huge = { ...report, counts: [[1.7e308, 1.7e308], [0, 1]] }; // prettier-ignore
    expectRefusal(() => chartMigration(huge), "too-large", "report.counts");
    expectRefusal(() => chartMigration(report, { form: "chord" as never }), "invalid-option", "options.form");
  });
});
