import { measureCalibration } from "clientele/predictions";
import { describe, expect, it } from "vitest";
import { wilsonInterval } from "../../src/numeric/intervals.ts";
import { randomOf } from "../../src/core/random.ts";
import { classifierCases } from "../support/classifier-cases.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const rounding = { relative: 1e-12, because: "sums in another order" };
const z = 1.959963984540054;

describe.each(Object.entries(classifierCases))("measureCalibration on the %s case", (_, golden) => {
  const { outcome, probability, recalibration } = golden;
  const report = measureCalibration(outcome, probability);

  it("has scikit-learn's calibration_curve, with bins of equal width and of equal size", () => {
    for (const [binning, strategy] of [
      ["width", "uniform"],
      ["quantile", "quantile"],
    ] as const) {
      // prettier-ignore
      const { bins } = measureCalibration(outcome, probability, { binning });
      const [rates, means] = golden.calibrationCurve[strategy];
      expectClose(bins.map(({ rate }) => rate), rates, rounding); // prettier-ignore
      expectClose(bins.map(({ meanProbability }) => meanProbability), means, rounding); // prettier-ignore
      expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(outcome.length);
    }
    expectClose(report.calibrationError, golden.eceWidth, rounding);
  });

  it("has the slope and intercept of statsmodels' regression on the log odds, with their errors", () => {
    const because = "Newton's last step in both";
    const { slope, intercept, inTheLarge } = report;
    expectClose(slope!.value, recalibration.slope, { relative: 1e-8, because });
    expectClose(intercept!.value, recalibration.intercept, { absolute: 1e-8, because });
    expectClose(inTheLarge!.value, recalibration.inTheLarge, { absolute: 1e-8, because });
    expectClose((slope!.interval[1] - slope!.value) / z, recalibration.slopeError, { relative: 1e-6, because });
    expectClose((intercept!.interval[1] - intercept!.value) / z, recalibration.interceptError, {
      relative: 1e-6,
      because,
    });
    expectClose((inTheLarge!.interval[1] - inTheLarge!.value) / z, recalibration.inTheLargeError, {
      relative: 1e-6,
      because,
    });
  });

  it("has Spiegelhalter's statistic", () => {
    expectClose(report.test!.statistic, recalibration.spiegelhalter, { relative: 1e-11, because: "sums that cancel" });
    expectClose(report.test!.pValue, recalibration.spiegelhalterP, { relative: 1e-10, because: "sums that cancel" });
  });

  it("does not depend on the order of customers, to the bit", () => {
    const order = shuffled(outcome.length, 11);
    const again = measureCalibration(order.map((i) => outcome[i]), order.map((i) => probability[i])); // prettier-ignore
    expect(bitsOf(again)).toBe(bitsOf(report));
  });
});

describe("measureCalibration", () => {
  it("puts a probability at a limit into the bin below it, and gives each rate Wilson's interval", () => {
    const { bins } = measureCalibration([1, 0, 0, 1], [0.3, 0.1, 0.30000001, 0], { bins: 10 });
    expect(bins.map(({ lowest, highest, n }) => [lowest, highest, n])).toEqual([[0, 0.1, 2], [0.3, 0.3, 1], [0.30000001, 0.30000001, 1]]); // prettier-ignore
    expect(bins[0].interval).toEqual(wilsonInterval({ successes: 1, n: 2 }));
  });

  it("finds true probabilities true, and tells what is wrong with others", () => {
    const random = randomOf(3);
    const truth = Array.from({ length: 20_000 }, () => 0.02 + 0.9 * random.next());
    const outcome = truth.map((p) => (random.next() < p ? 1 : 0));
    const good = measureCalibration(outcome, truth);
    // Four standard errors: of the slope about 0.017, of the level 0.017; the error of ten bins of 2,000 about 0.008.
    expectClose(good.slope!.value, 1, { absolute: 0.07, because: "noise" });
    expectClose(good.inTheLarge!.value, 0, { absolute: 0.07, because: "noise" });
    expect(good.calibrationError).toBeLessThan(0.02);
    expect(good.test!.pValue).toBeGreaterThan(0.001);
    const odds = (p: number): number => Math.log(p / (1 - p));
    const sure = measureCalibration(outcome, truth.map((p) => 1 / (1 + Math.exp(-2 * odds(p) - 1)))); // prettier-ignore
    expectClose(sure.slope!.value, 0.5, { absolute: 0.05, because: "log odds were doubled" });
    expect(sure.inTheLarge!.value).toBeLessThan(-0.5);
    expect(sure.test!.pValue).toBeLessThan(1e-10);
  });

  it("has no line where it does not exist, and says why", () => {
    const separated = measureCalibration([0, 0, 1, 1], [0.1, 0.3, 0.3, 0.9]);
    expect([separated.slope, separated.intercept, separated.notes[0].code]).toEqual([null, null, "no-line"]);
    expect(separated.inTheLarge).not.toBeNull();
    const equal = measureCalibration([0, 1, 1, 1], [0.5, 0.5, 0.5, 0.5]);
    expect([equal.slope, equal.test]).toEqual([null, null]);
    expectClose(equal.inTheLarge!.value, Math.log(3), { relative: 1e-12, because: "the log odds of 3/4" });
    const single = measureCalibration([1, 1], [0.2, 0.4]);
    expect([single.slope, single.inTheLarge, single.notes[0].code]).toEqual([null, null, "single-class"]);
  });

  it("stays finite where probabilities are 0 and 1", () => {
    const { slope, inTheLarge } = measureCalibration([0, 1, 0, 1, 0, 1], [0, 1, 1, 0, 0.5, 0.5]);
    expectClose([slope!.value, inTheLarge!.value], [0, 0], { absolute: 1e-9, because: "it is symmetric" });
    expectRefusal(() => measureCalibration([1, 0], [0.5]), "shape-mismatch", "probability");
  });
});
