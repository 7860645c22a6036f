import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber } from "../core/numbers.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import type { ForecastReport } from "../trends/forecast.ts";
import type { SeriesInput } from "../trends/series-input.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";

/** The part of a {@link ForecastReport} that is drawn. */
export type ForecastFan = Pick<ForecastReport, "mean" | "lower" | "upper">;

/** Options of {@link chartForecast}. */
export interface ChartForecastOptions extends ChartOptions {
  /** The series that was forecast, for the line that leads up to it; NaN = gap. */
  readonly history?: SeriesInput | undefined;
  /** Another forecast of the same steps to hold this one against, such as the season before: drawn as a dashed line. */
  readonly baseline?: Pick<ForecastReport, "mean"> | undefined;
}

const isObject = (value: unknown): boolean => value !== null && typeof value === "object";

/** Option table of {@link chartForecast} beyond those of every chart. */
export const chartForecastOptions: OptionTable<
  Omit<ChartForecastOptions, keyof ChartOptions>,
  "history" | "baseline"
> = {
  history: custom<SeriesInput>("a series or a list of numbers", isObject, [null, 1, "a"], { optional: true }),
  baseline: custom<Pick<ForecastReport, "mean">>("a forecast", isObject, [null, 1, "a"], { optional: true }),
};

/** A picture has no more pixels: the last values and the first steps are drawn. */
const [mostSeen, mostSteps] = [600, 400];
/** Three bands can be told apart. */
const mostBands = 3;

const names = ["Seen", "Expected", "Baseline"] as const;

/**
 * Draws what comes next as a fan: the series as it was, what is expected, and a band per level, the surest darkest.
 *
 * @param report - what `forecast` returned.
 * @param options - see {@link ChartForecastOptions}; `colors` are those of the series, of the forecast with its bands, and of the baseline.
 * @returns a Vega-Lite spec of at most 600 values, 400 steps and three bands; steps count from the end of the series.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report, or a baseline of another length; `invalid-value` for a number
 * that is not finite, or an interval that is upside down.
 * @example
 * const visits = [30, 21, 29, 38, 34, 25, 32, 42, 37, 28, 36, 46];
 * const next = forecast(fitSeasonalNaive(visits, { period: 4 }), { steps: 4 });
 * chartForecast(next, { history: visits })["description"];
 * // "What comes next: from 46, the last value seen, to 46 expected in step 4, with 95 % between 38.83 and 53.17."
 */
