// See Kernels.moveRows, Kernels.addDeviations and Kernels.addSquares, and ../../exact-sums.ts for slices. Sums are exact, so that
// the two lanes of a vector, and any order, give the same bits.

export function moveRows(
  rows: usize,
  count: i32,
  columns: i32,
  from: usize,
  to: usize,
  weights: usize,
  constants: usize,
  sums: usize,
  levelBytes: usize,
  rest: usize,
): i32 {
  const pairBytes = (<usize>((columns + 1) & ~1)) << 3;
  const splits = constants + pairBytes;
  const terms = splits + 3 * pairBytes;
  let x = rows;
  let out = rest;
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const weight = weightsOf(weights, i);
    for (let j: usize = 0; j < pairBytes; j += 16) {
      v128.store(terms + j, f64x2.mul(weight, f64x2.sub(cellsOf(x, j, columns), v128.load(constants + j))));
    }
    const into = sums + <usize>load<u32>(to + at) * pairBytes;
    const outOf = from == 0 ? 0 : sums + <usize>load<u32>(from + at) * pairBytes;
    x += (<usize>columns) << 3;
    store<i32>(out, i);
    out += (<usize>i32(moveTerms(terms, pairBytes, splits, into, outOf, levelBytes))) << 2;
  }
  return <i32>((out - rest) >> 2);
}

export function addDeviations(
  rows: usize,
  count: i32,
  columns: i32,
  weights: usize,
  constants: usize,
  sums: usize,
): void {
  const pairBytes = (<usize>((columns + 1) & ~1)) << 3;
  const splits = constants + pairBytes;
  const terms = splits + 6 * pairBytes;
  let x = rows;
  for (let i = 0; i < count; i++) {
    const weight = weightsOf(weights, i);
    for (let j: usize = 0; j < pairBytes; j += 16) {
      const deviation = f64x2.sub(cellsOf(x, j, columns), v128.load(constants + j));
      const term = f64x2.mul(weight, deviation);
      v128.store(terms + j, term);
      v128.store(terms + pairBytes + j, f64x2.mul(term, deviation));
    }
    moveTerms(terms, 2 * pairBytes, splits, sums, 0, 2 * pairBytes);
    x += (<usize>columns) << 3;
  }
}

export function addSquares(
  rows: usize,
  count: i32,
  columns: i32,
  groups: usize,
  centers: usize,
  weights: usize,
  splits: usize,
  sums: usize,
  terms: usize,
  rest: usize,
): i32 {
  const rowBytes = (<usize>columns) << 3;
  let x = rows;
  let out = rest;
  // Two rows at a time; of an odd number the last is taken twice, and counts once.
  for (let i = 0; i < count; i += 2) {
    const second = i + 1 < count ? 1 : 0;
    const y = x + rowBytes * second;
    const a = centers + <usize>load<u32>(groups + ((<usize>i) << 2)) * rowBytes;
    const b = centers + <usize>load<u32>(groups + ((<usize>(i + second)) << 2)) * rowBytes;
    let squares = f64x2.splat(0);
    for (let j: usize = 0; j < rowBytes; j += 8) {
      const row = v128.load64_lane(y + j, v128.load64_zero(x + j), 1);
      const center = v128.load64_lane(b + j, v128.load64_zero(a + j), 1);
      const difference = f64x2.sub(row, center);
      squares = f64x2.add(squares, f64x2.mul(difference, difference));
    }
    if (weights != 0) {
      const at = weights + ((<usize>i) << 3);
      squares = f64x2.mul(squares, v128.load64_lane(at + 8 * second, v128.load64_zero(at), 1));
    }
    if (second == 0) squares = f64x2.replace_lane(squares, 1, 0);
    const at = terms + ((<usize>i) << 3);
    v128.store(at, squares);
    store<i32>(out, i);
    out += (<usize>i32(moveTerms(at, 16, splits, sums, 0, 16))) << 2;
    x += 2 * rowBytes;
  }
  return <i32>((out - rest) >> 2);
}

export function widenExtents(rows: usize, count: i32, columns: i32, low: usize, high: usize): void {
  const pairBytes = (<usize>((columns + 1) & ~1)) << 3;
  let x = rows;
  for (let i = 0; i < count; i++) {
    for (let j: usize = 0; j < pairBytes; j += 16) {
      const value = cellsOf(x, j, columns);
      v128.store(low + j, f64x2.pmin(v128.load(low + j), value));
      v128.store(high + j, f64x2.pmax(v128.load(high + j), value));
    }
    x += (<usize>columns) << 3;
  }
}

export function packRows(
  rows: usize,
  count: i32,
  columns: i32,
  origin: usize,
  scale: f64,
  points: usize,
  stride: i32,
  reach: usize,
): void {
  const pairBytes = (<usize>((columns + 1) & ~1)) << 3;
  const scales = f64x2.splat(scale);
  let x = rows;
  let out = points;
  for (let i = 0; i < count; i++) {
    for (let j: usize = 0; j < pairBytes; j += 16) {
      const value = cellsOf(x, j, columns);
      const distance = f64x2.sub(value, v128.load(origin + j));
      v128.store(reach + j, f64x2.pmax(v128.load(reach + j), f64x2.abs(distance)));
      v128.store64_lane(out + (j >> 1), f32x4.demote_f64x2_zero(f64x2.mul(distance, scales)), 0);
    }
    x += (<usize>columns) << 3;
    out += (<usize>stride) << 2;
  }
}

function weightsOf(weights: usize, row: i32): v128 {
  return weights == 0 ? f64x2.splat(1) : v128.load64_splat(weights + ((<usize>row) << 3));
}

/** Two cells of a row; of an odd number of columns the last and 0. */
function cellsOf(row: usize, at: usize, columns: i32): v128 {
  return at + 16 <= (<usize>columns) << 3 ? v128.load(row + at) : v128.load64_zero(row + at);
}

/**
 * Adds the slices of terms to one place, and takes them from another, unless that is 0; a third level is rare.
 *
 * @param splits - M of three levels, `bytes` apart.
 * @returns whether three levels leave something of a term.
 */
function moveTerms(terms: usize, bytes: usize, splits: usize, into: usize, outOf: usize, levelBytes: usize): bool {
  let left = i64x2.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const term = v128.load(terms + j);
    const high = v128.load(splits + j);
    const low = v128.load(splits + bytes + j);
    const first = f64x2.sub(f64x2.add(term, high), high);
    const afterFirst = f64x2.sub(term, first);
    const second = f64x2.sub(f64x2.add(afterFirst, low), low);
    addTo(into + j, first);
    addTo(into + levelBytes + j, second);
    if (outOf != 0) {
      addTo(outOf + j, f64x2.neg(first));
      addTo(outOf + levelBytes + j, f64x2.neg(second));
    }
    if (!v128.any_true(f64x2.ne(afterFirst, second))) continue;
    const rest = f64x2.sub(afterFirst, second);
    const lowest = v128.load(splits + 2 * bytes + j);
    const third = f64x2.sub(f64x2.add(rest, lowest), lowest);
    addTo(into + 2 * levelBytes + j, third);
    if (outOf != 0) addTo(outOf + 2 * levelBytes + j, f64x2.neg(third));
    left = v128.or(left, f64x2.ne(rest, third));
  }
  return v128.any_true(left);
}

function addTo(sum: usize, slice: v128): void {
  v128.store(sum, f64x2.add(v128.load(sum), slice));
}
