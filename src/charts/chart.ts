import { custom, integer, type OptionTable, text } from "../core/options.ts";
import { colorOf, isColor } from "./colors.ts";
import { labelText, titleLines } from "./text.ts";

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A picture as data: a plain Vega-Lite v6 spec with its data inline. It can be saved as JSON, cloned, sent to a worker,
 * pasted into any Vega editor, or drawn by `renderSvg`. A notebook shows it by itself, as the last value of a cell: the
 * chart carries a hidden `Symbol.for("Jupyter.display")` method, which JSON and structuredClone leave out. The method
 * gives the spec, and where `clientele/report` is loaded also the picture as SVG.
 */
export interface Chart {
  /** The Vega-Lite schema that the spec obeys. */
  readonly $schema: string;
  /** Every other part of the spec. */
  readonly [part: string]: Json;
}

/** Options that every chart takes. */
export interface ChartOptions {
  /** Replaces the chart's own title. */
  readonly title?: string | undefined;
  /** Width of the plotting area in pixels; axes and legends come on top. */
  readonly width?: number | undefined;
  /** Height of the plotting area in pixels. */
  readonly height?: number | undefined;
  /** Replaces the chart's own color-blind-safe colors: `#rgb`, `#rrggbb` or a common CSS name, in the chart's order. */
  readonly colors?: readonly string[] | undefined;
}

/** Option table of every chart function. */
export const chartOptions: OptionTable<ChartOptions, "title" | "width" | "height" | "colors"> = {
  title: text({ optional: true }),
  width: integer({ min: 40, max: 4000, optional: true }),
  height: integer({ min: 40, max: 4000, optional: true }),
  colors: custom(
    "a list of 1 to 32 colors, each #rgb, #rrggbb or a common CSS name",
    (value) => Array.isArray(value) && value.length > 0 && value.length <= 32 && value.every(isColor),
    [[], [1], ["url(#a)"], ["#12"], ["#ffff"], ["javascript:alert(1)"], ["red;"], "red", null, {}, [null]],
    { optional: true },
  ),
};

