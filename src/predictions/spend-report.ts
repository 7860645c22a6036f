import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { studentT } from "../numeric/distributions.ts";
import { exp } from "../numeric/elementary.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkSpendModel, shapesOf, type SpendResponseModel } from "./spend-model.ts";
import { carriedOver, saturated, type SpendShape, steepness } from "./spend-transforms.ts";

/** Options of {@link measureSpendResponse}. */
export interface MeasureSpendResponseOptions {
  /** How often an interval made like this holds what it is about. Default 0.95. */
  readonly level?: number | undefined;
  /** Points of each response curve, from 0 to one and a half times the largest spend. Default 31. */
  readonly points?: number | undefined;
}

/** An estimate with its interval; null where the model has no degrees of freedom. */
export interface SpendEstimate {
  /** The estimate. */
  readonly estimate: number;
  /** Its interval by the delta method. */
  readonly interval: readonly [number, number] | null;
}

/** One point of a response curve. */
export interface ResponsePoint {
  /** Spend per period, kept up. */
  readonly spend: number;
  /** Sales per period that go with it. */
  readonly response: number;
  /** Interval of the response. */
  readonly interval: readonly [number, number] | null;
  /** Sales that one unit more would go with. */
  readonly marginalReturn: number;
}

/** What a channel brings. */
export interface ChannelReturn {
  /** Name of the channel. */
  readonly channel: string;
  /** Spend of all periods. */
  readonly spend: number;
  /** Mean spend per period of the fit, where marginal return and elasticity are read. */
  readonly meanSpend: number;
  /** Sales of all periods that go with it, against no spend at all. */
  readonly contribution: number;
  /** The same as a share of all expected sales; null where those are 0. */
  readonly share: number | null;
  /** Sales per unit of spend on average; null without spend. */
  readonly averageReturn: number | null;
  /** Sales that one unit more per period goes with, at the mean spend of the fit. */
  readonly marginalReturn: SpendEstimate;
  /** By how many percent sales rise with one percent more spend, at the means of the fit; null where mean sales are 0. */
  readonly elasticity: SpendEstimate | null;
  /** Sales of each period that go with it. */
  readonly contributions: Float64Array;
  /** The response to spend that is kept up. */
  readonly curve: readonly ResponsePoint[];
}

/** Result of {@link measureSpendResponse}. */
export interface SpendResponseReport {
  /** What the responses are: an `"effect"` only where spend was randomized. */
  readonly interpretation: "association" | "effect";
  /** One entry per channel, in the model's order. */
  readonly channels: readonly ChannelReturn[];
  /** The level of the intervals. */
  readonly level: number;
  /** The model's own notes. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureSpendResponse}. */
export const measureSpendResponseOptions: OptionTable<MeasureSpendResponseOptions> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
  points: integer({ min: 2, max: 1000, default: 31 }),
};

/** The curve goes a little beyond what was tried; farther would be guessing. */
const beyond = 1.5;

/**
 * Tells what each channel brings: its share of sales, what one unit more would go with, and the curve behind it.
 *
 * Marginal return and elasticity are read where spend is kept up at its mean; intervals allow for the uncertainty of coefficient and
 * saturation (delta method, Newey and West). The decay has no part in them: it moves sales in time only.
 *
 * @param model - of {@link fitSpendResponse}.
 * @param spend - the periods to be explained, from the first one on; mostly those of the fit.
 * @param options - see {@link MeasureSpendResponseOptions}.
 * @returns a report; see {@link SpendResponseReport}.
 * @throws {ClienteleError} `incompatible-model`; `invalid-value` for a cell that is missing, infinite or below 0.
 * @example
 * const spend = fromMatrix([[1], [5], [2], [8], [3], [9], [0], [4]], { names: ["tv"] });
 * const model = fitSpendResponse(spend, [21, 30, 24, 36, 26, 38, 20, 28], { adstock: 0, saturation: "none" });
 * const [tv] = measureSpendResponse(model, spend).channels;
 * tv.marginalReturn.estimate; // 2.04
 * tv.elasticity?.estimate; // 0.293
 */
