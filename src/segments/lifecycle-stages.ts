import { dayMs } from "../core/durations.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { runningQuantile } from "../numeric/running-quantile.ts";
import type { LifecycleCustomers } from "./lifecycle-customers.ts";

/**
 * Where the lines between the stages are: options of `labelLifecycle`, filled in. Spread into the options of another
 * day they keep the lines where they are: `{ asOf, purchase, ...rule }`.
 */
export type LifecycleRule = FixedLifecycleRule | OwnLifecycleRule;

/** The same number of days for everyone. */
export interface FixedLifecycleRule {
  /** Days since the creation of the profile for which a customer is new. */
  readonly newDays: number;
  /** Purchases closer than this many days are one occasion, and nobody is at risk sooner. */
  readonly minDays: number;
  /** Days of silence after which a customer is at risk. */
  readonly atRiskDays: number;
  /** Days of silence after which a customer is churned. */
  readonly churnDays: number;
}

/** Days from each customer's own rhythm. */
export interface OwnLifecycleRule {
  /** Days since the creation of the profile for which a customer is new. */
  readonly newDays: number;
  /** Purchases closer than this many days are one occasion, and nobody is at risk sooner. */
  readonly minDays: number;
  /** Quantile of the pauses between purchases after which a customer is at risk. */
  readonly quantile: number;
  /** How many times as long the silence of a churned customer is. */
  readonly churnFactor: number;
  /** As many pauses of a typical customer count beside the own ones. */
  readonly priorPauses: number;
  /** The pause of a typical repeat buyer at `quantile`. */
  readonly typicalDays: number;
}

/** The labels of the stages. */
const stages = { prospect: 0, new: 1, active: 2, atRisk: 3, churned: 4, reactivated: 5 } as const;

/** Where a customer is. */
export interface Place {
  stage: number;
  /** When the stage was entered, in epoch milliseconds. */
  since: number;
  /** Milliseconds of silence after which the customer is at risk. */
  atRisk: number;
  /** Milliseconds of silence after which the customer is churned. */
  churn: number;
}

/** How long a customer may be silent, as far as the pauses so far tell; in milliseconds. */
interface Patience {
  /** Begins with a customer of whom no pause is known. */
  reset(): void;
  /** Takes note of a pause between two buying occasions. */
  learn(pause: number): void;
  atRisk(): number;
  churn(): number;
}

/** The same days for everyone. */
export function daysMode({ atRiskDays, churnDays }: FixedLifecycleRule): Patience {
  const ignore = (): void => undefined;
  return { reset: ignore, learn: ignore, atRisk: () => atRiskDays * dayMs, churn: () => churnDays * dayMs };
}

/** Days from the own pauses, drawn toward those of a typical customer while they are few. */
export function ownMode({ quantile, churnFactor, priorPauses, typicalDays, minDays }: OwnLifecycleRule): Patience {
  const pauses = runningQuantile(quantile);
  const atRisk = (): number => {
    const typical = typicalDays * dayMs;
    const own = pauses.size === 0 ? 0 : pauses.size / (pauses.size + priorPauses);
    const mixed = own === 0 ? typical : own * pauses.value() + (1 - own) * typical;
    return Math.max(mixed, minDays * dayMs);
  };
  return {
    reset: () => {
      pauses.clear();
    },
    learn: (pause) => {
      pauses.add(pause);
    },
    atRisk,
    churn: () => churnFactor * atRisk(),
  };
}

/**
 * Opens a walk through the lives of customers.
 *
 * @param patience - how long each may be silent.
 * @param rule - how long a buyer is new, and what is one buying occasion.
 * @param asOf - where the walk ends.
 * @returns a function of a customer's purchases (ascending, none after `asOf`), the first sight and the creation of the
 * profile (NaN = not known). Stages begin at their first instant: at exactly the threshold a customer is at risk or churned.
 */
export function stageWalker(
  patience: Patience,
  { newDays, minDays }: { readonly newDays: number; readonly minDays: number },
  asOf: number,
): (purchases: Float64Array, firstSeen: number, created: number) => Place {
  return (purchases, firstSeen, created) => {
    patience.reset();
    const place: Place = {
      stage: stages.prospect,
      since: firstSeen,
      atRisk: patience.atRisk(),
      churn: patience.churn(),
    };
    const newUntil = created + newDays * dayMs;
    let bought: number = stages.active;
    let occasion = -Infinity;
    for (let i = 0; i < purchases.length; i++) {
      const last = purchases[i];
      if (last - occasion >= minDays * dayMs) {
        if (i > 0) {
          bought = place.stage === stages.churned ? stages.reactivated : stages.active;
          patience.learn(last - purchases[i - 1]);
          place.atRisk = patience.atRisk();
          place.churn = patience.churn();
        }
        occasion = last;
      }
      const [riskAt, churnAt] = [last + place.atRisk, last + place.churn];
      const before = i + 1 < purchases.length ? purchases[i + 1] : Infinity;
      // From one instant at which something may change to the next, up to the next purchase.
      for (let at = last; at < before && at <= asOf; at = firstAfter(at, riskAt, churnAt, created, newUntil)) {
        const byPause = at < riskAt ? bought : at < churnAt ? stages.atRisk : stages.churned;
        const stage = created <= at && at < newUntil ? stages.new : byPause;
        if (stage === place.stage) continue;
        place.stage = stage;
        place.since = at;
      }
    }
    return place;
  };
}

function firstAfter(at: number, a: number, b: number, c: number, d: number): number {
  let first = Infinity;
  if (a > at) first = a;
  if (b > at && b < first) first = b;
  if (c > at && c < first) first = c;
  if (d > at && d < first) first = d;
  return first;
}

/**
 * The pause of a typical repeat buyer: the median over customers of their own quantiles, so that one who buys daily counts
 * no more than one who buys twice a year.
 *
 * @param customers - of `customersOf`.
 * @param quantile - of each customer's pauses.
 * @param minDays - purchases closer than this are one occasion.
 * @returns days, above 0; undefined when nobody has bought on two occasions.
 */
export function typicalPause(customers: LifecycleCustomers, quantile: number, minDays: number): number | undefined {
  const own: number[] = [];
  customers.forEach((_, purchases) => {
    const pauses: number[] = [];
    let occasion = purchases[0];
    for (let i = 1; i < purchases.length; i++) {
      if (purchases[i] - occasion < minDays * dayMs) continue;
      occasion = purchases[i];
      pauses.push(purchases[i] - purchases[i - 1]);
    }
    if (pauses.length > 0) own.push(quantileOfSorted(Float64Array.from(pauses).sort(), quantile));
  });
  if (own.length === 0) return undefined;
  const typical = quantileOfSorted(Float64Array.from(own).sort(), 0.5) / dayMs;
  // Only with minDays 0 can purchases at one instant be two occasions; a pause of nothing is no threshold.
  return typical > 0 ? typical : undefined;
}
