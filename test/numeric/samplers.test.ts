import { createHash } from "node:crypto";
import { randomOf, run } from "clientele/core";
import type { Random } from "clientele/core";
import { moments } from "clientele/numeric";
import { describe, expect, it } from "vitest";
import {
  cumulated,
  sampleBeta,
  sampleBinomial,
  sampleCategorical,
  sampleExponential,
  sampleGamma,
  sampleGeometric,
  sampleNormal,
  samplePoisson,
} from "../../src/numeric/samplers.ts";

const size = 50_000;

function draw(sample: (random: Random) => number, seed = 7, count = size): number[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => sample(random));
}

/** Mean and variance of a sample in standard errors from the truth; `kurtosis` is the fourth standardized moment. */
function expectMoments(values: readonly number[], mean: number, variance: number, kurtosis: number): void {
  const seen = run(moments, values);
  // 4 standard errors: 1 in 16,000 by chance; the seed is fixed, so the test does not flicker.
  expect(Math.abs(seen.mean! - mean)).toBeLessThan(4 * Math.sqrt(variance / values.length));
  expect(Math.abs(seen.variance! - variance)).toBeLessThan(4 * variance * Math.sqrt((kurtosis - 1) / values.length));
}

/** Kolmogorov's distance between a sample and a continuous distribution; 1.95/√n is the 0.1 % point. */
function expectDistribution(values: readonly number[], cdf: (x: number) => number): void {
  const sorted = Float64Array.from(values).sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    distance = Math.max(distance, cdf(x) - i / sorted.length, (i + 1) / sorted.length - cdf(x));
  });
  expect(distance).toBeLessThan(1.95 / Math.sqrt(sorted.length));
}

/** Pearson's statistic against point probabilities; the rest of the mass is one more cell. */
function expectFrequencies(values: readonly number[], probabilities: readonly number[]): void {
  const counts = [...probabilities.map(() => 0), 0];
  for (const value of values) counts[Math.min(value, probabilities.length)]++;
  const rest = 1 - probabilities.reduce((sum, p) => sum + p, 0);
  const cells = [...probabilities, rest].map((p, i) => ({ expected: p * values.length, seen: counts[i] }));
  const used = cells.filter(({ expected }) => expected >= 5);
  const statistic = used.reduce((sum, { expected, seen }) => sum + (seen - expected) ** 2 / expected, 0);
  // Wilson & Hilferty's 0.1 % point of chi-squared.
  const freedom = used.length - 1;
  expect(statistic).toBeLessThan(freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3);
  for (const { expected, seen } of cells) if (expected === 0) expect(seen).toBe(0);
}

/** The normal distribution by its Taylor series, Marsaglia (2004): exact to the last digits for |x| < 7. */
function normalCdf(x: number): number {
  let [sum, term] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) sum += term *= (x * x) / i;
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.9189385332046727);
}

/** The gamma distribution of integer shape: Erlang's sum. */
function erlangCdf(shape: number, x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k < shape; k++) sum += term *= x / k;
  return 1 - sum * Math.exp(-x);
}

function poissonProbabilities(mean: number, upTo: number): number[] {
  const probabilities = [Math.exp(-mean)];
  for (let k = 1; k <= upTo; k++) probabilities.push((probabilities[k - 1] * mean) / k);
  return probabilities;
}

function binomialProbabilities(n: number, p: number): number[] {
  const probabilities = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) probabilities.push((probabilities[k - 1] * (n - k + 1) * p) / (k * (1 - p)));
  return probabilities;
}

