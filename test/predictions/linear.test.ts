import { fitLinear, type FitLinearOptions, type LinearModel, predictLinear } from "clientele/predictions";
import { fromMatrix, type FeatureTable } from "clientele/tables";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { mlRegression } from "../oracles/ml-regression.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

interface Report {
  readonly params: number[];
  readonly bse: number[];
  readonly t: number[];
  readonly p: number[];
  readonly r2: number;
  readonly r2adj: number;
  readonly f: number;
  readonly fp: number;
  readonly df: number;
  readonly sigma: number;
  readonly llf: number;
  readonly aic: number;
  readonly bic: number;
}

const golden = JSON.parse(readFileSync(new URL("../oracles/linear.golden.json", import.meta.url), "utf8")) as {
  readonly x: number[][];
  readonly y: number[];
  readonly weights: number[];
  readonly vif: number[];
  readonly ridge: { readonly coefficients: number[]; readonly intercept: number };
  readonly ridgeWeighted: { readonly coefficients: number[] };
} & Readonly<Record<"plain" | "origin" | "weighted" | "hc3" | "weightedHc3" | "neweyWest", Report>>;

const names = ["visits", "tenure", "seats"];
const table = fromMatrix(golden.x, { names });
const { y, weights } = golden;

/** Intercept first, where there is one. */
const withIntercept = (model: LinearModel, of: "estimate" | "error" | "t" | "p"): (number | null)[] => {
  const [first, rest] = {
    estimate: [model.intercept, model.coefficients],
    error: [model.interceptStandardError, model.standardErrors],
    t: [model.interceptTValue, model.tValues],
    p: [model.interceptPValue, model.pValues],
  }[of] as [number | null, (number | null)[]];
  return model.totalWeight > 0 ? [first, ...rest] : rest;
};

const because = "statsmodels solves by the pseudoinverse";

function expectReport(model: LinearModel, report: Report, more: { readonly robust?: boolean } = {}): void {
  for (const [of, values] of [
    ["estimate", report.params],
    ["error", report.bse],
    ["t", report.t],
    ["p", report.p],
  ] as const) {
    expectClose(withIntercept(model, of) as number[], values, { relative: 1e-9, because });
  }
  const { rSquared, adjustedRSquared, fStatistic, fPValue, sigma, logLikelihood, aic, bic } = model;
  expectClose(
    [rSquared, adjustedRSquared, fStatistic, fPValue, sigma, logLikelihood, aic, bic] as number[],
    [report.r2, report.r2adj, report.f, report.fp, report.sigma, report.llf, report.aic, report.bic],
    { relative: more.robust === true ? 1e-8 : 1e-9, because },
  );
  expect(model.degreesOfFreedom).toBe(report.df);
}

