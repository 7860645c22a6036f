import { describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber, percentOf, round } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { KaplanMeierModel } from "../predictions/kaplan-meier.ts";
import type { SurvivalCurve } from "../predictions/survival-curve.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference, shareAxis } from "./share-axes.ts";
import { distinctLabels } from "./text.ts";

/** What a picture of a survival curve needs of it. */
export type CurveParts = "customers" | "totalEvents" | "longest" | "times" | "survival" | "lower" | "upper" | "median";

/** The part of a {@link KaplanMeierModel} that is drawn: its groups where it has some, else the curve of all. */
export interface SurvivalCurves extends Pick<SurvivalCurve, CurveParts> {
  /** A curve per group. */
  readonly groups: readonly (Pick<SurvivalCurve, CurveParts> & {
    /** The group, as it was given. */
    readonly group: KaplanMeierModel["groups"][number]["group"];
  })[];
}

/** So many steps draw any curve. */
const mostSteps = 256;

interface Curve extends Pick<SurvivalCurve, CurveParts> {
  readonly name: string;
}

/**
 * Draws how many customers are still there after how long: a step line per group with the band of its interval. Where a line meets
 * the dashed one half of the customers are left.
 *
 * @param model - what `fitKaplanMeier` returned.
 * @param options - title and size; `colors` are those of the groups.
 * @returns a Vega-Lite spec of bounded size: at most 256 steps a curve, and the six groups with most customers.
 * @throws {ClienteleError} `shape-mismatch` for what is no such model; `invalid-value` for a share outside [0, 1] or times that do
 * not rise.
 * @example
 * const chart = chartSurvival(fitKaplanMeier([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]));
 * chart["description"];
 * // "How many are still there: 6 customers, the event came for 3; half are left at 5."
 */
