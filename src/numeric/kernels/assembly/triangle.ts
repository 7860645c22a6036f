/** Rows in one panel, and the bytes of a column of it: a panel of 20 columns stays in the first-level cache. */
const PANEL: i32 = 128;
const LINE: usize = 1024;

// See Kernels.foldTriangle.
export function foldTriangle(
  values: usize,
  rows: i32,
  columns: i32,
  target: usize,
  weights: usize,
  intercept: i32,
  center: usize,
  scale: usize,
  panel: usize,
  triangle: usize,
): void {
  const width = (intercept + columns + 2) & ~1;
  const rowBytes = (<usize>columns) << 3;
  const features = panel + <usize>intercept * LINE;
  const last = features + <usize>columns * LINE;
  const lastCenter = load<f64>(center + rowBytes);
  const lastScale = load<f64>(scale + rowBytes);
  for (let first = 0; first < rows; first += PANEL) {
    const count = min(PANEL, rows - first);
    const skipped = (<usize>first) << 3;
    if (intercept != 0) memory.copy(panel, weights + skipped, (<usize>count) << 3);
    loadFeatures(values + <usize>first * rowBytes, count, columns, weights + skipped, center, scale, features);
    for (let p: usize = 0; p < (<usize>count) << 3; p += 8) {
      const deviation = (load<f64>(target + skipped + p) - lastCenter) * lastScale;
      store<f64>(last + p, deviation * load<f64>(weights + skipped + p));
    }
    if (count < PANEL) {
      const filled = (<usize>count) << 3;
      for (let line = panel; line <= last; line += LINE) memory.fill(line + filled, 0, LINE - filled);
    }
    reflectPanel(panel, width, triangle);
  }
}

/** Transposes rows into panel[column][PANEL]: deviations from the center, scaled and weighted. */
function loadFeatures(
  values: usize,
  count: i32,
  columns: i32,
  weights: usize,
  center: usize,
  scale: usize,
  panel: usize,
): void {
  const rowBytes = (<usize>columns) << 3;
  const pairs = count & ~1;
  let j = 0;
  for (; j + 1 < columns; j += 2) {
    const c = v128.load(center + ((<usize>j) << 3));
    const s = v128.load(scale + ((<usize>j) << 3));
    let x = values + ((<usize>j) << 3);
    let w = weights;
    let out = panel + <usize>j * LINE;
    for (let p = 0; p < pairs; p += 2) {
      const even = f64x2.mul(f64x2.sub(v128.load(x), c), s);
      const odd = f64x2.mul(f64x2.sub(v128.load(x + rowBytes), c), s);
      const weight = v128.load(w);
      v128.store(out, f64x2.mul(i64x2.shuffle(even, odd, 0, 2), weight));
      v128.store(out, f64x2.mul(i64x2.shuffle(even, odd, 1, 3), weight), LINE);
      x += 2 * rowBytes;
      w += 16;
      out += 16;
    }
  }
  // What does not come in pairs: the last column of an odd number, the last row of an odd number.
  for (let rest = j; rest < columns; rest++) loadCells(values, 0, count, columns, rest, weights, center, scale, panel);
  for (let rest = 0; rest < j; rest++) loadCells(values, pairs, count, columns, rest, weights, center, scale, panel);
}

function loadCells(
  values: usize,
  from: i32,
  to: i32,
  columns: i32,
  j: i32,
  weights: usize,
  center: usize,
  scale: usize,
  panel: usize,
): void {
  const c = load<f64>(center + ((<usize>j) << 3));
  const s = load<f64>(scale + ((<usize>j) << 3));
  for (let p = from; p < to; p++) {
    const x = load<f64>(values + ((<usize>(p * columns + j)) << 3));
    const w = load<f64>(weights + ((<usize>p) << 3));
    store<f64>(panel + <usize>j * LINE + ((<usize>p) << 3), (x - c) * s * w);
  }
}

/**
 * Householder's reflections of the triangle with the panel below it, two columns at a time: each reflection touches one row of
 * the triangle and the whole panel.
 */
