import { lookUp } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { ProfileReport } from "../segments/profile.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, type ChartTable, colorsOf } from "./chart.ts";
import { emptyChart, inkedText, type Json, rampScale } from "./chart.ts";
import { categories, diverging, inkOn } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** A picture has so many columns and rows at most. */
const mostFeatures = 30;
const mostSegments = 60;

interface Row {
  readonly segment: string;
  readonly size: number;
  readonly share: number;
  /** One difference per feature of the report; null = unknown. */
  readonly differences: readonly (number | null)[];
}

/**
 * Draws what each segment has more or less of than all customers, and how large it is: a heat map of standardized
 * differences beside a bar per segment.
 *
 * @param report - what `profileSegments` returned.
 * @param options - title; width and height of the heat map; `colors` run from far below to far above all customers.
 * @returns a Vega-Lite spec of at most 60 segments, the largest, and 30 features, those that differ most; what is left
 * out is said below the title, and is in the table.
 * @throws {ClienteleError} `shape-mismatch` without features and segments; `invalid-value` for a difference that is
 * neither finite nor null.
 * @example
 * const table = fromMatrix([[10, 1], [20, 1], [90, 7]], { names: ["spend", "orders"] });
 * const chart = chartSegments(profileSegments(table, labelsOf([0, 0, 1]), { names: ["Regular", "Big"] }));
 * chart["description"]; // "What distinguishes each segment: 2 segments, 2 features; the most distinct is Big, with orders +1.15 standard deviations from all customers."
 */
export function chartSegments(report: ProfileReport, options?: ChartOptions): Chart {
  const caller = "chartSegments";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  const { features, rows } = readProfile(caller, report);
  const title = "What distinguishes each segment";
  const table = tableOf(rows, features);
  const isEmpty = rows.length === 0 || features.length === 0;
  if (isEmpty) return emptyChart(title, "There is nothing to compare.", table, given);
  const shownRows = keepMost(rows, mostSegments, ({ size }) => size);
  const differenceOf = (f: number): number =>
    rows.reduce((most, row) => Math.max(most, Math.abs(row.differences[f] ?? 0)), 0);
  const shownFeatures = keepMost(
    features.map((_, f) => f),
    mostFeatures,
    differenceOf,
  );
  const cell = {
    width: width === undefined ? Math.max(40, Math.min(72, 560 / shownFeatures.length)) : width / shownFeatures.length,
    height: height === undefined ? Math.max(22, Math.min(44, 440 / shownRows.length)) : height / shownRows.length,
  };
  const y: Json = {
    field: "segment",
    type: "nominal",
    title: null,
    scale: { type: "band", domain: shownRows.map(({ segment }) => segment), paddingInner: 0.06, paddingOuter: 0 },
    axis: { domain: false, ticks: false, labelLimit: 220 },
  };
  const body = {
    spacing: 14,
    resolve: { scale: { y: "shared" } },
    hconcat: [
      heatMap(shownRows, shownFeatures, features, cell, y, colorsOf(colors, diverging)),
      sizeBars(shownRows, cell.height * shownRows.length, y),
    ],
  };
  const subtitle = subtitleOf(report, shownRows.length, shownFeatures.length);
  return chartOf({ title, subtitle, description: describe(rows, features), table, body }, given);
}

function readProfile(caller: string, report: ProfileReport): { features: string[]; rows: Row[] } {
  const given: { readonly features?: unknown; readonly segments?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.features) || !Array.isArray(given.segments)) {
    refuse(caller, "shape-mismatch", "report", "features and segments", describeValue(report));
  }
  const labels = distinctLabels(
    report.segments.map(({ name }) => name),
    32,
  );
  const rows = report.segments.map(({ size, share, standardizedDifference }, s) => ({
    segment: labels[s],
    size,
    share,
    differences: report.features.map((name, f) => {
      const difference = lookUp(standardizedDifference, name) ?? null;
      if (difference !== null && !Number.isFinite(difference)) {
        const path = `report.segments[${s}].standardizedDifference[${f}]`;
        refuse(caller, "invalid-value", path, "finite or null", describeValue(difference));
      }
      return difference;
    }),
  }));
  return { features: distinctLabels(report.features, 40), rows };
}

/** The longer list goes down the page, so that the table fits on paper. */
function tableOf(rows: readonly Row[], features: readonly string[]): ChartTable {
  const unit = "standard deviations from all customers";
  const cellOf = ({ differences }: Row, f: number): number | null => {
    const difference = differences[f];
    return difference === null ? null : round(difference, 100);
  };
  if (rows.length >= features.length) {
    const columns = ["Segment", "Customers", "Share of customers (%)", ...features.map((name) => `${name} (${unit})`)];
    const cells = rows.map((row) => [
      row.segment,
      row.size,
      percentOf(row.share),
      ...features.map((_, f) => cellOf(row, f)),
    ]);
    return { columns, rows: cells };
  }
  const heads = rows.map(
    ({ segment, size, share }) => `${segment} (${formatNumber(size)} customers, ${formatShare(share)})`,
  );
  return {
    columns: [`Feature, in ${unit}`, ...heads],
    rows: features.map((name, f) => [name, ...rows.map((row) => cellOf(row, f))]),
  };
}