describe("fitLinear", () => {
  it("gives statsmodels' figures: plain, without intercept, weighted", () => {
    expectReport(fitLinear(table, y), golden.plain);
    expectReport(fitLinear(table, y, { intercept: false }), golden.origin);
    expectReport(fitLinear(table, y, { weights }), golden.weighted);
  });

  it("gives statsmodels' robust standard errors, and Wald's F of them", () => {
    expectReport(fitLinear(table, y, { robust: "hc3" }), golden.hc3, { robust: true });
    expectReport(fitLinear(table, y, { robust: "hc3", weights }), golden.weightedHc3, { robust: true });
    const model = fitLinear(table, y, { robust: "newey-west", lags: 3 });
    expectReport(model, golden.neweyWest, { robust: true });
    expect(model.lags).toBe(3);
  });

  it("takes 4 · (n / 100)^(2/9) lags by itself", () => {
    // 4 · 0.4^0.2222 = 3.26.
    expect(fitLinear(table, y, { robust: "newey-west" }).lags).toBe(3);
    expectRefusal(() => fitLinear(table, y, { robust: "newey-west", lags: 40 }), "invalid-option", "options.lags");
    expectRefusal(() => fitLinear(table, y, { robust: "hc3", lags: 1 }), "invalid-option", "options.lags");
  });

  it("inflates variances as statsmodels says", () => {
    expectClose(fitLinear(table, y).varianceInflation, golden.vif, { relative: 1e-9, because });
  });

  it("gives scikit-learn's ridge, with and without weights", () => {
    const model = fitLinear(table, y, { l2: 10 });
    expectClose(model.coefficients, golden.ridge.coefficients, { relative: 1e-9, because: "Cholesky of XᵀX there" });
    expectClose(model.intercept, golden.ridge.intercept, { relative: 1e-9, because: "Cholesky of XᵀX there" });
    const weighted = fitLinear(table, y, { l2: 10, weights }).coefficients;
    expectClose(weighted, golden.ridgeWeighted.coefficients, { relative: 1e-9, because: "Cholesky of XᵀX there" });
    expect(model.notes.map(({ code }) => code)).toContain("penalized");
  });

  it("spends fewer degrees of freedom under a penalty, all of them back for an infinite one", () => {
    expect(fitLinear(table, y, { l2: 1e-9 }).degreesOfFreedom).toBeCloseTo(36, 6);
    const model = fitLinear(table, y, { l2: 1e12 });
    expect(model.degreesOfFreedom).toBeCloseTo(39, 6);
    expectClose(model.intercept, y.reduce((sum, value) => sum + value, 0) / 40, {
      absolute: 1e-6,
      because: "coefficients of 1e-10 are left",
    });
  });

  it("gives R's lm(dist ~ speed, cars)", () => {
    // R's data set cars and its summary, R 4.2.
    const speed = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]; // prettier-ignore
    const dist = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]; // prettier-ignore
    const model = fitLinear(fromMatrix(speed.map((v) => [v])), dist);
    const { intercept, coefficients, interceptStandardError, standardErrors, rSquared, fStatistic } = model;
    expectClose(
      [intercept, coefficients[0], interceptStandardError!, standardErrors[0]!, rSquared!, fStatistic!],
      [-17.57909, 3.932409, 6.75844, 0.41551, 0.65108, 89.567],
      { relative: 1e-5, because: "digits printed by R" },
    );
  });

  it("agrees with ml-regression on well-conditioned data", () => {
    const rows = Array.from({ length: 500 }, (_, i) => Array.from(cloud(500, 4).subarray(4 * i, 4 * i + 4)));
    const target = rows.map(([a, b, c, d], i) => 5 + a - 2 * b + 0.5 * c - d + ((i * 7) % 5));
    const model = fitLinear(fromMatrix(rows), target);
    expectClose([model.intercept, ...model.coefficients], mlRegression(rows, target), {
      relative: 1e-10,
      because: "the oracle squares the condition",
    });
  });

  it("names a column that others give, and never drops it", () => {
    const repeat = golden.x.map(([a, b, c]) => [a, b, a + 2 * b - 1, c]);
    const error = refusalOf(() => fitLinear(fromMatrix(repeat, { names: ["a", "b", "total", "c"] }), y));
    expect(error.code).toBe("degenerate-data");
    expect(error.path).toBe("table.names[2] (total)");
    const rounded = golden.x.map(([a, b, c]) => [a / 3, b / 7, a / 3 + b / 7, c]);
    expectRefusal(() => fitLinear(fromMatrix(rounded), y), "degenerate-data", "table.names[2] (x2)");
    const constant = golden.x.map(([a]) => [a, 0.1]);
    expectRefusal(() => fitLinear(fromMatrix(constant), y), "degenerate-data", "table.names[1] (x1)");
    const far = golden.x.map(([a, b]) => [1e9 + a, 1e9 + b, 2e9 + a + b]);
    expectRefusal(() => fitLinear(fromMatrix(far), y), "degenerate-data", "table.names[2] (x2)");
    // All dummies of a factor beside an intercept, on many rows: what a decomposition in pieces leaves is rounding.
    const dummies = Array.from({ length: 60_000 }, (_, i) => [Number(i % 3 === 0), Number(i % 3 === 1), Number(i % 3 === 2)]); // prettier-ignore
    expectRefusal(() => fitLinear(fromMatrix(dummies), dummies.map((_, i) => i % 7)), "degenerate-data", "table.names[2] (x2)"); // prettier-ignore
    // Each of these is fine as soon as nothing else gives it, or a penalty decides.
    expect(fitLinear(fromMatrix(constant), y, { intercept: false }).coefficients).toHaveLength(2);
    expect(fitLinear(fromMatrix(repeat), y, { l2: 1 }).coefficients).toHaveLength(4);
  });

  it("keeps its digits far from 0: timestamps as they are", () => {
    const moved = golden.x.map(([a, b, c]) => [1.7e12 + a * 86_400_000, b, c]);
    const model = fitLinear(fromMatrix(moved), y);
    const plain = fitLinear(table, y);
    expectClose(model.coefficients[0] * 86_400_000, plain.coefficients[0], {
      relative: 1e-12,
      because: "exact centers",
    });
    expectClose(model.standardErrors[0]! * 86_400_000, plain.standardErrors[0]!, { relative: 1e-12, because: "exact centers" }); // prettier-ignore
  });

  it("does not depend on units, up to powers of 2 not by a bit", () => {
    const scaled = fitLinear(fromMatrix(golden.x.map(([a, b, c]) => [a * 2 ** 300, b * 2 ** -400, c])), y);
    const plain = fitLinear(table, y);
    expectClose(scaled.coefficients[0] * 2 ** 300, plain.coefficients[0], { relative: 1e-14, because: "rounding" });
    expectClose(scaled.coefficients[1] * 2 ** -400, plain.coefficients[1], { relative: 1e-14, because: "rounding" });
    expectClose(scaled.tValues as number[], plain.tValues as number[], { relative: 1e-12, because: "rounding" });
  });

  it("takes a weight of 2 for coefficients as the row twice, and a weight of 0 as no row", () => {
    const twice = fromMatrix([...golden.x, ...golden.x.slice(0, 5)]);
    const doubled = fitLinear(table, y, { weights: y.map((_, i) => (i < 5 ? 2 : 1)) });
    const repeated = fitLinear(twice, [...y, ...y.slice(0, 5)]);
    expectClose(doubled.coefficients, repeated.coefficients, { relative: 1e-12, because: "rounding" });
    expect(doubled.degreesOfFreedom).toBe(36);
    expect(repeated.degreesOfFreedom).toBe(41);
    const without = fitLinear(fromMatrix(golden.x.slice(1), { names }), y.slice(1));
    const zeroed = fitLinear(table, y, { weights: y.map((_, i) => (i === 0 ? 0 : 1)) });
    expectClose(zeroed.coefficients, without.coefficients, { relative: 1e-12, because: "rounding" });
    expectClose(zeroed.standardErrors as number[], without.standardErrors as number[], { relative: 1e-12, because: "rounding" }); // prettier-ignore
    expect(zeroed.rows).toBe(39);
  });

  it("says null for what as many coefficients as rows cannot tell", () => {
    const model = fitLinear(fromMatrix([[1], [2]]), [3, 5]);
    expectClose([model.intercept, ...model.coefficients], [1, 2], { absolute: 1e-14, because: "rounding" });
    expect(model).toMatchObject({ sigma: null, standardErrors: [null], pValues: [null], fStatistic: null, adjustedRSquared: null }); // prettier-ignore
    expect(model.notes.map(({ code }) => code)).toContain("no-degrees-of-freedom");
  });

  it("says so when the fit is perfect, or there is nothing to explain", () => {
    const perfect = fitLinear(fromMatrix([[1], [2], [3], [4]]), [1, 2, 3, 4]);
    expect(perfect.notes.map(({ code }) => code)).toContain("perfect-fit");
    const flat = fitLinear(fromMatrix([[1], [2], [3], [4]]), [0.1, 0.1, 0.1, 0.1]);
    expect(flat).toMatchObject({ rSquared: null, coefficients: [0] });
    expect(flat.notes.map(({ code }) => code)).toContain("constant-target");
  });

  it("leaves rows out of HC3 that are fitted exactly whatever their outcome, and says so", () => {
    const rows = golden.x.map(([a], i) => [a, Number(i === 0)]);
    const model = fitLinear(fromMatrix(rows), y, { robust: "hc3" });
    expect(model.notes.map(({ code }) => code)).toContain("full-leverage");
    expect(model.standardErrors.every((error) => Number.isFinite(error))).toBe(true);
  });

  it("names features whose coefficients are hard to tell apart", () => {
    const near = golden.x.map(([a, b], i) => [a, a + (i % 3) / 10, b]);
    const model = fitLinear(fromMatrix(near, { names: ["orders", "baskets", "tenure"] }), y);
    const note = model.notes.find(({ code }) => code === "variance-inflation");
    expect(note?.message).toContain("orders");
    expect(note?.message).not.toContain("tenure");
  });

  it("refuses too few rows, other lengths, and cells that are no finite numbers", () => {
    expectRefusal(() => fitLinear(fromMatrix([[1, 2], [3, 5]]), [1, 2]), "too-few-rows", "table"); // prettier-ignore
    expectRefusal(() => fitLinear(table, y.slice(1)), "shape-mismatch", "target");
    expectRefusal(() => fitLinear(table, y.with(3, NaN)), "invalid-value", "target[3]");
    expectRefusal(() => fitLinear(table, y, { weights: [1] }), "shape-mismatch", "options.weights");
    expectRefusal(() => fitLinear(table, y, { weights: weights.with(2, -1) }), "invalid-value", "options.weights[2]");
    expectRefusal(() => fitLinear(table, y, { weights: weights.map(() => 0) }), "too-few-rows", "table");
    expectRefusal(() => fitLinear(fromMatrix([], { columns: 1, names: ["a"] }), []), "too-few-rows", "table");
    expectRefusal(() => fitLinear(fromMatrix([[], []]), [1, 2]), "shape-mismatch", "table.names");
    const rising = fromMatrix(Array.from({ length: 6000 }, (_, i) => [i < 5999 ? i : 1e300]));
    expectRefusal(
      () =>
        fitLinear(
          rising,
          Array.from(rising.values, (_, i) => i),
        ),
      "too-large",
      "table",
    );
  });

  describe("on either side of WebAssembly", () => {
    afterEach(() => {
      forceTwin(false);
    });

    it("gives the same bits", () => {
      for (const [rows, columns] of [
        [300, 1],
        [1000, 4],
        [2500, 7],
      ] as const) {
        // prettier-ignore
        const values = cloud(rows, columns, { seed: columns, offset: 100 });
        const target = Array.from({ length: rows }, (_, i) => values[i * columns] + ((i * 31) % 17));
        const options: FitLinearOptions = { weights: target.map((_, i) => 1 + (i % 3)), intercept: columns !== 4 };
        const fit = (): LinearModel => fitLinear(fromMatrix(values, { columns }), target, options);
        const fast = bitsOf(fit());
        forceTwin(true);
        expect(bitsOf(fit())).toBe(fast);
        forceTwin(false);
      }
    });
  });

  it("finds planted coefficients on 200,000 rows", () => {
    const values = cloud(200_000, 5, { groups: 20, offset: 50 });
    const planted = [3, -1, 0, 0.5, 10];
    const target = Float64Array.from({ length: 200_000 }, (_, i) => {
      const noise = ((i * 7919) % 1009) / 1009 - 0.5;
      return planted.reduce((sum, value, j) => sum + value * values[5 * i + j], 7 + noise);
    });
    const model = fitLinear(fromMatrix(values, { columns: 5 }), target);
    expectClose(model.coefficients, planted, { absolute: 1e-3, because: "noise of 0.29 on 200,000 rows" });
    expectClose(model.sigma!, Math.sqrt(1 / 12), { relative: 1e-2, because: "a uniform noise has variance 1/12" });
  });
});

