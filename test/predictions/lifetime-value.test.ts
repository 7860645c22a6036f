import {
  fitBgBb,
  fitBgNbd,
  fitGammaGamma,
  fitMbgNbd,
  fitParetoNbd,
  predictPurchases,
  predictSpend,
  scoreLifetimeValue,
} from "clientele/predictions";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

const weeks = { recency: "week", age: "week" };
const rows = [[0, 0, 39, 0], [1, 4, 39, 12], [2, 30, 38, 22], [6, 12, 38, 74], [0, 0, 35, 0], [4, 31, 33, 25]]; // prettier-ignore
const summary = summaryOf(rows, weeks);
const purchases = fitBgNbd(summary, { l2: 0.1 });
const spend = fitGammaGamma(summary, { l2: 0.01 });
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describeWithData("scoreLifetimeValue on CDNOW", ["cdnow_sample"], () => {
  const cells = readDataRows("cdnow_sample/cal_summary_spend_lifetimes.csv").map((row) =>
    ["x", "t_x", "T", "zbar"].map((name) => Number(row[name])),
  );
  const customers = summaryOf(cells, weeks);
  const models = [fitBgNbd(customers), fitGammaGamma(customers)] as const;
  // lifetimes and pymc-marketing take a month for 4.345 weeks; 12 months at 1 % a month.
  const year = { horizon: 12 * 4.345, discountEvery: 4.345, discountRate: 0.01 };

  it("is what Python's lifetimes computes with the right unit", () => {
    const value = scoreLifetimeValue(...models, customers, { ...year, unit: "week" });
    expectClose(value[0], 36.28, { absolute: 0.005, because: "two decimals" });
    expectClose(sum(value), 71_509.9, { absolute: 0.01, because: "two decimals, and SciPy's search" });
  });

  it("refuses to read weeks as days, which would overstate the shop 3.7 times", () => {
    const mistake = { horizon: 360, discountEvery: 30, discountRate: 0.01, unit: "day" };
    expectRefusal(() => scoreLifetimeValue(...models, customers, mistake), "invalid-option", "options.unit");
    // Without a unit in the data nobody can know better; 140.10 and 266,621.56 are what the quick start prints.
    const nameless = summaryOf(cells);
    const wrong = scoreLifetimeValue(fitBgNbd(nameless), models[1], nameless, mistake);
    expectClose(wrong[0], 140.1, { absolute: 0.005, because: "two decimals" });
    expectClose(sum(wrong), 266_621.56, { absolute: 0.05, because: "lifetimes' parameters have five digits" });
  });
});

