import { addSquare } from "./square";

// See Kernels.distanceRun.
export function distanceRun(
  tiles: usize,
  columns: i32,
  tile: i32,
  from: i32,
  to: i32,
  masks: usize,
  columnSums: usize,
  rowSums: usize,
): void {
  const tileBytes = (<usize>columns) << 6;
  const left = tiles + <usize>tile * tileBytes;
  const leftEnd = left + tileBytes;
  let r0 = v128.load(rowSums, 0);
  let r1 = v128.load(rowSums, 16);
  let r2 = v128.load(rowSums, 32);
  let r3 = v128.load(rowSums, 48);
  // Two positions at a time: what is loaded of the tile serves both, and roots of one are drawn beside those of the other.
  for (let p = from; p < to; p += 2) {
    let y = tiles + <usize>(p >> 3) * tileBytes + ((<usize>(p & 7)) << 3);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let t0 = s0;
    let t1 = s0;
    let t2 = s0;
    let t3 = s0;
    for (let x = left; x < leftEnd; x += 64) {
      const q = v128.load64_splat(y, 0);
      const next = v128.load64_splat(y, 8);
      y += 64;
      const x0 = v128.load(x, 0);
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      const x3 = v128.load(x, 48);
      s0 = addSquare(s0, x0, q);
      s1 = addSquare(s1, x1, q);
      s2 = addSquare(s2, x2, q);
      s3 = addSquare(s3, x3, q);
      t0 = addSquare(t0, x0, next);
      t1 = addSquare(t1, x1, next);
      t2 = addSquare(t2, x2, next);
      t3 = addSquare(t3, x3, next);
    }
    // Behind the last position there may be a row that does not count: it is as far as nothing.
    const inside = i64x2.splat(p + 1 < to ? -1 : 0);
    s0 = f64x2.sqrt(s0);
    s1 = f64x2.sqrt(s1);
    s2 = f64x2.sqrt(s2);
    s3 = f64x2.sqrt(s3);
    t0 = f64x2.sqrt(v128.and(t0, inside));
    t1 = f64x2.sqrt(v128.and(t1, inside));
    t2 = f64x2.sqrt(v128.and(t2, inside));
    t3 = f64x2.sqrt(v128.and(t3, inside));
    r0 = f64x2.add(f64x2.add(r0, s0), t0);
    r1 = f64x2.add(f64x2.add(r1, s1), t1);
    r2 = f64x2.add(f64x2.add(r2, s2), t2);
    r3 = f64x2.add(f64x2.add(r3, s3), t3);
    if (columnSums === 0) continue;
    const m0 = v128.load(masks, 0);
    const m1 = v128.load(masks, 16);
    const m2 = v128.load(masks, 32);
    const m3 = v128.load(masks, 48);
    const column = columnSums + ((<usize>p) << 4);
    s0 = f64x2.add(f64x2.add(v128.and(s0, m0), v128.and(s1, m1)), f64x2.add(v128.and(s2, m2), v128.and(s3, m3)));
    t0 = f64x2.add(f64x2.add(v128.and(t0, m0), v128.and(t1, m1)), f64x2.add(v128.and(t2, m2), v128.and(t3, m3)));
    v128.store(column, f64x2.add(v128.load(column, 0), s0), 0);
    v128.store(column, f64x2.add(v128.load(column, 16), t0), 16);
  }
  v128.store(rowSums, r0, 0);
  v128.store(rowSums, r1, 16);
  v128.store(rowSums, r2, 32);
  v128.store(rowSums, r3, 48);
}
