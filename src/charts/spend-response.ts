import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { ChannelReturn, SpendResponseReport } from "../predictions/spend-report.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels } from "./text.ts";

/** The part of a channel's return that is drawn. */
export type ChannelCurve = Pick<ChannelReturn, "channel" | "meanSpend" | "marginalReturn" | "curve">;

/** The part of a {@link SpendResponseReport} that is drawn. */
export interface SpendResponseCurves extends Pick<SpendResponseReport, "interpretation"> {
  /** One curve per channel; the first six are drawn. */
  readonly channels: readonly ChannelCurve[];
}

/** More lines than colors that can be told apart would say nothing. */
const mostChannels = categories.length;

/**
 * Draws what more spend brings on each channel: the response curve with its interval, a dot at today's mean spend, and beside it what
 * one unit more goes with. For whoever divides a budget.
 *
 * @param report - what `measureSpendResponse` returned.
 * @param options - title and size; `colors` are those of the channels.
 * @returns a Vega-Lite spec of a few ten kilobytes.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for a point that is not finite.
 * @example
 * const spend = fromMatrix([[1], [5], [2], [8], [3], [9], [0], [4]], { names: ["tv"] });
 * const model = fitSpendResponse(spend, [21, 30, 24, 36, 26, 38, 20, 28], { adstock: 0, saturation: "none" });
 * chartSpendResponse(measureSpendResponse(model, spend))["description"];
 * // "Response to spend: one more per period goes with 2.042 more sales on tv; an association, not an effect."
 */
export function chartSpendResponse(report: SpendResponseCurves, options?: ChartOptions): Chart {
  const caller = "chartSpendResponse";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const title = "Response to spend";
  const drawn = report.channels.slice(0, mostChannels);
  const labels = distinctLabels(drawn.map(({ channel }) => channel));
  const table = {
    columns: ["Channel", "Spend per period", "Sales per period", "Lower", "Upper", "One more brings"],
    rows: report.channels.flatMap(({ channel, curve }) =>
      curve.map(({ spend, response, interval, marginalReturn }) => [
        ...[channel, spend, response, interval?.[0] ?? null, interval?.[1] ?? null, marginalReturn],
      ]),
    ),
  };
  if (drawn.length === 0) return emptyChart(title, "There is no channel.", table, given);
  const inks = colorsOf(colors, categories);
  const color = {
    field: "channel",
    type: "nominal",
    title: "Channel",
    scale: { domain: labels, range: labels.map((_, c) => inks[c % inks.length]) },
    legend: labels.length === 1 ? null : { orient: "bottom", columns: 3, labelLimit: 160, symbolOpacity: 1 },
  };
  const points = drawn.flatMap(({ curve }, c) =>
    curve.map(({ spend, response, interval }) => ({
      ...{ channel: labels[c], spend, response },
      ...{ lower: interval?.[0] ?? response, upper: interval?.[1] ?? response },
    })),
  );
  const dots = drawn.map(({ meanSpend, marginalReturn, curve }, c) => ({
    ...{ channel: labels[c], spend: meanSpend, response: responseAt(curve, meanSpend) },
    text: `+1 → ${signed(marginalReturn.estimate)}`,
  }));
  const x = {
    field: "spend",
    type: "quantitative",
    title: "Spend per period, kept up",
    axis: { grid: false, tickCount: 6 },
  };
  const y = {
    field: "response",
    type: "quantitative",
    title: "Sales per period that go with it",
    axis: { tickCount: 5 },
  };
  const layer: Json[] = [
    {
      mark: { type: "area", opacity: 0.16 },
      encoding: { x, y: { ...y, field: "lower" }, y2: { field: "upper" }, color },
    },
    { mark: { type: "line", strokeWidth: 2.5 }, encoding: { x, y, color } },
    { data: { values: dots }, mark: { type: "point", filled: true, size: 90, opacity: 1 }, encoding: { x, y, color } },
    {
      data: { values: dots },
      mark: { type: "text", align: "left", dx: 8, dy: 12 },
      encoding: { x, y, text: { field: "text", type: "nominal" } },
    },
  ];
  const isEffect = report.interpretation === "effect";
  const more = drawn.map(
    ({ marginalReturn }, c) => `${formatNumber(marginalReturn.estimate)} more sales on ${labels[c]}`,
  );
  const what = isEffect ? "an effect of randomized spend" : "an association, not an effect";
  const description = `one more per period goes with ${more.join(", ")}; ${what}.`;
  const left = report.channels.length - drawn.length;
  const omitted = left > 0 ? `; ${left} more channel(s) in the table` : "";
  const subtitle = `Dots: mean spend, and what one more goes with; ${isEffect ? "an effect" : "an association"}${omitted}`;
  const body = { width: width ?? 480, height: height ?? 300, data: { values: points }, layer };
  return chartOf({ title, subtitle, description, table, body }, given);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${formatNumber(Math.abs(value))}`;
}

/** The response at a spend between two points of the curve. */
function responseAt(curve: ChannelReturn["curve"], spend: number): number {
  const after = curve.findIndex((point) => point.spend >= spend);
  if (after <= 0) return curve.at(after)?.response ?? 0;
  const [a, b] = [curve[after - 1], curve[after]];
  return a.response + ((spend - a.spend) / (b.spend - a.spend)) * (b.response - a.response);
}

function checkReport(caller: string, report: SpendResponseCurves): void {
  if (!isRecord(report) || !Array.isArray(report.channels)) {
    refuse(caller, "shape-mismatch", "report", "interpretation and channels", describeValue(report));
  }
  report.channels.forEach((channel: unknown, c: number) => {
    const path = `report.channels[${c}]`;
    const isWhole =
      isRecord(channel) &&
      typeof channel["channel"] === "string" &&
      isRecord(channel["marginalReturn"]) &&
      Array.isArray(channel["curve"]);
    if (!isWhole)
      refuse(caller, "shape-mismatch", path, "channel, meanSpend, marginalReturn and curve", describeValue(channel));
    const { meanSpend, marginalReturn, curve } = channel as unknown as ChannelCurve;
    if (![meanSpend, marginalReturn.estimate].every(Number.isFinite)) {
      refuse(caller, "invalid-value", path, "finite numbers", "others");
    }
    curve.forEach((point: unknown, p: number) => {
      const numbers = isRecord(point)
        ? [point["spend"], point["response"], point["marginalReturn"], ...intervalOf(point)]
        : [NaN];
      if (!numbers.every(Number.isFinite))
        refuse(caller, "invalid-value", `${path}.curve[${p}]`, "finite numbers", "others");
    });
  });
}

function intervalOf(point: Readonly<Record<string, unknown>>): readonly unknown[] {
  const interval = point["interval"];
  if (interval === null) return [];
  return Array.isArray(interval) && interval.length === 2 ? (interval as unknown[]) : [NaN];
}
