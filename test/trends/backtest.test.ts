import { randomOf } from "clientele/core";
import { backtestForecast, fitArima, fitExponentialSmoothing, fitSeasonalNaive, forecast } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { visits } from "../support/forecast-samples.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const fine = { relative: 1e-12, because: "rounding" };

describe("backtestForecast", () => {
  it("is what a pencil finds: the value before, from three origins, two steps ahead", () => {
    // Known 4 6 3 | 7 5; 4 6 3 7 | 5 8; 4 6 3 7 5 | 8 9: errors 4 2; −2 1; 3 4. Scales: mean change (2 + 3)/2, (2 + 3 + 4)/3, (2 + 3 + 4 + 2)/4.
    const report = backtestForecast([4, 6, 3, 7, 5, 8, 9], { method: "seasonal-naive", horizon: 2, origins: 3 });
    expect([report.origins, Array.from(report.errors)]).toEqual([[3, 4, 5], [4, 2, -2, 1, 3, 4]]); // prettier-ignore
    expectClose(report.mae, 16 / 6, fine);
    expectClose(report.rmse, Math.sqrt(50 / 6), fine);
    expectClose(report.bias, 2, fine);
    expectClose(report.smape, (200 / 6) * (4 / 10 + 2 / 8 + 2 / 12 + 1 / 15 + 3 / 13 + 4 / 14), fine);
    expectClose(report.mase ?? NaN, (6 / 2.5 + 3 / 3 + 7 / 2.75) / 6, fine);
    expectClose(report.byStep.map((step) => step?.mae ?? NaN), [3, 7 / 3], fine); // prettier-ignore
    expect([report.forecasts, report.skipped, report.skill, codes(report)]).toEqual([6, 0, 0, ["overlap"]]);
    const { mae, rmse, smape, mase, bias, coverage, width } = report;
    expect(report.baseline).toEqual({ mae, rmse, smape, mase, bias, coverage, width });
  });

  it("counts what lies inside the intervals of the model at each origin", () => {
    const values = visits();
    const report = backtestForecast(values, { method: "smoothing", period: 4, horizon: 3, origins: 6, levels: [50] });
    let [inside, width] = [0, 0];
    for (const [o, origin] of report.origins.entries()) {
      const next = forecast(fitExponentialSmoothing(values.slice(0, origin), { period: 4 }), {
        steps: 3,
        levels: [50],
      });
      for (let h = 0; h < 3; h++) {
        const value = values[origin + h];
        expect(report.errors[3 * o + h]).toBe(value - next.mean[h]);
        if (value >= next.lower[50][h] && value <= next.upper[50][h]) inside++;
        width += next.upper[50][h] - next.lower[50][h];
      }
    }
    expectClose([report.coverage[50], report.width[50]], [inside / 18, width / 18], fine);
    expect([report.kind, report.origins]).toEqual(["exponential-smoothing", [32, 33, 34, 35, 36, 37]]);
  });

  it("never sees what comes: later values change no earlier forecast", () => {
    const values = visits();
    for (const method of ["arima", "smoothing", "theta", "croston", "seasonal-naive"] as const) {
      const options = { method, period: 4, horizon: 4, origins: 3, step: 4 } as const;
      const report = backtestForecast(values, options);
      const changed = backtestForecast([...values.slice(0, -4), 0, 900, 0, 900], options);
      expect(Array.from(changed.errors.slice(0, 8))).toEqual(Array.from(report.errors.slice(0, 8)));
      expect(bitsOf(backtestForecast(freezeDeep(values), options))).toBe(bitsOf(report));
    }
  });

  it("takes the options of the method, and speaks of them where they lie", () => {
    const values = visits();
    const arima = { order: [1, 0, 0], seasonal: { order: [0, 1, 0], period: 4 } } as const;
    const report = backtestForecast(values, { method: "arima", arima, horizon: 2, origins: 2 });
    const next = forecast(fitArima(values.slice(0, 37), arima), { steps: 2 });
    expect(report.errors[0]).toBe(values[37] - next.mean[0]);
    const croston = backtestForecast([0, 3, 0, 0, 2, 0, 4, 0], { method: "croston", croston: { variant: "tsb" }, horizon: 1, origins: 2 });
    expect(croston.kind).toBe("croston");
    expectRefusal(() => backtestForecast(values, { method: "arima", arima: { order: [9] } as never, horizon: 1 }), "invalid-option", "options.arima.order");
    expectRefusal(() => backtestForecast(values, { method: "smoothing", smoothing: { alpha: 2 }, horizon: 1 }), "invalid-option", "options.smoothing.alpha");
  }); // prettier-ignore

  it("skips what is missing and counts it, and takes fewer origins of a short series", () => {
    const gappy = visits().map((value, t) => (t === 37 ? NaN : value));
    const report = backtestForecast([NaN, NaN, ...gappy], { method: "seasonal-naive", period: 4, horizon: 2, origins: 3 });
    expect([report.origins, report.forecasts, report.skipped, codes(report)]).toEqual([[38, 39, 40], 4, 2, ["overlap", "skipped"]]);
    const short = backtestForecast([1, 2, 4, 3, 5], { method: "theta", horizon: 1 });
    expect([short.origins, codes(short)]).toEqual([[3, 4], ["fewer-origins"]]);
    const gone = backtestForecast([1, 2, 4, 3, 5, NaN], { method: "theta", horizon: 2, origins: 1 });
    expect(gone.byStep[1]).toBeNull();
    expectRefusal(() => backtestForecast([1, 2, 3], { method: "theta", horizon: 1 }), "too-few-rows", "series");
    expectRefusal(() => backtestForecast([], { method: "theta", horizon: 1 }), "too-few-rows", "series");
    expectRefusal(() => backtestForecast([1, 2, 3, NaN], { method: "theta", horizon: 1 }), "too-few-rows", "series");
  }); // prettier-ignore

  it("has no scale where nothing ever changed", () => {
    const report = backtestForecast(new Array<number>(20).fill(5), { method: "theta", horizon: 2 });
    expect([report.mae, report.smape, report.mase, report.skill, report.coverage]).toEqual([0, 0, null, null, { 80: 1, 95: 1 }]); // prettier-ignore
  });

  it("holds its figures together for any series", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8, maxLength: 25 }), (values) => {
        const report = backtestForecast(values, { method: "seasonal-naive", period: 2, horizon: 2, origins: 4 });
        expect(report.rmse).toBeGreaterThanOrEqual(report.mae * (1 - 1e-12));
        expect(report.smape).toBeLessThanOrEqual(200 * (1 + 1e-12));
        expect(report.coverage[95]).toBeGreaterThanOrEqual(report.coverage[80]);
        expectClose((report.byStep[0]!.mae + report.byStep[1]!.mae) / 2, report.mae, { relative: 1e-9, absolute: 1e-12, because: "rounding" });
      }),
    )); // prettier-ignore
});

