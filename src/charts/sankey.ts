import { formatNumber, formatShare, percentOf } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import { endState } from "../journeys/paths.ts";
import { checkSankey, type Sankey } from "../journeys/sankey.ts";
import {
  type Chart,
  chartOf,
  type ChartOptions,
  chartOptions,
  type ChartTable,
  colorsOf,
  emptyChart,
  type Json,
} from "./chart.ts";
import { categories } from "./colors.ts";
import { sum } from "./moves.ts";
import {
  axesOf,
  blockLayer,
  blockWidth,
  colorsBy,
  type Label,
  neutral,
  placeBlocks,
  type Placed,
  ribbonLayer,
  ribbonsOf,
  spacing,
  tenth,
  textLayer,
} from "./ribbons.ts";
import { type StepBlock, type StepColumns, stepColumns, type StepStream } from "./step-columns.ts";
import { distinctLabels, labelText } from "./text.ts";

/**
 * Draws where paths go from step to step: a column of blocks per step, ribbons as thick as paths went on together, and a gray
 * stub at each block where some end. An event has one color in all columns, and a ribbon that of the event it leaves.
 *
 * @param sankey - what `sankeyOf` returned.
 * @param options - title, size and colors; the most frequent event has the first color.
 * @returns a Vega-Lite spec of bounded size: 12 columns, the 10 most frequent events, the others as one, the 300 largest ribbons. What is left out is said
 * below the title, and so is the overall conversion when the step matrix has a goal. The table has every ribbon and every
 * drop-off that is drawn.
 * @throws {ClienteleError} `shape-mismatch` for what is no such result.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "cart", at: 1 },
 *     { who: "bob", what: "home", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * chartSankey(sankeyOf(measureStepMatrix(log, { steps: 2 })))["description"];
 * // "Where paths go: of 2 paths 2 (100.0 %) are at home in step 1; the largest flow is from home to cart after step 1, 1 path; 1 ends at home in step 1."
 */
export function chartSankey(sankey: Sankey, options?: ChartOptions): Chart {
  const caller = "chartSankey";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkSankey(caller, sankey);
  const title = "Where paths go";
  if (sankey.nodes.length === 0) {
    return emptyChart(title, "There are no paths.", { columns: tableColumns, rows: [] }, given);
  }
  const view = stepColumns(sankey);
  const names = distinctLabels(view.events, 24);
  const drawn = largest(view);
  const body = bodyOf(view, names, drawn, { width, height, palette: colorsOf(colors, categories) });
  const parts = ["Ribbons are as thick as paths are many; gray stubs are paths that end"];
  const { goal } = sankey;
  if (goal && goal.conversion !== null) {
    parts.unshift(`Overall conversion to ${labelText(goal.event, 24)}: ${formatShare(goal.conversion)}`);
  }
  if (view.folded > 0) parts.push(`the ${view.colored} most frequent events, ${view.folded} others as one`);
  const flows = view.streams.flat();
  if (drawn.size < flows.length) {
    const paths = sum(flows.filter((stream) => !drawn.has(stream)).map(({ count }) => count));
    parts.push(`the ${flows.length - drawn.size} smallest of ${flows.length} flows, ${counted(paths)}, are not drawn`);
  }
  if (view.leftOut > 0) parts.push(`${view.leftOut} more steps are not drawn`);
  const table = tableOf(view, names);
  return chartOf({ title, subtitle: parts.join("; "), description: describe(view, names), table, body }, given);
}

/** Ribbons in one picture; more cannot be told apart. */
const mostRibbons = 300;

const tableColumns = ["Step", "From", "To", "Paths", "Share of From (%)"];

function largest({ streams }: StepColumns): ReadonlySet<StepStream> {
  return new Set(
    streams
      .flat()
      .sort((a, b) => b.count - a.count)
      .slice(0, mostRibbons),
  );
}

