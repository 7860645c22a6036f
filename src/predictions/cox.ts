import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { type DefiniteFactor, invertDefinite } from "../numeric/definite.ts";
import { chiSquare, normal } from "../numeric/distributions.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { concordanceOf } from "./concordance.ts";
import type { BaselineHazard, ChiSquareTest, CoxModel, CoxTests } from "./cox-model.ts";
import { type CoxOptimum, coxOptimum } from "./cox-newton.ts";
import { type CoxRows, coxRows, type Ties } from "./cox-rows.ts";
import { cappedExp } from "./odds-ratios.ts";
import { type EventFlags, readSurvivalRows, type SurvivalRows } from "./survival-rows.ts";

/** Options of {@link fitCox}. */
export interface FitCoxOptions {
  /** How events at the same time share those at risk. Default `"efron"`, nearer to the truth; `"breslow"` is the older way. */
  readonly ties?: Ties | undefined;
  /** How often each customer counts, ≥ 0. Default: 1 for all. With Efron's ties a weight of 2 is nearly the customer twice. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /**
   * Ridge: λ of the penalty λ/2 · Σ coefficient², which keeps coefficients small. Default 0, no penalty. Scale the features
   * first, because the penalty sees their units.
   */
  readonly l2?: number | undefined;
  /** Confidence of the hazard ratios' intervals; default 0.95. */
  readonly level?: number | undefined;
  /** Most Newton steps; default 50. */
  readonly maxIterations?: number | undefined;
  /** The fit ends when a step moves no coefficient by more than this, per usual deviation of its feature; default 1e-9. */
  readonly tolerance?: number | undefined;
}

/** Option table of {@link fitCox}. */
export const fitCoxOptions: OptionTable<FitCoxOptions, "weights"> = {
  ties: oneOf(["efron", "breslow"], { default: "efron" }),
  weights: weightsOption(),
  l2: real({ min: 0, max: 1e15, default: 0 }),
  level: real({ above: 0, below: 1, default: 0.95 }),
  maxIterations: integer({ min: 1, max: 10_000, default: 50 }),
  tolerance: real({ min: 0, max: 1, default: 1e-9 }),
};

const mostFeatures = 1000;

/**
 * Learns what makes an event come sooner, from durations of which some are not over: who churns early, who orders again soon.
 *
 * Each event compares the customer with all who were still watched at that time, so nothing need be known about how risk changes
 * over time; it is learned beside the coefficients as the baseline. A feature multiplies the hazard by the same factor
 * always: `testProportionalHazards` checks it. Features are known at the start of the duration; what is only known later leaks.
 *
 * Where a feature tells without error who has the event next, its coefficient would grow forever. The fit then stops, says
 * `converged: false` and names it in a note `separation`; its numbers are finite, and mean nothing but that.
 *
 * @param table - features, one row per customer, all finite.
 * @param durations - how long each customer was watched, ≥ 0, in any one unit.
 * @param events - 1 or true where the event came at the end of that time, 0 or false where it had not come yet (censored).
 * @param options - see {@link FitCoxOptions}.
 * @returns the model, for `predictHazard`, `predictSurvival` and `testProportionalHazards`. A note `not-converged` says that
 * `maxIterations` were not enough, `few-events` that there were fewer than five events per feature.
 * @throws {ClienteleError} `degenerate-data` when the event came for nobody, or, without a penalty, with the feature in the path in
 * which those at risk do not differ or that is a linear combination of those before it; `too-few-rows` without rows;
 * `invalid-value` at the first cell that is missing or infinite, or the first bad duration or flag; `shape-mismatch`; `too-large`
 * when squares overflow. Cost: a sort, then n·d² / 2 multiplications a step, about six steps.
 * @example
 * const table = fromMatrix([[0], [1], [0], [1], [1], [0]], { names: ["discount"] });
 * const model = fitCox(table, [2, 3, 3, 5, 8, 8], [1, 1, 1, 0, 1, 0]);
 * model.hazardRatios; // [0.795] — they stay longer
 * predictSurvival(model, table, { times: [5] }).values; // Float64Array [0.496, 0.573, …]
 * @see Cox (1972); Efron (1977) on ties; Therneau & Grambsch (2000), "Modeling Survival Data".
 */
