export type { Adjustment } from "../numeric/adjust.ts";
export type { Heterogeneity, Shrunken } from "../numeric/pool-effects.ts";
export { adjustCuped } from "./adjust-cuped.ts";
export type { AdjustCupedOptions, CupedReport, CupedRows } from "./adjust-cuped.ts";
export { adjustPValues } from "./adjust-p-values.ts";
export type { AdjustPValuesOptions } from "./adjust-p-values.ts";
export type { ArmStats, MetricKind, TwoArms } from "./arm-stats.ts";
export type { OutcomeNumbers, UpliftOutcomeKind } from "./arms.ts";
export { assignVariant } from "./assign-variant.ts";
export type { ArmWeights, AssignVariantOptions } from "./assign-variant.ts";
export { cupedStats } from "./cuped-stats.ts";
export type { CupedInput, CupedStats } from "./cuped-stats.ts";
export type { ArmFigures, DifferenceOptions, DifferenceReport } from "./difference.ts";
export { fitUplift } from "./fit-uplift.ts";
export type { FitUpliftOptions } from "./fit-uplift.ts";
export { recordHypothesis, reviewHypotheses } from "./hypotheses.ts";
export type {
  Hypothesis,
  HypothesisEntry,
  HypothesisOptions,
  HypothesisRegistry,
  HypothesisStatus,
  HypothesisTest,
  ReviewHypothesesOptions,
} from "./hypotheses.ts";
export { measureExperiment } from "./measure-experiment.ts";
export type {
  ExperimentArm,
  ExperimentReport,
  ExperimentResult,
  ExperimentVerdict,
  MeasureExperimentOptions,
} from "./measure-experiment.ts";
export type { UpliftLine } from "./outcome-line.ts";
export { testPostStratified } from "./post-stratified.ts";
export type { PostStratifiedReport, Stratum } from "./post-stratified.ts";
export { detectableDifferenceForMeans, powerOfMeans, sampleSizeForMeans } from "./power-means.ts";
export type {
  DetectableDifferenceForMeansOptions,
  PowerOfMeansOptions,
  SampleSizeForMeansOptions,
} from "./power-means.ts";
export {
  detectableDifferenceForProportions,
  powerOfProportions,
  sampleSizeForProportions,
} from "./power-proportions.ts";
export type {
  DetectableDifferenceForProportionsOptions,
  PowerOfProportionsOptions,
  SampleSizeForProportionsOptions,
} from "./power-proportions.ts";
export type { QiniBootstrap, QiniFigures } from "./qini-bootstrap.ts";
export { measureQini } from "./qini.ts";
export type { MeasureQiniOptions, QiniGroup, QiniNormalization, QiniReport } from "./qini.ts";
export { testSampleRatio } from "./sample-ratio.ts";
export type { SampleRatioArm, SampleRatioReport, TestSampleRatioOptions } from "./sample-ratio.ts";
export { meanStats, meanStatsOf, ratioStats } from "./stats.ts";
export type { MeanStats, MeanSums, ProportionStats, RatioInput, RatioStats } from "./stats.ts";
export { testBayesian } from "./test-bayesian.ts";
export type { BayesianReport, BetaPrior, NormalPrior, TestBayesianOptions } from "./test-bayesian.ts";
export { testMannWhitney } from "./test-mann-whitney.ts";
export type { MannWhitneyReport, TestMannWhitneyOptions } from "./test-mann-whitney.ts";
export { testMeans, testRatio } from "./test-means.ts";
export { testProportions } from "./test-proportions.ts";
export type { TestProportionsOptions } from "./test-proportions.ts";
export { testSequential } from "./test-sequential.ts";
export type { TestSequentialOptions } from "./test-sequential.ts";
export { measureUpliftAt } from "./uplift-at.ts";
export type { MeasureUpliftAtOptions, UpliftGroup } from "./uplift-at.ts";
export { measureUpliftBySegment } from "./uplift-by-segment.ts";
export type {
  ArmOutcome,
  MeasureUpliftBySegmentOptions,
  SegmentUplift,
  TreatmentUplift,
  UntestedSegment,
  UpliftEffect,
  UpliftReport,
} from "./uplift-by-segment.ts";
export { explainUplift, predictUplift } from "./uplift-model.ts";
export type { CrossedEffect, PredictUpliftOptions, UpliftLearner, UpliftModel } from "./uplift-model.ts";
