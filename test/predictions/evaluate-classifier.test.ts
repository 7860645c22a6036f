import { evaluateClassifier } from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { areaUnderRoc } from "../support/auc.ts";
import { classifierCases, mtcars } from "../support/classifier-cases.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const rounding = { relative: 1e-12, because: "sums in another order" };
const codesOf = (outcome: readonly number[], probability: readonly number[]): string[] =>
  evaluateClassifier(outcome, probability).notes.map(({ code }) => code);

describe.each(Object.entries(classifierCases))("evaluateClassifier on the %s case of scikit-learn", (_, golden) => {
  const { outcome, probability } = golden;
  const report = evaluateClassifier(outcome, probability, { threshold: 0.4, curvePoints: 1000 });

  it("has scikit-learn's AUC, average precision, log-loss and Brier score", () => {
    expectClose(report.auc!, golden.auc, rounding);
    expectClose(report.averagePrecision!, golden.averagePrecision, rounding);
    expectClose(report.logLoss, golden.logLoss, rounding);
    expectClose(report.brier, golden.brier, rounding);
  });

  it("has the calibration error of NumPy's bins, of equal width and of equal size", () => {
    expectClose(report.calibrationError, golden.eceWidth, rounding);
    expectClose(evaluateClassifier(outcome, probability, { binning: "quantile" }).calibrationError, golden.eceQuantile, rounding); // prettier-ignore
  });

  it("has scikit-learn's curves, threshold by threshold", () => {
    const points = report.curve.slice(1);
    expect(points.map(({ threshold }) => threshold)).toEqual(golden.roc.thresholds);
    expectClose(points.map(({ falsePositiveRate }) => falsePositiveRate!), golden.roc.fpr, rounding); // prettier-ignore
    expectClose(points.map(({ recall }) => recall!), golden.roc.tpr, rounding); // prettier-ignore
    expectClose(points.map(({ precision }) => precision!).slice(0, golden.precision.length), golden.precision, rounding); // prettier-ignore
    expect(report.curve[0]).toEqual({ threshold: null, falsePositiveRate: 0, recall: 0, precision: null });
  });

  it("has scikit-learn's confusion matrix at the threshold", () => {
    const { truePositives, falsePositives, falseNegatives, trueNegatives } = report.confusion;
    expect([truePositives, falsePositives, falseNegatives, trueNegatives]).toEqual(golden["confusionAt0.4"]);
  });

  it("has DeLong's interval as the sum over all pairs gives it, and the plain ones of the other figures", () => {
    const z = 1.959963984540054;
    const around = (value: number, error: number): number[] => [value - z * error, value + z * error];
    expectClose(report.intervals.auc!, around(golden.auc, golden.aucError), rounding);
    expectClose(report.intervals.averagePrecision!, golden.averagePrecisionInterval, rounding);
    expectClose(report.intervals.logLoss!, around(golden.logLoss, golden.logLossError), rounding);
    expectClose(report.intervals.brier!, around(golden.brier, golden.brierError), rounding);
    expect(report.intervals.calibrationError).toBeNull();
  });

  it("draws bootstrap intervals that agree with the analytic ones", () => {
    const { intervals } = evaluateClassifier(outcome, probability, { interval: "bootstrap", replicates: 2000 });
    for (const key of ["auc", "averagePrecision", "logLoss", "brier"] as const) {
      const [low, high] = report.intervals[key]!;
      // Two methods for a few hundred customers: ends within a third of the width.
      expectClose(intervals[key]!, [low, high], {
        absolute: (high - low) / 3,
        because: "two methods, 2,000 resamples",
      });
    }
    const [low, high] = intervals.calibrationError!;
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(report.calibrationError);
  });
});

