import { filterRows, type FeatureTable } from "clientele/tables";
import fc from "fast-check";
import {
  type BgNbdModel,
  fitBgNbd,
  fitMbgNbd,
  predictAlive,
  predictPurchases,
  projectPurchases,
} from "clientele/predictions";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/beta-geometric.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { cdnow, histories, summariesOfHistories, summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

const fits = { fitBgNbd, fitMbgNbd } as const;
const small = summaryOf([[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]]); // prettier-ignore
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const laws = {
  options: { l2: 0.01 },
  optionNames: ["l2", "covariates", "start"],
  tables: summariesOfHistories,
  fields: ["r", "alpha", "a", "b", "covariates", "coefficients"],
  missing: "refused",
  empty: "refused",
  features: "by-name",
} as const;

modelLaws("fitBgNbd", {
  ...laws,
  fit: fitBgNbd,
  apply: (model, table) => predictPurchases(model, table, { horizon: 5 }),
});
modelLaws("fitMbgNbd", { ...laws, fit: fitMbgNbd, apply: predictAlive });

function modelOf(kind: "bg-nbd" | "mbg-nbd", [r, alpha, a, b]: readonly number[]): BgNbdModel {
  const fitted = fitBgNbd(small, { l2: 0.1 });
  return { ...fitted, kind: kind as "bg-nbd", r, alpha, a, b };
}

interface Expected {
  readonly calibration: {
    readonly bgnbd: {
      readonly parameters: Record<"r" | "alpha" | "a" | "b", number>;
      readonly log_likelihood: number;
      readonly p_alive_sum: number;
      readonly p_alive_first10: number[];
      readonly expected_transactions_sum: number;
      readonly expected_transactions_first10: number[];
      readonly expectation_random_customer_t_star: number;
      readonly holdout_mae: number;
    };
  };
}

describeWithData("BG/NBD on CDNOW", ["cdnow_sample"], () => {
  const { summary, holdout } = cdnow();
  const model = fitBgNbd(summary);
  const { bgnbd } = readDataJson<Expected>("cdnow_sample/expected.json").calibration;
  const reached = { relative: 1e-6, because: "SciPy's search of the reference ends there" };

  it("finds the published parameters and a likelihood that is not lower", () => {
    expect(model).toMatchObject({ converged: true, atBoundary: false, notes: [], unit: "week" });
    expect(model.gradientNorm).toBeLessThan(1e-9);
    for (const name of ["r", "alpha", "a", "b"] as const) expectClose(model[name], bgnbd.parameters[name], reached);
    // With 30 digits it is −9582.42920667393063: the reference is rounded up.
    expect(model.logLikelihood).toBeGreaterThanOrEqual(bgnbd.log_likelihood - 1e-11);
    expectClose(model.logLikelihood, -9582.429206673929, { relative: 1e-12, because: "sums of 2,357 terms" });
    expect(model.aic).toBe(8 - 2 * model.logLikelihood);
  });

  it("has the standard errors that R's CLVTools gives", () => {
    // CLVTools and BTYD with numDeriv: r .01256, alpha .3782, a .1857, b .7054.
    const errors = [0.01256, 0.3782, 0.1857, 0.7054];
    expectClose(Object.values(model.standardErrors) as number[], errors, { relative: 4e-4, because: "four digits" });
  });

  it("predicts every figure of the reference", () => {
    const alive = predictAlive(model, summary);
    const purchases = predictPurchases(model, summary, { horizon: 39 });
    expectClose(sum(alive), bgnbd.p_alive_sum, reached);
    expectClose(alive.slice(0, 10), bgnbd.p_alive_first10, reached);
    expectClose(sum(purchases), bgnbd.expected_transactions_sum, reached);
    expectClose(purchases.slice(0, 10), bgnbd.expected_transactions_first10, reached);
    const [expected] = projectPurchases(model, { horizons: [39] });
    expectClose(expected, bgnbd.expectation_random_customer_t_star, reached);
    const error = sum(purchases.map((value, i) => Math.abs(value - holdout[i]))) / holdout.length;
    expectClose(error, bgnbd.holdout_mae, reached);
  });

  it("has the published expectations of a new customer and of the first", () => {
    // Fader, Hardie & Lee (2005), the accompanying spreadsheet and its R port in BTYD; x = 2, t = 30.43, T = 38.86.
    const times = [0.1429, 1, 3, 31.8571, 32, 78];
    const published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.858];
    expectClose(projectPurchases(model, { horizons: times }), published, { absolute: 5e-5, because: "four decimals" });
    const [first] = predictPurchases(model, summaryOf([[2, 30.43, 38.86]]), { horizon: 39 });
    expectClose(first, 1.226, { absolute: 5e-4, because: "three decimals" });
  });

  it("predicts the held-out weeks as well as the published model: 12 % below all 1,882 purchases", () => {
    const total = sum(predictPurchases(model, summary, { horizon: 39 }));
    expect(Math.abs(total - 1882) / 1882).toBeLessThan(0.1215);
  });

  it("finds the published MBG/NBD", () => {
    // BTYDplus 1.2, mbgcnbd.EstimateParameters(k = 1): r .525, alpha 6.183, a .891, b 1.614, log-likelihood −9582.1.
    const mbg = fitMbgNbd(summary);
    expectClose([mbg.r, mbg.alpha, mbg.a, mbg.b], [0.525, 6.183, 0.891, 1.614], {
      absolute: 5e-4,
      because: "published",
    });
    expectClose(mbg.logLikelihood, -9582.1357, { absolute: 1e-4, because: "printed digits" });
  });

  it("comes to the same maximum from 20 random starts", () => {
    let state = 1;
    const draw = (): number => {
      state = (state * 16807) % 2147483647;
      return Math.exp(8 * (state / 2147483647) - 4);
    };
    for (let i = 0; i < 20; i++) {
      const found = fitBgNbd(summary, { start: { r: draw(), alpha: 5 * draw(), a: draw(), b: draw() } });
      expect(found.converged).toBe(true);
      for (const name of ["r", "alpha", "a", "b"] as const) expectClose(found[name], model[name], reached);
    }
  });

  it("does not mind the unit: in days only alpha is seven times as large, the likelihood changes by the densities", () => {
    const days = {
      ...summary,
      values: summary.values.map((cell, i) => (i % 4 === 1 || i % 4 === 2 ? cell * 7 : cell)),
    };
    const inDays = fitBgNbd({ ...days, units: { recency: "day", age: "day" } });
    expectClose(inDays.alpha, 7 * model.alpha, { relative: 1e-7, because: "tolerance of the gradient" });
    expectClose(inDays.a, model.a, { relative: 1e-7, because: "tolerance of the gradient" });
    const shifted = model.logLikelihood - 2457 * Math.log(7);
    expectClose(inDays.logLikelihood, shifted, { relative: 1e-12, because: "sums" });
    expectRefusal(() => predictPurchases(inDays, summary, { horizon: 39 }), "incompatible-model", "table.units");
  });

  it("gives the same bits for every order of the customers", () => {
    const order = Array.from(summary.ids.keys()).sort((a, b) => ((a * 7919) % 2357) - ((b * 7919) % 2357));
    const values = Float64Array.from(order.flatMap((i) => Array.from(summary.values.subarray(4 * i, 4 * i + 4))));
    expect(fitBgNbd({ ...summary, ids: order.map((i) => summary.ids[i]), values })).toEqual(model);
  });

  it("shrinks the parameters with l2, and not below the penalized maximum", () => {
    const shrunk = fitBgNbd(summary, { l2: 100 });
    expect(shrunk.b).toBeLessThan(model.b);
    expect(shrunk.logLikelihood).toBeLessThan(model.logLikelihood);
    const penalty = (m: BgNbdModel): number => {
      const age = 77111.28571428571 / 2357;
      return 50 * (m.r ** 2 + (m.alpha / age) ** 2 + m.a ** 2 + m.b ** 2);
    };
    expect(shrunk.logLikelihood - penalty(shrunk)).toBeGreaterThan(model.logLikelihood - penalty(model));
  });
});

