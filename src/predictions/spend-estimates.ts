import type { Note } from "../core/note.ts";
import { solveLeastSquares } from "../numeric/least-squares.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { coordinateCovariance, covarianceIn } from "./linear-covariance.ts";
import type { ControlColumns } from "./spend-controls.ts";
import type { ChannelResponse, SpendResponseModel } from "./spend-model.ts";
import { type FreeShape, jacobianOf, residualsOf, type SearchResult, type SpendData, valueOf } from "./spend-search.ts";
import type { SpendShape } from "./spend-transforms.ts";

/** What a model is made of, beside the end of the search. */
export interface SpendFit {
  /** The channels. */
  readonly spend: FeatureTable;
  /** Spend, sales and controls. */
  readonly data: SpendData;
  /** Names of the controls. */
  readonly controls: ControlColumns;
  /** The options that the model keeps. */
  readonly read: {
    readonly randomized: boolean;
    readonly controlLags: number;
    readonly trend: boolean;
    readonly seasonPeriods: number | undefined;
  };
  /** What the search could move. */
  readonly free: readonly FreeShape[];
  /** Lags of Newey and West. */
  readonly lags: number;
}

/**
 * Puts the model together: coefficients, shapes, and how sure each of them is.
 *
 * @param fit - what was asked.
 * @param found - where the search ended.
 * @returns the model.
 */
export function spendModelOf(fit: SpendFit, found: SearchResult): SpendResponseModel {
  const { spend, data, controls, read, lags } = fit;
  const { shapes, solution, converged, iterations } = found;
  const notes: Note[] = [];
  if (!read.randomized) {
    const message = "Sales go together with spend; whether spend makes them, only randomized spend can tell.";
    notes.push({ code: "association", message });
  }
  const { estimated, covariance, degreesOfFreedom } = uncertaintyOf(fit, found, notes);
  const errorAt = (index: number): number | null =>
    index < 0 || covariance === null ? null : Math.sqrt(Math.max(0, covariance[index][index]));
  const linear = data.channels + data.controlCount;
  const errorOf = (channel: number, part: keyof SpendShape): number | null => {
    const index = estimated.findIndex((one) => one.channel === channel && one.part === part);
    return errorAt(index < 0 ? -1 : linear + index);
  };
  const channels = spend.names.map((channel, c): ChannelResponse => {
    const { decay, halfSaturation, slope } = shapes[c];
    const { mean, max } = sizesOf(data.values, data.channels, c);
    const logError = errorOf(c, "halfSaturation");
    if (solution.coefficients[c] < 0) {
      notes.push({ code: "negative-response", message: `Sales are lower where more is spent on ${channel}.` });
    }
    return {
      channel,
      coefficient: solution.coefficients[c] + 0,
      standardError: errorAt(c),
      decay,
      decayStandardError: errorOf(c, "decay"),
      halfSaturation: data.saturation === "none" ? null : halfSaturation,
      halfSaturationStandardError: logError === null ? null : logError * halfSaturation,
      slope: data.saturation === "hill" ? slope : null,
      meanSpend: mean,
      maxSpend: max,
    };
  });
  if (!converged)
    notes.push({ code: "not-converged", message: "The search for the shapes was stopped before its end." });
  const { residualSquares, totalSquares, targetMean, intercept, coefficients } = solution;
  return {
    ...{ kind: "spend-response", version: 1, features: [...spend.names], notes },
    interpretation: read.randomized ? "effect" : "association",
    periods: data.sales.length,
    saturation: data.saturation,
    intercept: intercept + 0,
    channels,
    controls: controls.names,
    controlCoefficients: Array.from(coefficients.subarray(data.channels), (value) => value + 0),
    ...{ controlLags: read.controlLags, trend: read.trend, seasonPeriods: read.seasonPeriods ?? null },
    estimated: estimated.map(({ channel, part }) => ({ channel, part })),
    covariance,
    degreesOfFreedom,
    rSquared: totalSquares > 0 ? 1 - residualSquares / totalSquares : null,
    sigma: Math.sqrt(residualSquares / Math.max(1, degreesOfFreedom)),
    meanSales: targetMean + 0,
    ...{ lags, converged, iterations },
  };
}

/** Newey and West's covariance of the coefficients and of every number that was found within its bounds. */
function uncertaintyOf(
  { spend, data, free, lags }: SpendFit,
  { shapes, solution }: SearchResult,
  notes: Note[],
): Pick<SpendResponseModel, "covariance" | "degreesOfFreedom"> & { readonly estimated: FreeShape[] } {
  const say = (code: string, { channel, part }: FreeShape, what: string): number =>
    notes.push({
      code,
      message: `${part} of ${spend.names[channel]} ${what}; its uncertainty is not part of any interval.`,
    });
  let estimated = free.filter((one) => {
    const value = valueOf(shapes, one);
    const isInside = value > one.low + 1e-6 && value < one.high - 1e-6;
    if (!isInside) say("at-boundary", one, "lies at the bound of the search");
    return isInside;
  });
  const linear = data.channels + data.controlCount;
  const target = residualsOf(data, shapes, solution);
  for (;;) {
    const columns = linear + estimated.length;
    const values = jacobianOf(data, shapes, solution.coefficients, estimated);
    const design = { values, columns, target, intercept: true };
    const solved = solveLeastSquares(design, 0);
    const degreesOfFreedom = Math.max(0, target.length - 1 - columns);
    if (!("reason" in solved)) {
      const { spread } = coordinateCovariance({ design, solution: solved, l2: 0 }, 1, "newey-west", lags);
      const covariance =
        spread === null || degreesOfFreedom === 0 ? null : covarianceIn(solved.root, spread, columns, 1);
      return { estimated, covariance, degreesOfFreedom };
    }
    const place = solved.reason === "dependent" ? solved.column - linear : -1;
    if (place < 0) return { estimated, covariance: null, degreesOfFreedom };
    say("not-identified", estimated[place], "cannot be told from the rest");
    estimated = estimated.filter((_, f) => f !== place);
  }
}

/** Mean and largest spend of a channel. */
export function sizesOf(
  values: Float64Array,
  width: number,
  channel: number,
): { readonly mean: number; readonly max: number } {
  let sum = 0;
  let max = 0;
  for (let cell = channel; cell < values.length; cell += width) {
    sum += values[cell];
    max = Math.max(max, values[cell]);
  }
  return { mean: values.length === 0 ? 0 : (sum * width) / values.length, max };
}
