import type { Kernels } from "./kernels.ts";

const TILE = 8;

/** The scalar twin of assembly/reach.ts. */
export function twinReachFrom(buffer: ArrayBuffer): Kernels["reachFrom"] {
  const doubles = new Float64Array(buffer);

  return (tiles, columns, tileCount, query, reach) => {
    const [x, q, r] = [tiles >>> 3, query >>> 3, reach >>> 3];
    let least = Infinity;
    for (let row = 0; row < TILE * tileCount; row++) {
      const lane = row % TILE;
      let at = x + (row - lane) * columns + lane;
      let sum = 0;
      for (let j = 0; j < columns; j++, at += TILE) {
        const difference = doubles[at] - doubles[q + j];
        sum += difference * difference;
      }
      if (sum < doubles[r + row]) doubles[r + row] = sum;
      const nearest = doubles[r + row];
      if (nearest >= 0 && nearest < least) least = nearest;
    }
    return least;
  };
}
