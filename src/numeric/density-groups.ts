import { cellsWithin } from "./cells.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { addressableBytes, type Arena, arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import { isAnyWithin } from "./near-pair.ts";
import { largestSquare, type PointCells, squareOfSpan, squareToBox, takePoints, writeBox } from "./point-cells.ts";
import { compareRows } from "./row-order.ts";
import { unionFindIn } from "./union-find.ts";

/** Pairs of points of two cells that are compared one by one. */
const fewPairs = 4096;

/** Result of {@link densityGroups}. */
export interface DensityGroups {
  /** By row a number of its group, any below the number of rows; −1 = in none. */
  readonly groups: Int32Array;
  /** By row 1 for a core point. */
  readonly core: Uint8Array;
}

/** The same cells, perhaps with some of their points only. */
type Cells = Omit<PointCells, "sweep">;

/** What kernels read of cells, and where they write. */
interface Desk {
  readonly kernels: Kernels;
  /** Points column by column, with room between the columns; see `Kernels.countNear`. */
  readonly points: Float64Array;
  readonly stride: number;
  readonly boxes: Float64Array;
  readonly starts: Uint32Array;
  readonly nearby: Uint32Array;
  /** One number per place. */
  readonly numbers: Int32Array;
}

/** Tells whether kernels have an address for every number of so many points. */
export function fitsDensityGroups(rows: number, columns: number): boolean {
  return deskBytes(rows, columns, rows) < addressableBytes - 4096;
}

/**
 * Groups points by density: DBSCAN with border points at their nearest core point.
 *
 * @param values - row-major rows × columns, finite, trusted; {@link fitsDensityGroups} holds.
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
  const bound = largestSquare(radius);
  const cells = cellsWithin(values, rows, columns, radius);
  const count = cells.starts.length - 1;
  return borrowKernels(deskBytes(rows, columns, count), (kernels, arena) => {
    const desk = openDesk(rows, columns, count, kernels, arena);
    const isTight = tightCells(cells, bound);
    const core = markCores(cells, desk, { bound, minPoints: Math.min(minPoints, rows + 1), isTight });
    const cores = onlyCores(cells, core);
    const groupOf = joinCores(cells, cores, desk, { bound, isTight });
    return groupsByRow(cells, cores, core, groupOf, bound);
  });
}

/** Places from the first one of a column to that of the next: an odd number of lines, so that columns share the cache evenly. */
function strideOf(rows: number): number {
  return 8 * (Math.ceil(rows / 8) | 1);
}

function deskBytes(rows: number, columns: number, cells: number): number {
  const doubles = [columns * strideOf(rows) + 8, 2 * columns * cells];
  const words = [cells + 1, cells, rows];
  return (
    doubles.reduce((sum, length) => sum + arenaBytes(length, 8), 0) +
    words.reduce((sum, length) => sum + arenaBytes(length, 4), 0)
  );
}

function openDesk(rows: number, columns: number, cells: number, kernels: Kernels, arena: Arena): Desk {
  const stride = strideOf(rows);
  return {
    kernels,
    points: arena.f64(columns * stride + 8),
    stride,
    boxes: arena.f64(2 * columns * cells),
    starts: arena.u32(cells + 1),
    nearby: arena.u32(cells),
    numbers: arena.i32(rows),
  };
}

function layOut({ columns, points, boxes, starts }: Cells, desk: Desk): void {
  desk.boxes.set(boxes);
  desk.starts.set(starts);
  for (let j = 0; j < columns; j++) {
    for (let cell = j, to = j * desk.stride; cell < points.length; cell += columns) desk.points[to++] = points[cell];
  }
}

function tightCells({ columns, boxes, starts }: Cells, bound: number): Uint8Array {
  const isTight = new Uint8Array(starts.length - 1);
  for (let cell = 0, box = 0; cell < isTight.length; cell++, box += 2 * columns) {
    if (squareOfSpan(boxes, box, box, columns) <= bound) isTight[cell] = 1;
  }
  return isTight;
}

/** Finds the core points by place: all of a full cell, the others by counting until there are enough. */
function markCores(
  cells: PointCells,
  desk: Desk,
  { bound, minPoints, isTight }: { bound: number; minPoints: number; isTight: Uint8Array },
): Uint8Array {
  const { columns, starts } = cells;
  const { kernels, nearby, numbers } = desk;
  layOut(cells, desk);
  const core = new Uint8Array(cells.order.length);
  const isFull = (cell: number): boolean => isTight[cell] === 1 && starts[cell + 1] - starts[cell] >= minPoints;
  for (let cell = 0; cell < isTight.length; cell++) if (isFull(cell)) core.fill(1, starts[cell], starts[cell + 1]);
  cells.sweep(
    (cell) => !isFull(cell),
    "all",
    (cell, others, length) => {
      const [first, last] = [starts[cell], starts[cell + 1]];
      for (let i = 0; i < length; i++) nearby[i] = others[i];
      if (isTight[cell] === 0) nearby[length++] = cell;
      numbers.fill(isTight[cell] === 1 ? last - first : 0, 0, last - first);
      kernels.countNear(
        ...[desk.points.byteOffset, desk.stride, columns],
        ...[desk.starts.byteOffset, desk.boxes.byteOffset, nearby.byteOffset, length],
        ...[first, last, bound, minPoints, numbers.byteOffset],
      );
      for (let place = first; place < last; place++) core[place] = numbers[place - first] >= minPoints ? 1 : 0;
    },
  );
  return core;
}

