import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { LiftReport } from "../predictions/lift.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";

/** The part of a {@link LiftReport} that is drawn. */
export type LiftGroups = Pick<LiftReport, "groups">;

/** So many bars can carry their number. */
const mostLabels = 16;

/**
 * Draws how much more often the outcome came among customers with high probabilities: a bar per group, the likeliest first, against the
 * dashed line of all customers.
 *
 * @param report - what `measureLift` returned.
 * @param options - title and size; `colors` are those of the bars and of the line.
 * @returns a Vega-Lite spec of a few kilobytes.
 * @throws {ClienteleError} `shape-mismatch` without groups; `invalid-value` for a lift that is not a number from 0 on.
 * @example
 * const report = measureLift([1, 1, 0, 1, 0, 0, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.3, 0.2, 0.2, 0.1], { groups: 4 });
 * chartLift(report)["description"];
 * // "How often the outcome comes, by probability: the 25.0 % of customers with the highest probabilities have it 2.667 times as often as all; the first half holds 100.0 % of those with the outcome."
 */
export function chartLift(report: LiftGroups, options?: ChartOptions): Chart {
  const caller = "chartLift";
  const { title: given, width = 520, height = 280, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { groups } = report;
  const title = "How often the outcome comes, by probability";
  const table = {
    columns: ["Group", "Customers", "Outcome came (%)", "Lift", "Customers so far (%)", "Of all outcomes so far (%)"],
    rows: groups.map(({ group, customers, rate, lift, cumulativeShare, gain }) => [
      group,
      customers,
      percentOf(rate),
      lift === null ? null : round(lift, 1000),
      percentOf(cumulativeShare),
      gain === null ? null : percentOf(gain),
    ]),
  };
  const drawn = groups.flatMap((one) => (one.lift === null ? [] : [{ ...one, lift: one.lift }]));
  if (drawn.length === 0) return emptyChart(title, "Nobody has the outcome.", table, given);
  const [color, gray] = colorsOf(colors, [categories[0], reference]);
  const values = drawn.map(({ group, lift }) => ({ group: String(group), lift, label: lift.toFixed(1) }));
  const x: Json = {
    field: "group",
    type: "nominal",
    title: "Customers in equal groups, the highest probabilities first",
    sort: null,
    scale: { paddingInner: drawn.length > 60 ? 0.05 : 0.18 },
    axis: { labelAngle: 0, grid: false, ...(drawn.length > mostLabels ? { values: someOf(values) } : {}) },
  };
  const highest = drawn.reduce((most, { lift }) => Math.max(most, lift), 1);
  const y: Json = {
    field: "lift",
    type: "quantitative",
    title: "Times as often as among all",
    scale: { domain: [0, highest * 1.08], nice: false, zero: true },
    axis: { tickCount: 5 },
  };
  const labels: Json[] =
    drawn.length > mostLabels
      ? []
      : [{ mark: { type: "text", dy: -7 }, encoding: { x, y, text: { field: "label", type: "nominal" } } }];
  const layer = [
    { mark: { type: "bar", color }, encoding: { x, y } },
    {
      data: { values: [{ lift: 1 }] },
      mark: { type: "rule", strokeDash: [5, 4], color: gray, strokeWidth: 1.5 },
      encoding: { y },
    },
    ...labels,
  ];
  const body = { width, height, data: { values }, layer };
  const subtitle = `${halfOf(groups)}; dashed: all customers`;
  return chartOf({ title, subtitle, description: describe(groups), table, body }, given);
}

function checkReport(caller: string, report: LiftGroups): void {
  const given: { readonly groups?: unknown } | null | undefined = report;
  if (!Array.isArray(given?.groups)) {
    refuse(caller, "shape-mismatch", "report", "groups", describeValue(report));
  }
  const { groups }: LiftGroups = report;
  groups.forEach(({ customers, rate, lift, cumulativeShare, gain }, i) => {
    for (const [key, value] of Object.entries({ customers, rate, lift, cumulativeShare, gain })) {
      const isFine =
        (Number.isFinite(value) && Number(value) >= 0) || (value === null && (key === "lift" || key === "gain"));
      if (!isFine)
        refuse(caller, "invalid-value", `report.groups[${i}].${key}`, "a number from 0 on", describeValue(value));
    }
  });
}

/** The names of about ten groups, evenly by place, under an axis that has no room for all. */
function someOf(values: readonly { readonly group: string }[]): string[] {
  const step = Math.ceil(values.length / 10);
  return values.filter((_, i) => i % step === 0).map(({ group }) => group);
}

/** What the first half of the customers holds: of the groups that end nearest to it. */
function halfOf(groups: LiftGroups["groups"]): string {
  const apart = (share: number): number => Math.abs(share - 0.5);
  const half = groups.reduce((best, one) => (apart(one.cumulativeShare) < apart(best.cumulativeShare) ? one : best));
  const part = half.cumulativeShare === 0.5 ? "the first half" : `the first ${formatShare(half.cumulativeShare)}`;
  return `${part[0].toUpperCase()}${part.slice(1)} holds ${formatShare(half.gain ?? 0)} of those with the outcome`;
}

function describe(groups: LiftGroups["groups"]): string {
  const [first] = groups;
  const often = `have it ${formatNumber(first.lift)} times as often as all`;
  const half = halfOf(groups);
  return `the ${formatShare(first.cumulativeShare)} of customers with the highest probabilities ${often}; ${half[0].toLowerCase()}${half.slice(1)}.`;
}
