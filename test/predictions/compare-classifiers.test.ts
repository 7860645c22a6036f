import { compareClassifiers } from "clientele/predictions";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { classifierCases } from "../support/classifier-cases.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const rounding = { relative: 1e-10, because: "sums in another order, of differences" };
const z = 1.959963984540054;

describe.each(Object.entries(classifierCases))("compareClassifiers on the %s case", (_, golden) => {
  const { outcome, probability, other } = golden;
  const report = compareClassifiers(outcome, probability, other);

  it("has DeLong's paired test as the sum over all pairs gives it", () => {
    const { estimate, standardError, interval, pValue, first, method } = report.auc!;
    expectClose(
      [estimate, standardError, pValue!],
      [golden.pair.difference, golden.pair.error, golden.pair.p],
      rounding,
    );
    expectClose(interval, [estimate - z * standardError, estimate + z * standardError], rounding);
    expectClose(first, golden.auc, rounding);
    expect(method).toBe("DeLong");
  });

  it("tests Brier score and log-loss by each customer's difference", () => {
    expectClose([report.brier.estimate, report.brier.standardError], golden.pairedBrier, rounding);
    expectClose([report.logLoss.estimate, report.logLoss.standardError], golden.pairedLogLoss, rounding);
    expectClose([report.brier.first, report.logLoss.first], [golden.brier, golden.logLoss], rounding);
  });

  it("draws a paired bootstrap that agrees", () => {
    const drawn = compareClassifiers(outcome, probability, other, { interval: "bootstrap", replicates: 2000 });
    expect(drawn.auc).toEqual(report.auc);
    for (const key of ["brier", "logLoss"] as const) {
      expect(drawn[key].estimate).toBe(report[key].estimate);
      // 2,000 resamples know a standard error to 1.6 %; means of skewed losses differ a little more.
      expectClose(drawn[key].standardError, report[key].standardError, { relative: 0.1, because: "2,000 resamples" });
      expectClose(drawn[key].pValue!, report[key].pValue!, { absolute: 0.06, because: "2,000 resamples" });
    }
  });
});

describe("compareClassifiers", () => {
  it("turns around with the classifiers", () => {
    const { outcome, probability, other } = classifierCases["fine"];
    const [one, two] = [
      compareClassifiers(outcome, probability, other),
      compareClassifiers(outcome, other, probability),
    ];
    for (const key of ["auc", "brier", "logLoss"] as const) {
      expectClose(two[key]!.estimate, -one[key]!.estimate, rounding);
      expectClose(two[key]!.pValue!, one[key]!.pValue!, rounding);
    }
  });

  it("finds no difference between a classifier and itself, and none between scores that rank alike", () => {
    const { outcome, probability } = classifierCases["tied"];
    const same = compareClassifiers(outcome, probability, probability);
    for (const test of [same.auc!, same.brier, same.logLoss]) {
      expect([test.estimate, test.pValue, test.better, test.notes[0].code]).toEqual([0, 1, null, "no-spread"]);
    }
    const halved = compareClassifiers(outcome, probability, probability.map((p) => p / 2)); // prettier-ignore
    expectClose(halved.auc!.estimate, 0, { absolute: 1e-15, because: "rounding" });
    expect(halved.brier.better).toBe("first");
  });

  it("says which is better, by the figure's own direction", () => {
    const random = randomOf(6);
    const truth = Array.from({ length: 3000 }, () => random.next());
    const outcome = truth.map((p) => (random.next() < p ? 1 : 0));
    const vague = truth.map((p) => 0.5 + 0.2 * (p - 0.5) + 0.3 * (random.next() - 0.5));
    const { auc, brier, logLoss } = compareClassifiers(outcome, vague, truth);
    expect([auc!.better, brier.better, logLoss.better]).toEqual(["second", "second", "second"]);
    expect(auc!.estimate).toBeGreaterThan(0);
    expect(brier.estimate).toBeLessThan(0);
  });

  it("rejects equally good models in 5 of 100 samples", () => {
    let rejected = 0;
    for (let sample = 0; sample < 400; sample++) {
      const random = randomOf(12, sample);
      const latent = Array.from({ length: 100 }, () => random.next());
      const outcome = latent.map((p) => (random.next() < p ? 1 : 0));
      const noisy = (): number[] => latent.map((p) => (p + random.next()) / 2);
      if (compareClassifiers(outcome, noisy(), noisy()).auc!.better !== null) rejected++;
    }
    // Three standard errors of a share of 0.05 in 400 are 0.033.
    expect(rejected / 400).toBeLessThan(0.083);
    expect(rejected / 400).toBeGreaterThan(0.017);
  });

  it("compares losses only where a class has fewer than two, and refuses a single customer", () => {
    const report = compareClassifiers([1, 0, 0], [0.5, 0.2, 0.3], [0.6, 0.1, 0.4]);
    expect([report.auc, report.notes[0].code]).toEqual([null, "too-few-of-a-class"]);
    expect(report.brier.pValue).not.toBeNull();
    expectRefusal(() => compareClassifiers([1], [0.5], [0.5]), "too-few-rows", "outcome");
    expectRefusal(() => compareClassifiers([1, 0], [0.5, 2], [0.5, 0]), "invalid-value", "first[1]");
    expectRefusal(() => compareClassifiers([1, 0], [0.5, 1], [0.5]), "shape-mismatch", "second");
  });
});
