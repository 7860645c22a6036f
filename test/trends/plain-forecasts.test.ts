import { fitCroston, fitSeasonalNaive, fitTheta, forecast } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/theta.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep, oddNumbers } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const fine = { relative: 1e-12, because: "rounding" };
const anySeries = fc.array(fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(0), fc.constant(NaN)), {
  minLength: 1,
  maxLength: 30,
});

describe("fitSeasonalNaive", () => {
  it("repeats the last season; intervals grow season by season", () => {
    const model = fitSeasonalNaive([1, 10, 3, 14, 2, 12], { period: 2 });
    expect([model.season, model.observations]).toEqual([[2, 12], 4]);
    // Changes 2, 4, −1, −2: mean square 25/4.
    expectClose(model.sigma2, 6.25, fine);
    const next = forecast(model, { steps: 5 });
    expect(next.mean).toEqual(Float64Array.of(2, 12, 2, 12, 2));
    expectClose(next.standardErrors, [2.5, 2.5, 2.5 * Math.SQRT2, 2.5 * Math.SQRT2, 2.5 * Math.sqrt(3)], fine);
    expect(next.method).toBe("seasonal-naive");
  });

  it("takes the season before for a gap, and the last value for a place that was never seen", () => {
    const gappy = fitSeasonalNaive([1, 10, 3, 14, NaN, 12], { period: 2 });
    expect([gappy.season, gappy.gaps, codes(gappy)]).toEqual([[3, 12], 1, ["gaps"]]);
    const short = fitSeasonalNaive([4, 6], { period: 5 });
    expect([short.season, codes(short)]).toEqual([
      [6, 6, 6, 4, 6],
      ["few-values", "short-season"],
    ]);
    expect(codes(fitSeasonalNaive([3, 3, 3]))).toEqual(["no-variation"]);
    expect(fitSeasonalNaive([NaN, 3, NaN]).season).toEqual([3]);
    for (const none of [[], [NaN]]) expectRefusal(() => fitSeasonalNaive(none), "too-few-rows", "series");
  });
});

describe("fitTheta", () => {
  it("is the formula of Hyndman and Billah: smoothing plus half the slope", () => {
    const values = [5, 9, 6, 12, 8, 13, 15, 11];
    const model = fitTheta(values);
    const n = values.length;
    const slope = values.reduce((sum, value, t) => sum + (t - 3.5) * value, 0) / 42;
    expectClose(model.drift, slope / 2, fine);
    const { mean, standardErrors } = forecast(model, { steps: 3 });
    const lead = (1 - (1 - model.alpha) ** n) / model.alpha;
    [0, 1, 2].forEach((h) => {
      expectClose(mean[h], model.level + (slope / 2) * (h + lead), fine);
      expectClose(standardErrors[h], Math.sqrt(model.sigma2 * (1 + h * model.alpha ** 2)), fine);
    });
  });

  it("meets series that are constant, a line, short, with gaps, with zeros", () => {
    expect(forecast(fitTheta([5, 5, 5, 5]), { steps: 2 }).mean).toEqual(Float64Array.of(5, 5));
    expect(codes(fitTheta([5, 5, 5, 5]))).toEqual(["no-variation"]);
    expect(forecast(fitTheta([4]), { steps: 1 }).mean).toEqual(Float64Array.of(4));
    const line = Array.from({ length: 30 }, (_, t) => 10 + 2 * t);
    expectClose(forecast(fitTheta(line), { steps: 3 }).mean, [69, 70, 71], { absolute: 0.01, because: "alpha 1: the last value and half the slope" }); // prettier-ignore
    expect(codes(fitTheta([1, NaN, 3, 2, NaN]))).toContain("gaps");
    const zeros = Array.from({ length: 24 }, (_, t) => (t % 2) * (5 + (t % 3)));
    expect(fitTheta(zeros, { period: 2 }).seasonal).toBe("additive");
    expectRefusal(() => fitTheta(zeros, { period: 2, seasonal: "multiplicative" }), "degenerate-data", "series");
    expectRefusal(() => fitTheta([1, 2, 3], { period: 2, seasonal: "additive" }), "too-few-rows", "series");
    for (const none of [[], [NaN]]) expectRefusal(() => fitTheta(none), "too-few-rows", "series");
  });
});

