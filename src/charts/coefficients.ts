import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isFiniteVector } from "../core/model.ts";
import { formatNumber, round } from "../core/numbers.ts";
import { integer, isTextList, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { normal, studentT } from "../numeric/distributions.ts";
import { cappedExp, readSteps, stepsOption } from "../predictions/odds-ratios.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** The part of a regression model that is drawn. */
export interface CoefficientModel {
  /** `"logistic"` has odds ratios. */
  readonly kind: string;
  /** Names of the features. */
  readonly features: readonly string[];
  /** One per feature. */
  readonly coefficients: readonly number[];
  /** One per feature, 0 or above. */
  readonly standardErrors: readonly number[];
  /** Degrees of freedom of Student's t for the intervals; the normal distribution without. */
  readonly degreesOfFreedom?: number;
}

/** Options of {@link chartCoefficients}. */
export interface ChartCoefficientsOptions extends ChartOptions {
  /** What is drawn of a logistic model: factors of the odds, the default, or what is added to the log odds. */
  readonly as?: "odds-ratio" | "coefficient" | undefined;
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
  /** What a step of a feature is, by its name, so that units do not hide effects: `{ revenue: 100 }`. Default: 1. */
  readonly steps?: Readonly<Record<string, number>> | undefined;
  /** Features drawn at most, those that are clearest; default 25. */
  readonly most?: number | undefined;
}

/** Option table of {@link chartCoefficients} beyond those of every chart. */
export const chartCoefficientsOptions: OptionTable<Omit<ChartCoefficientsOptions, keyof ChartOptions>> = {
  as: oneOf(["odds-ratio", "coefficient"], { default: "odds-ratio" }),
  level: real({ above: 0, below: 1, default: 0.95 }),
  steps: stepsOption(),
  most: integer({ min: 1, max: 100, default: 25 }),
};

interface Bar {
  readonly feature: string;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  /** How many standard errors from no effect. */
  readonly clarity: number;
}

/** A frame reaches this many times as far as the largest estimate; wider intervals would make all others dots. */
const widest = 3;

/**
 * Draws what goes with an outcome, and how surely: one line per feature of a logistic or linear model, its estimate as a
 * point within its interval, the largest effect on top. Intervals that hold "no effect" are gray.
 *
 * @param model - of `fitLogistic` or `fitLinear`.
 * @param options - see {@link ChartCoefficientsOptions}; `colors` are those of clear and of unclear features.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` for something without features, coefficients and standard errors of one length;
 * `invalid-option` for a step of a feature that the model does not have.
 * @example
 * const chart = chartCoefficients({ kind: "logistic", features: ["visits"], coefficients: [0.7], standardErrors: [0.1] });
 * chart["description"]; // "What goes with the outcome: 1 feature; the interval leaves out 1, no effect, for 1."
 */
export function chartCoefficients(model: CoefficientModel, options?: ChartCoefficientsOptions): Chart {
  const caller = "chartCoefficients";
  const read = readOptions(caller, { ...chartOptions, ...chartCoefficientsOptions }, options);
  checkModel(caller, model);
  const isOdds = model.kind === "logistic" && read.as === "odds-ratio";
  const title = "What goes with the outcome";
  const bars = barsOf(model, read.level, readSteps(caller, read.steps, model.features));
  const valueOf = isOdds ? cappedExp : (x: number): number => x;
  const percent = `${String(round(100 * read.level, 1000))} %`;
  const table = {
    columns: ["Feature", isOdds ? "Odds ratio" : "Coefficient", `Lower end (${percent})`, `Upper end (${percent})`],
    rows: bars.map(({ feature, middle, low, high }) => [feature, valueOf(middle), valueOf(low), valueOf(high)]),
  };
  if (bars.length === 0) return emptyChart(title, "The model has no features.", table, read.title);
  const shown = [...bars].sort((a, b) => b.clarity - a.clarity).slice(0, read.most).sort((a, b) => b.middle - a.middle); // prettier-ignore
  const none = isOdds ? "1, no effect," : "0, no effect,";
  const clear = bars.filter(isClear).length;
  const counted = `${bars.length} feature${bars.length === 1 ? "" : "s"}`;
  const description = `${counted}; the interval leaves out ${none} for ${clear}.`;
  const frame = frameOf(shown);
  const parts = [`Estimates with ${percent} intervals`];
  if (shown.length < bars.length) parts.push(`the ${shown.length} clearest of ${bars.length} features`);
  if (shown.some(({ low, high }) => low < frame[0] || high > frame[1])) parts.push("intervals end beyond the frame");
  const body = bodyOf(shown, frame, valueOf, isOdds, colorsOf(read.colors, [categories[0], "#767676"]), read);
  return chartOf({ title, subtitle: parts.join("; "), description, table, body }, read.title);
}

function checkModel(caller: string, model: CoefficientModel): void {
  const given: unknown = model;
  if (!isRecord(given) || !isTextList(given["features"])) {
    refuse(caller, "shape-mismatch", "model", "features, coefficients and standardErrors", describeValue(given));
  }
  const count = model.features.length;
  for (const field of ["coefficients", "standardErrors"] as const) {
    if (!isFiniteVector(model[field], count)) {
      refuse(caller, "shape-mismatch", `model.${field}`, `${count} finite numbers`, describeValue(model[field]));
    }
  }
  if (model.standardErrors.some((error) => error < 0)) {
    refuse(caller, "shape-mismatch", "model.standardErrors", "numbers of at least 0", "a negative one");
  }
  const { degreesOfFreedom } = model;
  if (degreesOfFreedom !== undefined && !(Number.isFinite(degreesOfFreedom) && degreesOfFreedom > 0)) {
    refuse(caller, "shape-mismatch", "model.degreesOfFreedom", "a number above 0", describeValue(degreesOfFreedom));
  }
}

function barsOf(model: CoefficientModel, level: number, steps: readonly number[]): Bar[] {
  const { features, coefficients, standardErrors, degreesOfFreedom } = model;
  const distribution = degreesOfFreedom === undefined ? normal : studentT(degreesOfFreedom);
  const width = distribution.upperQuantile((1 - level) / 2);
  const named = features.map((name, j) => (steps[j] === 1 ? name : `${name} (${signed(steps[j])})`));
  const labels = distinctLabels(named, 40);
  return labels.map((feature, j) => {
    const middle = coefficients[j] * steps[j];
    const error = standardErrors[j] * Math.abs(steps[j]);
    const clarity = error > 0 ? Math.abs(middle) / error : middle === 0 ? 0 : Infinity;
    return { feature, middle, low: middle - width * error, high: middle + width * error, clarity };
  });
}

const signed = (step: number): string => `${step > 0 ? "+" : ""}${formatNumber(step)}`;

const isClear = ({ low, high }: Bar): boolean => low > 0 || high < 0;

/** The least and the most that is drawn: all intervals, no effect, and no more than some times the largest estimate. */
function frameOf(bars: readonly Bar[]): readonly [number, number] {
  const largest = bars.reduce((most, { middle }) => Math.max(most, Math.abs(middle)), 0);
  const narrowest = bars.reduce((least, { low, high }) => Math.min(least, (high - low) / 2), Infinity);
  // Beyond e^±300 an axis of odds has no room for its numbers.
  const reach = Math.min(300, widest * Math.max(largest, narrowest)) || 1;
  const low = bars.reduce((least, bar) => Math.min(least, bar.low), 0);
  const high = bars.reduce((most, bar) => Math.max(most, bar.high), 0);
  return [Math.max(low, -reach), Math.min(high, reach)];
}

function bodyOf(
  bars: readonly Bar[],
  [from, to]: readonly [number, number],
  valueOf: (x: number) => number,
  isOdds: boolean,
  [clear, unclear]: readonly string[],
  { width = 460, height }: { readonly width?: number | undefined; readonly height?: number | undefined },
): Readonly<Record<string, Json>> {
  const margin = 0.04 * (to - from) || 0.5;
  const [least, most] = [from - margin, to + margin];
  const clip = (x: number): number => valueOf(Math.min(most, Math.max(least, x)));
  const values = bars.map((bar) => ({
    feature: bar.feature,
    value: clip(bar.middle),
    low: clip(bar.low),
    high: clip(bar.high),
    color: isClear(bar) ? clear : (unclear ?? clear),
    label: formatNumber(Number(valueOf(bar.middle).toPrecision(3))),
  }));
  const axis: Json = isOdds
    ? { values: oddsTicks(least, most), format: "~g", grid: true }
    : { tickCount: 6, grid: true };
  const x: Json = {
    field: "value",
    type: "quantitative",
    title: isOdds ? "Odds ratio of one more (log scale)" : "Change with one more",
    scale: { domain: [valueOf(least), valueOf(most)], nice: false, ...(isOdds ? { type: "log" } : { zero: false }) },
    axis,
  };
  const y: Json = {
    field: "feature",
    type: "nominal",
    title: null,
    sort: null,
    axis: { domain: false, ticks: false, labelLimit: 240 },
  };
  const color: Json = { field: "color", type: "nominal", scale: null, legend: null };
  const text: Json = { field: "label", type: "nominal" };
  return {
    width,
    height: height ?? Math.max(60, 24 * bars.length),
    data: { values },
    layer: [
      { data: { values: [{ value: valueOf(0) }] }, mark: { type: "rule", color: "#888888", strokeDash: [4, 4] }, encoding: { x } }, // prettier-ignore
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, color },
      },
      { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { x, y, color } },
      { mark: { type: "text", dy: -9, fontSize: 11 }, encoding: { x, y, text } },
    ],
  };
}

/** Round odds within the frame, at most seven: 1, 2, 5, 10, …, or powers of 10, or every second of them and so on. */
function oddsTicks(least: number, most: number): number[] {
  const [low, high] = [cappedExp(least), cappedExp(most)];
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    for (let every = 1; every <= 256; every *= digits.length === 1 ? 2 : 512) {
      const ticks: number[] = [];
      for (let power = -300; power <= 300; power++) {
        if (power % every !== 0) continue;
        for (const digit of digits) {
          const tick = Number(`${digit}e${power}`);
          if (tick >= low && tick <= high) ticks.push(tick);
        }
      }
      if (ticks.length <= 7) return ticks;
    }
  }
  return [1];
}
