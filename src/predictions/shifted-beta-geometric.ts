import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { checkModel, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp, log } from "../numeric/elementary.ts";
import { logHyp2f1 } from "../numeric/hyp2f1.ts";
import { digammaRise, logBeta, logGammaRise } from "../numeric/special.ts";
import { fitShapes, type RowLikelihood } from "./fit-shapes.ts";
import type { LikelihoodReport } from "./maximize-likelihood.ts";
import { isPositive } from "./positive-parameters.ts";

/** Options of {@link fitShiftedBetaGeometric}. */
export interface FitShiftedBetaGeometricOptions {
  /** Penalty on large parameters: `l2` / 2 · (α² + β²) is taken from the log-likelihood. Default 0. */
  readonly l2?: number | undefined;
}

/** Option table of {@link fitShiftedBetaGeometric}. */
export const fitShiftedBetaGeometricOptions: OptionTable<FitShiftedBetaGeometricOptions> = {
  l2: real({ min: 0, max: 1e9, default: 0 }),
};

/** Customers still there after 0, 1, 2, … periods. */
export type Survivors = readonly number[];

/** A fitted shifted beta-geometric model: see {@link fitShiftedBetaGeometric}. */
export interface ShiftedBetaGeometricModel extends ModelHeader, LikelihoodReport {
  /** Always `"shifted-beta-geometric"`. */
  readonly kind: "shifted-beta-geometric";
  /** Version of the layout. */
  readonly version: 1;
  /** First parameter of the beta distribution of the probability not to renew; its mean is α / (α + β). */
  readonly alpha: number;
  /** Its second parameter. */
  readonly beta: number;
  /** Standard errors from the curvature of the log-likelihood; null where a parameter ran off or the maximum is flat. */
  readonly standardErrors: Readonly<Record<"alpha" | "beta", number | null>>;
  /** What it is to be held against: everybody with one constant probability to renew. */
  readonly baseline: {
    /** The likeliest constant retention rate. */
    readonly retention: number;
    /** Its log-likelihood. */
    readonly logLikelihood: number;
  };
}

/** Options of {@link projectRetention}. */
export interface ProjectRetentionOptions {
  /** How many periods to look ahead. */
  readonly periods: number;
  /** How often the customers have renewed already. Default 0: new customers. */
  readonly renewals?: number | undefined;
  /** Discount per period: 0.1 makes a payment worth 1 / 1.1 a period before. Default 0. */
  readonly discountRate?: number | undefined;
}

/** Option table of {@link projectRetention}. */
export const projectRetentionOptions: OptionTable<ProjectRetentionOptions> = {
  periods: integer({ min: 1, max: 100_000 }),
  renewals: integer({ min: 0, max: 1_000_000, default: 0 }),
  discountRate: real({ min: 0, max: 1e6, default: 0 }),
};

/** How long customers with a contract stay. */
export interface RetentionProjection {
  /** The share of the customers still there after 0, 1, … `periods` more periods; begins with 1. */
  readonly survival: Float64Array;
  /** The share of those who come to the 1st, 2nd, … next renewal and renew. */
  readonly retention: Float64Array;
  /** Expected periods from the present one on, which counts as 1, discounted; null where they have no finite mean. */
  readonly lifetime: number | null;
  /** The same just before the next renewal is decided, seen from there: the periods that are still to be paid. */
  readonly residualLifetime: number | null;
}

const oneSided: Note = {
  code: "at-boundary",
  message: "Everybody left at once, or nobody at all: read the predictions, not the parameters.",
};

