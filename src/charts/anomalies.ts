import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, round } from "../core/numbers.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkLabels, type Labels, noGroup } from "../tables/labels.ts";
import {
  type Chart,
  chartOf,
  type ChartOptions,
  chartOptions,
  colorsOf,
  drawable,
  emptyChart,
  type Json,
} from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels, labelText } from "./text.ts";

/** Options of {@link chartAnomalies}. */
export interface ChartAnomaliesOptions extends ChartOptions {
  /** One label per row: −1 = ordinary, others = anomaly, as `labelAnomalies` and `labelNoise` give them. */
  readonly labels: Labels;
  /** One finite score per row; then the table below the picture lists the oddest customers first. */
  readonly scores?: ArrayLike<number> | undefined;
}

/** Option table of {@link chartAnomalies}. */
export const chartAnomaliesOptions: OptionTable<
  ChartAnomaliesOptions,
  "title" | "width" | "height" | "colors" | "scores"
> = {
  ...chartOptions,
  labels: custom("labels in an Int32Array", (value) => value instanceof Int32Array, [null, [0], {}, 1]),
  scores: custom<ArrayLike<number>>("a list of numbers", isList, [null, 1, {}], { optional: true }),
};

/** A picture has so many points of each kind at most, and its table so many rows. */
const mostPoints = 2000;
const mostListed = 50;

/**
 * Draws customers in a plane, those who are unlike the others large and last.
 *
 * @param embedding - two finite features, of `embed2d` or any two you choose.
 * @param options - `labels` of the rows, perhaps `scores`; title and size; `colors` of ordinary customers and of anomalies.
 * @returns a Vega-Lite spec of bounded size: of more than 2,000 ordinary customers an even sample is drawn, of more than 2,000
 * anomalies those with the highest scores; what is left out is said below the title. The table lists up to 50 anomalies
 * by id.
 * @throws {ClienteleError} `shape-mismatch` for a table of other than two features, or labels or scores of another length;
 * `invalid-value` at the first cell or score that is not finite.
 * @example
 * const plane = fromMatrix([[0, 0], [1, 0], [0, 1], [9, 9]], { names: ["x", "y"] });
 * const chart = chartAnomalies(plane, { labels: labelsOf([-1, -1, -1, 0]) });
 * chart["description"]; // "Who is unlike the others: 1 of 4 customers (25.0 %) is marked as an anomaly."
 */
export function chartAnomalies(embedding: FeatureTable, options: ChartAnomaliesOptions): Chart {
  const caller = "chartAnomalies";
  const read = readOptions(caller, chartAnomaliesOptions, options);
  const { labels, scores } = read;
  checkInput(caller, embedding, labels, scores);
  const { ids, names, values } = embedding;
  const rows = [...ids.keys()];
  const odd = rows.filter((row) => labels[row] !== noGroup);
  if (scores !== undefined) odd.sort((a, b) => scores[b] - scores[a] || a - b);
  const ordinary = rows.filter((row) => labels[row] === noGroup);
  const title = "Who is unlike the others";
  const listed = odd.slice(0, mostListed);
  const labeled = distinctLabels(listed.map((row) => ids[row]));
  const axes = names.map((name) => labelText(name));
  const table = {
    columns: ["Customer marked as an anomaly", ...axes, ...(scores === undefined ? [] : ["Score"])],
    rows: listed.map((row, i) => [
      labeled[i],
      shortened(values[2 * row]),
      shortened(values[2 * row + 1]),
      ...(scores === undefined ? [] : [shortened(scores[row])]),
    ]),
  };
  if (rows.length === 0) return emptyChart(title, "There are no customers.", table, read.title);
  const step = Math.max(1, ordinary.length / mostPoints);
  const drawn = Array.from({ length: Math.min(ordinary.length, mostPoints) }, (_, i) => ordinary[Math.floor(i * step)]);
  const body = bodyOf(values, axes, drawn, odd, ordinary.length, read);
  const subtitle = subtitleOf(ordinary.length, odd.length, scores !== undefined);
  const verb = odd.length === 1 ? "is marked as an anomaly" : "are marked as anomalies";
  const share = formatShare(odd.length / rows.length);
  const description = `${formatNumber(odd.length)} of ${formatNumber(rows.length)} customers (${share}) ${verb}.`;
  return chartOf({ title, subtitle, description, table, body }, read.title);
}

