import { isRecord, lookUp } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { custom, flag, integer, oneOf, type OptionTable, readOptions, type ReadOptions } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { solveLeastSquares } from "../numeric/least-squares.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { usualLags } from "./linear-covariance.ts";
import { checkLength, checkTarget } from "./linear-model.ts";
import { checkSpend, type ControlColumns, controlColumns, controlSpecs, type SpendControls } from "./spend-controls.ts";
import { sizesOf, spendModelOf } from "./spend-estimates.ts";
import { checkSpendModel, isShare, shapesOf, type SpendResponseModel } from "./spend-model.ts";
import { designOf, type FreeShape, searchShapes, type SpendData } from "./spend-search.ts";
import type { Saturation, SpendShape } from "./spend-transforms.ts";

/** Options of {@link fitSpendResponse}. */
export interface FitSpendResponseOptions extends SpendControls {
  /** Share of a period's pressure that is left in the next one: found for each channel (`"fit"`, the default), or given. */
  readonly adstock?: "fit" | number | Readonly<Record<string, number>> | undefined;
  /**
   * How the effect levels off. `"hill"`, the default: x / (x + half), or an S with a `slope` above 1; `"logistic"`: faster; `"log"`:
   * without end; `"none"`: not at all.
   */
  readonly saturation?: Saturation | undefined;
  /** Spend per period with half of the full effect, by channel; found for channels that are not named. */
  readonly halfSaturation?: Readonly<Record<string, number>> | undefined;
  /** Slope of `"hill"`: 1 by default; `"fit"` finds one per channel, which takes long series. */
  readonly slope?: "fit" | number | undefined;
  /** Over how many periods residuals depend on one another; ⌊4 · (n / 100)^(2/9)⌋ when absent. */
  readonly lags?: number | undefined;
  /** Whether spend was set by chance (an experiment). Only then is the response called an effect. Default false. */
  readonly randomized?: boolean | undefined;
}

const isRecordOf = (accepts: (value: unknown) => boolean) => (value: unknown) =>
  isRecord(value) && Object.values(value).every(accepts);

/** Option table of {@link fitSpendResponse}. */
export const fitSpendResponseOptions: OptionTable<
  FitSpendResponseOptions,
  "controls" | "seasonPeriods" | "halfSaturation" | "lags"
> = {
  ...controlSpecs,
  adstock: custom(
    '"fit", a number in [0, 1), or a record of them by channel',
    (value) => value === "fit" || isShare(value) || isRecordOf(isShare)(value),
    [null, "auto", 1, -0.1, NaN, [], { a: 1 }, { a: "0.5" }],
    { default: "fit" },
  ),
  saturation: oneOf(["none", "log", "hill", "logistic"], { default: "hill" }),
  halfSaturation: custom(
    "a record of numbers above 0 by channel",
    isRecordOf((value) => typeof value === "number" && value > 0 && value < Infinity),
    [null, 1, "fit", [], { a: 0 }, { a: "1" }, { a: Infinity }],
    { optional: true },
  ),
  slope: custom(
    '"fit" or a number above 0 and at most 10',
    (value) => value === "fit" || (typeof value === "number" && value > 0 && value <= 10),
    [null, "auto", 0, -1, NaN, 11, [], {}],
    { default: 1 },
  ),
  lags: integer({ min: 0, optional: true }),
  randomized: flag({ default: false }),
};

type Read = ReadOptions<FitSpendResponseOptions, "controls" | "seasonPeriods" | "halfSaturation" | "lags">;