/**
 * Learns from how many customers of a contract renew how their probabilities to leave differ (shifted beta-geometric, sBG),
 * for {@link projectRetention}.
 *
 * Each customer has a constant probability not to renew; over customers it is beta-distributed. Those who leave easily leave
 * first, so that the retention rate of a cohort rises though nobody becomes more loyal. A constant churn rate
 * underestimates how long the rest stays.
 *
 * @param survivors - customers of a cohort still there after 0, 1, 2, … periods, as `[1000, 631, 468, 382]`; or such a list
 * of each of several cohorts, perhaps of different lengths. Take counts, not percentages: the standard errors follow them.
 * @param options - see {@link FitShiftedBetaGeometricOptions}.
 * @returns the parameters with standard errors and a report of the search: look at `converged` and `atBoundary`; customers who
 * are all alike have no finite α and β.
 * @throws {ClienteleError} `invalid-value` for a number that is not finite, negative, or above the one before;
 * `too-few-rows` without a customer or a second period. Cost: some 40 passes over the periods.
 * @example
 * const model = fitShiftedBetaGeometric([1000, 869, 743, 653, 593, 551, 517, 491]);
 * [model.alpha, model.beta]; // [0.668, 3.81]
 * projectRetention(model, { periods: 12 }).survival[12]; // 0.38
 * @see Fader & Hardie (2007), "How to Project Customer Retention", Journal of Interactive Marketing 21(1).
 */
export function fitShiftedBetaGeometric(
  survivors: Survivors | readonly Survivors[],
  options?: FitShiftedBetaGeometricOptions,
): ShiftedBetaGeometricModel {
  const caller = "fitShiftedBetaGeometric";
  const { l2 } = readOptions(caller, fitShiftedBetaGeometricOptions, options);
  const { lost, kept } = readSurvivors(caller, survivors);
  // Who leaves at the t-th renewal renewed t − 1 times.
  const rows = [
    ...lost.map((weight, renewals) => ({ renewals, leaves: true, weight })),
    ...kept.map((weight, renewals) => ({ renewals, leaves: false, weight })),
  ].filter(({ weight }) => weight > 0);
  const { parameters, errors, notes, ...report } = fitShapes(caller, {
    names: ["alpha", "beta"],
    starts: [[1, 1], [0.5, 3], [5, 20], [0.1, 0.1]], // prettier-ignore
    l2,
    weight: Float64Array.from(rows, ({ weight }) => weight),
    at: ([alpha, beta]) => likelihoodAt(rows, alpha, beta),
  });
  const leavers = rows.reduce((sum, { leaves, weight }) => sum + (leaves ? weight : 0), 0);
  const renewals = rows.reduce((sum, row) => sum + row.renewals * row.weight, 0);
  const retention = renewals / (renewals + leavers);
  const isOneSided = retention === 0 || retention === 1;
  return {
    kind: "shifted-beta-geometric",
    version: 1,
    features: [],
    notes: isOneSided && !report.atBoundary ? [oneSided, ...notes] : notes,
    alpha: parameters[0],
    beta: parameters[1],
    standardErrors: { alpha: errors[0], beta: errors[1] },
    ...report,
    atBoundary: report.atBoundary || isOneSided,
    baseline: {
      retention,
      logLikelihood:
        (renewals === 0 ? 0 : renewals * log(retention)) + (leavers === 0 ? 0 : leavers * log(1 - retention)),
    },
  };
}

/**
 * Projects how long customers stay: the survival curve and retention rates beyond the periods that were seen, and the
 * expected lifetime, discounted or not, of new customers or of such who have renewed some times.
 *
 * @param model - of {@link fitShiftedBetaGeometric}.
 * @param options - see {@link ProjectRetentionOptions}.
 * @returns see {@link RetentionProjection}. Times what a period earns, `lifetime` is the value of a customer who has just paid,
 * `residualLifetime` that of one who is about to decide. Cost: one step per period.
 * @throws {ClienteleError} `incompatible-model` for a damaged model.
 * @example
 * const model = fitShiftedBetaGeometric([1000, 631, 468, 382, 326, 289, 262, 241]);
 * const { retention, lifetime } = projectRetention(model, { periods: 3, discountRate: 0.1 });
 * retention; // Float64Array [0.627, 0.756, 0.819]
 * lifetime; // 3.69
 * @see Fader & Hardie (2010), "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring Heterogeneity",
 * Marketing Science 29(1), equation 7, for the residual lifetime.
 */
