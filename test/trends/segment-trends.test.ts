import { randomOf } from "clientele/core";
import { labelsOf } from "clientele/tables";
import { measureTrends, type SegmentTrend, seriesBySegment } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/trends.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";
import { gaussian, monthsOfCo2, valuesOf } from "../support/time-series.ts";

const near = { relative: 1e-10, absolute: 1e-11, because: "sums of a few hundred products" };
const trendOf = (series: readonly number[], options = {}): SegmentTrend =>
  measureTrends([{ name: "x", series }], options).segments[0];
const codes = ({ notes }: SegmentTrend): string[] => notes.map(({ code }) => code);

describe("measureTrends", () => {
  it.each(Object.entries(golden))("agrees with SciPy, statsmodels and the definitions: %s", (_, wanted) => {
    const values = wanted.values.map((x) => x ?? NaN);
    const median = trendOf(values);
    expect(median.s).toBe(wanted.s);
    expectClose([median.z, median.tau], [wanted.z, wanted.tau], near);
    expectClose(median.pValue ?? NaN, wanted.pValue, { relative: 1e-9, because: "a normal tail" });
    expectClose([median.slope ?? NaN, median.intercept ?? NaN, ...(median.interval ?? [])], wanted.theilSen, near);
    const squares = trendOf(values, { method: "ols" });
    expectClose([squares.slope ?? NaN, squares.intercept ?? NaN, ...(squares.interval ?? [])], wanted.ols, { relative: 1e-8, absolute: 1e-9, because: "a quantile of t" }); // prettier-ignore
    expect([squares.s, squares.pValue]).toEqual([median.s, median.pValue]);
  });

  it("turns around with the series, and does not see which unit it has", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 40 }), (values) => {
        const forward = trendOf(values);
        const backward = trendOf([...values].reverse());
        expect([backward.s, Math.abs(backward.z)]).toEqual([0 - forward.s, Math.abs(forward.z)]);
        expectClose(backward.slope ?? NaN, 0 - (forward.slope ?? NaN), near);
        const scaled = trendOf(values.map((x) => 8 * x + 1000));
        expect([scaled.s, scaled.pValue, scaled.tau]).toEqual([forward.s, forward.pValue, forward.tau]);
        expectClose(scaled.slope ?? NaN, 8 * (forward.slope ?? NaN), near);
        expect(forward.tau >= -1 - 1e-12 && forward.tau <= 1 + 1e-12).toBe(true);
      }),
    ));

  it("allows for the number of segments: of twenty without a trend hardly ever one is believed", () => {
    let believed = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const noise = gaussian(randomOf(seed));
      const list = Array.from({ length: 20 }, (_, k) => ({ name: `${k}`, series: Array.from({ length: 26 }, () => noise()) })); // prettier-ignore
      const { segments } = measureTrends(list);
      expect(segments.map(({ adjustedPValue }) => adjustedPValue)).toEqual(
        adjustPValuesOf(segments).map((p): unknown => expect.closeTo(p, 12)),
      );
      if (segments.some(({ direction }) => direction !== "none")) believed++;
    }
    // With no trend at all the chance of any is at most alpha: 5 of 100, 10.6 at three standard errors more.
    expect(believed).toBeLessThanOrEqual(11);
  });

  it("reads what seriesBySegment gives, and says who grows and who shrinks", () => {
    const day = 86_400_000;
    const log = logOf(Array.from({ length: 40 }, (_, d) =>
        Array.from({ length: 10 + d }, (__, i) => [`new${i}`, "buy", d * day + i] as Happening).concat(
          Array.from({ length: 60 - d }, (__, i) => [`old${i}`, "buy", d * day + i] as Happening),
        ),
      ).flat()); // prettier-ignore
    const ids = log.customer.names;
    const grouping = { ids, labels: labelsOf(ids.map((id) => (id.startsWith("new") ? 0 : 1))) };
    const { segments } = seriesBySegment(log, grouping, { period: "day", names: ["New", "Old"] });
    expect(measureTrends(segments).segments.map(({ name, slope, direction }) => [name, slope, direction])).toEqual([
      ["New", 1, "up"],
      ["Old", -1, "down"],
    ]);
    const { relative } = measureTrends(segments).segments[0];
    expectClose(relative ?? NaN, 1 / 29.5, near);
  });

  it("takes the season out first where there are two of them", () => {
    const noise = gaussian(randomOf(2));
    const values = Array.from({ length: 70 }, (_, i) => 100 * (i % 7) + 0.05 * i + noise());
    expect(trendOf(values).direction).toBe("none");
    const found = trendOf(values, { period: 7 });
    expect(found.direction).toBe("up");
    expectClose(found.slope ?? NaN, 0.05, { absolute: 0.02, because: "chance" });
    expect(codes(trendOf(values.slice(0, 12), { period: 7 }))).toContain("no-season");
  });

  it("answers with a note for short, empty, constant and gappy series, and for neighbors that go together", () => {
    expect(measureTrends([]).segments).toEqual([]);
    const nothing = trendOf([]);
    expect([nothing.slope, nothing.pValue, nothing.adjustedPValue, nothing.mean, nothing.direction]).toEqual([null, null, null, null, "none"]); // prettier-ignore
    expect(codes(nothing)).toEqual(["short-series"]);
    expect(codes(trendOf([1, NaN, 2]))).toEqual(["gaps", "short-series"]);
    const constant = trendOf([4, 4, 4, 4]);
    expect([constant.slope, constant.interval, constant.pValue, constant.tau, codes(constant)]).toEqual([0, [0, 0], 1, 0, ["constant"]]); // prettier-ignore
    expect(trendOf([4, 4, 4, 4], { method: "ols" }).interval).toEqual([0, 0]);
    const noise = gaussian(randomOf(8));
    let x = 0;
    expect(codes(trendOf(Array.from({ length: 100 }, () => (x = 0.9 * x + noise()))))).toContain("autocorrelated");
  });

  it("refuses what is no list of series, and too many pairs", () => {
    expectRefusal(() => measureTrends(null as never), "shape-mismatch", "list");
    expectRefusal(() => measureTrends([{ series: [1, 2, 3] } as never]), "shape-mismatch", "list[0]");
    expectRefusal(() => measureTrends([{ name: "a", series: 3 as never }]), "shape-mismatch", "list[0].series");
    expectRefusal(() => trendOf([1, Infinity]), "invalid-value", "list[0].series[1]");
    expectRefusal(() => trendOf([1, 2e300, 3]), "too-large", "list[0].series[1]");
    const long = Array.from({ length: 4001 }, (_, i) => i);
    expectRefusal(() => trendOf(long), "too-large", "list[0].series");
    expect(trendOf(long, { method: "ols" }).s).toBe((4001 * 4000) / 2);
  });
});