/**
 * Finds how sales go with advertising: how much of its pressure lasts (adstock), where more of it stops helping (saturation), and
 * what one unit more would bring.
 *
 * Sales = level + controls + Σ coefficient · saturation(adstock(spend)). The shapes are found by least squares, from a grid and then all
 * together; standard errors allow for sales of neighboring periods that go together, and for the shapes being found. Spend that follows
 * demand (more before Christmas) is credited with it: put what moves both into the controls, and read the response as an association
 * unless spend was `randomized`.
 *
 * @param spend - one row per period in order, one column per channel; at least 0.
 * @param sales - the outcome of each period.
 * @param options - see {@link FitSpendResponseOptions}.
 * @returns a model for {@link predictSpendResponse} and {@link measureSpendResponse}; `notes` say `association`,
 * `negative-response`, `at-boundary`, `not-identified`, `not-converged`.
 * @throws {ClienteleError} `invalid-value` for a cell that is missing, infinite or, of spend, below 0; `degenerate-data` with the
 * channel or control in the path when others give it; `too-few-rows`; `shape-mismatch`. Cost: some hundred least squares.
 * @example
 * const spend = fromMatrix([[1], [5], [2], [8], [3], [9], [0], [4]], { names: ["tv"] });
 * const sales = [21, 30, 24, 36, 26, 38, 20, 28];
 * const model = fitSpendResponse(spend, sales, { adstock: 0, saturation: "none" });
 * model.channels[0].coefficient; // 2.04
 * model.interpretation; // "association"
 * @see Jin, Wang, Sun, Chan & Koehler (2017), "Bayesian methods for media mix modeling with carryover and shape effects".
 */
export function fitSpendResponse(
  spend: FeatureTable,
  sales: ArrayLike<number>,
  options?: FitSpendResponseOptions,
): SpendResponseModel {
  const caller = "fitSpendResponse";
  const read = readOptions(caller, fitSpendResponseOptions, options);
  checkSpend(caller, spend);
  const periods = spend.ids.length;
  checkLength(caller, "sales", sales, periods);
  checkTarget(caller, "sales", sales);
  const channels = spend.names.length;
  if (channels === 0) refuse(caller, "shape-mismatch", "spend.names", "at least 1 channel", "0");
  checkChannelNames(caller, spend, read);
  const controls = controlColumns(caller, read, periods);
  const { start, free } = startOf(spend, read);
  const linear = channels + controls.names.length;
  const least = linear + free.length + 2;
  if (periods < least) refuse(caller, "too-few-rows", "spend", `at least ${least} periods`, String(periods));
  const lags = read.lags ?? usualLags(periods);
  if (lags >= periods) refuse(caller, "invalid-option", "options.lags", `below ${periods} periods`, String(lags));
  const data: SpendData = {
    ...{ values: spend.values, channels, sales, saturation: read.saturation },
    ...{ controls: controls.values, controlCount: controls.names.length },
  };
  checkColumns(caller, data, start, spend, controls);
  const found = searchShapes(data, start, free);
  if (found === null) return refuse(caller, "too-large", "spend", "squares that stay below 1.8e308", "an overflow");
  return spendModelOf({ spend, data, controls, read, free, lags }, found);
}

/**
 * Expects sales from spend.
 *
 * @param model - of {@link fitSpendResponse}.
 * @param spend - the model's channels from the first period on: what lasts of earlier spend has to be known. For next month append its
 * planned rows to the past ones.
 * @param options - `controls` of the same periods, if the model has any.
 * @returns expected sales per period.
 * @throws {ClienteleError} `incompatible-model`; `invalid-value`; `shape-mismatch`. Cost: one pass.
 * @example
 * const spend = fromMatrix([[1], [5], [2], [8], [3], [9], [0], [4]], { names: ["tv"] });
 * const model = fitSpendResponse(spend, [3, 11, 5, 17, 7, 19, 1, 9], { adstock: 0, saturation: "none" });
 * predictSpendResponse(model, fromMatrix([[6]], { names: ["tv"] })); // Float64Array [13.0]
 */
