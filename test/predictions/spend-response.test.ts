import {
  fitLinear,
  fitSpendResponse,
  type FitSpendResponseOptions,
  measureSpendResponse,
  predictSpendResponse,
  type SpendResponseModel,
} from "clientele/predictions";
import { filterRows, fromMatrix, type FeatureTable } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const planted = [
  { decay: 0.6, half: 40, coefficient: 300 },
  { decay: 0.2, half: 15, coefficient: 120 },
];

/** Weeks of two channels with a known response: level 500, a trend, a season of four weeks, normal noise. */
function weeks(options: { rows?: number; seed?: number; noise?: number; form?: "hill" | "logistic" | "log" } = {}): {
  spend: FeatureTable;
  sales: number[];
} {
  const { rows = 160, seed = 1, noise = 5, form = "hill" } = options;
  const random = randomOf(seed);
  const spend = Array.from({ length: rows }, () => [random.next() < 0.3 ? 0 : 100 * random.next(), 50 * random.next()]);
  const pressure = [0, 0];
  const sales = spend.map((row, week) => {
    let sum = 500 + 0.5 * week + (week % 4 === 1 ? 20 : 0) + noise * sampleNormal(random);
    row.forEach((amount, c) => {
      const { decay, half, coefficient } = planted[c];
      pressure[c] = (1 - decay) * amount + decay * pressure[c];
      const share = pressure[c] / half;
      // tanh(ln 3 · x / 2) is the logistic curve that has a half at 1.
      const effect = form === "hill" ? share / (1 + share) : form === "log" ? Math.log1p(share) : Math.tanh((Math.log(3) * share) / 2); // prettier-ignore
      sum += coefficient * effect;
    });
    return sum;
  });
  return { spend: fromMatrix(spend, { names: ["tv", "radio"] }), sales };
}

const usual: FitSpendResponseOptions = { trend: true, seasonPeriods: 4 };
const { spend, sales } = weeks();

