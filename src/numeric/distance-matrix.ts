import { addressableBytes, arenaBytes, type Arena, borrowKernels } from "./kernels/runtime.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { type ClusterSpace, mergeByChain, type Merges } from "./neighbor-chain.ts";

/** How the distance of a union to a third cluster follows from those of its parts. */
export type MatrixLinkage = "ward" | "complete" | "average";

const TILE = 8;
const BLOCK = TILE * TILE;
/** So many rows are kept as they were read: the end of the chain is read from the matrix once and not after each merge. */
const keptRows = 16;
/** No position. */
const nothing = -1;

/** Entries of the lower triangle of 8 × 8 blocks. */
function matrixLength(tileCount: number): number {
  return BLOCK * ((tileCount * (tileCount + 1)) / 2);
}

function matrixBytes(rows: number, columns: number): number {
  const tileCount = Math.ceil(rows / TILE);
  const doubles = [matrixLength(tileCount), ...[columns, 1, ...new Array<number>(keptRows).fill(1)].map((n) => n * TILE * tileCount)]; // prettier-ignore
  return doubles.reduce((sum, length) => sum + arenaBytes(length, 8), 2 * arenaBytes(TILE * tileCount, 4));
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
  const from = arena.i32(TILE * tileCount);
  const places = arena.i32(TILE * tileCount);
  const kept = Array.from({ length: keptRows }, () => arena.f64(TILE * tileCount));
  const keptOf = new Int32Array(keptRows).fill(nothing);
  let turn = 0;
  // Clusters are moved together from time to time, in the order of their numbers.
  const numbers = Int32Array.from({ length: rows }, (_, i) => i);
  const positions = Int32Array.from(numbers);
  let used = rows;
  let alive = rows;

  /** The place among the rows that are kept, of one that is put there if need be. */
  function keep(position: number): number {
    const known = keptOf.indexOf(position);
    if (known >= 0) return known;
    const free = keptOf.indexOf(nothing);
    const place = free >= 0 ? free : turn++ % keptRows;
    keptOf[place] = position;
    const row = kept[place].byteOffset;
    kernels.loadDistances(matrix.byteOffset, tileCount, position, penalties.byteOffset, row);
    return place;
  }

  /** Tells the rows that are kept that the union of a and b, whose row is `union`, is at b. */
  function forget(a: number, b: number, union: Float64Array): void {
    keptOf.forEach((position, place) => {
      if (position === a || position === b) keptOf[place] = nothing;
      else if (position !== nothing) {
        kept[place][a] = Infinity;
        kept[place][b] = union[position];
      }
    });
  }

  fillTiles(tiles, values, rows, columns);
  for (let tile = 0; tile < tileCount; tile++) {
    const blocks = matrix.byteOffset + 8 * matrixLength(tile);
    kernels.distanceBlocks(tiles.byteOffset, columns, tile, blocks);
    const diagonal = matrixLength(tile) + BLOCK * tile;
    for (let lane = 0; lane < TILE; lane++) matrix[diagonal + (TILE + 1) * lane] = Infinity;
  }
  penalties.fill(Infinity, rows);

  /** Moves the clusters that are left together. */
  function squeeze(): void {
    let count = 0;
    for (let position = 0; position < used; position++) if (penalties[position] === 0) from[count++] = position;
    used = alive;
    tileCount = Math.ceil(used / TILE);
    from.fill(from[used - 1], used);
    from.forEach((column, i) => (places[i] = 8 * (BLOCK * (column >> 3) + (column & 7))));
    kernels.moveDistances(matrix.byteOffset, tileCount, from.byteOffset, places.byteOffset);
    for (let to = 0; to < used; to++) {
      numbers[to] = numbers[from[to]];
      positions[numbers[to]] = to;
    }
    penalties.fill(0, 0, used).fill(Infinity, used);
    keptOf.fill(nothing);
  }

  const space = {
    distance: 0,
    nearest(slot: number, previous: number): number {
      const row = kept[keep(positions[slot])];
      space.distance = kernels.leastDistance(row.byteOffset, tileCount);
      if (previous >= 0 && row[positions[previous]] === space.distance) return previous;
      return numbers[row.indexOf(space.distance)];
    },
    merge(lower: number, higher: number, sizes: Float64Array): void {
      const [a, b] = [positions[lower], positions[higher]];
      keep(a);
      const rowB = kept[keep(b)];
      // Reading b may have taken the place of a; reading a again takes the next one.
      const rowA = kept[keep(a)];
      const [sizeA, sizeB] = [sizes[lower], sizes[higher]];
      if (linkage === "complete") kernels.uniteComplete(rowA.byteOffset, rowB.byteOffset, tileCount);
      else if (linkage === "average") kernels.uniteAverage(rowA.byteOffset, rowB.byteOffset, tileCount, sizeA, sizeB);
      else uniteWard(rowA, rowB, used, { sizeA, sizeB, between: rowA[b], sizes, numbers });
      rowB[a] = Infinity;
      rowB[b] = Infinity;
      kernels.storeDistances(matrix.byteOffset, tileCount, b, rowB.byteOffset);
      forget(a, b, rowB);
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