function reflectPanel(panel: usize, width: i32, triangle: usize): void {
  const rowBytes = (<usize>width) << 3;
  for (let j = 0; j < width; j += 2) {
    const u = panel + <usize>j * LINE;
    const v = u + LINE;
    const diagonal = triangle + <usize>j * (rowBytes + 8);
    const below = diagonal + rowBytes;

    let s0 = f64x2.splat(0);
    let s1 = s0;
    let d0 = s0;
    let d1 = s0;
    for (let at: usize = 0; at < LINE; at += 32) {
      const a = v128.load(u + at);
      const b = v128.load(u + at, 16);
      s0 = f64x2.add(s0, f64x2.mul(a, a));
      s1 = f64x2.add(s1, f64x2.mul(b, b));
      d0 = f64x2.add(d0, f64x2.mul(a, v128.load(v + at)));
      d1 = f64x2.add(d1, f64x2.mul(b, v128.load(v + at, 16)));
    }
    const alpha = load<f64>(diagonal);
    const norm = sqrt<f64>(alpha * alpha + total(f64x2.add(s0, s1)));
    const head = alpha < 0 ? alpha - norm : alpha + norm;
    const factor: f64 = norm == 0 ? 0 : 1 / (norm * abs<f64>(head));
    store<f64>(diagonal, alpha < 0 ? norm : -norm);
    const beside = load<f64>(diagonal, 8);
    const step = factor * (head * beside + total(f64x2.add(d0, d1)));
    store<f64>(diagonal, beside - step * head, 8);

    // The second column, reflected by the first: its length, and its product with the first.
    const t = f64x2.splat(step);
    s0 = f64x2.splat(0);
    s1 = s0;
    d0 = s0;
    d1 = s0;
    for (let at: usize = 0; at < LINE; at += 32) {
      const a = v128.load(u + at);
      const b = v128.load(u + at, 16);
      const c = f64x2.sub(v128.load(v + at), f64x2.mul(t, a));
      const d = f64x2.sub(v128.load(v + at, 16), f64x2.mul(t, b));
      v128.store(v + at, c);
      v128.store(v + at, d, 16);
      s0 = f64x2.add(s0, f64x2.mul(c, c));
      s1 = f64x2.add(s1, f64x2.mul(d, d));
      d0 = f64x2.add(d0, f64x2.mul(a, c));
      d1 = f64x2.add(d1, f64x2.mul(b, d));
    }
    const alpha2 = load<f64>(below, 8);
    const norm2 = sqrt<f64>(alpha2 * alpha2 + total(f64x2.add(s0, s1)));
    const head2 = alpha2 < 0 ? alpha2 - norm2 : alpha2 + norm2;
    const factor2: f64 = norm2 == 0 ? 0 : 1 / (norm2 * abs<f64>(head2));
    store<f64>(below, alpha2 < 0 ? norm2 : -norm2, 8);
    const cross = total(f64x2.add(d0, d1));

    let right = v + LINE;
    let cell = diagonal + 16;
    let k = j + 2;
    for (; k + 4 <= width; k += 4) {
      reflectFour(u, v, right, cell, cell + rowBytes, head, factor, head2, factor2, cross);
      right += 4 * LINE;
      cell += 32;
    }
    if (k < width) reflectTwo(u, v, right, cell, cell + rowBytes, head, factor, head2, factor2, cross);
  }
}

function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** One row of the triangle at `cell`, reflected: returns by how much of the reflector the column below it changes. */
function stepOf(cell: usize, head: f64, factor: f64, product: f64): f64 {
  const above = load<f64>(cell);
  const step = factor * (head * above + product);
  store<f64>(cell, above - step * head);
  return step;
}

