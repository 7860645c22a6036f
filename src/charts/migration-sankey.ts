import { formatNumber, formatShare } from "../core/numbers.ts";
import type { Json } from "./chart.ts";
import { type Flow, flowsOf, type Moves, sum } from "./moves.ts";
import {
  axesOf,
  type Block,
  blockLayer,
  blockWidth,
  colorsBy,
  type Label,
  neutral,
  placeBlocks,
  type Placed,
  type Ribbon,
  ribbonLayer,
  ribbonsOf,
  spacing,
  tenth,
  textLayer,
} from "./ribbons.ts";

/** Segments in a Sankey, and ribbons: more cannot be told apart. */
export const mostRibbonSegments = 12;
const mostRibbons = 60;

/** A segment at one of the two dates. */
interface Node extends Block {
  readonly name: string;
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
  const space = spacing(height, [{ blocks: most, total: moves.total }]);
  const left = nodesOf(before, [...moves.names, moves.entry], space, height);
  const right = nodesOf(after, [...moves.names, moves.exit], space, height);
  const drawn = largest(flows);
  const place = { scale: space.scale, from: blockWidth, to: width - blockWidth, first: 0 };
  const ribbons = ribbonsOf(flows, [left, right], place);
  const axes = axesOf(width, height);
  const { y } = axes;
  const own = moves.names.length > mostRibbonSegments ? mostRibbonSegments : nowhere;
  const color = colorsBy(before.map((_, s) => (s < own ? style.palette[s % style.palette.length] : neutral)));
  const fontSize = Math.max(7, Math.min(12, Math.floor(space.gap - 3)));
  const body = {
    width,
    height,
    layer: [
      ribbonLayer(
        ribbons.filter(({ stream }) => drawn.has(stream)).flatMap(({ points }) => points),
        axes,
        color,
      ),
      blockLayer(
        [
          { x: 0, blocks: left },
          { x: width - blockWidth, blocks: right },
        ],
        axes,
        color,
      ),
      textLayer(left.map(labelOf), 0, { align: "right", dx: -6, fontSize }, y),
      textLayer(right.map(labelOf), width, { align: "left", dx: 6, fontSize }, y),
      textLayer(sharesOf(ribbons, moves), blockWidth, { align: "left", dx: 5, fontSize: 11 }, y),
      textLayer([{ y: 0, text: "Before" }], 0, { align: "right", dx: -6, dy: -16, fontWeight: "bold" }, y),
      textLayer([{ y: 0, text: "After" }], width, { align: "left", dx: 6, dy: -16, fontWeight: "bold" }, y),
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
  space: { readonly gap: number; readonly scale: number },
  height: number,
): (Node & Placed)[] {
  const shown = sizes.map((count, key) => ({ key, color: key, name: names[key], count })).filter(({ count }) => count > 0); // prettier-ignore
  // The shorter column stands in the middle of the longer one.
  const used = space.scale * sum(shown.map(({ count }) => count)) + space.gap * (shown.length - 1);
  return placeBlocks(shown, space, (height - used) / 2);
}

function largest(flows: readonly Flow[]): ReadonlySet<Flow> {
  return new Set(flows.toSorted((a, b) => b.count - a.count || a.from - b.from || a.to - b.to).slice(0, mostRibbons));
}

function labelOf({ name, count, top, bottom }: Node & Placed): Label {
  return { y: tenth((top + bottom) / 2), text: `${name} · ${formatNumber(count)}` };
}

/** Where there is room, a ribbon says what part of its node's customers took it. */
function sharesOf(ribbons: readonly Ribbon<Flow>[], { counts, entered, left }: Moves): Label[] {
  const sizes = [...counts.map((row, from) => sum(row) + left[from]), sum(entered)];
  return ribbons.filter(({ thickness }) => thickness >= 13).map(({ stream, y }) => ({ y: tenth(y), text: formatShare(stream.count / sizes[stream.from]) })); // prettier-ignore
}

function leftOut(flows: readonly Flow[], drawn: ReadonlySet<Flow>): string[] {
  if (drawn.size === flows.length) return [];
  const rest = flows.filter((flow) => !drawn.has(flow));
  const customers = formatNumber(sum(rest.map(({ count }) => count)));
  return [`the ${rest.length} smallest of ${flows.length} flows, ${customers} customers, are not drawn`];
}
