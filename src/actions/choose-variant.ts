import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { checkKeys, type Holds, readCondition } from "./conditions.ts";
import { type Context, type ContextCondition, contextReader, readLocalTime } from "./context-conditions.ts";

/** Who sees a variant, as JSON. */
export interface VariantRule {
  /** The variant: of a landing page, an offer, a message. */
  readonly variant: string;
  /** For which contexts; absent = for all, the fallback. */
  readonly when?: ContextCondition | undefined;
  /** Why, in your words, such as "came from the newsletter"; part of the answer. */
  readonly reason?: string | undefined;
}

/** Result of {@link chooseVariantFor}. */
export interface VariantChoice {
  /** The variant; null when no rule holds. */
  readonly variant: string | null;
  /** Why: the rule's own reason, or which rule it was. */
  readonly reason: string;
  /** Position of the rule; null when none holds. */
  readonly rule: number | null;
  /** Fields that rules up to it asked for and the context does not have. */
  readonly missing: readonly string[];
}

/**
 * Chooses what somebody sees, from what is known at that moment: history, browsing, time of day, place.
 *
 * The first rule whose condition holds wins; a rule without a condition holds always and stands last. Conditions compare fields of
 * the context (`equals`, `oneOf`, `atLeast`, `above`, `atMost`, `below`, `present`), or the local time of its `now` (`hours`,
 * `weekdays`), and are combined by `all`, `any` and `not`. A field that holds a list, such as the categories seen, is as good as
 * each of its values. A comparison with a missing field does not hold.
 *
 * @param context - fields by name: texts, finite numbers, booleans or lists of them; anything else counts as missing. `now` in
 * epoch milliseconds and `timeZone` (IANA) are the local time.
 * @param rules - see {@link VariantRule}.
 * @returns the variant and the reason; see {@link VariantChoice}.
 * @throws {ClienteleError} `invalid-option` or `unknown-option` with the path of what is wrong in a rule; `shape-mismatch` when the
 * context is no record. Cost: one step per condition.
 * @example
 * const rules = [
 *   { variant: "evening", when: { all: [{ field: "country", equals: "AT" }, { hours: { from: 18, to: 23 }, timeZone: "Europe/Vienna" }] } },
 *   { variant: "shoes", when: { field: "categoriesSeen", equals: "shoes" }, reason: "looked at shoes" },
 *   { variant: "plain" },
 * ];
 * const context = { country: "AT", now: Date.UTC(2024, 6, 1, 9), categoriesSeen: ["bags", "shoes"] };
 * chooseVariantFor(context, rules); // { variant: "shoes", reason: "looked at shoes", rule: 1, missing: ["timeZone"] }
 */
export function chooseVariantFor(context: Context, rules: readonly VariantRule[]): VariantChoice {
  const caller = "chooseVariantFor";
  if (!isRecord(context)) refuse(caller, "shape-mismatch", "context", "fields by name", describeValue(context));
  const read = readRules(caller, rules);
  const missing = new Set<string>();
  const fields = contextReader(context, missing);
  const rule = read.findIndex((holds) => holds === undefined || holds(fields));
  const asked = [...missing].sort();
  if (rule < 0) return { variant: null, reason: "no rule holds", rule: null, missing: asked };
  const { variant, when, reason } = rules[rule];
  const which = when === undefined ? "the fallback: no rule before it holds" : `rules[${rule}] is the first that holds`;
  return { variant, reason: reason ?? which, rule, missing: asked };
}

/** One entry per rule; undefined = holds always. */
function readRules(caller: string, rules: readonly VariantRule[]): (Holds | undefined)[] {
  if (!Array.isArray(rules)) refuse(caller, "invalid-option", "rules", "a list of rules", describeValue(rules));
  const readOther = readLocalTime(caller);
  return rules.map((rule: unknown, i) => {
    const path = `rules[${i}]`;
    if (!isRecord(rule)) refuse(caller, "invalid-option", path, "{ variant, when }", describeValue(rule));
    checkKeys(caller, rule, ["variant", "when", "reason"], path);
    for (const key of ["variant", "reason"]) {
      if (typeof rule[key] === "string" || (key === "reason" && rule[key] === undefined)) continue;
      refuse(caller, "invalid-option", `${path}.${key}`, "a text", describeValue(rule[key]));
    }
    return rule["when"] === undefined ? undefined : readCondition(caller, rule["when"], `${path}.when`, readOther);
  });
}
