import { randomOf } from "clientele/core";
import {
  adjustCuped,
  adjustPValues,
  meanStatsOf,
  type MeanStats,
  testMeans,
  testProportions,
  testRatio,
  testSequential,
} from "clientele/experiments";
import { sampleNormal } from "./samplers.ts";

// Simulations of what the tests promise. The tests run them short, `npm run bench -- --only gates` in full.

/** Share of A/A experiments whose p-value is below 0.05, and the p-values. */
export interface Rejections {
  readonly share: number;
  readonly pValues: readonly number[];
}

function rejections(
  runs: number,
  seed: number,
  experiment: (random: ReturnType<typeof randomOf>) => number,
): Rejections {
  const pValues = Array.from({ length: runs }, (_, run) => experiment(randomOf(seed, run)));
  return { share: pValues.filter((p) => p < 0.05).length / runs, pValues };
}

/** Conversion of 2 % with 5,000 customers an arm; the count is drawn by gaps between successes. */
export function proportionRejections(runs: number): Rejections {
  const [n, rate] = [5000, 0.02];
  return rejections(runs, 1, (random) => {
    const arm = () => {
      let successes = -1;
      for (let at = 0; at <= n; successes++) at += 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - rate));
      return { n, successes };
    };
    return testProportions({ control: arm(), treatment: arm() }).pValue ?? 1;
  });
}

function sumsOf(values: readonly number[]): MeanStats {
  let [sum, sumSquares] = [0, 0];
  for (const value of values) {
    sum += value;
    sumSquares += value * value;
  }
  return meanStatsOf({ n: values.length, sum, sumSquares });
}

/** Log-normal revenue (σ = 1) with 2,000 customers an arm. */
export function meanRejections(runs: number): Rejections {
  return rejections(runs, 2, (random) => {
    const arm = () => sumsOf(Array.from({ length: 2000 }, () => Math.exp(sampleNormal(random))));
    return testMeans({ control: arm(), treatment: arm() }).pValue ?? 1;
  });
}

/** Clicks per view of 1,000 customers an arm, who differ in how often they look and how often they click. */
export function ratioRejections(runs: number): Rejections {
  return rejections(runs, 3, (random) => {
    const arm = () => {
      const sums = { n: 1000, sum: 0, sumSquares: 0, denominatorSum: 0, denominatorSumSquares: 0, sumProducts: 0 };
      for (let i = 0; i < sums.n; i++) {
        const views = 1 + Math.floor(20 * random.next());
        const rate = 0.1 + 0.3 * random.next();
        let clicks = 0;
        for (let v = 0; v < views; v++) if (random.next() < rate) clicks++;
        sums.sum += clicks;
        sums.sumSquares += clicks * clicks;
        sums.denominatorSum += views;
        sums.denominatorSumSquares += views * views;
        sums.sumProducts += clicks * views;
      }
      return sums;
    };
    return testRatio({ control: arm(), treatment: arm() }).pValue ?? 1;
  });
}

/** Outcomes that go with a covariate by 0.7, 500 customers an arm. */
export function cupedRejections(runs: number): Rejections {
  return rejections(runs, 4, (random) => {
    const arm = () => {
      const covariate = Array.from({ length: 500 }, () => sampleNormal(random));
      return { covariate, outcome: covariate.map((x) => (x + sampleNormal(random)) / Math.SQRT2) };
    };
    return adjustCuped({ control: arm(), treatment: arm() }).adjusted.pValue ?? 1;
  });
}

/** Share of A/A experiments in which 0 ever left the interval while it was looked at after every pair of customers. */
export function peeking(runs: number, pairs: number): { readonly sequential: number; readonly naive: number } {
  let [sequential, naive] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const random = randomOf(5, run);
    const sums = [0, 0].map(() => ({ n: 0, sum: 0, sumSquares: 0 }));
    let [left, leftNaive] = [false, false];
    for (let pair = 0; pair < pairs && !(left && leftNaive); pair++) {
      for (const arm of sums) {
        const value = sampleNormal(random);
        arm.n++;
        arm.sum += value;
        arm.sumSquares += value * value;
      }
      if (pair < 20) continue;
      const data = { control: meanStatsOf(sums[0]), treatment: meanStatsOf(sums[1]) };
      const outside = (interval: readonly [number, number] | null): boolean =>
        interval !== null && (interval[0] > 0 || interval[1] < 0);
      left ||= outside(testSequential(data).interval);
      leftNaive ||= outside(testMeans(data).interval);
    }
    if (left) sequential++;
    if (leftNaive) naive++;
  }
  return { sequential: sequential / runs, naive: naive / runs };
}

/** Share of 95 % intervals of a difference of means that hold the true one, 0.3, with 200 customers an arm. */
export function coverage(runs: number): number {
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const random = randomOf(6, run);
    const arm = (shift: number) => sumsOf(Array.from({ length: 200 }, () => shift + sampleNormal(random)));
    const { interval } = testMeans({ control: arm(0), treatment: arm(0.3) });
    if (interval !== null && interval[0] <= 0.3 && 0.3 <= interval[1]) held++;
  }
  return held / runs;
}

/** Mean share of false findings among the findings of 20 metrics of which 5 differ, after Benjamini and Hochberg at 10 %. */
export function falseDiscoveries(runs: number): number {
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const random = randomOf(7, run);
    const pValues = Array.from({ length: 20 }, (_, metric) => {
      const arm = (shift: number) => sumsOf(Array.from({ length: 60 }, () => shift + sampleNormal(random)));
      return testMeans({ control: arm(0), treatment: arm(metric < 5 ? 0.6 : 0) }).pValue;
    });
    const found = adjustPValues(pValues, { method: "bh" })
      .map((p, metric) => ({ p, isFalse: metric >= 5 }))
      .filter(({ p }) => p !== null && p < 0.1);
    total += found.length === 0 ? 0 : found.filter(({ isFalse }) => isFalse).length / found.length;
  }
  return total / runs;
}
