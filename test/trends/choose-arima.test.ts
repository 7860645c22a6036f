import { type ArimaModel, chooseArima, fitArima, forecast } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kpssStatistic } from "../../src/trends/kpss.ts";
import reference from "../oracles/arima-r.golden.json" with { type: "json" };
import golden from "../oracles/arima.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep, oddNumbers } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const lh = golden.series["lh"];

describeWithData("chooseArima on R's series", ["ts_classic"], () => {
  const classic = (name: string): number[] => readDataRows(`ts_classic/${name}.csv`).map(({ value }) => Number(value));

  const given: Readonly<Record<string, () => number[]>> = {
    lh: () => lh,
    LakeHuron: () => golden.series.LakeHuron,
    logAirPassengers: () => classic("AirPassengers").map(Math.log),
    logUKgas: () => classic("UKgas").map(Math.log),
  };

  it.each(reference.chosen.map((wanted) => [wanted.series, wanted] as const))("chooses as R's auto.arima: %s", (name, wanted) => {
    const model = chooseArima(given[name]?.() ?? classic(name), { period: wanted.period });
    const { differences, seasonalDifferences } = model.differencing;
    expect([differences, seasonalDifferences]).toEqual([...wanted.differences, ...wanted.seasonalDifferences]);
    const best = model.aicc ?? NaN;
    expect(best).toBeLessThanOrEqual(wanted.aicc[0] + 8e-3);
    expect(Math.min(...model.candidates.map((candidate) => candidate.aicc ?? Infinity))).toBe(best);
    // Here R's steps stop early: at (1,0,0)(0,1,0) with 3.7 more, and at (0,1,0) with 6.8 more.
    if (name === "logUKgas" || name === "LakeHuron") {
      expect(best).toBeLessThan(wanted.aicc[0] - 3);
      return;
    }
    expect([model.order, model.seasonal?.order ?? null]).toEqual([wanted.order, wanted.seasonal]);
    expectClose(best, wanted.aicc[0], { absolute: 8e-3, because: "the finite variance of R's unknown start" });
  }); // prettier-ignore

  it("chooses the airline model for the logarithms of air passengers", () => {
    const model = chooseArima(classic("AirPassengers").map(Math.log), { period: 12 });
    expect([model.order, model.seasonal?.order, model.differencing.seasonalDifferences]).toEqual([[0, 1, 1], [0, 1, 1], 1]); // prettier-ignore
    expect(model.differencing.seasonalStrength).toBeGreaterThan(0.9);
  });

  it.each([
    // statsmodels 0.13.5: kpss(y, regression="c", nlags=int(3 * sqrt(n) / 13)), of the series and of its changes.
    ["AirPassengers", 4.342286797114149, 0.011484728338723346],
    ["co2", 9.34016140026958, 0.010803050328011798],
    ["UKgas", 3.3081959673291657, 0.024230051860644336],
    ["USAccDeaths", 0.2912338041864832, 0.02736230455713114],
  ] as const)("has statsmodels' KPSS statistic: %s", (name, level, changes) => {
    const values = Float64Array.from(classic(name));
    expectClose(kpssStatistic(values), level, { relative: 1e-10, because: "rounding" });
    expectClose(kpssStatistic(values.slice(1).map((value, t) => value - values[t])), changes, { relative: 1e-10, because: "rounding" }); // prettier-ignore
  });
});

describe("chooseArima", () => {
  it("fits what it chose as fitArima does", () => {
    const model = chooseArima(lh);
    const alone = fitArima(lh, { order: model.order, mean: true });
    const { candidates, differencing, ...chosen } = model;
    expect(bitsOf(chosen)).toBe(bitsOf(alone));
    expect(candidates.length).toBeGreaterThan(5);
    expect([differencing.differences, differencing.seasonalStrength]).toEqual([0, null]);
    expect(chooseArima(lh, { mostModels: 6 }).candidates).toHaveLength(6);
  });

  it("returns a model with a note for series that break other libraries: constant, a line, zeros, short, one value", () => {
    const ahead = (values: number[], period = 1): number[] => Array.from(forecast(chooseArima(values, { period }), { steps: 2 }).mean); // prettier-ignore
    expect(ahead([5, 5, 5, 5, 5, 5])).toEqual([5, 5]);
    expect(codes(chooseArima([5, 5, 5, 5, 5, 5]))).toContain("no-variation");
    expect(ahead(Array.from({ length: 20 }, (_, t) => 3 + 2 * t))).toEqual([43, 45]);
    expect(ahead(new Array<number>(30).fill(0), 7)).toEqual([0, 0]);
    expect(ahead(Array.from({ length: 40 }, (_, t) => t % 4), 4)).toEqual([0, 1]); // prettier-ignore
    expect(ahead([3])).toEqual([3, 3]);
    expect(ahead([3, 4])).toEqual([3.5, 3.5]);
    expect(codes(chooseArima([3, 4, 8]))).toContain("simplest");
    expect(codes(chooseArima([1, 2, 3, 4, 5, 9, 7, 8], { period: 12 }))).toContain("no-season");
    const huge = chooseArima(lh.map((x) => 1e15 + 8 * x)); // prettier-ignore
    expect(huge.sigma2).toBeGreaterThan(8);
    for (const none of [[], [NaN, NaN]]) expectRefusal(() => chooseArima(none), "too-few-rows", "series");
  });

  it("takes gaps, at the end too", () => {
    const gappy = lh.map((value, t) => (t % 9 === 4 || t > 45 ? NaN : value));
    const model = chooseArima(gappy);
    expect(codes(model)).toEqual(["gaps"]);
    expect(oddNumbers(forecast(model, { steps: 5 }))).toEqual([]);
  });

  it("gives a finite model for any short series, leaves it as it is, and survives JSON", () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constant(NaN)), { minLength: 1, maxLength: 16 }),
        fc.constantFrom(1, 3),
        (values, period) => {
          fc.pre(values.some((value) => !Number.isNaN(value)));
          const before = bitsOf(values);
          const model = chooseArima(freezeDeep(values), { period, mostOrder: 2, mostSeasonalOrder: 1 });
          expect(bitsOf(values)).toBe(before);
          expect(oddNumbers(model)).toEqual([]);
          const copy = JSON.parse(JSON.stringify(model)) as ArimaModel;
          expect(bitsOf(copy)).toBe(bitsOf(model));
          expect(oddNumbers(forecast(copy, { steps: 5 }))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    )); // prettier-ignore
});
