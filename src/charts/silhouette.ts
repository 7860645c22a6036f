import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { formatNumber, percentOf, round } from "../core/numbers.ts";
import { type OptionTable, readOptions, texts } from "../core/options.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import type { SilhouetteReport } from "../segments/silhouette.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** Options of {@link chartSilhouette}. */
export interface ChartSilhouetteOptions extends ChartOptions {
  /** Name of group 0, 1, …; `"Segment 1"` for group 0 and so on when absent, as in a profile. */
  readonly names?: readonly string[] | undefined;
}

/** Option table of {@link chartSilhouette}. */
export const chartSilhouetteOptions: OptionTable<
  ChartSilhouetteOptions,
  "title" | "width" | "height" | "colors" | "names"
> = { ...chartOptions, names: texts({ optional: true }) };

/** The part of a {@link SilhouetteReport} that is drawn. */
export type SilhouetteValues = Pick<SilhouetteReport, "mean" | "perCluster" | "values" | "sizes" | "labels">;

interface Band {
  readonly name: string;
  readonly size: number;
  readonly mean: number;
  /** Silhouettes of the measured rows, from low to high. */
  readonly sorted: Float64Array;
}

/** A band is drawn by so many points at most, and a picture has so many bands at most. */
const mostPoints = 64;
const mostBands = 40;

/**
 * Draws how well the customers of each group fit it: one band per group, as high as the group is large, its right edge
 * the silhouettes of its customers in order. A thin tail to the left of zero are customers nearer to another group.
 *
 * @param report - what `measureSilhouette` returned.
 * @param options - title and size; `names` of the groups; `colors` are taken in turn by the groups.
 * @returns a Vega-Lite spec of bounded size: at most 40 groups, the largest, with 64 points each, however many rows.
 * @throws {ClienteleError} `shape-mismatch` when the lists of the report do not fit together or `names` is too short;
 * `invalid-value` for a silhouette outside [−1, 1].
 * @example
 * const table = fromMatrix([[0], [1], [10], [11]]);
 * const chart = chartSilhouette(measureSilhouette(table, labelsOf([0, 0, 1, 1])));
 * chart["description"]; // "How well customers fit their segment: the mean silhouette is 0.8997 over 2 segments; best is Segment 1 with 0.8997, worst is Segment 1 with 0.8997."
 * @see Rousseeuw (1987), "Silhouettes": the plot.
 */
export function chartSilhouette(report: SilhouetteValues, options?: ChartSilhouetteOptions): Chart {
  const caller = "chartSilhouette";
  const { title: given, width = 460, height, colors, names } = readOptions(caller, chartSilhouetteOptions, options);
  checkReport(caller, report, names);
  const bands = bandsOf(caller, report, names);
  const title = "How well customers fit their segment";
  const table = {
    columns: ["Segment", "Customers", "Mean silhouette (-1 to 1)", "Median", "Nearer to another segment (%)"],
    rows: bands.map(({ name, size, mean, sorted }) => [
      name,
      size,
      round(mean, 1000),
      round(quantileOfSorted(sorted, 0.5), 1000),
      percentOf(shareBelow(sorted)),
    ]),
  };
  if (bands.length === 0) return emptyChart(title, "No customer was measured.", table, given);
  const drawn = largest(bands);
  const { edges, marks, total } = placed(drawn, height ?? Math.max(160, Math.min(420, 90 * drawn.length)), 26);
  const palette = colorsOf(colors, categories);
  const low = edges.reduce((least, { x }) => Math.min(least, x), 0);
  const x: Json = {
    field: "x",
    type: "quantitative",
    title: "Silhouette (1 = fits well, below 0 = nearer to another segment)",
    scale: { domain: [Math.floor(low * 5) / 5, 1], nice: false },
    axis: { tickCount: 6, format: ".1f" },
  };
  const y: Json = {
    field: "y",
    type: "quantitative",
    axis: null,
    scale: { domain: [total, 0], range: [total, 0], nice: false, zero: false },
  };
  const fill: Json = {
    field: "band",
    type: "ordinal",
    legend: null,
    scale: { domain: drawn.map((_, b) => b), range: drawn.map((_, b) => palette[b % palette.length]) },
  };
  const mean = { x: report.mean, text: `Mean ${report.mean.toFixed(2)}` };
  const beside = (field: string, mark: { readonly [key: string]: Json }): Json => ({
    data: { values: marks },
    mark: { type: "text", align: "right", ...mark },
    encoding: { x: { value: -10 }, y, text: { field, type: "nominal" } },
  });
  const body = {
    width,
    height: total,
    layer: [
      {
        data: { values: edges },
        mark: { type: "area", orient: "horizontal", opacity: 1 },
        encoding: {
          x: { ...x, stack: null },
          x2: { datum: 0 },
          y,
          color: fill,
        },
      },
      beside("name", { fontWeight: "bold", dy: -7 }),
      beside("figures", { fontSize: 11, dy: 8 }),
      { data: { values: [mean] }, mark: { type: "rule", strokeDash: [5, 4], opacity: 0.8 }, encoding: { x } },
      {
        data: { values: [mean] },
        mark: { type: "text", align: "left", dx: 5, fontWeight: "bold" },
        encoding: { x, y: { value: 8 }, text: { field: "text", type: "nominal" } },
      },
    ],
  };
  const description = describe(report.mean, bands);
  const subtitle =
    drawn.length < bands.length
      ? `One band per segment, higher for more customers; the ${mostBands} largest of ${bands.length} segments`
      : "One band per segment, higher for more customers";
  return chartOf({ title, subtitle, description, table, body }, given);
}

