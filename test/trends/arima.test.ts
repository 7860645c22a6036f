import { randomOf } from "clientele/core";
import { type ArimaModel, fitArima, forecast } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import reference from "../oracles/arima-r.golden.json" with { type: "json" };
import golden from "../oracles/arima.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep, oddNumbers } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const series = Object.fromEntries(
  Object.entries(golden.series).map(([name, values]) => [name, values.map((value) => value ?? NaN)]),
);
const { lh, LakeHuron, logAirPassengers } = series;
const airline = { order: [0, 1, 1], seasonal: { order: [0, 1, 1], period: 12 } } as const;
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const estimates = ({ ar, ma, seasonalAr, seasonalMa, mean, drift }: ArimaModel): number[] => [
  ...ar,
  ...ma,
  ...seasonalAr,
  ...seasonalMa,
  ...(mean === null ? [] : [mean]),
  ...(drift === null ? [] : [drift]),
];

describe("fitArima", () => {
  it("finds R's estimates for the hormone lh: help page of arima", () => {
    // R: arima(lh, order = c(1,0,0)) ar1 0.5739 (0.1161), intercept 2.4133 (0.1466), sigma^2 0.1975, log likelihood -29.38, aic 64.76.
    const model = fitArima(lh, { order: [1, 0, 0] });
    const printed = { absolute: 5.1e-5, because: "digits printed" };
    expectClose([...model.ar, model.mean!], [0.5739, 2.4133], printed);
    const differences = { absolute: 1.6e-4, because: "digits printed, and R's differences of a likelihood" };
    expectClose(model.standardErrors!, [0.1161, 0.1466], differences);
    expectClose(model.ar, [0.57393], { absolute: 1e-5, because: "digits printed, and where R's search stops" });
    expectClose([model.mean!, model.sigma2], [2.41329, 0.19749], { absolute: 1e-5, because: "digits printed" });
    expectClose([model.logLikelihood, model.aic], [-29.38, 64.76], { absolute: 0.0051, because: "digits printed" });
    const longer = fitArima(lh, { order: [3, 0, 0] });
    expectClose([...longer.ar, longer.mean!], [0.6448, -0.0634, -0.2198, 2.3931], printed);
    expectClose(longer.standardErrors!, [0.1394, 0.1668, 0.1421, 0.0963], differences);
    expectClose(longer.logLikelihood, -27.09, { absolute: 0.0051, because: "digits printed" });
    const next = forecast(longer, { steps: 3 });
    expectClose(next.mean, [2.46018, 2.27085, 2.19862], { absolute: 1e-5, because: "digits printed" });
    expectClose(next.standardErrors, [0.42268, 0.50293, 0.52452], { absolute: 1e-5, because: "digits printed" });
  });

  it.each(reference.fits.map((wanted) => [`${wanted.series} (${wanted.order.join()})(${wanted.seasonal?.order.join() ?? ""})`, wanted] as const))(
    "agrees with R's arima, its search made to go on to the top: %s",
    (_, wanted) => {
      const { order, seasonal } = wanted;
      const model = fitArima(series[wanted.series], { order, seasonal: seasonal ?? undefined } as never);
      const room = { relative: 1e-4, absolute: 1e-4, because: "promised; R's unknown start has a finite variance" };
      expectClose(estimates(model), wanted.coefficients, room);
      expectClose(model.standardErrors ?? [], wanted.standardErrors, { relative: 5e-3, because: "differences of a likelihood" });
      // The finite variance of R's unknown start moves the likelihood of a series that is differenced by a season by 0.003.
      const logRoom = { absolute: seasonal === null ? 1e-4 : 0.008, because: "a finite unknown start" };
      expectClose([model.logLikelihood, model.aic], [...wanted.logLikelihood, ...wanted.aic], logRoom);
      expectClose(model.sigma2, wanted.sigma2[0], { relative: 2e-4, because: "a finite unknown start" });
      const next = forecast(model, { steps: 12 });
      expectClose(next.mean, wanted.forecast, { relative: 1e-4, because: "promised" });
      expectClose(next.standardErrors, wanted.forecastErrors, { relative: 2e-4, because: "a finite unknown start" });
    },
  ); // prettier-ignore

  it("finds R's airline model of accidental deaths", () => {
    // R: arima(USAccDeaths, c(0,1,1), list(order = c(0,1,1))): ma1 -0.4303 (0.1228), sma1 -0.5528 (0.1784), -425.44, 856.88.
    const model = fitArima(series["USAccDeaths"], airline);
    expectClose([...model.ma, ...model.seasonalMa], [-0.43027, -0.55279], {
      absolute: 1e-4,
      because: "where R's search stops",
    });
    expectClose(model.standardErrors!, [0.1228, 0.1784], { absolute: 5.1e-5, because: "digits printed" });
    expectClose([model.logLikelihood, model.aic], [-425.44, 856.88], { absolute: 0.0051, because: "digits printed" });
    expectClose(model.sigma2, 99347, { relative: 1e-4, because: "moves with the coefficients" });
    const { mean } = forecast(model, { steps: 6 });
    expectClose(mean, [8336.06, 7531.83, 8314.64, 8616.87, 9488.91, 9859.76], { relative: 1e-4, because: "where R's search stops" }); // prettier-ignore
  });

  it.each(golden.models.map((wanted) => [`${wanted.series} (${wanted.order.join()})(${wanted.seasonal?.order.join() ?? ""})`, wanted] as const))(
    "agrees with the greatest likelihood found by statsmodels: %s",
    (_, wanted) => {
      const { order, seasonal, mean, drift } = wanted;
      const model = fitArima(series[wanted.series], { order, seasonal: seasonal ?? undefined, mean, drift } as never);
      const isDiffuse = wanted.series.includes("gaps") && order[1] > 0;
      const room = { relative: 1e-4, absolute: 1e-4, because: "promised; statsmodels' unknown start has a finite variance" };
      expectClose(estimates(model), wanted.coefficients, room);
      expectClose(model.standardErrors!, wanted.standardErrors, { relative: 5e-3, absolute: 1e-6, because: "differences of a likelihood" });
      expectClose(model.sigma2, wanted.sigma2, { relative: 1e-4, because: "promised" });
      expectClose(model.logLikelihood, wanted.logLikelihood, { absolute: isDiffuse ? 0.02 : 1e-4, because: "promised; a finite unknown start costs more" });
      const next = forecast(model, { steps: 12 });
      expectClose(next.mean, wanted.forecast, { relative: 1e-4, because: "promised" });
      expectClose(next.standardErrors, wanted.forecastErrors, { relative: 1e-3, because: "statsmodels starts from a finite variance" });
      expect(model.converged).toBe(true);
    },
  ); // prettier-ignore

  it("says its criteria as R does: the variance counts", () => {
    const model = fitArima(lh, { order: [1, 0, 1] });
    const { logLikelihood, observations } = model;
    expect([observations, model.gaps, model.parameters]).toEqual([48, 0, ["ar1", "ma1", "mean"]]);
    const fine = { relative: 1e-12, because: "definition" };
    expectClose(model.aic, 8 - 2 * logLikelihood, fine);
    expectClose(model.aicc!, 8 - 2 * logLikelihood + (2 * 4 * 5) / (48 - 5), fine);
    expectClose(model.bic, 4 * Math.log(48) - 2 * logLikelihood, fine);
    expectClose(model.standardErrors!, model.covariance!.map((row, i) => Math.sqrt(row[i])), fine); // prettier-ignore
  });

  it("recovers the coefficients of a long series", () => {
    const random = randomOf(5);
    const values = new Float64Array(6000);
    let [before, error] = [0, 0];
    for (let t = 0; t < values.length; t++) {
      const next = sampleNormal(random);
      before = 0.7 * before + next + 0.4 * error;
      error = next;
      values[t] = 20 + 3 * before;
    }
    const model = fitArima(values, { order: [1, 0, 1] });
    const errors = model.standardErrors!;
    [0.7, 0.4, 20].forEach((truth, i) => expect(Math.abs(estimates(model)[i] - truth)).toBeLessThan(3 * errors[i]));
    expectClose(model.sigma2, 9, { relative: 0.06, because: "3 standard errors of a variance of 6000" });
    expect(errors[0]).toBeLessThan(0.02);
  });

  it("does not depend on level and scale", () => {
    const room = { relative: 1e-5, because: "where the search stops" };
    const plain = fitArima(lh, { order: [1, 0, 1] });
    const moved = fitArima(lh.map((x) => 1e6 + 1e-3 * x), { order: [1, 0, 1] }); // prettier-ignore
    expectClose([...moved.ar, ...moved.ma], [...plain.ar, ...plain.ma], {
      relative: 1e-4,
      because: "rounding of the values",
    });
    expectClose(moved.mean!, 1e6 + 1e-3 * plain.mean!, { relative: 1e-9, because: "rounding" });
    const huge = fitArima(logAirPassengers.map((x) => 1e15 + 1e6 * x), airline); // prettier-ignore
    expectClose([...huge.ma, ...huge.seasonalMa], [-0.40182, -0.55694], {
      absolute: 1e-4,
      because: "values in steps of 1/8",
    });
    expectClose(huge.sigma2, 1e12 * fitArima(logAirPassengers, airline).sigma2, room);
  });

  it("steps over gaps at the start, inside and at the end", () => {
    const model = fitArima([NaN, NaN, ...lh, NaN, NaN], { order: [1, 0, 0] });
    const plain = fitArima(lh, { order: [1, 0, 0] });
    expectClose(estimates(model), estimates(plain), { relative: 1e-6, because: "where the search stops" });
    expect([model.gaps, codes(model)]).toEqual([2, ["gaps"]]);
    const [later, next] = [forecast(model, { steps: 2 }), forecast(plain, { steps: 4 })];
    expectClose(later.mean, next.mean.slice(2), { relative: 1e-6, because: "where the search stops" });
    expectClose(later.standardErrors, next.standardErrors.slice(2), {
      relative: 1e-6,
      because: "where the search stops",
    });
    const early = logAirPassengers.map((x, t) => (t === 5 || t === 9 || t === 60 ? NaN : x));
    const seasonal = fitArima(early, airline);
    expect([seasonal.converged, seasonal.observations]).toEqual([true, 144 - 13 - 3]);
    expectClose(forecast(seasonal, { steps: 12 }).mean, forecast(fitArima(logAirPassengers, airline), { steps: 12 }).mean, { relative: 0.01, because: "three of 144 values are missing" }); // prettier-ignore
  });

  it("returns a finite model with a note for series without variation", () => {
    for (const values of [[7, 7, 7, 7, 7], [0, 0, 0, 0, 0, 0], [4]]) {
      const model = fitArima(values, { order: [0, 0, 0] });
      expect([model.mean, model.sigma2, codes(model).includes("no-variation")]).toEqual([values[0], 0, true]);
      expect(oddNumbers(model)).toEqual([]);
      const next = forecast(model, { steps: 2 });
      expect(next.mean).toEqual(Float64Array.of(values[0], values[0]));
      expect(next.lower[95]).toEqual(next.upper[95]);
    }
    const flat = fitArima(new Float64Array(30).fill(3), { order: [1, 0, 1] });
    expect([flat.mean, flat.standardErrors, oddNumbers(flat)]).toEqual([3, null, []]);
    const line = fitArima(Array.from({ length: 20 }, (_, t) => 5 + 2 * t), { order: [0, 1, 1], drift: true }); // prettier-ignore
    expect([line.drift, codes(line)]).toEqual([2, ["no-variation"]]);
    expect(forecast(line, { steps: 2 }).mean).toEqual(Float64Array.of(45, 47));
  });

  it("refuses a series with fewer values than coefficients", () => {
    for (const values of [[], [NaN, NaN, NaN]])
      expectRefusal(() => fitArima(values, { order: [0, 0, 0] }), "too-few-rows", "series");
    expectRefusal(() => fitArima([1], { order: [0, 1, 0] }), "too-few-rows", "series");
    expectRefusal(() => fitArima([1, 2, 4], { order: [2, 0, 2] }), "too-few-rows", "series");
    expectRefusal(() => fitArima(lh.slice(0, 13), airline), "too-few-rows", "series");
    expect(codes(fitArima([1, 2], { order: [0, 1, 0] }))).toContain("few-values");
    expect(oddNumbers(fitArima([3, 1, 2], { order: [1, 0, 0] }))).toEqual([]);
  });

  it("says when a series was differenced once too often", () => {
    const random = randomOf(3);
    const noise = Array.from({ length: 200 }, () => sampleNormal(random));
    const model = fitArima(noise, { order: [0, 1, 1] });
    expect(model.ma[0]).toBeLessThan(-0.98);
    expect(codes(model)).toContain("unit-root");
  });

  it("keeps every model stationary and invertible, also of ten coefficients and of odd series", () => {
    const random = randomOf(9);
    const values = Array.from({ length: 120 }, (_, t) => Math.sin(t / 3) + 0.3 * sampleNormal(random));
    const model = fitArima(values, { order: [5, 0, 5] });
    expect(oddNumbers(model)).toEqual([]);
    expect(model.logLikelihood).toBeGreaterThan(fitArima(values, { order: [2, 0, 1] }).logLikelihood);
    const walk = values.map((_, t) => values.slice(0, t + 1).reduce((sum, x) => sum + x, 0));
    expect(oddNumbers(forecast(fitArima(walk, { order: [10, 0, 0] }), { steps: 50 }))).toEqual([]);
  });

  it("fits any short series or says why not, leaves it as it is, and survives JSON", () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN), fc.constant(0)), { minLength: 12, maxLength: 30 }),
        fc.constantFrom([0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 2, 1], [1, 0, 1]),
        fc.constantFrom(undefined, { order: [0, 1, 0], period: 4 }, { order: [1, 0, 0], period: 3 }),
        (values, order, seasonal) => {
          fc.pre(values.filter(Number.isFinite).length > 10);
          const before = bitsOf(values);
          const model = fitArima(freezeDeep(values), { order, seasonal });
          expect(bitsOf(values)).toBe(before);
          expect(oddNumbers(model)).toEqual([]);
          expect(bitsOf(fitArima(values, { order, seasonal }))).toBe(bitsOf(model));
          const copy = JSON.parse(JSON.stringify(model)) as ArimaModel;
          expect(bitsOf(copy)).toBe(bitsOf(model));
          const next = forecast(copy, { steps: 9 });
          expect(oddNumbers(next)).toEqual([]);
          for (let h = 0; h < 9; h++) expect(next.upper[95][h]).toBeGreaterThanOrEqual(next.lower[80][h]);
        },
      ),
      { numRuns: 40 },
    )); // prettier-ignore

  it("refuses wrong options", () => {
    expectRefusal(() => fitArima(lh, { order: [1, 1, 0], mean: true }), "invalid-option", "options.mean");
    expectRefusal(() => fitArima(lh, { order: [1, 0, 0], drift: true }), "invalid-option", "options.drift");
    expectRefusal(() => fitArima(lh, { order: [1, 2, 0], drift: true }), "invalid-option", "options.drift");
    expectRefusal(() => fitArima(lh, {} as never), "invalid-option", "options.order");
    expectRefusal(
      () => fitArima(lh, { order: [0, 0, 0], seasonal: { order: [4, 1, 0], period: 1000 } }),
      "too-large",
      "options",
    );
    expectRefusal(() => fitArima("lh" as never, { order: [1, 0, 0] }), "shape-mismatch", "series");
    expectRefusal(() => fitArima([1, Infinity], { order: [1, 0, 0] }), "invalid-value", "series[1]");
    expect(fitArima(LakeHuron, { order: [1, 0, 0], mean: false }).mean).toBeNull();
  });
});

