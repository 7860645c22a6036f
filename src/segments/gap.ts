import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, seed } from "../core/options.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkRange } from "./elbow.ts";
import { compareWithUniform, referenceDraws, type ReferencePoint, sampledRows } from "./reference.ts";
import { checkDistances, inRowOrderOrSampled, rowsOf } from "./rows.ts";

/** One number of clusters, held against uniform clouds. */
export interface GapPoint {
  /** Number of clusters. */
  readonly k: number;
  /** Logarithm of the within-cluster sum of squares; null when every group is one point. */
  readonly logSquares: number | null;
  /** Mean of the same over the uniform clouds; null when they, too, are single points. */
  readonly expected: number | null;
  /** The gap statistic, `expected` − `logSquares`; null when every group is one point. */
  readonly gap: number | null;
  /** Standard error of the gap. */
  readonly gapError: number;
}

/** How much tighter groups are than groups of structureless data. Result of {@link measureGap}. */
export interface GapReport {
  /** The smallest k whose gap is clearly above that of one group and within one standard error of the next; 1 = no groups. */
  readonly k: number;
  /** What was tried, k ascending. */
  readonly curve: readonly GapPoint[];
  /** One sentence that says what chose. */
  readonly rule: string;
  /** How many customers were measured: all, or a sample of 1,000. */
  readonly measured: number;
  /** `k-shortened` when the table has too few distinct rows for `to`. */
  readonly notes: readonly Note[];
}

/** Options of {@link measureGap}. */
export interface MeasureGapOptions {
  /** Smallest number of clusters, at most 100; default 1, which can say that there are no groups. */
  readonly from?: number | undefined;
  /** Largest number of clusters, at most 100; default 10. */
  readonly to?: number | undefined;
  /** Uniform clouds to compare with; default 20. */
  readonly draws?: number | undefined;
  /** Seed of starts, sample and clouds; default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link measureGap}. */
export const measureGapOptions: OptionTable<MeasureGapOptions> = {
  from: integer({ min: 1, max: 100, default: 1 }),
  to: integer({ min: 1, max: 100, default: 10 }),
  draws: integer({ min: 2, max: 10_000, default: referenceDraws }),
  seed: seed(),
};

/**
 * Measures by the gap statistic how many groups there are, and whether there are any: k-means on the data against
 * k-means on clouds without groups.
 *
 * Unlike the silhouette it can answer 1. The clouds are uniform in the box around the data along its principal axes.
 *
 * @param table - n customers × d finite features, scaled.
 * @param options - see {@link MeasureGapOptions}.
 * @returns the gap of each k with its standard error, and the k chosen. Above 1,000 rows a sample
 * of 1,000 is measured.
 * @throws {ClienteleError} `invalid-option` when `from` > `to`; `too-few-rows` without more rows than `from`,
 * `degenerate-data` for fewer distinct rows; `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [1], [2], [3], [40], [41], [42], [43], [80], [81], [82], [83]]);
 * const { k, curve } = measureGap(table, { to: 5 });
 * k; // 3
 * curve[2].gap! > curve[0].gap!; // true
 * @see Tibshirani, Walther & Hastie (2001), "Estimating the number of clusters in a data set via the gap statistic". Cost
 * (draws + 1) small k-means per k.
 */
export function measureGap(table: FeatureTable, options?: MeasureGapOptions): GapReport {
  const caller = "measureGap";
  const { from, to, draws, seed: chosen } = readOptions(caller, measureGapOptions, options);
  checkDistances(caller, table);
  const data = inRowOrderOrSampled(rowsOf(table), to);
  const { last, notes } = checkRange(caller, data, { from, to, spare: 1 });
  // One group is what every k is held against.
  const ks = Array.from({ length: last }, (_, i) => i + 1);
  const points = compareWithUniform(caller, data, ks, new Set(), chosen, draws);
  const curve = points.map((point, i) => ({
    k: ks[i],
    logSquares: finiteOrNull(point.logSquares.observed),
    expected: finiteOrNull(point.logSquares.expected),
    gap: finiteOrNull(gapOf(point)),
    gapError: gapErrorOf(point, draws),
  }));
  const choice = chooseByGaps(from, points, draws);
  return { ...choice, curve: curve.slice(from - 1), measured: Math.min(data.rows, sampledRows), notes };
}

/** The gap statistic; infinite when every group is one point. */
export function gapOf({ logSquares }: ReferencePoint): number {
  return logSquares.expected - logSquares.observed;
}

/** Its standard error, after a number of draws. */
export function gapErrorOf({ logSquares }: ReferencePoint, draws: number = referenceDraws): number {
  return logSquares.deviation * Math.sqrt(1 + 1 / draws);
}

/**
 * Chooses by the gap statistic: the smallest k that beats one group by more than a standard error, and that k + 1 does not
 * beat by more than one. The first condition passes over the dip that groups in a square or a ring of groups have at 2.
 *
 * @param from - smallest k wanted; taken when none beats one group.
 * @param points - those of k = 1, 2, ….
 * @returns the choice, and what chose in words.
 */
export function chooseByGaps(
  from: number,
  points: readonly ReferencePoint[],
  draws?: number,
): { k: number; rule: string } {
  const last = points.length;
  const above = (k: number, other: number): boolean =>
    gapOf(points[k - 1]) > gapOf(points[other - 1]) + gapErrorOf(points[k - 1], draws);
  for (let k = Math.max(from, 2); k <= last; k++) {
    if (!above(k, 1) || (k < last && above(k + 1, k))) continue;
    const than = "whose gap statistic is clearly above that of one group";
    if (k === last) return { k, rule: `k = ${k} is the largest k tried, ${than}; it still grows there.` };
    return { k, rule: `k = ${k} is the smallest k ${than} and within one standard error of the next.` };
  }
  return { k: from, rule: `k = ${from}: no k up to ${last} has a gap statistic clearly above that of one group.` };
}

/** For reports, whose numbers are finite. */
export function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
