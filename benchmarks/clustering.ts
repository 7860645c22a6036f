import { assignKMeans, fitKMeans, measureElbow, measureSilhouette } from "clientele/segments";
import { fromMatrix, type FeatureTable } from "clientele/tables";
import { rawMlKMeans } from "../test/oracles/ml-kmeans.ts";
import { customerMatrix, startCenters } from "./data.ts";
import { heavyPeer } from "./heavy-peers.ts";
import type { Python } from "./python.ts";
import { type Lap, type Race, type Racer, timed } from "./race.ts";

const rowsOf = (values: Float64Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);

function inertia(values: Float64Array, columns: number, centers: readonly (readonly number[])[]): number {
  let total = 0;
  for (let i = 0; i < values.length; i += columns) {
    let best = Infinity;
    for (const center of centers) {
      let square = 0;
      for (let j = 0; j < columns; j++) square += (values[i + j] - center[j]) ** 2;
      best = Math.min(best, square);
    }
    total += best;
  }
  return total;
}

/** k-means from the same start with the same stop rule as scikit-learn's Lloyd. */
export async function kMeansRace(
  rows: number,
  columns: number,
  k: number,
  gates: { sklearn: number; mlKMeans: number | null },
  python: Python | undefined,
): Promise<Race> {
  const values = customerMatrix(rows, columns);
  const start = startCenters(values, columns, k);
  const table = fromMatrix(values, { columns });
  const ours = (): Lap =>
    timed(
      () => fitKMeans(table, { k, initial: start }),
      (model) => ({ inertia: model.withinSquares, iterations: model.iterations }),
    );
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = {
      values: python.share(`X_${rows}_${columns}.f64`, values),
      labels: python.share(
        `ours_${rows}_${columns}_${k}.i32`,
        assignKMeans(fitKMeans(table, { k, initial: start }), table),
      ),
      columns,
      start,
    };
    peers.push({
      name: "scikit-learn Lloyd, all threads",
      gate: gates.sklearn,
      lap: () => python.lap("kmeans", shared),
    });
  }
  let points: number[][] | undefined;
  const lap = (job: (points: number[][]) => { centroids: number[][]; iterations: number }): (() => Lap) =>
    () =>
    timed(() => job((points ??= rowsOf(values, columns))), ({ centroids, iterations }) => ({ inertia: inertia(values, columns, centroids), iterations })); // prettier-ignore
  // Of a million rows of 16 it takes half a minute a lap.
  if (rows * columns > 8_000_000) return { kernel: "k-means", size: `${rows} × ${columns}, k = ${k}`, ours, peers };
  peers.push({
    name: "ml-kmeans",
    gate: gates.mlKMeans, // It compares each squared shift with the tolerance where we compare their sum: it may stop earlier, never later.
    lap: lap((p) => rawMlKMeans(p, start, { tolerance: 1e-4, maxIterations: 300 })),
  });
  if (rows <= 100_000) {
    const skmeans = await heavyPeer("skmeans");
    peers.push({ name: "skmeans", gate: null, lap: lap((p) => { const r = skmeans(p, k, start.map((c) => [...c]), 300); return { centroids: r.centroids, iterations: r.it }; }) }); // prettier-ignore
  }
  return { kernel: "k-means", size: `${rows} × ${columns}, k = ${k}`, ours, peers };
}

/** One k-means++ start and one iteration, as scikit-learn's `init="k-means++", n_init=1, max_iter=1`. */
export function seedingRace(rows: number, python: Python): Race {
  const values = customerMatrix(rows, 8);
  const table = fromMatrix(values, { columns: 8 });
  const shared = { values: python.share(`X_${rows}_8.f64`, values), columns: 8, k: 8 };
  return {
    kernel: "k-means++ start and one iteration",
    size: `${rows} × 8, k = 8`,
    ours: () =>
      timed(
        () => fitKMeans(table, { k: 8, restarts: 1, maxIterations: 1, seed: 1 }),
        (model) => ({ inertia: model.withinSquares }),
      ),
    // No gate: twice scikit-learn's speed is the goal, and not yet confirmed on a quiet machine (ADR 0132).
    peers: [{ name: "scikit-learn, all threads", gate: null, lap: () => python.lap("seeding", shared) }],
  };
}

/** The curve of k = 2 … 10 with one start each, as nine fits of scikit-learn with `n_init=1`; inertia is summed over k. */
export function elbowRace(rows: number, python: Python): Race {
  const values = customerMatrix(rows, 8);
  const table = fromMatrix(values, { columns: 8 });
  const shared = { values: python.share(`X_${rows}_8.f64`, values), columns: 8 };
  return {
    kernel: "elbow, k = 2 … 10",
    size: `${rows} × 8`,
    ours: () =>
      timed(
        () => measureElbow(table, { from: 2, to: 10, restarts: 1, seed: 1 }),
        ({ withinSquares }) => ({ inertia: withinSquares.reduce((sum, squares) => sum + squares, 0) }),
      ),
    peers: [{ name: "scikit-learn, all threads", gate: 2, lap: () => python.lap("elbow", shared) }],
  };
}

/** The exact silhouette of a k-means clustering. */
export async function silhouetteRace(rows: number, gate: number, python: Python | undefined): Promise<Race> {
  const values = customerMatrix(rows, 8);
  const table: FeatureTable = fromMatrix(values, { columns: 8 });
  const labels = assignKMeans(fitKMeans(table, { k: 8, initial: startCenters(values, 8, 8) }), table);
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = {
      values: python.share(`X_${rows}_8.f64`, values),
      labels: python.share(`labels_${rows}.i32`, labels),
      columns: 8,
    };
    peers.push({ name: "scikit-learn, all threads", gate, lap: () => python.lap("silhouette", shared) });
  }
  if (rows <= 10_000) {
    const statistics = await heavyPeer("simple-statistics");
    const points = rowsOf(values, 8);
    peers.push({
      name: "simple-statistics",
      gate: null,
      lap: () =>
        timed(
          () => statistics.silhouette(points, [...labels]),
          (each) => ({ silhouette: each.reduce((sum, value) => sum + value, 0) / rows }),
        ),
    });
  }
  return {
    kernel: "silhouette, exact",
    size: `${rows} × 8, k = 8`,
    ours: () =>
      timed(
        () => measureSilhouette(table, labels),
        ({ mean }) => ({ silhouette: mean }),
      ),
    peers,
  };
}

/** How the cost of our functions grows: time(2n) / time(n), printed and not raced. */
export function growth(): { kernel: string; ratio: number }[] {
  const best = (job: () => unknown): number => Math.min(...[1, 2, 3].map(() => timed(job, () => ({})).seconds));
  const table = (rows: number): FeatureTable => fromMatrix(customerMatrix(rows, 8), { columns: 8 });
  const [small, large] = [table(200_000), table(400_000)];
  const fit = (data: FeatureTable) => (): unknown =>
    fitKMeans(data, { k: 8, restarts: 1, maxIterations: 10, tolerance: 0 });
  const elbow = (data: FeatureTable) => (): unknown => measureElbow(data, { to: 4, restarts: 1 });
  return [
    { kernel: "k-means, 10 iterations, 200k → 400k", ratio: best(fit(large)) / best(fit(small)) },
    { kernel: "elbow 1…4, 200k → 400k", ratio: best(elbow(large)) / best(elbow(small)) },
  ];
}
