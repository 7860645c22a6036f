import {
  fitBgNbd,
  fitParetoNbd,
  type ParetoNbdModel,
  predictActive,
  predictAlive,
  predictPurchases,
  projectPurchases,
} from "clientele/predictions";
import type { FeatureTable } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/pareto-nbd.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { cdnow, histories, summariesOfHistories, summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

const small = summaryOf([[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]]); // prettier-ignore
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

modelLaws("fitParetoNbd", {
  fit: fitParetoNbd,
  apply: (model, table) => predictPurchases(model, table, { horizon: 5 }),
  options: { l2: 0.01 },
  optionNames: ["l2", "start"],
  tables: summariesOfHistories,
  fields: ["r", "alpha", "s", "beta"],
  missing: "refused",
  empty: "refused",
  features: "by-name",
});

function modelOf([r, alpha, s, beta]: readonly number[]): ParetoNbdModel {
  return { ...fitParetoNbd(small, { l2: 0.1 }), r, alpha, s, beta };
}

interface Expected {
  readonly calibration: {
    readonly pareto_nbd: {
      readonly parameters: Record<"r" | "alpha" | "s" | "beta", number>;
      readonly log_likelihood: number;
      readonly p_alive_sum: number;
      readonly p_alive_first10: number[];
      readonly t_star: number;
      readonly expected_transactions_sum: number;
      readonly expected_transactions_first10: number[];
      readonly expectation_random_customer_t_star: number;
      readonly holdout_mae: number;
    };
  };
}

describeWithData("Pareto/NBD on CDNOW", ["cdnow_sample"], () => {
  const { summary, holdout } = cdnow();
  const model = fitParetoNbd(summary);
  const { pareto_nbd: reference } = readDataJson<Expected>("cdnow_sample/expected.json").calibration;
  const reached = { relative: 1e-6, because: "SciPy's search of the reference ends there" };

  it("finds the published parameters and a likelihood that is not lower", () => {
    expect(model).toMatchObject({ converged: true, atBoundary: false, notes: [], unit: "week" });
    expect(model.gradientNorm).toBeLessThan(1e-9);
    for (const name of ["r", "alpha", "s", "beta"] as const)
      expectClose(model[name], reference.parameters[name], reached);
    expectClose(model.logLikelihood, reference.log_likelihood, { relative: 1e-12, because: "sums of 2,357 terms" });
    expect(model.aic).toBe(8 - 2 * model.logLikelihood);
  });

  it("has the standard errors of second differences in 40 digits", () => {
    const { r, alpha, s, beta } = model.standardErrors;
    expectClose([r, alpha, s, beta].map(Number), golden.cdnowErrors, { relative: 1e-4, because: "differences" });
  });

  it("predicts every figure of the reference", () => {
    const alive = predictAlive(model, summary);
    const purchases = predictPurchases(model, summary, { horizon: reference.t_star });
    expectClose(sum(alive), reference.p_alive_sum, reached);
    expectClose(alive.slice(0, 10), reference.p_alive_first10, reached);
    expectClose(sum(purchases), reference.expected_transactions_sum, reached);
    expectClose(purchases.slice(0, 10), reference.expected_transactions_first10, reached);
    const [expected] = projectPurchases(model, { horizons: [reference.t_star] });
    expectClose(expected, reference.expectation_random_customer_t_star, reached);
    const error = sum(purchases.map((value, i) => Math.abs(value - holdout[i]))) / holdout.length;
    expectClose(error, reference.holdout_mae, reached);
  });

  it("has the published expectations of a new customer and of customer 1516", () => {
    // BTYD's vignette and Fader & Hardie (2005), by the published parameters.
    const published = modelOf([0.55328, 10.5776, 0.60621, 11.6679]);
    const digits = { relative: 6e-5, because: "parameters of five digits" };
    expectClose(projectPurchases(published, { horizons: [52] }), [1.47344], {
      absolute: 2e-5,
      because: "parameters of five digits",
    });
    const customer = summaryOf([[26, 30.86, 31]]);
    expectClose(predictAlive(published, customer), [0.9979], digits);
    expectClose(predictPurchases(published, customer, { horizon: 52 }), [25.4565], digits);
  });

  it("predicts the held-out weeks: 11.5 % below all 1,882 purchases, and nearer per customer than BG/NBD", () => {
    const purchases = predictPurchases(model, summary, { horizon: 39 });
    expect(Math.abs(sum(purchases) - 1882) / 1882).toBeLessThan(0.1151);
    const other = predictPurchases(fitBgNbd(summary), summary, { horizon: 39 });
    const error = (of: Float64Array): number => sum(of.map((value, i) => Math.abs(value - holdout[i])));
    expect(error(purchases)).toBeLessThan(error(other));
  });

  it("expects 22 % of the customers to buy in the held-out weeks, when 29 % did: one-time buyers came back more than it says", () => {
    const share = holdout.filter((count) => count > 0).length / holdout.length;
    const expected = sum(predictActive(model, summary, { horizon: 39 })) / holdout.length;
    expect(Math.abs(expected - share)).toBeLessThan(0.07);
    expectClose(expected, 0.222, { absolute: 5e-4, because: "regression of the known shortfall" });
  });

  it("comes to the same maximum from 10 random starts, or says that it has not", () => {
    let state = 1;
    const draw = (): number => {
      state = (state * 16807) % 2147483647;
      return Math.exp(6 * (state / 2147483647) - 3);
    };
    for (let i = 0; i < 10; i++) {
      const found = fitParetoNbd(summary, { start: { r: draw(), alpha: 10 * draw(), s: draw(), beta: 10 * draw() } });
      if (!found.converged) continue;
      for (const name of ["r", "alpha", "s", "beta"] as const) expectClose(found[name], model[name], reached);
    }
  });

  it("does not mind the unit: in days α and β are seven times as large", () => {
    const values = summary.values.map((cell, i) => (i % 4 === 1 || i % 4 === 2 ? cell * 7 : cell));
    const inDays = fitParetoNbd({ ...summary, values, units: { recency: "day", age: "day" } });
    const tolerance = { relative: 1e-7, because: "tolerance of the gradient" };
    expectClose([inDays.alpha, inDays.beta, inDays.s], [7 * model.alpha, 7 * model.beta, model.s], tolerance);
    expectRefusal(() => predictPurchases(inDays, summary, { horizon: 39 }), "incompatible-model", "table.units");
  });

  it("gives the same bits for every order of the customers", () => {
    const order = Array.from(summary.ids.keys()).sort((a, b) => ((a * 7919) % 2357) - ((b * 7919) % 2357));
    const values = Float64Array.from(order.flatMap((i) => Array.from(summary.values.subarray(4 * i, 4 * i + 4))));
    expect(fitParetoNbd({ ...summary, ids: order.map((i) => summary.ids[i]), values })).toEqual(model);
  });
});

describe("predictions of Pareto/NBD", () => {
  it("are what mpmath computes: α above, below and equal to β, s = 1, no purchase, hundreds of purchases, no time, long horizons", () => {
    expect(golden.extremes.length).toBeGreaterThan(300);
    for (const { parameters, history, horizon, expected } of golden.extremes) {
      const model = modelOf(parameters);
      const summary = summaryOf([history]);
      const found = [
        predictAlive(model, summary)[0],
        predictActive(model, summary, { horizon })[0],
        predictPurchases(model, summary, { horizon })[0],
        projectPurchases(model, { horizons: [horizon] })[0],
      ];
      // The reference subtracts from 1 in 60 digits. A probability to be alive loses the digits of (r + x + s) times a logarithm.
      const room = 1e-13 * (10 + history[0] + parameters[2]);
      found.forEach((value, i) => {
        const name = `${JSON.stringify({ parameters, history, horizon })}[${i}]: ${value}, not ${expected[i]}`;
        expect(Math.abs(value - expected[i]) <= room * Math.abs(expected[i]) + 1e-45, name).toBe(true);
      });
    }
  });

  it("stay between 0 and 1 and at 0 or more for 100,000 random histories and 40 models", () => {
    const parameters = fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: -4, max: 4, noNaN: true })));
    const models = fc.sample(parameters, { numRuns: 40, seed: 5 });
    const rows = fc.sample(histories, { numRuns: 2500, seed: 6 });
    const summary = summaryOf(rows);
    models.forEach((logs, i) => {
      const model = modelOf(logs.map((x) => 10 ** x));
      expect(predictAlive(model, summary).every((p) => p >= 0 && p <= 1)).toBe(true);
      const horizon = 10 ** ((i % 9) - 4);
      const part = summaryOf(rows.slice(50 * i, 50 * i + 50));
      const alive = predictAlive(model, part);
      const active = predictActive(model, part, { horizon });
      const purchases = predictPurchases(model, part, { horizon });
      expect(alive.every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(active.every((p, row) => p >= 0 && p <= alive[row])).toBe(true);
      expect(purchases.every((count, row) => count >= active[row] * (1 - 1e-9) && Number.isFinite(count))).toBe(true);
    });
  });

  it("grow with the horizon, from 0", () => {
    const model = fitParetoNbd(small, { l2: 0.1 });
    const horizons = [0, 1e-9, 0.5, 1, 13, 52, 1e3, 1e6, 1e12];
    for (const predict of [predictPurchases, predictActive]) {
      const grown = horizons.map((horizon) => predict(model, small, { horizon }));
      expect(grown[0]).toEqual(new Float64Array(6));
      for (let i = 1; i < grown.length; i++)
        grown[i].forEach((value, row) => expect(value).toBeGreaterThanOrEqual(grown[i - 1][row]));
    }
  });

  it("say that a customer who never came back may have left, unlike BG/NBD", () => {
    expect(predictAlive(fitParetoNbd(small, { l2: 0.1 }), small)[0]).toBeLessThan(0.8);
  });
});

