/*
 * Sums that come out the same to the last bit in whatever order their terms arrive, and after terms were taken away again.
 *
 * Every term x, |x| ≤ bound, is cut into slices: (x + M) − M rounds x to a multiple of a unit u, and what is left, at most
 * u/2, is cut again with the next, smaller M. With M = 1.5 · 2⁵² · u and u = bound · 2^(L − 52), where 2^L is no less than the
 * number of terms, all slices of a level add up without rounding: their sums are multiples of u below 2⁵³ · u. A level
 * holds 53 − L binary digits, so that two levels hold nearly every term of a table; what they leave goes on to further ones.
 *
 * Demmel & Nguyen (2013), "Fast reproducible floating-point summation".
 */

/** Sums of many cells, each as slices of several levels; cells lie in groups of `columns`, one bound per column. */
export interface ExactSums {
  readonly columns: number;
  /** The first two levels; `rest` holds further ones, as far as they were needed. */
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly rest: Float64Array[];
  /** M of the first two levels, per column. */
  readonly highSplits: Float64Array;
  readonly lowSplits: Float64Array;
  /** M of a level over M of the level before. */
  readonly step: number;
}

/**
 * Opens sums of at most `terms` terms.
 *
 * @param cells - number of sums, a multiple of the columns.
 * @param bounds - per column, the largest size of a term; finite.
 */
export function exactSums(cells: number, bounds: Float64Array, terms: number): ExactSums {
  let capacity = 2;
  while (capacity < terms) capacity *= 2;
  const step = capacity * 2 ** -53;
  const highSplits = bounds.map((bound) => 1.5 * capacity * powerOfTwoAbove(bound));
  return {
    columns: bounds.length,
    high: new Float64Array(cells),
    low: new Float64Array(cells),
    rest: [],
    highSplits,
    lowSplits: highSplits.map((split) => split * step),
    step,
  };
}

/** A power of two above x ≥ 0, at most 2⁹⁸⁰, so that M is finite; 0 for 0. */
function powerOfTwoAbove(x: number): number {
  if (x === 0) return 0;
  let power = 1;
  while (power <= x && power < 2 ** 980) power *= 2;
  while (power / 2 > x && power > 2 ** -1000) power /= 2;
  return power;
}

/** Starts again from zero. */
export function clearSums({ high, low, rest }: ExactSums): void {
  high.fill(0);
  low.fill(0);
  for (const level of rest) level.fill(0);
}

/** Adds one term to a cell; a term is taken away by adding its negative. */
export function addTerm(sums: ExactSums, cell: number, column: number, term: number): void {
  const highSplit = sums.highSplits[column];
  const lowSplit = sums.lowSplits[column];
  const high = term + highSplit - highSplit;
  const left = term - high;
  const low = left + lowSplit - lowSplit;
  sums.high[cell] += high;
  sums.low[cell] += low;
  if (left !== low) addRest(sums, cell, column, left - low);
}

/** What two levels leave of a term; the last level is the one whose M underflows, which leaves nothing. */
export function addRest(sums: ExactSums, cell: number, column: number, term: number): void {
  let left = term;
  let split = sums.lowSplits[column] * sums.step;
  for (let level = 0; left !== 0; level++, split *= sums.step) {
    if (level === sums.rest.length) sums.rest.push(new Float64Array(sums.high.length));
    const slice = left + split - split;
    sums.rest[level][cell] += slice;
    left -= slice;
  }
}

/** The sum of a cell; equal for equal terms in any order. */
export function sumOf({ high, low, rest }: ExactSums, cell: number): number {
  let sum = 0;
  for (let level = rest.length - 1; level >= 0; level--) sum += rest[level][cell];
  return high[cell] + (low[cell] + sum);
}

/** Adds `count` terms to the first cell. */
export function addTerms(sums: ExactSums, terms: Float64Array, count: number): void {
  const highSplit = sums.highSplits[0];
  const lowSplit = sums.lowSplits[0];
  let highs = 0;
  let lows = 0;
  for (let i = 0; i < count; i++) {
    const term = terms[i];
    const high = term + highSplit - highSplit;
    const left = term - high;
    const low = left + lowSplit - lowSplit;
    highs += high;
    lows += low;
    if (left !== low) addRest(sums, 0, 0, left - low);
  }
  sums.high[0] += highs;
  sums.low[0] += lows;
}
