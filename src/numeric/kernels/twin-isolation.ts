import type { Kernels } from "./kernels.ts";

/** The scalar twin of assembly/isolation.ts. */
export function twinAddPathLengths(buffer: ArrayBuffer): Kernels["addPathLengths"] {
  const doubles = new Float64Array(buffer);
  const words = new Uint32Array(buffer);

  return (rows, columns, count, nodes, lengths, trees, height, sums) => {
    const leaves = 1 << height;
    for (let tree = 0; tree < trees; tree++) {
      const firstNode = (nodes >>> 3) + 2 * leaves * tree;
      const firstLeaf = (lengths >>> 3) + leaves * (tree - 1);
      for (let row = 0; row < count; row++) {
        const x = (rows >>> 3) + row * columns;
        let node = 1;
        for (let level = 0; level < height; level++) {
          const at = firstNode + 2 * node;
          node = 2 * node + (doubles[x + (words[2 * at + 2] >>> 3)] >= doubles[at] ? 1 : 0);
        }
        doubles[(sums >>> 3) + row] += doubles[firstLeaf + node];
      }
    }
  };
}
