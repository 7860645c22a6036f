import type { Kernels } from "./kernels.ts";

const TILE = 16;

/** The scalar twin of assembly/clusters.ts. */
export function twinNearClusters(buffer: ArrayBuffer): Kernels["nearClusters"] {
  const floats = new Float32Array(buffer);
  const ints = new Int32Array(buffer);
  const fround = Math.fround;

  return (tiles, columns, slots, inverses, query, inverse, absolute, relative, costs, list) => {
    const [x, w, q, c, out] = [tiles >>> 2, inverses >>> 2, query >>> 2, costs >>> 2, list >>> 2];
    const own = fround(inverse);
    let best = Infinity;
    for (let slot = 0; slot < slots; slot++) {
      const lane = slot % TILE;
      let at = x + (slot - lane) * columns + lane;
      let sum = 0;
      for (let j = 0; j < columns; j++, at += TILE) {
        const difference = fround(floats[at] - floats[q + j]);
        sum = fround(sum + fround(difference * difference));
      }
      const cost = fround(sum / fround(own + floats[w + slot]));
      floats[c + slot] = cost;
      if (cost < best) best = cost;
    }
    const root = ((Math.sqrt(best) + absolute) * relative + absolute) * relative;
    const limit = fround(root * root * relative);
    let count = 0;
    for (let slot = 0; slot < slots; slot++) if (floats[c + slot] <= limit) ints[out + count++] = slot;
    return count;
  };
}