function bodyOf(
  view: StepColumns,
  names: readonly string[],
  drawn: ReadonlySet<StepStream>,
  style: {
    readonly width: number | undefined;
    readonly height: number | undefined;
    readonly palette: readonly string[];
  },
): Readonly<Record<string, Json>> {
  const last = view.columns.length - 1;
  const longest = view.columns.reduce((most, blocks) => Math.max(most, blocks.length), 0);
  const { width = Math.min(1200, Math.max(160, 136 * last)), height = Math.max(200, Math.min(640, 52 * longest)) } = style; // prettier-ignore
  const pitch = last === 0 ? width : (width - blockWidth) / last;
  const space = spacing(height, view.columns.map((blocks) => ({ blocks: blocks.length, total: totalOf(blocks) }))); // prettier-ignore
  const columns = view.columns.map((blocks, c) => ({ x: c * pitch, blocks: placeBlocks(blocks, space, 0) }));
  const axes = axesOf(width, height);
  const own = names.map((_, key) => (key < view.colored ? style.palette[key % style.palette.length] : neutral));
  const color = colorsBy([...own, neutral]);
  const points: (readonly Json[])[] = [];
  let first = 0;
  view.streams.forEach((streams, c) => {
    const place = { scale: space.scale, from: columns[c].x + blockWidth, to: columns[c + 1].x, first };
    const ribbons = ribbonsOf(streams, [columns[c].blocks, columns[c + 1].blocks], place);
    for (const ribbon of ribbons) if (drawn.has(ribbon.stream)) points.push(ribbon.points);
    first += streams.length;
  });
  const stubs = columns.slice(0, last).flatMap(
    ({ x, blocks }) =>
    blocks.filter(({ dropped }) => dropped > 0).flatMap((block) => stubOf(block, x, pitch, space.scale, first++, own.length)), // prettier-ignore
  );
  const fontSize = pitch < 70 ? 9 : 11;
  // A letter is half as wide as it is high, on average.
  const characters = Math.floor((pitch - blockWidth - 6) / (0.53 * fontSize));
  const labels = columns.map(({ x, blocks }) => {
    const mark = { align: "left", dx: blockWidth + 4, fontSize };
    return textLayer(blocks.map((block) => labelOf(block, names, characters)), x, mark, axes.y); // prettier-ignore
  });
  const heads = columns.map(({ x }, c) => {
    const text = `${pitch < 60 ? "" : "Step "}${view.steps[c]}`;
    return textLayer([{ y: 0, text }], x, { align: "left", dy: -14, fontSize: 11, fontWeight: "bold" }, axes.y);
  });
  return {
    width,
    height,
    layer: [
      ribbonLayer([...points.flat(), ...stubs], axes, color),
      blockLayer(columns, axes, color),
      ...labels,
      ...heads,
    ],
  };
}

/** Paths that end at a block: the part below its ribbons, running out. */
function stubOf(
  { bottom, dropped }: StepBlock & Placed,
  x: number,
  pitch: number,
  scale: number,
  flow: number,
  color: number,
): Json[] {
  const from = x + blockWidth;
  const length = Math.min(28, (pitch - blockWidth) / 2);
  const thickness = Math.max(1, scale * dropped);
  const edge = (part: number): Json => ({
    flow,
    color,
    x: tenth(from + part * length),
    y: tenth(bottom - (1 - part) * thickness),
    y2: tenth(bottom),
  });
  return [edge(0), edge(0.5), edge(1)];
}

/** Name and number of a block; the name is cut so that the number is not. */
function labelOf({ key, count, top, bottom }: StepBlock & Placed, names: readonly string[], characters: number): Label {
  const number = formatNumber(count);
  const left = characters - number.length - 3;
  // Where a name has hardly room, the number is left to the table.
  const text = left < 4 ? labelText(names[key], Math.max(2, characters)) : `${labelText(names[key], left)} · ${number}`;
  return { y: tenth((top + bottom) / 2), text };
}

function totalOf(blocks: readonly StepBlock[]): number {
  return sum(blocks.map(({ count }) => count));
}

/** Every ribbon, and after those of a block the paths that end there. */
function tableOf({ columns, streams, steps }: StepColumns, names: readonly string[]): ChartTable {
  const rows = columns.flatMap((blocks, c) =>
    blocks.flatMap(({ key, count, dropped }) => {
      const row = (to: string, paths: number): (string | number)[] => [steps[c], names[key], to, paths, percentOf(paths / count)]; // prettier-ignore
      const leaving = (streams[c] ?? []).filter(({ from }) => from === key).map((stream) => row(names[stream.to], stream.count)); // prettier-ignore
      return dropped > 0 ? [...leaving, row(endState, dropped)] : leaving;
    }),
  );
  return { columns: tableColumns, rows };
}

function describe({ columns, streams, steps }: StepColumns, names: readonly string[]): string {
  const paths = totalOf(columns[0]);
  const inMiddle = Math.max(0, steps.indexOf(0));
  const top = columns[inMiddle].reduce((best, block) => (block.count > best.count ? block : best));
  const parts = [
    `of ${counted(paths)} ${formatNumber(top.count)} (${formatShare(top.count / paths)}) are at ${names[top.key]} in step ${steps[inMiddle]}`,
  ];
  const flows = streams.flatMap((column, c) => column.map((stream) => ({ ...stream, c })));
  if (flows.length > 0) {
    const most = flows.reduce((best, flow) => (flow.count > best.count ? flow : best));
    parts.push(`the largest flow is from ${names[most.from]} to ${names[most.to]} after step ${steps[most.c]}, ${counted(most.count)}`); // prettier-ignore
  }
  const drops = columns.flatMap((blocks, c) => blocks.map((block) => ({ ...block, c }))).filter(({ dropped }) => dropped > 0); // prettier-ignore
  if (drops.length > 0) {
    const most = drops.reduce((best, drop) => (drop.dropped > best.dropped ? drop : best));
    parts.push(`${formatNumber(most.dropped)} ${most.dropped === 1 ? "ends" : "end"} at ${names[most.key]} in step ${steps[most.c]}`); // prettier-ignore
  }
  return `${parts.join("; ")}.`;
}

function counted(paths: number): string {
  return paths === 1 ? "1 path" : `${formatNumber(paths)} paths`;
}
