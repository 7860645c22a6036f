import { type PointCells, squareOfGap, takePoints, writeBox } from "./point-cells.ts";

/** Keys of cells are exact integers up to here. */
const mostCells = 2 ** 53;
/** Cells along one axis, so that the rounding of a coordinate stays far below the slack of a cell's side. */
const longestAxis = 2 ** 26;
/** No point is within the radius of a point more than two cells away along an axis. */
const reach = 2;

/**
 * Sorts points into a grid whose cells have the radius as diagonal, so that all points of a cell are neighbors.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - at least 1.
 * @param columns - 1 to 3: a cell has up to 5^columns − 1 others in reach.
 * @param radius - positive.
 * @param bound - its `largestSquare`.
 * @returns the cells that hold points, or `undefined` when the radius is so small for the extent of the data that cells
 * could not be told apart. Cost: linear, no memory for empty cells.
 */
export function cellGrid(
  values: Float64Array,
  rows: number,
  columns: number,
  radius: number,
  bound: number,
): PointCells | undefined {
  const box = new Float64Array(2 * columns);
  writeBox(values, columns, 0, rows, box, 0);
  // A little less than the radius as diagonal: rounding must not stretch a cell beyond it.
  const side = (radius / Math.sqrt(columns)) * (1 - 2 ** -20);
  // Axes are padded, so that two cells beyond the end of one is not the begin of the next.
  const lengths = Array.from(
    { length: columns },
    (_, j) => Math.floor((box[columns + j] - box[j]) / side) + 1 + 2 * reach,
  );
  const total = lengths.reduce((product, length) => product * length, 1);
  if (!(total < mostCells) || lengths.some((length) => length > longestAxis)) return undefined;
  const keys = new Float64Array(rows);
  const strides = lengths.map((_, j) => lengths.slice(0, j).reduce((product, length) => product * length, 1));
  for (let j = 0; j < columns; j++) {
    for (let row = 0, cell = j; row < rows; row++, cell += columns) {
      keys[row] += Math.floor((values[cell] - box[j]) / side) * strides[j];
    }
  }
  const order = orderOfKeys(keys, total);
  const { starts, cellKeys } = runsOf(keys, order);
  const points = takePoints(values, columns, order);
  const boxes = new Float64Array(2 * columns * cellKeys.length);
  for (let c = 0; c < cellKeys.length; c++) writeBox(points, columns, starts[c], starts[c + 1], boxes, 2 * columns * c);
  return { columns, order, points, starts, boxes, sweep: sweepGrid(cellKeys, strides, boxes, columns, bound) };
}

function sweepGrid(
  keys: Float64Array,
  strides: readonly number[],
  boxes: Float64Array,
  columns: number,
  bound: number,
): PointCells["sweep"] {
  const shifts = shiftsOf(strides.slice(1));
  return (isWanted, range, visit) => {
    const lines = range === "all" ? shifts : shifts.filter((shift) => shift >= 0);
    // Along a line of the grid neighbors are a run of keys. The run only moves forward when the cell does.
    const firsts = new Uint32Array(lines.length);
    const nearby: number[] = [];
    for (let cell = 0; cell < keys.length; cell++) {
      if (!isWanted(cell)) continue;
      let count = 0;
      for (let line = 0; line < lines.length; line++) {
        const middle = keys[cell] + lines[line];
        const last = middle + reach;
        let at = firsts[line];
        while (at < keys.length && keys[at] < middle - reach) at++;
        firsts[line] = at;
        for (; at < keys.length && keys[at] <= last; at++) {
          if (at === cell || (range === "later" && at < cell)) continue;
          if (squareOfGap(boxes, 2 * columns * cell, 2 * columns * at, columns) <= bound) nearby[count++] = at;
        }
      }
      visit(cell, nearby, count);
    }
  };
}

/** Differences of keys to the lines in reach, along all axes but the first. */
function shiftsOf(strides: readonly number[]): number[] {
  let shifts = [0];
  for (const stride of strides) {
    shifts = shifts.flatMap((shift) => [-2, -1, 0, 1, 2].map((steps) => shift + steps * stride));
  }
  return shifts;
}

const digitBits = 11;

/** Rows in ascending order of their keys, equal keys as they were: a radix sort, digit by digit from the last. */
function orderOfKeys(keys: Float64Array, limit: number): Uint32Array {
  const buckets = 1 << digitBits;
  let order = new Uint32Array(keys.length);
  let other = new Uint32Array(keys.length);
  for (let row = 0; row < keys.length; row++) order[row] = row;
  for (let unit = 1; unit < limit; unit *= buckets) {
    const ends = new Uint32Array(buckets + 1);
    const digits = Uint16Array.from(keys, (key) => Math.floor(key / unit) % buckets);
    for (let row = 0; row < digits.length; row++) ends[digits[row] + 1]++;
    for (let digit = 0; digit < buckets; digit++) ends[digit + 1] += ends[digit];
    for (let place = 0; place < order.length; place++) other[ends[digits[order[place]]]++] = order[place];
    [order, other] = [other, order];
  }
  return order;
}

function runsOf(keys: Float64Array, order: Uint32Array): { starts: Uint32Array; cellKeys: Float64Array } {
  const starts = new Uint32Array(order.length + 1);
  const cellKeys = new Float64Array(order.length);
  let cells = 0;
  for (let place = 0; place < order.length; place++) {
    const key = keys[order[place]];
    if (cells > 0 && key === cellKeys[cells - 1]) continue;
    starts[cells] = place;
    cellKeys[cells++] = key;
  }
  starts[cells] = order.length;
  return { starts: starts.slice(0, cells + 1), cellKeys: cellKeys.slice(0, cells) };
}