describe("predictLinear", () => {
  it("adds up intercept and contributions", () => {
    const model = fitLinear(table, y);
    const [a, b, c] = model.coefficients;
    const expected = model.intercept + a * 2 + b * 3 + c * 4;
    expectClose(predictLinear(model, fromMatrix([[2, 3, 4]], { names })), [expected], {
      relative: 1e-15,
      because: "order",
    });
  });

  it("leaves residuals that have nothing to do with any feature", () => {
    const matrix = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 })), { minLength: 5, maxLength: 40 }); // prettier-ignore
    fc.assert(
      fc.property(matrix, (rows) => {
        const target = rows.map(([, , outcome]) => outcome);
        const features = fromMatrix(rows.map(([a, b]) => [a, b]));
        let model: LinearModel;
        try {
          model = fitLinear(features, target);
        } catch (error) {
          expect((error as { code: string }).code).toBe("degenerate-data");
          return;
        }
        const residuals = predictLinear(model, features).map((value, i) => target[i] - value);
        for (const weight of [() => 1, (i: number) => rows[i][0], (i: number) => rows[i][1]]) {
          expect(Math.abs(residuals.reduce((sum, value, i) => sum + value * weight(i), 0))).toBeLessThan(1e-8);
        }
      }),
    );
  });
});

