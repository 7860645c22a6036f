import { run } from "clientele/core";
import { type ExperimentArm, measureExperiment, meanStats, testMeans, testProportions } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const amounts = (shift: number) => run(meanStats(), Array.from({ length: 400 }, (_, i) => ((i * 37) % 60) + shift)); // prettier-ignore
const arm = (n: number, opened: number, shift = 0): ExperimentArm => ({ n, metrics: { opened: { n, successes: opened }, spend: amounts(shift) } }); // prettier-ignore
const good = { control: arm(5000, 540), offer: arm(5020, 690), plain: arm(4990, 548, 9) };

describe("measureExperiment", () => {
  it("asks for the sizes first, then tests every metric in every arm, adjusted for all", () => {
    const { sampleRatio, blocked, results, notes } = measureExperiment(good);
    expect([sampleRatio.mismatch, blocked, notes]).toEqual([false, false, []]);
    expect(results.map(({ metric, arm: name, verdict }) => [metric, name, verdict])).toEqual([
      ["opened", "offer", "higher"],
      ["opened", "plain", "no difference found"],
      ["spend", "offer", "no difference found"],
      ["spend", "plain", "higher"],
    ]);
    const [offer] = results;
    expect(offer.test).toEqual(testProportions({ control: { n: 5000, successes: 540 }, treatment: { n: 5020, successes: 690 } })); // prettier-ignore
    expect(results[3].test).toEqual(testMeans({ control: amounts(0), treatment: amounts(9) }));
    // Holm over four: the smallest p-value counts fourfold.
    const smallest = Math.min(...results.map(({ test }) => test.pValue ?? 1));
    expect(Math.min(...results.map(({ adjustedPValue }) => adjustedPValue ?? 1))).toBeCloseTo(4 * smallest, 15);
  });

  it("gives no verdict while the sizes are in doubt, until somebody says that it is known", () => {
    const lost = { control: arm(5000, 540), offer: arm(4500, 690) };
    const report = measureExperiment(lost);
    expect(report.blocked).toBe(true);
    expect(new Set(report.results.map(({ verdict }) => verdict))).toEqual(new Set(["blocked"]));
    expect(report.notes.map(({ code }) => code)).toEqual(["sample-ratio-mismatch"]);
    const known = measureExperiment(lost, { acknowledged: true });
    expect([known.blocked, known.results[0].verdict, known.notes.length]).toEqual([false, "higher", 1]);
    expect(measureExperiment(lost, { weights: [5000, 4500] }).blocked).toBe(false);
  });

  it("tests validly at every look when asked to", () => {
    const [early] = measureExperiment(good, { sequential: true }).results;
    const [late] = measureExperiment(good).results;
    expect(early.test.method).toBe("asymptotic confidence sequence");
    expect(early.test.interval?.[0]).toBeLessThan(late.test.interval?.[0] ?? 0);
  });

  it("says what it cannot tell, and counts metrics that an arm lacks", () => {
    const report = measureExperiment({
      control: arm(0, 0),
      offer: { n: 0, metrics: { opened: { n: 0, successes: 0 } } },
    });
    expect(report.results.map(({ verdict }) => verdict)).toEqual(["cannot be told"]);
    expect(report.notes.map(({ code }) => code)).toEqual(["missing-metric"]);
  });

  it("takes arms and metrics of any name, and refuses what is no experiment", () => {
    const odd = JSON.parse('{"control": {"n": 10, "metrics": {"__proto__": {"n": 10, "successes": 3}}}, "__proto__": {"n": 10, "metrics": {"__proto__": {"n": 10, "successes": 5}}}}') as Record<string, ExperimentArm>; // prettier-ignore
    expect(measureExperiment(odd).results.map(({ metric, arm: name }) => [metric, name])).toEqual([["__proto__", "__proto__"]]); // prettier-ignore
    expectRefusal(() => measureExperiment({ a: arm(5, 1), b: arm(5, 1) }), "invalid-option", "options.control");
    expectRefusal(() => measureExperiment({ control: arm(5, 1) }), "too-few-rows", "arms");
    expectRefusal(() => measureExperiment({ control: arm(5, 1), b: {} as never }), "invalid-value", "arms.b");
    expectRefusal(
      () => measureExperiment({ control: arm(5, 1), b: { ...arm(5, 1), n: 0.5 } }),
      "invalid-value",
      "arms.b.n",
    );
    expectRefusal(() => measureExperiment({ control: arm(5, 1), b: { n: 5, metrics: { opened: { n: 5, successes: 7 } } } }), "invalid-value", "arms.b.metrics.opened.successes"); // prettier-ignore
  });
});
