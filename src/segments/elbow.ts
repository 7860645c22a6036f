import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, seed } from "../core/options.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { fitEach, settingsFor, withRows } from "./kmeans-runs.ts";
import { checkDistances, countDistinctUpTo, inRowOrderOrSampled, type Rows, rowsOf } from "./rows.ts";

/** How much closer customers are to their group as there are more groups. Result of {@link measureElbow}. */
export interface ElbowReport {
  /** Numbers of clusters, ascending. */
  readonly k: number[];
  /** Least within-cluster sum of squares found for each k, in squared units of the table; never rises. */
  readonly withinSquares: number[];
  /** The k at which the curve bends; null when it hardly does. */
  readonly knee: number | null;
  /** `k-shortened` when the table has fewer distinct rows than `to`. */
  readonly notes: readonly Note[];
}

/** Options of {@link measureElbow}. */
export interface MeasureElbowOptions {
  /** Smallest number of clusters; default 1. */
  readonly from?: number | undefined;
  /** Largest number of clusters; default 10. */
  readonly to?: number | undefined;
  /** Seed of the random starts; default 42. */
  readonly seed?: number | undefined;
  /** Random starts for each k; default 10. */
  readonly restarts?: number | undefined;
}

/** Option table of {@link measureElbow}. */
export const measureElbowOptions: OptionTable<MeasureElbowOptions> = {
  from: integer({ min: 1, default: 1 }),
  to: integer({ min: 1, default: 10 }),
  seed: seed(),
  restarts: integer({ min: 1, default: 10 }),
};

/** A curve that comes nowhere this far below its chord, both axes scaled to [0, 1], has no knee. */
const leastBend = 0.1;

/**
 * Fits k-means for a range of k and finds the k after which more clusters help little.
 *
 * @param table - n customers × d finite features, scaled.
 * @param options - see {@link MeasureElbowOptions}.
 * @returns the curve and its knee: both axes are scaled to [0, 1], and the knee is the point farthest below the straight
 * line from the first to the last point. A curve of fewer than three points, or one that nowhere comes a tenth below that
 * line, has no knee.
 * @throws {ClienteleError} `invalid-option` when `from` > `to`; `too-few-rows` for fewer rows than `from`,
 * `degenerate-data` for fewer distinct rows;
 * `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [1], [10], [11], [20], [21]]);
 * const { withinSquares, knee } = measureElbow(table, { to: 6 });
 * withinSquares; // [401.5, 101.5, 1.5, 1, 0.5, 0]
 * knee; // 3
 * @see Thorndike (1953); Satopää et al. (2011), "Finding a 'kneedle' in a haystack". Cost: one {@link fitKMeans} per k.
 */
export function measureElbow(table: FeatureTable, options?: MeasureElbowOptions): ElbowReport {
  const caller = "measureElbow";
  const { from, to, seed: chosen, restarts } = readOptions(caller, measureElbowOptions, options);
  checkDistances(caller, table);
  const data = inRowOrderOrSampled(rowsOf(table), to);
  const { last, notes } = checkRange(caller, data, { from, to, spare: 0 });
  const k: number[] = [];
  const withinSquares: number[] = [];
  withRows(data, (ready) => {
    fitEach(ready, from, last, settingsFor(data, { restarts, seed: chosen }), (clusters, run) => {
      k.push(clusters);
      withinSquares.push(run.withinSquares);
    });
  });
  return { k, withinSquares, knee: kneeOf(k, withinSquares), notes };
}

/**
 * The range of k that the rows allow: `to` is lowered to the number of distinct rows with a note, too few for `from` are
 * refused. Every k leaves `spare` rows over.
 */
export function checkRange(
  caller: string,
  data: Rows,
  { from, to, spare }: { from: number; to: number; spare: number },
): { last: number; notes: Note[] } {
  if (from > to) refuse(caller, "invalid-option", "options.from", `at most options.to (${to})`, String(from));
  if (data.rows < from + spare) {
    refuse(caller, "too-few-rows", "table", `at least ${from + spare} rows for options.from`, String(data.rows));
  }
  const distinct = countDistinctUpTo(data, to);
  if (distinct < from) {
    refuse(caller, "degenerate-data", "table", `at least ${from} distinct rows (options.from)`, String(distinct));
  }
  const last = Math.min(to, distinct, data.rows - spare);
  if (last === to) return { last, notes: [] };
  const message = `Only k up to ${last} was tried: the table has ${data.rows} rows, ${distinct} of them distinct.`;
  return { last, notes: [{ code: "k-shortened", message }] };
}

/**
 * Finds the knee of a falling curve.
 *
 * @param k - ascending.
 * @param squares - one value per k, never rising.
 * @returns the k farthest below the chord, or null without a bend; of equals the smallest.
 */
export function kneeOf(k: ArrayLike<number>, squares: ArrayLike<number>): number | null {
  const last = k.length - 1;
  const height = squares[0] - squares[last];
  if (last < 2 || !(height > 0)) return null;
  let knee: number | null = null;
  let deepest = leastBend;
  for (let i = 1; i < last; i++) {
    const across = (k[i] - k[0]) / (k[last] - k[0]);
    const below = 1 - across - (squares[i] - squares[last]) / height;
    if (below > deepest) {
      deepest = below;
      knee = k[i];
    }
  }
  return knee;
}
