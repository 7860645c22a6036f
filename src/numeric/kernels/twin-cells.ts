import { unionFindIn } from "../union-find.ts";
import type { Kernels } from "./kernels.ts";

const few = 4;

/** The scalar twin of assembly/cells.ts. */
export function twinCells(buffer: ArrayBuffer): Pick<Kernels, "countNear" | "joinNear"> {
  const doubles = new Float64Array(buffer);
  const ints = new Int32Array(buffer);

  function isNear(x: number, y: number, stride: number, columns: number, bound: number): boolean {
    let sum = 0;
    for (let j = 0; j < columns; j++, x += stride, y += stride) {
      const difference = doubles[x] - doubles[y];
      sum += difference * difference;
    }
    return sum <= bound;
  }

  /** Squares of the distances to the nearest point of a box and to its farthest corner are at most the bound: 1 and 2. */
  function reachOf(x: number, stride: number, columns: number, box: number, bound: number): number {
    let least = 0;
    let most = 0;
    for (let j = 0; j < columns; j++, x += stride) {
      const below = doubles[box + j] - doubles[x];
      const above = doubles[x] - doubles[box + columns + j];
      const gap = Math.max(0, below, above);
      const span = Math.max(-below, -above);
      least += gap * gap;
      most += span * span;
    }
    return least > bound ? 0 : most > bound ? 1 : 2;
  }

  return {
    countNear(points, stride, columns, starts, boxes, cells, cellCount, first, last, bound, enough, counts) {
      const [x, s, b, c, out] = [points >>> 3, starts >>> 2, boxes >>> 3, cells >>> 2, counts >>> 2];
      for (let place = first; place < last; place++) {
        let count = ints[out + place - first];
        for (let i = 0; i < cellCount && count < enough; i++) {
          const cell = ints[c + i];
          const [from, to] = [ints[s + cell], ints[s + cell + 1]];
          const reach = to - from > few ? reachOf(x + place, stride, columns, b + 2 * columns * cell, bound) : 1;
          if (reach === 0) continue;
          if (reach === 2) count += to - from;
          else {
            for (let other = from; other < to && count < enough; other++) {
              if (isNear(x + place, x + other, stride, columns, bound)) count++;
            }
          }
        }
        ints[out + place - first] = Math.min(count, enough);
      }
    },
    joinNear(points, stride, columns, first, last, from, to, box, bound, parents, united) {
      const x = points >>> 3;
      const { union } = unionFindIn(ints.subarray(parents >>> 2));
      for (let place = first; place < last; place++) {
        if (to - from > few && reachOf(x + place, stride, columns, box >>> 3, bound) === 0) continue;
        for (let other = from; other < to; other++) {
          if (!isNear(x + place, x + other, stride, columns, bound)) continue;
          union(place, other);
          if (united === 2) return;
          if (united === 1) break;
        }
      }
    },
  };
}
