import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { normal, studentT } from "../numeric/distributions.ts";
import { noncentralTSf } from "../numeric/noncentral-t.ts";

/** Options of {@link sampleSizeForMeans}. */
export interface SampleSizeForMeansOptions {
  /** The smallest difference that matters, in the unit of the amount; its sign does not matter. */
  readonly difference: number;
  /** Standard deviation of the amount among customers, those with 0 included. */
  readonly standardDeviation: number;
  /** How often a true difference of this size shall be found. Default 0.8. */
  readonly power?: number | undefined;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

/** Options of {@link powerOfMeans}. */
export interface PowerOfMeansOptions {
  /** The true difference. */
  readonly difference: number;
  /** Standard deviation of the amount among customers. */
  readonly standardDeviation: number;
  /** Customers per arm. */
  readonly n: number;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

/** Options of {@link detectableDifferenceForMeans}. */
export interface DetectableDifferenceForMeansOptions {
  /** Standard deviation of the amount among customers. */
  readonly standardDeviation: number;
  /** Customers per arm. */
  readonly n: number;
  /** How often the difference shall be found. Default 0.8. */
  readonly power?: number | undefined;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

const difference = real();
const standardDeviation = real({ above: 0 });
const wantedPower = real({ min: 0.01, below: 1, default: 0.8 });
const level = real({ above: 0, below: 1, default: 0.05 });
const perArm = integer({ min: 2, max: 1e15 });

/** Option table of {@link sampleSizeForMeans}. */
export const sampleSizeForMeansOptions: OptionTable<SampleSizeForMeansOptions> = {
  difference,
  standardDeviation,
  power: wantedPower,
  alpha: level,
};

/** Option table of {@link powerOfMeans}. */
export const powerOfMeansOptions: OptionTable<PowerOfMeansOptions> = {
  difference,
  standardDeviation,
  n: perArm,
  alpha: level,
};

/** Option table of {@link detectableDifferenceForMeans}. */
export const detectableDifferenceForMeansOptions: OptionTable<DetectableDifferenceForMeansOptions> = {
  standardDeviation,
  n: perArm,
  power: wantedPower,
  alpha: level,
};

/**
 * How many customers a test of two means needs, so that a difference that matters is found as often as wanted.
 *
 * @param options - see {@link SampleSizeForMeansOptions}.
 * @returns customers per arm and of both: the least number whose power is large enough.
 * @throws {ClienteleError} `invalid-option` for a difference of 0, or one so small that 1e15 customers do not find it.
 * @example
 * sampleSizeForMeans({ difference: 1, standardDeviation: 1, power: 0.9 }); // { perArm: 23, total: 46 }
 * @see R's `power.t.test`: 22.02 per arm.
 */
export function sampleSizeForMeans(options: SampleSizeForMeansOptions): {
  /** Customers in each arm. */
  perArm: number;
  /** Customers in all arms together. */
  total: number;
} {
  const caller = "sampleSizeForMeans";
  const read = readOptions(caller, sampleSizeForMeansOptions, options);
  const size = Math.abs(read.difference) / read.standardDeviation;
  const reaches = (n: number): boolean => powerAt(size, n, read.alpha) >= read.power;
  // The normal distribution needs a customer or two less.
  const root = (normal.upperQuantile(read.alpha / 2) + normal.upperQuantile(1 - read.power)) / size;
  const guess = 2 * root * Math.max(0, root);
  if (!(guess < 1e15))
    refuse(caller, "invalid-option", "options.difference", "a larger difference", String(read.difference));
  let low = Math.max(2, Math.floor(guess) - 1);
  if (reaches(low)) low = 2;
  let high = Math.max(4, Math.ceil(guess) + 8);
  while (!reaches(high)) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle + 1;
  }
  return { perArm: low, total: 2 * low };
}

/**
 * How often a t test of two means finds a difference of a given size.
 *
 * @param options - see {@link PowerOfMeansOptions}.
 * @returns the power, from alpha / 2 for hardly any difference to 1.
 * @throws {ClienteleError} `invalid-option`.
 * @example
 * powerOfMeans({ difference: 1, standardDeviation: 1, n: 20 }).power; // 0.869
 * @see R's `power.t.test` with `strict = FALSE`.
 */
export function powerOfMeans(options: PowerOfMeansOptions): {
  /** Chance of finding the difference, from 0 to 1. */
  power: number;
} {
  const read = readOptions("powerOfMeans", powerOfMeansOptions, options);
  return { power: powerAt(Math.abs(read.difference) / read.standardDeviation, read.n, read.alpha) };
}

/**
 * The smallest difference of two means that a test with so many customers finds as often as wanted.
 *
 * @param options - see {@link DetectableDifferenceForMeansOptions}.
 * @returns the difference, in the unit of the standard deviation.
 * @throws {ClienteleError} `invalid-option`.
 * @example
 * detectableDifferenceForMeans({ standardDeviation: 1, n: 20, power: 0.9 }).difference; // 1.052
 * @see R's `power.t.test(n = 20, power = 0.9)`.
 */
export function detectableDifferenceForMeans(options: DetectableDifferenceForMeansOptions): {
  /** In units of the outcome, above 0; the same holds below. */
  difference: number;
} {
  const read = readOptions("detectableDifferenceForMeans", detectableDifferenceForMeansOptions, options);
  const reaches = (size: number): boolean => powerAt(size, read.n, read.alpha) >= read.power;
  if (reaches(0)) return { difference: 0 };
  let [low, high] = [0, 4 / Math.sqrt(read.n)];
  while (!reaches(high)) [low, high] = [high, 2 * high];
  while (high - low > 1e-11 * high) {
    const middle = (low + high) / 2;
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return { difference: high * read.standardDeviation };
}

/** Beyond so many customers Student's t is the normal distribution to the twelfth digit. */
const many = 1e12;

/** Power of the test; `size` is the difference in standard deviations. */
function powerAt(size: number, n: number, alpha: number): number {
  const noncentrality = Math.sqrt(n / 2) * size;
  if (n > many) return normal.sf(normal.upperQuantile(alpha / 2) - noncentrality);
  const df = 2 * (n - 1);
  return noncentralTSf(studentT(df).upperQuantile(alpha / 2), df, noncentrality);
}
