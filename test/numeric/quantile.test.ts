import { readFileSync } from "node:fs";
import fc from "fast-check";
import { median, quantile, quantiles } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import { quantileOfSorted } from "../../src/numeric/quantile.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

interface Golden {
  readonly shares: number[];
  readonly samples: Readonly<Record<string, { readonly values: number[]; readonly quantiles: number[] }>>;
}

// NumPy 1.24.2's default quantiles; made by test/oracles/quantile.py.
const golden = JSON.parse(readFileSync(new URL("../oracles/quantile.golden.json", import.meta.url), "utf8")) as Golden;

describe("quantile", () => {
  it.each(Object.entries(golden.samples))("is NumPy's on a sample of the kind: %s", (_, sample) => {
    const because = "NumPy interpolates by another formula: two roundings";
    expectClose(quantiles(sample.values, golden.shares), sample.quantiles, {
      relative: 4e-16,
      absolute: 1e-15,
      because,
    });
    golden.shares.forEach((p, i) => {
      expectClose(quantile(sample.values, p), sample.quantiles[i], { relative: 4e-16, absolute: 1e-15, because });
    });
  });

  it("is R's on 1…10", () => {
    // R 4.2: quantile(1:10, c(0, .1, .25, .5, .75, .95, 1)).
    expect(quantiles([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], [0, 0.1, 0.25, 0.5, 0.75, 0.95, 1])).toEqual(
      [1, 1.9, 3.25, 5.5, 7.75, 9.55, 10].map((x) => expect.closeTo(x, 13) as number),
    );
  });

  it("is a value itself wherever the share falls on one, whatever the share's rounding", () => {
    // (n - 1)·p is 28.999999999999996 for p = 0.29 and n = 101.
    const values = Array.from({ length: 101 }, (_, i) => Math.sqrt(i + 0.123));
    for (let i = 0; i <= 100; i++) expect(quantile(values, i / 100)).toBe(values[i]);
  });

  it("is the value of ties and constants to the bit", () => {
    expect(quantiles([0.1, 0.1, 0.1], [0.1, 1 / 3, 0.77])).toEqual([0.1, 0.1, 0.1]);
  });

  it("does not overflow between the ends of the doubles", () => {
    expect(quantile([-1.7e308, 1.7e308], 0.5)).toBe(0);
  });

  it("sorts by number, leaves its input alone and takes typed arrays", () => {
    const values = [10, 9, 1];
    expect(median(values)).toBe(9);
    expect(values).toEqual([10, 9, 1]);
    const typed = Float64Array.of(3, -0, -5);
    expect(median(typed)).toBe(-0);
    expect([...typed]).toEqual([3, -0, -5]);
  });

  it("never decreases in its share and stays within the values", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), share, share, (values, p, q) => {
        const [low, high] = quantiles(values, [Math.min(p, q), Math.max(p, q)]);
        const sorted = Float64Array.from(values).sort();
        expect(low).toBeGreaterThanOrEqual(sorted[0]);
        expect(high).toBeLessThanOrEqual(sorted.at(-1)!);
        // Two roundings of a weighted mean may cross by an ulp between the same two values.
        expect(high - low).toBeGreaterThanOrEqual(-Math.abs(low) * 4e-16);
      }),
    );
  });

  it("takes sorted values as they are", () => {
    expect(quantileOfSorted([1, 2, 4], 0.75)).toBe(3);
  });

  it("takes a million values", () => {
    const values = Float64Array.from({ length: 1_000_001 }, (_, i) => (i * 7919) % 1_000_001);
    expect(quantiles(values, [0.5, 0.9])).toEqual([500_000, 900_000]);
  });

  it("refuses no values, values that are not finite, and shares outside [0, 1]", () => {
    expectRefusal(() => median([]), "too-few-rows", "values");
    expectRefusal(() => quantile([1, NaN], 0.5), "invalid-value", "values[1]");
    expectRefusal(() => quantiles([-Infinity], [0.5]), "invalid-value", "values[0]");
    for (const p of [-0.1, 1.1, NaN, "0.5" as unknown as number]) {
      expectRefusal(() => quantile([1], p), "invalid-value", "p");
      expectRefusal(() => quantiles([1], [0, p]), "invalid-value", "shares[1]");
    }
  });
});

describe("the doors of quantiles", () => {
  it("refuse what is no list", () => {
    for (const wrong of [null, undefined, 3, "12", {}, new DataView(new ArrayBuffer(8))]) {
      expectRefusal(() => quantile(wrong as never, 0.5), "shape-mismatch", "values");
      expectRefusal(() => median(wrong as never), "shape-mismatch", "values");
      expectRefusal(() => quantiles([1], wrong as never), "shape-mismatch", "shares");
    }
  });
});