/** Benjamini and Hochberg by their definition: the least m p / rank of those at least as large. */
function adjustPValuesOf(segments: readonly SegmentTrend[]): number[] {
  const pValues = segments.map(({ pValue }) => pValue ?? NaN);
  const sorted = [...pValues].sort((a, b) => a - b);
  const raised = sorted.map((p, k) => (p * sorted.length) / (k + 1));
  return pValues.map((p) => Math.min(1, ...raised.slice(sorted.indexOf(p))));
}

interface Figures {
  readonly n: number;
  readonly sum: number;
  readonly mean: number;
  readonly ols_on_index_from_0: { readonly slope: number; readonly intercept: number };
  readonly mann_kendall_S: number;
  readonly theil_sen: { readonly slope: number; readonly intercept: number };
}

describeWithData("measureTrends on classic series", ["ts_classic", "ts_co2_weekly"], () => {
  const classic = readDataJson<Record<string, Figures>>("ts_classic/expected.json");
  const weekly = readDataJson<{ monthly_mean: { months: number; missing_months: number; interpolated_linear_series: Figures } }>("ts_co2_weekly/expected.json"); // prettier-ignore

  const check = (values: readonly number[], wanted: Figures): void => {
    const [median, squares] = (["theil-sen", "ols"] as const).map((method) => trendOf(values, { method }));
    expect([median.steps, median.s, squares.s]).toEqual([wanted.n, wanted.mann_kendall_S, wanted.mann_kendall_S]);
    expectClose([median.mean ?? NaN, (median.mean ?? NaN) * wanted.n], [wanted.mean, wanted.sum], near);
    expectClose([median.slope ?? NaN, median.intercept ?? NaN], [wanted.theil_sen.slope, wanted.theil_sen.intercept], near); // prettier-ignore
    const { slope, intercept } = wanted.ols_on_index_from_0;
    expectClose([squares.slope ?? NaN, squares.intercept ?? NaN], [slope, intercept], near);
  };

  it.each(["AirPassengers", "co2", "nottem", "UKgas", "USAccDeaths", "JohnsonJohnson"])("%s", (name) => check(valuesOf(name), classic[name])); // prettier-ignore

  it("monthly means of the weekly CO2", () => {
    const { months, missing_months: missing, interpolated_linear_series: wanted } = weekly.monthly_mean;
    const values = [...monthsOfCo2().values];
    expect([values.length, values.filter(Number.isNaN).length]).toEqual([months, missing]);
    for (let i = 0; i < values.length; i++) {
      if (!Number.isNaN(values[i])) continue;
      let to = i;
      while (Number.isNaN(values[to])) to++;
      values[i] = values[i - 1] + (values[to] - values[i - 1]) / (to - i + 1);
    }
    check(values, wanted);
  });
});
