import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, seed } from "../core/options.ts";
import { type Random, randomOf } from "../core/random.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { measureAdjustedRand } from "./adjusted-rand.ts";
import { checkRange } from "./elbow.ts";
import { bestRun, canonicalRun, settingsFor, withRows } from "./kmeans-runs.ts";
import { checkDistances, inRowOrderOrSampled, type Rows, rowsOf, takeRows } from "./rows.ts";
import { stratifiedByContent } from "./stratified-sample.ts";

/** How surely groups are found again in other customers of the same kind. Result of {@link measureStability}. */
export interface StabilityReport {
  /** Mean of `perCluster`, from 0 to 1. */
  readonly value: number;
  /** Per group the mean Jaccard index with the group that is most like it in a resample; 1 = always the same members. */
  readonly perCluster: readonly number[];
  /** Per group the share of resamples in which it came back: a Jaccard index of at least 0.75. */
  readonly recovered: readonly number[];
  /** Per group the share of resamples in which it was lost: a Jaccard index of at most 0.5. */
  readonly dissolved: readonly number[];
  /** Mean adjusted Rand index between the groups and those of a resample, over the customers drawn. */
  readonly adjustedRand: number;
  /** Customers per group. */
  readonly sizes: readonly number[];
  /** Resamples. */
  readonly replicates: number;
  /** How many customers took part: all, or a sample of 5,000. */
  readonly measured: number;
  /** `unstable-groups` names the groups whose mean Jaccard index is below 0.6. */
  readonly notes: readonly Note[];
}

/** Options of {@link measureStability}. */
export interface MeasureStabilityOptions {
  /** Number of clusters. */
  readonly k: number;
  /** Resamples; default 50. */
  readonly replicates?: number | undefined;
  /** Seed of starts and resamples; default 42. */
  readonly seed?: number | undefined;
  /** Random starts of each fit; default 10. */
  readonly restarts?: number | undefined;
}

/** Option table of {@link measureStability}. */
export const measureStabilityOptions: OptionTable<MeasureStabilityOptions> = {
  k: integer({ min: 1 }),
  replicates: integer({ min: 1, max: 10_000, default: 50 }),
  seed: seed(),
  restarts: integer({ min: 1, default: 10 }),
};

// With this many customers a group that is a business has hundreds, and resampling adds little noise of its own.
const mostRows = 5000;
const sampleStream = -5;
const drawStream = -6;
const recoveredFrom = 0.75;
const dissolvedTo = 0.5;
/** Groups with a mean Jaccard index below this are not to be trusted. */
export const unstableBelow = 0.6;

/**
 * Measures whether k-means finds the same groups again when the customers are drawn anew: bootstrap stability.
 *
 * Each resample draws as many customers as there are, with replacement, and groups those who were drawn, each once. A
 * group is held against the group of the resample that is most like it. Read a mean Jaccard index of 0.85 as highly stable,
 * of 0.75 as stable, of 0.6 to 0.75 as a pattern whose members are in doubt; below, the group may be an accident of the
 * sample. Stability is no proof of groups: two halves of one long crowd are stable too.
 *
 * @param table - n customers × d finite features, scaled.
 * @param options - see {@link MeasureStabilityOptions}; `k` is required.
 * @returns the report, with the groups numbered as {@link fitKMeans} numbers them. A group of which nobody was drawn counts as
 * lost. Above 5,000 rows a sample of 5,000 that represents every group is resampled.
 * @throws {ClienteleError} `too-few-rows` for fewer rows than `k`, `degenerate-data` for fewer distinct rows;
 * `invalid-value` at the first cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [1], [2], [3], [40], [41], [42], [43], [80], [81], [82], [83]]);
 * measureStability(table, { k: 3 }).value; // 0.98
 * measureStability(table, { k: 4 }).perCluster; // [0.8833, 0.8867, 0.6967, 0.6833] — one of the three is cut in two
 * @see Hennig (2007), "Cluster-wise assessment of cluster stability"; `clusterboot` of R's fpc with its defaults. Cost one
 * k-means of at most 5,000 rows per resample.
 */
