import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { FunnelStep } from "../journeys/funnel-steps.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, type ChartTable, colorsOf } from "./chart.ts";
import { emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** The part of a `FunnelReport`, or of one of its breakdowns, that is drawn. */
export interface FunnelSteps {
  /** One entry per step, in order. */
  readonly steps: readonly FunnelStep[];
}

/** What a part of a bar stands for, in the order of the legend. */
const parts = ["Reached the step", "Still on their way", "Lost since the step before"] as const;

/** Two colors of the Okabe–Ito set, and a gray that both grounds show. */
const partColors: readonly string[] = [categories[0], categories[1], "#b8bcc4"];

interface Row {
  readonly step: string;
  readonly count: number;
  readonly pending: number;
  readonly lost: number;
  readonly overall: number | null;
  readonly fromPrevious: number | null;
  readonly medianMs: number | null;
}

/**
 * Draws a funnel: a bar per step of those who reached it, then of those still on their way to it, then of those lost since the
 * step before; so every bar is as long as the blue part of the one above it.
 *
 * @param report - what `measureFunnel` returned, or one part of its breakdown.
 * @param options - title and size; `colors` are those of reached, pending and lost.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` without steps; `invalid-value` for a count that is not a number from 0 on.
 * @example
 * const rows = [["ann", "home"], ["ann", "cart"], ["bob", "home"]].map(([who, what], at) => ({ who, what, at }));
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "at" });
 * const chart = chartFunnel(measureFunnel(log, { steps: ["home", "cart"] }));
 * chart["description"]; // "How many reach each step: 1 of 2 reach the last of 2 steps (50.0 %); most are lost between home and cart (1)."
 */
export function chartFunnel(report: FunnelSteps, options?: ChartOptions): Chart {
  const caller = "chartFunnel";
  const { title: given, width = 560, height, colors } = readOptions(caller, chartOptions, options);
  const rows = readRows(caller, report);
  const title = "How many reach each step";
  const table = tableOf(rows);
  if (rows.length === 0 || rows[0].count === 0) return emptyChart(title, "Nobody took the first step.", table, given);
  const rowHeight = height === undefined ? Math.max(22, Math.min(46, 560 / rows.length)) : height / rows.length;
  const band: Json = {
    field: "step",
    type: "nominal",
    title: null,
    scale: { type: "band", domain: rows.map(({ step }) => step), padding: 0.14 },
    axis: { domain: false, ticks: false, labelLimit: 180 },
  };
  // The words behind the bars need so many pixels, whatever the numbers.
  const forWords = Math.min(width * 0.6, 190);
  const x: Json = {
    field: "from",
    type: "quantitative",
    scale: { domain: [0, (rows[0].count * width) / (width - forWords)], nice: false, zero: true },
    axis: null,
  };
  const values = rows.flatMap((row) => barsOf(row));
  const bars: Json = {
    data: { values },
    mark: { type: "bar" },
    encoding: { x, x2: { field: "to" }, y: band, color: colorOfPart(values, colorsOf(colors, partColors)) },
  };
  const body = {
    width,
    height: rowHeight * rows.length,
    layer: [bars, ...wordsOf(rows, x, band, rowHeight)],
  };
  const last = rows[rows.length - 1];
  const of = `${formatNumber(last.count)} of ${formatNumber(rows[0].count)}`;
  const pending = rows.reduce((sum, row) => sum + row.pending, 0);
  const subtitle = [`${of} reach the last step (${formatShare(last.count / rows[0].count)})`, ...(pending > 0 ? [`still on their way: ${formatNumber(pending)}`] : [])].join("; "); // prettier-ignore
  return chartOf({ title, subtitle, description: describe(rows, of), table, body }, given);
}

function readRows(caller: string, report: FunnelSteps): Row[] {
  const given: { readonly steps?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.steps)) refuse(caller, "shape-mismatch", "report", "steps", describeValue(report));
  const { steps } = report;
  steps.forEach((step, i) => {
    const { count, dropped, pending } = step ?? {};
    for (const [key, value] of Object.entries({ count, dropped, pending })) {
      if (Number.isFinite(value) && value >= 0) continue;
      refuse(caller, "invalid-value", `report.steps[${i}].${key}`, "a number from 0 on", describeValue(value));
    }
  });
  const labels = distinctLabels(
    steps.map(({ name }) => String(name)),
    30,
  );
  return steps.map(({ count, medianMs }, i) => ({
    step: labels[i],
    count,
    pending: i === 0 ? 0 : steps[i - 1].pending,
    lost: i === 0 ? 0 : Math.max(0, steps[i - 1].dropped - steps[i - 1].pending),
    overall: steps[0].count === 0 ? null : count / steps[0].count,
    fromPrevious: i === 0 || steps[i - 1].count === 0 ? null : count / steps[i - 1].count,
    medianMs: Number.isFinite(medianMs) ? medianMs : null,
  }));
}

