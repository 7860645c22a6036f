import { randomOf } from "../core/random.ts";
import { meanVariance } from "../numeric/mean-variance.ts";
import { type LloydRun, type Points, withPoints } from "../numeric/points.ts";
import { compareRows } from "../numeric/row-order.ts";
import type { Rows } from "./rows.ts";

/** Rows made ready for any number of fits. */
export interface ReadyRows {
  readonly data: Rows;
  readonly points: Points;
  /** The sample of `data`, ready too: starts are drawn, run and compared on it, and the best goes on with all rows. */
  readonly sample?: ReadyRows;
}

/** Makes rows ready; what was prepared is released when `use` returns. */
export function withRows<R>(data: Rows, use: (ready: ReadyRows) => R): R {
  const { values, rows, columns, weights, sample } = data;
  if (sample === undefined) return withPoints(values, rows, columns, weights, (points) => use({ data, points }));
  return withRows(sample, (ready) =>
    withPoints(values, rows, columns, weights, (points) => use({ data, points, sample: ready }), sample),
  );
}

/** How every single fit starts and stops. */
export interface RunSettings {
  readonly restarts: number;
  /** Attempts to improve the best restart; see {@link bestRun}. */
  readonly swaps: number;
  readonly maxIterations: number;
  /** In squared units of the data. */
  readonly tolerance: number;
  readonly seed: number;
}

// Random streams below a seed: restart r has stream r, the swaps have their own.
const swapStream = -1;
// A swap costs what a restart costs, so that larger tables get few: there, restarts already agree.
const mostSwaps = 20;
const rowsToSwap = 20_000;

/**
 * Settings in the units of the data; the stop rule is scikit-learn's, `tolerance` times the mean variance: that of the sample
 * where there is one.
 */
export function settingsFor(
  data: Rows,
  { restarts, seed, maxIterations = 300, tolerance = 1e-4 }: Partial<RunSettings> & { restarts: number; seed: number },
): RunSettings {
  const ground = data.sample ?? data;
  const swaps = Math.floor(restarts * Math.min(mostSwaps, rowsToSwap / ground.rows));
  return { restarts, swaps, seed, maxIterations, tolerance: tolerance * meanVariance(ground) };
}

/**
 * The best of several k-means++ starts, improved by swaps, as one value; of equals the earliest.
 *
 * A swap takes one center away, puts it on a row drawn with probability proportional to its squared distance, and runs
 * Lloyd's iterations again; it is kept when the squares fall. Restarts alone miss the best solution of small tables too
 * often (ADR 0050). Of a large table all this happens on its sample, and the best go on with all rows (ADR 0132).
 *
 * @see Bradley & Fayyad (1998), "Refining initial points for k-means clustering"; Fränti (2018), "Efficiency of random
 * swap clustering".
 */
export function bestRun(ready: ReadyRows, clusters: number, settings: RunSettings): LloydRun {
  const { points, sample } = ready;
  if (sample === undefined) return contenders(ready, clusters, settings)[0];
  return goOn(points, contenders(sample, clusters, settings), settings);
}

/** What came out of the starts and of swaps, the best first; see {@link admit}. */
function contenders({ points, data }: ReadyRows, clusters: number, settings: RunSettings): LloydRun[] {
  const runs: LloydRun[] = [];
  // One cluster has one solution.
  const restarts = clusters === 1 ? 1 : settings.restarts;
  for (let restart = 0; restart < restarts; restart++) admit(runs, startRun(points, clusters, settings, restart));
  if (clusters > 1) admit(runs, swapCenters(points, data, runs[0], settings));
  return runs;
}

// The squares of two solutions, compared on 32,768 rows instead of all, are off by some thousandths.
const mostContenders = 3;
const inReach = 1.005;
const same = 1e-4;

/**
 * Adds a run to those that may be the best on all rows: at most three, none half a percent worse than the best, and of those
 * that hardly differ one. The best stays first, of equals the earlier.
 */
function admit(runs: LloydRun[], run: LloydRun): void {
  const { withinSquares } = run;
  const like = runs.findIndex((other) => Math.abs(other.withinSquares - withinSquares) <= same * withinSquares);
  if (like >= 0 && runs[like].withinSquares <= withinSquares) return;
  if (like >= 0) runs.splice(like, 1);
  const worse = runs.findIndex((other) => other.withinSquares > withinSquares);
  runs.splice(worse < 0 ? runs.length : worse, 0, run);
  const reach = runs[0].withinSquares * inReach;
  while (runs.length > mostContenders || runs[runs.length - 1].withinSquares > reach) runs.pop();
}

/** The best that runs on a sample become on all rows. */
function goOn(points: Points, runs: readonly LloydRun[], settings: RunSettings): LloydRun {
  const [first, ...others] = runs;
  let best = points.lloyd(first.centers, settings);
  // One by one: each has a label for every row.
  for (const { centers } of others) best = lesser(best, points.lloyd(centers, settings));
  return best;
}

function lesser(run: LloydRun, other: LloydRun): LloydRun {
  return other.withinSquares < run.withinSquares ? other : run;
}

function startRun(points: Points, clusters: number, settings: RunSettings, restart: number): LloydRun {
  const random = randomOf(settings.seed, restart);
  const initial = points.plusPlus(clusters, () => random.next());
  return points.lloyd(initial, settings);
}

