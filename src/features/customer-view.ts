import { asCalledBy } from "../core/errors.ts";
import { instant, integer, oneOf, type OptionTable, readOptions, real, textOrTexts } from "../core/options.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { Partition } from "../tables/partition.ts";
import { deriveActivity, deriveActivityOptions } from "./activity.ts";
import { attributeSpecs } from "./attributes.ts";
import { type BehaviorRule, scoreBehavior, scoreBehaviorOptions } from "./behavior.ts";
import { optionalTimeZone } from "./elapsed-days.ts";
import { type FeatureOptions, featureSpecs } from "./feature-plan.ts";
import { derivePurchaseSummary } from "./purchase-summary.ts";
import { derivePurchaseVelocity } from "./purchase-velocity.ts";
import { type PurchaseOptions, purchaseOptions } from "./purchases.ts";
import { deriveRfm } from "./rfm.ts";
import { deriveUsage } from "./usage.ts";
import { checkScoreOptions, type CustomerView, scoreSpecs, viewOf, type ViewScoreOptions } from "./view-columns.ts";

/** What a view is made of, whether from a log or from sums. */
export interface ViewOptions extends ViewScoreOptions, PurchaseOptions, FeatureOptions {
  /** Activity and product use look at less than this many days before `asOf`; at all events when absent. */
  readonly windowDays?: number | undefined;
  /** Days of a period of the purchase summary, see {@link derivePurchaseSummary}; default 1. */
  readonly periodDays?: number | undefined;
  /** Unit of the purchase summary, see {@link derivePurchaseSummary}. */
  readonly unit?: "day" | "week" | "month" | undefined;
  /** Names of the events that begin a search for something to buy; adds the columns of {@link derivePurchaseVelocity}. */
  readonly browse?: string | readonly string[] | undefined;
  /** Rules of points; adds the columns of {@link scoreBehavior}. */
  readonly rules?: readonly BehaviorRule[] | undefined;
}

/** Options of {@link customerView}. */
export interface CustomerViewOptions extends ViewOptions {
  /** Sessions of the same log, as `sessionize` makes them; without them the columns per session are left out. */
  readonly sessions?: Partition | undefined;
}

/** Rows that the option tables of views share. */
export const viewSpecs: OptionTable<ViewOptions, Exclude<keyof ViewOptions, "asOf" | "purchase" | "refunds">> = {
  ...purchaseOptions,
  ...featureSpecs,
  ...attributeSpecs,
  ...scoreSpecs,
  asOf: instant(),
  timeZone: optionalTimeZone,
  windowDays: real({ above: 0, optional: true }),
  periodDays: integer({ min: 1, max: 36_525, optional: true }),
  unit: oneOf(["day", "week", "month"], { optional: true }),
  browse: textOrTexts({ optional: true }),
  rules: { ...scoreBehaviorOptions.rules, required: false },
};

/** Option table of {@link customerView}. */
export const customerViewOptions: OptionTable<
  CustomerViewOptions,
  Exclude<keyof CustomerViewOptions, "asOf" | "purchase" | "refunds">
> = { ...viewSpecs, sessions: deriveActivityOptions.sessions };

/**
 * Puts all that is known of every customer on one day into one flat table: the single customer view.
 *
 * A customer is in it from the first event on, whether they have bought or not. Its columns are, to the bit, those of the
 * functions that make them:
 *
 * - {@link deriveActivity}: `daysSinceLastActivity` … `eventsPerWeek`; with `sessions` also `sessions` … `eventsPerSession`.
 * - {@link deriveRfm}: `daysSinceLastPurchase` (NaN before the first purchase), `orderCount`, `revenue` (0 before it); with
 *   `rfmScores` also `recencyScore`, `frequencyScore`, `monetaryScore`, `rfmScore`, from comparing the buyers (else NaN).
 * - {@link derivePurchaseSummary}: `summaryFrequency`, `summaryRecency`, `summaryAge`, `summaryMonetary`; NaN before the
 *   first purchase, for a frequency of 0 means that somebody bought once.
 * - {@link derivePurchaseVelocity}, with `browse`: `browsedOrderCount`, `purchaseIntervalCount` (0 when there are none), …
 * - {@link deriveUsage}, with `features` or `featureColumn`: `breadth`, `depth`, `usageActiveDays`, …, `${feature}Events`.
 * - {@link scoreBehavior}, with `rules`: `${rule}Points`, then their total, `behaviorScore`.
 * - Declared `attributes`: a number in the column of its name, a text in columns `name=level` of 0 and 1, and the days since
 *   it was declared in `${name}AgeDays`; NaN when not declared. `sources` says where each comes from.
 * - {@link scoreEngagement}, with `engagement`: `engagement`, then `${column}Contribution` by weighted column of the view.
 *
 * Nothing after `asOf` is read. The view of last month is what it was then, to the bit.
 *
 * @param log - events of any kind.
 * @param options - see {@link CustomerViewOptions}.
 * @returns one row per customer with an event up to `asOf`, in the order of the log. A customer of whom only attributes are
 * known is not in it.
 * @throws {ClienteleError} as the functions above; `invalid-value` for a declaration that cannot be read, or whose column
 * would be called like another. Cost: about as many passes over the events as parts are asked for.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob"], type: ["view", "buy", "view"], time: [0, day, 2 * day], value: [NaN, 20, NaN],
 * });
 * const attributes = [{ customer: "bob", name: "age", value: 31, source: "survey", time: day }];
 * const view = customerView(log, { asOf: 4 * day, purchase: "buy", attributes });
 * toRows(selectFeatures(view, ["daysSinceLastActivity", "orderCount", "daysSinceLastPurchase", "age", "ageAgeDays"]));
 * // [
 * //   { id: "ann", daysSinceLastActivity: 3, orderCount: 1, daysSinceLastPurchase: 3, age: NaN, ageAgeDays: NaN },
 * //   { id: "bob", daysSinceLastActivity: 2, orderCount: 0, daysSinceLastPurchase: NaN, age: 31, ageAgeDays: 3 },
 * // ]
 */
export function customerView(log: EventLog, options: CustomerViewOptions): CustomerView {
  const caller = "customerView";
  const read = readOptions(caller, customerViewOptions, options);
  const { asOf, timeZone, windowDays, sessions, rules, features, featureColumn } = read;
  checkScoreOptions(caller, read);
  checkLog(caller, log);
  const tables = asCalledBy(caller, "options", () => ({
    activity: deriveActivity(log, { asOf, timeZone, windowDays, sessions }),
    ...purchaseTables(log, read),
    usage:
      features === undefined && featureColumn === undefined
        ? undefined
        : deriveUsage(log, { asOf, timeZone, windowDays, features, featureColumn }),
    behavior: rules === undefined ? undefined : scoreBehavior(log, { asOf, timeZone, rules }),
  }));
  return viewOf(caller, tables, read);
}

/** The parts of a view that only purchases, refunds and browses make. */
export function purchaseTables(
  log: EventLog,
  options: ViewOptions,
): { readonly [part in "rfm" | "summary"]: ReturnType<typeof deriveRfm> } & {
  readonly velocity: ReturnType<typeof deriveRfm> | undefined;
} {
  const { asOf, timeZone, purchase, order, refund, refunds, browse, periodDays, unit } = options;
  const rules = { asOf, purchase, order, refund, refunds };
  return {
    rfm: deriveRfm(log, { ...rules, timeZone }),
    summary: derivePurchaseSummary(log, { ...rules, timeZone, periodDays, unit }),
    velocity: browse === undefined ? undefined : derivePurchaseVelocity(log, { ...rules, browse }),
  };
}
