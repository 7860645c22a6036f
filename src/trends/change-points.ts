import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { bestChanges, halvingChanges, runningSums } from "../numeric/change-points.ts";
import { normal } from "../numeric/distributions.ts";
import { log } from "../numeric/elementary.ts";
import { median } from "../numeric/quantile.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";
import { checkPeriods, readComplete, settingsOf, takeApart } from "./stl.ts";

/** Options of {@link measureChangePoints}. */
export interface ChangePointsOptions {
  /** Points per season: the season is taken out first. Without it the series is taken as it is. */
  readonly period?: number | undefined;
  /**
   * `"pelt"` (default): of all ways to place changes the one with the least squares plus penalties. `"binary"`: cut in two again
   * and again, faster for long series and not always the best.
   */
  readonly method?: "pelt" | "binary" | undefined;
  /** What a change must save, in squared deviations over their variance; default 3 ln n. Larger: fewer changes. */
  readonly penalty?: number | undefined;
  /** Fewest steps of a level; default 3, so that one odd day, or two, are no level. */
  readonly minimumLength?: number | undefined;
  /** Standard deviation of the noise; default: from the median distance of neighbors. */
  readonly noise?: number | undefined;
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
}

/** A step from one level to another. */
export interface ChangePoint {
  /** First step of the new level, from 0. */
  readonly index: number;
  /** Mean of the level before. */
  readonly before: number;
  /** Mean of the level after. */
  readonly after: number;
  /** After − before. */
  readonly size: number;
  /** Interval of the size, the place taken as given. */
  readonly interval: readonly [number, number];
}

/** A stretch of one level. */
export interface Level {
  /** First step. */
  readonly from: number;
  /** First step after it. */
  readonly to: number;
  /** Mean of its steps, without the season when that was taken out. */
  readonly mean: number;
}

/** Result of {@link measureChangePoints}. */
export interface ChangePointsReport {
  /** From early to late; empty when the level never changed. */
  readonly changePoints: readonly ChangePoint[];
  /** What lies between them: one more than there are changes; none for a series without values. */
  readonly levels: readonly Level[];
  /** What a change had to save. */
  readonly penalty: number;
  /** Standard deviation of the noise; 0 for a constant series. */
  readonly noise: number;
  /** Soft problems: `constant`, `gaps`, `short-series`, `autocorrelated`. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureChangePoints}. */
export const changePointsOptions: OptionTable<ChangePointsOptions, "period" | "penalty" | "noise"> = {
  period: integer({ min: 2, optional: true }),
  method: oneOf(["pelt", "binary"], { default: "pelt" }),
  penalty: real({ above: 0, optional: true }),
  minimumLength: integer({ min: 1, default: 3 }),
  noise: real({ above: 0, optional: true }),
  level: real({ above: 0, below: 1, default: 0.95 }),
};

/** PELT without a change takes n² / 2 steps. */
const mostForPelt = 100_000;

/**
 * Says when the level of a series changed, and by how much: on which day did sales fall, was it a step, and where do they stand
 * now? For whoever looks for the cause.
 *
 * A change is kept when it saves more squares than the penalty, 3 ln n by default: series of pure chance then show one in a few
 * percent of cases. Noise is taken as independent from step to step; where neighbors go together the note `autocorrelated` says
 * that there may be too many changes: raise the penalty. A slope is shown as a staircase: see `measureTrends`.
 *
 * @param series - a series or a list of numbers; gaps are passed over.
 * @param options - see {@link ChangePointsOptions}.
 * @returns changes with the levels before and after; none for a constant, short or empty series.
 * @throws {ClienteleError} `too-large` beyond 100,000 steps with `"pelt"`, or a size beyond 1e300; `too-few-rows` for less than two periods when
 * a period is given. Cost: between n and n² / 2 steps with `"pelt"`.
 * @example
 * const orders = [20, 22, 21, 19, 20, 21, 14, 13, 15, 14, 13, 14];
 * const { changePoints } = measureChangePoints(orders);
 * changePoints.map(({ index, before, after }) => [index, before, after]); // [[6, 20.5, 13.8]]
 * @see Killick, Fearnhead & Eckley (2012), PELT; Zhang & Siegmund (2007) on a penalty of 3 ln n.
 */
export function measureChangePoints(series: SeriesInput, options?: ChangePointsOptions): ChangePointsReport {
  const caller = "measureChangePoints";
  const { period, method, minimumLength, level, ...given } = readOptions(caller, changePointsOptions, options);
  const notes: Note[] = [];
  const { values, places } = presentValues(caller, series, period, notes);
  const n = values.length;
  const penalty = given.penalty ?? 3 * log(Math.max(n, 2));
  if (method === "pelt" && n > mostForPelt) {
    refuse(caller, "too-large", "series", `at most ${mostForPelt} values, or options.method be "binary"`, String(n));
  }
  const center = n === 0 ? 0 : median(values);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(values[i] - center));
  const noise = given.noise ?? noiseOf(values);
  if (largest === 0 || noise === 0 || n < 2 * minimumLength) {
    notes.push(
      largest === 0 || noise === 0
        ? { code: "constant", message: "The series never changes." }
        : { code: "short-series", message: `${n} values cannot hold two levels of ${minimumLength}.` },
    );
    return { changePoints: [], levels: levelsOf(values, places, []), penalty, noise: largest === 0 ? 0 : noise, notes };
  }
  const running = runningSums(values.map((x) => (x - center) / noise));
  const cuts = (method === "pelt" ? bestChanges : halvingChanges)(running, penalty, minimumLength);
  const levels = levelsOf(values, places, cuts);
  noteAutocorrelation(values, cuts, notes);
  const z = normal.upperQuantile((1 - level) / 2);
  const ends = [0, ...cuts, n];
  const changePoints = cuts.map((cut, c): ChangePoint => {
    const [before, after] = [levels[c].mean, levels[c + 1].mean];
    const size = after - before;
    const room = z * noise * Math.sqrt(1 / (cut - ends[c]) + 1 / (ends[c + 2] - cut));
    return { index: places[cut], before, after, size, interval: [size - room, size + room] };
  });
  return { changePoints, levels, penalty, noise, notes };
}

