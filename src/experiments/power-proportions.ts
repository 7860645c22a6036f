import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";

/** Options of {@link sampleSizeForProportions}. */
export interface SampleSizeForProportionsOptions {
  /** The control's rate. */
  readonly baseline: number;
  /** The smallest difference that matters, treatment minus control, in the unit of a rate: 0.01 = one point. */
  readonly difference: number;
  /** How often a true difference of this size shall be found. Default 0.8. */
  readonly power?: number | undefined;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

/** Options of {@link powerOfProportions}. */
export interface PowerOfProportionsOptions {
  /** The control's rate. */
  readonly baseline: number;
  /** The true difference, treatment minus control. */
  readonly difference: number;
  /** Customers per arm. */
  readonly n: number;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

/** Options of {@link detectableDifferenceForProportions}. */
export interface DetectableDifferenceForProportionsOptions {
  /** The control's rate. */
  readonly baseline: number;
  /** Customers per arm. */
  readonly n: number;
  /** How often the difference shall be found. Default 0.8. */
  readonly power?: number | undefined;
  /** How often no difference may be taken for one. Default 0.05, two-sided. */
  readonly alpha?: number | undefined;
}

const baseline = real({ min: 0, max: 1 });
const anyDifference = real({ min: -1, max: 1 });
const wantedPower = real({ min: 0.01, below: 1, default: 0.8 });
const level = real({ above: 0, below: 1, default: 0.05 });
const perArm = integer({ min: 1, max: 1e15 });

/** Option table of {@link sampleSizeForProportions}. */
export const sampleSizeForProportionsOptions: OptionTable<SampleSizeForProportionsOptions> = {
  baseline,
  difference: anyDifference,
  power: wantedPower,
  alpha: level,
};

/** Option table of {@link powerOfProportions}. */
export const powerOfProportionsOptions: OptionTable<PowerOfProportionsOptions> = {
  baseline,
  difference: anyDifference,
  n: perArm,
  alpha: level,
};

/** Option table of {@link detectableDifferenceForProportions}. */
export const detectableDifferenceForProportionsOptions: OptionTable<DetectableDifferenceForProportionsOptions> = {
  baseline,
  n: perArm,
  power: wantedPower,
  alpha: level,
};

/**
 * How many customers a test of two rates needs, so that a difference that matters is found as often as wanted.
 *
 * @param options - see {@link SampleSizeForProportionsOptions}.
 * @returns customers per arm and of both, rounded up.
 * @throws {ClienteleError} `invalid-option` for a difference of 0, or one that leads out of [0, 1].
 * @example
 * sampleSizeForProportions({ baseline: 0.5, difference: 0.25, power: 0.9 }); // { perArm: 77, total: 154 }
 * @see Fleiss, Levin & Paik (2003), section 4.2; R's `power.prop.test`.
 */
export function sampleSizeForProportions(options: SampleSizeForProportionsOptions): {
  /** Customers in each arm. */
  perArm: number;
  /** Customers in all arms together. */
  total: number;
} {
  const caller = "sampleSizeForProportions";
  const read = readOptions(caller, sampleSizeForProportionsOptions, options);
  const [first, second] = ratesOf(caller, read);
  const { pooled, apart } = deviationsOf(first, second);
  const reach = normal.upperQuantile(read.alpha / 2) * pooled + normal.upperQuantile(1 - read.power) * apart;
  const root = Math.max(0, reach) / Math.abs(second - first);
  const size = root * root;
  if (!(size < 1e15)) refuse(caller, "invalid-option", "options.difference", "a larger difference", String(read.difference)); // prettier-ignore
  // 1e-9 of a customer is rounding.
  const n = Math.max(1, Math.ceil(size * (1 - 1e-13) - 1e-9));
  return { perArm: n, total: 2 * n };
}

/**
 * How often a test of two rates finds a difference of a given size.
 *
 * @param options - see {@link PowerOfProportionsOptions}.
 * @returns the power, from alpha / 2 for hardly any difference to 1.
 * @throws {ClienteleError} `invalid-option` for a difference that leads out of [0, 1].
 * @example
 * powerOfProportions({ baseline: 0.5, difference: 0.25, n: 50 }).power; // 0.740
 * @see R's `power.prop.test` with `strict = FALSE`.
 */
export function powerOfProportions(options: PowerOfProportionsOptions): {
  /** Chance of finding the difference, from 0 to 1. */
  power: number;
} {
  const caller = "powerOfProportions";
  const read = readOptions(caller, powerOfProportionsOptions, options);
  const [first, second] = ratesOf(caller, read, true);
  return { power: powerAt(first, second, read.n, read.alpha) };
}

/**
 * The smallest differences of two rates that a test with so many customers finds as often as wanted: what an experiment can show at all.
 *
 * @param options - see {@link DetectableDifferenceForProportionsOptions}.
 * @returns the least rise and the least fall (a number below 0); null where not even the largest possible one is found.
 * @throws {ClienteleError} `invalid-option`.
 * @example
 * const { increase, decrease } = detectableDifferenceForProportions({ baseline: 0.05, n: 8158 });
 * increase!; // 0.0100
 * decrease!; // -0.0091
 */
export function detectableDifferenceForProportions(options: DetectableDifferenceForProportionsOptions): {
  /** The least rise that is found, as a share. */
  increase: number | null;
  /** The least fall that is found, below 0. */
  decrease: number | null;
} {
  const read = readOptions("detectableDifferenceForProportions", detectableDifferenceForProportionsOptions, options);
  const towards = (end: number): number | null => {
    const reaches = (difference: number): boolean =>
      powerAt(read.baseline, clamped(read.baseline + difference), read.n, read.alpha) >= read.power;
    let [near, far] = [0, end - read.baseline];
    if (far === 0 || !reaches(far)) return null;
    // Bisection to the last bit; power rises with the difference.
    for (let i = 0; i < 200; i++) {
      const middle = (near + far) / 2;
      if (middle === near || middle === far) break;
      if (reaches(middle)) far = middle;
      else near = middle;
    }
    return far;
  };
  return { increase: towards(1), decrease: towards(0) };
}

function clamped(rate: number): number {
  return Math.min(1, Math.max(0, rate));
}

function ratesOf(
  caller: string,
  { baseline: first, difference }: { readonly baseline: number; readonly difference: number },
  mayBeZero = false,
): readonly [number, number] {
  const second = first + difference;
  // 0.9 + 0.1 may be above 1 by rounding.
  if (second < -1e-12 || second > 1 + 1e-12 || (difference === 0 && !mayBeZero)) {
    const wanted = `${mayBeZero ? "a difference" : "a difference other than 0"} that leaves the rate in [0, 1]`;
    refuse(caller, "invalid-option", "options.difference", wanted, String(difference));
  }
  return [first, clamped(second)];
}

/** Deviations of the difference of two customers: if the rates were one, and as they are. */
function deviationsOf(first: number, second: number): { pooled: number; apart: number } {
  const mean = (first + second) / 2;
  return {
    pooled: Math.sqrt(2 * mean * (1 - mean)),
    apart: Math.sqrt(first * (1 - first) + second * (1 - second)),
  };
}

function powerAt(first: number, second: number, n: number, alpha: number): number {
  const { pooled, apart } = deviationsOf(first, second);
  const excess = Math.sqrt(n) * Math.abs(second - first) - normal.upperQuantile(alpha / 2) * pooled;
  // From nobody to everybody: no spread at all.
  if (apart === 0) return excess > 0 ? 1 : first === second ? alpha / 2 : 0;
  return normal.cdf(excess / apart);
}
