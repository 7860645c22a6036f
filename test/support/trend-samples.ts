import { fitArima } from "clientele/trends";
import { fitArimaOptions } from "../../src/trends/arima.ts";
import { fitCrostonOptions } from "../../src/trends/croston.ts";
import { forecastOptions } from "../../src/trends/forecast.ts";
import { fitExponentialSmoothingOptions } from "../../src/trends/smoothing.ts";
import { controlSamples } from "./control-samples.ts";
import { seriesBySegmentOptions } from "../../src/trends/series-by-segment.ts";
import { seriesOfOptions } from "../../src/trends/series-of.ts";
import { fitSeasonalNaiveOptions } from "../../src/trends/seasonal-naive.ts";
import { fitExponentialSmoothingOptions } from "../../src/trends/smoothing.ts";
import { fitThetaOptions } from "../../src/trends/theta.ts";
import { type Happening, logOf } from "./logs.ts";
import { type Samples, table } from "./sample.ts";
import { seriesSamples } from "./series-samples.ts";

const visits = (): number[] => Array.from({ length: 40 }, (_, t) => 50 + 10 * (t % 4) + ((7 * t) % 11) + t / 2);

/** One ordinary call of each function of clientele/trends. */
export const trends: Samples = {
  ...controlSamples,
  fitArima: { args: () => [visits(), { order: [1, 0, 1] }], options: table(fitArimaOptions) },
  forecast: { args: () => [fitArima(visits(), { order: [0, 1, 1] }), { steps: 3 }], options: table(forecastOptions) },
  fitExponentialSmoothing: {
    args: () => [visits(), { seasonal: "multiplicative", period: 4 }],
    options: table(fitExponentialSmoothingOptions),
  },
  ...seriesSamples,
  fitCroston: { args: () => [[0, 0, 3, 0, 2, 0, 0, 4], {}], options: table(fitCrostonOptions) },
  fitSeasonalNaive: { args: () => [visits(), { period: 4 }], options: table(fitSeasonalNaiveOptions) },
  fitTheta: { args: () => [visits(), { period: 4 }], options: table(fitThetaOptions) },
  seriesBySegment: {
    args: () => [orders, { ids: ["c0", "c1", "c9"], labels: labelsOf([1, 0, 0]) }, { period: "day" }],
    options: table(seriesBySegmentOptions),
  },
  seriesOf: { args: () => [orders, { period: "day", value: "sum", event: "buy" }], options: table(seriesOfOptions) },
};
