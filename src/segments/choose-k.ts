import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import type { LloydRun } from "../numeric/points.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkRange, kneeOf } from "./elbow.ts";
import { chooseByGaps, finiteOrNull, gapErrorOf, gapOf } from "./gap.ts";
import { fitEach, settingsFor, withRows } from "./kmeans-runs.ts";
import { compareWithUniform } from "./reference.ts";
import { checkDistances, inRowOrderOrSampled, type Rows, rowsOf, takeRows } from "./rows.ts";
import { silhouettesOf, summarize } from "./silhouette.ts";
import { stabilityOf, unstableBelow } from "./stability.ts";
import { stratifiedByContent } from "./stratified-sample.ts";

/** One number of clusters that was tried. */
export interface ChooseKPoint {
  /** Number of clusters. */
  readonly k: number;
  /** Least within-cluster sum of squares found, in squared units of the table. */
  readonly withinSquares: number;
  /** Mean silhouette; null for k = 1, which has none. */
  readonly silhouette: number | null;
  /** Gap statistic, with `by: "gap"` only; null when every group is one point. */
  readonly gap?: number | null;
  /** Standard error of the gap, with `by: "gap"` only. */
  readonly gapError?: number;
  /** Mean stability of the groups, see {@link measureStability}; with `replicates` only, null for k = 1. */
  readonly stability?: number | null;
  /** Stability of the least stable group; with `replicates` only, null for k = 1. */
  readonly leastStability?: number | null;
}

/** A number of clusters and the evidence for it. Result of {@link chooseK}. */
export interface ChooseKReport {
  /** The choice. */
  readonly k: number;
  /** What was tried, k ascending. */
  readonly curve: readonly ChooseKPoint[];
  /** One sentence that says what chose. */
  readonly rule: string;
  /**
   * `no-structure` when the groups are no clearer than those of a uniform cloud; `unstable-groups` when some of them do not
   * come back in resamples; `no-knee`; `k-shortened`.
   */
  readonly notes: readonly Note[];
}

/** Options of {@link chooseK}. */
export interface ChooseKOptions {
  /** Smallest number of clusters, at most 100; default 2. */
  readonly from?: number | undefined;
  /** Largest number of clusters, at most 100; default 10. */
  readonly to?: number | undefined;
  /** What chooses; default `"silhouette"`. */
  readonly by?: "silhouette" | "elbow" | "gap" | undefined;
  /** Seed of starts, samples and reference draws; default 42. */
  readonly seed?: number | undefined;
  /** Random starts for each k; default 10. */
  readonly restarts?: number | undefined;
  /** Resamples of which the stability of each k is measured; default: it is not measured, which is faster. */
  readonly replicates?: number | undefined;
}

/** Option table of {@link chooseK}. */
export const chooseKOptions: OptionTable<ChooseKOptions, "replicates"> = {
  from: integer({ min: 1, max: 100, default: 2 }),
  to: integer({ min: 1, max: 100, default: 10 }),
  by: oneOf(["silhouette", "elbow", "gap"], { default: "silhouette" }),
  seed: seed(),
  restarts: integer({ min: 1, default: 10 }),
  replicates: integer({ min: 1, max: 10_000, optional: true }),
};

// Four thousand silhouettes of spread 0.2 have a mean with a standard error of 0.003.
const exactRows = 4000;
const silhouetteStream = -4;
/** Uniform clouds and Gaussians of 20 rows and more stay below 4.1 of these in 700 simulations (ADR 0052). */
const clearDeviations = 5;

