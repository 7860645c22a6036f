// What buyers will do and be worth: BG/NBD for orders, gamma-gamma for what one is worth.
import { derivePurchaseSummary } from "clientele/features";
import { fitBgNbd, fitGammaGamma, predictPurchases, scoreLifetimeValue } from "clientele/predictions";
import { filterRows, column } from "clientele/tables";
import type { Shop } from "./shop.ts";

/** One entry per buyer, in the order of `ids`. */
export interface ValueForecast {
  readonly ids: readonly string[];
  /** Expected orders in the year to come. */
  readonly orders: Float64Array;
  /** What they are worth, without discount and at full margin; undefined without values. */
  readonly value: Float64Array | undefined;
  /** Of all buyers, those who ordered on more than one day: the ones that orders in time are learned from. */
  readonly repeatBuyers: number;
  /** Whether the fit settled. */
  readonly converged: boolean;
}

const weeksAhead = 52;

/** Fewer tell a rhythm of their own names, not of the shop. */
const fewestRepeatBuyers = 20;

/**
 * Forecasts a year.
 *
 * @param shop - the log.
 * @returns the forecast, or a sentence when too few came back.
 */
export function forecastValue(shop: Shop): ValueForecast | string {
  const { log, asOf, timeZone, purchase, order, hasValue } = shop;
  const summary = derivePurchaseSummary(log, { asOf, purchase, order, timeZone, unit: "week" });
  const frequency = column(summary, "frequency");
  const repeatBuyers = frequency.reduce((sum, times) => sum + (times > 0 ? 1 : 0), 0);
  if (repeatBuyers < fewestRepeatBuyers) {
    return `Only ${repeatBuyers} customers bought on more than one day: too few to learn from when they come back.`;
  }
  const purchases = fitBgNbd(summary, { l2: 0.001 });
  const monetary = hasValue ? column(summary, "monetary") : undefined;
  // Only repeat orders that cost something say what an order is worth; of the others the average is expected.
  const spenders = monetary === undefined ? [] : Array.from(monetary, (spent, row) => spent > 0 && frequency[row] > 0);
  const spend =
    spenders.filter(Boolean).length < fewestRepeatBuyers
      ? undefined
      : fitGammaGamma(
          filterRows(summary, (row) => spenders[row]),
          { l2: 0.001 },
        );
  return {
    ids: summary.ids,
    orders: predictPurchases(purchases, summary, { horizon: weeksAhead }),
    value:
      spend === undefined
        ? undefined
        : scoreLifetimeValue(purchases, spend, summary, { horizon: weeksAhead, unit: "week" }),
    repeatBuyers,
    converged: purchases.converged,
  };
}
