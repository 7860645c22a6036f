import { chartLift } from "clientele/charts";
import { measureLift } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const probability = Array.from({ length: 100 }, (_, i) => 1 - i / 100);
const outcome = probability.map((_, i) => (i < 10 || i % 10 === 0 ? 1 : 0));
const report = measureLift(outcome, probability);
const textsOf = (svg: string): string[] => xmlElements(svg).filter(({ name }) => name === "text").map(({ text }) => text); // prettier-ignore

describe("chartLift", () => {
  it("draws a bar per group with its number, and the line of all customers", () => {
    const chart = chartLift(report);
    const svg = renderSvg(chart);
    // 19 of 100 have the outcome: all 10 of the first group, 1 of each other.
    expect(textsOf(svg)).toContain("5.3");
    expect(textsOf(svg).filter((text) => text === "0.5")).toHaveLength(9);
    expect(xmlElements(svg).filter(({ attributes }) => attributes["stroke-dasharray"] === "5,4")).toHaveLength(1);
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("The first half holds 73.7 % of those with the outcome");
  });

  it("says in words and in its table what it shows", () => {
    expect(chartLift(report)["description"]).toBe(
      "How often the outcome comes, by probability: the 10.0 % of customers with the highest probabilities have it 5.263 times as often as all; the first half holds 73.7 % of those with the outcome.",
    );
    const { table } = chartLift(report)["usermeta"] as { readonly table: { readonly rows: unknown[][] } };
    expect(table.rows[0]).toEqual([1, 10, 100, 5.263, 10, 52.63]);
  });

  it("draws many groups without numbers, one group, and says when nobody has the outcome", () => {
    const many = renderSvg(chartLift(measureLift(outcome, probability, { groups: 100 })));
    expect(many).not.toMatch(/NaN|Infinity/);
    expect(textsOf(many).length).toBeLessThan(70);
    expect(renderSvg(chartLift(measureLift([1], [0.5])))).not.toMatch(/NaN|Infinity/);
    expect(textsOf(renderSvg(chartLift(measureLift([0, 0], [0.5, 0.2]))))).toContain("Nobody has the outcome.");
    expect(chartLift({ groups: [] })["description"]).toContain("Nobody has the outcome.");
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartLift(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartLift({} as never), "shape-mismatch", "report");
    const broken = (part: object): never => ({ groups: [{ ...report.groups[0], ...part }] }) as never;
    expectRefusal(() => chartLift(broken({ lift: -1 })), "invalid-value", "report.groups[0].lift");
    expectRefusal(() => chartLift(broken({ gain: NaN })), "invalid-value", "report.groups[0].gain");
    expectRefusal(() => chartLift(broken({ rate: null })), "invalid-value", "report.groups[0].rate");
  });
});
