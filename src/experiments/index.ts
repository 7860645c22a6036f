export type { Heterogeneity, Shrunken } from "../numeric/pool-effects.ts";
export type { OutcomeNumbers, UpliftOutcomeKind } from "./arms.ts";
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
