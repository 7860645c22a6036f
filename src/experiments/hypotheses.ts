import { isRecord } from "../core/dictionary.ts";
import { dayMs } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { instant, oneOf, type OptionTable, type ReadOptions, readOptions, real } from "../core/options.ts";
import type { TestReport } from "../core/test-report.ts";
import { adjusted, type Adjustment } from "../numeric/adjust.ts";

/** What became of a claim so far. */
export type HypothesisStatus = "kept" | "dropped" | "undecided";

/** One test of a claim. */
export interface HypothesisTest {
  /** When, epoch milliseconds. */
  readonly at: number;
  /** Its estimate, interval and p-value, as the test said. */
  readonly estimate: number | null;
  /** The interval of the estimate; null where there is none. */
  readonly interval: readonly [number, number] | null;
  /** The p-value of this test alone; null where there is none. */
  readonly pValue: number | null;
  /** The p-value for all tests in the registry, whatever they asked. */
  readonly adjustedPValue: number | null;
}

/** A claim, and how it has fared. */
export interface Hypothesis {
  /** What is claimed, in words. */
  readonly claim: string;
  /** For which segment; null = for all. */
  readonly segment: string | null;
  /** By what it is measured. */
  readonly metric: string;
  /** Where it stands. */
  readonly status: HypothesisStatus;
  /** Why, in words. */
  readonly reason: string;
  /** When a kept claim must be tested again, epoch milliseconds; null for others. */
  readonly expires: number | null;
  /** Its tests, oldest first. */
  readonly tests: readonly HypothesisTest[];
}

/** What was claimed and tested: plain JSON, to be stored by the caller. */
export interface HypothesisRegistry {
  /** What this is. */
  readonly kind: "hypothesis-registry";
  /** Version of the layout. */
  readonly version: 1;
  /** The claims, in the order in which they were first recorded. */
  readonly hypotheses: readonly Hypothesis[];
  /** Number of tests that had a p-value: what p-values are adjusted for. */
  readonly testsRun: number;
}

/** A test of a claim, to be put down. */
export interface HypothesisEntry {
  /** What is claimed, in words; the same words, segment and metric are the same claim. */
  readonly claim: string;
  /** For which segment; absent = for all. */
  readonly segment?: string | undefined;
  /** By what it is measured. */
  readonly metric: string;
  /** When it was tested, epoch milliseconds. */
  readonly at: number;
  /** What the test said. */
  readonly test: Pick<TestReport, "pValue"> & {
    /** The effect; null where it could not be told. */
    readonly estimate: number | null;
    /** Its interval; null where there is none. */
    readonly interval: readonly [number, number] | null;
  };
}

/** Options of {@link recordHypothesis} and {@link reviewHypotheses}. */
export interface HypothesisOptions {
  /** From which adjusted p-value on a claim is not believed; default 0.05. */
  readonly alpha?: number | undefined;
  /** How p-values are adjusted for all tests run; default `"holm"`, which keeps the chance of any false claim below alpha. */
  readonly adjust?: Adjustment | undefined;
  /** How long a kept claim is believed without a new test, in days; default 365. */
  readonly expiresAfterDays?: number | undefined;
  /** The smallest effect that matters: a test that found nothing but could have missed it leaves the claim undecided. */
  readonly smallestEffect?: number | undefined;
}

/** Options of {@link reviewHypotheses}. */
export interface ReviewHypothesesOptions extends HypothesisOptions {
  /** The instant of the review, epoch milliseconds. */
  readonly now: number;
}

/** Option table of {@link recordHypothesis}. */
export const hypothesisOptions: OptionTable<HypothesisOptions, "smallestEffect"> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  adjust: oneOf(["bh", "holm", "bonferroni"], { default: "holm" }),
  expiresAfterDays: real({ above: 0, max: 36_525, default: 365 }),
  smallestEffect: real({ above: 0, optional: true }),
};

/** Option table of {@link reviewHypotheses}. */
export const reviewHypothesesOptions: OptionTable<ReviewHypothesesOptions, "smallestEffect"> = {
  ...hypothesisOptions,
  now: instant(),
};

type Rules = ReadOptions<HypothesisOptions, "smallestEffect">;

