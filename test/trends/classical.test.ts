import { decomposeClassical, measureAutocorrelation } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: { readonly notes: readonly { readonly code: string }[] }): string[] => notes.map(({ code }) => code); // prettier-ignore

describe("decomposeClassical", () => {
  it("finds a plain season, also of an odd period, and parts that go together", () => {
    const sales = Array.from({ length: 35 }, (_, day) => 100 + 2 * day + [3, -1, 0, 4, 6, -5, -7][day % 7]);
    const { figure, trend, seasonal, remainder } = decomposeClassical(sales, { period: 7 });
    expectClose(figure, [3, -1, 0, 4, 6, -5, -7], { absolute: 1e-12, because: "rounding" });
    expect(Number.isNaN(trend[2])).toBe(true);
    expect(trend[3] + seasonal[3] + remainder[3]).toBeCloseTo(sales[3], 12);
    const product = decomposeClassical(sales, { period: 7, type: "multiplicative" });
    expect(product.figure.reduce((sum, x) => sum + x, 0)).toBeCloseTo(7, 12);
    expect(product.trend[10] * product.seasonal[10] * product.remainder[10]).toBeCloseTo(sales[10], 10);
  });

  it("refuses short series, gaps, and products with what is not above 0", () => {
    expectRefusal(() => decomposeClassical([1, 2, 3], { period: 2 }), "too-few-rows", "series");
    expectRefusal(() => decomposeClassical([1, NaN, 3, 4], { period: 2 }), "invalid-value", "series[1]");
    expectRefusal(() => decomposeClassical([1, 2, 0, 4], { period: 2, type: "multiplicative" }), "invalid-value", "series[2]"); // prettier-ignore
  });
});

describe("measureAutocorrelation", () => {
  it("says that a constant series has none, and refuses what has no lags", () => {
    const flat = measureAutocorrelation([4, 4, 4, 4, 4]);
    expect([...flat.autocorrelation.slice(1), ...flat.partial, flat.ljungBox.pValue]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]); // prettier-ignore
    expect(codes(flat)).toEqual(["constant"]);
    expectRefusal(() => measureAutocorrelation([1]), "too-few-rows", "series");
    expectRefusal(() => measureAutocorrelation([1, 2, NaN]), "invalid-value", "series[2]");
    expectRefusal(() => measureAutocorrelation([1, 2, 3], { lags: 3 }), "invalid-option", "options.lags");
    expect(measureAutocorrelation([1, 2, 4], { lags: 2, fitted: 2 }).ljungBox.pValue).toBeNull();
  });

  it("does not depend on the unit or the level of the series", () => {
    const plain = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    for (const factor of [1e-200, 1, 1e200]) {
      const other = measureAutocorrelation(plain.map((x) => x * factor));
      expectClose(other.autocorrelation, measureAutocorrelation(plain).autocorrelation, { absolute: 1e-12, because: "rounding" }); // prettier-ignore
    }
  });
});

interface Classic {
  readonly acf_lags_0_to_24: readonly number[];
  readonly classical_additive: { readonly seasonal_figure_from_first_observation: readonly number[]; readonly trend_sum: number; readonly resid_sd_population: number; readonly trend_first: number; readonly trend_last: number }; // prettier-ignore
  readonly classical_multiplicative?: { readonly seasonal_figure_from_first_observation: readonly number[]; readonly trend_sum: number }; // prettier-ignore
}

describeWithData("classic series", ["ts_classic"], () => {
  const expected = readDataJson<Record<string, Classic>>("ts_classic/expected.json");
  const inR = readDataJson<Record<string, unknown>>("ts_classic/r_reference.json");
  const close = (size: number) => ({ absolute: 1e-11 * size, because: "fifteen digits printed" });
  const known = (values: Float64Array): number[] => [...values].filter((value) => !Number.isNaN(value));

  it.each(["AirPassengers", "co2", "nottem", "UKgas", "USAccDeaths", "JohnsonJohnson"])("%s as statsmodels and R have it", (name) => {
    const values = readDataRows(`ts_classic/${name}.csv`).map(({ value }) => Number(value));
    const period = name === "UKgas" || name === "JohnsonJohnson" ? 4 : 12;
    const size = Math.max(...values);
    const wanted = expected[name];
    const { autocorrelation, partial } = measureAutocorrelation(values, { lags: 24 });
    expectClose(autocorrelation, wanted.acf_lags_0_to_24, close(1));
    const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);
    const additive = decomposeClassical(values, { period });
    const rest = known(additive.remainder);
    const mean = sum(rest) / rest.length;
    const told = wanted.classical_additive;
    expectClose(additive.figure, told.seasonal_figure_from_first_observation, close(size));
    const trend = known(additive.trend);
    expectClose([sum(trend), trend[0], trend[trend.length - 1]], [told.trend_sum, told.trend_first, told.trend_last], close(size * values.length));
    expectClose(Math.sqrt(sum(rest.map((x) => (x - mean) * (x - mean))) / rest.length), told.resid_sd_population, close(size));
    if (wanted.classical_multiplicative !== undefined) {
      const product = decomposeClassical(values, { period, type: "multiplicative" });
      expectClose(product.figure, wanted.classical_multiplicative.seasonal_figure_from_first_observation, close(1));
      expectClose(sum(known(product.trend)), wanted.classical_multiplicative.trend_sum, close(size * values.length));
    }
    if (inR[`${name} decompose additive`] === undefined) return;
    for (const type of ["additive", "multiplicative"] as const) {
      const found = decomposeClassical(values, { period, type });
      const r = inR[`${name} decompose ${type}`] as { readonly figure: readonly number[]; readonly trend: readonly (number | null)[] };
      expectClose(found.figure, r.figure, close(size));
      expectClose(known(found.trend), r.trend.filter((x) => x !== null), close(size));
    }
    expectClose(autocorrelation, inR[`${name} acf lags 0 to 24`] as number[], close(1));
    expectClose(partial, inR[`${name} pacf lags 1 to 24`] as number[], close(1));
    const box = inR[`${name} Ljung-Box lag 12`] as { readonly statistic: readonly number[]; readonly p: readonly number[] };
    const { ljungBox } = measureAutocorrelation(values, { lags: 12 });
    expectClose(ljungBox.statistic, box.statistic[0], { relative: 1e-12, because: "fifteen digits printed" });
    expectClose(ljungBox.pValue ?? NaN, box.p[0], { absolute: 1e-15, because: "R prints 0 for what is too small" });
  }); // prettier-ignore
});
