import { describeValue, refuse } from "../core/errors.ts";
import { formatNumber } from "../core/numbers.ts";
import { integer, type OptionTable, readOptions, texts } from "../core/options.ts";
import { cutHierarchy } from "../segments/cut-hierarchy.ts";
import { checkHierarchy, type HierarchicalModel } from "../segments/hierarchical-model.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { categories } from "./colors.ts";
import { distinctLabels, labelText } from "./text.ts";
import { type Branch, treeLayout, type TreeLayout } from "./tree-layout.ts";

/** A picture has so many branches at most. */
const mostLeaves = 60;

/** Options of {@link chartDendrogram}. */
export interface ChartDendrogramOptions extends ChartOptions {
  /** How many branches are drawn at most, default 24: the last merges of the tree. At least `k` are drawn. */
  readonly leaves?: number | undefined;
  /** Colors the groups that `cutHierarchy` gives for this number of them, and marks where the tree is cut. */
  readonly k?: number | undefined;
  /** Names of these groups, the largest first; `"Segment 1"` and so on when absent, as in a profile. */
  readonly names?: readonly string[] | undefined;
  /** Ids of the customers, as in the table the tree was fitted on: branches of one customer are labeled by them. */
  readonly ids?: readonly string[] | undefined;
}

/** Option table of {@link chartDendrogram}. */
export const chartDendrogramOptions: OptionTable<
  ChartDendrogramOptions,
  "title" | "width" | "height" | "colors" | "k" | "names" | "ids"
> = {
  ...chartOptions,
  leaves: integer({ min: 2, max: mostLeaves, default: 24 }),
  k: integer({ min: 2, max: mostLeaves, optional: true }),
  names: texts({ optional: true }),
  ids: texts({ optional: true }),
};

/** Visible on white and on black. */
const gray = "#808080";

/**
 * Draws a tree of groups on its side: branches at the left, and where two are joined, a bar at the height at which they
 * are. Long stretches without a bar say that the groups they end in are far apart.
 *
 * @param model - fitted by `fitHierarchical`.
 * @param options - title and size; how much of the tree is drawn; `k` colors its segments, `colors` in turn.
 * @returns a Vega-Lite spec of bounded size, however many customers: beyond `leaves` a branch stands for several
 * customers, whose number it bears, with a pale bar up to the height at which the last of them were joined. Branches stand in
 * the order of their means, so that the picture depends on the tree and not on the order of the rows.
 * @throws {ClienteleError} `incompatible-model` when the model is not an intact tree; `invalid-option` for more segments
 * than customers; `shape-mismatch` for names or ids that do not fit.
 * @example
 * const model = fitHierarchical(fromMatrix([[0], [1], [5], [7], [30]]), { linkage: "single" });
 * const chart = chartDendrogram(model, { k: 2 });
 * chart["description"]; // "Tree of customers: 5 customers, single linkage; the last merge, at height 23, joins 4 and 1 customers; cut into 2 segments of 4 and 1."
 */
export function chartDendrogram(model: HierarchicalModel, options?: ChartDendrogramOptions): Chart {
  const caller = "chartDendrogram";
  const read = readOptions(caller, chartDendrogramOptions, options);
  checkHierarchy(caller, model);
  const { rows, merges } = model;
  const { title: given, width = 290, height, colors, leaves, k, names, ids } = read;
  checkFit(caller, rows, { k, names, ids });
  const title = "Tree of customers";
  const table = tableOf(model, Math.max(leaves, k ?? 0));
  if (rows === 1) return emptyChart(title, "One customer makes no tree.", table, given);
  const labels = k === undefined ? undefined : cutHierarchy(model, { k });
  const layout = treeLayout(model, Math.min(rows, Math.max(leaves, k ?? 0)), labels);
  const count = layout.branches.length;
  const most = merges[rows - 2][2];
  const x: Json = {
    field: "x",
    type: "quantitative",
    title: "Height (distance at which groups are joined)",
    scale: { domain: [0, most > 0 ? most : 1], nice: true },
    axis: { tickCount: 5, grid: false, ...(most >= 1e5 ? { format: "~s" } : {}) },
  };
  const y: Json = { field: "y", type: "quantitative", axis: null, scale: { domain: [count, 0], nice: false } };
  const sizes = k === undefined ? [] : sizesOf(labels ?? [], k);
  const segments = distinctLabels(names ?? sizes.map((_, group) => `Segment ${group + 1}`), 28);
  const isLong = segments.some((name) => name.length > 12);
  const palette = colorsOf(colors, categories);
  const colorScale: Json = {
    field: "group",
    type: "nominal",
    title: null,
    scale: { domain: segments, range: segments.map((_, group) => palette[group % palette.length]) },
    legend: { orient: "bottom", columns: isLong ? 2 : 3, symbolOpacity: 1, labelLimit: 160 },
  };
  const plain = k === undefined ? palette[0] : gray;
  const layer = [
    ...lines(pale(layout, segments), { x, y }, { strokeWidth: 7, opacity: 0.3 }, plain, colorScale),
    ...lines(links(layout, segments), { x, y }, { strokeWidth: 2, strokeCap: "square" }, plain, colorScale),
    ...cutLine(model, k, x),
    leafTexts(layout.branches, y, ids),
  ];
  const body = { width, height: height ?? Math.max(80, 18 * count), layer };
  const subtitle = subtitleOf(model, count);
  return chartOf({ title, subtitle, description: describe(model, sizes), table, body }, given);
}

