export { fitArima, type FitArimaOptions } from "./arima.ts";
export type { ArimaModel, ArimaOrigin, ArimaSeason } from "./arima-model.ts";
export { forecast, type ForecastModel, type ForecastOptions, type ForecastReport } from "./forecast.ts";
export { seriesBySegment } from "./series-by-segment.ts";
export type { SegmentSeries, SegmentSeriesReport, SeriesBySegmentOptions } from "./series-by-segment.ts";
export type { SeriesInput } from "./series-input.ts";
export { seriesOf } from "./series-of.ts";
export type { SeriesOfOptions } from "./series-of.ts";
