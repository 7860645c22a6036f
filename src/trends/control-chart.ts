import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { formatNumber } from "../core/numbers.ts";
import { normal } from "../numeric/distributions.ts";
import { cusumRunLength, ewmaRunLength, settingFor } from "../numeric/run-length.ts";
import { movingRanges } from "../numeric/moving-range.ts";
import { type BaselineFigures, countBaseline, measurementBaseline } from "./control-baseline.ts";
import { type ControlChartOptions, type ControlKind, readControlOptions } from "./control-options.ts";
import { type ControlPoints, readCounts, readMeasurements } from "./control-points.ts";
import { type ControlRule, type ControlSignal, findSignals } from "./control-rules.ts";
import { averagePoints, sumPoints } from "./control-sums.ts";
import type { SeriesInput } from "./series-input.ts";

/** What a control chart shows. Result of {@link controlChart}. */
export interface ControlChartReport {
  /** What the chart watches. */
  readonly kind: ControlKind;
  /** What is ordinary: the mean of the baseline, or its common share or rate. */
  readonly center: number;
  /** The standard deviation of one point; null for counts, where it depends on the size. */
  readonly sigma: number | null;
  /** The upper limit, or one per point where it differs; null where nothing was counted. */
  readonly upper: number | readonly (number | null)[];
  /** The lower limit, alike. */
  readonly lower: number | readonly (number | null)[];
  /**
   * What is held against the limits: the values, shares or rates, the moving average, or of a CUSUM the larger of both sums, that for a
   * fall with a minus. null = gap.
   */
  readonly statistic: readonly (number | null)[];
  /** In the order of points. */
  readonly signals: readonly ControlSignal[];
  /** The rules that were asked. */
  readonly rules: readonly ControlRule[];
  /** Points that are no gap. */
  readonly points: number;
  /** Points the limits were learned from; null where center and sigma were given. */
  readonly baselinePoints: number | null;
  /** Standard deviations from the center to the limits; of a CUSUM null. */
  readonly width: number | null;
  /** Of an EWMA. */
  readonly lambda: number | null;
  /** Of a CUSUM: reference value and decision interval, in standard deviations. */
  readonly k: number | null;
  /** Decision interval of a CUSUM, in standard deviations. */
  readonly h: number | null;
  /**
   * How many points stable values run on average until the first false alarm, if they are normal and independent, and center and sigma
   * are right; null for counts and with further rules.
   */
  readonly inControlRunLength: number | null;
  /** Of a chart of counts: how many times as far apart the baseline's points are as chance would put them. */
  readonly overdispersion: number | null;
  /** Of a CUSUM: both sums, in the units of the values, each at least 0. */
  readonly sums: {
    /** How far values have gone above the center. */
    readonly high: readonly (number | null)[];
    /** How far below, as a positive number. */
    readonly low: readonly (number | null)[];
  } | null;
  /** Of a chart of individuals: distances of neighbors, their mean in the baseline and its upper limit. */
  readonly movingRange: {
    /** Mean distance in the baseline. */
    readonly center: number;
    /** Upper limit; the lower one is 0. */
    readonly upper: number;
    /** Distance of each point from the one before; null where one is missing. */
    readonly values: readonly (number | null)[];
  } | null;
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Statistic, limits and signals of one kind of chart. */
type Judged = Pick<ControlChartReport, "upper" | "lower" | "statistic" | "signals"> & Partial<ControlChartReport>;

type Read = ReturnType<typeof readControlOptions>;

/** How far the mean range of neighbors is from its upper limit, D₄ = 1 + 3·d₃/d₂. */
const rangeLimit = 3.266532;

/** Points so many times as far apart as chance puts them deserve a word. */
const wideSpread = 1.3;

/**
 * Tells ordinary ups and downs from real changes: is this week's conversion, revenue or number of complaints out of the ordinary?
 *
 * Only points beyond the limits signal by default. The standard deviation comes from neighboring points, not from all, so that a shift
 * within the baseline does not widen the limits that should find it.
 *
 * @param values - measurements, or for `"p"` and `"u"` counts; a series or a list, NaN = gap.
 * @param options - see {@link ControlChartOptions}.
 * @returns center, limits, statistic and signals; notes on short baselines, gaps, values that do not differ, neighbors that go together
 * and counts that differ more than by chance.
 * @throws {ClienteleError} `too-few-rows` for a baseline that tells no spread; `invalid-value` for an infinite value or an impossible
 * count; `shape-mismatch`; `too-large`; `invalid-option`. Cost: one pass, one more per rule.
 * @example
 * const orders = [52, 47, 53, 49, 50, 51, 48, 50, 71, 49];
 * const chart = controlChart(orders, { kind: "individuals", baseline: { from: 0, to: 8 } });
 * chart.center; // 50
 * chart.upper; // 58.4
 * chart.signals; // [{ index: 8, rule: "limits", side: "above", since: 8 }]
 * @see Montgomery (2009), "Introduction to statistical quality control", chapters 6, 7 and 9; NIST/SEMATECH e-Handbook, section 6.3;
 * Laney (2002) on overdispersion; Page (1954) and Roberts (1959).
 */
export function controlChart(values: SeriesInput, options: ControlChartOptions): ControlChartReport {
  const caller = "controlChart";
  const read = readControlOptions(caller, options);
  const { kind, rules } = read;
  const points = read.sizes === undefined ? readMeasurements(caller, values) : readCounts(caller, kind as "p" | "u", values, read.sizes); // prettier-ignore
  const baseline = baselineOf(caller, read, points);
  const base = {
    kind,
    center: baseline.center,
    sigma: baseline.sigma,
    rules: [...rules],
    points: points.present,
    baselinePoints: read.baseline !== undefined && "center" in read.baseline ? null : baseline.points,
    width: null,
    lambda: null,
    k: null,
    h: null,
    inControlRunLength: null,
    overdispersion: baseline.overdispersion,
    sums: null,
    movingRange: null,
    notes: [...baseline.notes, ...noteGaps(points)],
  };
  if (kind === "p" || kind === "u") return { ...base, ...judgeCounts(read, points, baseline) };
  const judge = kind === "individuals" ? judgeIndividuals : kind === "ewma" ? judgeAverage : judgeSums;
  return { ...base, ...judge(read, points.values, baseline.center, baseline.sigma as number) };
}

function baselineOf(caller: string, read: Read, points: ControlPoints): BaselineFigures {
  const { baseline, kind } = read;
  const unknown = { points: 0, movingRange: null, overdispersion: null };
  if (baseline !== undefined && "center" in baseline) {
    const { center, sigma } = baseline;
    const notes = sigma === 0 ? [{ code: "zero-sigma", message: "sigma is 0: the limits are the center, and every other value is a signal." }] : []; // prettier-ignore
    if (kind !== "p" && kind !== "u") return { center, sigma: sigma as number, ...unknown, notes };
    const rows = { from: 0, to: points.values.length };
    const overdispersion = points.present === 0 ? null : countBaseline(caller, points, rows, sigmaOfCounts(kind), center).overdispersion; // prettier-ignore
    return { center, sigma: sigma ?? null, ...unknown, overdispersion, notes };
  }
  const rows = baseline ?? { from: 0, to: points.values.length };
  if (rows.to > points.values.length) {
    refuse(caller, "invalid-option", "options.baseline.to", `at most the number of points (${points.values.length})`, String(rows.to)); // prettier-ignore
  }
  const figures =
    kind === "p" || kind === "u"
      ? countBaseline(caller, points, rows, sigmaOfCounts(kind))
      : measurementBaseline(caller, points.values, rows, read.spread ?? "moving-range");
  if (baseline !== undefined) return figures;
  const message = "The limits come from all points, also those that they judge: give a baseline of ordinary points.";
  return { ...figures, notes: [{ code: "no-baseline", message }, ...figures.notes] };
}

/** The standard deviation that chance alone gives a share or a rate. */
function sigmaOfCounts(kind: "p" | "u"): (center: number, size: number) => number {
  return (center, size) => Math.sqrt((kind === "p" ? center * (1 - center) : center) / size);
}

/** Limits of single points, at so many standard deviations. */
function widthOf({ width, inControlRunLength }: Read): number {
  if (inControlRunLength === undefined) return width ?? 3;
  return normal.upperQuantile(0.5 / inControlRunLength);
}

function judgeIndividuals(read: Read, values: Float64Array, center: number, sigma: number): Judged {
  const width = widthOf(read);
  const z = values.map((value) => distanceIn(value - center, sigma));
  const isPlain = read.rules.length === 1 && read.rules[0] === "limits" && sigma > 0;
  const mean = sigma * 1.1283791670955126;
  return {
    width,
    upper: center + width * sigma,
    lower: center - width * sigma,
    statistic: withGaps(values),
    signals: findSignals(read.rules, { statistic: values, z }, width),
    inControlRunLength: isPlain ? 0.5 / normal.sf(width) : null,
    movingRange: { center: mean, upper: rangeLimit * mean, values: withGaps(movingRanges(values)) },
  };
}

function judgeAverage(read: Read, values: Float64Array, center: number, sigma: number): Judged {
  const lambda = read.lambda ?? 0.2;
  const wanted = read.inControlRunLength;
  const width = wanted === undefined ? (read.width ?? 3) : settingFor((w) => ewmaRunLength(lambda, w), wanted, 3);
  const { statistic, spread } = averagePoints(values, center, lambda);
  const reach = spread.map((share) => width * sigma * share);
  const z = statistic.map((value, i) => distanceIn(value - center, sigma * spread[i]));
  return {
    width,
    lambda,
    upper: Array.from(reach, (distance) => center + distance),
    lower: Array.from(reach, (distance) => center - distance),
    statistic: withGaps(statistic),
    signals: findSignals(["limits"], { statistic, z }, width),
    inControlRunLength: sigma > 0 ? (wanted ?? ewmaRunLength(lambda, width)) : null,
  };
}

function judgeSums(read: Read, values: Float64Array, center: number, sigma: number): Judged {
  const k = read.k ?? 0.5;
  const wanted = read.inControlRunLength ?? 370;
  // Both sides alarm: twice as often as one.
  const h = read.h ?? settingFor((interval) => cusumRunLength(k, interval) / 2, wanted, 4);
  const { high, low, signals } = sumPoints(values, {
    center,
    reference: k * sigma,
    interval: h * sigma,
    reset: read.reset ?? true,
  });
  return {
    k,
    h,
    upper: h * sigma,
    lower: -h * sigma,
    statistic: withGaps(high.map((sum, i) => (sum >= low[i] ? sum : Number.isNaN(sum) ? NaN : -low[i]))),
    signals,
    sums: { high: withGaps(high), low: withGaps(low) },
    inControlRunLength: sigma > 0 ? (read.h === undefined ? wanted : cusumRunLength(k, h) / 2) : null,
  };
}

function judgeCounts(read: Read, points: ControlPoints, baseline: BaselineFigures): Judged {
  const { values } = points;
  const { center } = baseline;
  const width = widthOf(read);
  const ofSize = sigmaOfCounts(read.kind as "p" | "u");
  const sizes = points.sizes as Float64Array;
  const inflation = read.overdispersion === true ? (baseline.overdispersion ?? 1) : 1;
  const constant = baseline.sigma ?? (read.limits === "constant" ? ofSize(center, meanSize(read, points)) * inflation : null); // prettier-ignore
  const sigmas = values.map((value, i) =>
    Number.isNaN(value) ? NaN : (constant ?? ofSize(center, sizes[i]) * inflation),
  );
  const z = values.map((value, i) => distanceIn(value - center, sigmas[i]));
  const ceiling = read.kind === "p" ? 1 : Infinity;
  const limit = (sigma: number, sign: number): number => Math.min(ceiling, Math.max(0, center + sign * width * sigma));
  const limits = (sign: number): number | (number | null)[] => constant === null ? withGaps(sigmas.map((sigma) => limit(sigma, sign))) : limit(constant, sign); // prettier-ignore
  return {
    width,
    upper: limits(1),
    lower: limits(-1),
    statistic: withGaps(values),
    signals: findSignals(read.rules, { statistic: values, z }, width),
    notes: [...baseline.notes, ...noteGaps(points), ...noteCounts(read, points, baseline)],
  };
}

/** The mean size of the points that the limits come from. */
function meanSize({ baseline }: Read, { values, sizes }: ControlPoints): number {
  const { from, to } = baseline !== undefined && "from" in baseline ? baseline : { from: 0, to: values.length };
  let [total, count] = [0, 0];
  for (let i = from; i < to; i++) {
    if (Number.isNaN(values[i])) continue;
    total += (sizes as Float64Array)[i];
    count++;
  }
  return count === 0 ? 1 : total / count;
}

/** A distance in standard deviations; without any, whatever differs is infinitely far. */
function distanceIn(distance: number, sigma: number): number {
  if (sigma > 0) return distance / sigma;
  return distance > 0 ? Infinity : distance < 0 ? -Infinity : distance;
}

function withGaps(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value + 0));
}

function noteGaps({ values, present }: ControlPoints): Note[] {
  const gaps = values.length - present;
  if (gaps === 0) return [];
  return [{ code: "gaps", message: `${gaps} of ${values.length} points are missing: they are not judged, and end every pattern.` }]; // prettier-ignore
}

function noteCounts(read: Read, { values, sizes }: ControlPoints, { overdispersion }: BaselineFigures): Note[] {
  const notes: Note[] = [];
  if (overdispersion !== null && overdispersion > wideSpread && read.overdispersion !== true) {
    const message = `The points of the baseline are ${formatNumber(overdispersion)} times as far apart as chance puts them: many signals will be false; set overdispersion.`; // prettier-ignore
    notes.push({ code: "overdispersed", message });
  }
  const used = (sizes as Float64Array).filter((_, i) => !Number.isNaN(values[i]));
  const [least, most] = [used.reduce((a, b) => Math.min(a, b), Infinity), used.reduce((a, b) => Math.max(a, b), 0)];
  if (read.limits === "constant" && most > 1.25 * least) {
    notes.push({ code: "sizes-vary", message: "Sizes differ by more than a quarter: limits for the mean size are wrong for small and large ones." }); // prettier-ignore
  }
  return notes;
}
