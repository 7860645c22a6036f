import { betweenNeighbors, rankOf } from "./quantile.ts";

/** The quantile of values that come one by one. */
export interface RunningQuantile {
  /** Number of values so far. */
  readonly size: number;
  /** Adds a value. Cost: the logarithm of the number of values so far. */
  add(value: number): void;
  /** The type-7 quantile of the values so far; NaN before the first. */
  value(): number;
  /** Forgets all values. */
  clear(): void;
}

/**
 * Opens a quantile of values that come one by one: after each it is the type-7 quantile of all so far, to the bit.
 *
 * @param p - a share in [0, 1], trusted.
 * @returns an empty one. Memory: all values.
 */
export function runningQuantile(p: number): RunningQuantile {
  // Below lie the values up to the quantile, the largest on top; above the others, the smallest on top.
  const below = heapOf((a, b) => a > b);
  const above = heapOf((a, b) => a < b);
  return {
    get size() {
      return below.size + above.size;
    },
    add(value) {
      if (below.size > 0 && value < below.top()) below.push(value);
      else above.push(value);
      const wanted = rankOf(below.size + above.size, p) + 1;
      while (below.size < wanted) below.push(above.pop());
      while (below.size > wanted) above.push(below.pop());
    },
    value() {
      if (below.size === 0) return NaN;
      return betweenNeighbors(below.top(), above.top(), below.size + above.size, p);
    },
    clear() {
      below.clear();
      above.clear();
    },
  };
}

/** Numbers of which the first by an order is at hand. */
interface Heap {
  readonly size: number;
  /** The first number; undefined, typed as a number, when there is none. */
  top(): number;
  push(value: number): void;
  pop(): number;
  clear(): void;
}

function heapOf(comesBefore: (a: number, b: number) => boolean): Heap {
  const values: number[] = [];
  return {
    get size() {
      return values.length;
    },
    top: () => values[0],
    push(value) {
      let at = values.push(value) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!comesBefore(value, values[parent])) break;
        values[at] = values[parent];
        at = parent;
      }
      values[at] = value;
    },
    pop() {
      const first = values[0];
      const last = values.pop() as number;
      const size = values.length;
      if (size === 0) return first;
      let at = 0;
      for (let child = 1; child < size; child = 2 * at + 1) {
        if (child + 1 < size && comesBefore(values[child + 1], values[child])) child++;
        if (!comesBefore(values[child], last)) break;
        values[at] = values[child];
        at = child;
      }
      values[at] = last;
      return first;
    },
    clear() {
      values.length = 0;
    },
  };
}
