import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf, shortCount } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import { type RfmDimension, rfmDimensions } from "../features/rfm-dimensions.ts";
import type { RfmScores, RfmThresholds } from "../features/rfm-scores.ts";
import { checkTable, neededFeature } from "../tables/feature-table.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, type ChartTable, colorsOf } from "./chart.ts";
import { emptyChart, inkedText, type Json, rampScale } from "./chart.ts";
import { inkOn, sequential } from "./colors.ts";

/** The part of an {@link RfmScores} that is drawn. */
export type RfmGrid = Pick<RfmScores, "scores" | "thresholds">;

type Bins = Readonly<Record<RfmDimension, number>>;

interface Cell {
  readonly recency: number;
  readonly frequency: number;
  customers: number;
  monetary: number;
  mean: number | null;
}

/**
 * Draws recency × frequency scores as a heat map: how many customers have each pair of scores, and how much they spend.
 *
 * @param result - what `scoreRfm` returned.
 * @param options - title and size; `colors` run from the lowest mean monetary score to the highest.
 * @returns a Vega-Lite spec with at most one cell per pair of scores, however many customers there are. Customers with
 * a missing score are left out, and the chart says how many.
 * @throws {ClienteleError} `shape-mismatch` without scores and thresholds; `invalid-option` when the scores lack one of
 * the three features; `invalid-value` for a score that its thresholds do not allow.
 * @example
 * const names = ["daysSinceLastPurchase", "orderCount", "revenue"];
 * const rfm = fromMatrix([[3, 9, 400], [40, 2, 90], [200, 1, 15]], { names });
 * chartRfm(scoreRfm(rfm, { bins: 3 }))["description"]; // "Customers by recency and frequency: 3 customers have 3 of the 9 pairs of scores; most of them, 1, have recency 3 and frequency 3."
 * @see Hughes (1994), Strategic Database Marketing: five equal groups per dimension.
 */
export function chartRfm(result: RfmGrid, options?: ChartOptions): Chart {
  const caller = "chartRfm";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  const bins = binsOf(caller, result);
  const { cells, left } = countCells(caller, result, bins);
  const customers = result.scores.ids.length - left;
  const title = "Customers by recency and frequency";
  const table = tableOf(cells, customers, result.thresholds);
  if (cells.length === 0) return emptyChart(title, "No customer has scores.", table, given);
  const ramp = colorsOf(colors, sequential);
  const cellWidth = width === undefined ? sideOf(72, 480 / bins.recency) : width / bins.recency;
  const cellHeight = height === undefined ? sideOf(52, 400 / bins.frequency) : height / bins.frequency;
  const values = cells.map(({ recency, frequency, mean, customers: count }) => ({
    recency,
    frequency,
    mean,
    ink: inkOn(ramp, ((mean ?? 1) - 1) / Math.max(1, bins.monetary - 1)),
    count: shortCount(count),
    share: formatShare(count / customers),
  }));
  const body = {
    width: cellWidth * bins.recency,
    height: cellHeight * bins.frequency,
    data: { values },
    encoding: {
      x: axisOf("recency", upTo(bins.recency), `Recency score (${bins.recency} = bought most recently)`),
      y: axisOf("frequency", upTo(bins.frequency).reverse(), `Frequency score (${bins.frequency} = bought most often)`),
    },
    layer: layersOf(ramp, bins.monetary, Math.min(cellWidth / 48, cellHeight / 36)),
  };
  const most = cells.reduce((best, cell) => (cell.customers > best.customers ? cell : best));
  const description =
    `${formatNumber(customers)} customers have ${cells.length} of the ${bins.recency * bins.frequency} pairs of scores; ` +
    `most of them, ${formatNumber(most.customers)}, have recency ${most.recency} and frequency ${most.frequency}.`;
  const rest = left === 0 ? "" : `; without a score and left out: ${formatNumber(left)}`;
  const subtitle = `Number and share of customers with each pair of scores, ${formatNumber(customers)} in all${rest}`;
  return chartOf({ title, subtitle, description, table, body }, given);
}

