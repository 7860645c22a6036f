import { type Loess, loessOf, smoothInto } from "../numeric/loess.ts";
import { selectInPlace } from "../numeric/select.ts";

/** Every setting of STL, in Cleveland's terms; windows are odd. */
export interface StlSettings {
  /** Points in a season. */
  readonly period: number;
  /** Window of the seasonal loess, in seasons. */
  readonly seasonal: number;
  /** Window of the trend's loess, in points. */
  readonly trend: number;
  /** Window of the low-pass loess, in points. */
  readonly lowPass: number;
  /** 0 or 1. */
  readonly seasonalDegree: number;
  /** 0 or 1. */
  readonly trendDegree: number;
  /** 0 or 1. */
  readonly lowPassDegree: number;
  /** Points from one loess fit to the next; between them a straight line. */
  readonly seasonalJump: number;
  /** The same for the trend. */
  readonly trendJump: number;
  /** The same for the low pass. */
  readonly lowPassJump: number;
  /** Passes of season and trend in each outer one. */
  readonly innerIterations: number;
  /** Passes that weigh outliers down. */
  readonly outerIterations: number;
}

/** What STL finds. */
export interface StlParts {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
  /** How much each point counted in the last pass. */
  readonly weights: Float64Array;
}

/**
 * Takes a series apart by Cleveland's STL. Trusts its arguments: at least two periods of finite numbers.
 *
 * Loess is planned once as long as all points count alike, and once per outer pass where they do not.
 */
export function stlOf(values: Float64Array, settings: StlSettings): StlParts {
  const n = values.length;
  const parts = { seasonal: new Float64Array(n), trend: new Float64Array(n), weights: new Float64Array(n).fill(1) };
  const room = roomFor(n, settings.period);
  const lowPass = loessOf({
    ...{ length: n, stride: 1, window: settings.lowPass, degree: settings.lowPassDegree, jump: settings.lowPassJump },
    extend: false,
  });
  let plan = planOf(n, settings);
  for (let pass = 0; ; pass++) {
    const counts = pass === 0 ? undefined : parts.weights;
    for (let i = 0; i < settings.innerIterations; i++) innerLoop(values, parts, { ...plan, lowPass }, room, counts);
    if (pass >= settings.outerIterations) return parts;
    weighByRemainder(values, parts, room.detrended);
    plan = planOf(n, settings, parts.weights);
  }
}

interface Plan {
  readonly season: Loess;
  readonly trend: Loess;
}

function planOf(length: number, settings: StlSettings, counts?: Float64Array): Plan {
  const { period, seasonal, trend, seasonalDegree, trendDegree, seasonalJump, trendJump } = settings;
  return {
    season: loessOf({ length, stride: period, window: seasonal, degree: seasonalDegree, jump: seasonalJump, extend: true }, counts), // prettier-ignore
    trend: loessOf({ length, stride: 1, window: trend, degree: trendDegree, jump: trendJump, extend: false }, counts),
  };
}

interface Room {
  readonly detrended: Float64Array;
  readonly weighted: Float64Array;
  readonly cycles: Float64Array;
  readonly averages: Float64Array;
  readonly low: Float64Array;
}

function roomFor(n: number, period: number): Room {
  return {
    detrended: new Float64Array(n),
    weighted: new Float64Array(n),
    cycles: new Float64Array(n + 2 * period),
    averages: new Float64Array(n + 2 * period),
    low: new Float64Array(n),
  };
}

/** Steps 1 to 6 of the paper: cycle-subseries, their low-pass, the season as the difference, the trend of the rest. */
function innerLoop(
  values: Float64Array,
  { seasonal, trend }: StlParts,
  plan: Plan & { readonly lowPass: Loess },
  { detrended, weighted, cycles, averages, low }: Room,
  counts: Float64Array | undefined,
): void {
  const period = plan.season.stride;
  subtractInto(detrended, values, trend, 0);
  if (counts !== undefined) multiplyInto(weighted, detrended, counts);
  smoothInto(plan.season, detrended, weighted, cycles);
  averageThrice(cycles, period, averages, detrended);
  smoothInto(plan.lowPass, detrended, detrended, low);
  subtractInto(seasonal, cycles, low, period);
  subtractInto(detrended, values, seasonal, 0);
  if (counts !== undefined) multiplyInto(weighted, detrended, counts);
  smoothInto(plan.trend, detrended, weighted, trend);
}

// Small loops in functions of their own: the engine compiles each once and for good.

function subtractInto(into: Float64Array, a: Float64Array, b: Float64Array, from: number): void {
  for (let i = 0; i < into.length; i++) into[i] = a[i + from] - b[i];
}

function multiplyInto(into: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = a[i] * b[i];
}

/** Moving averages over the period, again over the period, and over three: by running sums. */
function averageThrice(cycles: Float64Array, period: number, sums: Float64Array, into: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < period; i++) sum += cycles[i];
  sums[0] = sum;
  for (let i = period; i < cycles.length; i++) {
    sum += cycles[i] - cycles[i - period];
    sums[i - period + 1] = sum;
  }
  let twice = 0;
  for (let i = 0; i < period; i++) twice += sums[i];
  const factor = 1 / (3 * period * period);
  let before = twice;
  twice += sums[period] - sums[0];
  for (let i = 0; i < into.length; i++) {
    const next = twice + (sums[i + period + 1] - sums[i + 1]);
    into[i] = (before + twice + next) * factor;
    before = twice;
    twice = next;
  }
}

/** Six medians are at least this share of the largest value. */
const noise = 1e-11;

/** Bisquare weights: a point six median remainders away no longer counts. */
function weighByRemainder(values: Float64Array, { seasonal, trend, weights }: StlParts, room: Float64Array): void {
  const n = values.length;
  const sizes = room.subarray(0, n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    weights[i] = sizes[i] = Math.abs(values[i] - trend[i] - seasonal[i]);
    largest = Math.max(largest, Math.abs(values[i]));
  }
  const above = Math.floor(n / 2);
  const below = n - above - 1;
  selectInPlace(sizes, 0, n, above);
  const high = sizes[above];
  if (below < above) selectInPlace(sizes, 0, above, below);
  // Where more than half of the series is met exactly, the median is rounding: it must not decide what counts.
  const limit = Math.max(3 * (high + sizes[below]), noise * largest);
  for (let i = 0; i < n; i++) {
    const size = weights[i];
    if (size <= 0.001 * limit) weights[i] = 1;
    else if (size <= 0.999 * limit) {
      const rest = 1 - (size / limit) * (size / limit);
      weights[i] = rest * rest;
    } else weights[i] = 0;
  }
}
