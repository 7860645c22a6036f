import { chartCoefficients, type CoefficientModel } from "clientele/charts";
import { fitLogistic } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { svgTexts, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const model: CoefficientModel = {
  kind: "logistic",
  features: ["visits", "returns", "noise"],
  coefficients: [Math.log(2), Math.log(0.25), 0.01],
  standardErrors: [0.1, 0.2, 0.3],
};

/** What is drawn, top to bottom. */
const drawnBy = (chart: ReturnType<typeof chartCoefficients>): Record<string, unknown>[] =>
  (chart["data"] as unknown as { values: Record<string, unknown>[] }).values;

describe("chartCoefficients", () => {
  it("draws the odds ratios of a logistic model from the largest to the smallest, unclear ones in gray", () => {
    const chart = chartCoefficients(model);
    const texts = svgTexts(renderSvg(chart));
    for (const label of ["visits", "returns", "noise", "2", "0.25", "1.01"]) expect(texts).toContain(label);
    expect(texts).toContain("Odds ratio of one more (log scale)");
    expect(drawnBy(chart).map(({ feature }) => feature)).toEqual(["visits", "noise", "returns"]);
    const colors = drawnBy(chart).map(({ color }) => color);
    expect(colors[0]).toBe(colors[2]);
    expect(colors[1]).not.toBe(colors[0]);
    expect(chart["description"]).toBe(
      "What goes with the outcome: 3 features; the interval leaves out 1, no effect, for 2.",
    );
  });

  it("gives the numbers as a table: estimate and interval", () => {
    const { table } = chartCoefficients(model)["usermeta"] as unknown as {
      table: { columns: string[]; rows: unknown[][] };
    };
    expect(table.columns).toEqual(["Feature", "Odds ratio", "Lower end (95 %)", "Upper end (95 %)"]);
    expect(table.rows[0][0]).toBe("visits");
    // exp(ln 2 ± 1.959964 · 0.1)
    expect(table.rows[0].slice(1).map((x) => Number(x).toFixed(4))).toEqual(["2.0000", "1.6440", "2.4330"]);
  });

  it("draws coefficients on request, and of a linear model, whose intervals are Student's", () => {
    const chart = chartCoefficients({ ...model, kind: "linear", degreesOfFreedom: 3 }, { level: 0.9 });
    expect(svgTexts(renderSvg(chart))).toContain("Change with one more");
    const { table } = chart["usermeta"] as unknown as { table: { rows: number[][] } };
    // qt(0.95, 3) = 2.353363 in R.
    expect((table.rows[0][3] - table.rows[0][1]).toFixed(5)).toBe("0.23534");
    expect(headOf(chartCoefficients(model, { as: "coefficient" }))).toContain("What goes with the outcome");
  });

  it("draws the effect of the steps that are asked for", () => {
    const [first] = drawnBy(chartCoefficients(model, { steps: { noise: 1000, visits: 2 } }));
    expect(first["feature"]).toBe("noise (+1,000)");
    expect(drawnBy(chartCoefficients(model, { steps: { visits: 2 } }))[0]["value"]).toBeCloseTo(4, 10);
    expectRefusal(() => chartCoefficients(model, { steps: { visit: 2 } }), "invalid-option", "options.steps");
  });

  it("keeps the clearest of many features, and says so", () => {
    const count = 60;
    const many = {
      kind: "logistic",
      features: Array.from({ length: count }, (_, j) => `feature ${j}`),
      coefficients: Array.from({ length: count }, (_, j) => (j % 2 === 0 ? 1 : -1) * j * 0.01),
      standardErrors: new Array<number>(count).fill(0.05),
    };
    const chart = chartCoefficients(many, { most: 10 });
    expect(drawnBy(chart)).toHaveLength(10);
    expect(headOf(chart)).toContain("the 10 clearest of 60 features");
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("cuts intervals that would make all others dots: those of a model that separates", () => {
    const chart = chartCoefficients({ ...model, standardErrors: [0.1, 0.2, 1e4] });
    expect(headOf(chart)).toContain("intervals end beyond the frame");
    expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    const table = fromMatrix([[1, 0], [2, 1], [3, 0], [4, 1]], { names: ["spend", "other"] }); // prettier-ignore
    const separated = chartCoefficients(fitLogistic(table, Uint8Array.of(0, 0, 1, 1)));
    expect(renderSvg(separated)).not.toMatch(/NaN|Infinity/);
  });

  it("draws zeros, a single feature, huge and tiny effects without odd numbers", () => {
    const cases: [number, number][] = [[0, 0], [0, 1], [1e-9, 1e-12], [700, 1], [-1e5, 10], [1e-300, 1e-300]]; // prettier-ignore
    for (const [coefficient, error] of cases) {
      for (const as of ["odds-ratio", "coefficient"] as const) {
        const one = { kind: "logistic", features: ["x"], coefficients: [coefficient], standardErrors: [error] };
        const chart = chartCoefficients(one, { as });
        expect(compiled(chart).warnings).toEqual([]);
        expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
      }
    }
  });

  it("says that there is nothing to draw of a model without features", () => {
    const none = { kind: "logistic", features: [], coefficients: [], standardErrors: [] };
    expect(svgTexts(renderSvg(chartCoefficients(none)))).toContain("The model has no features.");
  });

  it("draws hostile names as text", () => {
    const features = [...new Set(hostileNames)].slice(0, 20);
    const values = features.map((_, j) => j / 10);
    const chart = chartCoefficients({ kind: "logistic", features, coefficients: values, standardErrors: values });
    const elements = xmlElements(renderSvg(chart)).map(({ name }) => name);
    expect(elements.filter((name) => ["script", "img", "foreignObject", "body"].includes(name))).toEqual([]);
    expect(drawnBy(chart)).toHaveLength(features.length);
  });

  it("refuses what is no such model", () => {
    expectRefusal(() => chartCoefficients(null as never), "shape-mismatch", "model");
    expectRefusal(() => chartCoefficients({ ...model, coefficients: [1] }), "shape-mismatch", "model.coefficients");
    expectRefusal(() => chartCoefficients({ ...model, standardErrors: [1, NaN, 1] }), "shape-mismatch", "model.standardErrors"); // prettier-ignore
    expectRefusal(() => chartCoefficients({ ...model, standardErrors: [1, -1, 1] }), "shape-mismatch", "model.standardErrors"); // prettier-ignore
    expectRefusal(
      () => chartCoefficients({ ...model, degreesOfFreedom: 0 }),
      "shape-mismatch",
      "model.degreesOfFreedom",
    );
  });
});