function checkReport(caller: string, report: SilhouetteValues, names: readonly string[] | undefined): void {
  if (report === null || typeof report !== "object" || !Array.isArray(report.perCluster)) {
    refuse(caller, "shape-mismatch", "report", "mean, perCluster, values, sizes and labels", describeValue(report));
  }
  const { mean, perCluster, values, sizes, labels } = report;
  const groups = perCluster.length;
  if (!Array.isArray(sizes) || sizes.length !== groups) {
    refuse(caller, "shape-mismatch", "report.sizes", `${groups} numbers`, describeValue(sizes));
  }
  if (!(values instanceof Float64Array)) {
    refuse(caller, "shape-mismatch", "report.values", "a Float64Array", describeValue(values));
  }
  if (!(labels instanceof Int32Array) || labels.length !== values.length) {
    refuse(caller, "shape-mismatch", "report.labels", `${values.length} group numbers`, describeValue(labels));
  }
  if (names !== undefined && names.length < groups) {
    refuse(caller, "shape-mismatch", "options.names", `${groups} names, one per group`, String(names.length));
  }
  const figures: readonly (readonly [string, number])[] = [
    ["mean", mean],
    ...perCluster.map((value, g) => [`perCluster[${g}]`, value] as const),
  ];
  const bad = figures.find(([, value]) => !(value >= -1 && value <= 1));
  if (bad !== undefined) refuse(caller, "invalid-value", `report.${bad[0]}`, "in [-1, 1]", describeValue(bad[1]));
}

function bandsOf(caller: string, report: SilhouetteValues, names: readonly string[] | undefined): Band[] {
  const { perCluster, values, sizes, labels } = report;
  const counts = new Uint32Array(sizes.length);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    if (!(value >= -1 && value <= 1)) {
      refuse(caller, "invalid-value", `report.values[${i}]`, "in [-1, 1], or NaN", describeCell(value));
    }
    if (!(labels[i] >= 0 && labels[i] < sizes.length)) {
      refuse(caller, "invalid-value", `report.labels[${i}]`, `in [0, ${sizes.length - 1}]`, describeValue(labels[i]));
    }
    counts[labels[i]]++;
  });
  const members = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) members[labels[i]][counts[labels[i]]++] = value;
  });
  const bandNames = distinctLabels(
    sizes.map((_, g) => names?.[g] ?? `Segment ${g + 1}`),
    28,
  );
  const all = members.map((list, g) => ({
    name: bandNames[g],
    size: sizes[g],
    mean: perCluster[g],
    sorted: list.sort(),
  }));
  return all.filter(({ sorted }) => sorted.length > 0);
}

function largest(bands: readonly Band[]): readonly Band[] {
  if (bands.length <= mostBands) return bands;
  const limit = bands.map(({ size }) => size).sort((a, b) => b - a)[mostBands - 1];
  return bands.filter(({ size }) => size >= limit).slice(0, mostBands);
}

interface Placed {
  readonly edges: { readonly band: number; readonly x: number; readonly y: number }[];
  readonly marks: { readonly name: string; readonly figures: string; readonly y: number }[];
  readonly total: number;
}

/** Bands from top to bottom, in pixels: each high enough for its two lines of text, the rest shared by size. */
function placed(bands: readonly Band[], wanted: number, least: number): Placed {
  const gap = 8;
  const customers = bands.reduce((sum, { size }) => sum + size, 0);
  const spare = Math.max(0, wanted - bands.length * (least + gap));
  const edges: { band: number; x: number; y: number }[] = [];
  const marks: { name: string; figures: string; y: number }[] = [];
  let top = 24; // room for the label of the mean
  bands.forEach(({ name, size, mean, sorted }, band) => {
    const high = least + (spare * size) / Math.max(1, customers);
    for (const { share, value } of outline(sorted)) {
      edges.push({ band, x: round(value, 1e4), y: round(top + share * high, 100) });
    }
    const figures = `${formatNumber(size)} · mean ${mean.toFixed(2)}`;
    marks.push({ name, figures, y: round(top + high / 2, 100) });
    top += high + gap;
  });
  return { edges, marks, total: Math.ceil(top) };
}

/** The values from high to low, at evenly spaced shares of the group; the first and the last are exact. */
function outline(sorted: Float64Array): { share: number; value: number }[] {
  const points = Math.max(2, Math.min(mostPoints, sorted.length));
  return Array.from({ length: points }, (_, p) => {
    const share = p / (points - 1);
    return { share, value: sorted[Math.round((1 - share) * (sorted.length - 1))] };
  });
}

/** The share of values below 0. */
function shareBelow(sorted: Float64Array): number {
  const first = sorted.findIndex((value) => value >= 0);
  return first < 0 ? 1 : first / sorted.length;
}

function describe(mean: number, bands: readonly Band[]): string {
  const best = bands.reduce((a, b) => (b.mean > a.mean ? b : a));
  const worst = bands.reduce((a, b) => (b.mean < a.mean ? b : a));
  return (
    `the mean silhouette is ${formatNumber(mean)} over ${bands.length} segments; best is ${best.name} with ` +
    `${formatNumber(best.mean)}, worst is ${worst.name} with ${formatNumber(worst.mean)}.`
  );
}
