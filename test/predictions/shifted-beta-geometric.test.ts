import { fitShiftedBetaGeometric, projectRetention, type ShiftedBetaGeometricModel } from "clientele/predictions";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const regular = [1000, 631, 468, 382, 326, 289, 262, 241];
const rounding = { relative: 1e-12, because: "rounding" };

interface Fit {
  readonly alpha: number;
  readonly beta: number;
  readonly log_likelihood: number;
  readonly survival_0_to_12: number[];
  readonly retention_rate_1_to_12: number[];
  readonly discounted_expected_lifetime_10pct_new: number;
}

interface Cohort {
  readonly fit_years_1_to_7: Fit;
  readonly fit_years_1_to_12: Fit;
  readonly geometric_mle_7_years: { readonly retention: number; readonly survival_0_to_12: number[] };
  readonly observed_retention_rates: number[];
}

describeWithData("sBG on the cohorts of Fader & Hardie (2007)", ["sbg_retention"], () => {
  const expected = readDataJson<Record<string, Cohort>>("sbg_retention/expected.json");
  const rows = readDataRows("sbg_retention/surviving_percent.csv");
  const survivorsOf = (cohort: string): number[] => rows.map((row) => Math.round(10 * Number(row[cohort])));
  const reached = { relative: 2e-6, because: "SciPy's search of the reference ends there" };

  it.each([
    ["regular", 7],
    ["regular", 12],
    ["highend", 7],
    ["highend", 12],
  ] as const)("finds every figure of the reference: %s, %i years", (cohort, years) => {
    const survivors = survivorsOf(cohort).slice(0, years + 1);
    const fit = expected[cohort][years === 7 ? "fit_years_1_to_7" : "fit_years_1_to_12"];
    const model = fitShiftedBetaGeometric(survivors);
    expect(model).toMatchObject({ converged: true, atBoundary: false, notes: [] });
    expectClose([model.alpha, model.beta], [fit.alpha, fit.beta], reached);
    expectClose(model.logLikelihood, fit.log_likelihood, { relative: 1e-12, because: "sums" });
    expect(model.aic).toBe(4 - 2 * model.logLikelihood);
    const { survival, retention, lifetime } = projectRetention(model, { periods: 12, discountRate: 0.1 });
    expectClose(survival, fit.survival_0_to_12, reached);
    expectClose(retention, fit.retention_rate_1_to_12, reached);
    expectClose(Number(lifetime), fit.discounted_expected_lifetime_10pct_new, reached);
  });

  it.each(["regular", "highend"])("beats a constant retention rate, which the model tells: %s", (cohort) => {
    const survivors = survivorsOf(cohort);
    const model = fitShiftedBetaGeometric(survivors.slice(0, 8));
    const constant = expected[cohort].geometric_mle_7_years;
    expectClose(model.baseline.retention, constant.retention, rounding);
    expect(model.logLikelihood).toBeGreaterThan(model.baseline.logLikelihood + 20);
    // The held-out years 8 to 12.
    const { survival } = projectRetention(model, { periods: 12 });
    for (let year = 8; year <= 12; year++) {
      const seen = survivors[year] / 1000;
      expect(Math.abs(survival[year] - seen)).toBeLessThan(0.021);
      expect(Math.abs(survival[year] - seen)).toBeLessThan(Math.abs(constant.survival_0_to_12[year] - seen));
    }
  });

  it("has the published parameters and projection", () => {
    const model = fitShiftedBetaGeometric(survivorsOf("regular").slice(0, 8));
    const digits = { absolute: 5e-5, because: "four decimals" };
    expectClose([model.alpha, model.beta], [0.7041, 1.182], digits);
    expectClose(model.logLikelihood, -1680.27, { absolute: 5e-3, because: "two decimals" });
    expectClose(projectRetention(model, { periods: 12 }).survival[12], 0.17, {
      absolute: 5e-4,
      because: "three decimals",
    });
  });
});

