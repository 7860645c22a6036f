import { readEvents } from "clientele/events";
import { derivePurchaseSummary } from "clientele/features";
import {
  fitBgBb,
  fitBgNbd,
  fitParetoNbd,
  measurePurchaseForecast,
  predictPurchases,
  projectPurchases,
} from "clientele/predictions";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["frequency", "recency", "age"];
const ids = ["a", "b", "c", "__proto__"];
const tableOf = (rows: number[][], of = ids): FeatureTable => fromMatrix(rows, { ids: of, names });
const early = tableOf([[0, 0, 4], [1, 3, 3]], ["b", "a"]); // prettier-ignore
const first = tableOf([[2, 8, 9], [0, 0, 10], [1, 2, 8], [0, 0, 8]]); // prettier-ignore
const later = tableOf([[0, 0, 2], [1, 12, 14], [4, 12, 13], [1, 2, 12], [1, 10, 12]], ["new", "b", "a", "c", "__proto__"]); // prettier-ignore
const model = fitBgNbd(first, { l2: 0.1 });
const rounding = { relative: 1e-12, because: "rounding" };

interface Expected {
  readonly weekly_repeat_transactions_cumulative: number[];
}

describeWithData("the held-out weeks of CDNOW", ["cdnow_sample"], () => {
  const rows = readDataRows("cdnow_sample/cdnow_sample.csv").map(({ sample_id: customer, date, spend }) => ({
    customer,
    type: "purchase",
    time: Date.parse(`${date}T00:00:00Z`),
    value: Number(spend),
  }));
  const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
  const day = 86_400_000;
  const summaries = Array.from({ length: 78 }, (_, week) => {
    const asOf = Date.UTC(1997, 0, 1) + (7 * week + 6) * day;
    return derivePurchaseSummary(log, { asOf, purchase: "purchase", unit: "week" });
  });
  const calibration = 38;
  const bgNbd = measurePurchaseForecast(fitBgNbd(summaries[calibration]), summaries, { calibration });
  const pareto = measurePurchaseForecast(fitParetoNbd(summaries[calibration]), summaries, { calibration });

  it("are counted as BTYD counts them, week by week", () => {
    const { weekly_repeat_transactions_cumulative: weekly } = readDataJson<Expected>("cdnow_sample/expected.json");
    expect(bgNbd.tracking.map(({ actual }) => actual)).toEqual(weekly);
    expect(readDataRows("cdnow_sample/tracking_btyd.csv").map((row) => Number(row["cum_repeat"]))).toEqual(weekly);
    expect(bgNbd).toMatchObject({ customers: 2357, unit: "week", actual: 1882 });
    expectClose([bgNbd.horizon, bgNbd.calibrationEnd], [39, 272 / 7], rounding);
    expect(bgNbd.tracking.filter(({ holdout }) => holdout)).toHaveLength(39);
  });

  it("are predicted as well as the published models do: at week 78 BG/NBD is 4 % low, Pareto/NBD 2 %", () => {
    // Fader, Hardie & Lee (2005), section 4.
    const shortfall = ({ tracking }: typeof bgNbd): number => 1 - tracking[77].expected / tracking[77].actual;
    expectClose(shortfall(bgNbd), 0.04, { absolute: 0.005, because: "whole percents" });
    expectClose(shortfall(pareto), 0.02, { absolute: 0.005, because: "whole percents" });
    // In the calibration the curves lie on one another.
    expect(Math.abs(bgNbd.tracking[38].expected / bgNbd.tracking[38].actual - 1)).toBeLessThan(0.02);
  });

  it("have the published means by calibration frequency", () => {
    // BTYD's vignette, pnbd.PlotFreqVsConditionalExpectedFrequency with 7+.
    const actual = [0.2367, 0.697, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.359];
    const expected = [0.1385, 0.5996, 1.1957, 1.7145, 2.3987, 2.9071, 3.8187, 6.4034];
    const digits = { absolute: 5e-3, because: "the vignette's parameters have other last digits" };
    expectClose(pareto.byFrequency.map((group) => Number(group.actual)), actual, digits); // prettier-ignore
    expectClose(pareto.byFrequency.map((group) => Number(group.expected)), expected, digits); // prettier-ignore
    expect(pareto.byFrequency.map(({ customers }) => customers)).toEqual([1411, 439, 214, 100, 62, 38, 29, 64]);
    expect(pareto.byFrequency.map(({ orMore }) => orMore)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it("are predicted better than by each customer's own pace", () => {
    for (const { forecast, baseline, active } of [bgNbd, pareto]) {
      expect(forecast.meanAbsoluteError).toBeLessThan(baseline.meanAbsoluteError);
      expect(forecast.rootMeanSquaredError).toBeLessThan(baseline.rootMeanSquaredError);
      expect(active.actual).toBe(684);
      expect(active.expected).toBeGreaterThan(500);
    }
    expectClose([bgNbd.forecast.expected, bgNbd.forecast.meanAbsoluteError], [1653.4087, 0.78545423], {
      relative: 1e-6,
      because: "expected.json",
    });
  });
});

describe("measurePurchaseForecast", () => {
  const report = measurePurchaseForecast(model, [early, first, later], { calibration: 1, groups: 2 });

  it("follows the customers of the calibration, whatever the order of the rows, and nobody who came later", () => {
    expect(report).toMatchObject({ customers: 4, unit: "period", horizon: 4, calibrationEnd: 10, actual: 4 });
    const [a, b] = projectPurchases(model, { horizons: [3, 4] });
    expect(report.tracking.map(({ time, holdout, actual }) => [time, holdout, actual])).toEqual([
      [4, false, 1],
      [10, false, 3],
      [14, true, 7],
    ]);
    expectClose(report.tracking[0].expected, a + b, rounding);
    expect(report.active.actual).toBe(3);
  });

  it("compares with what each history lets expect, by frequency and in all", () => {
    const expected = predictPurchases(model, first, { horizon: 4 });
    expectClose(report.forecast.expected, expected.reduce((sum, x) => sum + x), rounding); // prettier-ignore
    const actual = [2, 1, 0, 1];
    const differences = actual.map((count, i) => expected[i] - count);
    expectClose(report.forecast.meanAbsoluteError, differences.reduce((sum, x) => sum + Math.abs(x), 0) / 4, rounding);
    expectClose(report.forecast.rootMeanSquaredError, Math.hypot(...differences) / 2, rounding);
    expect(report.byFrequency).toMatchObject([
      { frequency: 0, orMore: false, customers: 2, actual: 1 },
      { frequency: 1, orMore: true, customers: 2, actual: 1 },
    ]);
    expectClose(report.baseline.expected, (2 / 9) * 4 + (1 / 8) * 4, rounding);
    const many = measurePurchaseForecast(model, [first, later], { calibration: 0 }).byFrequency;
    expect(many[3]).toEqual({ frequency: 3, orMore: false, customers: 0, actual: null, expected: null });
  });

  it("takes opportunities, and covariates", () => {
    const donors = fitBgBb(first, { l2: 0.1 });
    const counted = measurePurchaseForecast(donors, [early, first, later], { calibration: 1 });
    expect(counted.horizon).toBe(4);
    const member = (table: FeatureTable, of: number[]): FeatureTable =>
      fromMatrix(
        table.ids.map((_, i) => [...table.values.subarray(3 * i, 3 * i + 3), of[i]]),
        { ids: table.ids, names: [...names, "member"] },
      );
    const known = member(first, [0, 1, 1, 0]);
    const fitted = fitBgNbd(known, { l2: 0.1, covariates: { purchase: ["member"] } });
    const { tracking } = measurePurchaseForecast(fitted, [known, member(later, [0, 1, 0, 1, 0])], { calibration: 0 });
    const expectedOf = (ages: number[], value: number): number =>
      projectPurchases(fitted, { horizons: ages, covariates: { member: value } }).reduce((sum, x) => sum + x, 0);
    expectClose(tracking[1].expected, expectedOf([13, 12], 0) + expectedOf([14, 12], 1), rounding);
  });

  it("says null where there is nothing to divide by", () => {
    const silent = tableOf([[2, 8, 13], [0, 0, 14], [1, 2, 12], [0, 0, 12]]); // prettier-ignore
    const { actual, forecast } = measurePurchaseForecast(model, [first, silent], { calibration: 0 });
    expect([actual, forecast.relativeError]).toEqual([0, null]);
  });

  it("refuses summaries that do not follow one another", () => {
    const measure = (tables: FeatureTable[], calibration = 0): unknown =>
      measurePurchaseForecast(model, tables, { calibration });
    expectRefusal(() => measure([first]), "invalid-option", "options.calibration");
    expectRefusal(() => measure([first, later], 1), "invalid-option", "options.calibration");
    expectRefusal(() => measure([later, first], 0), "invalid-value", "summaries[1].ids");
    expectRefusal(() => measure([first, first], 0), "invalid-value", "summaries[1]");
    const fewer = tableOf([[1, 8, 13], [0, 0, 14], [1, 2, 12], [0, 0, 12]]); // prettier-ignore
    expectRefusal(() => measure([first, fewer]), "invalid-value", "summaries[1].values[0, 0]");
    const broken = tableOf([[2, 8, 13], [0, 0, NaN], [1, 2, 12], [0, 0, 12]]); // prettier-ignore
    expectRefusal(() => measure([first, broken]), "invalid-value", "summaries[1].values[1, 2]");
    expectRefusal(() => measure([tableOf([], []), later]), "too-few-rows", "summaries[0]");
    const twice = { ...first, ids: ["a", "b", "b", "c"] };
    expectRefusal(() => measure([twice, later]), "invalid-value", "summaries[0].ids");
    expectRefusal(() => measure("no" as never), "shape-mismatch", "summaries");
    const inDays = { ...later, units: { age: "day", recency: "day" } };
    const inWeeks = { ...first, units: { age: "week", recency: "week" } };
    const weekly = fitBgNbd(inWeeks, { l2: 0.1 });
    const mixed = (): unknown => measurePurchaseForecast(weekly, [inWeeks, inDays], { calibration: 0 });
    expectRefusal(mixed, "incompatible-model", "summaries[1].units");
  });
});
