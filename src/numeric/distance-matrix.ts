import { addressableBytes, arenaBytes, type Arena, borrowKernels } from "./kernels/runtime.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { type ClusterSpace, mergeByChain, type Merges } from "./neighbor-chain.ts";

/** How the distance of a union to a third cluster follows from those of its parts. */
export type MatrixLinkage = "ward" | "complete" | "average";

const TILE = 8;
const BLOCK = TILE * TILE;
/** No position. */
const nothing = -1;

/** Entries of the lower triangle of 8 × 8 blocks. */
function matrixLength(tileCount: number): number {
  return BLOCK * ((tileCount * (tileCount + 1)) / 2);
}

function matrixBytes(rows: number, columns: number): number {
  const tileCount = Math.ceil(rows / TILE);
  const lengths = [matrixLength(tileCount), TILE * tileCount * columns, ...[1, 2, 3].map(() => TILE * tileCount)];
  return lengths.reduce((sum, length) => sum + arenaBytes(length, 8), 0);
}

/** Tells whether a matrix of so many rows has an address for every entry. */
export function fitsMatrix(rows: number, columns: number): boolean {
  return matrixBytes(rows, columns) < addressableBytes - 4096;
}

/**
 * Merges rows by a linkage that is computed from the distances of the parts, which are kept in a triangular matrix.
 *
 * @param values - row-major rows × columns, finite, squarable; {@link fitsMatrix} holds.
 * @returns merges as {@link mergeByChain} describes.
 * @see Lance & Williams (1967). Cost O(n²·d) time; 4 n² bytes of memory.
 */
export function matrixMerges(values: Float64Array, rows: number, columns: number, linkage: MatrixLinkage): Merges {
  return borrowKernels(matrixBytes(rows, columns), (kernels, arena) =>
    mergeByChain(rows, matrixSpace(values, { rows, columns, linkage }, kernels, arena)),
  );
}

function matrixSpace(
  values: Float64Array,
  { rows, columns, linkage }: { rows: number; columns: number; linkage: MatrixLinkage },
  kernels: Kernels,
  arena: Arena,
): ClusterSpace {
  let tileCount = Math.ceil(rows / TILE);
  const matrix = arena.f64(matrixLength(tileCount));
  const tiles = arena.f64(TILE * tileCount * columns);
  const penalties = arena.f64(TILE * tileCount);
  // The last two rows that were read. They are those of the next merge, but where the chain was cut back.
  let [later, earlier] = [arena.f64(TILE * tileCount), arena.f64(TILE * tileCount)];
  let [laterIs, earlierIs] = [nothing, nothing];
  // Clusters are moved together from time to time, in the order of their numbers.
  const numbers = Int32Array.from({ length: rows }, (_, i) => i);
  const positions = Int32Array.from(numbers);
  let used = rows;
  let alive = rows;

  /** Reads a row of the matrix and returns its least. */
  function read(position: number): number {
    [later, earlier] = [earlier, later];
    [laterIs, earlierIs] = [position, laterIs];
    return kernels.loadDistances(matrix.byteOffset, tileCount, position, penalties.byteOffset, later.byteOffset);
  }

  fillTiles(tiles, values, rows, columns);
  for (let tile = 0; tile < tileCount; tile++) {
    const blocks = matrix.byteOffset + 8 * matrixLength(tile);
    kernels.distanceBlocks(tiles.byteOffset, columns, tile, blocks);
    const diagonal = matrixLength(tile) + BLOCK * tile;
    for (let lane = 0; lane < TILE; lane++) matrix[diagonal + (TILE + 1) * lane] = Infinity;
  }
  penalties.fill(Infinity, rows);

  /** Moves the clusters that are left together; every entry moves to a lower address. */
  function squeeze(): void {
    let kept = 0;
    const from = new Int32Array(alive);
    for (let position = 0; position < used; position++) if (penalties[position] === 0) from[kept++] = position;
    moveTogether(matrix, from);
    for (let to = 0; to < alive; to++) {
      numbers[to] = numbers[from[to]];
      positions[numbers[to]] = to;
    }
    used = alive;
    tileCount = Math.ceil(used / TILE);
    penalties.fill(0, 0, used).fill(Infinity, used);
  }

  const space = {
    distance: 0,
    nearest(slot: number, previous: number): number {
      space.distance = read(positions[slot]);
      if (previous >= 0 && later[positions[previous]] === space.distance) return previous;
      return numbers[later.indexOf(space.distance)];
    },
    merge(from: number, into: number, sizes: Float64Array): void {
      const [a, b] = [positions[from], positions[into]];
      const back = laterIs === a ? b : a;
      if (earlierIs !== back) read(back);
      const [rowA, rowB] = laterIs === a ? [later, earlier] : [earlier, later];
      const [sizeA, sizeB] = [sizes[from], sizes[into]];
      if (linkage === "complete") kernels.uniteComplete(rowA.byteOffset, rowB.byteOffset, tileCount);
      else if (linkage === "average") kernels.uniteAverage(rowA.byteOffset, rowB.byteOffset, tileCount, sizeA, sizeB);
      else uniteWard(rowA, rowB, used, { sizeA, sizeB, between: rowA[b], sizes, numbers });
      rowB[a] = Infinity;
      rowB[b] = Infinity;
      kernels.storeDistances(matrix.byteOffset, tileCount, b, rowB.byteOffset);
      [laterIs, earlierIs] = [nothing, nothing];
      penalties[a] = Infinity;
      alive--;
      if (used - alive > TILE && (used - alive) * 4 > used) squeeze();
    },
  };
  return space;
}

