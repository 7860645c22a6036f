import { isRecord } from "../core/dictionary.ts";
import type { ModelHeader } from "../core/model.ts";
import { custom, flag, oneOf, type OptionTable, real, seed, texts } from "../core/options.ts";
import type { Labels } from "../tables/labels.ts";
import type { CalibrationReport } from "./calibration-report.ts";
import type { CalibrationModel } from "./calibration.ts";
import type { ClassifierReport } from "./evaluate-classifier.ts";
import type { LiftReport } from "./lift.ts";
import type { LogisticModel } from "./logistic.ts";
import type { PreparedColumn } from "./preparation.ts";

/** What a propensity model foresees. */
export type PropensityTarget = "conversion" | "churn" | "reactivation" | "assistance";

/** A cutoff, and when what came after it is known. */
export interface CutoffHorizon {
  /** The instant of the prediction, in epoch milliseconds, UTC. */
  readonly cutoff: number;
  /** End of its horizon. */
  readonly to: number;
}

/**
 * What became of customers: the result of `labelOutcomes`, or for a table that was labeled elsewhere one 0 or 1 per row of it.
 */
export type PropensityOutcomes =
  | Uint8Array
  | {
      /** Customers, once per cutoff. */
      readonly ids: readonly string[];
      /** 1 = the outcome came, 0 = it did not; one per id. */
      readonly outcome: Uint8Array;
      /** The instant of each prediction; all the same when absent. */
      readonly cutoffs?: ArrayLike<number> | undefined;
      /** Which cutoffs there are, and when the horizon of each ends; without it a note `unknown-horizons`, where rows are split in time. */
      readonly report?:
        | {
            /** One entry per cutoff. */
            readonly cutoffs: readonly CutoffHorizon[];
          }
        | undefined;
    };

/** In which stage of the lifecycle customers are: the result of `labelLifecycle`, or labels of your own with their names. */
export interface StageLabels {
  /** Customers; those of the table, in its order, when absent. */
  readonly ids?: readonly string[] | undefined;
  /** Position in `names` per customer; −1 = in no stage. */
  readonly labels: Labels;
  /** Names of the stages. */
  readonly names: readonly string[];
}

/** How much a row counts, by its outcome. */
export interface ClassWeights {
  /** Where the outcome did not come; above 0. */
  readonly negative: number;
  /** Where it came; above 0. */
  readonly positive: number;
}

/** How a propensity model is learned, and how many rows judge it. */
export interface LearnPropensityOptions {
  /** The lifecycle stage of each customer just before the cutoff; with several tables one entry each. Without it all rows count. */
  readonly lifecycle?: StageLabels | readonly StageLabels[] | undefined;
  /**
   * With `lifecycle`: the stages whose customers are learned from. Default: `["prospect"]` for conversion, `["active"]` for churn,
   * `["churned"]` for reactivation, all for assistance.
   */
  readonly stages?: readonly string[] | undefined;
  /** Ridge penalty λ on features of deviation 1, see `fitLogistic`; 0 = none. Default 1, scikit-learn's C = 1. */
  readonly l2?: number | undefined;
  /** What a missing cell becomes: the median (the default) or the mean of the rows to learn from. */
  readonly fill?: "median" | "mean" | undefined;
  /**
   * Whether rows count by outcome: `"none"`, the default; `"balanced"`, both outcomes alike; or a weight each. Weights move the
   * probabilities: the model's notes then say that its scores are not calibrated, unless `calibration` mends them.
   */
  readonly classWeights?: "none" | "balanced" | ClassWeights | undefined;
  /**
   * What probabilities mean is learned, see `fitCalibration`, from rows to learn from that the regression in question was not fitted on
   * (five folds of customers). Default `"none"`.
   */
  readonly calibration?: "none" | "platt" | "isotonic" | undefined;
  /** Share of the customers who are held out. Default 0.25. */
  readonly holdoutShare?: number | undefined;
  /** Seed of the lots. Default 42. */
  readonly seed?: number | undefined;
}

/** Options of {@link fitConversionModel}, {@link fitChurnModel}, {@link fitReactivationModel} and {@link fitAssistanceModel}. */
export interface FitPropensityOptions extends LearnPropensityOptions {
  /**
   * Which rows judge the model: `"time"`, those of the latest cutoff, of customers who are not learned from, by a model of rows whose
   * horizon had ended by then; or `"customers"`, whose rows are drawn by lot. Default `"time"`; with a single cutoff
   * `"customers"`, and a note.
   */
  readonly holdout?: "time" | "customers" | undefined;
  /** Whether the model, once judged, is fitted again on all rows, the held-out ones too. Default false. */
  readonly refit?: boolean | undefined;
}

