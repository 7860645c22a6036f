// The two files for machines: one row per customer as CSV, and what was learned as JSON.
import { toCsv } from "clientele/actions";
import type { FeatureTable } from "clientele/tables";
import type { Figures } from "./figures.ts";
import type { Analysis, Shop } from "./pipeline.ts";
import { engagementOptions, engagementWindowDays } from "./pipeline.ts";
import { notesOf } from "./story.ts";

type Cell = string | number;

/**
 * Writes one line per customer: features, RFM scores and segment, engagement, cluster. Customers who never bought have
 * empty cells where only buyers have numbers.
 *
 * @param analysis - what was found.
 * @returns CSV after RFC 4180, safe to open in a spreadsheet.
 */
export function customersCsv({
  activity,
  rfm,
  rfmScores,
  rfmSegments,
  engagement,
  labels,
  names,
  lifecycle,
  worth,
}: Analysis): string {
  const buyerRow = new Map(rfm.ids.map((id, row) => [id, row]));
  const scores = rfmScores.scores;
  const stageOf = new Map(lifecycle.ids.map((id, row) => [id, lifecycle.names[lifecycle.labels[row]]]));
  const worthRow = new Map(typeof worth === "string" ? [] : worth.ids.map((id, row) => [id, row]));
  const engagementNames = engagement.scores.names;
  const header = [
    "customer",
    ...activity.names,
    ...rfm.names,
    ...scores.names.map((name) => (name === "rfm" ? "rfmScore" : `${name}Score`)),
    "rfmSegment",
    ...engagementNames,
    "segment",
    "segmentName",
    "lifecycleStage",
    "expectedOrders52Weeks",
    "expectedRevenue52Weeks",
  ];
  const lines = activity.ids.map((id, row) => {
    const buyer = buyerRow.get(id);
    const label = buyer === undefined ? -1 : labels[buyer];
    const cells: Cell[] = [
      id,
      ...rowOf(activity, row),
      ...rowOf(rfm, buyer),
      ...rowOf(scores, buyer),
      buyer === undefined ? "" : (rfmSegments.names[rfmSegments.labels[buyer]] ?? ""),
      ...rowOf(engagement.scores, row),
      label < 0 ? "" : label + 1,
      label < 0 ? "No purchase yet" : names[label],
      stageOf.get(id) ?? "",
      ...outlook(worth, worthRow.get(id)),
    ];
    return cells;
  });
  return toCsv([header, ...lines]);
}

/** Two cells: orders and revenue that are expected; empty where nothing is known. */
function outlook(worth: Analysis["worth"], row: number | undefined): Cell[] {
  if (typeof worth === "string" || row === undefined) return ["", ""];
  return [worth.orders[row], worth.value?.[row] ?? ""];
}

function rowOf({ names, values }: FeatureTable, row: number | undefined): Cell[] {
  if (row === undefined) return names.map(() => "");
  return Array.from(values.subarray(row * names.length, (row + 1) * names.length), (value) =>
    Number.isNaN(value) ? "" : value,
  );
}

/**
 * Writes what was learned: models that score new customers, thresholds, profile, and the account of the rows. No
 * customer id is in it.
 *
 * @param shop - the log.
 * @param analysis - what was found.
 * @param figures - its totals.
 * @returns JSON.
 */
export function segmentsJson(shop: Shop, analysis: Analysis, figures: Figures): string {
  const { rfmScores, engagement, logFeatures, scaling, elbow, choice, model, silhouette, profile } = analysis;
  const content = {
    source: shop.source,
    asOf: new Date(shop.asOf).toISOString(),
    timeZone: shop.timeZone,
    intake: shop.intake,
    totals: {
      customers: figures.customers,
      sessions: figures.sessions,
      buyers: figures.buyers,
      orders: figures.orders,
      revenue: shop.hasValue ? figures.revenue : null,
      kinds: Object.fromEntries(figures.kinds),
    },
    rfm: { thresholds: rfmScores.thresholds, segments: figures.rfmSegments },
    engagement: { ...engagementOptions, windowDays: engagementWindowDays, weights: engagement.weights },
    // To score a new customer: log1p of these features, then transformScale, then assignKMeans.
    logFeatures,
    scaling,
    choice: { ...choice, elbow, silhouette: { mean: silhouette.mean, perCluster: silhouette.perCluster } },
    model,
    segments: figures.segments,
    profile,
    notes: notesOf(shop, analysis),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
