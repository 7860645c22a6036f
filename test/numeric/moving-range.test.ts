import { describe, expect, it } from "vitest";
import { movingRanges, sigmaOfRanges } from "../../src/numeric/moving-range.ts";

describe("movingRanges", () => {
  it("gives the distances of neighbors, none beside a gap", () => {
    expect(movingRanges(Float64Array.of(1, 4, NaN, 2, 0))).toEqual(Float64Array.of(NaN, 3, NaN, NaN, 2));
    expect(movingRanges(new Float64Array(0))).toHaveLength(0);
  });
});

describe("sigmaOfRanges", () => {
  // NIST/SEMATECH e-Handbook, section 6.3.2.2: the mean moving range of these is 1.8778, d2 = 1.128.
  it("is the mean distance of neighbors over d2", () => {
    const flow = Float64Array.of(49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1);
    expect(sigmaOfRanges(flow)).toBeCloseTo(1.8777777777777784 / 1.1283791670955126, 12);
    expect(sigmaOfRanges(Float64Array.of(5, 5))).toBe(0);
  });
});
