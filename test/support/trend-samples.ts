import { controlSamples } from "./control-samples.ts";
import { forecastSamples } from "./forecast-samples.ts";
import type { Samples } from "./sample.ts";
import { seriesSamples } from "./series-samples.ts";

/** One ordinary call of each function of clientele/trends. */
export const trends: Samples = { ...controlSamples, ...forecastSamples, ...seriesSamples };
