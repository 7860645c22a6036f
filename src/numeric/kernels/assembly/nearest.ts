import { loadListed, TILE } from "./tile";

// See Kernels.assignRows for the contract and ../../nearest-filtered.ts for the error bound.
export function assignRows(
  points: usize,
  stride: i32,
  columns: i32,
  start: i32,
  end: i32,
  centers: usize,
  halves: usize,
  errors: usize,
  clusters: i32,
  kappa: f32,
  labels: usize,
  limits: usize,
  drifts: usize,
  scratch: usize,
  moved: usize,
  ties: usize,
  counts: usize,
): void {
  const tile = scratch;
  const lanes = tile + ((<usize>stride) << 6);
  const list = lanes + 192;
  const active = listActive(start, end, labels, limits, drifts, list);
  // The last tile is filled up with its own first row; what comes out for the filling is not read.
  const full = (active + TILE - 1) & ~(TILE - 1);
  for (let i = active; i < full; i++)
    store<i32>(list + ((<usize>i) << 2), load<i32>(list + ((<usize>(full - TILE)) << 2)));
  const rowBytes = (<usize>stride) << 2;
  let touched = 0;
  for (let at = list; at < list + ((<usize>active) << 2); at += 4)
    touched |= load<i32>(points + <usize>load<u32>(at) * rowBytes);
  store<i32>(counts, touched, 12);
  let movedEnd = moved;
  let tiesEnd = ties;
  for (let i = 0; i < active; i += TILE) {
    const rows = list + ((<usize>i) << 2);
    loadListed(points, stride, rows, tile);
    nearestOfTile(tile, columns, centers, halves, errors, clusters, kappa, lanes);
    const count: usize = (<usize>min(TILE, active - i)) << 2;
    for (let p: usize = 0; p < count; p += 4) {
      const at = (<usize>load<u32>(rows + p)) << 2;
      const gap = load<f32>(lanes + p, 64);
      if (gap <= 0) {
        store<u32>(tiesEnd, at >> 2);
        tiesEnd += 4;
        store<f32>(limits + at, -1);
        continue;
      }
      const label = load<i32>(lanes + p);
      const before = load<i32>(labels + at);
      if (label != before) {
        store<u32>(movedEnd, at >> 2, 0);
        store<i32>(movedEnd, before, 4);
        movedEnd += 8;
        store<i32>(labels + at, label);
      }
      store<f32>(limits + at, (gap + load<f32>(drifts + ((<usize>label) << 2))) * <f32>(1 - 1 / 4194304));
    }
  }
  store<i32>(counts, <i32>((movedEnd - moved) >> 3), 0);
  store<i32>(counts, <i32>((tiesEnd - ties) >> 2), 4);
  store<i32>(counts, active, 8);
}

/** Rows whose gap the centers' movement may have closed. Written without a branch: it is taken one time in five. */
function listActive(start: i32, end: i32, labels: usize, limits: usize, drifts: usize, list: usize): i32 {
  let out = list;
  for (let row = start; row < end; row++) {
    const at = (<usize>row) << 2;
    const drift = load<f32>(drifts + ((<usize>load<u32>(labels + at)) << 2));
    store<i32>(out, row);
    out += (<usize>i32(load<f32>(limits + at) <= drift)) << 2;
  }
  return <i32>((out - list) >> 2);
}

/** lanes: 16 labels (i32), 16 lower bounds of the gap between second and best distance (f32), 16 winner errors. */
function nearestOfTile(
  tile: usize,
  columns: i32,
  centers: usize,
  halves: usize,
  errors: usize,
  clusters: i32,
  kappa: f32,
  lanes: usize,
): void {
  const tileEnd = tile + ((<usize>columns) << 6);
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  for (let x = tile; x < tileEnd; x += 64) {
    const v0 = v128.load(x, 0);
    const v1 = v128.load(x, 16);
    const v2 = v128.load(x, 32);
    const v3 = v128.load(x, 48);
    x0 = f32x4.add(x0, f32x4.mul(v0, v0));
    x1 = f32x4.add(x1, f32x4.mul(v1, v1));
    x2 = f32x4.add(x2, f32x4.mul(v2, v2));
    x3 = f32x4.add(x3, f32x4.mul(v3, v3));
  }
  let b0 = f32x4.splat(Infinity);
  let b1 = b0;
  let b2 = b0;
  let b3 = b0;
  let e0 = b0;
  let e1 = b0;
  let e2 = b0;
  let e3 = b0;
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let center = centers;
  for (let c = 0; c < clusters; c++) {
    let s0 = v128.load32_splat(halves + ((<usize>c) << 2));
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let x = tile; x < tileEnd; x += 64) {
      const q = v128.load32_splat(center);
      center += 4;
      s0 = f32x4.sub(s0, f32x4.mul(q, v128.load(x, 0)));
      s1 = f32x4.sub(s1, f32x4.mul(q, v128.load(x, 16)));
      s2 = f32x4.sub(s2, f32x4.mul(q, v128.load(x, 32)));
      s3 = f32x4.sub(s3, f32x4.mul(q, v128.load(x, 48)));
    }
    const id = i32x4.splat(c);
    a0 = v128.bitselect(id, a0, f32x4.lt(s0, b0));
    e0 = f32x4.pmin(e0, f32x4.pmax(s0, b0));
    b0 = f32x4.pmin(b0, s0);
    a1 = v128.bitselect(id, a1, f32x4.lt(s1, b1));
    e1 = f32x4.pmin(e1, f32x4.pmax(s1, b1));
    b1 = f32x4.pmin(b1, s1);
    a2 = v128.bitselect(id, a2, f32x4.lt(s2, b2));
    e2 = f32x4.pmin(e2, f32x4.pmax(s2, b2));
    b2 = f32x4.pmin(b2, s2);
    a3 = v128.bitselect(id, a3, f32x4.lt(s3, b3));
    e3 = f32x4.pmin(e3, f32x4.pmax(s3, b3));
    b3 = f32x4.pmin(b3, s3);
  }
  v128.store(lanes, a0, 0);
  v128.store(lanes, a1, 16);
  v128.store(lanes, a2, 32);
  v128.store(lanes, a3, 48);
  for (let p: usize = 0; p < 64; p += 4) {
    store<f32>(lanes + p, load<f32>(errors + ((<usize>load<u32>(lanes + p)) << 2)), 128);
  }
  v128.store(lanes, gapOf(x0, b0, e0, v128.load(lanes, 128), kappa), 64);
  v128.store(lanes, gapOf(x1, b1, e1, v128.load(lanes, 144), kappa), 80);
  v128.store(lanes, gapOf(x2, b2, e2, v128.load(lanes, 160), kappa), 96);
  v128.store(lanes, gapOf(x3, b3, e3, v128.load(lanes, 176), kappa), 112);
}

function gapOf(norm: v128, best: v128, second: v128, error: v128, kappa: f32): v128 {
  const zero = f32x4.splat(0);
  const own = f32x4.mul(norm, f32x4.splat(kappa));
  const low = f32x4.sub(f32x4.add(norm, f32x4.add(second, second)), own);
  const high = f32x4.add(f32x4.add(f32x4.add(norm, f32x4.add(best, best)), own), error);
  return f32x4.sub(f32x4.sqrt(f32x4.pmax(zero, low)), f32x4.sqrt(f32x4.pmax(zero, high)));
}
