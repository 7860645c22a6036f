import { isRecord } from "../core/dictionary.ts";
import { custom, integer, type OptionTable, real, seed } from "../core/options.ts";
import type { ConsentRecord } from "../tables/consent.ts";
import type { Condition } from "./conditions.ts";

/** What is known of a customer when an action is chosen. */
export interface ActionCustomer {
  /** Who. */
  readonly id: string;
  /** Chance that the customer does what is wanted when the action is taken, by action. */
  readonly probability?: Readonly<Record<string, number>> | undefined;
  /**
   * What the action adds to that chance, by action: an uplift model's prediction. Where it is given it counts instead of the
   * probability: who buys anyway needs no discount.
   */
  readonly uplift?: Readonly<Record<string, number>> | undefined;
  /** What it is worth, by action. */
  readonly value: Readonly<Record<string, number>>;
  /** Fields for the conditions of actions, such as the segment or the country. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** Actions not to take with this customer: just done, opted out, contacted too often. */
  readonly except?: readonly string[] | undefined;
}

/** An action that may be taken. */
export interface NextAction {
  /** Names the action. */
  readonly name: string;
  /** What it costs per customer, ≥ 0. */
  readonly cost: number;
  /** Most customers it can be taken with. */
  readonly capacity?: number | undefined;
  /** How it reaches the customer: actions of one channel share the channel's capacity. */
  readonly channel?: string | undefined;
  /** What the customer must have consented to. */
  readonly purpose?: string | undefined;
  /** For which customers, by their fields. */
  readonly when?: Condition | undefined;
}

/** Options of {@link chooseNextAction}. */
export interface NextActionConstraints {
  /** Most that all actions may cost together. */
  readonly budget?: number | undefined;
  /** Most customers with whom an action is taken. */
  readonly contacts?: number | undefined;
  /** Most customers per channel. */
  readonly channels?: Readonly<Record<string, number>> | undefined;
  /** Consents of the customers; without them no action with a `purpose` is taken. */
  readonly consents?: readonly ConsentRecord[] | undefined;
  /** The instant at which consents must hold, epoch milliseconds; needed with `consents`. */
  readonly now?: number | undefined;
  /** The least gain that an action must promise; default 0, and more than 0 in any case. */
  readonly leastGain?: number | undefined;
  /** Share of customers who get an allowed action, or none, by chance, so that what is not usually done is learned too; default 0. */
  readonly explore?: number | undefined;
  /** Draws who explores and what; default 1. */
  readonly seed?: number | undefined;
}

const isShareOfChannels = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((limit) => Number.isInteger(limit) && Number(limit) >= 0);

/** Option table of {@link chooseNextAction}. */
export const nextActionConstraints: OptionTable<
  NextActionConstraints,
  "budget" | "contacts" | "channels" | "consents" | "now"
> = {
  budget: real({ min: 0, optional: true }),
  contacts: integer({ min: 0, optional: true }),
  channels: custom(
    "whole numbers of customers by channel",
    isShareOfChannels,
    [[], 5, { mail: -1 }, { mail: 0.5 }, null],
    {
      optional: true,
    },
  ),
  consents: custom("a list of consent records", Array.isArray, [{}, 5, "a", null], { optional: true }),
  now: real({ min: -8.64e15, max: 8.64e15, optional: true }),
  leastGain: real({ min: 0, default: 0 }),
  explore: real({ min: 0, max: 1, default: 0 }),
  seed: seed(),
};

/**
 * Why a customer gets an action or none: `"best"`: it promises the most. `"second-best"`: what promises more is scarce. `"scarce"`: none
 * was left. `"no-gain"`: none promises enough. `"not-allowed"`: no action is for this customer. `"no-consent"`: those that are lack
 * a consent. `"explored"`: by chance.
 */
export type NextActionReason =
  "best" | "second-best" | "scarce" | "no-gain" | "not-allowed" | "no-consent" | "explored";

/** What to do with one customer. */
export interface NextActionChoice {
  /** Who. */
  readonly id: string;
  /** The action; null = leave alone. */
  readonly action: string | null;
  /** Why. */
  readonly reason: NextActionReason;
  /** Chance or uplift times value, less cost; 0 without an action. */
  readonly gain: number;
  /** What the action costs. */
  readonly cost: number;
  /** Chance with which this action was chosen, for `measureOffPolicy`; 1 without exploration. */
  readonly propensity: number;
}

/** What one action comes to. */
export interface NextActionTotal {
  /** The action. */
  readonly action: string;
  /** Customers who get it. */
  readonly customers: number;
  /** What that costs. */
  readonly cost: number;
  /** What it promises, after cost. */
  readonly gain: number;
}

/** Result of {@link chooseNextAction}. */
export interface NextActionReport {
  /** One per customer, in their order. */
  readonly choices: readonly NextActionChoice[];
  /** One per action, in their order. */
  readonly actions: readonly NextActionTotal[];
  /** What all actions promise together, after cost. */
  readonly gain: number;
  /** No choice within the constraints promises more; without exploration the difference is what the search may have missed. */
  readonly bound: number;
  /** What all actions cost together. */
  readonly cost: number;
  /** What one more unit of each scarce thing would add to the gain: `"budget"`, `"contacts"`, `"action …"`, `"channel …"`. */
  readonly prices: Readonly<Record<string, number>>;
  /** How many customers have each reason. */
  readonly reasons: Readonly<Record<NextActionReason, number>>;
}
