import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exp, expm1, log, log1p, pow } from "../../src/numeric/elementary.ts";

// Exactly rounded values; made by test/oracles/elementary.py with mpmath 1.2.1.
const golden = JSON.parse(
  readFileSync(new URL("../oracles/elementary.golden.json", import.meta.url), "utf8"),
) as Readonly<Record<"exp" | "expm1" | "log" | "log1p" | "pow", number[][]>>;

const functions = { exp, expm1, log, log1p, pow } as const;

/** Distance in units of the last place of the expected value; the smallest subnormal near 0. */
function ulps(actual: number, expected: number): number {
  if (actual === expected) return 0;
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(expected))));
  return Math.abs(actual - expected) / 2 ** (exponent - 52);
}

describe("the elementary functions", () => {
  // msun promises errors below 1 ulp (0.70 for pow); a rounded reference adds half, so whole numbers up to 1 are seen.
  it.each(["exp", "expm1", "log", "log1p", "pow"] as const)("%s stays within one ulp of mpmath", (name) => {
    const f: (...args: number[]) => number = functions[name];
    const errors = golden[name].map((row) => ulps(f(...row.slice(0, -1)), row.at(-1)!));
    expect(errors.length).toBeGreaterThan(350);
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
    // Most values are the nearest double; a wrong coefficient would shift them by one all over.
    expect(errors.filter((error) => error === 0).length / errors.length).toBeGreaterThan(0.8);
  });

  it("keep the edges of IEEE 754", () => {
    expect([exp(-Infinity), exp(-746), exp(0), exp(710), exp(Infinity), exp(NaN)]).toEqual([0, 0, 1, Infinity, Infinity, NaN]); // prettier-ignore
    expect([log(0), log(-0), log(1), log(Infinity), log(-1), log(NaN)]).toEqual([-Infinity, -Infinity, 0, Infinity, NaN, NaN]); // prettier-ignore
    expect([log1p(-1), log1p(0), log1p(-0), log1p(-2), log1p(NaN)]).toEqual([-Infinity, 0, -0, NaN, NaN]);
    expect([expm1(-Infinity), expm1(0), expm1(-0), expm1(710), expm1(NaN)]).toEqual([-1, 0, -0, Infinity, NaN]);
    expect([pow(0, 0), pow(0, -1), pow(-8, 1 / 3), pow(2, 1024), pow(2, -1075)]).toEqual([1, Infinity, NaN, Infinity, 0]); // prettier-ignore
    expect([pow(2, 10), pow(-2, 3), pow(4, 0.5), pow(10, 22)]).toEqual([1024, -8, 2, 1e22]);
  });

  it("give the bits that every engine gives", () => {
    const results: number[] = [];
    // A Weyl sequence of exact doubles: no generator that could itself differ.
    for (let i = 1, u = 0; i <= 20_000; i++) {
      u = (u + 0x9e3779b9) % 2 ** 32;
      const x = u / 2 ** 32;
      results.push(exp(60 * x - 30), expm1(4 * x - 2), log(x + 2 ** -40), log1p(8 * x - 0.9), pow(x * 5 + 0.01, 20 * x - 10)); // prettier-ignore
    }
    const hash = createHash("sha256")
      .update(new Uint8Array(Float64Array.from(results).buffer))
      .digest("hex");
    expect(hash).toBe("c3e563e5b8796db83c0a3ad9cf60867446d963a1a595243be494fddd25f75ec0");
  });
});