describe("fitSpendResponse", () => {
  it.each(["hill", "logistic", "log"] as const)(
    "finds planted decays, saturations and coefficients within four standard errors: %s",
    (form) => {
      // prettier-ignore
      for (const seed of [1, 2]) {
      const data = weeks({ seed, form });
      const model = fitSpendResponse(data.spend, data.sales, { ...usual, saturation: form });
      expect(model.converged).toBe(true);
      model.channels.forEach((found, c) => {
        const { decay, half, coefficient } = planted[c];
        expect(Math.abs(found.decay - decay)).toBeLessThan(4 * found.decayStandardError!);
        expect(Math.abs(found.halfSaturation! - half)).toBeLessThan(4 * found.halfSaturationStandardError!);
        expect(Math.abs(found.coefficient - coefficient)).toBeLessThan(4 * found.standardError!);
        // Errors that say something: a tenth of the decay, a fourth of the half saturation at most.
        expect(found.decayStandardError!).toBeLessThan(0.05);
        expect(found.halfSaturationStandardError! / half).toBeLessThan(0.25);
      });
      expect(model.sigma).toBeGreaterThan(4);
      expect(model.sigma).toBeLessThan(6);
      expect(model.controls).toEqual(["trend", "season 2", "season 3", "season 4"]);
      expectClose(model.controlCoefficients[1], 20, { absolute: 6, because: "four standard errors of 40 weeks" });
    }
    },
  );

  it("finds a planted response without noise to six digits", () => {
    const exact = weeks({ noise: 0 });
    const model = fitSpendResponse(exact.spend, exact.sales, usual);
    model.channels.forEach((found, c) => {
      const { decay, half, coefficient } = planted[c];
      expectClose([found.decay, found.halfSaturation!, found.coefficient], [decay, half, coefficient], {
        relative: 1e-6,
        because: "the search ends when the sum of squares is at rounding",
      });
    });
  });

  it("finds an S where it was planted", () => {
    const random = randomOf(4);
    const rows = Array.from({ length: 300 }, () => [100 * random.next()]);
    const outcome = rows.map(([x]) => 50 + 80 / (1 + (40 / x) ** 2.5) + sampleNormal(random));
    const model = fitSpendResponse(fromMatrix(rows), outcome, { adstock: 0, slope: "fit" });
    const [found] = model.channels;
    expectClose([found.slope!, found.halfSaturation!], [2.5, 40], {
      relative: 0.1,
      because: "noise of 1 on 300 weeks",
    });
    expect(model.estimated.map(({ part }) => part)).toEqual(["halfSaturation", "slope"]);
  });

  it("is linear regression with Newey and West's errors when nothing is bent or carried over", () => {
    const model = fitSpendResponse(spend, sales, { adstock: 0, saturation: "none", lags: 4 });
    const linear = fitLinear(spend, sales, { robust: "newey-west", lags: 4 });
    expectClose(model.channels.map(({ coefficient }) => coefficient), linear.coefficients, { relative: 1e-12, because: "rounding" }); // prettier-ignore
    expectClose(model.channels.map(({ standardError }) => standardError!), linear.standardErrors as number[], { relative: 1e-9, because: "rounding" }); // prettier-ignore
    expectClose([model.rSquared!, model.sigma, model.intercept], [linear.rSquared!, linear.sigma!, linear.intercept], { relative: 1e-12, because: "rounding" }); // prettier-ignore
    expect(model.channels[0]).toMatchObject({ halfSaturation: null, slope: null, decayStandardError: null });
  });

  it("keeps what is given, by channel or for all", () => {
    const model = fitSpendResponse(spend, sales, { ...usual, adstock: { tv: 0.5 }, halfSaturation: { radio: 20 } });
    expect(model.channels[0].decay).toBe(0.5);
    expect(model.channels[1].halfSaturation).toBe(20);
    expect(model.estimated).toEqual([
      { channel: 0, part: "halfSaturation" },
      { channel: 1, part: "decay" },
    ]);
    expect(fitSpendResponse(spend, sales, { adstock: 0.3 }).channels.map(({ decay }) => decay)).toEqual([0.3, 0.3]);
  });

  it("calls the response an association unless spend was randomized", () => {
    expect(fitSpendResponse(spend, sales, { adstock: 0 })).toMatchObject({ interpretation: "association" });
    const model = fitSpendResponse(spend, sales, { adstock: 0, randomized: true });
    expect(model.interpretation).toBe("effect");
    expect(model.notes.map(({ code }) => code)).not.toContain("association");
  });

  it("takes lagged controls: what sales owe to the price of the week before is not credited to spend", () => {
    const price = fromMatrix(
      Array.from({ length: 160 }, (_, week) => [(week * 7) % 11]),
      { names: ["price"] },
    );
    const moved = sales.map((value, week) => value - 8 * price.values[Math.max(0, week - 1)]);
    const model = fitSpendResponse(spend, moved, { ...usual, controls: price, controlLags: 1 });
    expect(model.controls.slice(0, 2)).toEqual(["price", "price (1 before)"]);
    expectClose(model.controlCoefficients[1], -8, { absolute: 0.6, because: "four standard errors" });
    expectClose(model.controlCoefficients[0], 0, { absolute: 0.6, because: "four standard errors" });
  });

  it("says which numbers lie at a bound, which channels seem to hurt", () => {
    const rows = Array.from({ length: 60 }, (_, i) => [(i * 17) % 23]);
    const falling = rows.map(([x], i) => 100 - 2 * x + ((i * 5) % 3));
    const model = fitSpendResponse(fromMatrix(rows), falling, { saturation: "none" });
    expect(model.notes.map(({ code }) => code)).toContain("negative-response");
    const straight = rows.map(([x], i) => 100 + 2 * x + ((i * 5) % 3));
    const { notes, channels } = fitSpendResponse(fromMatrix(rows), straight, { adstock: 0 });
    expect(notes.map(({ code }) => code)).toContain("at-boundary");
    expect(channels[0].halfSaturationStandardError).toBeNull();
  });

  it("gives the same bits twice, plain and finite, and no week's data", () => {
    const first = fitSpendResponse(spend, sales, usual);
    expect(bitsOf(fitSpendResponse(spend, Float64Array.from(sales), usual))).toBe(bitsOf(first));
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(JSON.stringify(first).length).toBeLessThan(6000);
  });

  it("refuses negative spend, gaps, too few weeks, channels that others give, and other names", () => {
    const cell = { ...spend, values: spend.values.with(5, -1) };
    expectRefusal(() => fitSpendResponse(cell, sales), "invalid-value", "spend.values[2, 1]");
    const gap = { ...spend, values: spend.values.with(5, NaN) };
    expectRefusal(() => fitSpendResponse(gap, sales), "invalid-value", "spend.values[2, 1]");
    expectRefusal(() => fitSpendResponse(spend, sales.with(3, NaN)), "invalid-value", "sales[3]");
    expectRefusal(() => fitSpendResponse(spend, sales.slice(1)), "shape-mismatch", "sales");
    const few = filterRows(spend, (row) => row < 7);
    expectRefusal(() => fitSpendResponse(few, sales.slice(0, 7)), "too-few-rows", "spend");
    const twice = fromMatrix(
      Array.from({ length: 40 }, (_, i) => [i % 7, i % 7]),
      { names: ["a", "b"] },
    );
    const outcome = sales.slice(0, 40);
    expectRefusal(() => fitSpendResponse(twice, outcome), "degenerate-data", "spend.names[1] (b)");
    const silent = fromMatrix(
      Array.from({ length: 40 }, () => [0]),
      { names: ["tv"] },
    );
    expectRefusal(() => fitSpendResponse(silent, outcome), "degenerate-data", "spend.names[0] (tv)");
    expectRefusal(
      () => fitSpendResponse(spend, sales, { adstock: { press: 0.5 } }),
      "invalid-option",
      "options.adstock",
    );
    const controls = fromMatrix([[1]], { names: ["price"] });
    expectRefusal(() => fitSpendResponse(spend, sales, { controls }), "shape-mismatch", "options.controls");
    expectRefusal(() => fitSpendResponse(spend, sales, { lags: 160 }), "invalid-option", "options.lags");
  });
});

