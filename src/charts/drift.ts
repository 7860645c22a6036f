import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { percentOf } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { DriftReport } from "../trends/drift.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { reference } from "./share-axes.ts";
import { distinctLabels } from "./text.ts";

/** The part of a {@link DriftReport} that is drawn. */
export interface DriftBars extends Pick<DriftReport, "drifted" | "share"> {
  /** Features with how far they have drifted. */
  readonly features: readonly Pick<DriftReport["features"][number], "feature" | "effectSize" | "adjustedPValue" | "drifted" | "missing">[]; // prettier-ignore
}

const mostBars = 30;
/** Where drift is usually called moderate and large (Siddiqi 2006). */
const bands = [0.1, 0.25];

/**
 * Draws how far each feature has drifted: a bar of its population stability index beyond chance, those that have drifted in another
 * color, the largest on top. The dashed lines are where drift is usually called moderate (0.1) and large (0.25).
 *
 * @param report - what `measureDrift` returned.
 * @param options - title and size; `colors` are those of features as before, of drifted ones and of the lines.
 * @returns a Vega-Lite spec of a few kilobytes: the 30 largest features.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for an effect below 0 or infinite.
 * @example
 * const table = (shift: number) => fromMatrix(Array.from({ length: 300 }, (_, i) => [(i * 7) % 100 + shift, (i * 13) % 50]), { names: ["basket", "age"] });
 * chartDrift(measureDrift(table(0), table(40)))["description"];
 * // "Are customers still the same?: 1 of 2 features has drifted, basket the most; the table as a whole has."
 */
export function chartDrift(report: DriftBars, options?: ChartOptions): Chart {
  const caller = "chartDrift";
  const { title: given, width = 460, height, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const title = "Are customers still the same?";
  const names = distinctLabels(report.features.map(({ feature }) => feature), 40); // prettier-ignore
  const bars = report.features
    .map((feature, f) => ({ ...feature, name: names[f] }))
    .sort((a, b) => b.effectSize - a.effectSize);
  const table = {
    columns: [
      "Feature",
      "Stability index beyond chance",
      "p-value, adjusted",
      "Missing before (%)",
      "Missing now (%)",
      "Drifted",
    ],
    rows: bars.map(({ name, effectSize, adjustedPValue, missing, drifted }) => [name, effectSize, adjustedPValue, percentOf(missing.reference), percentOf(missing.current), drifted ? "yes" : "no"]), // prettier-ignore
  };
  if (bars.length === 0) return emptyChart(title, "There are no features.", table, given);
  const shown = bars.slice(0, mostBars);
  const [same, moved, line] = colorsOf(colors, [categories[0], categories[3], reference]);
  const y: Json = {
    field: "feature",
    type: "nominal",
    title: null,
    sort: null,
    axis: { labelLimit: 260, ticks: false },
  };
  const most = shown[0].effectSize;
  const end = Math.max(0.3, 1.05 * most);
  const x: Json = { field: "effect", type: "quantitative", title: "Population stability index beyond chance", scale: { domain: [0, end], nice: false } }; // prettier-ignore
  const color: Json = {
    field: "drifted",
    type: "nominal",
    title: null,
    scale: { domain: ["As before", "Drifted"], range: [same, moved] },
    legend: { orient: "bottom", direction: "horizontal" },
  };
  const layer = [
    {
      data: { values: shown.map(({ name, effectSize, drifted }) => ({ feature: name, effect: effectSize, drifted: drifted ? "Drifted" : "As before" })) }, // prettier-ignore
      mark: { type: "bar", height: { band: 0.65 } },
      encoding: { x, y, color },
    },
    {
      data: { values: bands.filter((band) => band < end).map((effect) => ({ effect })) },
      mark: { type: "rule", strokeDash: [5, 4], color: line, strokeWidth: 1.5 },
      encoding: { x },
    },
  ];
  const rest = shown.length < bars.length ? `; the ${mostBars} largest of ${bars.length} features` : "";
  const subtitle = `Dashed: moderate (0.1) and large (0.25) by convention${rest}`;
  const body = { width, height: height ?? Math.max(60, 24 * shown.length), layer };
  return chartOf({ title, subtitle, description: describe(report, bars), table, body }, given);
}

function describe(
  { drifted }: DriftBars,
  bars: readonly { readonly name: string; readonly drifted: boolean }[],
): string {
  const moved = bars.filter((bar) => bar.drifted);
  const head = `${moved.length} of ${bars.length} features ${moved.length === 1 ? "has" : "have"} drifted`;
  const most = moved.length > 0 ? `, ${moved[0].name} the most` : "";
  return `${head}${most}; the table as a whole has${drifted ? "" : " not"}.`;
}

function checkReport(caller: string, report: DriftBars): void {
  const given: Partial<DriftBars> | null | undefined = report;
  if (!isList(given?.features) || typeof given.drifted !== "boolean") {
    refuse(caller, "shape-mismatch", "report", "features and a verdict", describeValue(report));
  }
  report.features.forEach((feature, f) => {
    const path = `report.features[${f}]`;
    const { feature: name, effectSize, adjustedPValue, missing, drifted } = (feature ?? {}) as Partial<typeof feature>;
    if (typeof name !== "string" || typeof drifted !== "boolean") {
      refuse(caller, "shape-mismatch", path, "a feature with its effect", describeValue(feature));
    }
    for (const [key, value] of Object.entries({ effectSize, adjustedPValue, "missing.reference": missing?.reference, "missing.current": missing?.current })) {
      if (typeof value === "number" && value >= 0 && value < Infinity) continue;
      refuse(caller, "invalid-value", `${path}.${key}`, "a finite number of at least 0", describeCell(value));
    } // prettier-ignore
  });
}
