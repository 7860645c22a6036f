import type { Kernels } from "./kernels.ts";

const PANEL = 128;

/** Terms of eʳ and of artanh(s) / s in s², lowest first, as in assembly/logistic.ts. */
const expSeries = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800].map(
  (factorial) => 1 / factorial,
);
const artanhSeries = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33].map((odd) => 1 / odd);

/** The sum of a power series, terms in pairs, pairs of pairs and so on. */
function sumOfPowers(terms: readonly number[], x: number): number {
  if (terms.length === 1) return terms[0];
  const pairs = terms.flatMap((term, i) =>
    i % 2 === 1 ? [] : i + 1 < terms.length ? [term + x * terms[i + 1]] : [term],
  );
  return sumOfPowers(pairs, x * x);
}

/** The scalar twin of assembly/logistic.ts. */
export function twinAddLogistic(buffer: ArrayBuffer): Kernels["addLogistic"] {
  const doubles = new Float64Array(buffer);
  const bytes = new Uint8Array(buffer);
  const power = new Float64Array(1);
  const powerHalves = new Uint32Array(power.buffer);

  function expOf(x: number): number {
    const n = x * 1.4426950408889634 + 6755399441055744 - 6755399441055744;
    const r = x - n * 6.9314718036912381649e-1 - n * 1.9082149292705877e-10;
    powerHalves[1] = (n + 1023) << 20;
    return sumOfPowers(expSeries, r) * power[0];
  }

  function logOf(e: number): number {
    const s = e / (2 + e);
    return (s + s) * sumOfPowers(artanhSeries, s * s);
  }

  /** Adds Σ left · right over a panel, even and odd rows apart. */
  function addDot(out: number, left: number, right: number): void {
    let even = 0;
    let odd = 0;
    for (let p = 0; p < PANEL; p += 2) {
      even += doubles[left + p] * doubles[right + p];
      odd += doubles[left + p + 1] * doubles[right + p + 1];
    }
    doubles[out] += even;
    doubles[out + 1] += odd;
  }

  /** What {@link Kernels.addLogistic} makes of one row: its margin and the two factors of its derivatives. Returns its loss. */
  function addRow(logOdds: number, weight: number, sign: number, total: number, score: number): number {
    const margin = sign * logOdds;
    const size = -Math.abs(margin);
    const e = expOf(-708 < size ? size : -708);
    const inverse = 1 / (1 + e);
    doubles[score] = sign * weight * (margin >= 0 ? e * inverse : inverse);
    doubles[score + PANEL] = Math.sqrt(weight * (e * inverse * inverse));
    if (weight > 0 && margin < doubles[total + 2]) doubles[total + 2] = margin;
    if (weight > 0 && doubles[total + 4] < margin) doubles[total + 4] = margin;
    return weight * (logOf(e) + (0 < -margin ? -margin : 0));
  }

  return (
    ...[values, rows, columns, center, outcome, weights, coefficients, panel, totals, gradient, sums, spreads, products]
  ) => {
    const stride = (columns + 3) & ~3;
    const [x, c, w, lines] = [values >>> 3, center >>> 3, weights >>> 3, panel >>> 3];
    const [beta, total, h] = [coefficients >>> 3, totals >>> 3, products >>> 3];
    const score = lines + (stride + 4) * PANEL;
    const [root, weight] = [score + PANEL, score + 2 * PANEL];
    const features = lines + PANEL;

    function addDots(out: number, other: number): void {
      for (let j = 0; j <= columns; j++) addDot((out >>> 3) + 2 * j, lines + j * PANEL, other);
    }

    for (let first = 0; first < rows; first += PANEL) {
      const count = Math.min(PANEL, rows - first);
      const loss = [0, 0];
      for (let p = 0; p < PANEL; p++) {
        const isRow = p < count;
        const row = first + p;
        let logOdds = 0;
        for (let j = 0; j <= columns; j++) {
          const cell = j === 0 ? 1 : isRow ? doubles[x + row * columns + j - 1] - doubles[c + j - 1] : 0;
          doubles[lines + j * PANEL + p] = cell;
          logOdds += doubles[beta + j] * cell;
        }
        doubles[weight + p] = isRow ? (weights === 0 ? 1 : doubles[w + row]) : 0;
        const sign = isRow && bytes[outcome + row] !== 0 ? 1 : -1;
        loss[p & 1] += addRow(logOdds, doubles[weight + p], sign, total + (p & 1), score + p);
      }
      doubles[total] += loss[0];
      doubles[total + 1] += loss[1];
      addDots(gradient, score);
      if (sums !== 0) addDots(sums, weight);
      if (products === 0) continue;
      for (let j = 0; j <= columns; j++) {
        for (let p = 0; p < PANEL; p++) doubles[lines + j * PANEL + p] *= doubles[root + p];
      }
      addDots(spreads, root);
      for (let a = 0; a < columns; a++) {
        for (let b = a; b < columns; b++) addDot(h + 2 * (a * stride + b), features + a * PANEL, features + b * PANEL);
      }
    }
  };
}
