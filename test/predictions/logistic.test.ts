import { randomOf } from "clientele/core";
import { fitLogistic, type LogisticModel, predictLogistic } from "clientele/predictions";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLogisticOptions } from "../../src/predictions/logistic.ts";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/logistic.golden.json" with { type: "json" };
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const alternating = (rows: number): Uint8Array => Uint8Array.from({ length: rows }, (_, i) => i % 2);

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 15 }))
  .map((rows) => fromMatrix(rows));

// With a penalty, because the laws fit constant columns and fewer rows than features.
modelLaws("fitLogistic and predictLogistic", {
  fit: (table: FeatureTable, options: object) =>
    fitLogistic(table, alternating((table as Partial<FeatureTable> | null)?.ids?.length ?? 0), options),
  apply: predictLogistic,
  options: { l2: 1 },
  optionNames: Object.keys(fitLogisticOptions),
  tables,
  fields: ["coefficients", "means", "baseLogOdds"],
  missing: "refused",
  empty: "refused",
});

type Golden = typeof golden.spector.plain;

function expectModel(model: LogisticModel, wanted: Golden): void {
  const because = "fitted with 50 digits; rounding costs a few of ours";
  const near = { relative: 1e-10, because };
  const errors = { relative: 1e-9, because: "second derivatives before the last step, which is below 1e-9" };
  expectClose(model.intercept, wanted.intercept, near);
  expectClose(model.coefficients, wanted.coefficients, near);
  expectClose(model.interceptStandardError, wanted.interceptStandardError, errors);
  expectClose(model.standardErrors, wanted.standardErrors, errors);
  expectClose(model.pValues, wanted.pValues, { relative: 1e-8, because });
  expectClose(model.covariance.flat(), wanted.covariance.flat(), { ...errors, relative: 2e-9 });
  for (const field of ["logLikelihood", "nullLogLikelihood", "deviance", "aic", "bic"] as const) {
    expectClose(model[field], wanted[field], near);
  }
  expect(model.converged).toBe(true);
  expect(model.notes).toEqual([]);
  expect(model.gradientNorm).toBeLessThan(1e-8);
}

const { mtcars, spector } = golden;
const am = Uint8Array.from(mtcars.am);
const cars = fromMatrix(mtcars.wt.map((wt, i) => [wt, mtcars.hp[i]]), { names: ["wt", "hp"] }); // prettier-ignore
const students = fromMatrix(spector.rows, { names: ["GPA", "TUCE", "PSI"] });
const grade = Uint8Array.from(spector.grade);

