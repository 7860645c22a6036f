import { describeValue, refuse } from "../core/errors.ts";
import { round } from "../core/numbers.ts";
import type { Note } from "../core/note.ts";
import { readOptions } from "../core/options.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { acrossK, dashedLine } from "./k-axis.ts";

/** What was measured at one number of clusters; what is absent or null is not drawn. */
export interface KCurvePoint {
  /** Number of clusters. */
  readonly k: number;
  /** Mean silhouette. */
  readonly silhouette?: number | null;
  /** Gap statistic. */
  readonly gap?: number | null;
  /** Standard error of the gap. */
  readonly gapError?: number;
  /** Mean stability of the groups. */
  readonly stability?: number | null;
  /** Within-cluster sum of squares. */
  readonly withinSquares?: number;
}

/** The part of the report of `chooseK` or `measureGap` that is drawn. */
export interface KChoice {
  /** The choice. */
  readonly k: number;
  /** What was tried, k ascending. */
  readonly curve: readonly KCurvePoint[];
  /** What chose, in a sentence. */
  readonly rule: string;
  /** What to know before believing it. */
  readonly notes: readonly Note[];
}

type Measure = Exclude<keyof KCurvePoint, "k" | "gapError">;

/** Each measure has a panel of its own; units differ, so no axis is shared but that of k. */
const panels: readonly { readonly measure: Measure; readonly title: string; readonly column: string }[] = [
  { measure: "silhouette", title: "Silhouette", column: "Mean silhouette (-1 to 1)" },
  { measure: "gap", title: "Gap statistic", column: "Gap statistic" },
  { measure: "stability", title: "Stability", column: "Mean stability (0 to 1)" },
  {
    measure: "withinSquares",
    title: "Sum of squares",
    column: "Within-cluster sum of squares (squared feature units)",
  },
];

/**
 * Draws the evidence for a number of clusters, one curve below the other, and marks the choice: silhouette, gap statistic with
 * its standard error, stability and within-cluster squares, as far as they were measured.
 *
 * What chose is said below the title, and so is that the data have no structure where the report says it.
 *
 * @param report - what `chooseK` or `measureGap` returned.
 * @param options - title; `width` and `height` of one curve; `colors` of the curves and of the choice.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for an entry that is not finite, or a
 * choice that was not tried.
 * @example
 * const table = fromMatrix([[0], [1], [2], [20], [21], [22], [40], [41], [42]]);
 * chartChooseK(chooseK(table, { to: 6 }))["description"];
 * // "How many segments?: k = 3 was chosen of k = 2 to 6. k = 3 has the largest mean silhouette (0.932) of k = 2 to 6."
 */
