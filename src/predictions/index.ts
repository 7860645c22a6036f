export type { Behavior, PastBehavior } from "./behavior.ts";
export type {
  BetaGeometricModel,
  BetaGeometricParameters,
  CovariateCoefficients,
  FitBgNbdOptions,
  PurchaseCovariates,
} from "./beta-geometric-options.ts";
export { fitBgBb } from "./bg-bb.ts";
export type { BgBbModel, BgBbParameters, FitBgBbOptions } from "./bg-bb.ts";
export { fitBgNbd, fitMbgNbd } from "./bg-nbd.ts";
export type { BgNbdModel, MbgNbdModel } from "./bg-nbd.ts";
export type { Binning } from "./calibration-bins.ts";
export { measureCalibration } from "./calibration-report.ts";
export type {
  CalibrationBin,
  CalibrationCoefficient,
  CalibrationReport,
  MeasureCalibrationOptions,
} from "./calibration-report.ts";
export { fitCalibration, predictCalibrated } from "./calibration.ts";
export type { CalibrationModel, FitCalibrationOptions } from "./calibration.ts";
export type { ClassifierFigures } from "./classifier-figures.ts";
export { compareClassifiers } from "./compare-classifiers.ts";
export type {
  ClassifierComparison,
  ClassifierComparisonReport,
  CompareClassifiersOptions,
} from "./compare-classifiers.ts";
export { measureConcordance } from "./concordance.ts";
export type { ConcordanceReport } from "./concordance.ts";
export type { Confusion } from "./confusion.ts";
export type { BaselineHazard, ChiSquareTest, CoxModel, CoxTests } from "./cox-model.ts";
export { predictHazard, predictSurvival } from "./cox-predictions.ts";
export type { PredictSurvivalOptions } from "./cox-predictions.ts";
export type { Ties } from "./cox-rows.ts";
export { fitCox } from "./cox.ts";
export type { FitCoxOptions } from "./cox.ts";
export { deriveDurations } from "./durations.ts";
export type { DeriveDurationsOptions } from "./durations.ts";
export { evaluateClassifier } from "./evaluate-classifier.ts";
export type {
  ClassifierBaseline,
  ClassifierReport,
  CurvePoint,
  EvaluateClassifierOptions,
} from "./evaluate-classifier.ts";
export { fitGammaGamma, predictSpend } from "./gamma-gamma.ts";
export type { FitGammaGammaOptions, GammaGammaModel } from "./gamma-gamma.ts";
export { fitKaplanMeier, survivalAt } from "./kaplan-meier.ts";
export type { FitKaplanMeierOptions, KaplanMeierModel, SurvivalGroup } from "./kaplan-meier.ts";
export { scoreLifetimeValue } from "./lifetime-value.ts";
export type { ScoreLifetimeValueOptions } from "./lifetime-value.ts";
export { measureLift } from "./lift.ts";
export type { LiftGroup, LiftReport, MeasureLiftOptions } from "./lift.ts";
export { measureCoefficients } from "./linear-coefficients.ts";
export type { CoefficientEstimate, CoefficientReport, MeasureCoefficientsOptions } from "./linear-coefficients.ts";
export type { Robust } from "./linear-covariance.ts";
export { predictLinearInterval } from "./linear-interval.ts";
export type { PredictLinearIntervalOptions } from "./linear-interval.ts";
export type { LinearModel } from "./linear-model.ts";
export { fitLinear, predictLinear } from "./linear.ts";
export type { FitLinearOptions } from "./linear.ts";
export { testLogRank } from "./log-rank.ts";
export type { LogRankGroup, LogRankReport, TestLogRankOptions } from "./log-rank.ts";
export { explainLogistic, predictLogistic } from "./logistic-scores.ts";
export { fitLogistic } from "./logistic.ts";
export type { FitLogisticOptions, LogisticModel } from "./logistic.ts";
export type { LikelihoodReport } from "./maximize-likelihood.ts";
export { measurePropensity } from "./measure-propensity.ts";
export type {
  FigureOverTime,
  MeasurePropensityOptions,
  PropensityFold,
  PropensityReport,
  SkippedFold,
} from "./measure-propensity.ts";
export { fitNelsonAalen } from "./nelson-aalen.ts";
export type { FitNelsonAalenOptions, NelsonAalenModel } from "./nelson-aalen.ts";
export { measureOddsRatios } from "./odds-ratios.ts";
export type { MeasureOddsRatiosOptions, OddsRatio, OddsRatioReport } from "./odds-ratios.ts";
export { labelOutcomes } from "./outcomes.ts";
export type {
  CutoffOutcomes,
  ExcludedCustomer,
  ExclusionReason,
  LabelOutcomesOptions,
  OutcomeReport,
  Outcomes,
} from "./outcomes.ts";
export { fitParetoNbd } from "./pareto-nbd.ts";
export type { FitParetoNbdOptions, ParetoNbdModel, ParetoNbdParameters } from "./pareto-nbd.ts";
export { predictPurchasesInterval } from "./predict-purchases-interval.ts";
export type { PredictPurchasesIntervalOptions } from "./predict-purchases-interval.ts";
export { predictActive, predictAlive, predictPurchases, projectPurchases } from "./predict-purchases.ts";
export type { PredictPurchasesOptions, ProjectPurchasesOptions, PurchaseModel } from "./predict-purchases.ts";
export type { PreparedColumn } from "./preparation.ts";
export type {
  ClassWeights,
  CutoffHorizon,
  FitPropensityOptions,
  LearnPropensityOptions,
  PropensityHoldout,
  PropensityModel,
  PropensityOutcomes,
  PropensityTarget,
  StageEvaluation,
  StageLabels,
  UnusedRow,
} from "./propensity-options.ts";
export { explainPropensity, predictPropensity, scoreUrgency } from "./propensity-scores.ts";
export type { ScoreUrgencyOptions } from "./propensity-scores.ts";
export { fitAssistanceModel, fitChurnModel, fitConversionModel, fitReactivationModel } from "./propensity.ts";
export { testProportionalHazards } from "./proportional-hazards.ts";
export type {
  ProportionalHazardsReport,
  ProportionalityOfFeature,
  TestProportionalHazardsOptions,
} from "./proportional-hazards.ts";
export { measurePurchaseForecast } from "./purchase-forecast.ts";
export type {
  ForecastErrors,
  FrequencyGroup,
  MeasurePurchaseForecastOptions,
  PurchaseForecastReport,
  TrackingPoint,
} from "./purchase-forecast.ts";
export { rankCustomers } from "./rank-customers.ts";
export type { CustomerNumbers, RankCustomersOptions, RankedCustomer, RankingReport } from "./rank-customers.ts";
export { measureResiduals } from "./residuals.ts";
export type { MeasureResidualsOptions, ResidualReport, ResidualTest } from "./residuals.ts";
export { fitShiftedBetaGeometric, projectRetention } from "./shifted-beta-geometric.ts";
export type {
  FitShiftedBetaGeometricOptions,
  ProjectRetentionOptions,
  RetentionProjection,
  ShiftedBetaGeometricModel,
  Survivors,
} from "./shifted-beta-geometric.ts";
export type { SpendControls } from "./spend-controls.ts";
export type { ChannelResponse, EstimatedShape, SpendResponseModel } from "./spend-model.ts";
export { measureSpendResponse } from "./spend-report.ts";
export type {
  ChannelReturn,
  MeasureSpendResponseOptions,
  ResponsePoint,
  SpendEstimate,
  SpendResponseReport,
} from "./spend-report.ts";
export { fitSpendResponse, predictSpendResponse } from "./spend-response.ts";
export type { FitSpendResponseOptions } from "./spend-response.ts";
export type { Saturation, SpendShape } from "./spend-transforms.ts";
export type { RestrictedMean, SurvivalCurve } from "./survival-curve.ts";
export type { EventFlags, GroupColumn } from "./survival-rows.ts";
export { chooseThreshold } from "./threshold.ts";
export type {
  ChooseThresholdOptions,
  DecisionCosts,
  DecisionGains,
  ThresholdPoint,
  ThresholdReport,
} from "./threshold.ts";
export { timeFolds } from "./time-folds.ts";
export type { TimeFold, TimeFolds, TimeFoldsOptions } from "./time-folds.ts";