/** A table that says what a chart shows, for readers who do not see it. */
export interface ChartTable {
  /** Column titles, with units. */
  readonly columns: readonly string[];
  /** One list of cells per row; null = missing. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What one chart function says about its picture. */
export interface ChartParts {
  /** Title, unless the caller gave one. */
  readonly title: string;
  /** A line below the title; what was left out is said here. */
  readonly subtitle?: string | undefined;
  /** One sentence that replaces the picture for who cannot see it. */
  readonly description: string;
  /** The same content as a table. */
  readonly table: ChartTable;
  /** Marks, encodings, data, sizes. */
  readonly body: Readonly<Record<string, Json>>;
}

const schema = "https://vega.github.io/schema/vega-lite/v6.json";

// Arial's metric is the one that the renderer estimates with, and Helvetica and Liberation Sans share it.
const layout: Json = {
  font: "Arial, Helvetica, Liberation Sans, sans-serif",
  title: { anchor: "start", frame: "bounds", fontSize: 15, subtitleFontSize: 12, subtitlePadding: 6, offset: 14 },
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", titlePadding: 10, labelPadding: 6 },
  legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
  text: { fontSize: 12 },
  view: { stroke: null },
};

/**
 * Puts a chart together: schema, title, description, layout, the table behind it, and the notebook's display method.
 *
 * @param parts - what the chart function knows.
 * @param given - the caller's title, if any.
 * @returns the chart.
 */
export function chartOf({ title, subtitle, description, table, body }: ChartParts, given: string | undefined): Chart {
  const heading = given ?? title;
  const sentence = labelText(`${heading}: ${description}`, 1000);
  const chart: Chart = {
    $schema: schema,
    title: {
      text: titleLines(heading, 64).map(drawable),
      ...(subtitle === undefined ? {} : { subtitle: titleLines(subtitle, 84) }),
    },
    description: sentence,
    ...body,
    config: layout,
    usermeta: { table: { columns: table.columns, rows: table.rows } },
  };
  return displayed(chart, sentence);
}

/** Vega 6 takes a text such as `constructor`, a member of every object, for a variable; the space shows nowhere. */
export function drawable(line: string): string {
  return line in Object.prototype ? `${line} ` : line;
}

/** A chart that says that there is nothing to draw; a report with an empty section is better than no report. */
export function emptyChart(title: string, message: string, table: ChartTable, given: string | undefined): Chart {
  const body: Readonly<Record<string, Json>> = {
    width: 320,
    height: 80,
    data: { values: [{ message }] },
    mark: { type: "text", fontSize: 13 },
    encoding: { text: { field: "message", type: "nominal" } },
  };
  return chartOf({ title, description: message, table, body }, given);
}

/** Draws a chart as SVG. */
type Draw = (chart: Chart) => string;

// Only what notebooks show reads it, and it is only ever set once, to the one function that draws.
let drawPicture: Draw | undefined;

/**
 * Lets charts show themselves as pictures, too. `report/` calls it when it is loaded: drawing needs programs that this
 * room does without.
 *
 * @param draw - draws a chart.
 */
export function showPicturesBy(draw: Draw): void {
  drawPicture = draw;
}

/** A chart shows itself as it is when it is looked at, by whatever draws at that time. */
function displayed(chart: Chart, sentence: string): Chart {
  return withDisplay(chart, () => {
    const specs = specBundle(chart);
    if (drawPicture === undefined) return { ...specs, "text/plain": sentence };
    try {
      return { ...specs, "image/svg+xml": drawPicture(chart), "text/plain": sentence };
    } catch (reason) {
      // Somebody changed the spec. The notebook's own Vega may still draw it, so the rest is shown.
      return { ...specs, "text/plain": `${sentence} (No picture: ${String(reason)})` };
    }
  });
}

/**
 * Gives a chart the method by which notebooks show it. JSON, structuredClone and `Object.keys` do not see it.
 *
 * @param chart - gets the method.
 * @param display - one entry per MIME type.
 * @returns the chart.
 */
export function withDisplay(chart: Chart, display: () => Readonly<Record<string, Json>>): Chart {
  return Object.defineProperty(chart, Symbol.for("Jupyter.display"), { value: display, enumerable: false });
}

/**
 * A spec by the MIME types of notebooks. Versions 5 and 6 draw these specs alike, and most notebooks come with 5.
 *
 * @param chart - a Vega-Lite or Vega spec.
 * @returns one entry per MIME type.
 */
export function specBundle(chart: Chart): Record<string, Json> {
  const kind = chart.$schema.includes("/vega-lite/") ? "vegalite" : "vega";
  const as = (version: 5 | 6): Json => ({
    ...chart,
    $schema: chart.$schema.replace(/v\d[\d.]*(?=\.json$)/, `v${version}`),
  });
  return { [`application/vnd.${kind}.v6+json`]: as(6), [`application/vnd.${kind}.v5+json`]: as(5) };
}

/** The caller's colors, or the chart's own; as #rrggbb. */
export function colorsOf(given: readonly string[] | undefined, own: readonly string[]): string[] {
  return (given ?? own).map(colorOf);
}

/**
 * A color scale that runs evenly through a ramp. Domain and range have the same length, so every drawing program
 * interpolates piece by piece and agrees with `inkOn`.
 *
 * @param ramp - at least one color.
 * @param low - the number that has the first color.
 * @param high - the number that has the last color.
 */
export function rampScale(ramp: readonly string[], low: number, high: number): Json {
  const range = ramp.length === 1 ? [ramp[0], ramp[0]] : ramp;
  const step = (high - low) / (range.length - 1);
  const domain = range.map((_, i) => (i === range.length - 1 ? high : low + i * step));
  return { domain, range, interpolate: "rgb", clamp: true };
}

/**
 * Text on colored cells: a layer for the cells whose `ink` is black and one for those whose `ink` is white. One layer
 * with the ink as an unscaled color would be shorter, but Vega-Lite 6.4 fails where another layer scales its color.
 *
 * @param field - the field that holds the text.
 * @param mark - size and place of the text.
 */
export function inkedText(field: string, mark: Readonly<Record<string, Json>>): Json[] {
  return ["#000000", "#ffffff"].map((ink) => ({
    transform: [{ filter: { field: "ink", equal: ink } }],
    mark: { type: "text", color: ink, ...mark },
    encoding: { text: { field, type: "nominal" } },
  }));
}
