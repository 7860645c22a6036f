import type { Json } from "./chart.ts";

// The layout that all diagrams of flows share: blocks above each other in a column, ribbons between two columns.

/** Width of a block, in pixels. */
export const blockWidth = 12;
/** Color of what has none of its own: entries, exits, and what is drawn together. */
export const neutral = "#8c959f";

/** Points along one edge of a ribbon; the curve between them is drawn by the renderer. */
const pointsPerEdge = 9;
/** What is rare is drawn as a line, thicker than it is, so that it can be seen. */
const thinnest = 1;

/** A part of a column, as high as its count. */
export interface Block {
  /** By which ribbons name it; different within a column. */
  readonly key: number;
  /** Position of its color. */
  readonly color: number;
  readonly count: number;
}

/** Where a block is, in pixels. */
export interface Placed {
  readonly top: number;
  readonly bottom: number;
}

/** What goes from a block to one of the next column. */
export interface Stream {
  /** Key of the block on the left. */
  readonly from: number;
  /** Key of the block on the right. */
  readonly to: number;
  readonly count: number;
}

/** A stream as it is drawn. */
export interface Ribbon<S extends Stream> {
  readonly stream: S;
  /** Middle of its left end. */
  readonly y: number;
  readonly thickness: number;
  /** Points of its two edges. */
  readonly points: readonly Json[];
}

/** A text at a height. */
export interface Label {
  readonly y: number;
  readonly text: string;
}

/** The two scales of a diagram in pixels; y grows downwards. */
export interface Axes {
  readonly x: Json;
  readonly y: Json;
}

/**
 * Makes the scales of a diagram: one unit is one pixel.
 *
 * @param width - of the plotting area.
 * @param height - of the plotting area.
 */
export function axesOf(width: number, height: number): Axes {
  return {
    x: { field: "x", type: "quantitative", axis: null, scale: { domain: [0, width], nice: false, zero: false } },
    y: { field: "y", type: "quantitative", axis: null, scale: { domain: [height, 0], nice: false, zero: false } },
  };
}

/**
 * Says how far apart blocks stand, and how high one of them is per count: as high as lets every column fit.
 *
 * @param height - of the plotting area.
 * @param columns - the blocks and the sum of counts of each column.
 */
export function spacing(
  height: number,
  columns: readonly { readonly blocks: number; readonly total: number }[],
): { gap: number; scale: number } {
  const most = columns.reduce((longest, { blocks }) => Math.max(longest, blocks), 0);
  // Names of neighbors need 16 pixels; where there are not so many, the blocks keep half of the height.
  const gap = Math.min(16, height / 2 / most);
  const scale = columns.reduce((least, { blocks, total }) => Math.min(least, (height - gap * (blocks - 1)) / total), Infinity); // prettier-ignore
  return { gap, scale };
}

/** Puts the blocks of a column below each other. */
export function placeBlocks<B extends Block>(
  blocks: readonly B[],
  { gap, scale }: { readonly gap: number; readonly scale: number },
  start: number,
): (B & Placed)[] {
  let top = start;
  return blocks.map((block) => {
    const placed = { ...block, top, bottom: top + scale * block.count };
    top = placed.bottom + gap;
    return placed;
  });
}

/**
 * Lays the ribbons between two columns. At each block they lie in the order of the list: sorted by where they come from and
 * where they go, few cross.
 *
 * @param streams - what flows.
 * @param columns - the blocks on the left and on the right.
 * @param place - height per count, where the ribbons begin and end, and the number of the first of them.
 */
export function ribbonsOf<S extends Stream>(
  streams: readonly S[],
  [left, right]: readonly [readonly (Block & Placed)[], readonly (Block & Placed)[]],
  place: { readonly scale: number; readonly from: number; readonly to: number; readonly first: number },
): Ribbon<S>[] {
  const leaves = new Map(left.map(({ key, top }) => [key, top]));
  const reaches = new Map(right.map(({ key, top }) => [key, top]));
  const colors = new Map(left.map(({ key, color }) => [key, color]));
  const take = (places: Map<number, number>, key: number, height: number): number => {
    const top = places.get(key) as number;
    places.set(key, top + height);
    return top + height / 2;
  };
  return streams.map((stream, i) => {
    const exact = place.scale * stream.count;
    const [start, end] = [take(leaves, stream.from, exact), take(reaches, stream.to, exact)];
    const thickness = Math.max(thinnest, exact);
    const color = colors.get(stream.from) as number;
    const points = Array.from({ length: pointsPerEdge }, (_, p) => {
      const part = p / (pointsPerEdge - 1);
      const middle = start + (end - start) * part * part * (3 - 2 * part);
      const x = tenth(place.from + part * (place.to - place.from));
      return { flow: place.first + i, color, x, y: tenth(middle - thickness / 2), y2: tenth(middle + thickness / 2) };
    });
    return { stream, y: start, thickness, points };
  });
}

/** The ribbons as a layer of a chart. */
export function ribbonLayer(points: readonly Json[], { x, y }: Axes, color: Json): Json {
  return {
    data: { values: points },
    mark: { type: "area", opacity: 0.45, interpolate: "monotone" },
    encoding: {
      x,
      y: { ...(y as object), stack: null },
      y2: { field: "y2" },
      color,
      detail: { field: "flow", type: "ordinal" },
    },
  };
}

/** The blocks as a layer of a chart; each list stands at its own x. */
export function blockLayer(
  columns: readonly { readonly x: number; readonly blocks: readonly (Block & Placed)[] }[],
  { x, y }: Axes,
  color: Json,
): Json {
  const values = columns.flatMap((column) =>
    column.blocks.map(({ color: own, top, bottom }) => {
      const low = Math.max(bottom, top + thinnest);
      return { color: own, x: tenth(column.x), x2: tenth(column.x + blockWidth), y: tenth(top), y2: tenth(low) };
    }),
  );
  return {
    data: { values },
    mark: { type: "rect" },
    encoding: { x, x2: { field: "x2" }, y, y2: { field: "y2" }, color },
  };
}

/** Texts at one x as a layer of a chart. */
export function textLayer(labels: readonly Label[], x: number, mark: Readonly<Record<string, Json>>, y: Json): Json {
  return {
    data: { values: labels.map((label) => ({ ...label })) },
    mark: { type: "text", baseline: "middle", ...mark },
    encoding: { x: { value: x }, y, text: { field: "text", type: "nominal" } },
  };
}

/** The color of each position, without a legend. */
export function colorsBy(colors: readonly string[]): Json {
  return {
    field: "color",
    type: "ordinal",
    legend: null,
    scale: { domain: colors.map((_, i) => i), range: colors },
  };
}

/** A tenth of a pixel is enough. */
export function tenth(value: number): number {
  return Math.round(10 * value) / 10 + 0;
}
