/*
 * Loess on evenly spaced points, as Cleveland's STL needs it: local constants or lines with tricube weights, of one series or of
 * all phases of a season at once (points `stride` apart).
 *
 * A fit is linear in the values, and its weights depend on the place only as far as the window is cut by an end of the series or as
 * points count unequally. So a plan is made once, and smoothing is a convolution, with a row of weights of its own for
 * every other place. Where points count unequally, the sums over their weights are in the plan too: per place a gain and a tilt.
 *
 * Cleveland et al. (1990), "STL: A Seasonal-Trend Decomposition Procedure Based on Loess"; their Fortran (netlib) fixes the details:
 * which window an end has, that the last place of a series read with jumps keeps the window before, and that a line needs
 * points spread over a thousandth of the series.
 */

/** How a series is smoothed. */
export interface LoessShape {
  /** Number of points. */
  readonly length: number;
  /** Points of one phase are so far apart; 1 for a plain series. */
  readonly stride: number;
  /** Odd number of points of a phase that a fit sees. */
  readonly window: number;
  /** 0 = local constants, 1 = local lines. */
  readonly degree: number;
  /** Every so many points are fitted, the others lie on lines between them. */
  readonly jump: number;
  /** Whether each phase is continued by one point at both ends: then the result is 2 · stride longer. */
  readonly extend: boolean;
}

/** Smoothing prepared for any values at the same points. */
export interface Loess extends LoessShape {
  /** Weights at the distances 0, 1, … of a window that lies around its place; empty where no place is fitted that way. */
  readonly taps: Float64Array;
  /** Factors of the weighted sum and of the sum weighted with distance too, per point; absent where all count alike. */
  readonly gain: Float64Array | undefined;
  readonly tilt: Float64Array | undefined;
  /** Places in the result that have weights of their own: where, from which point, over how many. */
  readonly places: Int32Array;
  readonly firsts: Int32Array;
  readonly widths: Int32Array;
  /** How far those places lie behind the first point of their window, in points of the phase; below 0 when before it. */
  readonly offsets: Int32Array;
  /** The weights of those places, one row after another; absent when they would take too much room. */
  readonly weights: Float64Array | undefined;
  /** Places where nothing in the window counts take the value of a point. */
  readonly kept: readonly (readonly [place: number, point: number])[];
  /** Continuations of such windows take what was found at the place beside. */
  readonly copies: readonly (readonly [place: number, from: number])[];
  /** How much each point counts. */
  readonly counts: Float64Array | undefined;
}

interface Rows {
  readonly places: number[];
  readonly firsts: number[];
  readonly widths: number[];
  readonly offsets: number[];
  readonly kept: [number, number][];
  readonly copies: [number, number][];
  weights: Float64Array;
  used: number;
}

/** Weights that are kept from pass to pass: 32 MB. Beyond, with windows of thousands of points, they are made again. */
const mostWeights = 2 ** 22;

/**
 * Prepares smoothing.
 *
 * @param shape - see {@link LoessShape}; at least two points per phase.
 * @param counts - how much each point counts, ≥ 0; alike when absent.
 */
