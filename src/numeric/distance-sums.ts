import type { Kernels } from "./kernels/kernels.ts";
import { addressableBytes, arenaBytes, borrowKernels, type Arena } from "./kernels/runtime.ts";

/**
 * For every row the sum of its Euclidean distances to the members of every cluster (to itself: 0).
 *
 * Double precision throughout. Each pair is measured once and added to both rows, or not at all where few rows ask for it.
 *
 * @param values - row-major rows × columns, finite.
 * @param labels - cluster per row in [0, clusters); −1 takes the row out: nobody measures to it and its sums are 0.
 * @param wanted - rows × clusters: 0 for a sum that is not needed and may be anything; absent = all are needed. Sums within
 * a row's own cluster always are.
 * @returns rows × clusters, row-major, in the order of the input. Cost O(n²·d) time, O(n·(d + clusters)) memory.
 */
export function distanceSums(
  values: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
  clusters: number,
  wanted?: Uint8Array,
): Float64Array {
  const layout = layOut(wanted === undefined ? rowNumbers(rows) : byWishes(rows, clusters, wanted), labels, clusters);
  const lengths = [layout.positions * columns, 2 * layout.positions, TILE, TILE];
  const bytes = lengths.reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  if (bytes >= addressableBytes) throw new RangeError("distanceSums: too many rows for exact distances");
  return borrowKernels(bytes, (kernels, arena) => {
    const state = open(values, columns, clusters, { layout, plan: planOf(layout, clusters, wanted) }, kernels, arena);
    for (let a = 0; a < clusters; a++) measureCluster(state, a);
    return inInputOrder(state, rows);
  });
}

const TILE = 8;

