import type { Kernels } from "./kernels/kernels.ts";
import { type Arena, arenaBytes } from "./kernels/runtime.ts";
import type { PointSet } from "./point-set.ts";
import { evenColumns, openRowBlock, type RowBlock, rowBlockBytes, rowsPerBlock } from "./row-blocks.ts";

/** Where kernels sum the rows of a set exactly: one sum at a time. */
export interface ExactWork {
  readonly set: PointSet;
  /** Centers there is room for. */
  readonly clusters: number;
  readonly kernels: Kernels;
  readonly block: RowBlock;
  /** Per row of the block the cluster it leaves, and the one it is in or enters. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Rows of which three levels leave something. */
  readonly rest: Int32Array;
  /** What Kernels.moveRows and Kernels.addSquares read and add to; see there. */
  readonly constants: Float64Array;
  readonly slices: Float64Array;
  readonly centers: Float64Array;
  readonly terms: Float64Array;
}

function lengths({ rows, columns }: PointSet, clusters: number): Record<"indexes" | "doubles", number[]> {
  const most = rowsPerBlock(rows, columns);
  const width = evenColumns(columns);
  return {
    indexes: [most + 1, most + 1, most + 1],
    // Splits and slices of squares take 6 each.
    doubles: [Math.max(6, 5 * width), Math.max(6, 3 * clusters * width), clusters * columns, most],
  };
}

/** Bytes that {@link openExactWork} will ask the arena for. */
export function exactWorkBytes(set: PointSet, clusters: number): number {
  const { indexes, doubles } = lengths(set, clusters);
  const bytes = (list: number[], size: 4 | 8): number => list.reduce((sum, n) => sum + arenaBytes(n, size), 0);
  return rowBlockBytes(set.rows, set.columns) + bytes(indexes, 4) + bytes(doubles, 8);
}

/** Makes room for sums of the rows of a set under at most so many centers. */
export function openExactWork(set: PointSet, clusters: number, kernels: Kernels, arena: Arena): ExactWork {
  const { indexes, doubles } = lengths(set, clusters);
  const [from, to, rest] = indexes.map((length) => arena.i32(length));
  const [constants, slices, centers, terms] = doubles.map((length) => arena.f64(length));
  const block = openRowBlock(arena, set.rows, set.columns);
  return { set, clusters, kernels, block, from, to, rest, constants, slices, centers, terms };
}
