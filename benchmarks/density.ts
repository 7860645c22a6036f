import { labelDbscan, type DbscanLabels } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { rawDensityClustering } from "../test/oracles/density-clustering.ts";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, type Racer, timed } from "./race.ts";

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

/** time(2n) / time(n) with the same share of neighbors: twice the customers in the same volume, twice the least crowd. */
export function densityGrowth(): { kernel: string; ratio: number }[] {
  const best = (job: () => unknown): number => Math.min(...[1, 2, 3].map(() => timed(job, () => ({})).seconds));
  const dbscan = (rows: number, columns: number, epsilon: number): (() => unknown) => {
    const table = fromMatrix(customerMatrix(rows, columns), { columns });
    return () => labelDbscan(table, { epsilon, minPoints: rows / 10_000 });
  };
  return [
    { kernel: "DBSCAN × 2, 100k → 200k", ratio: best(dbscan(200_000, 2, 0.05)) / best(dbscan(100_000, 2, 0.05)) },
    { kernel: "DBSCAN × 4, 100k → 200k", ratio: best(dbscan(200_000, 4, 0.25)) / best(dbscan(100_000, 4, 0.25)) },
  ];
}
