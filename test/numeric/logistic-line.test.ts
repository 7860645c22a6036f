import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logisticLine, probabilityOf } from "../../src/numeric/logistic-line.ts";
import { expectClose } from "../support/close-to.ts";

describe("logisticLine", () => {
  it("is the line that SciPy finds for Platt's targets", () => {
    // SciPy: minimize(lambda b: np.sum(np.logaddexp(0, b[0]+b[1]*x) - t*(b[0]+b[1]*x)), [0, 0], tol=1e-14), with t = 5/6 where
    // y is 1 and 1/6 where it is 0, for four of each.
    const { intercept, slope, converged } = logisticLine(
      Float64Array.of(-2, -1, -0.5, 0, 0.5, 1, 2, 3),
      Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1),
    );
    expect(converged).toBe(true);
    expectClose(intercept, -0.20457276, { relative: 1e-6, because: "SciPy stops there" });
    expectClose(slope, 0.573092447, { relative: 1e-6, because: "SciPy stops there" });
  });

  it("stays finite where a value tells the outcomes apart without error", () => {
    const { intercept, slope, converged } = logisticLine(Float64Array.of(-1, -1, 1, 1), Uint8Array.of(0, 0, 1, 1));
    expect(converged).toBe(true);
    // By symmetry the line goes through 0 and meets the targets 3/4 and 1/4: slope ln 3.
    expectClose(intercept, 0, { absolute: 1e-9, because: "Newton's steps end at 1e-10" });
    expectClose(slope, Math.log(3), { relative: 1e-9, because: "Newton's steps end at 1e-10" });
  });

  it("has slope 1 and the odds of the targets where all values are equal", () => {
    const line = logisticLine(Float64Array.of(2, 2, 2), Uint8Array.of(1, 1, 0));
    expect(line).toMatchObject({ slope: 1, iterations: 0, converged: true });
    expectClose(line.intercept + 2, Math.log(3 / 2), { relative: 1e-15, because: "one logarithm" });
  });

  it("makes the mean probability that of the targets, whatever the values", () => {
    const points = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 1 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(points, (drawn) => {
        const all: [number, number][] = [...drawn, [0, 0], [1, 1]];
        const values = Float64Array.from(all, ([x]) => x / 4);
        const outcome = Uint8Array.from(all, ([, y]) => y);
        const { intercept, slope, converged } = logisticLine(values, outcome);
        expect(converged).toBe(true);
        const positives = outcome.reduce((sum, one) => sum + one, 0);
        const negatives = outcome.length - positives;
        const targets = (positives * (positives + 1)) / (positives + 2) + negatives / (negatives + 2);
        const predicted = values.reduce((sum, x) => sum + probabilityOf(intercept + slope * x), 0);
        expectClose(predicted, targets, { relative: 1e-6, because: "the gradient is 0 at the optimum" });
      }),
      { numRuns: 100 },
    );
  });
});

describe("probabilityOf", () => {
  it("is a half at 0, symmetric, and 0 or 1 far out without overflow", () => {
    expect([probabilityOf(0), probabilityOf(1e4), probabilityOf(-1e4)]).toEqual([0.5, 1, 0]);
    expectClose(probabilityOf(3) + probabilityOf(-3), 1, {
      absolute: 5e-16,
      because: "two divisions round, at one half by an ulp each",
    });
    expectClose(probabilityOf(-700), Math.exp(-700), { relative: 1e-13, because: "exp is within an ulp" });
  });
});
