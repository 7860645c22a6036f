import { type OptionTable, readOptions, text, textOrTexts, timeZone } from "../core/options.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** What the events of a shop are called: options of {@link playbookRules}. */
export interface PlaybookRulesOptions {
  /** A product was looked at; default `"view"`. */
  readonly view?: string | readonly string[] | undefined;
  /** Something was put into the cart; default `"cart"`. */
  readonly cart?: string | readonly string[] | undefined;
  /** An order was placed; default `"purchase"`. */
  readonly purchase?: string | readonly string[] | undefined;
  /** The column of the item, for replenishment item by item; absent = by the customer's orders as a whole. */
  readonly item?: string | undefined;
  /** What customers must have consented to; default `"marketing"`. */
  readonly purpose?: string | undefined;
  /** Zone of the quiet hours of customers whose own is not known; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link playbookRules}. */
export const playbookRulesOptions: OptionTable<PlaybookRulesOptions, "item"> = {
  view: textOrTexts({ default: "view" }),
  cart: textOrTexts({ default: "cart" }),
  purchase: textOrTexts({ default: "purchase" }),
  item: text({ optional: true }),
  purpose: text({ default: "marketing" }),
  timeZone: timeZone(),
};

const dayMinutes = 1440;

/**
 * The usual messages of a shop as rules to begin with: abandoned cart, session offer, welcome, win-back, replenishment and a
 * question after the purchase. Plain data: change what you like, drop what you do not want, and try it by `replayTriggers`.
 *
 * All ask for consent and wait out the night from 21 to 8. A tenth of the customers is held out of each, so that its effect
 * can be measured; one group of a tenth would tell about all of them together.
 *
 * @param options - see {@link PlaybookRulesOptions}.
 * @returns `abandoned-cart` (an hour after the last cart event without a purchase, at most once in three days),
 * `session-offer` (the third view of a value of 100 or more in a session, at most once a week), `welcome` (a customer's first
 * event), `win-back` (60 days without any event), `replenishment` (the median gap between orders × 1.1, or 45 days until two gaps
 * are known) and `post-purchase` (two weeks after an order without another).
 * @throws {ClienteleError} `invalid-option` and `unknown-option`.
 * @example
 * const rules = playbookRules({ purchase: "order", timeZone: "Europe/Berlin" });
 * rules.map(({ name }) => name); // ["abandoned-cart", "session-offer", "welcome", "win-back", "replenishment", "post-purchase"]
 * const mine = rules.map((rule) => (rule.name === "abandoned-cart" ? { ...rule, by: "cartId" } : rule));
 * @see stepTriggers, replayTriggers.
 */
export function playbookRules(options?: PlaybookRulesOptions): TriggerRule[] {
  const read = readOptions("playbookRules", playbookRulesOptions, options);
  const copy = (types: string | readonly string[]): string | string[] =>
    typeof types === "string" ? types : [...types];
  const [view, cart, purchase] = [read.view, read.cart, read.purchase].map(copy);
  const usual = (): Pick<TriggerRule, "purpose" | "quietHours" | "holdout"> => ({
    purpose: read.purpose,
    quietHours: { from: 21, to: 8, timeZone: read.timeZone },
    holdout: { share: 0.1 },
  });
  const again = copy(purchase);
  return [
    { name: "abandoned-cart", on: cart, unless: purchase, afterMinutes: 60, cooldownMinutes: 3 * dayMinutes, priority: 3, ...usual() }, // prettier-ignore
    {
      name: "session-offer",
      on: { type: view, where: { field: "value", atLeast: 100 } },
      unless: copy(purchase),
      afterMinutes: 0,
      count: { atLeast: 3, sessionMinutes: 30 },
      cooldownMinutes: 7 * dayMinutes,
      priority: 2,
      ...usual(),
    },
    { name: "welcome", on: {}, afterMinutes: 0, reentry: "once", priority: 1, ...usual() },
    { name: "win-back", on: {}, afterMinutes: 60 * dayMinutes, ...usual() },
    {
      name: "replenishment",
      on: copy(purchase),
      afterMinutes: 45 * dayMinutes,
      reorder: { factor: 1.1 },
      ...(read.item === undefined ? {} : { by: read.item }),
      ...usual(),
    },
    { name: "post-purchase", on: copy(purchase), unless: again, afterMinutes: 14 * dayMinutes, ...usual() },
  ];
}
