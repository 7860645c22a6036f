import { seriesFrom } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { readSeries } from "../../src/trends/series-input.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("readSeries", () => {
  it("reads a series, a list and a typed array alike, as a copy with its gaps", () => {
    const series = seriesFrom([1, NaN, -3], { start: 0, period: "day" });
    const wanted = Float64Array.of(1, NaN, -3);
    for (const input of [series, [1, NaN, -3], Float64Array.of(1, NaN, -3)]) {
      expect(readSeries("f", input)).toEqual(wanted);
    }
    expect(readSeries("f", series)).not.toBe(series.values);
    expect(readSeries("f", [])).toHaveLength(0);
  });

  it("refuses what is no series, and the first cell that is no number, by its place", () => {
    for (const bad of [null, undefined, 3, "1,2", {}, { values: 3 }, new Date(0)]) {
      expectRefusal(() => readSeries("f", bad as never), "shape-mismatch", "series");
    }
    expectRefusal(() => readSeries("f", [1, Infinity]), "invalid-value", "series[1]");
    expectRefusal(() => readSeries("f", [1, "2" as never], "values"), "invalid-value", "values[1]");
    const series = { ...seriesFrom([1], { start: 0, period: "day" }), values: Float64Array.of(-Infinity) };
    expectRefusal(() => readSeries("f", series), "invalid-value", "series.values[0]");
  });
});
