import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { ControlChartReport } from "../trends/control-chart.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";

/** The part of a {@link ControlChartReport} that is drawn. */
export type ControlLines = Pick<
  ControlChartReport,
  "kind" | "center" | "upper" | "lower" | "statistic" | "signals" | "points"
>;

/** A picture has no more pixels; of longer series the last points are drawn. */
const mostPoints = 2000;

const titles: Readonly<Record<ControlChartReport["kind"], string>> = {
  individuals: "Control chart of single values",
  p: "Control chart of shares",
  u: "Control chart of rates",
  ewma: "Control chart of a moving average",
  cusum: "Control chart of sums of deviations",
};

/**
 * Draws a control chart: the points, the center, the limits as steps, and every signal with the rules it breaks.
 *
 * @param report - what `controlChart` returned.
 * @param options - title and size; `colors` are those of the points, of the signals and of the lines.
 * @returns a Vega-Lite spec of at most 2,000 points, the last ones; gaps break the line.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for a number that is not finite.
 * @example
 * const report = controlChart([50, 52, 47, 71, 49], { kind: "individuals", baseline: { center: 50, sigma: 3 } });
 * chartControl(report)["description"];
 * // "Control chart of single values: 1 of 5 points is a signal: point 4 (limits)."
 */
export function chartControl(report: ControlLines, options?: ChartOptions): Chart {
  const caller = "chartControl";
  const { title: given, width = 640, height = 300, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { kind, statistic, signals } = report;
  const title = titles[kind];
  const rules = rulesByPoint(signals);
  const table = {
    columns: ["Point", "Value", "Lower limit", "Upper limit", "Rules"],
    rows: [...rules].slice(0, mostPoints).map(([index, names]) => [index + 1, statistic[index], at(report.lower, index), at(report.upper, index), names]), // prettier-ignore
  };
  if (report.points === 0) return emptyChart(title, "There are no points.", table, given);
  const [ink, alarm, line] = colorsOf(colors, [categories[0], categories[3], reference]);
  const first = Math.max(0, statistic.length - mostPoints);
  // The middle of sums is 0: they are deviations from the center.
  const middle = kind === "cusum" ? 0 : report.center;
  const values = statistic.slice(first).map((value, i): Json => {
    const index = first + i;
    return { point: index + 1, value, lower: at(report.lower, index), upper: at(report.upper, index), middle, rules: rules.get(index) ?? null }; // prettier-ignore
  });
  const x: Json = {
    field: "point",
    type: "quantitative",
    title: "Point",
    scale: { domain: [first + 0.5, statistic.length + 0.5], nice: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  const y = (field: string): Json => ({ field, type: "quantitative", title: null, scale: { zero: false } });
  const limit = (field: string, dash: readonly number[]): Json => ({
    mark: { type: "line", interpolate: "step", color: line, strokeWidth: 1.5, strokeDash: dash },
    encoding: { x, y: y(field) },
  });
  const isMarked = { filter: "datum.rules !== null" };
  const layer = [
    limit("upper", [6, 4]),
    limit("lower", [6, 4]),
    limit("middle", [1, 0]),
    {
      mark: { type: "line", color: ink, strokeWidth: 1.5, point: statistic.length - first <= 200 ? { color: ink, size: 22 } : false }, // prettier-ignore
      encoding: { x, y: y("value") },
    },
    {
      transform: [isMarked],
      mark: { type: "point", color: alarm, filled: true, size: 70, shape: "diamond", opacity: 1 },
      encoding: {
        x,
        y: y("value"),
        tooltip: [{ field: "point" }, { field: "value" }, { field: "rules" }],
      },
    },
    ...(rules.size <= 12
      ? [{ transform: [isMarked], mark: { type: "text", dy: -12, fontSize: 11, color: alarm }, encoding: { x, y: y("value"), text: { field: "rules", type: "nominal" } } }] // prettier-ignore
      : []),
  ];
  const left = first > 0 ? `; the last ${formatNumber(mostPoints)} of ${formatNumber(statistic.length)} points` : "";
  const subtitle = `Dashed: limits; diamonds: signals${left}`;
  const body = { width, height, data: { values }, layer };
  return chartOf({ title, subtitle, description: describe(report, rules), table, body }, given);
}

/** The names of the rules that each signaling point breaks. */
function rulesByPoint(signals: ControlLines["signals"]): Map<number, string> {
  const names = new Map<number, string>();
  for (const { index, rule } of signals) {
    const before = names.get(index);
    names.set(index, before === undefined ? rule : `${before}, ${rule}`);
  }
  return names;
}

function at(limit: ControlLines["upper"], index: number): number | null {
  return typeof limit === "number" ? limit : limit[index];
}

function checkReport(caller: string, report: ControlLines): void {
  const given: Partial<ControlLines> | null | undefined = report;
  if (!isList(given?.statistic) || !isList(given.signals) || !Object.hasOwn(titles, String(given.kind))) {
    refuse(caller, "shape-mismatch", "report", "kind, statistic and signals", describeValue(report));
  }
  const count = given.statistic.length;
  const check = (path: string, value: unknown): void => {
    if (value === null || Number.isFinite(value)) return;
    refuse(caller, "invalid-value", `report.${path}`, "a finite number", describeCell(value));
  };
  check("center", report.center ?? undefined);
  report.statistic.forEach((value, i) => check(`statistic[${i}]`, value));
  for (const side of ["upper", "lower"] as const) {
    const limit: unknown = report[side];
    if (!isList(limit)) check(side, limit ?? undefined);
    else if (limit.length === count) Array.from(limit).forEach((value, i) => check(`${side}[${i}]`, value));
    else refuse(caller, "shape-mismatch", `report.${side}`, `${count} limits`, describeValue(limit));
  }
  report.signals.forEach((signal, s) => {
    const index: unknown = (signal as typeof signal | null)?.index;
    if (Number.isSafeInteger(index) && (index as number) >= 0 && (index as number) < count && typeof signal.rule === "string") return; // prettier-ignore
    refuse(caller, "invalid-value", `report.signals[${s}]`, "a point of the chart and its rule", "another");
  });
}

function describe({ points }: ControlLines, rules: ReadonlyMap<number, string>): string {
  const of = formatNumber(points);
  if (rules.size === 0) return `none of ${of} points is a signal.`;
  const shown = [...rules].slice(0, 3).map(([index, names]) => `point ${round(index + 1, 1)} (${names})`);
  const more = rules.size > shown.length ? `, and ${formatNumber(rules.size - shown.length)} more` : "";
  return `${formatNumber(rules.size)} of ${of} points ${rules.size === 1 ? "is a signal" : "are signals"}: ${shown.join(", ")}${more}.`;
}
