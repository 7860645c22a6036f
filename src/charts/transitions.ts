import { formatNumber, formatShare, percentOf, shortCount } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import { checkTransitions, eachEdge } from "../journeys/count-tables.ts";
import { endState, startState } from "../journeys/paths.ts";
import type { GraphSource } from "../journeys/transition-graph.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, type ChartTable, colorsOf, emptyChart, inkedText, type Json, rampScale } from "./chart.ts"; // prettier-ignore
import { inkOn, sequential } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** States that have a row of their own; the cells are their square. */
const mostStates = 20;

/** Steps in the table behind the picture. */
const mostRows = 1000;

/**
 * Draws which step follows which as a heat map: from down the page, to across it, the brighter the more likely. Every row with steps adds up
 * to 100 %.
 *
 * @param table - made by `countTransitions`, `transitionCounts`, or `fitMarkov` of order 1.
 * @param options - title and size; `colors` run from 0 to 100 %.
 * @returns a Vega-Lite spec of bounded size: the 20 states that occur most, the others as one. The table behind it has the 1,000
 * most frequent steps, with their counts.
 * @throws {ClienteleError} `shape-mismatch` for something else, also for a chain of a higher order.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "home", 0), at("ann", "cart", 1), at("bob", "home", 0)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * chartTransitions(countTransitions(log))["description"];
 * // "Which step follows which: 2 paths begin with home in 100.0 % of cases; the most frequent step between events is from home to cart, 1 time, 50.0 % of what follows home."
 */
export function chartTransitions(table: GraphSource, options?: ChartOptions): Chart {
  const caller = "chartTransitions";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkTransitions(caller, "table", table);
  const { states, paths } = table;
  const steps = stepsOf(table);
  const title = "Which step follows which";
  const labels = [startState, ...distinctLabels(states.slice(1, -1), 28), endState];
  const behind = tableOf(steps, labels);
  if (steps.length === 0) return emptyChart(title, "There are no paths.", behind, given);
  const { cells, origins, targets, folded } = cellsOf(steps, labels);
  const body = bodyOf(cells, { origins, targets, width, height, ramp: colorsOf(colors, sequential) });
  const parts = [`Share of what follows the row, in percent; ${formatNumber(paths)} ${paths === 1 ? "path" : "paths"}`];
  if (folded > 0) parts.push(`the ${mostStates} most frequent of ${states.length - 2} states, the others as one`);
  const description = describe(steps, labels, paths);
  return chartOf({ title, subtitle: parts.join("; "), description, table: behind, body }, given);
}

interface Step {
  readonly from: number;
  readonly to: number;
  /** Share of what follows `from`, 0 … 1. */
  readonly share: number;
  /** How often. */
  readonly count: number;
}

function stepsOf(table: GraphSource): Step[] {
  const steps: Step[] = [];
  eachEdge(table, (from, to, share, count) => steps.push({ from, to, share, count }));
  return steps;
}

interface Cell {
  readonly from: string;
  readonly to: string;
  readonly share: number;
}

/** The cells of the picture: of states that do not have a row of their own, those of all of them together. */
function cellsOf(
  steps: readonly Step[],
  labels: readonly string[],
): { cells: Cell[]; origins: string[]; targets: string[]; folded: number } {
  const last = labels.length - 1;
  const into = new Float64Array(labels.length);
  const out = new Float64Array(labels.length);
  for (const { from, to, count } of steps) {
    into[to] += count;
    out[from] += count;
  }
  const inner = labels.map((_, state) => state).slice(1, -1);
  const kept = inner.slice().sort((a, b) => into[b] - into[a] || a - b).slice(0, mostStates).sort((a, b) => a - b); // prettier-ignore
  const other = `${formatNumber(inner.length - kept.length)} others`;
  const isKept = new Set([0, last, ...kept]);
  const nameOf = (state: number): string => (isKept.has(state) ? labels[state] : other);
  const sums = new Map<string, Map<string, number>>();
  const rowWeights = new Map<string, number>();
  for (const { from, to, share } of steps) {
    // A row of its own counts as its shares; rows that are put together count by how often they are left.
    const weight = isKept.has(from) ? 1 : out[from];
    const row = sums.get(nameOf(from)) ?? new Map<string, number>();
    row.set(nameOf(to), (row.get(nameOf(to)) ?? 0) + weight * share);
    sums.set(nameOf(from), row);
    rowWeights.set(nameOf(from), (rowWeights.get(nameOf(from)) ?? 0) + weight * share);
  }
  const cells = [...sums].flatMap(([from, row]) => [...row].map(([to, share]): Cell => ({ from, to, share: share / (rowWeights.get(from) ?? 1) }))); // prettier-ignore
  const named = [...kept.map((state) => labels[state]), ...(kept.length < inner.length ? [other] : [])];
  return {
    cells,
    origins: [labels[0], ...named],
    targets: [...named, labels[last]],
    folded: inner.length - kept.length,
  };
}

