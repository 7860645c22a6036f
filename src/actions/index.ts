export type { Cell, Condition, FieldCondition } from "./conditions.ts";
export { diffAudience } from "./diff-audience.ts";
export type { Audience, AudienceDiff, AudienceMember, ChangedMember } from "./diff-audience.ts";
export { replayTriggers } from "./replay-triggers.ts";
export type { ReplayTriggersOptions } from "./replay-triggers.ts";
export { stepTriggers } from "./step-triggers.ts";
export type { CustomerUpdate, TriggerEvent, TriggerStep, TriggerTick } from "./step-triggers.ts";
export { toCsv } from "./to-csv.ts";
export type { CsvCell, CsvRow } from "./to-csv.ts";
export type { Action, Suppression, SuppressionReason } from "./trigger-core.ts";
export type { TriggerContext } from "./trigger-plan.ts";
export type { TriggerDay, TriggerReport, TriggerRuleReport } from "./trigger-report.ts";
export type {
  EventCount,
  EventMatch,
  FollowingStep,
  QuietHours,
  ReorderRhythm,
  TriggerEvents,
  TriggerRule,
} from "./trigger-rule.ts";
export type { TriggerState } from "./trigger-state.ts";
