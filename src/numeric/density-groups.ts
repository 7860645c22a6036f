import { cellsWithin } from "./cells.ts";
import { isAnyWithin } from "./near-pair.ts";
import { largestSquare, type PointCells, squareBetween, squareOfSpan, squareToBox } from "./point-cells.ts";
import { compareRows } from "./row-order.ts";
import { type UnionFind, unionFind } from "./union-find.ts";

/** From here on it pays to look at the box of a cell before its points. */
const fewRows = 4;
/** Not before here it pays to ask whether the whole cell is near. */
const manyRows = 32;

/** Result of {@link densityGroups}. */
export interface DensityGroups {
  /** By row a number of its group, any below the number of rows; −1 = in none. */
  readonly groups: Int32Array;
  /** By row 1 for a core point. */
  readonly core: Uint8Array;
}

/** What the three passes share. Core points and the union of groups go by place, not by row. */
interface Search {
  readonly cells: PointCells;
  /** `largestSquare` of the radius. */
  readonly bound: number;
  readonly minPoints: number;
  readonly core: Uint8Array;
  /** Core points of each cell. */
  readonly cores: Uint32Array;
  /** 1 where all points of a cell are neighbors of one another. */
  readonly isTight: Uint8Array;
  readonly union: UnionFind;
}

/**
 * Groups points by density: DBSCAN with border points at their nearest core point.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - may be 0.
 * @param columns - at least 1.
 * @param radius - at least 1e-145; neighbors are at most this far.
 * @param minPoints - neighbors that make a core point, itself included.
 * @see Gunawan (2013) and de Berg, Gunawan & Roeloffzen (2017), "Faster DBSCAN and HDBSCAN in low-dimensional Euclidean
 * spaces": in a cell whose diagonal is the radius all points are neighbors, so a full cell needs no counting, and two cells
 * need one pair within the radius to be one group.
 */
export function densityGroups(
  values: Float64Array,
  rows: number,
  columns: number,
  radius: number,
  minPoints: number,
): DensityGroups {
  if (rows === 0) return { groups: new Int32Array(0), core: new Uint8Array(0) };
  const search = openSearch(cellsWithin(values, rows, columns, radius), largestSquare(radius), minPoints);
  markCores(search);
  joinCores(search);
  return groupsByRow(search);
}

function openSearch(cells: PointCells, bound: number, minPoints: number): Search {
  const { columns, boxes, starts, order } = cells;
  const isTight = new Uint8Array(starts.length - 1);
  for (let cell = 0; cell < isTight.length; cell++) {
    const box = 2 * columns * cell;
    if (squareOfSpan(boxes, box, box, columns) <= bound) isTight[cell] = 1;
  }
  const core = new Uint8Array(order.length);
  return {
    cells,
    bound,
    minPoints,
    core,
    cores: new Uint32Array(isTight.length),
    isTight,
    union: unionFind(core.length),
  };
}

/** Finds the core points: all of a full cell, the others by counting until there are enough. */
function markCores({ cells, bound, minPoints, core, cores, isTight }: Search): void {
  const { columns, points, starts, boxes } = cells;
  const isFull = (cell: number): boolean => isTight[cell] === 1 && starts[cell + 1] - starts[cell] >= minPoints;
  for (let cell = 0; cell < isTight.length; cell++) {
    if (!isFull(cell)) continue;
    core.fill(1, starts[cell], starts[cell + 1]);
    cores[cell] = starts[cell + 1] - starts[cell];
  }

  /** Neighbors of a point in one cell, or enough of them. */
  function countIn(cell: number, at: number, enough: number): number {
    const [start, end] = [starts[cell], starts[cell + 1]];
    const size = end - start;
    const box = 2 * columns * cell;
    if (size > fewRows && squareToBox(points, at, boxes, box, columns) > bound) return 0;
    if (size > manyRows && squareToFarCorner(points, at, boxes, box, columns) <= bound) return size;
    let count = 0;
    for (let other = start * columns; other < end * columns; other += columns) {
      if (squareBetween(points, at, other, columns) <= bound && ++count >= enough) break;
    }
    return count;
  }

  cells.sweep(
    (cell) => !isFull(cell),
    "all",
    (cell, nearby, length) => {
      for (let place = starts[cell]; place < starts[cell + 1]; place++) {
        const at = place * columns;
        let count = isTight[cell] === 1 ? starts[cell + 1] - starts[cell] : countIn(cell, at, minPoints);
        for (let i = 0; i < length && count < minPoints; i++) count += countIn(nearby[i], at, minPoints - count);
        if (count < minPoints) continue;
        core[place] = 1;
        cores[cell]++;
      }
    },
  );
}

