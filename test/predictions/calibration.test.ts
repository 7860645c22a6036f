import { type CalibrationModel, evaluateClassifier, fitCalibration, predictCalibrated } from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { classifierCases } from "../support/classifier-cases.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const codesOf = ({ notes }: CalibrationModel): string[] => notes.map(({ code }) => code);

describe.each(Object.entries(classifierCases))("fitCalibration on the %s case", (_, golden) => {
  const { outcome, probability } = golden;
  const isotonic = fitCalibration(outcome, probability, { method: "isotonic" });
  const platt = fitCalibration(outcome, probability, { method: "platt" });

  it("has the curve of scikit-learn's IsotonicRegression, and its predictions between and beyond the steps", () => {
    const because = "means of pooled counts against a mean of means";
    expectClose(predictCalibrated(isotonic, golden.isotonic.at), golden.isotonic.predicted, {
      absolute: 1e-12,
      because,
    });
    expectClose(isotonic.probabilities, golden.isotonic.x, { absolute: 0, because: "they are given" });
    expectClose(isotonic.calibrated, golden.isotonic.y, { absolute: 1e-12, because });
  });

  it("has Platt's line", () => {
    const because = "Newton's last step in both";
    expectClose([platt.intercept!, platt.slope!], [golden.platt.intercept, golden.platt.slope], { absolute: 1e-7, because }); // prettier-ignore
  });

  it("does not depend on the order of customers, to the bit, and predicts alike after a trip through JSON", () => {
    const order = shuffled(outcome.length, 5);
    for (const model of [isotonic, platt]) {
      const { method } = model;
      const again = fitCalibration(order.map((i) => outcome[i]), order.map((i) => probability[i]), { method }); // prettier-ignore
      expect(bitsOf(again)).toBe(bitsOf(model));
      const copy = JSON.parse(JSON.stringify(model)) as CalibrationModel;
      expect(bitsOf(predictCalibrated(copy, probability))).toBe(bitsOf(predictCalibrated(model, probability)));
    }
  });
});