export function measureStability(table: FeatureTable, options: MeasureStabilityOptions): StabilityReport {
  const caller = "measureStability";
  const read = readOptions(caller, measureStabilityOptions, options);
  checkDistances(caller, table);
  const { k } = read;
  const data = inRowOrderOrSampled(rowsOf(table), k);
  checkRange(caller, data, { from: k, to: k, spare: 0 });
  const { labels, sizes } = withRows(data, (ready) =>
    canonicalRun(ready.points, bestRun(ready, k, settingsFor(data, read)), data.columns),
  );
  const { perCluster, ...stability } = stabilityOf(data, labels, sizes, read);
  const notes = unstableNotes(perCluster);
  return { ...stability, perCluster, sizes: Array.from(sizes), replicates: read.replicates, notes };
}

/** A note that names the groups which do not come back; none when all do. */
function unstableNotes(perCluster: readonly number[]): Note[] {
  const unstable = perCluster.flatMap((jaccard, group) => (jaccard < unstableBelow ? [group] : []));
  if (unstable.length === 0) return [];
  const message = `${unstable.length} of ${perCluster.length} groups do not come back in resamples: ${unstable.join(", ")}.`;
  return [{ code: "unstable-groups", message }];
}

/** What the resamples say about given groups. */
type Stability = Pick<
  StabilityReport,
  "value" | "perCluster" | "recovered" | "dissolved" | "adjustedRand" | "measured"
>;

/**
 * Looks for given groups in the k-means of resamples.
 *
 * @param data - rows in an order that depends on their content only.
 * @param labels - group per row in [0, sizes.length).
 * @param sizes - members of each group, none of them 0; k-means looks for as many groups.
 */
export function stabilityOf(
  data: Rows,
  labels: Int32Array,
  sizes: Int32Array,
  { replicates, restarts, seed: chosen }: { replicates: number; restarts: number; seed: number },
): Stability {
  const k = sizes.length;
  const rows =
    data.rows <= mostRows
      ? Uint32Array.from(labels, (_, row) => row)
      : stratifiedByContent(data, labels, sizes, mostRows, randomOf(chosen, sampleStream, k));
  const sums = new Float64Array(k);
  const recovered = new Float64Array(k);
  const dissolved = new Float64Array(k);
  let agreement = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = resample(rows, k, randomOf(chosen, drawStream, k, replicate));
    const again = takeRows(data, drawn);
    const settings = { ...settingsFor(again, { restarts, seed: chosen }), swaps: 0 };
    const found = withRows(again, (ready) => bestRun(ready, k, settings).labels.slice());
    const before = Int32Array.from(drawn, (row) => labels[row]);
    agreement += measureAdjustedRand(before, found).value;
    likest(before, found, k).forEach((jaccard, group) => {
      sums[group] += jaccard;
      if (jaccard >= recoveredFrom) recovered[group]++;
      if (jaccard <= dissolvedTo) dissolved[group]++;
    });
  }
  const share = (counts: Float64Array): number[] => Array.from(counts, (count) => count / replicates);
  const perCluster = share(sums);
  return {
    value: perCluster.reduce((sum, jaccard) => sum + jaccard, 0) / k,
    perCluster,
    recovered: share(recovered),
    dissolved: share(dissolved),
    adjustedRand: agreement / replicates,
    measured: rows.length,
  };
}

/** Those of some rows that as many draws with replacement hit, in their order; at least k. */
function resample(rows: Uint32Array, k: number, random: Random): Uint32Array {
  const hit = new Uint8Array(rows.length);
  let count = 0;
  for (let draw = 0; draw < rows.length || count < k; draw++) {
    const place = random.integer(rows.length);
    if (hit[place] === 0) count++;
    hit[place] = 1;
  }
  return rows.filter((_, place) => hit[place] === 1);
}

/** For each group the largest Jaccard index with a group that was found; 0 for a group without members. */
function likest(before: Int32Array, found: Int32Array, k: number): Float64Array {
  const common = new Float64Array(k * k);
  const sizes = new Float64Array(k);
  const sizesFound = new Float64Array(k);
  for (let i = 0; i < before.length; i++) {
    common[before[i] * k + found[i]]++;
    sizes[before[i]]++;
    sizesFound[found[i]]++;
  }
  return sizes.map((size, group) => {
    let largest = 0;
    for (let other = 0; size > 0 && other < k; other++) {
      const both = common[group * k + other];
      largest = Math.max(largest, both / (size + sizesFound[other] - both));
    }
    return largest;
  });
}
