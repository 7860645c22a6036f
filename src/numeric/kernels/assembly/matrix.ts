import { addSquare } from "./square";

/** Bytes of a block of 8 × 8 distances; one row of it is 64. */
const BLOCK: usize = 512;

/** Address of the first block of a row of blocks: row I of the lower triangle has I + 1. */
function rowOfBlocks(matrix: usize, row: i32): usize {
  return matrix + ((<usize>row * (<usize>row + 1)) >> 1) * BLOCK;
}

// See Kernels.distanceBlocks.
export function distanceBlocks(tiles: usize, columns: i32, tile: i32, blocks: usize): void {
  const tileBytes = (<usize>columns) << 6;
  const own = tiles + <usize>tile * tileBytes;
  let left = tiles;
  let out = blocks;
  for (let other = 0; other <= tile; other++) {
    const leftEnd = left + tileBytes;
    for (let lane: usize = 0; lane < 64; lane += 8) {
      let y = own + lane;
      let s0 = f64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let x = left; x < leftEnd; x += 64) {
        const q = v128.load64_splat(y);
        y += 64;
        s0 = addSquare(s0, v128.load(x, 0), q);
        s1 = addSquare(s1, v128.load(x, 16), q);
        s2 = addSquare(s2, v128.load(x, 32), q);
        s3 = addSquare(s3, v128.load(x, 48), q);
      }
      v128.store(out, f64x2.sqrt(s0), 0);
      v128.store(out, f64x2.sqrt(s1), 16);
      v128.store(out, f64x2.sqrt(s2), 32);
      v128.store(out, f64x2.sqrt(s3), 48);
      out += 64;
    }
    left = leftEnd;
  }
}

// See Kernels.loadDistances.
export function loadDistances(matrix: usize, tileCount: i32, slot: i32, penalties: usize, distances: usize): void {
  const tile = slot >> 3;
  const lane = (<usize>(slot & 7)) << 3;
  let at = rowOfBlocks(matrix, tile) + (lane << 3);
  let out: usize = 0;
  for (let other = 0; other < tileCount; other++) {
    let d0: v128;
    let d1: v128;
    let d2: v128;
    let d3: v128;
    if (other <= tile) {
      d0 = v128.load(at, 0);
      d1 = v128.load(at, 16);
      d2 = v128.load(at, 32);
      d3 = v128.load(at, 48);
      at += BLOCK;
    } else {
      at = rowOfBlocks(matrix, other) + <usize>tile * BLOCK + lane;
      d0 = v128.load64_lane(at, v128.load64_zero(at, 0), 1, 64);
      d1 = v128.load64_lane(at, v128.load64_zero(at, 128), 1, 192);
      d2 = v128.load64_lane(at, v128.load64_zero(at, 256), 1, 320);
      d3 = v128.load64_lane(at, v128.load64_zero(at, 384), 1, 448);
    }
    d0 = f64x2.add(d0, v128.load(penalties + out, 0));
    d1 = f64x2.add(d1, v128.load(penalties + out, 16));
    d2 = f64x2.add(d2, v128.load(penalties + out, 32));
    d3 = f64x2.add(d3, v128.load(penalties + out, 48));
    v128.store(distances + out, d0, 0);
    v128.store(distances + out, d1, 16);
    v128.store(distances + out, d2, 32);
    v128.store(distances + out, d3, 48);
    out += 64;
  }
}

// See Kernels.storeDistances.
export function storeDistances(matrix: usize, tileCount: i32, slot: i32, distances: usize): void {
  const tile = slot >> 3;
  const lane = (<usize>(slot & 7)) << 3;
  let at = rowOfBlocks(matrix, tile) + (lane << 3);
  for (let other = 0; other <= tile; other++) {
    const from = distances + ((<usize>other) << 6);
    v128.store(at, v128.load(from, 0), 0);
    v128.store(at, v128.load(from, 16), 16);
    v128.store(at, v128.load(from, 32), 32);
    v128.store(at, v128.load(from, 48), 48);
    at += BLOCK;
  }
  for (let other = tile; other < tileCount; other++) {
    at = rowOfBlocks(matrix, other) + <usize>tile * BLOCK + lane;
    const from = distances + ((<usize>other) << 6);
    store<f64>(at, load<f64>(from, 0), 0);
    store<f64>(at, load<f64>(from, 8), 64);
    store<f64>(at, load<f64>(from, 16), 128);
    store<f64>(at, load<f64>(from, 24), 192);
    store<f64>(at, load<f64>(from, 32), 256);
    store<f64>(at, load<f64>(from, 40), 320);
    store<f64>(at, load<f64>(from, 48), 384);
    store<f64>(at, load<f64>(from, 56), 448);
  }
}

// See Kernels.uniteComplete.
export function uniteComplete(a: usize, b: usize, tileCount: i32): void {
  const end = a + ((<usize>tileCount) << 6);
  for (; a < end; a += 32, b += 32) {
    v128.store(b, f64x2.pmax(v128.load(b, 0), v128.load(a, 0)), 0);
    v128.store(b, f64x2.pmax(v128.load(b, 16), v128.load(a, 16)), 16);
  }
}

// See Kernels.uniteAverage.
export function uniteAverage(a: usize, b: usize, tileCount: i32, sizeA: f64, sizeB: f64): void {
  const end = a + ((<usize>tileCount) << 6);
  const weightA = f64x2.splat(sizeA);
  const weightB = f64x2.splat(sizeB);
  const size = f64x2.splat(sizeA + sizeB);
  for (; a < end; a += 16, b += 16) {
    const sum = f64x2.add(f64x2.mul(weightA, v128.load(a)), f64x2.mul(weightB, v128.load(b)));
    v128.store(b, f64x2.div(sum, size));
  }
}

// See Kernels.leastDistance.
export function leastDistance(distances: usize, tileCount: i32): f64 {
  const end = distances + ((<usize>tileCount) << 6);
  let m0 = f64x2.splat(Infinity);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  for (let at = distances; at < end; at += 64) {
    m0 = f64x2.pmin(m0, v128.load(at, 0));
    m1 = f64x2.pmin(m1, v128.load(at, 16));
    m2 = f64x2.pmin(m2, v128.load(at, 32));
    m3 = f64x2.pmin(m3, v128.load(at, 48));
  }
  m0 = f64x2.pmin(f64x2.pmin(m0, m1), f64x2.pmin(m2, m3));
  return min(f64x2.extract_lane(m0, 0), f64x2.extract_lane(m0, 1));
}

// See Kernels.moveDistances.
export function moveDistances(matrix: usize, tileCount: i32, from: usize, places: usize): void {
  for (let tile = 0; tile < tileCount; tile++) {
    let target = rowOfBlocks(matrix, tile);
    for (let left = 0; left <= tile; left++) {
      const places8 = places + ((<usize>left) << 5);
      for (let lane = 0; lane < 8; lane++) {
        const row = load<i32>(from + ((<usize>(8 * tile + lane)) << 2));
        const source = rowOfBlocks(matrix, row >> 3) + ((<usize>(row & 7)) << 6);
        const count = left < tile ? 8 : lane + 1;
        for (let i = 0; i < count; i++) {
          const distance = load<f64>(source + load<u32>(places8 + ((<usize>i) << 2)));
          store<f64>(target + ((<usize>i) << 3), distance);
        }
        target += 64;
      }
    }
    target -= BLOCK;
    for (let lane: usize = 1; lane < 8; lane++) {
      for (let i: usize = 0; i < lane; i++) {
        store<f64>(target + (i << 6) + (lane << 3), load<f64>(target + (lane << 6) + (i << 3)));
      }
    }
  }
}
