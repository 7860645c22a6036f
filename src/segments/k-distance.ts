import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { kthNearest } from "../numeric/kth-nearest.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { kneeOf } from "./elbow.ts";
import { checkDistances, rowsOf } from "./rows.ts";

/** Options of {@link measureKDistance}. */
export interface MeasureKDistanceOptions {
  /** Which neighbor to measure to, the customer not counted: `minPoints − 1` for {@link labelDbscan}. */
  readonly k: number;
}

/** How far away everybody's k-th neighbor is. Result of {@link measureKDistance}. */
export interface KDistanceReport {
  /** The distances in ascending order: the k-distance curve. */
  readonly distances: Float64Array;
  /** The distance at which the curve turns up, to be tried as `epsilon`; null when it hardly bends. */
  readonly knee: number | null;
  /** The distance of each row, in the order of the table. */
  readonly values: Float64Array;
}

/** Option table of {@link measureKDistance}. */
export const measureKDistanceOptions: OptionTable<MeasureKDistanceOptions> = {
  k: integer({ min: 1 }),
};

/**
 * Measures how crowded it is around each customer, to choose the `epsilon` of {@link labelDbscan}.
 *
 * Sorted, the distances to the k-th neighbor rise slowly through the clusters and steeply through the exceptions. With
 * `epsilon` at the bend and `minPoints = k + 1` the customers left of it are core points.
 *
 * @param table - n customers × d finite features, scaled as for the grouping; n > k.
 * @param options - see {@link MeasureKDistanceOptions}.
 * @returns the curve and its knee: both axes are scaled to [0, 1], and the knee is the point farthest below the straight
 * line from the first to the last point; null where the curve nowhere comes a tenth below it. It is a first guess: one
 * customer far from all others pulls it up.
 * @throws {ClienteleError} `too-few-rows` for k or fewer rows; `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[1], [1.5], [2], [8], [8.5], [9], [5]]);
 * const { distances, knee } = measureKDistance(table, { k: 1 });
 * distances; // Float64Array [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 3]
 * knee; // 0.5
 * @see Ester et al. (1996), section 4.2; Satopää et al. (2011) for the knee. Cost about O(n·(log n + k)) in few features, up
 * to O(n²·d) in dozens.
 */
export function measureKDistance(table: FeatureTable, options: MeasureKDistanceOptions): KDistanceReport {
  const caller = "measureKDistance";
  const { k } = readOptions(caller, measureKDistanceOptions, options);
  checkDistances(caller, table);
  const { values, rows, columns } = rowsOf(table);
  if (rows <= k) refuse(caller, "too-few-rows", "table", `more than ${k} rows (options.k)`, String(rows));
  const byRow = kthNearest(values, rows, columns, k);
  const distances = byRow.slice().sort();
  // The knee of a falling curve, read from the far end.
  const knee = kneeOf(ranksOf(rows), distances.toReversed());
  return { distances, knee: knee === null ? null : distances[rows - knee], values: byRow };
}

/** 1, 2, …, n. */
function ranksOf(rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => i + 1);
}