describe("scoreLifetimeValue", () => {
  it("is purchases times spend times margin without discounting", () => {
    const value = scoreLifetimeValue(purchases, spend, summary, { horizon: 26, unit: "week", margin: 0.4 });
    const counts = predictPurchases(purchases, summary, { horizon: 26 });
    const money = predictSpend(spend, summary);
    expectClose(
      value,
      counts.map((count, i) => count * money[i] * 0.4),
      { relative: 1e-14, because: "two products" },
    );
  });

  it("discounts each period's purchases by its end, or by its start, the rest of the horizon by its length", () => {
    const options = { horizon: 2.5, unit: "week", discountRate: 0.1 };
    const money = predictSpend(spend, summary);
    const [e1, e2, e25] = [1, 2, 2.5].map((horizon) => predictPurchases(purchases, summary, { horizon }));
    const ends = money.map(
      (worth, i) => worth * (e1[i] / 1.1 + (e2[i] - e1[i]) / 1.1 ** 2 + (e25[i] - e2[i]) / 1.1 ** 2.5),
    );
    const starts = money.map((worth, i) => worth * (e1[i] + (e2[i] - e1[i]) / 1.1 + (e25[i] - e2[i]) / 1.1 ** 2));
    const because = "differences of expectations";
    expectClose(scoreLifetimeValue(purchases, spend, summary, options), ends, { relative: 1e-11, because });
    const atStart = { ...options, payments: "start" } as const;
    expectClose(scoreLifetimeValue(purchases, spend, summary, atStart), starts, { relative: 1e-11, because });
    // Over whole periods the two differ by one factor.
    const [end, start] = (["end", "start"] as const).map((payments) =>
      scoreLifetimeValue(purchases, spend, summary, { ...options, horizon: 12, payments }),
    );
    expectClose(start, end.map((value) => 1.1 * value), { relative: 1e-12, because: "one factor" }); // prettier-ignore
  });

  it("counts periods of interest whatever rounding does to their number", () => {
    const monthly = { unit: "week", discountRate: 0.01, discountEvery: 4.345 };
    const whole = scoreLifetimeValue(purchases, spend, summary, { ...monthly, horizon: 4.345 * 3 });
    const summed = scoreLifetimeValue(purchases, spend, summary, { ...monthly, horizon: 4.345 + 4.345 + 4.345 });
    expectClose(summed, whole, { relative: 1e-12, because: "rounding of the horizon" });
  });

  it("falls with the rate and grows with the horizon, from 0", () => {
    const score = (horizon: number, discountRate: number): Float64Array =>
      scoreLifetimeValue(purchases, spend, summary, { horizon, discountRate, unit: "week" });
    expect(score(0, 0.01)).toEqual(new Float64Array(6));
    const grid = [score(13, 0.01), score(52, 0.01), score(52, 0.001), score(52, 0)];
    for (let k = 1; k < grid.length; k++) grid[k].forEach((value, i) => expect(value).toBeGreaterThan(grid[k - 1][i]));
  });

  it("takes Pareto/NBD, and BG/BB in whole opportunities", () => {
    const options = { horizon: 13, unit: "week", discountRate: 0.01 };
    const pareto = fitParetoNbd(summary, { l2: 0.1 });
    const undiscounted = scoreLifetimeValue(pareto, spend, summary, { ...options, discountRate: 0 });
    const counts = predictPurchases(pareto, summary, { horizon: 13 });
    const worth = predictSpend(spend, summary).map((money, i) => money * counts[i]);
    expectClose(undiscounted, worth, { relative: 1e-13, because: "rounding" });
    const discounted = scoreLifetimeValue(pareto, spend, summary, options);
    discounted.forEach((money, i) => expect(money).toBeLessThan(undiscounted[i]));
    const donors = fitBgBb(summary, { l2: 0.1 });
    expect(scoreLifetimeValue(donors, spend, summary, options).every((money) => money > 0)).toBe(true);
    const refused = (more: object): unknown => scoreLifetimeValue(donors, spend, summary, { ...options, ...more });
    expectRefusal(() => refused({ horizon: 1.5 }), "invalid-option", "options.horizon");
    expectRefusal(() => refused({ discountEvery: 0.5 }), "invalid-option", "options.discountEvery");
  });

  it("takes any model of purchases, and the words of a summary without units", () => {
    const nameless = summaryOf(rows);
    const options = { horizon: 10, unit: "fortnight", discountRate: 0.01 };
    for (const model of [fitBgNbd(nameless, { l2: 0.1 }), fitMbgNbd(nameless, { l2: 0.1 })]) {
      expect(sum(scoreLifetimeValue(model, spend, nameless, options))).toBeGreaterThan(0);
    }
    expectRefusal(() => scoreLifetimeValue(purchases, spend, nameless, options), "invalid-option", "options.unit");
    const unknowing = { ...purchases, unit: "period" };
    expectRefusal(() => scoreLifetimeValue(unknowing, spend, summary, options), "invalid-option", "options.unit");
  });

  it("refuses summaries that lack what a model needs, and slips of units", () => {
    const options = { horizon: 10, unit: "week" };
    const noSpend = summaryOf(rows.map((row) => row.slice(0, 3)), weeks); // prettier-ignore
    expectRefusal(() => scoreLifetimeValue(purchases, spend, noSpend, options), "incompatible-model", "table.names");
    const daily = summaryOf(rows, { recency: "day", age: "day" });
    expectRefusal(() => scoreLifetimeValue(purchases, spend, daily, options), "invalid-option", "options.unit");
    const endless = { ...options, horizon: 1e6, discountRate: 0.1 };
    expectRefusal(() => scoreLifetimeValue(purchases, spend, summary, endless), "invalid-option", "options.horizon");
    const swapped = [spend, purchases] as unknown as [typeof purchases, typeof spend];
    expectRefusal(() => scoreLifetimeValue(...swapped, summary, options), "incompatible-model", "model.kind");
    expectRefusal(() => scoreLifetimeValue(purchases, purchases as never, summary, options), "incompatible-model");
  });
});
