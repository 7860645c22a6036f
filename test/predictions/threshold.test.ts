import { chooseThreshold } from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("chooseThreshold", () => {
  it("finds the cheapest threshold by hand: a miss costs 5, a false alarm 1", () => {
    // From 0.4 on: 1 false alarm. From 0.3: 2. From 0.6: a miss and no false alarm: 5.
    const report = chooseThreshold([1, 0, 1, 0, 0], [0.9, 0.5, 0.4, 0.3, 0.1], { costs: { falsePositive: 1, falseNegative: 5 } }); // prettier-ignore
    expect(report).toMatchObject({ threshold: 0.4, selected: 3, gain: -1, gainOfNobody: -10, gainOfEverybody: -3 });
    expect(report.gainPerCustomer).toBe(-0.2);
    expect(report.confusion).toMatchObject({
      truePositives: 2,
      falsePositives: 1,
      falseNegatives: 0,
      trueNegatives: 2,
    });
    expectClose(report.calibratedThreshold, 1 / 6, { relative: 1e-15, because: "one division" });
    expect(report.gainAtCalibrated).toBe(-2);
    expect(report.curve.map(({ gain }) => gain)).toEqual([-10, -5, -6, -1, -2, -3]);
  });

  it("is as good as every other threshold, and acts on the fewest of those as good", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 6 }));
    const amount = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 25 }),
        amount,
        amount,
        amount,
        amount,
        (rows, tp, fp, fn, tn) => {
          fc.pre(tp - fn > fp - tn);
          const [outcome, probability] = [rows.map(([one]) => one), rows.map(([, sixths]) => sixths / 6)];
          const gains = { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn };
          const report = chooseThreshold(outcome, probability, { gains });
          const gainAt = (threshold: number): number =>
            outcome.reduce(
              (sum, one, i) => sum + (probability[i] >= threshold ? (one === 1 ? tp : fp) : one === 1 ? fn : tn),
              0,
            );
          expect(gainAt(report.threshold)).toBe(report.gain);
          for (const threshold of [...probability, 2]) {
            const other = gainAt(threshold);
            expect(other).toBeLessThanOrEqual(report.gain);
            if (other === report.gain) expect(threshold).toBeLessThanOrEqual(Math.max(report.threshold, 2));
            if (other === report.gain && threshold <= 1) expect(threshold).toBeLessThanOrEqual(report.threshold);
          }
          expect([gainAt(2), gainAt(0)]).toEqual([report.gainOfNobody, report.gainOfEverybody]);
        },
      ),
    );
  });

  it("comes near the threshold of the costs where probabilities are true", () => {
    const random = randomOf(8);
    const probability = Array.from({ length: 50_000 }, () => random.next());
    const outcome = probability.map((p) => (random.next() < p ? 1 : 0));
    const report = chooseThreshold(outcome, probability, { gains: { truePositive: 8, falsePositive: -2 } });
    expect(report.calibratedThreshold).toBe(0.2);
    // The gain is flat at its top: a threshold 0.05 away loses 0.0125 a customer.
    expectClose(report.threshold, 0.2, { absolute: 0.05, because: "noise at a flat top" });
    expect(report.gainAtCalibrated).toBeGreaterThan(0.999 * report.gain);
    expect(report.curve.length).toBeLessThanOrEqual(200);
    expect(report.curve.some(({ threshold }) => threshold === report.threshold)).toBe(true);
  });

  it("acts on nobody where that is best, by a threshold above every probability there can be", () => {
    const report = chooseThreshold([0, 0, 1], [1, 0.9, 0.1], { gains: { truePositive: 1, falsePositive: -9 } });
    expect(report.threshold).toBeGreaterThan(1);
    expect([report.selected, report.gain]).toEqual([0, 0]);
    expect(report.notes.map(({ code }) => code)).toEqual(["nobody"]);
  });

  it("acts on everybody where that costs nothing, and says that the probabilities decide nothing", () => {
    const report = chooseThreshold([0, 1], [0.2, 0.1], { costs: { falsePositive: 0, falseNegative: 3 } });
    expect([report.selected, report.calibratedThreshold]).toEqual([2, 0]);
    expect(report.notes.map(({ code }) => code)).toEqual(["everybody"]);
    expect(chooseThreshold([0, 0], [0.2, 0.1], { costs: { falsePositive: 1, falseNegative: 3 } }).notes[0].code).toBe("single-class"); // prettier-ignore
  });

  it("refuses both options, none, and gains by which to act is worth less on somebody with the outcome", () => {
    const costs = { falsePositive: 1, falseNegative: 1 };
    expectRefusal(() => chooseThreshold([1], [1], {}), "invalid-option", "options");
    expectRefusal(() => chooseThreshold([1], [1], { costs, gains: { truePositive: 1 } }), "invalid-option", "options");
    expectRefusal(() => chooseThreshold([1], [1], { gains: { falsePositive: 1 } }), "invalid-option", "options.gains");
    expectRefusal(() => chooseThreshold([1, 1], [1, 1], { gains: { truePositive: 1.7e308 } }), "too-large", "options");
  });
});
