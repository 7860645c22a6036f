import { dot, exactSum, over, pairAt, type PairList, pairList, plus, putPair, rootOf, subtractMultiple, times } from "./double-double.ts"; // prettier-ignore
import type { Design, Triangle } from "./triangle.ts";

/**
 * The same decomposition as `triangleOf`, in twice the precision: for columns that are nearly combinations of one another, such as
 * powers of one number.
 *
 * @param design - as for `triangleOf`.
 * @param frame - center and scale of its triangle.
 * @param ridge - what is added below each column, in its scaled units; none when absent.
 * @returns the triangle as pairs of doubles, row-major, width × width. Cost: about 50·n·width² operations, and the memory of two
 * copies.
 * @see Golub & Van Loan (2013), "Matrix Computations", algorithm 5.2.1.
 */
export function preciseTriangle(design: Design, { width, center, scale }: Triangle, ridge?: Float64Array): PairList {
  const columns = columnsOf(design, { width, center, scale }, ridge);
  const triangle = pairList(width * width);
  const rows = columns[0].high.length;
  for (let j = 0; j < width; j++) {
    const own = columns[j];
    const norm = j < rows ? rootOf(dot(own, own, j)) : ([0, 0] as const);
    if (norm[0] > 0) {
      const isNegative = own.high[j] < 0;
      const signed = isNegative ? ([-norm[0], -norm[1]] as const) : norm;
      const head = plus(pairAt(own, j), signed);
      putPair(own, j, head);
      const squared = times(norm, isNegative ? [-head[0], -head[1]] : head);
      for (let k = j + 1; k < width; k++) {
        subtractMultiple(columns[k], over(dot(own, columns[k], j), squared), own, j);
      }
      putPair(triangle, j * width + j, [-signed[0], -signed[1]]);
    }
    for (let k = j + 1; k < width; k++) {
      if (j < rows) putPair(triangle, j * width + k, pairAt(columns[k], j));
    }
  }
  return triangle;
}

function columnsOf(
  { values, columns, target, weights, intercept }: Design,
  { width, center, scale }: Pick<Triangle, "width" | "center" | "scale">,
  ridge: Float64Array | undefined,
): PairList[] {
  const rows = target.length;
  const lead = intercept ? 1 : 0;
  const list = Array.from({ length: width }, () => pairList(rows + (ridge?.length ?? 0)));
  for (let row = 0; row < rows; row++) {
    const root = weights === undefined ? ([1, 0] as const) : rootOf([weights[row], 0]);
    if (intercept) putPair(list[0], row, root);
    for (let j = 0; j <= columns; j++) {
      const raw = j === columns ? target[row] : values[row * columns + j];
      const [high, low] = exactSum(raw, -center[j]);
      putPair(list[lead + j], row, times([high * scale[j], low * scale[j]], root));
    }
  }
  ridge?.forEach((size, j) => (list[lead + j].high[rows + j] = size));
  return list;
}
