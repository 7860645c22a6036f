import { labelsOf } from "clientele/tables";
import { changePointsOptions } from "../../src/trends/change-points.ts";
import { trendsOptions } from "../../src/trends/segment-trends.ts";
import { seriesAnomaliesOptions } from "../../src/trends/series-anomalies.ts";
import { seriesBySegmentOptions } from "../../src/trends/series-by-segment.ts";
import { seriesOfOptions } from "../../src/trends/series-of.ts";
import { autocorrelationOptions } from "../../src/trends/autocorrelation.ts";
import { classicalOptions } from "../../src/trends/classical.ts";
import { mstlOptions } from "../../src/trends/mstl.ts";
import { stlOptions } from "../../src/trends/stl.ts";
import { type Happening, logOf } from "./logs.ts";
import { type Samples, table } from "./sample.ts";

const day = 86_400_000;
const orders = logOf(
  Array.from({ length: 60 }, (_, i): Happening => [`c${i % 7}`, i % 3 === 0 ? "buy" : "look", i * 0.4 * day, i]),
);

/** A weekly rhythm with noise. */
const weekly = (days: number): number[] => Array.from({ length: days }, (_, i) => 20 + (i % 7) + ((i * 37) % 11) / 10);

/** One ordinary call of each function that makes a series, takes one apart or asks what changed. */
export const seriesSamples: Samples = {
  decomposeClassical: {
    args: () => [weekly(56), { period: 7 }],
    options: table(classicalOptions),
    oddNumbers: "there is no trend for half a season at both ends",
  },
  measureAutocorrelation: { args: () => [weekly(56), { lags: 8 }], options: table(autocorrelationOptions) },
  decomposeMstl: { args: () => [weekly(70), { periods: [7, 14] }], options: table(mstlOptions) },
  decomposeStl: { args: () => [weekly(56), { period: 7 }], options: table(stlOptions) },
  measureChangePoints: { args: () => [weekly(56), { period: 7 }], options: table(changePointsOptions) },
  measureSeriesAnomalies: { args: () => [weekly(56), { period: 7 }], options: table(seriesAnomaliesOptions) },
  measureTrends: { args: () => [[{ name: "All", series: weekly(56) }], { period: 7 }], options: table(trendsOptions) },
  seriesBySegment: {
    args: () => [orders, { ids: ["c0", "c1", "c9"], labels: labelsOf([1, 0, 0]) }, { period: "day" }],
    options: table(seriesBySegmentOptions),
  },
  seriesOf: { args: () => [orders, { period: "day", value: "sum", event: "buy" }], options: table(seriesOfOptions) },
};
