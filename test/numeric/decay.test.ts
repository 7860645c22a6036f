import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decay } from "../../src/numeric/decay.ts";
import { exp } from "../../src/numeric/elementary.ts";
import { expectClose } from "../support/close-to.ts";

describe("decay", () => {
  it("is the exponential function below 0", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ min: 0, max: 700, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
        (x) => {
          expectClose(decay(x), exp(-x), { relative: 6e-16, because: "a series of 13 terms beside 1 ulp" });
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("has its limits", () => {
    expect([decay(0), decay(746), decay(Infinity), decay(NaN), decay(1e300)]).toEqual([1, 0, 0, NaN, 0]);
    expectClose(decay(744), exp(-744), { absolute: 5e-324, because: "the last bit of the smallest numbers" });
  });
});
