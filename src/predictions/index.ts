export type { Behavior, PastBehavior } from "./behavior.ts";
export type {
  BetaGeometricModel,
  BetaGeometricParameters,
  CovariateCoefficients,
  FitBgNbdOptions,
  PurchaseCovariates,
} from "./beta-geometric-options.ts";
export { fitBgNbd, fitMbgNbd } from "./bg-nbd.ts";
export type { BgNbdModel, MbgNbdModel } from "./bg-nbd.ts";
export type { Binning } from "./calibration-bins.ts";
export type { ClassifierFigures } from "./classifier-figures.ts";
export type { Confusion } from "./confusion.ts";
export { evaluateClassifier } from "./evaluate-classifier.ts";
export type {
  ClassifierBaseline,
  ClassifierReport,
  CurvePoint,
  EvaluateClassifierOptions,
} from "./evaluate-classifier.ts";
export { measureCoefficients } from "./linear-coefficients.ts";
export type { CoefficientEstimate, CoefficientReport, MeasureCoefficientsOptions } from "./linear-coefficients.ts";
export type { Robust } from "./linear-covariance.ts";
export { predictLinearInterval } from "./linear-interval.ts";
export type { PredictLinearIntervalOptions } from "./linear-interval.ts";
export type { LinearModel } from "./linear-model.ts";
export { fitLinear, predictLinear } from "./linear.ts";
export type { FitLinearOptions } from "./linear.ts";
export { explainLogistic, predictLogistic } from "./logistic-scores.ts";
export { fitLogistic } from "./logistic.ts";
export type { FitLogisticOptions, LogisticModel } from "./logistic.ts";
export type { LikelihoodReport } from "./maximize-likelihood.ts";
export { labelOutcomes } from "./outcomes.ts";
export type {
  CutoffOutcomes,
  ExcludedCustomer,
  ExclusionReason,
  LabelOutcomesOptions,
  OutcomeReport,
  Outcomes,
} from "./outcomes.ts";
export { predictAlive, predictPurchases, projectPurchases } from "./predict-purchases.ts";
export type { PredictPurchasesOptions, ProjectPurchasesOptions, PurchaseModel } from "./predict-purchases.ts";
export { measureResiduals } from "./residuals.ts";
export type { MeasureResidualsOptions, ResidualReport, ResidualTest } from "./residuals.ts";
