import type { Kernels } from "./kernels.ts";

/** The scalar twins of assembly/exact.ts. */
export function twinExact(
  buffer: ArrayBuffer,
): Pick<Kernels, "addDeviations" | "addSquares" | "moveRows" | "packRows" | "widenExtents"> {
  const doubles = new Float64Array(buffer);
  const floats = new Float32Array(buffer);
  const ints = new Int32Array(buffer);

  /** Adds the slices of a term to one place, and takes them from another, unless that is −1; true when three leave something. */
  function moveTerm(
    term: number,
    splits: number,
    splitStep: number,
    into: number,
    outOf: number,
    levelStep: number,
  ): boolean {
    const high = doubles[splits];
    const low = doubles[splits + splitStep];
    const first = term + high - high;
    const left = term - first;
    const second = left + low - low;
    doubles[into] += first;
    doubles[into + levelStep] += second;
    if (outOf >= 0) {
      doubles[outOf] -= first;
      doubles[outOf + levelStep] -= second;
    }
    if (left === second) return false;
    const rest = left - second;
    const lowest = doubles[splits + 2 * splitStep];
    const third = rest + lowest - lowest;
    doubles[into + 2 * levelStep] += third;
    if (outOf >= 0) doubles[outOf + 2 * levelStep] -= third;
    return rest !== third;
  }

  const evenFrom = (columns: number): number => columns + (columns & 1);

  return {
    moveRows(rows, count, columns, from, to, weights, constants, sums, levelBytes, rest): number {
      const width = evenFrom(columns);
      const [x, c, s, levelStep] = [rows >>> 3, constants >>> 3, sums >>> 3, levelBytes >>> 3];
      let out = rest >>> 2;
      for (let i = 0; i < count; i++) {
        const weight = weights === 0 ? 1 : doubles[(weights >>> 3) + i];
        const into = s + ints[(to >>> 2) + i] * width;
        const outOf = from === 0 ? -1 : s + ints[(from >>> 2) + i] * width;
        let left = false;
        for (let j = 0; j < columns; j++) {
          const term = weight * (doubles[x + i * columns + j] - doubles[c + j]);
          if (moveTerm(term, c + width + j, width, into + j, outOf < 0 ? -1 : outOf + j, levelStep)) left = true;
        }
        if (left) ints[out++] = i;
      }
      return out - (rest >>> 2);
    },
    addDeviations(rows, count, columns, weights, constants, sums): void {
      const width = evenFrom(columns);
      const [x, c, s] = [rows >>> 3, constants >>> 3, sums >>> 3];
      for (let i = 0; i < count; i++) {
        const weight = weights === 0 ? 1 : doubles[(weights >>> 3) + i];
        for (let j = 0; j < columns; j++) {
          const deviation = doubles[x + i * columns + j] - doubles[c + j];
          const term = weight * deviation;
          moveTerm(term, c + width + j, 2 * width, s + j, -1, 2 * width);
          moveTerm(term * deviation, c + 2 * width + j, 2 * width, s + width + j, -1, 2 * width);
        }
      }
    },
    addSquares(rows, count, columns, groups, centers, weights, splits, sums, terms, rest): number {
      const [x, c, s, t] = [rows >>> 3, centers >>> 3, sums >>> 3, terms >>> 3];
      let out = rest >>> 2;
      for (let i = 0; i < count; i += 2) {
        let left = false;
        for (let lane = 0; lane < 2; lane++) {
          const row = i + lane;
          let squares = 0;
          if (row < count) {
            const center = c + ints[(groups >>> 2) + row] * columns;
            for (let j = 0; j < columns; j++) {
              const difference = doubles[x + row * columns + j] - doubles[center + j];
              squares += difference * difference;
            }
            if (weights !== 0) squares *= doubles[(weights >>> 3) + row];
          }
          doubles[t + row] = squares;
          if (moveTerm(squares, (splits >>> 3) + lane, 2, s + lane, -1, 2)) left = true;
        }
        if (left) ints[out++] = i;
      }
      return out - (rest >>> 2);
    },
    widenExtents(rows, count, columns, low, high): void {
      const [x, l, h] = [rows >>> 3, low >>> 3, high >>> 3];
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < columns; j++) {
          const value = doubles[x + i * columns + j];
          if (value < doubles[l + j]) doubles[l + j] = value;
          if (doubles[h + j] < value) doubles[h + j] = value;
        }
      }
    },
    packRows(rows, count, columns, origin, scale, points, stride, reach): void {
      const [x, o, p, r] = [rows >>> 3, origin >>> 3, points >>> 2, reach >>> 3];
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < columns; j++) {
          const distance = doubles[x + i * columns + j] - doubles[o + j];
          const size = Math.abs(distance);
          if (doubles[r + j] < size) doubles[r + j] = size;
          floats[p + i * stride + j] = distance * scale;
        }
      }
    },
  };
}
