export type { Heterogeneity, Shrunken } from "../numeric/pool-effects.ts";
export type { OutcomeNumbers, UpliftOutcomeKind } from "./arms.ts";
export { fitUplift } from "./fit-uplift.ts";
export type { FitUpliftOptions } from "./fit-uplift.ts";
export type { UpliftLine } from "./outcome-line.ts";
export { meanStats, meanStatsOf, ratioStats } from "./stats.ts";
export type { MeanStats, MeanSums, ProportionStats, RatioInput, RatioStats } from "./stats.ts";
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