function swapCenters(points: Points, data: Rows, run: LloydRun, settings: RunSettings): LloydRun {
  const { columns } = data;
  const random = randomOf(settings.seed, swapStream);
  let best = run;
  if (settings.swaps === 0) return best;
  let reach = cumulativeSquares(data, best);
  for (let swap = 0; swap < settings.swaps; swap++) {
    const total = reach[reach.length - 1];
    if (total === 0) break;
    const leaving = random.integer(best.sizes.length);
    const arriving = firstAbove(reach, random.next() * total);
    const centers = best.centers.slice();
    centers.set(data.values.subarray(arriving * columns, (arriving + 1) * columns), leaving * columns);
    const swapped = points.lloyd(centers, settings);
    if (swapped.withinSquares < best.withinSquares) {
      best = swapped;
      reach = cumulativeSquares(data, best);
    }
  }
  return best;
}

/** Running sum over the rows of weight · squared distance to the own center. */
function cumulativeSquares(data: Rows, run: LloydRun): Float64Array {
  const { rows, weights } = data;
  const sums = new Float64Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const squares = squaresToOwn(data, run, row);
    sum += weights === undefined ? squares : weights[row] * squares;
    sums[row] = sum;
  }
  return sums;
}

function squaresToOwn({ values, columns }: Rows, { centers, labels }: LloydRun, row: number): number {
  let squares = 0;
  for (let j = 0, i = row * columns, c = labels[row] * columns; j < columns; j++, i++, c++) {
    const difference = values[i] - centers[c];
    squares += difference * difference;
  }
  return squares;
}

/** The first index whose running sum exceeds `target`; the target is below the last sum. */
function firstAbove(sums: Float64Array, target: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Fits every k from `from` to `to` to the same points, each at least as well as the k before it.
 *
 * Beside its own starts, every k also starts from the centers of k − 1 and the row farthest from them. That start can
 * only improve on k − 1, so the curve never rises. Of a large table both happen on its sample, and the second again on all
 * rows where the curve would rise.
 * `visit` is handed each fit; what it does not keep is released.
 */
export function fitEach(
  ready: ReadyRows,
  from: number,
  to: number,
  settings: RunSettings,
  visit: (clusters: number, run: LloydRun) => void,
): void {
  const { points, sample } = ready;
  const ground = sample ?? ready;
  let tried: LloydRun | undefined;
  let previous: LloydRun | undefined;
  for (let clusters = from; clusters <= to; clusters++) {
    const runs = contenders(ground, clusters, settings);
    if (tried !== undefined) admit(runs, grownRun(ground, tried, settings));
    tried = runs[0];
    let run = sample === undefined ? tried : goOn(points, runs, settings);
    if (previous !== undefined && run.withinSquares > previous.withinSquares) {
      if (sample !== undefined) run = lesser(run, grownRun(ready, previous, settings));
      // Rounding: with fewer distinct rows than clusters both are zero but for the last bits.
      run = { ...run, withinSquares: Math.min(run.withinSquares, previous.withinSquares) };
    }
    visit(clusters, run);
    previous = run;
  }
}

/** A run of one cluster more, from the centers of `run` and the row farthest from them. */
function grownRun({ points, data }: ReadyRows, run: LloydRun, settings: RunSettings): LloydRun {
  return points.lloyd(withFarthest(data, run), settings);
}

function withFarthest(data: Rows, run: LloydRun): Float64Array {
  const { values, rows, columns } = data;
  let farthest = 0;
  let most = -1;
  for (let row = 0; row < rows; row++) {
    const squares = squaresToOwn(data, run, row);
    if (squares > most) {
      most = squares;
      farthest = row;
    }
  }
  const grown = new Float64Array(run.centers.length + columns);
  grown.set(run.centers);
  grown.set(values.subarray(farthest * columns, (farthest + 1) * columns), run.centers.length);
  return grown;
}

/**
 * Renumbers clusters by size, largest first; of equal sizes the one with the lower first coordinate, then the next.
 *
 * A row exactly between two centers belongs to the lower number, so a new numbering can move it. Such a row only ever
 * moves to a cluster that came forward, so the sizes, read in order, grow from pass to pass until the order holds.
 */
export function canonicalRun(points: Points, run: LloydRun, columns: number): LloydRun {
  const { iterations, converged } = run;
  let current = run;
  for (;;) {
    const { centers, sizes } = current;
    const order = Array.from(sizes, (_, c) => c).sort(
      (a, b) => sizes[b] - sizes[a] || compareRows(centers, columns, a, b) || a - b,
    );
    if (order.every((cluster, place) => cluster === place)) return current;
    const renumbered = new Float64Array(centers.length);
    order.forEach((cluster, place) => {
      renumbered.set(centers.subarray(cluster * columns, (cluster + 1) * columns), place * columns);
    });
    // Without ties only the names of the labels change, which spares a pass over distances.
    if (current.ties === 0) return { ...current, ...renamed(current, order), centers: renumbered };
    current = { ...points.measure(renumbered), iterations, converged };
  }
}

function renamed({ labels, sizes }: LloydRun, order: readonly number[]): Pick<LloydRun, "labels" | "sizes"> {
  const places = new Int32Array(order.length);
  order.forEach((cluster, place) => (places[cluster] = place));
  const renumbered = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) renumbered[row] = places[labels[row]];
  return { labels: renumbered, sizes: Int32Array.from(order, (cluster) => sizes[cluster]) };
}