/** Rows sorted by cluster, every cluster starting a new tile of 8 positions. */
interface Layout {
  /** Position → row; −1 in the filling at the end of a cluster. */
  readonly rowAt: Int32Array;
  readonly positions: number;
  /** Cluster → its first position, and one past its last row (the filling not counted). */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Which distances are measured. */
interface Plan {
  /** Cluster × cluster, the lower number first: 1 where all pairs are, for both sides at once. */
  readonly isWhole: Uint8Array;
  /** Tile × cluster: 1 where a row of the tile needs its sum. */
  readonly isWanted: Uint8Array;
}

interface Sweep {
  readonly columns: number;
  readonly clusters: number;
  readonly layout: Layout;
  readonly plan: Plan;
  readonly kernels: Kernels;
  readonly tiles: Float64Array;
  readonly masks: Float64Array;
  readonly rowSums: Float64Array;
  /** Per position two partial sums: its distances to the tiles of the cluster under way that lie before it. */
  readonly columnSums: Float64Array;
  /** Position × cluster. */
  readonly sums: Float64Array;
}

function rowNumbers(rows: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

/** Rows sorted by what they want, so that those of a tile want the same: a radix sort of bits. */
function byWishes(rows: number, clusters: number, wanted: Uint8Array): Int32Array {
  let order = rowNumbers(rows);
  let other = new Int32Array(rows);
  for (let c = clusters - 1; c >= 0; c--) {
    let place = 0;
    for (let bit = 1; bit >= 0; bit--) {
      for (let i = 0; i < rows; i++) if (wanted[order[i] * clusters + c] === bit) other[place++] = order[i];
    }
    [order, other] = [other, order];
  }
  return order;
}

function layOut(order: Int32Array, labels: Int32Array, clusters: number): Layout {
  const starts = new Int32Array(clusters);
  const ends = new Int32Array(clusters);
  for (let row = 0; row < labels.length; row++) if (labels[row] >= 0) ends[labels[row]]++;
  let positions = 0;
  for (let c = 0; c < clusters; c++) {
    const members = ends[c];
    starts[c] = positions;
    ends[c] = positions;
    positions += TILE * Math.ceil(members / TILE);
  }
  const rowAt = new Int32Array(positions).fill(-1);
  for (let i = 0; i < order.length; i++) {
    const cluster = labels[order[i]];
    if (cluster >= 0) rowAt[ends[cluster]++] = order[i];
  }
  return { rowAt, positions, starts, ends };
}

/** Two clusters are measured as a whole unless the tiles that ask for the other one are less than half of the work. */
function planOf({ rowAt, positions, starts, ends }: Layout, clusters: number, wanted: Uint8Array | undefined): Plan {
  const isWhole = new Uint8Array(clusters * clusters).fill(1);
  const isWanted = new Uint8Array((positions / TILE) * clusters);
  if (wanted === undefined) return { isWhole, isWanted };
  const asking = new Int32Array(clusters * clusters);
  for (let a = 0; a < clusters; a++) {
    for (let p = starts[a]; p < ends[a]; p++) {
      const tile = (p >> 3) * clusters;
      for (let b = 0; b < clusters; b++) {
        if (wanted[rowAt[p] * clusters + b] === 0 || isWanted[tile + b] === 1) continue;
        isWanted[tile + b] = 1;
        asking[a * clusters + b]++;
      }
    }
  }
  const sizeOf = (c: number): number => ends[c] - starts[c];
  for (let a = 0; a < clusters; a++) {
    for (let b = a + 1; b < clusters; b++) {
      const pairs = TILE * (asking[a * clusters + b] * sizeOf(b) + asking[b * clusters + a] * sizeOf(a));
      if (pairs < sizeOf(a) * sizeOf(b)) isWhole[a * clusters + b] = 0;
    }
  }
  return { isWhole, isWanted };
}

function open(
  values: Float64Array,
  columns: number,
  clusters: number,
  { layout, plan }: { layout: Layout; plan: Plan },
  kernels: Kernels,
  arena: Arena,
): Sweep {
  const { rowAt, positions } = layout;
  const tiles = arena.f64(positions * columns);
  for (let p = 0; p < positions; p++) {
    if (rowAt[p] < 0) continue;
    const to = (p - (p % TILE)) * columns + (p % TILE);
    for (let j = 0; j < columns; j++) tiles[to + j * TILE] = values[rowAt[p] * columns + j];
  }
  return {
    ...{ columns, clusters, layout, plan, kernels, tiles },
    masks: arena.f64(TILE),
    rowSums: arena.f64(TILE),
    columnSums: arena.f64(2 * positions),
    sums: new Float64Array(positions * clusters),
  };
}

/** Measures from every row of cluster `a` to the rows after it, in `a` and in the clusters after `a`; or to those it asks for. */
function measureCluster(sweep: Sweep, a: number): void {
  const { clusters, layout, plan, columnSums, sums } = sweep;
  const { starts, ends, positions } = layout;
  for (let first = starts[a]; first < ends[a]; first += TILE) {
    setMasks(sweep.masks, ends[a] - first);
    measureFrom(sweep, first, a, first, Math.min(first + TILE, ends[a]), false);
    measureFrom(sweep, first, a, first + TILE, ends[a], true);
    for (let b = 0; b < clusters; b++) {
      if (b === a) continue;
      if (plan.isWhole[Math.min(a, b) * clusters + Math.max(a, b)] === 1) {
        if (b > a) measureFrom(sweep, first, b, starts[b], ends[b], true);
      } else if (plan.isWanted[(first / TILE) * clusters + b] === 1) {
        measureFrom(sweep, first, b, starts[b], ends[b], false);
      }
    }
  }
  for (let p = starts[a]; p < positions; p++) sums[p * clusters + a] += columnSums[2 * p] + columnSums[2 * p + 1];
  columnSums.fill(0);
}

/** Measures from the 8 rows at `first` to positions of cluster `b`, for both sides or for the 8 rows only. */
function measureFrom(sweep: Sweep, first: number, b: number, from: number, to: number, isForBoth: boolean): void {
  if (from >= to) return;
  const { kernels, tiles, columns, clusters, masks, columnSums, rowSums, sums } = sweep;
  rowSums.fill(0);
  kernels.distanceRun(
    tiles.byteOffset,
    columns,
    first / TILE,
    from,
    to,
    masks.byteOffset,
    isForBoth ? columnSums.byteOffset : 0,
    rowSums.byteOffset,
  );
  for (let lane = 0; lane < TILE; lane++) sums[(first + lane) * clusters + b] += rowSums[lane];
}

/** All ones where the tile has a row, zeros in its filling. */
function setMasks(masks: Float64Array, rowsLeft: number): void {
  const words = new Int32Array(masks.buffer, masks.byteOffset, 2 * TILE);
  for (let i = 0; i < words.length; i++) words[i] = i >> 1 < rowsLeft ? -1 : 0;
}

function inInputOrder({ sums, clusters, layout }: Sweep, rows: number): Float64Array {
  const ordered = new Float64Array(rows * clusters);
  layout.rowAt.forEach((row, p) => {
    if (row >= 0) for (let c = 0; c < clusters; c++) ordered[row * clusters + c] = sums[p * clusters + c];
  });
  return ordered;
}
