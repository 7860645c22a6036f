/** Rows in one tile: four vectors of four single-precision lanes. */
export const TILE: i32 = 16;

/**
 * Transposes 16 listed rows into tile[column][16]. Rows are stored with `stride` floats, a multiple of 4, so the tile
 * has `stride` columns; those past the last real one are zeros that nobody reads.
 */
export function loadListed(points: usize, stride: i32, list: usize, tile: usize): void {
  for (let group: usize = 0; group < 64; group += 16) {
    const r0 = points + ((<usize>load<u32>(list, 0) * stride) << 2);
    const r1 = points + ((<usize>load<u32>(list, 4) * stride) << 2);
    const r2 = points + ((<usize>load<u32>(list, 8) * stride) << 2);
    const r3 = points + ((<usize>load<u32>(list, 12) * stride) << 2);
    transpose(r0, r1, r2, r3, stride, tile + group);
    list += 16;
  }
}

/** The same for 16 consecutive rows. */
export function loadConsecutive(points: usize, stride: i32, row: i32, tile: usize): void {
  const step = (<usize>stride) << 2;
  let r = points + <usize>row * step;
  for (let group: usize = 0; group < 64; group += 16) {
    transpose(r, r + step, r + 2 * step, r + 3 * step, stride, tile + group);
    r += 4 * step;
  }
}

function transpose(r0: usize, r1: usize, r2: usize, r3: usize, stride: i32, out: usize): void {
  const bytes = (<usize>stride) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(r0 + at);
    const b = v128.load(r1 + at);
    const c = v128.load(r2 + at);
    const d = v128.load(r3 + at);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(out, i64x2.shuffle(ab, cd, 0, 2), 0);
    v128.store(out, i64x2.shuffle(ab, cd, 1, 3), 64);
    v128.store(out, i64x2.shuffle(abHigh, cdHigh, 0, 2), 128);
    v128.store(out, i64x2.shuffle(abHigh, cdHigh, 1, 3), 192);
    out += 256;
  }
}
