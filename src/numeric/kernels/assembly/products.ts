/** Rows in one panel: 8 kB for 8 columns, so that a panel and the rows it is made from stay in the first-level cache. */
const PANEL: i32 = 128;
const LINE: usize = 1024;

// See Kernels.addProducts.
export function addProducts(
  values: usize,
  rows: i32,
  columns: i32,
  center: usize,
  panel: usize,
  sums: usize,
  products: usize,
): void {
  const stride = (columns + 3) & ~3;
  const rowBytes = (<usize>columns) << 3;
  for (let first = 0; first < rows; first += PANEL) {
    const count = min(PANEL, rows - first);
    loadPanel(values + <usize>first * rowBytes, count, columns, center, panel);
    for (let j = 0; j < columns; j++) addLine(panel + <usize>j * LINE, sums + ((<usize>j) << 4));
    for (let a = 0; a < stride; a += 2) {
      for (let b = a & ~3; b < stride; b += 4) {
        addTile(
          panel + <usize>a * LINE,
          panel + <usize>b * LINE,
          products + ((<usize>(a * stride + b)) << 4),
          (<usize>stride) << 4,
        );
      }
    }
  }
}

/** Transposes centered rows into panel[column][PANEL]; rows beyond `count` become zeros. */
export function loadPanel(values: usize, count: i32, columns: i32, center: usize, panel: usize): void {
  const rowBytes = (<usize>columns) << 3;
  const pairs = count & ~1;
  let j = 0;
  for (; j + 1 < columns; j += 2) {
    const c = v128.load(center + ((<usize>j) << 3));
    let x = values + ((<usize>j) << 3);
    let out = panel + <usize>j * LINE;
    for (let p = 0; p < pairs; p += 2) {
      const even = f64x2.sub(v128.load(x), c);
      const odd = f64x2.sub(v128.load(x + rowBytes), c);
      v128.store(out, i64x2.shuffle(even, odd, 0, 2));
      v128.store(out, i64x2.shuffle(even, odd, 1, 3), LINE);
      x += 2 * rowBytes;
      out += 16;
    }
  }
  // What does not come in pairs: the last column of an odd number, the last row of an odd number.
  for (let rest = j; rest < columns; rest++) loadCells(values, 0, count, columns, rest, center, panel);
  for (let rest = 0; rest < j; rest++) loadCells(values, pairs, count, columns, rest, center, panel);
  if (count == PANEL) return;
  for (let line = 0; line < columns; line++) {
    const out = panel + <usize>line * LINE;
    memory.fill(out + ((<usize>count) << 3), 0, LINE - ((<usize>count) << 3));
  }
}

function loadCells(values: usize, from: i32, to: i32, columns: i32, j: i32, center: usize, panel: usize): void {
  const c = load<f64>(center + ((<usize>j) << 3));
  for (let p = from; p < to; p++) {
    const x = load<f64>(values + ((<usize>(p * columns + j)) << 3));
    store<f64>(panel + <usize>j * LINE + ((<usize>p) << 3), x - c);
  }
}

/** Adds one line to the two sums of its even and odd rows. */
function addLine(line: usize, sum: usize): void {
  let s = f64x2.splat(0);
  const end = line + LINE;
  for (let x = line; x < end; x += 16) s = f64x2.add(s, v128.load(x));
  v128.store(sum, f64x2.add(v128.load(sum), s));
}

/** Adds the products of two lines with four others: eight sums in registers, each over even and odd rows. */
export function addTile(left: usize, right: usize, out: usize, nextRow: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  const end = left + LINE;
  for (; left < end; left += 16, right += 16) {
    const u = v128.load(left);
    const v = v128.load(left, LINE);
    const q0 = v128.load(right);
    s00 = f64x2.add(s00, f64x2.mul(u, q0));
    s10 = f64x2.add(s10, f64x2.mul(v, q0));
    const q1 = v128.load(right, LINE);
    s01 = f64x2.add(s01, f64x2.mul(u, q1));
    s11 = f64x2.add(s11, f64x2.mul(v, q1));
    const q2 = v128.load(right, 2 * LINE);
    s02 = f64x2.add(s02, f64x2.mul(u, q2));
    s12 = f64x2.add(s12, f64x2.mul(v, q2));
    const q3 = v128.load(right, 3 * LINE);
    s03 = f64x2.add(s03, f64x2.mul(u, q3));
    s13 = f64x2.add(s13, f64x2.mul(v, q3));
  }
  addTo(out, s00);
  addTo(out + 16, s01);
  addTo(out + 32, s02);
  addTo(out + 48, s03);
  out += nextRow;
  addTo(out, s10);
  addTo(out + 16, s11);
  addTo(out + 32, s12);
  addTo(out + 48, s13);
}

function addTo(at: usize, sum: v128): void {
  v128.store(at, f64x2.add(v128.load(at), sum));
}
