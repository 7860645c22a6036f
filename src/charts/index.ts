export type { Chart, ChartOptions, ChartTable, Json } from "./chart.ts";
export { chartElbow } from "./elbow.ts";
export type { ElbowCurve } from "./elbow.ts";
export { chartRfm } from "./rfm.ts";
export type { RfmGrid } from "./rfm.ts";
export { chartSegments } from "./segments.ts";
export { chartSilhouette } from "./silhouette.ts";
export type { ChartSilhouetteOptions, SilhouetteValues } from "./silhouette.ts";