export function loessOf(shape: LoessShape, counts?: Float64Array): Loess {
  const { length, stride, window, jump } = shape;
  const half = (window - 1) / 2;
  const fewest = Math.floor(length / stride);
  const rows: Rows = {
    ...{ places: [], firsts: [], widths: [], offsets: [], kept: [], copies: [] },
    ...{ weights: new Float64Array(1024), used: 0 },
  };
  const moves = jump === 1 && window < fewest;
  let taps: Float64Array = moves ? tapsOf(half) : new Float64Array(0);
  let factors: Factors = { gain: undefined, tilt: undefined, hard: [] };
  if (moves && counts === undefined) {
    let sum = taps[0];
    for (let k = 1; k < taps.length; k++) sum += 2 * taps[k];
    taps = taps.map((tap) => tap / sum);
  } else if (moves && counts !== undefined) factors = factorsOf(shape, taps, counts);
  for (let phase = 0; phase < stride; phase++) addPhase(shape, phase, moves, counts, rows);
  for (const point of factors.hard) {
    const phase = point % stride;
    const at = (point - phase) / stride;
    addRow(shape, { phase, count: phaseCount(length, stride, phase), at, left: at - half }, counts, rows);
  }
  return {
    ...{ ...shape, taps, gain: factors.gain, tilt: factors.tilt, counts, kept: rows.kept, copies: rows.copies },
    weights: rows.used > mostWeights ? undefined : rows.weights.subarray(0, rows.used),
    places: Int32Array.from(rows.places),
    firsts: Int32Array.from(rows.firsts),
    widths: Int32Array.from(rows.widths),
    offsets: Int32Array.from(rows.offsets),
  };
}

/**
 * Smooths.
 *
 * @param loess - of {@link loessOf}.
 * @param values - one per point.
 * @param weighted - the values times what they count, where points count unequally.
 * @param into - room for the result: one per point, and one more at both ends of each phase when extended.
 */
export function smoothInto(loess: Loess, values: Float64Array, weighted: Float64Array, into: Float64Array): void {
  const { taps, gain, stride, length, window, extend } = loess;
  const shift = extend ? stride : 0;
  if (taps.length > 0) {
    const from = ((window - 1) / 2) * stride;
    convolve(gain === undefined ? values : weighted, taps, stride, from, length - from, into, shift);
    if (gain !== undefined) applyFactors(weighted, loess, gain, from, into, shift);
  }
  applyRows(loess, values, into);
  for (const [place, point] of loess.kept) into[place] = values[point];
  if (loess.jump > 1) for (let phase = 0; phase < stride; phase++) interpolate(loess, phase, shift, into);
  for (const [place, from] of loess.copies) into[place] = into[from];
}

/** Fits the places that have weights of their own. */
function applyRows(loess: Loess, values: Float64Array, into: Float64Array): void {
  const { stride, places, firsts, widths, offsets, weights } = loess;
  const scratch = weights ?? new Float64Array(loess.window);
  let w = 0;
  for (let row = 0; row < places.length; row++) {
    const first = firsts[row];
    if (weights === undefined) {
      fillRow(loess, first, offsets[row], loess.counts, scratch.subarray(0, widths[row]));
      w = 0;
    }
    let sum = 0;
    const end = first + widths[row] * stride;
    for (let i = first; i < end; i += stride) sum += scratch[w++] * values[i];
    into[places[row]] = sum;
  }
}

/** Sums over windows that lie around their places, three pairs of points a pass: what is left of them weighs 0. */
function convolve(
  values: Float64Array,
  taps: Float64Array,
  stride: number,
  from: number,
  to: number,
  into: Float64Array,
  shift: number,
): void {
  let pass: Pass = { base: values, shift: 0, weight: taps[0], first: 1 };
  do {
    addPairs(values, taps, stride, from, to, into, shift, pass);
    pass = { base: into, shift, weight: 1, first: pass.first + 3 };
  } while (pass.first < taps.length);
}

/** What a pass adds to, and its first pair. */
interface Pass {
  readonly base: Float64Array;
  readonly shift: number;
  readonly weight: number;
  readonly first: number;
}

function addPairs(
  values: Float64Array,
  taps: Float64Array,
  stride: number,
  from: number,
  to: number,
  into: Float64Array,
  shift: number,
  { base, shift: baseShift, weight, first }: Pass,
): void {
  const left = taps.length - first;
  const [a, b, c] = [left > 0 ? taps[first] : 0, left > 1 ? taps[first + 1] : 0, left > 2 ? taps[first + 2] : 0];
  const d = left > 0 ? first * stride : 0;
  const e = left > 1 ? d + stride : 0;
  const f = left > 2 ? e + stride : 0;
  for (let i = from; i < to; i++) {
    into[i + shift] =
      weight * base[i + baseShift] +
      a * (values[i - d] + values[i + d]) +
      b * (values[i - e] + values[i + e]) +
      c * (values[i - f] + values[i + f]);
  }
}

