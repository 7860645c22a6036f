import type { Json } from "./chart.ts";

/** A gray line that both grounds show, for what knowing nothing would give. */
export const reference: string = "#8a8f98";

/** An axis of a chart. */
type Axis = Readonly<Record<string, Json>>;

/** An axis of shares in percent. */
export function shareAxis(field: string, title: string, most = 1): Axis {
  return {
    field,
    type: "quantitative",
    title,
    scale: { domain: [0, most], nice: false, zero: true },
    axis: { format: ".0%", tickCount: 5 },
  };
}

/** The dashed line from the origin on which two shares are equal. */
export function diagonal(x: Axis, y: Axis, most: number, color: string): Json {
  const ends = [{ from: 0, to: most }];
  return {
    data: { values: ends },
    mark: { type: "rule", strokeDash: [5, 4], color, strokeWidth: 1.5 },
    encoding: {
      x: { ...x, field: "from" },
      y: { ...y, field: "from" },
      x2: { field: "to" },
      y2: { field: "to" },
    },
  };
}