describe("the samplers", () => {
  it("normal", () => {
    const values = draw(sampleNormal);
    expectMoments(values, 0, 1, 3);
    expectDistribution(values, normalCdf);
  });

  it.each([0.25, 1, 1000])("exponential with rate %d", (rate) => {
    const values = draw((random) => sampleExponential(random, rate));
    expectMoments(values, 1 / rate, 1 / rate ** 2, 9);
    expectDistribution(values, (x) => -Math.expm1(-rate * x));
  });

  it.each([
    [1, 2],
    [3, 0.5],
    [20, 1],
  ])("gamma with shape %d and rate %d", (shape, rate) => {
    const values = draw((random) => sampleGamma(random, shape, rate));
    expectMoments(values, shape / rate, shape / rate ** 2, 3 + 6 / shape);
    expectDistribution(values, (x) => erlangCdf(shape, x * rate));
  });

  it("gamma with shape 1/2 is half a squared normal", () => {
    const values = draw((random) => sampleGamma(random, 0.5, 1));
    expectMoments(values, 0.5, 0.5, 15);
    expectDistribution(values, (x) => 2 * normalCdf(Math.sqrt(2 * x)) - 1);
  });

  it("gamma with a shape near 0 stays finite and not negative", () => {
    const values = draw((random) => sampleGamma(random, 0.01, 1), 7, 200_000);
    expectMoments(values, 0.01, 0.01, 3 + 6 / 0.01);
    expect(values.every((x) => x >= 0 && x < Infinity)).toBe(true);
  });

  it("beta", () => {
    const uniform = draw((random) => sampleBeta(random, 1, 1));
    expectDistribution(uniform, (x) => x);
    // Mean a/(a+b), variance ab/((a+b)²(a+b+1)); for a = 2, b = 3 the distribution is 6x² - 8x³ + 3x⁴.
    const skewed = draw((random) => sampleBeta(random, 2, 3));
    expectMoments(skewed, 0.4, 0.04, 2.357142857142857);
    expectDistribution(skewed, (x) => x * x * (6 - 8 * x + 3 * x * x));
    // a = b = 1/2 is the arcsine distribution.
    expectDistribution(draw((random) => sampleBeta(random, 0.5, 0.5)), (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))); // prettier-ignore
  });

  it("beta with shapes near 0 is a coin, never 0/0", () => {
    const values = draw((random) => sampleBeta(random, 3e-4, 1e-4));
    expect(values.every((x) => x >= 0 && x <= 1)).toBe(true);
    expectMoments(values.map(Math.round), 0.75, 0.1875, 2.33);
  });

  it.each([
    [0, 0.5],
    [5, 0.3],
    [100, 0.07],
    [100, 0.93],
  ])("binomial of %d trials with probability %d", (n, p) => {
    const values = draw((random) => sampleBinomial(random, n, p));
    if (n === 0) expect(new Set(values)).toEqual(new Set([0]));
    else expectFrequencies(values, binomialProbabilities(n, p));
  });

  it("binomial keeps sure things", () => {
    expect(new Set(draw((random) => sampleBinomial(random, 40, 0), 7, 1000))).toEqual(new Set([0]));
    expect(new Set(draw((random) => sampleBinomial(random, 40, 1), 7, 1000))).toEqual(new Set([40]));
  });

  it.each([0.1, 4, 16, 40, 200])("Poisson with mean %d", (mean) => {
    const values = draw((random) => samplePoisson(random, mean));
    expectMoments(values, mean, mean, 3 + 1 / mean);
    expectFrequencies(values, poissonProbabilities(mean, Math.ceil(mean + 8 * Math.sqrt(mean) + 4)));
  });

  it("Poisson with mean 0 is 0, and a huge mean takes no longer", () => {
    expect(new Set(draw((random) => samplePoisson(random, 0), 7, 100))).toEqual(new Set([0]));
    const huge = draw((random) => samplePoisson(random, 1e9), 7, 2000);
    expectMoments(huge, 1e9, 1e9, 3);
  });

  it.each([0.02, 0.5, 1])("geometric with probability %d counts trials, the successful one included", (p) => {
    const values = draw((random) => sampleGeometric(random, p));
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(1);
    if (p === 1) expect(new Set(values)).toEqual(new Set([1]));
    else expectFrequencies(values, [0, ...Array.from({ length: 400 }, (_, k) => p * (1 - p) ** k)]);
  });

  it("categorical follows its weights and never draws a weight of 0", () => {
    const totals = cumulated([0, 3, 0, 1, 6, 0]);
    expect([...totals]).toEqual([0, 3, 3, 4, 10, 10]);
    const values = draw((random) => sampleCategorical(random, totals));
    expectFrequencies(values, [0, 0.3, 0, 0.1, 0.6]);
  });

  it("draw the same bits for the same seed on every engine", () => {
    const random = randomOf(11);
    const values: number[] = [];
    for (let i = 0; i < 2000; i++) {
      values.push(sampleNormal(random), sampleExponential(random, 0.3), sampleGamma(random, 0.24, 4.4));
      values.push(
        sampleGamma(random, 6.25, 4),
        sampleBeta(random, 0.79, 2.43),
        samplePoisson(random, 100 * random.next()),
      );
      values.push(sampleGeometric(random, 0.2));
    }
    const hash = createHash("sha256")
      .update(new Uint8Array(Float64Array.from(values).buffer))
      .digest("hex");
    expect(hash).toBe("aba8468bd41ca53573a944da8101eaae1934f3ea73dd8dbdb53801f58eb340bc");
  });
});
