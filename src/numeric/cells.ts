import { cellGrid } from "./cell-grid.ts";
import { type KdTree, kdTree } from "./kd-tree.ts";
import { largestSquare, type PointCells, squareOfGap } from "./point-cells.ts";

/** Beyond three columns a cell of a grid has too many others in reach: 624 with four. */
const mostGridColumns = 3;
const leafRows = 32;
/** Near cells that are kept from the first sweep for the next ones, by row of the table. */
const roomPerRow = 32;
/** Nodes waiting on a way down: fewer than the depth, which is at most log₂ of the rows. */
const deepest = 64;

/**
 * Puts points in small boxes, to find all that lie within a radius of each other: a grid in up to three columns, the leaves
 * of a k-d tree above.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - at least 1.
 * @param columns - at least 1.
 * @param radius - at least 1e-145.
 * @returns cells whose points are all neighbors, or (in a tree, rarely in a grid) that have few points.
 */
export function cellsWithin(values: Float64Array, rows: number, columns: number, radius: number): PointCells {
  const bound = largestSquare(radius);
  const grid = columns <= mostGridColumns ? cellGrid(values, rows, columns, radius, bound) : undefined;
  return grid ?? leavesOf(kdTree(values, rows, columns, { leafRows, leafSquare: bound }), bound);
}

/** The leaves of a tree as cells, in the order of their places. */
function leavesOf(tree: KdTree, bound: number): PointCells {
  const { columns, nodes, order, points, right, boxes } = tree;
  const leaves = new Uint32Array(nodes);
  /** Leaves with a number below that of the node's last one, and this one: what lies behind a cell begins here. */
  const leavesUpTo = new Uint32Array(nodes);
  let cells = 0;
  for (let node = 0; node < nodes; node++) {
    if (right[node] === 0) leaves[cells++] = node;
    leavesUpTo[node] = cells;
  }
  for (let node = nodes - 1; node >= 0; node--) {
    if (right[node] !== 0) leavesUpTo[node] = leavesUpTo[right[node]];
  }
  const width = 2 * columns;
  const starts = new Uint32Array(cells + 1).fill(order.length);
  const cellBoxes = new Float64Array(cells * width);
  for (let cell = 0; cell < cells; cell++) {
    starts[cell] = tree.starts[leaves[cell]];
    for (let j = 0, from = leaves[cell] * width; j < width; j++) cellBoxes[cell * width + j] = boxes[from + j];
  }
  const waiting = new Uint32Array(deepest);
  const nearby = new Uint32Array(cells);

  function collect(cell: number, range: "all" | "later"): number {
    const own = leaves[cell] * width;
    let count = 0;
    let depth = 0;
    waiting[depth++] = 0;
    while (depth > 0) {
      let node = waiting[--depth];
      while (squareOfGap(boxes, own, node * width, columns) <= bound) {
        const last = leavesUpTo[node] - 1;
        if (range === "later" && last <= cell) break;
        if (right[node] === 0) {
          if (last !== cell) nearby[count++] = last;
          break;
        }
        // Towards the cell itself first: what is nearest is visited before what is far.
        const isLeft = cell < leavesUpTo[node + 1];
        waiting[depth++] = isLeft ? right[node] : node + 1;
        node = isLeft ? node + 1 : right[node];
      }
    }
    return count;
  }

  const known: (Uint32Array | undefined)[] = Array.from({ length: cells });
  let room = order.length * roomPerRow;

  /** Writes the cells near a cell to `nearby`. What a sweep over all has found is kept for the next, while there is room. */
  function lookAround(cell: number, range: "all" | "later"): number {
    const kept = known[cell];
    if (kept === undefined) {
      const count = collect(cell, range);
      if (range === "later" || count > room) return count;
      room -= count;
      known[cell] = nearby.slice(0, count);
      return count;
    }
    let count = 0;
    for (let i = 0; i < kept.length; i++) if (range === "all" || kept[i] > cell) nearby[count++] = kept[i];
    return count;
  }

  return {
    ...{ columns, order, points, starts, boxes: cellBoxes },
    sweep: (isWanted, range, visit) => {
      for (let cell = 0; cell < cells; cell++) if (isWanted(cell)) visit(cell, nearby, lookAround(cell, range));
    },
  };
}
