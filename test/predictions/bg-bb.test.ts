import {
  type BgBbModel,
  fitBgBb,
  predictActive,
  predictAlive,
  predictPurchases,
  projectPurchases,
} from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/bg-bb.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

// Frequency, recency and number of donors with six opportunities: Fader, Hardie & Shang (2010), table 1.
const donors = [
  [6, 6, 1203], [5, 6, 728], [4, 6, 512], [3, 6, 357], [2, 6, 234], [1, 6, 129], [5, 5, 335], [4, 5, 284], [3, 5, 225],
  [2, 5, 173], [1, 5, 119], [4, 4, 240], [3, 4, 181], [2, 4, 155], [1, 4, 78], [3, 3, 322], [2, 3, 255], [1, 3, 129],
  [2, 2, 613], [1, 2, 277], [1, 1, 1091], [0, 0, 3464],
]; // prettier-ignore
const donations = summaryOf(donors.flatMap(([x, t, count]) => Array.from({ length: count }, () => [x, t, 6])));
const small = summaryOf([[0, 0, 6], [1, 1, 6], [6, 6, 6], [2, 5, 6], [0, 0, 6], [3, 4, 6], [0, 0, 6], [5, 6, 6]]); // prettier-ignore

/** Ages stand first, so that the laws may make them all 7. */
const tables = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.nat({ max: 6 })), { minLength: 3, maxLength: 9 })
  .map((rows) => ({
    ids: rows.map((_, i) => String(i)),
    names: ["age", "frequency", "recency"],
    values: Float64Array.from(
      rows.flatMap(([recency, share], i) => [7 + (i % 3), recency === 0 ? 0 : 1 + (share % recency), recency]),
    ),
  }));

modelLaws("fitBgBb", {
  fit: fitBgBb,
  apply: (model, table) => predictPurchases(model, table, { horizon: 5 }),
  options: { l2: 0.01 },
  optionNames: ["l2", "start"],
  tables,
  fields: ["alpha", "beta", "gamma", "delta"],
  missing: "refused",
  empty: "refused",
  features: "by-name",
});

function modelOf([alpha, beta, gamma, delta]: readonly number[]): BgBbModel {
  return { ...fitBgBb(small, { l2: 0.1 }), alpha, beta, gamma, delta };
}

describe("BG/BB on the donors of Fader, Hardie & Shang (2010)", () => {
  const model = fitBgBb(donations);

  it("finds the published parameters and likelihood of 11,104 donors", () => {
    expect(donations.ids).toHaveLength(11_104);
    expect(model).toMatchObject({ converged: true, atBoundary: false, notes: [], unit: "period" });
    const { alpha, beta, gamma, delta } = model;
    expectClose([alpha, beta, gamma, delta], [1.204, 0.75, 0.657, 2.783], {
      absolute: 6e-4,
      because: "three decimals",
    });
    expectClose(model.logLikelihood, -33_225.6, { absolute: 0.05, because: "one decimal" });
    expect(model.aic).toBe(8 - 2 * model.logLikelihood);
    expect(Object.values(model.standardErrors).every((error) => Number(error) > 0.01 && Number(error) < 0.5)).toBe(
      true,
    );
  });

  it("expects of a new donor what the published closed form does", () => {
    const found = projectPurchases(model, { horizons: [0, 1, 6] });
    const { alpha, beta, gamma, delta } = model;
    const mean = alpha / (alpha + beta);
    expectClose(found.slice(0, 2), [0, (mean * delta) / (gamma + delta)], { relative: 1e-14, because: "rounding" });
    // In the six years the donors of the data made 24,615 repeat donations: 2.2 each.
    const total = donors.reduce((sum, [x, , count]) => sum + x * count, 0);
    expectClose(found[2], total / 11_104, { relative: 0.01, because: "fit of the model to the data" });
  });

  it("comes to the same maximum from 20 random starts", () => {
    let state = 1;
    const draw = (): number => {
      state = (state * 16807) % 2147483647;
      return Math.exp(6 * (state / 2147483647) - 3);
    };
    for (let i = 0; i < 20; i++) {
      const found = fitBgBb(donations, { start: { alpha: draw(), beta: draw(), gamma: draw(), delta: draw() } });
      if (!found.converged) continue;
      for (const name of ["alpha", "beta", "gamma", "delta"] as const)
        expectClose(found[name], model[name], { relative: 1e-6, because: "tolerance of the gradient" });
    }
  });

  it("sees a donor of every year as alive with the chance to stay once more, and counts silence against frequent donors", () => {
    const [always, often, rarely] = predictAlive(model, summaryOf([[6, 6, 6], [4, 4, 6], [1, 4, 6]])); // prettier-ignore
    expectClose(always, (model.delta + 6) / (model.gamma + model.delta + 6), { relative: 1e-14, because: "rounding" });
    expect(often).toBeLessThan(rarely);
  });
});

