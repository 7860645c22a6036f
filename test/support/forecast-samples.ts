import { fitArima } from "clientele/trends";
import { fitArimaOptions } from "../../src/trends/arima.ts";
import { backtestForecastOptions } from "../../src/trends/backtest.ts";
import { chooseArimaOptions } from "../../src/trends/choose-arima.ts";
import { fitCrostonOptions } from "../../src/trends/croston.ts";
import { forecastOptions } from "../../src/trends/forecast.ts";
import { fitSeasonalNaiveOptions } from "../../src/trends/seasonal-naive.ts";
import { fitExponentialSmoothingOptions } from "../../src/trends/smoothing.ts";
import { fitThetaOptions } from "../../src/trends/theta.ts";
import { type Samples, table } from "./sample.ts";

/** Forty steps with a season of four. */
export const visits = (): number[] => Array.from({ length: 40 }, (_, t) => 50 + 10 * (t % 4) + ((7 * t) % 11) + t / 2);

/** One ordinary call of each function that forecasts. */
export const forecastSamples: Samples = {
  backtestForecast: {
    args: () => [visits(), { method: "theta", period: 4, horizon: 2, origins: 3 }],
    options: table(backtestForecastOptions),
  },
  chooseArima: { args: () => [visits(), { period: 4, mostModels: 6 }], options: table(chooseArimaOptions) },
  fitArima: { args: () => [visits(), { order: [1, 0, 1] }], options: table(fitArimaOptions) },
  fitCroston: { args: () => [[0, 0, 3, 0, 2, 0, 0, 4], {}], options: table(fitCrostonOptions) },
  fitExponentialSmoothing: {
    args: () => [visits(), { seasonal: "multiplicative", period: 4 }],
    options: table(fitExponentialSmoothingOptions),
  },
  fitSeasonalNaive: { args: () => [visits(), { period: 4 }], options: table(fitSeasonalNaiveOptions) },
  fitTheta: { args: () => [visits(), { period: 4 }], options: table(fitThetaOptions) },
  forecast: { args: () => [fitArima(visits(), { order: [0, 1, 1] }), { steps: 3 }], options: table(forecastOptions) },
};
