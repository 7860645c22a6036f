import type { Kernels } from "./kernels.ts";

const TILE = 8;
const BLOCK = TILE * TILE;

/** The scalar twin of assembly/matrix.ts. */
export function twinMatrix(
  buffer: ArrayBuffer,
): Pick<
  Kernels,
  | "distanceBlocks"
  | "leastDistance"
  | "loadDistances"
  | "moveDistances"
  | "storeDistances"
  | "uniteAverage"
  | "uniteComplete"
> {
  const doubles = new Float64Array(buffer);
  const ints = new Int32Array(buffer);

  /** Where the distance of two slots is; within a block on the diagonal, of the two places that of row `slot`. */
  function place(matrix: number, slot: number, other: number): number {
    const [tile, left] = [slot >> 3, other >> 3];
    const first = (matrix >>> 3) + BLOCK * ((Math.max(tile, left) * (Math.max(tile, left) + 1)) / 2);
    return left <= tile
      ? first + BLOCK * left + TILE * (slot & 7) + (other & 7)
      : first + BLOCK * tile + TILE * (other & 7) + (slot & 7);
  }

  return {
    distanceBlocks(tiles, columns, tile, blocks) {
      const size = TILE * columns;
      const first = tiles >>> 3;
      for (let other = 0, out = blocks >>> 3; other <= tile; other++) {
        for (let cell = 0; cell < BLOCK; cell++, out++) {
          const x = first + other * size + (cell & 7);
          const y = first + tile * size + (cell >> 3);
          let sum = 0;
          for (let j = 0; j < size; j += TILE) {
            const difference = doubles[x + j] - doubles[y + j];
            sum += difference * difference;
          }
          doubles[out] = Math.sqrt(sum);
        }
      }
    },
    loadDistances(matrix, tileCount, slot, penalties, distances) {
      for (let other = 0; other < TILE * tileCount; other++) {
        doubles[(distances >>> 3) + other] = doubles[place(matrix, slot, other)] + doubles[(penalties >>> 3) + other];
      }
    },
    storeDistances(matrix, tileCount, slot, distances) {
      for (let other = 0; other < TILE * tileCount; other++) {
        const distance = doubles[(distances >>> 3) + other];
        doubles[place(matrix, slot, other)] = distance;
        doubles[place(matrix, other, slot)] = distance;
      }
    },
    leastDistance(distances, tileCount) {
      let least = Infinity;
      for (let i = distances >>> 3, end = i + TILE * tileCount; i < end; i++) {
        if (doubles[i] < least) least = doubles[i];
      }
      return least;
    },
    moveDistances(matrix, tileCount, from) {
      const position = from >>> 2;
      for (let row = 0; row < TILE * tileCount; row++) {
        for (let column = 0; column <= row; column++) {
          const distance = doubles[place(matrix, ints[position + row], ints[position + column])];
          doubles[place(matrix, row, column)] = distance;
          doubles[place(matrix, column, row)] = distance;
        }
      }
    },
    uniteComplete(a, b, tileCount) {
      for (let i = a >>> 3, j = b >>> 3, end = j + TILE * tileCount; j < end; i++, j++) {
        if (doubles[j] < doubles[i]) doubles[j] = doubles[i];
      }
    },
    uniteAverage(a, b, tileCount, sizeA, sizeB) {
      for (let i = a >>> 3, j = b >>> 3, end = j + TILE * tileCount; j < end; i++, j++) {
        doubles[j] = (sizeA * doubles[i] + sizeB * doubles[j]) / (sizeA + sizeB);
      }
    },
  };
}
