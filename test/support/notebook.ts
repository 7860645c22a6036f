import type { Chart } from "clientele/charts";

/**
 * What a chart shows in a notebook.
 *
 * @param chart - a chart with a display method.
 * @returns one entry per MIME type.
 */
export function displayed(chart: Chart): Readonly<Record<string, unknown>> {
  return (chart as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]();
}
