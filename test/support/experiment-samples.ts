import { fitUplift } from "clientele/experiments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { fitUpliftOptions } from "../../src/experiments/fit-uplift.ts";
import { measureUpliftBySegmentOptions } from "../../src/experiments/uplift-by-segment.ts";
import { predictUpliftOptions } from "../../src/experiments/uplift-model.ts";
import { type Samples, table } from "./sample.ts";

const people = 24;
const treatment = Uint8Array.from({ length: people }, (_, i) => i % 2);
const amounts = Array.from({ length: people }, (_, i) => ((i * 7) % 11) + (i % 2) * (i % 3));

const visits = fromMatrix(amounts.map((_, i) => [(i * 5) % 13, (i * i) % 7]));
const gains = fitUplift(visits, treatment, amounts, { learner: "x", l2: 1 });

/** One ordinary call of each function of clientele/experiments. */
export const experiments: Samples = {
  explainUplift: { args: () => [gains, visits, {}], options: table(predictUpliftOptions) },
  fitUplift: { args: () => [visits, treatment, amounts, { learner: "s" }], options: table(fitUpliftOptions) },
  measureUpliftBySegment: {
    args: () => [labelsOf(amounts.map((_, i) => i % 3)), { treatment, outcome: amounts }],
    options: table(measureUpliftBySegmentOptions),
  },
  meanStats: { args: () => [], notPlain: "an accumulator is four functions" },
  meanStatsOf: { args: () => [{ n: 4, sum: 10, sumSquares: 30 }] },
  ratioStats: { args: () => [], notPlain: "an accumulator is four functions" },
  predictUplift: { args: () => [gains, visits, {}], options: table(predictUpliftOptions) },
};
