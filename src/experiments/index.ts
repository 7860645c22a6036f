export type { Heterogeneity, Shrunken } from "../numeric/pool-effects.ts";
export { adjustPValues } from "./adjust-p-values.ts";
export type { AdjustPValuesOptions } from "./adjust-p-values.ts";
export type { MetricKind, TwoArms } from "./arm-stats.ts";
export type { OutcomeNumbers, UpliftOutcomeKind } from "./arms.ts";
export { assignVariant } from "./assign-variant.ts";
export type { ArmWeights, AssignVariantOptions } from "./assign-variant.ts";
export type { ArmFigures, DifferenceOptions, DifferenceReport } from "./difference.ts";
export { fitUplift } from "./fit-uplift.ts";
export type { FitUpliftOptions } from "./fit-uplift.ts";
export type { UpliftLine } from "./outcome-line.ts";
export { testSampleRatio } from "./sample-ratio.ts";
export type { SampleRatioArm, SampleRatioReport, TestSampleRatioOptions } from "./sample-ratio.ts";
export { meanStats, meanStatsOf, ratioStats } from "./stats.ts";
export type { MeanStats, MeanSums, ProportionStats, RatioInput, RatioStats } from "./stats.ts";
export { testMeans, testRatio } from "./test-means.ts";
export { testProportions } from "./test-proportions.ts";
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
