import { fitGammaGamma, type GammaGammaModel, predictSpend } from "clientele/predictions";
import { type FeatureTable, filterRows, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { cdnow, summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["frequency", "monetary"];
const spendOf = (rows: readonly (readonly number[])[]): FeatureTable => fromMatrix(rows, { names });
const small = spendOf([[2, 22.4], [1, 11.8], [0, 0], [7, 73.7], [1, 11.8], [2, 25.5], [5, 33.2], [1, 60.1], [3, 19.6]]); // prettier-ignore

modelLaws("fitGammaGamma", {
  fit: fitGammaGamma,
  apply: predictSpend,
  options: { l2: 0.01 },
  optionNames: ["l2"],
  tables: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: 20, max: 40, noNaN: true })), {
      minLength: 3,
      maxLength: 9,
    })
    .map(spendOf),
  fields: ["p", "q", "v"],
  missing: "refused",
  empty: "refused",
  features: "by-name",
});

interface Expected {
  readonly calibration: { readonly gamma_gamma: SpendFigures };
  readonly gamma_gamma_on_rounded_lifetimes_summary: Omit<SpendFigures, "customers_used"> & {
    readonly customers: number;
  };
}

interface SpendFigures {
  readonly parameters: Record<"p" | "q" | "v", number>;
  readonly log_likelihood: number;
  readonly customers_used: number;
  readonly expected_spend_mean_over_all: number;
  readonly expected_spend_first10: number[];
}

const reached = { relative: 2e-6, because: "SciPy's search of the reference ends there" };

describeWithData("gamma-gamma on CDNOW", ["cdnow_sample"], () => {
  const expected = readDataJson<Expected>("cdnow_sample/expected.json");

  it("has every figure of the reference", () => {
    const { gamma_gamma: figures } = expected.calibration;
    const { summary } = cdnow();
    const model = fitGammaGamma(summary);
    expect(model).toMatchObject({ converged: true, atBoundary: false, notes: [], customers: figures.customers_used });
    for (const name of ["p", "q", "v"] as const) expectClose(model[name], figures.parameters[name], reached);
    expect(model.logLikelihood).toBeGreaterThanOrEqual(figures.log_likelihood - 1e-9);
    const spend = predictSpend(model, summary);
    const mean = spend.reduce((sum, value) => sum + value, 0) / spend.length;
    expectClose(mean, figures.expected_spend_mean_over_all, reached);
    expectClose(spend.slice(0, 10), figures.expected_spend_first10, reached);
    // Pearson's correlation of the 946 repeat buyers, numpy.corrcoef.
    expectClose(model.correlation ?? NaN, 0.11389, { absolute: 1e-4, because: "printed digits" });
  });

  it("has the published figures on the summary that Python's lifetimes ships", () => {
    const rows = readDataRows("cdnow_sample/cal_summary_spend_lifetimes.csv");
    const summary = spendOf(rows.map((row) => [Number(row["x"]), Number(row["zbar"])]));
    const model = fitGammaGamma(summary);
    const figures = expected.gamma_gamma_on_rounded_lifetimes_summary;
    for (const name of ["p", "q", "v"] as const) expectClose(model[name], figures.parameters[name], reached);
    expectClose(model.logLikelihood, figures.log_likelihood, { relative: 1e-11, because: "sums" });
    // test_estimation.py of lifetimes 0.11: conditional_expected_average_profit of the first ten customers.
    const published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17];
    expectClose(predictSpend(model, summary).slice(0, 10), published, {
      absolute: 0.01,
      because: "lifetimes' tolerance",
    });
  });
});

