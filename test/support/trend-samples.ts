import { fitArima } from "clientele/trends";
import { fitArimaOptions } from "../../src/trends/arima.ts";
import { forecastOptions } from "../../src/trends/forecast.ts";
import { fitExponentialSmoothingOptions } from "../../src/trends/smoothing.ts";
import { controlSamples } from "./control-samples.ts";
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
};
