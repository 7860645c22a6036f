import { readEventColumns, sessionize } from "clientele/events";
import { type CustomerView, customerView } from "clientele/features";
import { column } from "clientele/tables";
import { encodedColumns, eventColumns, eventTypes } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";

const asOf = Date.UTC(2025, 3, 2);
const browse = ["product", "category"];
const features = ["search", "cart", "home"];
/** Columns whose sums must agree with those of pandas. */
const sums = [
  "events",
  "sessions",
  "activeDays",
  "orderCount",
  "revenue",
  "summaryFrequency",
  "summaryMonetary",
  "browsedOrderCount",
  "browseToPurchaseDaysMean",
  "purchaseIntervalDaysMedian",
  "depth",
  "usageActiveDays",
  "behaviorScore",
  "engagement",
];

/** A log that is ready → sessions → the customer view with every part that pandas can make. */
export function viewRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const { log } = readEventColumns({ ...encodedColumns(data), value: data.value });
  const ours = (): CustomerView =>
    customerView(log, {
      asOf,
      purchase: "purchase",
      browse,
      features,
      rules: [{ event: "cart", points: 3, halfLifeDays: 14 }],
      rfmScores: {},
      engagement: { weights: { eventsPerWeek: 2, orderCount: 1, daysSinceLastActivity: 1 }, halfLifeDays: 14 },
      sessions: sessionize(log),
    });
  const codesOf = (names: readonly string[]): number[] => names.map((name) => eventTypes.indexOf(name));
  const shared = {
    customer: python.share(`customer-${rows}.u32`, data.customer),
    time: python.share(`time-${rows}.f64`, data.time),
    type: python.share(`type-${rows}.u32`, data.type),
    value: python.share(`value-${rows}.f64`, data.value),
    purchase: eventTypes.indexOf("purchase"),
    browse: codesOf(browse),
    features: codesOf(features),
    points: eventTypes.indexOf("cart"),
    asOf,
    sums,
  };
  return {
    kernel: "customer view",
    size: `${rows} events, ${customers} customers`,
    ours: () => timed(ours, totals),
    peers: [{ name: "pandas, integer codes", gate: 1, lap: () => python.lap("view-pandas", shared) }],
  };
}

function totals(view: CustomerView): Quality {
  return Object.fromEntries(
    sums.map((name) => {
      const total = column(view, name).reduce((sum, cell) => sum + (Number.isNaN(cell) ? 0 : cell), 0);
      return [name, Math.round(total * 100) / 100];
    }),
  );
}