export function chartSurvival(model: SurvivalCurves, options?: ChartOptions): Chart {
  const caller = "chartSurvival";
  const { title: given, width = 560, height = 320, colors } = readOptions(caller, chartOptions, options);
  checkCurves(caller, model);
  const all = curvesOf(model);
  const title = "How many are still there";
  const table = {
    columns: ["Group", "Customers", "Event came for", "Half are left at", "Last seen at", "Left then (%)"],
    rows: all.map((curve) => [
      curve.name,
      curve.customers,
      curve.totalEvents,
      curve.median,
      curve.longest,
      percentOf(lastOf(curve)),
    ]),
  };
  if (model.customers === 0) return emptyChart(title, "There are no customers.", table, given);
  const drawn = mostCustomers(all);
  const names = drawn.map(({ name }) => name);
  const range = colorsOf(colors, categories);
  const color: Json = {
    field: "group",
    type: "nominal",
    title: null,
    scale: { domain: names, range: names.map((_, g) => range[g % range.length]) },
    legend:
      drawn.length > 1
        ? { orient: "bottom", direction: "horizontal", columns: 3, labelLimit: 200, symbolOpacity: 1 }
        : null,
  };
  const longest = drawn.reduce((most, curve) => Math.max(most, curve.longest), 0);
  const x: Json = {
    field: "time",
    type: "quantitative",
    title: "Time since the start",
    scale: { domain: [0, longest || 1], nice: false },
    axis: { tickCount: 6, grid: false },
  };
  const y = shareAxis("left", "Customers for whom it has not come yet");
  const values = drawn.flatMap((curve) => stepsOf(curve));
  const layer = [
    {
      data: { values: [{ left: 0.5 }] },
      mark: { type: "rule", strokeDash: [5, 4], color: reference, strokeWidth: 1.5 },
      encoding: { y },
    },
    {
      mark: { type: "area", interpolate: "step-after", opacity: drawn.length > 1 ? 0.14 : 0.2, line: false },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    { mark: { type: "line", interpolate: "step-after", strokeWidth: 2.5 }, encoding: { x, y, color } },
  ];
  const omitted = all.length - drawn.length;
  const rest = omitted > 0 ? `; the ${drawn.length} largest of ${all.length} groups` : "";
  const subtitle = `Bands: confidence intervals; dashed: half are left${rest}`;
  const body = { width, height, data: { values }, layer };
  return chartOf({ title, subtitle, description: describe(model, all), table, body }, given);
}

function curvesOf(model: SurvivalCurves): Curve[] {
  if (model.groups.length === 0) return [{ ...model, name: "All" }];
  const names = distinctLabels(
    model.groups.map(({ group }) => String(group)),
    30,
  );
  return model.groups.map((curve, g) => ({ ...curve, name: names[g] }));
}

/** As many groups as there are colors that everybody can tell apart, in their order. */
function mostCustomers(curves: readonly Curve[]): Curve[] {
  const sizes = curves.map(({ customers }, g) => ({ customers, g }));
  sizes.sort((a, b) => b.customers - a.customers || a.g - b.g);
  const kept = new Set(sizes.slice(0, categories.length).map(({ g }) => g));
  return curves.filter((_, g) => kept.has(g));
}

/** From everybody at 0 to the last time that was watched. */
function stepsOf({ name, times, survival, lower, upper, longest }: Curve): Json[] {
  const point = (time: number, left: number, low: number, high: number): Json => ({ group: name, time, left: round(left, 1e6), low: round(low, 1e6), high: round(high, 1e6) }); // prettier-ignore
  const count = Math.min(times.length, mostSteps);
  const points = [point(0, 1, 1, 1)];
  let last = -1;
  for (let p = 1; p <= count; p++) {
    last = Math.round((p * times.length) / count) - 1;
    points.push(point(times[last], survival[last], lower[last], upper[last]));
  }
  if (last < 0) points.push(point(longest, 1, 1, 1));
  else if (longest > times[last]) points.push(point(longest, survival[last], lower[last], upper[last]));
  return points;
}

function lastOf({ survival }: Pick<SurvivalCurve, "survival">): number {
  return survival.length === 0 ? 1 : survival[survival.length - 1];
}

function checkCurves(caller: string, model: SurvivalCurves): void {
  const given: Partial<SurvivalCurves> | null | undefined = model;
  if (!isList(given?.groups)) refuse(caller, "shape-mismatch", "model", "a Kaplan–Meier model", describeValue(model));
  [model, ...model.groups].forEach((curve, c) => {
    const path = c === 0 ? "model" : `model.groups[${c - 1}]`;
    const { times, survival, lower, upper, longest, customers } = curve ?? {};
    const lists: readonly unknown[] = [times, survival, lower, upper];
    if (!lists.every(isList) || !lists.every((list) => list.length === times.length)) {
      refuse(caller, "shape-mismatch", path, "times, survival, lower and upper of one length", describeValue(curve));
    }
    if (!(longest >= 0 && longest < Infinity && customers >= 0)) {
      refuse(caller, "invalid-value", `${path}.longest`, "a time from 0 on, and customers", describeValue(longest));
    }
    for (let i = 0; i < times.length; i++) {
      if (!(times[i] >= 0 && times[i] <= longest && (i === 0 || times[i] > times[i - 1]))) {
        refuse(caller, "invalid-value", `${path}.times[${i}]`, "after the time before it", describeValue(times[i]));
      }
      for (const [field, list] of Object.entries({ survival, lower, upper })) {
        if (list[i] >= 0 && list[i] <= 1) continue;
        refuse(caller, "invalid-value", `${path}.${field}[${i}]`, "a share in [0, 1]", describeValue(list[i]));
      }
    }
  });
}

function describe(model: SurvivalCurves, curves: readonly Curve[]): string {
  const head = `${formatNumber(model.customers)} customers, the event came for ${formatNumber(model.totalEvents)}`;
  const half = (median: number | null): string =>
    median === null ? "more than half are left at the end" : `half are left at ${formatNumber(median)}`;
  if (model.groups.length === 0) return `${head}; ${half(model.median)}.`;
  const named = curves.slice(0, categories.length).map(({ name, median }) => `${name}: ${half(median)}`);
  return `${head}; ${named.join("; ")}.`;
}
