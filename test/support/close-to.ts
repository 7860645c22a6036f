import { expect } from "vitest";

/** How far a number may be from the expected one, and why that much. */
export interface Tolerance {
  /** Largest accepted |actual − expected| / |expected|. */
  readonly relative?: number;
  /** Largest accepted |actual − expected|. */
  readonly absolute?: number;
  /** The reason for the tolerance: digits printed, rounding of sums, noise of a simulation. */
  readonly because: string;
}

/** Asserts that a number, or each number of a list, is as close to the expected one as the tolerance says. */
export function expectClose(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number>,
  { relative = 0, absolute = 0, because }: Tolerance,
): void {
  const got = typeof actual === "number" ? [actual] : Array.from(actual);
  const want = typeof expected === "number" ? [expected] : Array.from(expected);
  expect(got.length, "number of values").toBe(want.length);
  want.forEach((value, i) => {
    const room = Math.max(absolute, relative * Math.abs(value));
    const distance = Math.abs(got[i] - value);
    expect(distance <= room, `value ${i} is ${got[i]}, expected ${value} ± ${room} (${because})`).toBe(true);
  });
}
