// What a shop decides: its rules, what counts as a purchase, how much is remembered. The settings are part of the journal: a
// line is always applied under the settings that held when it was written, however often they changed since.
import { stepTriggers, type TriggerContext, type TriggerRule } from "clientele/actions";
import { ClienteleError, type Accumulator } from "clientele/core";
import {
  customerViewTotals,
  type CustomerView,
  type CustomerViewState,
  type PurchaseEvent,
  type RfmThresholds,
  scoreRfm,
} from "clientele/features";
import { fromMatrix } from "clientele/tables";

/** The settings of the service; plain JSON. */
export interface Settings {
  /** Fields that an event may have beside `id`, `customer`, `type`, `time` and `value`. */
  readonly fields: readonly string[];
  /** The event that is a purchase. Cannot be changed once there is state. */
  readonly purchase: string;
  /** The longest pause inside a session. Cannot be changed once there is state. */
  readonly timeoutMinutes: number;
  /** Activity and sessions are kept for so many days. Cannot be changed once there is state. */
  readonly keepDays: number;
  /** The zone of the calendar days. Cannot be changed once there is state. */
  readonly timeZone: string;
  readonly rules: readonly TriggerRule[];
  readonly context: Pick<TriggerContext, "frequencyCap" | "latenessMinutes" | "salt">;
  /** Boundaries of RFM scores, such as the `thresholds` of `scoreRfm` over all customers; `null` = no scores. */
  readonly rfmCuts: RfmThresholds | null;
  /** For how many further events an event's id is remembered, at least; the same for the keys of messages. */
  readonly rememberIds: number;
}

/** What a shop without a file of its own gets. */
export const defaultSettings: Settings = {
  fields: ["cart", "item", "segment", "timeZone"],
  purchase: "purchase",
  timeoutMinutes: 30,
  keepDays: 365,
  timeZone: "UTC",
  rules: [
    { name: "abandoned-cart", on: "cart", unless: "purchase", afterMinutes: 60, by: "cart", cooldownMinutes: 1440 },
    { name: "welcome", on: {}, afterMinutes: 0, reentry: "once" },
    { name: "win-back", on: {}, afterMinutes: 30 * 1440 },
  ],
  context: { frequencyCap: { messages: 3, days: 7 } },
  rfmCuts: { recency: [14, 30, 60, 120], frequency: [1, 2, 4, 8], monetary: [25, 60, 150, 400] },
  rememberIds: 200_000,
};

/** Settings that what is stored depends on. */
export const lastingSettings = ["purchase", "timeoutMinutes", "keepDays", "timeZone"] as const;

const caller = "settings";

/**
 * Reads settings from JSON; what is absent is as in {@link defaultSettings}.
 *
 * @param given - a file's content.
 * @returns settings with which every command can be applied.
 * @throws {ClienteleError} with the path of what is wrong.
 */
export function readSettings(given: unknown): Settings {
  if (given === null || typeof given !== "object" || Array.isArray(given)) refuse("settings", "an object");
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(defaultSettings, key));
  if (unknown !== undefined) refuse(unknown, `one of ${Object.keys(defaultSettings).join(", ")}`, "unknown-option");
  const settings: Settings = { ...defaultSettings, ...(given as Partial<Settings>) };
  const { fields, purchase, timeoutMinutes, keepDays, rememberIds, context, rfmCuts } = settings;
  if (!isTexts(fields)) refuse("fields", "a list of texts");
  const taken = fields.findIndex((name) => ["id", "customer", "type", "time", "value", "__proto__"].includes(name));
  if (taken >= 0) refuse(`fields[${taken}]`, "another name than those that every event has");
  if (typeof purchase !== "string" || purchase === "") refuse("purchase", "the name of an event");
  if (!(timeoutMinutes > 0)) refuse("timeoutMinutes", "minutes above 0");
  if (!Number.isSafeInteger(keepDays) || keepDays < 1) refuse("keepDays", "an integer of at least 1");
  if (!Number.isSafeInteger(rememberIds) || rememberIds < 1) refuse("rememberIds", "an integer of at least 1");
  const strange = Object.keys(context ?? {}).find((key) => !["frequencyCap", "latenessMinutes", "salt"].includes(key));
  if (strange !== undefined)
    refuse(`context.${strange}`, "one of frequencyCap, latenessMinutes, salt", "unknown-option");
  // The rest is known best by the functions that use it.
  viewTotals(settings, lastInstant);
  stepTriggers(settings.rules, undefined, { now: 0 }, context);
  if (rfmCuts !== null) scoreRfm(fromMatrix([[1, 1, 1]], { names: rfmFeatures }), { cuts: rfmCuts });
  return settings;
}

/** The last instant that dates reach: an accumulator with it adds any event. */
export const lastInstant = 8.64e15;

/** The features that RFM scores are made of. */
export const rfmFeatures: string[] = ["daysSinceLastPurchase", "orderCount", "revenue"];

/** The sums behind the view of one customer. */
export type ViewTotals = Accumulator<PurchaseEvent, CustomerViewState, CustomerView>;

/** The accumulator of a customer's view, to be read at an instant. */
export function viewTotals(settings: Settings, asOf: number): ViewTotals {
  const { purchase, timeoutMinutes, keepDays, timeZone } = settings;
  return customerViewTotals({ asOf, purchase, timeoutMinutes, windowDays: keepDays, keepDays, timeZone });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
}

function refuse(path: string, expected: string, code: "invalid-option" | "unknown-option" = "invalid-option"): never {
  throw new ClienteleError(caller, { code, path, expected, received: "something else" });
}
