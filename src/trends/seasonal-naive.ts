import { refuse } from "../core/errors.ts";
import { isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { type Bands, normalBands } from "./bands.ts";
import { gappedSeries } from "./gaps.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Options of {@link fitSeasonalNaive}. */
export interface FitSeasonalNaiveOptions {
  /** Steps in a season; default 1: as it was last time. */
  readonly period?: number | undefined;
}

/** As it was last season: learned by {@link fitSeasonalNaive}. */
export interface SeasonalNaiveModel extends ModelHeader {
  /** What this is. */
  readonly kind: "seasonal-naive";
  /** Version of the layout. */
  readonly version: 1;
  /** Steps in a season. */
  readonly period: number;
  /** The last season, the next step first. */
  readonly season: readonly number[];
  /** Mean square of the changes from season to season. */
  readonly sigma2: number;
  /** How many changes were seen. */
  readonly observations: number;
  /** How many values were missing between the first one and the end. */
  readonly gaps: number;
}

/** Option table of {@link fitSeasonalNaive}. */
export const fitSeasonalNaiveOptions: OptionTable<FitSeasonalNaiveOptions> = {
  period: integer({ min: 1, max: 1000, default: 1 }),
};

/**
 * Says that it will be as it was last season: the forecast that costs nothing, and that every other one must beat.
 *
 * @param series - one number per step; NaN = gap, for which the season before is taken.
 * @param options - see {@link FitSeasonalNaiveOptions}.
 * @returns the last season and the variance of changes, which {@link forecast} adds up season by season. Notes: `no-variation`, `gaps`,
 * `few-values` when no change was seen, `short-season` when a place of the season was never seen and takes the last value.
 * @throws {ClienteleError} `too-few-rows` without any value; `invalid-value`; `shape-mismatch`.
 * @example
 * const model = fitSeasonalNaive([30, 21, 29, 38, 34, 25, 32, 42], { period: 4 });
 * model.season; // [34, 25, 32, 42]
 * forecast(model, { steps: 5 }).mean; // Float64Array [34, 25, 32, 42, 34]
 * @see Hyndman & Athanasopoulos (2021), "Forecasting: principles and practice", sections 5.2 and 5.5. Cost: one pass.
 */
export function fitSeasonalNaive(series: SeriesInput, options?: FitSeasonalNaiveOptions): SeasonalNaiveModel {
  const caller = "fitSeasonalNaive";
  const { period } = readOptions(caller, fitSeasonalNaiveOptions, options);
  return seasonalNaiveOf(caller, readSeries(caller, series), period);
}

/** Fits a model whose options have been read. */
export function seasonalNaiveOf(caller: string, series: Float64Array, period: number): SeasonalNaiveModel {
  const { values, gaps, bridged } = gappedSeries(series);
  const count = values.length;
  if (count === 0) refuse(caller, "too-few-rows", "series", "at least 1 value", "0");
  const last = bridged[count - 1];
  let unseen = 0;
  const season = Array.from({ length: period }, (_, place) => {
    let t = count - period + place;
    while (t >= 0 && Number.isNaN(values[t])) t -= period;
    if (t >= 0) return values[t];
    unseen++;
    return last;
  });
  let [changes, squares] = [0, 0];
  for (let t = period; t < count; t++) {
    const change = values[t] - values[t - period];
    if (Number.isNaN(change)) continue;
    changes++;
    squares += change * change;
  }
  const notes: Note[] = [];
  if (changes === 0) notes.push({ code: "few-values", message: "No value was seen one season after another: the intervals have no width because nothing is known of them." }); // prettier-ignore
  else if (squares === 0) notes.push({ code: "no-variation", message: "Every season was as the one before: the intervals have no width." }); // prettier-ignore
  if (unseen > 0) notes.push({ code: "short-season", message: `${unseen} places of the season were never seen: they take the last value.` }); // prettier-ignore
  if (gaps > 0) notes.push({ code: "gaps", message: `${gaps} values are missing; the season before stands in.` });
  return {
    kind: "seasonal-naive",
    version: 1,
    features: [],
    period,
    season,
    sigma2: changes > 0 ? squares / changes : 0,
    observations: changes,
    gaps,
    notes,
  };
}

/** Checks of the fields that a forecast reads. */
export const seasonalNaiveShape: ModelShape<SeasonalNaiveModel> = {
  period: (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1000,
  season: (value, { period }) => isFiniteVector(value, period),
  sigma2: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/** The last season again and again; the changes of each season add up. */
export function forecastSeasonalNaive(
  { period, season, sigma2 }: SeasonalNaiveModel,
  steps: number,
  levels: readonly number[],
): Bands {
  const mean = Float64Array.from({ length: steps }, (_, h) => season[h % period]);
  return normalBands(mean, mean.map((_, h) => Math.sqrt(sigma2 * (Math.floor(h / period) + 1))), levels); // prettier-ignore
}
