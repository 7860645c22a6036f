import type { Arena } from "./kernels/runtime.ts";
import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { type ClusterSpace, mergeByChain, type Merges } from "./neighbor-chain.ts";

/*
 * Ward's distance of clusters of sizes a and b is √(2ab / (a + b)) · |difference of their means|, so means and sizes are all
 * that is kept. A filter in single precision finds who may be nearest; double precision decides among those.
 *
 * Units: means are (x − origin) · scale, of norm at most 1; u = 2⁻²⁴, d = columns. Rounding both means moves their difference by
 * at most 2u, and the d differences, squares and sums, the division and its operands add a relative (d + 6) u to its square.
 * With w = ab / (a + b) < a, for the query's size a, the root of the computed cost w |x − y|² is within
 *     √a · 2u (absolute) and (d / 2 + 4) u (relative)
 * of the true one, to first order. What is used below is twice that and more: it covers second orders, the roundings of the
 * bound itself, and underflow, which needs differences below 10⁻¹⁹ where 4u is above 10⁻⁷.
 */
const TILE = 16;
/** Coordinate of a slot that must not be found; its square is finite in single precision. */
const faraway = 1e18;

/** Bytes that {@link wardMerges} borrows. */
function wardBytes(slots: number, columns: number): number {
  return arenaBytes(slots * columns, 4) + 3 * arenaBytes(slots + 1, 4) + arenaBytes(columns, 4);
}

/**
 * Merges rows by Ward's criterion, in memory that grows with the table and not with its square.
 *
 * @param values - row-major rows × columns, finite, squarable.
 * @returns merges as {@link mergeByChain} describes; distances as √(2ab / (a + b)) · |difference of means|.
 * @see Ward (1963); Murtagh & Legendre (2014). Cost O(n²·d) time, O(n·d) memory.
 */
export function wardMerges(values: Float64Array, rows: number, columns: number): Merges {
  const slots = TILE * Math.ceil(rows / TILE);
  return borrowKernels(wardBytes(slots, columns), (kernels, arena) =>
    mergeByChain(rows, wardSpace(values, rows, columns, kernels, arena)),
  );
}

function wardSpace(values: Float64Array, rows: number, columns: number, kernels: Kernels, arena: Arena): ClusterSpace {
  const { origin, scale } = frameOf(values, rows, columns);
  let slots = TILE * Math.ceil(rows / TILE);
  const tiles = arena.f32(slots * columns);
  const inverses = arena.f32(slots + 1);
  const costs = arena.f32(slots + 1);
  const list = arena.i32(slots + 1);
  const query = arena.f32(columns);
  const relative = 1 + (columns + 16) * 2 ** -24;
  // Clusters are packed to the front in the order of their numbers, so that scans stay short and ties are decided alike.
  const means = values.slice(0, rows * columns);
  const sizes = new Float64Array(rows).fill(1);
  const numbers = Int32Array.from(sizes, (_, i) => i);
  const positions = Int32Array.from(numbers);
  let used = rows;
  let alive = rows;

  const tileCell = (position: number): number => (position - (position % TILE)) * columns + (position % TILE);

  function pack(position: number): void {
    for (let j = 0, at = tileCell(position), i = position * columns; j < columns; j++, at += TILE, i++) {
      tiles[at] = (means[i] - origin[j]) * scale;
    }
    inverses[position] = 1 / sizes[position];
  }

  function hide(position: number): void {
    tiles[tileCell(position)] = faraway;
  }

  function distanceOf(a: number, b: number): number {
    let sum = 0;
    for (let j = 0, x = a * columns, y = b * columns; j < columns; j++, x++, y++) {
      const difference = means[x] - means[y];
      sum += difference * difference;
    }
    return Math.sqrt(sum * ((2 * sizes[a] * sizes[b]) / (sizes[a] + sizes[b])));
  }

  /** Moves the clusters that are left together, in their order. */
  function squeeze(): void {
    let to = 0;
    for (let from = 0; from < used; from++) {
      if (sizes[from] === 0) continue;
      if (from !== to) {
        means.copyWithin(to * columns, from * columns, (from + 1) * columns);
        sizes[to] = sizes[from];
        numbers[to] = numbers[from];
        positions[numbers[to]] = to;
        pack(to);
      }
      to++;
    }
    used = to;
    slots = TILE * Math.ceil(used / TILE);
    for (let position = used; position < slots; position++) hide(position);
  }

  /** The nearest of the listed ones by the exact distance; the way back wins a tie, then the lowest. */
  function decide(own: number, count: number, back: number): number {
    let best = back;
    space.distance = back < 0 ? Infinity : distanceOf(own, back);
    for (let i = 0; i < count && space.distance > 0; i++) {
      const position = list[i];
      if (position === own || position >= used || sizes[position] === 0) continue;
      const distance = distanceOf(own, position);
      if (distance < space.distance) {
        space.distance = distance;
        best = position;
      }
    }
    return best;
  }

  for (let position = 0; position < rows; position++) pack(position);
  for (let position = rows; position < slots; position++) hide(position);

  const space = {
    distance: 0,
    nearest(slot: number, previous: number): number {
      const own = positions[slot];
      for (let j = 0, at = tileCell(own); j < columns; j++, at += TILE) query[j] = tiles[at];
      hide(own);
      const count = kernels.nearClusters(
        ...([tiles.byteOffset, columns, slots, inverses.byteOffset, query.byteOffset, inverses[own]] as const),
        ...([4 * 2 ** -24 * Math.sqrt(sizes[own]), relative, costs.byteOffset, list.byteOffset] as const),
      );
      tiles[tileCell(own)] = query[0];
      return numbers[decide(own, count, previous < 0 ? -1 : positions[previous])];
    },
    merge(from: number, into: number): void {
      const [a, b] = [positions[from], positions[into]];
      const size = sizes[a] + sizes[b];
      for (let j = 0, x = a * columns, y = b * columns; j < columns; j++, x++, y++) {
        means[y] = (means[x] * sizes[a] + means[y] * sizes[b]) / size;
      }
      sizes[b] = size;
      sizes[a] = 0;
      pack(b);
      hide(a);
      alive--;
      if (used - alive > TILE && (used - alive) * 16 > used) squeeze();
    },
  };
  return space;
}

/** The middle of the rows, and what brings all of them, and with them every mean, within distance 1 of it. */
function frameOf(values: Float64Array, rows: number, columns: number): { origin: Float64Array; scale: number } {
  const origin = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = j; i < rows * columns; i += columns) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    origin[j] = low / 2 + high / 2;
  }
  let largest = 0;
  for (let row = 0, i = 0; row < rows; row++) {
    let norm = 0;
    for (let j = 0; j < columns; j++, i++) norm += (values[i] - origin[j]) ** 2;
    if (norm > largest) largest = norm;
  }
  // Data too small to be squared stay near 0 in single precision too: everybody is then listed and decided exactly.
  const scale = 1 / Math.sqrt(largest);
  return { origin, scale: Number.isFinite(scale) ? scale : 0 };
}