describe("fitCroston", () => {
  it("follows the papers step by step", () => {
    const classic = fitCroston(golden.demand, { alpha: 0.2 });
    expectClose([classic.size, classic.interval ?? NaN, classic.rate], [golden.croston.size, golden.croston.interval, golden.croston.classic], fine); // prettier-ignore
    expectClose(fitCroston(golden.demand, { alpha: 0.2, variant: "sba" }).rate, golden.croston.sba, fine);
    expectClose(fitCroston(golden.demand, { alpha: 0.2, beta: 0.1, variant: "tsb" }).rate, golden.tsb, fine);
    expect([classic.demands, classic.observations, codes(classic)]).toEqual([6, 18, ["rough-intervals"]]);
  });

  it("falls while nothing comes only with tsb", () => {
    const quiet = [...golden.demand, ...new Array<number>(20).fill(0)];
    expect(fitCroston(quiet).rate).toBe(fitCroston(golden.demand).rate);
    expect(fitCroston(quiet, { variant: "tsb" }).rate).toBeLessThan(
      0.2 * fitCroston(golden.demand, { variant: "tsb" }).rate,
    );
  });

  it("says 0 where nothing was ever asked for, and does not count gaps", () => {
    for (const variant of ["classic", "sba", "tsb"] as const) {
      const none = fitCroston([0, 0, 0], { variant });
      expect([none.rate, none.interval, codes(none)]).toEqual([0, null, ["no-demand"]]);
      expect(oddNumbers(forecast(none, { steps: 3 }))).toEqual([]);
    }
    expect(fitCroston([2, NaN, 2, 2]).interval).toBe(1);
    expect(forecast(fitCroston(golden.demand), { steps: 1 }).lower[95]).toEqual(Float64Array.of(0));
    expectRefusal(() => fitCroston([1, -1]), "invalid-value", "series[1]");
    expectRefusal(() => fitCroston([]), "too-few-rows", "series");
  });
});

describe.each([
  ["fitSeasonalNaive", (series: number[]) => fitSeasonalNaive(series, { period: 4 }), ["period", "season", "sigma2"]],
  ["fitTheta", (series: number[]) => fitTheta(series, { period: 4 }), ["seasonal", "season", "alpha", "level", "drift", "lead", "sigma2"]],
  ["fitCroston", (series: number[]) => fitCroston(series), ["rate", "sigma2"]],
] as const)("%s", (_, fit, fields) => {
  it("gives finite forecasts of any series, leaves it as it is, and survives JSON", () =>
    fc.assert(
      fc.property(anySeries, (series) => {
        fc.pre(series.some((value) => !Number.isNaN(value)));
        const before = bitsOf(series);
        const model = fit(freezeDeep(series));
        expect(bitsOf(series)).toBe(before);
        expect(oddNumbers(model)).toEqual([]);
        const copy = JSON.parse(JSON.stringify(model)) as typeof model;
        expect(bitsOf(copy)).toBe(bitsOf(model));
        expect(oddNumbers(forecast(copy, { steps: 9 }))).toEqual([]);
      }),
    ));

  it("gives a model that forecast refuses when it was damaged", () => {
    const model = fit([1, 5, 2, 6, 1, 5, 2, 7, 1, 5, 3, 6]);
    for (const field of fields) {
      for (const value of [null, "1", NaN, [null]]) {
        expectRefusal(() => forecast({ ...model, [field]: value }, { steps: 1 }), "incompatible-model");
      }
    }
  });
}); // prettier-ignore

describeWithData("fitTheta on R's series", ["ts_classic"], () => {
  it.each(golden.theta.map((wanted) => [wanted.series, wanted] as const))("forecasts as statsmodels does: %s", (_, wanted) => {
    const values = readDataRows(`ts_classic/${wanted.series}.csv`).map(({ value }) => Number(value));
    const model = fitTheta(values, { period: wanted.period, seasonal: wanted.seasonal as "none" });
    expectClose(2 * model.drift, wanted.slope, { relative: 1e-9, because: "rounding" });
    // Its weight is that of a moving average of the changes, ours has the start estimated along.
    expectClose(forecast(model, { steps: 12 }).mean, wanted.forecast, { relative: 1e-3, because: "another start of the level" });
    if (wanted.period > 1) expect(fitTheta(values, { period: wanted.period }).seasonal).toBe("multiplicative");
  }); // prettier-ignore
});
