import { randomOf } from "clientele/core";
import {
  type CoxModel,
  fitCox,
  measureConcordance,
  predictHazard,
  predictSurvival,
  testLogRank,
} from "clientele/predictions";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitCoxOptions } from "../../src/predictions/cox.ts";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/survival.golden.json" with { type: "json" };
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const { leukemia, tied } = golden;
const arms = fromMatrix(leukemia.groups.map((group) => [group]), { names: ["placebo"] }); // prettier-ignore
const table = fromMatrix(tied.rows, { names: ["score", "plan"] });

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 15 }))
  .map((rows) => fromMatrix(rows));
const rowsOf = (given: FeatureTable): number => (given as Partial<FeatureTable> | null)?.ids?.length ?? 0;

// With a penalty, because the laws fit constant columns and fewer rows than features.
modelLaws("fitCox and predictHazard", {
  fit: (given: FeatureTable, options: object) =>
    fitCox(
      given,
      Float64Array.from({ length: rowsOf(given) }, (_, i) => i % 3),
      Uint8Array.from({ length: rowsOf(given) }, (_, i) => (i % 4 === 3 ? 0 : 1)),
      options,
    ),
  apply: predictHazard,
  options: { l2: 1 },
  optionNames: Object.keys(fitCoxOptions),
  tables,
  fields: ["coefficients", "means", "longest", "baseline"],
  missing: "refused",
  empty: "refused",
});

type Golden = Pick<
  typeof tied.weighted,
  "coefficients" | "standardErrors" | "covariance" | "logLikelihood" | "nullLogLikelihood" | "hazardAtZero"
>;

function expectModel(model: CoxModel, wanted: Golden): void {
  const near = { relative: 1e-10, because: "both are at the optimum to rounding" };
  expectClose(model.coefficients, wanted.coefficients, near);
  expectClose(model.standardErrors, wanted.standardErrors, near);
  expectClose(model.covariance.flat(), wanted.covariance.flat(), { relative: 1e-9, because: "an inverse" });
  expectClose(model.logLikelihood, wanted.logLikelihood, near);
  expectClose(model.nullLogLikelihood, wanted.nullLogLikelihood, near);
  const atMeans = model.coefficients.reduce((sum, slope, j) => sum + slope * model.means[j], 0);
  const hazard = model.baseline.cumulativeHazard.map((through) => through / Math.exp(atMeans));
  expectClose(hazard, wanted.hazardAtZero, { relative: 1e-9, because: "moved from the means to 0" });
  expect([model.converged, codes(model)]).toEqual([true, []]);
  expect(model.gradientNorm).toBeLessThan(1e-10);
}

/** Durations drawn from known hazards, half of them censored. */
function drawn(
  rows: number,
  slopes: readonly number[],
  whole: boolean,
  seed = 3,
): [FeatureTable, Float64Array, Uint8Array] {
  // prettier-ignore
  const values = cloud(rows, slopes.length, { seed, groups: 1 });
  const random = randomOf(seed + 50);
  const events = new Uint8Array(rows);
  const durations = Float64Array.from({ length: rows }, (_, row) => {
    const hazard = Math.exp(slopes.reduce((sum, slope, j) => sum + slope * values[row * slopes.length + j], 0));
    const [life, end] = [(-30 * Math.log(1 - random.next())) / hazard, 60 * random.next()];
    events[row] = life <= end ? 1 : 0;
    const seen = Math.min(life, end);
    return whole ? Math.floor(seen) : seen;
  });
  return [fromMatrix(values, { columns: slopes.length }), durations, events];
}

