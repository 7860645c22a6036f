import { addTerms, exactSums, sumOf, writeSplits } from "./exact-sums.ts";
import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import { evenColumns, forEachBlock, openRowBlock, rowBlockBytes } from "./row-blocks.ts";

/**
 * The mean of the columns' variances (divisor n; weighted, if weights are given); the same for any order of the rows.
 *
 * Deviations are taken from the least value of a column, so that far from zero they keep their digits. What three levels of an
 * exact sum leave is dropped: the sum of squares is at least half that of the largest deviation, of which they hold more than
 * 90 binary digits.
 *
 * @param data - rows × columns, row-major, at least one row, finite; weights ≥ 0, not all 0.
 */
export function meanVariance(data: {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float64Array | undefined;
}): number {
  const { values, rows, columns, weights } = data;
  const width = evenColumns(columns);
  const heaviest = weights === undefined ? 1 : weights.reduce((most, weight) => Math.max(most, weight), 0);
  const total = weights === undefined ? rows : sumExactly(weights, heaviest);
  const bytes = rowBlockBytes(rows, columns) + [1, 9, 6].reduce((sum, n) => sum + arenaBytes(n * width, 8), 0);
  return borrowKernels(bytes, (kernels, arena) => {
    const block = openRowBlock(arena, rows, columns);
    const high = arena.f64(width);
    const constants = arena.f64(9 * width);
    const low = constants.subarray(0, width);
    low.set(values.subarray(0, columns));
    high.set(low);
    forEachBlock(block, { values, rows, weights: undefined }, (_, count) => {
      kernels.widenExtents(block.cells.byteOffset, count, columns, low.byteOffset, high.byteOffset);
    });
    const slices = arena.f64(6 * width);
    // One cell per column for deviations, then one for squares.
    const bounds = new Float64Array(2 * width);
    for (let j = 0; j < columns; j++) {
      bounds[j] = (high[j] - low[j]) * heaviest;
      bounds[width + j] = (high[j] - low[j]) * bounds[j];
    }
    const sums = exactSums(2 * width, bounds, rows, slices);
    writeSplits(sums, constants, width);
    const weightsAt = weights === undefined ? 0 : block.weights.byteOffset;
    forEachBlock(block, data, (_, count) => {
      const addresses = [constants.byteOffset, slices.byteOffset] as const;
      kernels.addDeviations(block.cells.byteOffset, count, columns, weightsAt, ...addresses);
    });
    let variances = 0;
    for (let j = 0; j < columns; j++) {
      const sum = sumOf(sums, j);
      variances += Math.max(0, sumOf(sums, width + j) - (sum * sum) / total) / total;
    }
    return variances / columns;
  });
}

function sumExactly(terms: Float64Array, largest: number): number {
  const sum = exactSums(1, Float64Array.of(largest), terms.length);
  addTerms(sum, terms, terms.length);
  return sumOf(sum, 0);
}