describe("predictions of BG/NBD and MBG/NBD", () => {
  it("are what mpmath computes: a = 1, a + b ≤ 1, no purchase, thousands of purchases, no time, long horizons", () => {
    expect(golden.extremes.length).toBeGreaterThan(400);
    for (const { early, parameters, history, horizon, expected } of golden.extremes) {
      const model = modelOf(early === 1 ? "mbg-nbd" : "bg-nbd", parameters);
      const summary = summaryOf([history]);
      const found = [
        predictAlive(model, summary)[0],
        predictPurchases(model, summary, { horizon })[0],
        projectPurchases(model, { horizons: [horizon] })[0],
      ];
      // A probability to be alive loses the digits of (r + x) times a logarithm.
      const room = 1e-12 + 1e-15 * history[0];
      found.forEach((value, i) => {
        const name = `${early}: ${JSON.stringify({ parameters, history, horizon })}[${i}]`;
        expect(Math.abs(value - expected[i]) <= room * Math.abs(expected[i]) * 100 + 1e-300, name).toBe(true);
      });
    }
  });

  it("stay between 0 and 1 and at 0 or more for 100,000 random histories and 40 models", () => {
    const models = fc.sample(fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: -3, max: 3, noNaN: true }))), {
      numRuns: 40,
      seed: 5,
    });
    const rows = fc.sample(histories, { numRuns: 2500, seed: 6 });
    models.forEach((logs, i) => {
      const model = modelOf(i % 2 === 0 ? "bg-nbd" : "mbg-nbd", logs.map((x) => 10 ** x)); // prettier-ignore
      const summary = summaryOf(rows);
      const alive = predictAlive(model, summary);
      expect(alive.every((p) => p >= 0 && p <= 1)).toBe(true);
      const purchases = predictPurchases(model, summary, { horizon: 10 ** ((i % 9) - 4) });
      expect(purchases.every((count) => count >= 0 && Number.isFinite(count))).toBe(true);
    });
  });

  it("grow with the horizon, from 0", () => {
    const model = fitBgNbd(small, { l2: 0.1 });
    const horizons = [0, 1e-9, 0.5, 1, 13, 52, 1e3, 1e6, 1e12];
    const grown = horizons.map((horizon) => predictPurchases(model, small, { horizon }));
    expect(grown[0]).toEqual(new Float64Array(6));
    for (let i = 1; i < grown.length; i++)
      grown[i].forEach((count, row) => expect(count).toBeGreaterThan(grown[i - 1][row]));
  });

  it("count a one-time buyer as alive in BG/NBD for certain, in MBG/NBD not", () => {
    expect(predictAlive(fitBgNbd(small, { l2: 0.1 }), small)[0]).toBe(1);
    expect(predictAlive(fitMbgNbd(small, { l2: 0.1 }), small)[0]).toBeLessThan(0.5);
  });
});

