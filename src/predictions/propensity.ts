import type { FeatureTable } from "../tables/feature-table.ts";
import { fitPropensity } from "./fit-propensity.ts";
import type { FitPropensityOptions, PropensityModel, PropensityOutcomes } from "./propensity-options.ts";

/**
 * Learns which prospects will become buyers, from prospects of whom it is known.
 *
 * This holds for all four models of the kind ({@link fitChurnModel}, {@link fitReactivationModel}, {@link fitAssistanceModel}): each
 * takes what was known of customers just before a cutoff, and what came after it.
 *
 * - **Nothing of the held-out rows is learned.** What missing cells become, which features and levels there are, and their scale come from
 *   the rows learned from alone.
 * - **It is judged in time.** With several cutoffs, the latest one's rows judge a model of earlier ones whose horizon had ended, and no customer is
 *   on both sides. With one cutoff a part of the customers is drawn by lot, and a note says so.
 * - **It says how good it is**: `evaluation` beside its baseline, the base rate; `reliability` for `chartCalibration`, `lift` for
 *   `chartLift`, `regression` for `chartCoefficients` (odds per standard deviation of a feature).
 * - A ridge penalty is on by default: the columns of a customer view repeat one another, and with few customers they tell outcomes apart
 *   by chance. With `l2: 0` a repeated column is refused by name, and separation is a note.
 *
 * @param table - features of customers, such as `customerView(log, { asOf: cutoff - 1, … })`; with several cutoffs a list of them from early
 * to late. Missing cells are welcome; words must be columns already (`attributes` of the view, or `fitFactors`).
 * @param outcomes - of {@link labelOutcomes} with `except: { events: ["purchase"] }`; or one 0 or 1 per row of the table.
 * @param options - see {@link FitPropensityOptions}.
 * @returns a model for {@link predictPropensity} and {@link explainPropensity}. Customers of the table without an outcome are not read.
 * @throws {ClienteleError} `too-few-rows` below 10 rows with an outcome, or when none can be held out; `degenerate-data` when the rows to learn
 * from have one outcome only, or no feature differs; `shape-mismatch`, also when tables are not as many as cutoffs; `invalid-value` at the
 * first infinite cell, outcome that is not 0 or 1, or customer that comes twice; `invalid-option` for an unknown stage. Cost: a sort per
 * feature and a logistic regression; five more with `calibration`.
 * @example
 * const visits = fromMatrix(Array.from({ length: 40 }, (_, i) => [i % 8]), { names: ["visits"] });
 * const outcome = Uint8Array.from({ length: 40 }, (_, i) => ((i * 7) % 8 < i % 8 ? 1 : 0));
 * const model = fitConversionModel(visits, outcome);
 * model.rows; // { read: 40, learned: 30, heldOut: 10, dropped: {} }
 * predictPropensity(model, fromMatrix([[0], [7]], { names: ["visits"] })); // Float64Array […]
 */
export function fitConversionModel(
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options?: FitPropensityOptions,
): PropensityModel {
  return fitPropensity("fitConversionModel", "conversion", table, outcomes, options);
}

/**
 * Learns which active customers will leave, from customers of whom it is known.
 *
 * Without a contract nobody says goodbye: churn is then the purchase that does not come, `positive: "no-event"`. A model learns who
 * leaves, not whom a call would keep: that takes an experiment.
 *
 * @param table - as for {@link fitConversionModel}.
 * @param outcomes - of {@link labelOutcomes} with `population: "active"` and 1 = left; or one 0 or 1 per row of the table.
 * @param options - see {@link FitPropensityOptions}.
 * @returns a model for {@link predictPropensity} and {@link explainPropensity}.
 * @throws {ClienteleError} as {@link fitConversionModel}.
 * @example
 * const { rows } = simulateShop({ customers: 500, days: 240, seed: 7 });
 * const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
 * const cutoffs = [120, 150, 180].map((day) => Date.UTC(2025, 0, 1) + day * 86_400_000);
 * const population = { events: ["purchase"], withinDays: 60 };
 * const churn = labelOutcomes(log, { cutoff: cutoffs, horizonDays: 30, event: "purchase", population, positive: "no-event" });
 * const views = cutoffs.map((cutoff) => customerView(log, { asOf: cutoff - 1, purchase: "purchase" }));
 * const model = fitChurnModel(views, churn);
 * model.holdout.by; // "time"
 * model.evaluation.brier < model.evaluation.baseline.brier; // true
 */
export function fitChurnModel(
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options?: FitPropensityOptions,
): PropensityModel {
  return fitPropensity("fitChurnModel", "churn", table, outcomes, options);
}

/**
 * Learns which lost customers will come back, from lost customers of whom it is known.
 *
 * @param table - as for {@link fitConversionModel}.
 * @param outcomes - of {@link labelOutcomes} with a `population` that bought once and `except` who did so of late; or one 0 or 1 per row of
 * the table.
 * @param options - see {@link FitPropensityOptions}.
 * @returns a model for {@link predictPropensity} and {@link explainPropensity}.
 * @throws {ClienteleError} as {@link fitConversionModel}.
 * @example
 * const silence = fromMatrix(Array.from({ length: 60 }, (_, i) => [30 + 10 * (i % 10)]), { names: ["daysSinceLastPurchase"] });
 * const cameBack = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 10 > i % 10 ? 1 : 0));
 * const model = fitReactivationModel(silence, cameBack);
 * model.regression.coefficients[0] < 0; // true — the longer the silence, the less likely
 */
export function fitReactivationModel(
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options?: FitPropensityOptions,
): PropensityModel {
  return fitPropensity("fitReactivationModel", "reactivation", table, outcomes, options);
}

/**
 * Learns which customers will need help, from customers of whom it is known: whom to call before they call.
 *
 * {@link scoreUrgency} puts the cases in order: probability × severity × wait.
 *
 * @param table - as for {@link fitConversionModel}.
 * @param outcomes - of {@link labelOutcomes} with a support contact as `event`; or one 0 or 1 per row of the table.
 * @param options - see {@link FitPropensityOptions}.
 * @returns a model for {@link predictPropensity}, {@link explainPropensity} and {@link scoreUrgency}.
 * @throws {ClienteleError} as {@link fitConversionModel}.
 * @example
 * const errors = fromMatrix(Array.from({ length: 60 }, (_, i) => [i % 10]), { names: ["errorsSeen"] });
 * const asked = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 10 < i % 10 ? 1 : 0));
 * const model = fitAssistanceModel(errors, asked);
 * model.target; // "assistance"
 */
export function fitAssistanceModel(
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options?: FitPropensityOptions,
): PropensityModel {
  return fitPropensity("fitAssistanceModel", "assistance", table, outcomes, options);
}