export function projectRetention(
  model: ShiftedBetaGeometricModel,
  options: ProjectRetentionOptions,
): RetentionProjection {
  const caller = "projectRetention";
  const { periods, renewals, discountRate } = readOptions(caller, projectRetentionOptions, options);
  const shape = { alpha: isPositive, beta: isPositive };
  checkModel(caller, model, { kind: "shifted-beta-geometric", version: 1, shape });
  const { alpha } = model;
  const beta = model.beta + renewals;
  const logBase = logBeta(alpha, beta);
  const retention = Float64Array.from({ length: periods }, (_, k) => (beta + k) / (alpha + beta + k));
  return {
    survival: Float64Array.from({ length: periods + 1 }, (_, k) =>
      k === 0 ? 1 : exp(logBeta(alpha, beta + k) - logBase),
    ),
    retention,
    lifetime: lifetimeOf(alpha, beta, discountRate),
    residualLifetime: timesOrNull(retention[0], lifetimeOf(alpha, beta + 1, discountRate)),
  };
}

/** Σ S(k) / (1 + d)^k from k = 0 on: ₂F₁(1, β; α + β; 1 / (1 + d)). */
function lifetimeOf(alpha: number, beta: number, discountRate: number): number | null {
  const periods = exp(logHyp2f1(1, beta, alpha + beta, 1 / (1 + discountRate)));
  return Number.isFinite(periods) ? periods : null;
}

function timesOrNull(factor: number, value: number | null): number | null {
  return value === null ? null : factor * value;
}

/** Customers by renewals: those who left then, and those who were last seen with so many. */
function readSurvivors(
  caller: string,
  survivors: Survivors | readonly Survivors[],
): { lost: number[]; kept: number[] } {
  if (!Array.isArray(survivors)) {
    refuse(caller, "invalid-value", "survivors", "a list of numbers or of such lists", describeValue(survivors));
  }
  const isMany = Array.isArray(survivors[0]);
  const cohorts = (isMany ? survivors : [survivors]) as readonly Survivors[];
  const lost: number[] = [];
  const kept: number[] = [];
  cohorts.forEach((cohort, i) => {
    const path = isMany ? `survivors[${i}]` : "survivors";
    if (!Array.isArray(cohort)) refuse(caller, "invalid-value", path, "a list of numbers", describeValue(cohort));
    if (cohort.length < 2) refuse(caller, "too-few-rows", path, "at least 2 periods", String(cohort.length));
    for (let k = 0; k < cohort.length; k++) {
      const fail = (expected: string): never =>
        refuse(caller, "invalid-value", `${path}[${k}]`, expected, describeCell(cohort[k]));
      if (!(Number.isFinite(cohort[k]) && cohort[k] >= 0)) fail("a number of customers");
      if (k > 0 && cohort[k] > cohort[k - 1]) fail("at most the number before");
      if (k > 0) lost[k - 1] = (lost[k - 1] ?? 0) + (cohort[k - 1] - cohort[k]);
    }
    const last = cohort.length - 1;
    for (let k = kept.length; k <= last; k++) kept.push(0);
    kept[last] += cohort[last];
  });
  if (!cohorts.some((cohort) => cohort[0] > 0)) refuse(caller, "too-few-rows", "survivors", "a customer", "none");
  return { lost, kept };
}

interface Row {
  readonly renewals: number;
  readonly leaves: boolean;
}

/** Renewed so many times, (β)_k / (α + β)_k, and then perhaps left, α / (α + β + k). */
function likelihoodAt(rows: readonly Row[], alpha: number, beta: number): RowLikelihood {
  const both = alpha + beta;
  return (row, slopes) => {
    const { renewals, leaves } = rows[row];
    const rise = digammaRise(both, renewals);
    const next = leaves ? 1 / (both + renewals) : 0;
    slopes[0] = (leaves ? 1 : 0) - alpha * (rise + next);
    slopes[1] = beta * (digammaRise(beta, renewals) - rise - next);
    const stayed = logGammaRise(beta, renewals) - logGammaRise(both, renewals);
    return leaves ? stayed + log(alpha * next) : stayed;
  };
}