function checkFit(
  caller: string,
  rows: number,
  { k, names, ids }: Pick<ChartDendrogramOptions, "k" | "names" | "ids">,
): void {
  if (k !== undefined && k > rows) {
    refuse(caller, "invalid-option", "options.k", `at most ${rows}, the number of customers`, String(k));
  }
  if (names !== undefined && names.length !== k) {
    const expected = k === undefined ? "k beside names" : `${k} names`;
    refuse(caller, "shape-mismatch", "options.names", expected, describeValue(names));
  }
  if (ids !== undefined && ids.length !== rows) {
    refuse(caller, "shape-mismatch", "options.ids", `${rows} ids, one per customer`, describeValue(ids));
  }
}

function sizesOf(labels: ArrayLike<number>, k: number): number[] {
  const sizes = new Array<number>(k).fill(0);
  for (let row = 0; row < labels.length; row++) sizes[labels[row]]++;
  return sizes;
}

interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  /** The segment it lies in; null above the cut, or without one. */
  readonly group: string | null;
}

/** Each merge as a bar between its two parts, and a line from each part to the bar. */
function links({ joints }: TreeLayout, segments: readonly string[]): Line[] {
  return joints.flatMap(({ parts, height, group }) => [
    ...parts.map((part) => ({
      x: part.height,
      x2: height,
      y: part.y,
      y2: part.y,
      group: nameOf(part.group, segments),
    })),
    { x: height, x2: height, y: parts[0].y, y2: parts[1].y, group: nameOf(group, segments) },
  ]);
}

/** What is joined within a branch that stands for several customers. */
function pale({ branches }: TreeLayout, segments: readonly string[]): Line[] {
  return branches
    .filter(({ size }) => size > 1)
    .map(({ y, height, group }) => ({ x: 0, x2: height, y, y2: y, group: nameOf(group, segments) }));
}

function nameOf(group: number | null, segments: readonly string[]): string | null {
  return group === null ? null : segments[group];
}

function lines(
  values: readonly Line[],
  { x, y }: { readonly x: Json; readonly y: Json },
  style: Readonly<Record<string, Json>>,
  plain: string,
  colorScale: Json,
): Json[] {
  const encoding = { x, x2: { field: "x2" }, y, y2: { field: "y2" } };
  const inNone = values.filter(({ group }) => group === null).map(({ group: _, ...line }) => line);
  const inGroups = values.filter(({ group }) => group !== null).map((line) => ({ ...line }));
  return [
    ...(inNone.length === 0
      ? []
      : [{ data: { values: inNone }, mark: { type: "rule", color: plain, ...style }, encoding }]),
    ...(inGroups.length === 0
      ? []
      : [
          {
            data: { values: inGroups },
            mark: { type: "rule", ...style },
            encoding: { ...encoding, color: colorScale },
          },
        ]),
  ];
}

/** A dashed line between the merges that are kept and those that are undone; none where both are at the same height. */
function cutLine({ rows, merges }: HierarchicalModel, k: number | undefined, x: Json): Json[] {
  if (k === undefined) return [];
  const undone = merges[rows - k][2];
  const kept = k === rows ? 0 : merges[rows - k - 1][2];
  if (kept === undone) return [];
  const values = [{ x: kept / 2 + undone / 2 }];
  return [{ data: { values }, mark: { type: "rule", strokeDash: [5, 4], opacity: 0.6 }, encoding: { x } }];
}

function leafTexts(branches: readonly Branch[], y: Json, ids: readonly string[] | undefined): Json {
  const values = branches.map(({ y: place, size, row }) => ({ y: place, label: leafLabel(size, row, ids) }));
  return {
    data: { values },
    mark: { type: "text", align: "right", baseline: "middle" },
    encoding: { x: { value: -8 }, y, text: { field: "label", type: "nominal" } },
  };
}

function leafLabel(size: number, row: number, ids: readonly string[] | undefined): string {
  if (size > 1) return `${formatNumber(size)} customers`;
  return ids === undefined ? `row ${row}` : labelText(ids[row], 24);
}

function tableOf(
  { rows, merges }: HierarchicalModel,
  leaves: number,
): {
  columns: string[];
  rows: number[][];
} {
  const sizeOf = (cluster: number): number => (cluster < rows ? 1 : merges[cluster - rows][3]);
  return {
    columns: ["Groups before the merge", "Height", "Customers in one", "Customers in the other"],
    rows: merges
      .slice(Math.max(0, rows - leaves))
      .map(([a, b, height], i, shown) => [shown.length + 1 - i, height, sizeOf(a), sizeOf(b)])
      .reverse(),
  };
}

function subtitleOf({ linkage, rows }: HierarchicalModel, shown: number): string {
  const name = `${linkage[0].toUpperCase()}${linkage.slice(1)} linkage`;
  if (shown === rows) return `${name}; all ${formatNumber(rows)} customers`;
  return `${name}; the last ${shown - 1} of ${formatNumber(rows - 1)} merges`;
}

function describe({ linkage, rows, merges }: HierarchicalModel, sizes: readonly number[]): string {
  const sizeOf = (cluster: number): number => (cluster < rows ? 1 : merges[cluster - rows][3]);
  const [a, b, height] = merges[rows - 2];
  const parts = [sizeOf(a), sizeOf(b)].sort((p, q) => q - p).map(formatNumber);
  const last = `the last merge, at height ${formatNumber(height)}, joins ${parts.join(" and ")} customers`;
  const list = sizes.map(formatNumber);
  const cut =
    sizes.length === 0
      ? ""
      : `; cut into ${sizes.length} segments of ${list.slice(0, -1).join(", ")} and ${list[sizes.length - 1]}`;
  return `${formatNumber(rows)} customers, ${linkage} linkage; ${last}${cut}.`;
}
