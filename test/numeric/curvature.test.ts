import { describe, expect, it } from "vitest";
import { inverseOfHessian, steepInverse } from "../../src/numeric/curvature.ts";
import { expectClose } from "../support/close-to.ts";

const rounding = { absolute: 1e-12, because: "rounding" };

describe("steepInverse", () => {
  it("is the inverse of a matrix that bends upward", () => {
    const matrix = [[4, 1], [1, 3]]; // prettier-ignore
    expectClose(
      (steepInverse("test", matrix, [false, false]) ?? []).flat(),
      [3 / 11, -1 / 11, -1 / 11, 4 / 11],
      rounding,
    );
    expectClose((inverseOfHessian("test", matrix) ?? []).flat(), [3 / 11, -1 / 11, -1 / 11, 4 / 11], rounding);
  });

  it("turns what bends downward: the step leads down where Newton's would lead up", () => {
    const saddle = [[2, 0], [0, -4]]; // prettier-ignore
    expectClose((steepInverse("test", saddle, [false, false]) ?? []).flat(), [1 / 2, 0, 0, 1 / 4], rounding);
    expect(inverseOfHessian("test", saddle)).toBe(null);
  });

  it("leaves out what is held, and stays finite on a plain", () => {
    expectClose((steepInverse("test", [[4, 1], [1, 3]], [true, false]) ?? []).flat(), [0, 0, 0, 1 / 3], rounding); // prettier-ignore
    expectClose((steepInverse("test", [[1, 0], [0, 0]], [false, false]) ?? []).flat(), [1, 0, 0, 1e9], { relative: 1e-9, because: "the smallest bend is 1e-9 of the largest" }); // prettier-ignore
  });

  it("is null where there is nothing to invert", () => {
    for (const [matrix, held] of [
      [[[0]], [false]],
      [[[NaN]], [false]],
      [[[1]], [true]],
    ] as const)
      expect(steepInverse("test", matrix, held)).toBe(null);
  });
});
