/**
 * Points in small boxes, made to answer which of them lie within one radius of each other.
 *
 * Places are rows sorted by cell: cell `c` owns the places `starts[c]` … `starts[c + 1] − 1`.
 */
export interface PointCells {
  readonly columns: number;
  /** The row at each place. */
  readonly order: Uint32Array;
  /** Row-major by place. */
  readonly points: Float64Array;
  /** Cells + 1 entries. */
  readonly starts: Uint32Array;
  /** By cell: the least coordinate of its points in every column, then the largest. */
  readonly boxes: Float64Array;
  /**
   * Visits the wanted cells in ascending order, each with the cells whose boxes come within the radius of its own.
   *
   * @param isWanted - whether to visit a cell.
   * @param range - all other cells, or only those with a higher number: every pair once.
   * @param visit - `nearby` holds the first `count` entries; it is used again for the next cell.
   */
  sweep(
    isWanted: (cell: number) => boolean,
    range: "all" | "later",
    visit: (cell: number, nearby: ArrayLike<number>, count: number) => void,
  ): void;
}

/**
 * The largest double whose square root is at most `radius`: a sum of squares is at most this if and only if the distance,
 * as a double, is at most the radius. radius² alone would lose points exactly on the sphere when it is rounded down.
 *
 * @param radius - at least 1e-145, so that squares do not vanish.
 */
export function largestSquare(radius: number): number {
  let square = radius * radius;
  if (square === Infinity) return Number.MAX_VALUE;
  for (;;) {
    const next = square + square * (0.6 * 2 ** -52); // the next double: between 0.6 and 1.2 units in the last place
    if (next === Infinity || Math.sqrt(next) > radius) return square;
    square = next;
  }
}

/** Square of the distance between two points that begin at `a` and `b` in `points`. */
export function squareBetween(points: Float64Array, a: number, b: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const difference = points[a + j] - points[b + j];
    sum += difference * difference;
  }
  return sum;
}

// The bounds below round as distances do (differences, squares and their sum in the same order), and rounding keeps the
// order of numbers. So a bound is never on the wrong side of a computed distance, and no margin is needed.

/** Square of the least distance between the points of two boxes that begin at `a` and `b` in `boxes`. */
export function squareOfGap(boxes: Float64Array, a: number, b: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const below = boxes[a + j] - boxes[b + columns + j];
    const above = boxes[b + j] - boxes[a + columns + j];
    const gap = 0.5 * (below + Math.abs(below) + (above + Math.abs(above)));
    sum += gap * gap;
  }
  return sum;
}

/** Square of the largest distance between points of two boxes; of one box with itself, the square of its diagonal. */
export function squareOfSpan(boxes: Float64Array, a: number, b: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const up = boxes[a + columns + j] - boxes[b + j];
    const down = boxes[b + columns + j] - boxes[a + j];
    const span = Math.max(up, down);
    sum += span * span;
  }
  return sum;
}

/** Square of the least distance from the point that begins at `at` in `points` to the box that begins at `box`. */
export function squareToBox(
  points: Float64Array,
  at: number,
  boxes: Float64Array,
  box: number,
  columns: number,
): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const below = boxes[box + j] - points[at + j];
    const above = points[at + j] - boxes[box + columns + j];
    const gap = 0.5 * (below + Math.abs(below) + (above + Math.abs(above)));
    sum += gap * gap;
  }
  return sum;
}

/** Rows copied in the order of their places. */
export function takePoints(values: Float64Array, columns: number, order: Uint32Array): Float64Array {
  const points = new Float64Array(order.length * columns);
  for (let place = 0, to = 0; place < order.length; place++) {
    for (let j = 0, from = order[place] * columns; j < columns; j++) points[to++] = values[from++];
  }
  return points;
}

/** Writes the least and the largest coordinates of the points at places `start` … `end − 1` to `boxes` at `box`. */
export function writeBox(
  points: Float64Array,
  columns: number,
  start: number,
  end: number,
  boxes: Float64Array,
  box: number,
): void {
  for (let j = 0; j < columns; j++) {
    let low = points[start * columns + j];
    let high = low;
    for (let cell = (start + 1) * columns + j; cell < end * columns; cell += columns) {
      if (points[cell] < low) low = points[cell];
      if (points[cell] > high) high = points[cell];
    }
    boxes[box + j] = low;
    boxes[box + columns + j] = high;
  }
}
