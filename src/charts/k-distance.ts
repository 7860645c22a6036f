import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import type { KDistanceReport } from "../segments/k-distance.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { dashedLine } from "./k-axis.ts";

/** The part of a {@link KDistanceReport} that is drawn. */
export type KDistanceCurve = Pick<KDistanceReport, "distances" | "knee">;

/** So many points draw any curve; its ends are among them. */
const mostPoints = 256;

/**
 * Draws how far everybody's k-th neighbor is, from the most crowded customers to the loneliest, and marks the knee: for whoever
 * chooses the `epsilon` of `labelDbscan`. Who lies below a line is a core point with that `epsilon`.
 *
 * @param report - what `measureKDistance` returned.
 * @param options - title and size; `colors` of the curve and of the knee.
 * @returns a Vega-Lite spec of bounded size: 256 points, however many customers.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for a distance that is not finite, below
 * 0 or not in ascending order.
 * @example
 * const table = fromMatrix([[1], [1.5], [2], [8], [8.5], [9], [5]]);
 * chartKDistance(measureKDistance(table, { k: 1 }))["description"];
 * // "How crowded it is around customers: distances of 7 customers to a neighbor, from 0.5 to 3; the knee is at 0.5, which 85.7 % do not exceed."
 */
export function chartKDistance(report: KDistanceCurve, options?: ChartOptions): Chart {
  const caller = "chartKDistance";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkCurve(caller, report);
  const { distances, knee } = report;
  const last = distances.length - 1;
  const title = "How crowded it is around customers";
  const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];
  const table = {
    columns: ["Customers up to here (%)", "Distance (feature units)"],
    rows: last < 0 ? [] : shares.map((share) => [percentOf(share), quantileOfSorted(distances, share)]),
  };
  if (last < 0) return emptyChart(title, "No customer was measured.", table, given);
  const [curve, mark] = colorsOf(colors, [categories[0], categories[3]]);
  const points = Math.min(mostPoints, distances.length);
  const values = Array.from({ length: points }, (_, p) => {
    const row = points === 1 ? 0 : Math.round((p / (points - 1)) * last);
    return { share: round((row + 1) / distances.length, 1e6), distance: distances[row] };
  });
  const x: Json = {
    field: "share",
    type: "quantitative",
    title: "Customers, from the most crowded to the loneliest",
    scale: { domain: [0, 1], nice: false },
    axis: { format: ".0%", tickCount: 6, grid: false },
  };
  const y: Json = {
    field: "distance",
    type: "quantitative",
    title: "Distance to the neighbor",
    scale: { zero: true },
    axis: { tickCount: 5 },
  };
  const line: Json = { type: "line", color: curve, strokeWidth: 2.5, interpolate: "linear" };
  const layer: Json[] = [{ data: { values }, mark: line, encoding: { x, y } }];
  const within = knee === null ? 0 : distances.findLastIndex((distance) => distance <= knee) + 1;
  if (knee !== null) {
    const at: Json = { distance: knee, share: within / distances.length };
    const dot: Json = { type: "point", shape: "circle", filled: true, color: mark ?? curve, size: 170, opacity: 1 };
    const label: Json = { type: "text", align: "left", dx: 8, dy: -10, fontWeight: "bold" };
    const text: Json = { value: `Knee: ${formatNumber(knee)}` };
    layer.push(
      dashedLine([at], { y }),
      { data: { values: [at] }, mark: dot, encoding: { x, y } },
      { data: { values: [at] }, mark: label, encoding: { x: { value: 0 }, y, text } },
    );
  }
  const found =
    knee === null
      ? "no knee stands out"
      : `the knee is at ${formatNumber(knee)}, which ${formatShare(within / distances.length)} do not exceed`;
  const description =
    `distances of ${formatNumber(distances.length)} customers to a neighbor, from ${formatNumber(distances[0])} to ` +
    `${formatNumber(distances[last])}; ${found}.`;
  const body = { width: width ?? 480, height: height ?? 280, layer };
  return chartOf({ title, subtitle: `${found[0].toUpperCase()}${found.slice(1)}`, description, table, body }, given);
}

function checkCurve(caller: string, report: KDistanceCurve): void {
  if (report === null || typeof report !== "object" || !(report.distances instanceof Float64Array)) {
    refuse(caller, "shape-mismatch", "report", "distances in a Float64Array, and a knee", describeValue(report));
  }
  const { distances, knee } = report;
  const wrong = distances.findIndex(
    (distance, i) => !(distance >= (i === 0 ? 0 : distances[i - 1]) && distance < Infinity),
  );
  if (wrong >= 0) {
    refuse(
      caller,
      "invalid-value",
      `report.distances[${wrong}]`,
      "finite, and not below the one before",
      "another number",
    );
  }
  if (knee !== null && !(knee >= 0 && knee < Infinity)) {
    refuse(caller, "invalid-value", "report.knee", "a distance, or null", describeValue(knee));
  }
}