/** Turns sums into fits: times the gain, and with the sum weighted by distance times the tilt. */
function applyFactors(
  weighted: Float64Array,
  { taps, stride, length, tilt }: Loess,
  gain: Float64Array,
  from: number,
  into: Float64Array,
  shift: number,
): void {
  const reach = taps.length * stride;
  for (let i = from; i < length - from; i++) into[i + shift] *= gain[i];
  if (tilt === undefined) return;
  for (let i = from; i < length - from; i++) {
    if (tilt[i] === 0) continue;
    let sum = 0;
    for (let d = stride, k = 1; d < reach; d += stride, k++) sum += taps[k] * k * (weighted[i + d] - weighted[i - d]);
    into[i + shift] += tilt[i] * sum;
  }
}

/** Tricube weights at the distances 0, 1, … of a window of 2 · half + 1 points; the outermost weigh nothing. */
function tapsOf(half: number): Float64Array {
  return Float64Array.from({ length: half }, (_, distance) => tricube(distance, half));
}

function tricube(distance: number, reach: number): number {
  if (distance > 0.999 * reach) return 0;
  if (distance <= 0.001 * reach) return 1;
  const ratio = distance / reach;
  const rest = 1 - ratio * ratio * ratio;
  return rest * rest * rest;
}

/** A variance below this share of the second moment has lost too many digits: such places get rows of their own. */
const lostDigits = 1e-3;

interface Factors {
  readonly gain: Float64Array | undefined;
  readonly tilt: Float64Array | undefined;
  /** Points whose fits need a row of their own. */
  readonly hard: readonly number[];
}

function factorsOf({ length, stride, window, degree }: LoessShape, taps: Float64Array, counts: Float64Array): Factors {
  const from = ((window - 1) / 2) * stride;
  const reach = taps.length * stride;
  const gain = new Float64Array(length);
  const hard: number[] = [];
  // The points with weight spread by no more than this; where it is no thousandth of the phase, lines are never fitted.
  const widest = taps.length - 1;
  const fewest = Math.floor(length / stride);
  const tilt = degree > 0 && widest > 0.001 * (fewest - 1) ? new Float64Array(length) : undefined;
  convolve(counts, taps, stride, from, length - from, gain, 0);
  for (let i = from; i < length - from; i++) {
    const sum = gain[i];
    if (!(sum > 0)) {
      gain[i] = 0;
      hard.push(i);
      continue;
    }
    gain[i] = 1 / sum;
    if (tilt === undefined) continue;
    let [first, second] = [0, 0];
    for (let d = stride, k = 1; d < reach; d += stride, k++) {
      const weight = taps[k] * k;
      first += weight * (counts[i + d] - counts[i - d]);
      second += weight * k * (counts[i + d] + counts[i - d]);
    }
    const mean = first / sum;
    const square = second / sum;
    const variance = square - mean * mean;
    const least = 0.001 * (phaseCount(length, stride, i % stride) - 1);
    if (variance < lostDigits * square) {
      gain[i] = 0;
      hard.push(i);
    } else if (variance > least * least) {
      gain[i] = (1 + (mean * mean) / variance) / sum;
      tilt[i] = -mean / (variance * sum);
    }
  }
  return { gain, tilt, hard };
}

/** Number of points of a phase. */
function phaseCount(length: number, stride: number, phase: number): number {
  return Math.floor((length - 1 - phase) / stride) + 1;
}

/** One place of a phase: −1 and `count` are the continuations. */
interface Place {
  readonly phase: number;
  readonly count: number;
  readonly at: number;
  readonly left: number;
}