describe("fitCalibration", () => {
  it("pools by hand: neighbors that fall share their mean", () => {
    const model = fitCalibration([1, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5], { method: "isotonic" });
    expect(model.probabilities).toEqual([0.1, 0.3, 0.4, 0.5]);
    expect(model.calibrated).toEqual([1 / 3, 1 / 3, 1, 1]);
    expectClose(predictCalibrated(model, [0, 0.2, 0.35, 1]), [1 / 3, 1 / 3, 2 / 3, 1], {
      relative: 1e-15,
      because: "rounding",
    });
  });

  it("never falls, keeps the mean, and is at least as near to the outcomes as the probabilities were", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 50 }), (rows) => {
        const [outcome, probability] = [rows.map(([one]) => one), rows.map(([, ninths]) => ninths / 9)];
        fc.pre(new Set(outcome).size === 2);
        const model = fitCalibration(outcome, probability, { method: "isotonic" });
        const calibrated = predictCalibrated(model, probability);
        const mean = (values: ArrayLike<number>): number =>
          Array.from(values).reduce((a, b) => a + b, 0) / values.length;
        expectClose(mean(calibrated), mean(outcome), { absolute: 1e-12, because: "means of blocks" });
        expect(model.calibrated).toEqual([...model.calibrated].sort((a, b) => a - b));
        const error = (values: ArrayLike<number>): number => evaluateClassifier(outcome, values).brier;
        expect(error(calibrated)).toBeLessThanOrEqual(error(probability) + 1e-12);
      }),
    );
  });

  it("mends probabilities that say too much, on customers it has not seen", () => {
    const random = randomOf(14);
    const odds = (p: number): number => Math.log(p / (1 - p));
    const draw = (n: number): { outcome: number[]; said: number[] } => {
      const truth = Array.from({ length: n }, () => 0.02 + 0.96 * random.next());
      const outcome = truth.map((p) => (random.next() < p ? 1 : 0));
      return { outcome, said: truth.map((p) => 1 / (1 + Math.exp(-3 * odds(p) - 0.8))) };
    };
    const [past, next] = [draw(4000), draw(4000)];
    const before = evaluateClassifier(next.outcome, next.said);
    for (const method of ["isotonic", "platt"] as const) {
      const model = fitCalibration(past.outcome, past.said, { method });
      const after = evaluateClassifier(next.outcome, predictCalibrated(model, next.said));
      expect(codesOf(model)).toEqual([]);
      expect(after.brier).toBeLessThan(before.brier - 0.005);
      expect(after.calibrationError).toBeLessThan(before.calibrationError / 3);
      if (method === "platt") {
        expect(after.auc).toBe(before.auc);
        // Log odds were tripled and raised by 0.8; four standard errors of a slope of 1/3 in 4,000 are about 0.04.
        expectClose([model.slope!, model.intercept!], [1 / 3, -0.8 / 3], { absolute: 0.2, because: "noise" });
      }
    }
  });

  it("warns of few customers, of a falling line and of a single probability", () => {
    expect(codesOf(fitCalibration([0, 1], [0.2, 0.4], { method: "isotonic" }))).toEqual(["few-rows"]);
    const falling = fitCalibration([1, 1, 0, 0, 1, 0], [0.1, 0.2, 0.8, 0.9, 0.3, 0.7], { method: "platt" });
    expect(falling.slope).toBeLessThan(0);
    expect(codesOf(falling)).toEqual(["falling"]);
    const constant = fitCalibration([1, 0, 0], [0.7, 0.7, 0.7], { method: "platt" });
    expect(codesOf(constant)).toEqual(["constant-probability"]);
    // Platt's targets: (1 · 2/3 + 2 · 1/4) / 3.
    expectClose(predictCalibrated(constant, [0.1, 0.9]), [7 / 18, 7 / 18], {
      relative: 1e-12,
      because: "a logarithm and back",
    });
  });

  it("stays finite for probabilities of 0 and 1, and where classes are told apart without error", () => {
    for (const method of ["isotonic", "platt"] as const) {
      const model = fitCalibration([0, 0, 1, 1], [0, 0, 1, 1], { method });
      for (const p of predictCalibrated(model, [0, 0.5, 1])) expect(p >= 0 && p <= 1).toBe(true);
      expect(Object.values(model).every((value) => typeof value !== "number" || Number.isFinite(value))).toBe(true);
    }
  });

  it("refuses a single class, and a method there is not", () => {
    for (const method of ["isotonic", "platt"] as const) {
      expectRefusal(() => fitCalibration([1, 1], [0.2, 0.4], { method }), "degenerate-data", "outcome");
    }
    expectRefusal(() => fitCalibration([0, 1], [0.2, 0.4], {} as never), "invalid-option", "options.method");
  });
});

describe("predictCalibrated", () => {
  const model = fitCalibration([0, 1, 0, 1], [0.1, 0.2, 0.6, 0.9], { method: "isotonic" });

  it("predicts nothing of nothing", () => {
    expect([...predictCalibrated(model, [])]).toEqual([]);
  });

  it("refuses models that were damaged or are of another kind", () => {
    const platt = fitCalibration([0, 1, 0, 1], [0.1, 0.2, 0.6, 0.9], { method: "platt" });
    for (const wrong of [
      null,
      {},
      { ...model, kind: "other" },
      { ...model, version: 2 },
      { ...model, method: "spline" },
      { ...model, probabilities: [...model.probabilities].reverse() },
      { ...model, probabilities: [] },
      { ...model, calibrated: [0, 1] },
      { ...model, calibrated: model.calibrated.map(() => NaN) },
      { ...model, slope: 1 },
      { ...platt, slope: null },
      { ...platt, intercept: "0" },
      { ...platt, probabilities: [0.5], calibrated: [0.5] },
    ]) {
      expectRefusal(() => predictCalibrated(wrong as never, [0.5]), "incompatible-model");
    }
    expectRefusal(() => predictCalibrated(model, [1.5]), "invalid-value", "probability[0]");
    expectRefusal(() => predictCalibrated(model, 0.5 as never), "shape-mismatch", "probability");
  });
});
