import type { Note } from "../core/note.ts";
import type { LloydRun } from "../numeric/points.ts";
import { meanSilhouette, structureNotes } from "./choose-k.ts";
import { canonicalRun, fitEach, settingsFor, withRows } from "./kmeans-runs.ts";
import { countDistinctUpTo, inRowOrderOrSampled, type Rows, takeRows } from "./rows.ts";

/** The groups of one stage: the nearest centroid says which. */
export interface StageSplit {
  /** Centroids in standardized units; none when the stage stays whole. */
  readonly centroids: readonly (readonly number[])[];
  /** For each centroid its group; small clusters have the group of a larger one nearby. */
  readonly groups: readonly number[];
  /** Customers per group, the largest first. */
  readonly sizes: readonly number[];
  /** Mean silhouette of the groups; null when the stage stays whole. */
  readonly silhouette: number | null;
}

const restarts = 10;

/**
 * Finds the groups of a stage.
 *
 * @param caller - the public function.
 * @param given - standardized rows.
 * @param options - most groups, fewest customers of each, seed.
 * @returns the groups, and notes on how clear they are.
 */
export function splitStage(
  caller: string,
  given: Rows,
  { kMax, minSize, seed }: { readonly kMax: number; readonly minSize: number; readonly seed: number },
): { split: StageSplit; notes: readonly Note[] } {
  let best: StageSplit = { centroids: [], groups: [], sizes: [given.rows], silhouette: null };
  if (given.rows < 2 * minSize || given.rows < 2) return { split: best, notes: [] };
  const data = inRowOrderOrSampled(given, kMax);
  const most = Math.min(kMax, countDistinctUpTo(data, kMax));
  if (most < 2) return { split: best, notes: [] };
  const sorted = data.sample?.from ?? Uint32Array.from({ length: data.rows }, (_, row) => row);
  let settled = new Uint32Array(0);
  withRows(data, (ready) => {
    fitEach(ready, 2, most, settingsFor(data, { restarts, seed }), (_, fitted) => {
      const run = canonicalRun(ready.points, fitted, data.columns);
      const { groups, sizes, joined } = joinSmall(run, data.columns, minSize);
      if (sizes.length < 2) return;
      const labels = run.labels.map((label) => groups[label]);
      const silhouette = meanSilhouette(data, { labels, sizes: Int32Array.from(sizes) }, seed);
      if (best.silhouette !== null && silhouette <= best.silhouette) return;
      const centroids = groups.map((__, c) =>
        // Adding 0 turns −0, which JSON cannot carry, into 0.
        Array.from(run.centers.subarray(c * data.columns, (c + 1) * data.columns), (x) => x + 0),
      );
      best = { centroids, groups, sizes, silhouette };
      settled = sorted.filter((row) => !joined[run.labels[row]]);
    });
  });
  // A handful of extreme customers far away would make any crowd look like groups: the others are judged.
  const groups = best.sizes.length;
  return { split: best, notes: structureNotes(caller, takeRows(data, settled), groups, seed) };
}

/**
 * Joins clusters that are too small to the nearest ones: the smallest first, again and again, by the distance of the means.
 * Centroids stay, so that whoever is nearest to that of a small cluster belongs to the group it joined.
 */
function joinSmall(
  { centers, sizes }: LloydRun,
  columns: number,
  minSize: number,
): { groups: number[]; sizes: number[]; joined: boolean[] } {
  let found = Array.from(sizes, (size, c) => ({
    size,
    members: [c],
    mean: Array.from(centers.subarray(c * columns, (c + 1) * columns)),
  }));
  while (found.length > 1) {
    const small = found.reduce((least, group) => (group.size <= least.size ? group : least));
    if (small.size >= minSize) break;
    const others = found.filter((group) => group !== small);
    const near = others.reduce((best, group) =>
      distance(group.mean, small.mean) < distance(best.mean, small.mean) ? group : best,
    );
    const size = near.size + small.size;
    const joined = {
      size,
      members: [...near.members, ...small.members],
      mean: near.mean.map((x, j) => (size === 0 ? x : (x * near.size + small.mean[j] * small.size) / size)),
    };
    found = others.map((group) => (group === near ? joined : group));
  }
  found.sort((a, b) => b.size - a.size || a.members[0] - b.members[0]);
  const groups = new Array<number>(sizes.length).fill(0);
  found.forEach(({ members }, group) => {
    for (const c of members) groups[c] = group;
  });
  // Unless small ones made up a group among themselves, they were joined to a large one.
  const hasLarge = found.map(({ members }) => members.some((c) => sizes[c] >= minSize));
  const joined = groups.map((group, c) => hasLarge[group] && sizes[c] < minSize);
  return { groups, sizes: found.map(({ size }) => size), joined };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, j) => sum + (x - b[j]) * (x - b[j]), 0);
}
