import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { QiniReport } from "../experiments/qini.ts";
import type { SegmentUplift, UpliftEffect } from "../experiments/uplift-by-segment.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference, shareAxis } from "./share-axes.ts";
import { distinctLabels } from "./text.ts";

/** The part of a {@link QiniReport} that is drawn. */
export type QiniCurve = Pick<QiniReport, "curve" | "end" | "band" | "qini" | "interval">;

/** The part of an `UpliftReport` that is drawn. */
export interface UpliftEffects {
  /** Effects by segment. */
  readonly segments: readonly Pick<SegmentUplift, "name" | "treatment" | "estimate" | "interval" | "adjustedPValue">[];
  /** The effect on all; null where it cannot be told. */
  readonly total: Pick<UpliftEffect, "estimate" | "interval"> | null;
}

/** So many points draw any curve. */
const mostPoints = 400;
const mostSegments = 30;

/**
 * Draws for whom a treatment works. Of `measureQini`: what is won when the customers with the highest scores are treated first, with its
 * band; a score that says nothing goes straight along the dashed line. Of `measureUpliftBySegment`: the effect in each segment within
 * its interval, below the effect on all; intervals that hold "no effect" are gray.
 *
 * @param report - what `measureQini` or `measureUpliftBySegment` returned.
 * @param options - title and size; `colors` are those of the curve and of the line, or of clear and of unclear segments.
 * @returns a Vega-Lite spec of bounded size: at most 400 points, or 30 segments.
 * @throws {ClienteleError} `shape-mismatch` for what is neither; `invalid-value` for a number that is not finite.
 * @example
 * const treatment = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
 * const report = measureQini([8, 7, 6, 5, 4, 3, 2, 1], { treatment, outcome: [1, 0, 1, 0, 0, 0, 0, 1], replicates: 0 });
 * chartUplift(report)["description"];
 * // "What is won by treating the best first: at most 2, at 37.5 % of the customers; 1 when all are treated."
 * @see Radcliffe (2007), "Using control groups to target on predicted lift".
 */
export function chartUplift(report: QiniCurve | UpliftEffects, options?: ChartOptions): Chart {
  const caller = "chartUplift";
  const read = readOptions(caller, chartOptions, options);
  const given: Partial<QiniCurve & UpliftEffects> | null | undefined = report;
  if (isList(given?.curve?.share)) return qiniChart(caller, report as QiniCurve, read);
  if (isList(given?.segments)) return segmentsChart(caller, report as UpliftEffects, read);
  return refuse(caller, "shape-mismatch", "report", "a Qini curve or effects by segment", describeValue(report));
}

function qiniChart(caller: string, report: QiniCurve, options: ChartOptions): Chart {
  const { title: given, width = 460, height = 340, colors } = options;
  const { share, qini } = checkCurve(caller, report);
  const title = "What is won by treating the best first";
  const picked = pick(share.length);
  const table = {
    columns: ["Treated (%)", "Outcomes won"],
    rows: tenths(share, qini).map(([treated, won]) => [Math.round(100 * treated), won]),
  };
  const [ink, gray] = colorsOf(colors, [categories[0], reference]);
  const x = shareAxis("share", "Customers treated, highest scores first");
  const y: Json = { field: "won", type: "quantitative", title: "Outcomes won" };
  const { band, end } = report;
  const layer: Json[] = [
    ...(band === null
      ? []
      : [
          {
            data: { values: Array.from(band.share, (at, i): Json => ({ share: at, won: band.lower[i], high: band.upper[i] })) },
            mark: { type: "area", color: ink, opacity: 0.16, line: false },
            encoding: { x, y, y2: { field: "high" } },
          },
        ]), // prettier-ignore
    {
      data: { values: [{ share: 0, won: 0, to: 1, end: end.qini }] },
      mark: { type: "rule", strokeDash: [5, 4], color: gray, strokeWidth: 1.5 },
      encoding: { x, y, x2: { field: "to" }, y2: { field: "end" } },
    },
    {
      data: { values: picked.map((i): Json => ({ share: share[i], won: qini[i] })) },
      mark: { type: "line", color: ink, strokeWidth: 2.5 },
      encoding: { x, y },
    },
  ];
  const top = qini.reduce((best, won, i) => (won > qini[best] ? i : best), 0);
  const description = `at most ${formatNumber(qini[top])}, at ${formatNumber(Math.round(1000 * share[top]) / 10)} % of the customers; ${formatNumber(end.qini)} when all are treated.`;
  const subtitle =
    band === null ? "Dashed: a score that says nothing" : "Band: interval; dashed: a score that says nothing";
  return chartOf({ title, subtitle, description, table, body: { width, height, layer } }, given);
}