/** Square of the distance to the farthest corner of a box; rounds as distances do, as the bounds of point-cells.ts. */
function squareToFarCorner(
  points: Float64Array,
  at: number,
  boxes: Float64Array,
  box: number,
  columns: number,
): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const up = boxes[box + columns + j] - points[at + j];
    const down = points[at + j] - boxes[box + j];
    const span = up > down ? up : down;
    sum += span * span;
  }
  return sum;
}

/** Makes one group of core points within the radius of each other. */
function joinCores({ cells, bound, core, cores, isTight, union }: Search): void {
  const { columns, points, starts } = cells;
  const firstCore = new Uint32Array(isTight.length);
  /** 1 where the core points of a cell are known to be in one group: from then on their first one speaks for them. */
  const isOne = new Uint8Array(isTight.length);
  for (let cell = 0; cell < isTight.length; cell++) {
    if (cores[cell] === 0) continue;
    let place = starts[cell];
    while (core[place] === 0) place++;
    firstCore[cell] = place;
    if (isTight[cell] === 1) {
      for (let other = place + 1; other < starts[cell + 1]; other++) if (core[other] === 1) union.union(place, other);
    } else joinPairs(cell, cell);
  }

  function isOneGroup(cell: number): boolean {
    if (isOne[cell] === 1) return true;
    const group = union.find(firstCore[cell]);
    for (let place = firstCore[cell] + 1; place < starts[cell + 1]; place++) {
      if (core[place] === 1 && union.find(place) !== group) return false;
    }
    isOne[cell] = 1;
    return true;
  }

  function joinPairs(a: number, b: number): void {
    for (let i = firstCore[a]; i < starts[a + 1]; i++) {
      if (core[i] === 0) continue;
      for (let k = a === b ? i + 1 : firstCore[b]; k < starts[b + 1]; k++) {
        if (core[k] === 1 && squareBetween(points, i * columns, k * columns, columns) <= bound) union.union(i, k);
      }
    }
  }

  function coresOf(cell: number): Uint32Array {
    const places = new Uint32Array(cores[cell]);
    let count = 0;
    for (let place = firstCore[cell]; place < starts[cell + 1]; place++) if (core[place] === 1) places[count++] = place;
    return places;
  }

  cells.sweep(
    (cell) => cores[cell] > 0,
    "later",
    (cell, nearby, length) => {
      for (let i = 0; i < length; i++) {
        const other = nearby[i];
        if (cores[other] === 0) continue;
        if (!isOneGroup(cell) || !isOneGroup(other)) joinPairs(cell, other);
        else if (
          union.find(firstCore[cell]) !== union.find(firstCore[other]) &&
          isAnyWithin(points, columns, coresOf(cell), coresOf(other), bound)
        ) {
          union.union(firstCore[cell], firstCore[other]);
        }
      }
    },
  );
}

/** Groups and core points by row, border points with their nearest core point. */
function groupsByRow({ cells, bound, core, cores, union }: Search): DensityGroups {
  const { columns, order, points, starts, boxes } = cells;
  const groups = new Int32Array(order.length).fill(-1);
  const coreOfRow = new Uint8Array(order.length);
  for (let place = 0; place < core.length; place++) {
    if (core[place] === 0) continue;
    coreOfRow[order[place]] = 1;
    groups[order[place]] = union.find(place);
  }
  cells.sweep(
    (cell) => cores[cell] < starts[cell + 1] - starts[cell],
    "all",
    (cell, nearby, length) => {
      for (let place = starts[cell]; place < starts[cell + 1]; place++) {
        if (core[place] === 1) continue;
        const at = place * columns;
        let nearest = -1;
        let least = bound;
        for (let i = -1; i < length; i++) {
          const other = i < 0 ? cell : nearby[i];
          if (cores[other] === 0 || squareToBox(points, at, boxes, 2 * columns * other, columns) > least) continue;
          for (let candidate = starts[other]; candidate < starts[other + 1]; candidate++) {
            if (core[candidate] === 0) continue;
            const square = squareBetween(points, at, candidate * columns, columns);
            if (square > least) continue;
            if (square === least && nearest >= 0 && compareRows(points, columns, nearest, candidate) <= 0) continue;
            least = square;
            nearest = candidate;
          }
        }
        if (nearest >= 0) groups[order[place]] = union.find(nearest);
      }
    },
  );
  return { groups, core: coreOfRow };
}
