import { run } from "clientele/core";
import { fitUplift, meanStats, ratioStats, recordHypothesis } from "clientele/experiments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { adjustCupedOptions } from "../../src/experiments/adjust-cuped.ts";
import { hypothesisOptions, reviewHypothesesOptions } from "../../src/experiments/hypotheses.ts";
import { measureExperimentOptions } from "../../src/experiments/measure-experiment.ts";
import { adjustPValuesOptions } from "../../src/experiments/adjust-p-values.ts";
import { assignVariantOptions } from "../../src/experiments/assign-variant.ts";
import { differenceOptions } from "../../src/experiments/difference.ts";
import {
  detectableDifferenceForMeansOptions,
  powerOfMeansOptions,
  sampleSizeForMeansOptions,
} from "../../src/experiments/power-means.ts";
import {
  detectableDifferenceForProportionsOptions,
  powerOfProportionsOptions,
  sampleSizeForProportionsOptions,
} from "../../src/experiments/power-proportions.ts";
import { testBayesianOptions } from "../../src/experiments/test-bayesian.ts";
import { testMannWhitneyOptions } from "../../src/experiments/test-mann-whitney.ts";
import { testProportionsOptions } from "../../src/experiments/test-proportions.ts";
import { testSequentialOptions } from "../../src/experiments/test-sequential.ts";
import { testSampleRatioOptions } from "../../src/experiments/sample-ratio.ts";
import { fitUpliftOptions } from "../../src/experiments/fit-uplift.ts";
import { measureUpliftBySegmentOptions } from "../../src/experiments/uplift-by-segment.ts";
import { measureQiniOptions } from "../../src/experiments/qini.ts";
import { measureUpliftAtOptions } from "../../src/experiments/uplift-at.ts";
import { predictUpliftOptions } from "../../src/experiments/uplift-model.ts";
import { type Samples, table } from "./sample.ts";

const people = 24;
const treatment = Uint8Array.from({ length: people }, (_, i) => i % 2);
const amounts = Array.from({ length: people }, (_, i) => ((i * 7) % 11) + (i % 2) * (i % 3));
const rates = { control: { n: 400, successes: 40 }, treatment: { n: 390, successes: 55 } };
const meansOf = (i: number) => run(meanStats(), amounts.filter((_, row) => row % 2 === i)); // prettier-ignore
const means = { control: meansOf(0), treatment: meansOf(1) };
const ratioOf = (i: number) => run(ratioStats(), amounts.filter((_, row) => row % 2 === i).map((numerator, row) => ({ numerator, denominator: 2 + (row % 3) }))); // prettier-ignore

const visits = fromMatrix(amounts.map((_, i) => [(i * 5) % 13, (i * i) % 7]));
const gains = fitUplift(visits, treatment, amounts, { learner: "x", l2: 1 });

const tested = { claim: "Noon is best", metric: "opens", at: 0, test: { estimate: 1, interval: [0, 2] as const, pValue: 0.01 } }; // prettier-ignore

/** One ordinary call of each function of clientele/experiments. */
export const experiments: Samples = {
  explainUplift: { args: () => [gains, visits, {}], options: table(predictUpliftOptions) },
  fitUplift: { args: () => [visits, treatment, amounts, { learner: "s" }], options: table(fitUpliftOptions) },
  adjustCuped: {
    args: () => [
      {
        control: { outcome: [5, 9, 14], covariate: [1, 2, 3] },
        treatment: { outcome: [8, 11, 17], covariate: [1, 2, 4] },
      },
      {},
    ],
    options: table(adjustCupedOptions),
  },
  cupedStats: { args: () => [], notPlain: "an accumulator is four functions" },
  detectableDifferenceForMeans: {
    args: () => [{ standardDeviation: 2, n: 50 }],
    options: table(detectableDifferenceForMeansOptions),
  },
  detectableDifferenceForProportions: {
    args: () => [{ baseline: 0.1, n: 500 }],
    options: table(detectableDifferenceForProportionsOptions),
  },
  powerOfMeans: {
    args: () => [{ difference: 1, standardDeviation: 2, n: 50 }],
    options: table(powerOfMeansOptions),
  },
  powerOfProportions: {
    args: () => [{ baseline: 0.1, difference: 0.05, n: 500 }],
    options: table(powerOfProportionsOptions),
  },
  recordHypothesis: { args: () => [undefined, structuredClone(tested), {}], options: table(hypothesisOptions) },
  reviewHypotheses: {
    args: () => [recordHypothesis(undefined, tested), { now: 5 }],
    options: table(reviewHypothesesOptions),
  },
  sampleSizeForMeans: {
    args: () => [{ difference: 1, standardDeviation: 2 }],
    options: table(sampleSizeForMeansOptions),
  },
  sampleSizeForProportions: {
    args: () => [{ baseline: 0.1, difference: 0.05 }],
    options: table(sampleSizeForProportionsOptions),
  },
  testBayesian: { args: () => [structuredClone(rates), {}], options: table(testBayesianOptions) },
  testMannWhitney: {
    args: () => [{ control: [3, 9, 4, 12, 1, 7], treatment: [8, 16, 5, 22, 11, 9] }, { alpha: 0.1 }],
    options: table(testMannWhitneyOptions),
  },
  testPostStratified: {
    args: () => [[structuredClone(rates), structuredClone(rates)], { alpha: 0.1 }],
    options: table(differenceOptions),
  },
  testSequential: { args: () => [structuredClone(rates), {}], options: table(testSequentialOptions) },
  adjustPValues: { args: () => [[0.01, null, 0.2], { method: "holm" }], options: table(adjustPValuesOptions) },
  assignVariant: {
    args: () => ["customer 7", { experiment: "mail", variants: ["control", "offer"] }],
    options: table(assignVariantOptions),
  },
  measureExperiment: {
    args: () => [
      {
        control: { n: 400, metrics: { bought: { ...rates.control } } },
        offer: { n: 390, metrics: { bought: { ...rates.treatment } } },
      },
      {},
    ],
    options: table(measureExperimentOptions),
  },
  measureQini: {
    args: () => [amounts.map((_, i) => i % 5), { treatment, outcome: amounts, replicates: 30 }],
    options: table({ ...measureQiniOptions }),
  },
  measureUpliftAt: {
    args: () => [amounts.map((_, i) => i % 5), { treatment, outcome: amounts }],
    options: table(measureUpliftAtOptions),
  },
  measureUpliftBySegment: {
    args: () => [labelsOf(amounts.map((_, i) => i % 3)), { treatment, outcome: amounts }],
    options: table(measureUpliftBySegmentOptions),
  },
  meanStats: { args: () => [], notPlain: "an accumulator is four functions" },
  meanStatsOf: { args: () => [{ n: 4, sum: 10, sumSquares: 30 }] },
  ratioStats: { args: () => [], notPlain: "an accumulator is four functions" },
  predictUplift: { args: () => [gains, visits, {}], options: table(predictUpliftOptions) },
  testMeans: { args: () => [structuredClone(means), { alpha: 0.1 }], options: table(differenceOptions) },
  testProportions: { args: () => [structuredClone(rates), { relative: true }], options: table(testProportionsOptions) },
  testRatio: { args: () => [{ control: ratioOf(0), treatment: ratioOf(1) }, {}], options: table(differenceOptions) },
  testSampleRatio: { args: () => [[400, 390], { alpha: 0.01 }], options: table(testSampleRatioOptions) },
};
