// The totals that the story, the report and the tests share.
import { column } from "clientele/tables";
import type { Analysis, Shop } from "./pipeline.ts";

/** One row of a table of groups of buyers. */
export interface GroupFigures {
  readonly name: string;
  readonly buyers: number;
  readonly orders: number;
  readonly revenue: number;
  /** Mean engagement of its buyers, 0 to 1. */
  readonly engagement: number;
}

/** Totals over all customers. */
export interface Figures {
  readonly customers: number;
  readonly sessions: number;
  readonly buyers: number;
  readonly orders: number;
  readonly revenue: number;
  /** First and last event: epoch milliseconds, UTC. */
  readonly first: number;
  readonly last: number;
  /** Events and sum of values by kind of event. */
  readonly kinds: ReadonlyMap<string, { readonly events: number; readonly value: number }>;
  /** By RFM segment, the largest first; empty ones left out. */
  readonly rfmSegments: readonly GroupFigures[];
  /** By cluster, in the order of the profile. */
  readonly segments: readonly GroupFigures[];
  readonly medianEngagement: number;
  /** Share of the revenue that comes from the fifth of buyers who spend most. */
  readonly topFifthRevenueShare: number;
}

/**
 * Adds up what was found.
 *
 * @param shop - the log.
 * @param analysis - what `analyze` made of it.
 * @returns the totals.
 */
export function figuresOf({ log, hasValue }: Shop, analysis: Analysis): Figures {
  const { activity, sessions, rfm, rfmSegments, labels, names, engagement } = analysis;
  const orders = column(rfm, "orderCount");
  const revenue = column(rfm, "revenue");
  const scoreOf = new Map(
    engagement.scores.ids.map((id, i) => [id, engagement.scores.values[i * engagement.scores.names.length]]),
  );
  const buyerScores = rfm.ids.map((id) => scoreOf.get(id) ?? NaN);
  const group = (groupLabels: Int32Array, groupNames: readonly string[]): GroupFigures[] =>
    groupNames.map((name, label) => {
      const members = rfm.ids.flatMap((_, row) => (groupLabels[row] === label ? [row] : []));
      return {
        name,
        buyers: members.length,
        orders: sum(members.map((row) => orders[row])),
        revenue: sum(members.map((row) => revenue[row])),
        engagement: sum(members.map((row) => buyerScores[row])) / members.length,
      };
    });
  const spent = revenue.slice().sort().reverse();
  const total = sum(spent);
  const scores = column(engagement.scores, "engagement").sort();
  return {
    customers: activity.ids.length,
    sessions: sessions.starts.length - 1,
    buyers: rfm.ids.length,
    orders: sum(orders),
    revenue: total,
    first: log.time.reduce((a, b) => Math.min(a, b), Infinity),
    last: log.time.reduce((a, b) => Math.max(a, b), -Infinity),
    kinds: kindsOf(log),
    rfmSegments: group(rfmSegments.labels, rfmSegments.names)
      .filter(({ buyers }) => buyers > 0)
      .sort((a, b) => b.buyers - a.buyers),
    segments: group(labels, names),
    medianEngagement: scores[Math.floor((scores.length - 1) / 2)],
    topFifthRevenueShare: hasValue && total > 0 ? sum(spent.slice(0, Math.ceil(spent.length / 5))) / total : NaN,
  };
}

function kindsOf({ type, value }: Shop["log"]): Map<string, { events: number; value: number }> {
  const kinds = type.names.map(() => ({ events: 0, value: 0 }));
  for (let row = 0; row < type.codes.length; row++) {
    const kind = kinds[type.codes[row]];
    kind.events++;
    if (!Number.isNaN(value[row])) kind.value += value[row];
  }
  return new Map(type.names.map((name, code) => [name, kinds[code]]));
}

function sum(values: Float64Array | readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
