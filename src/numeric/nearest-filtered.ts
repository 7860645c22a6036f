import type { CenterSums } from "./center-sums.ts";
import type { NearestCenter, Ties } from "./nearest.ts";
import { nearestCenter, relabelExactly } from "./nearest-exact.ts";
import { blockRows, type PackedPoints } from "./packed-points.ts";

/*
 * Nearest centers through a filter in single precision, with exactly the labels of `nearestCenter`.
 *
 * Units: everything below is (x − origin) · scale; u = 2⁻²⁴, d = columns, X = |x|², C = |c|².
 *
 * The filter ranks centers by s = C/2 − x·c, as |x − c|² = X + 2s. Rounding x and c to single costs a relative u each per
 * coordinate, and each of the d products and d subtractions another u, so
 *     |computed (X + 2s) − |x − c|²| ≤ (d + 6) u (|x| + |c|)² ≤ 2 (d + 6) u (X + C)          to first order in u.
 * With κ = 4 (d + 8) u there is slack of (2d + 20) u (X + C) for second orders, for the roundings of the square roots below
 * (a relative 4u of the distance), and for the roundings of the double-precision sum that defines the answer (2⁻²⁹ of this).
 *
 * The kernel ranks by t = s − κC/2, so that X + 2t − κX is a lower bound of every center's squared distance and
 * X + 2t + κX + 2κC an upper bound of the winner's. With `best` and `second` the two least t,
 *     gap = √(X + 2·second − κX) − √(X + 2·best + κX + 2κC)
 * is a lower bound of (distance to any other center) − (distance to the winner): if positive, the winner is certain. If
 * not, the row is decided by `nearestCenter`.
 *
 * When center a moves by m(a), the gap of a row labelled a shrinks by at most m(a) + max over b ≠ a of m(b) (Hamerly 2010).
 * `drifts` holds the running sum of that per label, `limits` a row's gap plus the drift it was measured at: the label stands
 * while drift < limit. Both are rounded so that the comparison errs towards looking again.
 */

/** Smallest error admitted: covers underflow, 2⁻¹⁴⁹ per operation. */
const errorFloor = 1e-37;
/** Beyond this drift, in units of the data's spread, limits lose too many digits: start again from a full look. */
const largestDrift = 64;
const roundedUp = 1 + 2 ** -22;

/** Assigns by the filter; see above. One at a time per {@link PackedPoints}, whose row state it uses. */
export function filteredNearest(packed: PackedPoints, clusters: number): NearestCenter {
  const { set, kernels, stride, labels, perRow: limits, drifts, moved, ties, counts } = packed;
  const { rows, columns } = set;
  const kappa = 4 * (columns + 8) * 2 ** -24;
  const previous = new Float64Array(clusters * columns);
  const equals: Ties = { count: 0 };
  let first = true;
  labels.fill(0);

  function lookAgain(): void {
    drifts.fill(0);
    limits.fill(-1);
  }

  function assignBlock(start: number, end: number, centers: Float64Array, sums: CenterSums | undefined): number {
    kernels.assignRows(
      ...([packed.points.byteOffset, stride, columns, start, end] as const),
      ...([packed.centers.byteOffset, packed.halves.byteOffset, packed.errors.byteOffset, clusters, kappa] as const),
      ...([labels.byteOffset, limits.byteOffset, drifts.byteOffset, packed.scratch.byteOffset] as const),
      ...([moved.byteOffset, ties.byteOffset, counts.byteOffset] as const),
    );
    const changed = decideTies(packed, centers, clusters, counts[0], counts[1], equals);
    if (!first && changed > 0) sums?.move(moved, changed, labels);
    return changed;
  }

  function assignExactly(centers: Float64Array, sums: CenterSums | undefined): number {
    const list = new Int32Array(2 * rows);
    const changed = relabelExactly(set, centers, clusters, labels, list, equals);
    if (!first) sums?.move(list, changed, labels);
    lookAgain();
    return changed;
  }

  function assignAll(centers: Float64Array, sums: CenterSums | undefined): number {
    equals.count = 0;
    if (first) lookAgain();
    else if (!addDrifts(packed, previous, centers, clusters)) lookAgain();
    previous.set(centers);
    if (!packCenters(packed, centers, clusters, kappa)) return assignExactly(centers, sums);
    let changed = 0;
    for (let start = 0; start < rows; start += blockRows) {
      changed += assignBlock(start, Math.min(rows, start + blockRows), centers, sums);
    }
    return changed;
  }

  return {
    labels: labels.subarray(0, rows),
    ties: equals,
    assign(centers, sums): number {
      const changed = assignAll(centers, sums);
      if (!first) return changed;
      first = false;
      sums?.reset(labels);
      return rows;
    },
  };
}

/**
 * Settles the rows the filter left open, every row that two centers are equally near to among them, and appends those that changed to the
 * `changed` moved ones.
 */
function decideTies(
  { set, labels, moved, ties }: PackedPoints,
  centers: Float64Array,
  clusters: number,
  changed: number,
  count: number,
  equals: Ties,
): number {
  let total = changed;
  for (let i = 0; i < count; i++) {
    const row = ties[i];
    const label = nearestCenter(set.values, row, set.columns, centers, clusters, equals);
    if (label === labels[row]) continue;
    moved[2 * total] = row;
    moved[2 * total + 1] = labels[row];
    labels[row] = label;
    total++;
  }
  return total;
}

/** False when a center is too far out for single precision. */
function packCenters(packed: PackedPoints, centers: Float64Array, clusters: number, kappa: number): boolean {
  const { columns, origin } = packed.set;
  for (let c = 0, i = 0; c < clusters; c++) {
    let norm = 0;
    for (let j = 0; j < columns; j++, i++) {
      const x = (centers[i] - origin[j]) * packed.scale;
      packed.centers[i] = x;
      norm += x * x;
    }
    if (!(norm < 1e30)) return false;
    packed.halves[c] = (norm / 2) * (1 - kappa);
    packed.errors[c] = 2 * kappa * norm * roundedUp + errorFloor;
  }
  return true;
}

/** Adds to every label's drift what the move to `centers` can take from a gap; false when drifts grew too large. */
function addDrifts(packed: PackedPoints, previous: Float64Array, centers: Float64Array, clusters: number): boolean {
  const { columns } = packed.set;
  const shifts = new Float64Array(clusters);
  let most = 0;
  let mover = 0;
  let second = 0;
  for (let c = 0, i = 0; c < clusters; c++) {
    let squares = 0;
    for (let j = 0; j < columns; j++, i++) squares += ((centers[i] - previous[i]) * packed.scale) ** 2;
    const shift = Math.sqrt(squares);
    shifts[c] = shift;
    if (shift > most) {
      second = most;
      most = shift;
      mover = c;
    } else if (shift > second) {
      second = shift;
    }
  }
  let largest = 0;
  for (let c = 0; c < clusters; c++) {
    const step = shifts[c] + (c === mover ? second : most);
    // More than one unit in the last place up: the difference of two drifts is never less than the steps between them.
    if (step > 0) packed.drifts[c] = (packed.drifts[c] + step * roundedUp) * roundedUp;
    largest = Math.max(largest, packed.drifts[c]);
  }
  return largest < largestDrift;
}
