export type { AudienceAnswer } from "./audience-answers.ts";
export { audiencePayloads } from "./audience-payloads.ts";
export type { AudienceChanges, AudiencePayloadsOptions } from "./audience-payloads.ts";
export type { AudiencePayload, AudienceRecord, AudienceTarget, PayloadValue } from "./audience-targets.ts";
export { basketsOf } from "./baskets-of.ts";
export type { BasketsOfOptions } from "./baskets-of.ts";
export type { Challenger, ChallengerAlignment, GateCheck, GateDecision, GateLimits } from "./challenger-gate.ts";
export { chooseVariantFor } from "./choose-variant.ts";
export type { VariantChoice, VariantRule } from "./choose-variant.ts";
export type { Cell, Condition, FieldCondition } from "./conditions.ts";
export type { Context, ContextCondition, HoursCondition, Weekday, WeekdaysCondition } from "./context-conditions.ts";
export { recommendCrossSell } from "./cross-sell.ts";
export type { CrossSellReport, CrossSellRule, RecommendCrossSellOptions } from "./cross-sell.ts";
export { diffAudience } from "./diff-audience.ts";
export type { Audience, AudienceDiff, AudienceMember, ChangedMember } from "./diff-audience.ts";
export { filterAudienceConsent } from "./filter-audience-consent.ts";
export type { ConsentedAudience, FilterAudienceConsentOptions } from "./filter-audience-consent.ts";
export type { HealthShare, HealthSnapshot, SegmentSnapshot } from "./health-history.ts";
export type { HealthEvidence } from "./health-limits.ts";
export { measureItemSimilarity } from "./item-similarity.ts";
export type {
  ItemSimilarityMeasure,
  ItemSimilarityReport,
  MeasureItemSimilarityOptions,
  SimilarItems,
} from "./item-similarity.ts";
export { mergeTriggerStates } from "./merge-trigger-states.ts";
export { measureMonitoring } from "./monitoring.ts";
export type { MonitoredDrift, MonitoringParts, MonitoringReport, MonitoringSection } from "./monitoring.ts";
export type {
  ActionCustomer,
  NextAction,
  NextActionChoice,
  NextActionConstraints,
  NextActionReason,
  NextActionReport,
  NextActionTotal,
} from "./next-action-options.ts";
export { chooseNextAction } from "./next-action.ts";
export { measureOffPolicy } from "./off-policy.ts";
export type { LoggedActions, MeasureOffPolicyOptions, OffPolicyReport } from "./off-policy.ts";
export { planReclustering } from "./plan-reclustering.ts";
export type {
  DriftVerdict,
  PlanReclusteringOptions,
  ReclusteringPlan,
  ReclusteringState,
} from "./plan-reclustering.ts";
export { planRetry } from "./plan-retry.ts";
export type { GivenUp, PlanRetryOptions, Retry, RetryPlan } from "./plan-retry.ts";
export { playbookRules } from "./playbook-rules.ts";
export type { PlaybookRulesOptions } from "./playbook-rules.ts";
export { choosePlaybooks, standardPlaybooks } from "./playbooks.ts";
export type { ChosenPlaybook, Playbook, PlaybookGuardrails } from "./playbooks.ts";
export { recommendItems } from "./recommend-items.ts";
export type { RecommendItemsOptions, RecommendedItem } from "./recommend-items.ts";
export { replayTriggers } from "./replay-triggers.ts";
export type { ReplayTriggersOptions } from "./replay-triggers.ts";
export { measureSegmentHealth } from "./segment-health.ts";
export type {
  HealthFinding,
  MeasureSegmentHealthOptions,
  SegmentCondition,
  SegmentHealthReport,
} from "./segment-health.ts";
export { stepAlerts } from "./step-alerts.ts";
export type {
  Alert,
  AlertFinding,
  AlertMemory,
  AlertSeverity,
  AlertState,
  AlertStep,
  StepAlertsOptions,
} from "./step-alerts.ts";
export { stepTriggers } from "./step-triggers.ts";
export type { CustomerUpdate, TriggerEvent, TriggerStep, TriggerTick } from "./step-triggers.ts";
export { toCsv } from "./to-csv.ts";
export type { CsvCell, CsvRow } from "./to-csv.ts";
export type { Action, Cancellation, Suppression, SuppressionReason } from "./trigger-desk.ts";
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
