import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatColumn, formatNumber, formatShare, percentOf } from "../../src/core/numbers.ts";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [7, "7"],
    [1234567, "1,234,567"],
    [-1000, "-1,000"],
    [999999999999999, "999,999,999,999,999"],
    [1e15, "1e15"],
    [-2.5e300, "-2.5e300"],
    [0.123456, "0.1235"],
    [0.5, "0.5"],
    [12.3456, "12.35"],
    [-123.456, "-123.5"],
    [1234.56, "1,235"],
    [-1999.9, "-2,000"],
    [0.00012345, "0.0001234"],
    [0.0000123, "1.2e-5"],
    [-1.2e-7, "-1.2e-7"],
    [NaN, "–"],
    [null, "–"],
    [Infinity, "∞"],
    [-Infinity, "-∞"],
  ])("writes %s as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("writes every finite number with four digits that are right", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e14, max: 1e14 }), (value) => {
        const back = Number(formatNumber(value).replaceAll(",", ""));
        // Half a unit of the fourth digit, or of the second where an exponent is shown.
        const allowed = Math.abs(value) < 1e-4 ? 0.05 : 0.0005;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(allowed * Math.abs(value) * (1 + 1e-9));
      }),
    );
  });
});

describe("formatColumn", () => {
  it("gives all numbers of a column the same decimals, as many as they need", () => {
    expect(formatColumn([1, 2.5, 3])).toEqual(["1.0", "2.5", "3.0"]);
    expect(formatColumn([1, 20, 3000])).toEqual(["1", "20", "3,000"]);
    expect(formatColumn([0.12345678, 0.5])).toEqual(["0.1235", "0.5000"]);
    expect(formatColumn([123456.78, 0.25])).toEqual(["123,457", "0.25"]);
  });

  it("shows missing cells as a dash and does not let them decide", () => {
    expect(formatColumn([null, 2, NaN, Infinity])).toEqual(["–", "2", "–", "∞"]);
    expect(formatColumn([])).toEqual([]);
  });

  it("never shows a number that is there as zero", () => {
    expect(formatColumn([5000.5, 0.0001, 0, -0])).toEqual(["5,000.50", "0.0001", "0.00", "0.00"]);
    expect(formatColumn([1, -0.0000001])).toEqual(["1.000", "-1e-7"]);
  });
});

describe("formatShare and percentOf", () => {
  it("say percent", () => {
    expect([0, 0.0004, 0.0005, 0.1234, 1, NaN].map(formatShare)).toEqual([
      "0.0 %",
      "<0.1 %",
      "0.1 %",
      "12.3 %",
      "100.0 %",
      "–",
    ]);
    expect([0, 0.12345, 1].map(percentOf)).toEqual([0, 12.35, 100]);
  });
});