export function chartForecast(report: ForecastFan, options?: ChartForecastOptions): Chart {
  const caller = "chartForecast";
  const read = readOptions(caller, { ...chartOptions, ...chartForecastOptions }, options);
  const { title: given, width = 640, height = 320, colors } = read;
  const levels = checkFan(caller, report);
  const history = historyOf(caller, read.history);
  const other = read.baseline === undefined ? [] : checkMean(caller, "options.baseline.mean", read.baseline.mean);
  if (read.baseline !== undefined && other.length !== report.mean.length) {
    refuse(caller, "shape-mismatch", "options.baseline.mean", `${report.mean.length} steps`, describeValue(other));
  }
  const title = "What comes next";
  const widest = levels.slice(0, mostBands);
  const steps = Math.min(report.mean.length, mostSteps);
  const table = {
    columns: ["Step", "Expected", ...widest.flatMap((level) => [`${level} % from`, `${level} % to`]), ...(other.length > 0 ? ["Baseline"] : [])], // prettier-ignore
    rows: Array.from({ length: steps }, (_, h) => [
      h + 1,
      digits(report.mean[h]),
      ...widest.flatMap((level) => [digits(report.lower[level][h]), digits(report.upper[level][h])]),
      ...(other.length > 0 ? [digits(other[h])] : []),
    ]),
  };
  if (report.mean.length === 0) return emptyChart(title, "There are no steps.", table, given);
  const [ink, own, gray] = colorsOf(colors, ["#555555", categories[0], reference]);
  const seen = history.slice(-mostSeen);
  const last = seen.length === 0 ? null : seen[seen.length - 1];
  const pointsOf = (name: string, mean: ArrayLike<number>): Json[] => [
    ...(last === null ? [] : [{ name, step: 0, value: last }]),
    ...Array.from({ length: steps }, (_, h) => ({ name, step: h + 1, value: mean[h] })),
  ];
  const values = [
    ...seen.map((value, i): Json => ({ name: names[0], step: i + 1 - seen.length, value })),
    ...pointsOf(names[1], report.mean),
    ...(other.length > 0 ? pointsOf(names[2], other) : []),
  ];
  const x: Json = {
    field: "step",
    type: "quantitative",
    title: "Steps from the end of the series",
    scale: { nice: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  const y: Json = { field: "value", type: "quantitative", title: null, scale: { zero: false } };
  const drawn = names.filter((name) => (name === "Seen" ? seen.length > 0 : name === "Expected" || other.length > 0));
  const dashes = { Seen: [1, 0], Expected: [1, 0], Baseline: [6, 4] };
  const paints = { Seen: ink, Expected: own, Baseline: gray };
  const legend = { title: null, orient: "top", symbolType: "stroke" };
  const scaleOf = (range: readonly Json[]): Json => ({ domain: [...drawn], range });
  const layer = [
    ...widest.map((level) => bandOf(report, level, steps, last, { x, y, own })),
    ...(seen.length > 0
      ? [{ data: { values: [{ step: 0 }] }, mark: { type: "rule", color: reference, strokeWidth: 1 }, encoding: { x } }]
      : []),
    {
      mark: { type: "line", strokeWidth: 2 },
      encoding: {
        x,
        y,
        color: { field: "name", type: "nominal", scale: scaleOf(drawn.map((name) => paints[name])), legend },
        strokeDash: { field: "name", type: "nominal", scale: scaleOf(drawn.map((name) => dashes[name])), legend },
      },
    },
  ];
  const left = history.length > seen.length ? `; the last ${mostSeen} of ${formatNumber(history.length)} values` : "";
  const cut = report.mean.length > steps ? `; the first ${mostSteps} of ${formatNumber(report.mean.length)} steps` : "";
  const subtitle = `Bands: ${widest.map((level) => `${level} %`).join(", ")}${left}${cut}`;
  const body = { width, height, data: { values }, layer };
  return chartOf({ title, subtitle, description: describe(report, levels[0], last), table, body }, given);
}

function bandOf(
  { lower, upper }: ForecastFan,
  level: number,
  steps: number,
  last: number | null,
  { x, y, own }: { x: Json; y: Json; own: string },
): Json {
  const values = [
    ...(last === null ? [] : [{ step: 0, value: last, high: last }]),
    ...Array.from({ length: steps }, (_, h) => ({ step: h + 1, value: lower[level][h], high: upper[level][h] })),
  ];
  return {
    data: { values },
    mark: { type: "area", color: own, opacity: 0.18 },
    encoding: { x, y, y2: { field: "high" } },
  };
}

/** Six digits are more than a picture shows. */
function digits(value: number): number {
  return Number(value.toPrecision(6)) + 0;
}

/** The levels of a report, the widest first; refuses what cannot be drawn. */
function checkFan(caller: string, report: ForecastFan): number[] {
  const given: Partial<ForecastFan> | null | undefined = report;
  if (!isList(given?.mean) || !isObject(given.lower) || !isObject(given.upper)) {
    refuse(caller, "shape-mismatch", "report", "mean, lower and upper", describeValue(report));
  }
  checkMean(caller, "report.mean", report.mean);
  const { lower, upper } = report;
  const levels = Object.keys(lower).map(Number);
  for (const level of levels) {
    const ends: readonly unknown[] = [lower[level], upper[level]];
    if (!ends.every((list) => isList(list) && list.length === report.mean.length)) {
      refuse(caller, "shape-mismatch", `report.upper[${level}]`, "an entry per step", describeValue(upper[level]));
    }
    for (let h = 0; h < report.mean.length; h++) {
      const isBand =
        Number.isFinite(lower[level][h]) && Number.isFinite(upper[level][h]) && lower[level][h] <= upper[level][h];
      if (!isBand) refuse(caller, "invalid-value", `report.lower[${level}][${h}]`, "finite, and not above the upper end", describeCell(lower[level][h])); // prettier-ignore
    }
  }
  if (levels.length === 0) refuse(caller, "shape-mismatch", "report.lower", "a level", "none");
  return levels.sort((a, b) => b - a);
}

function checkMean(caller: string, path: string, mean: unknown): ArrayLike<number> {
  if (!isList(mean)) return refuse(caller, "shape-mismatch", path, "a list of numbers", describeValue(mean));
  for (let h = 0; h < mean.length; h++) {
    if (!Number.isFinite(mean[h]))
      refuse(caller, "invalid-value", `${path}[${h}]`, "a finite number", describeCell(mean[h]));
  }
  return mean as ArrayLike<number>;
}

/** The series as numbers, null for a gap. */
function historyOf(caller: string, history: SeriesInput | undefined): (number | null)[] {
  if (history === undefined) return [];
  const values: unknown = isList(history) ? history : (history as { readonly values?: unknown }).values;
  if (!isList(values)) {
    return refuse(caller, "shape-mismatch", "options.history", "a series or a list of numbers", describeValue(history));
  }
  return Array.from(values, (value, t) => {
    if (typeof value !== "number" || Math.abs(value) === Infinity) {
      return refuse(caller, "invalid-value", `options.history[${t}]`, "a finite number or NaN", describeValue(value));
    }
    return Number.isNaN(value) ? null : value;
  });
}

function describe({ mean, lower, upper }: ForecastFan, level: number, last: number | null): string {
  const end = mean.length - 1;
  const from = last === null ? "" : `from ${formatNumber(last)}, the last value seen, to `;
  const [low, high] = [lower[level][end], upper[level][end]].map((x) => formatNumber(x));
  return `${from}${formatNumber(mean[end])} expected in step ${formatNumber(end + 1)}, with ${level} % between ${low} and ${high}.`;
}