const lawTarget = (rows: FeatureTable): number[] => rows.ids.map((_, i) => ((i * 13) % 7) - 2);

modelLaws<LinearModel, FitLinearOptions>("fitLinear with predictLinear", {
  fit: (rows, options) => fitLinear(rows, Array.isArray(rows?.ids) ? lawTarget(rows) : [], options),
  apply: predictLinear,
  options: { l2: 0.5 },
  optionNames: ["l2", "weights", "intercept", "robust", "lags"],
  tables: fc
    .array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 4,
      maxLength: 20,
    })
    .map((rows) => fromMatrix(rows, { names: ["a", "__proto__"] })),
  fields: ["intercept", "coefficients"],
  missing: "refused",
  empty: "refused",
});

interface Certified {
  readonly kind?: string;
  readonly model?: string;
  readonly degree?: number;
  readonly intercept: boolean;
  readonly x: readonly (number | readonly number[])[];
  readonly y: readonly number[];
  readonly coefficients?: readonly number[];
  readonly standardErrors?: readonly number[];
  readonly certified?: { readonly coefficients: number[]; readonly coefficient_sd: number[]; readonly residual_sd: number; readonly r_squared: number }; // prettier-ignore
}

/** The columns of a NIST model: as given, or the powers of the one number. */
function certifiedRows({ x, degree, model = "" }: Certified): number[][] {
  const highest = degree ?? Number(/degree (\d+)/.exec(model)?.[1] ?? 1);
  return x.map((cell) => {
    const row = typeof cell === "number" ? [cell] : [...cell];
    for (let k = 2; k <= highest; k++) row.push(row[k - 2] * row[0]);
    return row;
  });
}

