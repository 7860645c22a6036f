import { describeCell, refuse } from "../core/errors.ts";
import type { ModelHeader, ModelShape } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { type Bands, normalBands } from "./bands.ts";
import { gappedSeries } from "./gaps.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Options of {@link fitCroston}. */
export interface FitCrostonOptions {
  /**
   * `"classic"` (the default): size over interval; `"sba"`: less the bias of that quotient (Syntetos & Boylan); `"tsb"`: size times probability, which
   * falls while nothing comes (Teunter, Syntetos & Babai).
   */
  readonly variant?: "classic" | "sba" | "tsb" | undefined;
  /** Weight of the last demand in size and interval, 0 … 1; default 0.1. */
  readonly alpha?: number | undefined;
  /** Weight of the last step in the probability of `"tsb"`, 0 … 1; default `alpha`. */
  readonly beta?: number | undefined;
}

/** How often something is asked for, and how much then: learned by {@link fitCroston}. */
export interface CrostonModel extends ModelHeader {
  /** What this is. */
  readonly kind: "croston";
  /** Version of the layout. */
  readonly version: 1;
  /** The variant. */
  readonly variant: "classic" | "sba" | "tsb";
  /** What a demand amounts to; 0 if there was none. */
  readonly size: number;
  /** Steps between demands; null if there was none. */
  readonly interval: number | null;
  /** What is expected per step. */
  readonly rate: number;
  /** Mean square of the errors of one step. */
  readonly sigma2: number;
  /** How many steps had a demand. */
  readonly demands: number;
  /** How many steps were seen. */
  readonly observations: number;
  /** How many were missing between the first value and the end. */
  readonly gaps: number;
}

/** Option table of {@link fitCroston}. */
export const fitCrostonOptions: OptionTable<FitCrostonOptions, "beta"> = {
  variant: oneOf(["classic", "sba", "tsb"], { default: "classic" }),
  alpha: real({ min: 0, max: 1, default: 0.1 }),
  beta: real({ min: 0, max: 1, optional: true }),
};

/**
 * Learns how often something is asked for and how much then, for demand with many zeros: spare parts, rare products, a customer's orders.
 *
 * @param series - one amount ≥ 0 per step; NaN = gap: the step is not counted.
 * @param options - see {@link FitCrostonOptions}.
 * @returns the rate per step that {@link forecast} repeats. The errors of single steps are no normal distribution: the note `rough-intervals` says so.
 * Further notes: `no-demand`, `no-variation`, `gaps`.
 * @throws {ClienteleError} `too-few-rows` without any value; `invalid-value` at the first amount below 0; `shape-mismatch`.
 * @example
 * const parts = [0, 0, 3, 0, 0, 0, 2, 0, 4, 0, 0, 3];
 * const model = fitCroston(parts, { variant: "sba" });
 * model.rate; // 0.956
 * forecast(model, { steps: 2 }).mean; // Float64Array [0.956, 0.956]
 * @see Croston (1972); Syntetos & Boylan (2005), "The accuracy of intermittent demand estimates"; Teunter, Syntetos & Babai (2011).
 * Cost: one pass.
 */
export function fitCroston(series: SeriesInput, options?: FitCrostonOptions): CrostonModel {
  const caller = "fitCroston";
  const { variant, alpha, beta } = readOptions(caller, fitCrostonOptions, options);
  const read = readSeries(caller, series);
  const bad = read.findIndex((value) => value < 0);
  if (bad >= 0) refuse(caller, "invalid-value", `series[${bad}]`, "an amount of at least 0", describeCell(read[bad]));
  const { values, gaps } = gappedSeries(read);
  if (values.length === 0) refuse(caller, "too-few-rows", "series", "at least 1 value", "0");
  const seen = values.filter((value) => !Number.isNaN(value));
  const fit = variant === "tsb" ? byProbability(seen, alpha, beta ?? alpha) : byInterval(seen, alpha, variant);
  const demands = seen.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  const notes: Note[] = [];
  if (demands === 0) notes.push({ code: "no-demand", message: "Nothing was ever asked for: the forecast is 0, and intervals have no width." });
  else if (fit.sigma2 === 0) notes.push({ code: "no-variation", message: "Every step was as expected: the intervals have no width." });
  else notes.push({ code: "rough-intervals", message: "Intervals are those of a normal distribution, cut at 0: for single steps of rare demand they are rough." }); // prettier-ignore
  if (gaps > 0) notes.push({ code: "gaps", message: `${gaps} values are missing; those steps were not counted.` });
  return {
    kind: "croston",
    version: 1,
    features: [],
    variant,
    ...fit,
    demands,
    observations: seen.length,
    gaps,
    notes,
  };
}

type Fit = Pick<CrostonModel, "size" | "interval" | "rate" | "sigma2">;

/** Croston's size over interval; both start at the first demand. */
function byInterval(values: Float64Array, alpha: number, variant: "classic" | "sba"): Fit {
  const factor = variant === "sba" ? 1 - alpha / 2 : 1;
  let [size, interval, since] = [0, 0, 1];
  let [squares, count] = [0, 0];
  for (const value of values) {
    if (interval > 0) {
      const error = value - (factor * size) / interval;
      squares += error * error;
      count++;
    }
    if (value > 0) {
      size = interval > 0 ? size + alpha * (value - size) : value;
      interval = interval > 0 ? interval + alpha * (since - interval) : since;
      since = 1;
    } else since++;
  }
  if (interval === 0) return { size: 0, interval: null, rate: 0, sigma2: 0 };
  return { size, interval, rate: (factor * size) / interval, sigma2: squares / Math.max(1, count) };
}

/** Size times probability; the probability starts at the first step, the size at the first demand. */
function byProbability(values: Float64Array, alpha: number, beta: number): Fit {
  let size = 0;
  let probability = values[0] > 0 ? 1 : 0;
  let squares = 0;
  values.forEach((value, t) => {
    if (t > 0) {
      const error = value - size * probability;
      squares += error * error;
      probability += beta * ((value > 0 ? 1 : 0) - probability);
    }
    if (value > 0) size = size > 0 ? size + alpha * (value - size) : value;
  });
  const interval = probability > 0 ? 1 / probability : null;
  return { size, interval, rate: size * probability, sigma2: squares / Math.max(1, values.length - 1) };
}

/** Checks of the fields that a forecast reads. */
export const crostonShape: ModelShape<CrostonModel> = {
  rate: (value) => Number.isFinite(value) && (value as number) >= 0,
  sigma2: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/** The rate again and again. */
export function forecastCroston({ rate, sigma2 }: CrostonModel, steps: number, levels: readonly number[]): Bands {
  const mean = new Float64Array(steps).fill(rate);
  const bands = normalBands(mean, new Float64Array(steps).fill(Math.sqrt(sigma2)), levels);
  return { ...bands, lower: bands.lower.map((ends) => ends.map((end) => Math.max(0, end))) };
}