function reflectFour(
  u: usize,
  v: usize,
  right: usize,
  cell: usize,
  below: usize,
  head: f64,
  factor: f64,
  head2: f64,
  factor2: f64,
  cross: f64,
): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let d0 = s0;
  let d1 = s0;
  let d2 = s0;
  let d3 = s0;
  for (let at: usize = 0; at < LINE; at += 32) {
    const x = right + at;
    let a = v128.load(u + at);
    let b = v128.load(v + at);
    let c = v128.load(x);
    s0 = f64x2.add(s0, f64x2.mul(a, c));
    d0 = f64x2.add(d0, f64x2.mul(b, c));
    c = v128.load(x, LINE);
    s1 = f64x2.add(s1, f64x2.mul(a, c));
    d1 = f64x2.add(d1, f64x2.mul(b, c));
    c = v128.load(x, 2 * LINE);
    s2 = f64x2.add(s2, f64x2.mul(a, c));
    d2 = f64x2.add(d2, f64x2.mul(b, c));
    c = v128.load(x, 3 * LINE);
    s3 = f64x2.add(s3, f64x2.mul(a, c));
    d3 = f64x2.add(d3, f64x2.mul(b, c));
    a = v128.load(u + at, 16);
    b = v128.load(v + at, 16);
    c = v128.load(x, 16);
    s0 = f64x2.add(s0, f64x2.mul(a, c));
    d0 = f64x2.add(d0, f64x2.mul(b, c));
    c = v128.load(x, LINE + 16);
    s1 = f64x2.add(s1, f64x2.mul(a, c));
    d1 = f64x2.add(d1, f64x2.mul(b, c));
    c = v128.load(x, 2 * LINE + 16);
    s2 = f64x2.add(s2, f64x2.mul(a, c));
    d2 = f64x2.add(d2, f64x2.mul(b, c));
    c = v128.load(x, 3 * LINE + 16);
    s3 = f64x2.add(s3, f64x2.mul(a, c));
    d3 = f64x2.add(d3, f64x2.mul(b, c));
  }
  const t0 = stepOf(cell, head, factor, total(s0));
  const t1 = stepOf(cell + 8, head, factor, total(s1));
  const t2 = stepOf(cell + 16, head, factor, total(s2));
  const t3 = stepOf(cell + 24, head, factor, total(s3));
  const r0 = f64x2.splat(stepOf(below, head2, factor2, total(d0) - t0 * cross));
  const r1 = f64x2.splat(stepOf(below + 8, head2, factor2, total(d1) - t1 * cross));
  const r2 = f64x2.splat(stepOf(below + 16, head2, factor2, total(d2) - t2 * cross));
  const r3 = f64x2.splat(stepOf(below + 24, head2, factor2, total(d3) - t3 * cross));
  const q0 = f64x2.splat(t0);
  const q1 = f64x2.splat(t1);
  const q2 = f64x2.splat(t2);
  const q3 = f64x2.splat(t3);
  for (let at: usize = 0; at < LINE; at += 32) {
    const x = right + at;
    let a = v128.load(u + at);
    let b = v128.load(v + at);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x), f64x2.mul(q0, a)), f64x2.mul(r0, b)));
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, LINE), f64x2.mul(q1, a)), f64x2.mul(r1, b)), LINE);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 2 * LINE), f64x2.mul(q2, a)), f64x2.mul(r2, b)), 2 * LINE);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 3 * LINE), f64x2.mul(q3, a)), f64x2.mul(r3, b)), 3 * LINE);
    a = v128.load(u + at, 16);
    b = v128.load(v + at, 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 16), f64x2.mul(q0, a)), f64x2.mul(r0, b)), 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, LINE + 16), f64x2.mul(q1, a)), f64x2.mul(r1, b)), LINE + 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 2 * LINE + 16), f64x2.mul(q2, a)), f64x2.mul(r2, b)), 2 * LINE + 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 3 * LINE + 16), f64x2.mul(q3, a)), f64x2.mul(r3, b)), 3 * LINE + 16);
  }
}

function reflectTwo(
  u: usize,
  v: usize,
  right: usize,
  cell: usize,
  below: usize,
  head: f64,
  factor: f64,
  head2: f64,
  factor2: f64,
  cross: f64,
): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let d0 = s0;
  let d1 = s0;
  for (let at: usize = 0; at < LINE; at += 32) {
    const x = right + at;
    let a = v128.load(u + at);
    let b = v128.load(v + at);
    let c = v128.load(x);
    s0 = f64x2.add(s0, f64x2.mul(a, c));
    d0 = f64x2.add(d0, f64x2.mul(b, c));
    c = v128.load(x, LINE);
    s1 = f64x2.add(s1, f64x2.mul(a, c));
    d1 = f64x2.add(d1, f64x2.mul(b, c));
    a = v128.load(u + at, 16);
    b = v128.load(v + at, 16);
    c = v128.load(x, 16);
    s0 = f64x2.add(s0, f64x2.mul(a, c));
    d0 = f64x2.add(d0, f64x2.mul(b, c));
    c = v128.load(x, LINE + 16);
    s1 = f64x2.add(s1, f64x2.mul(a, c));
    d1 = f64x2.add(d1, f64x2.mul(b, c));
  }
  const t0 = stepOf(cell, head, factor, total(s0));
  const t1 = stepOf(cell + 8, head, factor, total(s1));
  const r0 = f64x2.splat(stepOf(below, head2, factor2, total(d0) - t0 * cross));
  const r1 = f64x2.splat(stepOf(below + 8, head2, factor2, total(d1) - t1 * cross));
  const q0 = f64x2.splat(t0);
  const q1 = f64x2.splat(t1);
  for (let at: usize = 0; at < LINE; at += 32) {
    const x = right + at;
    let a = v128.load(u + at);
    let b = v128.load(v + at);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x), f64x2.mul(q0, a)), f64x2.mul(r0, b)));
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, LINE), f64x2.mul(q1, a)), f64x2.mul(r1, b)), LINE);
    a = v128.load(u + at, 16);
    b = v128.load(v + at, 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, 16), f64x2.mul(q0, a)), f64x2.mul(r0, b)), 16);
    v128.store(x, f64x2.sub(f64x2.sub(v128.load(x, LINE + 16), f64x2.mul(q1, a)), f64x2.mul(r1, b)), LINE + 16);
  }
}
