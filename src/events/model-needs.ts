/** What a source of customer data is about. */
export type SourceKind = "web" | "purchases" | "app" | "support" | "email" | "survey" | "crm";

/** Every kind of source. */
export const sourceKinds: readonly SourceKind[] = ["web", "purchases", "app", "support", "email", "survey", "crm"];

/** Tells whether a value is a kind of source. */
export function isSourceKind(value: unknown): value is SourceKind {
  return sourceKinds.includes(value as SourceKind);
}

/** What a model reads from one source. A model that reads several sources has several entries, and needs all of them. */
export interface ModelNeed {
  /** The model: a function of this library, or any name of yours. */
  readonly model: string;
  /** Which kinds of source will do; all kinds when absent. */
  readonly kinds?: readonly SourceKind[] | undefined;
  /** Roles of the fields that one such source must have together. */
  readonly fields: readonly string[];
  /** Roles of fields that the model reads where there are any. */
  readonly optional?: readonly string[] | undefined;
}

const purchases: readonly SourceKind[] = ["purchases"];
const visits: readonly SourceKind[] = ["web", "app"];
const behavior: readonly SourceKind[] = ["web", "app", "purchases"];
const contacts: readonly SourceKind[] = ["email", "app", "crm"];

const event = ["customer", "time", "event"];
const sale = ["customer", "time", "value"];

/**
 * What the models of this library need, as data: the default of `catalogSources`, and a start for a table of your own.
 *
 * Fields are named by their roles: `customer`, `time`, `event` (what was done), `value` (an amount), `order` and `product`
 * (ids), `channel` and `campaign` (where a visit came from), `outcome` (how a ticket or message ended), `consent`,
 * `purpose`, `otherId` (a second id of the same person), `variant` (of an experiment), `spend` (cost of a campaign), `answer`.
 */
export const modelNeeds: readonly ModelNeed[] = [
  // Who it is, and whether they may be asked.
  { model: "stitchIdentities", fields: ["customer", "otherId"], optional: ["time"] },
  { model: "filterConsent", kinds: ["crm"], fields: ["customer", "purpose", "consent", "time"] },
  // What customers do.
  { model: "sessionize", kinds: visits, fields: ["customer", "time"], optional: ["campaign"] },
  { model: "deriveActivity", kinds: behavior, fields: ["customer", "time"] },
  { model: "deriveUsage", kinds: ["app", "web"], fields: event },
  { model: "measureStickiness", kinds: visits, fields: ["customer", "time"] },
  { model: "scoreBehavior", kinds: behavior, fields: event },
  { model: "derivePurchaseVelocity", kinds: visits, fields: event },
  { model: "derivePurchaseVelocity", kinds: purchases, fields: ["customer", "time"] },
  { model: "deriveCohorts", kinds: behavior, fields: ["customer", "time"] },
  { model: "deriveRfm", kinds: purchases, fields: sale, optional: ["order"] },
  { model: "derivePurchaseSummary", kinds: purchases, fields: sale, optional: ["order"] },
  { model: "customerView", kinds: purchases, fields: sale, optional: ["order"] },
  { model: "customerView", kinds: visits, fields: event },
  // Groups.
  { model: "fitKMeans", kinds: purchases, fields: sale },
  { model: "labelLifecycle", kinds: purchases, fields: ["customer", "time"] },
  { model: "fitMicroSegments", kinds: purchases, fields: sale },
  { model: "fitMicroSegments", kinds: visits, fields: event },
  { model: "measureAssociation", kinds: ["survey"], fields: ["customer", "time", "answer"] },
  // Paths.
  { model: "fitMarkov", kinds: visits, fields: event },
  { model: "measureFunnel", kinds: visits, fields: event },
  { model: "measureStepMatrix", kinds: visits, fields: event },
  { model: "measureAttribution", kinds: ["web", "app", "email"], fields: ["customer", "time", "channel"], optional: ["campaign"] }, // prettier-ignore
  { model: "measureAttribution", kinds: purchases, fields: ["customer", "time"], optional: ["value"] },
  // What comes next.
  { model: "fitChurnModel", kinds: behavior, fields: event, optional: ["value"] },
  { model: "fitConversionModel", kinds: visits, fields: event },
  { model: "fitConversionModel", kinds: purchases, fields: ["customer", "time"] },
  { model: "fitReactivationModel", kinds: purchases, fields: ["customer", "time"] },
  { model: "fitReactivationModel", kinds: contacts, fields: ["customer", "time", "campaign"], optional: ["outcome"] },
  { model: "fitAssistanceModel", kinds: ["support"], fields: ["customer", "time"], optional: ["outcome"] },
  { model: "fitAssistanceModel", kinds: behavior, fields: event },
  { model: "fitBgNbd", kinds: purchases, fields: ["customer", "time"], optional: ["order"] },
  { model: "fitParetoNbd", kinds: purchases, fields: ["customer", "time"], optional: ["order"] },
  { model: "fitGammaGamma", kinds: purchases, fields: sale, optional: ["order"] },
  { model: "scoreLifetimeValue", kinds: purchases, fields: sale, optional: ["order"] },
  { model: "fitSpendResponse", kinds: ["web", "email", "crm"], fields: ["time", "campaign", "spend"] },
  { model: "fitSpendResponse", kinds: purchases, fields: ["time", "value"] },
  // What changes.
  { model: "measureRateChange", kinds: behavior, fields: ["customer", "time"] },
  { model: "forecast", kinds: purchases, fields: ["time", "value"] },
  { model: "measureDrift", kinds: behavior, fields: event },
  // What is done about it.
  { model: "stepTriggers", kinds: visits, fields: event },
  { model: "recommendCrossSell", kinds: purchases, fields: ["order", "product"] },
  { model: "fitUplift", kinds: contacts, fields: ["customer", "time", "variant"] },
  { model: "fitUplift", kinds: purchases, fields: ["customer", "time"], optional: ["value"] },
  { model: "diffAudience", kinds: ["crm"], fields: ["customer"] },
];
