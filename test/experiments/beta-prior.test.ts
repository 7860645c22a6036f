import { meanStatsOf, testBayesian, testProportions } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const few = { control: { n: 10, successes: 2 }, treatment: { n: 12, successes: 5 } };
const flat = { prior: { successes: 1, failures: 1 } };

describe("testBayesian with a beta prior", () => {
  it("agrees with SciPy's quadrature, as a share and as a difference", () => {
    // scipy.integrate.quad over beta(3, 9) against beta(6, 8): mean, P(> 0), E max(0, d), E max(0, −d).
    const figures = (relative: boolean): number[] => {
      const { estimate, chanceToWin, risk } = testBayesian(few, { ...flat, relative });
      return [estimate!, chanceToWin!, risk!.control, risk!.treatment];
    };
    const near = { relative: 1e-11, because: "their quadrature" };
    expectClose(figures(true), [1.3571428571428572, 0.8442589850585541, 1.393265773128473, 0.036122915985616226], near);
    expectClose(figures(false), [0.17857142857142855, 0.8442589850585541, 0.19365805818895063, 0.015086629617522072], near); // prettier-ignore
    const [low, high] = testBayesian(few, flat).interval!;
    expectClose([low, high], [-0.41107195838, 6.566578473], { absolute: 1e-8, because: "their quadrature" });
  });

  it.each([true, false])("is the same whichever arm is integrated over (relative: %s)", (relative) => {
    // One of the two has a hundred thousand times the customers: the other is the wider one, in either place.
    const [small, large] = [
      { n: 30, successes: 12 },
      { n: 1e6, successes: 300_000 },
    ];
    const there = testBayesian({ control: small, treatment: large }, { ...flat, relative });
    const back = testBayesian({ control: large, treatment: small }, { ...flat, relative });
    expectClose(there.chanceToWin!, 1 - back.chanceToWin!, { relative: 1e-11, because: "two quadratures" });
    if (relative) return;
    const { estimate, interval, risk } = back;
    expectClose([there.estimate!, ...there.interval!], [-estimate!, -interval![1], -interval![0]], { relative: 1e-8, because: "bisection" }); // prettier-ignore
    expectClose([there.risk!.control, there.risk!.treatment], [risk!.treatment, risk!.control], { relative: 1e-9, because: "two quadratures" }); // prettier-ignore
  });

  it("gains less loses is the mean, also for priors below 1 and rates of 0", () => {
    for (const prior of [
      { successes: 0.5, failures: 0.5 },
      { successes: 2, failures: 30 },
    ]) {
      for (const [x, y] of [
        [0, 0],
        [0, 9],
        [10, 12],
        [3, 4],
      ]) {
        // prettier-ignore
        const data = { control: { n: 10, successes: x }, treatment: { n: 12, successes: y } };
        const { estimate, risk, interval, chanceToWin } = testBayesian(data, { prior, relative: false });
        expectClose(risk!.control - risk!.treatment, estimate!, { absolute: 1e-13, because: "quadrature" });
        expect(interval![0]).toBeLessThan(interval![1]);
        expect(chanceToWin).toBeGreaterThan(0);
      }
    }
  });

  it("comes to the normal answer for many customers", () => {
    const many = { control: { n: 44_700, successes: 20_034 }, treatment: { n: 45_489, successes: 20_119 } };
    const [exact, usual] = [{ ...flat, relative: false }, { relative: false }].map((how) => testBayesian(many, how));
    expectClose(exact.chanceToWin!, usual.chanceToWin!, { relative: 5e-3, because: "a normal approximation" });
    expectClose(exact.standardDeviation!, usual.standardDeviation!, { relative: 1e-3, because: "a normal approximation" }); // prettier-ignore
  });

  it("tells the chance, but no share of a rate that may be 0; and takes proportions only", () => {
    const none = testBayesian({ control: { n: 10, successes: 0 }, treatment: { n: 12, successes: 5 } }, flat);
    expect(none).toMatchObject({ estimate: null, interval: null, risk: null, notes: [{ code: "control-near-zero" }] });
    expect(none.chanceToWin).toBeGreaterThan(0.98);
    const means = meanStatsOf({ n: 10, sum: 5, sumSquares: 9 });
    expectRefusal(() => testBayesian({ control: means, treatment: means }, flat), "invalid-option", "options.prior");
  });
});

describe("testProportions with continuity", () => {
  it("is R's prop.test", () => {
    // R: prop.test(c(25, 15), c(50, 50)): X-squared = 3.375, p-value = 0.0661925797221934.
    const data = { control: { n: 50, successes: 15 }, treatment: { n: 50, successes: 25 } };
    const { statistic, pValue } = testProportions(data, { continuity: true });
    expectClose([statistic! ** 2, pValue!], [3.375, 0.0661925797221934], { relative: 1e-12, because: "rounding" });
    const same = testProportions({ control: data.control, treatment: data.control }, { continuity: true });
    expect([same.statistic, same.pValue]).toEqual([0, 1]);
    expectRefusal(() => testProportions(data, { continuity: true, relative: true }), "invalid-option", "options.continuity"); // prettier-ignore
  });
});
