import type { Json } from "./chart.ts";

/** The axis of numbers of clusters, of a field `k`: every one labeled while there is room. */
export function acrossK(k: readonly number[]): Json {
  const first = k[0];
  return {
    field: "k",
    type: "quantitative",
    title: "Number of clusters (k)",
    scale: { domain: [first, Math.max(k[k.length - 1], first + 1)], nice: false, zero: false, padding: 20 },
    axis: { format: "d", tickMinStep: 1, grid: false, ...(k.length <= 20 ? { values: [...k] } : {}) },
  };
}

/** A dashed line across the drawing, at what an axis says. */
export function dashedLine(values: readonly Json[], encoding: Json): Json {
  return { data: { values }, mark: { type: "rule", strokeDash: [5, 4], opacity: 0.6 }, encoding };
}
