// What happened in a span of days, and which segment buyers were in at a date.
import { deriveRfm } from "clientele/features";
import { assignKMeans } from "clientele/segments";
import { missingCode, selectFeatures } from "clientele/tables";
import type { Analysis, Shop } from "./pipeline.ts";
import { transformFeatures } from "./pipeline.ts";

/** Totals of a span. */
export interface PeriodTotals {
  /** Customers with any event. */
  readonly customers: number;
  readonly buyers: number;
  /** Buyers whose first purchase of all lies in the span. */
  readonly firstTime: number;
  readonly orders: number;
  readonly revenue: number;
}

/** Adds up what happened from one instant up to another, which is not part of it. */
export function totalsBetween(shop: Shop, from: number, to: number): PeriodTotals {
  const { log, purchase, order } = shop;
  const { starts } = log.byCustomer;
  const orderColumn = order === undefined ? undefined : log.extra[order];
  const codes = orderColumn === undefined || orderColumn instanceof Float64Array ? undefined : orderColumn.codes;
  const purchaseCode = log.type.names.indexOf(purchase);
  let [customers, buyers, firstTime, orders, revenue] = [0, 0, 0, 0, 0];
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const seen = new Set<number>();
    let [isActive, bought, isFirst, before] = [false, false, false, false];
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] < to; row++) {
      const isPurchase = log.type.codes[row] === purchaseCode;
      if (log.time[row] < from) {
        before ||= isPurchase;
        continue;
      }
      isActive = true;
      if (!isPurchase) continue;
      isFirst ||= !before && !bought;
      bought = true;
      if (!Number.isNaN(log.value[row])) revenue += log.value[row];
      const code = codes?.[row] ?? missingCode;
      if (code === missingCode || !seen.has(code)) orders++;
      if (code !== missingCode) seen.add(code);
    }
    customers += Number(isActive);
    buyers += Number(bought);
    firstTime += Number(isFirst);
  }
  return { customers, buyers, firstTime, orders, revenue };
}

/** Ids of those who bought from one instant up to another, which is not part of it. */
export function buyersBetween(shop: Shop, from: number, to: number): Set<string> {
  return buyersWhere(shop, (_, time) => time >= from && time < to);
}

/**
 * Who bought within a time from an instant of their own on.
 *
 * @param since - the instants by customer id; others are not counted.
 * @returns customer ids.
 */
export function buyersSince(shop: Shop, since: ReadonlyMap<string, number>, lengthMs: number): Set<string> {
  return buyersWhere(shop, (id, time) => {
    const from = since.get(id);
    return from !== undefined && time >= from && time < from + lengthMs;
  });
}

function buyersWhere({ log, purchase }: Shop, counts: (id: string, time: number) => boolean): Set<string> {
  const purchaseCode = log.type.names.indexOf(purchase);
  const ids = new Set<string>();
  for (let row = 0; row < log.length; row++) {
    if (log.type.codes[row] !== purchaseCode) continue;
    const id = log.customer.names[log.customer.codes[row]];
    if (counts(id, log.time[row])) ids.add(id);
  }
  return ids;
}

/**
 * The segment of every buyer at an earlier date, by the segments of today.
 *
 * @returns labels by customer id.
 */
export function segmentsAt(
  shop: Shop,
  { features, scaling, logFeatures, model }: Analysis,
  date: number,
): Map<string, number> {
  const { log, purchase, timeZone, order } = shop;
  const rfm = selectFeatures(deriveRfm(log, { asOf: date, purchase, timeZone, order }), features.names);
  const labels = assignKMeans(model, transformFeatures(scaling, logFeatures, rfm));
  return new Map(rfm.ids.map((id, row) => [id, labels[row]]));
}