export function predictSpendResponse(
  model: SpendResponseModel,
  spend: FeatureTable,
  options?: { readonly controls?: FeatureTable | undefined },
): Float64Array {
  const caller = "predictSpendResponse";
  const { controls } = readOptions(caller, predictSpendResponseOptions, options);
  checkSpendModel(caller, model, spend);
  const periods = spend.ids.length;
  const { controlLags, trend, seasonPeriods } = model;
  const columns = controlColumns(
    caller,
    { controls, controlLags, trend, seasonPeriods: seasonPeriods ?? undefined },
    periods,
  );
  const differs =
    columns.names.length !== model.controls.length || columns.names.some((name, k) => name !== model.controls[k]);
  if (differs) refuse(caller, "incompatible-model", "options.controls", "the model's controls", "others");
  const data: SpendData = {
    ...{ values: spend.values, channels: spend.names.length, sales: new Float64Array(periods) },
    ...{ controls: columns.values, controlCount: columns.names.length, saturation: model.saturation },
  };
  const design = designOf(data, shapesOf(model));
  const coefficients = [...model.channels.map(({ coefficient }) => coefficient), ...model.controlCoefficients];
  const width = coefficients.length;
  return Float64Array.from({ length: periods }, (_, t) => {
    let expected = model.intercept;
    for (let j = 0; j < width; j++) expected += coefficients[j] * design[t * width + j];
    return expected;
  });
}

/** Option table of {@link predictSpendResponse}. */
export const predictSpendResponseOptions: OptionTable<{ readonly controls?: FeatureTable | undefined }, "controls"> = {
  controls: controlSpecs.controls,
};

function checkChannelNames(caller: string, spend: FeatureTable, { adstock, halfSaturation }: Read): void {
  for (const [key, record] of [
    ["adstock", adstock],
    ["halfSaturation", halfSaturation],
  ] as const) {
    if (!isRecord(record)) continue;
    const isStray = Object.keys(record).some((name) => !spend.names.includes(name));
    if (isStray) refuse(caller, "invalid-option", `options.${key}`, "a record by names of channels", "another name");
  }
}

/** Where the search begins, and what it may move. */
function startOf(spend: FeatureTable, read: Read): { readonly start: SpendShape[]; readonly free: FreeShape[] } {
  const { adstock, saturation, halfSaturation, slope } = read;
  const width = spend.names.length;
  const free: FreeShape[] = [];
  const start = spend.names.map((name, channel): SpendShape => {
    const { mean, max } = sizesOf(spend.values, width, channel);
    const givenDecay = typeof adstock === "number" ? adstock : adstock === "fit" ? undefined : lookUp(adstock, name);
    if (givenDecay === undefined) free.push({ channel, part: "decay", low: 0, high: 0.95 });
    const givenHalf = lookUp(halfSaturation ?? {}, name);
    const half = givenHalf ?? (mean > 0 ? mean : 1);
    if (saturation !== "none" && givenHalf === undefined) {
      free.push({ channel, part: "halfSaturation", low: log(half / 50), high: log(20 * Math.max(half, max)) });
    }
    if (saturation === "hill" && slope === "fit") free.push({ channel, part: "slope", low: log(0.3), high: log(6) });
    return { decay: givenDecay ?? 0.3, halfSaturation: half, slope: slope === "fit" ? 1 : slope };
  });
  return { start, free };
}

function checkColumns(
  caller: string,
  data: SpendData,
  start: readonly SpendShape[],
  spend: FeatureTable,
  controls: ControlColumns,
): void {
  const columns = data.channels + data.controlCount;
  const solution = solveLeastSquares(
    { values: designOf(data, start), columns, target: data.sales, intercept: true },
    0,
  );
  if (!("reason" in solution) || solution.reason !== "dependent") return;
  const { column } = solution;
  const k = column - data.channels;
  const path = k < 0 ? `spend.names[${column}] (${spend.names[column]})` : `options.controls (${controls.names[k]})`;
  refuse(caller, "degenerate-data", path, "values that the columns before it do not give", "a combination of them");
}