describeWithData("backtestForecast on air passengers", ["ts_classic"], () => {
  it("finds models with trend and season far better than the season before", () => {
    const values = readDataRows("ts_classic/AirPassengers.csv").map(({ value }) => Math.log(Number(value)));
    const arima = { order: [0, 1, 1], seasonal: { order: [0, 1, 1], period: 12 } } as const;
    const options = { period: 12, horizon: 12, origins: 12 };
    const reports = [
      backtestForecast(values, { ...options, method: "arima", arima }),
      backtestForecast(values, { ...options, method: "smoothing" }),
      backtestForecast(values, { ...options, method: "theta" }),
    ];
    for (const report of reports) {
      expect(report.skill).toBeGreaterThan(0.3);
      expect(report.baseline).toEqual(reports[0].baseline);
    }
    // A year ahead, three years before 1961: 4 percent off, where the year before is 10 percent off.
    expectClose(reports[0].mae, 0.035, { absolute: 0.02, because: "the size of the errors, not a promise" });
    expectClose(reports[0].baseline.mae, 0.1, { absolute: 0.03, because: "growth of a tenth per year" });
  });
});

describe("forecast with the errors of a backtest", () => {
  it("is as wide as the k-th smallest error at each step", () => {
    const values = visits();
    const report = backtestForecast(values, { method: "seasonal-naive", period: 4, horizon: 2, origins: 9 });
    const next = forecast(fitSeasonalNaive(values, { period: 4 }), {
      steps: 2,
      levels: [50, 90, 95],
      conformal: report,
    });
    for (const h of [0, 1]) {
      const sizes = Array.from({ length: 9 }, (_, o) => Math.abs(report.errors[2 * o + h])).sort((a, b) => a - b);
      // ⌈0.5·10⌉ = 5th, ⌈0.9·10⌉ = 9th; 95 % would need a 10th.
      expect(next.upper[50][h]).toBe(next.mean[h] + sizes[4]);
      expect(next.lower[90][h]).toBe(next.mean[h] - sizes[8]);
      expect(next.upper[95][h]).toBe(next.mean[h] + sizes[8]);
    }
    expect(codes(next)).toEqual(["few-errors"]);
    expect(next.notes[0].message).toContain("9 past errors are too few for 95 %");
  });

  it("covers what comes also where errors are far from normal", () => {
    // Errors of whole weeks, skewed and heavy: 19 of them per step, so that 90 % is the 18th: covered in 90 % on average. 500 series.
    let [covered, all] = [0, 0];
    for (let run = 0; run < 500; run++) {
      const random = randomOf(23, run);
      const values = Array.from({ length: 60 }, (_, t) => 20 * (t % 7) + sampleNormal(random) ** 2 * (random.next() < 0.1 ? 12 : 1));
      const known = values.slice(0, 58);
      const report = backtestForecast(known, { method: "seasonal-naive", period: 7, horizon: 2, origins: 19 });
      const next = forecast(fitSeasonalNaive(known, { period: 7 }), { steps: 2, levels: [90], conformal: report });
      for (const h of [0, 1]) {
        all++;
        if (values[58 + h] >= next.lower[90][h] && values[58 + h] <= next.upper[90][h]) covered++;
      }
    }
    expectClose(covered / all, 0.9, { absolute: 0.035, because: "1000 intervals, some of errors that share a value: two and a half standard errors" });
  }); // prettier-ignore

  it("refuses a backtest of another method, of a shorter horizon, or none at all", () => {
    const values = visits();
    const model = fitSeasonalNaive(values);
    const report = backtestForecast(values, { method: "theta", horizon: 2 });
    expectRefusal(() => forecast(model, { steps: 2, conformal: report }), "invalid-option", "options.conformal");
    const own = backtestForecast(values, { method: "seasonal-naive", horizon: 2 });
    expectRefusal(() => forecast(model, { steps: 3, conformal: own }), "invalid-option", "options.steps");
    for (const wrong of [
      { ...own, errors: [] },
      { ...own, errors: [1, 2, 3] },
      { ...own, horizon: 0 },
      { ...own, errors: ["1", 2] },
    ]) {
      expectRefusal(
        () => forecast(model, { steps: 1, conformal: wrong as never }),
        "invalid-option",
        "options.conformal",
      );
    }
    expectRefusal(() => forecast(model, { steps: 1, conformal: { ...own, errors: [NaN, 1] } }), "too-few-rows", "options.conformal.errors"); // prettier-ignore
  });
});
