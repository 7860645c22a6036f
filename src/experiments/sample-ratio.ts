import { entriesOf, isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { type ArmWeights, readWeights, weightsOption } from "./assign-variant.ts";

/** Options of {@link testSampleRatio}. */
export interface TestSampleRatioOptions {
  /** The shares that were planned, of any sum: in the order of the counts, or by arm. Default alike. */
  readonly weights?: ArmWeights | undefined;
  /** A p-value below it is a mismatch. Default 0.001: the test is made of every experiment, and it is sharp. */
  readonly alpha?: number | undefined;
}

/** One arm of a {@link SampleRatioReport}. */
export interface SampleRatioArm {
  /** Its name; of counts in a list its place. */
  readonly arm: string;
  /** Customers it got. */
  readonly count: number;
  /** Customers it should have got. */
  readonly expected: number;
}

/** Result of {@link testSampleRatio}. */
export interface SampleRatioReport {
  /** χ² of the counts against the planned shares. */
  readonly statistic: number;
  /** Arms with a weight, less 1. */
  readonly degreesOfFreedom: number;
  /** How often chance alone gives counts so far off; null where there is nothing to test. */
  readonly pValue: number | null;
  /** True when the groups are not what was planned: nothing else about the experiment can be believed until it is known why. */
  readonly mismatch: boolean;
  /** The level that `pValue` was held against. */
  readonly alpha: number;
  /** One entry per arm. */
  readonly arms: readonly SampleRatioArm[];
  /** `"customers-without-weight"`, `"no-customers"`, `"one-arm"`, `"few-customers"`. */
  readonly notes: readonly Note[];
}

/** Option table of {@link testSampleRatio}. */
export const testSampleRatioOptions: OptionTable<TestSampleRatioOptions, "weights"> = {
  weights: weightsOption(),
  alpha: real({ above: 0, below: 1, default: 0.001 }),
};

/**
 * Tests whether the arms of an experiment have the sizes that were planned: the first question, before any result is looked at.
 *
 * When assignment or logging loses customers of one arm, those who remain are no longer comparable, and a difference between the arms
 * may be nothing but that.
 *
 * @param counts - customers per arm: a list, or numbers by name.
 * @param options - see {@link TestSampleRatioOptions}.
 * @returns Pearson's χ². Customers in an arm that should have none are a mismatch whatever the rest is.
 * @throws {ClienteleError} `invalid-value` for a count that is not a whole number; `too-few-rows` without arms; `invalid-option`.
 * @example
 * testSampleRatio({ control: 821588, treatment: 815482 }).mismatch; // true
 * testSampleRatio([5000, 1040], { weights: [5, 1] }).pValue!; // 0.25
 * @see Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments".
 */
export function testSampleRatio(
  counts: readonly number[] | Readonly<Record<string, number>>,
  options?: TestSampleRatioOptions,
): SampleRatioReport {
  const caller = "testSampleRatio";
  const { weights, alpha } = readOptions(caller, testSampleRatioOptions, options);
  const entries = readCounts(caller, counts);
  const shares = readWeights(caller, weights, entries.map(([arm]) => arm)); // prettier-ignore
  const notes: Note[] = [];
  let [total, stray, weightSum] = [0, 0, 0];
  entries.forEach(([, count], a) => {
    weightSum += shares[a];
    if (shares[a] > 0) total += count;
    else stray += count;
  });
  const arms = entries.map(([arm, count], a) => ({ arm, count, expected: (shares[a] / weightSum) * total }));
  let statistic = 0;
  for (const { count, expected } of arms)
    if (expected > 0) statistic += ((count - expected) / expected) * (count - expected);
  const weighted = arms.filter((_, a) => shares[a] > 0);
  const degreesOfFreedom = weighted.length - 1;
  if (stray > 0) {
    const message = `${stray} customers are in an arm that should have none.`;
    notes.push({ code: "customers-without-weight", message });
  }
  if (degreesOfFreedom === 0) notes.push({ code: "one-arm", message: "Only one arm has a weight: there is no ratio." });
  else if (total === 0) notes.push({ code: "no-customers", message: "No arm with a weight has customers." });
  else if (weighted.some(({ expected }) => expected < 5)) {
    const message = "An arm should have fewer than 5 customers: the p-value is rough.";
    notes.push({ code: "few-customers", message });
  }
  const pValue = degreesOfFreedom === 0 || total === 0 ? null : chiSquare(degreesOfFreedom).sf(statistic);
  const mismatch = stray > 0 || (pValue !== null && pValue < alpha);
  return { statistic, degreesOfFreedom, pValue, mismatch, alpha, arms, notes };
}

function readCounts(caller: string, counts: unknown): [string, number][] {
  if (!isList(counts) && !isRecord(counts)) {
    refuse(caller, "invalid-value", "counts", "a list of counts, or counts by name", describeValue(counts));
  }
  const entries = isList(counts)
    ? Array.from(counts, (count, a): [string, unknown] => [String(a), count])
    : entriesOf(counts);
  if (entries.length === 0) refuse(caller, "too-few-rows", "counts", "at least 1 arm", "none");
  return entries.map(([arm, count], a) => {
    const path = isList(counts) ? `counts[${a}]` : `counts.${arm}`;
    if (!Number.isSafeInteger(count) || (count as number) < 0) {
      refuse(caller, "invalid-value", path, "a whole number of customers", describeCell(count));
    }
    return [arm, (count as number) + 0];
  });
}
