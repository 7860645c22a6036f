import { chartForecast } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { seriesFrom } from "clientele/tables";
import { fitArima, fitSeasonalNaive, forecast } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const visits = [30, 21, 29, 38, 34, 25, 32, 42, 37, 28, 36, 46];
const next = forecast(fitArima(visits, { order: [0, 1, 1] }), { steps: 5, levels: [80, 95, 50, 99] });
const naive = forecast(fitSeasonalNaive(visits, { period: 4 }), { steps: 5 });

interface Values {
  readonly values: readonly { readonly name: string; readonly step: number; readonly value: number | null }[];
}

describe("chartForecast", () => {
  it("draws the series, the forecast, a dashed baseline and a band per level, three at most", () => {
    const chart = chartForecast(next, { history: visits, baseline: naive });
    const elements = xmlElements(renderSvg(chart));
    const opacities = elements.filter(({ attributes }) => attributes["fill-opacity"] === "0.18" || attributes["opacity"] === "0.18");
    expect(opacities).toHaveLength(3);
    const paths = elements.filter(({ name, attributes }) => name === "path" && attributes["stroke-width"] === "2" && attributes["d"].includes("L")); // prettier-ignore
    // 12 values; from the last of them over 5 steps, twice.
    const lengths = paths.map(({ attributes }) => attributes["d"].split("L").length);
    for (const length of [12, 6]) expect(lengths).toContain(length);
    expect(elements.some(({ attributes }) => attributes["stroke-dasharray"] === "6,4")).toBe(true);
    expect(compiled(chart).warnings).toEqual([]);
    expect(headOf(chart)).toContain("Bands: 99 %, 95 %, 80 %");
  }); // prettier-ignore

  it("says in words and in its table what it shows", () => {
    const chart = chartForecast(naive, { history: visits, baseline: naive, title: "Visits" });
    // Changes over a season: 4 4 3 4 3 3 4 4: mean square 13.375; 95 % is 1.96 · √(2 · 13.375) about 37 in step 5.
    expect(chart["description"]).toBe("Visits: from 46, the last value seen, to 37 expected in step 5, with 95 % between 26.86 and 47.14."); // prettier-ignore
    const { table } = chart["usermeta"] as {
      readonly table: { readonly columns: string[]; readonly rows: number[][] };
    };
    expect(table.columns).toEqual(["Step", "Expected", "95 % from", "95 % to", "80 % from", "80 % to", "Baseline"]);
    expect(table.rows[0].slice(0, 4)).toEqual([1, 37, 29.832, 44.168]);
    expect(table.rows).toHaveLength(5);
  });

  it("draws a forecast alone, a series with gaps, a Series, and one step", () => {
    expect(chartForecast(next)["description"]).not.toContain("last value");
    const gappy = chartForecast(next, { history: [NaN, 3, NaN, 5] });
    expect((gappy["data"] as unknown as Values).values.slice(0, 4).map(({ step, value }) => [step, value])).toEqual([[-3, null], [-2, 3], [-1, null], [0, 5]]); // prettier-ignore
    const dated = seriesFrom(visits, { start: 0, period: "day" });
    expect(chartForecast(next, { history: dated })).toEqual(chartForecast(next, { history: visits }));
    for (const odd of [gappy, chartForecast(next, { history: [] }), chartForecast(next, { history: [3, NaN] }), chartForecast(forecast(fitSeasonalNaive([5]), { steps: 1 }))]) {
      expect(renderSvg(odd)).not.toMatch(/NaN|Infinity/);
      expect(compiled(odd).warnings).toEqual([]);
    }
    const none = { mean: new Float64Array(0), lower: { 80: new Float64Array(0) }, upper: { 80: new Float64Array(0) } };
    expect(renderSvg(chartForecast(none))).toContain("There are no steps.");
  }); // prettier-ignore

  it("stays small, and says what it leaves out", () => {
    const long = Array.from({ length: 20_000 }, (_, t) => t % 7);
    const far = forecast(fitSeasonalNaive(long, { period: 7 }), { steps: 5000 });
    const chart = chartForecast(far, { history: long, baseline: far });
    expect(JSON.stringify(chart).length).toBeLessThan(300_000);
    expect(headOf(chart)).toContain("the last 600 of 20,000 values; the first 400 of 5,000 steps");
  });

  it("refuses what is no forecast", () => {
    expectRefusal(() => chartForecast(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartForecast({ ...next, lower: {} }), "shape-mismatch", "report.lower");
    expectRefusal(() => chartForecast({ ...next, upper: {} }), "shape-mismatch", "report.upper[50]");
    expectRefusal(() => chartForecast({ ...next, mean: next.mean.with(1, NaN) }), "invalid-value", "report.mean[1]");
    expectRefusal(() => chartForecast({ ...naive, lower: naive.upper, upper: naive.lower }), "invalid-value", "report.lower[80][0]"); // prettier-ignore
    expectRefusal(() => chartForecast(next, { baseline: { mean: new Float64Array(2) } }), "shape-mismatch", "options.baseline.mean"); // prettier-ignore
    expectRefusal(() => chartForecast(next, { history: {} as never }), "shape-mismatch", "options.history");
    expectRefusal(() => chartForecast(next, { history: [1, Infinity] }), "invalid-value", "options.history[1]");
  });
});