describe("fitCox", () => {
  it("finds what R prints for Freireich's leukemia patients, with either kind of ties", () => {
    // R: coxph(Surv(weeks, relapse) ~ drug): 1.5721 (se 0.4124), likelihood ratio 16.35; ties = "breslow": 1.5092 (0.4096).
    const because = "digits printed by R";
    const efron = fitCox(arms, leukemia.durations, leukemia.events);
    expectClose([efron.coefficients[0], efron.standardErrors[0]], [1.5721, 0.4124], { absolute: 5.1e-5, because });
    expectClose(efron.tests.likelihoodRatio?.statistic ?? 0, 16.35, { absolute: 0.0051, because });
    const breslow = fitCox(arms, leukemia.durations, leukemia.events, { ties: "breslow" });
    expectClose([breslow.coefficients[0], breslow.standardErrors[0]], [1.5092, 0.4096], { absolute: 5.1e-5, because });
    expectModel(efron, leukemia.efron);
    expectModel(breslow, leukemia.breslow);
    expect([efron.customers, efron.totalEvents, efron.longest]).toEqual([42, 30, 35]);
  });

  it("agrees with the definition, risk set by risk set, with many ties, weights and a penalty", () => {
    for (const ties of ["efron", "breslow"] as const) {
      const model = fitCox(table, tied.durations, tied.events, { ties });
      expectModel(model, tied[ties]);
      const near = { relative: 1e-10, because: "rounding" };
      expectClose(model.tests.score?.statistic ?? 0, tied[ties].score, near);
      expectClose(model.tests.wald?.statistic ?? 0, tied[ties].wald, near);
    }
    expectModel(fitCox(table, tied.durations, tied.events, { weights: tied.weights }), tied.weighted);
    const ridge = fitCox(table, tied.durations, tied.events, { l2: 3 });
    expectModel(ridge, tied.ridge);
    expect(ridge.tests).toEqual({ likelihoodRatio: null, wald: null, score: null });
  });

  it("counts a customer of weight k k times with Breslow's ties, and one of weight 0 not at all", () => {
    const order = tied.weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
    const again = fitCox(fromMatrix(order.map((row) => tied.rows[row]), { names: ["score", "plan"] }), order.map((row) => tied.durations[row]), order.map((row) => tied.events[row]), { ties: "breslow" }); // prettier-ignore
    const model = fitCox(table, tied.durations, tied.events, { ties: "breslow", weights: tied.weights });
    const near = { relative: 1e-10, because: "sums in another order" };
    expectClose(model.coefficients, again.coefficients, near);
    expectClose(model.standardErrors, again.standardErrors, near);
    expectClose(model.baseline.cumulativeHazard, again.baseline.cumulativeHazard, near);
    expectClose(model.concordance ?? 0, again.concordance ?? 1, near);
  });

  it("has the log-rank test as its score test where no events tie", () => {
    const durations = tied.durations.map((t, row) => t + row / 1000);
    const groups = tied.groups.map((group) => Math.min(group, 1));
    const model = fitCox(fromMatrix(groups.map((group) => [group])), durations, tied.events); // prettier-ignore
    const { statistic, pValue } = testLogRank(durations, tied.events, groups);
    const near = { relative: 1e-10, because: "the same sums" };
    expectClose([model.tests.score?.statistic ?? 0, model.tests.score?.pValue ?? 0], [statistic, pValue ?? 1], near);
  });

  it("does not depend on the order of rows, the unit of time, or units and offsets of features", () => {
    const base = fitCox(table, tied.durations, tied.events);
    const order = Array.from(shuffled(tied.rows.length, 5));
    const moved = fitCox(reordered(table, order), order.map((row) => tied.durations[row] * 7), order.map((row) => tied.events[row])); // prettier-ignore
    const near = { relative: 1e-10, because: "sums in another order" };
    expectClose(moved.coefficients, base.coefficients, near);
    expectClose(moved.logLikelihood, base.logLikelihood, near);
    const far = fromMatrix(tied.rows.map(([a, b]) => [Math.round(a * 1024) + 1e9, b * 1e-8]));
    const whole = fromMatrix(tied.rows.map(([a, b]) => [Math.round(a * 1024), b]));
    const [shifted, plain] = [far, whole].map((one) => fitCox(one, tied.durations, tied.events));
    expectClose(shifted.coefficients[0], plain.coefficients[0], { relative: 1e-9, because: "means are rounded" });
    expectClose(shifted.coefficients[1] * 1e-8, plain.coefficients[1], {
      relative: 1e-9,
      because: "means are rounded",
    });
    expectClose(shifted.zValues, plain.zValues, { relative: 1e-9, because: "means are rounded" });
  });

  it("recovers the hazards that durations were drawn from, whole days or not", () => {
    for (const whole of [false, true]) {
      const slopes = [0.8, -0.4, 0];
      const model = fitCox(...drawn(4000, slopes, whole));
      model.coefficients.forEach((slope, j) => {
        expect(Math.abs(slope - slopes[j]) / model.standardErrors[j]).toBeLessThan(3.5);
      });
      expect([model.converged, model.iterations < 9]).toEqual([true, true]);
    }
  });

  it("tells hazard ratios with their intervals", () => {
    const model = fitCox(table, tied.durations, tied.events, { level: 0.9 });
    expectClose(model.hazardRatios, model.coefficients.map(Math.exp), { relative: 1e-14, because: "one function" });
    const [low, high] = model.hazardRatioIntervals[0];
    expectClose([Math.log(low), Math.log(high)], [-1, 1].map((side) => model.coefficients[0] + side * 1.6448536269514722 * model.standardErrors[0]), { relative: 1e-12, because: "rounding" }); // prettier-ignore
    expect([model.level, model.aic]).toEqual([0.9, 4 - 2 * model.logLikelihood]);
  });

  it("says separation, and names the feature, where one tells who had the event", () => {
    const rows = [[1, 0.3], [1, 0.1], [1, 0.8], [0, 0.5], [0, 0.2], [0, 0.9]]; // prettier-ignore
    const model = fitCox(fromMatrix(rows, { names: ["leak", "fine"] }), [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]);
    expect([model.converged, codes(model)[0]]).toEqual([false, "separation"]);
    expect(model.notes[0].message).toMatch(/^leak tells/);
    expect(JSON.stringify(model)).not.toMatch(/[:,[]null/);
    const held = fitCox(fromMatrix(rows), [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], { l2: 0.1 });
    expect([held.converged, codes(held)]).toEqual([true, ["few-events"]]);
  });

  it("says separation where features do it together, and where one value never has the event", () => {
    const rows = Array.from({ length: 12 }, (_, i) => [(i * 7) % 12, ((i * 7) % 12) * -1 - i / 4]);
    const both = fitCox(fromMatrix(rows, { names: ["a", "b"] }), Array.from(rows.keys()), rows.map(() => 1)); // prettier-ignore
    expect(both.notes[0].message).toMatch(/^[ab], [ab] together/);
    const never = fitCox(fromMatrix(tied.rows.map(([a], row) => [a, tied.events[row] === 0 && row % 2 === 0 ? 1 : 0]), { names: ["score", "safe"] }), tied.durations, tied.events); // prettier-ignore
    expect([never.converged, never.notes[0].code]).toEqual([false, "separation"]);
    expect(never.notes[0].message).toMatch(/^safe tells/);
    expect(JSON.stringify(never)).not.toMatch(/[:,[]null/);
  });

  it("says so when steps are too few", () => {
    const model = fitCox(table, tied.durations, tied.events, { maxIterations: 1 });
    expect([model.converged, codes(model)]).toEqual([false, ["not-converged"]]);
  });

  it("takes one event, and events that all come at one time or at once", () => {
    const one = fitCox(fromMatrix([[1], [2], [5]]), [1, 2, 3], [0, 1, 0], { l2: 1 });
    expect([one.totalEvents, one.converged]).toEqual([1, true]);
    const same = fitCox(fromMatrix([[1], [2], [5], [3]]), [2, 2, 2, 2], [1, 0, 1, 1], { ties: "breslow", l2: 0.1 });
    expect([same.baseline.times, same.converged]).toEqual([[2], true]);
    expect(fitCox(fromMatrix([[1], [2], [5], [3]]), [0, 0, 0, 1], [1, 0, 1, 0], { l2: 0.1 }).converged).toBe(true);
  });

  it("refuses no events, features without differences, and combinations, with the name in the path", () => {
    const fit = (rows: number[][], names: string[], events: number[] = [1, 0, 1, 1, 0]): unknown =>
      fitCox(fromMatrix(rows, { names }), [1, 2, 3, 4, 5], events);
    const rows = [[1, 2, 3], [4, 2, 6], [2, 2, 4], [7, 2, 9], [3, 2, 5]]; // prettier-ignore
    expectRefusal(() => fit(rows, ["a", "same", "c"], [0, 0, 0, 0, 0]), "degenerate-data", "events");
    expectRefusal(() => fit(rows, ["a", "same", "c"]), "degenerate-data", "table.same");
    expectRefusal(() => fit(rows.map(([a, , c]) => [a, c]), ["a", "a + 2"]), "degenerate-data", "table.a + 2"); // prettier-ignore
    expectRefusal(() => fit([[0], [1], [1], [1], [1]], ["early"], [0, 1, 1, 1, 0]), "degenerate-data", "table.early"); // prettier-ignore
  });

  it("refuses what does not fit, naming its place and not its value", () => {
    const fit = (durations: number[], events: number[], options = {}): unknown => fitCox(fromMatrix([[1], [2]]), durations, events, options); // prettier-ignore
    expectRefusal(() => fit([1], [1, 0]), "shape-mismatch", "durations");
    expectRefusal(() => fit([1, 2], [1]), "shape-mismatch", "events");
    expectRefusal(() => fit([1, -77], [1, 0]), "invalid-value", "durations[1]");
    expect(refusalOf(() => fit([1, -77], [1, 0])).message).not.toContain("77");
    expectRefusal(() => fit([1, 2], [1, 0], { weights: [1, -1] }), "invalid-value", "options.weights[1]");
    expectRefusal(() => fitCox(fromMatrix([[1], [NaN]]), [1, 2], [1, 0]), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => fitCox(fromMatrix([[1e200], [-1e200]]), [1, 2], [1, 0]), "too-large", "table");
  });

  it("takes features of any name", () => {
    const names = hostileNames.slice(0, 2);
    const model = fitCox(fromMatrix(tied.rows, { names }), tied.durations, tied.events);
    expect(model.features).toEqual(names);
  });

  it("fits 200,000 customers", () => {
    const [many, durations, events] = drawn(200_000, [0.5, -0.5, 0.2], true);
    const model = fitCox(many, durations, events);
    expectClose(model.coefficients, [0.5, -0.5, 0.2], { absolute: 0.03, because: "whole days, and chance" });
    expect(model.converged).toBe(true);
  });
});

describe("predictHazard and predictSurvival", () => {
  const model = fitCox(table, tied.durations, tied.events);

  it("compare with an average customer, and follow the baseline over time", () => {
    const average = fromMatrix([model.means], { names: table.names });
    expectClose(predictHazard(model, average), [1], { absolute: 1e-15, because: "no difference" });
    const { times, cumulativeHazard } = model.baseline;
    const survival = predictSurvival(model, average, { times: [0.5, times[2] + 0.1] });
    expect(survival.names).toEqual(["survivalAt0.5", `survivalAt${times[2] + 0.1}`]);
    expectClose(survival.values, [Math.exp(-(times[0] === 0 ? cumulativeHazard[0] : 0)), Math.exp(-cumulativeHazard[2])], { relative: 1e-14, because: "one function" }); // prettier-ignore
  });

  it("expect as many events as there were: the martingale residuals sum to 0", () => {
    const hazards = predictHazard(model, table);
    const breslow = fitCox(table, tied.durations, tied.events, { ties: "breslow" });
    const expected = predictHazard(breslow, table).reduce((sum, hazard, row) => {
      const steps = breslow.baseline.times.filter((time) => time <= tied.durations[row]).length;
      return sum + hazard * (steps === 0 ? 0 : breslow.baseline.cumulativeHazard[steps - 1]);
    }, 0);
    expectClose(expected, breslow.totalEvents, { relative: 1e-12, because: "rounding of a sum" });
    expect(hazards.every((hazard) => hazard > 0)).toBe(true);
  });

  it("fall over time, more for higher hazards, and end with what was watched", () => {
    const survival = predictSurvival(model, table, { times: [model.longest, 1, 3] });
    for (let row = 0; row < table.ids.length; row++) {
      const [last, first, middle] = survival.values.subarray(3 * row, 3 * row + 3);
      expect(first >= middle && middle >= last && last > 0).toBe(true);
    }
    expectRefusal(() => predictSurvival(model, table, { times: [1, model.longest + 1] }), "invalid-option", "options.times[1]"); // prettier-ignore
    expectRefusal(() => predictSurvival(model, table, {} as never), "invalid-option", "options.times");
    expectRefusal(() => predictSurvival({ ...model, baseline: { times: [1], cumulativeHazard: [] } }, table, { times: [1] }), "incompatible-model", "model.baseline"); // prettier-ignore
  });

  it("refuse a row too far away for a number", () => {
    expectRefusal(() => predictHazard(model, fromMatrix([[Math.sign(model.coefficients[0]) * 1e9, 0]], { names: table.names })), "invalid-value", "table.values[0, *]"); // prettier-ignore
  });
});

describe("measureConcordance", () => {
  it("counts pairs as the definition does, one by one", () => {
    const risk = tied.rows.map(([a, b]) => a - b);
    const { concordant, tied: equal, comparable, value: share } = measureConcordance(tied.durations, tied.events, risk);
    expect([concordant, equal, comparable]).toEqual([tied.concordance.concordant, tied.concordance.tied, tied.concordance.comparable]); // prettier-ignore
    expectClose(share ?? 0, tied.concordance.value, { relative: 1e-15, because: "one division" });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.boolean(), fc.nat(4)), { minLength: 1, maxLength: 30 }), (rows) => {
        const counts = [0, 0, 0];
        for (const [t, event, score] of rows) {
          for (const [later, itsEvent, its] of rows) {
            if (!event || !(later > t || (later === t && !itsEvent))) continue;
            counts[Math.sign(score - its) + 1]++;
          }
        }
        const report = measureConcordance(rows.map(([t]) => t), rows.map(([, e]) => e), rows.map(([, , s]) => s)); // prettier-ignore
        expect([report.discordant, report.tied, report.concordant]).toEqual(counts);
        expect(report.value === null).toBe(report.comparable === 0);
      }),
    );
  });

  it("is null where nobody can be compared, and refuses scores that are no numbers", () => {
    const report = measureConcordance([2, 2], [1, 1], [1, 2]);
    expect([report.value, codes(report)]).toEqual([null, ["no-pairs"]]);
    expectRefusal(() => measureConcordance([2, 3], [1, 1], [1, NaN]), "invalid-value", "risk[1]");
    expectRefusal(() => measureConcordance([2, 3], [1, 1], [1]), "shape-mismatch", "risk");
  });
});