/** Rows for the places of a phase whose window does not lie around them, or for all. */
function addPhase(
  shape: LoessShape,
  phase: number,
  moves: boolean,
  counts: Float64Array | undefined,
  rows: Rows,
): void {
  const { length, stride, window, extend } = shape;
  const count = phaseCount(length, stride, phase);
  const jump = Math.min(shape.jump, count - 1);
  const half = (window - 1) / 2;
  const add = (at: number, left: number): void => addRow(shape, { phase, count, at, left }, counts, rows);
  let left = 0;
  for (let at = 0; at < count; at += jump) {
    if (moves && at >= half && at < count - half) at = count - half;
    left = window >= count || at < half ? 0 : Math.min(at - half, count - window);
    add(at, left);
  }
  if ((count - 1) % jump !== 0) add(count - 1, left);
  if (extend) {
    add(-1, 0);
    add(count, Math.max(0, count - window));
  }
}

function addRow(shape: LoessShape, place: Place, counts: Float64Array | undefined, rows: Rows): void {
  const { stride, extend } = shape;
  const { phase, count, at, left } = place;
  const width = Math.min(shape.window, count);
  // Beyond the limit rows are only tried, at the begin of the room.
  const start = rows.used > mostWeights ? 0 : rows.used;
  if (rows.weights.length < start + width) {
    const more = new Float64Array(2 * (start + width));
    more.set(rows.weights.subarray(0, start));
    rows.weights = more;
  }
  const where = phase + at * stride + (extend ? stride : 0);
  const first = phase + left * stride;
  if (fillRow(shape, first, at - left, counts, rows.weights.subarray(start, start + width))) {
    rows.places.push(where);
    rows.firsts.push(first);
    rows.widths.push(width);
    rows.offsets.push(at - left);
    rows.used += width;
  } else if (at < 0 || at >= count) rows.copies.push([where, where + (at < 0 ? stride : -stride)]);
  else rows.kept.push([where, phase + at * stride]);
}

/** The weights of the points from `first` on for the fit at a place `offset` points behind; false when none of them counts. */
function fillRow(
  { length, stride, window, degree }: LoessShape,
  first: number,
  offset: number,
  counts: Float64Array | undefined,
  row: Float64Array,
): boolean {
  const count = phaseCount(length, stride, first % stride);
  const width = row.length;
  const reach = Math.max(offset, width - 1 - offset) + (window > count ? Math.floor((window - count) / 2) : 0);
  let sum = 0;
  for (let t = 0; t < width; t++) {
    const weight = tricube(Math.abs(t - offset), reach);
    row[t] = counts === undefined ? weight : weight * counts[first + t * stride];
    sum += row[t];
  }
  if (!(sum > 0)) return false;
  let mean = 0;
  for (let t = 0; t < width; t++) {
    row[t] /= sum;
    mean += row[t] * (t - offset);
  }
  if (degree === 0) return true;
  let variance = 0;
  for (let t = 0; t < width; t++) {
    const off = t - offset - mean;
    variance += row[t] * off * off;
  }
  if (!(Math.sqrt(variance) > 0.001 * (count - 1))) return true;
  for (let t = 0; t < width; t++) row[t] *= 1 - (mean / variance) * (t - offset - mean);
  return true;
}

/** Draws lines between the places of a phase that were fitted. */
function interpolate({ length, stride, jump: wanted }: Loess, phase: number, shift: number, into: Float64Array): void {
  const count = phaseCount(length, stride, phase);
  const jump = Math.min(wanted, count - 1);
  if (jump < 2) return;
  const base = phase + shift;
  for (let at = 0; at < count - 1; at += jump) {
    const step = Math.min(jump, count - 1 - at);
    const low = into[base + at * stride];
    const slope = (into[base + (at + step) * stride] - low) / step;
    for (let k = 1; k < step; k++) into[base + (at + k) * stride] = low + slope * k;
  }
}