export function measureSpendResponse(
  model: SpendResponseModel,
  spend: FeatureTable,
  options?: MeasureSpendResponseOptions,
): SpendResponseReport {
  const caller = "measureSpendResponse";
  const { level, points } = readOptions(caller, measureSpendResponseOptions, options);
  checkSpendModel(caller, model, spend);
  const factor = model.degreesOfFreedom > 0 ? studentT(model.degreesOfFreedom).upperQuantile((1 - level) / 2) : 0;
  const shapes = shapesOf(model);
  const periods = spend.ids.length;
  // Expected sales at the means, over as many periods: what shares are shares of.
  const total = model.meanSales * periods;
  const channels = model.channels.map(({ channel, coefficient, meanSpend, maxSpend }, c): ChannelReturn => {
    const estimate = (of: Quantity): SpendEstimate => estimateOf(model, c, of, factor);
    const marginal =
      (at: number): Quantity =>
      (b, shape) =>
        b * steepness(model.saturation, at, shape);
    const contributions = carriedOver(spend.values, shapes.length, c, shapes[c].decay).map(
      (pressure) => coefficient * saturated(model.saturation, pressure, shapes[c]) + 0,
    );
    const spent = contributions.reduce((sum, _, t) => sum + spend.values[t * shapes.length + c], 0);
    const contribution = contributions.reduce((sum, value) => sum + value, 0);
    const marginalReturn = estimate(marginal(meanSpend));
    return {
      channel,
      spend: spent,
      meanSpend,
      contribution,
      share: total === 0 ? null : contribution / total,
      averageReturn: spent > 0 ? contribution / spent : null,
      marginalReturn,
      elasticity: model.meanSales === 0 ? null : scaled(marginalReturn, meanSpend / model.meanSales),
      contributions,
      curve: Array.from({ length: points }, (_, i) => {
        const at = (i * beyond * maxSpend) / (points - 1);
        const response = estimate((b, shape) => b * saturated(model.saturation, at, shape));
        const marginalAt = marginal(at)(coefficient, shapes[c]) + 0;
        return { spend: at, response: response.estimate, interval: response.interval, marginalReturn: marginalAt };
      }),
    };
  });
  return { interpretation: model.interpretation, channels, level, notes: model.notes.map((note) => ({ ...note })) };
}

/** A number that follows from a channel's coefficient and shape. */
type Quantity = (coefficient: number, shape: SpendShape) => number;

/** The delta method: by how much the quantity moves with each number behind it, weighed by their covariance. */
function estimateOf(model: SpendResponseModel, channel: number, of: Quantity, factor: number): SpendEstimate {
  const { covariance, estimated, channels, controls } = model;
  const { coefficient } = channels[channel];
  const shape = shapesOf(model)[channel];
  const estimate = of(coefficient, shape) + 0;
  if (covariance === null) return { estimate, interval: null };
  const gradient = new Map<number, number>([[channel, of(1, shape)]]);
  estimated.forEach(({ channel: owner, part }, e) => {
    if (owner !== channel || part === "decay") return;
    const step = 1e-5;
    const [above, below] = [step, -step].map((move) => of(coefficient, { ...shape, [part]: shape[part] * exp(move) }));
    gradient.set(channels.length + controls.length + e, (above - below) / (2 * step));
  });
  let variance = 0;
  for (const [i, a] of gradient) for (const [j, b] of gradient) variance += a * b * covariance[i][j];
  const half = factor * Math.sqrt(Math.max(0, variance));
  return { estimate, interval: [estimate - half, estimate + half] };
}

function scaled({ estimate, interval }: SpendEstimate, by: number): SpendEstimate {
  if (interval === null) return { estimate: estimate * by + 0, interval };
  const ends = [interval[0] * by + 0, interval[1] * by + 0];
  return { estimate: estimate * by + 0, interval: [Math.min(ends[0], ends[1]), Math.max(ends[0], ends[1])] };
}
