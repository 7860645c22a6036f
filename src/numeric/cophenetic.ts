import { fillTiles } from "./distance-matrix.ts";
import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import { leafOrder, type Merge } from "./merge-tree.ts";

const TILE = 8;

/**
 * Correlates the distances of all pairs of rows with the heights at which a tree joins them.
 *
 * @param values - row-major rows × columns, finite, squarable.
 * @param merges - the whole tree.
 * @returns Pearson's correlation in [−1, 1]; null when all distances or all heights are equal, as with fewer than 3 rows.
 * @see Sokal & Rohlf (1962), "The comparison of dendrograms by objective methods". Cost O(n²·d) time, O(n·d) memory.
 */
export function copheneticCorrelation(
  values: Float64Array,
  rows: number,
  columns: number,
  merges: readonly Merge[],
): number | null {
  if (rows < 3) return null;
  const { order, gaps } = leafOrder(rows, merges);
  const { mean: heightMean, squares: heightSquares } = heightsOfPairs(rows, merges);
  const tileCount = Math.ceil(rows / TILE);
  const lengths = [TILE * tileCount * columns, TILE * TILE * tileCount];
  const bytes = lengths.reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  return borrowKernels(bytes, (kernels, arena) => {
    const tiles = arena.f64(lengths[0]);
    const blocks = arena.f64(lengths[1]);
    fillTiles(tiles, values, rows, columns, order);
    // Distances are summed as deviations from a typical one: their squares keep their digits.
    const sums: Sums = { typical: merges[merges.length >> 1][2], sum: 0, squares: 0, products: 0 };
    for (let tile = 0; tile < tileCount; tile++) {
      kernels.distanceBlocks(tiles.byteOffset, columns, tile, blocks.byteOffset);
      for (let place = TILE * tile; place < Math.min(rows, TILE * (tile + 1)); place++) {
        addPlace(sums, blocks, place, gaps, heightMean);
      }
    }
    const pairs = (rows * (rows - 1)) / 2;
    const distanceSquares = sums.squares - (sums.sum * sums.sum) / pairs;
    // Equal distances leave squares of roundings.
    const nothing = 1e-24 * sums.typical * sums.typical * pairs;
    if (!(distanceSquares > nothing && heightSquares > nothing)) return null;
    const correlation = sums.products / (Math.sqrt(distanceSquares) * Math.sqrt(heightSquares));
    return Math.max(-1, Math.min(1, correlation));
  });
}

interface Sums {
  readonly typical: number;
  sum: number;
  squares: number;
  /** Of the deviations with those of the heights from their mean. */
  products: number;
}

/** Adds the pairs of a place with all before it; the height that joins two places is the largest gap between them. */
function addPlace(sums: Sums, blocks: Float64Array, place: number, gaps: Float64Array, heightMean: number): void {
  const row = TILE * (place & 7);
  let [sum, squares, products, height] = [0, 0, 0, 0];
  for (let other = place - 1; other >= 0; other--) {
    if (gaps[other] > height) height = gaps[other];
    const deviation = blocks[TILE * TILE * (other >> 3) + row + (other & 7)] - sums.typical;
    sum += deviation;
    squares += deviation * deviation;
    products += deviation * (height - heightMean);
  }
  sums.sum += sum;
  sums.squares += squares;
  sums.products += products;
}

/** Mean of the heights over all pairs of rows, and the sum of squared deviations from it. */
function heightsOfPairs(rows: number, merges: readonly Merge[]): { mean: number; squares: number } {
  const sizeOf = (cluster: number): number => (cluster < rows ? 1 : merges[cluster - rows][3]);
  const pairs = merges.map(([a, b]) => sizeOf(a) * sizeOf(b));
  const total = merges.reduce((sum, [, , height], i) => sum + pairs[i] * height, 0);
  const mean = total / ((rows * (rows - 1)) / 2);
  const squares = merges.reduce((sum, [, , height], i) => sum + pairs[i] * (height - mean) * (height - mean), 0);
  return { mean, squares };
}
