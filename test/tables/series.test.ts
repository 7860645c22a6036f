import { seriesFrom } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

describe("seriesFrom", () => {
  it("holds a copy of the numbers, gaps as NaN, and its calendar", () => {
    const values = [3, NaN, 5];
    const series = seriesFrom(values, { start: 0, period: "week", timeZone: "Asia/Tokyo" });
    values[0] = 99;
    expect(series).toEqual({ start: 0, period: "week", timeZone: "Asia/Tokyo", values: Float64Array.of(3, NaN, 5) });
    expect(seriesFrom([], { start: 0, period: "day" }).timeZone).toBe("UTC");
  });

  it("refuses infinite values, unknown periods and zones", () => {
    expectRefusal(() => seriesFrom([1, Infinity], { start: 0, period: "day" }), "invalid-value", "values[1]");
    for (const bad of ["2", 2n, null]) {
      expectRefusal(() => seriesFrom([1, bad as never], { start: 0, period: "day" }), "invalid-value", "values[1]");
    }
    for (const bad of [undefined, null, 5, "12", {}]) {
      expectRefusal(() => seriesFrom(bad as never, { start: 0, period: "day" }), "shape-mismatch", "values");
    }
    expectRefusal(
      () => seriesFrom([1], { start: 0, period: "fortnight" as never }),
      "invalid-option",
      "options.period",
    );
    expectRefusal(() => seriesFrom([1], { start: NaN, period: "day" }), "invalid-option", "options.start");
    expectRefusal(() => seriesFrom([1], { start: 0, period: "day", timeZone: "Mars" }), "invalid-option", "options.timeZone"); // prettier-ignore
  });
});