function binsOf(caller: string, result: RfmGrid): Bins {
  const thresholds: unknown = (result as RfmGrid | null | undefined)?.thresholds;
  if (thresholds === null || typeof thresholds !== "object") {
    refuse(caller, "shape-mismatch", "result", "scores and thresholds", describeValue(result));
  }
  const [recency, frequency, monetary] = rfmDimensions.map((dimension) => {
    const boundaries: unknown = result.thresholds[dimension];
    if (!Array.isArray(boundaries)) {
      refuse(caller, "shape-mismatch", `result.thresholds.${dimension}`, "a list", describeValue(boundaries));
    }
    return boundaries.length + 1;
  });
  return { recency, frequency, monetary };
}

function countCells(caller: string, { scores }: RfmGrid, bins: Bins): { cells: Cell[]; left: number } {
  checkTable(caller, scores, "result.scores");
  const places = rfmDimensions.map((name) => neededFeature(caller, scores, "result.scores", name));
  const cells = new Map<number, Cell>();
  const row = { recency: NaN, frequency: NaN, monetary: NaN };
  let left = 0;
  for (let i = 0; i < scores.ids.length; i++) {
    rfmDimensions.forEach((dimension, d) => {
      const score = scores.values[i * scores.names.length + places[d]];
      if (!Number.isNaN(score) && !(Number.isInteger(score) && score >= 1 && score <= bins[dimension])) {
        const path = `result.scores.values[${i}, ${places[d]}]`;
        refuse(caller, "invalid-value", path, `a whole number in [1, ${bins[dimension]}]`, describeCell(score));
      }
      row[dimension] = score;
    });
    const { recency, frequency, monetary } = row;
    if (Number.isNaN(recency + frequency + monetary)) {
      left++;
      continue;
    }
    const key = recency * bins.frequency + frequency - 1;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { recency, frequency, customers: 0, monetary: 0, mean: null }));
    cell.customers++;
    cell.monetary += monetary;
    cell.mean = cell.monetary / cell.customers;
  }
  const best = (a: Cell, b: Cell): number => b.recency - a.recency || b.frequency - a.frequency;
  return { cells: [...cells.values()].sort(best), left };
}

function tableOf(cells: readonly Cell[], customers: number, thresholds: RfmThresholds): ChartTable {
  const { recency, frequency } = thresholds;
  return {
    columns: [
      "Recency score",
      "Days since last purchase",
      "Frequency score",
      "Orders",
      "Customers",
      "Share of customers (%)",
      "Mean monetary score",
    ],
    rows: cells.map((cell) => [
      cell.recency,
      rangeOf(recency, recency.length + 1 - cell.recency),
      cell.frequency,
      rangeOf(frequency, cell.frequency - 1),
      cell.customers,
      percentOf(cell.customers / customers),
      cell.mean,
    ]),
  };
}

/** Between which boundaries the values of the n-th group from below lie. */
function rangeOf(boundaries: readonly number[], n: number): string {
  if (boundaries.length === 0) return "any";
  if (n === 0) return `up to ${formatNumber(boundaries[0])}`;
  if (n === boundaries.length) return `from ${formatNumber(boundaries[n - 1])}`;
  return `${formatNumber(boundaries[n - 1])} to ${formatNumber(boundaries[n])}`;
}

function sideOf(largest: number, share: number): number {
  return Math.max(10, Math.min(largest, Math.floor(share)));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function axisOf(field: string, domain: readonly number[], title: string): Json {
  return {
    field,
    type: "ordinal",
    title,
    scale: { type: "band", domain, paddingInner: 0.04, paddingOuter: 0 },
    axis: { labelAngle: 0, domain: false, ticks: false, labelOverlap: true },
  };
}

/** Rectangles, and as much text as a cell has room for; `room` is 1 where two lines fit. */
function layersOf(ramp: readonly string[], bins: number, room: number): Json[] {
  const fill: Json = {
    field: "mean",
    type: "quantitative",
    title: ["Mean monetary", `score (${bins} = most)`],
    scale: rampScale(ramp, 1, Math.max(2, bins)),
    legend: { gradientLength: 140, tickCount: Math.min(5, bins), format: "~r" },
  };
  return [{ mark: { type: "rect" }, encoding: { color: fill } }, ...cellText(room)];
}

function cellText(room: number): Json[] {
  if (room < 0.6) return [];
  if (room < 1) return inkedText("count", { fontSize: 11 });
  const count = inkedText("count", { fontWeight: "bold", fontSize: 14, dy: -7 });
  return [...count, ...inkedText("share", { fontSize: 11, dy: 9 })];
}