/**
 * Puts down a test of a claim, and says of every claim whether it still holds: test, refine, repeat.
 *
 * A team that tests fifty ideas believes two or three wrong ones. The registry adjusts the p-values for all tests it has ever seen, so
 * that an early find must survive the tests that come after it. Of the tests of one claim the latest decides:
 *
 * - `kept`: its adjusted p-value is below `alpha`, and no test that was as sure went the other way;
 * - `dropped`: it found nothing, or the opposite of what was kept before. That is no proof that there is nothing; test again if it matters;
 * - `undecided`: it would have been kept as the only test, but not among so many; it has no p-value; with `smallestEffect`, it found
 *   nothing but could have missed an effect that matters; or the claim was kept, and its last test is older than `expiresAfterDays`.
 *
 * @param registry - of the call before; undefined at first.
 * @param entry - see {@link HypothesisEntry}.
 * @param options - see {@link HypothesisOptions}; the same at each call.
 * @returns a new registry, judged at the time of the latest test.
 * @throws {ClienteleError} `invalid-value` with the path of what is wrong in the entry; `incompatible-model` for a damaged registry;
 * `invalid-option`. Cost: a sort of all tests.
 * @example
 * const found = { estimate: 0.02, standardError: 0.005, interval: [0.01, 0.03] as const, pValue: 0.0001, method: "", notes: [] };
 * const nothing = { ...found, estimate: 0.001, interval: [-0.01, 0.012] as const, pValue: 0.85 };
 * const first = recordHypothesis(undefined, { claim: "Mails at noon are opened more", metric: "open rate", at: 0, test: found });
 * first.hypotheses[0].status; // "kept"
 * const second = recordHypothesis(first, { claim: "Mails at noon are opened more", metric: "open rate", at: 86_400_000, test: nothing });
 * second.hypotheses[0].status; // "dropped"
 * @see Holm (1979); Benjamini & Hochberg (1995).
 */
export function recordHypothesis(
  registry: HypothesisRegistry | undefined,
  entry: HypothesisEntry,
  options?: HypothesisOptions,
): HypothesisRegistry {
  const caller = "recordHypothesis";
  const rules = readOptions(caller, hypothesisOptions, options);
  const known = registry === undefined ? [] : checkRegistry(caller, registry);
  const { claim, segment = null, metric, at, test } = checkEntry(caller, entry);
  const { estimate, interval, pValue } = test;
  const added = { at, estimate, interval: interval === null ? null : ([interval[0], interval[1]] as const), pValue };
  const isSame = (one: Claim): boolean => one.claim === claim && one.segment === segment && one.metric === metric;
  const claims = known.some(isSame)
    ? known.map((one) => (isSame(one) ? { ...one, tests: [...one.tests, added] } : one))
    : [...known, { claim, segment, metric, tests: [added] }];
  const latest = claims.reduce(
    (time, { tests }) => tests.reduce((last, one) => Math.max(last, one.at), time),
    -Infinity,
  );
  return judged(claims, rules, latest);
}

/**
 * Says where every claim stands today: kept ones that were not tested for long are open again.
 *
 * @param registry - of {@link recordHypothesis}.
 * @param options - see {@link ReviewHypothesesOptions}.
 * @returns a new registry, judged at `now`.
 * @throws {ClienteleError} `incompatible-model` for a damaged registry; `invalid-option`.
 * @example
 * const test = { estimate: 0.02, standardError: 0.005, interval: [0.01, 0.03] as const, pValue: 0.0001, method: "", notes: [] };
 * const registry = recordHypothesis(undefined, { claim: "Noon is best", metric: "open rate", at: 0, test });
 * reviewHypotheses(registry, { now: 366 * 86_400_000 }).hypotheses[0].status; // "undecided"
 */
export function reviewHypotheses(registry: HypothesisRegistry, options: ReviewHypothesesOptions): HypothesisRegistry {
  const caller = "reviewHypotheses";
  const { now, ...rules } = readOptions(caller, reviewHypothesesOptions, options);
  return judged(checkRegistry(caller, registry), rules, now);
}

/** A claim with what was found, not judged. */
interface Claim {
  readonly claim: string;
  readonly segment: string | null;
  readonly metric: string;
  readonly tests: readonly Omit<HypothesisTest, "adjustedPValue">[];
}

function judged(claims: readonly Claim[], rules: Rules, now: number): HypothesisRegistry {
  const pValues = claims.flatMap(({ tests }) => tests.map(({ pValue }) => pValue));
  const all = adjusted(pValues, rules.adjust);
  let next = 0;
  const hypotheses = claims.map(({ claim, segment, metric, tests }): Hypothesis => {
    const told = tests.map((test): HypothesisTest => ({ ...test, adjustedPValue: all[next++] }));
    // Equal times keep the order in which they were recorded.
    told.sort((a, b) => a.at - b.at);
    const { status, reason } = verdict(told, rules, now);
    const expires = status === "kept" ? told[told.length - 1].at + rules.expiresAfterDays * dayMs : null;
    return { claim, segment, metric, status, reason, expires, tests: told };
  });
  const testsRun = pValues.filter((p) => p !== null).length;
  return { kind: "hypothesis-registry", version: 1, hypotheses, testsRun };
}

