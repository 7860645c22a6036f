import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { erf, erfc, erfcx, logErfc } from "../../src/numeric/error-function.ts";
import {
  deviance,
  digamma,
  digammaRise,
  logBeta,
  logGamma,
  logGamma1p,
  logGammaRise,
  stirlingError,
  trigamma,
} from "../../src/numeric/special.ts";
import { expectClose } from "../support/close-to.ts";
import golden from "../oracles/special.golden.json" with { type: "json" };

// Values of mpmath with 50 digits or more, rounded once; made by test/oracles/special.py.
const functions = { logGamma, digamma, trigamma, erf, erfc, erfcx, logBeta } as const;
const rises: readonly (readonly [number, number, number, number])[] = [
  [0.01, 1.5, 100.60668224743058, -4.7198506133759865],
  [0.5, 3, 3.066666666666667, 0.6286086594223741],
  [2.5, 100, 3.9218201774415893, 370.38107412328566],
  [9.9, 0.25, 0.026224201907775028, 0.5635874184441418],
  [10, 1, 0.1, 2.302585092994046],
  [12.5, 3.5, 0.2558176770525483, 9.164923871904445],
  [10000.0, 0.5, 5.0001249999998436e-5, 4.605157685988097],
  [100000000.0, 2, 1.9999999900000002e-8, 36.84136149790473],
  [100000000.0, 100000.0, 0.0009995003380785382, 1842118.057237148],
  [1000000000000.0, 7, 6.999999999979e-12, 193.41714781152083],
  [3000000000000000.0, 0.46, 1.5333333333333334e-16, 16.393198794446246],
];
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe("the special functions", () => {
  it.each(Object.keys(functions) as (keyof typeof functions)[])("%s keeps 13 digits of mpmath", (name) => {
    const f: (...args: number[]) => number = functions[name];
    const rows: number[][] = golden[name];
    expect(rows.length).toBeGreaterThan(12);
    for (const row of rows) {
      const expected = row.at(-1)!;
      expectClose(f(...row.slice(0, -1)), expected, {
        relative: 1e-13,
        absolute: 5e-324,
        because: `rounding of a few terms, at ${row.slice(0, -1).join(", ")}`,
      });
    }
  });

  it("keep their limits", () => {
    expect([logGamma(0), logGamma(1), logGamma(2), logGamma(Infinity), logGamma(-1), logGamma(NaN)]).toEqual([Infinity, 0, 0, Infinity, NaN, NaN]); // prettier-ignore
    expect([erf(0), erf(-0), erf(Infinity), erf(-Infinity), erf(NaN)]).toEqual([0, -0, 1, -1, NaN]);
    expect([erfc(0), erfc(28), erfc(Infinity), erfc(-Infinity), erfc(NaN)]).toEqual([1, 0, 0, 2, NaN]);
    expect([erfcx(Infinity), digamma(0), digamma(-1), trigamma(-1)]).toEqual([0, -Infinity, NaN, NaN]);
    expect([digamma(Infinity), trigamma(0), trigamma(Infinity)]).toEqual([Infinity, Infinity, 0]);
  });

  it("rise by what mpmath says, also where the difference of two values has no digits left", () => {
    // mpmath 1.2.1 with 50 digits: digamma(x + step) - digamma(x) and loggamma(x + step) - loggamma(x).
    for (const [x, step, digammas, logGammas] of rises) {
      expectClose(digammaRise(x, step), digammas, { relative: 1e-13, because: `rounding, at ${x}, ${step}` });
      expectClose(logGammaRise(x, step), logGammas, { relative: 1e-12, because: `rounding, at ${x}, ${step}` });
    }
    expect([digammaRise(3, 0), digammaRise(1e9, 0), logGammaRise(3, 0)]).toEqual([0, 0, 0]);
  });

  it("obey their recurrences", () => {
    fc.assert(
      fc.property(positive, (x) => {
        const scale = Math.abs(logGamma(x)) + Math.abs(Math.log(x));
        expectClose(logGamma(x + 1), logGamma(x) + Math.log(x), {
          absolute: 1e-14 * scale + 1e-15,
          because: "rounding",
        });
        expectClose(digamma(x + 1), digamma(x) + 1 / x, { absolute: 1e-14 * (1 / x + 20), because: "rounding" });
        expectClose(trigamma(x + 1) + 1 / (x * x), trigamma(x), { relative: 1e-14, because: "rounding" });
        expectClose(logGamma1p(x), logGamma(1 + x), {
          absolute: 1e-9 * x + 1e-14 * scale,
          because: "1 + x is rounded",
        });
      }),
    );
  });

  it("are symmetric where they should be", () => {
    fc.assert(
      fc.property(positive, positive, (x, y) => {
        expect(logBeta(x, y)).toBe(logBeta(y, x));
        expect(erf(-x)).toBe(-erf(x));
        expectClose(erf(x) + erfc(x), 1, { relative: 1e-15, because: "two roundings" });
      }),
    );
  });

  it("give the logarithm of erfc where erfc itself is 0", () => {
    // erfc(x) ≈ e^(−x²) / (x √π) · (1 − 1 / 2x²) at x = 100.
    expectClose(logErfc(100), -10000 - Math.log(100 * Math.sqrt(Math.PI)) - 1 / 20000, { absolute: 1e-8, because: "the next term is 6e-9" }); // prettier-ignore
    expectClose(logErfc(-3), Math.log(erfc(-3)), { relative: 1e-14, because: "rounding" });
  });

  it("make Stirling's formula exact, and the deviance exact near 1", () => {
    for (const x of [0.003, 0.7, 1, 4.2, 10, 1e5]) {
      const formula = (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI);
      expectClose(formula + stirlingError(x), logGamma(x), { absolute: 1e-14 * (1 + x * Math.log(x + 2)), because: "size of the terms" }); // prettier-ignore
    }
    // u²/2 − u³/3 + u⁴/4 − … by hand.
    expectClose(deviance(1 + 1e-8, 1e-8), 5e-17 - 1e-24 / 3, { relative: 1e-15, because: "two terms suffice" });
    for (const u of [-0.9, -0.5, -0.3, 0.2, 0.99, 1, 1.01, 5]) {
      expectClose(deviance(1 + u, u), u - Math.log1p(u), { relative: 1e-14, because: "rounding of the difference" });
    }
  });
});
