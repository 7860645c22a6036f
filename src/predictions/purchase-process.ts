import type { ModelHeader, ModelShape } from "../core/model.ts";
import type { FeatureTable } from "../tables/feature-table.ts";

/** What a customer has bought so far. */
export interface History {
  /** Repeat purchases. */
  readonly frequency: number;
  /** From the first purchase to the last. */
  readonly recency: number;
  /** From the first purchase to the end of the observation. */
  readonly age: number;
  /** The model's covariates, in the order of its features. */
  readonly covariates: Float64Array;
}

/** A fitted model of repeat buying, whatever its kind. */
export interface PurchaseModelHeader extends ModelHeader {
  /** The unit of its parameters' time and of every horizon. */
  readonly unit: string;
}

/** How a kind of model predicts. Histories and horizons are checked before, and counted in the model's unit. */
export interface PurchaseProcess<M extends PurchaseModelHeader> {
  /** The version of the layout that these functions understand. */
  readonly version: number;
  /** Names of the parameters, in the order of the model's covariance. */
  readonly parameters: readonly (keyof M & string)[];
  /** Checks of the model's fields. */
  readonly shape: ModelShape<M>;
  /** Checks of histories beyond those of every summary. */
  readonly checkHistories?: (caller: string, summary: FeatureTable) => void;
  /** Where horizons count opportunities: they are integers up to this. */
  readonly mostOpportunities?: number;
  /** The probability that the customer has not left. */
  alive(model: M, history: History): number;
  /** The probability of a purchase, one or more, in the `horizon` after the customer's age. */
  active(model: M, history: History, horizon: number): number;
  /** Expected purchases in the `horizon` after the customer's age. */
  expected(model: M, history: History, horizon: number): number;
  /** Expected repeat purchases of a customer of whom nothing is known, in the `horizon` after the first purchase. */
  expectedOfNew(model: M, covariates: Float64Array, horizon: number): number;
}
