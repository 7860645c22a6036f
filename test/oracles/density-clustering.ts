// The only importer of density-clustering. Its neighborhoods are open (distance < radius) where DBSCAN's are closed, a
// radius of 0 silently becomes 1, and a border point visited before its cluster is listed in the cluster and in `noise`.
// Labels are therefore rebuilt from the clusters, and the radius is the next double above epsilon.
import { DBSCAN } from "density-clustering";

/**
 * DBSCAN labels with closed neighborhoods.
 *
 * @param points - n × d finite numbers; quadratic cost, so a few thousand at most.
 * @param epsilon - neighbors are at most this far away, > 0.
 * @param minPoints - neighbors, itself included, that make a core point; ≥ 1.
 * @returns one label per point in the order of the clusters' discovery; -1 = in no cluster. Border points that touch two
 * clusters go to the first of them, as in any DBSCAN.
 */
export function densityClustering(
  points: readonly (readonly number[])[],
  epsilon: number,
  minPoints: number,
): Int32Array {
  if (!(epsilon > 0) || !(minPoints >= 1)) throw new Error("the oracle takes epsilon > 0 and minPoints ≥ 1 only");
  const { clusters } = rawDensityClustering(points, nextAbove(epsilon), minPoints);
  const labels = new Int32Array(points.length).fill(-1);
  clusters.forEach((members, cluster) => {
    for (const member of members) labels[member] = cluster;
  });
  return labels;
}

/** What the package returns, unhealed, for the test that pins what is healed. */
export function rawDensityClustering(
  points: readonly (readonly number[])[],
  radius: number,
  minPoints: number,
): { readonly clusters: number[][]; readonly noise: number[] } {
  const dbscan = new DBSCAN();
  const clusters = dbscan.run(
    points.map((point) => [...point]),
    radius,
    minPoints,
  );
  return { clusters, noise: dbscan.noise };
}

function nextAbove(x: number): number {
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0] += 1n;
  return new Float64Array(bits.buffer)[0];
}