describe("forecast of an ARIMA model", () => {
  const model = fitArima(logAirPassengers, airline);

  it("has intervals of the level that is asked for", () => {
    const next = forecast(model, { steps: 2, levels: [50, 99.9] });
    expect(Object.keys(next.lower)).toEqual(["50", "99.9"]);
    const half = next.upper[50].map((x, h) => (x - next.mean[h]) / next.standardErrors[h]); // prettier-ignore
    expectClose(half, [0.6744897501960817, 0.6744897501960817], { relative: 1e-9, because: "R: qnorm(0.75)" });
    expectClose((next.upper[99.9][1] - next.mean[1]) / next.standardErrors[1], 3.290526731491926, { relative: 1e-9, because: "R: qnorm(0.9995)" }); // prettier-ignore
  });

  it("comes down to the mean and the standard deviation of a stationary series", () => {
    const stationary = fitArima(lh, { order: [1, 0, 0] });
    const far = forecast(stationary, { steps: 200 });
    expectClose(far.mean[199], stationary.mean!, { relative: 1e-12, because: "0.57^200" });
    expectClose(far.standardErrors[199] ** 2, stationary.sigma2 / (1 - stationary.ar[0] ** 2), {
      relative: 1e-9,
      because: "formula",
    });
  });

  it("refuses a model that was damaged on the way, and what is no model", () => {
    for (const damaged of [null, undefined, {}, [], "arima", { ...model, kind: "other" }, { ...model, version: 2 }]) {
      expectRefusal(() => forecast(damaged as never, { steps: 1 }), "incompatible-model");
    }
    const { origin } = model;
    for (const wrong of [
      { order: [1, 1, 1] },
      { order: null },
      { seasonal: null },
      { seasonal: { order: [0, 1, 1], period: 1e9 } },
      { ar: [1] },
      { ma: [NaN] },
      { sigma2: -1 },
      { mean: "1" },
      { origin: null },
      { origin: { ...origin, state: origin.state.slice(1) } },
      { origin: { ...origin, uncertain: origin.uncertain.map(() => 99) } },
      { origin: { ...origin, covariance: [] } },
    ]) {
      expectRefusal(() => forecast({ ...model, ...wrong } as never, { steps: 1 }), "incompatible-model");
    }
  });
});

describeWithData("fitArima on real series", ["ts_classic"], () => {
  it("reads the series of the oracle", () => {
    const values = readDataRows("ts_classic/AirPassengers.csv").map(({ value }) => Math.log(Number(value)));
    expectClose(values, logAirPassengers, { relative: 1e-12, because: "two logarithms" });
  });
});
