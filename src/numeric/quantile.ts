import { describeValue, refuse } from "../core/errors.ts";
import { checkList } from "./list.ts";

/**
 * The value below which a share `p` of the values lies, interpolated between the two nearest.
 *
 * @param values - finite numbers in any order, at least one; not changed.
 * @param p - a share in [0, 1]: 0.5 is the median.
 * @returns the type-7 quantile, R's and NumPy's default.
 * @throws {ClienteleError} `too-few-rows` without values; `invalid-value` for a value that is not finite or a bad `p`.
 * @example
 * quantile([1, 2, 3, 10], 0.75); // 4.75
 * @see Hyndman & Fan (1996), "Sample quantiles in statistical packages", definition 7. Cost: one sort.
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  checkShare("quantile", "p", p);
  return quantileOfSorted(sortedCopy("quantile", values), p);
}

/**
 * Several quantiles of the same values with one sort.
 *
 * @param values - finite numbers in any order, at least one; not changed.
 * @param shares - shares in [0, 1], in any order.
 * @returns one quantile per share; see {@link quantile}.
 * @throws {ClienteleError} as {@link quantile}.
 * @example
 * quantiles([4, 1, 3, 2, 5], [0.25, 0.5, 0.75]); // [2, 3, 4]
 */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): number[] {
  checkList("quantiles", "shares", shares);
  shares.forEach((p, i) => checkShare("quantiles", `shares[${i}]`, p));
  const sorted = sortedCopy("quantiles", values);
  return shares.map((p) => quantileOfSorted(sorted, p));
}

/**
 * The middle value, or the mean of the two middle ones.
 *
 * @param values - finite numbers in any order, at least one; not changed.
 * @returns the 0.5 quantile.
 * @throws {ClienteleError} `too-few-rows` without values; `invalid-value` for a value that is not finite.
 * @example
 * median([5, 1, 2, 4]); // 3
 */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(sortedCopy("median", values), 0.5);
}

/** The type-7 quantile of finite numbers that are sorted already; trusts its arguments. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const below = rankOf(sorted.length, p);
  return betweenNeighbors(sorted[below], sorted[below + 1], sorted.length, p);
}

/**
 * The type-7 quantile of n values from the two of them that it lies between.
 *
 * @param low - the value at {@link rankOf}.
 * @param high - the next larger value; not read where the quantile is `low` itself.
 */
export function betweenNeighbors(low: number, high: number, n: number, p: number): number {
  const position = positionOf(n, p);
  const weight = position - Math.floor(position);
  if (weight === 0) return low;
  // Equal neighbors are returned as they are, and a weighted mean cannot overflow as a difference could.
  return low === high ? low : low * (1 - weight) + high * weight;
}

/** The last of n sorted values, by position, that is not above the type-7 quantile. */
export function rankOf(n: number, p: number): number {
  return Math.floor(positionOf(n, p));
}

/** Where a quantile lies among n sorted values; whole where rounding alone keeps it from one. */
function positionOf(n: number, p: number): number {
  // Without this the 30th of 101 values would not equal its own quantile.
  return wholeIfNear((n - 1) * p);
}

/** A product of a count and a share, whole where rounding alone keeps it from that: 100 · 0.29 is 28.999999999999996. */
export function wholeIfNear(product: number): number {
  const nearest = Math.round(product);
  return Math.abs(product - nearest) <= 4 * Number.EPSILON * nearest ? nearest : product;
}

/** A sorted copy of finite numbers; refuses the first that is not and an empty list. */
function sortedCopy(caller: string, values: ArrayLike<number>): Float64Array {
  checkList(caller, "values", values);
  if (values.length === 0) refuse(caller, "too-few-rows", "values", "at least 1 value", "0");
  const sorted = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      refuse(caller, "invalid-value", `values[${i}]`, "finite", describeValue(values[i]));
    }
    sorted[i] = values[i];
  }
  return sorted.sort();
}

function checkShare(caller: string, path: string, p: number): void {
  if (!Number.isFinite(p) || p < 0 || p > 1)
    refuse(caller, "invalid-value", path, "a share in [0, 1]", describeValue(p));
}
