import { squareBetween, squareOfGap, squareOfSpan, squareToBox } from "./point-cells.ts";

/** Pairs that are compared one by one. */
const fewPairs = 1024;

/**
 * Tells whether any point of one set lies within a radius of any point of another, without comparing all pairs.
 *
 * Sets are cut to what is in reach of the other's box, and halved, until they are small: two dense clouds with a gap
 * between them that is hardly wider than the radius would otherwise cost the product of their sizes.
 *
 * @param points - row-major by place.
 * @param columns - numbers per point.
 * @param a - places of one set.
 * @param b - places of the other.
 * @param bound - `largestSquare` of the radius.
 */
export function isAnyWithin(
  points: Float64Array,
  columns: number,
  a: Uint32Array,
  b: Uint32Array,
  bound: number,
): boolean {
  const pending: [Uint32Array, Uint32Array][] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    if (pair[0].length * pair[1].length <= fewPairs) {
      if (comparePairs(points, columns, pair[0], pair[1], bound)) return true;
      continue;
    }
    let [large, small] = pair[0].length >= pair[1].length ? pair : [pair[1], pair[0]];
    large = inReach(points, columns, large, boxOf(points, columns, small), bound);
    small = inReach(points, columns, small, boxOf(points, columns, large), bound);
    if (large.length === 0 || small.length === 0) continue;
    const boxes = new Float64Array(4 * columns);
    boxes.set(boxOf(points, columns, large), 0);
    boxes.set(boxOf(points, columns, small), 2 * columns);
    if (squareOfSpan(boxes, 0, 2 * columns, columns) <= bound) return true;
    if (squareOfGap(boxes, 0, 2 * columns, columns) > bound) continue;
    if (large.length < small.length) [large, small] = [small, large];
    for (const half of halvesOf(points, columns, large)) pending.push([half, small]);
  }
  return false;
}

function comparePairs(points: Float64Array, columns: number, a: Uint32Array, b: Uint32Array, bound: number): boolean {
  for (let i = 0; i < a.length; i++) {
    for (let k = 0; k < b.length; k++) {
      if (squareBetween(points, a[i] * columns, b[k] * columns, columns) <= bound) return true;
    }
  }
  return false;
}

function boxOf(points: Float64Array, columns: number, places: Uint32Array): Float64Array {
  const box = new Float64Array(2 * columns).fill(Infinity, 0, columns).fill(-Infinity, columns);
  for (let i = 0; i < places.length; i++) {
    for (let j = 0, at = places[i] * columns; j < columns; j++, at++) {
      if (points[at] < box[j]) box[j] = points[at];
      if (points[at] > box[columns + j]) box[columns + j] = points[at];
    }
  }
  return box;
}

function inReach(
  points: Float64Array,
  columns: number,
  places: Uint32Array,
  box: Float64Array,
  bound: number,
): Uint32Array {
  return places.filter((place) => squareToBox(points, place * columns, box, 0, columns) <= bound);
}

/** Two parts on either side of the middle of the longest side; of points that are all equal, one. */
function halvesOf(points: Float64Array, columns: number, places: Uint32Array): Uint32Array[] {
  const box = boxOf(points, columns, places);
  let widest = 0;
  for (let j = 1; j < columns; j++) {
    if (box[columns + j] - box[j] > box[columns + widest] - box[widest]) widest = j;
  }
  const [low, high] = [box[widest], box[columns + widest]];
  if (low === high) return [places.subarray(0, 1)];
  const middle = low + (high - low) / 2;
  const cut = middle < high ? middle : low;
  return [
    places.filter((place) => points[place * columns + widest] <= cut),
    places.filter((place) => points[place * columns + widest] > cut),
  ];
}
