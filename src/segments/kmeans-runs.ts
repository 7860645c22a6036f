import { randomOf } from "../core/random.ts";
import type { LloydRun, Points } from "../numeric/points.ts";
import { compareRows } from "../numeric/row-order.ts";
import { meanVariance, type Rows } from "./rows.ts";

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
// A swap costs what a restart costs, so that large tables get few or none: there, restarts already agree.
const mostSwaps = 20;
const rowsToSwap = 20_000;

/** Settings in the units of the data; the stop rule is scikit-learn's, `tolerance` times the mean variance. */
export function settingsFor(
  data: Rows,
  { restarts, seed, maxIterations = 300, tolerance = 1e-4 }: Partial<RunSettings> & { restarts: number; seed: number },
): RunSettings {
  const swaps = Math.floor(restarts * Math.min(mostSwaps, rowsToSwap / data.rows));
  return { restarts, swaps, seed, maxIterations, tolerance: tolerance * meanVariance(data) };
}

/**
 * The best of several k-means++ starts, improved by swaps, as one value; of equals the earliest.
 *
 * A swap takes one center away, puts it on a row drawn with probability proportional to its squared distance, and runs
 * Lloyd's iterations again; it is kept when the squares fall. Restarts alone miss the best solution of small tables too
 * often (ADR 0050).
 *
 * @see Fränti (2018), "Efficiency of random swap clustering".
 */
export function bestRun(points: Points, data: Rows, clusters: number, settings: RunSettings): LloydRun {
  // One cluster has one solution.
  const restarts = clusters === 1 ? 1 : settings.restarts;
  let best = startRun(points, clusters, settings, 0);
  for (let restart = 1; restart < restarts; restart++) {
    const run = startRun(points, clusters, settings, restart);
    if (run.withinSquares < best.withinSquares) best = run;
  }
  return clusters === 1 ? best : swapCenters(points, data, best, settings);
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
    const drawn = firstAbove(reach, random.next() * total);
    const arriving = data.sample === undefined ? drawn : data.sample[drawn];
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

/** Running sum over the rows, or the sampled ones, of weight · squared distance to the own center. */
function cumulativeSquares(data: Rows, run: LloydRun): Float64Array {
  const { sample, weights } = data;
  const sums = new Float64Array(sample === undefined ? data.rows : sample.length);
  let sum = 0;
  for (let i = 0; i < sums.length; i++) {
    const row = sample === undefined ? i : sample[i];
    const squares = squaresToOwn(data, run, row);
    sum += weights === undefined ? squares : weights[row] * squares;
    sums[i] = sum;
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
 * only improve on k − 1, so the curve never rises.
 * `visit` is handed each fit; what it does not keep is released.
 */
export function fitEach(
  points: Points,
  data: Rows,
  from: number,
  to: number,
  settings: RunSettings,
  visit: (clusters: number, run: LloydRun) => void,
): void {
  let previous: LloydRun | undefined;
  for (let clusters = from; clusters <= to; clusters++) {
    let run = bestRun(points, data, clusters, settings);
    if (previous !== undefined) {
      const grown = points.lloyd(withFarthest(data, previous), settings);
      if (grown.withinSquares < run.withinSquares) run = grown;
      // Rounding: with fewer distinct rows than clusters both are zero but for the last bits.
      run = { ...run, withinSquares: Math.min(run.withinSquares, previous.withinSquares) };
    }
    visit(clusters, run);
    previous = run;
  }
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
