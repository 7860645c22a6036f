// Arithmetic on unevaluated sums of two doubles, 106 bits, with the operations of one double only: the same bits on every
// engine. Products are split after Dekker (1971), sums after Knuth; sizes near the ends of the range are the caller's matter.

/** A number as the unevaluated sum of a double and a rest that is at most half a unit in its last place. */
export type Pair = readonly [high: number, low: number];

const splitter = 134217729;

/** a + b, exactly. */
export function exactSum(a: number, b: number): Pair {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** a · b, exactly. */
function exactProduct(a: number, b: number): Pair {
  const product = a * b;
  const [x, y] = [splitter * a, splitter * b];
  const [high, other] = [x - (x - a), y - (y - b)];
  const [low, rest] = [a - high, b - other];
  return [product, high * other - product + high * rest + low * other + low * rest];
}

/** a + b. */
export function plus(a: Pair, b: Pair): Pair {
  const [sum, error] = exactSum(a[0], b[0]);
  return exactSum(sum, error + a[1] + b[1]);
}

/** a − b. */
export function minus(a: Pair, b: Pair): Pair {
  return plus(a, [-b[0], -b[1]]);
}

/** a · b. */
export function times(a: Pair, b: Pair): Pair {
  const [product, error] = exactProduct(a[0], b[0]);
  return exactSum(product, error + a[0] * b[1] + a[1] * b[0]);
}

/** a / b. */
export function over(a: Pair, b: Pair): Pair {
  const first = a[0] / b[0];
  const rest = minus(a, times(b, [first, 0]));
  return exactSum(first, rest[0] / b[0]);
}

/** The square root of a number that is at least 0. */
export function rootOf(a: Pair): Pair {
  if (a[0] <= 0) return [0, 0];
  const first = Math.sqrt(a[0]);
  const rest = minus(a, exactProduct(first, first));
  return exactSum(first, rest[0] / (2 * first));
}

/** Numbers in double precision and what they lack. */
export interface PairList {
  /** The doubles. */
  readonly high: Float64Array;
  /** Their rests. */
  readonly low: Float64Array;
}

/** A list of zeros. */
export function pairList(length: number): PairList {
  return { high: new Float64Array(length), low: new Float64Array(length) };
}

/** One number of a list. */
export function pairAt({ high, low }: PairList, i: number): Pair {
  return [high[i], low[i]];
}

/** Writes one number of a list. */
export function putPair({ high, low }: PairList, i: number, [first, rest]: Pair): void {
  high[i] = first;
  low[i] = rest;
}

/** Σ x · y over the places from `from` on. */
export function dot(x: PairList, y: PairList, from: number): Pair {
  const [xs, xr, ys, yr] = [x.high, x.low, y.high, y.low];
  let sum = 0;
  let rest = 0;
  for (let i = from; i < xs.length; i++) {
    const [a, b] = [xs[i], ys[i]];
    const product = a * b;
    const p = splitter * a;
    const q = splitter * b;
    const ah = p - (p - a);
    const bh = q - (q - b);
    const al = a - ah;
    const bl = b - bh;
    const error = ah * bh - product + ah * bl + al * bh + al * bl + (a * yr[i] + b * xr[i]);
    const next = sum + product;
    const part = next - sum;
    const lost = sum - (next - part) + (product - part) + rest + error;
    sum = next + lost;
    rest = lost - (sum - next);
  }
  return [sum, rest];
}

/** y −= factor · x at the places from `from` on. */
export function subtractMultiple(y: PairList, factor: Pair, x: PairList, from: number): void {
  const [xs, xr, ys, yr] = [x.high, x.low, y.high, y.low];
  const [f, g] = factor;
  const s = splitter * f;
  const fh = s - (s - f);
  const fl = f - fh;
  for (let i = from; i < xs.length; i++) {
    const a = xs[i];
    const product = f * a;
    const p = splitter * a;
    const ah = p - (p - a);
    const al = a - ah;
    const error = fh * ah - product + fh * al + fl * ah + fl * al + (f * xr[i] + g * a);
    const next = ys[i] - product;
    const part = next - ys[i];
    const lost = ys[i] - (next - part) - (product + part) + (yr[i] - error);
    ys[i] = next + lost;
    yr[i] = lost - (ys[i] - next);
  }
}
