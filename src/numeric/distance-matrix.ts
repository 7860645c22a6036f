import { addressableBytes, arenaBytes, type Arena, borrowKernels } from "./kernels/runtime.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { type ClusterSpace, mergeByChain, type Merges } from "./neighbor-chain.ts";

/** How the distance of a union to a third cluster follows from those of its parts. */
export type MatrixLinkage = "ward" | "complete" | "average";

const TILE = 8;
const BLOCK = TILE * TILE;

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
  const [own, other] = [arena.f64(TILE * tileCount), arena.f64(TILE * tileCount)];
  const unite = unions[linkage];
  // Clusters are moved together from time to time, in the order of their numbers.
  const numbers = Int32Array.from({ length: rows }, (_, i) => i);
  const positions = Int32Array.from(numbers);
  let used = rows;
  let alive = rows;

  function load(position: number, into: Float64Array): number {
    return kernels.loadDistances(matrix.byteOffset, tileCount, position, penalties.byteOffset, into.byteOffset);
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
    for (let to = 0; to < alive; to++) {
      copyRow(matrix, from, to);
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
      space.distance = load(positions[slot], own);
      if (previous >= 0 && own[positions[previous]] === space.distance) return previous;
      return numbers[own.indexOf(space.distance)];
    },
    merge(from: number, into: number, sizes: Float64Array): void {
      const [a, b] = [positions[from], positions[into]];
      load(a, own);
      load(b, other);
      const [sizeA, sizeB] = [sizes[from], sizes[into]];
      const between = own[b];
      unite(own, other, used, { sizeA, sizeB, between, sizes, numbers });
      other[a] = Infinity;
      other[b] = Infinity;
      kernels.storeDistances(matrix.byteOffset, tileCount, b, other.byteOffset);
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

/** The distances of the union of a and b, in place of those of b; the formulas are written as in SciPy, to the bit. */
const unions: Readonly<Record<MatrixLinkage, (a: Float64Array, b: Float64Array, used: number, union: Union) => void>> =
  {
    complete(a, b, used) {
      for (let i = 0; i < used; i++) if (a[i] > b[i]) b[i] = a[i];
    },
    average(a, b, used, { sizeA, sizeB }) {
      const size = sizeA + sizeB;
      for (let i = 0; i < used; i++) b[i] = (sizeA * a[i] + sizeB * b[i]) / size;
    },
    ward(a, b, used, { sizeA, sizeB, between, sizes, numbers }) {
      for (let i = 0; i < used; i++) {
        const size = sizes[numbers[i]];
        const share = 1 / (sizeA + sizeB + size);
        const square =
          (size + sizeA) * share * a[i] * a[i] +
          (size + sizeB) * share * b[i] * b[i] -
          size * share * between * between;
        b[i] = Math.sqrt(Math.max(0, square));
      }
    },
  };

/** Copies the entries of row from[to] to row `to`, which is no later: what is overwritten has been copied or is dropped. */
function copyRow(matrix: Float64Array, from: Int32Array, to: number): void {
  const row = from[to];
  const source = matrixLength(row >> 3) + TILE * (row & 7);
  const target = matrixLength(to >> 3) + TILE * (to & 7);
  const diagonal = matrixLength(to >> 3) + BLOCK * (to >> 3) + (to & 7);
  for (let i = 0; i <= to; i++) {
    const column = from[i];
    const distance = matrix[source + BLOCK * (column >> 3) + (column & 7)];
    matrix[target + BLOCK * (i >> 3) + (i & 7)] = distance;
    if (i >> 3 === to >> 3) matrix[diagonal + TILE * (i & 7)] = distance;
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
