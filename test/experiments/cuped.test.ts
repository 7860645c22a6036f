import { mergeAll, randomOf, run } from "clientele/core";
import { adjustCuped, cupedStats, testMeans, meanStats } from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const control = { outcome: [5, 9, 14, 18, 25, 7], covariate: [1, 2, 3, 4, 5, 1.5] };
const treatment = { outcome: [8, 11, 17, 22, 26, 15], covariate: [1, 2, 3, 4, 5, 2.5] };

describe("adjustCuped", () => {
  it("is Welch's test of outcome − θ · (covariate − mean), as in R", () => {
    // R 4.2.2: θ from the pooled within-arm sums, then t.test of the adjusted outcomes.
    const { theta, adjusted, unadjusted, varianceReduction } = adjustCuped({ control, treatment });
    const close = { relative: 1e-12, because: "fifteen digits printed" };
    expectClose(theta, 4.78867924528302, close);
    expectClose(adjusted.estimate ?? NaN, 2.70188679245283, close);
    expectClose(adjusted.pValue ?? NaN, 6.79126843600111e-5, { relative: 1e-10, because: "fifteen digits of R's t" });
    expectClose(adjusted.interval ?? [], [1.78199889766993, 3.62177468723573], close);
    expectClose(adjusted.degreesOfFreedom ?? NaN, 9.88443027351263, close);
    expectClose(unadjusted.pValue ?? NaN, 0.416741272865515, { relative: 1e-11, because: "fifteen digits of R's t" });
    expect(varianceReduction).toBeGreaterThan(0.98);
  });

  it("reads the same from sums that were merged as from rows", () => {
    const sums = ({ outcome, covariate }: typeof control) =>
      mergeAll(cupedStats(), [0, 1].map((part) => run(cupedStats(), outcome.map((value, i) => ({ outcome: value, covariate: covariate[i] })).filter((_, i) => i % 2 === part)))); // prettier-ignore
    const merged = adjustCuped({ control: sums(control), treatment: sums(treatment) }); // prettier-ignore
    expectClose(merged.adjusted.pValue ?? NaN, adjustCuped({ control, treatment }).adjusted.pValue ?? NaN, { relative: 1e-9, because: "another order of sums" }); // prettier-ignore
  });

  it("leaves the test as it is where the covariate says nothing", () => {
    const flat = adjustCuped({ control: { ...control, covariate: control.outcome.map(() => 3) }, treatment: { ...treatment, covariate: treatment.outcome.map(() => 3) } }); // prettier-ignore
    expect(flat.theta).toBe(0);
    expect(flat.notes.map(({ code }) => code)).toEqual(["constant-covariate"]);
    expect(flat.adjusted.pValue).toBe(flat.unadjusted.pValue);
    const plain = testMeans({
      control: run(meanStats(), control.outcome),
      treatment: run(meanStats(), treatment.outcome),
    });
    expectClose(flat.unadjusted.pValue ?? NaN, plain.pValue ?? NaN, { relative: 1e-12, because: "the same test" });
  });

  it("counts customers without a covariate unadjusted, or refuses them", () => {
    const gaps = { outcome: [...control.outcome, 12], covariate: [...control.covariate, null] };
    const report = adjustCuped({ control: gaps, treatment });
    expect(report.missing).toEqual({ control: 1, treatment: 0 });
    expect(report.notes.map(({ code }) => code)).toEqual(["missing-covariate"]);
    expect(report.adjusted.control.n).toBe(7);
    expectRefusal(() => adjustCuped({ control: gaps, treatment }, { missing: "refuse" }), "invalid-value", "data");
  });

  it("warns of a covariate that the arms differ in beyond chance", () => {
    const shifted = { outcome: Array.from({ length: 200 }, (_, i) => i % 9), covariate: Array.from({ length: 200 }, (_, i) => (i % 7) + 4) }; // prettier-ignore
    const other = { outcome: shifted.outcome, covariate: shifted.covariate.map((x) => x - 3) };
    expect(adjustCuped({ control: shifted, treatment: other }).notes.map(({ code }) => code)).toEqual([
      "covariate-differs",
    ]);
  });

  it("halves the variance where outcome and covariate go together by 0.7, and keeps the effect", () => {
    const random = randomOf(4);
    const arm = (effect: number) => {
      const covariate = Array.from({ length: 20_000 }, () => sampleNormal(random));
      return { covariate, outcome: covariate.map((x) => effect + x / Math.SQRT2 + sampleNormal(random) / Math.SQRT2) };
    };
    const { adjusted, varianceReduction } = adjustCuped({ control: arm(0), treatment: arm(0.1) });
    expectClose(varianceReduction ?? NaN, 0.5, { absolute: 0.02, because: "chance" });
    expect(adjusted.interval?.[0]).toBeLessThan(0.1);
    expect(adjusted.interval?.[1]).toBeGreaterThan(0.1);
  });

  it("refuses what does not fit, by its place", () => {
    expectRefusal(() => adjustCuped({ control: { outcome: [1, 2], covariate: [1] }, treatment }), "shape-mismatch", "data.control.covariate"); // prettier-ignore
    expectRefusal(() => adjustCuped({ control: { outcome: [1, NaN], covariate: [1, 2] }, treatment }), "invalid-value", "data.control.outcome[1]"); // prettier-ignore
    expectRefusal(() => adjustCuped({ control: { outcome: [1, 2], covariate: [1, Infinity] }, treatment }), "invalid-value", "data.control.covariate[1]"); // prettier-ignore
    expectRefusal(() => adjustCuped(null as never), "invalid-value", "data");
  });
});

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b));

accumulatorLaws("cupedStats", {
  accumulator: cupedStats(),
  arbitraryInput: fc.record({
    outcome: fc.integer({ min: -50, max: 50 }),
    covariate: fc.option(fc.integer({ min: -20, max: 20 })),
  }),
  equal: (a, b) =>
    a.n === b.n &&
    a.missing.n === b.missing.n &&
    near(a.mean, b.mean) &&
    near(a.m2, b.m2) &&
    near(a.covariateM2, b.covariateM2) &&
    near(a.coMoment, b.coMoment) &&
    near(a.missing.m2, b.missing.m2),
});
