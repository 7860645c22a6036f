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
 * @param memory - 3 × cells zeros for the first three levels, where a kernel can reach them.
 */
export function exactSums(cells: number, bounds: Float64Array, terms: number, memory?: Float64Array): ExactSums {
  let capacity = 2;
  while (capacity < terms) capacity *= 2;
  const step = capacity * 2 ** -53;
  const highSplits = bounds.map((bound) => 1.5 * capacity * powerOfTwoAbove(bound));
  return {
    columns: bounds.length,
    high: memory?.subarray(0, cells) ?? new Float64Array(cells),
    low: memory?.subarray(cells, 2 * cells) ?? new Float64Array(cells),
    rest: memory === undefined ? [] : [memory.subarray(2 * cells, 3 * cells)],
    highSplits,
    lowSplits: highSplits.map((split) => split * step),
    step,
  };
}

/** Writes M of the first three levels, all columns of each: what kernels cut terms with. */
export function writeSplits({ highSplits, lowSplits, step }: ExactSums, into: Float64Array, at: number): void {
  const columns = highSplits.length;
  for (let j = 0; j < columns; j++) {
    into[at + j] = highSplits[j];
    into[at + columns + j] = lowSplits[j];
    into[at + 2 * columns + j] = lowSplits[j] * step;
  }
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
function addRest(sums: ExactSums, cell: number, column: number, term: number): void {
  addFrom(sums, cell, term, 0, sums.lowSplits[column] * sums.step);
}

function addFrom(sums: ExactSums, cell: number, term: number, first: number, firstSplit: number): void {
  let left = term;
  let split = firstSplit;
  for (let level = first; left !== 0; level++, split *= sums.step) {
    if (level === sums.rest.length) sums.rest.push(new Float64Array(sums.high.length));
    const slice = left + split - split;
    sums.rest[level][cell] += slice;
    left -= slice;
  }
}

/** What three levels leave of a term, which a kernel has added them of. */
export function addBeyond(sums: ExactSums, cell: number, column: number, term: number): void {
  const { highSplits, lowSplits, step } = sums;
  let left = term;
  for (const split of [highSplits[column], lowSplits[column], lowSplits[column] * step]) left -= left + split - split;
  addFrom(sums, cell, left, 1, lowSplits[column] * step * step);
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
