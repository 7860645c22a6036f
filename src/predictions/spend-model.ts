import { isRecord } from "../core/dictionary.ts";
import { checkModel, isFiniteMatrix, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkSpend } from "./spend-controls.ts";
import type { Saturation, SpendShape } from "./spend-transforms.ts";

/** How sales go with the spend of one channel. */
export interface ChannelResponse {
  /** Name of the channel. */
  readonly channel: string;
  /** Sales per unit of effect: with `"hill"` and `"logistic"` what unlimited spend would bring per period. */
  readonly coefficient: number;
  /** Its standard error (Newey and West), the uncertainty of the shape included. */
  readonly standardError: number | null;
  /** Share of the pressure that is left after one period. */
  readonly decay: number;
  /** Its standard error; null where it was given or lies at a bound. */
  readonly decayStandardError: number | null;
  /** Spend per period that has half of the full effect; null without saturation. */
  readonly halfSaturation: number | null;
  /** Its standard error; null where it was given or lies at a bound. */
  readonly halfSaturationStandardError: number | null;
  /** Slope of `"hill"`; null for others. */
  readonly slope: number | null;
  /** Mean spend per period. */
  readonly meanSpend: number;
  /** Largest spend of a period. */
  readonly maxSpend: number;
}

/** A number of a channel's shape that was found. */
export interface EstimatedShape {
  /** Position of the channel. */
  readonly channel: number;
  /** Which number. */
  readonly part: keyof SpendShape;
}

/** Sales as a sum of an own level, controls, and the response to each channel's spend. */
export interface SpendResponseModel extends ModelHeader {
  /** Always `"spend-response"`. */
  readonly kind: "spend-response";
  /** Version of the layout. */
  readonly version: 1;
  /** What the response is: an `"effect"` only where spend was randomized. */
  readonly interpretation: "association" | "effect";
  /** Number of periods. */
  readonly periods: number;
  /** How spend levels off. */
  readonly saturation: Saturation;
  /** Sales of a period without spend and with all controls at 0. */
  readonly intercept: number;
  /** One entry per channel. */
  readonly channels: readonly ChannelResponse[];
  /** Names of the columns beside spend. */
  readonly controls: readonly string[];
  /** Their coefficients. */
  readonly controlCoefficients: readonly number[];
  /** The option of this name. */
  readonly controlLags: number;
  /** The option of this name. */
  readonly trend: boolean;
  /** The option of this name; null without seasons. */
  readonly seasonPeriods: number | null;
  /** Which numbers of the shapes were found, in the order of the covariance. */
  readonly estimated: readonly EstimatedShape[];
  /**
   * Covariance (Newey and West) of the channels' coefficients, the controls', then what was found of the shapes: decays, and
   * logarithms of half saturations and slopes. Null without degrees of freedom.
   */
  readonly covariance: readonly (readonly number[])[] | null;
  /** Periods less all that was estimated. */
  readonly degreesOfFreedom: number;
  /** Share of the variance of sales that is explained. */
  readonly rSquared: number | null;
  /** Standard deviation of sales around their expectation. */
  readonly sigma: number;
  /** Mean of sales. */
  readonly meanSales: number;
  /** Lags of Newey and West. */
  readonly lags: number;
  /** Whether the search for the shapes came to an end. */
  readonly converged: boolean;
  /** Steps of the search. */
  readonly iterations: number;
}

/** Refuses a damaged model, or spend that it does not fit. */
export function checkSpendModel(caller: string, model: SpendResponseModel, spend: FeatureTable): void {
  checkSpend(caller, spend);
  checkModel(caller, model, {
    kind: "spend-response",
    version: 1,
    shape: {
      saturation: (value) => value === "none" || value === "log" || value === "hill" || value === "logistic",
      intercept: Number.isFinite,
      channels: (value, { features, saturation }) =>
        Array.isArray(value) && value.length === features.length && value.every((one) => isChannel(one, saturation)),
      controls: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
      controlCoefficients: (value, { controls }) => isFiniteVector(value, controls.length),
      controlLags: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
      trend: (value) => typeof value === "boolean",
      seasonPeriods: (value) => value === null || (Number.isSafeInteger(value) && (value as number) > 1),
      estimated: (value, { features }) => Array.isArray(value) && value.every((one) => isFound(one, features.length)),
      covariance: (value, { features, controls, estimated }) => {
        const width = features.length + controls.length + estimated.length;
        return value === null || isFiniteMatrix(value, width, width);
      },
      meanSales: Number.isFinite,
      degreesOfFreedom: (value) => Number.isFinite(value) && (value as number) >= 0,
    },
    features: spend.names,
  });
}

function isChannel(value: unknown, saturation: Saturation): boolean {
  if (!isRecord(value)) return false;
  const { coefficient, decay, halfSaturation, slope, meanSpend, maxSpend } = value;
  const isPositive = (one: unknown): boolean => typeof one === "number" && one > 0 && one < Infinity;
  return (
    [coefficient, meanSpend, maxSpend].every(Number.isFinite) &&
    isShare(decay) &&
    (saturation === "none" || isPositive(halfSaturation)) &&
    (saturation !== "hill" || isPositive(slope))
  );
}

function isFound(value: unknown, channels: number): boolean {
  if (!isRecord(value)) return false;
  const { channel, part } = value;
  const isPart = part === "decay" || part === "halfSaturation" || part === "slope";
  return isPart && Number.isSafeInteger(channel) && (channel as number) >= 0 && (channel as number) < channels;
}

/** The shapes of a model's channels. */
export function shapesOf({ channels }: SpendResponseModel): SpendShape[] {
  return channels.map(({ decay, halfSaturation, slope }) => ({ decay, halfSaturation: halfSaturation ?? 1, slope: slope ?? 1 })); // prettier-ignore
}

/** Tells whether a value is a share below 1. */
export function isShare(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < 1;
}
