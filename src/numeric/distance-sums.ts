import type { Kernels } from "./kernels/kernels.ts";
import { addressableBytes, arenaBytes, borrowKernels, type Arena } from "./kernels/runtime.ts";

/**
 * For every row the sum of its Euclidean distances to the members of every cluster (to itself: 0).
 *
 * Double precision throughout. Each pair is measured once and added to both rows.
 *
 * @param values - row-major rows × columns, finite.
 * @param labels - cluster per row in [0, clusters); −1 takes the row out: nobody measures to it and its sums are 0.
 * @returns rows × clusters, row-major, in the order of the input. Cost O(n²·d) time, O(n·(d + clusters)) memory.
 */
export function distanceSums(
  values: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
  clusters: number,
): Float64Array {
  const layout = layOut(rows, labels, clusters);
  const lengths = [layout.positions * columns, 2 * layout.positions, TILE, TILE];
  const bytes = lengths.reduce((sum, length) => sum + arenaBytes(length, 8), 0);
  if (bytes >= addressableBytes) throw new RangeError("distanceSums: too many rows for exact distances");
  return borrowKernels(bytes, (kernels, arena) => {
    const state = open(values, columns, clusters, layout, kernels, arena);
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

interface Sweep {
  readonly columns: number;
  readonly clusters: number;
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly tiles: Float64Array;
  readonly masks: Float64Array;
  readonly rowSums: Float64Array;
  /** Per position two partial sums: its distances to the tiles of the cluster under way that lie before it. */
  readonly columnSums: Float64Array;
  /** Position × cluster. */
  readonly sums: Float64Array;
}

function layOut(rows: number, labels: Int32Array, clusters: number): Layout {
  const starts = new Int32Array(clusters);
  const ends = new Int32Array(clusters);
  for (let row = 0; row < rows; row++) if (labels[row] >= 0) ends[labels[row]]++;
  let positions = 0;
  for (let c = 0; c < clusters; c++) {
    const members = ends[c];
    starts[c] = positions;
    ends[c] = positions;
    positions += TILE * Math.ceil(members / TILE);
  }
  const rowAt = new Int32Array(positions).fill(-1);
  for (let row = 0; row < rows; row++) if (labels[row] >= 0) rowAt[ends[labels[row]]++] = row;
  return { rowAt, positions, starts, ends };
}

function open(
  values: Float64Array,
  columns: number,
  clusters: number,
  layout: Layout,
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
    ...{ columns, clusters, layout, kernels, tiles },
    masks: arena.f64(TILE),
    rowSums: arena.f64(TILE),
    columnSums: arena.f64(2 * positions),
    sums: new Float64Array(positions * clusters),
  };
}

/** Measures from every row of cluster `a` to the rows after it, in `a` and in the clusters after `a`. */
function measureCluster(sweep: Sweep, a: number): void {
  const { clusters, layout, columnSums, sums } = sweep;
  const { starts, ends, positions } = layout;
  for (let first = starts[a]; first < ends[a]; first += TILE) {
    setMasks(sweep.masks, ends[a] - first);
    measureWithin(sweep, a, first);
    for (let b = a; b < clusters; b++) measureRun(sweep, first, b, b === a ? first + TILE : starts[b]);
  }
  for (let p = starts[a]; p < positions; p++) sums[p * clusters + a] += columnSums[2 * p] + columnSums[2 * p + 1];
  columnSums.fill(0);
}

/** The 8 rows from `first` among themselves: each pair twice, as sums of rows only. */
function measureWithin(sweep: Sweep, a: number, first: number): void {
  const { columnSums, layout } = sweep;
  const end = Math.min(first + TILE, layout.ends[a]);
  const kept = columnSums.slice(2 * first, 2 * end);
  measureFrom(sweep, first, a, first, end);
  columnSums.set(kept, 2 * first);
}

function measureRun(sweep: Sweep, first: number, b: number, from: number): void {
  if (from < sweep.layout.ends[b]) measureFrom(sweep, first, b, from, sweep.layout.ends[b]);
}

function measureFrom(sweep: Sweep, first: number, b: number, from: number, to: number): void {
  const { kernels, tiles, columns, clusters, masks, columnSums, rowSums, sums } = sweep;
  rowSums.fill(0);
  kernels.distanceRun(
    tiles.byteOffset,
    columns,
    first / TILE,
    from,
    to,
    masks.byteOffset,
    columnSums.byteOffset,
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