describe("covariates", () => {
  const { rows, fits: found } = golden.covariates;
  const names = ["frequency", "recency", "age", "member", "years"];
  const table: FeatureTable = {
    ids: rows.map((_, i) => String(i)),
    names,
    values: Float64Array.from(rows.flat()),
  };
  const covariates = { purchase: ["member", "years"], dropout: ["member"] };

  it.each([
    ["fitBgNbd", 0],
    ["fitMbgNbd", 1],
  ] as const)("%s finds what SciPy finds from the likelihood of each customer", (name, early) => {
    const model = fits[name](table, { covariates });
    const { point, logLikelihood } = found[`${early}`];
    expect(model.converged).toBe(true);
    expectClose(model.logLikelihood, logLikelihood, { relative: 1e-9, because: "Nelder–Mead ends there" });
    const logs = [model.r, model.alpha, model.a, model.b].map(Math.log);
    const { purchase, a, b } = model.coefficients;
    const because = "Nelder–Mead ends there";
    expectClose([...logs, ...purchase, ...a, ...b], point, { absolute: 2e-3, relative: 2e-3, because });
    expect(model.features).toEqual(names);
    // The simulated effects are 0.5 and 0.02; one is 3.1 standard errors off, another sample of 20,000 customers gives 0.491 ± 0.020.
    const errors = model.coefficientErrors.purchase.map(Number);
    expect(Math.abs(purchase[0] - 0.5)).toBeLessThan(4 * errors[0]);
    expect(Math.abs(purchase[1] - 0.02)).toBeLessThan(4 * errors[1]);
    expect(errors.every((error) => error > 0.001 && error < 0.3)).toBe(true);
  });

  it("change the prediction as the formula says", () => {
    const model = fitBgNbd(table, { covariates });
    const plain = { ...model, features: names.slice(0, 3), covariates: { purchase: [], dropout: [] }, coefficients: { purchase: [], a: [], b: [] } }; // prettier-ignore
    const [years, gamma] = [40, model.coefficients];
    const shifted = {
      ...plain,
      alpha: model.alpha * Math.exp(-(gamma.purchase[0] + years * gamma.purchase[1])),
      a: model.a * Math.exp(gamma.a[0]),
      b: model.b * Math.exp(gamma.b[0]),
    };
    const row = { ...table, ids: ["x"], values: Float64Array.of(3, 20, 30, 1, years) };
    const expected = predictPurchases(shifted, row, { horizon: 12 });
    expectClose(predictPurchases(model, row, { horizon: 12 }), expected, { relative: 1e-12, because: "exponentials" });
    const project = { horizons: [12] };
    const withCovariates = projectPurchases(model, { ...project, covariates: { member: 1, years } });
    expectClose(withCovariates, projectPurchases(shifted, project), { relative: 1e-12, because: "exponentials" });
    expect(projectPurchases(model, project)).toEqual(projectPurchases(plain, project));
    expectRefusal(() => projectPurchases(model, { ...project, covariates: { age: 1 } }), "invalid-option");
  });

  it("must be there, differ, be named once and not be part of the history", () => {
    const fit = (purchase: string[]): unknown => fitBgNbd(table, { covariates: { purchase } });
    expectRefusal(() => fit(["nothing"]), "invalid-option", "table.names");
    expectRefusal(() => fit(["member", "member"]), "invalid-option", "options.covariates.purchase[1]");
    expectRefusal(() => fit(["recency"]), "invalid-option", "options.covariates.purchase[0]");
    const constant = { ...table, values: table.values.map((cell, i) => (i % 5 === 4 ? 40 : cell)) };
    expectRefusal(() => fitBgNbd(constant, { covariates }), "degenerate-data", "table.names[4]");
    const model = fitBgNbd(table, { covariates });
    expectRefusal(() => predictAlive(model, small), "incompatible-model", "table.names");
  });
});

