import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hessianOf, inverseOfHessian } from "../../src/numeric/curvature.ts";
import { minimize, type Objective } from "../../src/numeric/minimize.ts";
import { expectClose } from "../support/close-to.ts";

/** Rosenbrock's valley: minimum 0 at (1, 1). */
const valley: Objective = (point, gradient) => {
  const [x, y] = point;
  const rise = y - x * x;
  gradient[0] = -400 * x * rise - 2 * (1 - x);
  gradient[1] = 200 * rise;
  return 100 * rise * rise + (1 - x) * (1 - x);
};

/** Falls for ever to 2 as x grows; least at y = 3. */
const slide: Objective = (point, gradient) => {
  const tail = Math.exp(-point[0]);
  gradient[0] = -tail;
  gradient[1] = 2 * (point[1] - 3);
  return 2 + tail + (point[1] - 3) * (point[1] - 3);
};

describe("minimize", () => {
  it("finds the bottom of a bent valley", () => {
    const { point, value, gradientNorm, converged, iterations } = minimize(valley, [[-1.2, 1]]);
    expect(converged).toBe(true);
    expect(gradientNorm).toBeLessThan(1e-9);
    expect(iterations).toBeLessThan(60);
    for (const x of point) expectClose(x, 1, { absolute: 1e-8, because: "curvature 0.4 along the valley" });
    expectClose(value, 0, { absolute: 1e-16, because: "the gradient is below 1e-9" });
  });

  it("takes Newton's steps where second derivatives are known and positive definite, others elsewhere", () => {
    const bends = (at: Float64Array): number[][] | null => {
      const [x, y] = at;
      return inverseOfHessian("test", [[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]]); // prettier-ignore
    };
    // From (0, 1) the valley bends downward along x: no step of Newton's there.
    expect(bends(Float64Array.of(0, 1))).toBe(null);
    for (const start of [
      [-1.2, 1],
      [0, 1],
    ]) {
      // prettier-ignore
      const { point, converged, iterations, gradientNorm } = minimize(valley, [start], { newton: bends });
      expect(converged).toBe(true);
      expect(gradientNorm).toBeLessThan(1e-9);
      expect(iterations).toBeLessThan(minimize(valley, [start]).iterations);
      expectClose(Array.from(point), [1, 1], { absolute: 1e-8, because: "the gradient is below 1e-9" });
    }
  });

  it("does without Newton's steps that lead nowhere", () => {
    const wrong = minimize(valley, [[-1.2, 1]], { newton: () => [[-1, 0], [0, -1]] }); // prettier-ignore
    expect(wrong.converged).toBe(true);
    expectClose(Array.from(wrong.point), [1, 1], { absolute: 1e-8, because: "the gradient is below 1e-9" });
  });

  it("solves any well-posed quadratic, to the tolerance of the gradient", () => {
    const numbers = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, numbers), { minLength: 1, maxLength: 6 }), (drawn) => {
        const quadratic: Objective = (point, gradient) => {
          let value = 0;
          const total = point.reduce((sum, x) => sum + x, 0);
          drawn.forEach(([center, logSize], i) => {
            const size = Math.exp(logSize);
            value += (size * (point[i] - center) ** 2 + total * total) / 2;
            gradient[i] = size * (point[i] - center) + drawn.length * total;
          });
          return value;
        };
        const found = minimize(quadratic, [drawn.map(() => 0)]);
        const gradient = new Float64Array(drawn.length);
        quadratic(found.point, gradient);
        expect(found.converged).toBe(true);
        // Rounding of terms of size 1e3 may keep it above 1e-9.
        expect(Math.hypot(...gradient)).toBeLessThan(1e-6);
      }),
    );
  });

  it("says at which edge of the box a coordinate ran away, and still finds the others", () => {
    const { point, converged, gradientNorm } = minimize(slide, [[0, 0]], { bound: 10 });
    expect(point[0]).toBe(10);
    expectClose(point[1], 3, { absolute: 1e-9, because: "tolerance of the gradient" });
    expect(converged).toBe(true);
    expect(gradientNorm).toBeLessThan(1e-9);
  });

  it("comes back from an edge to which a first step led too far", () => {
    const bowl: Objective = (point, gradient) => {
      gradient[0] = Math.tanh(point[0] - 1);
      gradient[1] = 2 * point[1];
      return Math.log(Math.cosh(point[0] - 1)) + point[1] * point[1];
    };
    const { point, converged } = minimize(bowl, [[-4, 4]], { bound: 4 });
    expect(converged).toBe(true);
    expectClose(point[0], 1, { absolute: 1e-8, because: "tolerance of the gradient" });
  });

  it("takes the lowest of several starts, and the first of equals", () => {
    const twoWells: Objective = (point, gradient) => {
      const [x] = point;
      gradient[0] = 4 * x * (x * x - 1) + 0.1;
      return (x * x - 1) * (x * x - 1) + 0.1 * x;
    };
    const [left, right] = [[-2], [2]].map((start) => minimize(twoWells, [start]));
    expect(right.point[0]).toBeGreaterThan(0);
    expect(minimize(twoWells, [[2], [-2]])).toEqual(left);
    expect(minimize(twoWells, [[2], [-2]]).value).toBeLessThan(right.value);
  });

  it("steps back from where the function is not defined", () => {
    const logarithm: Objective = (point, gradient) => {
      gradient[0] = 1 - 1 / point[0];
      return point[0] - Math.log(point[0]);
    };
    const { point, converged } = minimize(logarithm, [[0.001]]);
    expect(converged).toBe(true);
    expectClose(point[0], 1, { absolute: 1e-8, because: "tolerance of the gradient" });
  });

  it("reports where it could not converge instead of looping", () => {
    expect(minimize(valley, [[-1.2, 1]], { maxIterations: 3 })).toMatchObject({ iterations: 3, converged: false });
    const nowhere: Objective = () => NaN;
    expect(minimize(nowhere, [[1], [2]])).toMatchObject({ point: Float64Array.of(1), iterations: 0, converged: false });
    const endless: Objective = (point, gradient) => {
      gradient[0] = 1;
      return point[0];
    };
    expect(minimize(endless, [[0]]).converged).toBe(false);
    const kink: Objective = (point, gradient) => {
      gradient[0] = point[0] < 0.3 ? -1 : 2;
      return point[0] < 0.3 ? 0.3 - point[0] : 2 * (point[0] - 0.3);
    };
    expect(minimize(kink, [[0]]).converged).toBe(false);
  });

  it("prefers a search that converged over a lower one that did not", () => {
    const half: Objective = (point, gradient) => {
      const [x] = point;
      gradient[0] = x < 0 ? -1 : 2 * (x - 1);
      return x < 0 ? 1 - 1000 - x : (x - 1) * (x - 1);
    };
    expect(minimize(half, [[-5], [3]]).point[0]).toBeCloseTo(1, 8);
  });

  it("leaves the starts as they were", () => {
    const start = Float64Array.of(-1.2, 1);
    minimize(valley, [start]);
    expect(start).toEqual(Float64Array.of(-1.2, 1));
  });
});