/**
 * Chooses a number of segments and shows the evidence.
 *
 * - `"silhouette"`: the k whose customers are, on average, the clearest members of their group.
 * - `"elbow"`: the knee of the within-cluster squares over 1 … `to` (see {@link measureElbow}); without a knee in range the
 *   silhouette chooses, and a note says so.
 * - `"gap"`: the smallest k whose fit, compared with uniform clouds, is clearly better than one group and as good as
 *   that of k + 1 (see {@link measureGap}).
 *
 * Whatever chose, the choice is compared with 20 uniform clouds of the same extent, and a note `no-structure` says when
 * the silhouette is not clearly above theirs, or k groups explain no more than they do there: the customers then form one
 * crowd that k-means cuts into slices. Of a dozen customers little is clear. With `replicates` the curve also says how surely
 * the groups of each k are found again, and a note `unstable-groups` warns when those of the choice are not.
 *
 * @param table - n customers × d finite features, scaled.
 * @param options - see {@link ChooseKOptions}.
 * @returns the choice, the curve and the rule. Silhouettes are exact up to 4,000 rows, above from a sample of so many that
 * represents every group; comparisons with uniform clouds use a sample of 1,000.
 * @throws {ClienteleError} `invalid-option` when `from` > `to`; `too-few-rows` without more rows than `from`,
 * `degenerate-data` for fewer distinct rows; `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [1], [2], [20], [21], [22], [40], [41], [42]]);
 * const { k, rule } = chooseK(table, { to: 6 });
 * k; // 3
 * rule; // "k = 3 has the largest mean silhouette (0.932) of k = 2 to 6."
 * @see Rousseeuw (1987); Tibshirani, Walther & Hastie (2001). Cost: one {@link fitKMeans} and at most 4,000² / 2 distances
 * per k.
 */
export function chooseK(table: FeatureTable, options?: ChooseKOptions): ChooseKReport {
  const caller = "chooseK";
  const read = readOptions(caller, chooseKOptions, options);
  checkDistances(caller, table);
  const data = inRowOrderOrSampled(rowsOf(table), read.to);
  // As many clusters as rows are no grouping.
  const { last, notes } = checkRange(caller, data, { from: read.from, to: read.to, spare: 1 });
  // The knee is looked for on the whole curve: from k = 2 on, 2 could never be one.
  const tried = fitCurve(data, read.by === "elbow" ? 1 : read.from, last, read);
  const curve = tried.filter(({ k }) => k >= read.from);
  const choice = read.by === "gap" ? chooseByGap(caller, data, curve, read.seed) : chooseByCurve(tried, curve, read.by);
  return {
    ...choice,
    notes: [
      ...notes,
      ...choice.notes,
      ...structureNotes(caller, data, choice.k, read.seed),
      ...unstableNotes(choice.k, choice.curve),
    ],
  };
}

/** The knee, where it is asked for and in range; else the largest silhouette. */
function chooseByCurve(
  tried: readonly ChooseKPoint[],
  curve: readonly ChooseKPoint[],
  by: "silhouette" | "elbow",
): ChooseKReport {
  const [from, last] = [curve[0].k, curve[curve.length - 1].k];
  const ks = tried.map(({ k }) => k);
  const squares = tried.map(({ withinSquares }) => withinSquares);
  const knee = by === "elbow" ? kneeOf(ks, squares) : null;
  if (knee !== null && knee >= from) {
    return {
      k: knee,
      curve,
      rule: `k = ${knee} is the knee of the within-cluster squares of k = 1 to ${last}.`,
      notes: [],
    };
  }
  const k = clearest(curve);
  return { k, curve, rule: silhouetteRule(k, curve), notes: by === "elbow" ? [noKnee(from, last)] : [] };
}

/** How every k is fitted and measured. */
interface FitSettings {
  readonly restarts: number;
  readonly seed: number;
  readonly replicates: number | undefined;
}

function fitCurve(data: Rows, from: number, to: number, given: FitSettings): ChooseKPoint[] {
  const curve: ChooseKPoint[] = [];
  withRows(data, (ready) => {
    fitEach(ready, from, to, settingsFor(data, given), (k, run) => {
      const silhouette = k === 1 ? null : meanSilhouette(data, run, given.seed);
      curve.push({ k, withinSquares: run.withinSquares, silhouette, ...stabilityAt(data, run, given) });
    });
  });
  return curve;
}

function stabilityAt(
  data: Rows,
  { labels, sizes }: LloydRun,
  { restarts, seed: chosen, replicates }: FitSettings,
): Pick<ChooseKPoint, "stability" | "leastStability"> {
  if (replicates === undefined) return {};
  if (sizes.length === 1) return { stability: null, leastStability: null };
  const { value, perCluster } = stabilityOf(data, labels, sizes, { restarts, seed: chosen, replicates });
  return { stability: value, leastStability: perCluster.reduce((least, jaccard) => Math.min(least, jaccard), 1) };
}

