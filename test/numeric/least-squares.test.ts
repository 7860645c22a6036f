import { describe, expect, it } from "vitest";
import { dot, exactSum, minus, over, pairAt, pairList, plus, rootOf, times } from "../../src/numeric/double-double.ts";
import { type LeastSquares, solveLeastSquares } from "../../src/numeric/least-squares.ts";
import { preciseTriangle } from "../../src/numeric/precise-triangle.ts";
import { triangleOf } from "../../src/numeric/triangle.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";

describe("pairs of doubles", () => {
  it("keep what one double loses", () => {
    expect(exactSum(1, 2 ** -80)).toEqual([1, 2 ** -80]);
    // (1 + 2⁻⁴⁰)² = 1 + 2⁻³⁹ + 2⁻⁸⁰.
    expect(times([1 + 2 ** -40, 0], [1 + 2 ** -40, 0])).toEqual([1 + 2 ** -39, 2 ** -80]);
    expect(minus(plus([1, 0], [2 ** -90, 0]), [1, 0])).toEqual([2 ** -90, 0]);
    const third = over([1, 0], [3, 0]);
    expect(minus(times(third, [3, 0]), [1, 0])[0]).toBeLessThan(1e-31);
    const root = rootOf([2, 0]);
    expect(Math.abs(minus(times(root, root), [2, 0])[0])).toBeLessThan(1e-31);
    expect(rootOf([0, 0])).toEqual([0, 0]);
    const list = pairList(3);
    list.high.set([1e20, 1, -1e20]);
    const ones = pairList(3);
    ones.high.fill(1);
    expect(dot(list, ones, 0)[0]).toBe(1);
    expect(pairAt(list, 1)).toEqual([1, 0]);
  });
});

describe("triangleOf", () => {
  const values = cloud(1000, 3, { offset: 20 });
  const target = Float64Array.from({ length: 1000 }, (_, i) => values[3 * i] + (i % 9));

  it("has the products of the columns in its own, and so has its twin in twice the precision", () => {
    const design = { values, columns: 3, target, intercept: true };
    const plain = triangleOf(design)!;
    const precise = preciseTriangle(design, plain);
    const product = (cells: Float64Array, a: number, b: number): number => {
      let sum = 0;
      for (let i = 0; i < 5; i++) sum += cells[i * 5 + a] * cells[i * 5 + b];
      return sum;
    };
    expectClose(product(plain.cells, 0, 0), 1000, { relative: 1e-13, because: "the ones" });
    for (let a = 0; a < 5; a++) {
      for (let b = a; b < 5; b++) {
        const room = 1e-12 * Math.sqrt(product(plain.cells, a, a) * product(plain.cells, b, b));
        expectClose(product(plain.cells, a, b), product(precise.high, a, b), { absolute: room, because: "rounding" });
      }
    }
  });

  it("is null where a cell is not finite", () => {
    expect(triangleOf({ values: values.with(1500, NaN), columns: 3, target, intercept: true })).toBeNull();
    expect(triangleOf({ values, columns: 3, target: target.with(999, Infinity), intercept: true })).toBeNull();
  });
});

describe("solveLeastSquares", () => {
  it("answers alike whether it was done in single or in twice the precision", () => {
    const values = cloud(600, 4);
    const target = Float64Array.from({ length: 600 }, (_, i) => values[4 * i] - values[4 * i + 3] + (i % 5));
    // The last column repeats the first but for 1 %: two digits go, and the second way is taken.
    const near = values.map((value, cell) => (cell % 4 === 3 ? values[cell - 3] + value / 200 : value));
    const solution = solveLeastSquares({ values: near, columns: 4, target, intercept: true }, 0) as LeastSquares;
    expect(solution.leastShare).toBeLessThan(0.01);
    // Too many rows for the second way: the same rows many times.
    const many = new Float64Array(near.length * 300);
    const outcomes = new Float64Array(target.length * 300);
    for (let copy = 0; copy < 300; copy++) {
      many.set(near, copy * near.length);
      outcomes.set(target, copy * target.length);
    }
    const plain = solveLeastSquares({ values: many, columns: 4, target: outcomes, intercept: true }, 0) as LeastSquares;
    expectClose(plain.coefficients, solution.coefficients, { relative: 1e-9, because: "two digits are lost" });
    expectClose(plain.means, solution.means, { absolute: 1e-12, because: "rounding" });
  });
});
