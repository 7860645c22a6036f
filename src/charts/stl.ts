import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber, formatShare } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { StlReport } from "../trends/stl.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";

/** The part of a {@link StlReport} that is drawn. */
export type StlParts = Pick<StlReport, "observed" | "trend" | "seasonal" | "remainder" | "strength" | "period">;

/** A picture has no more pixels; of longer series the last points are drawn. */
const mostPoints = 1500;
const panels = ["observed", "trend", "seasonal", "remainder"] as const;

/**
 * Draws a series taken apart: as it was, its trend, its season and what is left, one below the other over the same steps. The gray
 * bar at the right of each panel is equally long in the series' own units: where it is long, the panel is zoomed in.
 *
 * @param report - what `decomposeStl` returned.
 * @param options - title and size of one panel; `colors` are those of the lines and of the bars.
 * @returns a Vega-Lite spec of four panels with at most 1,500 points each, the last ones.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for a number that is not finite.
 * @example
 * const sales = Array.from({ length: 28 }, (_, day) => 100 + day + (day % 7 === 5 ? 20 : 0));
 * chartStl(decomposeStl(sales, { period: 7 }))["description"];
 * // "A series taken apart: 28 steps with a season of 7; strength of the trend 100.0 %, of the season 100.0 %."
 */
export function chartStl(report: StlParts, options?: ChartOptions): Chart {
  const caller = "chartStl";
  const { title: given, width = 640, height = 90, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { strength, period } = report;
  const steps = report.observed.length;
  const title = "A series taken apart";
  const first = Math.max(0, steps - mostPoints);
  const ranges = panels.map((panel) => rangeOf(report[panel], first));
  const table = {
    columns: ["Part", "Lowest", "Highest", "Range"],
    rows: panels.map((panel, p) => [panel, ...ranges[p], ranges[p][1] - ranges[p][0]]),
  };
  if (steps === 0) return emptyChart(title, "The series has no steps.", table, given);
  const [ink, gray] = colorsOf(colors, [categories[0], reference]);
  const shortest = ranges.reduce((least, [low, high]) => (high > low ? Math.min(least, high - low) : least), Infinity);
  const x: Json = {
    field: "step",
    type: "quantitative",
    title: "Step",
    scale: { domain: [first, steps + 0.02 * (steps - first)], nice: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  const vconcat = panels.map((panel, p): Json => {
    const [low, high] = ranges[p];
    const middle = (low + high) / 2;
    const half = shortest < Infinity ? shortest / 2 : 0;
    const y: Json = { field: "value", type: "quantitative", title: panel, scale: { domain: low < high ? [low, high] : [low - 1, high + 1], nice: false }, axis: { tickCount: 3, grid: true } }; // prettier-ignore
    const line: Json = { data: { values: pointsOf(report[panel], first) }, mark: { type: "line", color: ink, strokeWidth: 1.5 }, encoding: { x, y } }; // prettier-ignore
    const bar: Json = {
      data: { values: [{ step: steps + 0.012 * (steps - first), value: middle - half, top: middle + half }] },
      mark: { type: "rule", color: gray, strokeWidth: 7, opacity: 0.7 },
      encoding: { x, y, y2: { field: "top" } },
    };
    return { width, height, layer: [line, bar] };
  });
  const left = first > 0 ? `; the last ${formatNumber(mostPoints)} of ${formatNumber(steps)} steps` : "";
  const subtitle = `Gray bars: the same amount in every panel${left}`;
  const description = `${formatNumber(steps)} steps with a season of ${formatNumber(period)}; strength of the trend ${formatShare(strength.trend)}, of the season ${formatShare(strength.seasonal)}.`;
  return chartOf({ title, subtitle, description, table, body: { vconcat, spacing: 6 } }, given);
}

function rangeOf(values: Float64Array, first: number): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  let [low, high] = [Infinity, -Infinity];
  for (let i = first; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}

function pointsOf(values: ArrayLike<number>, first: number): Json[] {
  const points: Json[] = [];
  for (let i = first; i < values.length; i++) points.push({ step: i, value: values[i] });
  return points;
}

function checkReport(caller: string, report: StlParts): void {
  const given: Partial<StlParts> | null | undefined = report;
  const count = isList(given?.observed) ? given.observed.length : -1;
  for (const panel of panels) {
    const values: unknown = given?.[panel];
    if (!isList(values) || values.length !== count) {
      refuse(caller, "shape-mismatch", `report.${panel}`, "one number per step", describeValue(values));
    }
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      refuse(caller, "invalid-value", `report.${panel}[${i}]`, "finite", describeCell(values[i]));
    }
  }
  for (const part of ["trend", "seasonal"] as const) {
    const share: unknown = given?.strength?.[part];
    if (typeof share === "number" && share >= 0 && share <= 1) continue;
    refuse(caller, "invalid-value", `report.strength.${part}`, "a share in [0, 1]", describeValue(share));
  }
  if (!Number.isFinite(given?.period)) refuse(caller, "invalid-value", "report.period", "a number of steps", describeValue(given?.period)); // prettier-ignore
}
