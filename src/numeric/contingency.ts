import { chiSquare } from "./distributions.ts";
import type { Interval } from "./intervals.ts";
import { noncentralChiSquareCdf, noncentralityInterval } from "./noncentral.ts";

/** Pearson's test of a table of counts. Result of {@link testContingency}. */
export interface Contingency {
  /** Counts in the table. */
  readonly n: number;
  /** Pearson's χ², without Yates's correction. */
  readonly statistic: number;
  /** (rows − 1)(columns − 1), empty rows and columns left out. */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Cramér's V = √(χ² / (n · (min(rows, columns) − 1))), from 0 to 1. */
  readonly cramersV: number;
  /** Bergsma's V, corrected for what chance alone gives: its mean is near 0 when nothing is associated. */
  readonly correctedV: number;
  /** V of the population: the noncentralities that χ² does not contradict, as V. */
  readonly interval: Interval;
  /** Share of cells with an expected count under 5. */
  readonly smallCells: number;
  /** The smallest expected count. */
  readonly smallestExpected: number;
}

/**
 * Tests whether two classifications have anything to do with each other, and how much.
 *
 * @param counts - one list of counts per row, all of one length.
 * @param alpha - 1 − level of the interval.
 * @returns null when fewer than two rows or columns have counts.
 * @see Pearson (1900); Bergsma (2013), "A bias-correction for Cramér's V and Tschuprow's T"; Smithson (2003) for the interval.
 */
export function testContingency(counts: readonly ArrayLike<number>[], alpha: number): Contingency | null {
  const width = counts.length === 0 ? 0 : counts[0].length;
  const columnSums = new Float64Array(width);
  const rowSums = Float64Array.from(counts, (row) => {
    let sum = 0;
    for (let j = 0; j < width; j++) {
      sum += row[j];
      columnSums[j] += row[j];
    }
    return sum;
  });
  const n = rowSums.reduce((sum, count) => sum + count, 0);
  const rows = rowSums.filter((sum) => sum > 0).length;
  const columns = columnSums.filter((sum) => sum > 0).length;
  if (rows < 2 || columns < 2) return null;
  let statistic = 0;
  let small = 0;
  let smallestExpected = Infinity;
  counts.forEach((row, i) => {
    for (let j = 0; j < width; j++) {
      const expected = (rowSums[i] / n) * columnSums[j];
      if (expected === 0) continue;
      const difference = row[j] - expected;
      statistic += (difference * difference) / expected;
      if (expected < 5) small++;
      smallestExpected = Math.min(smallestExpected, expected);
    }
  });
  const degreesOfFreedom = (rows - 1) * (columns - 1);
  const dimension = Math.min(rows, columns) - 1;
  const noncentralities = noncentralityInterval(
    (lambda) => noncentralChiSquareCdf(statistic, degreesOfFreedom, lambda),
    alpha,
    statistic + 10,
  );
  const vOf = (lambda: number): number => Math.min(1, Math.sqrt(lambda / (n * dimension)));
  return {
    n,
    statistic,
    degreesOfFreedom,
    pValue: chiSquare(degreesOfFreedom).sf(statistic),
    cramersV: vOf(statistic),
    correctedV: correctedV(statistic / n, rows, columns, n),
    interval: [vOf(noncentralities[0]), vOf(noncentralities[1])],
    smallCells: small / (rows * columns),
    smallestExpected,
  };
}

function correctedV(meanSquare: number, rows: number, columns: number, n: number): number {
  const corrected = Math.max(0, meanSquare - ((rows - 1) * (columns - 1)) / (n - 1));
  const shrunk = (size: number): number => size - ((size - 1) * (size - 1)) / (n - 1);
  const dimension = Math.min(shrunk(rows), shrunk(columns)) - 1;
  return dimension > 0 ? Math.min(1, Math.sqrt(corrected / dimension)) : 0;
}
