import { exp, expm1, log, log1p } from "../numeric/elementary.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import {
  type BetaGeometricModel,
  type BetaGeometricParameters,
  betaGeometricShape,
  type FitBgNbdOptions,
  parameterNames,
} from "./beta-geometric-options.ts";
import type { Occasions } from "./beta-geometric.ts";
import { purchasesUntilDropout } from "./dropout-purchases.ts";
import { fitBetaGeometric } from "./fit-beta-geometric.ts";
import type { PurchaseProcess } from "./purchase-process.ts";

/** A fitted BG/NBD model: see {@link fitBgNbd}. */
export interface BgNbdModel extends BetaGeometricModel {
  /** Always `"bg-nbd"`. */
  readonly kind: "bg-nbd";
}

/** A fitted MBG/NBD model: see {@link fitMbgNbd}. */
export interface MbgNbdModel extends BetaGeometricModel {
  /** Always `"mbg-nbd"`. */
  readonly kind: "mbg-nbd";
}

/**
 * Learns how customers without a contract keep buying and silently leave (BG/NBD), for {@link predictPurchases},
 * {@link predictAlive} and {@link scoreLifetimeValue}.
 *
 * While alive a customer buys at random at an own rate; the rates are gamma-distributed with shape r and scale α. After each
 * repeat purchase the customer leaves for good with an own probability; these are beta-distributed with a and b. So a
 * customer who has not come back yet counts as alive for certain; {@link fitMbgNbd} does without that. The likelihood is
 * computed in logarithms on distinct histories, with times divided by their mean, and maximized over the logarithms of the
 * parameters with exact gradients from several starts: the unit of time does not matter.
 *
 * @param summary - of `derivePurchaseSummary`, or any table with `frequency`, `recency` and `age`; other features are
 * ignored unless they are named as covariates.
 * @param options - see {@link FitBgNbdOptions}.
 * @returns the parameters with standard errors and a report of the search: look at `converged` and `atBoundary`. Notes:
 * `at-boundary` names parameters that ran off to 0 or infinity (as without any repeat purchase), `not-converged`,
 * `no-standard-errors`.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite, or impossible: a frequency that is no
 * integer, a recency above the age, a recency without a repeat purchase; `invalid-option` without one of the features;
 * `too-few-rows` without customers; `degenerate-data` when all ages are 0 or a covariate is constant. Cost: one sort, then
 * about 40 passes over the distinct histories.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * model.r / model.alpha; // 0.129 — purchases per period while alive
 * predictPurchases(model, summary, { horizon: 13 }); // Float64Array [0.143, 0.083, 0.537, 0.04, 0.157, 1.27]
 * @see Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2). Covariates: Fader &
 * Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models".
 */
export function fitBgNbd(summary: FeatureTable, options?: FitBgNbdOptions): BgNbdModel {
  return { kind: "bg-nbd", ...fitBetaGeometric("fitBgNbd", summary, options, 0) };
}

/**
 * The same where a customer may also leave after the first purchase (MBG/NBD): one-time buyers need not stay alive for
 * ever.
 *
 * @param summary - as for {@link fitBgNbd}.
 * @param options - see {@link FitBgNbdOptions}.
 * @returns as {@link fitBgNbd}; compare `aic` to choose between the two.
 * @throws {ClienteleError} as {@link fitBgNbd}.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * predictAlive(fitMbgNbd(summary, { l2: 0.1 }), summary); // Float64Array [0.19, 0.13, 0.74, 0.02, 0.21, 0.86]
 * @see Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base analysis";
 * Hoppe & Wagner (2007), "Customer base analysis: the case for a central variant of the betageometric/NBD model".
 */
export function fitMbgNbd(summary: FeatureTable, options?: FitBgNbdOptions): MbgNbdModel {
  return { kind: "mbg-nbd", ...fitBetaGeometric("fitMbgNbd", summary, options, 1) };
}

/** How the two models predict: the same formulas, but for the occasions to leave. */
function processOf(occasions: Occasions): PurchaseProcess<BetaGeometricModel> {
  return {
    version: 1,
    parameters: parameterNames,
    shape: betaGeometricShape,
    alive(model, { frequency, recency, age, covariates }) {
      const { r, alpha, a, b } = ownParameters(model, covariates);
      const left = frequency + occasions;
      if (left === 0) return 1;
      const gap = log1p(age / alpha) - log1p(recency / alpha);
      return 1 / (1 + exp(log(a / (b + left - 1)) + (r + frequency) * gap));
    },
    active(model, history, horizon) {
      const { r, alpha } = ownParameters(model, history.covariates);
      // Who is there leaves after a purchase only.
      return this.alive(model, history) * -expm1(-(r + history.frequency) * log1p(horizon / (alpha + history.age)));
    },
    expected(model, history, horizon) {
      const { r, alpha, a, b } = ownParameters(model, history.covariates);
      const left = history.frequency + occasions;
      const span = horizon / (alpha + history.age);
      return this.alive(model, history) * purchasesUntilDropout(r + history.frequency, span, a, b + left);
    },
    expectedOfNew(model, covariates, horizon) {
      const { r, alpha, a, b } = ownParameters(model, covariates);
      // Who stays after the first purchase has a posterior of b + 1.
      const stays = occasions === 0 ? 1 : b / (a + b);
      return stays * purchasesUntilDropout(r, horizon / alpha, a, b + occasions);
    },
  };
}

/** BG/NBD for the table of {@link predictPurchases}. */
export const bgNbdProcess: PurchaseProcess<BgNbdModel> = processOf(0);

/** MBG/NBD for the table of {@link predictPurchases}. */
export const mbgNbdProcess: PurchaseProcess<MbgNbdModel> = processOf(1);

/** The parameters of customers with these covariates, which stand in the order of the model's features. */
function ownParameters(model: BetaGeometricModel, values: Float64Array): BetaGeometricParameters {
  const { r, alpha, a, b, covariates, coefficients } = model;
  if (values.length === 0) return model;
  const names = model.features.slice(model.features.length - values.length);
  const shift = (list: readonly string[], slopes: readonly number[]): number =>
    list.reduce((sum, name, k) => sum + slopes[k] * values[names.indexOf(name)], 0);
  return {
    r,
    alpha: alpha * exp(-shift(covariates.purchase, coefficients.purchase)),
    a: a * exp(shift(covariates.dropout, coefficients.a)),
    b: b * exp(shift(covariates.dropout, coefficients.b)),
  };
}
