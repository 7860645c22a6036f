import { chiSquare, fisherF } from "./distributions.ts";
import type { Interval } from "./intervals.ts";
import { noncentralFCdf, noncentralityInterval } from "./noncentral.ts";
import { midranks } from "./ranks.ts";

/** A test of whether groups differ in a number. Result of {@link testAnova} and {@link testKruskalWallis}. */
export interface OneWay {
  /** F, or H corrected for ties. */
  readonly statistic: number;
  /** Groups − 1. */
  readonly degreesOfFreedom: number;
  /** Values − groups. */
  readonly residualDegreesOfFreedom: number;
  readonly pValue: number;
  /** Share of the variance (of the values, or of their ranks) that lies between the groups: η², or ε². */
  readonly effectSize: number;
  /** The same, corrected for what chance alone gives: ω², or η²_H; at least 0. */
  readonly correctedEffectSize: number;
  /** The share in the population: the noncentralities that the F of the values or ranks does not contradict. */
  readonly interval: Interval;
}

/** Squared deviations of grouped values. */
interface Split {
  readonly n: number;
  readonly groups: number;
  readonly between: number;
  readonly within: number;
}

/** A noncentral F whose noncentrality is beyond this is the noncentrality over a χ², to 5 digits and better. */
const certain = 1e9;

/**
 * One-way analysis of variance.
 *
 * @param values - finite numbers, at least two of them different.
 * @param groups - group of each value, 0 or above.
 * @param alpha - 1 − level of the interval.
 * @returns null with fewer than two groups, as many groups as values, or no deviation within the groups.
 * @see Fisher (1925); Steiger (2004), "Beyond the F test", for ω² and the interval.
 */
export function testAnova(values: Float64Array, groups: Int32Array, alpha: number): OneWay | null {
  const split = splitOf(values, groups);
  const [df1, df2] = [split.groups - 1, split.n - split.groups];
  const noise = split.within / df2;
  if (df1 < 1 || df2 < 1 || !(noise > 0)) return null;
  const statistic = split.between / df1 / noise;
  const total = split.between + split.within;
  return {
    statistic,
    degreesOfFreedom: df1,
    residualDegreesOfFreedom: df2,
    pValue: fisherF(df1, df2).sf(statistic),
    effectSize: split.between / total,
    correctedEffectSize: Math.max(0, (split.between - df1 * noise) / (total + noise)),
    interval: shareInterval(split, alpha),
  };
}

/**
 * The Kruskal–Wallis test: the analysis of variance of the ranks, which no outlier and no skewness can upset.
 *
 * @param values - finite numbers, at least two of them different.
 * @param groups - group of each value, 0 or above.
 * @param alpha - 1 − level of the interval.
 * @returns null with fewer than two groups.
 * @see Kruskal & Wallis (1952), with their correction for ties; Tomczak & Tomczak (2014) for ε² and η²_H.
 */
export function testKruskalWallis(values: Float64Array, groups: Int32Array, alpha: number): OneWay | null {
  const split = splitOf(midranks(values).ranks, groups);
  const [df1, df2] = [split.groups - 1, split.n - split.groups];
  const total = split.between + split.within;
  if (df1 < 1 || !(total > 0)) return null;
  // With the correction for ties H is the share between the groups, times n − 1.
  const effectSize = split.between / total;
  const statistic = effectSize * (split.n - 1);
  return {
    statistic,
    degreesOfFreedom: df1,
    residualDegreesOfFreedom: df2,
    pValue: chiSquare(df1).sf(statistic),
    effectSize,
    correctedEffectSize: df2 > 0 ? Math.max(0, (statistic - df1) / df2) : 0,
    interval: shareInterval(split, alpha),
  };
}

/** The share of variance between groups, as the noncentral F distribution sees it: λ / (λ + n). */
function shareInterval({ n, groups, between, within }: Split, alpha: number): Interval {
  const [df1, df2] = [groups - 1, n - groups];
  if (df2 < 1) return [0, 1];
  if (within === 0) return [1, 1];
  const ratio = between / within;
  const [low, high] =
    ratio * df2 > certain
      ? [ratio * chiSquare(df2).quantile(alpha / 2), ratio * chiSquare(df2).upperQuantile(alpha / 2)]
      : noncentralityInterval(
          (lambda) => noncentralFCdf((ratio * df2) / df1, df1, df2, lambda),
          alpha,
          ratio * df2 + 10,
        );
  return [low / (low + n), high / (high + n)];
}

function splitOf(values: Float64Array, groups: Int32Array): Split {
  const { counts, means, grand, origin } = meansOf(values, groups);
  let within = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i] - origin - means[groups[i]];
    within += deviation * deviation;
  }
  let between = 0;
  let present = 0;
  means.forEach((mean, group) => {
    if (counts[group] === 0) return;
    present++;
    between += counts[group] * (mean - grand) * (mean - grand);
  });
  return { n: values.length, groups: present, between, within: areConstant(values, groups) ? 0 : within };
}

/**
 * Skewness of the deviations from the groups' means: 0 for symmetric ones, 2 for exponential ones; 0 without deviations.
 */
export function skewnessWithin(values: Float64Array, groups: Int32Array): number {
  const { within } = splitOf(values, groups);
  if (!(within > 0)) return 0;
  const { means, origin } = meansOf(values, groups);
  const deviation = Math.sqrt(within / values.length);
  let cubes = 0;
  for (let i = 0; i < values.length; i++) {
    const standardized = (values[i] - origin - means[groups[i]]) / deviation;
    cubes += standardized * standardized * standardized;
  }
  return cubes / values.length;
}

interface GroupMeans {
  readonly counts: Float64Array;
  /** Means, less the origin; NaN of an empty group. */
  readonly means: Float64Array;
  /** The mean of all values, less the origin. */
  readonly grand: number;
  /** One of the values: differences from it keep the digits of numbers far from 0. */
  readonly origin: number;
}

function meansOf(values: Float64Array, groups: Int32Array): GroupMeans {
  let highest = -1;
  for (const group of groups) if (group > highest) highest = group;
  const counts = new Float64Array(highest + 1);
  const sums = new Float64Array(highest + 1);
  const origin = values.length === 0 ? 0 : values[0];
  for (let i = 0; i < values.length; i++) {
    counts[groups[i]]++;
    sums[groups[i]] += values[i] - origin;
  }
  const grand = sums.reduce((sum, part) => sum + part, 0) / values.length;
  return { counts, means: sums.map((sum, group) => sum / counts[group]), grand, origin };
}

/** Whether the values of each group are equal: their mean may be rounded, and leave deviations that are not there. */
function areConstant(values: Float64Array, groups: Int32Array): boolean {
  const first = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const known = first.get(groups[i]);
    if (known === undefined) first.set(groups[i], values[i]);
    else if (known !== values[i]) return false;
  }
  return true;
}
