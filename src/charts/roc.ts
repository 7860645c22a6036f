import { describeValue, refuse } from "../core/errors.ts";
import { percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { ClassifierReport } from "../predictions/evaluate-classifier.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart } from "./chart.ts";
import { categories } from "./colors.ts";
import { diagonal, reference, shareAxis } from "./share-axes.ts";

/** The part of a {@link ClassifierReport} that is drawn. */
export type RocCurve = Pick<ClassifierReport, "auc" | "curve">;

/**
 * Draws the ROC curve: which share of the customers with the outcome is found, for which share of the others is taken for them.
 * Scores that say nothing lie on the dashed diagonal.
 *
 * @param report - what `evaluateClassifier` returned.
 * @param options - title and size; `colors` are those of the curve and of the diagonal.
 * @returns a Vega-Lite spec; as many points as the report's curve has.
 * @throws {ClienteleError} `shape-mismatch` without a curve; `invalid-value` for a share outside [0, 1].
 * @example
 * const chart = chartRoc(evaluateClassifier([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.3, 0.1]));
 * chart["description"]; // "How well the scores rank customers: the area under the ROC curve is 0.889; 0.5 says nothing, 1 everything."
 */
export function chartRoc(report: RocCurve, options?: ChartOptions): Chart {
  const caller = "chartRoc";
  const { title: given, width = 360, height = 360, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { auc, curve } = report;
  const title = "How well the scores rank customers";
  const percent = (value: number | null): number | null => (value === null ? null : percentOf(value));
  const table = {
    columns: [
      "From this probability on",
      "Found of those with the outcome (%)",
      "Taken of the others (%)",
      "Right of those taken (%)",
    ],
    rows: curve.map(({ threshold, recall, falsePositiveRate, precision }) => [
      threshold === null ? null : round(threshold, 1e6),
      percent(recall),
      percent(falsePositiveRate),
      percent(precision),
    ]),
  };
  if (auc === null || curve.length === 0) {
    return emptyChart(title, "Only one class occurs: there is nothing to tell apart.", table, given);
  }
  const [color, gray] = colorsOf(colors, [categories[0], reference]);
  const values = curve.map(({ recall, falsePositiveRate }, i) => ({
    place: i,
    found: recall,
    taken: falsePositiveRate,
  }));
  const x = shareAxis("taken", "Taken of those without the outcome");
  const y = shareAxis("found", "Found of those with the outcome");
  const order = { field: "place", type: "quantitative" };
  const layer = [
    diagonal(x, y, 1, gray),
    { mark: { type: "line", color, strokeWidth: 2.5, interpolate: "linear" }, encoding: { x, y, order } },
  ];
  const area = `the area under the ROC curve is ${auc.toFixed(3)}`;
  const subtitle = `${area[0].toUpperCase()}${area.slice(1)}; dashed: scores that say nothing`;
  const description = `${area}; 0.5 says nothing, 1 everything.`;
  return chartOf({ title, subtitle, description, table, body: { width, height, data: { values }, layer } }, given);
}

function checkReport(caller: string, report: RocCurve): void {
  const given: { readonly curve?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.curve)) {
    refuse(caller, "shape-mismatch", "report", "auc and curve", describeValue(report));
  }
  const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;
  const { auc, curve }: RocCurve = report;
  if (auc !== null && !isShare(auc))
    refuse(caller, "invalid-value", "report.auc", "in [0, 1], or null", describeValue(auc));
  curve.forEach(({ threshold, recall, falsePositiveRate, precision }, i) => {
    for (const [key, value] of Object.entries({ recall, falsePositiveRate, precision, threshold })) {
      const mayBeNull = auc === null || key === "threshold" || key === "precision";
      if (isShare(value) || (value === null && mayBeNull)) continue;
      refuse(caller, "invalid-value", `report.curve[${i}].${key}`, "a share in [0, 1]", describeValue(value));
    }
  });
}
