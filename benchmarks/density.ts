import { type DbscanLabels, labelDbscan, labelHdbscan } from "clientele/segments";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import { rawDensityClustering } from "../test/oracles/density-clustering.ts";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { budget, type Quality, type Race, type Racer, timed } from "./race.ts";

/** Beyond this density-clustering, which compares all pairs, takes minutes. */
const mostRowsOfPairs = 10_000;

/** Border points may differ between implementations, clusters, core points and noise may not. */
const qualityOf = ({ clusters, noise, core }: DbscanLabels): Quality => ({
  clusters,
  noise,
  core: core.reduce((sum, one) => sum + one, 0),
});

/** DBSCAN with the same radius and the same least crowd. */
export function dbscanRace(
  rows: number,
  columns: number,
  options: { readonly epsilon: number; readonly minPoints: number },
  gate: number | null,
  python: Python | undefined,
): Race {
  const values = customerMatrix(rows, columns);
  const table = fromMatrix(values, { columns });
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = { values: python.share(`X_${rows}_${columns}.f64`, values), columns, ...options };
    peers.push({ name: "scikit-learn, all threads", gate, lap: () => python.lap("dbscan", shared) });
  }
  if (rows <= mostRowsOfPairs) {
    const points = Array.from({ length: rows }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);
    peers.push({
      name: "density-clustering",
      gate: 10,
      lap: () =>
        timed(
          () => rawDensityClustering(points, options.epsilon, options.minPoints),
          // Its `noise` also lists some border points.
          ({ clusters }) => ({
            clusters: clusters.length,
            noise: rows - clusters.reduce((sum, { length }) => sum + length, 0),
          }),
        ),
    });
  }
  return {
    kernel: "DBSCAN",
    size: `${rows} × ${columns}, epsilon ${options.epsilon}, minPoints ${options.minPoints}`,
    ours: () => timed(() => labelDbscan(table, options), qualityOf),
    peers,
  };
}

/** HDBSCAN alone: scikit-learn has it since 1.3, Debian's is older. */
export function hdbscanRace(rows: number, columns: number): Race {
  const table = fromMatrix(customerMatrix(rows, columns), { columns });
  const options = { minClusterSize: rows / 500, minPoints: 10 };
  return {
    kernel: "HDBSCAN",
    size: `${rows} × ${columns}, minClusterSize ${options.minClusterSize}, minPoints 10`,
    ours: () =>
      timed(
        () => labelHdbscan(table, options),
        ({ clusters, noise }) => ({ clusters, noise }),
      ),
    peers: [{ ...budget(20), gate: null }],
  };
}

/** time(2n) / time(n): twice the customers in the same volume; twice the least crowd keeps DBSCAN's clusters what they are. */
export function densityGrowth(): { kernel: string; ratio: number }[] {
  const best = (job: () => unknown): number => Math.min(...[1, 2, 3].map(() => timed(job, () => ({})).seconds));
  const tableOf = (rows: number, columns: number): FeatureTable =>
    fromMatrix(customerMatrix(rows, columns), { columns });
  const dbscan = (rows: number, columns: number, epsilon: number): (() => unknown) => {
    const table = tableOf(rows, columns);
    return () => labelDbscan(table, { epsilon, minPoints: rows / 10_000 });
  };
  const hdbscan = (rows: number, columns: number): (() => unknown) => {
    const table = tableOf(rows, columns);
    return () => labelHdbscan(table, { minClusterSize: 100, minPoints: 10 });
  };
  return [
    { kernel: "DBSCAN × 2, 100k → 200k", ratio: best(dbscan(200_000, 2, 0.05)) / best(dbscan(100_000, 2, 0.05)) },
    { kernel: "DBSCAN × 4, 100k → 200k", ratio: best(dbscan(200_000, 4, 0.25)) / best(dbscan(100_000, 4, 0.25)) },
    { kernel: "HDBSCAN × 4, 50k → 100k", ratio: best(hdbscan(100_000, 4)) / best(hdbscan(50_000, 4)) },
  ];
}