describe("evaluateClassifier", () => {
  it("reproduces R's logistic regression of mtcars: AUC .93320, Brier .089500, log-loss .299626", () => {
    const report = evaluateClassifier(mtcars.outcome, mtcars.probability);
    expectClose(report.auc!, 0.9332, { absolute: 5e-6, because: "published digits" });
    expectClose(report.brier, 0.0895, { absolute: 5e-7, because: "published digits" });
    expectClose(report.logLoss, 0.299626, { absolute: 5e-7, because: "published digits" });
    expect(report.baseRate).toBe(13 / 32);
  });

  it("counts ties half, so that equal scores have the AUC of a coin and the average precision of the base rate", () => {
    const report = evaluateClassifier([1, 0, 0, 0], [0.3, 0.3, 0.3, 0.3]);
    expect(report.auc).toBe(0.5);
    expect(report.averagePrecision).toBe(0.25);
    expect(report.curve).toHaveLength(2);
    expect(evaluateClassifier([1, 0, 1, 0], [0.5, 0.5, 0.9, 0.1]).auc).toBe(0.875);
  });

  it("has the AUC of midranks, whatever the scores", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 60 }), (rows) => {
        const [outcome, probability] = [rows.map(([one]) => one), rows.map(([, eighths]) => eighths / 8)];
        const { auc } = evaluateClassifier(outcome, probability);
        if (auc === null) expect(new Set(outcome).size).toBe(1);
        else expectClose(auc, areaUnderRoc(probability, outcome), rounding);
        const mirrored = evaluateClassifier(outcome, probability.map((p) => 1 - p)).auc; // prettier-ignore
        if (auc !== null) expectClose(mirrored!, 1 - auc, { absolute: 1e-15, because: "one rounding" });
      }),
    );
  });

  it("does not depend on the order of customers, to the bit, and duplicating them changes no figure", () => {
    const { outcome, probability } = classifierCases["tied"];
    const order = shuffled(outcome.length, 3);
    const again = evaluateClassifier(order.map((i) => outcome[i]), order.map((i) => probability[i]), { interval: "bootstrap", replicates: 20 }); // prettier-ignore
    const report = evaluateClassifier(outcome, probability, { interval: "bootstrap", replicates: 20 });
    expect(bitsOf(again)).toBe(bitsOf(report));
    const twice = evaluateClassifier([...outcome, ...outcome], [...probability, ...probability]);
    for (const key of ["auc", "averagePrecision", "logLoss", "brier", "calibrationError"] as const) {
      expectClose(twice[key]!, report[key]!, rounding);
    }
  });

  it("holds the classifier against the base rate", () => {
    const { outcome, probability } = classifierCases["rare"];
    const { baseline, skill, baseRate, brier, logLoss } = evaluateClassifier(outcome, probability);
    const constant = evaluateClassifier(outcome, outcome.map(() => baseRate)); // prettier-ignore
    expectClose(baseline.brier, constant.brier, rounding);
    expectClose(baseline.logLoss, constant.logLoss, rounding);
    expect([baseline.auc, baseline.averagePrecision]).toEqual([constant.auc, constant.averagePrecision]);
    expectClose(skill.brier!, 1 - brier / constant.brier, rounding);
    expectClose(skill.logLoss!, 1 - logLoss / constant.logLoss, rounding);
    expect(codesOf([1, 0, 1, 0, 0, 1], [0.1, 0.9, 0.2, 0.8, 0.9, 0.1])).toContain("worse-than-base-rate");
  });

  it("keeps a certain and wrong prediction finite, and counts it", () => {
    const report = evaluateClassifier([1, 0, 1], [0, 1, 1]);
    expectClose(report.logLoss, (-2 * Math.log(2 ** -52)) / 3, { relative: 1e-12, because: "1 − 2⁻⁵² is a double" });
    expect(report.notes.map(({ code }) => code)).toEqual(["few-outcomes", "certain-and-wrong", "worse-than-base-rate"]);
    expect(report.notes[1].message).toMatch(/^2 customers/);
    expect(evaluateClassifier([1, 0], [1, 0]).logLoss).toBeLessThan(1e-15);
  });

  it("answers for a single class: no AUC, no average precision, a note, and every figure that exists", () => {
    for (const [one, note] of [
      [0, /^Nobody/],
      [1, /^Everybody/],
    ] as const) {
      // prettier-ignore
      const report = evaluateClassifier([one, one, one], [0.2, 0.4, 0.6]);
      expect([report.auc, report.averagePrecision, report.intervals.auc]).toEqual([null, null, null]);
      expect(report.notes[0].code).toBe("single-class");
      expect(report.notes[0].message).toMatch(note);
      expect(report.brier).toBeGreaterThan(0);
      expect([report.baseline.brier, report.baseline.logLoss, report.skill.brier]).toEqual([0, 0, null]);
      const drawn = evaluateClassifier([one, one, one], [0.2, 0.4, 0.6], { interval: "bootstrap", replicates: 9 });
      expect([drawn.intervals.auc, drawn.intervals.averagePrecision]).toEqual([null, null]);
      expect(drawn.intervals.brier).not.toBeNull();
    }
  });

  it("answers for one customer, and where the shares of a confusion are shares of nothing", () => {
    const report = evaluateClassifier([0], [0.25]);
    expect(report.brier).toBe(0.0625);
    expect(report.intervals).toEqual({ auc: null, averagePrecision: null, logLoss: null, brier: null, calibrationError: null }); // prettier-ignore
    expect(report.confusion).toEqual({
      threshold: 0.5,
      truePositives: 0,
      falsePositives: 0,
      falseNegatives: 0,
      trueNegatives: 1,
      accuracy: 1,
      precision: null,
      recall: null,
      specificity: 1,
      f1: null,
    });
  });

  it("suspects scores that tell the classes apart without error", () => {
    expect(codesOf([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1])).toContain("separated");
    expect(evaluateClassifier([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1]).averagePrecision).toBe(1);
  });

  it("thins a long curve evenly and keeps its ends; the area under what is left is nearly that of all", () => {
    const random = randomOf(4);
    const probability = Array.from({ length: 20_000 }, () => random.next());
    const outcome = probability.map((p) => (random.next() < p * p ? 1 : 0));
    const { auc, curve } = evaluateClassifier(outcome, probability, { curvePoints: 100 });
    expect(curve.length).toBeGreaterThan(90);
    expect(curve.length).toBeLessThanOrEqual(101);
    expect(curve.at(-1)).toMatchObject({ falsePositiveRate: 1, recall: 1 });
    let area = 0;
    for (let i = 1; i < curve.length; i++) {
      const [a, b] = [curve[i - 1], curve[i]];
      area += ((b.falsePositiveRate! - a.falsePositiveRate!) * (a.recall! + b.recall!)) / 2;
    }
    expectClose(area, auc!, { absolute: 1e-3, because: "100 chords of a concave curve" });
  });

  it("covers the true AUC in 95 of 100 samples", () => {
    // Normal scores a distance of 1 apart: the AUC is Φ(1/√2) = 0.7602. Logistic squeezing keeps the order.
    const truth = 0.7602499389065233;
    let covered = 0;
    for (let sample = 0; sample < 400; sample++) {
      const random = randomOf(9, sample);
      const outcome = Array.from({ length: 120 }, (_, i) => (i < 40 ? 1 : 0));
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
      const probability = outcome.map((one) => 1 / (1 + Math.exp(-normal() - one)));
      const [low, high] = evaluateClassifier(outcome, probability).intervals.auc!;
      if (low <= truth && truth <= high) covered++;
    }
    // Three standard errors of a share of 0.95 in 400 are 0.033; small samples cover a little less.
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.985);
  });

  it("refuses what are no outcomes, no probabilities, or not as many", () => {
    for (const wrong of [null, undefined, 1, {}, "01"]) {
      expectRefusal(() => evaluateClassifier(wrong as never, [0.5]), "shape-mismatch", "outcome");
      expectRefusal(() => evaluateClassifier([1], wrong as never), "shape-mismatch", "probability");
    }
    expectRefusal(() => evaluateClassifier([], []), "too-few-rows", "outcome");
    expectRefusal(() => evaluateClassifier([1, 0], [0.5]), "shape-mismatch", "probability");
    for (const wrong of [2, -1, NaN, 0.5, null, true, "1"]) {
      expectRefusal(() => evaluateClassifier([0, wrong as number], [0.5, 0.5]), "invalid-value", "outcome[1]");
    }
    for (const wrong of [1.0000001, -1e-9, NaN, Infinity, null, "0.5"]) {
      expectRefusal(() => evaluateClassifier([0, 1], [0.5, wrong as number]), "invalid-value", "probability[1]");
    }
  });

  it("judges a million customers", () => {
    const random = randomOf(2);
    const probability = Float64Array.from({ length: 1_000_000 }, () => random.next());
    const outcome = Uint8Array.from(probability, (p) => (random.next() < p ? 1 : 0));
    const report = evaluateClassifier(outcome, probability);
    // Calibrated uniform probabilities: AUC 5/6, Brier 1/6, log-loss 1/2; ten standard errors of at most 5e-4.
    expectClose([report.auc!, report.brier, report.logLoss], [5 / 6, 1 / 6, 1 / 2], {
      absolute: 5e-3,
      because: "noise",
    });
    expect(report.curve.length).toBeLessThanOrEqual(201);
  });
});