describe("predictions of BG/BB", () => {
  it("are what mpmath computes: γ = 1 and near it, no opportunity, hundreds of purchases, long horizons", () => {
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
      found.forEach((value, i) => {
        // The reference subtracts from 1 in 50 digits.
        const want = expected[i];
        if (want === null) return;
        const name = `${JSON.stringify({ parameters, history, horizon })}[${i}]: ${value}, not ${want}`;
        expect(Math.abs(value - want) <= 1e-11 * Math.abs(want) + 1e-45, name).toBe(true);
      });
    }
  });

  it("stay between 0 and 1 and at 0 or more for random histories and 40 models, also for a million opportunities", () => {
    const parameters = fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: -4, max: 4, noNaN: true })));
    const models = fc.sample(parameters, { numRuns: 40, seed: 5 });
    const history = fc
      .tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 }), fc.nat())
      .map(([t, rest, x]) => [t === 0 ? 0 : 1 + (x % t), t, t + rest]);
    const summary = summaryOf(fc.sample(history, { numRuns: 200, seed: 6 }));
    models.forEach((logs, i) => {
      const model = modelOf(logs.map((x) => 10 ** x));
      const horizon = i % 4 === 0 ? 1000 : i;
      const alive = predictAlive(model, summary);
      const active = predictActive(model, summary, { horizon });
      const purchases = predictPurchases(model, summary, { horizon });
      expect(alive.every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(active.every((p, row) => p >= 0 && p <= alive[row] * (1 + 1e-12))).toBe(true);
      expect(purchases.every((count, row) => count >= active[row] * (1 - 1e-9) && count <= horizon)).toBe(true);
    });
    const [far] = predictPurchases(modelOf([1.2, 0.75, 0.66, 2.78]), summaryOf([[3, 5, 6]]), { horizon: 1_000_000 });
    expect(Number.isFinite(far)).toBe(true);
  });

  it("count opportunities: other horizons are refused", () => {
    const model = fitBgBb(small, { l2: 0.1 });
    expectRefusal(() => predictPurchases(model, small, { horizon: 1.5 }), "invalid-option", "options.horizon");
    expectRefusal(() => predictActive(model, small, { horizon: 1e9 }), "invalid-option", "options.horizon");
    expectRefusal(() => projectPurchases(model, { horizons: [1, 2.5] }), "invalid-option", "options.horizons[1]");
  });
});

describe("fitBgBb", () => {
  it("expects nothing where nobody came back, and says so", () => {
    const model = fitBgBb(summaryOf([[0, 0, 5], [0, 0, 7]])); // prettier-ignore
    expect(model).toMatchObject({ atBoundary: true });
    expect(model.notes[0].code).toBe("no-repeat-purchases");
  });

  it("takes one customer, of any history", () => {
    for (const row of [
      [0, 0, 1],
      [5, 5, 5],
      [1, 1, 500],
      [3000, 3000, 5000],
    ]) {
      // prettier-ignore
      const summary = summaryOf([row]);
      const [count] = predictPurchases(fitBgBb(summary), summary, { horizon: 10 });
      expect(count >= 0 && Number.isFinite(count)).toBe(true);
    }
  });

  it("refuses times that are no opportunities, more purchases than opportunities, no customers and no time", () => {
    expectRefusal(() => fitBgBb(summaryOf([[0, 0, 3], [1, 1.5, 4]])), "invalid-value", "table.values[1, 1]"); // prettier-ignore
    expectRefusal(() => fitBgBb(summaryOf([[1, 1, 4.5]])), "invalid-value", "table.values[0, 2]");
    expectRefusal(() => fitBgBb(summaryOf([[3, 2, 4]])), "invalid-value", "table.values[0, 0]");
    expectRefusal(() => fitBgBb(summaryOf([[0, 0, 0]])), "degenerate-data");
    const empty = { ids: [], names: ["frequency", "recency", "age"], values: new Float64Array(0) };
    expectRefusal(() => fitBgBb(empty), "too-few-rows");
    const model = fitBgBb(small, { l2: 0.1 });
    expectRefusal(() => predictAlive(model, summaryOf([[3, 2, 4]])), "invalid-value", "table.values[0, 0]");
  });
});
