import { kdTree } from "./kd-tree.ts";
import { squareBetween, squareToBox } from "./point-cells.ts";

const leafRows = 8;
const deepest = 64;

/**
 * The distance from every row to its k-th nearest other row.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - more than k.
 * @param columns - at least 1.
 * @param k - at least 1; equal rows are neighbors at distance 0.
 * @returns one distance per row. Cost O(n·(log n + k·log k)) in few columns, in many up to O(n²·columns); memory linear.
 * @see Friedman, Bentley & Finkel (1977), "An algorithm for finding best matches in logarithmic expected time".
 */
export function kthNearest(values: Float64Array, rows: number, columns: number, k: number): Float64Array {
  const tree = kdTree(values, rows, columns, { leafRows, leafSquare: 0 });
  const { nodes, order, points, starts, ends, right, boxes } = tree;
  const width = 2 * columns;
  const waiting = new Uint32Array(deepest);
  const waitingSquares = new Float64Array(deepest);
  /** The k + 1 least squares so far, the largest on top: a row is its own nearest neighbor. */
  const heap = new Float64Array(k + 1);
  const distances = new Float64Array(rows);

  function searchLeaf(node: number, at: number): void {
    const [start, end] = [starts[node], ends[node]];
    // More rows than a leaf takes are all equal: k of them are as good as all.
    const stop = end - start > leafRows ? Math.min(end, start + heap.length) : end;
    for (let other = start; other < stop; other++) {
      const square = squareBetween(points, at, other * columns, columns);
      if (square < heap[0]) replaceTop(heap, square);
    }
  }

  for (let node = 0; node < nodes; node++) {
    if (right[node] !== 0) continue;
    for (let place = starts[node]; place < ends[node]; place++) {
      const at = place * columns;
      heap.fill(Infinity);
      searchLeaf(node, at);
      let depth = 0;
      waiting[depth++] = 0;
      waitingSquares[0] = 0;
      while (depth > 0) {
        let next = waiting[--depth];
        if (waitingSquares[depth] >= heap[0]) continue;
        while (right[next] !== 0) {
          const [left, other] = [next + 1, right[next]];
          const toLeft = squareToBox(points, at, boxes, left * width, columns);
          const toRight = squareToBox(points, at, boxes, other * width, columns);
          next = toLeft <= toRight ? left : other;
          waiting[depth] = toLeft <= toRight ? other : left;
          waitingSquares[depth++] = Math.max(toLeft, toRight);
        }
        if (next !== node && squareToBox(points, at, boxes, next * width, columns) < heap[0]) searchLeaf(next, at);
      }
      distances[order[place]] = Math.sqrt(heap[0]);
    }
  }
  return distances;
}

/** Puts a smaller number in the place of the largest one of a heap. */
function replaceTop(heap: Float64Array, value: number): void {
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= value) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = value;
}
