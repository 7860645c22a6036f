import { randomOf } from "clientele/core";
import { fitExponentialSmoothing, forecast, type SmoothingModel } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import golden from "../oracles/smoothing.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep, oddNumbers } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const orders = [30, 21, 29, 38, 34, 25, 32, 42, 37, 28, 36, 46, 41, 31, 40, 50];

interface HoltWinters {
  readonly alpha: number[];
  readonly beta: number[];
  readonly gamma: number[];
  readonly SSE: number[];
  readonly coefficients_a_b_s: number[];
  readonly level: number[];
  readonly forecast_12: number[];
}

describeWithData("fitExponentialSmoothing on R's series", ["ts_classic"], () => {
  const reference = readDataJson<Record<string, HoltWinters>>("ts_classic/r_reference.json");
  const classic = (name: string): number[] => readDataRows(`ts_classic/${name}.csv`).map(({ value }) => Number(value));
  const blocks = (["AirPassengers", "co2", "nottem", "UKgas"] as const).flatMap((name) =>
    (["additive", "multiplicative"] as const).map((seasonal) => [name, seasonal] as const),
  );
  const exact = { relative: 1e-9, absolute: 1e-9, because: "fifteen digits, and the rounding of 468 steps" };

  it.each(blocks)("is R's HoltWinters where the weights are given: %s, %s", (name, seasonal) => {
    const wanted = reference[`${name} HoltWinters fixed alpha .3 beta .1 gamma .2 ${seasonal}`];
    const period = name === "UKgas" ? 4 : 12;
    const model = fitExponentialSmoothing(classic(name), { seasonal, period, alpha: 0.3, beta: 0.1, gamma: 0.2 });
    expectClose(model.sse, wanted.SSE[0], exact);
    expectClose([model.level, model.slope ?? NaN, ...model.season], wanted.coefficients_a_b_s, exact);
    expectClose(forecast(model, { steps: 12 }).mean, wanted.forecast_12, exact);
    expect([model.alpha, model.beta, model.gamma, model.converged]).toEqual([0.3, 0.1, 0.2, true]);
  });

  it.each(blocks)("finds the weights of R's HoltWinters, or better ones: %s, %s", (name, seasonal) => {
    const wanted = reference[`${name} HoltWinters ${seasonal}`];
    const model = fitExponentialSmoothing(classic(name), { seasonal, period: name === "UKgas" ? 4 : 12 });
    expect(model.sse).toBeLessThanOrEqual(wanted.SSE[0] * (1 + 1e-12));
    const room = { absolute: 1e-4, because: "where R's search stops" };
    expectClose([model.alpha, model.beta ?? NaN, model.gamma ?? NaN], [wanted.alpha[0], wanted.beta[0], wanted.gamma[0]], room); // prettier-ignore
    expectClose(model.sse, wanted.SSE[0], { relative: 1e-6, because: "where R's search stops" });
    expectClose([model.level, model.slope ?? NaN, ...model.season], wanted.coefficients_a_b_s, { absolute: 3e-4 * model.level, because: "where R's search stops" }); // prettier-ignore
    expectClose(forecast(model, { steps: 12 }).mean, wanted.forecast_12, {
      relative: 1e-4,
      because: "where R's search stops",
    });
    expect(model.converged).toBe(true);
  });

  it.each(["AirPassengers", "co2", "nottem", "UKgas"])("is R's simple smoothing: %s", (name) => {
    const wanted = reference[`${name} exponential smoothing fixed alpha .3`];
    const model = fitExponentialSmoothing(classic(name), { trend: "none", alpha: 0.3 });
    expectClose([model.sse, model.level], [wanted.SSE[0], wanted.level[0]], exact);
    expect([model.beta, model.gamma, model.slope, model.season]).toEqual([null, null, null, []]);
  });

  it("has the numbers of R's manual: air passengers and CO2", () => {
    const air = fitExponentialSmoothing(classic("AirPassengers"), { seasonal: "multiplicative", period: 12 });
    const printed = { absolute: 4e-5, because: "digits printed, and where R's search stops" };
    expectClose([air.alpha, air.beta ?? NaN, air.gamma ?? NaN], [0.27559, 0.03269, 0.87073], printed);
    expectClose(air.sse, 16570.78, { absolute: 0.0051, because: "digits printed" });
    const co2 = fitExponentialSmoothing(classic("co2"), { seasonal: "additive", period: 12 });
    expectClose([co2.level, co2.slope ?? NaN, co2.season[0]], [364.7616, 0.1247, 0.2215], { absolute: 5e-4, because: "where R's search stops" }); // prettier-ignore
  });

  it.each(golden.map((wanted) => [`${wanted.series} ${wanted.error} ${wanted.trend ?? "none"} ${wanted.seasonal ?? "none"}`, wanted] as const))(
    "reaches at least the likelihood of statsmodels' ETS: %s",
    (_, wanted) => {
      const word = { add: "additive", mul: "multiplicative" } as const;
      const model = fitExponentialSmoothing(classic(wanted.series), {
        start: "estimated",
        error: word[wanted.error as "add"],
        trend: wanted.trend === null ? "none" : wanted.damped ? "damped" : "additive",
        seasonal: wanted.seasonal === null ? "none" : word[wanted.seasonal as "add"],
        period: wanted.period ?? undefined,
      });
      expect(model.logLikelihood).toBeGreaterThan(wanted.logLikelihood - 1e-3);
      // statsmodels keeps β below α and stops early on nottem, AirPassengers without a season, and co2: nothing to compare there.
      if ((model.logLikelihood ?? 0) < wanted.logLikelihood + 0.02) {
        expectClose(model.alpha, wanted.weights["smoothing_level"], { absolute: 2e-3, because: "a flat top" });
        expectClose(forecast(model, { steps: 12 }).mean, wanted.forecast, { relative: 2e-3, because: "a flat top" });
      }
      expect(model.converged).toBe(true);
    },
  ); // prettier-ignore

  it("steps over gaps", () => {
    const values = classic("nottem");
    const gappy = values.map((value, t) => (t % 17 === 16 || (t > 100 && t < 108) ? NaN : value));
    const options = { trend: "none", seasonal: "additive", period: 12 } as const;
    const [whole, parts] = [fitExponentialSmoothing(values, options), fitExponentialSmoothing(gappy, options)];
    expect(parts.gaps).toBe(gappy.filter(Number.isNaN).length);
    expect([parts.observations + parts.gaps, codes(parts)]).toEqual([228, ["gaps"]]);
    expectClose(forecast(parts, { steps: 12 }).mean, forecast(whole, { steps: 12 }).mean, { absolute: 1.5, because: "a tenth of the months is missing" }); // prettier-ignore
  });
});

