import { addTile, loadPanel } from "./products";

/** Rows in one panel, as in products.ts. */
const PANEL: i32 = 128;
const LINE: usize = 1024;

// See Kernels.addLogistic.
export function addLogistic(
  values: usize,
  rows: i32,
  columns: i32,
  center: usize,
  outcome: usize,
  weights: usize,
  coefficients: usize,
  panel: usize,
  totals: usize,
  gradient: usize,
  sums: usize,
  spreads: usize,
  products: usize,
): void {
  const stride = (columns + 3) & ~3;
  const rowBytes = (<usize>columns) << 3;
  const lines = panel + LINE;
  const extra = panel + <usize>(stride + 4) * LINE;
  for (let first = 0; first < rows; first += PANEL) {
    const count = min(PANEL, rows - first);
    loadPanel(values + <usize>first * rowBytes, count, columns, center, lines);
    loadOutcomes(outcome + <usize>first, weights == 0 ? 0 : weights + ((<usize>first) << 3), count, panel, extra);
    addLogOdds(panel, columns + 1, coefficients, extra);
    addRows(extra, totals);
    addDots(panel, columns + 1, extra, gradient);
    if (sums != 0) addDots(panel, columns + 1, extra + 2 * LINE, sums);
    if (products == 0) continue;
    for (let j = 0; j <= columns; j++) scaleLine(panel + <usize>j * LINE, extra + LINE);
    addDots(panel, columns + 1, extra + LINE, spreads);
    for (let a = 0; a < stride; a += 2) {
      for (let b = a & ~3; b < stride; b += 4) {
        addTile(
          lines + <usize>a * LINE,
          lines + <usize>b * LINE,
          products + ((<usize>(a * stride + b)) << 4),
          (<usize>stride) << 4,
        );
      }
    }
  }
}

/** Fills the line of ones, the weights (0 beyond `count`) and the signs: 1 where the outcome came, −1 elsewhere. */
function loadOutcomes(outcome: usize, weights: usize, count: i32, ones: usize, extra: usize): void {
  for (let p = 0; p < PANEL; p++) {
    const at = (<usize>p) << 3;
    const isRow = p < count;
    store<f64>(ones + at, 1);
    store<f64>(extra + at, isRow && load<u8>(outcome + <usize>p) != 0 ? 1 : -1, 3 * LINE);
    store<f64>(extra + at, isRow ? (weights == 0 ? 1 : load<f64>(weights + at)) : 0, 2 * LINE);
  }
}

/** Writes Σ coefficient · line for each row. */
function addLogOdds(panel: usize, lines: i32, coefficients: usize, out: usize): void {
  for (let at: usize = 0; at < LINE; at += 64) {
    let x = panel + at;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let j = 0; j < lines; j++) {
      const c = v128.load64_splat(coefficients + ((<usize>j) << 3));
      s0 = f64x2.add(s0, f64x2.mul(c, v128.load(x, 0)));
      s1 = f64x2.add(s1, f64x2.mul(c, v128.load(x, 16)));
      s2 = f64x2.add(s2, f64x2.mul(c, v128.load(x, 32)));
      s3 = f64x2.add(s3, f64x2.mul(c, v128.load(x, 48)));
      x += LINE;
    }
    v128.store(out + at, s0, 0);
    v128.store(out + at, s1, 16);
    v128.store(out + at, s2, 32);
    v128.store(out + at, s3, 48);
  }
}

/**
 * Turns log odds into what each row adds to the derivatives: the first line becomes weight · (outcome − probability), the
 * second the root of weight · probability · (1 − probability). Adds the losses; keeps the least and greatest margin.
 */
function addRows(extra: usize, totals: usize): void {
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  let loss = zero;
  let least = v128.load(totals, 16);
  let greatest = v128.load(totals, 32);
  const end = extra + LINE;
  for (; extra < end; extra += 16) {
    const weight = v128.load(extra, 2 * LINE);
    const sign = v128.load(extra, 3 * LINE);
    // How far the log odds speak for what came; everything is computed from it, so that nothing is 1 − (almost 1).
    const margin = f64x2.mul(sign, v128.load(extra));
    const e = expOf(f64x2.pmax(f64x2.splat(-708), f64x2.neg(f64x2.abs(margin))));
    const inverse = f64x2.div(one, f64x2.add(one, e));
    const isRight = f64x2.ge(margin, zero);
    const miss = v128.bitselect(f64x2.mul(e, inverse), inverse, isRight);
    v128.store(extra, f64x2.mul(f64x2.mul(sign, weight), miss));
    const spread = f64x2.mul(f64x2.mul(e, inverse), inverse);
    v128.store(extra, f64x2.sqrt(f64x2.mul(weight, spread)), LINE);
    const own = f64x2.add(logOf(e), f64x2.pmax(zero, f64x2.neg(margin)));
    loss = f64x2.add(loss, f64x2.mul(weight, own));
    const counts = f64x2.gt(weight, zero);
    least = f64x2.pmin(least, v128.bitselect(margin, f64x2.splat(Infinity), counts));
    greatest = f64x2.pmax(greatest, v128.bitselect(margin, f64x2.splat(-Infinity), counts));
  }
  v128.store(totals, f64x2.add(v128.load(totals, 0), loss), 0);
  v128.store(totals, least, 16);
  v128.store(totals, greatest, 32);
}

