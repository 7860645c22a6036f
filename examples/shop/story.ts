// What was found, in ten lines that somebody who never saw the data can follow.
import type { Figures, GroupFigures } from "./figures.ts";
import { typicalOf } from "./names.ts";
import type { Analysis, Shop } from "./pipeline.ts";
import { count, dateOf, money, share, some } from "./progress.ts";

/**
 * Tells the story.
 *
 * @param shop - the log.
 * @param analysis - what was found.
 * @param figures - its totals.
 * @returns ten lines.
 */
export function storyOf(shop: Shop, analysis: Analysis, figures: Figures): string[] {
  return [
    intakeLine(shop),
    customersLine(shop, figures),
    salesLine(shop, figures),
    spreadLine(shop, figures),
    rfmLine(shop, figures),
    choiceLine(analysis, figures),
    segmentLine("Largest segment", "buyers", shop, analysis, figures),
    shop.hasValue
      ? segmentLine("Most valuable segment", "revenue", shop, analysis, figures)
      : segmentLine("Segment with most orders", "orders", shop, analysis, figures),
    engagementLine(shop, figures),
    notesLine(notesOf(shop, analysis)),
  ];
}

function intakeLine({ source, intake: { read, accepted, rejected } }: Shop): string {
  const reasons = Object.entries(rejected).map(([reason, rows]) => `${reason}: ${count(rows)}`);
  const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  return `Rows: ${count(read)} read from ${source} = ${count(accepted)} accepted + ${count(read - accepted)} rejected${why}.`;
}

function customersLine({ asOf, timeZone }: Shop, { customers, sessions, first, last }: Figures): string {
  const days = `${dateOf(first, timeZone)} to ${dateOf(last, timeZone)}`;
  return `Customers: ${count(customers)} in ${some(sessions, "session")}, ${days}; judged as of ${dateOf(asOf, timeZone)} (${timeZone}).`;
}

function salesLine({ hasValue }: Shop, { buyers, orders, revenue, kinds }: Figures): string {
  const worth = hasValue
    ? `, revenue ${money(revenue)}, ${money(revenue / orders)} per order`
    : "; values are not known";
  const refund = kinds.get("refund");
  const free = kinds.get("free");
  const apart = [
    ...(refund === undefined ? [] : [`${some(refund.events, "refund row")} (${money(refund.value)})`]),
    ...(free === undefined ? [] : [some(free.events, "free row")]),
  ];
  const left = apart.length === 0 ? "" : `; not counted as sales: ${apart.join(", ")}`;
  return `Sales: ${some(buyers, "buyer")}, ${some(orders, "order")}${worth}${left}.`;
}

function spreadLine({ hasValue }: Shop, { buyers, customers, orders, topFifthRevenueShare }: Figures): string {
  const rate = `${share(buyers / customers)} of customers bought, ${(orders / buyers).toFixed(1)} orders each`;
  if (!hasValue) return `Spread: ${rate}.`;
  return `Spread: ${rate}; the fifth who spend most bring ${share(topFifthRevenueShare)} of the revenue.`;
}

function rfmLine({ hasValue }: Shop, { rfmSegments, buyers, revenue }: Figures): string {
  const top = rfmSegments.slice(0, 3).map(({ name, buyers: size }) => `${name} ${share(size / buyers)}`);
  const best = largest(rfmSegments, "revenue");
  const value = hasValue ? `; ${best.name} bring the most revenue, ${share(best.revenue / revenue)}` : "";
  return `RFM: the largest segments are ${top.join(", ")}${value}.`;
}

function choiceLine({ choice, silhouette }: Analysis, { buyers }: Figures): string {
  const tried = choice.curve.map(({ k }) => k);
  const range = tried.length === 1 ? `k = ${tried[0]}` : `k = ${tried[0]} to ${tried.at(-1)!}`;
  return (
    `Segments: ${count(buyers)} buyers in k = ${choice.k} groups, the clearest of ${range} ` +
    `(mean silhouette ${silhouette.mean.toFixed(2)}: ${clarity(silhouette.mean)}).`
  );
}

/** Kaufman and Rousseeuw (1990), table 4, in plain words. */
function clarity(silhouette: number): string {
  if (silhouette > 0.7) return "sharply separated";
  if (silhouette > 0.5) return "clearly separated";
  return silhouette > 0.25 ? "they shade into each other" : "a useful cut rather than natural groups";
}

type Measure = "buyers" | "orders" | "revenue" | "engagement";

function segmentLine(title: string, by: Measure, shop: Shop, { profile }: Analysis, figures: Figures): string {
  const group = largest(figures.segments, by);
  const typical = profile.segments.find(({ name }) => name === group.name)!;
  const size = `${count(group.buyers)} buyers, ${share(group.buyers / figures.buyers)}`;
  const value = shop.hasValue ? ` with ${share(group.revenue / figures.revenue)} of the revenue` : "";
  return `${title}: ${group.name} (${size}${value}): ${typicalOf(typical, shop.hasValue)}.`;
}

function engagementLine({ hasValue }: Shop, { medianEngagement, segments }: Figures): string {
  const most = largest(segments, "engagement");
  const who =
    hasValue || segments.length > 1 ? `; ${most.name} are the most engaged (${most.engagement.toFixed(2)})` : "";
  return `Engagement: over the last quarter, from 0 to 1, the median customer has ${medianEngagement.toFixed(2)}${who}.`;
}

function notesLine(notes: readonly string[]): string {
  return `Notes: ${notes.length === 0 ? "none" : notes.map((note) => note.replace(/\.$/, "")).join("; ")}.`;
}

/** Soft problems that any step met, in the order of the steps. */
export function notesOf({ intake, hasValue }: Shop, analysis: Analysis): string[] {
  const { rfmScores, rfmSegments, engagement, scaling, choice, model } = analysis;
  // Without values there is no monetary score, and the segment table is one without it: the story says so already.
  const scores = rfmScores.notes.filter(({ message }) => hasValue || !message.startsWith("monetary"));
  const segments = hasValue ? rfmSegments.notes : [];
  const noted = [scores, segments, engagement.notes, scaling.notes, choice.notes, model.notes].flat();
  return [...new Set([...intake.notes, ...noted.map(({ message }) => message)])];
}

function largest(groups: readonly GroupFigures[], by: Measure): GroupFigures {
  return groups.reduce((best, group) => (group[by] > best[by] ? group : best));
}
