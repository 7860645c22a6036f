import type { Kernels } from "./kernels.ts";

const TILE = 16;

/** The scalar twins of assembly/seeds.ts. */
export function twinSeeds(buffer: ArrayBuffer): Pick<Kernels, "foldSeed" | "seedPotentials"> {
  const floats = new Float32Array(buffer);
  const doubles = new Float64Array(buffer);
  const fround = Math.fround;
  const squares = new Float32Array(TILE);
  const lanes = new Float32Array(4);

  /** Four lane sums of weight · min(closest, squared distance), over the 16 rows from `row`, into `lanes`. */
  function lesserSquares(
    points: number,
    stride: number,
    columns: number,
    row: number,
    candidate: number,
    closest: number,
    weights: number,
    keep: boolean,
  ): void {
    for (let p = 0; p < TILE; p++) {
      const x = (points >>> 2) + (row + p) * stride;
      let sum = 0;
      for (let j = 0; j < columns; j++) {
        const difference = fround(floats[x + j] - floats[candidate + j]);
        sum = fround(sum + fround(difference * difference));
      }
      const at = (closest >>> 2) + row + p;
      const least = sum < floats[at] ? sum : floats[at];
      if (keep) floats[at] = least;
      squares[p] = weights === 0 ? least : least * floats[(weights >>> 2) + row + p];
    }
    for (let lane = 0; lane < 4; lane++) {
      const even = fround(squares[lane] + squares[4 + lane]);
      lanes[lane] = even + fround(squares[8 + lane] + squares[12 + lane]);
    }
  }

  return {
    foldSeed(points, stride, columns, start, end, candidate, closest, weights): number {
      const sums = [0, 0, 0, 0];
      for (let row = start; row < end; row += TILE) {
        lesserSquares(points, stride, columns, row, candidate >>> 2, closest, weights, true);
        for (let lane = 0; lane < 4; lane++) sums[lane] += lanes[lane];
      }
      return sums[0] + sums[2] + (sums[1] + sums[3]);
    },
    seedPotentials(points, stride, columns, start, end, candidates, count, closest, weights, _tile, sums): void {
      for (let row = start; row < end; row += TILE) {
        for (let t = 0; t < count; t++) {
          lesserSquares(points, stride, columns, row, (candidates >>> 2) + t * columns, closest, weights, false);
          for (let lane = 0; lane < 4; lane++) doubles[(sums >>> 3) + 4 * t + lane] += lanes[lane];
        }
      }
    },
  };
}