/** Rows with noise, and outcomes drawn from known log odds. */
function drawn(rows: number, slopes: readonly number[], intercept: number, seed = 1): [FeatureTable, Uint8Array] {
  const values = cloud(rows, slopes.length, { seed, groups: 1 });
  const random = randomOf(seed + 100);
  const outcome = Uint8Array.from({ length: rows }, (_, row) => {
    const logOdds = slopes.reduce((sum, slope, j) => sum + slope * values[row * slopes.length + j], intercept);
    return random.next() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  return [fromMatrix(values, { columns: slopes.length }), outcome];
}

describe("fitLogistic", () => {
  it("finds what R prints for mtcars: am ~ wt and am ~ wt + hp", () => {
    // R 4: glm(am ~ wt, binomial, mtcars) and glm(am ~ wt + hp, …), summary to the digits printed.
    const because = "digits printed by R";
    const one = fitLogistic(fromMatrix(mtcars.wt.map((wt) => [wt])), am);
    expectClose([one.intercept, ...one.coefficients], [12.04037, -4.02397], { absolute: 5.1e-6, because });
    const before = "R takes the second derivatives before its last step, which moves them by 1e-4";
    const errors = [one.interceptStandardError, ...one.standardErrors];
    expectClose(errors, [4.50971, 1.43642], { relative: 1e-4, because: before });
    expectClose([one.deviance, one.aic], [19.1761, 23.1761], { absolute: 5.1e-5, because });
    const probabilities = predictLogistic(one, fromMatrix(mtcars.wt.map((wt) => [wt])));
    const brier = probabilities.reduce((sum, p, i) => sum + (p - am[i]) * (p - am[i]), 0) / am.length;
    expectClose(brier, 0.0895, { absolute: 5.1e-6, because });
    expectClose(one.deviance / 2 / am.length, 0.299626, { absolute: 5.1e-7, because });
    const two = fitLogistic(cars, am);
    expectClose([two.intercept, ...two.coefficients], [18.8663, -8.08348, 0.036256], { absolute: 5.1e-5, because });
    expectClose(two.deviance, 10.05911, { absolute: 5.1e-6, because });
    expectModel(one, mtcars.byWeight);
    expectModel(two, mtcars.byWeightAndPower);
  });

  it("finds the estimates of Spector and Mazzeo to ten digits, with weights and with a penalty too", () => {
    // Greene, "Econometric Analysis", table 21.1: -13.021, 2.826, 0.095, 2.379; standard errors 4.931, 1.263, 0.142, 1.065.
    const plain = fitLogistic(students, grade);
    expectClose([plain.intercept, ...plain.coefficients], [-13.021, 2.826, 0.095, 2.379], { absolute: 5.1e-4, because: "digits printed" }); // prettier-ignore
    expectModel(plain, spector.plain);
    expectModel(fitLogistic(students, grade, { l2: 0.5 }), spector.ridge);
    expectModel(fitLogistic(students, grade, { weights: spector.weights }), spector.weighted);
  });

  it("tells means, base rate and what was counted", () => {
    const model = fitLogistic(students, grade, { weights: spector.weights });
    const total = spector.weights.reduce((sum, weight) => sum + weight, 0);
    expect([model.customers, model.totalWeight]).toEqual([32, total]);
    const mean = (j: number): number =>
      spector.rows.reduce((sum, row, i) => sum + spector.weights[i] * row[j], 0) / total;
    expectClose(model.means, [0, 1, 2].map(mean), { relative: 1e-14, because: "rounding of sums" });
    const came = spector.grade.reduce((sum, one, i) => sum + one * spector.weights[i], 0);
    expectClose(model.baseRate, came / total, { relative: 1e-15, because: "one rounding" });
    const base = model.coefficients.reduce((sum, slope, j) => sum + slope * model.means[j], model.intercept);
    expectClose(model.baseLogOdds, base, { absolute: 1e-11, because: "the sum cancels" });
    expectClose(model.zValues, model.coefficients.map((b, j) => b / model.standardErrors[j]), { relative: 1e-15, because: "one rounding" }); // prettier-ignore
    expectClose(model.interceptZValue, model.intercept / model.interceptStandardError, { relative: 1e-15, because: "one rounding" }); // prettier-ignore
  });

  it("counts a customer of weight k k times, and one of weight 0 not at all", () => {
    const weights = spector.weights;
    const order = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
    const repeated = reordered(students, order);
    const again = fitLogistic({ ...repeated, ids: order.map((_, i) => String(i)) }, Uint8Array.from(order, (row) => grade[row])); // prettier-ignore
    const weighted = fitLogistic(students, grade, { weights });
    const because = "sums in another order";
    expectClose(weighted.coefficients, again.coefficients, { relative: 1e-11, because });
    expectClose(weighted.standardErrors, again.standardErrors, { relative: 1e-11, because });
    expectClose([weighted.bic, weighted.logLikelihood], [again.bic, again.logLikelihood], { relative: 1e-12, because });
  });

  it("does not depend on the order of the customers but for rounding", () => {
    const order = shuffled(32, 3);
    const model = fitLogistic(
      reordered(students, order),
      Uint8Array.from(order, (row) => grade[row]),
    );
    expectClose(model.coefficients, spector.plain.coefficients, { relative: 1e-10, because: "sums in another order" });
  });

  it("follows units and offsets: a shift of 1e9 and a scale of 1e-6 change nothing but the units", () => {
    const [table, outcome] = drawn(600, [1, -0.5], -0.3);
    const near = fitLogistic(table, outcome);
    // Eighths stay exact beside 1e9.
    const rounded = table.values.map((x) => Math.round(x * 1024) / 1024);
    const base = fitLogistic({ ...table, values: rounded }, outcome);
    const shifted = rounded.map((x, cell) => (cell % 2 === 0 ? x + 1e9 : x * 1e-6));
    const far = fitLogistic({ ...table, values: shifted }, outcome);
    expect(far.converged).toBe(true);
    const because = "the values are the same to about 12 digits";
    expectClose(far.coefficients[0], base.coefficients[0], { relative: 1e-9, because });
    expectClose(far.coefficients[1], base.coefficients[1] * 1e6, { relative: 1e-9, because });
    expectClose(far.standardErrors[0], base.standardErrors[0], { relative: 1e-9, because });
    expectClose(predictLogistic(far, { ...table, values: shifted }), predictLogistic(base, { ...table, values: rounded }), { absolute: 1e-9, because }); // prettier-ignore
    expect(near.converged).toBe(true);
  });

  it("recovers the log odds that outcomes were drawn from, within what their standard errors allow", () => {
    const truth = [0.8, -0.4, 0, 1.5];
    const [table, outcome] = drawn(60_000, truth, -1);
    const model = fitLogistic(table, outcome);
    model.coefficients.forEach((slope, j) => {
      expect(Math.abs(slope - truth[j])).toBeLessThan(4 * model.standardErrors[j]);
      expect(model.standardErrors[j]).toBeLessThan(0.03);
    });
  });

  it("finds for many customers, through samples, what one step after another finds", () => {
    const [table, outcome] = drawn(70_000, [0.8, -0.4, 1.5], -2);
    const model = fitLogistic(table, outcome);
    expect(model.converged).toBe(true);
    // The optimum is where the derivatives vanish, computed here from the definition.
    const probabilities = predictLogistic(model, table);
    const slopes = [0, 1, 2].map((j) =>
      probabilities.reduce((sum, p, row) => sum + (outcome[row] - p) * table.values[row * 3 + j], 0),
    );
    for (const slope of slopes) expect(Math.abs(slope) / 70_000).toBeLessThan(1e-12);
    const exact = fitLogistic(table, outcome, { tolerance: 0, maxIterations: 30 });
    expectClose(model.coefficients, exact.coefficients, { relative: 1e-11, because: "the last step is below 1e-9" });
    expectClose(model.standardErrors, exact.standardErrors, { relative: 1e-8, because: "the last step is below 1e-9" });
  });

  it("starts anew when samples mislead: a rare trait that no sample holds", () => {
    const [table, outcome] = drawn(70_000, [1, 1], 0);
    const values = table.values.slice();
    // Rows 8 to 63 of each 64 are in no sample.
    for (let row = 0; row < 70_000; row++) values[2 * row] = row % 64 === 40 ? 1 : 0;
    const model = fitLogistic({ ...table, values }, outcome);
    expect(model.converged).toBe(true);
    expectClose(model.coefficients, fitLogistic({ ...table, values }, outcome, { tolerance: 0 }).coefficients, { absolute: 1e-10, because: "the last step is below 1e-9" }); // prettier-ignore
  });

  it("shrinks all coefficients but the intercept with a penalty, however large", () => {
    const sizes = [0.01, 1, 100, 1e6].map((l2) => {
      const { coefficients } = fitLogistic(students, grade, { l2 });
      return Math.hypot(...coefficients);
    });
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const { intercept, means, coefficients } = fitLogistic(students, grade, { l2: 1e9 });
    expect(Math.max(...coefficients.map(Math.abs))).toBeLessThan(1e-7);
    expectClose(intercept, Math.log(11 / 21), { absolute: 1e-5, because: "nothing but the base rate is left" });
    expect(means).toHaveLength(3);
  });

  it("takes constant and repeated features with a penalty, and splits evenly between equals", () => {
    const twice = fromMatrix(spector.rows.map((row) => [row[0], row[0], 5]));
    const { coefficients } = fitLogistic(twice, grade, { l2: 1 });
    expectClose(coefficients[0], coefficients[1], { relative: 1e-9, because: "equal columns" });
    expect(coefficients[2]).toBe(0);
  });

  it("says what it did not reach in too few steps, with finite numbers", () => {
    const model = fitLogistic(students, grade, { maxIterations: 2 });
    expect(model.converged).toBe(false);
    expect(codes(model)).toEqual(["not-converged"]);
    expect(model.iterations).toBe(2);
    expect(model.gradientNorm).toBeGreaterThan(1e-6);
  });

  it("climbs where a full Newton step would overshoot", () => {
    // One far value makes the first step too long by far.
    const x = [-1, -0.5, 0, 0.5, 1, 1.5, 2, 1000];
    const model = fitLogistic(fromMatrix(x.map((v) => [v])), Uint8Array.of(0, 1, 0, 1, 0, 1, 1, 0));
    expect(model.converged).toBe(true);
    expect(model.gradientNorm).toBeLessThan(1e-9);
  });
});

describe("separation", () => {
  const separated = (rows: number[][], outcome: number[], names: string[]): LogisticModel =>
    fitLogistic(fromMatrix(rows, { names }), Uint8Array.from(outcome));

  function expectSeparation(model: LogisticModel, ...features: string[]): void {
    expect(model.converged).toBe(false);
    expect(codes(model)).toEqual(["separation"]);
    for (const feature of features) expect(model.notes[0].message).toContain(feature);
  }

  it("is named with the feature when one boundary tells all outcomes apart", () => {
    const rows = Array.from({ length: 20 }, (_, i) => [(i * 7) % 5, i]);
    const model = separated(rows, rows.map(([, i]) => (i >= 12 ? 1 : 0)), ["visits", "spend"]); // prettier-ignore
    expectSeparation(model, "spend");
    expect(model.notes[0].message).not.toContain("visits");
  });

  it("is named when a boundary holds both outcomes: quasi-complete", () => {
    // Allison (2008), "Convergence failures in logistic regression": x = 0 has both outcomes.
    const x = [-5, -4, -3, -2, -1, 0, 0, 1, 2, 3, 4, 5];
    const y = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
    expectSeparation(separated(x.map((v) => [v]), y, ["score"]), "score"); // prettier-ignore
  });

  it("is named when a rare trait never meets one outcome, beside features that mean something", () => {
    const [table, outcome] = drawn(2000, [1, -1], 0);
    const rows = Array.from({ length: 2000 }, (_, i) => [
      table.values[2 * i],
      table.values[2 * i + 1],
      outcome[i] === 1 && i % 50 === 0 ? 1 : 0,
    ]);
    const model = separated(rows, [...outcome], ["a", "b", "vip"]);
    expectSeparation(model, "vip");
    // What is not separated has come near its optimum all the same.
    const without = fitLogistic(table, outcome);
    expect(model.coefficients[0]).toBeCloseTo(without.coefficients[0], 1);
  });

  it("is named with several features when only their combination separates", () => {
    const [table] = drawn(300, [1, 1, 1], 0);
    const rows = Array.from({ length: 300 }, (_, i) => [...table.values.subarray(3 * i, 3 * i + 3)]);
    const model = separated(rows, rows.map(([a, b]) => (a - b > 0.1 ? 1 : 0)), ["a", "b", "noise"]); // prettier-ignore
    expectSeparation(model, "a", "b");
  });

  it("is found among many customers too, and where weights leave out who would speak against it", () => {
    const [table, outcome] = drawn(70_000, [1, -1], 0);
    const values = table.values.slice();
    for (let row = 0; row < 70_000; row++) values[2 * row] = outcome[row] === 1 && row % 9 === 0 ? 1 : 0;
    expectSeparation(fitLogistic({ ...table, values }, outcome), "x0");
    const weights = Float64Array.from(grade, (one, i) => (one === 1 && spector.rows[i][0] < 3 ? 0 : 1));
    const low = fromMatrix(spector.rows.map(([gpa]) => [Math.min(gpa, 3)]), { names: ["low"] }); // prettier-ignore
    expectSeparation(fitLogistic(low, grade, { weights }), "low");
  });

  it("is no problem with a penalty", () => {
    const table = fromMatrix([[1], [2], [3], [4]]);
    const model = fitLogistic(table, Uint8Array.of(0, 0, 1, 1), { l2: 0.1 });
    expect(model.converged).toBe(true);
    expect(model.notes).toEqual([]);
  });

  it("is not seen where outcomes overlap by very little", () => {
    // The boundary is right for all but one pair of 2000 that lie a ten-thousandth on the wrong side.
    const x = Array.from({ length: 2000 }, (_, i) => (i < 1000 ? -1 : 1) * (0.5 + (i % 100) / 100));
    const y = x.map((v) => (v > 0 ? 1 : 0));
    x[0] = 1e-4;
    x[1999] = -1e-4;
    const model = separated(x.map((v) => [v]), y, ["x"]); // prettier-ignore
    expect(codes(model)).toEqual([]);
    expect(model.converged).toBe(true);
    expect(model.coefficients[0]).toBeGreaterThan(10);
  });

  it("is found whatever the numbers: no data make the fit throw, hang or give anything but finite numbers", () => {
    const small = fc.integer({ min: -2, max: 2 });
    const cases = fc.integer({ min: 1, max: 3 }).chain((width) =>
      fc.array(fc.tuple(fc.array(small, { minLength: width, maxLength: width }), fc.constantFrom(0, 1)), {
        minLength: 6,
        maxLength: 24,
      }),
    );
    fc.assert(
      fc.property(cases, (rows) => {
        const outcome = Uint8Array.from(rows, ([, one]) => one);
        const table = fromMatrix(rows.map(([row]) => row));
        let model: LogisticModel;
        try {
          model = fitLogistic(table, outcome);
        } catch (error) {
          expect((error as { code: string }).code).toBe("degenerate-data");
          return;
        }
        expect(model.converged).toBe(!codes(model).includes("separation"));
        const numbers = [model.intercept, ...model.coefficients, ...model.covariance.flat(), ...model.pValues];
        expect(numbers.every(Number.isFinite)).toBe(true);
        if (!model.converged) return;
        // At the optimum, means of the predictions are means of the outcomes.
        const probabilities = predictLogistic(model, table);
        const rest = probabilities.reduce((sum, p, row) => sum + p - outcome[row], 0);
        expect(Math.abs(rest)).toBeLessThan(1e-7);
      }),
      { numRuns: 300 },
    );
  });
});

describe("fitLogistic refuses", () => {
  const table = fromMatrix([[1], [3], [2], [4]], { names: ["visits"] });
  const outcome = Uint8Array.of(0, 1, 1, 0);

  it("outcomes that are all alike, also among those that count", () => {
    expectRefusal(() => fitLogistic(table, new Uint8Array(4)), "degenerate-data", "outcome");
    expectRefusal(() => fitLogistic(table, new Uint8Array(4).fill(1)), "degenerate-data", "outcome");
    expectRefusal(() => fitLogistic(table, outcome, { weights: [1, 0, 0, 1] }), "degenerate-data", "outcome");
  });

  it("outcomes that are not one 0 or 1 per row", () => {
    expectRefusal(() => fitLogistic(table, Uint8Array.of(0, 1)), "shape-mismatch", "outcome");
    expectRefusal(() => fitLogistic(table, [0, 1, 1, 0] as unknown as Uint8Array), "shape-mismatch", "outcome");
    expectRefusal(() => fitLogistic(table, Uint8Array.of(0, 1, 2, 0)), "invalid-value", "outcome[2]");
  });

  it("a constant or collinear feature, by its name", () => {
    const rows = spector.rows.map(([gpa, tuce, psi]) => [gpa, tuce, psi, gpa * 2 - psi + 7]);
    const names = ["gpa", "tuce", "psi", "sum"];
    expectRefusal(() => fitLogistic(fromMatrix(rows, { names }), grade), "degenerate-data", "table.sum");
    const constant = fromMatrix(rows.map((row) => [row[0], 0.1, row[1]]), { names: ["gpa", "same", "tuce"] }); // prettier-ignore
    expectRefusal(() => fitLogistic(constant, grade), "degenerate-data", "table.same");
    const dummies = fromMatrix(rows.map((_, i) => [Number(i % 3 === 0), Number(i % 3 === 1), Number(i % 3 === 2)]));
    expectRefusal(() => fitLogistic(dummies, grade), "degenerate-data", "table.x2");
  });

  it("a collinear feature of many customers and one far from 0", () => {
    const [many, came] = drawn(70_000, [1, -1, 0.5], 0);
    const values = many.values.map((x, cell) =>
      cell % 3 === 2 ? many.values[cell - 1] * 3 - many.values[cell - 2] : x,
    );
    expectRefusal(() => fitLogistic({ ...many, values }, came), "degenerate-data", "table.x2");
    const far = fromMatrix(spector.rows.map(([, tuce]) => [tuce, 1e9 + 2 * tuce]));
    expectRefusal(() => fitLogistic(far, grade), "degenerate-data", "table.x1");
  });

  it("fewer customers than coefficients, without a penalty", () => {
    const wide = fromMatrix([[1, 2, 3], [2, 1, 5], [4, 4, 1]]); // prettier-ignore
    expectRefusal(() => fitLogistic(wide, Uint8Array.of(0, 1, 0)), "too-few-rows", "table");
    expect(fitLogistic(wide, Uint8Array.of(0, 1, 0), { l2: 1 }).converged).toBe(true);
    expectRefusal(() => fitLogistic(fromMatrix([], { names: ["a"] }), new Uint8Array()), "too-few-rows", "table");
  });

  it("the first missing or infinite cell, wherever it is", () => {
    const [many, came] = drawn(70_000, [1, -1], 0);
    for (const bad of [NaN, Infinity, -Infinity]) {
      const path = "table.values[69999, 1]";
      expectRefusal(
        () => fitLogistic({ ...many, values: many.values.with(139_999, bad) }, came),
        "invalid-value",
        path,
      );
    }
    expectRefusal(() => fitLogistic({ ...table, values: table.values.with(0, NaN) }, outcome), "invalid-value", "table.values[0, 0]"); // prettier-ignore
  });

  it("numbers whose squares overflow", () => {
    const huge = fromMatrix([[1e200], [-1e200], [3e200], [2e200], [0]]);
    expectRefusal(() => fitLogistic(huge, Uint8Array.of(0, 1, 1, 0, 0)), "too-large", "table");
  });

  it("weights that are no weights", () => {
    expectRefusal(() => fitLogistic(table, outcome, { weights: [1, 2] }), "shape-mismatch", "options.weights");
    expectRefusal(() => fitLogistic(table, outcome, { weights: [1, -1, 1, 1] }), "invalid-value", "options.weights[1]");
    expectRefusal(() => fitLogistic(table, outcome, { weights: [0, 0, 0, 0] }), "degenerate-data", "options.weights");
  });

  it("without quoting data: hostile names come back as names, values not at all", () => {
    const names = hostileNames.slice(0, 3);
    const rows = spector.rows.map((row) => row.map((x) => x * 1234.5));
    const model = fitLogistic(fromMatrix(rows, { names }), grade);
    expect(model.features).toEqual(names);
    const error = refusalOf(() => fitLogistic(fromMatrix([[123.5], [NaN]]), Uint8Array.of(0, 1)));
    expect(error.message).not.toContain("123.5");
  });
});