function checkCurve(
  caller: string,
  { curve, end, band }: QiniCurve,
): { share: ArrayLike<number> & number[]; qini: number[] } {
  const [share, qini] = [Array.from(curve.share), isList(curve.qini) ? Array.from(curve.qini) : []];
  if (share.length === 0 || qini.length !== share.length) {
    refuse(caller, "shape-mismatch", "report.curve", "a share and a height per point", describeValue(curve.qini));
  }
  const check = (path: string, values: readonly unknown[]): void =>
    values.forEach((value, i) => {
      if (!Number.isFinite(value))
        refuse(caller, "invalid-value", `report.${path}[${i}]`, "finite", describeCell(value));
    });
  check("curve.share", share);
  check("curve.qini", qini);
  if (!Number.isFinite((end as typeof end | undefined)?.qini)) {
    refuse(caller, "invalid-value", "report.end.qini", "finite", describeValue(end?.qini));
  }
  if (band !== null)
    for (const side of ["share", "lower", "upper"] as const) check(`band.${side}`, Array.from(band[side]));
  return { share, qini };
}

/** Which points to draw: all, or so many evenly, the first and the last among them. */
function pick(count: number): number[] {
  const drawn = Math.min(count, mostPoints);
  return Array.from({ length: drawn }, (_, i) => (drawn < 2 ? 0 : Math.round((i * (count - 1)) / (drawn - 1))));
}

/** The curve at every tenth of the customers. */
function tenths(share: readonly number[], qini: readonly number[]): [number, number][] {
  return Array.from({ length: 11 }, (_, tenth) => {
    let at = 0;
    while (at + 1 < share.length && share[at + 1] <= tenth / 10 + 1e-12) at++;
    return [tenth / 10, qini[at]];
  });
}

function segmentsChart(caller: string, report: UpliftEffects, options: ChartOptions): Chart {
  const { title: given, width = 440, height, colors } = options;
  checkEffects(caller, report);
  const { segments, total } = report;
  const title = "What it did, segment by segment";
  const several = new Set(segments.map(({ treatment }) => treatment)).size > 1;
  const names = distinctLabels(segments.map(({ name, treatment }) => (several ? `${name} (treatment ${treatment})` : name)), 40); // prettier-ignore
  const rows = segments.map(({ estimate, interval, adjustedPValue }, s) => ({ name: names[s], estimate, low: interval[0], high: interval[1], adjustedPValue })); // prettier-ignore
  const table = {
    columns: ["Segment", "Effect", "From", "To", "p-value, adjusted"],
    rows: [
      ...(total === null ? [] : [["All", total.estimate, ...total.interval, null]]),
      ...rows.map(({ name, estimate, low, high, adjustedPValue }) => [name, estimate, low, high, adjustedPValue]),
    ],
  };
  if (rows.length === 0) return emptyChart(title, "There are no segments to compare.", table, given);
  const shown = [...rows].sort((a, b) => b.estimate - a.estimate).slice(0, mostSegments);
  const isClear = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low > 0 || high < 0;
  const drawn = total === null ? shown : [{ name: "All", estimate: total.estimate, low: total.interval[0], high: total.interval[1] }, ...shown]; // prettier-ignore
  const [clear, unclear] = colorsOf(colors, [categories[0], "#767676"]);
  const values = drawn.map((one): Json => ({ segment: one.name, effect: one.estimate, low: one.low, high: one.high, clear: isClear(one) ? "yes" : "no" })); // prettier-ignore
  const y: Json = {
    field: "segment",
    type: "nominal",
    title: null,
    sort: null,
    axis: { labelLimit: 260, ticks: false },
  };
  const x: Json = { field: "effect", type: "quantitative", title: "Effect of the treatment" };
  const color: Json = { field: "clear", type: "nominal", scale: { domain: ["yes", "no"], range: [clear, unclear] }, legend: null }; // prettier-ignore
  const layer: Json[] = [
    { data: { values: [{ effect: 0 }] }, mark: { type: "rule", strokeDash: [5, 4], color: reference, strokeWidth: 1.5 }, encoding: { x } }, // prettier-ignore
    { data: { values }, mark: { type: "rule", strokeWidth: 2 }, encoding: { x: { ...(x as object), field: "low" }, x2: { field: "high" }, y, color } }, // prettier-ignore
    { data: { values }, mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { x, y, color } },
  ];
  const rest = shown.length < rows.length ? `; the ${mostSegments} largest of ${rows.length} segments` : "";
  const found = rows.filter(isClear).length;
  const description = `${rows.length} segment${rows.length === 1 ? "" : "s"}; the interval leaves out 0, no effect, for ${found}.`;
  const body = { width, height: height ?? Math.max(60, 26 * drawn.length), layer };
  return chartOf(
    { title, subtitle: `Points: effects; lines: their intervals${rest}`, description, table, body },
    given,
  );
}

function checkEffects(caller: string, { segments, total }: UpliftEffects): void {
  const check = (path: string, effect: Pick<UpliftEffect, "estimate" | "interval">): void => {
    const { estimate, interval } = effect ?? {};
    const numbers = [estimate, interval?.[0], interval?.[1]];
    if (numbers.every(Number.isFinite)) return;
    refuse(caller, "invalid-value", path, "an effect with its interval", describeValue(effect));
  };
  segments.forEach((segment, s) => {
    check(`report.segments[${s}]`, segment);
    if (typeof segment.name === "string") return;
    refuse(caller, "shape-mismatch", `report.segments[${s}].name`, "a text", describeValue(segment.name));
  });
  if (total !== null) check("report.total", total);
}
