import { labelsOf } from "clientele/tables";
import { fitArima } from "clientele/trends";
import { fitArimaOptions } from "../../src/trends/arima.ts";
import { forecastOptions } from "../../src/trends/forecast.ts";
import { seriesBySegmentOptions } from "../../src/trends/series-by-segment.ts";
import { seriesOfOptions } from "../../src/trends/series-of.ts";
import { fitExponentialSmoothingOptions } from "../../src/trends/smoothing.ts";
import { controlSamples } from "./control-samples.ts";
import { type Happening, logOf } from "./logs.ts";
import { type Samples, table } from "./sample.ts";

const day = 86_400_000;
const orders = logOf(
  Array.from({ length: 60 }, (_, i): Happening => [`c${i % 7}`, i % 3 === 0 ? "buy" : "look", i * 0.4 * day, i]),
);
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
  seriesBySegment: {
    args: () => [orders, { ids: ["c0", "c1", "c9"], labels: labelsOf([1, 0, 0]) }, { period: "day" }],
    options: table(seriesBySegmentOptions),
  },
  seriesOf: { args: () => [orders, { period: "day", value: "sum", event: "buy" }], options: table(seriesOfOptions) },
};
