export { seriesBySegment } from "./series-by-segment.ts";
export type { SegmentSeries, SegmentSeriesReport, SeriesBySegmentOptions } from "./series-by-segment.ts";
export type { SeriesInput } from "./series-input.ts";
export { seriesOf } from "./series-of.ts";
export type { SeriesOfOptions } from "./series-of.ts";