describe("predictSpendResponse", () => {
  it("expects the sales of the fit, and goes on with planned spend", () => {
    const model = fitSpendResponse(spend, sales, usual);
    const expected = predictSpendResponse(model, spend);
    const residuals = expected.map((value, week) => sales[week] - value);
    expectClose(residuals.reduce((sum, value) => sum + value, 0), 0, { absolute: 1e-6, because: "an intercept was fitted" }); // prettier-ignore
    const longer = fromMatrix([...Array.from({ length: 160 }, (_, w) => Array.from(spend.values.subarray(2 * w, 2 * w + 2))), [0, 0]], { names: ["tv", "radio"] }); // prettier-ignore
    const next = predictSpendResponse(model, longer);
    expect(next.slice(0, 160)).toEqual(expected);
    // A week without spend still profits from the pressure of those before.
    expect(next[160]).toBeGreaterThan(predictSpendResponse(model, fromMatrix([[0, 0]], { names: ["tv", "radio"] }))[0] + 20); // prettier-ignore
  });

  it("asks for the controls of the fit", () => {
    const controls = fromMatrix(
      Array.from({ length: 160 }, (_, week) => [week % 5]),
      { names: ["price"] },
    );
    const model = fitSpendResponse(spend, sales, { adstock: 0, controls });
    expect(predictSpendResponse(model, spend, { controls })).toHaveLength(160);
    expectRefusal(() => predictSpendResponse(model, spend), "incompatible-model", "options.controls");
    const other = { ...controls, names: ["tax"] };
    expectRefusal(
      () => predictSpendResponse(model, spend, { controls: other }),
      "incompatible-model",
      "options.controls",
    );
  });

  it("refuses other channels and damaged models", () => {
    const model = fitSpendResponse(spend, sales, { adstock: 0 });
    expectRefusal(() => predictSpendResponse(model, { ...spend, names: ["radio", "tv"] }), "incompatible-model");
    for (const damage of [
      { kind: "linear" },
      { channels: [] },
      { channels: [null, null] },
      { saturation: "hull" },
      { covariance: [[1]] },
      { estimated: [{ channel: 9, part: "decay" }] },
      { intercept: null },
      { trend: 1 },
      { controlLags: -1 },
      { seasonPeriods: 1 },
    ]) {
      // prettier-ignore
      const damaged = { ...model, ...damage } as unknown as SpendResponseModel;
      expectRefusal(() => predictSpendResponse(damaged, spend), "incompatible-model");
    }
  });
});