/** Option table of what the four functions and `measurePropensity` share. */
export const learnPropensityOptions: OptionTable<LearnPropensityOptions, "lifecycle" | "stages"> = {
  lifecycle: custom(
    "labels with names, or a list of them",
    (value) => (Array.isArray(value) ? value.length > 0 && value.every(isStages) : isStages(value)),
    [null, 1, "active", [], {}, [null], { labels: [0], names: ["a"] }, { labels: new Int32Array(1), names: "a" }],
    { optional: true },
  ),
  stages: texts({ optional: true }),
  l2: real({ min: 0, max: 1e15, default: 1 }),
  fill: oneOf(["median", "mean"], { default: "median" }),
  classWeights: custom(
    '"none", "balanced" or { negative, positive }',
    (value) => value === "none" || value === "balanced" || isClassWeights(value),
    [null, 1, true, "equal", {}, { negative: 1 }, { negative: 0, positive: 1 }, { negative: 1, positive: NaN }],
    { default: "none" },
  ),
  calibration: oneOf(["none", "platt", "isotonic"], { default: "none" }),
  holdoutShare: real({ above: 0, below: 1, default: 0.25 }),
  seed: seed(),
};

/** Option table of the four functions. */
export const fitPropensityOptions: OptionTable<FitPropensityOptions, "lifecycle" | "stages" | "holdout"> = {
  ...learnPropensityOptions,
  holdout: oneOf(["time", "customers"], { optional: true }),
  refit: flag({ default: false }),
};

function isStages(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { ids, labels, names } = value;
  const areNames = Array.isArray(names) && names.every((name) => typeof name === "string");
  return labels instanceof Int32Array && areNames && (ids === undefined || Array.isArray(ids));
}

function isClassWeights(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { negative, positive, ...others } = value;
  const isWeight = (one: unknown): boolean => typeof one === "number" && one >= 1e-6 && one <= 1e6;
  return isWeight(negative) && isWeight(positive) && Object.keys(others).length === 0;
}

/** Why a row with an outcome was neither learned from nor judged on. */
export type UnusedRow = "not-in-table" | "other-stage" | "open-horizon" | "other-side";

/** Which rows judged a model. */
export interface PropensityHoldout {
  /** Whether they are later than the rows learned from, or only of other customers. */
  readonly by: "time" | "customers";
  /** With `"time"` the cutoff of the held-out rows; null otherwise. */
  readonly cutoff: number | null;
  /** Rows held out. */
  readonly rows: number;
  /** Customers they are of. */
  readonly customers: number;
}

/** How good a model was on the held-out rows of one lifecycle stage. */
export interface StageEvaluation {
  /** The stage. */
  readonly stage: string;
  /** Held-out rows of it. */
  readonly n: number;
  /** Those whose outcome came. */
  readonly positives: number;
  /** Area under the ROC curve; null where all outcomes are alike, or there are none. */
  readonly auc: number | null;
  /** Brier score; null without rows. */
  readonly brier: number | null;
  /** Share of the Brier score that the stage's own base rate makes, which the model saves; null where it makes none. */
  readonly skill: number | null;
}

/** Who will do it, as learned from those of whom it is known: a regression on prepared columns of the customer view. */
export interface PropensityModel extends ModelHeader {
  /** Always `"propensity"`. */
  readonly kind: "propensity";
  /** Version of the layout. */
  readonly version: 1;
  /** What is foreseen. */
  readonly target: PropensityTarget;
  /** The lifecycle stages learned from; null = all customers. */
  readonly stages: readonly string[] | null;
  /** How the features become what the regression sees; learned from the rows learned from alone. */
  readonly columns: readonly PreparedColumn[];
  /** The regression; its coefficients are per standard deviation of a feature. */
  readonly regression: LogisticModel;
  /** What its probabilities mean; null = what they say. */
  readonly calibration: CalibrationModel | null;
  /** How much rows counted by outcome; null = all alike. */
  readonly classWeights: ClassWeights | null;
  /** Share of the rows learned from whose outcome came. */
  readonly baseRate: number;
  /** What became of the rows with an outcome: `read` = `learned` + `heldOut` + the sum of `dropped`. */
  readonly rows: {
    /** Rows with an outcome. */
    readonly read: number;
    /** Rows learned from before the model was judged. */
    readonly learned: number;
    /** Rows that judged it. */
    readonly heldOut: number;
    /**
     * Rows that were neither: not in the table; in another lifecycle stage; at a cutoff whose horizon had not ended when the held-out rows'
     * begins; or of a customer of the other side (held out at the latest cutoff, learned from at an earlier one).
     */
    readonly dropped: Readonly<Partial<Record<UnusedRow, number>>>;
  };
  /** Which rows judged it. */
  readonly holdout: PropensityHoldout;
  /** How good it was on the held-out rows, beside knowing nothing but their base rate. */
  readonly evaluation: ClassifierReport;
  /** The same by lifecycle stage, where stages were chosen: a model may do well by telling stages apart, and badly within one. */
  readonly byStage: readonly StageEvaluation[];
  /** Whether its probabilities were true there; for `chartCalibration`. */
  readonly reliability: CalibrationReport;
  /** How many of those with the outcome were among the highest probabilities there; for `chartLift`. */
  readonly lift: LiftReport;
  /** Whether the model was fitted again on all rows after it was judged. */
  readonly refitted: boolean;
}
