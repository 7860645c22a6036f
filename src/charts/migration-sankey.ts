import { formatNumber, formatShare } from "../core/numbers.ts";
import type { Json } from "./chart.ts";
import { type Flow, flowsOf, type Moves, sum } from "./moves.ts";

/** Segments in a Sankey, and ribbons: more cannot be told apart. */
export const mostRibbonSegments = 12;
const mostRibbons = 60;

/** Points along one edge of a ribbon; the curve between them is drawn by the renderer. */
const pointsPerEdge = 9;
/** Nodes, in pixels. */
const nodeWidth = 12;
/** A rare move is drawn as a line, thicker than it is, so that it can be seen. */
const thinnest = 1;
/** Entries, exits and what is drawn together have no color of their own. */
const neutral = "#8c959f";

/** A segment at one of the two dates. */
interface Node {
  readonly segment: number;
  readonly name: string;
  readonly count: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Lays out a Sankey diagram: the segments before on the left, those after on the right, ribbons between.
 *
 * @param moves - at most one more segment than {@link mostRibbonSegments}.
 * @param style - size in pixels without names, and the colors that segments take in turn.
 * @returns marks and encodings, and what to say below the title.
 */
export function sankeyBody(
  moves: Moves,
  style: {
    readonly width: number | undefined;
    readonly height: number | undefined;
    readonly palette: readonly string[];
  },
): { body: Readonly<Record<string, Json>>; notes: string[] } {
  const flows = flowsOf(moves);
  const nowhere = moves.names.length;
  const sizes = (side: "from" | "to"): number[] => {
    const counted = new Array<number>(nowhere + 1).fill(0);
    for (const flow of flows) counted[flow[side]] += flow.count;
    return counted;
  };
  const [before, after] = [sizes("from"), sizes("to")];
  const most = Math.max(occupied(before), occupied(after));
  const { width = 380, height = Math.max(240, Math.min(640, 56 * most)) } = style;
  // Names of neighbors need 16 pixels; where there are not so many, the nodes keep half of the height.
  const gap = Math.min(16, height / 2 / most);
  const scale = (height - gap * (most - 1)) / moves.total;
  const left = nodesOf(before, [...moves.names, moves.entry], scale, gap, height);
  const right = nodesOf(after, [...moves.names, moves.exit], scale, gap, height);
  const drawn = largest(flows);
  const ribbons = ribbonsOf(flows, left, right, scale, width);
  const x: Json = { field: "x", type: "quantitative", axis: null, scale: { domain: [0, width], nice: false, zero: false } }; // prettier-ignore
  const y: Json = { field: "y", type: "quantitative", axis: null, scale: { domain: [height, 0], nice: false, zero: false } }; // prettier-ignore
  const own = moves.names.length > mostRibbonSegments ? mostRibbonSegments : nowhere;
  const color: Json = {
    field: "segment",
    type: "ordinal",
    legend: null,
    scale: {
      domain: [...before.keys()],
      range: before.map((_, s) => (s < own ? style.palette[s % style.palette.length] : neutral)),
    },
  };
  const fontSize = Math.max(7, Math.min(12, Math.floor(gap - 3)));
  const body = {
    width,
    height,
    layer: [
      {
        data: { values: ribbons.filter(({ flow }) => drawn.has(flow)).flatMap(({ points }) => points) },
        mark: { type: "area", opacity: 0.45, interpolate: "monotone" },
        encoding: { x, y: { ...(y as object), stack: null }, y2: { field: "y2" }, color, detail: { field: "flow", type: "ordinal" } }, // prettier-ignore
      },
      {
        data: { values: [...rectsOf(left, 0), ...rectsOf(right, width - nodeWidth)] },
        mark: { type: "rect" },
        encoding: { x, x2: { field: "x2" }, y, y2: { field: "y2" }, color },
      },
      texts(left.map(labelOf), 0, { align: "right", dx: -6, fontSize }, y),
      texts(right.map(labelOf), width, { align: "left", dx: 6, fontSize }, y),
      texts(sharesOf(ribbons, moves), nodeWidth, { align: "left", dx: 5, fontSize: 11 }, y),
      texts([{ y: 0, text: "Before" }], 0, { align: "right", dx: -6, dy: -16, fontWeight: "bold" }, y),
      texts([{ y: 0, text: "After" }], width, { align: "left", dx: 6, dy: -16, fontWeight: "bold" }, y),
    ],
  };
  return { body, notes: ["One ribbon per flow, thicker for more customers", ...leftOut(flows, drawn)] };
}

function occupied(sizes: readonly number[]): number {
  return sizes.filter((count) => count > 0).length;
}

function nodesOf(
  sizes: readonly number[],
  names: readonly string[],
  scale: number,
  gap: number,
  height: number,
): Node[] {
  const shown = sizes.map((count, segment) => ({ segment, name: names[segment], count })).filter(({ count }) => count > 0); // prettier-ignore
  // The shorter column stands in the middle of the longer one.
  let top = (height - scale * sum(shown.map(({ count }) => count)) - gap * (shown.length - 1)) / 2;
  return shown.map((node) => {
    const placed = { ...node, top, bottom: top + scale * node.count };
    top = placed.bottom + gap;
    return placed;
  });
}

function largest(flows: readonly Flow[]): ReadonlySet<Flow> {
  return new Set(flows.toSorted((a, b) => b.count - a.count || a.from - b.from || a.to - b.to).slice(0, mostRibbons));
}

interface Ribbon {
  readonly flow: Flow;
  /** Middle of its left end. */
  readonly y: number;
  readonly thickness: number;
  readonly points: Json[];
}

/** Ribbons leave a node in the order of where they go, and reach one in the order of where they come from: few cross. */
function ribbonsOf(
  flows: readonly Flow[],
  left: readonly Node[],
  right: readonly Node[],
  scale: number,
  width: number,
): Ribbon[] {
  const leaves = new Map(left.map(({ segment, top }) => [segment, top]));
  const reaches = new Map(right.map(({ segment, top }) => [segment, top]));
  const take = (places: Map<number, number>, segment: number, height: number): number => {
    const top = places.get(segment) as number;
    places.set(segment, top + height);
    return top + height / 2;
  };
  return flows.map((flow, number) => {
    const exact = scale * flow.count;
    const [start, end] = [take(leaves, flow.from, exact), take(reaches, flow.to, exact)];
    const thickness = Math.max(thinnest, exact);
    const points = Array.from({ length: pointsPerEdge }, (_, i) => {
      const part = i / (pointsPerEdge - 1);
      const middle = start + (end - start) * part * part * (3 - 2 * part);
      const at = nodeWidth + part * (width - 2 * nodeWidth);
      return { flow: number, segment: flow.from, x: tenth(at), y: tenth(middle - thickness / 2), y2: tenth(middle + thickness / 2) }; // prettier-ignore
    });
    return { flow, y: start, thickness, points };
  });
}

function rectsOf(nodes: readonly Node[], x: number): Json[] {
  return nodes.map(({ segment, top, bottom }) => ({ segment, x, x2: x + nodeWidth, y: tenth(top), y2: tenth(Math.max(bottom, top + thinnest)) })); // prettier-ignore
}

interface Label {
  readonly y: number;
  readonly text: string;
}

function labelOf({ name, count, top, bottom }: Node): Label {
  return { y: tenth((top + bottom) / 2), text: `${name} · ${formatNumber(count)}` };
}

/** Where there is room, a ribbon says what part of its node's customers took it. */
function sharesOf(ribbons: readonly Ribbon[], { counts, entered, left }: Moves): Label[] {
  const sizes = [...counts.map((row, from) => sum(row) + left[from]), sum(entered)];
  return ribbons.filter(({ thickness }) => thickness >= 13).map(({ flow, y }) => ({ y: tenth(y), text: formatShare(flow.count / sizes[flow.from]) })); // prettier-ignore
}

function texts(labels: readonly Label[], x: number, mark: Readonly<Record<string, Json>>, y: Json): Json {
  return {
    data: { values: labels.map((label) => ({ ...label })) },
    mark: { type: "text", baseline: "middle", ...mark },
    encoding: { x: { value: x }, y, text: { field: "text", type: "nominal" } },
  };
}

function leftOut(flows: readonly Flow[], drawn: ReadonlySet<Flow>): string[] {
  if (drawn.size === flows.length) return [];
  const rest = flows.filter((flow) => !drawn.has(flow));
  const customers = formatNumber(sum(rest.map(({ count }) => count)));
  return [`the ${rest.length} smallest of ${flows.length} flows, ${customers} customers, are not drawn`];
}

/** A tenth of a pixel is enough. */
function tenth(value: number): number {
  return Math.round(10 * value) / 10 + 0;
}
