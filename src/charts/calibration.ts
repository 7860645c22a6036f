import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { CalibrationReport } from "../predictions/calibration-report.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { diagonal, reference, shareAxis } from "./share-axes.ts";

/** The part of a {@link CalibrationReport} that is drawn. */
export type CalibrationCurve = Pick<CalibrationReport, "bins" | "calibrationError">;

/**
 * Draws how often the outcome came against the probability that was predicted: a point per bin, larger with more customers, with
 * its interval. True probabilities lie on the dashed diagonal; points below it said too much.
 *
 * @param report - what `measureCalibration` returned.
 * @param options - title and size; `colors` are those of the points and of the diagonal.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` without bins; `invalid-value` for a share outside [0, 1].
 * @example
 * const report = measureCalibration([0, 0, 0, 1, 0, 1, 1, 1], [0.2, 0.2, 0.2, 0.2, 0.9, 0.9, 0.9, 0.9], { bins: 2 });
 * chartCalibration(report)["description"];
 * // "Do probabilities mean what they say?: 8 customers in 2 bins; predictions and rates lie 10.0 % apart on average, the most where 90.0 % were predicted and 75.0 % came."
 * @see Murphy & Winkler (1977), "Reliability of subjective probability forecasts of precipitation and temperature": the diagram.
 */
export function chartCalibration(report: CalibrationCurve, options?: ChartOptions): Chart {
  const caller = "chartCalibration";
  const { title: given, width = 380, height = 380, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { bins, calibrationError } = report;
  const title = "Do probabilities mean what they say?";
  const table = {
    columns: ["Customers", "Mean probability (%)", "Outcome came (%)", "From (%)", "To (%)"],
    rows: bins.map(({ n, meanProbability, rate, interval }) => [n, percentOf(meanProbability), percentOf(rate), percentOf(interval[0]), percentOf(interval[1])]), // prettier-ignore
  };
  if (bins.length === 0) return emptyChart(title, "There are no customers to judge by.", table, given);
  const [color, gray] = colorsOf(colors, [categories[0], reference]);
  const values = bins.map(({ n, meanProbability, rate, interval }) => ({
    predicted: meanProbability,
    came: rate,
    low: interval[0],
    high: interval[1],
    customers: n,
  }));
  // Rare outcomes lie near 0: both axes end at the next tenth above what there is.
  const highest = values.reduce((most, { predicted, high }) => Math.max(most, predicted, high), 0);
  const end = Math.min(1, Math.ceil(highest * 10 + 1e-9) / 10);
  const x = shareAxis("predicted", "Predicted probability", end);
  const y = shareAxis("came", "Customers for whom the outcome came", end);
  const most = values.reduce((size, { customers }) => Math.max(size, customers), 0);
  const size: Json = {
    field: "customers",
    type: "quantitative",
    scale: { domain: [0, most], range: [30, 260] },
    legend: null,
  };
  const layer = [
    diagonal(x, y, end, gray),
    {
      mark: { type: "rule", color, strokeWidth: 2, opacity: 0.55 },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
    },
    { mark: { type: "line", color, strokeWidth: 1.5, opacity: 0.8 }, encoding: { x, y } },
    { mark: { type: "point", shape: "circle", filled: true, color, opacity: 1 }, encoding: { x, y, size } },
  ];
  const body = { width, height, data: { values }, layer };
  const subtitle = "Dashed line: as predicted; below it, too much was predicted";
  return chartOf({ title, subtitle, description: describe(bins, calibrationError), table, body }, given);
}

function checkReport(caller: string, report: CalibrationCurve): void {
  const given: { readonly bins?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.bins)) {
    refuse(caller, "shape-mismatch", "report", "bins and calibrationError", describeValue(report));
  }
  const check = (path: string, value: unknown): void => {
    if (typeof value === "number" && value >= 0 && value <= 1) return;
    refuse(caller, "invalid-value", `report.${path}`, "a share in [0, 1]", describeValue(value));
  };
  const { bins }: CalibrationCurve = report;
  bins.forEach(({ n, meanProbability, rate, interval }, i) => {
    if (!(n > 0 && n < Infinity)) refuse(caller, "invalid-value", `report.bins[${i}].n`, "above 0", describeValue(n));
    check(`bins[${i}].meanProbability`, meanProbability);
    check(`bins[${i}].rate`, rate);
    check(`bins[${i}].interval[0]`, interval?.[0]);
    check(`bins[${i}].interval[1]`, interval?.[1]);
  });
  if (report.bins.length > 0) check("calibrationError", report.calibrationError);
}

function describe(bins: CalibrationCurve["bins"], calibrationError: number): string {
  const apart = ({ meanProbability, rate }: CalibrationCurve["bins"][number]): number =>
    Math.abs(meanProbability - rate);
  const worst = bins.reduce((most, bin) => (apart(bin) > apart(most) ? bin : most), bins[0]);
  const customers = formatNumber(bins.reduce((sum, { n }) => sum + n, 0));
  const mean = `predictions and rates lie ${formatShare(calibrationError)} apart on average`;
  const most = `the most where ${formatShare(worst.meanProbability)} were predicted and ${formatShare(worst.rate)} came`;
  return `${customers} customers in ${bins.length} bins; ${mean}, ${most}.`;
}
