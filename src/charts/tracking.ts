import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { PurchaseForecastReport } from "../predictions/purchase-forecast.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";

/** The part of a {@link PurchaseForecastReport} that is drawn. */
export type PurchaseTracking = Pick<PurchaseForecastReport, "customers" | "unit" | "calibrationEnd" | "tracking">;

const series = ["actual", "expected"] as const;

/**
 * Draws repeat purchases over time, as they came and as a model of purchases expects them. Right of the upright line the
 * model had not seen them.
 *
 * @param report - what `measurePurchaseForecast` returned.
 * @param options - title and size; `colors` are those of the purchases, of the model's curve and of the upright line.
 * @returns a Vega-Lite spec; two points per summary.
 * @throws {ClienteleError} `shape-mismatch` without tracking; `invalid-value` for a number that is negative or not finite.
 * @example
 * const tracking = [[10, 12, 11.5], [20, 31, 30], [30, 44, 42]].map(([time, actual, expected]) => (
 *   { time, actual, expected, holdout: time > 20 }));
 * chartTracking({ customers: 50, unit: "week", calibrationEnd: 20, tracking })["description"];
 * // "Repeat purchases, as they came and as expected: up to week 30 50 customers came to 44 repeat purchases, 42 were expected (−4.5 %)."
 * @see Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", figure 3.
 */
export function chartTracking(report: PurchaseTracking, options?: ChartOptions): Chart {
  const caller = "chartTracking";
  const { title: given, width = 560, height = 320, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { customers, unit, calibrationEnd, tracking } = report;
  const title = "Repeat purchases, as they came and as expected";
  const clock = unit[0]?.toUpperCase() + unit.slice(1);
  const table = {
    columns: [clock, "Repeat purchases so far", "Expected", "Held out"],
    rows: tracking.map(({ time, actual, expected, holdout }) => [
      round(time, 1e4),
      actual,
      round(expected, 100),
      holdout ? "yes" : "no",
    ]),
  };
  if (tracking.length === 0) return emptyChart(title, "There is nothing to follow.", table, given);
  const [first, second, gray] = colorsOf(colors, [categories[0], categories[1], reference]);
  const values = tracking.flatMap(({ time, ...point }) =>
    series.map((name) => ({ time, name, purchases: point[name] })),
  );
  const x: Json = {
    field: "time",
    type: "quantitative",
    title: `${clock}s since the first purchase of the first customer`,
    scale: { nice: false },
    axis: { grid: false, tickMinStep: 1 },
  };
  const y: Json = {
    field: "purchases",
    type: "quantitative",
    title: "Repeat purchases so far",
    axis: { tickCount: 5 },
  };
  const scale = { domain: [...series], range: [first, second] };
  const legend = { title: null, orient: "top", symbolType: "stroke" };
  const layer = [
    {
      data: { values: [{ time: calibrationEnd }] },
      mark: { type: "rule", color: gray, strokeDash: [5, 4], strokeWidth: 1.5 },
      encoding: { x },
    },
    {
      mark: { type: "line", strokeWidth: 2.5 },
      encoding: {
        x,
        y,
        color: { field: "name", type: "nominal", scale, legend },
        strokeDash: {
          field: "name",
          type: "nominal",
          scale: { domain: [...series], range: [[1, 0], [6, 3]] }, // prettier-ignore
          legend,
        },
      },
    },
  ];
  const body = { width, height, data: { values }, layer };
  const subtitle = "Right of the upright line the model had not seen the purchases";
  return chartOf({ title, subtitle, description: describe(customers, unit, tracking), table, body }, given);
}

function checkReport(caller: string, report: PurchaseTracking): void {
  const given: { readonly tracking?: unknown; readonly unit?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.tracking) || typeof given.unit !== "string") {
    refuse(caller, "shape-mismatch", "report", "unit and tracking", describeValue(report));
  }
  const check = (path: string, value: unknown): void => {
    if (typeof value === "number" && value >= 0 && value < Infinity) return;
    refuse(caller, "invalid-value", `report.${path}`, "a number of at least 0", describeValue(value));
  };
  check("customers", report.customers);
  check("calibrationEnd", report.calibrationEnd);
  report.tracking.forEach((point, i) => {
    for (const name of ["time", ...series] as const) check(`tracking[${i}].${name}`, point[name]);
  });
}

function describe(customers: number, unit: string, tracking: PurchaseTracking["tracking"]): string {
  const { time, actual, expected } = tracking[tracking.length - 1];
  const sign = expected < actual ? "−" : "+";
  const apart = actual > 0 ? ` (${sign}${formatShare(Math.abs(expected - actual) / actual)})` : "";
  const came = `up to ${unit} ${formatNumber(round(time, 10))} ${formatNumber(customers)} customers came to ${formatNumber(actual)} repeat purchases`;
  return `${came}, ${formatNumber(Math.round(expected))} were expected${apart}.`;
}