describe("fitGammaGamma", () => {
  it("does not mind the currency: only v is in money", () => {
    const model = fitGammaGamma(small, { l2: 0.01 });
    const cents = { ...small, values: small.values.map((cell, i) => (i % 2 === 1 ? 100 * cell : cell)) };
    const inCents = fitGammaGamma(cents, { l2: 0.01 });
    expectClose([inCents.p, inCents.q, inCents.v / 100], [model.p, model.q, model.v], {
      relative: 1e-6,
      because: "tolerance",
    });
    expectClose(Number(inCents.standardErrors.v) / 100, Number(model.standardErrors.v), {
      relative: 1e-4,
      because: "differences",
    });
    expectClose(Number(inCents.meanSpend), 100 * Number(model.meanSpend), { relative: 1e-6, because: "tolerance" });
  });

  it("ends where the likelihood's slopes are 0, by differences of the published formula", () => {
    const { p, q, v } = fitGammaGamma(small);
    // Fader & Hardie (2013), equation 1a. Stirling's series for log Γ: 10 terms back.
    const logGamma = (x: number): number =>
      x < 10
        ? logGamma(x + 1) - Math.log(x)
        : (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
    const logLikelihood = (shape: number, tail: number, scale: number): number => {
      let sum = 0;
      for (let i = 0; i < small.ids.length; i++) {
        const [x, m] = small.values.subarray(2 * i, 2 * i + 2);
        if (x === 0) continue;
        sum += logGamma(shape * x + tail) - logGamma(shape * x) - logGamma(tail) + tail * Math.log(scale);
        sum += (shape * x - 1) * Math.log(m) + shape * x * Math.log(x) - (shape * x + tail) * Math.log(x * m + scale);
      }
      return sum;
    };
    const best = logLikelihood(p, q, v);
    expectClose(fitGammaGamma(small).logLikelihood, best, { relative: 1e-9, because: "Stirling's series" });
    for (const factor of [0.98, 1.02]) {
      for (const other of [
        logLikelihood(p * factor, q, v),
        logLikelihood(p, q * factor, v),
        logLikelihood(p, q, v * factor),
      ]) {
        expect(other).toBeLessThan(best);
      }
    }
  });

  it("says that there is no mean where q is at most 1, and predicts only who has one", () => {
    // Means that differ by powers of ten, alike for customers of one purchase and of many.
    const heavy = spendOf(Array.from({ length: 40 }, (_, i) => [1 + (i % 2) * 50, 3 ** (i / 2)]));
    const model = fitGammaGamma(heavy);
    expect(model.q).toBeLessThan(1);
    expect(model.meanSpend).toBe(null);
    expect(model.notes.map(({ code }) => code)).toContain("infinite-mean");
    expect(predictSpend(model, heavy).every((value) => value > 0)).toBe(true);
    expectRefusal(() => predictSpend(model, spendOf([[0, 0]])), "degenerate-data", "model.q");
  });

  it("notes that frequent buyers spend more, where that is not chance", () => {
    const linked = spendOf(Array.from({ length: 200 }, (_, i) => [1 + (i % 10), 10 * (1 + (i % 10)) + (i % 7)]));
    const model = fitGammaGamma(linked);
    expect(Number(model.correlation)).toBeGreaterThan(0.9);
    expect(model.notes.map(({ code }) => code)).toContain("correlated-spend");
    expect(fitGammaGamma(small).notes).toEqual([]);
  });

  it("lets p and q run off where everybody spends the same, and says so", () => {
    const same = spendOf(Array.from({ length: 30 }, (_, i) => [1 + (i % 4), 25]));
    const model = fitGammaGamma(same);
    expect(model.atBoundary).toBe(true);
    expect(model.correlation).toBe(null);
    for (const value of predictSpend(model, same)) expectClose(value, 25, { relative: 1e-3, because: "a box of 1e8" });
  });

  it("takes huge and tiny amounts of money", () => {
    for (const size of [1e-200, 1e-9, 1e9, 1e150]) {
      const scaled = { ...small, values: small.values.map((cell, i) => (i % 2 === 1 ? size * cell : cell)) };
      const model = fitGammaGamma(scaled, { l2: 0.01 });
      expectClose(model.p, fitGammaGamma(small, { l2: 0.01 }).p, { relative: 1e-6, because: "tolerance" });
    }
  });

  it("draws a customer's mean towards that of all, the more the fewer purchases there are", () => {
    const model = fitGammaGamma(small, { l2: 0.01 });
    const mean = Number(model.meanSpend);
    const spend = predictSpend(model, spendOf([[0, 0], [1, 100], [3, 100], [30, 100], [3000, 100]])); // prettier-ignore
    expectClose(spend[0], mean, { relative: 1e-14, because: "the same formula" });
    for (let i = 1; i < 5; i++) expect(spend[i]).toBeGreaterThan(spend[i - 1]);
    expectClose(spend[4], 100, { relative: 1e-3, because: "3,000 purchases" });
  });

  it("refuses spends that cannot be", () => {
    expectRefusal(() => fitGammaGamma(spendOf([[1, 5], [2, 0]])), "invalid-value", "table.values[1, 1]"); // prettier-ignore
    expectRefusal(() => fitGammaGamma(spendOf([[1, 5], [2, -3]])), "invalid-value", "table.values[1, 1]"); // prettier-ignore
    expectRefusal(() => fitGammaGamma(spendOf([[1.5, 5]])), "invalid-value", "table.values[0, 0]");
    expectRefusal(() => fitGammaGamma(spendOf([[0, 0], [0, 7]])), "too-few-rows"); // prettier-ignore
    expectRefusal(() => fitGammaGamma(filterRows(small, () => false)), "too-few-rows");
    expectRefusal(() => fitGammaGamma(summaryOf([[1, 2, 3]])), "invalid-option", "table.names");
    const model: GammaGammaModel = fitGammaGamma(small);
    expectRefusal(() => predictSpend(model, spendOf([[1, -1]])), "invalid-value", "table.values[0, 1]");
    expect(predictSpend(model, spendOf([[1, 0]]))[0]).toBeGreaterThan(0);
  });
});
