import type { Accumulator } from "../core/accumulate.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { checkList } from "./list.ts";

/** State of {@link compensatedSum}: the running sum and what rounding took from it. */
export interface SumState {
  /** The sum as doubles add up. */
  sum: number;
  /** The sum of the rounding errors. */
  correction: number;
}

/**
 * A sum that keeps what rounding would lose, for revenue over millions of orders and for sums that cancel.
 *
 * The error does not grow with the number of inputs as long as they do not cancel beyond 10³².
 *
 * @throws {ClienteleError} `invalid-value` for an input that is not finite; `too-large` when the sum leaves the doubles.
 * @example
 * run(compensatedSum, [1, 1e100, 1, -1e100]); // 2
 * @see Neumaier (1974), "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen". Cost: 4 additions an input.
 */
export const compensatedSum: Accumulator<number, SumState, number> = {
  init: () => ({ sum: 0, correction: 0 }),
  add(state, x) {
    if (!Number.isFinite(x)) refuse("compensatedSum", "invalid-value", "input", "finite", describeValue(x));
    return plus(state, x);
  },
  merge: (a, b) => plus({ sum: a.sum, correction: a.correction + b.correction }, b.sum),
  finish: ({ sum, correction }) => sum + correction,
};

function plus(state: SumState, x: number): SumState {
  addCompensated(state, x);
  if (!Number.isFinite(state.sum)) refuse("compensatedSum", "too-large", "sum", "a size below 1.8e308", "an overflow");
  return state;
}

/**
 * Adds to a compensated sum without a check, for loops that refuse in the name of their own function.
 *
 * @param state - the sum so far; written into.
 * @param x - the number to add.
 */
export function addCompensated(state: SumState, x: number): void {
  const { sum } = state;
  const next = sum + x;
  // The larger operand keeps its bits, so that the difference is exactly what was lost of the smaller one.
  state.correction += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
  state.sum = next;
}

/**
 * Sums an array without losing small numbers beside large ones.
 *
 * @param values - finite numbers.
 * @returns the sum, 0 of nothing; see {@link compensatedSum}, its twin for streams.
 * @throws {ClienteleError} `invalid-value` at the first value that is not finite; `too-large` when the sum overflows.
 * @example
 * sumOf([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]); // 1
 */
export function sumOf(values: ArrayLike<number>): number {
  checkList("sumOf", "values", values);
  const state = compensatedSum.init();
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      refuse("sumOf", "invalid-value", `values[${i}]`, "finite", describeValue(values[i]));
    }
    plus(state, values[i]);
  }
  return compensatedSum.finish(state);
}