describe("projectRetention", () => {
  const model = fitShiftedBetaGeometric(regular);
  const modelOf = (alpha: number, beta: number): ShiftedBetaGeometricModel => ({ ...model, alpha, beta });

  it("is, for customers who have renewed, the rest of the curve of new ones", () => {
    const all = projectRetention(model, { periods: 20 });
    const rest = projectRetention(model, { periods: 15, renewals: 5 });
    expectClose(rest.survival, all.survival.slice(5).map((share) => share / all.survival[5]), rounding); // prettier-ignore
    expectClose(rest.retention, all.retention.slice(5), rounding);
  });

  it("has lifetimes that are the sums of the discounted survival, of new and of old customers", () => {
    for (const [alpha, beta, renewals, discountRate] of [
      [0.7, 1.2, 0, 0.1],
      [0.7, 1.2, 4, 0.1],
      [30, 0.01, 2, 0.5],
      [0.02, 50, 1, 0.05],
    ]) {
      const options = { periods: 3000, renewals, discountRate };
      const { survival, lifetime, residualLifetime } = projectRetention(modelOf(alpha, beta), options);
      let [sum, later] = [0, 0];
      for (let k = 3000; k >= 0; k--) sum += survival[k] * (1 + discountRate) ** -k;
      for (let k = 3000; k >= 1; k--) later += survival[k] * (1 + discountRate) ** (1 - k);
      expectClose([Number(lifetime), Number(residualLifetime)], [sum, later], { relative: 1e-11, because: "rounding" });
    }
  });

  it("has a lifetime without discounting only for α above 1: (α + β − 1) / (α − 1)", () => {
    expectClose(Number(projectRetention(modelOf(3, 4), { periods: 1 }).lifetime), 3, rounding);
    for (const alpha of [0.5, 1]) {
      expect(projectRetention(modelOf(alpha, 4), { periods: 1 })).toMatchObject({
        lifetime: null,
        residualLifetime: null,
      });
    }
    const [[near], far] = [[projectRetention(model, { periods: 1, discountRate: 1e-9 }).lifetime], 100];
    expect(Number(near)).toBeGreaterThan(far);
  });

  it("refuses a damaged model and a horizon that is none", () => {
    const damaged = { ...model, alpha: 0 };
    expectRefusal(() => projectRetention(damaged, { periods: 1 }), "incompatible-model", "model.alpha");
    expectRefusal(() => projectRetention(model, { periods: 0 }), "invalid-option", "options.periods");
  });
});

describe("fitShiftedBetaGeometric", () => {
  it("adds up cohorts: two of one kind give the parameters of one, with half the variance", () => {
    const one = fitShiftedBetaGeometric(regular);
    const two = fitShiftedBetaGeometric([regular, regular]);
    expectClose([two.alpha, two.beta], [one.alpha, one.beta], { relative: 1e-7, because: "tolerance of the gradient" });
    expectClose(two.logLikelihood, 2 * one.logLikelihood, rounding);
    const errors = Number(one.standardErrors.alpha) / Number(two.standardErrors.alpha);
    expectClose(errors, Math.SQRT2, { relative: 1e-5, because: "differences" });
  });

  it("takes cohorts of different lengths, the younger of which say less", () => {
    const young = fitShiftedBetaGeometric([regular, regular.slice(0, 3), [500, 300]]);
    expect(young.converged).toBe(true);
    const [whole, part] = [fitShiftedBetaGeometric(regular), Number(young.standardErrors.alpha)];
    expect(part).toBeLessThan(Number(whole.standardErrors.alpha));
  });

  it("says that customers who are all alike, all stay or all leave bound no parameter", () => {
    const alike = fitShiftedBetaGeometric([1000, 800, 640, 512]);
    expect(alike).toMatchObject({ atBoundary: true, notes: [{ code: "at-boundary" }] });
    expectClose(projectRetention(alike, { periods: 1 }).retention[0], 0.8, { relative: 1e-6, because: "flat" });
    expect(fitShiftedBetaGeometric([10, 10, 10])).toMatchObject({ atBoundary: true, baseline: { retention: 1 } });
    expect(fitShiftedBetaGeometric([10, 0, 0])).toMatchObject({ atBoundary: true, baseline: { retention: 0 } });
  });

  it("survives JSON, and gives the same bits again", () => {
    const model = fitShiftedBetaGeometric(regular);
    const copy = JSON.parse(JSON.stringify(model)) as ShiftedBetaGeometricModel;
    expect(bitsOf(projectRetention(copy, { periods: 5 }))).toEqual(bitsOf(projectRetention(model, { periods: 5 })));
    expect(bitsOf(fitShiftedBetaGeometric(regular.slice()))).toEqual(bitsOf(model));
  });

  it("refuses what is no survival", () => {
    expectRefusal(() => fitShiftedBetaGeometric([10, 11]), "invalid-value", "survivors[1]");
    expectRefusal(() => fitShiftedBetaGeometric([10, NaN]), "invalid-value", "survivors[1]");
    expectRefusal(() => fitShiftedBetaGeometric([[10, 5], [10, -1]]), "invalid-value", "survivors[1][1]"); // prettier-ignore
    expectRefusal(() => fitShiftedBetaGeometric([10]), "too-few-rows", "survivors");
    expectRefusal(() => fitShiftedBetaGeometric([0, 0]), "too-few-rows", "survivors");
    expectRefusal(() => fitShiftedBetaGeometric("10" as never), "invalid-value", "survivors");
    expectRefusal(() => fitShiftedBetaGeometric([[10, 5], 3] as never), "invalid-value", "survivors[1]");
  });
});
