import { labelsOf } from "clientele/tables";
import { measureUpliftBySegmentOptions } from "../../src/experiments/uplift-by-segment.ts";
import { type Samples, table } from "./sample.ts";

const people = 24;
const treatment = Uint8Array.from({ length: people }, (_, i) => i % 2);
const amounts = Array.from({ length: people }, (_, i) => ((i * 7) % 11) + (i % 2) * (i % 3));

/** One ordinary call of each function of clientele/experiments. */
export const experiments: Samples = {
  measureUpliftBySegment: {
    args: () => [labelsOf(amounts.map((_, i) => i % 3)), { treatment, outcome: amounts }],
    options: table(measureUpliftBySegmentOptions),
  },
  meanStats: { args: () => [], notPlain: "an accumulator is four functions" },
  meanStatsOf: { args: () => [{ n: 4, sum: 10, sumSquares: 30 }] },
  ratioStats: { args: () => [], notPlain: "an accumulator is four functions" },
};
