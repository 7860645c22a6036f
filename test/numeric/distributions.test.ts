import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as distributions from "../../src/numeric/distributions.ts";
import golden from "../oracles/special.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

const { beta, binomial, chiSquare, fisherF, gamma, kolmogorov, normal, poisson, studentT } = distributions;

type Row = [name: string, parameters: number[], x: number, cdf: number, sf: number, logCdf: number, logSf: number];
type Golden = keyof typeof distributions;

/** Values of mpmath with 50 digits or more, rounded once; made by test/oracles/special.py. */
const rows = golden.tails as Row[];

const lawOf = (name: string, parameters: number[]): distributions.Tails => {
  const law: distributions.Tails | ((...all: number[]) => distributions.Tails) = distributions[name as Golden];
  return typeof law === "function" ? law(...parameters) : law;
};

const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const shape = fc.double({ min: 0.1, max: 2000, noNaN: true });
const continuous = fc.oneof(
  fc.constant(normal),
  shape.map((df) => studentT(df)),
  shape.map((df) => chiSquare(df)),
  fc.tuple(shape, shape).map(([a, b]) => fisherF(a, b)),
  fc.tuple(shape, shape).map(([a, b]) => beta(a, b)),
  fc.tuple(shape, shape).map(([a, rate]) => gamma(a, rate)),
);

describe("the tails of distributions", () => {
  it("are asked at 300 points or more", () => {
    expect(rows.length).toBeGreaterThan(300);
    expect(new Set(rows.map(([name]) => name)).size).toBe(8);
    expect(rows.filter(([, , , cdf, sf]) => Math.min(cdf, sf) < 1e-100).length).toBeGreaterThan(30);
  });

  it.each(["normal", "gamma", "studentT", "fisherF", "beta", "poisson", "binomial", "kolmogorov"])(
    "%s agrees with mpmath down to 1e-300, and in logarithms beyond",
    (name) => {
      const own = rows.filter((row) => row[0] === name);
      expect(own.length).toBeGreaterThan(8);
      for (const [, parameters, x, cdf, sf, logCdf, logSf] of own) {
        const law = lawOf(name, parameters);
        const relative = name === "normal" ? 1e-13 : Math.max(x, ...parameters) > 1e4 ? 1e-10 : 1e-12;
        const because = `accuracy promised, ${name}(${parameters.join(", ")}) at ${x}`;
        const pairs = [[law.cdf(x), cdf, law.logCdf(x), logCdf], [law.sf(x), sf, law.logSf(x), logSf]] as const; // prettier-ignore
        for (const [tail, expected, logTail, logExpected] of pairs) {
          if (expected > 1e-300) expectClose(tail, expected, { relative, because });
          // The logarithm of a probability near 1 is as small as the other tail.
          expectClose(logTail, logExpected, { relative, absolute: Number.MIN_VALUE, because: `log, ${because}` });
        }
      }
    },
  );

  it("keep a two-sided p-value at z = 10 positive", () => {
    expectClose(2 * normal.sf(10), 1.523970604832094e-23, { relative: 1e-13, because: "mpmath: erfc(10 / √2)" });
    expectClose(normal.logSf(1e5), -5000000012.431865, { relative: 1e-15, because: "−x²/2 − log(x √2π)" });
    expect(chiSquare(3).sf(1500)).toBe(0);
    expect(chiSquare(3).logSf(1500)).toBeLessThan(-740);
  });

  it("lie at their limits outside the support", () => {
    for (const law of [chiSquare(2), fisherF(2, 3), beta(2, 3), poisson(2), binomial(3, 0.2), kolmogorov]) {
      expect([law.cdf(-1), law.sf(-1), law.cdf(Infinity), law.sf(Infinity)]).toEqual([0, 1, 1, 0]);
    }
    expect([studentT(3).cdf(-Infinity), studentT(3).sf(-Infinity), studentT(3).sf(Infinity)]).toEqual([0, 1, 0]);
    expect([normal.cdf(-Infinity), normal.sf(-Infinity), normal.sf(Infinity)]).toEqual([0, 1, 0]);
    expect([poisson(0).cdf(0), poisson(0).sf(0), binomial(4, 0).cdf(0), binomial(4, 1).sf(3)]).toEqual([1, 0, 1, 1]);
    expect(beta(2, 3).cdf(2)).toBe(1);
  });

  it("are NaN where a parameter or a point has no meaning, and never hang", () => {
    for (const bad of [NaN, -1, 0]) {
      const laws = [studentT(bad), chiSquare(bad), fisherF(bad, 2), fisherF(2, bad), beta(bad, 1), beta(1, bad)];
      for (const law of laws) {
        expect(law.cdf(0.5)).toBeNaN();
        expect(law.sf(0.5)).toBeNaN();
        expect(law.quantile(0.3)).toBeNaN();
      }
    }
    for (const law of [normal, studentT(2), chiSquare(2), fisherF(2, 3), beta(2, 3), kolmogorov, poisson(2)]) {
      expect(law.cdf(NaN)).toBeNaN();
      expect(law.sf(NaN)).toBeNaN();
    }
    expect([normal, chiSquare(2), beta(1, 2)].flatMap((law) => [law.quantile(-0.1), law.upperQuantile(1.1)])).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]); // prettier-ignore
  });

  it("complement each other and never fall as x grows", () => {
    const number = fc.double({ min: -5, max: 50, noNaN: true });
    fc.assert(
      fc.property(continuous, number, number, (law, x, y) => {
        const [low, high] = x < y ? [x, y] : [y, x];
        expectClose(law.cdf(x) + law.sf(x), 1, { absolute: 1e-12, because: "both are rounded" });
        expect(law.cdf(high)).toBeGreaterThanOrEqual(law.cdf(low) * (1 - 1e-11));
        expect(law.sf(high)).toBeLessThanOrEqual(law.sf(low) * (1 + 1e-11));
      }),
    );
  });

  it("are mirrored where the distribution is", () => {
    fc.assert(
      fc.property(shape, fc.double({ min: 1e-3, max: 1, noNaN: true }), shape, (a, x, b) => {
        expect(studentT(a).cdf(-x)).toBe(studentT(a).sf(x));
        expect(normal.cdf(-x)).toBe(normal.sf(x));
        // 1 / F with exchanged degrees of freedom.
        expectClose(fisherF(a, b).sf(1 / x), fisherF(b, a).cdf(x), { relative: 1e-11, because: "1 / x is rounded" }); // prettier-ignore
        const half = Math.round(x * 1024) / 1024;
        expectClose(beta(a, b).cdf(half), beta(b, a).sf(1 - half), { relative: 1e-11, because: "rounding" });
      }),
    );
  });

  it("know the families that contain each other", () => {
    fc.assert(
      fc.property(shape, fc.double({ min: 0.01, max: 30, noNaN: true }), (df, t) => {
        expectClose(2 * studentT(df).sf(t), fisherF(1, df).sf(t * t), { relative: 1e-11, because: "t² is F(1, df)" });
        expectClose(chiSquare(2).sf(t), Math.exp(-t / 2), { relative: 1e-13, because: "χ² of 2 is exponential" });
        expectClose(poisson(t).cdf(0), Math.exp(-t), { relative: 1e-13, because: "P(X = 0)" });
        expectClose(chiSquare(1).sf(t * t), 2 * normal.sf(t), { relative: 1e-11, because: "z² is χ²(1)" });
      }),
    );
    expect(studentT(Infinity)).toBe(normal);
  });
});

