import { fitLogistic, measureOddsRatios } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import golden from "../oracles/logistic.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const { rows, grade, plain } = golden.spector;
const names = ["GPA", "TUCE", "PSI"];
const model = fitLogistic(fromMatrix(rows, { names }), Uint8Array.from(grade));

describe("measureOddsRatios", () => {
  it("gives the factors and Wald intervals that statsmodels gives for Spector's data", () => {
    // statsmodels 0.13.5: np.exp(Logit(endog, add_constant(exog)).fit().params) and .conf_int(), to the digits printed.
    const report = measureOddsRatios(model);
    const because = "digits printed";
    expectClose(report.features.map(({ oddsRatio }) => oddsRatio), [16.879714827, 1.0998322425, 10.790732405], { relative: 1e-9, because }); // prettier-ignore
    expectClose(report.features[0].interval, [1.4201941279, 200.6238210977], { relative: 1e-8, because });
    expectClose(report.features[2].interval, [1.3393441543, 86.9380028004], { relative: 1e-8, because });
    expect(report.features.map(({ feature, step }) => [feature, step])).toEqual(names.map((name) => [name, 1]));
  });

  it("adjusts p-values for the number of features: by hand for three", () => {
    const p = plain.pValues; // 0.0252, 0.5014, 0.0255: ranks 1, 3, 2
    const because = "the p-values are those of the model";
    const of = (adjust?: "bh" | "holm" | "bonferroni"): number[] =>
      measureOddsRatios(model, { adjust }).features.map(({ adjustedPValue }) => adjustedPValue);
    expectClose(of(), [(p[2] * 3) / 2, p[1], (p[2] * 3) / 2], { relative: 1e-8, because });
    expectClose(of("holm"), [p[0] * 3, p[1], p[0] * 3], { relative: 1e-8, because });
    expectClose(of("bonferroni"), [p[0] * 3, 1, p[2] * 3], { relative: 1e-8, because });
  });

  it("answers for a step of any size, backwards too: the interval keeps its order", () => {
    const [gpa] = measureOddsRatios(model, { steps: { GPA: 0.1 } }).features;
    expectClose(gpa.oddsRatio, Math.exp(0.1 * model.coefficients[0]), { relative: 1e-14, because: "as defined" });
    const [back] = measureOddsRatios(model, { steps: { GPA: -0.1 } }).features;
    expectClose(back.oddsRatio, 1 / gpa.oddsRatio, { relative: 1e-14, because: "as defined" });
    expectClose(back.interval, [1 / gpa.interval[1], 1 / gpa.interval[0]], { relative: 1e-14, because: "as defined" });
    expect([back.pValue, back.adjustedPValue]).toEqual([gpa.pValue, gpa.adjustedPValue]);
    expect(back.interval[0]).toBeLessThan(back.interval[1]);
  });

  it("widens with the level and always holds the factor", () => {
    const widths = [0.5, 0.9, 0.999999].map((level) => {
      const [{ interval, oddsRatio }] = measureOddsRatios(model, { level }).features;
      expect(interval[0]).toBeLessThan(oddsRatio);
      expect(interval[1]).toBeGreaterThan(oddsRatio);
      return interval[1] - interval[0];
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  it("passes on what the model noted, says that a penalty shrinks, and stays finite under separation", () => {
    const table = fromMatrix([[1], [2], [3], [4]]);
    const separated = measureOddsRatios(fitLogistic(table, Uint8Array.of(0, 0, 1, 1)), { steps: { x0: 1e6 } });
    expect(separated.notes.map(({ code }) => code)).toEqual(["separation"]);
    const [{ oddsRatio, interval }] = separated.features;
    expect([oddsRatio, ...interval].every(Number.isFinite)).toBe(true);
    const shrunk = measureOddsRatios(fitLogistic(table, Uint8Array.of(0, 0, 1, 1), { l2: 1 }));
    expect(shrunk.notes.map(({ code }) => code)).toEqual(["penalized"]);
  });

  it("refuses steps of unknown features and what is no model of its kind", () => {
    expectRefusal(() => measureOddsRatios(model, { steps: { gpa: 1 } }), "invalid-option", "options.steps");
    expectRefusal(() => measureOddsRatios(model, JSON.parse('{"steps":{"__proto__":1}}') as object), "invalid-option");
    expectRefusal(
      () => measureOddsRatios({ ...model, kind: "linear" as "logistic" }),
      "incompatible-model",
      "model.kind",
    );
    expectRefusal(() => measureOddsRatios({ ...model, standardErrors: [1] }), "incompatible-model", "model.standardErrors"); // prettier-ignore
  });
});
