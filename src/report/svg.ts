import { isRecord } from "../core/dictionary.ts";
import { ClienteleError, describeValue, refuse } from "../core/errors.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { type Chart, showPicturesBy } from "../charts/chart.ts";
import { safeSvg } from "./safe-svg.ts";
import { type Theme, themeConfig } from "./theme.ts";
import { compileSpec } from "./vega-lite.ts";
import { drawScene, type Drawn } from "./vega.ts";

/** Options of {@link renderSvg}. */
export interface RenderSvgOptions {
  /** Ground and ink: `"light"` (default) or `"dark"`. */
  readonly theme?: "light" | "dark" | undefined;
}

/** Option table of {@link renderSvg}. */
export const renderSvgOptions: OptionTable<RenderSvgOptions> = {
  theme: oneOf(["light", "dark"], { default: "light" }),
};

/**
 * Draws a chart as an SVG picture, synchronously, without browser, canvas or network.
 *
 * Needs the optional peers `vega` and `vega-lite`. The same chart gives the same string on every machine: text is laid
 * out with the widths of Arial. The picture holds no script, link or style sheet; every string from data is escaped.
 *
 * @param chart - what a `chart…` function returned, or any Vega-Lite (v5, v6) or Vega (v5, v6) spec with its data inline.
 * @param options - see {@link RenderSvgOptions}.
 * @returns a complete `<svg>` element that can be saved as a file or put into a page.
 * @throws {ClienteleError} `invalid-value` for something that is not such a spec, with what vega says as its `cause`;
 * `unsupported` for a spec that asks for anything from outside: data by URL, images, links.
 * @example
 * const svg = renderSvg(chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 }));
 * svg.slice(0, 4); // "<svg"
 */
export function renderSvg(chart: Chart, options?: RenderSvgOptions): string {
  const { theme } = readOptions("renderSvg", renderSvgOptions, options);
  return drawChart("renderSvg", "chart", chart, theme);
}

/**
 * Draws a chart for a public function.
 *
 * @param caller - the public function.
 * @param path - where the chart is, for the message.
 * @param chart - what the user passed.
 * @param theme - how to color it.
 * @param prefix - begins every id in the picture; made from the chart when absent.
 * @returns a complete `<svg>` element.
 */
export function drawChart(caller: string, path: string, chart: Chart, theme: Theme, prefix?: string): string {
  const json = jsonOf(caller, path, chart);
  const { markup, width, height, background, requests } = drawn(caller, path, json, theme);
  const inline = "a spec with its data inline, without images and links";
  if (requests > 0) refuse(caller, "unsupported", path, inline, "one that asks for something from outside");
  const title = titleOf(chart);
  const description = typeof chart["description"] === "string" ? chart["description"] : title;
  const ids = prefix ?? `c${hash(json + theme)}-`;
  const result = safeSvg(markup, { width, height, background, title, description, prefix: ids });
  if ("refused" in result) refuse(caller, "unsupported", path, inline, `one that draws a ${result.refused} element`);
  return result.svg;
}

// From now on charts show themselves in notebooks as pictures, too. It stands in the file that draws: a bundler keeps it
// where it keeps renderSvg, and drops it with it.
showPicturesBy((chart) => renderSvg(chart));

/** Vega writes into the data it draws, so it gets a copy; and what JSON cannot say is not a chart. */
function jsonOf(caller: string, path: string, chart: unknown): string {
  if (!isRecord(chart)) refuse(caller, "invalid-value", path, "a chart", describeValue(chart));
  try {
    return JSON.stringify(chart);
  } catch (reason) {
    return refuseFor(reason, caller, path, "a chart that JSON can say", "a circular or otherwise unusual object");
  }
}

function drawn(caller: string, path: string, json: string, theme: Theme): Drawn {
  const spec = JSON.parse(json) as { readonly $schema?: unknown };
  const schema = /\/schema\/(vega|vega-lite)\/v[56](?:\.[\d.]+)?\.json$/.exec(String(spec.$schema));
  if (schema === null) {
    const expected = "the address of a Vega-Lite or Vega schema, version 5 or 6";
    refuse(caller, "invalid-value", `${path}.$schema`, expected, describeValue(spec.$schema));
  }
  const config = themeConfig(theme);
  try {
    return schema[1] === "vega" ? drawScene(spec, config) : drawScene(compileSpec(spec, config), {});
  } catch (reason) {
    return refuseFor(reason, caller, path, "a spec that Vega can draw", "one that it refuses; see the cause");
  }
}

function refuseFor(reason: unknown, caller: string, path: string, expected: string, received: string): never {
  const error = new ClienteleError(caller, { code: "invalid-value", path, expected, received });
  error.cause = reason;
  throw error;
}

/**
 * What a chart is called.
 *
 * @param chart - any spec.
 * @returns its title on one line, "Chart" without one.
 */
export function titleOf(chart: Chart): string {
  return plainTitle(chart["title"]);
}

/** Titles are a string, lines, or an object with one of them as `text`. */
function plainTitle(title: unknown): string {
  if (typeof title === "string") return title;
  if (Array.isArray(title)) return title.filter((line) => typeof line === "string").join(" ");
  if (title !== null && typeof title === "object" && "text" in title) return plainTitle(title.text);
  return "Chart";
}

/** FNV-1a: ids need to differ between the pictures of one page, and to be the same tomorrow. */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return (state >>> 0).toString(36);
}
