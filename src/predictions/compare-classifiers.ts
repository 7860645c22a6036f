import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import type { TestReport } from "../core/test-report.ts";
import { normal } from "../numeric/distributions.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { midranks } from "../numeric/ranks.ts";
import { logLossOf } from "./classifier-figures.ts";
import { readOutcome, readProbability } from "./score-runs.ts";

/** Options of {@link compareClassifiers}. */
export interface CompareClassifiersOptions {
  /**
   * How Brier score and log-loss are tested: `"analytic"`, by the spread of the differences of each customer; or `"bootstrap"`,
   * from customers drawn anew. Default `"analytic"`. The AUC is always tested by DeLong.
   */
  readonly interval?: "analytic" | "bootstrap" | undefined;
  /** 1 − level of the intervals; differences with a larger p-value are no differences. Default 0.05. */
  readonly alpha?: number | undefined;
  /** Resamples of the bootstrap. Default 1000. */
  readonly replicates?: number | undefined;
  /** Seed of the bootstrap. Default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link compareClassifiers}. */
export const compareClassifiersOptions: OptionTable<CompareClassifiersOptions> = {
  interval: oneOf(["analytic", "bootstrap"], { default: "analytic" }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  replicates: integer({ min: 2, max: 100_000, default: 1000 }),
  seed: seed(),
};

/** One figure of two classifiers; `estimate` is second − first. */
export interface ClassifierComparison extends TestReport {
  /** The figure of the first. */
  readonly first: number;
  /** The figure of the second. */
  readonly second: number;
  /** Which is better; null where chance may have made the difference. */
  readonly better: "first" | "second" | null;
}

/** Result of {@link compareClassifiers}. */
export interface ClassifierComparisonReport {
  /** Customers. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** Areas under the ROC curve; larger is better. Null with fewer than 2 customers of a class. */
  readonly auc: ClassifierComparison | null;
  /** Brier scores; smaller is better. */
  readonly brier: ClassifierComparison;
  /** Log-losses; smaller is better. */
  readonly logLoss: ClassifierComparison;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Tells whether one model predicts better than another, on the same customers: each customer is compared with itself, which finds
 * smaller differences than two intervals side by side.
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; one per customer, whom neither model has seen.
 * @param first - probabilities of the one model, say the one in use.
 * @param second - probabilities of the other.
 * @param options - see {@link CompareClassifiersOptions}.
 * @returns a test per figure; a difference above 0 means that the second has the larger figure.
 * @throws {ClienteleError} `too-few-rows` below 2 customers; else as {@link evaluateClassifier}. Cost: a sort per model; the bootstrap n
 * draws a resample.
 * @example
 * const outcome = [1, 1, 1, 1, 0, 0, 0, 0];
 * const report = compareClassifiers(outcome, [0.9, 0.4, 0.6, 0.2, 0.5, 0.3, 0.7, 0.1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.2, 0.1]);
 * report.auc!.estimate; // 0.375
 * report.auc!.pValue!; // 0.100
 * report.brier.better; // "second"
 * @see DeLong, DeLong & Clarke-Pearson (1988), "Comparing the areas under two or more correlated receiver operating characteristic
 * curves"; R's `pROC::roc.test`.
 */
export function compareClassifiers(
  outcome: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options?: CompareClassifiersOptions,
): ClassifierComparisonReport {
  const caller = "compareClassifiers";
  const read = readOptions(caller, compareClassifiersOptions, options);
  const outcomes = readOutcome(caller, outcome, 2);
  const n = outcomes.length;
  const pair = [readProbability(caller, first, n, "first"), readProbability(caller, second, n, "second")] as const;
  const positives = outcomes.reduce((sum, one) => sum + one, 0);
  const square = (p: number, isHit: boolean): number => (isHit ? (1 - p) * (1 - p) : p * p);
  const auc = Math.min(positives, n - positives) < 2 ? null : compareAreas(outcomes, positives, pair, read.alpha);
  const notes: Note[] = [];
  if (auc === null) {
    const message = "With fewer than 2 customers of a class the areas under the ROC curve cannot be compared.";
    notes.push({ code: "too-few-of-a-class", message });
  }
  return {
    n,
    positives,
    auc,
    brier: compareLosses(outcomes, pair, square, read),
    logLoss: compareLosses(outcomes, pair, logLossOf, read),
    notes,
  };
}

type Pair = readonly [Float64Array, Float64Array];

/** DeLong's test: each customer's placement is the share of the other class that lies on its wrong side, ties half. */
function compareAreas(outcome: Uint8Array, positives: number, pair: Pair, alpha: number): ClassifierComparison {
  const negatives = outcome.length - positives;
  const [a, b] = pair.map((scores) => placementsOf(outcome, scores, positives));
  let [first, second] = [0, 0];
  outcome.forEach((one, row) => {
    if (one !== 1) return;
    first += a[row];
    second += b[row];
  });
  first /= positives;
  second /= positives;
  let [ofHits, ofMisses] = [0, 0];
  outcome.forEach((one, row) => {
    const apart = b[row] - a[row] - (second - first);
    if (one === 1) ofHits += apart * apart;
    else ofMisses += apart * apart;
  });
  const error = Math.sqrt(ofHits / (positives - 1) / positives + ofMisses / (negatives - 1) / negatives);
  const test = normalTest(second - first, error, alpha, "DeLong");
  return comparisonOf(test, first, second, alpha, "larger");
}

/** Of a customer with the outcome the share of the others below it, of one without the share of those with it above. */
function placementsOf(outcome: Uint8Array, scores: Float64Array, positives: number): Float64Array {
  const negatives = outcome.length - positives;
  const { ranks } = midranks(scores);
  const within = [0, 1].map((one) => midranks(scores.filter((_, row) => outcome[row] === one)).ranks);
  const places = [0, 0];
  return ranks.map((rank, row) => {
    const one = outcome[row];
    const below = rank - within[one][places[one]++];
    return one === 1 ? below / negatives : 1 - below / positives;
  });
}

function compareLosses(
  outcome: Uint8Array,
  pair: Pair,
  loss: (p: number, isHit: boolean) => number,
  read: {
    readonly interval: "analytic" | "bootstrap";
    readonly alpha: number;
    readonly replicates: number;
    readonly seed: number;
  },
): ClassifierComparison {
  const n = outcome.length;
  const [a, b] = pair.map((scores) => scores.map((p, row) => loss(p, outcome[row] === 1)));
  const [first, second] = [meanOf(a), meanOf(b)];
  const apart = b.map((value, row) => value - a[row]);
  const estimate = meanOf(apart);
  const squares = apart.reduce((sum, value) => sum + (value - estimate) * (value - estimate), 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  const test =
    read.interval === "analytic" || error === 0
      ? normalTest(estimate, error, read.alpha, "paired differences")
      : bootstrapTest(apart, estimate, read);
  return comparisonOf(test, first, second, read.alpha, "smaller");
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function normalTest(estimate: number, standardError: number, alpha: number, method: string): TestReport {
  const reach = standardError * normal.upperQuantile(alpha / 2);
  const interval = [estimate - reach, estimate + reach] as const;
  if (standardError > 0) {
    const pValue = Math.min(1, 2 * normal.sf(Math.abs(estimate / standardError)));
    return { estimate, standardError, interval, pValue, method, notes: [] };
  }
  const message = "All customers differ by the same: there is no spread to test the difference with.";
  return {
    estimate,
    standardError,
    interval,
    pValue: estimate === 0 ? 1 : null,
    method,
    notes: [{ code: "no-spread", message }],
  };
}

/** Percentiles of the mean difference of customers drawn anew; the p-value is twice the smaller tail beyond 0. */
function bootstrapTest(
  apart: Float64Array,
  estimate: number,
  read: { readonly alpha: number; readonly replicates: number; readonly seed: number },
): TestReport {
  const { alpha, replicates } = read;
  const n = apart.length;
  const means = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = randomOf(read.seed, replicate);
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += apart[random.integer(n)];
    means[replicate] = sum / n;
  }
  means.sort();
  const center = meanOf(means);
  const squares = means.reduce((sum, mean) => sum + (mean - center) * (mean - center), 0);
  let [below, above] = [0, 0];
  for (const mean of means) {
    if (mean <= 0) below++;
    if (mean >= 0) above++;
  }
  return {
    estimate,
    standardError: Math.sqrt(squares / (replicates - 1)),
    interval: [quantileOfSorted(means, alpha / 2), quantileOfSorted(means, 1 - alpha / 2)],
    pValue: Math.min(1, (2 * (Math.min(below, above) + 1)) / (replicates + 1)),
    method: "paired bootstrap",
    notes: [],
  };
}

function comparisonOf(
  test: TestReport,
  first: number,
  second: number,
  alpha: number,
  wanted: "larger" | "smaller",
): ClassifierComparison {
  const isReal = test.pValue === null || test.pValue <= alpha;
  const isSecondBetter = wanted === "larger" ? test.estimate > 0 : test.estimate < 0;
  return { ...test, first, second, better: isReal ? (isSecondBetter ? "second" : "first") : null };
}