describe("fitBgNbd and fitMbgNbd", () => {
  it.each(Object.entries(fits))("%s expects nothing where nobody came back, and says so", (_, fit) => {
    const summary = summaryOf([[0, 0, 5], [0, 0, 7], [0, 0, 9]]); // prettier-ignore
    const model = fit(summary);
    expect(model).toMatchObject({ converged: true, atBoundary: true, notes: [{ code: "no-repeat-purchases" }, {}] });
    for (const count of predictPurchases(model, summary, { horizon: 100 })) expect(count).toBeLessThan(1e-4);
  });

  it.each(Object.entries(fits))("%s takes one customer, of any history", (_, fit) => {
    for (const row of [
      [0, 0, 1],
      [1, 5, 5],
      [1, 1e-9, 1e6],
      [5000, 729, 730],
    ]) {
      // prettier-ignore
      const model = fit(summaryOf([row]));
      expect(model.atBoundary).toBe(true);
      const [count] = predictPurchases(model, summaryOf([row]), { horizon: 10 });
      expect(count >= 0 && Number.isFinite(count)).toBe(true);
    }
  });

  it("sends only the parameters that the data do not bound to the edge, and names them", () => {
    // Everybody buys at one rate and nobody leaves: the purchase process is Poisson, r and α have no bound.
    const steady = summaryOf(Array.from({ length: 40 }, (_, i) => [10, 9.5, 10 + (i % 2) / 10]));
    const model = fitBgNbd(steady);
    expect(model.atBoundary).toBe(true);
    expect(model.notes[0]).toMatchObject({ code: "at-boundary" });
    expect(model.notes[0].message).toContain("r, alpha");
    expect(model.standardErrors.r).toBe(null);
    expectClose(model.r / model.alpha, 1, { relative: 0.06, because: "10 purchases in about 10 periods" });
  });

  it("weighs equal histories: twice the customers give the same parameters and half the variance", () => {
    const twice = { ...small, ids: [...small.ids, ...small.ids.map((id) => `${id}'`)], values: Float64Array.from([...small.values, ...small.values]) }; // prettier-ignore
    const [one, two] = [fitBgNbd(small, { l2: 0.1 }), fitBgNbd(twice, { l2: 0.2 })];
    expectClose([two.r, two.alpha, two.a, two.b], [one.r, one.alpha, one.a, one.b], {
      relative: 1e-6,
      because: "tolerance",
    });
    expectClose(two.logLikelihood, 2 * one.logLikelihood, { relative: 1e-12, because: "sums" });
    expectClose(Number(two.standardErrors.r), Number(one.standardErrors.r) / Math.SQRT2, {
      relative: 1e-4,
      because: "differences",
    });
  });

  it("refuses histories that cannot be, and says where", () => {
    const path = (row: number, column: number): string => `table.values[${row}, ${column}]`;
    const refused: [number[], number][] = [
      [[1.5, 2, 3], 0],
      [[-1, 0, 3], 0],
      [[0, 2, 3], 1],
      [[2, 0, 3], 1],
      [[1, -1, 3], 1],
      [[1, 4, 3], 2],
      [[NaN, 1, 3], 0],
      [[1, 1, NaN], 2],
    ];
    for (const [row, column] of refused) {
      expectRefusal(() => fitBgNbd(summaryOf([[1, 1, 3], row])), "invalid-value", path(1, column));
      expectRefusal(() => predictAlive(fitBgNbd(small, { l2: 1 }), summaryOf([row])), "invalid-value", path(0, column));
    }
    expectRefusal(() => fitBgNbd(filterRows(small, () => false)), "too-few-rows");
    expectRefusal(() => fitBgNbd(summaryOf([[0, 0, 0], [0, 0, 0]])), "degenerate-data"); // prettier-ignore
    expectRefusal(() => fitBgNbd({ ...small, units: { recency: "day", age: "week" } }), "invalid-value", "table.units");
    expectRefusal(() => fitBgNbd({ ...small, names: ["frequency", "recency", "T"] }), "invalid-option", "table.names");
  });

  it("refuses models of another kind to predict from", () => {
    for (const kind of ["gamma-gamma", "__proto__", "toString", undefined]) {
      const other = { ...fitBgNbd(small, { l2: 1 }), kind } as unknown as BgNbdModel;
      expectRefusal(() => predictPurchases(other, small, { horizon: 1 }), "incompatible-model", "model.kind");
      expectRefusal(() => projectPurchases(other, { horizons: [1] }), "incompatible-model", "model.kind");
    }
  });
});