/** eˣ for −708 ≤ x ≤ 0: x = n · ln 2 + r, Taylor's series of eʳ up to r¹³, times 2ⁿ. */
function expOf(x: v128): v128 {
  // 1.5 · 2⁵²: added and taken off it rounds to an integer, which is then in the low bits.
  const shift = f64x2.splat(6755399441055744);
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), shift);
  const n = f64x2.sub(shifted, shift);
  const high = f64x2.sub(x, f64x2.mul(n, f64x2.splat(6.9314718036912381649e-1)));
  const r = f64x2.sub(high, f64x2.mul(n, f64x2.splat(1.9082149292705877e-10)));
  // Terms in pairs, pairs of pairs and so on: a chain of additions would keep the processor waiting.
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const a = pair(pair(splat(1), r, splat(1)), r2, pair(splat(1.0 / 2.0), r, splat(1.0 / 6.0)));
  const b = pair(pair(splat(1.0 / 24.0), r, splat(1.0 / 120.0)), r2, pair(splat(1.0 / 720.0), r, splat(1.0 / 5040.0)));
  const c = pair(splat(1.0 / 40320.0), r, splat(1.0 / 362880.0));
  const d = pair(splat(1.0 / 3628800.0), r, splat(1.0 / 39916800.0));
  const e = pair(splat(1.0 / 479001600.0), r, splat(1.0 / 6227020800.0));
  const p = pair(pair(a, r4, b), f64x2.mul(r4, r4), pair(pair(c, r2, d), r4, e));
  return f64x2.mul(p, i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52));
}

/** constant + x · factor. */
function pair(constant: v128, x: v128, factor: v128): v128 {
  return f64x2.add(constant, f64x2.mul(x, factor));
}

function splat(value: f64): v128 {
  return f64x2.splat(value);
}

/** log(1 + e) for 0 ≤ e ≤ 1, as 2 · artanh(e / (2 + e)): the series' terms fall by 9 at least. */
function logOf(e: v128): v128 {
  const s = f64x2.div(e, f64x2.add(f64x2.splat(2), e));
  const t = f64x2.mul(s, s);
  const t2 = f64x2.mul(t, t);
  const t4 = f64x2.mul(t2, t2);
  const t8 = f64x2.mul(t4, t4);
  const a = pair(pair(splat(1), t, splat(1.0 / 3.0)), t2, pair(splat(1.0 / 5.0), t, splat(1.0 / 7.0)));
  const b = pair(pair(splat(1.0 / 9.0), t, splat(1.0 / 11.0)), t2, pair(splat(1.0 / 13.0), t, splat(1.0 / 15.0)));
  const c = pair(pair(splat(1.0 / 17.0), t, splat(1.0 / 19.0)), t2, pair(splat(1.0 / 21.0), t, splat(1.0 / 23.0)));
  const d = pair(pair(splat(1.0 / 25.0), t, splat(1.0 / 27.0)), t2, pair(splat(1.0 / 29.0), t, splat(1.0 / 31.0)));
  const p = pair(pair(a, t4, b), t8, pair(pair(c, t4, d), t8, splat(1.0 / 33.0)));
  return f64x2.mul(f64x2.add(s, s), p);
}

/** Adds the products of lines with another, each over even and odd rows; four at a time, also beyond the last one. */
function addDots(lines: usize, count: i32, other: usize, out: usize): void {
  for (let j = 0; j < count; j += 4) {
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let factor = other;
    const end = lines + LINE;
    for (let x = lines; x < end; x += 16, factor += 16) {
      const q = v128.load(factor);
      s0 = f64x2.add(s0, f64x2.mul(v128.load(x), q));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(x, LINE), q));
      s2 = f64x2.add(s2, f64x2.mul(v128.load(x, 2 * LINE), q));
      s3 = f64x2.add(s3, f64x2.mul(v128.load(x, 3 * LINE), q));
    }
    v128.store(out, f64x2.add(v128.load(out, 0), s0), 0);
    v128.store(out, f64x2.add(v128.load(out, 16), s1), 16);
    v128.store(out, f64x2.add(v128.load(out, 32), s2), 32);
    v128.store(out, f64x2.add(v128.load(out, 48), s3), 48);
    lines += 4 * LINE;
    out += 64;
  }
}

function scaleLine(line: usize, factor: usize): void {
  const end = line + LINE;
  for (; line < end; line += 16, factor += 16) v128.store(line, f64x2.mul(v128.load(line), v128.load(factor)));
}