interface Bar {
  readonly [key: string]: Json;
  readonly step: string;
  readonly part: string;
  readonly from: number;
  readonly to: number;
}

/** The parts of a row's bar that are not empty. */
function barsOf({ step, count, pending, lost }: Row): Bar[] {
  let to = 0;
  return [count, pending, lost].flatMap((size, part): Bar[] => {
    const from = to;
    to += size;
    return size === 0 ? [] : [{ step, part: parts[part], from, to }];
  });
}

/** A legend of the parts that occur. */
function colorOfPart(values: readonly Bar[], colors: readonly string[]): Json {
  const shown = [...parts.keys()].filter((part) => values.some((bar) => bar.part === parts[part]));
  return {
    field: "part",
    type: "nominal",
    title: null,
    scale: { domain: shown.map((part) => parts[part]), range: shown.map((part) => colors[part % colors.length]) },
    legend: { orient: "bottom", direction: "horizontal", labelLimit: 240 },
  };
}

/** Counts and shares behind the bars: on two lines where there is room. */
function wordsOf(rows: readonly Row[], x: Json, y: Json, rowHeight: number): Json[] {
  const isRoomy = rowHeight >= 36;
  const values = rows.map(({ step, count, pending, lost, overall, fromPrevious }) => ({
    step,
    from: count + pending + lost,
    whole: `${formatNumber(count)} · ${formatShare(overall ?? 0)}`,
    part:
      step === rows[0].step
        ? "the first step"
        : fromPrevious === null
          ? ""
          : `${formatShare(fromPrevious)} of the step before`,
  }));
  const line = (field: string, mark: Readonly<Record<string, Json>>): Json => ({
    data: { values },
    mark: { type: "text", align: "left", baseline: "middle", dx: 7, ...mark },
    encoding: { x, y, text: { field, type: "nominal" } },
  });
  if (!isRoomy) return [line("whole", { fontSize: 12 })];
  return [line("whole", { fontSize: 13, fontWeight: "bold", dy: -8 }), line("part", { fontSize: 12, dy: 9 })];
}

function tableOf(rows: readonly Row[]): ChartTable {
  const percent = (share: number | null): number | null => (share === null ? null : percentOf(share));
  return {
    columns: [
      "Step",
      "Reached",
      "Of the first step (%)",
      "Of the step before (%)",
      "Still on their way",
      "Lost since the step before",
      "Median time from the step before (s)",
    ],
    rows: rows.map(({ step, count, pending, lost, overall, fromPrevious, medianMs }) => [
      step,
      count,
      percent(overall),
      percent(fromPrevious),
      pending,
      lost,
      medianMs === null ? null : round(medianMs / 1000, 10),
    ]),
  };
}

function describe(rows: readonly Row[], of: string): string {
  const last = rows[rows.length - 1];
  const share = formatShare(last.count / rows[0].count);
  const reach = `${of} reach the last of ${rows.length} steps (${share})`;
  let worst = 0;
  rows.forEach(({ lost }, i) => {
    if (lost > rows[worst].lost) worst = i;
  });
  if (worst === 0) return `${reach}; nobody is lost.`;
  const { step, lost } = rows[worst];
  return `${reach}; most are lost between ${rows[worst - 1].step} and ${step} (${formatNumber(lost)}).`;
}