describeWithData("fitCox on the recidivism data of Rossi et al.", ["rossi"], () => {
  interface Figures {
    readonly coefficients: Readonly<Record<string, number>>;
    readonly standard_errors: Readonly<Record<string, number>>;
    readonly log_partial_likelihood: number;
  }
  const rows = readDataRows("rossi/rossi.csv");
  const wanted = readDataJson<{ cox_efron: Figures; cox_breslow: Figures; published: { cox_efron: Record<string, number> } }>("rossi/expected.json"); // prettier-ignore
  const names = Object.keys(wanted.cox_efron.coefficients);
  const features = fromMatrix(rows.map((row) => names.map((name) => Number(row[name]))), { names }); // prettier-ignore
  const weeks = rows.map(({ week }) => Number(week));
  const arrests = rows.map(({ arrest }) => Number(arrest));

  it.each(["efron", "breslow"] as const)("finds what statsmodels finds with %s's ties", (ties) => {
    const model = fitCox(features, weeks, arrests, { ties });
    const figures = wanted[`cox_${ties}`];
    const near = { relative: 1e-8, because: "statsmodels stops at a gradient of 1e-8" };
    expectClose(model.coefficients, Object.values(figures.coefficients), near);
    expectClose(model.standardErrors, Object.values(figures.standard_errors), near);
    expectClose(model.logLikelihood, figures.log_partial_likelihood, { relative: 1e-12, because: "flat at the top" });
  });

  it("finds the figures that Fox & Weisberg and lifelines publish", () => {
    const model = fitCox(features, weeks, arrests);
    const { log_partial_likelihood: likelihood, ...published } = wanted.published.cox_efron;
    model.coefficients.forEach((coefficient, j) => {
      expectClose(coefficient, published[names[j]], { absolute: 5.1e-5, because: "digits printed" });
    });
    expectClose(model.logLikelihood, likelihood, { absolute: 5.1e-5, because: "digits printed" });
    // lifelines' documentation: concordance 0.64, log-likelihood ratio test 33.27 on 7 df.
    expectClose(model.concordance ?? 0, 0.64, { absolute: 0.0051, because: "digits printed" });
    expectClose(model.tests.likelihoodRatio?.statistic ?? 0, 33.27, { absolute: 0.0051, because: "digits printed" });
    // Fox & Weisberg, R: Wald test 32.1, score (logrank) test 33.5.
    expectClose(model.tests.wald?.statistic ?? 0, 32.1, { absolute: 0.051, because: "digits printed" });
    expectClose(model.tests.score?.statistic ?? 0, 33.5, { absolute: 0.051, because: "digits printed" });
  });
});
