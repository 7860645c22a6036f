import { addSquare } from "./square";

/** Not before here it pays to look at the box of a cell, and later whether the whole cell is near. */
const FEW: i32 = 4;
const MANY: i32 = 32;

// See Kernels.countNear.
export function countNear(
  points: usize,
  stride: i32,
  columns: i32,
  starts: usize,
  boxes: usize,
  cells: usize,
  cellCount: i32,
  first: i32,
  last: i32,
  bound: f64,
  enough: i32,
  counts: usize,
): void {
  const step = (<usize>stride) << 3;
  const boxBytes = (<usize>columns) << 4;
  const cellsEnd = cells + ((<usize>cellCount) << 2);
  for (let place = first; place < last; place++) {
    const query = points + ((<usize>place) << 3);
    let count = load<i32>(counts);
    for (let at = cells; at < cellsEnd && count < enough; at += 4) {
      const cell = <usize>load<u32>(at);
      const from = load<i32>(starts + (cell << 2));
      const to = load<i32>(starts + (cell << 2), 4);
      const box = boxes + cell * boxBytes;
      if (to - from > FEW && squareToBox(query, step, columns, box) > bound) continue;
      if (to - from > MANY && squareToFarCorner(query, step, columns, box) <= bound) {
        count += to - from;
        continue;
      }
      for (let other = from; other < to && count < enough; other += 8) {
        count += popcnt(nearBits(points + ((<usize>other) << 3), step, columns, query, bound, to - other));
      }
    }
    store<i32>(counts, min(count, enough));
    counts += 4;
  }
}

// See Kernels.joinNear.
export function joinNear(
  points: usize,
  stride: i32,
  columns: i32,
  first: i32,
  last: i32,
  from: i32,
  to: i32,
  box: usize,
  bound: f64,
  parents: usize,
  united: i32,
): void {
  const step = (<usize>stride) << 3;
  for (let place = first; place < last; place++) {
    const query = points + ((<usize>place) << 3);
    if (to - from > FEW && squareToBox(query, step, columns, box) > bound) continue;
    for (let other = from; other < to; other += 8) {
      let bits = nearBits(points + ((<usize>other) << 3), step, columns, query, bound, to - other);
      if (bits === 0) continue;
      do {
        unite(parents, place, other + ctz(bits));
        bits &= bits - 1;
      } while (bits !== 0 && united === 0);
      if (united === 2) return;
      if (united === 1) break;
    }
  }
}

/** One bit for each of eight consecutive points, of which `left` count: whether it lies within the bound of the query. */
function nearBits(x: usize, step: usize, columns: i32, query: usize, bound: f64, left: i32): i32 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let j = 0; j < columns; j++) {
    const q = v128.load64_splat(query);
    s0 = addSquare(s0, v128.load(x, 0), q);
    s1 = addSquare(s1, v128.load(x, 16), q);
    s2 = addSquare(s2, v128.load(x, 32), q);
    s3 = addSquare(s3, v128.load(x, 48), q);
    x += step;
    query += step;
  }
  const wide = f64x2.splat(bound);
  const low = i32x4.shuffle(f64x2.le(s0, wide), f64x2.le(s1, wide), 0, 2, 4, 6);
  const high = i32x4.shuffle(f64x2.le(s2, wide), f64x2.le(s3, wide), 0, 2, 4, 6);
  const bits = i16x8.bitmask(i16x8.narrow_i32x4_s(low, high));
  return left < 8 ? bits & ((1 << left) - 1) : bits;
}

function squareToBox(query: usize, step: usize, columns: i32, box: usize): f64 {
  const width = (<usize>columns) << 3;
  let sum = 0.0;
  for (let end = box + width; box < end; box += 8) {
    const x = load<f64>(query);
    const below = load<f64>(box) - x;
    const above = x - load<f64>(box + width);
    const gap = 0.5 * (below + abs(below) + (above + abs(above)));
    sum += gap * gap;
    query += step;
  }
  return sum;
}

function squareToFarCorner(query: usize, step: usize, columns: i32, box: usize): f64 {
  const width = (<usize>columns) << 3;
  let sum = 0.0;
  for (let end = box + width; box < end; box += 8) {
    const x = load<f64>(query);
    const span = max(load<f64>(box + width) - x, x - load<f64>(box));
    sum += span * span;
    query += step;
  }
  return sum;
}

/** Joins two groups of the union-find of ../../union-find.ts. */
function unite(parents: usize, a: i32, b: i32): void {
  let large = find(parents, a);
  let small = find(parents, b);
  if (large === small) return;
  const sizeOfLarge = load<i32>(parents + ((<usize>large) << 2));
  const sizeOfSmall = load<i32>(parents + ((<usize>small) << 2));
  if (sizeOfSmall < sizeOfLarge) {
    const other = large;
    large = small;
    small = other;
  }
  store<i32>(parents + ((<usize>large) << 2), sizeOfLarge + sizeOfSmall);
  store<i32>(parents + ((<usize>small) << 2), large);
}

function find(parents: usize, member: i32): i32 {
  let at = parents + ((<usize>member) << 2);
  let parent = load<i32>(at);
  while (parent >= 0) {
    const above = load<i32>(parents + ((<usize>parent) << 2));
    if (above < 0) return parent;
    store<i32>(at, above);
    member = above;
    at = parents + ((<usize>member) << 2);
    parent = load<i32>(at);
  }
  return member;
}
