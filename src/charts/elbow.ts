import { describeValue, refuse } from "../core/errors.ts";
import { readOptions } from "../core/options.ts";
import type { ElbowReport } from "../segments/elbow.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { acrossK, dashedLine } from "./k-axis.ts";

/** The part of an {@link ElbowReport} that is drawn. */
export type ElbowCurve = Pick<ElbowReport, "k" | "withinSquares" | "knee">;

/**
 * Draws how the within-cluster sum of squares falls as clusters are added, and marks the knee: for whoever chooses k.
 *
 * @param report - what `measureElbow` returned.
 * @param options - title and size; `colors` are those of the curve and of the knee.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` when the lists of the report do not fit together; `invalid-value` for an
 * entry that is not finite.
 * @example
 * const chart = chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 });
 * chart["description"]; // "Choosing the number of clusters: k = 1 to 4 were tried; the knee is at k = 3."
 */
export function chartElbow(report: ElbowCurve, options?: ChartOptions): Chart {
  const caller = "chartElbow";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkCurve(caller, report);
  const { k, withinSquares, knee } = report;
  const title = "Choosing the number of clusters";
  const table = {
    columns: ["Clusters (k)", "Within-cluster sum of squares (squared feature units)", "Knee"],
    rows: k.map((clusters, i) => [clusters, withinSquares[i], clusters === knee ? "knee" : ""]),
  };
  if (k.length === 0) return emptyChart(title, "No number of clusters was tried.", table, given);
  const [curve, mark] = colorsOf(colors, [categories[0], categories[3]]);
  const values = k.map((clusters, i) => ({ k: clusters, sum: withinSquares[i] }));
  const position = { x: acrossK(k), y: squares(withinSquares) };
  const line: Json = { type: "line", color: curve, strokeWidth: 2.5, point: { color: curve, size: 60, opacity: 1 } };
  const layer = [{ mark: line, encoding: position }, ...kneeMarks(values, knee, mark ?? curve, position)];
  const body = { width: width ?? 480, height: height ?? 280, data: { values }, layer };
  const found = knee === null ? "no knee stands out" : `the knee is at k = ${knee}`;
  const description = `k = ${k[0]} to ${k[k.length - 1]} were tried; ${found}.`;
  return chartOf({ title, subtitle: `${found[0].toUpperCase()}${found.slice(1)}`, description, table, body }, given);
}

function checkCurve(caller: string, report: ElbowCurve): void {
  if (report === null || typeof report !== "object" || !Array.isArray(report.k)) {
    refuse(caller, "shape-mismatch", "report", "k, withinSquares and knee", describeValue(report));
  }
  const { k, withinSquares, knee } = report;
  if (!Array.isArray(withinSquares) || withinSquares.length !== k.length) {
    refuse(caller, "shape-mismatch", "report.withinSquares", `${k.length} numbers`, describeValue(withinSquares));
  }
  for (const [name, list] of [
    ["k", k],
    ["withinSquares", withinSquares],
  ] as const) {
    const bad = list.findIndex((value: unknown) => !Number.isFinite(value));
    if (bad >= 0)
      refuse(caller, "invalid-value", `report.${name}[${bad}]`, "a finite number", describeValue(list[bad]));
  }
  if (knee !== null && !k.includes(knee)) {
    refuse(caller, "invalid-value", "report.knee", "one of report.k, or null", describeValue(knee));
  }
}

function squares(withinSquares: readonly number[]): Json {
  const isLarge = withinSquares.some((sum) => sum >= 1e5);
  return {
    field: "sum",
    type: "quantitative",
    title: "Within-cluster sum of squares",
    scale: { zero: true },
    axis: { tickCount: 5, ...(isLarge ? { format: "~s" } : {}) },
  };
}

/** A dashed line, a bigger point, and a label on the side that has room. */
function kneeMarks(
  curve: readonly { readonly k: number; readonly sum: number }[],
  knee: number | null,
  color: string,
  { x, y }: { readonly x: Json; readonly y: Json },
): Json[] {
  const at = curve.findIndex(({ k }) => k === knee);
  if (at < 0) return [];
  const isLate = 2 * at > curve.length;
  const label: Json = { type: "text", align: isLate ? "right" : "left", dx: isLate ? -8 : 8, fontWeight: "bold" };
  const data: Json = { values: [curve[at]] };
  return [
    dashedLine([curve[at]], { x }),
    { data, mark: { type: "point", shape: "circle", filled: true, color, size: 170, opacity: 1 }, encoding: { x, y } },
    { data, mark: label, encoding: { x, y: { value: 8 }, text: { value: `Knee: k = ${String(knee)}` } } },
  ];
}
