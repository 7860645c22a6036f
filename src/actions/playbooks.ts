import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { checkKeys, type Holds, readCondition } from "./conditions.ts";
import { type Context, type ContextCondition, contextReader, readLocalTime } from "./context-conditions.ts";

/** What to do with which customers, and what keeps it from being overdone: JSON, made to be edited. */
export interface Playbook {
  /** Names the playbook. */
  readonly name: string;
  /** For whom, in words. */
  readonly audience: string;
  /** For whom, by the fields of the customer. */
  readonly when: ContextCondition;
  /** The action, as `chooseNextAction` and triggers call it. */
  readonly action: string;
  /** What is offered, in words. */
  readonly offer: string;
  /** What keeps it from being overdone. */
  readonly guardrails: PlaybookGuardrails;
}

/** A playbook that is for a customer. */
export type ChosenPlaybook = Omit<Playbook, "when">;

/** Limits of a playbook. */
export interface PlaybookGuardrails {
  /** What the customer must have consented to. */
  readonly purpose: string;
  /** So many days lie at least between two of these actions with one customer. */
  readonly cooldownDays: number;
  /** Share of the audience that never gets it, so that its effect can be measured. */
  readonly holdoutShare: number;
  /** The largest discount, as a share of the price; 0 = none. */
  readonly largestDiscount: number;
}

const marketing = { purpose: "marketing", holdoutShare: 0.1 } as const;

/**
 * The usual playbooks, most urgent first: a customer at risk is not offered a loyalty program, and who bought once is welcomed before
 * anything is sold to them.
 *
 * They read the fields `stage` (of `labelLifecycle`: prospect, new, active, atRisk, churned, reactivated), `isPowerUser` (of
 * `measurePowerUsers`), `orderCount` (of `deriveRfm`) and `churnProbability` (of `predictPropensity`).
 */
export const standardPlaybooks: readonly Playbook[] = [
  {
    name: "keep",
    audience: "customers who are about to leave",
    when: { any: [{ field: "stage", equals: "atRisk" }, { field: "churnProbability", atLeast: 0.5 }] }, // prettier-ignore
    action: "incentive",
    offer: "an incentive to come back that grows with what the customer is worth",
    guardrails: { ...marketing, cooldownDays: 60, largestDiscount: 0.2 },
  },
  {
    name: "win back",
    audience: "customers who have left",
    when: { field: "stage", equals: "churned" },
    action: "re-engagement",
    offer: "what is new since the last visit, and one reason to come now",
    guardrails: { ...marketing, cooldownDays: 90, largestDiscount: 0.15 },
  },
  {
    name: "welcome",
    audience: "customers with a first order",
    when: { any: [{ field: "stage", equals: "new" }, { field: "orderCount", equals: 1 }] }, // prettier-ignore
    action: "welcome",
    offer: "thanks, how to get the most out of it, and a discount on the second order",
    guardrails: { ...marketing, cooldownDays: 365, largestDiscount: 0.1 },
  },
  {
    name: "reward",
    audience: "power users",
    when: { field: "isPowerUser", equals: true },
    action: "loyalty",
    offer: "loyalty rewards or early access to what is new",
    guardrails: { ...marketing, cooldownDays: 30, largestDiscount: 0 },
  },
  {
    name: "broaden",
    audience: "occasional buyers",
    when: { all: [{ field: "stage", oneOf: ["active", "reactivated"] }, { field: "orderCount", atMost: 4 }] }, // prettier-ignore
    action: "cross-sell",
    offer: "what goes well with what they have, and how to use it",
    guardrails: { ...marketing, cooldownDays: 21, largestDiscount: 0 },
  },
  {
    name: "convert",
    audience: "visitors without an order",
    when: { field: "stage", equals: "prospect" },
    action: "first-order",
    offer: "a reason to place the first order",
    guardrails: { ...marketing, cooldownDays: 30, largestDiscount: 0.1 },
  },
];

/**
 * Tells which playbooks are for a customer, in their order: the first is the one to follow, the others wait.
 *
 * @param context - fields of the customer by name; see `chooseVariantFor` for what conditions can ask.
 * @param playbooks - default: {@link standardPlaybooks}; a list of your own may take them over and change them.
 * @returns the playbooks whose condition holds; empty when there is nothing to do.
 * @throws {ClienteleError} `invalid-option` or `unknown-option` with the path of what is wrong in a playbook; `shape-mismatch` when the
 * context is no record.
 * @example
 * choosePlaybooks({ stage: "active", orderCount: 2, churnProbability: 0.1 }).map(({ action }) => action); // ["cross-sell"]
 */
export function choosePlaybooks(
  context: Context,
  playbooks: readonly Playbook[] = standardPlaybooks,
): readonly ChosenPlaybook[] {
  const caller = "choosePlaybooks";
  if (!isRecord(context)) refuse(caller, "shape-mismatch", "context", "fields by name", describeValue(context));
  const fields = contextReader(context);
  const holds = readPlaybooks(caller, playbooks);
  return playbooks
    .filter((_, i) => holds[i](fields))
    .map(({ name, audience, action, offer, guardrails }) => ({ name, audience, action, offer, guardrails: { ...guardrails } })); // prettier-ignore
}

function readPlaybooks(caller: string, playbooks: readonly Playbook[]): Holds[] {
  if (!Array.isArray(playbooks)) {
    refuse(caller, "invalid-option", "playbooks", "a list of playbooks", describeValue(playbooks));
  }
  const readOther = readLocalTime(caller);
  return playbooks.map((playbook: unknown, i) => {
    const path = `playbooks[${i}]`;
    if (!isRecord(playbook)) refuse(caller, "invalid-option", path, "a playbook", describeValue(playbook));
    checkKeys(caller, playbook, ["name", "audience", "when", "action", "offer", "guardrails"], path);
    for (const key of ["name", "action"]) {
      if (typeof playbook[key] === "string") continue;
      refuse(caller, "invalid-option", `${path}.${key}`, "a text", describeValue(playbook[key]));
    }
    return readCondition(caller, playbook["when"], `${path}.when`, readOther);
  });
}
