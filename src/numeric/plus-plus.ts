import { blockRows, type PackedPoints } from "./packed-points.ts";
import type { PointSet } from "./point-set.ts";

/** Squared distances from the centers chosen so far, kept by the one who can compute them fastest. */
export interface SeedDistances {
  /** Adds the row `row` as a center: every row's squared distance becomes the lesser of the old and the new. */
  fold(row: number): void;
  /** Σ weight · squared distance if each of `candidates` were added, in their order. */
  potentials(candidates: readonly number[]): Float64Array;
  /** Σ weight · squared distance now. */
  total(): number;
  /** The first row at which the running sum of weight · squared distance exceeds `target`. */
  find(target: number): number;
}

/**
 * Greedy k-means++ over any {@link SeedDistances}; see `Points.plusPlus`.
 *
 * @returns k × columns, row-major: copies of rows.
 */
export function seedPlusPlus(
  set: PointSet,
  distances: SeedDistances,
  clusters: number,
  random: () => number,
): Float64Array {
  const { values, rows, columns, weights } = set;
  const centers = new Float64Array(clusters * columns);
  const trials = 2 + floorLog(clusters);
  for (let c = 0; c < clusters; c++) {
    const row = c === 0 ? drawRow(rows, weights, random()) : drawBest(distances, rows, trials, random);
    centers.set(values.subarray(row * columns, row * columns + columns), c * columns);
    if (c + 1 < clusters) distances.fold(row);
  }
  return centers;
}

function drawBest(distances: SeedDistances, rows: number, trials: number, random: () => number): number {
  const total = distances.total();
  const candidates: number[] = [];
  for (let t = 0; t < trials; t++) {
    const u = random();
    // Nothing is away from a center any more: any row repeats one.
    candidates.push(total > 0 ? distances.find(u * total) : Math.min(rows - 1, Math.floor(u * rows)));
  }
  const potentials = distances.potentials(candidates);
  let best = 0;
  for (let t = 1; t < trials; t++) if (potentials[t] < potentials[best]) best = t;
  return candidates[best];
}

function drawRow(rows: number, weights: Float64Array | undefined, u: number): number {
  if (weights === undefined) return Math.min(rows - 1, Math.floor(u * rows));
  let total = 0;
  for (let row = 0; row < rows; row++) total += weights[row];
  let sum = 0;
  let last = 0;
  for (let row = 0; row < rows; row++) {
    if (weights[row] === 0) continue;
    sum += weights[row];
    last = row;
    if (sum > u * total) return row;
  }
  return last;
}

/** ⌊ln k⌋ without a logarithm: the number of times e divides into k. */
function floorLog(k: number): number {
  let count = 0;
  for (let power = Math.E; power <= k; power *= Math.E) count++;
  return count;
}

/** {@link SeedDistances} in plain double precision. */
export function exactSeedDistances(set: PointSet): SeedDistances {
  const { values, rows, columns, weights } = set;
  const closest = new Float64Array(rows).fill(Infinity);
  let total = 0;

  function squaresTo(row: number, center: number): number {
    let sum = 0;
    for (let j = 0, a = row * columns, b = center * columns; j < columns; j++, a++, b++) {
      const difference = values[a] - values[b];
      sum += difference * difference;
    }
    return sum < closest[row] ? sum : closest[row];
  }

  function weighted(row: number, squares: number): number {
    return weights === undefined ? squares : weights[row] * squares;
  }

  return {
    fold(center): void {
      total = 0;
      for (let row = 0; row < rows; row++) {
        closest[row] = squaresTo(row, center);
        total += weighted(row, closest[row]);
      }
    },
    potentials(candidates): Float64Array {
      const sums = new Float64Array(candidates.length);
      for (let row = 0; row < rows; row++) {
        for (let t = 0; t < candidates.length; t++) sums[t] += weighted(row, squaresTo(row, candidates[t]));
      }
      return sums;
    },
    total: () => total,
    find(target): number {
      let sum = 0;
      let last = 0;
      for (let row = 0; row < rows; row++) {
        const share = weighted(row, closest[row]);
        if (share === 0) continue;
        sum += share;
        last = row;
        if (sum > target) return row;
      }
      return last;
    },
  };
}

/**
 * {@link SeedDistances} in single precision: a relative error near d · 2⁻²⁴, which changes no draw that matters. Uses the
 * packed points' row state, so no fit may be under way.
 */
export function packedSeedDistances(packed: PackedPoints): SeedDistances {
  const { set, kernels, stride, points, perRow: closest, weights, trials, trialSums } = packed;
  const { rows, columns } = set;
  const blockSums = new Float64Array(Math.ceil(rows / blockRows));
  const weightsAt = weights === undefined ? 0 : weights.byteOffset;
  let total = 0;
  closest.fill(Infinity, 0, rows);
  closest.fill(0, rows);

  function copyTrial(row: number, trial: number): void {
    for (let j = 0; j < columns; j++) trials[trial * columns + j] = points[row * stride + j];
  }

  return {
    fold(center): void {
      copyTrial(center, 0);
      total = 0;
      for (let block = 0; block < blockSums.length; block++) {
        const start = block * blockRows;
        blockSums[block] = kernels.foldSeed(
          points.byteOffset,
          stride,
          columns,
          start,
          Math.min(rows, start + blockRows),
          trials.byteOffset,
          closest.byteOffset,
          weightsAt,
          packed.scratch.byteOffset,
        );
        total += blockSums[block];
      }
    },
    potentials(candidates): Float64Array {
      candidates.forEach(copyTrial);
      trialSums.fill(0);
      // In blocks: a WebAssembly function gets its optimized code only when it is called again.
      for (let start = 0; start < rows; start += blockRows) {
        kernels.seedPotentials(
          points.byteOffset,
          stride,
          columns,
          start,
          Math.min(rows, start + blockRows),
          trials.byteOffset,
          candidates.length,
          closest.byteOffset,
          weightsAt,
          packed.scratch.byteOffset,
          trialSums.byteOffset,
        );
      }
      return Float64Array.from(candidates, (_, t) => {
        const [a, b, c, d] = trialSums.subarray(4 * t, 4 * t + 4);
        return a + b + (c + d);
      });
    },
    total: () => total,
    find(target): number {
      let sum = 0;
      let block = 0;
      while (block + 1 < blockSums.length && sum + blockSums[block] <= target) sum += blockSums[block++];
      let last = 0;
      for (let row = block * blockRows; row < rows; row++) {
        const share = weights === undefined ? closest[row] : closest[row] * weights[row];
        if (share === 0) continue;
        sum += share;
        last = row;
        if (sum > target) return row;
      }
      return last;
    },
  };
}