export function chartChooseK(report: KChoice, options?: ChartOptions): Chart {
  const caller = "chartChooseK";
  const { title: given, width = 480, height = 110, colors } = readOptions(caller, chartOptions, options);
  checkChoice(caller, report);
  const { k: chosen, curve, rule, notes } = report;
  const measured = panels.filter(({ measure }) => curve.some((point) => isNumber(point[measure])));
  const title = "How many segments?";
  const table = {
    columns: ["Clusters (k)", ...measured.map(({ column }) => column), "Chosen"],
    rows: curve.map((point) => [
      point.k,
      ...measured.map(({ measure }) => cellOf(point[measure])),
      point.k === chosen ? "chosen" : "",
    ]),
  };
  if (measured.length === 0) return emptyChart(title, "Nothing was measured.", table, given);
  const [line, mark] = colorsOf(colors, [categories[0], categories[3]]);
  const across = acrossK(curve.map(({ k }) => k)) as Readonly<Record<string, Json>>;
  const drawn = measured.map(({ measure, title: name }, place) => {
    const isLast = place === measured.length - 1;
    const x = isLast ? across : { ...across, title: null };
    return {
      width,
      height,
      layer: layersOf(report, measure, { name, x, isFirst: place === 0, line, mark: mark ?? line }),
    };
  });
  const range = `k = ${curve[0].k} to ${curve[curve.length - 1].k}`;
  const warning = notes.find(({ code }) => code === "no-structure");
  const sentence = warning === undefined ? rule : `${rule} No structure: ${warning.message}`;
  const body = { vconcat: drawn, spacing: 14 };
  const description = `k = ${chosen} was chosen of ${range}. ${sentence}`;
  return chartOf({ title, subtitle: sentence, description, table, body }, given);
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function cellOf(value: number | null | undefined): number | null {
  if (!isNumber(value)) return null;
  return Math.abs(value) < 1e3 ? round(value, 1e4) : value;
}

function checkChoice(caller: string, report: KChoice): void {
  const isReport = report !== null && typeof report === "object" && Array.isArray(report.curve);
  if (!isReport || typeof report.rule !== "string" || !Array.isArray(report.notes) || report.curve.length === 0) {
    refuse(caller, "shape-mismatch", "report", "k, curve, rule and notes", describeValue(report));
  }
  report.curve.forEach((point: Partial<KCurvePoint> | null, i) => {
    const path = `report.curve[${i}]`;
    if (point === null || typeof point !== "object")
      refuse(caller, "shape-mismatch", path, "a point", describeValue(point));
    if (!Number.isFinite(point.k))
      refuse(caller, "invalid-value", `${path}.k`, "a finite number", describeValue(point.k));
    for (const key of [...panels.map(({ measure }) => measure), "gapError"] as const) {
      const value: unknown = point[key];
      if (value === undefined || value === null || Number.isFinite(value)) continue;
      refuse(caller, "invalid-value", `${path}.${key}`, "a finite number or null", describeValue(value));
    }
  });
  if (!report.curve.some(({ k }) => k === report.k)) {
    refuse(caller, "invalid-value", "report.k", "one of the curve", describeValue(report.k));
  }
}

/** The curve, the line at the choice and, of the first panel, its label; error bars of the gap. */
function layersOf(
  { k: chosen, curve }: KChoice,
  measure: Measure,
  style: {
    readonly name: string;
    readonly x: Json;
    readonly isFirst: boolean;
    readonly line: string;
    readonly mark: string;
  },
): Json[] {
  const { name, x, isFirst, line, mark } = style;
  const values = curve.flatMap((point): { readonly [key: string]: Json }[] => {
    const value = point[measure];
    if (!isNumber(value)) return [];
    const error = measure === "gap" ? (point.gapError ?? 0) : 0;
    return [{ k: point.k, value, ...(measure === "gap" && { low: value - error, high: value + error }) }];
  });
  const isLarge = values.some(({ value }) => Math.abs(value as number) >= 1e5);
  const y: Json = {
    field: "value",
    type: "quantitative",
    title: name,
    scale: { zero: measure === "withinSquares" },
    axis: { tickCount: 4, ...(isLarge ? { format: "~s" } : {}) },
  };
  const layers: Json[] = [dashedLine([{ k: chosen }], { x })];
  if (measure === "gap") {
    const ends: Json = { x, y: { ...y, field: "low" }, y2: { field: "high" } };
    layers.push({ data: { values }, mark: { type: "rule", color: line, strokeWidth: 1.5 }, encoding: ends });
  }
  const stroke: Json = { type: "line", color: line, strokeWidth: 2.5, point: { color: line, size: 45, opacity: 1 } };
  layers.push({ data: { values }, mark: stroke, encoding: { x, y } });
  const at = values.filter(({ k }) => k === chosen);
  if (at.length > 0) {
    const dot: Json = { type: "point", shape: "circle", filled: true, color: mark, size: 150, opacity: 1 };
    layers.push({ data: { values: at }, mark: dot, encoding: { x, y } });
  }
  if (isFirst) {
    const isLate = 2 * curve.findIndex(({ k }) => k === chosen) > curve.length;
    const label: Json = { type: "text", align: isLate ? "right" : "left", dx: isLate ? -8 : 8, fontWeight: "bold" };
    const text: Json = { value: `Chosen: k = ${chosen}` };
    layers.push({ data: { values: [{ k: chosen }] }, mark: label, encoding: { x, y: { value: -6 }, text } });
  }
  return layers;
}
