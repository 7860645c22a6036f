export { displayChart } from "./display.ts";
export { renderReport } from "./page.ts";
export type { ReportContent, Section } from "./page.ts";
export { renderSvg } from "./svg.ts";
export type { RenderSvgOptions } from "./svg.ts";
export type { ReportTable } from "./table.ts";