describe("evaluateClassifier with weights", () => {
  const outcome = [1, 0, 1, 1, 0, 0, 1, 0];
  const probability = [0.9, 0.8, 0.8, 0.6, 0.6, 0.3, 0.3, 0.1];
  const weights = [0.5, 2, 1.25, 0, 3, 0.75, 1.5, 2.5];

  it("has the figures of scikit-learn 1.2.1 with sample_weight", () => {
    const report = evaluateClassifier(outcome, probability, { weights });
    expectClose(report.auc!, 0.6526806526806527, rounding);
    expectClose(report.averagePrecision!, 0.5, rounding);
    expectClose(report.logLoss, 0.7509760366130314, rounding);
    expectClose(report.brier, 0.2819565217391304, rounding);
    expect(report.confusion).toMatchObject({ truePositives: 1.75, falsePositives: 5, falseNegatives: 1.5, trueNegatives: 3.25 }); // prettier-ignore
    expect([report.n, report.positives]).toEqual([11.5, 3.25]);
    expect(report.curve.at(-1)).toMatchObject({ falsePositiveRate: 1, recall: 1 });
    expect(report.curve.length).toBe(6);
  });

  it("is the same as customers who come so many times, intervals too; 0 = absent", () => {
    const random = randomOf(3);
    const times = outcome.concat(outcome, outcome).map(() => random.integer(4));
    const [came, said] = [outcome.concat(outcome, outcome), times.map(() => Math.round(20 * random.next()) / 20)];
    const repeat = (list: readonly number[]): number[] => list.flatMap((x, i) => new Array<number>(times[i]).fill(x));
    const { intervals, ...figures } = evaluateClassifier(came, said, { weights: times });
    const { intervals: others, ...expected } = evaluateClassifier(repeat(came), repeat(said));
    expect(figures).toEqual(expected);
    expect(intervals).toEqual(others);
  });

  it("draws customers, each with its weight, for the bootstrap", () => {
    const random = randomOf(8);
    const said = Float64Array.from({ length: 400 }, () => random.next());
    const came = said.map((p) => (random.next() < p ? 1 : 0));
    const options = { interval: "bootstrap", replicates: 500 } as const;
    const ones = evaluateClassifier(came, said, { ...options, weights: came.map(() => 1) }).intervals.auc!;
    const plain = evaluateClassifier(came, said, options).intervals.auc!;
    expectClose(ones, plain, { absolute: 0.01, because: "other draws of the same customers" });
    // Unequal weights know less than as many equal ones.
    const uneven = evaluateClassifier(came, said, { ...options, weights: came.map((_, i) => (i % 4 === 0 ? 5 : 0.1)) });
    const [low, high] = uneven.intervals.auc!;
    expect(high - low).toBeGreaterThan(1.3 * (plain[1] - plain[0]));
  });

  it("takes the customers' quantiles for bins, whatever their weight", () => {
    const { calibrationError } = evaluateClassifier(outcome, probability, { weights, binning: "quantile", bins: 2 });
    // Of the seven customers of some weight the middle one has 0.6: the bins are (0.1, 0.3, 0.3, 0.6) and (0.8, 0.8, 0.9).
    const low = Math.abs((2.5 * 0.1 + 2.25 * 0.3 + 3 * 0.6 - 1.5) / 11.5);
    const high = Math.abs((3.25 * 0.8 + 0.5 * 0.9 - 1.75) / 11.5);
    expectClose(calibrationError, low + high, rounding);
  });

  it("refuses weights that are negative, missing, too few or all 0", () => {
    for (const [bad, code] of [
      [[1, -1], "invalid-value"],
      [[1, NaN], "invalid-value"],
      [[1], "shape-mismatch"],
      [[0, 0], "degenerate-data"],
    ] as const)
      expectRefusal(() => evaluateClassifier([0, 1], [0.2, 0.4], { weights: bad }), code);
  });
});
