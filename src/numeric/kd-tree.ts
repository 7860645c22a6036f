import { squareOfSpan, takePoints, writeBox } from "./point-cells.ts";

/**
 * Points sorted by halving: every node owns a run of places, its two children own the halves of it.
 *
 * Nodes are numbered from the root, 0, parents before children: the left child of `n` is `n + 1`, the right one
 * `right[n]`, which is 0 for a leaf.
 */
export interface KdTree {
  readonly columns: number;
  /** Number of nodes. */
  readonly nodes: number;
  /** The row at each place. */
  readonly order: Uint32Array;
  /** Row-major by place. */
  readonly points: Float64Array;
  /** First place of each node. */
  readonly starts: Uint32Array;
  /** The place behind the last one of each node. */
  readonly ends: Uint32Array;
  /** Right child of each node, 0 for a leaf. */
  readonly right: Uint32Array;
  /** By node: the least coordinate of its points in every column, then the largest. */
  readonly boxes: Float64Array;
}

/** When {@link kdTree} stops halving. */
export interface KdTreeRules {
  /** A node of at most so many rows is a leaf. */
  readonly leafRows: number;
  /** So is a node whose box has at most this square of a diagonal; 0 keeps only equal points together. */
  readonly leafSquare: number;
}

/**
 * Builds a k-d tree: halves the points at the median of the widest column until few are left.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - at least 1.
 * @param columns - at least 1.
 * @param rules - when to stop.
 * @returns the tree. Points that are all equal make one leaf, however many they are. Cost O(n log n), depth log₂ n.
 * @see Bentley (1975), "Multidimensional binary search trees used for associative searching".
 */
export function kdTree(values: Float64Array, rows: number, columns: number, rules: KdTreeRules): KdTree {
  const most = 2 * Math.ceil(rows / Math.max(1, rules.leafRows >> 1));
  const [starts, ends, right] = [new Uint32Array(most), new Uint32Array(most), new Uint32Array(most)];
  const boxes = new Float64Array(most * 2 * columns);
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  const keys = new Float64Array(rows);
  let nodes = 1;
  ends[0] = rows;
  writeBox(values, columns, 0, rows, boxes, 0);

  /** Adds one half of a node; `side` is the bound of its box that the cut moves, counted from the lower ones. */
  function addHalf(parent: number, start: number, end: number, side: number, cut: number): number {
    const node = nodes++;
    starts[node] = start;
    ends[node] = end;
    boxes.copyWithin(node * 2 * columns, parent * 2 * columns, (parent + 1) * 2 * columns);
    boxes[node * 2 * columns + side] = cut;
    return node;
  }

  /** The column to halve a node by, with its keys at their places; −1 when the node is to be a leaf. */
  function columnToSplit(node: number): number {
    const [start, end, box] = [starts[node], ends[node], node * 2 * columns];
    if (end - start <= rules.leafRows) return -1;
    while (squareOfSpan(boxes, box, box, columns) > rules.leafSquare) {
      const widest = widestColumn(boxes, box, columns);
      // The box so far is what the cuts above left; its true sides may be shorter.
      readKeys(values, columns, widest, order, keys, start, end, boxes, box);
      if (boxes[box + widest] < boxes[box + columns + widest]) return widest;
    }
    return -1;
  }

  // A left half is numbered at once; right ones wait for the end of the left.
  const waiting: { parent: number; start: number; end: number; column: number; cut: number }[] = [];
  for (let node = 0; ;) {
    const column = columnToSplit(node);
    if (column >= 0) {
      const [start, end] = [starts[node], ends[node]];
      const middle = (start + end) >>> 1;
      selectMiddle(keys, order, start, end, middle);
      const cut = keys[middle];
      waiting.push({ parent: node, start: middle, end, column, cut });
      node = addHalf(node, start, middle, columns + column, cut);
      continue;
    }
    const half = waiting.pop();
    if (half === undefined) break;
    node = right[half.parent] = addHalf(half.parent, half.start, half.end, half.column, half.cut);
  }
  const points = takePoints(values, columns, order);
  for (let node = nodes - 1; node >= 0; node--) {
    if (right[node] === 0) writeBox(points, columns, starts[node], ends[node], boxes, node * 2 * columns);
    else joinBoxes(boxes, columns, node, node + 1, right[node]);
  }
  return { columns, nodes, order, points, starts, ends, right, boxes };
}

function widestColumn(boxes: Float64Array, box: number, columns: number): number {
  let widest = 0;
  let width = -1;
  for (let j = 0; j < columns; j++) {
    const side = boxes[box + columns + j] - boxes[box + j];
    if (side > width) [widest, width] = [j, side];
  }
  return widest;
}

/** Copies one column of a node's points to their places, and its true range into the node's box. */
function readKeys(
  values: Float64Array,
  columns: number,
  column: number,
  order: Uint32Array,
  keys: Float64Array,
  start: number,
  end: number,
  boxes: Float64Array,
  box: number,
): void {
  let low = Infinity;
  let high = -Infinity;
  for (let place = start; place < end; place++) {
    const key = values[order[place] * columns + column];
    keys[place] = key;
    if (key < low) low = key;
    if (key > high) high = key;
  }
  boxes[box + column] = low;
  boxes[box + columns + column] = high;
}

/** Moves the places `start` … `end − 1` so that no key before `middle` is above it and none behind it below. */
function selectMiddle(keys: Float64Array, order: Uint32Array, start: number, end: number, middle: number): void {
  let low = start;
  let high = end - 1;
  let salt = 1;
  while (low < high) {
    // The median of three places without a pattern: no order of the rows makes this quadratic.
    salt = (Math.imul(salt, 1664525) + 1013904223) >>> 0;
    const length = high - low + 1;
    const a = keys[low + (salt % length)];
    const b = keys[low + ((salt >>> 8) % length)];
    const c = keys[low + (length >> 1)];
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while (keys[i] < pivot) i++;
      while (keys[j] > pivot) j--;
      if (i > j) break;
      const key = keys[i];
      keys[i] = keys[j];
      keys[j] = key;
      const row = order[i];
      order[i++] = order[j];
      order[j--] = row;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

function joinBoxes(boxes: Float64Array, columns: number, node: number, left: number, right: number): void {
  const [to, a, b] = [node * 2 * columns, left * 2 * columns, right * 2 * columns];
  for (let j = 0; j < columns; j++) boxes[to + j] = Math.min(boxes[a + j], boxes[b + j]);
  for (let j = columns; j < 2 * columns; j++) boxes[to + j] = Math.max(boxes[a + j], boxes[b + j]);
}