function bodyOf(
  cells: readonly Cell[],
  style: {
    readonly origins: readonly string[];
    readonly targets: readonly string[];
    readonly width: number | undefined;
    readonly height: number | undefined;
    readonly ramp: readonly string[];
  },
): Readonly<Record<string, Json>> {
  const { origins, targets, ramp } = style;
  const width = style.width ?? Math.max(24, Math.min(60, 600 / targets.length)) * targets.length;
  const height = style.height ?? Math.max(20, Math.min(36, 560 / origins.length)) * origins.length;
  const [cellWidth, cellHeight] = [width / targets.length, height / origins.length];
  const fontSize = Math.max(7, Math.min(12, Math.floor(cellWidth / 2.6), Math.floor(cellHeight / 1.5)));
  const hasRoom = cellWidth >= 16 && cellHeight >= 10;
  const axis = (domain: readonly string[], field: string, title: string, labels: Readonly<Record<string, Json>>): Json => ({
    field,
    type: "nominal",
    title,
    scale: { type: "band", domain, paddingInner: 0.04, paddingOuter: 0 },
    axis: { domain: false, ticks: false, labelLimit: width < 400 ? 110 : 200, ...labels },
  }); // prettier-ignore
  const values = cells.map(({ from, to, share }) => ({ from, to, share, percent: percentText(share), ink: inkOn(ramp, share) })); // prettier-ignore
  return {
    width,
    height,
    data: { values },
    encoding: {
      x: axis(targets, "to", "To", { orient: "top", labelAngle: -45 }),
      y: axis(origins, "from", "From", {}),
    },
    layer: [
      {
        mark: "rect",
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            title: "Share of what follows",
            scale: rampScale(ramp, 0, 1),
            legend: { orient: "bottom", direction: "horizontal", gradientLength: Math.min(220, width), titleLimit: 320, format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] }, // prettier-ignore
          },
        },
      },
      ...(hasRoom ? inkedText("percent", { fontSize }) : []),
    ],
  };
}

/** Percent without the sign, which the line below the title has; "<1" for what would be rounded to nothing. */
function percentText(share: number): string {
  const percent = Math.round(share * 100);
  return percent === 0 ? "<1" : String(percent);
}

function tableOf(steps: readonly Step[], labels: readonly string[]): ChartTable {
  const rows = steps
    .slice()
    .sort((a, b) => b.count - a.count || b.share - a.share)
    .slice(0, mostRows)
    .map(({ from, to, share, count }) => [labels[from], labels[to], count, percentOf(share)]);
  return { columns: ["From", "To", "Times", "Share of what follows From (%)"], rows };
}

function describe(steps: readonly Step[], labels: readonly string[], paths: number): string {
  const most = (some: readonly Step[]): Step | undefined =>
    some.reduce<Step | undefined>((best, step) => (best === undefined || step.count > best.count || (step.count === best.count && step.share > best.share) ? step : best), undefined); // prettier-ignore
  const first = most(steps.filter(({ from }) => from === 0));
  const between = most(steps.filter(({ from, to }) => from !== 0 && to !== labels.length - 1));
  const parts: string[] = [];
  if (first) parts.push(`${formatNumber(paths)} ${paths === 1 ? "path begins" : "paths begin"} with ${labels[first.to]} in ${formatShare(first.share)} of cases`); // prettier-ignore
  if (between) {
    const times = between.count === 1 ? "1 time" : `${shortCount(between.count, 100_000)} times`;
    parts.push(`the most frequent step between events is from ${labels[between.from]} to ${labels[between.to]}, ${times}, ${formatShare(between.share)} of what follows ${labels[between.from]}`); // prettier-ignore
  }
  return parts.length === 0 ? "No step is known." : `${parts.join("; ")}.`;
}