const digitsOf = (actual: number, exact: number): number =>
  actual === exact ? 16 : -Math.log10(Math.abs(actual - exact) / Math.abs(exact));

/** Digits of the worst coefficient and of the worst standard error. */
function digits(set: Certified): { coefficients: number; errors: number } {
  const model = fitLinear(fromMatrix(certifiedRows(set)), set.y, { intercept: set.intercept });
  const worst = (actual: readonly (number | null)[], exact: readonly number[]): number =>
    Math.min(...actual.map((value, j) => digitsOf(value!, exact[j])));
  return {
    coefficients: worst(withIntercept(model, "estimate"), set.coefficients ?? set.certified!.coefficients),
    errors: worst(withIntercept(model, "error"), set.standardErrors ?? set.certified!.coefficient_sd),
  };
}

describe("fitLinear on NIST's certified sets, in digits of the worst coefficient and standard error", () => {
  const sets = JSON.parse(
    readFileSync(new URL("../oracles/nist-linear.golden.json", import.meta.url), "utf8"),
  ) as Record<string, Certified>;

  // Doubles of the data and their powers allow 7.9 and 8.6 digits on Filip, 13.5 on Pontius (test/oracles/nist-linear.py).
  it.each([
    ["Filip", 7.5, 8],
    ["Pontius", 12, 13],
    ["NoInt2", 14.5, 14.5],
    ["Wampler3", 14, 14],
    ["Wampler4", 14, 14],
    ["Wampler5", 14, 14],
  ])("has %s to %f and %f digits", (name, coefficients, errors) => {
    const found = digits(sets[name]);
    expect(found.coefficients).toBeGreaterThan(coefficients);
    expect(found.errors).toBeGreaterThan(errors);
  });
});

