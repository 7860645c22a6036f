import { formatShare, shortCount } from "../core/numbers.ts";
import { inkedText, type Json, rampScale } from "./chart.ts";
import { inkOn } from "./colors.ts";
import { type Moves, sum } from "./moves.ts";

/** Segments in a matrix; the cells are their square. */
export const mostMatrixSegments = 30;

/** Ink of a cell without a color: that of all other text. */
const plain = "plain";

interface Cell {
  readonly from: string;
  readonly to: string;
  readonly count: string;
  readonly share: string;
  /** Share of those still there; null for entries, exits and empty cells, which have no color. */
  readonly probability: number | null;
  /** Color of the text: black or white on a color, else {@link plain}. */
  readonly ink: string;
}

/**
 * Lays out a matrix of moves: from down the page, to across it.
 *
 * @param moves - at most one more segment than {@link mostMatrixSegments}.
 * @param style - size of all cells in pixels, and the colors from 0 to 100 %.
 * @returns marks and encodings, and what to say below the title.
 */
export function matrixBody(
  moves: Moves,
  style: { readonly width: number | undefined; readonly height: number | undefined; readonly ramp: readonly string[] },
): { body: Readonly<Record<string, Json>>; notes: string[] } {
  const origins = sum(moves.entered) > 0 ? [...moves.names, moves.entry] : moves.names;
  const targets = sum(moves.left) > 0 ? [...moves.names, moves.exit] : moves.names;
  const width = style.width ?? Math.max(22, Math.min(76, 620 / targets.length)) * targets.length;
  const height = style.height ?? Math.max(22, Math.min(44, 620 / origins.length)) * origins.length;
  const [cellWidth, cellHeight] = [width / targets.length, height / origins.length];
  const cells = cellsOf(moves, style.ramp, cellWidth >= 40 ? 100_000 : 10_000);
  const axis = (domain: readonly string[], field: string, title: string, labels: Readonly<Record<string, Json>>): Json => ({
    field,
    type: "nominal",
    title,
    scale: { type: "band", domain, paddingInner: 0.04, paddingOuter: 0 },
    axis: { domain: false, ticks: false, labelLimit: 220, ...labels },
  }); // prettier-ignore
  const color: Json = {
    field: "probability",
    type: "quantitative",
    title: "Share of those still there",
    scale: rampScale(style.ramp, 0, 1),
    legend: { orient: "bottom", direction: "horizontal", gradientLength: 220, titleLimit: 320, format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] }, // prettier-ignore
  };
  const fontSize = Math.max(7, Math.min(12, Math.floor(cellWidth / 4), Math.floor(cellHeight / 1.5)));
  const hasRoom = cellWidth >= 16 && cellHeight >= 10;
  const hasShares = cellWidth >= 44 && cellHeight >= 30;
  const texts = (field: string, mark: Readonly<Record<string, Json>>): Json[] => [
    ...inkedText(field, mark),
    { transform: [{ filter: { field: "ink", equal: plain } }], mark: { type: "text", ...mark }, encoding: { text: { field, type: "nominal" } } }, // prettier-ignore
  ];
  const body = {
    width,
    height,
    data: { values: cells.map((cell) => ({ ...cell })) },
    encoding: {
      x: axis(targets, "to", "After", { orient: "top", labelAngle: -40 }),
      y: axis(origins, "from", "Before", {}),
    },
    layer: [
      { mark: { type: "rect", color: "#808080", opacity: 0.12 } },
      { transform: [{ filter: { field: "probability", valid: true } }], mark: "rect", encoding: { color } },
      ...(hasRoom ? texts("count", { fontSize, dy: hasShares ? -6 : 0 }) : []),
      ...(hasRoom && hasShares ? texts("share", { fontSize: fontSize - 2, dy: 8 }) : []),
    ],
  };
  const notes = ["Customers, and their share of those of the row who are still there"];
  if (targets.length > moves.names.length) notes.push(`${moves.exit}: share of all of the row`);
  if (origins.length > moves.names.length) notes.push(`${moves.entry}: share of all who did`);
  return { body, notes };
}

function cellsOf(moves: Moves, ramp: readonly string[], longest: number): Cell[] {
  const { names, counts, entered, left, entry, exit } = moves;
  const cellOf = (from: string, to: string, count: number, whole: number, isColored: boolean): Cell => {
    const share = count / whole;
    const isMove = isColored && count > 0;
    const [number, percent] = count > 0 ? [shortCount(count, longest), formatShare(share)] : ["", ""];
    return { from, to, count: number, share: percent, probability: isMove ? share : null, ink: isMove ? inkOn(ramp, share) : plain }; // prettier-ignore
  };
  const cells = names.flatMap((from, i) => {
    const staying = sum(counts[i]);
    const inside = names.map((to, j) => cellOf(from, to, counts[i][j], staying, true));
    return sum(left) === 0 ? inside : [...inside, cellOf(from, exit, left[i], staying + left[i], false)];
  });
  const all = sum(entered);
  if (all === 0) return cells;
  const came = names.map((to, j) => cellOf(entry, to, entered[j], all, false));
  return [...cells, ...came];
}
