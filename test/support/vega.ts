import * as vega from "vega";

/**
 * Draws a Vega spec the way vega documents it: asynchronously.
 *
 * @param spec - a Vega spec.
 * @returns SVG markup.
 */
export async function drawnAsynchronously(spec: object): Promise<string> {
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