describe("fitExponentialSmoothing", () => {
  it("follows by hand: alpha 1/2, beta 1/2", () => {
    // Start 4 + 2 at the second value; 7 against 6: level 6.5, slope 2.25; 10 against 8.75: level 9.375, slope 2.5625.
    const model = fitExponentialSmoothing([2, 4, 7, 10], { alpha: 0.5, beta: 0.5 });
    expect([model.level, model.slope, model.sse]).toEqual([9.375, 2.5625, 1 + 1.25 ** 2]);
    expect(forecast(model, { steps: 2 }).mean).toEqual(Float64Array.of(11.9375, 14.5));
  });

  it("has the variances of the textbook: ANN, AAN, and with a season", () => {
    // Hyndman et al. (2008), table 6.1: v(h) = σ²(1 + Σ c(j)²), c(j) = α + αβj + γ(1 − α) at whole seasons.
    const options = { alpha: 0.5, beta: 0.2, gamma: 0.4 };
    const variances = (model: SmoothingModel, steps: number): number[] => Array.from(forecast(model, { steps }).standardErrors, (x) => (x * x) / model.sigma2); // prettier-ignore
    const near = { relative: 1e-12, because: "formula" };
    expectClose(variances(fitExponentialSmoothing(orders, { trend: "none", alpha: 0.5 }), 3), [1, 1.25, 1.5], near);
    expectClose(variances(fitExponentialSmoothing(orders, { alpha: 0.5, beta: 0.2 }), 3), [1, 1 + 0.36, 1 + 0.36 + 0.49], near); // prettier-ignore
    const seasonal = fitExponentialSmoothing(orders, { ...options, period: 4 });
    expectClose(variances(seasonal, 5).slice(-1), [1 + 0.36 + 0.49 + 0.64 + (0.9 + 0.2) ** 2], near);
    const damped = fitExponentialSmoothing(orders, { trend: "damped", alpha: 0.5, beta: 0.2, phi: 0.9 });
    expectClose(variances(damped, 3), [1, 1 + 0.59 ** 2, 1 + 0.59 ** 2 + (0.5 + 0.1 * 1.71) ** 2], near);
  });

  it("simulates to the same variance where it is known", () => {
    const additive = fitExponentialSmoothing(orders, { alpha: 0.5, beta: 0.2 });
    const { upper, mean, standardErrors } = forecast(additive, { steps: 4 });
    // Relative errors of the same size at a level that hardly moves.
    const relative: SmoothingModel = {
      ...additive,
      error: "multiplicative",
      sigma2: additive.sigma2 / mean[0] ** 2,
      slope: 0,
    };
    const flat = forecast({ ...additive, slope: 0 }, { steps: 4 });
    const drawn = forecast({ ...relative, level: mean[0] }, { steps: 4, seed: 3 });
    expectClose(drawn.standardErrors, flat.standardErrors, {
      relative: 0.04,
      because: "4000 paths, and errors that grow with the level",
    });
    expect(upper[95][3] - mean[3]).toBeGreaterThan(standardErrors[3]);
    expect(bitsOf(forecast(relative, { steps: 3, seed: 3 }))).toBe(bitsOf(forecast(relative, { steps: 3, seed: 3 })));
    expect(bitsOf(forecast(relative, { steps: 3, seed: 4 }))).not.toBe(
      bitsOf(forecast(relative, { steps: 3, seed: 3 })),
    );
  });

  it("covers what comes, at about the level that is asked for", () => {
    // A series that does what the model says: 300 times, level 80 and 95, 8 steps ahead; the standard error of a share is below 2 %.
    let [in80, in95, all] = [0, 0, 0];
    for (let run = 0; run < 300; run++) {
      const random = randomOf(11, run);
      let level = 100;
      const values = Array.from({ length: 88 }, () => {
        const error = 3 * sampleNormal(random);
        const value = level + error;
        level += 0.4 * error;
        return value;
      });
      const next = forecast(fitExponentialSmoothing(values.slice(0, 80), { trend: "none" }), { steps: 8 });
      values.slice(80).forEach((value, h) => {
        all++;
        if (value >= next.lower[80][h] && value <= next.upper[80][h]) in80++;
        if (value >= next.lower[95][h] && value <= next.upper[95][h]) in95++;
      });
    }
    expectClose([in80 / all, in95 / all], [0.8, 0.95], { absolute: 0.04, because: "8 correlated steps of 300 series, and weights that are estimates" }); // prettier-ignore
  });

  it("meets series that are constant, a line, short, zero, far from 0", () => {
    for (const values of [
      [5, 5, 5, 5, 5, 5, 5, 5],
      [0, 0, 0, 0, 0, 0],
      [3, 3],
    ]) {
      const model = fitExponentialSmoothing(values);
      expect([oddNumbers(model), codes(model).includes("no-variation")]).toEqual([[], true]);
      expect(forecast(model, { steps: 2 }).mean).toEqual(Float64Array.of(values[0], values[0]));
    }
    const line = fitExponentialSmoothing([1, 3, 5, 7, 9, 11]);
    expectClose(forecast(line, { steps: 2 }).mean, [13, 15], { relative: 1e-14, because: "rounding" });
    expect(codes(fitExponentialSmoothing([4], { trend: "none" }))).toContain("no-variation");
    expect(codes(fitExponentialSmoothing([4, 7, 5]))).toContain("few-values");
    const far = fitExponentialSmoothing(orders.map((x) => 1e15 + 8 * x), { trend: "none" }); // prettier-ignore
    expectClose(far.alpha, fitExponentialSmoothing(orders, { trend: "none" }).alpha, { absolute: 1e-3, because: "values in steps of 1/8" }); // prettier-ignore
    expect(oddNumbers(fitExponentialSmoothing([0, 0, 0, 0, 0, 0, 0, 0], { period: 4 }))).toEqual([]);
    expect(oddNumbers(fitExponentialSmoothing([5, 5, 5, 5, 5, 5, 5, 5, 5], { period: 4, start: "estimated" }))).toEqual(
      [],
    );
  });

  it("refuses what it cannot start from", () => {
    expectRefusal(() => fitExponentialSmoothing([]), "too-few-rows", "series");
    expectRefusal(() => fitExponentialSmoothing([NaN, NaN], { trend: "none" }), "too-few-rows", "series");
    expectRefusal(() => fitExponentialSmoothing([1]), "too-few-rows", "series");
    expectRefusal(() => fitExponentialSmoothing(orders.slice(0, 7), { period: 4 }), "too-few-rows", "series");
    expectRefusal(() => fitExponentialSmoothing(orders, { seasonal: "additive" }), "invalid-option", "options.period");
    expectRefusal(() => fitExponentialSmoothing([...orders, 0], { seasonal: "multiplicative", period: 4 }), "degenerate-data", "series"); // prettier-ignore
    expectRefusal(() => fitExponentialSmoothing([...orders, -1], { error: "multiplicative" }), "degenerate-data", "series"); // prettier-ignore
    expectRefusal(() => fitExponentialSmoothing([1, Infinity]), "invalid-value", "series[1]");
  });

  it("fits any series, leaves it as it is, and survives JSON", () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.constant(NaN)), { minLength: 12, maxLength: 30 }),
        fc.constantFrom("none", "additive", "damped"),
        fc.constantFrom("none", "additive", "multiplicative"),
        fc.constantFrom("heuristic", "estimated"),
        (values, trend, seasonal, start) => {
          const from = values.findIndex((value) => !Number.isNaN(value));
          fc.pre(from >= 0 && values.length - from >= 8 && values.filter((value) => !Number.isNaN(value)).length >= 4);
          const options = { trend, seasonal, start, period: 4 } as const;
          const before = bitsOf(values);
          const model = fitExponentialSmoothing(freezeDeep(values), options);
          expect(bitsOf(values)).toBe(before);
          expect(oddNumbers(model)).toEqual([]);
          const copy = JSON.parse(JSON.stringify(model)) as SmoothingModel;
          expect(bitsOf(copy)).toBe(bitsOf(model));
          expect(oddNumbers(forecast(copy, { steps: 9 }))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    )); // prettier-ignore

  it("gives a forecast that refuses a model damaged on the way", () => {
    const model = fitExponentialSmoothing(orders, { trend: "damped", seasonal: "additive", period: 4 });
    for (const wrong of [
      { alpha: 2 },
      { beta: null },
      { gamma: "1" },
      { phi: null },
      { level: NaN },
      { slope: null },
      { season: [1] },
      { period: 0 },
      { trend: "up" },
      { seasonal: "yes" },
      { error: 1 },
      { sigma2: -1 },
    ]) {
      expectRefusal(() => forecast({ ...model, ...wrong } as never, { steps: 1 }), "incompatible-model");
    }
  });
});