interface Union {
  readonly sizeA: number;
  readonly sizeB: number;
  /** Distance of the two parts. */
  readonly between: number;
  /** Rows per slot number. */
  readonly sizes: Float64Array;
  readonly numbers: Int32Array;
}

/** The distances of the union of a and b, in place of those of b; written as in SciPy, to the bit, as the kernels are. */
function uniteWard(
  a: Float64Array,
  b: Float64Array,
  used: number,
  { sizeA, sizeB, between, sizes, numbers }: Union,
): void {
  for (let i = 0; i < used; i++) {
    const size = sizes[numbers[i]];
    const share = 1 / (sizeA + sizeB + size);
    const square =
      (size + sizeA) * share * a[i] * a[i] + (size + sizeB) * share * b[i] * b[i] - size * share * between * between;
    b[i] = Math.sqrt(Math.max(0, square));
  }
}

/**
 * Moves the entries of rows and columns from[0], from[1], … to 0, 1, …, block by block. No entry moves to a higher place, so
 * what is overwritten has been moved or is dropped.
 */
function moveTogether(matrix: Float64Array, from: Int32Array): void {
  const columnAt = from.map((column) => BLOCK * (column >> 3) + (column & 7));
  for (let tile = 0; TILE * tile < from.length; tile++) {
    const rowsEnd = Math.min(from.length, TILE * (tile + 1));
    for (let left = 0; left <= tile; left++) {
      const block = matrixLength(tile) + BLOCK * left;
      for (let to = TILE * tile; to < rowsEnd; to++) {
        const source = matrixLength(from[to] >> 3) + TILE * (from[to] & 7);
        const target = block + TILE * (to & 7);
        const last = left < tile ? TILE - 1 : to & 7;
        for (let lane = 0; lane <= last; lane++) matrix[target + lane] = matrix[source + columnAt[TILE * left + lane]];
      }
    }
    mirrorBlock(matrix, matrixLength(tile) + BLOCK * tile);
  }
}

/** Completes a block on the diagonal from its lower half. */
function mirrorBlock(matrix: Float64Array, block: number): void {
  for (let lane = 0; lane < TILE; lane++) {
    for (let left = 0; left < lane; left++) matrix[block + TILE * left + lane] = matrix[block + TILE * lane + left];
  }
}

/** Lays rows out in tiles of 8, column by column; `order` says which row comes where. */
export function fillTiles(
  tiles: Float64Array,
  values: Float64Array,
  rows: number,
  columns: number,
  order?: Int32Array,
): void {
  for (let position = 0; position < rows; position++) {
    const row = order === undefined ? position : order[position];
    let at = (position - (position % TILE)) * columns + (position % TILE);
    for (let j = 0; j < columns; j++, at += TILE) tiles[at] = values[row * columns + j];
  }
}
