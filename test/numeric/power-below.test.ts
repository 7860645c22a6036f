import { describe, expect, it } from "vitest";
import { powerBelow } from "../../src/numeric/power-below.ts";

describe("powerBelow", () => {
  it("is the power of 2 at or below a size, from the smallest number to the largest", () => {
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      expect(powerBelow(2 ** exponent)).toBe(2 ** exponent);
      if (exponent > -1074) expect(powerBelow(2 ** exponent * 1.5)).toBe(2 ** exponent);
    }
    expect(powerBelow(Number.MAX_VALUE)).toBe(2 ** 1023);
    expect(powerBelow(0)).toBe(0);
  });
});
