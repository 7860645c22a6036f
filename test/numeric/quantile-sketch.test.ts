import { mergeAll, run } from "clientele/core";
import { quantileSketch, type QuantileSketchState } from "clientele/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -1000, max: 1000 }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(0, -0, 1, -1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022),
);

const shares = [0, 0.01, 0.1, 0.25, 0.29, 0.5, 0.75, 0.9, 0.99, 1];

accumulatorLaws("quantileSketch", {
  accumulator: quantileSketch({ shares, relativeAccuracy: 0.1, maxBins: 10_000 }),
  arbitraryInput: anyValue,
  equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
});

accumulatorLaws("quantileSketch with few bins", {
  accumulator: quantileSketch({ shares, relativeAccuracy: 0.1, maxBins: 16 }),
  arbitraryInput: anyValue,
  equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
});

/** The value at position ⌊p (n − 1)⌋, in thousandths so that no rounding of the share matters. */
function exact(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor((Math.round(share * 1000) * (sorted.length - 1)) / 1000)];
}

describe("quantileSketch", () => {
  it("is within its accuracy of every exact quantile, whatever the values", () => {
    // 1e-9: the rounding of a logarithm may put a value on the other side of a bin's bound.
    const sizes = fc.double({ noNaN: true, min: 2.3e-308, max: 1.7e308 });
    const value = fc.oneof(sizes, sizes.map((size) => -size), fc.constant(0)); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.001, 0.01, 0.1, 0.5),
        (values, relativeAccuracy) => {
          const sketch = run(quantileSketch({ shares, relativeAccuracy, maxBins: 1_000_000 }), values);
          shares.forEach((share, i) => {
            const wanted = exact(values, share);
            const room = Math.abs(wanted) * relativeAccuracy * (1 + 1e-9);
            expect(Math.abs(sketch.quantiles[i]! - wanted)).toBeLessThanOrEqual(room);
          });
          expect(sketch.collapsed).toBe(0);
        },
      ),
    );
  });

  it("reaches its accuracy and no more: the bound is tight near the ends of a bin", () => {
    // Bins of accuracy 1/3 end at powers of 2; the estimate of (1, 2] is 4/3.
    const sketch = quantileSketch({ shares: [0.5], relativeAccuracy: 1 / 3 });
    expectClose(run(sketch, [0.1, 1.99, 9]).quantiles as number[], 4 / 3, { relative: 1e-14, because: "exp of a logarithm" }); // prettier-ignore
    expectClose(run(sketch, [0.1, 1.01, 9]).quantiles as number[], 4 / 3, { relative: 1e-14, because: "exp of a logarithm" }); // prettier-ignore
    expectClose(run(sketch, [-0.1, -1.99, -9]).quantiles as number[], -4 / 3, { relative: 1e-14, because: "exp of a logarithm" }); // prettier-ignore
  });

  it("gives the ends and zeros exactly", () => {
    const sketch = run(quantileSketch({ shares: [0, 0.5, 1] }), [-7.77, 0, 0, -0, 5e-324, 3.21]);
    expect(sketch).toEqual({ count: 6, min: -7.77, max: 3.21, quantiles: [-7.77, 0, 3.21], collapsed: 0 });
  });

  it("says null, not NaN, of no input, and the value itself of one", () => {
    const sketch = quantileSketch({ shares: [0.1, 0.9] });
    expect(run(sketch, [])).toEqual({ count: 0, min: null, max: null, quantiles: [null, null], collapsed: 0 });
    expect(run(sketch, [123.456]).quantiles).toEqual([123.456, 123.456]);
  });

  it("stays inside the values where all are equal", () => {
    expect(run(quantileSketch(), new Array(9).fill(0.3)).quantiles).toEqual([0.3, 0.3, 0.3, 0.3, 0.3]);
  });

  it("collapses the values nearest 0 when bins run out, counts them, and keeps the accuracy of the others", () => {
    // Accuracy 1/3: a bin per factor of 2, so 16 bins reach from 2^20 down to 2^5.
    const sketch = quantileSketch({ shares: [0.25, 0.75], relativeAccuracy: 1 / 3, maxBins: 16 });
    const values = Array.from({ length: 21 }, (_, i) => 1.5 * 2 ** (i - 1));
    const whole = run(sketch, values);
    expect(whole.collapsed).toBe(5);
    expectClose(whole.quantiles[1]!, exact(values, 0.75), { relative: 1 / 3, because: "the stated accuracy" });
    for (const cut of [1, 5, 6, 16, 20]) {
      const parts = [values.slice(cut), values.slice(0, cut)];
      const states = parts.map((part) => part.reduce(sketch.add.bind(sketch), sketch.init()));
      expect(sketch.finish(mergeAll(sketch, states))).toEqual(whole);
    }
    expect(run(sketch, values.toReversed())).toEqual(whole);
  });

  it("keeps a bounded state for any range of values", () => {
    const sketch = quantileSketch({ maxBins: 100 });
    let state = sketch.init();
    for (let i = -1000; i < 1000; i++) state = sketch.add(state, (i % 2 === 0 ? 1 : -1) * 2 ** i);
    expect(state.positive.counts.length).toBeLessThanOrEqual(100);
    expect(state.negative.counts.length).toBeLessThanOrEqual(100);
    expect(sketch.finish(state).count).toBe(2000);
  });

  it("takes a million values", () => {
    const sketch = quantileSketch({ shares: [0.5, 0.99] });
    let state = sketch.init();
    for (let i = 0; i < 1_000_000; i++) state = sketch.add(state, (i * 7919) % 1_000_003);
    const { quantiles } = sketch.finish(state);
    expectClose(quantiles as number[], [500_000, 990_000], { relative: 0.0101, because: "the stated accuracy" });
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
  });

  it("refuses inputs that are not finite numbers, and states of another accuracy", () => {
    const sketch = quantileSketch();
    for (const wrong of [NaN, Infinity, -Infinity, "1", 1n, null, undefined]) {
      expectRefusal(() => sketch.add(sketch.init(), wrong as number), "invalid-value", "input");
    }
    const other = quantileSketch({ relativeAccuracy: 0.02 });
    expectRefusal(() => sketch.merge(sketch.init(), other.init()), "incompatible-model", "state");
    expectRefusal(() => sketch.add(quantileSketch({ maxBins: 99 }).init(), 1), "incompatible-model", "state");
    expectRefusal(() => sketch.finish({} as QuantileSketchState), "incompatible-model", "state");
    expectRefusal(() => sketch.finish(null as never), "incompatible-model", "state");
  });
});

describeWithData("quantileSketch on the prices of an online shop", ["online_retail"], () => {
  it("is within 1 % of the exact quantiles of every unit price", () => {
    const values = readDataRows("online_retail/online_retail.csv.gz").map((row) => Number(row["UnitPrice"]));
    const sketch = run(quantileSketch({ shares }), values);
    expect(values).toHaveLength(541_909);
    expectClose(sketch.quantiles as number[], shares.map((share) => exact(values, share)), {
      relative: 0.01 * (1 + 1e-9),
      because: "the stated accuracy",
    }); // prettier-ignore
  });
});
