// Segments in words: from the medians of a profile, so that nobody has to remember what "cluster 2" was.
import type { ProfileReport, SegmentProfile } from "clientele/segments";
import { money, some } from "./progress.ts";

/**
 * Names segments by how their typical buyer differs from the typical buyer of the shop.
 *
 * @param profile - with `daysSinceLastPurchase` and `orderCount`, and `revenue` where it is known.
 * @returns one name per segment, such as "Lapsed one-time buyers"; repeated names are numbered.
 */
export function segmentNames(profile: ProfileReport): string[] {
  const names = profile.segments.map((segment) => nameOf(segment, profile.overall.medians));
  return names.map((name, i) => {
    const earlier = names.slice(0, i).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} (${earlier + 1})`;
  });
}

function nameOf({ medians }: SegmentProfile, usual: SegmentProfile["medians"]): string {
  const times = (feature: string): number => (medians[feature] ?? NaN) / (usual[feature] ?? NaN);
  const days = times("daysSinceLastPurchase");
  const when = days <= 0.5 ? "Recent " : days >= 2 ? "Lapsed " : "";
  const name = `${when}${kindOf(medians["orderCount"] ?? 1, times("orderCount"), times("revenue"))}`;
  return name[0].toUpperCase() + name.slice(1);
}

/** What stands out most, money first. */
function kindOf(orders: number, timesOrders: number, timesRevenue: number): string {
  if (timesRevenue >= 5) return "top spenders";
  if (timesRevenue >= 2) return "big spenders";
  if (orders < 1.5) return "one-time buyers";
  if (timesOrders >= 2) return "frequent buyers";
  return timesRevenue <= 0.5 ? "small spenders" : "repeat buyers";
}

/**
 * What is typical of a segment, in one phrase.
 *
 * @param segment - of the profile.
 * @param hasValue - whether revenue is known.
 * @returns "typically 2 orders worth 509.00, the last 46 days ago".
 */
export function typicalOf({ medians }: SegmentProfile, hasValue: boolean): string {
  const orders = some(Math.round(medians["orderCount"] ?? 0), "order");
  const worth = hasValue ? ` worth ${money(medians["revenue"] ?? 0)}` : "";
  return `typically ${orders}${worth}, the last one ${some(Math.round(medians["daysSinceLastPurchase"] ?? 0), "day")} ago`;
}
