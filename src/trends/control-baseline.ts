import { run } from "../core/accumulate.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { formatNumber } from "../core/numbers.ts";
import { exp } from "../numeric/elementary.ts";
import { moments } from "../numeric/moments.ts";
import { meanRangeOfTwo, movingRanges } from "../numeric/moving-range.ts";
import { median } from "../numeric/quantile.ts";
import { logGammaRise } from "../numeric/special.ts";
import { sumOf } from "../numeric/sums.ts";
import type { ControlPoints } from "./control-points.ts";

/** How the standard deviation of a point is estimated. */
export type ControlSpread = "moving-range" | "median-moving-range" | "standard-deviation";

/** Rows from which a chart learns its limits, the last one excluded. */
export interface BaselineRows {
  readonly from: number;
  readonly to: number;
}

/** What a baseline says. */
export interface BaselineFigures {
  readonly center: number;
  /** Of one point; null for counts, whose standard deviation follows from center and size. */
  readonly sigma: number | null;
  /** How many points it was learned from. */
  readonly points: number;
  /** Mean moving range; null where there is none. */
  readonly movingRange: number | null;
  /** How many times as far as chance the points of a chart of counts are apart (Laney's σz); null for measurements. */
  readonly overdispersion: number | null;
  readonly notes: readonly Note[];
}

/** The median one: √2 times the normal's upper quartile. */
const medianRange = 0.9538725524170467;

/** Fewer points than these tell too little about the spread. */
const fewestPoints = 20;

/**
 * Center and standard deviation of measurements: by default from the mean distance of neighbors, which a slow shift within the
 * baseline hardly widens.
 *
 * @throws {ClienteleError} `too-few-rows` without two neighboring points (two points for `"standard-deviation"`).
 */
export function measurementBaseline(
  caller: string,
  values: Float64Array,
  { from, to }: BaselineRows,
  spread: ControlSpread,
): BaselineFigures {
  const known = values.subarray(from, to).filter((value) => !Number.isNaN(value));
  const ranges = movingRanges(values.subarray(from, to)).filter((range) => !Number.isNaN(range));
  if (known.length < 2 || (ranges.length === 0 && spread !== "standard-deviation")) {
    const wanted = spread === "standard-deviation" ? "at least 2 points" : "at least 2 points in a row";
    refuse(caller, "too-few-rows", "baseline", wanted, `${known.length} points, ${ranges.length} pairs in a row`);
  }
  const { mean, standardDeviation } = run(moments, known);
  const constant = known.every((value) => value === known[0]);
  const center = constant ? known[0] : (mean as number);
  const movingRange = ranges.length === 0 ? null : sumOf(ranges) / ranges.length;
  const sigmas: Readonly<Record<ControlSpread, () => number>> = {
    "moving-range": () => (movingRange as number) / meanRangeOfTwo,
    "median-moving-range": () => median(ranges) / medianRange,
    "standard-deviation": () => (standardDeviation as number) / unbiasing(known.length),
  };
  const sigma = constant ? 0 : sigmas[spread]();
  const spreadNotes =
    sigma === 0
      ? [zeroSigma("The points of the baseline do not differ")]
      : correlationNotes(values.subarray(from, to), center);
  const notes = [...lengthNotes(known.length), ...spreadNotes];
  return { center: center + 0, sigma, points: known.length, movingRange, overdispersion: null, notes };
}

/**
 * The common share or rate of counts, and how many times as far apart they are as chance alone would put them.
 *
 * @param known - the center, where it was given.
 */
export function countBaseline(
  caller: string,
  { values, counts, sizes }: ControlPoints,
  { from, to }: BaselineRows,
  sigmaAt: (center: number, size: number) => number,
  known?: number,
): BaselineFigures {
  let [events, total, points] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    if (Number.isNaN(values[i])) continue;
    events += (counts as Float64Array)[i];
    total += (sizes as Float64Array)[i];
    points++;
  }
  if (points === 0) refuse(caller, "too-few-rows", "baseline", "at least 1 point with a size", "0");
  const center = known ?? events / total;
  const notes = lengthNotes(points);
  if (sigmaAt(center, 1) === 0) notes.push(zeroSigma("Every count of the baseline says the same"));
  const z = values.subarray(from, to).map((value, i) => {
    const sigma = sigmaAt(center, (sizes as Float64Array)[from + i]);
    return sigma > 0 ? (value - center) / sigma : NaN;
  });
  const ranges = movingRanges(z).filter((range) => !Number.isNaN(range));
  const overdispersion = ranges.length === 0 ? null : sumOf(ranges) / ranges.length / meanRangeOfTwo;
  return { center, sigma: null, points, movingRange: null, overdispersion, notes };
}

/** The mean of the sample standard deviation of n normal values of standard deviation 1, c₄. */
function unbiasing(n: number): number {
  return exp(logGammaRise((n - 1) / 2, 0.5)) * Math.sqrt(2 / (n - 1));
}

function lengthNotes(points: number): Note[] {
  if (points >= fewestPoints) return [];
  return [{ code: "short-baseline", message: `The limits come from ${points} points: with fewer than ${fewestPoints} they may be far off.` }]; // prettier-ignore
}

function zeroSigma(reason: string): Note {
  return { code: "zero-sigma", message: `${reason}: the limits are the center, and every other value is a signal.` };
}

/** Neighbors that resemble each other (a trend, a weekday) make moving ranges small, and alarms of what is ordinary. */
function correlationNotes(values: Float64Array, center: number): Note[] {
  let [products, squares, pairs] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    squares += (values[i] - center) * (values[i] - center);
    if (i === 0 || Number.isNaN(values[i - 1])) continue;
    products += (values[i] - center) * (values[i - 1] - center);
    pairs++;
  }
  const correlation = products / squares;
  if (pairs < fewestPoints || !(correlation > 0.2 && correlation * Math.sqrt(pairs) > 2.6)) return [];
  const message = `Neighboring points go together (correlation ${formatNumber(correlation)}): the limits are too narrow; take trend and season out first.`; // prettier-ignore
  return [{ code: "autocorrelated", message }];
}