describe("quantiles", () => {
  it("undo the tails", () => {
    fc.assert(
      fc.property(continuous, probability, (law, p) => {
        const low = law.quantile(p);
        const high = law.upperQuantile(p);
        // Near 0 and 1 a quantile is rounded to a double whose tail may differ; then neighbors must enclose it.
        const within = (x: number, tail: (x: number) => number): void => {
          const width = 4e-15 * Math.abs(x) + 5e-324;
          const [a, b] = [tail(x - width), tail(x + width)];
          expect(Math.min(a, b)).toBeLessThanOrEqual(p * (1 + 1e-10));
          expect(Math.max(a, b)).toBeGreaterThanOrEqual(p * (1 - 1e-10));
        };
        within(low, law.cdf);
        within(high, law.sf);
      }),
      { numRuns: 300 },
    );
  });

  it("give the tabulated values", () => {
    // mpmath 1.2.1, 50 digits: roots of the tails.
    const relative = { relative: 1e-13, because: "13 digits" };
    expectClose(normal.quantile(0.975), 1.959963984540054, relative);
    expectClose(normal.upperQuantile(1e-300), 37.0470962993612, { relative: 1e-12, because: "printed digits" });
    expectClose(normal.quantile(0.5 + 1e-10), 2.506628481963474e-10, {
      relative: 1e-7,
      because: "0.5 + 1e-10 is rounded",
    });
    expectClose(studentT(10).quantile(0.975), 2.2281388519862735, relative);
    expectClose(studentT(1).upperQuantile(0.25), 1, relative);
    expectClose(chiSquare(1).upperQuantile(0.05), 3.841458820694124, relative);
    expectClose(fisherF(3, 10).upperQuantile(0.05), 3.7082648190468435, relative);
    expectClose(beta(2, 3).quantile(0.5), 0.38572756813238955, relative);
    // P(X ≤ x) ≈ x^0.01 / Γ(1.01): (0.025 · Γ(1.01))^100.
    expectClose(gamma(0.01).quantile(0.025), 3.52268599731371e-161, { relative: 1e-12, because: "printed digits" });
    expectClose(gamma(1).quantile(0.5), Math.LN2, relative);
    expect([normal.quantile(0), normal.quantile(1), normal.quantile(0.5)]).toEqual([-Infinity, Infinity, 0]);
    expect([chiSquare(3).quantile(0), chiSquare(3).quantile(1), beta(1, 2).upperQuantile(0)]).toEqual([0, Infinity, 1]);
    expect([studentT(3).quantile(0), studentT(3).quantile(0.5), studentT(3).upperQuantile(0)]).toEqual([-Infinity, 0, Infinity]); // prettier-ignore
  });
});