describeWithData("fitLinear on NIST's data files", ["nist_dev/expected.json"], () => {
  it.each([
    ["Norris", 12.5, 12.5],
    ["NoInt1", 14, 14.5],
    ["Longley", 12.5, 12.5],
    ["Wampler3", 14, 14],
  ])("has %s to %f and %f digits", (name, coefficients, errors) => {
    const found = digits(readDataJson<Record<string, Certified>>("nist_dev/expected.json")[name]);
    expect(found.coefficients).toBeGreaterThan(coefficients);
    expect(found.errors).toBeGreaterThan(errors);
  });

  it.each([
    ["Wampler1", 14],
    ["Wampler2", 13],
  ] as const)("has %s, a perfect fit, to %f digits", (name, least) => {
    // prettier-ignore
    const set = readDataJson<Record<string, Certified>>("nist_dev/expected.json")[name];
    expect(digits(set).coefficients).toBeGreaterThan(least);
    const model = fitLinear(fromMatrix(certifiedRows(set)), set.y);
    expect(model.notes.map(({ code }) => code)).toContain("perfect-fit");
    expect(model.sigma).toBeLessThan(1e-12);
  });

  it("has R² and residual deviation of every set", () => {
    for (const set of Object.values(readDataJson<Record<string, Certified>>("nist_dev/expected.json"))) {
      if (set.kind !== "linear regression" || set.certified!.residual_sd === 0) continue;
      const model = fitLinear(fromMatrix(certifiedRows(set)), set.y, { intercept: set.intercept });
      expectClose([model.rSquared!, model.sigma!], [set.certified!.r_squared, set.certified!.residual_sd], {
        relative: 1e-13,
        because: "15 certified digits",
      });
    }
  });
});

interface Advertising {
  readonly coefficients: Record<string, number>;
  readonly standard_errors: Record<string, number>;
  readonly t: Record<string, number>;
  readonly p: Record<string, number>;
  readonly r2: number;
  readonly adj_r2: number;
  readonly F: number;
  readonly F_p: number;
  readonly rse: number;
  readonly aic: number;
  readonly bic: number;
  readonly log_likelihood: number;
}

describeWithData("fitLinear on spend and sales of 200 markets", ["advertising/expected.json"], () => {
  const rows = readDataRows("advertising/advertising.csv").map((row) => [Number(row["TV"]), Number(row["Radio"]), Number(row["Newspaper"])]); // prettier-ignore
  const sales = readDataRows("advertising/advertising.csv").map((row) => Number(row["Sales"]));
  const expected = readDataJson<Record<string, Advertising>>("advertising/expected.json");

  it.each<[string, string[], (row: number[]) => number[]]>([
    ["TV", ["TV"], ([tv]) => [tv]],
    ["Radio", ["Radio"], ([, radio]) => [radio]],
    ["Newspaper", ["Newspaper"], ([, , paper]) => [paper]],
    ["all", ["TV", "Radio", "Newspaper"], (row) => row],
    ["TV+Radio+TVxRadio", ["TV", "Radio", "TVxRadio"], ([tv, radio]) => [tv, radio, tv * radio]],
  ])("gives every figure of the model on %s", (key, features, pick) => {
    const model = fitLinear(fromMatrix(rows.map(pick), { names: features }), sales);
    const want = expected[key];
    const order = ["const", ...features];
    for (const [of, figures] of [
      ["estimate", want.coefficients],
      ["error", want.standard_errors],
      ["t", want.t],
      ["p", want.p],
    ] as const) {
      const values = order.map((name) => figures[name]);
      expectClose(withIntercept(model, of) as number[], values, { relative: 1e-8, because: "1e-8 is asked for" });
    }
    const { rSquared, adjustedRSquared, fStatistic, fPValue, sigma, logLikelihood, aic, bic } = model;
    expectClose(
      [rSquared, adjustedRSquared, fStatistic, fPValue, sigma, logLikelihood, aic, bic] as number[],
      [want.r2, want.adj_r2, want.F, want.F_p, want.rse, want.log_likelihood, want.aic, want.bic],
      { relative: 1e-8, because: "1e-8 is asked for" },
    );
  });

  it("gives the ridge on centered columns", () => {
    const { ridge_lambda_1000_centered: ridge } = readDataJson<{ ridge_lambda_1000_centered: { coefficients: number[] } }>("advertising/expected.json"); // prettier-ignore
    const { coefficients } = fitLinear(fromMatrix(rows), sales, { l2: 1000 });
    expectClose(coefficients, ridge.coefficients, { relative: 1e-8, because: "1e-8 is asked for" });
  });
});
