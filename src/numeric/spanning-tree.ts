import { fillTiles } from "./distance-matrix.ts";
import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import { emptyMerges, type Merges } from "./neighbor-chain.ts";

const TILE = 8;

/**
 * Merges rows by single linkage: the edges of a shortest spanning tree are its merges.
 *
 * The tree grows from row 0 to the row nearest to it, the lowest of equally near ones. As in SciPy an edge is written down
 * between the row reached and the row reached before it: sorted by height both are in the same cluster by then.
 *
 * @param values - row-major rows × columns, finite, squarable.
 * @returns merges in the order the tree grew. Cost O(n²·d) time, O(n·d) memory.
 * @see Prim (1957); Gower & Ross (1969); SciPy's `mst_single_linkage`.
 */
export function singleMerges(values: Float64Array, rows: number, columns: number): Merges {
  const merges = emptyMerges(rows);
  const tileCount = Math.ceil(rows / TILE);
  const bytes = arenaBytes(TILE * tileCount * columns, 8) + arenaBytes(columns, 8) + arenaBytes(TILE * tileCount, 8);
  return borrowKernels(bytes, (kernels, arena) => {
    const tiles = arena.f64(TILE * tileCount * columns);
    const query = arena.f64(columns);
    const reach = arena
      .f64(TILE * tileCount)
      .fill(Infinity, 0, rows)
      .fill(reached, rows);
    fillTiles(tiles, values, rows, columns);
    for (let step = 0, last = 0; step < rows - 1; step++) {
      reach[last] = reached;
      query.set(values.subarray(last * columns, (last + 1) * columns));
      const square = kernels.reachFrom(tiles.byteOffset, columns, tileCount, query.byteOffset, reach.byteOffset);
      const next = reach.indexOf(square);
      merges.from[step] = last;
      merges.into[step] = next;
      merges.heights[step] = Math.sqrt(square);
      last = next;
    }
    return merges;
  });
}

/** Less than every square. */
const reached = -1;
