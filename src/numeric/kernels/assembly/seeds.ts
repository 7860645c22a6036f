import { loadConsecutive, TILE } from "./tile";

// See Kernels.foldSeed and Kernels.seedPotentials.
export function foldSeed(
  points: usize,
  stride: i32,
  columns: i32,
  start: i32,
  end: i32,
  candidate: usize,
  closest: usize,
  weights: usize,
  tile: usize,
): f64 {
  let low = f64x2.splat(0);
  let high = low;
  for (let row = start; row < end; row += TILE) {
    loadConsecutive(points, stride, row, tile);
    const at = closest + ((<usize>row) << 2);
    const sum = lesserSquares(tile, columns, candidate, at, weights == 0 ? 0 : weights + ((<usize>row) << 2), true);
    low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
    high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 0)));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

export function seedPotentials(
  points: usize,
  stride: i32,
  columns: i32,
  start: i32,
  end: i32,
  candidates: usize,
  count: i32,
  closest: usize,
  weights: usize,
  tile: usize,
  sums: usize,
): void {
  const step = (<usize>columns) << 2;
  for (let row = start; row < end; row += TILE) {
    loadConsecutive(points, stride, row, tile);
    const at = closest + ((<usize>row) << 2);
    const weight = weights == 0 ? 0 : weights + ((<usize>row) << 2);
    let candidate = candidates;
    let out = sums;
    for (let t = 0; t < count; t++) {
      const sum = lesserSquares(tile, columns, candidate, at, weight, false);
      v128.store(out, f64x2.add(v128.load(out), f64x2.promote_low_f32x4(sum)));
      v128.store(out, f64x2.add(v128.load(out, 16), f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 0))), 16);
      candidate += step;
      out += 32;
    }
  }
}

/** Four lane sums of weight · min(closest, squared distance to the candidate) over the tile's 16 rows. */
function lesserSquares(tile: usize, columns: i32, candidate: usize, closest: usize, weights: usize, keep: bool): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const tileEnd = tile + ((<usize>columns) << 6);
  for (let x = tile; x < tileEnd; x += 64) {
    const q = v128.load32_splat(candidate);
    candidate += 4;
    const v0 = f32x4.sub(v128.load(x, 0), q);
    const v1 = f32x4.sub(v128.load(x, 16), q);
    const v2 = f32x4.sub(v128.load(x, 32), q);
    const v3 = f32x4.sub(v128.load(x, 48), q);
    s0 = f32x4.add(s0, f32x4.mul(v0, v0));
    s1 = f32x4.add(s1, f32x4.mul(v1, v1));
    s2 = f32x4.add(s2, f32x4.mul(v2, v2));
    s3 = f32x4.add(s3, f32x4.mul(v3, v3));
  }
  s0 = f32x4.pmin(v128.load(closest, 0), s0);
  s1 = f32x4.pmin(v128.load(closest, 16), s1);
  s2 = f32x4.pmin(v128.load(closest, 32), s2);
  s3 = f32x4.pmin(v128.load(closest, 48), s3);
  if (keep) {
    v128.store(closest, s0, 0);
    v128.store(closest, s1, 16);
    v128.store(closest, s2, 32);
    v128.store(closest, s3, 48);
  }
  if (weights != 0) {
    s0 = f32x4.mul(s0, v128.load(weights, 0));
    s1 = f32x4.mul(s1, v128.load(weights, 16));
    s2 = f32x4.mul(s2, v128.load(weights, 32));
    s3 = f32x4.mul(s3, v128.load(weights, 48));
  }
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}
