import { sumOf } from "./sums.ts";

/** The mean distance of two normal values in standard deviations, d₂ = 2/√π. */
export const meanRangeOfTwo = 1.1283791670955126;

/** Distances of neighbors; NaN beside a gap, and for the first. */
export function movingRanges(values: Float64Array): Float64Array {
  return values.map((value, i) => (i === 0 ? NaN : Math.abs(value - values[i - 1])));
}

/**
 * The standard deviation of a point by the mean distance of neighbors, which a slow shift hardly widens: the sigma of a chart of
 * individuals.
 *
 * @param values - at least two, without gaps.
 */
export function sigmaOfRanges(values: Float64Array): number {
  return sumOf(movingRanges(values).subarray(1)) / (values.length - 1) / meanRangeOfTwo;
}
