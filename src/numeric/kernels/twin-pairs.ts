import type { Kernels } from "./kernels.ts";

const TILE = 8;

/** The scalar twin of assembly/pairs.ts. */
export function twinDistanceRun(buffer: ArrayBuffer): Kernels["distanceRun"] {
  const doubles = new Float64Array(buffer);
  const ints = new Int32Array(buffer);
  const distance = new Float64Array(TILE);
  const counted = new Float64Array(TILE);

  return (tiles, columns, tile, from, to, masks, columnSums, rowSums) => {
    const size = TILE * columns;
    const left = (tiles >>> 3) + tile * size;
    for (let p = from; p < to; p++) {
      const y = (tiles >>> 3) + (p >>> 3) * size + (p & 7);
      for (let lane = 0; lane < TILE; lane++) {
        let sum = 0;
        for (let j = 0; j < size; j += TILE) {
          const difference = doubles[left + j + lane] - doubles[y + j];
          sum += difference * difference;
        }
        distance[lane] = Math.sqrt(sum);
        doubles[(rowSums >>> 3) + lane] += distance[lane];
        counted[lane] = ints[(masks >>> 2) + 2 * lane] === 0 ? 0 : distance[lane];
      }
      for (let lane = 0; lane < (columnSums === 0 ? 0 : 2); lane++) {
        doubles[(columnSums >>> 3) + 2 * p + lane] +=
          counted[lane] + counted[2 + lane] + (counted[4 + lane] + counted[6 + lane]);
      }
    }
  };
}
