// The only importer of ml-kmeans. Stopped by its tolerance or by maxIterations, its labels belong to the centroids before
// the last update, and it reports no sum of squares. Both are computed anew here; runs go on until nothing changes.
import { kmeans } from "ml-kmeans";

/** What {@link mlKMeans} returns, in the order of the given start. */
export interface MlKMeansResult {
  readonly labels: number[];
  readonly centroids: number[][];
  readonly withinSquares: number;
  readonly iterations: number;
}

/**
 * Lloyd's iterations from given centers until the centers stand still.
 *
 * @param rows - n × d finite numbers, n above the number of centers; thousands at most.
 * @param start - the initial centers.
 */
export function mlKMeans(rows: number[][], start: number[][]): MlKMeansResult {
  const { centroids, iterations } = rawMlKMeans(rows, start, { tolerance: 0, maxIterations: 1000 });
  const nearest = rows.map((row) => {
    const squares = centroids.map((center) => center.reduce((sum, c, j) => sum + (row[j] - c) ** 2, 0));
    const least = Math.min(...squares);
    return { label: squares.indexOf(least), least };
  });
  return {
    labels: nearest.map(({ label }) => label),
    centroids,
    iterations,
    withinSquares: nearest.reduce((sum, { least }) => sum + least, 0),
  };
}

/** What the package returns, unhealed, for the test that pins what is healed. */
export function rawMlKMeans(
  rows: number[][],
  start: number[][],
  options: { tolerance: number; maxIterations: number },
): { clusters: number[]; centroids: number[][]; converged: boolean; iterations: number } {
  return kmeans(rows, start.length, { initialization: start, ...options });
}
