import { type Chart, specBundle, withDisplay } from "../charts/chart.ts";
import { readOptions } from "../core/options.ts";
import { drawChart, type RenderSvgOptions, renderSvgOptions, titleOf } from "./svg.ts";

/**
 * Makes a chart that a notebook shows as a picture: for a dark notebook, for a chart that was saved as JSON, and for a
 * Vega or Vega-Lite spec of your own.
 *
 * A chart fresh from a `chart…` function needs no help: as the last value of a cell it shows itself, with its picture
 * where `clientele/report` is loaded. The result is an equal spec with a hidden `Symbol.for("Jupyter.display")` method,
 * which gives the spec to notebooks that draw Vega and the SVG to all others, such as a page exported from a notebook.
 *
 * @param chart - what a `chart…` function returned, or any Vega-Lite (v5, v6) or Vega (v5, v6) spec with its data inline;
 * it is not changed.
 * @param options - see {@link RenderSvgOptions}.
 * @returns a new chart, equal to the given one.
 * @throws {ClienteleError} `invalid-value` for something that is not such a spec; `unsupported` for a spec that asks for
 * anything from outside. As `renderSvg`, but at the call, not when the cell is shown.
 * @example
 * const saved = JSON.stringify(chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 }));
 * const shown = displayChart(JSON.parse(saved), { theme: "dark" }); // the last value of a notebook's cell
 * JSON.stringify(shown) === saved; // true
 */
export function displayChart(chart: Chart, options?: RenderSvgOptions): Chart {
  const { theme } = readOptions("displayChart", renderSvgOptions, options);
  const picture = drawChart("displayChart", "chart", chart, theme);
  const { description } = chart;
  const text = typeof description === "string" ? description : titleOf(chart);
  const shown = JSON.parse(JSON.stringify(chart)) as Chart; // nothing that the caller may still write into
  return withDisplay(shown, () => ({ ...specBundle(shown), "image/svg+xml": picture, "text/plain": text }));
}