export function fitCox(
  table: FeatureTable,
  durations: ArrayLike<number>,
  events: EventFlags,
  options?: FitCoxOptions,
): CoxModel {
  const caller = "fitCox";
  const search = readOptions(caller, fitCoxOptions, options);
  const rows = checkCoxRows(caller, table, durations, events);
  const weights = readWeights(caller, search.weights, table.ids.length);
  const data = coxRows(table.values, table.names.length, rows, weights);
  if (!data.scale.every(Number.isFinite)) {
    refuse(caller, "too-large", "table", "deviations whose squares stay below 1.8e308", "an overflow");
  }
  const totalEvents = data.events.reduce((sum, event) => sum + event, 0);
  if (totalEvents === 0) refuse(caller, "degenerate-data", "events", "at least 1 event", "none");
  const optimum = coxOptimum(table.names, data, search);
  if ("dependent" in optimum) {
    const wanted = "values that differ among those at risk and are no combination of the features before it";
    refuse(caller, "degenerate-data", `table.${table.names[optimum.dependent]}`, wanted, "such values");
  }
  const { coefficients, means } = estimates(data, optimum);
  const covariance = covarianceOf(optimum.factor, data.scale);
  const standardErrors = covariance.map((row, j) => Math.sqrt(row[j]));
  const zValues = coefficients.map((coefficient, j) => coefficient / standardErrors[j]);
  const reach = normal.upperQuantile((1 - search.level) / 2);
  const { logLikelihood } = optimum.sums;
  return {
    kind: "cox",
    version: 1,
    features: [...table.names],
    notes: notesOf(optimum, totalEvents, coefficients.length),
    ties: search.ties,
    coefficients,
    standardErrors,
    zValues,
    pValues: zValues.map((z) => 2 * normal.sf(Math.abs(z))),
    hazardRatios: coefficients.map(cappedExp),
    hazardRatioIntervals: coefficients.map((coefficient, j) => [
      cappedExp(coefficient - reach * standardErrors[j]),
      cappedExp(coefficient + reach * standardErrors[j]),
    ]),
    level: search.level,
    covariance,
    means,
    baseline: baselineOf(data, optimum.sums.hazard),
    longest: data.times[data.times.length - 1],
    logLikelihood,
    nullLogLikelihood: optimum.nullLogLikelihood,
    aic: 2 * coefficients.length - 2 * logLikelihood,
    tests: testsOf(optimum, search.l2),
    concordance: concordanceIn(data, optimum),
    customers: table.ids.length,
    totalEvents,
    l2: search.l2,
    iterations: optimum.iterations,
    converged: optimum.converged,
    gradientNorm: gradientNorm(data, optimum),
  };
}

/** Refuses a table that a Cox regression cannot use; reads durations and events. */
export function checkCoxRows(
  caller: string,
  table: FeatureTable,
  durations: ArrayLike<number>,
  events: EventFlags,
): SurvivalRows {
  checkTable(caller, table);
  const { ids, names } = table;
  if (names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  if (names.length > mostFeatures) {
    refuse(caller, "too-large", "table.names", `at most ${mostFeatures} features`, describeValue(names));
  }
  if (ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  checkFinite(caller, table);
  return readSurvivalRows(caller, durations, events, ids.length);
}

function estimates(data: CoxRows, { slopes }: CoxOptimum): { coefficients: number[]; means: number[] } {
  return {
    coefficients: Array.from(slopes, (slope, j) => slope / data.scale[j] + 0),
    means: Array.from(data.means, (mean) => mean + 0),
  };
}

function covarianceOf(factor: DefiniteFactor, scale: Float64Array): number[][] {
  return invertDefinite(factor).map((row, i) => Array.from(row, (value, j) => value / (scale[i] * scale[j]) + 0));
}

function baselineOf({ times, came }: CoxRows, hazard: Float64Array): BaselineHazard {
  const baseline = { times: [] as number[], cumulativeHazard: [] as number[] };
  let through = 0;
  for (let k = 0; k < times.length; k++) {
    if (came[k] === 0) continue;
    through += hazard[k];
    baseline.times.push(times[k]);
    baseline.cumulativeHazard.push(through);
  }
  return baseline;
}

function testsOf(optimum: CoxOptimum, l2: number): CoxTests {
  if (l2 > 0) return { likelihoodRatio: null, wald: null, score: null };
  const { sums, slopes, nullLogLikelihood, score } = optimum;
  const degreesOfFreedom = slopes.length;
  const test = (statistic: number): ChiSquareTest => {
    const positive = Math.max(0, statistic);
    return { statistic: positive, degreesOfFreedom, pValue: chiSquare(degreesOfFreedom).sf(positive) };
  };
  let wald = 0;
  for (let i = 0; i < degreesOfFreedom; i++) {
    for (let j = 0; j < degreesOfFreedom; j++) {
      const cell = Math.max(i, j) * degreesOfFreedom + Math.min(i, j);
      wald += slopes[i] * slopes[j] * sums.information[cell];
    }
  }
  return { likelihoodRatio: test(2 * (sums.logLikelihood - nullLogLikelihood)), wald: test(wald), score: test(score) };
}

function concordanceIn(data: CoxRows, { sums }: CoxOptimum): number | null {
  const durations = new Float64Array(data.rows);
  data.times.forEach((time, k) => durations.fill(time, data.starts[k], data.starts[k + 1]));
  const { comparable, concordant, tied } = concordanceOf({ durations, events: data.events }, sums.logRisk, data.weights); // prettier-ignore
  return comparable === 0 ? null : (concordant + tied / 2) / comparable;
}

function gradientNorm(data: CoxRows, { sums, slopes, penalty }: CoxOptimum): number {
  const most = sums.gradient.reduce((size, value, j) => Math.max(size, Math.abs(value - penalty[j] * slopes[j])), 0);
  return most / data.rows;
}

function notesOf({ notes }: CoxOptimum, totalEvents: number, features: number): Note[] {
  if (totalEvents >= 5 * features) return [...notes];
  const message = `There are ${totalEvents} events for ${features} features: coefficients may be far off. Use l2, or fewer features.`;
  return [...notes, { code: "few-events", message }];
}
