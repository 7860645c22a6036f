import type { Accumulator } from "../core/accumulate.ts";
import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { minus, over, times } from "../numeric/double-double.ts";
import { moments, type MomentsState } from "../numeric/moments.ts";

/** Customers of one arm, and how many of them did what was hoped for. */
export interface ProportionStats {
  /** Customers. */
  readonly n: number;
  /** Those who did it; at most `n`. */
  readonly successes: number;
}

/** Amounts of one arm, one per customer: spend, orders, minutes. Result of {@link meanStats}. */
export interface MeanStats {
  /** Customers; those with an amount of 0 count. */
  readonly n: number;
  /** Their mean; 0 of nobody. */
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly m2: number;
}

/** Two amounts of each customer of one arm, for a ratio of their sums: clicks per view, spend per order. */
export interface RatioStats {
  /** Customers: the unit that was assigned, not views or orders. */
  readonly n: number;
  /** Sum of numerators. */
  readonly sum: number;
  /** Sum of squared numerators. */
  readonly sumSquares: number;
  /** Sum of denominators. */
  readonly denominatorSum: number;
  /** Sum of squared denominators. */
  readonly denominatorSumSquares: number;
  /** Sum of numerator × denominator. */
  readonly sumProducts: number;
}

/** Sums as a warehouse returns them: `count(*), sum(x), sum(x * x)`, one row per customer. */
export interface MeanSums {
  /** Customers. */
  readonly n: number;
  /** Sum of their amounts. */
  readonly sum: number;
  /** Sum of the squares. */
  readonly sumSquares: number;
}

/** One customer's part in a ratio. */
export interface RatioInput {
  /** For example clicks. */
  readonly numerator: number;
  /** For example views. */
  readonly denominator: number;
}

/**
 * Turns sums that a warehouse computed into what the tests read.
 *
 * A sum of squares far from 0 has lost digits before it gets here; {@link meanStats} has not.
 *
 * @param sums - one row per customer went into them.
 * @returns number, mean and sum of squared deviations.
 * @throws {ClienteleError} `invalid-value` for sums that no amounts can have: n not a whole number, not finite, squares too small.
 * @example
 * meanStatsOf({ n: 4, sum: 10, sumSquares: 30 }); // { n: 4, mean: 2.5, m2: 5 }
 */
export function meanStatsOf(sums: MeanSums): MeanStats {
  const caller = "meanStatsOf";
  const { n, sum, sumSquares } = readNumbers(caller, "sums", sums, ["n", "sum", "sumSquares"]);
  if (n === 0) {
    if (sum !== 0 || sumSquares !== 0)
      refuse(caller, "invalid-value", "sums.sum", "0 of no customers", "another number");
    return { n, mean: 0, m2: 0 };
  }
  return { n, mean: sum / n, m2: centered(caller, "sums.sumSquares", n, sum, sumSquares) };
}

/**
 * Sums up amounts, one per customer: in a loop, on a stream, or in workers whose states are merged.
 *
 * @returns an accumulator of numbers whose result {@link testMeans} reads. It refuses what is not finite with `invalid-value`.
 * @example
 * run(meanStats(), [1, 2, 3, 4]); // { n: 4, mean: 2.5, m2: 5 }
 */
export function meanStats(): Accumulator<number, MomentsState, MeanStats> {
  const { init, add, merge } = moments;
  return { init, add, merge, finish: ({ n, mean, m2 }) => ({ n, mean, m2 }) };
}

/**
 * Sums up two amounts per customer for a test of their ratio.
 *
 * @returns an accumulator of `{ numerator, denominator }` whose result {@link testRatio} reads. It refuses what is not finite with
 * `invalid-value`, and sums beyond 1.8e308 with `too-large`.
 * @example
 * const visits = [{ numerator: 1, denominator: 3 }, { numerator: 0, denominator: 2 }];
 * const { n, sum, denominatorSum } = run(ratioStats(), visits);
 * [n, sum, denominatorSum]; // [2, 1, 5]
 */
export function ratioStats(): Accumulator<RatioInput, RatioStats, RatioStats> {
  const caller = "ratioStats";
  const plus = (a: RatioStats, b: RatioStats): RatioStats => {
    const total = {
      n: a.n + b.n,
      sum: a.sum + b.sum,
      sumSquares: a.sumSquares + b.sumSquares,
      denominatorSum: a.denominatorSum + b.denominatorSum,
      denominatorSumSquares: a.denominatorSumSquares + b.denominatorSumSquares,
      sumProducts: a.sumProducts + b.sumProducts,
    };
    const size = total.sumSquares + total.denominatorSumSquares;
    if (!(size < Infinity))
      refuse(caller, "too-large", "input", "squares whose sum stays below 1.8e308", "an overflow");
    return total;
  };
  const zero: RatioStats = { n: 0, sum: 0, sumSquares: 0, denominatorSum: 0, denominatorSumSquares: 0, sumProducts: 0 };
  return {
    init: () => ({ ...zero }),
    add(state, { numerator: y, denominator: x }) {
      if (!Number.isFinite(y)) refuse(caller, "invalid-value", "input.numerator", "finite", describeCell(y));
      if (!Number.isFinite(x)) refuse(caller, "invalid-value", "input.denominator", "finite", describeCell(x));
      return plus(state, { n: 1, sum: y, sumSquares: y * y, denominatorSum: x, denominatorSumSquares: x * x, sumProducts: x * y }); // prettier-ignore
    },
    merge: plus,
    finish: (state) => ({ ...state }),
  };
}

/**
 * Reads named numbers of a record: each finite, `n` a whole number that is not negative.
 *
 * @param caller - the public function.
 * @param path - where the record is.
 * @param value - what the user passed.
 * @param names - the keys to read; `n` among them.
 */
export function readNumbers<K extends string>(
  caller: string,
  path: string,
  value: unknown,
  names: readonly K[],
): Readonly<Record<K, number>> {
  if (!isRecord(value))
    refuse(caller, "invalid-value", path, `an object with ${names.join(", ")}`, describeValue(value));
  const read: Partial<Record<K, number>> = {};
  for (const name of names) {
    const number = value[name];
    const isFine = name === "n" ? Number.isSafeInteger(number) && (number as number) >= 0 : Number.isFinite(number);
    if (!isFine) {
      const wanted = name === "n" ? "a whole number of customers" : "a finite number";
      refuse(caller, "invalid-value", `${path}.${name}`, wanted, describeCell(number));
    }
    read[name] = (number as number) + 0;
  }
  return read as Record<K, number>;
}

/**
 * Σ(x − x̄)² from Σx and Σx²; refuses what is below 0 by more than the rounding of the sums.
 *
 * @param n - above 0.
 */
export function centered(caller: string, path: string, n: number, sum: number, sumSquares: number): number {
  const m2 = centeredProduct(n, sum, sum, sumSquares);
  if (m2 >= 0 && m2 < Infinity) return m2;
  // Sums of squares added up carelessly are right to ten digits.
  if (!(m2 >= -1e-10 * Math.abs(sumSquares)))
    refuse(caller, "invalid-value", path, "at least sum² / n", "a smaller number");
  return 0;
}

/** Σ(x − x̄)(y − ȳ) from Σx, Σy and Σxy, subtracted in twice the digits: the difference may be a millionth of its terms. */
export function centeredProduct(n: number, sumX: number, sumY: number, sumProducts: number): number {
  const [difference] = minus([sumProducts, 0], over(times([sumX, 0], [sumY, 0]), [n, 0]));
  // Near the ends of the doubles twice the digits are not to be had.
  return Number.isFinite(difference) ? difference : sumProducts - (sumX / n) * sumY;
}
