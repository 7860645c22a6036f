import { controlChartOptions } from "../../src/trends/control-options.ts";
import { type Samples, table } from "./sample.ts";

const orders = [52, 47, 53, 49, 50, 51, 48, 50, 71, 49];

/** One ordinary call of each function of clientele/trends that watches for changes. */
export const controlSamples: Samples = {
  controlChart: {
    args: () => [[...orders], { kind: "individuals", baseline: { from: 0, to: 8 } }],
    options: table(controlChartOptions),
  },
};
