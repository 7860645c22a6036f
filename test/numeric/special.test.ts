import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { erf, erfc, erfcx, logErfc } from "../../src/numeric/error-function.ts";
import {
  deviance,
  digamma,
  logBeta,
  logGamma,
  logGamma1p,
  stirlingError,
  trigamma,
} from "../../src/numeric/special.ts";
import { expectClose } from "../support/close-to.ts";
import golden from "../oracles/special.golden.json" with { type: "json" };

// Values of mpmath with 50 digits or more, rounded once; made by test/oracles/special.py.
const functions = { logGamma, digamma, trigamma, erf, erfc, erfcx, logBeta } as const;
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