function unstableNotes(k: number, curve: readonly ChooseKPoint[]): Note[] {
  const least = curve.find((point) => point.k === k)?.leastStability ?? 1;
  if (least >= unstableBelow) return [];
  const message = `Some of the ${k} groups do not come back in resamples: the least stable has a Jaccard index of ${least.toFixed(2)}.`;
  return [{ code: "unstable-groups", message }];
}

/**
 * The mean silhouette of a grouping; of more than 4,000 rows that of a sample which represents every group.
 *
 * @param data - the rows.
 * @param grouping - a group for each row, and how many rows each has.
 * @param chosen - seed of the sample.
 */
export function meanSilhouette(
  data: Rows,
  { labels, sizes }: Pick<LloydRun, "labels" | "sizes">,
  chosen: number,
): number {
  if (data.rows <= exactRows) {
    return summarize(silhouettesOf(data, labels, sizes.length), labels, sizes).mean;
  }
  const random = randomOf(chosen, silhouetteStream, sizes.length);
  const rows = stratifiedByContent(data, labels, sizes, exactRows, random);
  const sampled = Int32Array.from(rows, (row) => labels[row]);
  return summarize(silhouettesOf(takeRows(data, rows), sampled, sizes.length), sampled, sizes).mean;
}

/** The k of the largest silhouette; of equals the smallest. */
function clearest(curve: readonly ChooseKPoint[]): number {
  let best = curve[0];
  for (const point of curve) if ((point.silhouette ?? -Infinity) > (best.silhouette ?? -Infinity)) best = point;
  return best.k;
}

function silhouetteRule(k: number, curve: readonly ChooseKPoint[]): string {
  const silhouette = curve.find((point) => point.k === k)?.silhouette ?? null;
  if (silhouette === null) return `k = ${k} is all that was tried.`;
  if (curve.length === 1) return `k = ${k} is all that was tried; its mean silhouette is ${silhouette.toFixed(3)}.`;
  const range = `k = ${curve[0].k} to ${curve[curve.length - 1].k}`;
  return `k = ${k} has the largest mean silhouette (${silhouette.toFixed(3)}) of ${range}.`;
}

function noKnee(from: number, last: number): Note {
  const message = `The within-cluster squares of k = 1 to ${last} have no knee at ${from} or above: the silhouette chose.`;
  return { code: "no-knee", message };
}

/** A note where k groups are hardly more than slices of one crowd; otherwise none. */
export function structureNotes(caller: string, data: Rows, k: number, chosen: number): Note[] {
  if (k === 1) return [];
  const [one, point] = compareWithUniform(caller, data, [1, k], new Set([k]), chosen);
  const { silhouette, logShortfall } = point;
  if (silhouette === null || logShortfall === null) return [];
  const clearer = logShortfall.expected - logShortfall.observed > clearDeviations * logShortfall.deviation;
  if (clearer && gapOf(point) > gapOf(one) + gapErrorOf(point)) return [];
  const [ours, theirs] = [silhouette.observed.toFixed(3), silhouette.expected.toFixed(3)];
  const figures = `silhouette ${ours}, ${theirs} in uniform clouds of the same extent`;
  const message = `${k} groups are not clearly more than slices of one crowd (${figures}).`;
  return [{ code: "no-structure", message }];
}

function chooseByGap(caller: string, data: Rows, curve: readonly ChooseKPoint[], chosen: number): ChooseKReport {
  const [from, last] = [curve[0].k, curve[curve.length - 1].k];
  // One group is what every k is held against.
  const ks = Array.from({ length: last }, (_, i) => i + 1);
  const points = compareWithUniform(caller, data, ks, new Set(), chosen);
  const withGaps = curve.map((point) => {
    const compared = points[point.k - 1];
    return { ...point, gap: finiteOrNull(gapOf(compared)), gapError: gapErrorOf(compared) };
  });
  return { ...chooseByGaps(from, points), curve: withGaps, notes: [] };
}