describe("predictActive", () => {
  it("of BG/NBD and MBG/NBD is alive times the chance of a purchase", () => {
    const model = fitBgNbd(small, { l2: 0.1 });
    const expected = predictAlive(model, small).map((alive, i) => {
      const [x, , age] = small.values.subarray(3 * i, 3 * i + 3);
      return alive * (1 - ((model.alpha + age) / (model.alpha + age + 13)) ** (model.r + x));
    });
    expectClose(predictActive(model, small, { horizon: 13 }), expected, { relative: 1e-12, because: "rounding" });
  });
});

describe("fitParetoNbd", () => {
  it("expects nothing where nobody came back, and says so", () => {
    const summary = summaryOf([[0, 0, 5], [0, 0, 7], [0, 0, 9]]); // prettier-ignore
    const model = fitParetoNbd(summary);
    expect(model).toMatchObject({ atBoundary: true });
    expect(model.notes[0].code).toBe("no-repeat-purchases");
    for (const count of predictPurchases(model, summary, { horizon: 100 })) expect(count).toBeLessThan(1e-4);
  });

  it("takes one customer, of any history", () => {
    for (const row of [
      [0, 0, 1],
      [1, 5, 5],
      [1, 1e-9, 1e6],
      [5000, 729, 730],
    ]) {
      // prettier-ignore
      const summary = summaryOf([row]);
      const model = fitParetoNbd(summary);
      const [count] = predictPurchases(model, summary, { horizon: 10 });
      expect(count >= 0 && Number.isFinite(count)).toBe(true);
    }
  });

  it("weighs equal histories: twice the customers give the same parameters", () => {
    const twice: FeatureTable = {
      ...small,
      ids: [...small.ids, ...small.ids.map((id) => `${id}'`)],
      values: Float64Array.from([...small.values, ...small.values]),
    };
    const [one, two] = [fitParetoNbd(small, { l2: 0.1 }), fitParetoNbd(twice, { l2: 0.2 })];
    const tolerance = { relative: 1e-6, because: "tolerance of the gradient" };
    expectClose([two.r, two.alpha, two.s, two.beta], [one.r, one.alpha, one.s, one.beta], tolerance);
    expectClose(two.logLikelihood, 2 * one.logLikelihood, { relative: 1e-12, because: "sums" });
  });

  it("refuses impossible histories, no customers and no time", () => {
    expectRefusal(() => fitParetoNbd(summaryOf([[1, 5, 4]])), "invalid-value", "table.values[0, 2]");
    expectRefusal(() => fitParetoNbd(summaryOf([[1, 0, 4]])), "invalid-value", "table.values[0, 1]");
    expectRefusal(() => fitParetoNbd(summaryOf([[0, 0, 0]])), "degenerate-data");
    const empty = { ids: [], names: ["frequency", "recency", "age"], values: new Float64Array(0) };
    expectRefusal(() => fitParetoNbd(empty), "too-few-rows");
  });
});