describe("measureSpendResponse", () => {
  const model = fitSpendResponse(spend, sales, usual);
  const report = measureSpendResponse(model, spend);

  it("splits expected sales into the level and what each channel brings", () => {
    const expected = predictSpendResponse(model, spend);
    expected.forEach((value, week) => {
      const brought = report.channels.reduce((sum, { contributions }) => sum + contributions[week], 0);
      const level = model.intercept + model.controlCoefficients.reduce((sum, coefficient, k) => sum + coefficient * (k === 0 ? week : week % 4 === k ? 1 : 0), 0); // prettier-ignore
      expectClose(level + brought, value, { relative: 1e-12, because: "order of additions" });
    });
    report.channels.forEach(({ contribution, contributions, averageReturn, spend: spent, share }) => {
      expectClose(contribution, contributions.reduce((sum, value) => sum + value, 0), { relative: 1e-12, because: "rounding" }); // prettier-ignore
      expectClose(averageReturn!, contribution / spent, { relative: 1e-12, because: "rounding" });
      expectClose(share!, contribution / sales.reduce((sum, value) => sum + value, 0), { relative: 1e-9, because: "rounding" }); // prettier-ignore
    });
  });

  it("gives the planted marginal return within its interval, and the slope of its own curve", () => {
    report.channels.forEach(({ marginalReturn, curve, elasticity, meanSpend }, c) => {
      const { half, coefficient } = planted[c];
      const truth = (coefficient * half) / (half + meanSpend) ** 2;
      expect(marginalReturn.interval![0]).toBeLessThan(truth);
      expect(marginalReturn.interval![1]).toBeGreaterThan(truth);
      expectClose(elasticity!.estimate, (marginalReturn.estimate * meanSpend) / model.meanSales, { relative: 1e-12, because: "its definition" }); // prettier-ignore
      const found = model.channels[c];
      for (const { spend: at, response, marginalReturn: slope, interval } of curve) {
        const effect = (x: number): number => (found.coefficient * x) / (x + found.halfSaturation!);
        expectClose(response, effect(at), { relative: 1e-12, absolute: 1e-12, because: "its definition" });
        expectClose(slope, (effect(at + 1e-4) - effect(Math.max(0, at - 1e-4))) / (at === 0 ? 1e-4 : 2e-4), { relative: 1e-4, because: "a difference quotient" }); // prettier-ignore
        expect(interval![0]).toBeLessThanOrEqual(response);
      }
    });
  });

  it("holds the true marginal return in 95 % of repetitions", () => {
    let inside = 0;
    const rounds = 60;
    for (let seed = 100; seed < 100 + rounds; seed++) {
      const random = randomOf(seed);
      const rows = Array.from({ length: 120 }, () => [100 * random.next()]);
      const outcome = rows.map(([x]) => 100 + (80 * x) / (x + 30) + 3 * sampleNormal(random));
      const fit = fitSpendResponse(fromMatrix(rows), outcome, { adstock: 0, lags: 0 });
      const [{ marginalReturn, meanSpend }] = measureSpendResponse(fit, fromMatrix(rows)).channels;
      const truth = (80 * 30) / (30 + meanSpend) ** 2;
      if (marginalReturn.interval![0] <= truth && truth <= marginalReturn.interval![1]) inside++;
    }
    // 95 % less four standard deviations of a binomial share.
    expect(inside / rounds).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / rounds));
  });

  it("explains no week at all", () => {
    const none = measureSpendResponse(
      model,
      filterRows(spend, () => false),
    );
    expect(none.channels[0]).toMatchObject({ spend: 0, contribution: 0, averageReturn: null, share: null });
  });
});

describeWithData("fitSpendResponse on advertising", ["advertising/expected.json"], () => {
  it("gives the expected coefficients where markets follow no order: no carry-over, no saturation", () => {
    const rows = readDataRows("advertising/advertising.csv");
    const names = ["TV", "Radio", "Newspaper"];
    const table = fromMatrix(rows.map((row) => names.map((name) => Number(row[name]))), { names }); // prettier-ignore
    const outcome = rows.map((row) => Number(row["Sales"]));
    const { all } = readDataJson<{ all: { coefficients: Record<string, number>; r2: number } }>(
      "advertising/expected.json",
    );
    const model = fitSpendResponse(table, outcome, { adstock: 0, saturation: "none" });
    const because = "1e-8 is asked for";
    expectClose(model.channels.map(({ coefficient }) => coefficient), names.map((name) => all.coefficients[name]), { relative: 1e-8, because }); // prettier-ignore
    expectClose([model.intercept, model.rSquared!], [all.coefficients["const"], all.r2], { relative: 1e-8, because });
    // Saturation explains more of the same markets.
    expect(fitSpendResponse(table, outcome, { adstock: 0 }).rSquared).toBeGreaterThan(all.r2);
  });
});