function checkInput(
  caller: string,
  embedding: FeatureTable,
  labels: Labels,
  scores: ArrayLike<number> | undefined,
): void {
  checkTable(caller, embedding, "embedding");
  const { ids, names } = embedding;
  if (names.length !== 2) refuse(caller, "shape-mismatch", "embedding.names", "2 features", String(names.length));
  checkFinite(caller, embedding, "embedding");
  checkLabels(caller, "options.labels", labels, ids.length);
  if (scores === undefined) return;
  if (scores.length !== ids.length) {
    refuse(caller, "shape-mismatch", "options.scores", `${ids.length} scores`, describeValue(scores));
  }
  for (let row = 0; row < scores.length; row++) {
    const score: unknown = scores[row];
    if (Number.isFinite(score)) continue;
    refuse(caller, "invalid-value", `options.scores[${row}]`, "finite", describeCell(score));
  }
}

/** Thousandths, or four digits of what is smaller or larger. */
function shortened(value: number): number {
  const size = Math.abs(value);
  return size >= 0.1 && size < 1e6 ? round(value, 1000) : Number(value.toPrecision(4));
}

function bodyOf(
  values: Float64Array,
  [xTitle, yTitle]: readonly string[],
  drawn: readonly number[],
  odd: readonly number[],
  ordinary: number,
  { width = 480, height = 360, colors }: ChartOptions,
): Readonly<Record<string, Json>> {
  const palette = colorsOf(colors, [categories[0], categories[3]]);
  const kinds = [`Ordinary: ${formatNumber(ordinary)}`, `Anomaly: ${formatNumber(odd.length)}`];
  const pointOf = (kind: string) => (row: number) => ({ kind, x: values[2 * row], y: values[2 * row + 1] });
  const axis: Json = { tickCount: 6, labelFlush: false };
  const encoding: Json = {
    x: { field: "x", type: "quantitative", title: drawable(xTitle), scale: { zero: false, padding: 10 }, axis },
    y: { field: "y", type: "quantitative", title: drawable(yTitle), scale: { zero: false, padding: 10 }, axis },
    color: {
      field: "kind",
      type: "nominal",
      title: null,
      scale: { domain: kinds, range: kinds.map((_, i) => palette[i % palette.length]) },
      legend: { orient: "top", direction: "horizontal", symbolType: "circle", symbolOpacity: 1, symbolSize: 90 },
    },
  };
  return {
    width,
    height,
    encoding,
    layer: [
      {
        data: { values: drawn.map(pointOf(kinds[0])) },
        mark: { type: "point", shape: "circle", filled: true, size: 22, opacity: 0.45 },
      },
      {
        data: { values: odd.slice(0, mostPoints).map(pointOf(kinds[1])) },
        mark: { type: "point", shape: "circle", filled: true, size: 90, opacity: 0.9 },
      },
    ],
  };
}

function subtitleOf(ordinary: number, odd: number, isScored: boolean): string | undefined {
  const parts: string[] = [];
  if (odd > mostPoints) {
    parts.push(
      `${isScored ? "the oddest" : "the first"} ${formatNumber(mostPoints)} of ${formatNumber(odd)} anomalies`,
    );
  }
  if (ordinary > mostPoints) {
    parts.push(`an even sample of ${formatNumber(mostPoints)} of ${formatNumber(ordinary)} ordinary customers`);
  }
  return parts.length === 0 ? undefined : `Drawn: ${parts.join("; ")}`;
}
