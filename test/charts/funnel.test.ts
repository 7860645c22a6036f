import { chartFunnel } from "clientele/charts";
import { measureFunnel } from "clientele/journeys";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { svgTexts } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const steps = ["home", "cart", "paid"];
/** 10 see the home page, 6 fill a cart, 3 pay; 2 came last and have time. */
const happenings = Array.from({ length: 10 }, (_, i) =>
  steps
    .slice(0, i < 3 ? 3 : i < 6 ? 2 : 1)
    .map((type, step): Happening => [`c${i}`, type, (i < 8 ? 0 : 1000) + step * 100]),
).flat();
const report = measureFunnel(logOf(happenings), { steps, windowMs: 500 });

interface Bar {
  readonly step: string;
  readonly part: string;
  readonly from: number;
  readonly to: number;
}
const barsOf = (chart: object): Bar[] => (chart as { layer: { data: { values: Bar[] } }[] }).layer[0].data.values;

describe("chartFunnel", () => {
  it("draws those who reached a step, those on their way and those lost, as long together as the step before", () => {
    const chart = chartFunnel(report);
    expect(barsOf(chart)).toEqual([
      { step: "home", part: "Reached the step", from: 0, to: 10 },
      { step: "cart", part: "Reached the step", from: 0, to: 6 },
      { step: "cart", part: "Still on their way", from: 6, to: 8 },
      { step: "cart", part: "Lost since the step before", from: 8, to: 10 },
      { step: "paid", part: "Reached the step", from: 0, to: 3 },
      { step: "paid", part: "Lost since the step before", from: 3, to: 6 },
    ]);
    const texts = svgTexts(renderSvg(chart));
    for (const text of [
      "home",
      "cart",
      "paid",
      "10 · 100.0 %",
      "6 · 60.0 %",
      "3 · 30.0 %",
      "50.0 % of the step before",
      "Still on their way",
    ]) {
      // prettier-ignore
      expect(texts).toContain(text);
    }
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("says in words and in a table what it shows", () => {
    const chart = chartFunnel(report);
    expect(headOf(chart)).toBe("How many reach each step 3 of 10 reach the last step (30.0 %); still on their way: 2");
    expect(chart["description"]).toBe(
      "How many reach each step: 3 of 10 reach the last of 3 steps (30.0 %); most are lost between cart and paid (3).",
    );
    expect((chart["usermeta"] as { table: { rows: unknown[] } }).table.rows).toEqual([
      ["home", 10, 100, null, 0, 0, null],
      ["cart", 6, 60, 60, 2, 2, 0.1],
      ["paid", 3, 30, 50, 0, 3, 0.1],
    ]);
  });

  it("draws one step, a hundred, equal names, and a part of a breakdown; in the caller's size and colors", () => {
    const one = chartFunnel(measureFunnel(logOf([["ann", "home", 0]]), { steps: ["home"] }));
    expect(one["description"]).toBe("How many reach each step: 1 of 1 reach the last of 1 steps (100.0 %); nobody is lost."); // prettier-ignore
    const many = measureFunnel(logOf([["ann", "home", 0]]), { steps: new Array<string>(100).fill("home") });
    const chart = chartFunnel(many, { width: 300, height: 2000, colors: ["red"] });
    expect(compiled(chart).warnings).toEqual([]);
    const svg = renderSvg(chart);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svgTexts(svg)).toContain("home (100)");
    const parts = measureFunnel(logOf(happenings), { steps, breakdown: "order" }).breakdown!;
    expect(barsOf(chartFunnel(parts[0]))).toHaveLength(5);
  });

  it("says that nobody came", () => {
    const texts = svgTexts(renderSvg(chartFunnel(measureFunnel(logOf([]), { steps }))));
    expect(texts).toContain("Nobody took the first step.");
    expect(chartFunnel({ steps: [] })["description"]).toContain("Nobody");
  });

  it("takes a report from JSON, and refuses what is none", () => {
    expect(chartFunnel(JSON.parse(JSON.stringify(report)) as typeof report)).toEqual(chartFunnel(report));
    expectRefusal(() => chartFunnel(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartFunnel({} as never), "shape-mismatch", "report");
    const broken = { steps: [report.steps[0], { ...report.steps[1], pending: NaN }] };
    expectRefusal(() => chartFunnel(broken), "invalid-value", "report.steps[1].pending");
    expectRefusal(() => chartFunnel({ steps: [null] as never }), "invalid-value", "report.steps[0].count");
  });
});
