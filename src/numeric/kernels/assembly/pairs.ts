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
  const m0 = v128.load(masks, 0);
  const m1 = v128.load(masks, 16);
  const m2 = v128.load(masks, 32);
  const m3 = v128.load(masks, 48);
  let column = columnSums + ((<usize>from) << 4);
  for (let p = from; p < to; p++) {
    let y = tiles + <usize>(p >> 3) * tileBytes + ((<usize>(p & 7)) << 3);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let x = left; x < leftEnd; x += 64) {
      const q = v128.load64_splat(y);
      y += 64;
      const v0 = f64x2.sub(v128.load(x, 0), q);
      const v1 = f64x2.sub(v128.load(x, 16), q);
      const v2 = f64x2.sub(v128.load(x, 32), q);
      const v3 = f64x2.sub(v128.load(x, 48), q);
      s0 = f64x2.add(s0, f64x2.mul(v0, v0));
      s1 = f64x2.add(s1, f64x2.mul(v1, v1));
      s2 = f64x2.add(s2, f64x2.mul(v2, v2));
      s3 = f64x2.add(s3, f64x2.mul(v3, v3));
    }
    s0 = f64x2.sqrt(s0);
    s1 = f64x2.sqrt(s1);
    s2 = f64x2.sqrt(s2);
    s3 = f64x2.sqrt(s3);
    r0 = f64x2.add(r0, s0);
    r1 = f64x2.add(r1, s1);
    r2 = f64x2.add(r2, s2);
    r3 = f64x2.add(r3, s3);
    const sum = f64x2.add(f64x2.add(v128.and(s0, m0), v128.and(s1, m1)), f64x2.add(v128.and(s2, m2), v128.and(s3, m3)));
    v128.store(column, f64x2.add(v128.load(column), sum));
    column += 16;
  }
  v128.store(rowSums, r0, 0);
  v128.store(rowSums, r1, 16);
  v128.store(rowSums, r2, 32);
  v128.store(rowSums, r3, 48);
}