/** The values that are there, without their season, and the step of each. */
function presentValues(
  caller: string,
  series: SeriesInput,
  period: number | undefined,
  notes: Note[],
): { values: Float64Array; places: Int32Array } {
  const given = readSeries(caller, series);
  const places = Int32Array.from(given.keys()).filter((i) => !Number.isNaN(given[i]));
  if (places.length < given.length) {
    notes.push({ code: "gaps", message: `${given.length - places.length} gaps were passed over.` });
  }
  if (places.length === 0) return { values: new Float64Array(0), places };
  const filled = readComplete(caller, series, "interpolate", []);
  if (period !== undefined) {
    checkPeriods(caller, given, period);
    const { seasonal } = takeApart(filled, settingsOf({ period, robust: true, seasonal: "periodic" }, given.length), true); // prettier-ignore
    for (let i = 0; i < filled.length; i++) filled[i] -= seasonal[i];
  }
  return { values: Float64Array.from(places, (i) => filled[i]), places };
}

/**
 * The standard deviation of the noise from differences of neighbors, of which few are changes: by the median of their sizes, by the
 * mean where more than half are 0.
 */
function noiseOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const steps = new Float64Array(values.length - 1);
  let sum = 0;
  for (let i = 0; i < steps.length; i++) {
    steps[i] = Math.abs(values[i + 1] - values[i]);
    sum += steps[i] / steps.length;
  }
  const middle = median(steps);
  return (middle > 0 ? 1.4826 * middle : Math.sqrt(Math.PI / 2) * sum) / Math.SQRT2;
}

function levelsOf(values: Float64Array, places: Int32Array, cuts: readonly number[]): Level[] {
  const ends = [0, ...cuts, values.length];
  if (values.length === 0) return [];
  return ends.slice(1).map((end, l) => {
    const begin = ends[l];
    let sum = 0;
    for (let i = begin; i < end; i++) sum += values[i] / (end - begin);
    return { from: places[begin], to: end === values.length ? places[end - 1] + 1 : places[end], mean: sum };
  });
}

/** Neighbors that go together around their level make chance look like levels. */
function noteAutocorrelation(values: Float64Array, cuts: readonly number[], notes: Note[]): void {
  const n = values.length;
  let [products, squares, pairs] = [0, 0, 0];
  const ends = [0, ...cuts, n];
  for (let l = 0; l + 1 < ends.length; l++) {
    let mean = 0;
    for (let i = ends[l]; i < ends[l + 1]; i++) mean += values[i] / (ends[l + 1] - ends[l]);
    for (let i = ends[l]; i < ends[l + 1]; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
      if (i === ends[l]) continue;
      products += (values[i] - mean) * (values[i - 1] - mean);
      pairs++;
    }
  }
  if (!(pairs >= 20 && products > (3 / Math.sqrt(pairs)) * squares)) return;
  const correlation = Math.round((100 * products) / squares) / 100;
  notes.push({ code: "autocorrelated", message: `Neighbors within a level go together (correlation ${correlation}): there may be too many changes.` }); // prettier-ignore
}