/** The items with the largest weights, in their order. */
function keepMost<T>(items: readonly T[], most: number, weight: (item: T) => number): readonly T[] {
  if (items.length <= most) return items;
  const ranked = items.map((item, i) => ({ i, w: weight(item) })).sort((a, b) => b.w - a.w || a.i - b.i);
  const kept = new Set(ranked.slice(0, most).map(({ i }) => i));
  return items.filter((_, i) => kept.has(i));
}

function heatMap(
  rows: readonly Row[],
  shown: readonly number[],
  features: readonly string[],
  cell: { readonly width: number; readonly height: number },
  y: Json,
  ramp: readonly string[],
): Json {
  const cells = rows.flatMap(({ segment, differences }) =>
    shown.map((f) => ({ segment, feature: features[f], difference: differences[f] })),
  );
  // Beyond two standard deviations a segment is far off; a scale that ends later would wash out everything else.
  const reach = Math.min(2, Math.max(0.5, largestDifference(rows, shown)));
  const values = cells.map(({ segment, feature, difference }) => ({
    segment,
    feature,
    difference,
    label: difference === null ? "–" : signed(difference),
    ink: inkOn(ramp, ((difference ?? 0) + reach) / (2 * reach)),
  }));
  const x: Json = {
    field: "feature",
    type: "nominal",
    title: null,
    scale: { type: "band", domain: shown.map((f) => features[f]), paddingInner: 0.04, paddingOuter: 0 },
    axis: { orient: "bottom", domain: false, ticks: false, labelAngle: -40, labelLimit: 190 },
  };
  const color: Json = {
    field: "difference",
    type: "quantitative",
    title: ["Difference from all customers", "(standard deviations)"],
    scale: rampScale(ramp, -reach, reach),
    legend: {
      orient: "bottom",
      direction: "horizontal",
      gradientLength: 220,
      titleLimit: 320,
      tickCount: 5,
    },
  };
  const hasRoom = cell.width >= 32 && cell.height >= 14;
  return {
    width: cell.width * shown.length,
    height: cell.height * rows.length,
    data: { values },
    encoding: { x, y },
    layer: [{ mark: "rect", encoding: { color } }, ...(hasRoom ? inkedText("label", { fontSize: 11 }) : [])],
  };
}

function largestDifference(rows: readonly Row[], shown: readonly number[]): number {
  let most = 0;
  for (const { differences } of rows) for (const f of shown) most = Math.max(most, Math.abs(differences[f] ?? 0));
  return most;
}

function sizeBars(rows: readonly Row[], height: number, y: Json): Json {
  const values = rows.map(({ segment, size, share }) => ({
    segment,
    percent: 100 * share,
    label: `${formatShare(share)} · ${formatNumber(size)}`,
  }));
  const most = rows.reduce((largest, { share }) => Math.max(largest, 100 * share), 1);
  const x: Json = {
    field: "percent",
    type: "quantitative",
    title: "Share of customers (%)",
    scale: { domain: [0, 1.9 * most], nice: false },
    axis: null,
  };
  const bare = { ...(y as object), axis: null };
  return {
    width: 180,
    height,
    title: { text: "Share · customers", fontSize: 12, fontWeight: "normal", offset: 6 },
    data: { values },
    layer: [
      { mark: { type: "bar", color: categories[5], height: { band: 0.6 } }, encoding: { x, y: bare } },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 11 },
        encoding: { x, y: bare, text: { field: "label", type: "nominal" } },
      },
    ],
  };
}

function signed(difference: number): string {
  const text = Math.abs(difference) >= 10 ? Math.abs(difference).toFixed(0) : Math.abs(difference).toFixed(1);
  return Number(text) === 0 ? "0" : `${difference < 0 ? "-" : "+"}${text}`;
}

function subtitleOf({ segments, features, unassigned }: ProfileReport, rows: number, columns: number): string {
  const parts: string[] = [];
  if (rows < segments.length) parts.push(`the ${rows} largest of ${segments.length} segments`);
  if (columns < features.length) parts.push(`the ${columns} of ${features.length} features that differ most`);
  if (unassigned > 0) parts.push(`customers in no segment: ${formatNumber(unassigned)}`);
  return ["Mean of each segment compared with all customers", ...parts].join("; ");
}

function describe(rows: readonly Row[], features: readonly string[]): string {
  const best = { row: rows[0], f: 0, size: -1 };
  for (const row of rows) {
    row.differences.forEach((difference, f) => {
      if (Math.abs(difference ?? 0) <= best.size) return;
      Object.assign(best, { row, f, size: Math.abs(difference ?? 0) });
    });
  }
  const value = best.row.differences[best.f] ?? 0;
  return (
    `${rows.length} segments, ${features.length} features; the most distinct is ${best.row.segment}, with ` +
    `${features[best.f]} ${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(2)} standard deviations from all customers.`
  );
}