function verdict(
  tests: readonly HypothesisTest[],
  { alpha, expiresAfterDays, smallestEffect }: Rules,
  now: number,
): { readonly status: HypothesisStatus; readonly reason: string } {
  const { at, estimate, interval, pValue, adjustedPValue } = tests[tests.length - 1];
  if (pValue === null || adjustedPValue === null) {
    return { status: "undecided", reason: "the latest test has no p-value" };
  }
  if (adjustedPValue >= alpha) {
    if (pValue < alpha)
      return { status: "undecided", reason: "it would hold as the only test, but not among all tests run" };
    const could = smallestEffect !== undefined && interval !== null && (interval[0] <= -smallestEffect || interval[1] >= smallestEffect); // prettier-ignore
    if (could)
      return {
        status: "undecided",
        reason: "the latest test found nothing, and may have missed an effect that matters",
      };
    return { status: "dropped", reason: "the latest test found nothing" };
  }
  const sureBefore = tests.slice(0, -1).findLast((test) => test.adjustedPValue !== null && test.adjustedPValue < alpha);
  if (sureBefore !== undefined && Math.sign(sureBefore.estimate ?? 0) * Math.sign(estimate ?? 0) < 0) {
    return { status: "dropped", reason: "the latest test found the opposite of an earlier one" };
  }
  if (now > at + expiresAfterDays * dayMs) return { status: "undecided", reason: "its latest test is too old" };
  return { status: "kept", reason: "the latest test holds among all tests run" };
}

function checkEntry(caller: string, entry: HypothesisEntry): HypothesisEntry {
  const given: unknown = entry;
  if (!isRecord(given)) refuse(caller, "invalid-value", "entry", "a claim with its test", describeValue(given));
  for (const key of ["claim", "metric", "segment"]) {
    const value = given[key];
    if (typeof value === "string" || (key === "segment" && value === undefined)) continue;
    refuse(caller, "invalid-value", `entry.${key}`, "a text", describeValue(value));
  }
  if (!isInstant(given["at"])) refuse(caller, "invalid-value", "entry.at", "epoch milliseconds", describeValue(given["at"])); // prettier-ignore
  const wrong = wrongPart(given["test"]);
  if (wrong !== undefined)
    refuse(caller, "invalid-value", `entry.test${wrong}`, "what a test returns", "another value");
  return entry;
}

/** The path of what is wrong with a test; undefined when nothing is. */
function wrongPart(test: unknown): string | undefined {
  if (!isRecord(test)) return "";
  const { estimate, interval, pValue } = test;
  if (estimate !== null && !Number.isFinite(estimate)) return ".estimate";
  if (interval !== null && !(Array.isArray(interval) && interval.length === 2 && interval.every((end) => typeof end === "number" && !Number.isNaN(end)))) return ".interval"; // prettier-ignore
  const isChance = typeof pValue === "number" && pValue >= 0 && pValue <= 1;
  return pValue === null || isChance ? undefined : ".pValue";
}

function isInstant(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= 8.64e15;
}

function checkRegistry(caller: string, registry: HypothesisRegistry): readonly Claim[] {
  const given: unknown = registry;
  const isClaim = (one: unknown): boolean =>
    isRecord(one) &&
    typeof one["claim"] === "string" &&
    typeof one["metric"] === "string" &&
    (one["segment"] === null || typeof one["segment"] === "string") &&
    Array.isArray(one["tests"]) &&
    one["tests"].length > 0 &&
    one["tests"].every((test: unknown) => isRecord(test) && isInstant(test["at"]) && wrongPart(test) === undefined);
  const isIntact =
    isRecord(given) &&
    given["kind"] === "hypothesis-registry" &&
    given["version"] === 1 &&
    Array.isArray(given["hypotheses"]) &&
    given["hypotheses"].every(isClaim);
  if (!isIntact)
    refuse(caller, "incompatible-model", "registry", "what recordHypothesis returned", describeValue(given));
  return registry.hypotheses.map(({ claim, segment, metric, tests }) => ({
    claim,
    segment,
    metric,
    tests: tests.map(({ at, estimate, interval, pValue }) => ({ at, estimate, interval: interval === null ? null : ([interval[0], interval[1]] as const), pValue })), // prettier-ignore
  }));
}
