export { measureAnonymity } from "./anonymity.ts";
export type { AnonymityReport, MeasureAnonymityOptions } from "./anonymity.ts";
export type { ReadEventsOptions } from "./assemble.ts";
export type { ValueRange } from "./audit-columns.ts";
export { auditEvents } from "./audit-events.ts";
export type { AuditEventsOptions, AuditSource } from "./audit-events.ts";
export type {
  AuditCheck,
  AuditColumn,
  AuditFinding,
  AuditGap,
  AuditNearName,
  AuditReport,
  AuditSeverity,
  AuditTotals,
  AuditType,
} from "./audit-report.ts";
export { appendAudit, createAuditTrail, verifyAudit } from "./audit-trail.ts";
export type { AuditAnchor, AuditEntry, AuditParameter, AuditRecord, AuditTrail, AuditVerdict } from "./audit-trail.ts";
export { catalogSources } from "./catalog-sources.ts";
export type {
  CatalogCell,
  CatalogFreshness,
  CatalogModel,
  CatalogReport,
  CatalogSourcesOptions,
  FreshnessStatus,
} from "./catalog-sources.ts";
export { crossCheckSources } from "./cross-check-sources.ts";
export type {
  CrossCheckReport,
  CrossCheckSide,
  CrossCheckSourcesOptions,
  DifferingOrder,
} from "./cross-check-sources.ts";
export { deduplicateEvents } from "./deduplicate-events.ts";
export type {
  DeduplicateEventsOptions,
  DeduplicatedLog,
  DeduplicationReport,
  IdConflict,
} from "./deduplicate-events.ts";
export { deriveSessions } from "./derive-sessions.ts";
export { eraseCustomers } from "./erase-customers.ts";
export type {
  EraseCustomersOptions,
  EraseCustomersReport,
  Erasure,
  FittedModel,
  ModelToRefit,
} from "./erase-customers.ts";
export { filterBots } from "./filter-bots.ts";
export type { BotFreeLog, BotReport, FilterBotsOptions } from "./filter-bots.ts";
export { filterConsent } from "./filter-consent.ts";
export type { FilterConsentOptions } from "./filter-consent.ts";
export type { Identifier } from "./identifiers.ts";
export type { Hub, Identity, IdentityConflict, LinkEvidence } from "./identity-evidence.ts";
export type { IdentityLink } from "./identity-links.ts";
export type { Intake, IntakeReport, RejectedRow, RejectionCode } from "./intake.ts";
export type { CleanedLog, LogReport } from "./log-report.ts";
export { measureSessions } from "./measure-sessions.ts";
export type {
  MeasureSessionsOptions,
  SessionShare,
  SessionSpread,
  SessionTypeShare,
  SessionsReport,
} from "./measure-sessions.ts";
export { modelNeeds } from "./model-needs.ts";
export type { ModelNeed, SourceKind } from "./model-needs.ts";
export { pseudonymOf } from "./pseudonym.ts";
export type { IdNormalization, PseudonymKey, PseudonymOfOptions } from "./pseudonym.ts";
export { pseudonymize } from "./pseudonymize.ts";
export type { PseudonymizeOptions, PseudonymizeReport, PseudonymizedLog } from "./pseudonymize.ts";
export { readEventColumns } from "./read-event-columns.ts";
export type { EventColumns, NameCells, NumberCells } from "./read-event-columns.ts";
export { readEvents } from "./read-events.ts";
export type { EventReaders } from "./read-events.ts";
export { pseudonymRotation, rotatePseudonyms } from "./rotate-pseudonyms.ts";
export type {
  PseudonymRotation,
  PseudonymRotationOptions,
  RotatePseudonymsOptions,
  RotatePseudonymsReport,
  RotatedLog,
} from "./rotate-pseudonyms.ts";
export type { ClosedSession, SessionEvent } from "./session-rules.ts";
export { sessionTotals } from "./session-totals.ts";
export type { SessionPiece, SessionPieces, SessionTotalsState } from "./session-totals.ts";
export { sessionize } from "./sessionize.ts";
export type { SessionizeOptions } from "./sessionize.ts";
export { suppressSmallCells } from "./small-cells.ts";
export type { SuppressSmallCellsOptions, SuppressedTable } from "./small-cells.ts";
export type { SourceDescriptor } from "./source-descriptor.ts";
export type { CatalogGap } from "./source-gaps.ts";
export { stepSession } from "./step-session.ts";
export type { SessionState, SessionStep, SessionTick, StepSessionOptions } from "./step-session.ts";
export { stitchIdentities } from "./stitch-identities.ts";
export type { SharedIdentifier, StitchIdentitiesOptions, StitchReport, StitchedLog } from "./stitch-identities.ts";
export type { TimeUnit } from "./timestamp.ts";
export { toEvents } from "./to-events.ts";
export type { PlainEvent } from "./to-events.ts";
export { filterErased } from "./tombstones.ts";
export type { FilterErasedOptions, Tombstones } from "./tombstones.ts";
