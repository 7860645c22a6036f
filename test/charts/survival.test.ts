import { chartSurvival } from "clientele/charts";
import { fitKaplanMeier } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import golden from "../oracles/survival.golden.json" with { type: "json" };
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const { leukemia } = golden;
const drug = leukemia.groups.map((group) => (group === 0 ? "6-MP" : "placebo"));
const model = fitKaplanMeier(leukemia.durations, leukemia.events, { groups: drug });

describe("chartSurvival", () => {
  it("draws a line and a band per group, and where half are left", () => {
    const chart = chartSurvival(model);
    const elements = xmlElements(renderSvg(chart));
    const lines = elements.filter(({ name, attributes }) => name === "path" && attributes["stroke-width"] === "2.5");
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(elements.filter(({ attributes }) => attributes["stroke-dasharray"] === "5,4")).toHaveLength(1);
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("Bands");
  });

  it("says in words and in its table what it shows", () => {
    // Textbook: median 23 weeks with 6-MP, 8 with placebo.
    const chart = chartSurvival(model, { title: "Remission" });
    expect(chart["description"]).toBe(
      "Remission: 42 customers, the event came for 30; 6-MP: half are left at 23; placebo: half are left at 8.",
    );
    const { table } = chart["usermeta"] as { readonly table: { readonly rows: unknown[][] } };
    expect(table.rows).toEqual([["6-MP", 21, 9, 23, 35, 44.82], ["placebo", 21, 21, 8, 23, 0]]); // prettier-ignore
  });

  it("draws one curve without a legend, one customer, no event, and groups with odd names", () => {
    const one = chartSurvival(fitKaplanMeier([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]));
    expect(one["description"]).toContain("half are left at 5");
    for (const odd of [
      fitKaplanMeier([0], [1]),
      fitKaplanMeier([5], [0]),
      fitKaplanMeier([1, 2, 3], [1, 1, 1], { groups: ["__proto__", "constructor", "<b>"] }),
    ]) {
      expect(renderSvg(chartSurvival(odd))).not.toMatch(/NaN|Infinity|<b>/);
    }
    expect(chartSurvival(fitKaplanMeier([5], [0]))["description"]).toContain("more than half are left");
  });

  it("stays small: 256 steps and six groups at most", () => {
    const durations = Array.from({ length: 20_000 }, (_, i) => i + 1);
    const many = fitKaplanMeier(durations, durations.map(() => 1), { groups: durations.map((_, i) => i % 9) }); // prettier-ignore
    const chart = chartSurvival(many);
    expect(JSON.stringify(chart).length).toBeLessThan(200_000);
    expect(headOf(chart)).toContain("the 6 largest of 9 groups");
  });

  it("takes the model after a trip through JSON, and refuses what is no model", () => {
    expect(chartSurvival(JSON.parse(JSON.stringify(model)) as typeof model)).toEqual(chartSurvival(model));
    expectRefusal(() => chartSurvival(null as never), "shape-mismatch", "model");
    expectRefusal(() => chartSurvival({ ...model, lower: [1] }), "shape-mismatch", "model");
    expectRefusal(() => chartSurvival({ ...model, survival: model.survival.map(() => 2) }), "invalid-value", "model.survival[0]"); // prettier-ignore
    expectRefusal(() => chartSurvival({ ...model, times: model.times.toReversed() }), "invalid-value", "model.times[1]"); // prettier-ignore
    expectRefusal(() => chartSurvival({ ...model, groups: [null as never] }), "shape-mismatch", "model.groups[0]");
  });
});
