import { addSquare } from "./square";

// See Kernels.reachFrom.
export function reachFrom(tiles: usize, columns: i32, tileCount: i32, query: usize, reach: usize): f64 {
  const queryEnd = query + ((<usize>columns) << 3);
  const zero = f64x2.splat(0);
  const far = f64x2.splat(Infinity);
  let m0 = far;
  let m1 = far;
  let m2 = far;
  let m3 = far;
  let x = tiles;
  let out = reach;
  for (let tile = 0; tile < tileCount; tile++) {
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    for (let y = query; y < queryEnd; y += 8) {
      const q = v128.load64_splat(y);
      s0 = addSquare(s0, v128.load(x, 0), q);
      s1 = addSquare(s1, v128.load(x, 16), q);
      s2 = addSquare(s2, v128.load(x, 32), q);
      s3 = addSquare(s3, v128.load(x, 48), q);
      x += 64;
    }
    s0 = f64x2.pmin(v128.load(out, 0), s0);
    s1 = f64x2.pmin(v128.load(out, 16), s1);
    s2 = f64x2.pmin(v128.load(out, 32), s2);
    s3 = f64x2.pmin(v128.load(out, 48), s3);
    v128.store(out, s0, 0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    out += 64;
    m0 = f64x2.pmin(m0, v128.bitselect(far, s0, f64x2.lt(s0, zero)));
    m1 = f64x2.pmin(m1, v128.bitselect(far, s1, f64x2.lt(s1, zero)));
    m2 = f64x2.pmin(m2, v128.bitselect(far, s2, f64x2.lt(s2, zero)));
    m3 = f64x2.pmin(m3, v128.bitselect(far, s3, f64x2.lt(s3, zero)));
  }
  m0 = f64x2.pmin(f64x2.pmin(m0, m1), f64x2.pmin(m2, m3));
  return min(f64x2.extract_lane(m0, 0), f64x2.extract_lane(m0, 1));
}
