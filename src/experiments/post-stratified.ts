import { isRecord } from "../core/dictionary.ts";
import { describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { readOptions } from "../core/options.ts";
import { type Arm, type ArmStats, kindOf, readArm, type TwoArms } from "./arm-stats.ts";
import {
  type DifferenceOptions,
  differenceOptions,
  type DifferenceReport,
  figuresOf,
  welchReport,
} from "./difference.ts";

/** One stratum of an experiment: customers who were alike before it. */
export interface Stratum extends TwoArms<ArmStats> {
  /** How much it counts, above 0; default its share of the customers of both arms. Give shares of all customers where they are known. */
  readonly weight?: number | undefined;
}

/** Result of {@link testPostStratified}. */
export interface PostStratifiedReport {
  /** The difference, with every stratum at its weight in both arms. */
  readonly adjusted: DifferenceReport;
  /** The difference of all customers as they are. */
  readonly unadjusted: DifferenceReport;
  /** The share of the variance of the difference that is gone; null where there is none. */
  readonly varianceReduction: number | null;
  /** Strata without customers in an arm: they are in the plain difference only. */
  readonly omitted: number;
  /** `"empty-stratum"`: strata that are omitted. */
  readonly notes: readonly Note[];
}

/**
 * Sharpens a test by what kind of customers happened to be in which arm: the same mix of strata is compared in both. Where strata differ
 * much in the metric, the interval is shorter; and an arm that by chance got more of the good customers wins nothing by it.
 *
 * @param strata - both arms of each stratum, as {@link testProportions} or {@link testMeans} take them; strata must be made of what was
 * known before the assignment.
 * @param options - see {@link DifferenceOptions}.
 * @returns the adjusted test with the plain one beside it.
 * @throws {ClienteleError} `too-few-rows` without strata; `invalid-value` for sums that no customers can have, strata of different kinds, or a
 * weight that is not above 0; `unsupported` for ratios.
 * @example
 * const strata = [
 *   { control: { n: 100, successes: 50 }, treatment: { n: 300, successes: 165 } },
 *   { control: { n: 900, successes: 90 }, treatment: { n: 700, successes: 84 } },
 * ];
 * const { adjusted, unadjusted } = testPostStratified(strata);
 * adjusted.estimate!; // 0.026
 * unadjusted.estimate!; // 0.109 — most of it was the mix
 * @see Miratrix, Sekhon & Yu (2013), "Adjusting treatment effect estimates by post-stratification in randomized experiments".
 */
export function testPostStratified(strata: readonly Stratum[], options?: DifferenceOptions): PostStratifiedReport {
  const caller = "testPostStratified";
  const read = readOptions(caller, differenceOptions, options);
  const given: unknown = strata;
  if (!isList(given)) refuse(caller, "invalid-value", "strata", "a list of strata", describeValue(given));
  if (strata.length === 0) refuse(caller, "too-few-rows", "strata", "at least 1 stratum", "none");
  const parts = strata.map((stratum, s) => readStratum(caller, stratum, s, strata[0]));
  const usable = parts.filter(({ control, treatment }) => control.value !== null && treatment.value !== null);
  const total = usable.reduce((sum, { weight }) => sum + weight, 0);
  const test = { ...read };
  const adjusted = compare(mixOf(usable, "control", total), mixOf(usable, "treatment", total), test);
  const unadjusted = compare(poolOf(parts, "control"), poolOf(parts, "treatment"), test);
  const [a, b] = [adjusted.standardError, unadjusted.standardError];
  const omitted = parts.length - usable.length;
  const message = `${omitted} strata have nobody in an arm: they are left out of the adjusted difference.`;
  return {
    adjusted: { ...adjusted, method: `${adjusted.method}, post-stratified` },
    unadjusted,
    varianceReduction: a === null || b === null || b === 0 ? null : 1 - (a / b) * (a / b),
    omitted,
    notes: omitted > 0 ? [{ code: "empty-stratum", message }] : [],
  };
}

interface Part extends TwoArms<Arm> {
  readonly weight: number;
}

function readStratum(caller: string, stratum: unknown, s: number, first: Stratum): Part {
  const path = `strata[${s}]`;
  if (!isRecord(stratum)) refuse(caller, "invalid-value", path, "{ control, treatment }", describeValue(stratum));
  const kind = kindOf(caller, "strata[0].control", first.control);
  if (kind === "ratio") refuse(caller, "unsupported", "strata[0].control", "a share or a mean", "a ratio");
  const control = readArm(caller, `${path}.control`, stratum["control"], kind);
  const treatment = readArm(caller, `${path}.treatment`, stratum["treatment"], kind);
  const weight = stratum["weight"] ?? control.n + treatment.n;
  if (!(
    typeof weight === "number" &&
    weight >= 0 &&
    weight < Infinity &&
    (stratum["weight"] === undefined || weight > 0)
  )) {
    refuse(caller, "invalid-value", `${path}.weight`, "a number above 0", describeValue(weight));
  }
  return { control, treatment, weight };
}

/** The mean of an arm with every stratum at its weight; its variance is what is left within the strata. */
function mixOf(parts: readonly Part[], arm: "control" | "treatment", total: number): Arm {
  const n = parts.reduce((sum, part) => sum + part[arm].n, 0);
  if (!(total > 0)) return { kind: "mean", n, value: null, variance: null, successes: 0 };
  let [value, variance] = [0, 0 as number | null];
  for (const part of parts) {
    const share = part.weight / total;
    value += share * (part[arm].value ?? 0);
    const own = part[arm].variance;
    variance = variance === null || own === null ? null : variance + share * share * own;
  }
  return { kind: "mean", n, value, variance, successes: 0 };
}

/** All customers of an arm: variances within strata, and what strata differ by. */
function poolOf(parts: readonly Part[], arm: "control" | "treatment"): Arm {
  let [n, mean, squares] = [0, 0, 0];
  for (const { [arm]: part } of parts) {
    if (part.value === null) continue;
    const within =
      part.variance === null ? 0 : part.variance * part.n * (part.kind === "proportion" ? part.n : part.n - 1);
    const distance = part.value - mean;
    squares += within + distance * distance * ((n / (n + part.n)) * part.n);
    n += part.n;
    mean += distance * (part.n / n);
  }
  if (n === 0) return { kind: "mean", n, value: null, variance: null, successes: 0 };
  const isRate = parts[0][arm].kind === "proportion";
  const variance = isRate ? squares / n / n : n > 1 ? squares / (n - 1) / n : null;
  return { kind: "mean", n, value: mean, variance, successes: 0 };
}

function compare(control: Arm, treatment: Arm, options: Parameters<typeof welchReport>[1]): DifferenceReport {
  const figures = { control: figuresOf(control, options.alpha), treatment: figuresOf(treatment, options.alpha) };
  return welchReport({ control, treatment }, options, figures);
}