describe("hessianOf and inverseOfHessian", () => {
  it("find the second derivatives and their inverse", () => {
    // Rosenbrock at (1, 1): [[802, −400], [−400, 200]], determinant 400.
    const hessian = hessianOf(valley, Float64Array.of(1, 1));
    const inverse = inverseOfHessian("test", hessian);
    [[802, -400], [-400, 200]].forEach((row, i) => {
      row.forEach((cell, j) => {
        expectClose(hessian[i][j], cell, { relative: 1e-8, because: "central differences" });
      });
    }); // prettier-ignore
    [[0.5, 1], [1, 2.005]].forEach((row, i) => {
      row.forEach((cell, j) => {
        expectClose(inverse?.[i][j] ?? NaN, cell, { relative: 1e-5, because: "condition 2500 of differences" });
      });
    }); // prettier-ignore
  });

  it("know no inverse where a direction is flat, falls, or is not a number", () => {
    expect(inverseOfHessian("test", [[1, 0], [0, 0]])).toBe(null); // prettier-ignore
    expect(inverseOfHessian("test", [[1, 0], [0, -1]])).toBe(null); // prettier-ignore
    expect(inverseOfHessian("test", [[NaN]])).toBe(null);
    expect(inverseOfHessian("test", hessianOf(slide, Float64Array.of(40, 3)))).toBe(null);
  });
});
