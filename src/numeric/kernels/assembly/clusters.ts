import { TILE } from "./tile";

// See Kernels.nearClusters and ../../ward-clusters.ts for the error bound.
export function nearClusters(
  tiles: usize,
  columns: i32,
  slots: i32,
  inverses: usize,
  query: usize,
  inverse: f32,
  absolute: f64,
  relative: f64,
  costs: usize,
  list: usize,
): i32 {
  const own = f32x4.splat(inverse);
  const queryEnd = query + ((<usize>columns) << 2);
  let x = tiles;
  let m0 = f32x4.splat(Infinity);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  for (let slot = 0; slot < slots; slot += TILE) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let y = query; y < queryEnd; y += 4) {
      const q = v128.load32_splat(y);
      const v0 = f32x4.sub(v128.load(x, 0), q);
      const v1 = f32x4.sub(v128.load(x, 16), q);
      const v2 = f32x4.sub(v128.load(x, 32), q);
      const v3 = f32x4.sub(v128.load(x, 48), q);
      s0 = f32x4.add(s0, f32x4.mul(v0, v0));
      s1 = f32x4.add(s1, f32x4.mul(v1, v1));
      s2 = f32x4.add(s2, f32x4.mul(v2, v2));
      s3 = f32x4.add(s3, f32x4.mul(v3, v3));
      x += 64;
    }
    const at = (<usize>slot) << 2;
    s0 = f32x4.div(s0, f32x4.add(own, v128.load(inverses + at, 0)));
    s1 = f32x4.div(s1, f32x4.add(own, v128.load(inverses + at, 16)));
    s2 = f32x4.div(s2, f32x4.add(own, v128.load(inverses + at, 32)));
    s3 = f32x4.div(s3, f32x4.add(own, v128.load(inverses + at, 48)));
    v128.store(costs + at, s0, 0);
    v128.store(costs + at, s1, 16);
    v128.store(costs + at, s2, 32);
    v128.store(costs + at, s3, 48);
    m0 = f32x4.pmin(m0, s0);
    m1 = f32x4.pmin(m1, s1);
    m2 = f32x4.pmin(m2, s2);
    m3 = f32x4.pmin(m3, s3);
  }
  m0 = f32x4.pmin(f32x4.pmin(m0, m1), f32x4.pmin(m2, m3));
  const low = min(min(f32x4.extract_lane(m0, 0), f32x4.extract_lane(m0, 1)), f32x4.extract_lane(m0, 2));
  const best = <f64>min(low, f32x4.extract_lane(m0, 3));
  const root = ((Math.sqrt(best) + absolute) * relative + absolute) * relative;
  return listBelow(costs, slots, <f32>(root * root * relative), list);
}

/** Positions of costs up to a limit, ascending. */
function listBelow(costs: usize, slots: i32, limit: f32, list: usize): i32 {
  const wide = f32x4.splat(limit);
  let out = list;
  for (let slot = 0; slot < slots; slot += TILE) {
    const at = costs + ((<usize>slot) << 2);
    const c0 = f32x4.le(v128.load(at, 0), wide);
    const c1 = f32x4.le(v128.load(at, 16), wide);
    const c2 = f32x4.le(v128.load(at, 32), wide);
    const c3 = f32x4.le(v128.load(at, 48), wide);
    if (!v128.any_true(v128.or(v128.or(c0, c1), v128.or(c2, c3)))) continue;
    for (let lane = 0; lane < TILE; lane++) {
      store<i32>(out, slot + lane);
      out += (<usize>i32(load<f32>(at + ((<usize>lane) << 2)) <= limit)) << 2;
    }
  }
  return <i32>((out - list) >> 2);
}