/** The cells without the points that are not core; their `order` tells places of the cells, not rows. */
function onlyCores({ columns, points, starts }: Cells, core: Uint8Array): Cells {
  const order = new Uint32Array(core.length);
  const coreStarts = new Uint32Array(starts.length);
  let count = 0;
  for (let cell = 0; cell + 1 < starts.length; cell++) {
    for (let place = starts[cell]; place < starts[cell + 1]; place++) if (core[place] === 1) order[count++] = place;
    coreStarts[cell + 1] = count;
  }
  const kept = takePoints(points, columns, order.subarray(0, count));
  const boxes = new Float64Array(2 * columns * (starts.length - 1));
  for (let cell = 0; cell + 1 < starts.length; cell++) {
    if (coreStarts[cell] === coreStarts[cell + 1]) continue;
    writeBox(kept, columns, coreStarts[cell], coreStarts[cell + 1], boxes, 2 * columns * cell);
  }
  return { columns, order: order.subarray(0, count), points: kept, starts: coreStarts, boxes };
}

/** Makes one group of core points within the radius of each other; returns by core point a number of its group. */
function joinCores(
  cells: PointCells,
  cores: Cells,
  desk: Desk,
  { bound, isTight }: { bound: number; isTight: Uint8Array },
): Int32Array {
  const { columns, points, starts } = cores;
  const { kernels } = desk;
  const { find, union } = unionFindIn(desk.numbers.fill(-1));
  /** 1 where the core points of a cell are known to be in one group: from then on their first one speaks for them. */
  const isOne = isTight.slice();
  layOut(cores, desk);

  function isOneGroup(cell: number): boolean {
    if (isOne[cell] === 1) return true;
    const group = find(starts[cell]);
    for (let core = starts[cell] + 1; core < starts[cell + 1]; core++) if (find(core) !== group) return false;
    isOne[cell] = 1;
    return true;
  }

  function joinNear(a: number, b: number, united: number): void {
    kernels.joinNear(
      ...[desk.points.byteOffset, desk.stride, columns],
      ...[starts[a], starts[a + 1], starts[b], starts[b + 1], desk.boxes.byteOffset + 16 * columns * b],
      ...[bound, desk.numbers.byteOffset, united],
    );
  }

  function joinCells(a: number, b: number): void {
    const [isOneA, isOneB] = [isOneGroup(a), isOneGroup(b)];
    if (!isOneA || !isOneB) return isOneA ? joinNear(b, a, 1) : joinNear(a, b, isOneB ? 1 : 0);
    if (find(starts[a]) === find(starts[b])) return undefined;
    if ((starts[a + 1] - starts[a]) * (starts[b + 1] - starts[b]) <= fewPairs) return joinNear(a, b, 2);
    if (isAnyWithin(points, columns, placesOf(a), placesOf(b), bound)) union(starts[a], starts[b]);
    return undefined;
  }

  function placesOf(cell: number): Uint32Array {
    return Uint32Array.from({ length: starts[cell + 1] - starts[cell] }, (_, i) => starts[cell] + i);
  }

  const isEmpty = (cell: number): boolean => starts[cell] === starts[cell + 1];
  for (let cell = 0; cell < isTight.length; cell++) {
    if (isTight[cell] === 0) joinNear(cell, cell, 0);
    else for (let core = starts[cell] + 1; core < starts[cell + 1]; core++) union(core - 1, core);
  }
  cells.sweep(
    (cell) => !isEmpty(cell),
    "later",
    (cell, nearby, length) => {
      for (let i = 0; i < length; i++) if (!isEmpty(nearby[i])) joinCells(cell, nearby[i]);
    },
  );
  const groupOf = new Int32Array(cores.order.length);
  for (let core = 0; core < groupOf.length; core++) groupOf[core] = find(core);
  return groupOf;
}

/** Groups and core points by row, border points with their nearest core point. */
function groupsByRow(
  cells: PointCells,
  cores: Cells,
  core: Uint8Array,
  groupOf: Int32Array,
  bound: number,
): DensityGroups {
  const { columns, order, points, starts } = cells;
  const groups = new Int32Array(order.length).fill(-1);
  const coreOfRow = new Uint8Array(order.length);
  for (let i = 0; i < groupOf.length; i++) {
    const row = order[cores.order[i]];
    coreOfRow[row] = 1;
    groups[row] = groupOf[i];
  }
  const query = new Float64Array(columns);

  /** The core point nearest to the query in some cells, of equally near ones that with the least coordinates; −1 = none. */
  function nearestCore(nearby: ArrayLike<number>, length: number, own: number): number {
    let nearest = -1;
    let least = bound;
    for (let i = -1; i < length; i++) {
      const other = i < 0 ? own : nearby[i];
      const [first, last] = [cores.starts[other], cores.starts[other + 1]];
      if (first === last || squareToBox(query, 0, cores.boxes, 2 * columns * other, columns) > least) continue;
      for (let candidate = first; candidate < last; candidate++) {
        const square = squareTo(cores.points, candidate * columns, query);
        if (square > least) continue;
        if (square === least && nearest >= 0 && compareRows(cores.points, columns, nearest, candidate) <= 0) continue;
        least = square;
        nearest = candidate;
      }
    }
    return nearest;
  }

  cells.sweep(
    (cell) => cores.starts[cell + 1] - cores.starts[cell] < starts[cell + 1] - starts[cell],
    "all",
    (cell, nearby, length) => {
      for (let place = starts[cell]; place < starts[cell + 1]; place++) {
        if (core[place] === 1) continue;
        for (let j = 0; j < columns; j++) query[j] = points[place * columns + j];
        const nearest = nearestCore(nearby, length, cell);
        if (nearest >= 0) groups[order[place]] = groupOf[nearest];
      }
    },
  );
  return { groups, core: coreOfRow };
}

function squareTo(points: Float64Array, at: number, query: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < query.length; j++) {
    const difference = points[at + j] - query[j];
    sum += difference * difference;
  }
  return sum;
}
